"""Trips and duties of buses together: against who rides, what fleets can do, and duties.csv."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from farshore.plan.checker.classes.loads import ClassLoads, Ride, RideKey
from farshore.plan.checker.classes.midst import ClassMidst
from farshore.plan.checker.classes.people import ASSISTED
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.trips import TRIPS, Trip
from farshore.plan.checker.files import Faults, csv_rows, whole_number
from farshore.plan.checker.movements import DEPARTURES

__all__ = ["DUTIES", "check_duties", "check_trips"]

DUTIES = "duties.csv"
DUTY_COLUMNS = ("fleet_id", "vehicle", "trips", "first_leaves_base", "last_back_at_base", "occupied_h")


def check_trips(
    problem: ClassProblem,
    loads: ClassLoads,
    trips: tuple[Trip, ...],
    faults: Faults,
    midst: ClassMidst | None = None,
) -> None:
    """Fault trips that nobody rides, riders without one, vehicles in two places, drivers overworked, and
    trips off their line.

    midst : of a plan made in the midst of another: what left the base before is as it is
    """
    at = 0 if midst is None else midst.at
    made: defaultdict[RideKey, list[Trip]] = defaultdict(list)
    for trip in trips:
        if trip.key in loads.rides:
            made[trip.key].append(trip)
        elif trip.persons:
            faults.add(TRIPS, trip.line, "", f"by {DEPARTURES} nobody rides this way then")
    for key, ride in loads.rides.items():
        _check_ride(problem, key, ride, made[key], faults)
    _check_vehicles(problem, trips, faults)
    _check_drivers(problem, trips, at, faults)
    told = frozenset() if midst is None else {trip.key for trip in midst.old_trips}
    _check_lines(problem, [trip for trip in trips if trip.leaves >= at and trip.key not in told], faults)


def _check_ride(problem: ClassProblem, key: RideKey, ride: Ride, trips: list[Trip], faults: Faults) -> None:
    """Fault riders for whom there are too few trips, or trips that count other riders."""
    buses = problem.buses[key[0]]
    persons = sum(ride.persons)
    assisted = ride.persons[ASSISTED]
    seats = persons + assisted * (buses.room - 1 if assisted else 0)
    rows = f"{DEPARTURES}, row{'s' * (len(ride.lines) > 1)} {', '.join(map(str, ride.lines[:8]))}"
    stop, when = problem.plain.scenario.nodes.node_id[key[2]], problem.plain.time(key[1])
    where = f"board {buses.fleet_id} at {stop} at {when}"
    n = len(trips)
    if n == 0:
        faults.add(TRIPS, 0, "", f"lacks a trip: {persons:,} {where} ({rows})")
        return
    if seats > n * buses.seats or assisted > n * (buses.seats // max(1, buses.room)):
        who = f"{persons:,} who {where}, {assisted:,} assisted ({rows})"
        cause = f"{n:,} trip{'s' * (n > 1)} cannot seat the {who}"
        faults.add(TRIPS, trips[0].line, "", cause)
        return
    for column, stated, wanted in (
        ("persons", sum(trip.persons for trip in trips), persons),
        ("seats_taken", sum(trip.seats for trip in trips), seats),
    ):
        if stated != wanted:
            others = ", ".join(str(trip.line) for trip in trips[1:])
            also = f" with row{'s' * (n > 2)} {others}" if others else ""
            faults.add(
                TRIPS, trips[0].line, column, f"comes to {stated:,}{also}; {wanted:,} {where} ({rows})"
            )


def _check_vehicles(problem: ClassProblem, trips: tuple[Trip, ...], faults: Faults) -> None:
    """Fault trips of one vehicle that overlap."""
    last: dict[tuple[int, int], Trip] = {}
    for trip in sorted(trips, key=lambda each: (each.leaves, each.back, each.line)):
        before = last.get((trip.service, trip.vehicle))
        if before is not None and trip.leaves < before.back:
            fleet = problem.buses[trip.service].fleet_id
            until = problem.plain.time(before.back)
            cause = f"{fleet} {trip.vehicle} is on another trip until {until} (row {before.line})"
            faults.add(TRIPS, trip.line, "vehicle", cause)
        if before is None or trip.back > before.back:
            last[trip.service, trip.vehicle] = trip


def _check_drivers(problem: ClassProblem, trips: tuple[Trip, ...], at: int, faults: Faults) -> None:
    """Fault days on which a fleet's vehicles are out for longer than there are drivers."""
    out: defaultdict[tuple[int, int], int] = defaultdict(int)
    rows: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    anew: set[tuple[int, int]] = set()
    for trip in trips:
        days = problem.day[trip.leaves : trip.back]
        for day, steps in zip(*np.unique(days, return_counts=True), strict=True):
            out[trip.service, int(day)] += int(steps)
            rows[trip.service, int(day)].append(trip.line)
            if trip.leaves >= at:
                anew.add((trip.service, int(day)))
    step_s = problem.plain.clock.step_s
    for (service, day), steps in sorted(out.items()):
        buses = problem.buses[service]
        if steps > buses.driver_steps and (service, day) in anew:
            cause = (
                f"{buses.fleet_id} is out for {steps * step_s / 3600:g} vehicle-hours on day {day}; its "
                f"drivers have {buses.driver_steps * step_s / 3600:g}"
            )
            faults.add(TRIPS, rows[service, day][-1], "", cause, "make fewer trips on that day")


