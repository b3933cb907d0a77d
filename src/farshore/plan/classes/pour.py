"""Whole people on whole vehicles: groups of each block put on known ways, the needier first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.kernels.dispatch import Guide, dispatch, hopeful
from farshore.kernels.placements import Placements, put_back, who_waits
from farshore.kernels.pouring import Rooms
from farshore.plan.classes.buses import vehicle_room
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook, Patterns, stretch_costs
from farshore.plan.classes.people import NEEDS
from farshore.plan.classes.resources import in_vehicles
from farshore.scenario.clock import Ints

__all__ = ["Placed", "completed", "dispatched", "placed", "rooms_of"]

_AT_ONCE: Final = 400  # groups sent between two looks at the clock


@dataclass(frozen=True, eq=False)
class Placed:
    """A plan in whole numbers.

    commodity, people, pattern : int64[n_placed]; entered : int64[n_placed, n_most + 1], steps in
        which the pattern's stretches are entered, then that of arrival
    cost : int64[n_placed], of one person from leaving home; trips : int64[n_rides, n_steps], buses sent
    staying : int64[n_commodities], ready in time and left behind
    """

    patterns: Patterns
    commodity: Ints
    people: Ints
    pattern: Ints
    entered: Ints
    cost: Ints
    trips: Ints
    staying: Ints
    objective: int

    @property
    def depart(self) -> Ints:
        """Step in which each leaves home."""
        return self.entered[:, 0]


def rooms_of(problem: ClassProblem, patterns: Patterns) -> Rooms:
    """All the room there is before anybody has left."""
    layers, resources = problem.layers, problem.layers.resources
    left = resources.capacity.copy()
    vehicles, days_left = in_vehicles(resources, layers.fleets)
    left[resources.fleets : resources.trains] = vehicles.ravel()
    seats = np.array([fleet.seats for fleet in layers.fleets], np.int64)
    assisted = np.array([fleet.room[0] for fleet in layers.fleets], np.int64)
    n_hosts, ride = len(problem.host_open), patterns.bus_fleet
    taken = resources.capacity[resources.intake : resources.beds].reshape(n_hosts, layers.n_steps).copy()
    taken[~problem.host_open] = 0
    none = np.zeros((len(ride), layers.n_steps), np.int64)
    return Rooms(
        arcs_first=patterns.arcs_first,
        arcs=patterns.arcs,
        offset=patterns.offset,
        length=patterns.length,
        bus_of=patterns.bus_of,
        opens_of=layers.opens_of,
        opens=layers.opens,
        use_first=layers.use_first,
        use_base=layers.use_base,
        use_offset=layers.use_offset,
        use_seats=layers.use_seats,
        left=left,
        fleet_first=resources.fleets,
        fleet_end=resources.trains,
        per_trip=(seats // np.maximum(1, assisted))[ride],
        fleet_seats=seats[ride],
        trips=none,
        seats_left=none.copy(),
        assisted_left=none.copy(),
        pcu=vehicle_room(layers.ground),
        days_left=days_left,
        steps_in_day=resources.steps_in_day,
        n_steps=layers.n_steps,
        taken=taken,
        beds=resources.capacity[resources.beds : resources.drivers].copy(),
    )


def dispatched(
    problem: ClassProblem,
    guide: Guide,
    rooms: Rooms,
    *,
    group_size: int,
    filling: float,
    ahead: int,
    slack_h: float,
    grain_h: float,
    over: Callable[[], bool] = lambda: False,
) -> Placements | None:
    """Send everybody, those of greater need as if ready so many steps earlier; changes the rooms.

    over : asked now and then whether there is no time left; None is returned then
    """
    commodity, count, ready = _groups(problem, group_size)
    need = problem.people.need[commodity]
    order = np.lexsort((need, ready - ahead * (len(NEEDS) - 1 - need)))
    commodity, count, ready = (part[order] for part in (commodity, count, ready))
    found: list[Placements] = []
    hopeless = hopeful(guide)
    for begin in range(0, max(1, len(order)), _AT_ONCE):
        if over():
            return None
        some = slice(begin, begin + _AT_ONCE)
        group = commodity[some], count[some], ready[some]
        whose, many, *way = dispatch(*group, guide, rooms, filling, 1.0, slack_h, grain_h, hopeless)
        found.append(Placements(group[0][whose], many, *way))
    return Placements(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def completed(
    problem: ClassProblem,
    guide: Guide,
    rooms: Rooms,
    placements: Placements,
    *,
    slack_h: float,
    grain_h: float,
) -> Placements:
    """Placements, and everybody else sent beside them, the longest ready first; changes the rooms."""
    put_back(placements, np.arange(len(placements.people)), guide.choices, rooms)
    departed = np.zeros_like(problem.people.newly_ready)
    np.add.at(departed, (placements.commodity, placements.entered[:, 0]), placements.people)
    commodity, ready, people = who_waits(problem.people.newly_ready, departed)
    order = np.argsort(ready, kind="stable")
    commodity, ready, people = commodity[order], ready[order], people[order]
    waiting = commodity, people, ready
    whose, many, *way = dispatch(*waiting, guide, rooms, 0.0, 1.0, slack_h, grain_h, hopeful(guide))
    more = Placements(commodity[whose], many, *way)
    return Placements(*(np.concatenate(both) for both in zip(placements, more, strict=True)))


def placed(problem: ClassProblem, book: PatternBook, placements: Placements, trips: Ints) -> Placed:
    """The plan that placements make."""
    people, commodity, many = problem.people, placements.commodity, placements.people
    pattern = np.array(
        [
            book.number(host, tuple(way[:n]))
            for host, n, way in zip(
                placements.host.tolist(),
                placements.n_stretches.tolist(),
                placements.stretch.tolist(),
                strict=True,
            )
        ],
        np.int64,
    )
    patterns, entered = book.patterns(), placements.entered
    needs = range(len(problem.layers.flat_cost))
    stretch_cost = np.array([stretch_costs(patterns, problem, need) for need in needs])
    cost = _way_cost(problem, patterns, people.need[commodity], pattern, entered, stretch_cost)
    gone = np.bincount(commodity, many, len(people.zone)).astype(np.int64)
    return Placed(
        patterns,
        commodity,
        many,
        pattern,
        entered,
        cost,
        trips,
        people.newly_ready.sum(axis=1) - gone,
        _objective(problem, commodity, entered[:, 0], many, cost),
    )


def _objective(problem: ClassProblem, commodity: Ints, depart: Ints, many: Ints, cost: Ints) -> int:
    """The objective of docs/classes.md."""
    people = problem.people
    gone = np.zeros(people.newly_ready.shape, np.int64)
    np.add.at(gone, (commodity, depart), many)
    at_home = np.cumsum(people.newly_ready - gone, axis=1)
    if (at_home < 0).any():
        raise AssertionError("somebody leaves before being ready")
    total = sum(map(int, (at_home * problem.wait_cost).sum(axis=1).tolist()))
    total += sum(n * each for n, each in zip(many.tolist(), cost.tolist(), strict=True))
    return int(total + problem.left_cost * int(people.people.sum() - many.sum()))


def _groups(problem: ClassProblem, size: int) -> tuple[Ints, Ints, Ints]:
    """Commodity, people and step of readiness of groups; those without a car wait for each other."""
    people = problem.people
    who, step = np.nonzero(people.newly_ready)
    count = people.newly_ready[who, step]
    found: list[tuple[int, int, int]] = []
    held = 0
    for i, (c, k, n) in enumerate(zip(who.tolist(), step.tolist(), count.tolist(), strict=True)):
        held += n
        last = i + 1 == len(who) or who[i + 1] != c
        if people.has_car[c] or last or held >= size:
            found.append((c, held, k))
            held = 0
    table = np.array(found, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _summed(wait_cost: Ints) -> Ints:
    """Cost of waiting up to each step: one entry more than steps, on the last axis."""
    total = np.cumsum(wait_cost, axis=-1)
    return np.concatenate([np.zeros((*total.shape[:-1], 1), np.int64), total], axis=-1)


def _way_cost(
    problem: ClassProblem, patterns: Patterns, need: Ints, pattern: Ints, entered: Ints, stretch_cost: Ints
) -> Ints:
    """What each placement costs a person from leaving home to being taken in."""
    waits = _summed(problem.layers.afoot.wait_cost)
    cost = np.zeros(len(pattern), np.int64)
    n_stretches = len(patterns.length)
    size = np.diff(patterns.first)[pattern]
    for i in range(int(size.max(initial=0)) + 1):
        mine = np.flatnonzero(size >= i)
        if i > 0:
            before = patterns.stretch[patterns.first[pattern[mine]] + i - 1]
            left = entered[mine, i - 1]
            cost[mine] += stretch_cost[need[mine], before, left]
            ends = size[mine] == i
            follows = patterns.stretch[
                np.minimum(patterns.first[pattern[mine]] + i, len(patterns.stretch) - 1)
            ]
            at = patterns.wait_at[np.where(ends, n_stretches + patterns.host[pattern[mine]], follows)]
            arrived = left + patterns.length[before]
            there = need[mine]
            cost[mine] += waits[there, at, entered[mine, i]] - waits[there, at, arrived]
    return cost
