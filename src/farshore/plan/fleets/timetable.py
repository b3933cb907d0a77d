"""Timetabled trips and vehicle duties: who is fetched when, by which vehicle, and what nobody could fetch."""

from dataclasses import dataclass

import numpy as np

from farshore.plan.fleets.relaxation import least_waiting
from farshore.plan.fleets.service import NO_WAY, Service, service_of
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints

__all__ = ["Leg", "Timetable", "Trip", "timetable"]


@dataclass(frozen=True, slots=True)
class Trip:
    """One loaded run; rows of zones and hosts, seconds from the start: doors close, doors open again."""

    vehicle: int
    zone: int
    host: int
    depart_s: int
    arrive_s: int
    persons: int


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a vehicle's duty; times in seconds from the start.

    kind : pull-out, load, trip, unload, deadhead or pull-in; place_from, place_to : "base", "zone:ID" or
    "host:ID"; trip : index of the trip, −1 of an empty run
    """

    vehicle: int
    duty: int
    kind: str
    place_from: str
    place_to: str
    from_s: int
    until_s: int
    trip: int


@dataclass(frozen=True, eq=False)
class Timetable:
    """Trips and duties, and how good they are.

    waiting_cost : of people without a car until they board, and of those never fetched, 10⁻⁶ person-hours, as
    the plan counts it; lower_bound : no timetable of these vehicles costs less
    unserved : zone_id → (persons, why); troubles : what makes a fleet useless
    """

    service: Service
    trips: tuple[Trip, ...]
    legs: tuple[Leg, ...]
    waiting_cost: int
    lower_bound: int
    unserved: dict[str, tuple[int, str]]
    troubles: tuple[str, ...]

    @property
    def gap(self) -> float:
        """Distance of the cost from the bound, as a share of the cost."""
        return (self.waiting_cost - self.lower_bound) / self.waiting_cost if self.waiting_cost else 0.0

    @property
    def makespan_s(self) -> int:
        """Last moment at which somebody is brought to a host, seconds from the start."""
        return max((trip.arrive_s for trip in self.trips), default=0)


@dataclass(slots=True)
class _State:
    """Where a vehicle is and since when it is free; `duty_from_s` is −1 at the base."""

    at_host: int = -1
    free_s: int = 0
    duty_from_s: int = -1
    duty: int = 0


@dataclass(frozen=True, slots=True)
class _Option:
    """A trip that a vehicle could make next."""

    worth: float
    zone: int
    host: int
    leave_s: int
    reach_s: int
    board_s: int
    depart_s: int
    arrive_s: int
    free_s: int
    persons: int


def timetable(scenario: Scenario, outcome: Outcome | None = None) -> Timetable:
    """Timetabled trips of a scenario's fleets for the people without a car.

    outcome : a plan whose departures say when they may board; without one they may as soon as they are ready

    The vehicle that is free first takes, again and again, the trip that saves most waiting for the time
    that it
    takes, among all zones with people and all hosts with beds; it leaves with who is there or waits until it
    is full. It keeps to its service hours, its driver's duty and rest, and the hours of driving. The bound
    lets vehicles be divided and every trip be as short as it could be (`least_waiting`).
    """
    service = service_of(scenario, outcome)
    work = _Work(service)
    work.run()
    cost, unserved = _cost(service, work.trips)
    reasons = {}
    for zone in np.flatnonzero(unserved).tolist():
        reasons[str(scenario.zones.zone_id[zone])] = (int(unserved[zone]), work.why(zone))
    bound = min(cost, least_waiting(service))
    return Timetable(service, tuple(work.trips), tuple(work.legs), cost, bound, reasons, service.troubles)


def _cost(service: Service, trips: list[Trip]) -> tuple[int, Ints]:
    """Cost of waiting until boarding, in whole steps as in the plan, and who is never fetched, by zone."""
    timing = service.problem.timing
    boarded = np.zeros_like(service.arriving)
    for trip in trips:
        boarded[trip.zone, trip.depart_s // timing.step_s] += trip.persons
    waiting = np.cumsum(service.arriving - boarded, axis=1)
    left: Ints = waiting[:, -1]
    total = sum(int(n) * int(w) for n, w in zip(waiting.ravel(), timing.wait_cost.ravel(), strict=True) if n)
    return total + timing.left_cost * int(left.sum()), left


class _Work:
    """The timetable as it grows."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.step_s = service.problem.timing.step_s
        self.horizon_s = service.problem.timing.n_steps * self.step_s
        self.waiting = service.arriving.copy()  # not yet promised a seat, by the step in which they come
        self.beds, self.intake = service.beds.copy(), service.intake.copy()
        self.states = [_State(free_s=vehicle.from_s) for vehicle in service.vehicles]
        self.idle: set[tuple[int, int, int, int]] = set()
        self.trips: list[Trip] = []
        self.legs: list[Leg] = []

    def run(self) -> None:
        active = set(range(len(self.service.vehicles)))
        while active and self.waiting.any():
            number = min(active, key=lambda each: (self.states[each].free_s, each))
            option = self.best(number)
            if option is not None:
                self.make(number, option)
            elif not self.rest(number):
                active.discard(number)
        for number in range(len(self.states)):
            self.pull_in(number)

    def best(self, number: int) -> _Option | None:
        """The trip worth most per second that the vehicle can make and still be home in time."""
        found: _Option | None = None
        state = self.states[number]
        alike = self.service.vehicles[number].fleet, state.at_host, state.free_s, state.duty_from_s
        if alike in self.idle:  # a vehicle that stands just there has found nothing since the last trip
            return None
        for zone in np.flatnonzero(self.waiting.any(axis=1)).tolist():
            for host in np.flatnonzero(self.beds > 0).tolist():
                for option in self.options(number, zone, host):
                    if found is None or option.worth > found.worth:
                        found = option
        if found is None:
            self.idle.add(alike)
        return found

    def options(self, number: int, zone: int, host: int) -> list[_Option]:
        service, vehicle, state = self.service, self.service.vehicles[number], self.states[number]
        fleet = vehicle.fleet
        to_s = int(
            service.to_zone[fleet, zone] if state.at_host < 0 else service.back_s[fleet, state.at_host, zone]
        )
        out_s, home_s = int(service.out_s[fleet, zone, host]), int(service.home_s[fleet, host])
        if max(to_s, out_s, home_s) >= NO_WAY:
            return []
        coming = self.waiting[zone]
        full = min(vehicle.seats, int(self.beds[host]), int(coming.sum()))
        if full <= 0:
            return []
        leave_s = service.may_drive(state.free_s, to_s)
        if leave_s < 0:
            return []
        there_s = leave_s + to_s
        so_far = np.cumsum(coming)
        now = min(full, int(so_far[min(there_s // self.step_s, len(so_far) - 1)]))
        moments = {there_s: now} if now else {}
        for part in (1, 0.5 * full, full):
            step = int(np.searchsorted(so_far, max(1, round(part))))
            moments.setdefault(max(there_s, step * self.step_s), min(full, int(so_far[step])))
        made = []
        for board_s, persons in moments.items():
            depart_s = service.may_drive(board_s + vehicle.load_s, out_s)
            if depart_s < 0:
                continue
            arrive_s = depart_s + out_s
            free_s = arrive_s + vehicle.unload_s
            home_from_s = service.may_drive(free_s, home_s)
            leaves_s = leave_s
            if state.at_host < 0:  # no need to leave the base before there is somebody to fetch
                leaves_s = max(leave_s, depart_s - vehicle.load_s - to_s)
                if service.may_drive(leaves_s, to_s) != leaves_s:
                    leaves_s = leave_s
            duty_from_s = leaves_s if state.duty_from_s < 0 else state.duty_from_s
            if home_from_s < 0 or home_from_s + home_s > min(vehicle.until_s, self.horizon_s):
                continue
            if home_from_s + home_s - duty_from_s > service.duty_s:
                continue
            step = arrive_s // self.step_s
            aboard = min(persons, int(self.intake[host, step]))
            if aboard > 0:
                used_s = free_s - leaves_s + 1
                made.append(
                    _Option(
                        aboard / (used_s + 0.3 * (depart_s - state.free_s)),
                        zone,
                        host,
                        leaves_s,
                        leaves_s + to_s,
                        max(leaves_s + to_s, depart_s - vehicle.load_s),
                        depart_s,
                        arrive_s,
                        free_s,
                        aboard,
                    )
                )
        return made

    def make(self, number: int, option: _Option) -> None:
        state, zones = self.states[number], self.service.problem.scenario.zones
        hosts = self.service.problem.scenario.hosts
        zone, host = f"zone:{zones.zone_id[option.zone]}", f"host:{hosts.host_id[option.host]}"
        trip = len(self.trips)
        if state.duty_from_s < 0:
            state.duty_from_s, state.duty = option.leave_s, state.duty + 1
            self.leg(number, "pull-out", "base", zone, option.leave_s, option.reach_s)
        else:
            before = f"host:{hosts.host_id[state.at_host]}"
            self.leg(number, "deadhead", before, zone, option.leave_s, option.reach_s)
        self.leg(
            number,
            "load",
            zone,
            zone,
            option.board_s,
            option.board_s + self.service.vehicles[number].load_s,
            trip,
        )
        self.leg(number, "trip", zone, host, option.depart_s, option.arrive_s, trip)
        self.leg(number, "unload", host, host, option.arrive_s, option.free_s, trip)
        self.trips.append(
            Trip(number, option.zone, option.host, option.depart_s, option.arrive_s, option.persons)
        )
        left = option.persons
        for step in np.flatnonzero(self.waiting[option.zone]).tolist():
            taken = min(left, int(self.waiting[option.zone, step]))
            self.waiting[option.zone, step] -= taken
            left -= taken
        self.beds[option.host] -= option.persons
        self.intake[option.host, option.arrive_s // self.step_s] -= option.persons
        state.at_host, state.free_s = option.host, option.free_s
        self.idle.clear()

    def leg(
        self,
        number: int,
        kind: str,
        place_from: str,
        place_to: str,
        from_s: int,
        until_s: int,
        trip: int = -1,
    ) -> None:
        self.legs.append(
            Leg(number, self.states[number].duty, kind, place_from, place_to, from_s, until_s, trip)
        )

    def pull_in(self, number: int) -> None:
        service, state = self.service, self.states[number]
        if state.at_host < 0:
            return
        home_s = int(service.home_s[service.vehicles[number].fleet, state.at_host])
        leave_s = service.may_drive(state.free_s, home_s)
        host = f"host:{service.problem.scenario.hosts.host_id[state.at_host]}"
        self.leg(number, "pull-in", host, "base", leave_s, leave_s + home_s)
        state.at_host, state.duty_from_s = -1, -1
        state.free_s = leave_s + home_s

    def rest(self, number: int) -> bool:
        """Send a vehicle home to rest, or let one at home wait; False if its service is over."""
        state, vehicle = self.states[number], self.service.vehicles[number]
        if state.at_host >= 0:
            self.pull_in(number)
            state.free_s += self.service.rest_s
        else:
            state.free_s = (state.free_s // self.step_s + 1) * self.step_s
        return state.free_s < min(vehicle.until_s, self.horizon_s)

    def why(self, zone: int) -> str:
        """Why people of a zone were not fetched."""
        service = self.service
        fleets = sorted({vehicle.fleet for vehicle in service.vehicles})
        if not fleets:
            return "no fleet can be used" if service.troubles else "there is no fleet"
        if (service.to_zone[fleets, zone] >= NO_WAY).all():
            return "no fleet can reach the zone"
        if (service.out_s[fleets, zone] >= NO_WAY).all():
            return "no fleet that reaches the zone can go on to a host"
        if not (self.beds > 0).any():
            return "no beds are left"
        shortest = int(
            min(
                service.to_zone[f, zone] + service.out_s[f, zone, host] + service.home_s[f, host]
                for f in fleets
                for host in range(len(self.beds))
            )
        )
        if shortest > service.duty_s:
            return "a round trip is longer than a driver's duty"
        return "vehicles, service hours and drivers' duties do not suffice within the horizon"
