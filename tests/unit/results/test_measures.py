"""Measures over outcomes small enough to count on one's fingers."""

import numpy as np
import pytest

from farshore.results import clearance_h, crossing_loads, effort_of, flows_of, summary_of
from farshore.scenario.timing import timing_of
from tests.builders import scenario
from tests.unit.plan_check.handmade import outcome


def bridge(**changes):
    rows = {
        "links": [
            "a n1 n2 capacity=4",
            "b n2 n3 crossing_id=x capacity=4",
            "c n3 n4 crossing_id=x capacity=9",
        ],
        "crossings": ["x bridge name=Bridge"],
        "zones": ["z n1 persons=5"],
        "hosts": ["h n4 beds=4 name=Hall", "other n4 beds=0"],
        "horizon_h": 2,
    }
    return scenario(**{**rows, **changes})


def two_each(**more):
    """Two in each of the first two steps, one left behind, over a bridge of two links in a row."""
    return outcome(bridge(), [("z", 0, "a b c", "h", 2), ("z", 1, "a b c", "h", 2)], **more)


def test_departures_and_arrivals_by_step():
    made = two_each()
    flows = flows_of(made, timing_of(made.scenario))
    assert flows.departed.tolist() == [[2, 2, 0, 0]]
    assert flows.arrived.tolist() == [[2, 2, 0, 0], [0, 0, 0, 0]]
    assert flows.departed_so_far.tolist() == flows.arrived_so_far.tolist() == [2, 4, 4, 4]


def test_arrivals_are_counted_where_the_steps_end():
    made = outcome(bridge(step_s=150, horizon_h=1), [("z", 3, "a b c", "h", 1)])
    flows = flows_of(made, timing_of(made.scenario))
    assert np.argwhere(flows.arrived).tolist() == [[0, 3 + made.routes[0].arrival_steps]]
    assert made.routes[0].arrival_steps == 2  # 300 s in steps of 150 s


@pytest.mark.parametrize(("percent", "expected"), [(40, 0.5), (41, 1.0), (80, 1.0), (81, None), (100, None)])
def test_clearance_is_told_at_the_end_of_the_step(percent, expected):
    assert clearance_h(np.array([2, 4, 4, 4]), 5, percent, 1800) == expected


def test_clearance_of_nobody_takes_no_time():
    assert clearance_h(np.zeros(4, np.int64), 0, 100, 1800) == 0


def test_links_of_one_crossing_in_a_row_are_one_passage():
    made = two_each(links={("b", 0): 300, ("b", 1): 200, ("a", 0): 5000})
    (load,) = crossing_loads(made, timing_of(made.scenario))
    assert load.persons.tolist() == [2, 2, 0, 0]
    assert load.capacity_persons.tolist() == [2, 2, 2, 2]  # of the link by which people come onto it
    assert load.worth_person_h == 500 / 1e6


def test_an_unused_crossing_shows_what_it_could_take():
    made = outcome(bridge(), [])
    (load,) = crossing_loads(made, timing_of(made.scenario))
    assert not load.persons.any()
    assert load.capacity_persons.tolist() == [2 * (2 + 4)] * 4  # both links, both directions


def test_effort_adds_up_to_the_objective():
    made = two_each()
    timing = timing_of(made.scenario)
    effort = effort_of(made, timing, flows_of(made, timing))
    # At home: 3 through step 0, 1 through steps 1 to 3; half an hour each. Left: 1, at 10 · 4 steps · ½ h.
    assert effort.waiting == 6 * 500_000
    assert effort.left_behind == 10 * 4 * 500_000
    assert effort.travel == 4 * 3 * 28  # 0.001 · 100 s / 3600, three links
    assert effort.waiting_person_h == 3
    assert effort.travel_person_h == pytest.approx(4 * 300 / 3600)
    assert effort.waiting + effort.travel + effort.left_behind == made.certificate.objective


def test_the_summary_says_who_and_by_when():
    made = two_each(beds={"h": 700_000})
    summary = summary_of(made, timing_of(made.scenario), scenario_hash="#", certified=False)
    assert {key: summary[key] for key in ("people", "placed", "unserved", "t50_h", "t90_h", "t100_h")} == {
        "people": 5,
        "placed": 4,
        "unserved": 1,
        "t50_h": 1.0,
        "t90_h": None,
        "t100_h": None,
    }
    assert summary["objective"] == made.certificate.objective / 1e6
    (zone,) = summary["zones"]
    assert (zone["unserved"], zone["ready_too_late"], zone["binding"]) == (1, 0, ["the horizon ends"])
    (crossing,) = summary["crossings"]
    assert (crossing["persons"], crossing["capacity_persons"], crossing["share_of_capacity"]) == (4, 8, 0.5)
    assert crossing["first_use"] == "2022-10-14T00:00+03:00"
    assert crossing["last_use"] == "2022-10-14T00:30+03:00"
    hall, other = summary["hosts"]
    assert (hall["name"], hall["placed"], hall["beds"]) == ("Hall", 4, 4)
    assert hall["worth_of_a_bed_person_h"] == 0.7
    assert (other["placed"], other["first_arrival"]) == (0, None)
    assert summary["certified"] is False
