"""The loading against the theory of kinematic waves, with its numbers."""

import numpy as np
import pytest

from farshore.simulate.changes import EVERY_ROAD, Change, OnClosure, What, contraflow
from farshore.simulate.loader import Merge, Origins, load
from farshore.simulate.network import road_network
from farshore.simulate.routing import Routing
from farshore.simulate.trips import Kind, trips

U_MPS, W_MPS, JAM_VEH_M = 20.0, 5.0, 0.2


def line(lengths, saturation, **figures):
    """Links one after another, node 0, 1, 2 …"""
    n = len(lengths)
    return road_network(
        np.arange(n),
        np.arange(n) + 1,
        lengths,
        U_MPS,
        saturation,
        jam_veh_m=JAM_VEH_M,
        wave_mps=W_MPS,
        **figures,
    )


def test_bottleneck_delay_is_newells():
    """0.8 veh/s into 0.4 veh/s for 1,000 s: last exit 2,097.5 s, total delay 399,500 veh·s."""
    due = np.arange(800) / 0.8
    loaded = load(line([1000, 1000], [0.8, 0.4]), trips(np.zeros(800), due, exits=[[2]]), until_s=5000)
    assert loaded.arrived_s.max() == pytest.approx(2097.5, rel=1e-3)
    assert (loaded.arrived_s - due - 100.0).sum() == pytest.approx(399_500, rel=1e-3)


@pytest.mark.parametrize(("until_s", "entered"), [(1500, 900), (1875, 1125), (2500, 1250), (3000, 1350)])
def test_spillback_shock_reaches_the_entry(until_s, entered):
    """A shock of −3.08 m/s travels 5 km upstream and is at the entry at 1,875 s."""
    due = np.arange(2000) / 0.6
    loaded = load(line([5000, 1000], [0.8, 0.2]), trips(np.zeros(2000), due, exits=[[2]]), until_s=until_s)
    assert loaded.entered[-1, 0] == pytest.approx(entered, rel=1e-3)


def test_shock_speed():
    """The queue's tail in links of 250 m moves at (0.2 − 0.6) / (0.16 − 0.03) = −3.08 m/s."""
    lengths = [250] * 20 + [1000]
    due = np.arange(2000) / 0.6
    loaded = load(
        line(lengths, [0.8] * 20 + [0.2]), trips(np.zeros(2000), due, exits=[[21]]), until_s=2500, sample_s=5
    )
    standing = loaded.entered - loaded.left
    # halfway between the densities of free (0.03 veh/m) and queued flow (0.16 veh/m)
    reached = np.array([loaded.sample_s[np.argmax(standing[:, k] > 0.095 * 250)] for k in range(1, 19)])
    slope = np.polyfit(reached, 250.0 * np.arange(1, 19), 1)[0]
    assert slope == pytest.approx(-0.4 / 0.13, rel=0.02)


def merge_flows(merge, *, saturation=(0.8, 0.8), priority=None, demand=0.79, origins=Origins.SHARE):
    """veh/s from two links into one of 0.8 veh/s, between 400 s and 1,400 s."""
    network = road_network(
        [0, 1, 2],
        [2, 2, 3],
        1000,
        U_MPS,
        [*saturation, 0.8],
        jam_veh_m=JAM_VEH_M,
        wave_mps=W_MPS,
        priority=None if priority is None else [*priority, 1.0],
    )
    due = np.arange(1400) / demand
    start = np.repeat([0, 1], len(due))
    loaded = load(
        network, trips(start, np.tile(due, 2), exits=[[3]]), until_s=6000, merge=merge, origins=origins
    )
    seen = (loaded.arrived_s > 400) & (loaded.arrived_s <= 1400)
    times = [loaded.arrived_s[seen & (start == node)] for node in (0, 1)]
    return [(len(t) - 1) / np.ptp(t) for t in times]


@pytest.mark.parametrize("merge", list(Merge))
def test_merge_at_saturation_is_shared(merge):
    """Two equal links into one of 0.8 veh/s: 0.4 veh/s each, whatever the rule."""
    assert merge_flows(merge) == pytest.approx([0.4, 0.4], rel=1e-3)


