"""What conflicts, on the screen and on the page: in words, with rows, escaped, and what would help."""

import io
from dataclasses import dataclass

from rich.console import Console

from farshore.report.conflicts import conflict_lines, conflicts
from farshore.report.terminal import LiveProgress
from farshore.results.conflicts import Conflict, Fact, Held, Remedy, conflicts_summary
from tests.unit.report.sample import HOSTILE

MORE = Remedy("3 more beds at h", 3)


def summary(*, name="Eastham school", depth=0, remedies=(MORE,), zones=1):
    people = tuple(
        Fact(
            "people",
            "zones.csv",
            2 + zone,
            "persons",
            f"z{zone}",
            f"10 people of z{zone} choose to leave",
            10,
        )
        for zone in range(zones)
    )
    made = Conflict(
        depth, "beds", f"10 people; {name} has 7 beds: 3 cannot be housed.", 10, 7, 3,
        (Held("z0", 0, None, 10),),
        (*people, Fact("beds", "hosts.csv", 4, "beds", "h", f"{name} has 7 beds", 7)),
        beds=("h",), remedies=remedies,
    )  # fmt: skip
    return {"conflicts": conflicts_summary([made]), "unserved": 3}


def screen(told):
    console = Console(file=io.StringIO(), width=200)
    console.print(conflict_lines(told))
    return console.file.getvalue()


def test_the_screen_has_facts_with_their_rows_and_what_would_help():
    text = screen(summary())
    assert "Eastham school has 7 beds (hosts.csv, row 4, beds)" in text
    assert "10 people of z0 choose to leave (zones.csv, row 2, persons)" in text
    assert "→ 3 more beds at h: everybody could be placed" in text


def test_many_zones_are_one_line():
    assert "10 people choose to leave (zones.csv, rows 2, 3, 4, persons)" in screen(summary(zones=3))


def test_what_waits_behind_says_so_and_promises_no_more_than_it_can():
    text = screen(summary(depth=1))
    assert "Even without the above: 10 people" in text
    assert "3 more could be placed" in text


def test_the_page_escapes_names_and_says_where_nothing_helps():
    page = conflicts(summary(name=HOSTILE, remedies=()))
    assert "<script>" not in page
    assert "No single change" in page
    assert conflicts({"conflicts": [], "unserved": 0}) == ""


@dataclass
class Now:
    phase: str
    fraction: float
    eta_s: float | None
    objective: int | None
    lower_bound: int | None
    gap: float | None


def test_where_there_is_no_terminal_a_better_plan_is_told_too(monkeypatch):
    """Not more often than every two seconds, and only if plan or bound have changed."""
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    clock = [0.0]
    monkeypatch.setattr("farshore.report.terminal.time.monotonic", lambda: clock[0])
    with LiveProgress(console) as show:
        for at, objective in (
            (0.0, None),
            (1.0, 9_000_000),
            (2.5, 9_000_000),
            (3.0, 8_000_000),
            (9.0, 8_000_000),
        ):
            clock[0] = at
            show(Now("solving", at / 10, None, objective, 4_000_000, None if objective is None else 0.5))
    lines = console.file.getvalue().splitlines()
    assert lines == [
        "0 s: solving",
        "2 s: solving, best plan 9 person-hours, none can be below 4: within 50.00 %",
        "9 s: solving, best plan 8 person-hours, none can be below 4: within 50.00 %",
    ]
