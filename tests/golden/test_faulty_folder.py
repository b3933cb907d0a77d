"""A folder with every fault that a planner makes: all of them are named in one run, in these words."""

from pathlib import Path

import pytest

from farshore.errors import ScenarioFaults
from farshore.scenario import check_scenario, read_scenario

HERE = Path(__file__).parent


def test_every_planted_fault_is_named_at_once() -> None:
    report = check_scenario(HERE / "faulty")
    said = [
        *map(str, report.faults),
        "",
        "warnings",
        *map(str, report.warnings),
        "",
        "defaults used",
        *report.defaults_used,
        "",
    ]
    assert "\n".join(said) == (HERE / "faulty.txt").read_text(encoding="utf-8")
    assert len(report.faults) >= 25


def test_reading_it_raises_the_same_faults() -> None:
    with pytest.raises(ScenarioFaults) as raised:
        read_scenario(HERE / "faulty")
    assert raised.value.faults == check_scenario(HERE / "faulty").faults
    assert raised.value.exit_code == 2
    assert str(raised.value).endswith("nothing was planned")
