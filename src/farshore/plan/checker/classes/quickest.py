"""Quickest ways over some arcs."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from farshore.plan.checker.timetable import Floats, Ints

__all__ = ["graph_of", "seconds_from"]


def seconds_from(graph: csr_array, start: int) -> Floats:
    """Seconds from a node to every node, infinite where no way leads: float64[n_nodes]."""
    found: Floats = dijkstra(graph, indices=np.array([start]))[0]
    return found


def graph_of(tail: Ints, head: Ints, travel_s: Ints, n_nodes: int) -> csr_array:
    """Quickest arc between each two nodes."""
    quickest: dict[tuple[int, int], int] = {}
    for here, there, seconds in zip(tail.tolist(), head.tolist(), travel_s.tolist(), strict=True):
        quickest[here, there] = min(seconds, quickest.get((here, there), seconds))
    ends = np.array(list(quickest), np.int64).reshape(-1, 2)
    values = np.array(list(quickest.values()), float)
    return csr_array((values, (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
