"""scenario.toml: what it holds, and every fault in it by key and line."""

from datetime import timedelta

import pytest

from farshore.scenario.about import read_about
from farshore.scenario.scenario import BlockedHostsException

GOOD = """\
name = "x"
title = "X"
start = "2022-10-14T06:00+03:00"
horizon_h = 12
step_s = 1800
"""


def said(text: str) -> list[str]:
    return [str(fault) for fault in read_about(text.encode()).faults]


def test_a_plain_one_is_read() -> None:
    read = read_about(GOOD.encode())
    assert read.faults == []
    assert read.timed
    assert (read.about.n_steps, read.about.start.utcoffset()) == (24, timedelta(hours=3))
    assert read.defaults_used == ["scenario.toml, operation.territory_status: not set, read as none"]


def test_tomls_own_time_and_sections_are_read() -> None:
    text = GOOD.replace('"2022-10-14T06:00+03:00"', "2022-10-14T06:00:00+03:00") + (
        '[operation]\nsponsor = "S"\nterritory_status = "occupied"\n'
        '[operation.exception]\nreason = "r"\napproved_by = ["a", "b"]\nreturn_plan = "p"\n'
        "[solver]\nseconds = 20\n"
    )
    about = read_about(text.encode()).about
    assert about.start == read_about(GOOD.encode()).about.start
    assert about.operation.exception == BlockedHostsException("r", ("a", "b"), "p")
    assert about.solver == {"seconds": 20}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("+03:00", "", "row 3, start: 2022-10-14T06:00 has no offset from UTC"),
        ("10-14", "02-30", "row 3, start: 2022-02-30T06:00+03:00 is no date or time that exists"),
        ('"2022-10-14T06:00+03:00"', "5", "row 3, start: 5 is no time"),
        ("horizon_h = 12", "horizon_h = 0", "row 4, horizon_h: 0 is not above 0"),
        ("horizon_h = 12", "horizon_h = 1.5", "row 4, horizon_h: 1.5 is no whole number"),
        ("horizon_h = 12", "horizon_h = true", "row 4, horizon_h: True is no whole number"),
        ("step_s = 1800", "step_s = 1700", "row 5, step_s: 1700 s do not divide the horizon of 12 h"),
        ("step_s = 1800", "step_s = -5", "row 5, step_s: -5 is not above 0"),
        ('name = "x"\n', "", "name: is missing"),
        ('name = "x"', 'name = " "', "row 1, name: is blank"),
        ('title = "X"', "title = 3", "row 2, title: 3 is no text"),
        ("step_s = 1800", "step_s = 1800\nsteps = 4", "row 6, steps: is no key of a scenario"),
        ("step_s = 1800", "step_s = 1800\ntroops = 4", "row 6, troops: names something military (troop)"),
        ("step_s = 1800", "step_s = 1800\noperation = 4", "row 6, operation: is a value, not a section"),
        (
            "step_s = 1800",
            'step_s = 1800\n[operation]\nterritory_status = "mine"',
            "row 7, operation.territory_status: 'mine' is not one of the words for it",
        ),
        (
            "step_s = 1800",
            'step_s = 1800\n[operation.exception]\nreason="r"\nreturn_plan="p"\napproved_by=["A"," A "]',
            "row 9, operation.exception.approved_by: names 1 person",
        ),
        (
            "step_s = 1800",
            'step_s = 1800\n[operation.exception]\nreason="r"\napproved_by=["A","B"]',
            "operation.exception.return_plan: is missing",
        ),
        ("step_s = 1800", "step_s 1800", "row 5: is no TOML"),
    ],
)
def test_each_fault_is_named_by_line_and_key(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = said(GOOD.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(f"scenario.toml, {expected}")


def test_all_faults_are_named_at_once() -> None:
    assert len(said("horizon_h = 0\nstep_s = 0\nnothing = 1\n")) == 6
