"""Figures of a plan with classes by zone, crossing, class and fleet, as tables and summary state them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from farshore.plan.checker.classes.loads import ClassLoads
from farshore.plan.checker.classes.movements import ClassMovement
from farshore.plan.checker.classes.people import CLASSES
from farshore.plan.checker.classes.prices import ClassPrices
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay
from farshore.plan.checker.classes.trips import Trip
from farshore.plan.checker.feasible import Loads
from farshore.plan.checker.figures import hours_taken_in
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints

__all__ = ["class_figures", "totals_of", "worth_by_crossing"]


@dataclass(frozen=True, eq=False)
class _Totals(Loads):
    """Loads by zone and crossing; the room of a crossing counts roads, ferries and ways on foot."""

    capacities: Mapping[str, Ints] = field(default_factory=dict)

    def crossing_capacity(self, problem: Problem, crossing_id: str) -> Ints:
        """Persons who may enter a crossing in each step: int64[n_steps]."""
        return self.capacities[crossing_id]


def totals_of(
    problem: ClassProblem,
    moves: tuple[ClassMovement, ...],
    loads: ClassLoads,
    stranded: tuple[ClassMovement, ...] = (),
) -> Loads:
    """What the departures come to, in the form that tables and summary are checked in.

    stranded : who waits on the road for good; they have entered crossings, too
    """
    n_zones, n_steps = len(problem.plain.zones), problem.n_steps
    crossed: defaultdict[tuple[str, int], int] = defaultdict(int)
    crossed_by: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    entrances: defaultdict[str, set[tuple[bool, int]]] = defaultdict(set)
    over: dict[str, list[tuple[str, int, tuple[bool, int]]]] = {}
    for move in (*moves, *stranded):
        if move.way.route_id not in over:
            over[move.way.route_id] = _crossings_entered(problem, move.way)
        for crossing_id, entry, by in over[move.way.route_id]:
            crossed[crossing_id, move.step + entry] += move.persons
            crossed_by[crossing_id, move.step + entry].append(move.line)
            entrances[crossing_id].add(by)
    departed = loads.departed.reshape(n_zones, len(CLASSES), n_steps).sum(axis=1)
    return _Totals(
        departed=departed,
        left=departed,
        arrived=loads.arrived,
        entered=np.zeros((0, 3), np.int64),
        crossed=dict(crossed),
        crossed_by=dict(crossed_by),
        arriving_by=loads.arriving_by,
        entrances=dict.fromkeys(entrances, ()),
        capacities={
            str(code): _room(problem, str(code), entrances.get(str(code), set()))
            for code in problem.plain.scenario.crossings.crossing_id
        },
    )


def _crossings_entered(problem: ClassProblem, way: ClassWay) -> list[tuple[str, int, tuple[bool, int]]]:
    """Crossing, step after departure and (on foot, arc) of each entry; arcs in a row are one."""
    found: list[tuple[str, int, tuple[bool, int]]] = []
    links, before = problem.plain.scenario.links, ""
    for leg in way.legs:
        if leg.mode == "train":
            before = ""
        on_foot = leg.mode == "walk"
        rows = problem.foot.link_row if on_foot else problem.plain.network.link_row
        for arc, entry in zip(leg.arcs, leg.entries, strict=True):
            crossing_id = str(links.crossing_id[rows[arc]])
            if crossing_id and crossing_id != before:
                found.append((crossing_id, entry, (on_foot, arc)))
            before = crossing_id
    return found


def _room(problem: ClassProblem, crossing_id: str, entrances: set[tuple[bool, int]]) -> Ints:
    """Room of the arcs by which a crossing is ever entered, of all for cars and ferries if it never is."""
    total = np.zeros(problem.n_steps, np.int64)
    for on_foot, arc in entrances or {(False, arc) for arc in problem.plain.network.arcs_of(crossing_id)}:
        total += problem.foot.room[arc] if on_foot else problem.rooms.places[problem.rooms.row[arc]]
    return total


def worth_by_crossing(problem: ClassProblem, prices: ClassPrices | None) -> dict[str, int]:
    """Σ of the prices of a crossing's arcs, decks and links on foot."""
    worth: defaultdict[str, int] = defaultdict(int)
    if prices is None:
        return {}
    links = problem.plain.scenario.links
    for table in (prices.links, prices.decks):
        for (arc, _), price in table.items():
            worth[problem.plain.network.crossing_id(arc)] += price
    for (link, _), price in prices.foot.items():
        worth[str(links.crossing_id[problem.foot.link_row[link]])] += price
    return dict(worth)


