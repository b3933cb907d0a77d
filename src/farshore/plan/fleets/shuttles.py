"""Trips of vehicles that go back to their base after each: full loads first, then more of them."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from farshore.kernels.shuttles import add_use, best_extra, earliest_round
from farshore.plan.fleets.rides import Hours, Ints, RideFleet, Rides, Travel

__all__ = ["Round", "rounds_of"]


class Round(NamedTuple):
    """A vehicle's way from its base to a pickup, a drop and back; seconds from the start."""

    fleet: int
    pickup: int
    drop: int
    leave_s: int
    load_s: int
    depart_s: int
    arrive_s: int
    homeward_s: int
    back_s: int
    boarded: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Stream:
    """People of one group who take the same kind of place, first ready first."""

    rides: Ints
    ready_s: Ints
    persons: Ints

    @classmethod
    def of(cls, rides: Rides, rows: Ints) -> "_Stream":
        rows = rows[np.lexsort((rows, rides.ready_step[rows]))]
        return cls(rows, np.ascontiguousarray(rides.ready_s[rows]), np.ascontiguousarray(rides.persons[rows]))

    def full_at(self, gone: int, room: int) -> int | None:
        """When so many more are ready after those who have gone; None if they never are."""
        at = int(np.searchsorted(np.cumsum(self.persons), gone + room))
        return int(self.ready_s[at]) if room and at < len(self.rides) else None

    def ready_by(self, second: int) -> int:
        return int(self.persons[: np.searchsorted(self.ready_s, second, side="right")].sum())


@dataclass(slots=True)
class _Group:
    """Rides between the same two places, and the rounds for them so far."""

    pickup: int
    drop: int
    fleets: tuple[int, ...]
    seated: _Stream
    wheeled: _Stream
    rounds: list[Round] = field(default_factory=list)
    gone: int = 0
    wheeled_gone: int = 0


def rounds_of(
    rides: Rides, fleets: Sequence[RideFleet], travel: Travel, hours: Hours, *, horizon_s: int, worth: float
) -> list[Round]:
    """Rounds, never more of a fleet under way at a moment than it has vehicles.

    Two orders are tried where not everybody can be fetched: who is ready first, and who takes a vehicle least
    time for each person; that which leaves fewer behind is kept.
    """
    plans = []
    for thrifty in (False, True):
        work = _Work(rides, fleets, travel, hours, horizon_s)
        work.load(thrifty=thrifty)
        if worth < float("inf"):
            work.add(worth)
        rounds = work.boarded()
        taken = sum(persons for each in rounds for _, persons in each.boarded)
        plans.append((taken, rounds))
        if taken == rides.persons.sum():
            break
    return max(plans, key=lambda plan: plan[0])[1]


