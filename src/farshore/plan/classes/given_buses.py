"""Everybody anew beside the buses that a plan sends: the best there is, by a linear program over ways near the cheapest.

Which buses go, and who goes when, are hard to choose together and easy apart: with the buses as they are, people
are a flow, in whole numbers but for a few.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from farshore.kernels.following import follow
from farshore.kernels.near_ways import BOARDS, BY_CAR, HOME_WAITS, HOSTED, RIDES, WAITS, Moves, near_ways
from farshore.kernels.placements import Placements, put_back
from farshore.kernels.pouring import Rooms, take
from farshore.kernels.spreading import Choices, worths
from farshore.kernels.use_runs import tolls_by_runs
from farshore.plan.classes.frame import CLOSED, Frame, Uses, relisted
from farshore.plan.classes.market import Market
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pour import rooms_of
from farshore.plan.classes.spread import Spreader
from farshore.plan.linear import least_cost
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["settled"]

Floats = npt.NDArray[np.float64]

_WIDTHS: Final = ((0.01, 60), (0.003, 80), (0.001, 100))  # how far people spread, and looks at the prices
_OVER: Final = (1.0, 0.3, 0.1, 0.05)  # of what one costs, that ways may cost more than the cheapest
_MOST_MOVES: Final = 300_000
_HARD_H: Final = 1e-6


def settled(
    problem: ClassProblem,
    spreader: Spreader,
    placements: Placements,
    scale_h: float,
    *,
    over: Callable[[], bool],
    seconds: float | None,
) -> Placements | None:
    """Placements of whole people beside the same buses; who finds no room then is in none. None if it takes too long.

    scale_h : what one person costs at least; over : whether there is no time left
    seconds : that there are for the linear program; None for as many as it takes
    """
    before = rooms_of(problem, spreader.patterns)
    none = np.zeros((0, 0))
    put_back(placements, np.arange(len(placements.people)), spreader.choices(none, none), before)
    rooms = _with_trips(problem, spreader, before.trips)
    frame = _frame_with(spreader, rooms)
    active = np.concatenate([spreader.active, before.trips.any(axis=1)])
    active[frame.fleets : frame.fleets + len(spreader.frame.days)] = False
    market = Market(frame, active)
    live = _first_prices(spreader, market)
    for width, most in _WIDTHS:
        live = market.climb(live, width * scale_h, most, over)
    prices, host_price = market.added(*market.parts(live))
    tolls = tolls_by_runs(market.uses.runs(spreader.known), prices)
    choices = frame.choices._replace(tolls=tolls, host_price=host_price)
    there, at_home = worths(_HARD_H, choices)
    for share in _OVER:
        moves = near_ways(share * scale_h, choices, there, at_home, frame.ready)
        if len(moves.kind) <= _MOST_MOVES:
            break
    if over():
        return None
    flow = _best_flow(moves, market, choices, rooms, spreader.patterns.bus_of, seconds)
    if flow is None:
        return None
    goes = (flow > _HARD_H) & (moves.kind != WAITS) & (moves.kind != HOME_WAITS)
    some = Moves(*(column[goes] for column in moves))
    return follow(some, flow[goes], choices, problem.people.newly_ready, rooms)


def _with_trips(problem: ClassProblem, spreader: Spreader, trips: Ints) -> Rooms:
    """All the room there is beside so many buses, which are empty; no other goes."""
    rooms, patterns = rooms_of(problem, spreader.patterns), spreader.patterns
    for stretch in np.flatnonzero(patterns.bus_of >= 0).tolist():
        bus = int(patterns.bus_of[stretch])
        for k in np.flatnonzero(trips[bus]).tolist():
            take(rooms, stretch, k, int(trips[bus, k] * rooms.fleet_seats[bus]), 1)
    rooms.seats_left[:] = trips * rooms.fleet_seats[:, None]
    rooms.assisted_left[:] = trips * rooms.per_trip[:, None]
    rooms.left[rooms.fleet_first : rooms.fleet_end] = 0
    return rooms


def _frame_with(spreader: Spreader, rooms: Rooms) -> Frame:
    """The frame beside the buses that go: a family more for the seats of each ride, none is asked of fleets."""
    frame, bus_of = spreader.frame, spreader.patterns.bus_of
    rides = np.flatnonzero(bus_of >= 0)
    by_bus = rides[np.argsort(bus_of[rides])]
    n_families, uses = len(frame.families), frame.uses
    others = uses.of(bus_of[uses.stretch] < 0)
    stretch = np.concatenate([others.stretch, by_bus])
    order = np.argsort(stretch, kind="stable")
    seats = Uses(
        stretch[order],
        np.concatenate([others.family, n_families + np.arange(len(by_bus))])[order],
        np.concatenate([others.offset, np.zeros_like(by_bus)])[order],
        np.concatenate([others.amount, np.ones(len(by_bus))])[order],
    )
    left = rooms.left[: frame.families.size].reshape(frame.families.shape).astype(np.float64)
    cost = frame.choices.cost.copy()
    cost[:, :, by_bus] = np.where(rooms.trips.T > 0, cost[:, :, by_bus], CLOSED)
    return replace(
        frame,
        choices=relisted(frame.choices._replace(cost=cost)),
        uses=seats,
        families=np.concatenate([left, rooms.seats_left.astype(np.float64)]),
        days=np.zeros((0, frame.days.shape[1])),
    )


def _first_prices(spreader: Spreader, market: Market) -> Floats:
    """The prices known for what both have, 0 for seats."""
    families, intake, beds, _ = spreader.market.parts(spreader.live)
    known = np.zeros_like(market.frame.families)
    known[spreader.market.rows] = families
    return np.where(
        market.counts, np.concatenate([known[market.rows].ravel(), intake.ravel(), beds.ravel()]), 0.0
    )


def _best_flow(
    moves: Moves, market: Market, choices: Choices, rooms: Rooms, bus_of: Ints, seconds: float | None
) -> Floats | None:
    """How many people make each move in the best of all plans of these moves: float64[n_moves]."""
    frame = market.frame
    n_steps, n_moves = market.n_steps, len(moves.kind)
    kind, who, step, what = moves.kind, moves.who, moves.step, moves.what
    number = np.arange(n_moves)
    cost = moves.cost.copy()
    n_commodities, n_terminals = frame.ready.shape[1], len(choices.quick_first)

    def home(which: Ints, after: int = 0) -> Ints:
        return who[which] * n_steps + step[which] + after

    def foot(group: Ints, k: Ints, t: Ints) -> Ints:
        return n_commodities * n_steps + (group * n_steps + k) * n_terminals + t

    of = [np.flatnonzero(kind == one) for one in range(6)]
    last = step == n_steps - 1
    cost[last & ((kind == HOME_WAITS) | (kind == WAITS))] += choices.left_cost
    goes_on = [of[HOME_WAITS][~last[of[HOME_WAITS]]], of[WAITS][~last[of[WAITS]]]]
    rides, boards, hosted = of[RIDES], of[BOARDS], of[HOSTED]
    at_home = np.concatenate([of[HOME_WAITS], boards, of[BY_CAR]])
    on_foot = np.concatenate([hosted, of[WAITS], rides])
    out_of = np.concatenate([home(at_home), foot(who[on_foot], step[on_foot], moves.at[on_foot])])
    into = np.concatenate(
        [
            home(goes_on[0], 1),
            foot(choices.group[who[boards]], step[boards], moves.at[boards]),
            foot(who[goes_on[1]], step[goes_on[1]] + 1, moves.at[goes_on[1]]),
            foot(who[rides], step[rides] + choices.length[what[rides]], choices.head[what[rides]]),
        ]
    )
    goers, comers = (
        np.concatenate([at_home, on_foot]),
        np.concatenate([goes_on[0], boards, goes_on[1], rides]),
    )
    supply = np.zeros(n_commodities * n_steps + len(choices.need) * n_steps * n_terminals)
    supply[: n_commodities * n_steps] = frame.ready.T.ravel()
    nodes = np.unique(np.concatenate([out_of, into, np.flatnonzero(supply)]))
    # What is used: by cars and stretches, hosts in a step, and beds; seats for assisted riders.
    cars = of[BY_CAR]
    by, on = np.concatenate([cars, rides]), np.concatenate([choices.cars[what[cars]], what[rides]])
    seats = np.concatenate([np.ones(len(cars)), choices.seats[who[rides], what[rides]]])
    uses = market.uses
    first = np.searchsorted(uses.stretch, on)
    size = np.searchsorted(uses.stretch, on + 1) - first
    whose = np.repeat(np.arange(len(on)), size)
    each = np.arange(len(whose)) - np.repeat(np.cumsum(size) - size, size) + first[whose]
    when = step[by[whose]] + uses.offset[each]
    inside = (when >= 0) & (when < n_steps)
    whose, each, when = whose[inside], each[inside], when[inside]
    ends = np.concatenate([cars, hosted])
    host = np.concatenate([choices.car_host[what[cars]], what[hosted]])
    arrival = np.concatenate([step[cars] + choices.length[choices.cars[what[cars]]], step[hosted]])
    at_hosts = len(market.rows) * n_steps
    at_beds = at_hosts + frame.intake.size
    assisted = rides[(bus_of[what[rides]] >= 0) & (choices.seats[who[rides], what[rides]] > 1)]
    row = np.concatenate(
        [
            uses.family[each] * n_steps + when,
            at_hosts + host * n_steps + arrival,
            at_beds + host,
            len(market.room) + bus_of[what[assisted]] * n_steps + step[assisted],
        ]
    )
    column = np.concatenate([by[whose], ends, ends, assisted])
    amount = np.concatenate([uses.amount[each] * seats[whose], np.ones(2 * len(ends) + len(assisted))])
    room = np.concatenate([market.room, rooms.assisted_left.ravel().astype(np.float64)])
    limited = room[row] < UNLIMITED
    row, column, amount = row[limited], column[limited], amount[limited]
    limits = np.unique(row)
    matrix = csr_array(
        (
            np.concatenate([np.ones(len(goers)), -np.ones(len(comers)), amount]),
            (
                np.concatenate(
                    [
                        np.searchsorted(nodes, out_of),
                        np.searchsorted(nodes, into),
                        len(nodes) + np.searchsorted(limits, row),
                    ]
                ),
                np.concatenate([number[goers], comers, column]),
            ),
        ),
        shape=(len(nodes) + len(limits), n_moves),
    )
    lower = np.concatenate([supply[nodes], np.full(len(limits), -np.inf)])
    return least_cost(cost, matrix, lower, np.concatenate([supply[nodes], room[limits]]), seconds)
