"""The bound from the midst of a plan with classes on: what is spent or sure to be, and the others' best."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.history import as_told, at_halt, trips_needed
from farshore.plan.checker.classes.loads import ClassLoads, RideKey, class_costs_of, class_loads_of
from farshore.plan.checker.classes.midst import ClassMidst, leaves_base
from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import Group
from farshore.plan.checker.classes.prices import ClassPrices
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.trips import Trip
from farshore.plan.checker.ends import Zone
from farshore.plan.checker.timetable import Ints

__all__ = ["class_bound_from_midst"]


def class_bound_from_midst(
    problem: ClassProblem,
    midst: ClassMidst,
    moves: tuple[ClassMovement, ...],
    loads: ClassLoads,
    trips: tuple[Trip, ...],
    prices: ClassPrices,
) -> int:
    """What no plan from the event on can cost less than, with what is spent by then or sure to be."""
    at, n_steps = midst.at, problem.n_steps
    told = as_told(midst, moves)
    bound = [replace(move, persons=told[move.line]) for move in moves if told[move.line]]
    halted = [
        replace(move, persons=move.persons - told.get(move.line, 0))
        for move in (*moves, *midst.stranded)
        if at_halt(midst, move)
    ]
    so_far = [_as_far(move, at, n_steps) for move in halted]
    spent = class_costs_of(problem, class_loads_of(problem, bound, so_far), (*bound, *so_far)).travel
    groups, at_home = _groups(problem, midst, moves, told)
    for i, group in enumerate(problem.groups):
        here = group.ready - np.cumsum(loads.left[i]) - at_home[i]
        spent += sum(int(n) * int(c) for n, c in zip(here, problem.home[group.zone, group.need], strict=True))
    ahead = _with_halted(problem, groups, halted, at)
    serving = np.arange(n_steps) >= at
    ahead = replace(
        ahead,
        buses=tuple(replace(each, vehicles=np.where(serving, each.vehicles, 0)) for each in problem.buses),
    )
    return spent + lower_bound(ahead, prices) + _taken(problem, midst, bound, trips, prices)


def _as_far(move: ClassMovement, at: int, n_steps: int) -> ClassMovement:
    """As far as somebody came who has halted, up to when they can go on."""
    way, halt = move.way, move.way.halt
    assert halt is not None
    legs = way.legs[: way.begins]
    n_links = sum(len(leg.arcs) for leg in legs)
    trains = sum(leg.mode == "train" for leg in legs)
    cut = replace(
        way,
        route_id=f"{way.route_id} so far",
        legs=legs,
        links=way.links[:n_links],
        entries=way.entries[:n_links],
        arrival=min(max(halt.since, at - move.step), n_steps - 1 - move.step),
    )
    return replace(move, way=cut, stages=move.stages[:trains])


def _groups(
    problem: ClassProblem, midst: ClassMidst, moves: tuple[ClassMovement, ...], told: dict[int, int]
) -> tuple[list[Group], Ints]:
    """Groups of those at home who are not bound, ready from the event on; and how many wait in each step."""
    n_steps, at = problem.n_steps, midst.at
    fixed = np.zeros((len(problem.groups), n_steps), np.int64)
    free = np.zeros_like(fixed)
    for move in (*moves, *midst.stranded):
        row = problem.group(move.way.zone, move.class_row)
        mine = move.persons if move.step < at else told.get(move.line, 0)
        fixed[row, move.step] += mine
        free[row, move.step] += move.persons - mine
    groups, waiting = [], np.zeros_like(fixed)
    for i, group in enumerate(problem.groups):
        there = group.ready - np.cumsum(fixed[i])
        ready = np.array([there[k:].min() for k in range(n_steps)], np.int64)
        ready[:at] = 0
        waiting[i] = ready - np.cumsum(free[i])
        groups.append(replace(group, people=int(ready[-1]) + group.never_ready, ready=ready))
    return groups, waiting


def _with_halted(
    problem: ClassProblem, groups: list[Group], halted: Iterable[ClassMovement], at: int
) -> ClassProblem:
    """The problem with people at halts as groups of zones of their own."""
    plain, n_steps = problem.plain, problem.n_steps
    halts: Counter[tuple[int, int, int, bool, int]] = Counter()
    for move in halted:
        way, halt = move.way, move.way.halt
        assert halt is not None
        in_car = bool(way.begins) and way.legs[way.begins - 1].mode == "car"
        since = max(at, move.step + halt.since)
        halts[halt.node, way.zone, move.class_row, in_car, since] += move.persons
    zones, home, accepts = list(plain.zones), [problem.home], [problem.accepts]
    for (node, zone, class_row, in_car, since), persons in sorted(halts.items()):
        ready = np.where(np.arange(n_steps) >= since, persons, 0)
        costs = problem.terminals.waiting[:, problem.terminals.at[node]]
        groups.append(Group(len(zones), class_row // 2, in_car, persons, ready))
        zones.append(
            Zone("", len(zones), node, persons, ready, np.zeros(n_steps, np.int64), np.zeros(n_steps))
        )
        home.append(costs[None])
        accepts.append(problem.accepts[zone][None])
    return replace(
        problem,
        plain=replace(plain, zones=tuple(zones)),
        groups=tuple(groups),
        home=np.concatenate(home),
        accepts=np.concatenate(accepts),
    )


def _taken(  # noqa: PLR0912 (every kind of room by itself)
    problem: ClassProblem,
    midst: ClassMidst,
    bound: list[ClassMovement],
    trips: tuple[Trip, ...],
    prices: ClassPrices,
) -> int:
    """What the room is worth at the prices that those take who are bound, and their buses."""
    at = midst.at
    ferry, worth = problem.plain.network.is_ferry, 0
    beds: Counter[int] = Counter()
    riders: defaultdict[RideKey, list[int]] = defaultdict(lambda: [0, 0, 0])
    for move in bound:
        arrives = move.step + move.way.arrival
        beds[move.way.host] += move.persons
        if arrives >= at:
            worth += move.persons * prices.intake.get((move.way.host, arrives), 0)
        stages = iter(move.stages)
        for leg in move.way.legs:
            begins = move.step + leg.board
            if leg.mode == "bus":
                riders[leg.service, begins, leg.tail, leg.arcs][move.need] += move.persons
            elif leg.mode == "train":
                stage = next(stages)
                if begins >= at:
                    seats = problem.stages[stage].seats_for(move.need)
                    worth += move.persons * seats * prices.trains.get(stage, 0)
            for arc, entry in zip(leg.arcs, leg.entries, strict=True):
                key = (arc, move.step + entry)
                if key[1] < at or leg.mode == "bus":
                    continue
                if leg.mode == "walk":
                    worth += move.persons * prices.foot.get(key, 0)
                    continue
                worth += move.persons * prices.links.get(key, 0)
                if leg.mode == "car" and ferry[arc]:
                    worth += move.persons * prices.decks.get(key, 0)
    worth += sum(many * prices.beds.get(host, 0) for host, many in beds.items())
    out = [trip for trip in trips if trip.leaves < at]
    known = {trip.key for trip in out}
    vehicles: Counter[tuple[int, int]] = Counter()
    drivers: Counter[tuple[int, int]] = Counter()
    sent = [(trip.key, trip.entries, trip.leaves, trip.back, 1) for trip in out]
    for ride, persons in riders.items():
        if ride not in known and leaves_base(problem, ride) >= at:
            sent.append((ride, *_times(problem, ride), trips_needed(problem, ride[0], persons)))
    for (service, _, _, arcs), entries, leaves, back, many in sent:
        buses = problem.buses[service]
        for arc, entry in zip(arcs, entries, strict=True):
            if entry >= at:
                worth += many * buses.pcu_persons * prices.links.get((arc, entry), 0)
        for step in range(leaves, back):
            drivers[buses.row, int(problem.day[step])] += many
            if step >= at:
                vehicles[buses.row, step] += many
    place = {each.row: each for each in problem.buses}
    for (row, step), many in vehicles.items():
        worth += min(many, int(place[row].vehicles[step])) * prices.fleets.get((row, step), 0)
    for (row, day), many in drivers.items():
        worth += min(many, place[row].driver_steps) * prices.drivers.get((row, day), 0)
    return worth


def _times(problem: ClassProblem, key: RideKey) -> tuple[tuple[int, ...], int, int]:
    """Steps of entering each arc of a ride, of leaving the base and of being back there."""
    service, board, tail, arcs = key
    entries, at = [], board
    for arc in arcs:
        entries.append(at)
        at += int(problem.plain.network.steps[arc])
    buses, terminal = problem.buses[service], problem.terminals.at
    head = int(problem.plain.network.head[arcs[-1]])
    return tuple(entries), board - int(buses.out[terminal[tail]]), at + int(buses.back[terminal[head]])
