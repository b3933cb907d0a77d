"""The earliest-arrival core against theory, and against the network of Padang."""

import numpy as np
import pytest
from benchmarks.instances import grid, padang, river_city
from scipy.optimize import linprog

from farshore.kernels.ccrp import capacity_constrained_routes
from farshore.kernels.earliest_arrival import earliest_arrival, releases_of
from farshore.kernels.flow_paths import flow_paths
from farshore.kernels.network import UNLIMITED, Network, build_network
from tests.expansions import assert_feasible, most_by_step


def corridor(n_steps: int, transit_steps: list[int], capacity_persons: list[int]) -> Network:
    """A single road from node 0, where people may wait, to the sink."""
    n_links = len(transit_steps)
    return build_network(
        n_nodes=n_links + 1,
        n_steps=n_steps,
        tail=range(n_links),
        head=range(1, n_links + 1),
        transit_steps=transit_steps,
        capacity_persons=capacity_persons,
        sinks=[n_links],
        storage_persons=[UNLIMITED] + [0] * n_links,
    )


def test_a_bottleneck_lets_out_its_capacity_each_step() -> None:
    """1,000 people, 7 a step at the narrowest, 12 steps away: first arrival 12, last 12 + ⌈1,000 / 7⌉ − 1."""
    network = corridor(200, [3, 4, 5], [20, 7, 9])
    solution = earliest_arrival(network, releases_of([0], [0], [1000]))
    steps = np.flatnonzero(solution.arrivals_persons)
    assert (steps[0], steps[-1]) == (12, 154)
    assert (solution.arrivals_persons[12:154] == 7).all()
    assert solution.arrival_sum == 7 * sum(range(12, 154)) + 6 * 154


@pytest.mark.parametrize("seed", range(6))
def test_one_source_and_constant_capacity_give_ford_and_fulkersons_flow(seed: int) -> None:
    """By step θ arrive max over static flows x of (θ + 1) · |x| − Σ transit · x: temporally repeated flows.

    Ford, L. R., Fulkerson, D. R. (1958), Constructing maximal dynamic flows from static flows.
    """
    random = np.random.default_rng(seed)
    n_nodes, n_steps, n_links = 8, 30, 22
    tail, head = random.integers(0, n_nodes - 1, n_links), random.integers(1, n_nodes, n_links)
    transit, room = random.integers(0, 6, n_links), random.integers(1, 6, n_links)
    network = build_network(
        n_nodes=n_nodes,
        n_steps=n_steps,
        tail=tail,
        head=head,
        transit_steps=transit,
        capacity_persons=room,
        sinks=[n_nodes - 1],
        storage_persons=[UNLIMITED] + [0] * (n_nodes - 1),
    )
    solution = earliest_arrival(network, releases_of([0], [0], [100_000]))
    balance = np.zeros((n_nodes, n_links))
    np.add.at(balance, (head, np.arange(n_links)), 1)
    np.add.at(balance, (tail, np.arange(n_links)), -1)
    into, between = balance[-1], balance[1:-1]
    expected = []
    for step in range(n_steps):
        best = linprog(
            transit - (step + 1) * into,
            A_eq=between,
            b_eq=np.zeros(n_nodes - 2),
            bounds=np.column_stack([np.zeros(n_links), room]),
        )
        expected.append(round(-best.fun))
    assert solution.most_persons.tolist() == expected


def test_waiting_on_the_road_helps_only_where_capacity_varies() -> None:
    """A ferry every 10 steps: who must not wait at the quay leaves home just in time, two at a time."""
    profile = [[6 if k % 10 == 0 else 0 for k in range(60)]]
    for quay in (0, UNLIMITED):
        network = build_network(
            n_nodes=3,
            n_steps=60,
            tail=[0, 1],
            head=[1, 2],
            transit_steps=[1, 2],
            capacity_persons=[2, 0],
            profile=[-1, 0],
            profile_persons=profile,
            sinks=[2],
            storage_persons=[UNLIMITED, quay, 0],
        )
        solution = earliest_arrival(network, releases_of([0], [0], [100]))
        arrivals = {
            int(k): int(solution.arrivals_persons[k]) for k in np.flatnonzero(solution.arrivals_persons)
        }
        load = 2 if quay == 0 else 6
        assert arrivals == {12: load, 22: load, 32: load, 42: load, 52: load}


def test_with_limited_hosts_no_flow_is_the_earliest_at_every_step() -> None:
    """One place near and one far, for one who can reach both and one who can reach the near one late.

    By step 1 one can have arrived only if the first takes the near place; both arrive only if the first goes
    far. So the most by step 1 and by step 3 are 1 and 2, and no flow has both.
    """
    network = build_network(
        n_nodes=4,
        n_steps=6,
        tail=[0, 0, 1],
        head=[2, 3, 2],
        transit_steps=[1, 3, 2],
        capacity_persons=[1, 1, 1],
        sinks=[2, 3],
        sink_limit_persons=[1, 1],
    )
    solution = earliest_arrival(network, releases_of([0, 1], [0, 0], [1, 1]))
    assert solution.most_persons.tolist() == [0, 1, 1, 2, 2, 2]
    assert np.cumsum(solution.arrivals_persons).tolist() == [0, 0, 1, 2, 2, 2]
    assert solution.arrival_sum == 5
    assert solution.arrival_sum_bound == 4


@pytest.mark.parametrize("make", [river_city, grid])
def test_no_flow_on_the_whole_expansion_is_done_sooner(make) -> None:  # type: ignore[no-untyped-def]
    """Everybody by T*, by maximum flow; not by T* − 1; and as many by some steps between."""
    problem = make(200, n_steps=80)
    network, releases = problem.network(), problem.releases()
    solution = earliest_arrival(network, releases)
    assert_feasible(network, releases, solution)
    last = solution.last_arrival_step
    assert solution.unserved_persons.sum() == 0
    assert most_by_step(network, releases, last) == problem.persons.sum()
    assert (
        most_by_step(network, releases, last - 1) == solution.most_persons[last - 1] < problem.persons.sum()
    )
    assert most_by_step(network, releases, last // 2) == solution.most_persons[last // 2]


def test_greedy_is_within_a_hundredth_behind_one_bottleneck() -> None:
    """A river city: everybody must cross."""
    problem = river_city(934)
    network, releases = problem.network(), problem.releases()
    best, greedy = earliest_arrival(network, releases), capacity_constrained_routes(network, releases)
    assert best.arrival_sum <= greedy.arrival_sum <= 1.01 * best.arrival_sum


def test_padang_is_evacuated_by_step_326() -> None:
    """Published network, measured optimum: last arrival 326, sum 4,718,790; greedy is some 9 % later."""
    problem = padang()
    if problem is None:
        pytest.skip("padang.dat is not at hand: set FARSHORE_DATA to the folder that holds padang/")
    network, releases = problem.network(), problem.releases()
    solution = earliest_arrival(network, releases)
    assert_feasible(network, releases, solution)
    assert solution.unserved_persons.sum() == 0
    assert solution.last_arrival_step == 326
    assert solution.arrival_sum == solution.arrival_sum_bound == 4_718_790
    paths = flow_paths(network, releases, solution)
    assert int((paths.arrival_step * paths.persons).sum()) == 4_718_790
    longer = padang(400)
    assert longer is not None
    greedy = capacity_constrained_routes(longer.network(), releases)
    assert greedy.unserved_persons.sum() == 0
    assert 1.05 * 326 < greedy.last_arrival_step < 1.15 * 326
