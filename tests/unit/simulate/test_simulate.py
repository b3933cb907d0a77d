"""The room's front door: a scenario in, tables out; people are never lost."""

import numpy as np
import pytest

from farshore.cli.simulations import _reversal
from farshore.errors import SimulationFaults, UsageFault
from farshore.plan import plan as make_plan
from farshore.scenario.scenario import Operation
from farshore.simulate import Contraflow, Departing, Merge, OnClosure, Options, Routes, compare, simulate
from tests.builders import scenario


def road(**changes):
    """A zone, 10 km of road of 600 veh/h, a host."""
    figures = {
        "links": ["a n1 n2 length=1000 capacity=600", "b n2 n3 length=10000 capacity=600"],
        "zones": ["z n1 persons=300"],
        "hosts": ["h n3 beds=1000"],
        "parameters": {"informed_share": 0.0},
    }
    return scenario(**{**figures, **changes})


def counted(result):
    """Everybody is somewhere exactly once."""
    assert result.arrived_persons + sum(row.persons for row in result.unfinished) == result.people.sum()
    return result


def test_everybody_arrives_after_the_queue():
    """300 cars at 600 veh/h: half an hour of queue and 1,100 s of road."""
    result = counted(simulate(road()))
    assert result.arrived_persons == 300
    assert result.unfinished == ()
    assert result.reached_s[100] == pytest.approx(1100 + 299 * 6, abs=1)
    assert result.travel_person_h == pytest.approx(300 * 1100 / 3600, rel=0.01)
    assert result.waiting_person_h == pytest.approx(300 * 299 * 3 / 3600, rel=0.05)


def test_same_seed_same_result():
    options = Options(departing=Departing.LOGIT, half_departed_h=1.0)
    one, other = simulate(road(), options=options, seed=3), simulate(road(), options=options, seed=3)
    np.testing.assert_array_equal(one.arrived, other.arrived)
    np.testing.assert_array_equal(one.links.entered, other.links.entered)


def test_a_plan_is_followed_step_by_step():
    here = road(
        links=["a n1 n2 capacity=600", "b n2 n3 capacity=600", "c n2 n4 capacity=60"],
        hosts=["h n3 beds=150", "i n4 beds=150"],
    )
    outcome = make_plan(here)
    result = counted(simulate(here, plan=outcome))
    assert result.arrived[-1].tolist() == [150, 150]
    assert result.label == "plan of tiny"


def test_half_who_comply_and_half_who_do_not():
    here = road()
    result = counted(
        simulate(
            here, plan=make_plan(here), options=Options(compliance_share=0.5, departing=Departing.RAYLEIGH)
        )
    )
    assert result.people.sum() == 300


@pytest.mark.parametrize(
    ("departing", "share"), [(Departing.IMMEDIATE, 0.0), (Departing.LOGIT, 0.5), (Departing.RAYLEIGH, 0.5)]
)
def test_departure_curves_pass_their_half(departing, share):
    """Half have set out by `half_departed_h`, on a road wide enough to let them."""
    here = road(links=["a n1 n2 capacity=60000", "b n2 n3 capacity=60000"], horizon_h=24)
    options = Options(departing=departing, half_departed_h=6.0, spread_h=1.0, sample_s=60)
    result = simulate(here, options=options)
    so_far = np.interp(6 * 3600, result.sample_s, result.departed)
    assert so_far == pytest.approx(300 if share == 0 else 150, abs=3)


def test_shadow_evacuees_come_on_top():
    here = road(parameters={"share_leaving": 0.5})
    assert simulate(here, options=Options(shadow_share=0.2)).people.sum() == 150 + 30


def test_a_second_car_takes_more_of_the_road():
    here = road(parameters={"persons_per_vehicle": 4.0})
    assert simulate(here).vehicles == 75
    assert counted(simulate(here, options=Options(second_car_share=1.0))).vehicles == 150


def test_who_has_no_car_walks():
    here = road(zones=["z n1 persons=100 share_with_car=0.5"], parameters={"walking_speed_kmh": 4.0})
    result = counted(simulate(here, options=Options(on_foot_share=1.0)))
    assert result.arrived_persons == 100
    assert result.reached_s[100] == pytest.approx(11 / 4 * 3600, rel=0.01)


