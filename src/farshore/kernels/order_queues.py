"""Everybody at once: people set out when ready by the quickest way and queue wherever it is full."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["queue_through"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def queue_through(
    order: Ints, way: Ints, head: Ints, steps: Ints, room: Ints, cost_of: Ints, costs: Ints, flat_cost: Ints,
    host: Ints, host_room: Ints, beds_left: Ints, waiting: Ints, coming: Ints, still_cost: int,
    first: int, end: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Point queues at the nodes of a tree of ways, from step `first` until a host is full or step `end`.

    order : int64[n_nodes], every node before the one that its way leads to; way : int64[n_nodes], chain by
    which people go on, −1 at the ends; host : int64[n_nodes], the host at which ways end, −1 elsewhere
    room : int64[n_chains, n_steps], persons who may enter a chain; host_room : int64[n_hosts, n_steps]
    waiting : int64[n_nodes], in queues; coming : int64[n_nodes, n_steps + 1], who reach a node in a step,
    those becoming ready included; both, and beds_left, are changed in place
    still_cost : of a step in a queue
    returns : cost, persons taken in, the step at which a host was found full (`end` if none)

    Vickrey, W. S. (1969), Congestion theory and transport investment. Queues take no room on the road.
    """
    n_steps = room.shape[1]
    cost = taken = 0
    for k in range(first, end):
        filled = False
        for node in order:
            waiting[node] += coming[node, k]
            coming[node, k] = 0
            there = waiting[node]
            if there == 0:
                continue
            place, chain = host[node], way[node]
            if place >= 0:
                enter = min(there, host_room[place, k], beds_left[place])
                beds_left[place] -= enter
                taken += enter
                filled |= beds_left[place] == 0
            elif chain >= 0:
                enter = min(there, room[chain, k])
                row = cost_of[chain]
                cost += enter * (flat_cost[chain] if row < 0 else costs[row, k])
                coming[head[chain], min(n_steps, k + steps[chain])] += enter
            else:
                enter = 0
            waiting[node] = there - enter
            cost += waiting[node] * still_cost
        if filled:
            return cost, taken, k + 1
    return cost, taken, end
