"""The fastest way through a network whose travel times change: Dijkstra on times of entry.

Right where nobody gains by entering later (first in, first out), which queues of vehicles obey.

Dreyfus, S. E. (1969), An appraisal of some shortest-path algorithms.
"""

import numpy as np
from numba import njit

__all__ = ["fastest_way"]


@njit(cache=True)
def fastest_way(origin, start_s, goal, first_out, links_out, to_node, usable, times_s, sample_s):  # type: ignore[no-untyped-def]
    """Links of the fastest way from a node at a time to the nearest goal, and when it is reached (s, or inf).

    goal : uint8[n_nodes]; usable : bool[n_links]
    times_s : float64[n_samples, n_links], for entry at `sample_s`
    """
    n_nodes = first_out.size - 1
    reached_s = np.full(n_nodes, np.inf)
    came_by = np.full(n_nodes, -1, np.int64)
    came_from = np.full(n_nodes, -1, np.int64)
    done = np.zeros(n_nodes, np.uint8)
    heap = [(start_s, np.int64(origin))]
    reached_s[origin] = start_s
    end = -1
    while len(heap) > 0:
        now_s, node = _pop(heap)
        if done[node] == 1:
            continue
        done[node] = 1
        if goal[node] == 1:
            end = node
            break
        sample = min(np.searchsorted(sample_s, now_s, side="right") - 1, sample_s.size - 1)
        for k in range(first_out[node], first_out[node + 1]):
            link = links_out[k]
            if not usable[link]:
                continue
            then_s = now_s + times_s[sample, link]
            after = to_node[link]
            if then_s < reached_s[after]:
                reached_s[after] = then_s
                came_by[after] = link
                came_from[after] = node
                _push(heap, (then_s, np.int64(after)))
    if end < 0:
        return np.empty(0, np.int64), np.inf
    count, node = 0, end
    while came_by[node] >= 0:
        count += 1
        node = came_from[node]
    links = np.empty(count, np.int64)
    node = end
    for k in range(count - 1, -1, -1):
        links[k] = came_by[node]
        node = came_from[node]
    return links, reached_s[end]


@njit(cache=True)
def _push(heap, entry):  # type: ignore[no-untyped-def]
    heap.append(entry)
    place = len(heap) - 1
    while place > 0 and heap[(place - 1) >> 1][0] > heap[place][0]:
        above = (place - 1) >> 1
        heap[above], heap[place] = heap[place], heap[above]
        place = above


@njit(cache=True)
def _pop(heap):  # type: ignore[no-untyped-def]
    first, last = heap[0], heap.pop()
    if len(heap) == 0:
        return first
    heap[0] = last
    place = 0
    while True:
        below = 2 * place + 1
        if below >= len(heap):
            break
        if below + 1 < len(heap) and heap[below + 1][0] < heap[below][0]:
            below += 1
        if heap[below][0] >= heap[place][0]:
            break
        heap[below], heap[place] = heap[place], heap[below]
        place = below
    return first
