"""What of a plan still stands after a change: who can go on as told, and what that is worth by now."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["costs_along", "still_possible", "taken_from"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def still_possible(
    first: Ints,
    arc: Ints,
    entry: Ints,
    path: Ints,
    depart: Ints,
    host: Ints,
    arrival: Ints,
    persons: Ints,
    capacity_of: Ints,
    capacities: Ints,
    used: npt.NDArray[np.int32],
    intake: Ints,
    beds: Ints,
) -> Ints:
    """How many of each group find room, group by group; `used`, `intake` and `beds` are changed.

    first, arc, entry : arcs of path p are arc[first[p]:first[p + 1]], entered so many steps after departure
    path, depart, host, arrival, persons : int64[n_groups]; steps before 0 have passed and are not looked at
    capacity_of : int64[n_arcs], row of capacities : int64[n_profiles, n_steps]
    used : int32[n_arcs, n_steps]; intake : int64[n_hosts, n_steps]; beds : int64[n_hosts], what is left
    """
    n_steps = capacities.shape[1]
    granted = np.zeros(len(path), np.int64)
    for group in range(len(path)):
        p, d, h = path[group], depart[group], host[group]
        at = d + arrival[group]
        if at >= n_steps:
            continue
        room = min(persons[group], beds[h], intake[h, at])
        for i in range(first[p], first[p + 1]):
            k = d + entry[i]
            if k >= 0:
                room = min(room, capacities[capacity_of[arc[i]], k] - used[arc[i], k])
        if room <= 0:
            continue
        for i in range(first[p], first[p + 1]):
            if d + entry[i] >= 0:
                used[arc[i], d + entry[i]] += room
        beds[h] -= room
        intake[h, at] -= room
        granted[group] = room
    return granted


@njit(cache=True)
def costs_along(
    first: Ints,
    arc: Ints,
    entry: Ints,
    path: Ints,
    depart: Ints,
    flat_cost: Ints,
    cost_of: Ints,
    costs: Ints,
    price_of: Ints,
    prices: Ints,
) -> Ints:
    """Cost and price of each group's way per person: int64[n_groups]. Arrays as above and as in `Timing`."""
    total = np.zeros(len(path), np.int64)
    for group in range(len(path)):
        p, d = path[group], depart[group]
        for i in range(first[p], first[p + 1]):
            a, k = arc[i], d + entry[i]
            total[group] += flat_cost[a]
            if cost_of[a] >= 0:
                total[group] += costs[cost_of[a], k]
            if price_of[a] >= 0:
                total[group] += prices[price_of[a], k]
    return total


@njit(cache=True)
def taken_from(first: Ints, place: Ints, most: Ints, flow: Ints) -> Ints:
    """How many of each group a flow holds, each taken out of it in turn: int64[n_groups].

    first, place : group g goes by the arcs place[first[g]:first[g + 1]]; flow : int64[n_arcs], changed
    """
    taken = np.zeros(len(most), np.int64)
    for group in range(len(most)):
        room = most[group]
        for i in range(first[group], first[group + 1]):
            room = min(room, flow[place[i]])
        if room > 0:
            taken[group] = room
            for i in range(first[group], first[group + 1]):
                flow[place[i]] -= room
    return taken


@njit(cache=True)
def fitting(
    first: Ints, place: Ints, origin: Ints, step: Ints, persons: Ints, room: Ints, ready: Ints
) -> Ints:
    """How many of each group fit into what room is left, in the order given, which is by step of leaving.

    first, place : as in `taken_from`; origin, step, persons : int64[n_groups]
    room : int64[n_arcs], changed; ready : int64[n_origins, n_steps], ready by the start of each step
    """
    gone = np.zeros(len(ready), np.int64)
    fit = np.zeros(len(persons), np.int64)
    for group in range(len(persons)):
        most = min(persons[group], ready[origin[group], step[group]] - gone[origin[group]])
        for i in range(first[group], first[group + 1]):
            most = min(most, room[place[i]])
        if most > 0:
            fit[group] = most
            gone[origin[group]] += most
            for i in range(first[group], first[group + 1]):
                room[place[i]] -= most
    return fit
