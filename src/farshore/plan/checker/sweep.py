"""Inner loop of the bound: labels of nodes, a row over all steps each, passed on over the arcs into them."""

import heapq
from typing import Any

import numba
import numpy as np

__all__ = ["pass_on"]

_compiled: Any = numba.njit(cache=True)


@_compiled
def pass_on(  # type: ignore[no-untyped-def]  # noqa: PLR0912 (one loop: numba inlines nothing here)
    starts,
    first,
    into,
    tail,
    steps,
    cost,
    cost_row,
    costs,
    toll_row,
    tolls,
    open_row,
    opens,
    beyond,
    best,
    towards,
    second,
):
    """Lower labels until none falls: of each node the cheapest way on, and the cheapest that goes elsewhere.

    starts : int64[n_starts], nodes whose labels are set; first : int64[n_nodes + 1], into : int64[n_arcs],
    the arcs into node n are into[first[n]] … into[first[n + 1] − 1]
    tail, steps, cost : int64[n_arcs]; cost_row, toll_row : int64[n_arcs], −1 or a row of `costs`
    int64[·, n_steps] (which then counts instead of `cost`) and of `tolls`, likewise, at most `beyond`
    open_row : int64[n_arcs], a row of `opens` bool[·, n_steps]
    best, second : int64[n_nodes, n_steps]; towards : int32, the node at which the best goes next, −1 if it
    ends; lowered in place. An arc of τ steps passes the labels of its head on, τ steps earlier.
    """
    n_nodes, n_steps = best.shape
    waiting = np.zeros(n_nodes, np.bool_)
    queue = [(np.int64(0), np.int64(0))]
    queue.pop()
    for node in starts:
        heapq.heappush(queue, (best[node].min(), node))
        waiting[node] = True
    while len(queue) > 0:
        _, node = heapq.heappop(queue)
        if not waiting[node]:
            continue
        waiting[node] = False
        for i in range(first[node], first[node + 1]):
            arc = into[i]
            here, tau = tail[arc], steps[arc]
            least = beyond
            for k in range(n_steps - tau):
                if not opens[open_row[arc], k]:
                    continue
                there = k + tau
                way = second[node, there] if towards[node, there] == here else best[node, there]
                if way >= second[here, k]:
                    continue  # no weight is below 0
                weight = costs[cost_row[arc], k] if cost_row[arc] >= 0 else cost[arc]
                if toll_row[arc] >= 0:
                    weight += tolls[toll_row[arc], k]
                way += min(weight, beyond)
                if way >= second[here, k]:
                    continue
                if way < best[here, k]:
                    if towards[here, k] != node:
                        second[here, k] = best[here, k]
                        towards[here, k] = node
                    best[here, k] = way
                elif towards[here, k] != node:
                    second[here, k] = way
                else:
                    continue
                least = min(least, way)
            if least < beyond:
                heapq.heappush(queue, (least, here))
                waiting[here] = True
