"""What the checker derives from a scenario, held to numbers worked out by hand from the model page."""

import numpy as np
import pytest

from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.problem import problem_of
from tests.builders import scenario

NO_PRICES = Prices({}, {}, {})


def derived(**rows):
    rows.setdefault("zones", ["z n1"])
    rows.setdefault("hosts", ["h n3"])
    rows.setdefault("links", ["a n1 n2", "b n2 n3"])
    return problem_of(scenario(**rows))


def capacity(problem, arc="a"):
    return problem.network.capacity(problem.arc_row[arc]).tolist()


def test_an_undirected_link_is_two_arcs_and_a_walking_path_none():
    problem = derived(links=["a n1 n2", "b n2 n3 directed=true", "c n1 n3 allowed_uses=walk"])
    assert problem.network.arc_ids == ("a", "-a", "b")


def test_steps_add_up_along_the_shortest_route_from_the_nearest_zone():
    # 100 s each at 36 km/h; steps of 150 s: D = 0, 100, 200, 300; τ = ⌊100/150⌋, ⌊200/150⌋, ⌊(50 + 100)/150⌋.
    problem = derived(links=["a n1 n2", "b n2 n3", "c n3 n4"], hosts=["h n4"], step_s=150, horizon_h=1)
    taus = {arc: int(problem.network.steps[row]) for arc, row in problem.arc_row.items()}
    assert taus == {"a": 0, "b": 1, "c": 1, "-a": 1, "-b": 1, "-c": 0}


def test_zones_without_people_do_not_start_the_clock():
    problem = derived(zones=["z n1", "empty n2 persons=0"], step_s=150, horizon_h=1)
    assert int(problem.network.steps[problem.arc_row["b"]]) == 1


def test_a_road_takes_what_its_lanes_take_in_a_step():
    problem = derived(
        links=["a n1 n2 capacity=7 lanes=2", "b n2 n3"], parameters={"persons_per_vehicle": 2.5}, horizon_h=2
    )
    assert capacity(problem) == [17] * 4  # 7 · 2 · 2.5 · ½ h = 17.5


def test_a_product_that_should_be_whole_is_not_rounded_down():
    problem = derived(
        links=["a n1 n2 capacity=20", "b n2 n3"],
        closures=["a capacity_factor=0.3"],
        horizon_h=1,
        step_s=1800,
    )
    assert capacity(problem) == [3, 3]  # 20 · 0.3 · ½ = 3 but for the last binary digit


def test_the_least_factor_of_link_and_crossing_counts_in_every_step_touched():
    problem = derived(
        links=["a n1 n2 capacity=20 crossing_id=x", "b n2 n3"],
        crossings=["x bridge"],
        closures=[
            "a from=0.9 until=1.6 capacity_factor=0.5",
            "x from=1.5 until=2 capacity_factor=0.2",
            "x from=2.5 allowed_uses=walk capacity_factor=1",
        ],
        horizon_h=3,
    )
    assert capacity(problem) == [10, 5, 5, 2, 10, 0]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((6, 8), [0, 1, 1, 1, 1, 0]),
        ((22, 7), [1, 1, 1, 0, 0, 0]),
        ((6.25, 8), [0, 0, 1, 1, 1, 0]),
        ((0, 24), [1, 1, 1, 1, 1, 1]),
        ((7, 7), [0, 0, 0, 0, 0, 0]),
    ],
)
def test_hours_of_the_day_are_local_and_hold_whole_steps(hours, expected):
    problem = derived(
        links=["a n1 n2 capacity=2", "b n2 n3"],
        parameters={"driving_from_hour": hours[0], "driving_until_hour": hours[1]},
        start="2022-10-14T05:30+03:00",
        horizon_h=3,
    )
    assert capacity(problem) == expected


def test_a_ferry_sails_when_a_vessel_is_back_and_afresh_each_day():
    # One vessel, 40 min each way: a sailing every 80 min; steps of 30 min; shut in the fifth step.
    problem = derived(
        links=["a n1 n2 crossing_id=f allowed_uses=walk", "b n2 n3"],
        crossings=["f ferry vehicles_per_trip=3 persons_per_trip=5 trip_s=2400 vessels=1"],
        closures=["f from=2 until=2.5"],
        parameters={"persons_per_vehicle": 2.5},
        horizon_h=5,
    )
    # S = 0, ⌈30/80⌉ = 1, 1, ⌈90/80⌉ = 2, 2; then afresh. Aboard: ⌊3 · 2.5⌋ = 7 are more than 5.
    assert capacity(problem) == [7, 0, 7, 0, 0, 7, 0, 7, 0, 0]
    assert problem.network.travel_s[problem.arc_row["a"]] == 2400


def test_a_ferry_without_vessels_carries_nobody():
    problem = derived(links=["a n1 n2 crossing_id=f", "b n2 n3"], crossings=["f ferry trip_s=600"])
    assert not any(capacity(problem))


def test_readiness_is_straight_between_points_and_rounds_half_up():
    problem = derived(zones=[{"zone_id": "z", "node_id": "n1", "persons": 5, "ready_curve": "0.5:0.2 1.5:1"}])
    (zone,) = problem.zones
    # 0, then 1; at 1 h a share of 0.6: 3; at 1.5 h all.
    assert zone.ready.tolist()[:5] == [0, 1, 3, 5, 5]
    assert zone.never_ready == 0


