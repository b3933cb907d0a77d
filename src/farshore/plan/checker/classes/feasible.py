"""Whether a plan with classes can be carried out: readiness, roads, decks, walks, seats and hosts."""

import numpy as np

from farshore.plan.checker.classes.loads import ClassLoads, Passages
from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.trips import TRIPS, Trip
from farshore.plan.checker.feasible import FEWER, check_host
from farshore.plan.checker.files import Faults
from farshore.plan.checker.movements import DEPARTURES, also

__all__ = ["check_class_plan"]


def check_class_plan(
    problem: ClassProblem,
    moves: tuple[ClassMovement, ...],
    loads: ClassLoads,
    trips: tuple[Trip, ...],
    faults: Faults,
) -> None:
    """Fault every row and step in which the plan asks for more than there is."""
    _check_readiness(problem, moves, loads, faults)
    _check_roads(problem, loads, trips, faults)
    _check_ferries(problem, loads, faults)
    _check_walks(problem, moves, loads, faults)
    _check_trains(problem, moves, loads, faults)
    for host in problem.plain.hosts:
        check_host(problem.plain, host, moves, loads.arrived[host.row], faults)


def _check_readiness(
    problem: ClassProblem, moves: tuple[ClassMovement, ...], loads: ClassLoads, faults: Faults
) -> None:
    for i, group in enumerate(problem.groups):
        gone = np.cumsum(loads.left[i])
        for step in np.flatnonzero((gone > group.ready) & (loads.left[i] > 0)).tolist():
            lines = [m.line for m in moves if problem.group(m.way.zone, m.class_row) == i and m.step == step]
            lines = lines or [0]
            zone = problem.plain.zones[group.zone].zone_id
            cause = (
                f"{gone[step]:,} {group.class_id} have left {zone} by {problem.plain.time(step)}, when "
                f"{group.ready[step]:,} are ready{also(lines)}"
            )
            faults.add(DEPARTURES, lines[0], "persons", cause, "let people leave only once they are ready")


def _check_roads(problem: ClassProblem, loads: ClassLoads, trips: tuple[Trip, ...], faults: Faults) -> None:
    """Cars and buses share the room of a road; each goes only where it may."""
    network, rooms, n_steps = problem.plain.network, problem.rooms, problem.n_steps
    on_road = loads.by_car.of(~network.is_ferry[loads.by_car.arc])
    arcs, steps, persons = on_road.by_key(n_steps)
    taken = dict(zip(zip(arcs.tolist(), steps.tolist(), strict=True), persons.tolist(), strict=True))
    shut = ~rooms.car[rooms.row[arcs], steps]
    for arc, step in zip(arcs[shut].tolist(), steps[shut].tolist(), strict=True):
        lines = on_road.lines(arc, step)
        cause = f"{taken[arc, step]:,} in cars enter {_arc(problem, arc, step)}, closed to cars{also(lines)}"
        faults.add(DEPARTURES, lines[0], "persons", cause, FEWER)
    buses: dict[tuple[int, int], list[int]] = {}
    for trip in trips:
        for arc, entry in zip(trip.key[3], trip.entries, strict=True):
            buses.setdefault((arc, entry), []).append(trip.line)
            taken[arc, entry] = taken.get((arc, entry), 0) + problem.buses[trip.service].pcu_persons
            if not rooms.bus[rooms.row[arc], entry]:
                cause = f"enters {_arc(problem, arc, entry)}, closed to buses"
                faults.add(TRIPS, trip.line, "links", cause, FEWER)
    for (arc, step), used in taken.items():
        room = int(rooms.places[rooms.row[arc], step])
        if used <= room:
            continue
        lines = on_road.lines(arc, step)
        by_bus = buses.get((arc, step), [])
        file, line = (DEPARTURES, lines[0]) if lines else (TRIPS, by_bus[0])
        cause = (
            f"{used:,} of room are taken on {_arc(problem, arc, step)}, which has {room:,}, "
            f"{len(by_bus)} of them buses{also(lines or by_bus)}"
        )
        faults.add(
            file,
            line,
            "persons" if lines else "links",
            cause.replace("of them buses", "buses among them"),
            FEWER,
        )


def _arc(problem: ClassProblem, arc: int, step: int) -> str:
    crossing = problem.plain.network.crossing_id(arc)
    of = f" of {crossing}" if crossing else ""
    return f"link {problem.plain.network.arc_ids[arc]}{of} at {problem.plain.time(step)}"


def _check_ferries(problem: ClassProblem, loads: ClassLoads, faults: Faults) -> None:
    """Places for all, the deck for those in cars."""
    rooms = problem.rooms
    in_cars = loads.by_car.of(problem.plain.network.is_ferry[loads.by_car.arc])
    everybody = Passages(
        *(
            np.concatenate([getattr(in_cars, n), getattr(loads.afloat, n)])
            for n in ("arc", "step", "persons", "need", "line")
        )
    )
    for passages, open_, room, who in (
        (in_cars, rooms.car, rooms.deck, "in cars board"),
        (loads.afloat, rooms.foot, None, "on foot board"),
        (everybody, None, rooms.places, "board"),
    ):
        arcs, steps, persons = passages.by_key(problem.n_steps)
        row = rooms.row[arcs]
        most = np.full(len(arcs), np.iinfo(np.int64).max) if room is None else room[row, steps]
        most = np.where(open_[row, steps], most, 0) if open_ is not None else most
        for i in np.flatnonzero(persons > most).tolist():
            lines = passages.lines(int(arcs[i]), int(steps[i]))
            where = _arc(problem, int(arcs[i]), int(steps[i]))
            cause = f"{persons[i]:,} {who} {where}, which takes {most[i]:,}{also(lines)}"
            faults.add(DEPARTURES, lines[0], "persons", cause, FEWER)


def _check_walks(
    problem: ClassProblem, moves: tuple[ClassMovement, ...], loads: ClassLoads, faults: Faults
) -> None:
    at = problem.terminals.at
    for move in moves:
        for leg in move.way.legs:
            if (
                leg.mode == "walk"
                and not problem.walks[at[leg.tail], at[leg.head]].begins[move.step + leg.board]
            ):
                when = problem.plain.time(move.step + leg.board)
                why = f"at night or over a closed link ({move.way.route_id})"
                cause = f"{move.persons:,} begin a walk at {when}, {why}"
                faults.add(DEPARTURES, move.line, "depart", cause, FEWER)
    links, steps, persons = loads.on_foot.by_key(problem.n_steps)
    for link, step, walkers in zip(links.tolist(), steps.tolist(), persons.tolist(), strict=True):
        room = problem.foot.room.get(link)
        if room is not None and walkers > room[step]:
            lines = loads.on_foot.lines(link, step)
            name = problem.foot.arc_ids[link]
            since = problem.plain.time(step)
            cause = f"{walkers:,} walk over {name} from {since} on, which takes {room[step]:,}{also(lines)}"
            faults.add(DEPARTURES, lines[0], "persons", cause, FEWER)


def _check_trains(
    problem: ClassProblem, moves: tuple[ClassMovement, ...], loads: ClassLoads, faults: Faults
) -> None:
    for place, seats in loads.seated.items():
        stage = problem.stages[place]
        if seats > stage.seats:
            lines = [move.line for move in moves if place in move.stages]
            where = f"run {stage.run_id} are taken on stage {stage.number}"
            cause = f"{seats:,} seats of {where}, which has {stage.seats:,}{also(lines)}"
            faults.add(DEPARTURES, lines[0], "persons", cause, FEWER)
