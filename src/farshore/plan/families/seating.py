"""Seating: whole households on a plan's departures, and on later ones where whole households do not fit."""

import dataclasses
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.plan.families.households import LARGEST, Households
from farshore.plan.model import Problem, problem_of
from farshore.plan.routes import objective_of
from farshore.results.outcome import Departures, Outcome, Unserved
from farshore.scenario.timing import Ints, Timing

__all__ = ["Seating", "seat_households"]

_SMALL: Final = (
    2 * LARGEST
)  # persons: departures so small are filled first, while households of every size are left


@dataclass(frozen=True, eq=False)
class Seating:
    """Where each household sits; parallel int64 arrays, one entry a household.

    route : index into the routes of `outcome`, −1 for households that the plan leaves without a seat
    step : of departure, −1 likewise; moved : 1 where the departure is one that the plan did not have or had
    for fewer people: later than the seats that could not be filled
    outcome : the same plan with whole households aboard; its certificate holds the plan's own bound
    lost : what not splitting costs, in the objective's unit
    """

    households: Households
    route: Ints
    step: Ints
    moved: Ints
    outcome: Outcome
    lost: int

    @property
    def loss(self) -> float:
        """What not splitting costs, as a share of the plan's objective."""
        before = self.outcome.certificate.objective - self.lost
        return self.lost / before if before else 0.0

    @property
    def statement(self) -> str:
        """The result in words."""
        seated, moved = int((self.route >= 0).sum()), int(self.moved.sum())
        gap = self.outcome.certificate.gap
        return (
            f"{seated:,} of {len(self.households):,} households sit together, "
            f"{moved:,} of them on a later departure than the plan's; that costs {self.loss:.3%} of the "
            f"objective, and no seating can be more than {gap:.3%} better"
        )


def seat_households(outcome: Outcome, households: Households) -> Seating:
    """Seat whole households on a plan's departures.

    households : of the outcome's scenario
    Households of a zone are alike to the plan, so that the departures of a zone are filled to the last seat
    wherever sizes allow it: small departures first, with one household if one has just that size, then the
    others in order of time with households in drawn order, the last of them chosen to fit. Seats that
    cannot be
    filled are given up; who is left over takes the first later departure with room on every arc, at the host
    and among the beds, or stays unserved. The plan's lower bound holds for any seating, since splitting
    households could only make a plan better.
    """
    problem = problem_of(outcome.scenario)
    timing, moves = problem.timing, outcome.departures
    zone_row = outcome.scenario.zones.position()
    zone_of = np.array([zone_row[route.zone_id] for route in outcome.routes], np.int64)
    route, step = np.full(len(households), -1), np.full(len(households), -1)
    moved = np.zeros(len(households), np.int64)
    for zone in range(len(outcome.scenario.zones)):
        mine = np.flatnonzero(zone_of[moves.route] == zone) if len(moves.route) else np.zeros(0, np.int64)
        mine = mine[np.argsort(moves.step[mine], kind="stable")]
        at = _filled(households.size, np.flatnonzero(households.zone == zone), moves.persons[mine])
        seated = at >= 0
        route[seated], step[seated] = moves.route[mine[at[seated]]], moves.step[mine[at[seated]]]
    spare = _Spare(outcome, timing, households, route, step)
    for household in _left_over(outcome, problem, households, route):
        found = spare.first(household)
        if found is not None:
            route[household], step[household] = found
            moved[household] = 1
    seated_outcome, route = _with_departures(outcome, problem, households, route, step)
    lost = seated_outcome.certificate.objective - outcome.certificate.objective
    return Seating(households, route, step, moved, seated_outcome, lost)


def _filled(size: Ints, members: Ints, rooms: Ints) -> Ints:
    """Departure of each household, −1 for none: int64[n_households]; `rooms` in order of time."""
    at = np.full(len(size), -1)
    waiting: list[list[int]] = [[] for _ in range(LARGEST + 1)]  # by size, the next in drawn order last
    for household in members[::-1].tolist():
        waiting[size[household]].append(household)

    def take(households_of_size: int, departure: int) -> None:
        at[waiting[households_of_size].pop()] = departure

    def finish(room: int, departure: int) -> None:
        """Fill so little room, the largest that fit first."""
        while room:
            fits = [each for each in range(min(room, LARGEST), 0, -1) if waiting[each]]
            if not fits:
                return
            take(fits[0], departure)
            room -= fits[0]

    small = [(int(rooms[each]), each) for each in range(len(rooms)) if rooms[each] <= _SMALL]
    for room, departure in sorted(small):
        finish(room, departure)
    for departure in np.flatnonzero(rooms > _SMALL).tolist():
        room = int(rooms[departure])
        while room > _SMALL and any(waiting):
            drawn = min((each[-1], of_size) for of_size, each in enumerate(waiting) if each)[1]
            take(drawn, departure)
            room -= drawn
        finish(room, departure)
    return at


