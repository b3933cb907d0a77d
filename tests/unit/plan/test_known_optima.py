"""Plans whose best objective is worked out by hand, one part of the model at a time.

Unless said otherwise: half-hour steps, six hours, one person a car, exposure 1 everywhere. A step at home
costs 500,000; a road of 1,000 m at 36 km/h takes 100 s, no step, and costs 28 (a thousandth of 100 s).
"""

from dataclasses import replace

import numpy as np
import pytest

from farshore.plan import plan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Operation, Scenario
from tests.builders import scenario

STEP = 500_000
ROAD = 28
LEFT = 10 * 12 * STEP


def planned(problem: Scenario) -> Outcome:
    outcome = plan(problem)
    assert outcome.complete
    assert outcome.certificate.lower_bound == outcome.certificate.objective
    return outcome


def leaving(outcome: Outcome, route: int | None = None) -> list[int]:
    """Persons who leave in each step."""
    departures = outcome.departures
    mine = np.ones(len(departures.route), bool) if route is None else departures.route == route
    return (
        np.bincount(departures.step[mine], departures.persons[mine], outcome.scenario.about.n_steps)
        .astype(int)
        .tolist()
    )


def test_a_bottleneck_lets_two_through_a_step() -> None:
    outcome = planned(scenario(links=["a n1 n2 capacity=4"], zones=["z n1"], hosts=["h n2"]))
    assert leaving(outcome) == [2, 2, 2, 2, 2] + 7 * [0]
    assert outcome.certificate.objective == 2 * (1 + 2 + 3 + 4) * STEP + 10 * ROAD
    assert set(outcome.certificate.link_price) <= {("a", k) for k in range(12)}


def test_a_longer_way_is_taken_when_waiting_takes_longer_still() -> None:
    """Two a step by the short road; the long one takes a step and 1.8 s' worth of travel weight."""
    outcome = planned(
        scenario(links=["short n1 n2 capacity=4", "long n1 n2 length=18000"], zones=["z n1"], hosts=["h n2"])
    )
    used = {route.links: number for number, route in enumerate(outcome.routes)}
    assert leaving(outcome, used[("short",)])[:3] == [2, 2, 0]
    assert leaving(outcome, used[("long",)])[:2] == [6, 0]
    assert outcome.certificate.objective == 4 * ROAD + 2 * STEP + 6 * 500_500


@pytest.mark.parametrize(
    ("hours", "steps"), [({}, (0, 2, 4)), ({"sailing_from_hour": 0.5}, (1, 3, 5))], ids=["day", "morning"]
)
def test_a_ferry_sails_by_its_timetable(hours: dict[str, float], steps: tuple[int, ...]) -> None:
    """One vessel, half an hour across: every hour from when it may first sail, three aboard."""
    outcome = planned(
        scenario(
            links=["f n1 n2 crossing_id=c"],
            crossings=["c ferry persons_per_trip=3 trip_s=1800 vessels=1"],
            zones=["z n1 persons=7"],
            hosts=["h n2"],
            parameters=hours,
        )
    )
    first, second, third = steps
    assert {k: n for k, n in enumerate(leaving(outcome)) if n} == {first: 3, second: 3, third: 1}
    assert outcome.certificate.objective == (3 * first + 3 * second + third) * STEP + 7 * 500_500


def test_nobody_drives_in_the_curfew() -> None:
    outcome = planned(
        scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], parameters={"driving_from_hour": 2})
    )
    assert leaving(outcome)[:5] == [0, 0, 0, 0, 10]
    assert outcome.certificate.objective == 10 * (4 * STEP + ROAD)


def test_beds_are_waited_for_at_home() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2 beds_from=2"]))
    assert leaving(outcome)[:5] == [0, 0, 0, 0, 10]
    assert outcome.certificate.objective == 10 * (4 * STEP + ROAD)


def test_a_host_takes_in_three_a_step() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2 intake_persons_h=6"]))
    assert leaving(outcome)[:5] == [3, 3, 3, 1, 0]
    assert outcome.certificate.objective == (3 + 6 + 3) * STEP + 10 * ROAD
    assert outcome.certificate.intake_price.keys() == {("h", 0), ("h", 1), ("h", 2)}


def test_too_few_beds_leave_people_and_say_so() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2 beds=4"]))
    assert outcome.certificate.objective == 4 * ROAD + 6 * (12 * STEP + LEFT)
    (unserved,) = outcome.unserved
    assert (unserved.zone_id, unserved.persons) == ("z", 6)
    assert unserved.binding == ("4 beds are all taken at h (h)",)


