"""A network unrolled over the steps: who can be where when, and the arcs between those places."""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.paths import FAR

__all__ = ["expand", "onward_choices", "reachable"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True)
def reachable(
    n_nodes: int,
    n_steps: int,
    first_out: Ints,
    arcs_out: Ints,
    head: Ints,
    steps: Ints,
    open_of: Ints,
    is_open: Flags,
    home: Ints,
    first_ready: Ints,
) -> Flags:
    """Where somebody can be in each step: bool[n_nodes, n_steps].

    head, steps, open_of : int64[n_arcs], row of `is_open` : bool[n_profiles, n_steps], −1 for always
    home, first_ready : int64[n_zones], node and first step in which somebody can leave it (and ever after)
    """
    there = np.zeros((n_nodes, n_steps), np.bool_)
    stack_node = np.empty(n_nodes * n_steps, np.int32)
    stack_step = np.empty(n_nodes * n_steps, np.int32)
    n = 0
    for zone in range(len(home)):
        for k in range(first_ready[zone], n_steps):
            if not there[home[zone], k]:
                there[home[zone], k] = True
                stack_node[n], stack_step[n] = home[zone], k
                n += 1
    while n > 0:
        n -= 1
        node, k = stack_node[n], stack_step[n]
        for i in range(first_out[node], first_out[node + 1]):
            arc = arcs_out[i]
            onward = k + steps[arc]
            if onward >= n_steps or (open_of[arc] >= 0 and not is_open[open_of[arc], k]):
                continue
            if not there[head[arc], onward]:
                there[head[arc], onward] = True
                stack_node[n], stack_step[n] = head[arc], onward
                n += 1
    return there


@njit(cache=True)
def onward_choices(
    there: Flags,
    tail: Ints,
    head: Ints,
    steps: Ints,
    open_of: Ints,
    is_open: Flags,
    cost: Ints,
    cost_of: Ints,
    costs: Ints,
    price_of: Ints,
    prices: Ints,
    host_node: Ints,
    host_open: Flags,
) -> Ints:
    """The arc by which the cheapest way to any host goes on: int64[n_nodes, n_steps].

    −1 where there is none (or nobody can be there), −2 at a host that takes people in.
    Arcs as in `reachable`, with cost + costs[cost_of, k] + prices[price_of, k], rows −1 for none
    host_open : bool[n_hosts, n_steps]
    """
    n_nodes, n_steps = there.shape
    label = np.full((n_nodes, n_steps), FAR, np.int64)
    choice = np.full((n_nodes, n_steps), -1, np.int64)
    n_arcs = len(tail)
    for k in range(n_steps - 1, -1, -1):
        for host in range(len(host_node)):
            if host_open[host, k] and there[host_node[host], k]:
                label[host_node[host], k] = 0
                choice[host_node[host], k] = -2
        for sweep in range(n_nodes + 2):
            changed = sweep == 0
            for arc in range(n_arcs):
                if (steps[arc] > 0) != (sweep == 0):
                    continue
                onward, u = k + steps[arc], tail[arc]
                if onward >= n_steps or not there[u, k]:
                    continue
                if open_of[arc] >= 0 and not is_open[open_of[arc], k]:
                    continue
                value = label[head[arc], onward]
                if value >= FAR:
                    continue
                value += cost[arc]
                if cost_of[arc] >= 0:
                    value += costs[cost_of[arc], k]
                if price_of[arc] >= 0:
                    value += prices[price_of[arc], k]
                if value < label[u, k]:
                    label[u, k] = value
                    choice[u, k] = arc
                    changed = True
            if not changed:
                break
    return choice


@njit(cache=True)
def expand(
    choice: Ints,
    tail: Ints,
    head: Ints,
    steps: Ints,
    open_of: Ints,
    is_open: Flags,
    number: Ints,
    arc_out: Ints,
    step_out: Ints,
    tail_out: Ints,
    head_out: Ints,
    via: Ints,
    parent: Ints,
) -> int:
    """Write the arcs between places from which a host can be reached; returns how many there are.

    choice : as from `onward_choices`
    number : int64[n_nodes, n_steps], the number of each such place, −1 elsewhere
    arc_out, step_out, tail_out, head_out : int64[≥ n]
    via, parent : int64[n_places], set to the chosen arc and the place where it ends
    With arrays of length 0 only the count is made.
    """
    n_steps = choice.shape[1]
    n = 0
    writes = len(arc_out) > 0
    for arc in range(len(tail)):
        u, v = tail[arc], head[arc]
        for k in range(n_steps - steps[arc]):
            if number[u, k] < 0 or number[v, k + steps[arc]] < 0:
                continue
            if open_of[arc] >= 0 and not is_open[open_of[arc], k]:
                continue
            if writes:
                arc_out[n], step_out[n] = arc, k
                tail_out[n], head_out[n] = number[u, k], number[v, k + steps[arc]]
                if choice[u, k] == arc:
                    via[number[u, k]], parent[number[u, k]] = n, number[v, k + steps[arc]]
            n += 1
    return n
