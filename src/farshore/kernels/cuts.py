"""What is still within reach beside a flow over time, and the full places at its edge: a minimum cut.

Ford, L. R. & Fulkerson, D. R. (1956), Maximal flow through a network. Canadian Journal of Mathematics 8.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["cut_cells", "within_reach"]

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@njit(cache=True)
def _root(parent: Ints, group: int) -> int:
    while parent[group] != group:
        parent[group] = parent[parent[group]]
        group = parent[group]
    return group


@njit(cache=True)
def within_reach(
    tail: Ints,
    head: Ints,
    steps: Ints,
    capacity_of: Ints,
    capacities: Ints,
    flow: Small,
    out_first: Ints,
    out_arcs: Ints,
    in_first: Ints,
    in_arcs: Ints,
    may_wait: Flags,
    waiting: Small,
    is_sink: Flags,
    start_node: Ints,
    start_step: Ints,
    start_group: Ints,
    group: Small,
    parent: Ints,
) -> None:
    """Mark every place that more people of some groups could come to, others of them making way.

    tail, head, steps, capacity_of : int64[n_arcs], row of `capacities` : int64[n_profiles, n_steps], −1: no
        limit; flow : int32[n_arcs, n_steps], who enters each arc
    out_first, out_arcs, in_first, in_arcs : arcs grouped by tail and by head
    may_wait : bool[n_nodes]; waiting : int32[n_nodes, n_steps], who waits from each step to the next
    is_sink : bool[n_nodes]; a sink is one place for all steps
    start_node, start_step, start_group : int64[n_starts], where people are left
    group : int32[n_nodes, n_steps], −1, set to a group that reaches the place
    parent : int64[n_groups], a forest; groups that reach a place together are joined
    """
    n_steps = group.shape[1]
    stack_node = np.empty(1024, np.int32)
    stack_step = np.empty(1024, np.int32)
    for start in range(len(start_node)):
        mine = start_group[start]
        n = 0
        node, step = start_node[start], start_step[start]
        if group[node, step] >= 0:
            _join(parent, mine, group[node, step])
            continue
        group[node, step] = mine
        stack_node[0], stack_step[0] = node, step
        n = 1
        while n > 0:
            n -= 1
            node, step = stack_node[n], stack_step[n]
            links_out, links_in = out_first[node + 1] - out_first[node], in_first[node + 1] - in_first[node]
            need = n + 4 + n_steps + links_out + links_in
            if need > len(stack_node):
                more_node = np.empty(2 * need, np.int32)
                more_step = np.empty(2 * need, np.int32)
                more_node[:n], more_step[:n] = stack_node[:n], stack_step[:n]
                stack_node, stack_step = more_node, more_step
            if is_sink[node]:
                for k in range(n_steps):
                    if group[node, k] < 0:
                        group[node, k] = mine
                        stack_node[n], stack_step[n] = node, k
                        n += 1
            for i in range(out_first[node], out_first[node + 1]):
                arc = out_arcs[i]
                onward = step + steps[arc]
                if onward >= n_steps:
                    continue
                row = capacity_of[arc]
                if row >= 0 and capacities[row, step] <= flow[arc, step]:
                    continue
                there = head[arc]
                if group[there, onward] < 0:
                    group[there, onward] = mine
                    stack_node[n], stack_step[n] = there, onward
                    n += 1
                else:
                    _join(parent, mine, group[there, onward])
            for i in range(in_first[node], in_first[node + 1]):
                arc = in_arcs[i]
                entered = step - steps[arc]
                if entered < 0 or flow[arc, entered] == 0:
                    continue
                there = tail[arc]
                if group[there, entered] < 0:
                    group[there, entered] = mine
                    stack_node[n], stack_step[n] = there, entered
                    n += 1
                else:
                    _join(parent, mine, group[there, entered])
            if may_wait[node]:
                for k in (step + 1, step - 1):
                    if k < 0 or k >= n_steps or (k < step and waiting[node, k] == 0):
                        continue
                    if group[node, k] < 0:
                        group[node, k] = mine
                        stack_node[n], stack_step[n] = node, k
                        n += 1
                    else:
                        _join(parent, mine, group[node, k])


@njit(cache=True)
def _join(parent: Ints, one: int, other: int) -> None:
    a, b = _root(parent, one), _root(parent, other)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@njit(cache=True)
def cut_cells(
    tail: Ints, head: Ints, steps: Ints, capacity_of: Ints, capacities: Ints, is_sink: Flags, group: Small
) -> tuple[Ints, Ints]:
    """Arcs and steps, open to somebody, that lead from what is within reach to what is not."""
    n_steps = group.shape[1]
    arcs, at = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for arc in range(len(tail)):
        row = capacity_of[arc]
        if row < 0:
            continue
        for k in range(n_steps - steps[arc]):
            if capacities[row, k] == 0 or group[tail[arc], k] < 0:
                continue
            onward = 0 if is_sink[head[arc]] else k + steps[arc]
            if group[head[arc], onward] >= 0:
                continue
            if n == len(arcs):
                more, later = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
                more[:n], later[:n] = arcs, at
                arcs, at = more, later
            arcs[n], at[n] = arc, k
            n += 1
    return arcs[:n], at[:n]