def test_a_closure_is_waited_out() -> None:
    """Shut from one o'clock to three: two leave in each of the steps 0, 1, 6, 7 and 8."""
    outcome = planned(
        scenario(
            links=["a n1 n2 capacity=4"],
            zones=["z n1"],
            hosts=["h n2"],
            closures=["a from=1 until=3"],
        )
    )
    assert leaving(outcome) == [2, 2, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0]
    assert outcome.certificate.objective == 2 * (1 + 6 + 7 + 8) * STEP + 10 * ROAD


def test_half_a_bridge_carries_half() -> None:
    outcome = planned(
        scenario(
            links=["a n1 n2 capacity=8 crossing_id=b"],
            crossings=["b bridge"],
            zones=["z n1"],
            hosts=["h n2"],
            closures=["b capacity_factor=0.5"],
        )
    )
    assert leaving(outcome)[:6] == [2, 2, 2, 2, 2, 0]


def test_nobody_is_sent_to_a_blocked_host() -> None:
    problem = scenario(
        links=["near n1 n2", "far n1 n3 length=18000"],
        zones=["z n1"],
        hosts=["rostov n2 territory=sponsor", "mykolaiv n3 territory=own"],
        operation=Operation(sponsor="x", territory_status="occupied"),
    )
    outcome = planned(problem)
    assert {route.host_id for route in outcome.routes} == {"mykolaiv"}
    assert set(outcome.blocked_hosts) == {"rostov"}
    free = planned(
        replace(problem, about=replace(problem.about, operation=Operation(territory_status="own")))
    )
    assert {route.host_id for route in free.routes} == {"rostov"}


def test_those_ready_too_late_stay_and_cost_no_waiting() -> None:
    """Half are ready at once, the rest evenly in the next 24 hours: six of ten by the last step."""
    outcome = planned(
        scenario(
            links=["a n1 n2"],
            zones=[{"zone_id": "z", "node_id": "n1", "ready_curve": "0:0.5 24:1"}],
            hosts=["h n2"],
        )
    )
    assert sum(leaving(outcome)) == 6
    (unserved,) = outcome.unserved
    assert unserved.persons == 4
    assert "4 of them would be ready only after the end of the horizon" in unserved.binding
    assert outcome.certificate.objective == 6 * ROAD + 4 * LEFT


def test_a_zone_and_a_host_on_one_node_need_no_road() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n1"]))
    (route,) = outcome.routes
    assert (route.links, route.entry_steps, route.arrival_steps, route.free_flow_s) == ((), (), 0, 0)
    assert outcome.certificate.objective == 0


def test_danger_is_counted_by_the_second() -> None:
    """A bridge at exposure 37 for 100 s costs 36 · 100 s, two steps' worth: the way round takes one."""
    problem = scenario(
        links=["bridge n1 n2 crossing_id=b", "round n1 n2 length=18000"],
        crossings=["b bridge"],
        zones=["z n1"],
        hosts=["h n2"],
        exposure=["b rate=37"],
    )
    outcome = planned(problem)
    assert [route.links for route in outcome.routes] == [("round",)]
    assert outcome.certificate.objective == 10 * 500_500
    calmer = planned(
        scenario(
            links=["bridge n1 n2 crossing_id=b", "round n1 n2 length=18000"],
            crossings=["b bridge"],
            zones=["z n1"],
            hosts=["h n2"],
            exposure=["b rate=10"],
        )
    )
    assert calmer.certificate.objective == 10 * 250_028


def test_nobody_waits_on_the_road_by_turning_round() -> None:
    """Homes are dangerous, roads are not, the second road is narrow: but all who leave drive straight on."""
    outcome = planned(
        scenario(
            links=["a n1 n2 length=17000", "spur n2 n4 length=500", "b n2 n3 capacity=4"],
            zones=["z n1 persons=6"],
            hosts=["h n3"],
            exposure=["z rate=10"],
        )
    )
    assert {route.links for route in outcome.routes} == {("a", "b")}


def test_a_scenario_in_which_nobody_leaves_is_planned_too() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1 persons=0"], hosts=["h n2"]))
    assert outcome.routes == ()
    assert outcome.certificate.objective == 0
    assert outcome.people == {"z": 0}


def test_what_binds_is_named_in_words() -> None:
    outcome = planned(
        scenario(
            links=["a n1 n2 capacity=2 crossing_id=b"],
            crossings=["b bridge name=Old"],
            zones=["z n1 persons=20"],
            hosts=["h n2"],
        )
    )
    (unserved,) = outcome.unserved
    assert unserved.persons == 8
    assert unserved.binding == ("crossing b (Old) is full",)


def test_where_no_way_is_open_the_plan_says_so() -> None:
    outcome = planned(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], closures=["a"]))
    (unserved,) = outcome.unserved
    assert unserved.persons == 10
    assert unserved.binding == ("no way is open that ends within the horizon at a host that takes people in",)
