"""Placements: people of one commodity who go the same way at the same time; taken out, put back, costed."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.pouring import Rooms, give, take
from farshore.kernels.spreading import Choices

__all__ = ["Placements", "costs_of", "put_back", "take_out", "who_waits"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Placements(NamedTuple):
    """Who goes which way when.

    commodity, people, host, n_stretches : int64[n]
    stretch : int64[n, MOST_STRETCHES]; entered : int64[n, MOST_STRETCHES + 1], ending with the arrival
    """

    commodity: Ints
    people: Ints
    host: Ints
    n_stretches: Ints
    stretch: Ints
    entered: Ints


@_njit(cache=True)
def take_out(placements: Placements, which: Ints, choices: Choices, rooms: Rooms) -> None:
    """Give back the room of some placements."""
    for i in which:
        row, many = choices.group[placements.commodity[i]], placements.people[i]
        for j in range(placements.n_stretches[i]):
            s = placements.stretch[i, j]
            give(rooms, s, placements.entered[i, j], many, choices.seats[row, s])
        host = placements.host[i]
        rooms.taken[host, placements.entered[i, placements.n_stretches[i]]] += many
        rooms.beds[host] += many


@_njit(cache=True)
def put_back(placements: Placements, which: Ints, choices: Choices, rooms: Rooms) -> None:
    """Undo `take_out`."""
    for i in which:
        row, many = choices.group[placements.commodity[i]], placements.people[i]
        for j in range(placements.n_stretches[i]):
            s = placements.stretch[i, j]
            take(rooms, s, placements.entered[i, j], many, choices.seats[row, s])
        host = placements.host[i]
        rooms.taken[host, placements.entered[i, placements.n_stretches[i]]] -= many
        rooms.beds[host] -= many


@_njit(cache=True)
def costs_of(
    placements: Placements, choices: Choices, rooms: Rooms, home_until: Floats, wait_until: Floats
) -> Floats:
    """Person-hours of one person of each placement, from the start to being taken in: float64[n].

    home_until : float64[n_steps + 1, n_commodities], waiting at home summed up to each step
    wait_until : float64[n_needs, n_steps + 1, n_terminals], waiting at terminals
    """
    cost = np.empty(len(placements.people))
    for i in range(len(cost)):
        c = placements.commodity[i]
        row = choices.group[c]
        who = choices.need[row]
        total = home_until[placements.entered[i, 0], c]
        for j in range(placements.n_stretches[i]):
            s, k = placements.stretch[i, j], placements.entered[i, j]
            total += choices.cost[row, k, s]
            end, t = k + rooms.length[s], choices.head[s]
            if t >= 0:
                total += wait_until[who, placements.entered[i, j + 1], t] - wait_until[who, end, t]
        cost[i] = total
    return cost


@_njit(cache=True)
def who_waits(newly_ready: Ints, departed: Ints) -> tuple[Ints, Ints, Ints]:
    """Who is left at home, the longest ready of all: whoever leaves is the last who got ready before.

    newly_ready, departed : int64[n_commodities, n_steps]
    returns : commodity, step of readiness and people of each group, int64[n]
    """
    n_steps = newly_ready.shape[1]
    commodity, ready, people = [np.int64(0)], [np.int64(0)], [np.int64(0)]
    step, many = np.empty(n_steps, np.int64), np.empty(n_steps, np.int64)
    for c in range(len(newly_ready)):
        n = 0
        for k in range(n_steps):
            if newly_ready[c, k] > 0:
                step[n], many[n] = k, newly_ready[c, k]
                n += 1
            go = departed[c, k]
            while go > 0:
                gone = min(go, many[n - 1])
                many[n - 1] -= gone
                go -= gone
                if many[n - 1] == 0:
                    n -= 1
        for i in range(n):
            commodity.append(np.int64(c))
            ready.append(step[i])
            people.append(many[i])
    return np.array(commodity[1:]), np.array(ready[1:]), np.array(people[1:])
