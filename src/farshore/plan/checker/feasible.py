"""Whether a plan can be carried out: readiness, every arc in every step, every host; and what it costs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from farshore.plan.checker.ends import Host
from farshore.plan.checker.files import Faults
from farshore.plan.checker.movements import DEPARTURES, Going, Movement, also
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.replanned import Halted
from farshore.plan.checker.timetable import Ints

__all__ = ["Loads", "check_feasible", "check_host", "costs_of", "loads_of"]

FEWER = "send fewer, at another time or another way"


@dataclass(frozen=True, eq=False)
class Loads:
    """What the departures add up to.

    departed : int64[n_zones, n_steps], leaving in each step; arrived : int64[n_hosts, n_steps]
    entered : int64[n, 3], arc row, step and persons, each arc and step once
    crossed : {(crossing_id, step): persons}
    crossed_by, arriving_by : rows of departures.csv by (crossing_id, step) and (host_id, step)
    entrances : the arcs by which anybody ever enters a crossing
    left : int64[n_zones, n_steps], leaving in each step, those included who wait on the road for good
    halted, halted_steps : what waiting at halts costs, and the person-steps of it
    """

    departed: Ints
    arrived: Ints
    entered: Ints
    crossed: dict[tuple[str, int], int]
    crossed_by: dict[tuple[str, int], list[int]]
    arriving_by: dict[tuple[str, int], list[int]]
    entrances: dict[str, tuple[int, ...]]
    left: Ints
    halted: int = 0
    halted_steps: int = 0

    def crossing_capacity(self, problem: Problem, crossing_id: str) -> Ints:
        """Persons who may enter a crossing in each step: int64[n_steps].

        Counted are the arcs by which the plan ever enters it; all of its arcs if it never does.
        """
        total = np.zeros(problem.clock.n_steps, np.int64)
        for arc in self.entrances.get(crossing_id) or problem.network.arcs_of(crossing_id):
            total += problem.network.capacity(arc)
        return total


def loads_of(problem: Problem, moves: tuple[Movement, ...], stranded: tuple[Halted, ...] = ()) -> Loads:
    """Add the movements up, and those of people who wait on the road for good."""
    n_steps = problem.clock.n_steps
    departed = np.zeros((len(problem.zones), n_steps), np.int64)
    arrived = np.zeros((len(problem.hosts), n_steps), np.int64)
    crossed: defaultdict[tuple[str, int], int] = defaultdict(int)
    crossed_by: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    arriving_by: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    entrances: defaultdict[str, set[int]] = defaultdict(set)
    ways = {move.way.route_id: move.way for move in moves}
    over = {route_id: _crossings_entered(problem, way.arcs) for route_id, way in ways.items()}
    for move in moves:
        departed[move.way.zone, move.step] += move.persons
        arrived[move.way.host, move.step + move.way.arrival] += move.persons
        host_id = problem.hosts[move.way.host].host_id
        arriving_by[host_id, move.step + move.way.arrival].append(move.line)
        for i, crossing_id in over[move.way.route_id]:
            crossed[crossing_id, move.step + move.way.entries[i]] += move.persons
            crossed_by[crossing_id, move.step + move.way.entries[i]].append(move.line)
            entrances[crossing_id].add(move.way.arcs[i])
    left = departed.copy()
    for each in stranded:
        left[each.zone, each.step] += each.persons
    halted = halted_steps = 0
    for how, step, persons in (
        *((move.way.how, move.step, move.persons) for move in moves),
        *((each.how, each.step, each.persons) for each in stranded),
    ):
        for node, since, until in how.pauses:
            end = n_steps if until < 0 else step + until
            halted += persons * int(problem.waiting_at(node)[step + since : end].sum())
            halted_steps += persons * max(0, end - step - since)
    return Loads(
        departed=departed,
        arrived=arrived,
        entered=_entered(n_steps, moves, stranded),
        crossed=dict(crossed),
        crossed_by=dict(crossed_by),
        arriving_by=dict(arriving_by),
        entrances={crossing_id: tuple(sorted(arcs)) for crossing_id, arcs in entrances.items()},
        left=left,
        halted=halted,
        halted_steps=halted_steps,
    )


def _entered(n_steps: int, moves: tuple[Movement, ...], stranded: tuple[Halted, ...]) -> Ints:
    """Who enters which arc in which step, as in `Loads`."""
    groups = [
        *((move.way.how, move.step, move.persons) for move in moves),
        *((each.how, each.step, each.persons) for each in stranded),
    ]
    hows = {id(how): how for how, _, _ in groups}
    number = {key: i for i, key in enumerate(hows)}
    lengths = np.array([len(how.entered) for how in hows.values()], np.int64)
    begins = np.cumsum(lengths) - lengths
    flat = np.array([pair for how in hows.values() for pair in how.entered], np.int64).reshape(-1, 2)
    table = np.array([(number[id(how)], step, persons) for how, step, persons in groups], np.int64)
    which, step, persons = table.reshape(-1, 3).T
    many = lengths[which]
    source = np.arange(many.sum()) + np.repeat(begins[which] - (np.cumsum(many) - many), many)
    keys, inverse = np.unique(
        flat[source, 0] * n_steps + flat[source, 1] + np.repeat(step, many), return_inverse=True
    )
    total = np.zeros(len(keys), np.int64)
    np.add.at(total, inverse, np.repeat(persons, many))
    return np.column_stack([keys // n_steps, keys % n_steps, total])


def _crossings_entered(problem: Problem, arcs: tuple[int, ...]) -> list[tuple[int, str]]:
    """Places on a route where it enters a crossing; arcs of one that follow each other are entered once."""
    found, before = [], ""
    for i, arc in enumerate(arcs):
        crossing_id = problem.network.crossing_id(arc)
        if crossing_id and crossing_id != before:
            found.append((i, crossing_id))
        before = crossing_id
    return found


def check_feasible(problem: Problem, moves: tuple[Movement, ...], loads: Loads, faults: Faults) -> None:
    """Fault every row and step in which the plan asks for more than there is."""
    _check_readiness(problem, moves, loads, faults)
    _check_arcs(problem, moves, loads, faults)
    for host in problem.hosts:
        check_host(problem, host, moves, loads.arrived[host.row], faults)


def _check_readiness(problem: Problem, moves: tuple[Movement, ...], loads: Loads, faults: Faults) -> None:
    for zone in problem.zones:
        gone = np.cumsum(loads.left[zone.row])
        for step in np.flatnonzero((gone > zone.ready) & (loads.left[zone.row] > 0)).tolist():
            lines = [m.line for m in moves if m.way.zone == zone.row and m.step == step] or [0]
            cause = (
                f"{gone[step]:,} have left {zone.zone_id} by {problem.time(step)}, when {zone.ready[step]:,} "
                f"are ready{also(lines)}"
            )
            faults.add(DEPARTURES, lines[0], "persons", cause, "let people leave only once they are ready")


def _check_arcs(problem: Problem, moves: tuple[Movement, ...], loads: Loads, faults: Faults) -> None:
    network = problem.network
    too_many: dict[tuple[int, int], tuple[int, int]] = {}
    for arc, steps, persons_in in _by_arc(loads.entered):
        most = network.capacity(arc)[steps]
        for i in np.flatnonzero(persons_in > most).tolist():
            too_many[arc, int(steps[i])] = int(persons_in[i]), int(most[i])
    if not too_many:
        return
    lines: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for move in moves:
        for arc, entry in move.way.how.entered:
            if (arc, move.step + entry) in too_many:
                lines[arc, move.step + entry].append(move.line)
    for (arc, step), (persons, capacity) in too_many.items():
        lines[arc, step] = lines[arc, step] or [0]
        crossing = network.crossing_id(arc)
        where = f"{network.arc_ids[arc]}{f' of {crossing}' if crossing else ''}"
        if capacity:
            room = f"which takes {capacity:,}"
        elif not network.open_hours(arc)[step]:
            room = "outside the hours in which anything moves there"
        else:
            room = "which is closed then or takes nobody"
        cause = f"{persons:,} enter link {where} at {problem.time(step)}, {room}{also(lines[arc, step])}"
        faults.add(DEPARTURES, lines[arc, step][0], "persons", cause, FEWER)


def _by_arc(entered: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """Each arc with the steps in which anybody enters it, and how many do."""
    for rows in np.split(entered, np.flatnonzero(np.diff(entered[:, 0])) + 1):
        if len(rows):
            yield int(rows[0, 0]), rows[:, 1], rows[:, 2]


def check_host(problem: Problem, host: Host, moves: Sequence[Going], arrived: Ints, faults: Faults) -> None:
    """Fault who is sent to a host beyond its beds or intake, or though it is blocked.

    arrived : int64[n_steps], taken in there in each step
    """
    if not arrived.any():
        return
    coming = [m for m in moves if m.way.host == host.row]
    if host.blocked:
        for move in coming:
            cause = f"{host.host_id} is blocked by protection rules"
            faults.add(DEPARTURES, move.line, "host_id", cause, "send people to another host")
    total = int(arrived.sum())
    if total > host.beds:
        last = max(coming, key=lambda m: (m.step + m.way.arrival, m.line))
        cause = f"{total:,} are sent to {host.host_id}, which has {host.beds:,} beds"
        faults.add(DEPARTURES, last.line, "persons", cause, FEWER)
    for step in np.flatnonzero(arrived).tolist():
        most = host.intake_in(step)
        if most is None or arrived[step] <= most:
            continue
        lines = [m.line for m in coming if m.step + m.way.arrival == step]
        room = f"takes in {most:,} in a step" if host.takes[step] else "takes nobody in then"
        cause = f"{arrived[step]:,} reach {host.host_id} at {problem.time(step)}; it {room}{also(lines)}"
        faults.add(DEPARTURES, lines[0], "persons", cause, FEWER)


@dataclass(frozen=True, slots=True)
class Costs:
    """The objective's parts, in 10⁻⁶ person-hours, and the seconds that people travel."""

    waiting: int
    travel: int
    left_behind: int
    travel_person_s: int

    @property
    def objective(self) -> int:
        """Their sum."""
        return self.waiting + self.travel + self.left_behind


def costs_of(problem: Problem, loads: Loads) -> Costs:
    """The plan's objective, part by part."""
    network = problem.network
    waiting = left = 0
    for zone in problem.zones:
        at_home = zone.ready - np.cumsum(loads.left[zone.row])
        each = zip(at_home.tolist(), zone.waiting_cost.tolist(), strict=True)
        waiting += sum(n * cost for n, cost in each)
        left += zone.people - int(loads.departed[zone.row].sum())
    travel = travel_s = 0
    for arc, steps, persons in _by_arc(loads.entered):
        cost = network.cost(arc)
        entering = int(persons.sum())
        if len(cost) == 1:
            travel += entering * int(cost[0])
        else:
            travel += sum(n * each for n, each in zip(persons.tolist(), cost[steps].tolist(), strict=True))
        travel_s += entering * int(network.travel_s[arc])
    return Costs(waiting + loads.halted, travel, left * problem.left_cost, travel_s)
