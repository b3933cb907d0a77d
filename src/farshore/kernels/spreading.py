"""People spread over their ways by what the ways cost: the cheaper, the more; and what a place is worth then.

A price that clears such a spread changes smoothly, where the cheapest way alone jumps from one to another.
"""

from math import exp, log
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["MOST_QUICK", "Choices", "spread", "tolled", "used_by", "worths", "worths_between"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_FAR = 1e15
_NONE = 1e14
_SMALL = 18.0  # times the spread: what costs more is left out
_NOBODY = 1e-9
_AT_ONCE = 16  # steps
MOST_QUICK = 4  # stretches that take no step, one after the other in one step


class Choices(NamedTuple):
    """What people may do, and what it costs.

    group, home : int64[n_commodities], row of `need` and terminal
    home_wait : float64[n_steps, n_commodities]
    need : int64[n_groups]; accepts : bool[n_groups, n_hosts]; left_cost : of never leaving
    cars : stretches by car open to commodity c are cars[car_first[c]:car_first[c + 1]]; car_host : their ends
    out : stretches on foot out of terminal t are out[out_first[t]:out_first[t + 1]], from quick_first[t] on
        those that take no step
    head, length : int64[n_stretches]; seats : int64[n_groups, n_stretches]
    cost : float64[n_groups, n_steps, n_stretches], 10¹⁵ where closed; tolls : float64[n_steps, n_stretches],
        of one seat
    hosts : those at terminal t are hosts[host_first[t]:host_first[t + 1]]
    host_price : float64[n_steps, n_hosts], 10¹⁵ where nobody is taken in
    terminal_wait : float64[n_needs, n_steps, n_terminals]
    """

    group: Ints
    home: Ints
    home_wait: Floats
    left_cost: float
    need: Ints
    accepts: Flags
    car_first: Ints
    cars: Ints
    car_host: Ints
    out_first: Ints
    quick_first: Ints
    out: Ints
    head: Ints
    length: Ints
    seats: Ints
    cost: Floats
    tolls: Floats
    host_first: Ints
    hosts: Ints
    host_price: Floats
    terminal_wait: Floats


@_njit(cache=True)
def tolled(
    begin: int,
    end: int,
    first: Ints,
    family: Ints,
    offset: Ints,
    amount: Floats,
    prices: Floats,
    tolls: Floats,
) -> None:
    """What entering each stretch costs by prices in the steps from `begin` to before `end`, put into `tolls`.

    first : int64[n_stretches + 1]; family, offset : int64[n_uses]; amount : float64[n_uses]
    prices : float64[n_families, n_steps]; tolls : float64[n_steps, n_stretches]
    """
    n_steps, n = len(tolls), len(first) - 1
    total = np.empty(_AT_ONCE)
    for block in range(begin, end, _AT_ONCE):
        size = min(_AT_ONCE, end - block)
        for s in range(n):
            total[:size] = 0.0
            for i in range(first[s], first[s + 1]):
                f, a, at = family[i], amount[i], block + offset[i]
                for j in range(max(0, -at), min(size, n_steps - at)):
                    total[j] += a * prices[f, at + j]
            for j in range(size):
                tolls[block + j, s] = total[j]


@_njit(cache=True)
def used_by(n_families: int, first: Ints, family: Ints, offset: Ints, amount: Floats, flow: Floats) -> Floats:
    """What flows through stretches use: float64[n_families, n_steps].

    flow : float64[n_stretches, n_steps]
    """
    n_steps = flow.shape[1]
    used = np.zeros((n_families, n_steps))
    for s in range(len(first) - 1):
        for i in range(first[s], first[s + 1]):
            f, o, a = family[i], offset[i], amount[i]
            for k in range(max(0, -o), min(n_steps, n_steps - o)):
                used[f, k + o] += a * flow[s, k]
    return used


@_njit(cache=True)
def _softened(x: Floats, n: int, spread_h: float) -> Any:
    """What n choices are worth together, at least the cheapest's less what there being several saves."""
    least: Any = _FAR
    for i in range(n):
        least = min(least, x[i])
    if n < 2:
        return least
    total = 0.0
    for i in range(n):
        over = (x[i] - least) / spread_h
        if over < _SMALL:
            total += exp(-over)
    return least - spread_h * log(total)


def worths(spread_h: float, choices: Choices) -> tuple[Floats, Floats]:
    """Backward: what it costs from each terminal, and from home, when people spread over their ways.

    spread_h : what a way may cost more than another and still be taken by e⁻¹ as many; → 0 is the cheapest
    returns : float64[n_groups, n_steps + 1, MOST_QUICK + 1, n_terminals], by how many quick stretches have
        been taken in this step already; float64[n_steps + 1, n_commodities]

    Logit loading: Dial, R. (1971), A probabilistic multipath traffic assignment model, Transp. Res. 5(2).
    """
    n_steps, n_groups = len(choices.host_price), len(choices.need)
    there = np.full((n_groups, n_steps + 1, MOST_QUICK + 1, len(choices.quick_first)), _FAR)
    at_home = np.full((n_steps + 1, len(choices.group)), choices.left_cost)
    worths_between(0, n_steps, spread_h, choices, there, at_home)
    return there, at_home


@_njit(cache=True)
def worths_between(
    begin: int, end: int, spread_h: float, choices: Choices, there: Floats, at_home: Floats
) -> None:
    """As `worths`, of the steps from `begin` to before `end`, from what is there for later ones."""
    n_terminals = len(choices.quick_first)
    n_groups = len(choices.need)
    out_first, quick_first, out, head = choices.out_first, choices.quick_first, choices.out, choices.head
    length, cost, tolls, seats = choices.length, choices.cost, choices.tolls, choices.seats
    x = np.empty(100_000)
    for k in range(end - 1, begin - 1, -1):
        for g in range(n_groups):
            who = choices.need[g]
            for t in range(n_terminals):
                n = 0
                for i in range(choices.host_first[t], choices.host_first[t + 1]):
                    h = choices.hosts[i]
                    if choices.accepts[g, h] and choices.host_price[k, h] < _NONE:
                        x[n] = choices.host_price[k, h]
                        n += 1
                if there[g, k + 1, 0, t] < _NONE:
                    x[n] = choices.terminal_wait[who, k, t] + there[g, k + 1, 0, t]
                    n += 1
                for i in range(out_first[t], quick_first[t]):
                    s = out[i]
                    if cost[g, k, s] >= _NONE:
                        continue
                    onward = there[g, k + length[s], 0, head[s]]
                    if onward < _NONE:
                        x[n] = cost[g, k, s] + seats[g, s] * tolls[k, s] + onward
                        n += 1
                there[g, k, MOST_QUICK, t] = _softened(x, n, spread_h)
            for taken in range(MOST_QUICK - 1, -1, -1):
                for t in range(n_terminals):
                    x[0] = there[g, k, MOST_QUICK, t]
                    n = 1
                    for i in range(quick_first[t], out_first[t + 1]):
                        s = out[i]
                        if cost[g, k, s] >= _NONE:
                            continue
                        onward = there[g, k, taken + 1, head[s]]
                        if onward < _NONE:
                            x[n] = cost[g, k, s] + seats[g, s] * tolls[k, s] + onward
                            n += 1
                    there[g, k, taken, t] = _softened(x, n, spread_h)
        for c in range(len(choices.group)):
            g = choices.group[c]
            x[0] = choices.home_wait[k, c] + at_home[k + 1, c]
            x[1] = there[g, k, 0, choices.home[c]]
            n = 2
            for i in range(choices.car_first[c], choices.car_first[c + 1]):
                s = choices.cars[i]
                if cost[g, k, s] < _NONE:
                    onward = choices.host_price[k + length[s], choices.car_host[i]]
                    if onward < _NONE:
                        x[n] = cost[g, k, s] + tolls[k, s] + onward
                        n += 1
            at_home[k, c] = _softened(x, n, spread_h)


@_njit(cache=True)
def spread(
    spread_h: float, choices: Choices, there: Floats, at_home: Floats, newly_ready: Floats
) -> tuple[Floats, Floats, Floats]:
    """Forward: how many go by each stretch in each step, given what `worths` returned.

    newly_ready : float64[n_steps, n_commodities]
    returns : flow float64[n_steps, n_stretches], in seats on stretches that take seats; arrived
        float64[n_steps, n_hosts]; staying float64[n_commodities]
    """
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.quick_first)
    n_groups = len(choices.need)
    out_first, quick_first, out, head = choices.out_first, choices.quick_first, choices.out, choices.head
    length, cost, tolls, seats = choices.length, choices.cost, choices.tolls, choices.seats
    flow = np.zeros(tolls.shape)
    arrived = np.zeros(choices.host_price.shape)
    on_foot = np.zeros((n_groups, n_steps + 1, n_terminals))
    quick = np.zeros((MOST_QUICK + 1, n_terminals))
    at = np.zeros(len(choices.group))
    for k in range(n_steps):
        for c in range(len(choices.group)):
            at[c] += newly_ready[k, c]
            many = at[c]
            if many < _NOBODY:
                continue
            g = choices.group[c]
            here = at_home[k, c]
            over = (choices.home_wait[k, c] + at_home[k + 1, c] - here) / spread_h
            at[c] = many * exp(-over) if over < _SMALL else 0.0
            over = (there[g, k, 0, choices.home[c]] - here) / spread_h
            if over < _SMALL:
                on_foot[g, k, choices.home[c]] += many * exp(-over)
            for i in range(choices.car_first[c], choices.car_first[c + 1]):
                s = choices.cars[i]
                if cost[g, k, s] < _NONE:
                    onward = choices.host_price[k + length[s], choices.car_host[i]]
                    over = (cost[g, k, s] + tolls[k, s] + onward - here) / spread_h
                    if onward < _NONE and over < _SMALL:
                        share = many * exp(-over)
                        flow[k, s] += share
                        arrived[k + length[s], choices.car_host[i]] += share
        for g in range(n_groups):
            who = choices.need[g]
            quick[0] = on_foot[g, k]
            quick[1:] = 0.0
            for taken in range(MOST_QUICK):
                for t in range(n_terminals):
                    many = quick[taken, t]
                    if many < _NOBODY:
                        continue
                    here = there[g, k, taken, t]
                    over = (there[g, k, MOST_QUICK, t] - here) / spread_h
                    quick[taken, t] = 0.0
                    if over < _SMALL:
                        quick[MOST_QUICK, t] += many * exp(-over)
                    for i in range(quick_first[t], out_first[t + 1]):
                        s = out[i]
                        if cost[g, k, s] >= _NONE:
                            continue
                        onward = there[g, k, taken + 1, head[s]]
                        over = (cost[g, k, s] + seats[g, s] * tolls[k, s] + onward - here) / spread_h
                        if over < _SMALL:
                            share = many * exp(-over)
                            flow[k, s] += share * seats[g, s]
                            quick[taken + 1, head[s]] += share
            for t in range(n_terminals):
                many = quick[MOST_QUICK, t]
                if many < _NOBODY:
                    continue
                here = there[g, k, MOST_QUICK, t]
                for i in range(choices.host_first[t], choices.host_first[t + 1]):
                    h = choices.hosts[i]
                    over = (choices.host_price[k, h] - here) / spread_h
                    if choices.accepts[g, h] and over < _SMALL:
                        arrived[k, h] += many * exp(-over)
                over = (choices.terminal_wait[who, k, t] + there[g, k + 1, 0, t] - here) / spread_h
                if over < _SMALL:
                    on_foot[g, k + 1, t] += many * exp(-over)
                for i in range(out_first[t], quick_first[t]):
                    s = out[i]
                    if cost[g, k, s] >= _NONE:
                        continue
                    onward = there[g, k + length[s], 0, head[s]]
                    over = (cost[g, k, s] + seats[g, s] * tolls[k, s] + onward - here) / spread_h
                    if over < _SMALL:
                        share = many * exp(-over)
                        flow[k, s] += share * seats[g, s]
                        on_foot[g, k + length[s], head[s]] += share
    return flow, arrived, at
