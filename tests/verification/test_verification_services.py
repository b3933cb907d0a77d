"""Ferries and buses in the loading, against figures worked out by hand."""

import numpy as np
import pytest

from farshore.simulate.changes import Change, What
from farshore.simulate.loader import load
from farshore.simulate.network import AUTO, BUS, FerryService, road_network
from farshore.simulate.trips import Kind, Shuttles, trips


def crossing(ferry, **figures):
    """0 → 1 by road, 1 → 2 by ferry, 2 → 3 by road; 50 s each road."""
    return road_network(
        [0, 1, 2], [1, 2, 3], 1000, 20, [1.0, 1.0, 1.0], jam_veh_m=0.2, ferries=[ferry], **figures
    )


def test_a_ferry_sails_when_full_and_comes_back():
    """10 places, 600 s a trip, one vessel: 40 cars go in four sailings, 1,200 s apart."""
    ferry = FerryService(1, deck_vehicles=10, seats_persons=0, trip_s=600, first_free_s=(0.0,))
    loaded = load(crossing(ferry), trips(np.zeros(40), np.zeros(40), exits=[[3]]), until_s=9000)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    first = 50 + 9  # the tenth car is there a headway of 1 s after the ninth
    np.testing.assert_allclose(sailings["time_s"], first + 1200 * np.arange(4), atol=1e-3)
    assert (sailings["vehicles"] == 10).all()
    # off the deck at 1 s each, then 50 s of road
    np.testing.assert_allclose(np.sort(loaded.arrived_s)[:10], first + 600 + 50 + np.arange(10), atol=1e-3)


def test_two_vessels_take_turns():
    """A second vessel, half a round trip behind, halves the time between sailings."""
    ferry = FerryService(1, deck_vehicles=10, seats_persons=0, trip_s=600, first_free_s=(0.0, 600.0))
    loaded = load(crossing(ferry), trips(np.zeros(60), np.zeros(60), exits=[[3]]), until_s=9000)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    np.testing.assert_allclose(np.diff(sailings["time_s"]), [541, 659, 541, 659, 541], atol=1e-3)
    assert set(sailings["vessel"]) == {0, 1}


def test_a_ferry_that_is_not_full_waits_so_long_and_no_longer():
    """Three cars, longest wait 900 s: they sail 900 s after the first came aboard."""
    ferry = FerryService(1, 10, 0, 600, (0.0,), longest_wait_s=900)
    loaded = load(crossing(ferry), trips(np.zeros(3), np.zeros(3), exits=[[3]]), until_s=9000)
    assert loaded.services.sailings["time_s"][0] == pytest.approx(950)


def test_a_ferry_by_the_clock_sails_on_the_hour():
    """Every 3,600 s: what is aboard by then goes, the rest by the next."""
    ferry = FerryService(1, 10, 0, 600, (0.0,), every_s=3600)
    loaded = load(crossing(ferry), trips(np.zeros(15), np.zeros(15), exits=[[3]]), until_s=20_000)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    assert sailings["time_s"] == pytest.approx([3600, 7200])
    assert sailings["vehicles"].tolist() == [10, 5]


def test_persons_count_aboard_too():
    """Boats with 12 seats and no deck take three groups of four each."""
    ferry = FerryService(1, deck_vehicles=0, seats_persons=12, trip_s=600, first_free_s=(0.0,))
    family = Kind("family", persons=4.0)
    demand = trips(np.zeros(9), np.zeros(9), exits=[[3]], kinds=[family])
    loaded = load(crossing(ferry), demand, until_s=9000)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    assert sailings["persons"].tolist() == [12.0, 12.0, 12.0]


