"""Which lanes to reverse: against every choice there is, and as a scenario that every engine reads."""

import itertools

import numpy as np
import pytest

from farshore.errors import UsageFault
from farshore.plan import certify, plan, write_plan
from farshore.plan.orders import choose_lanes, plan_with_orders
from farshore.plan.orders.lanes import Choice, candidates, starts_of, with_reversed, with_wider
from farshore.scenario import read_scenario, with_closing, write_scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import timing_of
from tests.builders import scenario

ROAD = "length=18000 free_speed=36 capacity=20"
FIGURES = {"contraflow_capacity_factor": 1.0, "contraflow_setup_h": 0.5}


def two_ways(**figures):
    """Two zones, two ways out with a road across: turning some lanes is worth more than turning others."""
    return scenario(
        links=[
            *(f"a x p {ROAD}", f"b y q {ROAD}", f"c x y {ROAD}"),
            *(f"d y r {ROAD} directed=true", f"e r y {ROAD} directed=true"),
        ],
        zones=["zx x persons=70", "zy y persons=30"],
        hosts=["hp p", "hq q", "hr r beds=40"],
        horizon_h=8,
        parameters=FIGURES | figures,
    )  # fmt: skip


def test_both_ways_of_a_road_and_of_a_pair_are_candidates():
    found = candidates(two_ways())
    assert [(lanes.onward, lanes.against) for lanes in found] == [
        ("a", "a_back"), ("a_back", "a"), ("b", "b_back"), ("b_back", "b"), ("c", "c_back"), ("c_back", "c"),
        ("d", "e"), ("e", "d"),
    ]  # fmt: skip


def test_reversed_lanes_carry_their_share_after_the_setup(tmp_path):
    given = two_ways(contraflow_capacity_factor=0.5)
    (lanes,) = (one for one in candidates(given) if one.onward == "a")
    start_s = int(given.about.start.timestamp())
    changed = with_reversed(given, [Choice(lanes, start_s + 3600)])
    timing = timing_of(changed)
    room = {
        arc: timing.capacities[timing.capacity_of[row]].tolist() for row, arc in enumerate(timing.arc_ids)
    }
    assert room["a"] == [10] * 16
    assert room["a_back"] == [10] * 2 + [0] * 14
    assert room["a_back_turned"] == [0] * 3 + [5] * 13
    wider = timing_of(with_wider(given, [Choice(lanes, start_s + 3600)]))
    room = {arc: wider.capacities[wider.capacity_of[row]].tolist() for row, arc in enumerate(wider.arc_ids)}
    assert room["a"] == [10] * 3 + [15] * 13
    assert room["a_back"] == [10] * 2 + [0] * 14
    write_scenario(changed, tmp_path / "changed")
    assert read_scenario(tmp_path / "changed").links.link_id.tolist() == changed.links.link_id.tolist()


@pytest.mark.parametrize("limit", [1, 2])
def test_no_choice_is_better_and_the_bound_is_the_best(limit):
    given = two_ways()
    options = [Choice(lanes, since) for lanes in candidates(given) for since in starts_of(given, 4)]
    best = plan(given).certificate.objective
    for n in range(1, limit + 1):
        for chosen in itertools.combinations(options, n):
            roads = {frozenset((choice.lanes.onward, choice.lanes.against)) for choice in chosen}
            if len(roads) == n and (
                n == 1 or all(choice.closes_s == options[0].closes_s for choice in chosen)
            ):
                best = min(best, plan(with_reversed(given, chosen)).certificate.objective)
    found = choose_lanes(given, limit)
    assert found.objective <= best
    assert found.lower_bound <= found.objective
    assert found.objective - found.lower_bound <= 1e-6 * found.objective
    assert found.doing_nothing == plan(given).certificate.objective
    assert 0 < len(found.reversals) <= limit


def test_a_road_that_is_narrowed_meanwhile_stays_so():
    """Half closed throughout: 5 of 10 before the lanes open, half of 15 after."""
    given = two_ways(contraflow_capacity_factor=0.5)
    given = given.with_closures(with_closing(given, "a", NO_TIME, NO_TIME).closures)
    given.closures.capacity_factor[:] = 0.5
    (lanes,) = (one for one in candidates(given) if one.onward == "a")
    timing = timing_of(with_wider(given, [Choice(lanes, int(given.about.start.timestamp()))]))
    row = timing.arc_ids.index("a")
    assert timing.capacities[timing.capacity_of[row]].tolist() == [5] + [7] * 15


def test_lanes_that_help_nobody_stay_as_they_are():
    wide = two_ways(contraflow_setup_h=24)
    found = choose_lanes(wide, 2)
    assert found.reversals == ()
    assert found.objective == found.doing_nothing == plan(wide).certificate.objective


def test_the_plan_is_written_with_its_lanes_and_certified(tmp_path):
    outcome = plan_with_orders(two_ways(), contraflow=1, orders="zones")
    write_plan(outcome, tmp_path / "plan")
    assert (tmp_path / "plan" / "contraflow.csv").read_text().startswith("link_id,name,from_node_id")
    links = (tmp_path / "plan" / "scenario" / "network" / "link.csv").read_text()
    assert f"\n{outcome.reversals[0].widened_link_id}," in links
    assert certify(tmp_path / "plan").objective == outcome.certificate.objective
    account = outcome.options["contraflow"]
    assert account["gain"] == pytest.approx(account["doing_nothing"] - account["objective"])
    assert np.isfinite(account["lower_bound"])


def test_what_cannot_be_asked_for_is_said():
    one_way = scenario(links=[f"a x p {ROAD} directed=true"], zones=["z x"], hosts=["h p"])
    with pytest.raises(UsageFault, match="lanes both ways"):
        choose_lanes(one_way, 1)
    with pytest.raises(UsageFault, match="contraflow -1"):
        plan_with_orders(one_way, contraflow=-1)
    with pytest.raises(UsageFault, match="leave one of the two out"):
        plan_with_orders(one_way, staging=True, orders="zones")
