"""What a network can do without: worked out by hand."""

from itertools import pairwise

import numpy as np

from farshore.kernels.paths import FAR, grouped, labels_from, nearest_seconds
from farshore.kernels.reduction import chains, drop_dead_ends


def joined(n_nodes: int, *arcs: tuple[int, int]) -> tuple[np.ndarray, ...]:
    tail, head = np.array(arcs).T
    return (tail, head, *grouped(tail, n_nodes), *grouped(head, n_nodes))


def at(n_nodes: int, *nodes: int) -> np.ndarray:
    there = np.zeros(n_nodes, bool)
    there[list(nodes)] = True
    return there


def strung(network: tuple[np.ndarray, ...], stops: np.ndarray, useful: np.ndarray) -> list[list[int]]:
    first, arcs = chains(*network, stops, useful)
    return [arcs[a:b].tolist() for a, b in pairwise(first)]


def test_a_spur_and_what_hangs_on_it_are_dropped() -> None:
    """0 ⇄ 1 ⇄ 2, with a spur 1 ⇄ 3 ⇄ 4: nobody turns round at its end, so nobody goes in."""
    network = joined(5, (0, 1), (1, 0), (1, 2), (2, 1), (1, 3), (3, 1), (3, 4), (4, 3))
    useful = np.ones(8, bool)
    drop_dead_ends(*network, at(5, 0), at(5, 2), useful)
    assert np.flatnonzero(useful).tolist() == [0, 2]


def test_a_loop_at_the_end_of_a_spur_is_kept() -> None:
    """1 ⇄ 3, then round 3 → 4 → 5 → 3: somebody could come back, so it may not be left out."""
    network = joined(6, (0, 1), (1, 2), (1, 3), (3, 1), (3, 4), (4, 5), (5, 3))
    useful = np.ones(7, bool)
    drop_dead_ends(*network, at(6, 0), at(6, 2), useful)
    assert useful.all()


def test_a_two_way_road_is_one_chain_each_way() -> None:
    network = joined(4, (0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0))
    assert strung(network, at(4, 0, 3), np.ones(6, bool)) == [[0, 1, 2], [3, 4, 5]]


def test_a_chain_ends_where_somebody_lives_and_at_every_junction() -> None:
    network = joined(5, (0, 1), (1, 2), (2, 3), (2, 4))
    assert strung(network, at(5, 0, 1, 3, 4), np.ones(4, bool)) == [[0], [1], [2], [3]]


def test_two_roads_side_by_side_are_a_choice() -> None:
    network = joined(3, (0, 1), (0, 1), (1, 2))
    assert strung(network, at(3, 0, 2), np.ones(3, bool)) == [[0], [1], [2]]


def test_seconds_from_the_nearest_start() -> None:
    tail, head = np.array([0, 1, 3]), np.array([1, 2, 2])
    assert nearest_seconds(5, tail, head, np.array([5, 6, 4]), np.array([0, 3])).tolist() == [0, 5, 4, 0, 0]


def test_labels_begin_where_they_are_told_to() -> None:
    start = np.array([7, FAR, FAR])
    label, via = labels_from(3, np.array([0, 0]), np.array([1, 1]), np.array([3, 2]), start)
    assert label.tolist() == [7, 9, FAR]
    assert via.tolist() == [-1, 1, -1]