def test_who_would_be_ready_after_the_end_is_told_apart():
    zone = {"zone_id": "z", "node_id": "n1", "persons": 8, "ready_curve": "0:0.5 4:1"}
    problem = derived(zones=[zone], horizon_h=2)
    assert problem.zones[0].never_ready == 2  # at 1.5 h: 8 · 0.6875 = 5.5, six


def test_costs_are_the_model_pages():
    # a: 100 s, no step; b: 100 s, a step of 150 s; rate of b 3, ordinary 0.5; weight 0.001.
    problem = derived(
        step_s=150,
        horizon_h=1,
        exposure=["b rate=3", "z rate=2 from=0.5"],
        parameters={"exposure_default_rate": 0.5},
    )
    cost = {arc: problem.network.cost(row).tolist() for arc, row in problem.arc_row.items()}
    assert cost["a"] == [int(1e6 * 0.001 * 100 / 3600 + 0.5)]
    assert cost["b"] == [int(1e6 * (0.5 * 150 + 2.501 * 100) / 3600 + 0.5)]
    assert problem.zones[0].waiting_cost.tolist() == [20833] * 12 + [83333] * 12
    assert problem.left_cost == 10 * 24 * 83333


def test_left_behind_costs_at_least_as_if_exposure_were_one():
    problem = derived(parameters={"exposure_default_rate": 0}, horizon_h=2)
    assert problem.left_cost == 10 * 4 * 500_000


def test_hosts_take_people_from_their_first_bed_to_the_end_of_their_offer():
    problem = derived(hosts=["h n3 beds=4 beds_from=0.6 confirmed_until=2 intake_persons_h=5"], horizon_h=3)
    (host,) = problem.hosts
    assert [host.intake_in(k) for k in range(6)] == [0, 0, 2, 2, 0, 0]


def test_nobody_can_do_better_than_to_leave_at_once():
    problem = derived(zones=["z n1 persons=3"])
    trip = sum(int(problem.network.cost(problem.arc_row[arc])[0]) for arc in "ab")
    bound = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, NO_PRICES)
    assert bound == 3 * trip == 3 * 2 * 28


def test_who_can_go_nowhere_waits_to_the_end_and_is_left():
    problem = derived(zones=["z n1 persons=2"], closures=["b"], horizon_h=2)
    bound = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, NO_PRICES)
    assert bound == 2 * (4 * 500_000 + 10 * 4 * 500_000)


def test_a_price_is_paid_by_who_passes_and_given_back_for_all_the_room():
    problem = derived(links=["a n1 n2 capacity=2", "b n2 n3"], zones=["z n1 persons=3"], horizon_h=2)
    a = problem.arc_row["a"]
    # One place a step: at these prices the three are indifferent between leaving in steps 0, 1 and 2.
    prices = Prices({(a, 0): 1_000_000, (a, 1): 500_000}, {}, {})
    bound = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, prices)
    assert bound == 3 * 1_000_056 - 1_500_000  # = 0 + 1 + 2 steps of waiting, and three trips


def test_the_bound_never_counts_a_way_that_turns_straight_back():
    # The way over c starts with a step's delay; to and fro on the stub would make one for next to nothing.
    problem = derived(
        links=["a n1 n2", "b n2 n3", "stub n2 n4"],
        hosts=["h n3 beds_from=0.5"],
        zones=["z n1 persons=1 "],
        horizon_h=2,
        step_s=300,
        exposure=["z rate=9"],
    )
    bound = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, NO_PRICES)
    waits = 6 * 750_000
    assert bound == waits + sum(int(problem.network.cost(problem.arc_row[arc])[0]) for arc in "ab")


def test_labels_are_kept_by_the_next_node_not_by_the_next_link():
    # Two links lead back to n1: neither may be used by somebody who came from there.
    problem = derived(
        links=["a n1 n2", "b n2 n1", "c n2 n3 directed=true"],
        hosts=["h n1 beds_from=1", "far n3 beds_from=2"],
    )
    node = {code: i for i, code in enumerate(problem.scenario.nodes.node_id)}
    bound = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, NO_PRICES)
    assert node["n1"] == problem.hosts[0].node
    assert bound == 10 * 2 * 500_000  # waits at home for an hour, then the bed next door


def test_unreachable_prices_do_not_overflow():
    problem = derived(zones=["z n1 persons=1"], hosts=["h n3 beds=1"], horizon_h=1)
    prices = Prices({(arc, k): 10**15 for arc in range(4) for k in range(2)}, {(0, 0): 10**15}, {0: 10**15})
    with_toll = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, prices)
    capacity_sold = sum(int(problem.network.capacity(arc).sum()) for arc in range(4))
    staying = 2 * 500_000 + problem.left_cost
    assert problem.hosts[0].intake is None  # whoever reads prices refuses one here
    assert with_toll == staying - 10**15 * (capacity_sold + 1)
    assert np.int64(10**15) * 4 < np.iinfo(np.int64).max
