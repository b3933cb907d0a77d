"""Inner loops of the bound: cheapest ways on, backward in time, step by step."""

from typing import Any

import numba

__all__ = ["begin_step", "foot_step", "settle"]

_compiled: Any = numba.njit(cache=True, nogil=True)


@_compiled
def _lower(node, slot, cost, towards, best, next_node, second):  # type: ignore[no-untyped-def]
    """Take in a way on from a node that goes next to `towards` (−1: ends here); whether anything fell."""
    if next_node[slot, node] == towards:
        if cost < best[slot, node]:
            best[slot, node] = cost
            return True
        return False
    if cost < best[slot, node]:
        second[slot, node] = best[slot, node]
        best[slot, node] = cost
        next_node[slot, node] = towards
        return True
    if cost < second[slot, node]:
        second[slot, node] = cost
        return True
    return False


@_compiled
def begin_step(  # type: ignore[no-untyped-def]
    k, n_steps, beyond, tail, head, steps, weight_of, weights, best, next_node, second
):
    """Labels of step k from those of later steps, over arcs that take a step or more.

    tail, head, steps, weight_of : int64[n_arcs], steps ≥ 1, weight_of a row of `weights`
    weights : int64[n_steps, n_rows], `beyond` where nobody may enter
    best, next_node, second : int64[n_slots, n_nodes], the slot of a step is its number modulo n_slots; of a
    node the cheapest way on, the node it goes to next (−1: it ends), the cheapest that goes to another
    """
    n_slots = best.shape[0]
    slot = k % n_slots
    for node in range(best.shape[1]):
        best[slot, node] = beyond
        next_node[slot, node] = -1
        second[slot, node] = beyond
    for arc in range(len(tail)):
        later = k + steps[arc]
        if later >= n_steps:
            continue
        weight = weights[k, weight_of[arc]]
        if weight >= beyond:
            continue
        here, there, then = tail[arc], head[arc], later % n_slots
        onward = second[then, there] if next_node[then, there] == here else best[then, there]
        if weight + onward < beyond:
            _lower(here, slot, weight + onward, there, best, next_node, second)


@_compiled
def settle(  # type: ignore[no-untyped-def]
    k, beyond, fresh, order, first, head, weight_of, weights, end_nodes, end_costs, best, next_node, second
):
    """Labels of step k over arcs that take no step, until nothing falls; returns how many sweeps it took.

    fresh : whether labels from later steps have not been passed on in this step yet
    order : int64[n_nodes], the better sorted by label, the fewer sweeps; first : int64[n_nodes + 1], the arcs
    of a node are first[node] … first[node + 1] − 1
    end_nodes, end_costs : int64[n_ends], where ways may end in this step and at what cost
    """
    slot = k % best.shape[0]
    fell = fresh
    for i in range(len(end_nodes)):
        if end_costs[i] < beyond and _lower(end_nodes[i], slot, end_costs[i], -1, best, next_node, second):
            fell = True
    sweeps = 0
    while fell:
        fell = False
        sweeps += 1
        for i in range(len(order)):
            # There and back: the best ways are found from the near end, the second best from the far one.
            here = order[i] if sweeps % 2 else order[len(order) - 1 - i]
            for arc in range(first[here], first[here + 1]):
                weight = weights[k, weight_of[arc]]
                if weight >= beyond:
                    continue
                there = head[arc]
                onward = second[slot, there] if next_node[slot, there] == here else best[slot, there]
                if weight + onward < beyond and _lower(
                    here, slot, weight + onward, there, best, next_node, second
                ):
                    fell = True
    return sweeps


@_compiled
def foot_step(k, n_steps, beyond, tail, head, steps, weights, on_foot):  # type: ignore[no-untyped-def]
    """Lower the labels of people on foot in step k by every move between terminals; whether any fell.

    tail, head, steps : int64[n_moves]; weights : int64[n_moves, n_steps]
    on_foot : int64[n_terminals, n_steps]
    """
    ever = False
    fell = True
    while fell:
        fell = False
        for move in range(len(tail)):
            later = k + steps[move]
            weight = weights[move, k]
            if later >= n_steps or weight >= beyond:
                continue
            cost = weight + on_foot[head[move], later]
            if cost < on_foot[tail[move], k]:
                on_foot[tail[move], k] = cost
                fell = True
                ever = True
    return ever