def test_merge_of_unequal_priority():
    """Priorities 1:2 give 0.267 and 0.533 veh/s."""
    flows = merge_flows(Merge.PRIORITY, priority=(1.0, 2.0))
    assert flows == pytest.approx([0.8 / 3, 1.6 / 3], rel=1.5e-3)


def test_merge_in_proportion_to_capacity():
    """Saturation flows 0.4 and 0.8 veh/s share a link of 0.8 veh/s as 1:2."""
    flows = merge_flows(Merge.CAPACITY, saturation=(0.4, 0.8))
    assert flows == pytest.approx([0.8 / 3, 1.6 / 3], rel=1.5e-3)


def test_merge_gives_what_one_stream_leaves():
    """A stream that wants less than its share gets all it wants, the other the rest."""
    network = road_network([0, 1, 2], [2, 2, 3], 1000, U_MPS, 0.8, jam_veh_m=JAM_VEH_M, wave_mps=W_MPS)
    due = np.concatenate([np.arange(150) / 0.1, np.arange(1200) / 0.79])
    start = np.repeat([0, 1], [150, 1200])
    loaded = load(network, trips(start, due, exits=[[3]]), until_s=9000)
    seen = (loaded.arrived_s > 400) & (loaded.arrived_s <= 1400)
    assert (seen & (start == 0)).sum() / 1000 == pytest.approx(0.1, abs=2e-3)
    assert (seen & (start == 1)).sum() / 1000 == pytest.approx(0.7, abs=2e-3)


def test_fifo_diverge_holds_back_the_free_branch():
    """Half turn to a branch of 0.1 veh/s: both branches get 0.1 veh/s, nobody overtakes."""
    network = road_network(
        [0, 1, 1], [1, 2, 3], 1000, U_MPS, [0.8, 0.1, 0.8], jam_veh_m=JAM_VEH_M, wave_mps=W_MPS
    )
    due = np.arange(800) / 0.6
    exit_ = np.arange(800) % 2
    loaded = load(network, trips(np.zeros(800), due, exits=[[2], [3]], exit_=exit_), until_s=3000)
    seen = (loaded.arrived_s > 1000) & (loaded.arrived_s <= 2000)
    assert [(seen & (exit_ == k)).sum() / 1000 for k in (0, 1)] == pytest.approx([0.1, 0.1], abs=1.1e-3)
    left_s = np.where(np.isnan(loaded.arrived_s), np.inf, loaded.arrived_s)
    assert (np.diff(left_s[exit_ == 0][:150]) > 0).all()


def test_three_detectors():
    """Newell's rule: N(x, t) = min(N_up(t − x/u), N_down(t − (L−x)/w) + κ (L−x)), to a vehicle."""
    network = line([3000, 2000, 500], [0.8, 0.8, 0.8])
    changes = [Change(600, 2, What.CAPACITY, 0.25), Change(2000, 2, What.CAPACITY, 1.0)]
    due = np.sort(np.random.default_rng(5).random(1500) * 2500)
    loaded = load(network, trips(np.zeros(1500), due, exits=[[3]]), until_s=6000, changes=changes, sample_s=1)
    up, middle, down = loaded.entered[:, 0], loaded.entered[:, 1], loaded.left[:, 1]
    t = loaded.sample_s

    def at(curve, moments):
        return np.interp(moments, t, curve, left=0)

    theory = np.minimum(at(up, t - 150.0), at(down, t - 400.0) + 400.0)
    assert np.abs(middle - theory).max() <= 1.5
    assert (at(down, t - 400.0) + 400.0 < at(up, t - 150.0) - 5).any()  # the queue did pass the detector


def test_a_short_link_carries_its_capacity():
    """Whole places do not cost a short link any of its saturation flow."""
    for length in (7.0, 9.0, 13.0, 26.0, 31.0):
        due = np.arange(600) / 1.0
        loaded = load(
            line([500, length, 500], [0.8, 0.8, 0.8]), trips(np.zeros(600), due, exits=[[3]]), until_s=5000
        )
        assert 599 / np.ptp(loaded.arrived_s) == pytest.approx(0.8, rel=2e-3)