def _left_over(outcome: Outcome, problem: Problem, households: Households, route: Ints) -> list[int]:
    """Households without a seat though the plan had one for so many of their zone, smallest first."""
    unserved = {each.zone_id: each.persons for each in outcome.unserved}
    zone_ids = outcome.scenario.zones.zone_id
    found: list[int] = []
    for zone in range(len(zone_ids)):
        without = np.flatnonzero((households.zone == zone) & (route < 0))
        wanted = int(households.size[without].sum()) - unserved.get(str(zone_ids[zone]), 0)
        for household in without[np.argsort(households.size[without], kind="stable")].tolist():
            if wanted <= 0:
                break
            found.append(household)
            wanted -= int(households.size[household])
    return found


class _Spare:
    """Room that a plan leaves on arcs, at hosts and among beds, and who could be ready to take it."""

    def __init__(
        self, outcome: Outcome, timing: Timing, households: Households, route: Ints, step: Ints
    ) -> None:
        self.outcome, self.timing, self.households = outcome, timing, households
        arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
        host_row, zone_row = outcome.scenario.hosts.position(), outcome.scenario.zones.position()
        self.arcs = [[arc_row[link] for link in each.links] for each in outcome.routes]
        self.hosts = [host_row[each.host_id] for each in outcome.routes]
        self.of_zone: dict[int, list[int]] = defaultdict(list)
        for number, each in enumerate(outcome.routes):
            self.of_zone[zone_row[each.zone_id]].append(number)
        self.used: dict[tuple[int, int], int] = defaultdict(int)
        self.taken: dict[tuple[int, int], int] = defaultdict(int)
        self.beds = timing.beds.astype(np.int64).copy()
        self.left = np.zeros(timing.newly_ready.shape, np.int64)
        for household in np.flatnonzero(route >= 0).tolist():
            self.occupy(household, int(route[household]), int(step[household]))

    def occupy(self, household: int, route: int, step: int) -> None:
        """Count a household in."""
        persons, way = int(self.households.size[household]), self.outcome.routes[route]
        for arc, entry in zip(self.arcs[route], way.entry_steps, strict=True):
            self.used[arc, step + entry] += persons
        self.taken[self.hosts[route], step + way.arrival_steps] += persons
        self.beds[self.hosts[route]] -= persons
        self.left[self.households.zone[household], step] += persons

    def first(self, household: int) -> tuple[int, int] | None:
        """The earliest departure with room by any route of its zone, taken at once; None if there is none."""
        zone, timing = int(self.households.zone[household]), self.timing
        ready = np.cumsum(timing.newly_ready[zone]) - np.cumsum(self.left[zone])
        there = np.minimum.accumulate(ready[::-1])[
            ::-1
        ]  # who may go at a step and leave nobody unready later
        for step in np.flatnonzero(there >= self.households.size[household]).tolist():
            for route in self.of_zone[zone]:
                if self._fits(int(self.households.size[household]), route, step):
                    self.occupy(household, route, step)
                    return route, step
        return None

    def _fits(self, persons: int, route: int, step: int) -> bool:
        timing, way, host = self.timing, self.outcome.routes[route], self.hosts[route]
        arrival = step + way.arrival_steps
        if arrival >= timing.n_steps or self.beds[host] < persons:
            return False
        if self.taken[host, arrival] + persons > timing.intake[host, arrival]:
            return False
        return all(
            self.used[arc, step + entry] + persons <= timing.capacities[timing.capacity_of[arc], step + entry]
            for arc, entry in zip(self.arcs[route], way.entry_steps, strict=True)
        )


def _with_departures(
    outcome: Outcome, problem: Problem, households: Households, route: Ints, step: Ints
) -> tuple[Outcome, Ints]:
    """The outcome with the departures that the households make, and their routes in it.

    A route that nobody takes any more is no route of the plan.
    """
    used = np.unique(route[route >= 0])
    route = np.where(route >= 0, np.searchsorted(used, route), -1)
    routes = tuple(outcome.routes[old] for old in used.tolist())
    aboard: dict[tuple[int, int, int], int] = defaultdict(int)
    for household in np.flatnonzero(route >= 0).tolist():
        key = int(households.zone[household]), int(step[household]), int(route[household])
        aboard[key] += int(households.size[household])
    rows = sorted((*key, persons) for key, persons in aboard.items())
    table = np.array(rows, np.int64).reshape(len(rows), 4)
    departures = Departures(route=table[:, 2].copy(), step=table[:, 1].copy(), persons=table[:, 3].copy())
    objective, stay = objective_of(problem, routes, departures)
    before = {each.zone_id: each.binding for each in outcome.unserved}
    unserved = tuple(
        Unserved(str(zone_id), int(persons), before.get(str(zone_id), ("households are not split",)))
        for zone_id, persons in zip(outcome.scenario.zones.zone_id, stay.tolist(), strict=True)
        if persons
    )
    seated = dataclasses.replace(
        outcome,
        routes=routes,
        departures=departures,
        unserved=unserved,
        certificate=dataclasses.replace(outcome.certificate, objective=objective),
    )
    return seated, route
