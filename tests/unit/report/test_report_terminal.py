"""The terminal's summary fits one screen and says what matters; progress says how long it may take."""

import dataclasses
from io import StringIO

import pytest
from rich.console import Console

from farshore.report.terminal import LiveProgress, progress_line, summary_table
from farshore.results.summary import summary_of
from farshore.scenario.timing import timing_of
from tests.unit.report.sample import outcome


@dataclasses.dataclass
class Progress:
    phase: str = "solving"
    fraction: float = 0.43
    eta_s: float | None = 33.0
    objective: int | None = 412_345_000_000
    lower_bound: int | None = 411_900_000_000
    gap: float | None = 0.00108


def printed(renderable) -> list[str]:
    console = Console(width=80, file=StringIO(), color_system=None)
    console.print(renderable)
    return console.file.getvalue().rstrip("\n").split("\n")


@pytest.fixture
def summary():
    made = outcome()
    return summary_of(made, timing_of(made.scenario), scenario_hash="0" * 64, certified=True)


def test_one_screen(summary):
    lines = printed(summary_table(summary))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


HOUSEHOLDS = {
    "households": 7_400,
    "leaving": 6_080,
    "staying": 1_320,
    "split": 0,
    "with_children": 2_600,
    "mean_size": 2.5,
    "moved": 31,
    "objective_if_split": 412_000.5,
    "loss": 0.00101,
    "loss_bound": 0.0010001,
    "seed": 0,
    "notes": [],
    "sha256": "0" * 64,
}


def test_households_take_one_line_and_their_cost_is_rounded_up(summary):
    before = printed(summary_table(summary))
    lines = printed(summary_table(summary | {"households": HOUSEHOLDS}))
    (line,) = set(lines) - set(before)
    assert line == "households: 6,080 leave whole, 1,320 stay, none split; costs at most 0.101 %"
    assert len(lines) == len(before) + 1 <= 24


def test_one_screen_even_with_many_long_names(summary):
    crossing, host, zone = summary["crossings"][0], summary["hosts"][0], summary["zones"][0]
    summary["crossings"] = [
        crossing | {"crossing_id": f"c{i}", "name": f"Crossing {i} " * 9} for i in range(40)
    ]
    summary["hosts"] = [host | {"host_id": f"h{i}", "name": f"Host {i} " * 9} for i in range(40)]
    summary["zones"] = [zone | {"name": f"Zone {i} " * 9, "binding": [f"c{i}"]} for i in range(40)]
    summary["scenario"]["title"] = "A very long title " * 12
    summary["households"] = HOUSEHOLDS
    summary["audit"] = [rule | {"rule": "A rule " * 20, "holds": False} for rule in summary["audit"]]
    lines = printed(summary_table(summary))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_what_matters_is_there(summary):
    text = "\n".join(printed(summary_table(summary)))
    for words in (
        "18,500",
        "15,090 (82 %)",
        "3,410",
        "1 d 11 h",
        "not within the horizon",
        "Westham 2,700",
        "Old bridge",
        "6,510",
        "blocked",
        "checked: No plan can do better than 411,900 person-hours",
        "✗ 1",
    ):
        assert words in text


def test_an_unchecked_plan_says_so(summary):
    summary |= {"certified": False, "complete": False}
    text = " ".join(printed(summary_table(summary)))
    assert "not checked: " in text
    assert "Stopped early." in text


def test_everybody_placed_leaves_no_line_about_who_is_left(summary):
    summary["zones"] = [zone | {"unserved": 0} for zone in summary["zones"]]
    assert "still there" not in "\n".join(printed(summary_table(summary)))


def test_progress_says_phase_estimate_and_quality():
    lines = printed(progress_line(Progress(), 25.0))
    assert "solving" in lines[0]
    assert "43 %" in lines[0]
    assert "25 s so far, about 33 s left" in lines[0]
    assert lines[1] == "best plan 412,345 person-hours, none can be below 411,900: within 0.11 %"


def test_a_proven_optimum_is_called_one():
    lines = printed(progress_line(Progress(objective=1_999_999, lower_bound=1_999_999, gap=0.0), 1.0))
    assert lines[1] == "best plan 2 person-hours, none can be below 1: the best there is"


def test_progress_before_there_is_a_plan():
    lines = printed(progress_line(Progress("reducing", 0.1, None, None, None, None), 1.0))
    assert "left" not in lines[0]
    assert lines[1] == "no plan yet"


def test_a_file_gets_a_line_for_each_phase():
    console = Console(file=StringIO(), width=80)
    with LiveProgress(console) as show:
        for phase in ("reducing", "solving", "solving", "routes"):
            show(Progress(phase))
    lines = console.file.getvalue().strip().split("\n")
    assert [line.split(": ")[1].split(",")[0] for line in lines] == ["reducing", "solving", "routes"]
