"""Who boards which bus: what boarding.csv says, against households, their ways and the trips."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from farshore.plan.checker.classes.households import class_of_household
from farshore.plan.checker.classes.loads import RideKey
from farshore.plan.checker.classes.midst import ClassMidst
from farshore.plan.checker.classes.people import ASSISTED
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.routes import ClassWay
from farshore.plan.checker.classes.trips import TRIPS, Trip
from farshore.plan.checker.files import Faults, csv_rows, whole_number
from farshore.plan.checker.household_rows import FILE as HOUSEHOLDS
from farshore.plan.checker.household_rows import Household
from farshore.plan.checker.households import Families
from farshore.plan.checker.replanned import BEFORE

__all__ = ["BOARDING", "check_boarding"]

BOARDING: Final = "boarding.csv"
COLUMNS: Final = ("household_id", "trip_id", "persons")
Aboard = defaultdict[str, list[tuple[Household, int]]]
_AGAIN: Final = "plan again: the planner says who boards what"


def check_boarding(
    folder: Path,
    problem: ClassProblem,
    families: Families | None,
    ways: Mapping[str, ClassWay],
    trips: tuple[Trip, ...],
    faults: Faults,
    *,
    midst: ClassMidst | None = None,
) -> None:
    """Fault every household that has no seat for each of its members on each bus of its way, or one too many.

    families : of the plan, None where it has no households: then nobody is told apart
    midst : of a plan made in the midst of another: who waits on the road, and who had boarded what
    """
    if families is None:
        for file in (BOARDING, f"{BEFORE}/{BOARDING}"):
            if (folder / file).exists():
                faults.add(file, 0, "", f"is there, but there are no households in {HOUSEHOLDS}", _AGAIN)
        return
    seated, aboard = _boarded(folder, BOARDING, families, trips, faults)
    waiting = {} if midst is None else {move.way.route_id: move.way for move in midst.stranded}
    _check_ways(families, {**ways, **waiting}, seated, faults)
    _check_seats(problem, trips, aboard, faults)
    if midst is not None:
        _, before = _boarded(folder, f"{BEFORE}/{BOARDING}", families, midst.old_trips, faults)
        _check_past(problem, midst, trips, (aboard, before), faults)


def _boarded(
    folder: Path, file: str, families: Families, trips: tuple[Trip, ...], faults: Faults
) -> tuple[dict[tuple[str, RideKey], int], Aboard]:
    """Persons of each household on each ride, and who is aboard each trip, of the rows that are sound."""
    household_of = {each.household_id: each for each in families.rows}
    trip_of = {trip.trip_id: trip for trip in trips}
    aboard: Aboard = defaultdict(list)
    seated: defaultdict[tuple[str, RideKey], int] = defaultdict(int)
    line_of: dict[tuple[str, str], int] = {}
    for line, row in csv_rows(folder, file, COLUMNS, faults):
        household, trip = household_of.get(row["household_id"]), trip_of.get(row["trip_id"])
        persons = whole_number(row["persons"])
        key = (row["household_id"], row["trip_id"])
        before = len(faults.found)
        if household is None:
            cause = f"{key[0]!r} is no sound household of {HOUSEHOLDS}"
            faults.add(file, line, "household_id", cause, _AGAIN)
        if trip is None:
            faults.add(file, line, "trip_id", f"{key[1]!r} is no sound trip of {TRIPS}", _AGAIN)
        if persons is None or persons < 1:
            cause = f"{row['persons']!r} is no number of persons above 0"
            faults.add(file, line, "persons", cause, _AGAIN)
        if key in line_of:
            faults.add(file, line, "", f"{key[0]} in {key[1]} is there already in row {line_of[key]}")
        line_of.setdefault(key, line)
        if household is None or trip is None or persons is None or len(faults.found) > before:
            continue
        aboard[trip.trip_id].append((household, persons))
        seated[household.household_id, trip.key] += persons
    return seated, aboard


def _check_past(
    problem: ClassProblem,
    midst: ClassMidst,
    trips: tuple[Trip, ...],
    aboard: tuple[Aboard, Aboard],
    faults: Faults,
) -> None:
    """Fault households in buses that had left their base without their having been told to board them.

    aboard : by this plan, and by the one before
    """
    now, before = aboard
    told = {
        (trip.service, trip.vehicle, trip.leaves): Counter(
            {household.household_id: persons for household, persons in before.get(trip.trip_id, ())}
        )
        for trip in midst.old_trips
        if trip.leaves < midst.at
    }
    for trip in trips:
        if trip.leaves >= midst.at:
            continue
        mine = told.get((trip.service, trip.vehicle, trip.leaves), Counter())
        for household, persons in now.get(trip.trip_id, ()):
            if mine[household.household_id] != persons:
                fleet = problem.buses[trip.service].fleet_id
                cause = (
                    f"{persons} of {household.household_id} board {trip.trip_id}; the plan before told "
                    f"{mine[household.household_id]} to board this bus, {fleet} {trip.vehicle}"
                )
                keep = "keep people in the bus that they had boarded, or that was on its way to them"
                faults.add(BOARDING, 0, "trip_id", cause, keep)


def _check_ways(
    families: Families,
    ways: Mapping[str, ClassWay],
    seated: dict[tuple[str, RideKey], int],
    faults: Faults,
) -> None:
    """Fault households whose members do not all board each bus of their way, and no other."""
    for household in families.rows:
        if household.seat is None or household.seat[0] not in ways:
            continue
        route, step = household.seat
        size = household.members[0]
        for leg in ways[route].legs:
            if leg.mode != "bus":
                continue
            key = (leg.service, step + leg.board, leg.tail, leg.arcs)
            found = seated.pop((household.household_id, key), 0)
            if found != size:
                cause = (
                    f"seats {found} of the {size} of {household.household_id} ({HOUSEHOLDS}, row "
                    f"{household.line}) who ride by {route}"
                )
                faults.add(BOARDING, 0, "persons", cause, _AGAIN)
    for (household_id, _), persons in seated.items():
        faults.add(
            BOARDING, 0, "trip_id", f"{persons} of {household_id} board a bus that is not theirs", _AGAIN
        )


def _check_seats(
    problem: ClassProblem,
    trips: tuple[Trip, ...],
    aboard: Mapping[str, list[tuple[Household, int]]],
    faults: Faults,
) -> None:
    """Fault trips that state other riders than those who board them."""
    for trip in trips:
        riders = aboard.get(trip.trip_id, [])
        persons = sum(many for _, many in riders)
        room = problem.buses[trip.service].seats_for(ASSISTED)
        seats = sum(
            many * (room if class_of_household(household.members) // 2 == ASSISTED else 1)
            for household, many in riders
        )
        for column, stated, found in (
            ("persons", trip.persons, persons),
            ("seats_taken", trip.seats, seats),
        ):
            if stated != found:
                cause = f"says {stated:,}; by {BOARDING} it is {found:,}"
                faults.add(TRIPS, trip.line, column, cause, _AGAIN)
