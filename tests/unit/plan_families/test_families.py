"""Households with exact marginals, and whole households on departures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan import plan, write_plan
from farshore.plan.families import (
    Seating,
    check_seating,
    household_files,
    households_of,
    seat_households,
)
from farshore.plan.families.checker import check_households
from farshore.plan.families.households import sizes_of, with_children
from farshore.results.outcome import Outcome
from tests.builders import scenario

SHARES = np.array([0.243, 0.269, 0.248, 0.159, 0.081])


@settings(deadline=None)
@given(st.integers(0, 20_000))
def test_sizes_add_up_to_the_people(persons: int) -> None:
    counts = sizes_of(persons, SHARES)
    assert (counts >= 0).all()
    assert int((counts * np.arange(1, 6)).sum()) == persons
    exact = persons * SHARES / float((SHARES * np.arange(1, 6)).sum())
    assert (np.abs(counts - exact) < 4).all()  # what is left over is fewer persons than two large households


@settings(deadline=None)
@given(st.integers(1, 3_000), st.floats(0, 0.55))
def test_children_add_up_and_each_has_an_adult(persons: int, share: float) -> None:
    sizes, children = sizes_of(persons, SHARES), int(persons * share)
    try:
        table, changed = with_children(sizes, children)
    except ValueError:
        assert persons < 60
        return
    assert int((table * np.arange(6)).sum()) == children
    assert int((table.sum(axis=1) * np.arange(6)).sum()) == persons
    assert table[np.triu_indices(6)].sum() == 0  # never as many children as members
    if not changed:
        assert table.sum(axis=1)[1:].tolist() == sizes.tolist()


def test_too_many_children_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        with_children(sizes_of(4, SHARES), 4)


def town(**more) -> Outcome:
    """500 people, of whom 60 an hour fit over the bridge: departures of 30 in each half hour."""
    given_ = {
        "links": ["a n1 n2 capacity=60", "b n2 n3"],
        "zones": ["z n1 persons=500 share_under_18=0.21 share_over_65=0.17 share_needing_assistance=0.08"],
        "hosts": ["h n3 beds=1000"],
        "horizon_h": 12,
    }
    return plan(scenario(**(given_ | more)))


def test_marginals_are_met_exactly() -> None:
    made = households_of(town().scenario, seed=4)
    assert made.size.sum() == 500
    assert made.under_18.sum() == 105
    assert made.over_65.sum() == 85
    assert made.needing_assistance.sum() == 40
    assert (made.under_18 < made.size).all()
    assert (made.over_65 + made.under_18 <= made.size).all()
    assert made.notes == ()


def test_a_seed_gives_the_same_households_and_another_others() -> None:
    given_ = town().scenario
    one, same, other = (
        households_of(given_, seed=1),
        households_of(given_, seed=1),
        households_of(given_, seed=2),
    )
    assert np.array_equal(one.size, same.size)
    assert not np.array_equal(one.size, other.size)


def test_households_that_had_to_give_are_noted() -> None:
    outcome = town(zones=["z n1 persons=100 share_under_18=0.7"])
    made = households_of(outcome.scenario)
    assert made.under_18.sum() == 70
    assert [note.zone_id for note in made.notes] == ["z"]
    assert check_households(made, outcome.people, ("z",)) == []


def test_households_sit_together_and_the_plan_still_holds(tmp_path: Path) -> None:
    outcome = town()
    seating = seat_households(outcome, households_of(outcome.scenario))
    assert check_seating(outcome, seating) == []
    assert seating.lost == 0  # departures of 30 can be filled with whole households
    assert write_plan(seating.outcome, tmp_path / "plan") is not None


def test_seats_that_whole_households_cannot_fill_are_given_up(tmp_path: Path) -> None:
    """Departures of one person, and no household so small: some wait for one that was not planned."""
    only_pairs = {f"household_share_{size}": float(size == 2) for size in range(1, 6)}
    outcome = town(
        zones=["z n1 persons=8 ready_curve=0:0.125"],
        parameters=only_pairs,
        links=["a n1 n2 capacity=60", "b n2 n3"],
    )
    given_ = outcome.scenario
    curve = given_.zones.ready_curve.copy()
    curve[0] = "0:0.125 1:0.25 2:0.375 3:0.5 4:1"
    outcome = plan(replace(given_, zones=replace(given_.zones, ready_curve=curve)))
    assert outcome.departures.persons.min() == 1
    seating = seat_households(outcome, households_of(outcome.scenario))
    assert check_seating(outcome, seating) == []
    assert seating.lost > 0
    assert seating.moved.sum() > 0
    assert (seating.route >= 0).all()
    assert write_plan(seating.outcome, tmp_path / "plan") is not None
    assert b"moved" in household_files(seating)["seating.csv"]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.integers(0, 10), st.integers(1, 12))
def test_no_seating_splits_anybody_or_beats_the_bound(persons: int, seed: int, horizon_h: int) -> None:
    outcome = town(
        zones=[f"z n1 persons={persons} share_under_18=0.2", f"y n2 persons={persons // 3}"],
        horizon_h=horizon_h,
    )
    seating = seat_households(outcome, households_of(outcome.scenario, seed=seed))
    assert check_seating(outcome, seating) == []
    assert seating.outcome.certificate.objective >= outcome.certificate.lower_bound


def moved_elsewhere(seating: Seating) -> Seating:
    step = seating.step.copy()
    step[0] = step[-1] + 1 if step[0] != step[-1] + 1 else step[-1] + 2
    return replace(seating, step=step)


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (moved_elsewhere, "households make"),
        (
            lambda seating: replace(
                seating, route=np.where(np.arange(len(seating.route)) == 0, -1, seating.route)
            ),
            "no seat",
        ),
        (
            lambda seating: replace(
                seating, households=replace(seating.households, under_18=seating.households.size.copy())
            ),
            "no adult",
        ),
        (
            lambda seating: replace(
                seating, households=replace(seating.households, size=seating.households.size + 1)
            ),
            "in households",
        ),
    ],
)
def test_the_checker_refuses_any_tampering(tampered, said: str) -> None:
    outcome = town()
    seating = seat_households(outcome, households_of(outcome.scenario))
    assert any(said in line for line in check_seating(outcome, tampered(seating)))


def test_files_name_every_household_as_made_up() -> None:
    outcome = town()
    seating = seat_households(outcome, households_of(outcome.scenario))
    files = household_files(seating)
    rows = files["households.csv"].decode().splitlines()
    assert len(rows) == 1 + len(seating.households)
    assert all(row.startswith("synthetic-") for row in rows[1:])
    assert files["seating.csv"].decode().count("as_planned") == len(seating.households)
