"""Whole households on a plan's departures: cases with known answers."""

import numpy as np
import pytest

from farshore.plan import certify, plan, with_households, write_plan
from farshore.plan.families.packing import pack
from farshore.results import read_outcome
from tests.builders import scenario

PAIRS = ["2 share=1"]


def town(**more):
    """500 people, of whom 60 an hour fit over the bridge: departures of 30 in each half hour."""
    given = {
        "links": ["a n1 n2 capacity=60", "b n2 n3"],
        "zones": ["z n1 persons=500 share_under_18=0.21 share_over_65=0.17 share_needing_assistance=0.08"],
        "hosts": ["h n3 beds=1000"],
        "horizon_h": 12,
    }
    return plan(scenario(**(given | more)))


def test_households_fill_every_seat_where_sizes_allow_it(tmp_path):
    outcome = town()
    seated = with_households(outcome)
    assert seated.households.moved == 0
    assert seated.certificate.objective == outcome.certificate.objective
    assert np.array_equal(seated.departures.persons, outcome.departures.persons)
    assert write_plan(seated, tmp_path / "plan").objective == outcome.certificate.objective


def test_a_household_waits_until_all_of_it_is_ready():
    """One more ready each hour, and pairs only: one of each of four pairs waits an hour, 4 person-hours."""
    curve = " ".join(f"{hour}:{hour / 8}" for hour in range(1, 9))
    outcome = town(
        zones=[{"zone_id": "z", "node_id": "n1", "persons": 8, "ready_curve": curve}],
        household_sizes=PAIRS,
        step_s=3600,
    )
    assert outcome.departures.step.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    seated = with_households(outcome)
    assert seated.departures.step.tolist() == [2, 4, 6, 8]
    assert seated.departures.persons.tolist() == [2, 2, 2, 2]
    assert seated.certificate.objective - outcome.certificate.objective == 4_000_000
    assert seated.certificate.lower_bound == outcome.certificate.lower_bound


def test_who_fits_into_no_step_stays_and_the_plan_says_why(tmp_path):
    """A road for one person in each half hour takes no pair: nobody is split to be served."""
    outcome = town(zones=["z n1 persons=8"], links=["a n1 n2 capacity=2", "b n2 n3"], household_sizes=PAIRS)
    assert outcome.departures.persons.sum() == 8
    seated = with_households(outcome)
    assert len(seated.departures.persons) == 0
    assert not seated.households.leaving.any()
    assert [(each.persons, each.binding) for each in seated.unserved] == [(8, ("households are not split",))]
    assert write_plan(seated, tmp_path / "plan").unserved == 8


def test_beds_are_not_shared_out_within_a_household():
    """Three beds near by and many far away: one pair near, whatever one person more could have had."""
    outcome = town(
        links=["a n1 n2", "b n2 n3 length=90000"],
        zones=["z n1 persons=4"],
        hosts=["near n2 beds=3", "far n3 beds=10"],
        household_sizes=PAIRS,
    )
    seated = with_households(outcome)
    hosts = {seated.routes[route].host_id: 0 for route in seated.departures.route.tolist()}
    for route, persons in zip(
        seated.departures.route.tolist(), seated.departures.persons.tolist(), strict=True
    ):
        hosts[seated.routes[route].host_id] += persons
    assert hosts == {"near": 2, "far": 2}


def test_households_take_routes_of_their_class_only():
    """Those with a car to one host, the others to another: classes are kept, whoever is left over too."""
    outcome = town(
        links=["a n1 n2 capacity=14", "b n1 n3 capacity=10"],
        zones=["z n1 persons=90 share_with_car=0.5"],
        hosts=["h n2 beds=45", "k n3 beds=45"],
    )
    seated = with_households(
        outcome,
        route_class=lambda route: "car" if route.host_id == "h" else "bus",
        household_classes=lambda members: ["car" if each else "bus" for each in members.with_car.tolist()],
    )
    households = seated.households
    assert households.leaving.sum() > 30
    for route, with_car in zip(households.route.tolist(), households.with_car.tolist(), strict=True):
        if route >= 0:
            assert seated.routes[route].host_id == ("h" if with_car else "k")


def test_rooms_are_filled_exactly_while_single_persons_last():
    random = np.random.default_rng(7)
    rooms = random.integers(1, 60, 30)
    size = random.permutation(np.concatenate([random.integers(2, 8, 150), np.ones(400, np.int64)]))
    assert size.sum() > rooms.sum()
    at = pack(size, rooms)
    filled = np.bincount(at[at >= 0], weights=size[at >= 0], minlength=30)
    assert filled.tolist() == rooms.tolist()


@pytest.mark.parametrize("seed", [0, 5])
def test_a_folder_is_read_back_as_it_was_written(tmp_path, seed):
    seated = with_households(town(), seed=seed)
    write_plan(seated, tmp_path / "plan")
    again = read_outcome(tmp_path / "plan")
    for name in ("zone", "size", "children", "over_65", "needing_assistance", "with_car", "route", "step"):
        assert np.array_equal(getattr(again.households, name), getattr(seated.households, name)), name
    write_plan(again, tmp_path / "again")
    for name in ("households.csv", "departures.csv", "summary.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "plan" / name).read_bytes()
    assert certify(tmp_path / "again").placed == 500


def test_nobody_leaves_from_an_empty_zone(tmp_path):
    seated = with_households(town(zones=["z n1 persons=0", "y n2 persons=3"]))
    assert seated.households.zone.tolist() == [1] * len(seated.households)
    write_plan(seated, tmp_path / "plan")


def test_seats_that_a_zone_gives_up_go_to_who_waits_longest_elsewhere(tmp_path):
    """Seven seats a step for pairs here and single persons there: pairs leave one free, a single takes it."""
    outcome = town(
        links=["a n1 m", "c n2 m", "b m n3 capacity=14"],
        zones=["z n1 persons=60", "y n2 persons=60"],
        household_sizes=["2 share=1 zone_id=z", "1 share=1 zone_id=y"],
    )
    assert (outcome.departures.persons == 7).sum() > 10
    seated = with_households(outcome)
    assert seated.departures.persons.sum() == 120
    assert seated.households.moved > 0
    assert seated.certificate.gap < 0.002  # a seat lost in each of pairs' steps would cost 1.5 %
    write_plan(seated, tmp_path / "plan")
