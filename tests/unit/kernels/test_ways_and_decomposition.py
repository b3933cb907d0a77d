"""Cheapest ways that do not turn back, and flows taken apart: worked out by hand."""

import numpy as np

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
