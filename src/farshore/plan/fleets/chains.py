"""Trips of vehicles that go on from a drop to the next pickup; the vehicle free first chooses first."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from farshore.kernels.shuttles import best_chain
from farshore.plan.fleets.rides import DutyLeg, Hours, LegKind, RideFleet, Rides, RideTrip, Travel

__all__ = ["chains_of"]


@dataclass(slots=True)
class _Vehicle:
    """Where a vehicle stands, since when; `duty_from_s` is −1 before a duty begins, `away` after a trip."""

    fleet: int
    number: int
    place: int
    free_s: int
    duty: int = 0
    duty_from_s: int = -1
    away: bool = False


def chains_of(
    rides: Rides, fleets: Sequence[RideFleet], travel: Travel, hours: Hours, *, horizon_s: int, to_base: bool
) -> tuple[list[RideTrip], list[DutyLeg]]:
    """Trips and duties, the vehicle that is free first choosing first.

    It takes the trip that fetches most persons for the time that it takes until it is free again; waiting
    until it is half full or full counts, at three tenths. It can always be back at its base in time.
    to_base : whether it goes back there after each trip
    """
    work = _Work(rides, fleets, travel, hours, horizon_s, to_base=to_base)
    work.run()
    return work.trips, work.legs


class _Work:
    """The timetable as it grows."""

    def __init__(
        self,
        rides: Rides,
        fleets: Sequence[RideFleet],
        travel: Travel,
        hours: Hours,
        horizon_s: int,
        *,
        to_base: bool,
    ) -> None:
        self.rides, self.fleets, self.travel, self.hours = rides, fleets, travel, hours
        self.horizon_s, self.to_base = horizon_s, to_base
        self.tables = [np.ascontiguousarray(travel.seconds[fleet.table]) for fleet in fleets]
        keys = (
            np.stack([rides.fleet, rides.pickup, rides.drop])
            if len(rides.persons)
            else np.zeros((3, 0), np.int64)
        )
        groups, self.group_of = np.unique(keys, axis=1, return_inverse=True)
        self.group_of = self.group_of.ravel()
        self.group_fleet, self.pickup, self.drop = (np.ascontiguousarray(row) for row in groups)
        self.order = np.lexsort((np.arange(len(rides.persons)), rides.ready_step, self.group_of))
        self.first = np.searchsorted(self.group_of[self.order], np.arange(groups.shape[1] + 1))
        self.ready_s = np.ascontiguousarray(rides.ready_s[self.order])
        self.waiting = np.ascontiguousarray(rides.persons[self.order])
        self.wheeled = np.ascontiguousarray(rides.wheelchair[self.order])
        self.trips: list[RideTrip] = []
        self.legs: list[DutyLeg] = []

    def run(self) -> None:
        vehicles = [
            _Vehicle(row, number, fleet.base, fleet.from_s)
            for row, fleet in enumerate(self.fleets)
            for number in range(fleet.vehicles)
        ]
        queue = [(each.free_s, at) for at, each in enumerate(vehicles)]
        heapq.heapify(queue)
        idle: set[tuple[int, int, int, int]] = (
            set()
        )  # states from which nothing was found: people only get fewer
        while queue:
            _, at = heapq.heappop(queue)
            vehicle = vehicles[at]
            state = vehicle.fleet, vehicle.place, vehicle.free_s, vehicle.duty_from_s
            if state not in idle and self.make(vehicle):
                heapq.heappush(queue, (vehicle.free_s, at))
                continue
            idle.add(state)
            if vehicle.duty_from_s >= 0:
                self.end_duty(vehicle)
                heapq.heappush(queue, (vehicle.free_s, at))

    def make(self, vehicle: _Vehicle) -> bool:
        """The next trip of a vehicle, if there is one worth making."""
        fleet, table = self.fleets[vehicle.fleet], self.tables[vehicle.fleet]
        wanted = np.bincount(self.group_of[self.order], self.waiting, len(self.pickup)) > 0
        groups = np.flatnonzero(wanted & ((self.group_fleet < 0) | (self.group_fleet == vehicle.fleet)))
        made = np.zeros(6, np.int64)
        worth = best_chain(
            vehicle.place, fleet.base, vehicle.free_s, vehicle.duty_from_s, groups, self.pickup, self.drop,
            fleet.seats, fleet.wheelchair_places, self.first, self.ready_s, self.waiting, self.wheeled,
            table, self.travel.period_s, fleet.load_s, fleet.unload_s,
            min(fleet.until_s, self.horizon_s), self.hours.duty_s, made,
        )  # fmt: skip
        if worth <= 0:
            return False
        leave_s, load_s, depart_s, arrive_s, _, group = made.tolist()
        pickup, drop, trip = int(self.pickup[group]), int(self.drop[group]), len(self.trips)
        if vehicle.duty_from_s < 0:
            vehicle.duty_from_s, vehicle.duty = leave_s, vehicle.duty + 1
        out: LegKind = "deadhead" if vehicle.away else "pull-out"
        there_s = leave_s + int(table[self._period(leave_s), vehicle.place, pickup])
        self.leg(vehicle, out, vehicle.place, pickup, leave_s, there_s)
        self.leg(vehicle, "load", pickup, pickup, load_s, depart_s, trip)
        self.leg(vehicle, "trip", pickup, drop, depart_s, arrive_s, trip)
        self.leg(vehicle, "unload", drop, drop, arrive_s, arrive_s + fleet.unload_s, trip)
        aboard = tuple(self.board(group, depart_s, fleet))
        self.trips.append(RideTrip(vehicle.fleet, vehicle.number, pickup, drop, depart_s, arrive_s, aboard))
        vehicle.place, vehicle.free_s, vehicle.away = drop, arrive_s + fleet.unload_s, True
        if self.to_base:
            self.pull_in(vehicle)
        return True

    def board(self, group: int, depart_s: int, fleet: RideFleet) -> list[tuple[int, int]]:
        aboard, free = [], {False: fleet.seats, True: fleet.wheelchair_places}
        for at in range(self.first[group], self.first[group + 1]):
            kind = bool(self.wheeled[at])
            taken = min(free[kind], int(self.waiting[at])) if self.ready_s[at] <= depart_s else 0
            if taken:
                aboard.append((int(self.order[at]), taken))
                self.waiting[at] -= taken
                free[kind] -= taken
        return aboard

    def pull_in(self, vehicle: _Vehicle) -> None:
        """Drive home, where the duty may go on."""
        base, table = self.fleets[vehicle.fleet].base, self.tables[vehicle.fleet]
        period = self._period(vehicle.free_s)
        ways = np.flatnonzero(table[period:, vehicle.place, base] < 1 << 40)
        leave_s = (
            max(vehicle.free_s, (period + int(ways[0])) * self.travel.period_s) if ways[0] else vehicle.free_s
        )
        back_s = leave_s + int(table[self._period(leave_s), vehicle.place, base])
        self.leg(vehicle, "pull-in", vehicle.place, base, leave_s, back_s)
        vehicle.place, vehicle.free_s, vehicle.away = base, back_s, False

    def end_duty(self, vehicle: _Vehicle) -> None:
        """Home for good; the next duty begins after a rest, or at once with another driver."""
        if vehicle.away:
            self.pull_in(vehicle)
        if not self.hours.relief:
            vehicle.free_s += self.hours.rest_s
        vehicle.duty_from_s = -1

    def leg(
        self,
        vehicle: _Vehicle,
        kind: LegKind,
        place_from: int,
        place_to: int,
        from_s: int,
        until_s: int,
        trip: int = -1,
    ) -> None:
        self.legs.append(
            DutyLeg(
                vehicle.fleet, vehicle.number, vehicle.duty, kind, place_from, place_to, from_s, until_s, trip
            )
        )

    def _period(self, second: int) -> int:
        return min(second // self.travel.period_s, len(self.travel.seconds[0]) - 1)
