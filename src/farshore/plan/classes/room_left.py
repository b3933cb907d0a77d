"""Room that a plan with classes leaves on roads, decks, buses, trains, at hosts and among beds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.classes.buses import vehicle_room
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns
from farshore.plan.classes.resources import in_vehicles
from farshore.plan.classes.ways import Way
from farshore.scenario.clock import Ints

__all__ = ["RoomLeft"]


@dataclass(frozen=True, eq=False)
class _Stretch:
    """What entering a stretch in step 0 takes; later steps come on top.

    open_row, open_at : int64[n_arcs], where it must be open; used : int64[n_uses], resources
    seats : int64[n_needs], of one rider, 0 where he cannot ride; by_seat : bool[n_uses]
    ride : number among rides by bus, −1 for others; bound : int64[n], resources of its fleet's vehicles
    """

    open_row: Ints
    open_at: Ints
    used: Ints
    by_seat: npt.NDArray[np.bool_]
    seats: Ints
    ride: int
    fleet: int
    bound: Ints


class RoomLeft:
    """Counts what is left as people and buses are put on ways, and says how many more fit."""

    def __init__(self, problem: ClassProblem, patterns: Patterns) -> None:
        layers = problem.layers
        self.layers, self.patterns, self.resources = layers, patterns, layers.resources
        self.n_steps = layers.n_steps
        resources, fleets = layers.resources, layers.fleets
        self.left = resources.capacity.copy()
        vehicles, self.days = in_vehicles(resources, fleets)
        self.left[resources.fleets : resources.trains] = vehicles.ravel()
        at_host = resources.capacity[resources.intake : resources.beds]
        self.at_host = at_host.reshape(len(problem.host_open), self.n_steps).copy()
        self.at_host[~problem.host_open] = 0
        self.beds = resources.capacity[resources.beds : resources.drivers].copy()
        self.pcu = vehicle_room(layers.ground)
        n_rides = len(patterns.bus_fleet)
        self.seats = np.zeros((n_rides, self.n_steps), np.int64)  # free in trips that go
        self.assisted = np.zeros((n_rides, self.n_steps), np.int64)  # places for them in trips that go
        self._stretches: dict[int, _Stretch] = {}
        self._seen: dict[tuple[int, int], Ints] = {}

    def _of(self, stretch: int) -> _Stretch:
        if stretch not in self._stretches:
            self._stretches[stretch] = self._worked_out(stretch)
        return self._stretches[stretch]

    def _worked_out(self, stretch: int) -> _Stretch:
        layers, patterns = self.layers, self.patterns
        span = slice(int(patterns.arcs_first[stretch]), int(patterns.arcs_first[stretch + 1]))
        arcs, offset = patterns.arcs[span], patterns.offset[span]
        count = layers.use_first[arcs + 1] - layers.use_first[arcs]
        rows = np.concatenate(
            [np.arange(layers.use_first[arc], layers.use_first[arc + 1]) for arc in arcs.tolist()]
        ).astype(np.int64)
        at = layers.use_base[rows] + layers.use_offset[rows] + np.repeat(offset, count)
        ride = int(patterns.bus_of[stretch])
        of_fleet = (layers.use_base[rows] >= self.resources.fleets) & (
            layers.use_base[rows] < self.resources.trains
        )
        return _Stretch(
            open_row=layers.opens_of[arcs],
            open_at=offset,
            used=at[~of_fleet],
            by_seat=layers.use_seats[rows][~of_fleet],
            seats=layers.seats[:, arcs].min(axis=1),
            ride=ride,
            fleet=int(patterns.bus_fleet[ride]) if ride >= 0 else -1,
            bound=at[of_fleet],
        )

    def room(self, way: Way, need: int) -> Ints:
        """How many of a need seem to fit on a way in each step: int64[n_steps].

        Never too few, if nothing was given back since `look_again`: what a stretch has is looked at once.
        """
        count = self.n_steps - way.arrival
        free = np.zeros(self.n_steps, np.int64)
        if count <= 0:
            return free
        room = np.minimum(self.at_host[way.host, way.arrival :], self.beds[way.host])
        for stretch, entry in zip(way.stretches, way.entries, strict=False):
            if (stretch, need) not in self._seen:
                self._seen[stretch, need] = self._stretch_room(stretch, need)
            room = np.minimum(room, self._seen[stretch, need][entry : entry + count])
        free[:count] = room
        return free

    def look_again(self) -> None:
        """Have `room` look at everything anew."""
        self._seen.clear()

    def _stretch_room(self, stretch: int, need: int) -> Ints:
        of = self._of(stretch)
        count, seats = self.n_steps - int(self.patterns.length[stretch]), int(of.seats[need])
        room = np.zeros(self.n_steps, np.int64)
        if not seats or count <= 0:
            return room
        step = np.arange(count)
        found = np.full(count, 1 << 40, np.int64)
        for row, at in zip(of.open_row.tolist(), of.open_at.tolist(), strict=True):
            found[self.layers.opens[row, step + at] == 0] = 0
        if of.ride < 0:
            for resource, by_seat in zip(of.used.tolist(), of.by_seat.tolist(), strict=True):
                there = self.left[resource : resource + count]
                np.minimum(found, there // seats if by_seat else there, out=found)
            room[:count] = found
            return room
        another = found > 0
        last = len(self.left) - 1
        for resource in of.bound.tolist():
            another &= self.left[np.clip(resource + step, 0, last)] > 0
        for resource in of.used.tolist():
            another &= self.left[resource : resource + count] >= self.pcu
        aboard = self.seats[of.ride, :count] // seats
        if need == 0:
            aboard = np.minimum(aboard, self.assisted[of.ride, :count])
        fleet = self.layers.fleets[of.fleet]
        room[:count] = np.where(found > 0, aboard + np.where(another, fleet.seats // seats, 0), 0)
        return room

    def send_trips(self, stretch: int, step: int, count: int) -> None:
        """Count so many trips of a ride in, empty."""
        of = self._of(stretch)
        fleet = self.layers.fleets[of.fleet]
        np.subtract.at(self.left, of.bound + step, count)
        np.subtract.at(self.left, of.used + step, count * self.pcu)
        for day, steps in self._days(of, step):
            self.days[of.fleet, day] -= count * steps
        self.seats[of.ride, step] += count * fleet.seats
        room = int(fleet.room[0])
        self.assisted[of.ride, step] += count * (fleet.seats // room if room else 0)

    def send_at_most(self, stretch: int, step: int, count: int) -> None:
        """Count so many trips of a ride in, empty, or as many as there are vehicles, drivers, roads for."""
        of = self._of(stretch)
        for _ in range(count):
            self.send_trips(stretch, step, 1)
            if not self._stretch_holds(of, step):
                self.send_trips(stretch, step, -1)
                return

    def _days(self, of: _Stretch, step: int) -> list[tuple[int, int]]:
        """Days on which a trip occupies its vehicle, and for how many steps."""
        first = self.resources.fleets + of.fleet * self.n_steps
        steps = np.bincount((of.bound + (step - first)) // self.resources.steps_in_day).tolist()
        return [(day, n) for day, n in enumerate(steps) if n]

    def put(self, way: Way, need: int, step: int, persons: int) -> None:
        """Count people in (or out, if persons is negative); trips are not sent for them."""
        self.at_host[way.host, step + way.arrival] -= persons
        self.beds[way.host] -= persons
        for stretch, entry in zip(way.stretches, way.entries, strict=False):
            of, at = self._of(stretch), step + entry
            seats = int(of.seats[need])
            if of.ride < 0:
                np.subtract.at(self.left, of.used + at, np.where(of.by_seat, seats, 1) * persons)
                continue
            self.seats[of.ride, at] -= persons * seats
            self.assisted[of.ride, at] -= persons if need == 0 else 0

    def take(self, way: Way, need: int, step: int, persons: int) -> bool:
        """Count people in if there is room for all, with another bus where one is free; else nothing."""
        if not self.opens(way, step):
            return False
        self.put(way, need, step, persons)
        sent = self._mend(way, step)
        if sent is not None and self.holds(way, step):
            return True
        for stretch, at in reversed(sent or []):
            self.send_trips(stretch, at, -1)
        self.put(way, need, step, -persons)
        return False

    def recall(self, way: Way, step: int) -> None:
        """Keep buses at their base without which a way's rides still hold all who are aboard."""
        for stretch, entry in zip(way.stretches, way.entries, strict=False):
            of, at = self._of(stretch), step + entry
            if of.ride < 0:
                continue
            fleet = self.layers.fleets[of.fleet]
            room = int(fleet.room[0])
            places = fleet.seats // room if room else 0
            while self.seats[of.ride, at] >= fleet.seats and self.assisted[of.ride, at] >= places:
                self.send_trips(stretch, at, -1)

    def opens(self, way: Way, step: int) -> bool:
        """Whether all of a way can be entered by who leaves in a step."""
        if step + way.arrival >= self.n_steps:
            return False
        opens = self.layers.opens
        return all(
            bool(opens[of.open_row, of.open_at + step + entry].all())
            for of, entry in (
                (self._of(s), entry) for s, entry in zip(way.stretches, way.entries, strict=False)
            )
        )

    def _mend(self, way: Way, step: int) -> list[tuple[int, int]] | None:
        """Send a trip more for each ride that is too full; None where one is not enough, and none is sent."""
        sent: list[tuple[int, int]] = []
        for stretch, entry in zip(way.stretches, way.entries, strict=False):
            at = step + entry
            if self._of(stretch).ride < 0 or self.lacking(stretch, at) is None:
                continue
            self.send_trips(stretch, at, 1)
            sent.append((stretch, at))
            if self.lacking(stretch, at) is not None:
                for back in reversed(sent):
                    self.send_trips(*back, -1)
                return None
        return sent

    def lacking(self, stretch: int, step: int, need: int = 0, more: int = 0) -> tuple[int, int] | None:
        """Seats, and places for who needs assistance, that a ride is short of; None where it is not.

        more : of a need, who would ride besides
        """
        of = self._of(stretch)
        seats = more * int(of.seats[need]) - int(self.seats[of.ride, step])
        places = (more if need == 0 else 0) - int(self.assisted[of.ride, step])
        return (max(0, seats), max(0, places)) if seats > 0 or places > 0 else None

    def seats_of(self, stretch: int, need: int) -> int:
        """Of one rider of a need."""
        return int(self._of(stretch).seats[need])

    def holds(self, way: Way, step: int) -> bool:
        """Whether nothing that a way uses is overdrawn."""
        if self.at_host[way.host, step + way.arrival] < 0 or self.beds[way.host] < 0:
            return False
        return all(
            self._stretch_holds(self._of(stretch), step + entry)
            for stretch, entry in zip(way.stretches, way.entries, strict=False)
        )

    def _stretch_holds(self, of: _Stretch, at: int) -> bool:
        if (self.left[of.used + at] < 0).any() or (self.left[of.bound + at] < 0).any():
            return False
        return of.ride < 0 or all(self.days[of.fleet, day] >= 0 for day, _ in self._days(of, at))

    def trips_needed(self, stretch: int, assisted: int, others: int) -> int:
        """Trips for so many riders, as `trips_of` fills them."""
        fleet = self.layers.fleets[self._of(stretch).fleet]
        room = int(fleet.room[0])
        per_trip = fleet.seats // room if room else 0
        by_assisted = -(-assisted // per_trip) if per_trip else 0
        return max(by_assisted, -(-(assisted * room + others) // fleet.seats))
