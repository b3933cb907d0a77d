"""A network over intervals of steps: what may enter each arc in each, who is where, ways taken apart."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["between", "pieces", "take_apart"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True)
def pieces(
    grid_first: Ints,
    bounds: Ints,
    tail: Ints,
    head: Ints,
    n_steps: int,
    begin: Ints,
    steps: Ints,
    slack: Ints,
    capacity_of: Ints,
    capacities: Ints,
    flat_cost: Ints,
    cost_of: Ints,
    costs: Ints,
    out: Ints,
) -> int:
    """Parts of arcs that lead from one interval into one interval; returns how many there are.

    Interval j of node v covers the steps from its offset + bounds[grid_first[v] + j] until its offset +
    bounds[grid_first[v] + j + 1], for j < grid_first[v + 1] − grid_first[v] − 1.

    grid_first : int64[n_nodes + 1]; bounds : of each node rising from 0 to the same end
    tail, head, begin, steps, slack : int64[n_arcs], nodes, offset of the tail, steps taken, and offset of the
        tail + steps − offset of the head, which is not negative
    capacity_of, capacities, cost_of, costs, flat_cost : as in `Timing`; a turn has capacity_of −1: no limit
    out : int64[≥ n, 7], arc, interval at its tail, interval at its head, first step, step after the last,
        capacity (the sum of its steps'; −1 for no limit), cost (the mean of the open ones'); with none of
        length the count alone is made
    Pieces in which nobody may enter are left out, and those that end after the last step.
    """
    n = 0
    for arc in range(len(begin)):
        here, ahead = grid_first[tail[arc]], grid_first[head[arc]]
        here_end, ahead_end = grid_first[tail[arc] + 1] - 1, grid_first[head[arc] + 1] - 1
        last = min(bounds[here_end], bounds[ahead_end] - slack[arc], n_steps - begin[arc] - steps[arc])
        low = np.int64(0)
        while low < last:
            while bounds[here + 1] <= low:
                here += 1
            while bounds[ahead + 1] <= low + slack[arc]:
                ahead += 1
            high = min(last, bounds[here + 1], bounds[ahead + 1] - slack[arc])
            first, after = begin[arc] + low, begin[arc] + high
            room, total, n_open = np.int64(0), np.int64(0), np.int64(0)
            if capacity_of[arc] < 0:
                room, n_open = np.int64(-1), np.int64(1)
            else:
                for k in range(first, after):
                    if capacities[capacity_of[arc], k] > 0:
                        room += capacities[capacity_of[arc], k]
                        n_open += 1
                        if cost_of[arc] >= 0:
                            total += costs[cost_of[arc], k]
            if n_open > 0:
                if len(out) > 0:
                    out[n, 0], out[n, 1], out[n, 2] = (
                        arc,
                        here - grid_first[tail[arc]],
                        ahead - grid_first[head[arc]],
                    )
                    out[n, 3], out[n, 4], out[n, 5] = first, after, room
                    out[n, 6] = flat_cost[arc] + total // n_open
                n += 1
            low = high
    return n


@njit(cache=True)
def between(tail: Ints, head: Ints, n_nodes: int, starts: Ints, root: int) -> Flags:
    """Which nodes lie on a way from a start to the root: bool[n_nodes].

    tail, head : int64[n_arcs]; starts : int64[n_starts]
    """
    found = np.zeros((2, n_nodes), np.bool_)
    stack = np.empty(n_nodes, np.int64)
    for side in range(2):
        a, b = (tail, head) if side == 0 else (head, tail)
        first = np.zeros(n_nodes + 1, np.int64)
        for arc in range(len(a)):
            first[a[arc] + 1] += 1
        for node in range(n_nodes):
            first[node + 1] += first[node]
        at, members = first[:-1].copy(), np.empty(len(a), np.int64)
        for arc in range(len(a)):
            members[at[a[arc]]] = b[arc]
            at[a[arc]] += 1
        n = 0
        for i in range(len(starts) if side == 0 else 1):
            node = starts[i] if side == 0 else root
            if not found[side, node]:
                found[side, node] = True
                stack[n] = node
                n += 1
        while n > 0:
            n -= 1
            node = stack[n]
            for i in range(first[node], first[node + 1]):
                if not found[side, members[i]]:
                    found[side, members[i]] = True
                    stack[n] = members[i]
                    n += 1
    for node in range(n_nodes):
        found[0, node] &= found[1, node]
    both: Flags = found[0]
    return both


@njit(cache=True)
def take_apart(
    first_out: Ints, arcs_out: Ints, head: Ints, leaves: Flags, flow: Ints, homes: Ints, root: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Take a flow apart into ways that begin at some nodes and end at the root; changes `flow`.

    first_out, arcs_out : arcs that carry something out of each node, grouped; head, flow : int64[n_arcs]
    leaves : bool[n_arcs], whether an arc is a way out of its node, if that is one of `homes`; the others
        (waiting there, staying) are no part of a way
    returns : first int64[n_ways + 1], arcs; home int64[n_ways], which of `homes`; persons int64[n_ways]
    Circles are left out.
    """
    next_arc = first_out[:-1].copy()
    place = np.full(len(first_out) - 1, -1, np.int64)
    way = np.empty(len(first_out), np.int64)
    first, arcs = np.zeros(64, np.int64), np.empty(1024, np.int64)
    home, persons = np.empty(64, np.int64), np.empty(64, np.int64)
    n_ways, n_arcs = 0, 0
    for i in range(len(homes)):
        while True:
            n, node = 0, homes[i]
            while node != root:
                if place[node] >= 0:
                    start = place[node]
                    least = flow[way[start]]
                    for k in range(start, n):
                        least = min(least, flow[way[k]])
                    inner = node
                    for k in range(start, n):
                        flow[way[k]] -= least
                        place[inner] = -1
                        inner = head[way[k]]
                    n = start
                while next_arc[node] < first_out[node + 1]:
                    arc = arcs_out[next_arc[node]]
                    if flow[arc] > 0 and (n > 0 or leaves[arc]):
                        break
                    next_arc[node] += 1
                if next_arc[node] == first_out[node + 1]:
                    break
                place[node] = n
                way[n] = arcs_out[next_arc[node]]
                node = head[way[n]]
                n += 1
            group = np.int64(0)
            if node == root and n > 0:
                group = flow[way[0]]
                for k in range(n):
                    group = min(group, flow[way[k]])
            node = homes[i]
            for k in range(n):
                place[node] = -1
                node = head[way[k]]
            if group == 0:
                break
            if n_arcs + n > len(arcs):
                arcs = np.concatenate((arcs, np.empty(n_arcs + n, np.int64)))
            if n_ways + 2 > len(first):
                first = np.concatenate((first, np.empty(n_ways + 2, np.int64)))
                home = np.concatenate((home, np.empty(n_ways + 2, np.int64)))
                persons = np.concatenate((persons, np.empty(n_ways + 2, np.int64)))
            for k in range(n):
                flow[way[k]] -= group
                arcs[n_arcs + k] = way[k]
            n_arcs += n
            home[n_ways], persons[n_ways] = i, group
            n_ways += 1
            first[n_ways] = n_arcs
    return first[: n_ways + 1], arcs[:n_arcs], home[:n_ways], persons[:n_ways]