def test_buses_fetch_who_has_no_car():
    here = road(
        zones=["z n1 persons=100 share_with_car=0.2"],
        fleets=["f bus n1 vehicles=2 seats=40 load_s=300 unload_s=100"],
        horizon_h=12,
    )
    result = counted(simulate(here))
    assert result.arrived_persons == 100
    assert result.unfinished == ()


def test_where_people_wait_and_no_bus_comes_they_still_wait_at_the_end():
    """One bus for two zones goes where more people wait."""
    here = road(
        zones=["z n1 persons=100 share_with_car=0", "y n2 persons=50 share_with_car=0"],
        fleets=["f bus n1 vehicles=1 seats=50 load_s=300 unload_s=100"],
        horizon_h=12,
    )
    result = counted(simulate(here))
    assert result.arrived_persons == 100
    assert [(left.place_id, left.why, left.persons) for left in result.unfinished] == [
        ("y", "waits for a bus", 50)
    ]


RAILS = [
    "a n1 n2 length=1000 capacity=600",
    "b n2 n3 length=10000 capacity=600",
    "r n1 n3 length=30000 free_speed=60 capacity=10 allowed_uses=rail",
]


def test_trains_leave_by_timetable():
    """100 people, trains of 60 seats every two hours, half an hour of way: 60 arrive at 2:30, 40 at 4:30."""
    here = road(
        links=RAILS,
        zones=["z n1 persons=100 share_with_car=0"],
        fleets=["t train n1 vehicles=2 seats=60 load_s=300"],
        parameters={"train_every_min": 120.0},
        horizon_h=12,
    )
    result = counted(simulate(here, options=Options(sample_s=60)))
    arrived = result.arrived.sum(axis=1)
    hours = result.sample_s / 3600
    assert arrived[hours < 2.5].max() == 0
    assert arrived[(hours > 2.51) & (hours < 2.55)].min() == arrived[(hours > 2.51) & (hours < 4.49)].max()
    assert result.arrived_persons == 100
    assert result.links.entered[-1, result.links.arc_ids.index("b")] == 0


def test_cars_do_not_take_the_rails_and_zones_without_a_train_share_cars():
    """Only the zone of the train waits for it; the other's people share cars, on roads."""
    here = road(
        links=RAILS,
        zones=["z n1 persons=100 share_with_car=0", "y n2 persons=50 share_with_car=0"],
        fleets=["t train n1 vehicles=1 seats=200 line=z"],
        horizon_h=12,
    )
    result = counted(simulate(here))
    entered = dict(zip(result.links.arc_ids, result.links.entered[-1].tolist(), strict=True))
    assert entered["=r"] == 1
    assert entered["a"] == 0
    assert entered["b"] == 50  # one person a car here
    assert result.arrived_persons == 150


def test_trucks_take_the_room_of_their_pcu():
    """As many vehicles, half of them trucks of 4 PCU: the last one is later."""
    slowly = {"departing": Departing.LOGIT, "half_departed_h": 2.0, "spread_h": 0.2, "background_veh_h": 300}
    here = road(parameters={"informed_share": 0.0, "truck_pcu": 4.0})
    cars, mixed = (simulate(here, options=Options(truck_share=share, **slowly)) for share in (0.0, 0.5))
    assert mixed.vehicles == cars.vehicles
    assert mixed.reached_s[100] > cars.reached_s[100]


def test_flows_of_an_ordinary_day_are_lowered_by_a_stated_share():
    """At half its saturation flow each of 300 cars takes another 6 s to get onto the road."""
    full = simulate(road()).reached_s[100]
    less = simulate(road(parameters={"informed_share": 0.0, "evacuation_flow_share": 0.5})).reached_s[100]
    assert less - full == pytest.approx(299 * 6, rel=0.02)


def test_background_traffic_is_loaded_and_not_counted():
    slowly = {"departing": Departing.LOGIT, "half_departed_h": 2.0, "spread_h": 0.2}
    quiet = simulate(road(), options=Options(**slowly))
    busy = simulate(road(), options=Options(background_veh_h=500, **slowly))
    assert busy.vehicles == quiet.vehicles + 3000
    assert busy.people.sum() == quiet.people.sum()
    assert busy.reached_s[100] > quiet.reached_s[100]


