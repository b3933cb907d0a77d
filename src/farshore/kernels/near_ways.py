"""What lies on ways that cost little more than the cheapest."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.spreading import Choices

__all__ = ["BOARDS", "BY_CAR", "HOME_WAITS", "HOSTED", "RIDES", "WAITS", "Moves", "near_ways"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOME_WAITS, BOARDS, BY_CAR, HOSTED, WAITS, RIDES = range(6)
_NONE = 1e14
_FAR = 1e17
_SWEEPS = 6


class Moves(NamedTuple):
    """Moves in a step, in the order of steps: all [n].

    kind : HOME_WAITS and BOARDS (out of home, to its terminal) of a commodity `who`; BY_CAR of one, `what` the
        place in `choices.cars`; HOSTED of a group `who` at terminal `at`, by host `what`; WAITS of one at
        a terminal; RIDES by stretch `what`
    step : in which it begins; cost : of one person
    """

    kind: Ints
    who: Ints
    step: Ints
    at: Ints
    what: Ints
    cost: Floats


@_njit(cache=True)
def near_ways(over: float, choices: Choices, there: Floats, at_home: Floats, ready: Floats) -> Moves:
    """Moves on ways from who gets ready that cost, tolls added, at most so much more than the cheapest; waits too.

    there, at_home : as `worths` returns them for a spread of nearly nothing
    ready : float64[n_steps, n_commodities]
    """
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.quick_first)
    n_groups, n_commodities = len(choices.need), len(choices.group)
    length, head, cost, seats, tolls = (
        choices.length,
        choices.head,
        choices.cost,
        choices.seats,
        choices.tolls,
    )
    home = np.full((n_commodities, n_steps + 1), 2 * _FAR)
    foot = np.full((n_groups, n_steps + 1, n_terminals), 2 * _FAR)
    kind, who, step = [np.int64(0)], [np.int64(0)], [np.int64(0)]
    at, what, each = [np.int64(0)], [np.int64(0)], [0.0]
    for k in range(n_steps):
        for c in range(n_commodities):
            if ready[k, c] > 0:
                home[c, k] = 0.0
            so_far, here, g = home[c, k], at_home[k, c], choices.group[c]
            if so_far > _FAR:
                continue
            more = so_far + choices.home_wait[k, c] + at_home[k + 1, c] - here
            home[c, k + 1] = min(home[c, k + 1], more)
            kind.append(HOME_WAITS)
            who.append(c)
            step.append(k)
            at.append(-1)
            what.append(-1)
            each.append(choices.home_wait[k, c])
            t = choices.home[c]
            more = so_far + there[g, k, 0, t] - here
            if more <= over:
                foot[g, k, t] = min(foot[g, k, t], more)
                kind.append(BOARDS)
                who.append(c)
                step.append(k)
                at.append(t)
                what.append(-1)
                each.append(0.0)
            for j in range(choices.by_car.first[k, c], choices.by_car.first[k, c + 1]):
                i = choices.by_car.which[j]
                s, h = choices.cars[i], choices.car_host[i]
                if cost[g, k, s] >= _NONE:
                    continue
                if so_far + cost[g, k, s] + tolls[k, s] + choices.host_price[k + length[s], h] - here <= over:
                    kind.append(BY_CAR)
                    who.append(c)
                    step.append(k)
                    at.append(-1)
                    what.append(i)
                    each.append(cost[g, k, s])
        for g in range(n_groups):
            for _ in range(_SWEEPS):
                changed = False
                for t in range(n_terminals):
                    if foot[g, k, t] > over:
                        continue
                    for j in range(choices.quick.first[k, t], choices.quick.first[k, t + 1]):
                        s = choices.quick.which[j]
                        if cost[g, k, s] < _NONE:
                            v = head[s]
                            more = foot[g, k, t] + cost[g, k, s] + seats[g, s] * tolls[k, s]
                            more += there[g, k, 0, v] - there[g, k, 0, t]
                            if more <= over and more < foot[g, k, v] - 1e-12:
                                foot[g, k, v], changed = more, True
                if not changed:
                    break
            for t in range(n_terminals):
                so_far, here = foot[g, k, t], there[g, k, 0, t]
                if so_far > _FAR:
                    continue
                for i in range(choices.host_first[t], choices.host_first[t + 1]):
                    h = choices.hosts[i]
                    if choices.accepts[g, h] and so_far + choices.host_price[k, h] - here <= over:
                        kind.append(HOSTED)
                        who.append(g)
                        step.append(k)
                        at.append(t)
                        what.append(h)
                        each.append(0.0)
                wait = choices.terminal_wait[choices.need[g], k, t]
                more = so_far + wait + there[g, k + 1, 0, t] - here
                foot[g, k + 1, t] = min(foot[g, k + 1, t], more)
                kind.append(WAITS)
                who.append(g)
                step.append(k)
                at.append(t)
                what.append(-1)
                each.append(wait)
                for quick in range(2):
                    out = choices.quick if quick else choices.slow
                    for j in range(out.first[k, t], out.first[k, t + 1]):
                        s = out.which[j]
                        if cost[g, k, s] >= _NONE:
                            continue
                        v = head[s]
                        more = so_far + cost[g, k, s] + seats[g, s] * tolls[k, s]
                        more += there[g, k + length[s], 0, v] - here
                        if more <= over:
                            foot[g, k + length[s], v] = min(foot[g, k + length[s], v], more)
                            kind.append(RIDES)
                            who.append(g)
                            step.append(k)
                            at.append(t)
                            what.append(s)
                            each.append(cost[g, k, s])
    return Moves(
        np.array(kind[1:]),
        np.array(who[1:]),
        np.array(step[1:]),
        np.array(at[1:]),
        np.array(what[1:]),
        np.array(each[1:]),
    )