def test_capacity_that_changes_works_off_the_headway_under_way():
    """0.5 veh/s, then 0.25 from 101 s on: vehicle 51 needs half its headway at each rate."""
    due = np.zeros(200)
    loaded = load(
        line([100, 100], [0.5, 5.0]),
        trips(np.zeros(200), due, exits=[[2]]),
        until_s=2000,
        changes=[Change(101, 0, What.CAPACITY, 0.5)],
    )
    assert loaded.entered_s[50] == pytest.approx(100.0)
    assert loaded.entered_s[51] == pytest.approx(103.0, abs=1e-3)
    assert np.diff(loaded.entered_s[51:]) == pytest.approx(4.0, abs=1e-3)


def test_capacity_drop_while_a_queue_stands():
    """A drop of 10 % lets a queue out at 0.36 instead of 0.4 veh/s."""
    network = line([1000, 1000], [0.8, 0.4], drop=[0.0, 0.1])
    loaded = load(network, trips(np.zeros(800), np.arange(800) / 0.8, exits=[[2]]), until_s=5000)
    flow = ((loaded.arrived_s > 500) & (loaded.arrived_s <= 1500)).sum() / 1000
    assert flow == pytest.approx(0.36, rel=5e-3)


def test_a_bus_takes_the_room_of_its_pcu():
    """Buses of 2 PCU leave a saturated road at half the rate of cars, and half as many fit on it."""
    network = line([1000, 1000], [0.8, 0.4])
    bus = Kind("bus", pcu=2.0, persons=40, uses=2)
    demand = trips(np.zeros(400), np.arange(400) / 0.4, exits=[[2]], kinds=[bus], informed=False)
    loaded = load(network, demand, until_s=9000)
    assert 399 / np.ptp(loaded.arrived_s) == pytest.approx(0.2, rel=2e-3)
    jam = load(
        network,
        demand,
        until_s=1500,
        changes=[Change(0, 1, What.HOLD)],
    )
    assert jam.entered[-1, 0] - jam.left[-1, 0] == 100


@pytest.fixture
def two_ways():
    """0 → 1, then 1 → 3 (short) or 1 → 2 → 3 (long)."""
    return road_network(
        [0, 1, 1, 2], [1, 3, 2, 3], [1000, 2000, 3000, 3000], U_MPS, 0.5, jam_veh_m=JAM_VEH_M, wave_mps=W_MPS
    )


@pytest.mark.parametrize("rule", list(OnClosure))
def test_closure_stops_entry_and_treats_those_on_it_by_the_rule(two_ways, rule):
    """After 505 s nobody enters the short way; those on it are let out, sent back or stand."""
    due = np.arange(300) / 0.4
    loaded = load(
        two_ways,
        trips(np.zeros(300), due, exits=[[3]], informed=False),
        until_s=6000,
        changes=[Change(505, 1, What.CLOSE, on_closure=rule)],
        routing=Routing(update_s=60),
        sample_s=5,
    )
    after = loaded.sample_s >= 505
    assert np.ptp(loaded.entered[after, 1]) == 0
    standing = (loaded.entered - loaded.left)[:, 1]
    on_it = standing[loaded.sample_s == 505][0]  # seen just before the road closed
    short = ((loaded.arrived_s - loaded.entered_s) < 200).sum()
    unfinished = np.isnan(loaded.arrived_s).sum()
    if rule is OnClosure.RELEASED:
        assert unfinished == 0
        assert short == loaded.entered[-1, 1]
    elif rule is OnClosure.TURNED_BACK:
        assert unfinished == 0
        assert on_it > 0
        assert standing[loaded.sample_s == 510][0] == 0
        assert short < loaded.entered[-1, 1]
    else:
        assert unfinished == on_it > 0
        assert (loaded.stream[np.isnan(loaded.arrived_s)] == 1).all()


