"""People spread over their ways by what the ways cost: the cheaper, the more; and what a place is worth then.

A price that clears such a spread changes smoothly, where the cheapest way alone jumps from one to another.
"""

from math import exp, log
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.executor.abreast import abreast

__all__ = ["MOST_QUICK", "Choices", "Loading", "Open", "spread", "tolled", "worths", "worths_between"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_FAR = 1e15
_NONE = 1e14
_SMALL = 12.0  # times the spread: what costs more is left out
_NOBODY = 1e-9
_AT_ONCE = 16  # steps
_APART = 8 * _AT_ONCE  # steps of a piece that is worked out by itself
_FLOWS = 4  # that people spread into side by side, each of some groups
MOST_QUICK = 4  # stretches that take no step, one after the other in one step


class Open(NamedTuple):
    """What is open in each step: of what belongs to row i, which[first[k, i]:first[k, i + 1]] in step k.

    first : int64[n_steps, n_rows + 1]; which : int64[n]
    """

    first: Ints
    which: Ints


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
    slow, quick : stretches open out of each terminal that take a step or more, and none
    by_car : places in `cars` that are open to each commodity
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
    slow: Open
    quick: Open
    by_car: Open


def tolled(
    begin: int, end: int, uses: tuple[Ints, Ints, Ints, Floats], prices: Floats, tolls: Floats
) -> None:
    """What entering each stretch costs by prices in the steps from `begin` to before `end`, put into `tolls`.

    uses : first int64[n_stretches + 1]; family, offset int64[n_uses]; amount float64[n_uses]
    prices : float64[n_families, n_steps]; tolls : float64[n_steps, n_stretches]
    """
    abreast(
        lambda at: _tolled(at, min(at + _APART, end), uses, prices, tolls),
        range(begin, end, _APART),
    )


@_njit(cache=True, nogil=True)
def _tolled(begin: int, end: int, uses: tuple[Any, ...], prices: Floats, tolls: Floats) -> None:
    first, family, offset, amount = uses
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


@_njit(cache=True, inline="always")
def _softened(x: Floats, n: int, least: Any, spread_h: float) -> Any:
    """What n choices are worth together: the cheapest, `least`, less what there being several saves."""
    if n < 2 or least >= _NONE:
        return least
    total, most = 0.0, least + _SMALL * spread_h
    for i in range(n):
        if x[i] < most:
            total += exp((least - x[i]) / spread_h)
    return least - spread_h * log(total)


def worths(spread_h: float, choices: Choices) -> tuple[Floats, Floats]:
    """Backward: what it costs from each terminal, and from home, when people spread over their ways.

    spread_h : what a way may cost more than another and still be taken by e⁻¹ as many; → 0 is the cheapest
    returns : float64[n_groups, n_steps + 1, MOST_QUICK + 1, n_terminals], by how many quick stretches have
        been taken in this step already; float64[n_steps + 1, n_commodities]

    Logit loading: Dial, R. (1971), A probabilistic multipath traffic assignment model, Transp. Res. 5(2).
    """
    n_steps, n_groups = len(choices.host_price), len(choices.need)
    there = np.full((n_groups, n_steps + 1, MOST_QUICK + 1, len(choices.host_first) - 1), _FAR)
    at_home = np.full((n_steps + 1, len(choices.group)), choices.left_cost)
    worths_between(0, n_steps, spread_h, choices, there, at_home)
    return there, at_home


def worths_between(
    begin: int, end: int, spread_h: float, choices: Choices, there: Floats, at_home: Floats
) -> None:
    """As `worths`, of the steps from `begin` to before `end`, from what is there for later ones."""
    abreast(
        lambda g: _worths_of(g, begin, end, spread_h, choices, there[g], at_home),
        range(len(choices.need)),
    )


@_njit(cache=True, nogil=True)
def _worths_of(
    g: int, begin: int, end: int, spread_h: float, choices: Choices, there: Floats, at_home: Floats
) -> None:
    """As `worths_between`, for one group; there : its own."""
    n_terminals = len(choices.host_first) - 1
    who, seats = choices.need[g], choices.seats[g]
    slow, quick, by_car = choices.slow, choices.quick, choices.by_car
    length, head = choices.length, choices.head
    x = np.empty(100_000)
    for k in range(end - 1, begin - 1, -1):
        cost, toll, host_price = choices.cost[g, k], choices.tolls[k], choices.host_price[k]
        for t in range(n_terminals):
            least: Any = choices.terminal_wait[who, k, t] + there[k + 1, 0, t]
            x[0] = least
            n = 1
            for i in range(choices.host_first[t], choices.host_first[t + 1]):
                h = choices.hosts[i]
                if choices.accepts[g, h]:
                    x[n] = host_price[h]
                    least = min(least, x[n])
                    n += 1
            for i in range(slow.first[k, t], slow.first[k, t + 1]):
                s = slow.which[i]
                over = cost[s] + seats[s] * toll[s] + there[k + length[s], 0, head[s]]
                if over < least + _SMALL * spread_h:
                    x[n] = over
                    least = min(least, over)
                    n += 1
            there[k, :, t] = _softened(x, n, least, spread_h)
        for taken in range(MOST_QUICK - 1, -1, -1):
            for t in range(n_terminals):
                if quick.first[k, t] == quick.first[k, t + 1]:
                    continue
                least = there[k, MOST_QUICK, t]
                x[0] = least
                n = 1
                for i in range(quick.first[k, t], quick.first[k, t + 1]):
                    s = quick.which[i]
                    over = cost[s] + seats[s] * toll[s] + there[k, taken + 1, head[s]]
                    if over < least + _SMALL * spread_h:
                        x[n] = over
                        least = min(least, over)
                        n += 1
                there[k, taken, t] = _softened(x, n, least, spread_h)
        for c in range(len(choices.group)):
            if choices.group[c] != g:
                continue
            x[0] = choices.home_wait[k, c] + at_home[k + 1, c]
            x[1] = there[k, 0, choices.home[c]]
            least = min(x[0], x[1])
            n = 2
            for i in range(by_car.first[k, c], by_car.first[k, c + 1]):
                j = by_car.which[i]
                s = choices.cars[j]
                over = cost[s] + toll[s] + choices.host_price[k + length[s], choices.car_host[j]]
                if over < least + _SMALL * spread_h:
                    x[n] = over
                    least = min(least, over)
                    n += 1
            at_home[k, c] = _softened(x, n, least, spread_h)


class Loading(NamedTuple):
    """How people spread.

    at_home : float64[n_steps + 1, n_commodities], as `worths` returns it
    flow : float64[n_flows, n_steps, n_stretches], how many go by each stretch in each step, to be summed; in
        seats on stretches that take seats
    arrived : float64[n_steps, n_hosts]
    """

    at_home: Floats
    flow: Floats
    arrived: Floats


def spread(spread_h: float, choices: Choices, newly_ready: Floats) -> Loading:
    """Everybody over their ways by what these are worth: backward as `worths`, then forward.

    newly_ready : float64[n_steps, n_commodities]
    """
    n_steps, n_groups = len(choices.host_price), len(choices.need)
    n_flows = min(n_groups, _FLOWS)
    at_home = np.full((n_steps + 1, len(choices.group)), choices.left_cost)
    flow = np.zeros((n_flows, *choices.tolls.shape))
    arrived = np.zeros((n_flows, *choices.host_price.shape))

    def load(part: int) -> None:
        there = np.empty((n_steps + 1, MOST_QUICK + 1, len(choices.host_first) - 1))
        for g in range(part, n_groups, n_flows):
            there[n_steps] = _FAR
            _worths_of(g, 0, n_steps, spread_h, choices, there, at_home)
            _flow_of(g, spread_h, choices, there, at_home, newly_ready, flow[part], arrived[part])

    abreast(load, range(n_flows))
    return Loading(at_home, flow, arrived.sum(axis=0))


@_njit(cache=True, nogil=True)
def _flow_of(
    g: int,
    spread_h: float,
    choices: Choices,
    there: Floats,
    at_home: Floats,
    newly_ready: Floats,
    flow: Floats,
    arrived: Floats,
) -> None:
    """Forward, one group: added to `flow` and `arrived`."""
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.host_first) - 1
    who, seats = choices.need[g], choices.seats[g]
    slow, quick, by_car = choices.slow, choices.quick, choices.by_car
    length, head = choices.length, choices.head
    on_foot = np.zeros((n_steps + 1, n_terminals))
    now = np.zeros((MOST_QUICK + 1, n_terminals))
    at = np.zeros(len(choices.group))
    far = _SMALL * spread_h
    for k in range(n_steps):
        cost, toll = choices.cost[g, k], choices.tolls[k]
        for c in range(len(choices.group)):
            if choices.group[c] != g:
                continue
            at[c] += newly_ready[k, c]
            many = at[c]
            if many < _NOBODY:
                continue
            here = at_home[k, c]
            over = choices.home_wait[k, c] + at_home[k + 1, c] - here
            at[c] = many * exp(-over / spread_h) if over < far else 0.0
            over = there[k, 0, choices.home[c]] - here
            if over < far:
                on_foot[k, choices.home[c]] += many * exp(-over / spread_h)
            for i in range(by_car.first[k, c], by_car.first[k, c + 1]):
                j = by_car.which[i]
                s, h = choices.cars[j], choices.car_host[j]
                over = cost[s] + toll[s] + choices.host_price[k + length[s], h] - here
                if over < far:
                    share = many * exp(-over / spread_h)
                    flow[k, s] += share
                    arrived[k + length[s], h] += share
        now[0] = on_foot[k]
        now[1:] = 0.0
        for taken in range(MOST_QUICK):
            for t in range(n_terminals):
                many = now[taken, t]
                if many < _NOBODY:
                    continue
                here = there[k, taken, t]
                over = there[k, MOST_QUICK, t] - here
                if over < far:
                    now[MOST_QUICK, t] += many * exp(-over / spread_h)
                for i in range(quick.first[k, t], quick.first[k, t + 1]):
                    s = quick.which[i]
                    over = cost[s] + seats[s] * toll[s] + there[k, taken + 1, head[s]] - here
                    if over < far:
                        share = many * exp(-over / spread_h)
                        flow[k, s] += share * seats[s]
                        now[taken + 1, head[s]] += share
        for t in range(n_terminals):
            many = now[MOST_QUICK, t]
            if many < _NOBODY:
                continue
            here = there[k, MOST_QUICK, t]
            for i in range(choices.host_first[t], choices.host_first[t + 1]):
                h = choices.hosts[i]
                over = choices.host_price[k, h] - here
                if choices.accepts[g, h] and over < far:
                    arrived[k, h] += many * exp(-over / spread_h)
            over = choices.terminal_wait[who, k, t] + there[k + 1, 0, t] - here
            if over < far:
                on_foot[k + 1, t] += many * exp(-over / spread_h)
            for i in range(slow.first[k, t], slow.first[k, t + 1]):
                s = slow.which[i]
                over = cost[s] + seats[s] * toll[s] + there[k + length[s], 0, head[s]] - here
                if over < far:
                    share = many * exp(-over / spread_h)
                    flow[k, s] += share * seats[s]
                    on_foot[k + length[s], head[s]] += share
