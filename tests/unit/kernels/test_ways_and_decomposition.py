"""Cheapest ways that do not turn back, and flows taken apart: worked out by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.decomposition import decompose
from farshore.kernels.paths import FAR, grouped
from farshore.kernels.ways import cheapest_ways, follow


def ways(arcs: list[tuple[int, int, int, int]], hosts: dict[int, list[int]], n_steps: int) -> tuple:  # type: ignore[type-arg]
    """Arcs as (tail, head, steps, cost), always open; hosts as node: price by step."""
    tail, head, steps, cost = np.array(arcs).T
    n_nodes = int(max(tail.max(), head.max())) + 1
    none = np.full(len(arcs), -1)
    empty = np.zeros((n_steps, 0), np.int64)
    quick = np.flatnonzero(steps == 0)
    quick_first, members = grouped(head[quick], n_nodes)
    found = cheapest_ways(
        n_nodes, n_steps, tail, head, head, tail, steps, 0 * tail, np.ones((n_steps, 1), np.int64),
        none, empty, cost, none, empty, np.array(list(hosts)), np.array(list(hosts.values())).T.copy(),
        np.flatnonzero(steps > 0), quick_first, quick[members],
    )  # fmt: skip
    return found, (head, tail, steps)


def test_the_cheapest_way_waits_for_nobody_and_never_turns_back() -> None:
    """0 → 1 → 3 (host, open in step 2 only): by way of the spur 1 → 2 → 1 it could be met; it may not be."""
    arcs = [(0, 1, 1, 5), (1, 2, 1, 1), (2, 1, 0, 1), (1, 3, 0, 2)]
    (best, _, choice_1, choice_2, toward_1), rest = ways(arcs, {3: [FAR, FAR, 0, FAR]}, 4)
    assert best[:, 0].tolist() == [FAR, 7, FAR, FAR]
    assert best[1, 2] == FAR  # a step later at 1 nobody is taken in
    assert best[2, 2] == 3
    way = np.empty(9, np.int64)
    assert follow(0, 1, *rest, choice_1, choice_2, toward_1, way) == (2, 0)
    assert way[:2].tolist() == [0, 3]


def test_whoever_comes_from_the_cheaper_side_takes_the_other() -> None:
    """Node 1 between hosts at 0 (cheap) and 2 (dear): who comes from 0 goes on to 2."""
    arcs = [(0, 1, 0, 1), (1, 0, 0, 1), (1, 2, 0, 50), (2, 1, 0, 50)]
    (best, second, choice_1, choice_2, toward_1), rest = ways(arcs, {0: [FAR, 10], 2: [3, 3]}, 2)
    assert (best[1, 1], second[1, 1]) == (11, 53)
    assert best[1, 0] == 10
    assert best[0, 0] == 54
    way = np.empty(9, np.int64)
    assert follow(0, 0, *rest, choice_1, choice_2, toward_1, way) == (2, 1)


def test_ways_share_a_flow_and_loops_belong_to_nobody() -> None:
    """Homes 4 and 5 (two steps of one zone) → 1 → host 3 → end 0; a loop 1 → 2 → 1 carries nobody."""
    tail = np.array([4, 5, 1, 3, 1, 2])
    head = np.array([1, 1, 3, 0, 2, 1])
    move = np.array([0, 0, 1, -1, 2, 3])
    flow = np.array([3, 4, 7, 7, 2, 2])
    arc_of = np.array([[0, 1], [2, 2], [4, 4], [5, 5]])
    way_first, way_moves, taken, way_zone = decompose(
        *grouped(tail, 6), head, move, arc_of, np.zeros(4, np.int64), flow,
        np.array([0, 0]), np.array([0, 1]), np.array([4, 5]),
    )  # fmt: skip
    assert way_first.tolist() == [0, 2]
    assert way_moves.tolist() == [0, 1]
    assert taken.tolist() == [[0, 0, 3], [0, 1, 4]]
    assert way_zone.tolist() == [0]


def test_a_loop_that_is_walked_into_is_taken_out() -> None:
    """The fullest arc out of 1 leads round the loop: it is cancelled, and the way goes straight on."""
    tail = np.array([4, 1, 3, 1, 2])
    head = np.array([1, 3, 0, 2, 1])
    move = np.array([0, 1, -1, 2, 3])
    flow = np.array([3, 3, 3, 9, 9])
    arc_of = np.arange(4)[:, None] + np.array([0, 0, 1, 1])[:, None]
    way_first, way_moves, taken, _ = decompose(
        *grouped(tail, 5), head, move, arc_of, np.zeros(4, np.int64), flow,
        np.array([0]), np.array([0]), np.array([4]),
    )  # fmt: skip
    assert way_moves.tolist() == [0, 1]
    assert taken.tolist() == [[0, 0, 3]]
    assert way_first.tolist() == [0, 2]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_no_way_is_cheaper_and_each_costs_what_is_said(seed: int) -> None:
    """Against all that can be reached by going on and on until nothing gets cheaper, with closed steps."""
    chance = np.random.default_rng(seed)
    n_nodes, n_arcs, n_steps = (
        int(chance.integers(2, 9)),
        int(chance.integers(1, 30)),
        int(chance.integers(1, 5)),
    )
    tail = chance.integers(0, n_nodes, n_arcs)
    head = (tail + chance.integers(1, n_nodes, n_arcs)) % n_nodes
    steps, flat = chance.integers(0, 2, n_arcs), chance.integers(0, 9, n_arcs)
    leads_to, comes_from = chance.integers(0, n_nodes, (2, n_arcs))
    opens, costs = chance.integers(0, 3, (n_steps, 3)), chance.integers(0, 20, (n_steps, 3))
    capacity_of, cost_of = chance.integers(0, 3, n_arcs), chance.integers(-1, 3, n_arcs)
    host_price = np.where(chance.random((n_steps, 1)) < 0.7, chance.integers(0, 9, (n_steps, 1)), FAR)
    quick = np.flatnonzero(steps == 0)
    quick_first, members = grouped(head[quick], n_nodes)
    best, second, choice_1, choice_2, toward_1 = cheapest_ways(
        n_nodes, n_steps, tail, head, leads_to, comes_from, steps, capacity_of, opens, cost_of, costs, flat,
        cost_of, costs, np.array([0]), host_price, np.flatnonzero(steps > 0), quick_first, quick[members],
    )  # fmt: skip
    asked = flat + np.where(cost_of >= 0, 2 * costs[:, cost_of], 0)
    worth = np.full((n_steps + 1, n_nodes, n_nodes), FAR)  # by the node that one comes from

    def onward(k: int, v: int, came: int) -> int:
        ways = [int(host_price[k, 0])] if v == 0 else []
        for a in np.flatnonzero((tail == v) & (leads_to != came) & (opens[k, capacity_of] > 0)).tolist():
            there = int(worth[min(k + steps[a], n_steps), head[a], comes_from[a]])
            ways += [there + int(asked[k, a])] if there < FAR else []
        return min(ways, default=FAR)

    for k in range(n_steps - 1, -1, -1):
        for _ in range(n_nodes * n_nodes):
            worth[k] = [[onward(k, v, came) for came in range(n_nodes)] for v in range(n_nodes)]
    way = np.empty(2 * n_nodes * n_steps + 2, np.int64)
    for k, v in np.ndindex(n_steps, n_nodes):
        assert best[k, v] == onward(k, v, -1)
        assert best[k, v] >= FAR or second[k, v] == onward(k, v, toward_1[k, v]) or toward_1[k, v] == -2
        n, host = follow(v, k, head, comes_from, steps, choice_1, choice_2, toward_1, way)
        assert (host == 0) == (best[k, v] < FAR)
        if host == 0:
            when = k + np.cumsum(np.concatenate([[0], steps[way[:n]]]))
            assert int(asked[when[:-1], way[:n]].sum() + host_price[when[-1], 0]) == best[k, v]
