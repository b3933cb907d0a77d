"""Shortest-time trees toward exits: from every node the link to take next.

Dijkstra, E. W. (1959), A note on two problems in connexion with graphs, with a binary heap.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.roads import ARRIVED, CLOSED, NOWHERE

__all__ = ["UNREACHABLE_S", "grow_tree", "incoming", "times_now"]

Ints = npt.NDArray[np.int64]

UNREACHABLE_S = 1e18
_LATE_S = 5.0  # a head that has stood so long stands in a queue
_MOST_TIMES_FREE = 100.0


def incoming(to_node: Ints, n_nodes: int) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Links by the node where they end: int64[n_nodes + 1] first position, int32[n_links] links."""
    order = np.argsort(to_node, kind="stable").astype(np.int32)
    return np.concatenate([[0], np.cumsum(np.bincount(to_node, minlength=n_nodes))]), order


@njit(cache=True)
def grow_tree(exits, first_in, links_in, from_node, time_s, next_link, distance_s, heap_s, heap_node):  # type: ignore[no-untyped-def]
    """Write the next link toward the nearest of `exits` for every node, and how far it is.

    exits : int64[k] nodes; time_s : float64[n_links], UNREACHABLE_S or more where a link is closed
    next_link : int32[n_nodes], written: ARRIVED at an exit, NOWHERE where none can be reached
    distance_s : float64[n_nodes], written; heap_s, heap_node : scratch of n_links + len(exits)
    """
    next_link[:] = NOWHERE
    distance_s[:] = UNREACHABLE_S
    size = 0
    for node in exits:
        distance_s[node] = 0.0
        next_link[node] = ARRIVED
        heap_s[size] = 0.0
        heap_node[size] = node
        size += 1
    while size > 0:
        far_s, node = heap_s[0], heap_node[0]
        size -= 1
        if size > 0:
            _sift_down(heap_s, heap_node, size)
        if far_s > distance_s[node]:
            continue
        for k in range(first_in[node], first_in[node + 1]):
            link = links_in[k]
            before = from_node[link]
            reach_s = far_s + time_s[link]
            if reach_s < distance_s[before]:
                distance_s[before] = reach_s
                next_link[before] = link
                _sift_up(heap_s, heap_node, size, reach_s, before)
                size += 1


@njit(cache=True)
def _sift_up(heap_s, heap_node, place, key_s, node):  # type: ignore[no-untyped-def]
    while place > 0:
        above = (place - 1) >> 1
        if heap_s[above] <= key_s:
            break
        heap_s[place], heap_node[place] = heap_s[above], heap_node[above]
        place = above
    heap_s[place], heap_node[place] = key_s, node


@njit(cache=True)
def _sift_down(heap_s, heap_node, size):  # type: ignore[no-untyped-def]
    """Move what was last (at `size`) to the root and down to where it belongs."""
    key_s, node = heap_s[size], heap_node[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and heap_s[below + 1] < heap_s[below]:
            below += 1
        if heap_s[below] >= key_s:
            break
        heap_s[place], heap_node[place] = heap_s[below], heap_node[below]
        place = below
    heap_s[place], heap_node[place] = key_s, node


@njit(cache=True)
def times_now(links, ring, left_before, period_s, now_s, time_s):  # type: ignore[no-untyped-def]
    """What it would take to travel each link if everything stayed as it is now (instantaneous travel time).

    A link whose head is late has a queue: those on it leave at the rate of the last period, or not at all.
    left_before : int64[n_links], exits counted at the last call, updated here
    time_s : float64[n_links], written
    """
    for i in range(time_s.size):
        road = links[i]
        free_s = road.free_flow_s
        left = road.left - left_before[i]
        left_before[i] = road.left
        time_s[i] = free_s
        if road.entry_state == CLOSED:
            time_s[i] = UNREACHABLE_S
            continue
        standing = road.entered - road.left
        if standing == 0:
            continue
        late = now_s > ring[road.first_place + road.head].time_s + _LATE_S
        if late or road.ferry >= 0:
            queue_s = standing * period_s / left if left > 0 else _MOST_TIMES_FREE * free_s
            time_s[i] = min(max(free_s, queue_s), _MOST_TIMES_FREE * max(free_s, 1.0))
