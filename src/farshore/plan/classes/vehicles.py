"""Trips and duties: which vehicle makes each trip, who is aboard, how long it is out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from farshore.kernels.colouring import fewest_vehicles
from farshore.plan.classes.boarding import Group, aboard_of
from farshore.plan.classes.layers import BUS, LEG
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pour import Placed

__all__ = ["Trip", "duties_of", "fleet_figures", "train_figures", "trips_of"]


@dataclass(frozen=True, eq=False)
class Trip:
    """A row of trips.csv, times as steps; aboard : its households, by their rows, with their persons."""

    fleet: int
    row: tuple[Any, ...]
    aboard: tuple[tuple[int, int], ...] = ()


def trips_of(
    problem: ClassProblem, placed: Placed, members: Mapping[int, Sequence[tuple[int, int]]] | None = None
) -> tuple[Trip, ...]:
    """Every trip with its vehicle: the first that is back at base, intervals coloured in order of time.

    members : households of each placement, (row, persons); None: nobody is told apart
    """
    layers, patterns, people = problem.layers, placed.patterns, problem.people
    codes, terminals = problem.scenario.nodes.node_id, layers.afoot.terminals
    riders: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    groups: defaultdict[tuple[int, int], list[Group]] = defaultdict(list)
    for i, pattern in enumerate(placed.pattern.tolist()):
        span = slice(int(patterns.first[pattern]), int(patterns.first[pattern + 1]))
        assisted = people.need[placed.commodity[i]] == 0
        for stretch, k in zip(patterns.stretch[span].tolist(), placed.entered[i].tolist(), strict=False):
            if patterns.bus_of[stretch] >= 0:
                riders[stretch, k][0 if assisted else 1] += int(placed.people[i])
                if members is not None:
                    groups[stretch, k] += [(*each, bool(assisted)) for each in members.get(i, ())]
    wanted: list[tuple[int, int, int, int, str, str, int, int, int, int, str, tuple[Group, ...]]] = []
    for (stretch, k), waiting in sorted(riders.items()):
        assisted, others = waiting
        arcs = patterns.arcs[patterns.arcs_first[stretch] : patterns.arcs_first[stretch + 1]]
        number = int(layers.fleet[arcs[0]])
        fleet = layers.fleets[number]
        begins, ends = int(layers.what[arcs[0]]), int(layers.what[arcs[-1]])
        m = k + int(patterns.length[stretch])
        links = " ".join(
            problem.timing.arc_ids[arc]
            for chain in arcs[layers.kind[arcs] == BUS].tolist()
            for arc in layers.roads.of(int(layers.what[chain]))[0].tolist()
        )
        room = int(fleet.room[0])
        loads: list[tuple[int, int, tuple[Group, ...]]] = []
        while assisted + others > 0:
            sitting = min(assisted, fleet.seats // room) if room else 0
            beside = min(others, fleet.seats - sitting * room)
            assisted, others = assisted - sitting, others - beside
            loads.append((sitting + beside, sitting * room + beside, ()))
        if members is not None:
            loads = [
                (
                    sum(persons for _, persons, _ in group),
                    sum(persons * (room if needs_room else 1) for _, persons, needs_room in group),
                    tuple(group),
                )
                for group in aboard_of(groups[stretch, k], len(loads), fleet.seats, room)
            ]
        for persons, seats, group in loads:
            wanted.append(
                (number, k - int(fleet.out_steps[begins]), m + int(fleet.back_steps[ends]), k,
                 str(codes[terminals[begins]]), str(codes[terminals[ends]]), m, persons, seats, stretch,
                 links, group)
            )  # fmt: skip
    wanted.sort()
    vehicle_of: dict[int, int] = {}
    for number in range(len(layers.fleets)):
        rows = [row for row, each in enumerate(wanted) if each[0] == number]
        vehicles = fewest_vehicles([wanted[row][1] for row in rows], [wanted[row][2] for row in rows])
        vehicle_of.update(zip(rows, (vehicles + 1).tolist(), strict=True))
    trips = []
    width = len(str(len(wanted)))
    for row, (number, leaves, home, k, tail, head, m, persons, seats, _, links, group) in enumerate(wanted):
        fleet_id = layers.fleets[number].fleet_id
        trips.append(
            Trip(
                number,
                (
                    f"t{row + 1:0{width}}",
                    fleet_id,
                    vehicle_of[row],
                    tail,
                    head,
                    k,
                    m,
                    leaves,
                    home,
                    persons,
                    seats,
                    links,
                ),
                tuple(sorted((household, many) for household, many, _ in group)),
            )
        )
    return tuple(trips)


def duties_of(problem: ClassProblem, trips: tuple[Trip, ...]) -> tuple[tuple[Any, ...], ...]:
    """Rows of duties.csv, times as steps."""
    step_h = problem.timing.step_s / 3600
    by_vehicle: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for trip in trips:
        by_vehicle[trip.fleet, trip.row[2]].append((trip.row[7], trip.row[8]))
    return tuple(
        (
            problem.layers.fleets[fleet].fleet_id,
            vehicle,
            len(out),
            min(leaves for leaves, _ in out),
            max(home for _, home in out),
            sum(home - leaves for leaves, home in out) * step_h,
        )
        for (fleet, vehicle), out in sorted(by_vehicle.items())
    )


def fleet_figures(
    problem: ClassProblem, trips: tuple[Trip, ...], duties: tuple[tuple[Any, ...], ...]
) -> list[dict[str, Any]]:
    """What each fleet of buses does; those of no vehicles or seats do nothing."""
    table, layers = problem.scenario.fleets, problem.layers
    number = {fleet.row: i for i, fleet in enumerate(layers.fleets)}
    step_h, resources = problem.timing.step_s / 3600, layers.resources
    found = []
    for row in range(len(table)):
        if table.mode[row] != "bus":
            continue
        fleet_id, mine = str(table.fleet_id[row]), number.get(row, -1)
        out_steps = sum(trip.row[8] - trip.row[7] for trip in trips if trip.fleet == mine)
        in_duty = 0
        if mine >= 0:
            in_duty = int(table.vehicles[row]) * layers.fleets[mine].steps_a_day * resources.n_days
        found.append(
            {
                "fleet_id": fleet_id,
                "vehicles": int(table.vehicles[row]),
                "vehicles_used": sum(duty[0] == fleet_id for duty in duties),
                "trips": sum(trip.fleet == mine for trip in trips),
                "persons": sum(trip.row[9] for trip in trips if trip.fleet == mine),
                "occupied_h": out_steps * step_h,
                "share_of_driver_hours": out_steps / in_duty if in_duty else 0.0,
            }
        )
    return found


def train_figures(problem: ClassProblem, placed: Placed) -> list[dict[str, Any]]:
    """What each run of a train carries, in file order."""
    layers, patterns, afoot = problem.layers, placed.patterns, problem.layers.afoot
    need = problem.people.need[placed.commodity]
    carried: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for i, pattern in enumerate(placed.pattern.tolist()):
        for stretch in patterns.stretch[patterns.first[pattern] : patterns.first[pattern + 1]].tolist():
            arc = int(patterns.arcs[patterns.arcs_first[stretch]])
            for kind, stage in _rooms(problem, arc):
                if kind == "train":
                    many = int(placed.people[i])
                    carried[stage][0] += many
                    carried[stage][1] += many * int(layers.seats[need[i], arc])
    found: dict[str, dict[str, Any]] = {}
    fleets = problem.scenario.fleets.fleet_id
    for stage in sorted(carried):
        run = afoot.train_ids[stage][0]
        told = found.setdefault(
            run,
            {
                "run_id": run,
                "fleet_id": str(fleets[afoot.train_fleet[stage]]),
                "persons": 0,
                "most_seats_taken": 0,
            },
        )
        told["persons"] += carried[stage][0]
        told["most_seats_taken"] = max(told["most_seats_taken"], carried[stage][1])
    return list(found.values())


def _rooms(problem: ClassProblem, arc: int) -> tuple[tuple[str, int], ...]:
    layers = problem.layers
    return layers.afoot.legs[int(layers.what[arc])].rooms if layers.kind[arc] == LEG else ()