def test_drivers_approaching_a_closure_go_around_within_one_update(two_ways):
    """A road closes at 505 s: who waits before it goes around at the update at 540 s, on a route too."""
    due = np.arange(300) / 0.4
    loaded = load(
        two_ways,
        trips(np.zeros(300), due, exits=[[3]], routes=[[0, 1]], route=0, informed=False),
        until_s=6000,
        changes=[Change(505, 1, What.CLOSE)],
        routing=Routing(update_s=60),
        sample_s=1,
    )
    assert loaded.entered[loaded.sample_s == 539, 2][0] == 0
    assert loaded.entered[loaded.sample_s == 541, 2][0] > 0
    assert not np.isnan(loaded.arrived_s).any()


def test_reopening_is_honoured():
    """A road that is the only one: nobody passes while it is closed, everybody afterwards."""
    loaded = load(
        line([1000, 1000], [0.8, 0.8]),
        trips(np.zeros(100), np.arange(100) * 5.0, exits=[[2]]),
        until_s=4000,
        changes=[Change(200, 1, What.CLOSE), Change(1000, 1, What.OPEN)],
        routing=Routing(update_s=50),
        sample_s=10,
    )
    shut = (loaded.sample_s >= 200) & (loaded.sample_s <= 1000)
    assert np.ptp(loaded.entered[shut, 1]) == 0
    assert not np.isnan(loaded.arrived_s).any()


def test_a_road_that_is_held_lets_nobody_on_before_its_hour():
    """Out of hours until 1,000 s: the first vehicle enters then, the others behind it by their headway."""
    loaded = load(
        line([1000, 1000], [0.8, 0.8]),
        trips(np.zeros(5), np.zeros(5), exits=[[2]]),
        until_s=4000,
        changes=[Change(0, EVERY_ROAD, What.HOLD), Change(1000, EVERY_ROAD, What.OPEN)],
    )
    assert loaded.entered_s == pytest.approx(1000 + np.arange(5) / 0.8)


def test_contraflow_doubles_the_road_once_it_is_clear():
    """The reversed lanes count only after the last vehicle against them has left."""
    network = road_network(
        [0, 1, 2],
        [1, 2, 1],
        [500, 4000, 4000],
        U_MPS,
        [2.0, 0.4, 0.4],
        jam_veh_m=JAM_VEH_M,
        wave_mps=W_MPS,
        most_lanes=[1, 2, 1],
    )
    forward, against = np.zeros(2000), np.full(50, 2)  # 50 come the other way until the lanes are reversed
    demand = trips(
        np.concatenate([forward, against]),
        np.concatenate([np.arange(2000) / 1.0, np.arange(50) * 10.0]),
        exits=[[2], [1]],
        exit_=np.repeat([0, 1], [2000, 50]),
    )
    changes = contraflow(takes=1, gives=2, from_s=300, until_s=1600, lanes=2.0)
    loaded = load(network, demand, until_s=8000, changes=changes, routing=Routing(update_s=10), sample_s=10)
    t, entered = loaded.sample_s, loaded.entered[:, 1]

    def rate(a, b):
        return np.ptp(np.interp([a, b], t, entered)) / (b - a)

    clear_s = t[np.argmax(loaded.left[:, 2] == loaded.entered[t == 310, 2][0])]
    assert clear_s > 400
    assert rate(100, clear_s - 20) == pytest.approx(0.4, rel=0.02)
    assert rate(clear_s + 20, 1590) == pytest.approx(0.8, rel=0.02)
    assert rate(1610, 2600) == pytest.approx(0.4, rel=0.02)


@pytest.mark.parametrize("origins", list(Origins))
def test_origin_priority(origins):
    """A zone's vehicles join a full road by share, before or after those on it."""
    network = line([1000, 1000], [0.8, 0.4])
    start = np.repeat([0, 1], 600)
    due = np.tile(np.arange(600) / 0.6, 2)
    loaded = load(network, trips(start, due, exits=[[2]]), until_s=1200, origins=origins)
    joined = (loaded.arrived_s < 1200)[start == 1].sum()
    expected = {Origins.FIRST: 425, Origins.LAST: 5}.get(origins)
    if expected is None:
        assert 100 < joined < 300
    else:
        assert joined == pytest.approx(expected, abs=40)