def _check_lines(problem: ClassProblem, trips: list[Trip], faults: Faults) -> None:
    """Fault trips that carry people off their line."""
    for trip in trips:
        buses = problem.buses[trip.service]
        off = [arc for arc in trip.key[3] if not buses.roads[arc]]
        if off:
            link = problem.plain.network.arc_ids[off[0]]
            cause = f"goes by {link}, a detour between any two stops of the line of {buses.fleet_id}"
            faults.add(TRIPS, trip.line, "links", cause)


def check_duties(folder: Path, problem: ClassProblem, trips: tuple[Trip, ...], faults: Faults) -> None:
    """Fault each row of duties.csv that is not what the trips come to, and each that is missing."""
    duties: defaultdict[tuple[str, int], list[Trip]] = defaultdict(list)
    for trip in trips:
        duties[problem.buses[trip.service].fleet_id, trip.vehicle].append(trip)
    step_s = problem.plain.clock.step_s
    for line, row in csv_rows(folder, DUTIES, DUTY_COLUMNS, faults):
        vehicle = whole_number(row["vehicle"])
        made = duties.pop((row["fleet_id"], vehicle or 0), None)
        if made is None:
            faults.add(
                DUTIES,
                line,
                "vehicle",
                f"by {TRIPS} {row['fleet_id']} {row['vehicle']} makes no trip, or is there already",
            )
            continue
        occupied_h = sum(len(trip.occupied) for trip in made) * step_s / 3600
        for column, wanted in (
            ("trips", str(len(made))),
            ("first_leaves_base", problem.plain.time(min(trip.leaves for trip in made))),
            ("last_back_at_base", problem.plain.time(max(trip.back for trip in made))),
        ):
            if row[column] != wanted:
                faults.add(DUTIES, line, column, f"says {row[column]!r}; {TRIPS} makes it {wanted!r}")
        if not _is(row["occupied_h"], occupied_h):
            cause = f"says {row['occupied_h']!r}; {TRIPS} makes it {occupied_h:g}"
            faults.add(DUTIES, line, "occupied_h", cause)
    for (fleet, vehicle_), made in sorted(duties.items()):
        faults.add(DUTIES, 0, "", f"lacks the row of {fleet} {vehicle_}, with {len(made)} trips")


def _is(text: str, hours: float) -> bool:
    try:
        return abs(float(text) - hours) <= 1e-9 * max(1.0, hours)
    except ValueError:
        return False
