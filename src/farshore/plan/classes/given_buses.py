"""Everybody anew beside the buses that a plan sends: the best there is over ways near the cheapest.

Which buses go, and who goes when, are hard to choose together and easy apart: beside given buses people are
a flow, in whole numbers but for a few.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.following import follow
from farshore.kernels.near_ways import (
    BOARDS,
    BY_CAR,
    HOME_WAITS,
    WAITS,
    Moves,
    moves_of,
    near_ways,
    some_of,
    together,
)
from farshore.kernels.placements import Placements, put_back, who_waits
from farshore.kernels.pouring import Rooms, take
from farshore.kernels.spreading import Choices, worths
from farshore.plan.classes.flow_program import Flow, best_flow, used_of
from farshore.plan.classes.frame import CLOSED, Frame, Uses, relisted
from farshore.plan.classes.market import Market
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pour import rooms_of
from farshore.plan.classes.spread import Spreader
from farshore.scenario.clock import Ints

__all__ = ["settled"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_WIDTHS: Final = ((0.01, 30), (0.003, 40), (0.001, 50))  # how far people spread, and looks at the prices
_OVER: Final = 100.0  # of what one costs, over the cheapest way: halved, so often, while there are more than
_HALVED: Final = 20
_MANY_MOVES: Final = 90_000  # beside those of staying at home
_MOST_MOVES: Final = 400_000
_GRAIN: Final = 3e-5  # of what one costs, added to each stretch: who may walk to and fro for nothing waits
_TURNS: Final = 2  # flows at most: the second where the first parts those who take several seats
_HARD_H: Final = 1e-6


def settled(
    problem: ClassProblem,
    spreader: Spreader,
    placements: Placements,
    scale_h: float,
    *,
    over: Callable[[], bool],
    seconds: Callable[[], float | None],
) -> Placements | None:
    """Placements of whole people beside the same buses, but for who finds no room; None if it takes too much.

    scale_h : what one person costs at least; over : whether there is no time left
    seconds : how many there are for a linear program; None for as many as it takes

    First those who take several seats of a bus, whom a flow likes to part to fill what no whole one fits in;
    then, by another flow beside them, who of these found no room, and the others.
    """
    before = rooms_of(problem, spreader.patterns)
    none = np.zeros((0, 0))
    put_back(placements, np.arange(len(placements.people)), spreader.choices(none, none), before)
    rooms = _with_trips(problem, spreader, before.trips)
    frame = _frame_with(spreader, rooms, _GRAIN * scale_h)
    active = np.concatenate([spreader.scarce, before.trips.any(axis=1)])
    active[frame.fleets : frame.fleets + len(spreader.frame.days)] = False
    market = Market(frame, active)
    live = _first_prices(spreader, market)
    for width, most in _WIDTHS:
        live = market.climb(live, width * scale_h, most, over)
    choices = market.priced(live)
    near = None if over() else _near(choices, frame.ready, scale_h)
    if near is None:
        return None
    moves = together(moves_of(placements, choices), near)
    beside = _Beside(frame, rooms, spreader.patterns.bus_of, active, moves, over, seconds)
    needy = _take_several(choices, rooms)
    theirs = needy[_group(moves, choices)]
    waiting = problem.people.newly_ready
    found: list[Placements] = []
    for turn in range(_TURNS):
        flow = beside.best_flow(waiting)
        if flow is None:
            return None
        found.append(beside.followed(some_of(moves, theirs), flow[theirs], waiting))
        waiting = _still_there(waiting, found[-1])
        if turn == _TURNS - 1 or _whole(flow[theirs]):
            found.append(beside.followed(some_of(moves, ~theirs), flow[~theirs], waiting))
            break
    return Placements(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _near(choices: Choices, ready: Floats, scale_h: float) -> Moves | None:
    """Moves on ways near the cheapest, the farther from it the fewer there are; None for too many."""
    if ready.size > _MOST_MOVES:
        return None
    there, at_home = worths(_HARD_H, choices)

    def near(halved: int) -> Moves:
        return near_ways(_OVER * scale_h / 2**halved, choices, there, at_home, ready)

    def few(halved: int) -> bool:
        return int((near(halved).kind != HOME_WAITS).sum()) <= _MANY_MOVES

    moves = near(bisect_left(range(_HALVED - 1), True, key=few))
    return moves if len(moves.kind) <= _MOST_MOVES else None


def _whole(flow: Floats) -> bool:
    """Whether nobody is parted."""
    return bool(np.all(abs(flow - np.rint(flow)) <= _HARD_H))


def _take_several(choices: Choices, rooms: Rooms) -> Flags:
    """Which groups take several seats of some bus: bool[n_groups]."""
    return np.asarray(np.any(choices.seats[:, rooms.bus_of >= 0] > 1, axis=1))


def _group(moves: Moves, choices: Choices) -> Ints:
    """Whose each move is: int64[n_moves]."""
    group = moves.who.copy()
    at_home = np.isin(moves.kind, (HOME_WAITS, BOARDS, BY_CAR))
    group[at_home] = choices.group[moves.who[at_home]]
    return group


class _Beside:
    """People beside buses that go anyway; who goes takes room."""

    def __init__(
        self,
        frame: Frame,
        rooms: Rooms,
        bus_of: Ints,
        active: Flags,
        moves: Moves,
        over: Callable[[], bool],
        seconds: Callable[[], float | None],
    ) -> None:
        self._frame, self._rooms, self._bus_of, self._active = frame, rooms, bus_of, active
        self._moves, self._over, self._seconds = moves, over, seconds
        self._reached: Flow | None = None

    def best_flow(self, waiting: Ints) -> Floats | None:
        """The best that those who wait can do: int64[n_commodities, n_steps], by when they get ready."""
        frame, left, moves = self._frame, self._families(), self._moves
        while not self._over():
            uses = frame.uses.of(self._active[frame.uses.family])
            found = best_flow(
                moves, frame.choices, waiting, uses, left, self._rooms, self._bus_of, self._seconds(),
                self._reached,
            )  # fmt: skip
            if found is None:
                return None
            self._reached = found
            used = used_of(moves, found.many, frame.choices, frame.uses, left.shape)
            too_much: Flags = np.asarray(np.any(used > left + _HARD_H, axis=1)) & ~self._active
            if not too_much.any():
                return found.many
            self._active |= too_much
        return None

    def followed(self, moves: Moves, flow: Floats, waiting: Ints) -> Placements:
        """Whole people as a flow has them."""
        goes = (flow > _HARD_H) & (moves.kind != WAITS) & (moves.kind != HOME_WAITS)
        return Placements(
            *follow(some_of(moves, goes), flow[goes], self._frame.choices, waiting, self._rooms)
        )

    def _families(self) -> Floats:
        """What is left of each family."""
        n_steps = self._frame.families.shape[1]
        n = len(self._frame.families) - len(self._rooms.seats_left)
        left = self._rooms.left[: n * n_steps].reshape(n, n_steps)
        return np.concatenate([left, self._rooms.seats_left]).astype(np.float64)


def _still_there(waiting: Ints, gone: Placements) -> Ints:
    """Who gets ready and is not gone: int64[n_commodities, n_steps]."""
    departed = np.zeros_like(waiting)
    np.add.at(departed, (gone.commodity, gone.entered[:, 0]), gone.people)
    commodity, ready, people = who_waits(waiting, departed)
    left = np.zeros_like(waiting)
    np.add.at(left, (commodity, ready), people)
    return left


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


def _frame_with(spreader: Spreader, rooms: Rooms, more_h: float) -> Frame:
    """The frame beside the buses that go: a family more for the seats of each ride; fleets are not asked.

    more_h : that each stretch costs more
    """
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
    left = rooms.left[: frame.families.size].reshape(frame.families.shape)
    cost = frame.choices.cost + more_h
    cost[:, :, by_bus] = np.where(rooms.trips.T > 0, cost[:, :, by_bus], CLOSED)
    return replace(
        frame,
        choices=relisted(frame.choices._replace(cost=cost)),
        uses=seats,
        families=np.concatenate([left, rooms.seats_left]).astype(np.float64),
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
