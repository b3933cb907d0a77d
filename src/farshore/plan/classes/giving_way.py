"""Giving way: riders of a full bus leave otherwise, where that costs less than it saves who rides instead."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice, takewhile
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.plan.classes.berths import Berths
from farshore.plan.classes.room_left import RoomLeft
from farshore.plan.classes.ways import Way
from farshore.scenario.clock import Ints

__all__ = ["GivingWay"]

_WANTED: Final = 200  # departures that a household asks for, cheapest first
_INSTEAD: Final = 6  # departures that who gives way may take, cheapest first
_LOOKS: Final = 400_000  # at riders who might give way, in all: seconds
_PLACES: Final = 100  # departures, looked at in the time of one rider

Flags = npt.NDArray[np.bool_]
Ride = tuple[int, int]  # stretch and the step of entering it
Departure = tuple[int, int]  # number of a way, −1 for none, and the step of leaving home


class _Move(NamedTuple):
    """A household's move to a way in a step; cost : more of each member than before."""

    household: int
    number: int
    step: int
    cost: int


class _Put(NamedTuple):
    """So many of a need counted in on a way in a step, or out."""

    way: Way
    need: int
    step: int
    persons: int


class GivingWay:
    """Lets households ride where they leave cheaper, others there finding cheaper amends."""

    def __init__(self, left: RoomLeft, ways: list[Way], berths: list[Berths], size: Ints, at: Ints) -> None:
        """size : int64[n_households]; at : int64[2, n_households], way and step, changed."""
        self._left, self._ways, self._size, self._at = left, ways, size, at
        self._part = {household: part for part in berths for household in part.mine}
        self._riders: defaultdict[int, defaultdict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for household in np.flatnonzero(at[0] >= 0).tolist():
            self._note(household)
        self._seen: dict[Berths, Flags] = {}
        self._rooms: dict[Berths, Ints] = {}
        self._entries: dict[tuple[Berths, int], tuple[Ints, Ints, Ints]] = {}
        self._instead: dict[int, list[_Move]] = {}
        self._looks = 0

    def let_in(self, households: Iterable[int]) -> int:
        """Let these in where they leave cheaper, who leaves dearest first; how many were.

        Where room is short for many, it is left at so many looks.
        """
        dearest = sorted((-self._cost(each) * int(self._size[each]), each) for each in households)
        return sum(self._let_in(household) for _, household in dearest)

    def _let_in(self, household: int) -> bool:
        part, before = self._part[household], self._cost(household)
        if self._looks >= _LOOKS:
            return False
        self._looks += part.cost.size // _PLACES
        cost, step = part.cost.ravel(), np.tile(np.arange(part.n_steps), len(part.open_to))
        wanted = np.flatnonzero((cost < before) & self._ridden(part) & (step >= part.earliest(household)))
        wanted = wanted[np.argsort(cost[wanted], kind="stable")]
        moves = (
            _Move(household, part.open_to[row], step, int(part.cost[row, step]) - before)
            for row, step in zip(*(each.tolist() for each in np.divmod(wanted, part.n_steps)), strict=True)
        )
        opened = (move for move in moves if self._left.opens(self._ways[move.number], move.step))
        asked = takewhile(lambda _: self._looks < _LOOKS, islice(opened, _WANTED))
        return any(self._try(move) for move in asked)

    def _ridden(self, part: Berths) -> Flags:
        """Departures by bus with anybody aboard, as first looked at: bool[n_ways · n_steps]."""
        if part not in self._seen:
            ridden = np.zeros(part.cost.shape, bool)
            for row, number in enumerate(part.open_to):
                for stretch, entry in self._rides(number, 0):
                    steps = np.array([at for at, riders in self._riders[stretch].items() if riders], np.int64)
                    ridden[row, steps[steps >= entry] - entry] = True
            self._seen[part] = ridden.ravel()
        return self._seen[part]

    def _try(self, wanted: _Move) -> bool:
        """Make a move, and those of who gives way to it, if they save something together."""
        puts: list[_Put] = []
        moves = self._moves(wanted, puts) if self._may_save(wanted) else None
        if moves is not None and self._all_ready(moves):
            self._make(moves)
            return True
        for put in reversed(puts):
            self._left.put(put.way, put.need, put.step, -put.persons)
        for put in puts:
            self._left.recall(put.way, put.step)
        return False

    def _may_save(self, wanted: _Move) -> bool:
        """Whether the first to give way on each ride would cost less than is saved."""
        household, number, step, cost = wanted
        size, need = int(self._size[household]), self._part[household].need
        for ride in self._rides(number, step):
            short = None if household in self._aboard(ride) else self._left.lacking(*ride, need, size)
            if short is not None:
                found = self._cheapest(ride, *short, self._where(household), but=[household])
                if found is None or found[0] >= -cost * size:
                    return False
        return True

    def _moves(self, wanted: _Move, puts: list[_Put]) -> list[_Move] | None:
        """The move with those of who gives way to it, counted in; None if they save nothing."""
        household, number, step, _ = wanted
        part, left, size = self._part[household], self._left, int(self._size[household])
        saved, given_up = -wanted.cost * size, self._where(household)
        self._leave(household, puts)
        puts.append(_Put(self._ways[number], part.need, step, size))
        left.put(*puts[-1])
        giving: list[int] = []
        for ride in self._rides(number, step):
            while (seats := left.lacking(*ride)) is not None:
                found = self._cheapest(ride, *seats, given_up, but=[household, *giving])
                if found is None or found[0] >= saved:
                    return None
                saved -= found[0]
                giving.append(found[1])
                self._leave(found[1], puts)
        if not left.holds(self._ways[number], step):
            return None
        moves, saved = [wanted], -wanted.cost * size
        for each in giving:
            move = self._taken_instead(each, given_up, puts)
            if move is None:
                return None
            saved -= move.cost * int(self._size[each])
            moves.append(move)
        return moves if saved > 0 else None

    def _cheapest(
        self, ride: Ride, seats: int, places: int, given_up: Departure, *, but: list[int]
    ) -> tuple[int, int] | None:
        """What it costs, as far as is known, and who gives way on a ride at the least for each seat."""
        best: tuple[float, int, int] | None = None
        self._looks += len(self._aboard(ride))
        for household in self._aboard(ride):
            part = self._part[household]
            if household in but or (places and part.need):
                continue
            instead, exchange = self._cheapest_instead(household)[:1], self._exchange(household, given_up)
            costs = [move.cost for move in (*instead, exchange) if move]
            if costs:
                size = int(self._size[household])
                cost = min(costs) * size
                freed = min(max(seats, 1), size * self._left.seats_of(ride[0], part.need))
                best = min(best or (np.inf, 0, 0), (cost / freed, household, cost))
        return None if best is None else (best[2], best[1])

    def _taken_instead(self, household: int, given_up: Departure, puts: list[_Put]) -> _Move | None:
        """The cheapest move at which there is room for who gives way, counted in."""
        part, size = self._part[household], int(self._size[household])
        exchange = self._exchange(household, given_up)
        moves = [*self._cheapest_instead(household), *([exchange] if exchange else [])]
        for move in sorted(moves, key=lambda move: move.cost):
            if self._left.take(self._ways[move.number], part.need, move.step, size):
                puts.append(_Put(self._ways[move.number], part.need, move.step, size))
                return move
        return None

    def _exchange(self, household: int, given_up: Departure) -> _Move | None:
        """The move to where the other was; None if it cannot go there."""
        part, (number, step) = self._part[household], given_up
        if number not in part.place:
            return None
        if step < self._where(household)[1] and step < part.earliest(household):
            return None
        cost = int(part.cost[part.place[number], step])
        return _Move(household, number, step, cost - self._cost(household))

    def _cheapest_instead(self, household: int) -> list[_Move]:
        """Where a household seems to find room, cheapest first."""
        if household not in self._instead:
            part, cost = self._part[household], self._cost(household)
            rows, steps, costs = self._entries_for(part, int(self._size[household]))
            some = np.flatnonzero(steps >= part.earliest(household))[:_INSTEAD].tolist()
            self._instead[household] = [
                _Move(household, part.open_to[int(rows[i])], int(steps[i]), int(costs[i]) - cost)
                for i in some
            ]
        return self._instead[household]

    def _entries_for(self, part: Berths, size: int) -> tuple[Ints, Ints, Ints]:
        key = (part, size)
        if key not in self._entries:
            if part not in self._rooms:
                self._rooms[part] = part.rooms()
            self._entries[key] = part.entries(size, self._rooms[part])
        return self._entries[key]

    def _leave(self, household: int, puts: list[_Put]) -> None:
        """Count a household out of where it is."""
        number, step = self._where(household)
        if number >= 0:
            puts.append(
                _Put(self._ways[number], self._part[household].need, step, -int(self._size[household]))
            )
            self._left.put(*puts[-1])

    def _all_ready(self, moves: list[_Move]) -> bool:
        """Whether nobody leaves before being ready; then it is noted who is at home."""
        for move in moves:
            self._part[move.household].free_by(move.household, move.step, 1)
        if all(self._part[move.household].free.min() >= 0 for move in moves):
            return True
        for move in moves:
            self._part[move.household].free_by(move.household, move.step, -1)
        return False

    def _make(self, moves: list[_Move]) -> None:
        """Make moves that are counted in; buses that nobody needs stay at their base."""
        households = [move.household for move in moves]
        before = self._at[:, households].T.tolist()
        self._at[:, households] = np.array([(move.number, move.step) for move in moves]).T  # all at once
        for household, (number, step) in zip(households, before, strict=True):
            if number >= 0:
                for ride in self._rides(number, step):
                    self._aboard(ride).discard(household)
                self._left.recall(self._ways[number], step)
            self._note(household)
            self._instead.pop(household, None)

    def _note(self, household: int) -> None:
        for ride in self._rides(*self._where(household)):
            self._aboard(ride).add(household)

    def _aboard(self, ride: Ride) -> set[int]:
        return self._riders[ride[0]][ride[1]]

    def _where(self, household: int) -> Departure:
        number, step = self._at[:, household].tolist()
        return number, step

    def _cost(self, household: int) -> int:
        return self._part[household].cost_of(household)

    def _rides(self, number: int, step: int) -> list[Ride]:
        """By bus, of a way in a step."""
        way, bus_of = self._ways[number], self._left.patterns.bus_of
        return [
            (stretch, step + entry)
            for stretch, entry in zip(way.stretches, way.entries, strict=False)
            if bus_of[stretch] >= 0
        ]
