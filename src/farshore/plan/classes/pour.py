"""Whole people on whole vehicles: groups of each block put on known ways, the needier first."""

from dataclasses import dataclass

import numpy as np

from farshore.kernels.dispatch import dispatch
from farshore.plan.classes.buses import vehicle_room
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns, stretch_costs
from farshore.plan.classes.people import NEEDS
from farshore.plan.classes.spread import Spreader
from farshore.scenario.clock import Ints

__all__ = ["Placed", "sent"]


@dataclass(frozen=True, eq=False)
class Placed:
    """A plan in whole numbers.

    commodity, ready, people, pattern : int64[n_placed]; entered : int64[n_placed, n_most + 1], steps in
        which the pattern's stretches are entered, then that of arrival
    cost : int64[n_placed], of one person from leaving home; trips : int64[n_rides, n_steps], buses sent
    staying : int64[n_commodities], ready in time and left behind
    """

    patterns: Patterns
    commodity: Ints
    ready: Ints
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


def sent(
    problem: ClassProblem,
    spreader: Spreader,
    *,
    group_size: int,
    filling: float,
    ahead: int,
    slack_h: float,
) -> Placed:
    """Send everybody by the cheapest way that has room, at the prices of the spreader."""
    layers, people, resources = problem.layers, problem.people, problem.layers.resources
    n_steps, n_hosts = layers.n_steps, len(problem.host_open)
    patterns = spreader.patterns
    commodity, count, ready = _groups(problem, group_size)
    turn = ready - ahead * (len(NEEDS) - 1 - people.need[commodity])
    order = np.lexsort((people.need[commodity], turn))
    commodity, count, ready = (part[order] for part in (commodity, count, ready))
    left = resources.capacity.copy()
    left[resources.fleets : resources.trains] = np.concatenate(
        [np.empty(0, np.int64), *(fleet.vehicles for fleet in layers.fleets)]
    )
    seats = np.array([fleet.seats for fleet in layers.fleets], np.int64)
    rooms = np.array([fleet.room for fleet in layers.fleets], np.int64).reshape(-1, 3).T
    ride = patterns.bus_fleet
    days = np.array(
        [[int(f.vehicles.max()) * f.steps_a_day] * resources.n_days for f in layers.fleets], np.int64
    ).reshape(len(seats), resources.n_days)
    taken = resources.capacity[resources.intake : resources.beds].reshape(n_hosts, n_steps).copy()
    taken[~problem.host_open] = 0
    beds = resources.capacity[resources.beds : resources.drivers].copy()
    trips = np.zeros((len(ride), n_steps), np.int64)
    s = spreader
    there, at_home, tolls, host_price = s.guide()
    whose, many, host, stretches, through, entered = dispatch(
        commodity,
        count,
        ready,
        s.pricer.group,
        s.seats,
        s.home,
        s.home_wait,
        problem.left_cost / 1e6,
        s.car_first,
        s.cars,
        s.car_host,
        s.out_first,
        s.out,
        s.head,
        patterns.length,
        s.cost,
        tolls,
        s.accepts,
        s.host_first,
        s.hosts,
        host_price,
        s.need,
        s.terminal_wait,
        there,
        at_home,
        filling,
        slack_h,
        patterns.arcs_first,
        patterns.arcs,
        patterns.offset,
        patterns.bus_of,
        layers.opens_of,
        layers.opens,
        layers.use_first,
        layers.use_base,
        layers.use_offset,
        layers.use_unit,
        layers.use_seats,
        left,
        np.zeros_like(trips),
        np.zeros_like(trips),
        (seats // np.maximum(1, rooms[0]))[ride],
        trips,
        seats[ride],
        resources.fleets,
        resources.trains,
        vehicle_room(layers.ground),
        days,
        resources.steps_in_day,
        taken,
        beds,
    )
    pattern = np.array(
        [
            spreader.book.number(h, tuple(way[:n]))
            for h, n, way in zip(host.tolist(), stretches.tolist(), through.tolist(), strict=True)
        ],
        np.int64,
    )
    patterns = spreader.book.patterns()
    commodity, ready = commodity[whose], ready[whose]
    needs = range(len(layers.flat_cost))
    stretch_cost = np.array([stretch_costs(patterns, problem, need) for need in needs])
    cost = _way_cost(problem, patterns, people.need[commodity], pattern, entered, stretch_cost)
    placed = np.bincount(commodity, many, len(people.zone)).astype(np.int64)
    staying = people.newly_ready.sum(axis=1) - placed
    depart = np.where(stretches > 0, entered[:, 0], entered[np.arange(len(many)), stretches])
    return Placed(
        patterns,
        commodity,
        ready,
        many,
        pattern,
        entered,
        cost,
        trips,
        staying,
        _objective(problem, commodity, depart, many, cost),
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