def class_figures(
    problem: ClassProblem, moves: tuple[ClassMovement, ...], loads: ClassLoads, trips: tuple[Trip, ...]
) -> dict[str, Any]:
    """What a summary says of classes, modes, fleets and trains."""
    return {
        "model": "classes",
        "classes": _classes(problem, moves),
        "modes": _modes(moves),
        "fleets": _fleets(problem, loads, trips),
        "trains": _trains(problem, loads),
    }


def _classes(problem: ClassProblem, moves: tuple[ClassMovement, ...]) -> list[dict[str, Any]]:
    people, placed = [0] * len(CLASSES), [0] * len(CLASSES)
    arrived = np.zeros((len(CLASSES), problem.n_steps), np.int64)
    for i, group in enumerate(problem.groups):
        people[i % len(CLASSES)] += group.people
    for move in moves:
        placed[move.class_row] += move.persons
        arrived[move.class_row, move.step + move.way.arrival] += move.persons
    step_s = problem.plain.clock.step_s
    return [
        {
            "class_id": class_id,
            "people": people[i],
            "placed": placed[i],
            "unserved": people[i] - placed[i],
            "t90_h": hours_taken_in(np.cumsum(arrived[i]).tolist(), people[i], step_s, 90),
        }
        for i, class_id in enumerate(CLASSES)
    ]


def _modes(moves: tuple[ClassMovement, ...]) -> dict[str, int]:
    found = dict.fromkeys(("car", "walk", "ferry", "bus", "train"), 0)
    for move in moves:
        for mode in {leg.mode for leg in move.way.legs}:
            found[mode] += move.persons
    return found


def _fleets(problem: ClassProblem, loads: ClassLoads, trips: tuple[Trip, ...]) -> list[dict[str, Any]]:
    step_h = problem.plain.clock.step_s / 3600
    n_days = int(problem.day[-1]) + 1 if problem.n_steps else 0
    found = []
    for service, buses in enumerate(problem.buses):
        own = [trip for trip in trips if trip.service == service]
        occupied = sum(len(trip.occupied) for trip in own)
        drivers = n_days * buses.driver_steps
        found.append(
            {
                "fleet_id": buses.fleet_id,
                "vehicles": buses.number,
                "vehicles_used": len({trip.vehicle for trip in own}),
                "trips": len(own),
                "persons": sum(sum(ride.persons) for key, ride in loads.rides.items() if key[0] == service),
                "occupied_h": occupied * step_h,
                "share_of_driver_hours": occupied / drivers if drivers else 0.0,
            }
        )
    return found


def _trains(problem: ClassProblem, loads: ClassLoads) -> list[dict[str, Any]]:
    runs: dict[str, list[int]] = {}
    for place, stage in enumerate(problem.stages):
        if place in loads.seated:
            runs.setdefault(stage.run_id, []).append(place)
    fleets = problem.plain.scenario.fleets.fleet_id
    return [
        {
            "run_id": run_id,
            "fleet_id": str(fleets[problem.stages[places[0]].fleet]),
            "persons": sum(sum(loads.aboard[place]) for place in places),
            "most_seats_taken": max(loads.seated[place] for place in places),
        }
        for run_id, places in runs.items()
    ]