def test_a_ferry_that_stops_keeps_its_queue_and_goes_on_later():
    """Held from 100 s to 5,000 s: nothing sails between, everybody gets over in the end."""
    ferry = FerryService(1, 10, 0, 600, (0.0,))
    changes = [Change(100, 1, What.HOLD), Change(5000, 1, What.OPEN)]
    loaded = load(
        crossing(ferry), trips(np.zeros(40), np.zeros(40), exits=[[3]]), until_s=20_000, changes=changes
    )
    times = loaded.services.sailings["time_s"][: loaded.services.counts[0]]
    assert not ((times > 100) & (times < 5000)).any()
    assert not np.isnan(loaded.arrived_s).any()


def test_a_closed_ferry_sends_its_queue_round():
    """Struck at 700 s: those afloat land, those at the berth take the long road."""
    ferry = FerryService(1, 10, 0, 600, (0.0,))
    network = road_network(
        [0, 1, 2, 1], [1, 2, 3, 3], [1000, 1000, 1000, 20_000], 20, 1.0, jam_veh_m=0.2, ferries=[ferry]
    )
    demand = trips(np.zeros(30), np.zeros(30), exits=[[3]], informed=False)
    loaded = load(network, demand, until_s=20_000, changes=[Change(700, 1, What.CLOSE)])
    assert loaded.left[-1].tolist()[1] == 10
    assert loaded.left[-1].tolist()[3] == 20
    assert not np.isnan(loaded.arrived_s).any()


def test_a_bus_loads_rides_unloads_and_returns():
    """100 people at a stop, one bus of 40 seats, 1,000 s of road each way: 40, 40 and 20 people."""
    network = road_network([0, 1], [1, 0], 20_000, 20, 1.0, jam_veh_m=0.2, uses=AUTO | BUS)
    bus = Kind("bus", pcu=2.0, persons=0.0, uses=BUS)
    buses = Shuttles(
        base_node=np.array([0]),
        stop_node=np.array([0]),
        host_exit=np.array([0]),
        kind=np.array([1]),
        seats=np.array([40]),
        first_s=np.array([0.0]),
        load_s=np.array([300.0]),
        unload_s=np.array([200.0]),
        longest_wait_s=np.array([600.0]),
        every_s=np.zeros(1),
        ready_s={0: np.zeros(100)},
    )
    demand = trips(
        np.zeros(1), np.zeros(1), exits=[[1], [0]], kinds=[Kind("car"), bus], shuttles=buses, informed=False
    )
    loaded = load(network, demand, until_s=20_000)
    rides = loaded.services.trips[: loaded.services.counts[1]]
    assert rides["persons"].tolist() == [40, 40, 20]
    # out 1,000 s, unload 200 s, back 1,000 s, load 300 s; behind one car at the start by its headway
    np.testing.assert_allclose(rides["depart_s"], 300 + 2500 * np.arange(3), atol=5)
    np.testing.assert_allclose(rides["arrive_s"] - rides["depart_s"], 1000, atol=5)


def test_buses_stand_in_the_same_queue_as_cars():
    """500 cars ahead at 0.2 veh/s: the bus arrives when they have passed."""
    network = road_network([0, 1], [1, 2], 1000, 20, [1.0, 0.2], jam_veh_m=0.5, uses=AUTO | BUS)
    bus = Kind("bus", pcu=1.0, persons=0.0, uses=BUS)
    buses = Shuttles(
        base_node=np.array([0]),
        stop_node=np.array([0]),
        host_exit=np.array([0]),
        kind=np.array([1]),
        seats=np.array([40]),
        first_s=np.array([0.0]),
        load_s=np.array([510.0]),
        unload_s=np.array([0.0]),
        longest_wait_s=np.array([600.0]),
        every_s=np.zeros(1),
        ready_s={0: np.zeros(40)},
    )
    demand = trips(
        np.zeros(500),
        np.arange(500) / 1.0,
        exits=[[2], [0]],
        kinds=[Kind("car"), bus],
        shuttles=buses,
        informed=False,
    )
    loaded = load(network, demand, until_s=5000)
    assert loaded.services.trips["arrive_s"][0] == pytest.approx(100 + 500 / 0.2, abs=10)