class _Work:
    """Rounds as they are added, and how many vehicles are out in each second."""

    def __init__(
        self, rides: Rides, fleets: Sequence[RideFleet], travel: Travel, hours: Hours, horizon_s: int
    ) -> None:
        self.rides, self.fleets, self.travel, self.hours = rides, fleets, travel, hours
        self.horizon_s = horizon_s
        self.in_use = [np.zeros(min(fleet.until_s, horizon_s) + 1, np.int32) for fleet in fleets]
        self.tables = [np.ascontiguousarray(travel.seconds[fleet.table]) for fleet in fleets]
        self.groups = [self._group(*key) for key in self._keys()]

    def _keys(self) -> list[tuple[int, int, int]]:
        some = np.flatnonzero(self.rides.persons > 0)
        columns = (self.rides.pickup, self.rides.drop, self.rides.fleet)
        return sorted(set(zip(*(column[some].tolist() for column in columns), strict=True)))

    def _group(self, pickup: int, drop: int, fleet: int) -> _Group:
        rides = self.rides
        here = (rides.pickup == pickup) & (rides.drop == drop) & (rides.fleet == fleet) & (rides.persons > 0)
        allowed = tuple(range(len(self.fleets))) if fleet < 0 else (fleet,)
        usable = tuple(each for each in allowed if self.fleets[each].vehicles)
        seated, wheeled = (_Stream.of(rides, np.flatnonzero(rows)) for rows in (
            here & ~rides.wheelchair, here & rides.wheelchair
        ))  # fmt: skip
        return _Group(pickup, drop, usable, seated, wheeled)

    def round_at(self, fleet: int, group: _Group, moment_s: int) -> Round | None:
        """The first round from a moment on for which there is a vehicle."""
        times = earliest_round(*self._vehicle(fleet, group), int(moment_s))
        if times[0] < 0:
            return None
        leave, load, depart, arrive, homeward, back = map(int, times)
        return Round(fleet, group.pickup, group.drop, leave, load, depart, arrive, homeward, back, ())

    def _vehicle(self, fleet: int, group: _Group) -> tuple[object, ...]:
        one = self.fleets[fleet]
        return (
            self.in_use[fleet], one.vehicles, self.tables[fleet], self.travel.period_s, one.base,
            group.pickup, group.drop, one.load_s, one.unload_s, one.from_s,
            min(one.until_s, self.horizon_s), self.hours.duty_s,
        )  # fmt: skip

    def commit(self, group: _Group, made: Round) -> None:
        add_use(self.in_use[made.fleet], made.leave_s, made.back_s, 1)
        group.rounds.append(made)

    def load(self, *, thrifty: bool) -> None:
        """Full vehicles as people are there to fill them, then one for the rest of each group."""
        queue = [(self._rank(group, thrifty=thrifty), row) for row, group in enumerate(self.groups)]
        heapq.heapify(queue)
        while queue:
            _, row = heapq.heappop(queue)
            group = self.groups[row]
            best: tuple[tuple[float, ...], Round] | None = None
            for fleet in group.fleets:
                wanted = self._full_s(group, fleet)
                made = None if wanted is None else self.round_at(fleet, group, wanted)
                if made is None or wanted is None:
                    continue
                aboard = sum(self._aboard(group, made))
                rank = (
                    made.depart_s - wanted > 0,
                    made.depart_s,
                    (made.back_s - made.leave_s) / max(1, aboard),
                    fleet,
                )
                if best is None or rank < best[0]:
                    best = rank, made
            if best is None:
                continue
            seated, wheeled = self._aboard(group, best[1])
            group.gone += seated
            group.wheeled_gone += wheeled
            self.commit(group, best[1])
            heapq.heappush(queue, (self._rank(group, thrifty=thrifty), row))

    def _full_s(self, group: _Group, fleet: int) -> int | None:
        """When a vehicle is full, or all who are left are ready; None if it can take nobody."""
        one, moments, lasts = self.fleets[fleet], [], []
        for stream, gone, room in (
            (group.seated, group.gone, one.seats),
            (group.wheeled, group.wheeled_gone, one.wheelchair_places),
        ):
            if not room or gone >= stream.persons.sum():
                continue
            full = stream.full_at(gone, room)
            lasts.append(int(stream.ready_s[-1]))
            if full is not None:
                moments.append(full)
        if moments:
            return min(moments)
        return max(lasts, default=None)

    def _aboard(self, group: _Group, made: Round) -> tuple[int, int]:
        one = self.fleets[made.fleet]
        seated = min(one.seats, max(0, group.seated.ready_by(made.depart_s) - group.gone))
        wheeled = min(
            one.wheelchair_places, max(0, group.wheeled.ready_by(made.depart_s) - group.wheeled_gone)
        )
        return seated, wheeled

    def _rank(self, group: _Group, *, thrifty: bool) -> tuple[float, int]:
        moments = [m for fleet in group.fleets if (m := self._full_s(group, fleet)) is not None]
        moment = min(moments, default=self.horizon_s)
        if not thrifty or not moments:
            return 0.0, moment
        lengths = []
        for fleet in group.fleets:
            table, one = self.tables[fleet][0], self.fleets[fleet]
            way = (one.base, group.pickup), (group.pickup, group.drop), (group.drop, one.base)
            lengths.append(sum(int(table[leg]) for leg in way) / max(1, one.seats))
        return min(lengths), moment

    def add(self, worth: float) -> None:
        """More rounds where vehicles are idle, those first that save most waiting for the time they take."""
        queue: list[tuple[float, int]] = []
        for row in range(len(self.groups)):
            gain, _ = self._extra(row)
            if gain >= worth:
                heapq.heappush(queue, (-gain, row))
        while queue:
            _, row = heapq.heappop(queue)
            gain, made = self._extra(row)
            if made is None or gain < worth:
                continue
            if queue and -gain > queue[0][0]:  # vehicles have been taken since: another group comes first
                heapq.heappush(queue, (-gain, row))
                continue
            self.commit(self.groups[row], made)
            heapq.heappush(queue, (-gain, row))

    def _extra(self, row: int) -> tuple[float, Round | None]:
        group = self.groups[row]
        rounds = sorted(group.rounds, key=lambda each: each.depart_s)
        departs = np.array([each.depart_s for each in rounds], np.int64)
        room = np.array([self.fleets[each.fleet].seats for each in rounds], np.int64)
        wheel_room = np.array([self.fleets[each.fleet].wheelchair_places for each in rounds], np.int64)
        moments = np.unique(np.concatenate([group.seated.ready_s, group.wheeled.ready_s]))
        best: tuple[float, Round | None] = (0.0, None)
        for fleet in group.fleets:
            one = self.fleets[fleet]
            gain, at = best_extra(
                moments,
                group.seated.ready_s,
                group.seated.persons,
                group.wheeled.ready_s,
                group.wheeled.persons,
                departs,
                room,
                wheel_room,
                one.seats,
                one.wheelchair_places,
                *self._vehicle(fleet, group),
                self.horizon_s,
            )
            if at >= 0 and gain > best[0]:
                best = float(gain), self.round_at(fleet, group, int(moments[at]))
        return best

    def boarded(self) -> list[Round]:
        """The rounds, in order of departure, with who is aboard; those that nobody takes are left out."""
        made = []
        for group in self.groups:
            rounds = sorted(group.rounds, key=lambda each: each.depart_s)
            lists: list[list[tuple[int, int]]] = [[] for _ in rounds]
            for stream, wheeled in ((group.seated, False), (group.wheeled, True)):
                left = stream.persons.tolist()
                for aboard, each in zip(lists, rounds, strict=True):
                    one = self.fleets[each.fleet]
                    free = one.wheelchair_places if wheeled else one.seats
                    for at in np.flatnonzero(stream.ready_s <= each.depart_s).tolist():
                        taken = min(free, left[at])
                        if taken:
                            aboard.append((int(stream.rides[at]), taken))
                            left[at] -= taken
                            free -= taken
            made += [
                each._replace(boarded=tuple(aboard))
                for each, aboard in zip(rounds, lists, strict=True)
                if aboard
            ]
        return sorted(
            made, key=lambda each: (each.depart_s, each.fleet, each.pickup, each.drop, each.leave_s)
        )
