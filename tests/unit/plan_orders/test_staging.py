"""Zones in their turn: within their windows, never below the free flow, and what queueing would cost."""

import pytest

from farshore.plan import certify, plan, write_plan
from farshore.plan.model import problem_of
from farshore.plan.orders import all_at_once, plan_staging
from farshore.units import parse_time
from tests.builders import scenario

ROAD = "length=18000 free_speed=36 capacity=20"


def merging(**changes):
    """Two zones meet before one road of 10 persons a step."""
    given = {
        "links": [f"a x m {ROAD}", f"b y m {ROAD}", f"c m p {ROAD}"],
        "zones": ["zx x persons=30", "zy y persons=30"],
        "hosts": ["hp p"],
        "parameters": {"travel_weight": 0.0},
        "horizon_h": 8,
    }
    return scenario(**(given | changes))


def test_people_leave_in_their_windows_and_by_the_bound(tmp_path):
    found = plan_staging(merging())
    turns = {stage.zone_id: stage for stage in found.stages}
    start_s, step_s = int(found.scenario.about.start.timestamp()), found.scenario.about.step_s
    for route, step in zip(found.departures.route, found.departures.step, strict=True):
        turn = turns[found.routes[route].zone_id]
        assert parse_time(turn.depart_from) <= start_s + step * step_s < parse_time(turn.depart_until)
    account = found.options["staging"]
    assert account["objective"] * 1e6 == pytest.approx(found.certificate.objective)
    assert account["lower_bound"] * 1e6 == pytest.approx(plan(merging()).certificate.lower_bound)
    assert account["objective"] >= account["lower_bound"]
    write_plan(found, tmp_path / "plan")
    assert certify(tmp_path / "plan").unserved == 0
    assert [stage.turn for stage in found.stages] == [1, 2]


def test_all_at_once_queues_as_it_must():
    """60 persons reach m after a step, 20 a step; 10 pass: arrivals at 2 … 7, as in the best plan."""
    found = all_at_once(problem_of(merging()))
    assert found.left == 0
    assert found.cost == 270 * 500_000
    assert found.cost == plan(merging()).certificate.objective


def test_the_quickest_way_for_all_costs_more_than_two_ways():
    """All take the shorter road, though the longer would take half of them."""
    both = merging(
        links=[f"a x p {ROAD}", "b x q length=19800 free_speed=36 capacity=20"],
        zones=["zx x persons=60"],
        hosts=["hp p", "hq q"],
    )
    found, best = all_at_once(problem_of(both)), plan(both).certificate.objective
    assert found.cost == 10 * (1 + 2 + 3 + 4 + 5 + 6) * 500_000
    assert best < found.cost


def test_when_beds_are_gone_the_others_turn_elsewhere():
    short = merging(
        links=[f"a x p {ROAD}", f"b p q {ROAD}"], zones=["zx x persons=40"], hosts=["hp p beds=15", "hq q"]
    )
    found = all_at_once(problem_of(short))
    # 10 and 5 end at p after steps 1 and 2; the others, 10 a step, leave p from step 3, to be in q from 4.
    assert found.left == 0
    assert found.cost == (10 * 1 + 5 * 2 + 10 * 4 + 10 * 5 + 5 * 6) * 500_000


def test_who_does_not_arrive_is_left_behind():
    late = merging(horizon_h=2)
    found = all_at_once(problem_of(late))
    assert found.left == 40