def test_hours_of_driving_are_kept():
    """Start at midnight, driving from 6: nobody is on the road before."""
    result = counted(
        simulate(road(parameters={"driving_from_hour": 6}, horizon_h=12), options=Options(sample_s=600))
    )
    assert result.departed[result.sample_s < 6 * 3600].max() == 0
    assert result.arrived_persons == 300


def test_a_closure_holds_people_and_says_why():
    here = road(closures=["b from=0.2"])
    result = counted(simulate(here, options=Options(on_closure=OnClosure.STRANDED)))
    assert {row.why for row in result.unfinished} >= {"stranded on a closed road"}
    assert {row.place_id for row in result.unfinished} <= {"a", "b", "z"}


def test_a_ferry_carries_by_deck_and_hours():
    """Two sailings an hour of 10 cars, from 6 to 7 o'clock only."""
    here = road(
        links=["a n1 n2 capacity=600", "w n2 n3 length=2000 capacity=600 crossing_id=f"],
        crossings=["f ferry vehicles_per_trip=10 trip_s=900 vessels=1"],
        parameters={"sailing_from_hour": 6, "sailing_until_hour": 7},
        horizon_h=24,
    )
    result = counted(simulate(here))
    assert result.crossings[0].sailings == 2
    assert result.arrived_persons == 20
    assert ("f", "at the ferry or afloat") in {(row.place_id, row.why) for row in result.unfinished}


def test_who_hears_of_queues_spreads_over_ways():
    """Two ways, the short one narrow: the informed use both, the uninformed one."""
    links = [
        "a n1 n2 length=5000 capacity=3000",
        "b n2 n4 length=5000 capacity=300",
        "c n1 n3 length=6000 capacity=3000",
        "d n3 n4 length=6000 capacity=300",
    ]
    here = road(links=links, zones=["z n1 persons=600"], hosts=["h n4 beds=1000"])
    deaf = simulate(here, options=Options(informed_share=0.0))
    heard = simulate(
        here,
        options=Options(
            informed_share=1.0, update_s=300, departing=Departing.LOGIT, half_departed_h=1, spread_h=0.2
        ),
    )
    column = heard.links.arc_ids.index("c")
    assert deaf.links.entered[-1, column] == 0
    assert heard.links.entered[-1, column] > 100


def test_equilibrium_uses_both_ways_alike():
    """At equilibrium nobody gains much: arrivals end far sooner than by one way alone."""
    links = [
        "a n1 n2 length=5000 capacity=3000",
        "b n2 n4 length=5000 capacity=300",
        "c n1 n3 length=6000 capacity=3000",
        "d n3 n4 length=6000 capacity=300",
    ]
    here = road(links=links, zones=["z n1 persons=600"], hosts=["h n4 beds=1000"])
    one_way = simulate(here, options=Options(routes=Routes.NEAREST))
    balanced = counted(simulate(here, options=Options(routes=Routes.EQUILIBRIUM, iterations=8)))
    assert balanced.reached_s[100] < 0.65 * one_way.reached_s[100]


def test_a_reversal_is_written_as_takes_gives_lanes_and_window():
    here = road(links=["a n1 n2 length=1000 capacity=600", "b n2 n3 length=10000 capacity=600"])
    from_start = _reversal("b:-b:1.5@2022-10-14T01:00+03:00/2022-10-14T03:00+03:00", here)
    assert from_start == Contraflow("b", "-b", 1.0, 3.0, 1.5)
    assert _reversal("b:-b", here) == Contraflow("b", "-b", 0.0, here.about.horizon_h, 1.67)
    for wrong in ("b:-q", "b", "b:-b:none"):
        with pytest.raises(UsageFault):
            _reversal(wrong, here)


def test_contraflow_by_link_id():
    here = road(links=["a n1 n2 length=1000 capacity=6000", "b n2 n3 length=10000 capacity=600"])
    wider = simulate(here, options=Options(contraflow=(Contraflow("b", "-b", 0, 6, 2.0),)))
    assert wider.reached_s[100] < 0.75 * simulate(here).reached_s[100]


