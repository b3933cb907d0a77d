"""Least cost with which somebody can be at each node in each step, over arcs that open and close."""

import heapq

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.paths import FAR

__all__ = ["cheapest_there"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def cheapest_there(
    start: Ints,
    first: Ints,
    members: Ints,
    head: Ints,
    steps: Ints,
    capacity_of: Ints,
    capacities: Ints,
    flat_cost: Ints,
    cost_of: Ints,
    costs: Ints,
    price_of: Ints,
    prices: Ints,
) -> Ints:
    """Cost of the cheapest way to each node in each step, prices added; nobody waits on the way.

    start : int64[n_steps, n_nodes], the cost with which a way may begin there, 0 or not; FAR where none may
    first, members : the arcs that begin at node v are members[first[v]:first[v + 1]]
    head, steps, flat_cost : int64[n_arcs]; capacity_of, cost_of, price_of : int64[n_arcs], rows of
    capacities, costs, prices : int64[…, n_steps]; below 0 cost_of means the flat cost, price_of no price
    An arc is entered only in steps in which its capacity is 1 or more, and costs 0 or more.
    returns : int64[n_steps, n_nodes], FAR where nobody can be

    Dijkstra, E. W. (1959), step by step: arcs that take no step are searched within it.
    """
    n_steps, n_nodes = start.shape
    label = start.copy()
    for k in range(n_steps):
        here = label[k]
        queue = [(np.int64(0), np.int64(0))]
        queue.pop()
        for start_node in range(n_nodes):
            if here[start_node] < FAR:
                heapq.heappush(queue, (here[start_node], np.int64(start_node)))
        while len(queue) > 0:
            so_far, node = heapq.heappop(queue)
            if so_far > here[node]:
                continue
            for i in range(first[node], first[node + 1]):
                arc = members[i]
                there = k + steps[arc]
                if there >= n_steps or capacities[capacity_of[arc], k] <= 0:
                    continue
                cost = flat_cost[arc] if cost_of[arc] < 0 else costs[cost_of[arc], k]
                if price_of[arc] >= 0:
                    cost += prices[price_of[arc], k]
                reach = so_far + cost
                if reach < label[there, head[arc]]:
                    label[there, head[arc]] = reach
                    if there == k:
                        heapq.heappush(queue, (reach, head[arc]))
    return label
