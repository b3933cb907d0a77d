"""Shortest paths over a network at rest: seconds from the nearest start, fewest steps, trees of links."""

import heapq
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["FAR", "grouped", "labels_from", "nearest_seconds"]

Ints = npt.NDArray[np.int64]

FAR: Final = 1 << 60  # the label of what no path reaches; two of them still fit int64


def grouped(keys: Ints, n_groups: int) -> tuple[Ints, Ints]:
    """Row numbers by group: those of group g are `members[first[g]:first[g + 1]]`, in rising order.

    keys : int64[n_rows], 0 ≤ key < n_groups
    returns : first int64[n_groups + 1], members int64[n_rows]
    """
    first = np.zeros(n_groups + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=n_groups), out=first[1:])
    return first, np.argsort(keys, kind="stable").astype(np.int64)


@njit(cache=True)
def _labels(first: Ints, arcs: Ints, head: Ints, weight: Ints, label: Ints, via: Ints) -> None:
    queue = [(np.int64(0), np.int64(0))]
    queue.pop()
    for start in range(len(label)):
        if label[start] < FAR:
            heapq.heappush(queue, (label[start], np.int64(start)))
    while len(queue) > 0:
        so_far, node = heapq.heappop(queue)
        if so_far > label[node]:
            continue
        for i in range(first[node], first[node + 1]):
            arc = arcs[i]
            there = so_far + weight[arc]
            if there < label[head[arc]]:
                label[head[arc]] = there
                via[head[arc]] = arc
                heapq.heappush(queue, (there, head[arc]))


def labels_from(n_nodes: int, tail: Ints, head: Ints, weight: Ints, start: Ints) -> tuple[Ints, Ints]:
    """Least weight with which each node is reached, and the last arc there.

    tail, head, weight : int64[n_arcs], weight ≥ 0
    start : int64[n_nodes], the label with which a path may begin at each node, FAR where none may
    returns : label int64[n_nodes], FAR where unreached; via int64[n_nodes], −1 at starts and where unreached

    Dijkstra, E. W. (1959), A note on two problems in connexion with graphs.
    """
    first, arcs = grouped(tail, n_nodes)
    label, via = start.copy(), np.full(n_nodes, -1, np.int64)
    _labels(first, arcs, head, weight, label, via)
    return label, via


def nearest_seconds(n_nodes: int, tail: Ints, head: Ints, travel_s: Ints, starts: Ints) -> Ints:
    """Seconds from the nearest of some nodes to every node: int64[n_nodes], 0 where none leads there."""
    start = np.full(n_nodes, FAR, np.int64)
    start[starts] = 0
    label, _ = labels_from(n_nodes, tail, head, travel_s, start)
    return np.where(label < FAR, label, 0)