def test_stated_priorities_share_a_merge():
    """Two zones queue for one road of 600 veh/h; the one with twice the claim gets two thirds of it."""
    here = road(
        links=[
            "a n1 n3 length=2000 capacity=600",
            "b n2 n3 length=2000 capacity=600",
            "c n3 n4 length=9000 capacity=600",
        ],
        zones=["y n1 persons=300", "z n2 persons=300"],
        hosts=["h n4 beds=1000"],
    )
    options = Options(merge=Merge.PRIORITY, priorities=(("b", 2.0),), sample_s=600)
    links = counted(simulate(here, options=options)).links
    busy = (links.sample_s >= 600) & (links.sample_s <= 1800)
    a, b = (np.ptp(links.left[busy, links.arc_ids.index(link)]) for link in "ab")
    assert b / a == pytest.approx(2.0, rel=0.05)
    with pytest.raises(UsageFault, match="add --merge priority"):
        Options(priorities=(("b", 2.0),))


def test_blocked_hosts_take_nobody_in():
    here = road(
        links=["a n1 n2 length=1000", "b n1 n3 length=9000"],
        hosts=["near n2 beds=1000 territory=sponsor", "far n3 beds=1000 territory=own"],
        operation=Operation(territory_status="occupied"),
    )
    result = counted(simulate(here))
    assert result.arrived[-1].tolist() == [0, 300]


def test_compare_has_plan_no_plan_and_nearest():
    here = road()
    results = compare(here, plan=make_plan(here))
    assert [result.label for result in results] == ["plan", "no plan", "nearest host"]
    for result in results:
        counted(result)


def test_exposure_counts_hours_at_rates():
    here = road(
        zones=["z n1 persons=1"], exposure=["z rate=4", "b rate=3"], parameters={"exposure_default_rate": 1}
    )
    result = simulate(here, options=Options(sample_s=60))
    assert result.exposure_person_h == pytest.approx((100 * 1 + 1000 * 3) / 3600, rel=0.05)


def test_stopping_keeps_what_was_simulated():
    def stop(share):
        if share > 0.1:
            raise KeyboardInterrupt

    result = counted(simulate(road(), options=Options(sample_s=60), progress=stop))
    assert result.partial
    assert 0 < result.until_s < 3600
    assert 0 < result.arrived_persons < 300


def test_a_plan_of_another_scenario_is_refused_with_every_reason():
    mine = road()
    outcome = make_plan(mine)
    other = road(
        links=["a n1 n2 length=1000 capacity=600", "bb n2 n3 length=10000 capacity=600"], step_s=3600
    )
    with pytest.raises(SimulationFaults) as caught:
        simulate(other, plan=outcome)
    text = str(caught.value)
    assert "needs link b, which the scenario lacks" in text
    assert "step_s" in text
    assert text.endswith("nothing was simulated")


def test_people_whose_roads_are_all_closed_throughout_are_named():
    here = road(closures=["a capacity_factor=0"])
    with pytest.raises(SimulationFaults, match="every road out of z is closed throughout"):
        simulate(here)


def test_people_without_a_road_and_links_without_length_are_named_together():
    here = road(
        links=["a n1 n2 length=0", "b n2 n3"], zones=["z n1 persons=10", "y n9 persons=5", "x n8 persons=5"]
    )
    with pytest.raises(SimulationFaults) as caught:
        simulate(here)
    assert len(caught.value.faults) == 3


def test_options_that_make_no_sense():
    with pytest.raises(UsageFault, match="shadow_share is 2"):
        Options(shadow_share=2.0, update_s=0)


def test_beside_a_plan_nobody_waits_for_buses():
    """A plan takes all as in cars: with fleets or without, it is rehearsed alike, and so are its rivals."""
    zones = ["z n1 persons=100 share_with_car=0.2"]
    without = road(zones=zones, horizon_h=12)
    with_buses = road(zones=zones, fleets=["f bus n1 vehicles=2 seats=40"], horizon_h=12)
    rehearsed = [compare(here, plan=make_plan(here)) for here in (without, with_buses)]
    for one, other in zip(*rehearsed, strict=True):
        assert (one.vehicles, one.reached_s) == (other.vehicles, other.reached_s)
    alone = compare(with_buses)[0]
    assert alone.vehicles < rehearsed[1][1].vehicles
