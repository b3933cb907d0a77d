"""Whole people on whole vehicles: groups of each block put on known ways, the needier first."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.columns import used
from farshore.kernels.dispatch import dispatch
from farshore.kernels.pouring import pour
from farshore.plan.classes.buses import vehicle_room
from farshore.plan.classes.columns import Blocks, Columns, Timed
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook, Patterns
from farshore.plan.classes.pricing import Pricer
from farshore.plan.classes.spread import Spreader
from farshore.scenario.clock import Ints

__all__ = ["Placed", "poured"]


@dataclass(frozen=True, eq=False)
class Placed:
    """A plan in whole numbers.

    commodity, block, ready, people, pattern : int64[n_placed]; entered : int64[n_placed, n_most + 1], steps in
        which the pattern's stretches are entered, then that of arrival
    cost : int64[n_placed], of one person from leaving home; trips : int64[n_rides, n_steps], buses sent
    staying : int64[n_commodities], ready in time and left behind
    full : bool[n_resources], of which nothing is left
    """

    patterns: Patterns
    commodity: Ints
    block: Ints
    ready: Ints
    people: Ints
    pattern: Ints
    entered: Ints
    cost: Ints
    trips: Ints
    staying: Ints
    full: npt.NDArray[np.bool_]
    objective: int

    @property
    def depart(self) -> Ints:
        """Step in which each leaves home."""
        return self.entered[:, 0]


def poured(
    problem: ClassProblem, pricer: Pricer, blocks: Blocks, book: PatternBook, candidates: dict[int, list[int]],
    price: Ints, *, group_size: int = 50,
) -> Placed:  # fmt: skip
    """Place everybody, by need and then by when they are ready.

    candidates : patterns that those of a block may take
    price : of all resources, counted when ways are compared
    """
    layers, people, resources = problem.layers, problem.people, problem.layers.resources
    n_steps, n_hosts = layers.n_steps, len(problem.host_open)
    patterns = book.patterns()
    commodity, block, count, ready = _groups(problem, blocks, group_size)
    order = np.lexsort((ready, people.need[commodity]))
    commodity, block, count, ready = (part[order] for part in (commodity, block, count, ready))
    lists = [candidates.get(number, []) for number in block.tolist()]
    first = np.concatenate([[0], np.cumsum([len(each) for each in lists])]).astype(np.int64)
    flat = np.array([pattern for each in lists for pattern in each], np.int64)
    needs = range(len(layers.flat_cost))
    stretch_cost = np.array([_over(patterns, problem, need) for need in needs])
    toll = np.array([_tolls(patterns, pricer, need, price) for need in needs])
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
    host_toll = price[resources.intake : resources.beds].reshape(n_hosts, n_steps)
    beds = resources.capacity[resources.beds : resources.drivers].copy()
    trips = np.zeros((len(ride), n_steps), np.int64)
    whose, pattern, many, entered = pour(
        commodity, count, ready, np.ones(len(count), bool), first, flat, people.need,
        patterns.first, patterns.stretch, patterns.host, patterns.car, patterns.arcs_first, patterns.arcs,
        patterns.offset, patterns.length, patterns.bus_of, patterns.wait_at,
        np.ascontiguousarray(rooms[:, ride]), layers.opens_of, layers.opens, layers.use_first, layers.use_base,
        layers.use_offset, layers.use_unit, layers.use_seats, _seats_by_stretch(patterns, problem), left,
        np.zeros_like(trips), np.zeros_like(trips), (seats // np.maximum(1, rooms[0]))[ride], trips,
        seats[ride], resources.fleets, resources.trains, vehicle_room(layers.ground), days,
        resources.steps_in_day, taken, beds,
        _summed(problem.wait_cost), problem.left_cost, _summed(layers.afoot.wait_cost), stretch_cost, toll,
        host_toll + price[resources.beds : resources.drivers][:, None],
    )  # fmt: skip
    left[resources.intake : resources.beds] = taken.ravel()
    left[resources.beds : resources.drivers] = beds
    left[resources.drivers :] = days.ravel()
    commodity, block, ready = commodity[whose], block[whose], ready[whose]
    cost = _way_cost(problem, patterns, people.need[commodity], pattern, entered, stretch_cost)
    placed = np.bincount(commodity, many, len(people.zone)).astype(np.int64)
    staying = people.newly_ready.sum(axis=1) - placed
    return Placed(
        patterns, commodity, block, ready, many, pattern, entered, cost, trips, staying, left <= 0,
        _objective(problem, commodity, entered[:, 0], many, cost),
    )  # fmt: skip


def sent(
    problem: ClassProblem, spreader: Spreader, blocks: Blocks, book: PatternBook, *, group_size: int = 50,
    filling: float = 0.9, order_by: str = "need", slack_h: float = 0.05, most: int = 1 << 40,
) -> Placed:  # fmt: skip
    """Send everybody by the cheapest way that has room, at the prices of the spreader."""
    layers, people, resources = problem.layers, problem.people, problem.layers.resources
    n_steps, n_hosts = layers.n_steps, len(problem.host_open)
    patterns = spreader.patterns
    commodity, block, count, ready = _groups(problem, blocks, group_size)
    keys = (ready, people.need[commodity]) if order_by == "need" else (people.need[commodity], ready)
    order = np.lexsort(keys)
    commodity, block, count, ready = (part[order] for part in (commodity, block, count, ready))
    commodity, block, count, ready = (part[:most] for part in (commodity, block, count, ready))
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
    args, there, at_home, tolls, host_price = s.guide()
    whose, many, host, stretches, through, entered = dispatch(
        commodity, count, ready, s.pricer.group, s.seats, s.home, s.home_wait, problem.left_cost / 1e6,
        s.car_first, s.cars, s.car_host, s.out_first, s.out, s.head, patterns.length, s.cost, tolls, s.accepts,
        s.host_first, s.hosts, host_price, s.need, s.terminal_wait, there, at_home, filling, slack_h,
        patterns.arcs_first, patterns.arcs, patterns.offset, patterns.bus_of, layers.opens_of, layers.opens,
        layers.use_first, layers.use_base, layers.use_offset, layers.use_unit, layers.use_seats, left,
        np.zeros_like(trips), np.zeros_like(trips), (seats // np.maximum(1, rooms[0]))[ride], trips,
        seats[ride], resources.fleets, resources.trains, vehicle_room(layers.ground), days,
        resources.steps_in_day, taken, beds,
    )  # fmt: skip
    pattern = np.array(
        [book.number(h, tuple(way[:n])) for h, n, way in zip(host.tolist(), stretches.tolist(), through.tolist(), strict=True)],
        np.int64,
    )
    patterns = book.patterns()
    commodity, block, ready = commodity[whose], block[whose], ready[whose]
    needs = range(len(layers.flat_cost))
    stretch_cost = np.array([_over(patterns, problem, need) for need in needs])
    cost = _way_cost(problem, patterns, people.need[commodity], pattern, entered, stretch_cost)
    placed = np.bincount(commodity, many, len(people.zone)).astype(np.int64)
    staying = people.newly_ready.sum(axis=1) - placed
    depart = np.where(stretches > 0, entered[:, 0], entered[np.arange(len(many)), stretches])
    return Placed(
        patterns, commodity, block, ready, many, pattern, entered, cost, trips, staying, left <= 0,
        _objective(problem, commodity, depart, many, cost),
    )  # fmt: skip


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
    return total + problem.left_cost * int(people.people.sum() - many.sum())


def _groups(problem: ClassProblem, blocks: Blocks, size: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Commodity, block, people and step of readiness of groups; those without a car wait for each other."""
    people = problem.people
    who, step = np.nonzero(people.newly_ready)
    count = people.newly_ready[who, step]
    block = blocks.of[who, step]
    found: list[tuple[int, int, int, int]] = []
    held = 0
    for i, (c, k, n, b) in enumerate(
        zip(who.tolist(), step.tolist(), count.tolist(), block.tolist(), strict=True)
    ):
        held += n
        last = i + 1 == len(who) or block[i + 1] != b
        if people.has_car[c] or last or held >= size:
            found.append((c, b, held, k))
            held = 0
    table = np.array(found, np.int64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _summed(wait_cost: Ints) -> Ints:
    """Cost of waiting up to each step: one entry more than steps, on the last axis."""
    total = np.cumsum(wait_cost, axis=-1)
    return np.concatenate([np.zeros((*total.shape[:-1], 1), np.int64), total], axis=-1)


def _shifted(rows: Ints, offset: Ints) -> Ints:
    """Each row as it will be so many steps later: rows int64[n, n_steps]."""
    n_steps = rows.shape[1]
    there = np.minimum(np.arange(n_steps) + offset[:, None], n_steps - 1)
    return np.take_along_axis(rows, there, axis=1)


def _by_stretch(patterns: Patterns, each: Ints) -> Ints:
    """Sums over the arcs of each stretch: int64[n_stretches, n_steps]."""
    total = np.zeros((len(patterns.length), each.shape[1]), np.int64)
    np.add.at(total, np.repeat(np.arange(len(patterns.length)), np.diff(patterns.arcs_first)), each)
    return total


def _over(patterns: Patterns, problem: ClassProblem, need: int) -> Ints:
    layers = problem.layers
    row = layers.cost_of[patterns.arcs]
    changing = np.where((row >= 0)[:, None], layers.costs[need][row], 0)
    each = _shifted(changing, patterns.offset) + layers.flat_cost[need, patterns.arcs][:, None]
    return _by_stretch(patterns, each)


def _tolls(patterns: Patterns, pricer: Pricer, need: int, price: Ints) -> Ints:
    toll_of, tolls = pricer.tolls(need, price)
    row = toll_of[patterns.arcs]
    each = np.zeros((len(row), tolls.shape[0]), np.int64)
    each[row >= 0] = tolls.T[row[row >= 0]]
    return _by_stretch(patterns, _shifted(each, patterns.offset))


def _seats_by_stretch(patterns: Patterns, problem: ClassProblem) -> Ints:
    """Seats that each need takes on each stretch that is no ride by bus."""
    return np.ascontiguousarray(problem.layers.seats[:, patterns.arcs[patterns.arcs_first[:-1]]])


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


def columns_of_placed(problem: ClassProblem, placed: Placed) -> Columns:
    """A column for each block that is placed: how its people behave in this plan."""
    layers, patterns = problem.layers, placed.patterns
    key = np.stack([placed.commodity, placed.pattern, *placed.entered.T], axis=1)
    _, pick, way = np.unique(key, axis=0, return_index=True, return_inverse=True)
    way = way.ravel()
    pattern, entered, commodity = placed.pattern[pick], placed.entered[pick], placed.commodity[pick]
    arcs, enters, first = [], [], [0]
    for row in range(len(pick)):
        n = 0
        for i, s in enumerate(
            patterns.stretch[patterns.first[pattern[row]] : patterns.first[pattern[row] + 1]]
        ):
            span = slice(int(patterns.arcs_first[s]), int(patterns.arcs_first[s + 1]))
            arcs.append(patterns.arcs[span])
            enters.append(entered[row, i] + patterns.offset[span])
            n += len(arcs[-1])
        first.append(first[-1] + n)
    size = np.diff(patterns.first)[pattern]
    whole, arc = np.array(first, np.int64), np.concatenate([np.empty(0, np.int64), *arcs])
    enter = np.concatenate([np.empty(0, np.int64), *enters])
    host, arrives = patterns.host[pattern], entered[np.arange(len(pick)), size]
    need = np.repeat(problem.people.need[commodity], np.diff(whole))
    uses = used(
        whole, arc, enter, host, arrives, layers.seats[need, arc], layers.use_first, layers.use_base,
        layers.use_offset, layers.use_unit, layers.use_seats, layers.n_steps, layers.resources.intake,
        layers.resources.beds,
    )  # fmt: skip
    timed = Timed(commodity, entered[:, 0], host, arrives, placed.cost[pick], whole, arc, enter, *uses)
    waits = _summed(problem.wait_cost)
    each = waits[placed.commodity, placed.depart] - waits[placed.commodity, placed.ready] + placed.cost
    kept, column = np.unique(placed.block, return_inverse=True)
    there = np.bincount(column, placed.people)
    parts, part = np.unique(column * len(pick) + way, return_inverse=True)
    share = np.bincount(part, placed.people)
    return Columns(
        block=kept,
        cost=np.bincount(column, placed.people * each.astype(np.float64)) / there,
        part_column=parts // len(pick),
        part_way=parts % len(pick),
        part_share=share / there[parts // len(pick)],
        ways=timed,
    )
