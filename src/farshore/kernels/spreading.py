"""People spread over their ways by what the ways cost: the cheaper, the more; and what a place is worth then.

A price that clears such a spread changes smoothly, where the cheapest way alone jumps from one to another.
"""

from math import exp, log
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["spread", "tolled", "used_by", "worths"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_FAR = 1e15
_NONE = 1e14
_SMALL = 18.0  # times the spread: what costs more is left out


@_njit(cache=True)
def tolled(n_steps: int, first: Ints, family: Ints, offset: Ints, amount: Floats, prices: Floats) -> Floats:
    """What entering each stretch costs by prices: float64[n_stretches, n_steps].

    first : int64[n_stretches + 1]; family, offset : int64[n_uses]; amount : float64[n_uses]
    prices : float64[n_families, n_steps]
    """
    n = len(first) - 1
    tolls = np.zeros((n, n_steps))
    for s in range(n):
        for i in range(first[s], first[s + 1]):
            f, o, a = family[i], offset[i], amount[i]
            for k in range(max(0, -o), min(n_steps, n_steps - o)):
                tolls[s, k] += a * prices[f, k + o]
    return tolls


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
def worths(
    spread_h: float,
    order: Ints,
    out_first: Ints,
    out: Ints,
    head: Ints,
    length: Ints,
    cost: Floats,
    tolls: Floats,
    seats: Ints,
    need: Ints,
    accepts: Flags,
    host_first: Ints,
    hosts: Ints,
    host_price: Floats,
    terminal_wait: Floats,
    group: Ints,
    home: Ints,
    home_wait: Floats,
    left_cost: float,
    car_first: Ints,
    cars: Ints,
    car_host: Ints,
) -> tuple[Floats, Floats]:
    """Backward: what it costs from each terminal, and from home, when people spread over their ways.

    spread_h : what a way may cost more than another and still be taken by e⁻¹ as many; → 0 is the cheapest
    order : int64[n_terminals], in which those of a step are worked out
    out : stretches on foot out of terminal t are out[out_first[t]:out_first[t + 1]]
    head, length : int64[n_stretches]; cost : float64[n_groups, n_steps, n_stretches], 10¹⁵ where closed
    tolls : float64[n_steps, n_stretches], of one seat; seats : int64[n_groups, n_stretches]
    need : int64[n_groups]; accepts : bool[n_groups, n_hosts]
    hosts : those at terminal t are hosts[host_first[t]:host_first[t + 1]]
    host_price : float64[n_steps, n_hosts], 10¹⁵ where nobody is taken in
    terminal_wait : float64[n_needs, n_steps, n_terminals]
    group, home : int64[n_commodities], home a terminal; home_wait : float64[n_steps, n_commodities]
    cars : stretches by car open to commodity c are cars[car_first[c]:car_first[c + 1]]; car_host : their ends
    returns : float64[n_groups, n_steps + 1, n_terminals], float64[n_steps + 1, n_commodities]

    Logit loading: Dial, R. (1971), A probabilistic multipath traffic assignment model, Transp. Res. 5(2).
    """
    n_steps = host_price.shape[0]
    n_groups, n_terminals = len(need), len(order)
    there = np.full((n_groups, n_steps + 1, n_terminals), _FAR)
    at_home = np.full((n_steps + 1, len(group)), left_cost)
    x = np.empty(100_000)
    for k in range(n_steps - 1, -1, -1):
        for g in range(n_groups):
            who = need[g]
            for t in order:
                n, least = 0, _FAR
                for i in range(host_first[t], host_first[t + 1]):
                    if accepts[g, hosts[i]] and host_price[k, hosts[i]] < _NONE:
                        x[n] = host_price[k, hosts[i]]
                        least = min(least, x[n])
                        n += 1
                if there[g, k + 1, t] < _NONE:
                    x[n] = terminal_wait[who, k, t] + there[g, k + 1, t]
                    least = min(least, x[n])
                    n += 1
                for i in range(out_first[t], out_first[t + 1]):
                    s = out[i]
                    if cost[g, k, s] >= _NONE:
                        continue
                    onward = there[g, k + length[s], head[s]]
                    if onward < _NONE:
                        x[n] = cost[g, k, s] + seats[g, s] * tolls[k, s] + onward
                        least = min(least, x[n])
                        n += 1
                if n > 0:
                    total = 0.0
                    for i in range(n):
                        over = (x[i] - least) / spread_h
                        if over < _SMALL:
                            total += exp(-over)
                    there[g, k, t] = least - spread_h * log(total)
        for c in range(len(group)):
            g = group[c]
            x[0] = home_wait[k, c] + at_home[k + 1, c]
            least = x[0]
            n = 1
            if there[g, k, home[c]] < _NONE:
                x[1] = there[g, k, home[c]]
                least = min(least, x[1])
                n = 2
            for i in range(car_first[c], car_first[c + 1]):
                s = cars[i]
                if cost[g, k, s] < _NONE:
                    onward = host_price[k + length[s], car_host[i]]
                    if onward < _NONE:
                        x[n] = cost[g, k, s] + tolls[k, s] + onward
                        least = min(least, x[n])
                        n += 1
            total = 0.0
            for i in range(n):
                over = (x[i] - least) / spread_h
                if over < _SMALL:
                    total += exp(-over)
            at_home[k, c] = least - spread_h * log(total)
    return there, at_home


@_njit(cache=True)
def spread(
    spread_h: float,
    order: Ints,
    out_first: Ints,
    out: Ints,
    head: Ints,
    length: Ints,
    cost: Floats,
    tolls: Floats,
    seats: Ints,
    need: Ints,
    accepts: Flags,
    host_first: Ints,
    hosts: Ints,
    host_price: Floats,
    terminal_wait: Floats,
    group: Ints,
    home: Ints,
    home_wait: Floats,
    left_cost: float,
    car_first: Ints,
    cars: Ints,
    car_host: Ints,
    there: Floats,
    at_home: Floats,
    newly_ready: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Forward: how many go by each stretch in each step, given what `worths` returned.

    newly_ready : float64[n_steps, n_commodities]
    returns : flow float64[n_steps, n_stretches], in seats on stretches that take seats; arrived
        float64[n_steps, n_hosts]; staying float64[n_commodities]
    """
    n_steps = host_price.shape[0]
    n_groups, n_terminals = len(need), len(order)
    flow = np.zeros(tolls.shape)
    arrived = np.zeros(host_price.shape)
    on_foot = np.zeros((n_groups, n_steps + 1, n_terminals))
    at = np.zeros(len(group))
    for k in range(n_steps):
        for c in range(len(group)):
            at[c] += newly_ready[k, c]
            many = at[c]
            if many < 1e-9:
                continue
            g = group[c]
            here = at_home[k, c]
            over = (home_wait[k, c] + at_home[k + 1, c] - here) / spread_h
            at[c] = many * exp(-over) if over < _SMALL else 0.0
            if there[g, k, home[c]] < _NONE:
                over = (there[g, k, home[c]] - here) / spread_h
                if over < _SMALL:
                    on_foot[g, k, home[c]] += many * exp(-over)
            for i in range(car_first[c], car_first[c + 1]):
                s = cars[i]
                if cost[g, k, s] < _NONE:
                    onward = host_price[k + length[s], car_host[i]]
                    over = (cost[g, k, s] + tolls[k, s] + onward - here) / spread_h
                    if onward < _NONE and over < _SMALL:
                        share = many * exp(-over)
                        flow[k, s] += share
                        arrived[k + length[s], car_host[i]] += share
        for g in range(n_groups):
            who = need[g]
            for j in range(n_terminals - 1, -1, -1):
                t = order[j]
                many = on_foot[g, k, t]
                if many < 1e-9:
                    continue
                here = there[g, k, t]
                for i in range(host_first[t], host_first[t + 1]):
                    h = hosts[i]
                    over = (host_price[k, h] - here) / spread_h
                    if accepts[g, h] and over < _SMALL:
                        arrived[k, h] += many * exp(-over)
                over = (terminal_wait[who, k, t] + there[g, k + 1, t] - here) / spread_h
                if over < _SMALL:
                    on_foot[g, k + 1, t] += many * exp(-over)
                for i in range(out_first[t], out_first[t + 1]):
                    s = out[i]
                    if cost[g, k, s] >= _NONE:
                        continue
                    onward = there[g, k + length[s], head[s]]
                    over = (cost[g, k, s] + seats[g, s] * tolls[k, s] + onward - here) / spread_h
                    if over < _SMALL:
                        share = many * exp(-over)
                        flow[k, s] += share * seats[g, s]
                        on_foot[g, k + length[s], head[s]] += share
    return flow, arrived, at
