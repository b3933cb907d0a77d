"""What lies on ways that cost little more than the cheapest."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.placements import Placements
from farshore.kernels.spreading import Choices

__all__ = [
    "BOARDS",
    "BY_CAR",
    "HOME_WAITS",
    "HOSTED",
    "RIDES",
    "WAITS",
    "Moves",
    "near_ways",
    "some_of",
    "together",
]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOME_WAITS, BOARDS, BY_CAR, HOSTED, WAITS, RIDES = range(6)
_NONE = 1e14
_FAR = 1e17
_SWEEPS = 6


class Moves(NamedTuple):
    """Moves in a step, in the order of steps: all [n].

    kind : HOME_WAITS and BOARDS (out of home, to its terminal) of a commodity `who`; BY_CAR of one, `what`
        the place in `choices.cars`; HOSTED of a group `who` at terminal `at`, by host `what`; WAITS of one at
        a terminal; RIDES by stretch `what`
    step : in which it begins; cost : of one person
    """

    kind: Ints
    who: Ints
    step: Ints
    at: Ints
    what: Ints
    cost: Floats


def some_of(moves: Moves, which: npt.NDArray[np.bool_]) -> Moves:
    """Some of them."""
    kind, who, step, at, what = (column[which] for column in moves[:5])
    return Moves(kind, who, step, at, what, moves.cost[which])


def together(some: Moves, others: Moves) -> Moves:
    """Moves of both, each once."""
    kind, who, step, at, what = (np.concatenate(both) for both in zip(some[:5], others[:5], strict=True))
    key = step
    for column in (kind, who, at + 1, what + 1):
        key = key * (int(column.max(initial=0)) + 1) + column
    _, first = np.unique(key, return_index=True)
    cost = np.concatenate([some.cost, others.cost])
    return Moves(kind[first], who[first], step[first], at[first], what[first], cost[first])


def moves_of(placements: Placements, choices: Choices) -> Moves:
    """What placements do, each move once; without who waits at home."""
    numbers, cost = _moves_of(placements, choices)
    kind, who, step, at, what = numbers.T.copy()
    none = np.zeros(0, np.int64)
    return together(Moves(kind, who, step, at, what, cost), Moves(none, none, none, none, none, np.zeros(0)))


@_njit(cache=True)
def _as_arrays(found: Any) -> tuple[Ints, Floats]:
    """All but the first of a list of moves: the numbers of each int64[n, 5], what it costs float64[n]."""
    numbers, cost = np.empty((len(found) - 1, 5), np.int64), np.empty(len(found) - 1)
    for i in range(1, len(found)):
        kind, who, step, at, what, each = found[i]
        numbers[i - 1], cost[i - 1] = (kind, who, step, at, what), each
    return numbers, cost


@_njit(cache=True)
def _moves_of(placements: Placements, choices: Choices) -> tuple[Ints, Floats]:
    found = [(0, 0, 0, 0, 0, 0.0)]
    for i in range(len(placements.people)):
        c, host, n = placements.commodity[i], placements.host[i], placements.n_stretches[i]
        g, k, s = choices.group[c], placements.entered[i, 0], placements.stretch[i, 0]
        by_car = -1
        if n == 1:
            for j in range(choices.car_first[c], choices.car_first[c + 1]):
                if choices.cars[j] == s and choices.car_host[j] == host:
                    by_car = j
        if by_car >= 0:
            found.append((BY_CAR, c, k, -1, by_car, choices.cost[g, k, s]))
            continue
        t = choices.home[c]
        found.append((BOARDS, c, k, t, -1, 0.0))
        for j in range(n + 1):
            while k < placements.entered[i, j]:
                found.append((WAITS, g, k, t, -1, choices.terminal_wait[choices.need[g], k, t]))
                k += 1
            if j < n:
                s = placements.stretch[i, j]
                found.append((RIDES, g, k, t, s, choices.cost[g, k, s]))
                k, t = k + choices.length[s], choices.head[s]
        found.append((HOSTED, g, k, t, host, 0.0))
    arrays: tuple[Ints, Floats] = _as_arrays(found)
    return arrays


def near_ways(over: float, choices: Choices, there: Floats, at_home: Floats, ready: Floats) -> Moves:
    """Moves on ways that cost, with tolls, at most so much more than the cheapest; and staying at home.

    there, at_home : as `worths` returns them for a spread of nearly nothing
    ready : float64[n_steps, n_commodities]
    """
    numbers, cost = _near_ways(over, choices, there, at_home, ready)
    kind, who, step, at, what = numbers.T.copy()
    return Moves(kind, who, step, at, what, cost)


@_njit(cache=True)
def _near_ways(
    over: float, choices: Choices, there: Floats, at_home: Floats, ready: Floats
) -> tuple[Ints, Floats]:
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.quick_first)
    n_groups, n_commodities = len(choices.need), len(choices.group)
    # What it costs at least, over the cheapest way, to be there by known ways; nobody comes there: more.
    home = np.full((n_commodities, n_steps + 1), 2 * _FAR)
    foot = np.full((n_groups, n_steps + 1, n_terminals), 2 * _FAR)
    found = [(0, 0, 0, 0, 0, 0.0)]
    for k in range(n_steps):
        for c in range(n_commodities):
            if ready[k, c] > 0:
                home[c, k] = 0.0
            if home[c, k] < _FAR:
                _from_home(found, over, choices, there, at_home, home, foot, c, k)
        for g in range(n_groups):
            _in_no_time(over, choices, there, foot, g, k)
            for t in range(n_terminals):
                if foot[g, k, t] < _FAR:
                    _from_terminal(found, over, choices, there, foot, g, t, k)
    arrays: tuple[Ints, Floats] = _as_arrays(found)
    return arrays


@_njit(cache=True)
def _from_home(
    found: Any,
    over: float,
    choices: Choices,
    there: Floats,
    at_home: Floats,
    home: Floats,
    foot: Floats,
    c: int,
    k: int,
) -> None:
    """What a commodity may do at home in a step."""
    so_far, here, g, t = home[c, k], at_home[k, c], choices.group[c], choices.home[c]
    more = so_far + choices.home_wait[k, c] + at_home[k + 1, c] - here
    home[c, k + 1] = min(home[c, k + 1], more)
    found.append((HOME_WAITS, c, k, -1, -1, choices.home_wait[k, c]))
    more = so_far + there[g, k, 0, t] - here
    if more <= over:
        foot[g, k, t] = min(foot[g, k, t], more)
        found.append((BOARDS, c, k, t, -1, 0.0))
    for j in range(choices.by_car.first[k, c], choices.by_car.first[k, c + 1]):
        i = choices.by_car.which[j]
        s, h = choices.cars[i], choices.car_host[i]
        each = choices.cost[g, k, s]
        if each < _NONE:
            more = so_far + each + choices.tolls[k, s] + choices.host_price[k + choices.length[s], h] - here
            if more <= over:
                found.append((BY_CAR, c, k, -1, i, each))


@_njit(cache=True)
def _in_no_time(over: float, choices: Choices, there: Floats, foot: Floats, g: int, k: int) -> None:
    """Where a group may be in a step by stretches that take none, put into `foot`."""
    for _ in range(_SWEEPS):
        changed = False
        for t in range(len(choices.quick_first)):
            if foot[g, k, t] > over:
                continue
            for j in range(choices.quick.first[k, t], choices.quick.first[k, t + 1]):
                s = choices.quick.which[j]
                each, v = choices.cost[g, k, s], choices.head[s]
                if each < _NONE:
                    more = foot[g, k, t] + each + choices.seats[g, s] * choices.tolls[k, s]
                    more += there[g, k, 0, v] - there[g, k, 0, t]
                    if more <= over and more < foot[g, k, v] - 1e-12:
                        foot[g, k, v], changed = more, True
        if not changed:
            return


@_njit(cache=True)
def _from_terminal(
    found: Any, over: float, choices: Choices, there: Floats, foot: Floats, g: int, t: int, k: int
) -> None:
    """What a group may do at a terminal in a step."""
    so_far, here = foot[g, k, t], there[g, k, 0, t]
    for i in range(choices.host_first[t], choices.host_first[t + 1]):
        h = choices.hosts[i]
        if choices.accepts[g, h] and so_far + choices.host_price[k, h] - here <= over:
            found.append((HOSTED, g, k, t, h, 0.0))
    each = choices.terminal_wait[choices.need[g], k, t]
    more = so_far + each + there[g, k + 1, 0, t] - here
    if more <= over:
        foot[g, k + 1, t] = min(foot[g, k + 1, t], more)
        found.append((WAITS, g, k, t, -1, each))
    for quick in range(2):
        out = choices.quick if quick else choices.slow
        for j in range(out.first[k, t], out.first[k, t + 1]):
            s = out.which[j]
            each, v, arrival = choices.cost[g, k, s], choices.head[s], k + choices.length[s]
            if each < _NONE:
                more = so_far + each + choices.seats[g, s] * choices.tolls[k, s]
                more += there[g, arrival, 0, v] - here
                if more <= over:
                    foot[g, arrival, v] = min(foot[g, arrival, v], more)
                    found.append((RIDES, g, k, t, s, each))
