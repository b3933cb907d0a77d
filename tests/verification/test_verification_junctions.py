"""Seven requirements of Tampère et al. (2011) on node models, as properties over generated junctions."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.simulate.loader import Merge, load
from farshore.simulate.network import road_network
from farshore.simulate.trips import trips

FREE_S = 50.0  # every link: 1,000 m at 20 m/s
SOON_S = 1e-5


@dataclass(frozen=True)
class Junction:
    """Streams into a node and links out of it; vehicle k of stream i takes link `turns[i][k]`."""

    inflow_veh_s: tuple[float, ...]
    in_veh_s: tuple[float, ...]
    out_veh_s: tuple[float, ...]
    turns: tuple[np.ndarray, ...]
    merge: Merge


@st.composite
def junctions(draw):
    n_in, n_out = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rate = st.floats(0.1, 0.8)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = rng.dirichlet(np.ones(n_out), n_in)
    return Junction(
        inflow_veh_s=tuple(draw(rate) for _ in range(n_in)),
        in_veh_s=tuple(draw(rate) for _ in range(n_in)),
        out_veh_s=tuple(draw(rate) for _ in range(n_out)),
        turns=tuple(rng.choice(n_out, 500, p=row) for row in shares),
        merge=draw(st.sampled_from(list(Merge))),
    )


@dataclass(frozen=True)
class Passed:
    """Per stream, in order of entry: when each reached the junction first, and when it passed."""

    ready_s: list[np.ndarray]
    passed_s: list[np.ndarray]


def run(junction: Junction) -> Passed:
    """Load a junction until everybody is through; links out are empty enough never to hold anybody up."""
    n_in, n_out = len(junction.in_veh_s), len(junction.out_veh_s)
    node = n_in
    network = road_network(
        [*range(n_in), *[node] * n_out],
        [*[node] * n_in, *range(node + 1, node + 1 + n_out)],
        1000,
        20,
        [*junction.in_veh_s, *junction.out_veh_s],
        jam_veh_m=0.5,
    )
    starts = np.repeat(np.arange(n_in), [len(t) for t in junction.turns])
    due = np.concatenate(
        [np.arange(len(t)) / q for t, q in zip(junction.turns, junction.inflow_veh_s, strict=True)]
    )
    out = np.concatenate(junction.turns)
    routes = [[i, n_in + j] for i in range(n_in) for j in range(n_out)]
    demand = trips(
        starts,
        due,
        exits=[[node + 1 + j] for j in range(n_out)],
        exit_=out,
        routes=routes,
        route=starts * n_out + out,
        may_detour=False,
    )
    loaded = load(network, demand, until_s=1e5, merge=junction.merge)
    assert not np.isnan(loaded.arrived_s).any()
    ready, passed = [], []
    for i in range(n_in):
        mine = starts == i
        through = loaded.arrived_s[mine] - FREE_S
        first = loaded.entered_s[mine] + FREE_S
        gap, due_s = 1.0 / junction.in_veh_s[i], -np.inf
        reached = np.empty(len(first))
        for k, moment in enumerate(first):
            reached[k] = max(moment, due_s)
            due_s = max(reached[k], through[k] - gap) + gap
        ready.append(reached)
        passed.append(through)
    return Passed(ready, passed)


def by_link_out(junction, passed):
    """Times at which vehicles enter each link out, sorted."""
    times, out = np.concatenate(passed.passed_s), np.concatenate(junction.turns)
    return [np.sort(times[out == j]) for j in range(len(junction.out_veh_s))]


@given(junctions())
@settings(max_examples=30, deadline=None)
def test_any_junction_conserves_and_is_never_negative(junction):
    """1 any number of links, 3 no vehicle passes before it is there, 4 everybody who comes in goes out."""
    passed = run(junction)
    for ready, through, turns in zip(passed.ready_s, passed.passed_s, junction.turns, strict=True):
        assert len(through) == len(turns)
        assert (through >= ready - SOON_S).all()


@given(junctions())
@settings(max_examples=30, deadline=None)
def test_nobody_waits_for_a_link_that_has_room(junction):
    """2 flows are maximal: who waits sees others enter the link at its saturation flow all the while."""
    passed = run(junction)
    entries = by_link_out(junction, passed)
    for ready, through, turns in zip(passed.ready_s, passed.passed_s, junction.turns, strict=True):
        for k in np.flatnonzero(through > ready + 10 * SOON_S):
            j = turns[k]
            before = entries[j][np.searchsorted(entries[j], through[k] - SOON_S) - 1]
            assert abs(through[k] - before - 1.0 / junction.out_veh_s[j]) < 10 * SOON_S
            waited_over = entries[j][
                (entries[j] > ready[k] - 1 / junction.out_veh_s[j]) & (entries[j] <= through[k])
            ]
            assert (np.diff(waited_over) < 1.0 / junction.out_veh_s[j] + 10 * SOON_S).all()


@given(junctions())
@settings(max_examples=30, deadline=None)
def test_demand_and_supply_are_never_exceeded(junction):
    """5 no link lets out or takes in more than its saturation flow (a vehicle that was held up apart)."""
    passed = run(junction)
    for through, rate in zip(passed.passed_s, junction.in_veh_s, strict=True):
        ahead_s = np.maximum.accumulate(through - np.arange(len(through)) / rate)
        assert (ahead_s - (through - np.arange(len(through)) / rate)).max() <= 1.0 / rate + SOON_S
    for entries, rate in zip(by_link_out(junction, passed), junction.out_veh_s, strict=True):
        assert (np.diff(entries) >= 1.0 / rate - SOON_S).all()


@given(junctions())
@settings(max_examples=30, deadline=None)
def test_nobody_overtakes(junction):
    """6 turning fractions are kept: vehicles leave a stream in the order in which they came."""
    for through in run(junction).passed_s:
        assert (np.diff(through) >= -SOON_S).all()


@given(junctions(), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_more_room_where_nobody_waited_changes_nothing(junction, which):
    """7 invariance: a link out at which nobody ever waited may as well be wider."""
    passed = run(junction)
    j = which % len(junction.out_veh_s)
    held = any(
        (through > ready + SOON_S)[turns == j].any()
        for ready, through, turns in zip(passed.ready_s, passed.passed_s, junction.turns, strict=True)
    )
    wider = list(junction.out_veh_s)
    wider[j] *= 1.5
    again = run(replace(junction, out_veh_s=tuple(wider)))
    if not held:
        for one, other in zip(passed.passed_s, again.passed_s, strict=True):
            np.testing.assert_allclose(one, other, atol=SOON_S)


@given(junctions(), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_more_demand_behind_a_queue_changes_nothing(junction, which):
    """7 invariance: a stream whose vehicles always stand in a queue may as well be fed faster."""
    i = which % len(junction.in_veh_s)
    crowded = list(junction.inflow_veh_s)
    crowded[i] = junction.in_veh_s[i] * 1.5
    base = run(replace(junction, inflow_veh_s=tuple(crowded)))
    crowded[i] = junction.in_veh_s[i] * 3.0
    fed = run(replace(junction, inflow_veh_s=tuple(crowded)))
    for one, other in zip(base.passed_s, fed.passed_s, strict=True):
        np.testing.assert_allclose(one, other, atol=10 * SOON_S)


def water_filling(capacity, demand, supply):
    """Tampère's solution of a merge: supply by capacities, what one leaves goes to the others."""
    flow = np.zeros(len(capacity))
    open_ = np.ones(len(capacity), bool)
    while open_.any():
        level = (supply - flow.sum()) / capacity[open_].sum()
        modest = open_ & (demand <= level * capacity)
        if not modest.any():
            flow[open_] = level * capacity[open_]
            break
        flow[modest] = demand[modest]
        open_ &= ~modest
    return flow


@given(
    st.lists(st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 1.0)), min_size=2, max_size=4),
    st.floats(0.2, 0.8),
)
@settings(max_examples=30, deadline=None)
def test_a_merge_is_shared_by_capacity(streams, supply):
    """Flows of a merge are the capacity-proportional solution, within a vehicle a minute or 2 %."""
    capacity = np.array([c for c, _ in streams])
    demand = capacity * np.array([share for _, share in streams])
    length = 3000
    junction = Junction(
        inflow_veh_s=tuple(demand),
        in_veh_s=tuple(capacity),
        out_veh_s=(supply,),
        turns=tuple(np.zeros(int(length * d), int) for d in demand),
        merge=Merge.CAPACITY,
    )
    passed = run(junction)
    window = (1000.0, 2900.0)
    seen = [((p > window[0]) & (p <= window[1])).sum() / (window[1] - window[0]) for p in passed.passed_s]
    np.testing.assert_allclose(seen, water_filling(capacity, demand, supply), rtol=0.02, atol=0.002)
