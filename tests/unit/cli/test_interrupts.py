"""Who stops a planner early is told so, with whatever kind of plan."""

from types import SimpleNamespace
from typing import Any

import pytest

from farshore.cli.interrupts import tell_if_early
from farshore.plan import Stop


@pytest.mark.parametrize(
    ("asked", "complete", "services", "told"),
    [
        (False, True, None, False),
        (False, False, None, True),  # time was up, and the best is not proven
        (False, False, "classes", False),  # their bound hardly ever closes: that is no news
        (True, False, "classes", True),
        (True, True, None, True),
    ],
)
def test_it_is_told_when_somebody_asked_or_time_was_up(
    asked: bool, complete: bool, services: Any, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome: Any = SimpleNamespace(complete=complete, services=services)
    tell_if_early(outcome, Stop(asked=lambda: asked))
    assert ("Stopped early" in capsys.readouterr().out) == told
