"""One zone's order: the room that a route leaves free over time, and the best window without pause in it."""

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["NEVER", "fit_window", "room_on"]

Ints = npt.NDArray[np.int64]

NEVER: Final = 1 << 61  # the cost of what cannot be done


@njit(cache=True)
def room_on(
    chains: Ints, n_chains: int, host: int, steps: Ints, left: Ints, whole: Ints, host_left: Ints,
    host_whole: Ints, cost_of: Ints, costs: Ints, flat_cost: Ints, room: Ints, shut: Ints, cost: Ints,
) -> int:  # fmt: skip
    """Work out what a route offers by step of departure; returns the steps until the host is reached.

    chains : int64[≥ n_chains], the route; steps : int64[n_chains_in_all], steps on each
    left, whole : int64[n_chains_in_all, n_steps], persons who may still enter, and who might if nobody did
    host_left, host_whole : int64[n_hosts, n_steps], likewise taken in; cost_of, costs, flat_cost : as in
    `Timing`. Filled in: room int64[n_steps], the persons who may still leave; shut int64[n_steps], 1 where
    nobody ever could; cost int64[n_steps], of one person's travel
    """
    n_steps = len(room)
    for k in range(n_steps):
        room[k] = NEVER
        shut[k] = 0
        cost[k] = 0
    at = 0
    for i in range(n_chains):
        chain = chains[i]
        row, flat = cost_of[chain], flat_cost[chain]
        for k in range(max(0, n_steps - at)):
            if whole[chain, k + at] == 0:
                shut[k] = 1
            room[k] = min(room[k], left[chain, k + at])
            cost[k] += flat if row < 0 else costs[row, k + at]
        at += steps[chain]
    for k in range(n_steps):
        if k + at >= n_steps or host_whole[host, k + at] == 0:
            shut[k] = 1
        else:
            room[k] = min(room[k], host_left[host, k + at])
        if shut[k] == 1:
            room[k] = 0
    return at


@njit(cache=True)
def fit_window(
    room: Ints, shut: Ints, cost: Ints, ready: Ints, most: int, staying_cost: int, departs: Ints
) -> tuple[int, int]:
    """The cheapest window without pause: from its first step on, all who are ready leave at a steady rate.

    room, shut, cost : int64[n_steps], as `room_on` gives them, waiting at home added to the cost
    ready : int64[n_steps], who are ready by each step; most : how many may leave in all
    staying_cost : of each person ready in the end who does not leave
    departs : int64[n_steps], filled in with who leaves in each step
    returns : the cost of all, and the rate in persons per step; a rate of 0 where nobody can leave

    In each step of the window in which the way is not shut, as many leave as are there, at most the rate; in
    the first, where it may begin within the step, and in the last, fewer. For each first step the highest
    rate for which there is room is found by lowering it to the room of the first step that lacks it: a lower
    rate leaves no fewer people at home, so none between the two would do.
    """
    n_steps = len(room)
    people = ready[n_steps - 1]
    served_most = min(people, most)
    best, best_rate, best_first, best_end = people * staying_cost, 0, -1, -1
    for k in range(n_steps):
        departs[k] = 0
    if served_most <= 0:
        return best, 0
    cheapest = np.empty(n_steps + 1, np.int64)  # of leaving in this step or later
    cheapest[n_steps] = NEVER
    for k in range(n_steps - 1, -1, -1):
        cheapest[k] = min(cheapest[k + 1], cost[k]) if room[k] > 0 else cheapest[k + 1]
    for first in range(n_steps):
        if cheapest[first] >= staying_cost:
            break
        if served_most * cheapest[first] + (people - served_most) * staying_cost >= best:
            break
        if room[first] == 0 or ready[first] == 0:
            continue
        rate = served_most
        while rate > 0:
            gone = total = 0
            end = first
            lacking = -1
            for k in range(first, n_steps):
                if shut[k] == 1:
                    continue
                leaving = min(rate, min(ready[k], served_most) - gone)
                if k == first:
                    leaving = min(leaving, room[k])
                elif leaving > room[k]:
                    lacking = k
                    break
                gone += leaving
                total += leaving * cost[k]
                if leaving > 0:
                    end = k + 1
                if gone == served_most:
                    break
            total += (people - gone) * staying_cost
            if total < best:
                best, best_rate, best_first, best_end = total, rate, first, end
            if lacking < 0:
                break
            rate = room[lacking]
    if best_first < 0:
        return best, 0
    gone = highest = 0
    for k in range(best_first, best_end):
        if shut[k] == 1:
            continue
        leaving = min(best_rate, min(ready[k], served_most) - gone)
        if k == best_first:
            leaving = min(leaving, room[k])
        departs[k] = leaving
        gone += leaving
        highest = max(highest, leaving)
    return best, highest
