"""What the departures of a plan with classes add up to: on roads, decks and walks, in seats, at hosts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import NEEDS
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay
from farshore.plan.checker.feasible import Costs
from farshore.plan.checker.timetable import Ints

__all__ = ["ClassLoads", "Passages", "Ride", "class_costs_of", "class_loads_of", "passages_of"]

RideKey = tuple[int, int, int, tuple[int, ...]]  # place of the fleet, step of boarding, node, arcs
MOST = 2**62


@dataclass(frozen=True, eq=False)
class Passages:
    """Every entry of an arc (or walk of a link) by people: parallel int64 arrays."""

    arc: Ints
    step: Ints
    persons: Ints
    need: Ints
    line: Ints

    def by_key(self, n_steps: int) -> tuple[Ints, Ints, Ints]:
        """Arc, step and persons of each different arc and step, rising."""
        keys, place = np.unique(self.arc * n_steps + self.step, return_inverse=True)
        total = np.zeros(len(keys), np.int64)
        np.add.at(total, place.ravel(), self.persons)
        return keys // n_steps, keys % n_steps, total

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Passages":
        """Some of them."""
        return Passages(*(getattr(self, name)[chosen] for name in ("arc", "step", "persons", "need", "line")))

    def lines(self, arc: int, step: int) -> list[int]:
        """Rows of departures.csv that make up one key."""
        return sorted(set(self.line[(self.arc == arc) & (self.step == step)].tolist()))


@dataclass(eq=False)
class Ride:
    """Riders of one fleet who share trips: persons by need, and their rows of departures.csv."""

    persons: list[int]
    lines: list[int]


@dataclass(frozen=True, eq=False)
class ClassLoads:
    """The departures, added up.

    departed : int64[n_groups, n_steps]; arrived : int64[n_hosts, n_steps]
    by_car, by_bus, afloat, on_foot : entries of arcs by people in cars (ferries included), of arcs by riders,
    of ferry arcs by people on foot, of links by walkers, in the step in which the walk begins
    rides : riders who share trips; seated : seats taken on each stage of a train; aboard : persons there
    waits : {(place of the terminal, step, need): persons} who wait there through the step
    arriving_by : rows of departures.csv by (host_id, step)
    """

    departed: Ints
    arrived: Ints
    by_car: Passages
    by_bus: Passages
    afloat: Passages
    on_foot: Passages
    rides: dict[RideKey, Ride]
    seated: dict[int, int]
    aboard: dict[int, list[int]]
    waits: dict[tuple[int, int, int], int]
    arriving_by: dict[tuple[str, int], list[int]]
    left: Ints


def class_loads_of(
    problem: ClassProblem, moves: Sequence[ClassMovement], stranded: Sequence[ClassMovement] = ()
) -> ClassLoads:
    """Add the movements up; stranded : who has left and waits on the road for good."""
    n_steps, plain = problem.n_steps, problem.plain
    departed = np.zeros((len(problem.groups), n_steps), np.int64)
    arrived = np.zeros((len(plain.hosts), n_steps), np.int64)
    rides: dict[RideKey, Ride] = {}
    seated: defaultdict[int, int] = defaultdict(int)
    aboard: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(NEEDS))
    waits: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    arriving_by: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    left = departed.copy()
    everybody = (*moves, *stranded)
    for move in everybody:
        way, step, persons = move.way, move.step, move.persons
        left[problem.group(way.zone, move.class_row), step] += persons
        _travel(problem, move, rides, seated, aboard, waits)
        if way.arrival < 0:
            continue
        departed[problem.group(way.zone, move.class_row), step] += persons
        arrived[way.host, step + way.arrival] += persons
        arriving_by[plain.hosts[way.host].host_id, step + way.arrival].append(move.line)
    return ClassLoads(
        departed=departed,
        arrived=arrived,
        by_car=passages_of(everybody, "car"),
        by_bus=passages_of(everybody, "bus"),
        afloat=passages_of(everybody, "ferry"),
        on_foot=passages_of(everybody, "walk"),
        rides=rides,
        seated=dict(seated),
        aboard=dict(aboard),
        waits=dict(waits),
        arriving_by=dict(arriving_by),
        left=left,
    )


def _travel(
    problem: ClassProblem,
    move: ClassMovement,
    rides: dict[RideKey, Ride],
    seated: defaultdict[int, int],
    aboard: defaultdict[int, list[int]],
    waits: defaultdict[tuple[int, int, int], int],
) -> None:
    """Count in who rides, and who waits where."""
    way, step, persons, need = move.way, move.step, move.persons, move.need
    for leg in way.legs:
        if leg.mode == "bus":
            key = (leg.service, step + leg.board, leg.tail, leg.arcs)
            ride = rides.setdefault(key, Ride([0] * len(NEEDS), []))
            ride.persons[need] += persons
            ride.lines.append(move.line)
    for stage in move.stages:
        seated[stage] += persons * problem.stages[stage].seats_for(need)
        aboard[stage][need] += persons
    for node, since, until in way.waits():
        for k in range(step + since, problem.n_steps if until < 0 else step + until):
            waits[problem.terminals.at[node], k, need] += persons


def passages_of(moves: Iterable[ClassMovement], mode: str) -> Passages:
    """Every entry of an arc by a mode."""
    along: dict[str, tuple[Ints, Ints]] = {}
    parts: list[tuple[Ints, Ints]] = []
    figures: list[tuple[int, int, int, int]] = []  # persons, need, line, how many
    for move in moves:
        if move.way.route_id not in along:
            along[move.way.route_id] = _along(move.way, mode)
        arcs, entries = along[move.way.route_id]
        if len(arcs):
            parts.append((arcs, entries + move.step))
            figures.append((move.persons, move.need, move.line, len(arcs)))
    if not parts:
        none = np.zeros(0, np.int64)
        return Passages(none, none, none, none, none)
    table = np.array(figures, np.int64)
    repeated = [np.repeat(table[:, i], table[:, 3]) for i in range(3)]
    return Passages(
        np.concatenate([arcs for arcs, _ in parts]), np.concatenate([steps for _, steps in parts]), *repeated
    )


def _along(way: ClassWay, mode: str) -> tuple[Ints, Ints]:
    arcs = [arc for leg in way.legs if leg.mode == mode for arc in leg.arcs]
    entries = [entry for leg in way.legs if leg.mode == mode for entry in leg.entries]
    return np.array(arcs, np.int64), np.array(entries, np.int64)


def class_costs_of(problem: ClassProblem, loads: ClassLoads, moves: Sequence[ClassMovement]) -> Costs:
    """The plan's objective, part by part; moves : of all who have left, whether they are taken in or not."""
    waiting = left = 0
    for i, group in enumerate(problem.groups):
        at_home = group.ready - np.cumsum(loads.left[i])
        waiting += _product(at_home, problem.home[group.zone, group.need])
        left += group.people - int(loads.departed[i].sum())
    travel = sum(
        persons * int(problem.terminals.waiting[need, place, k])
        for (place, k, need), persons in loads.waits.items()
    )
    travel += sum(
        n * problem.stage_cost(problem.stages[stage], need)
        for stage, persons in loads.aboard.items()
        for need, n in enumerate(persons)
        if n
    )
    for passages in (loads.by_car, loads.by_bus, loads.afloat):
        for need in range(len(NEEDS)):
            arcs, steps, persons = passages.of(passages.need == need).by_key(problem.n_steps)
            for arc, first, last in _runs(arcs):
                cost = np.broadcast_to(problem.arc_cost(arc, need), problem.n_steps)
                travel += _product(persons[first:last], cost[steps[first:last]])
    walks = problem.walks
    at = problem.terminals.at
    for move in moves:
        for leg in move.way.legs:
            if leg.mode == "walk":
                cost = walks[at[leg.tail], at[leg.head]].cost[move.need]
                travel += move.persons * int(np.broadcast_to(cost, problem.n_steps)[move.step + leg.board])
    travel_s = sum(move.persons * move.way.travel_s for move in moves)
    return Costs(waiting, travel, left * problem.left_cost, travel_s)


def _runs(rising: Ints) -> list[tuple[int, int, int]]:
    """Value, first and last + 1 place of each run of equal values."""
    firsts = np.flatnonzero(np.diff(rising, prepend=-1))
    lasts = np.append(firsts, len(rising))[1:]
    return list(zip(rising[firsts].tolist(), firsts.tolist(), lasts.tolist(), strict=True))


def _product(numbers: Ints, costs: Ints) -> int:
    """Σ number × cost, whatever its size."""
    if int(np.abs(numbers).sum()) * int(costs.max(initial=0)) < MOST:
        return int((numbers * costs).sum())
    return sum(int(n) * int(c) for n, c in zip(numbers, costs, strict=True) if n)
