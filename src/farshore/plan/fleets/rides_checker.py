"""The independent check of trips and duties for rides: every vehicle followed leg by leg, in plain Python.

It shares no code with what makes them, only the types in which the question and the answer are stated.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from farshore.plan.fleets.rides import (
    NO_DRIVE,
    DutyLeg,
    Hours,
    RideFleet,
    Rides,
    RideTimetable,
    RideTrip,
    Travel,
)

__all__ = ["check_rides"]


def check_rides(
    rides: Rides,
    fleets: Sequence[RideFleet],
    travel: Travel,
    hours: Hours,
    made: RideTimetable,
    *,
    returns_to_base: bool = False,
) -> list[str]:
    """Everything that is wrong with a timetable, in words; nothing if it is all right.

    returns_to_base : whether each vehicle must go back to its base after every trip
    """
    return [
        *_check_people(rides, fleets, made),
        *_check_vehicles(fleets, travel, hours, made, returns_to_base=returns_to_base),
    ]


def _check_people(rides: Rides, fleets: Sequence[RideFleet], made: RideTimetable) -> list[str]:
    """Everybody rides once or is stated as left; who waits how long in all."""
    wrong = []
    taken: Counter[int] = Counter()
    waited = 0
    for number, trip in enumerate(made.trips):
        if not 0 <= trip.fleet < len(fleets):
            wrong.append(f"trip {number} is by fleet {trip.fleet}, which is not there")
            continue
        wrong += [f"trip {number} {text}" for text in _check_aboard(rides, fleets[trip.fleet], trip)]
        for row, persons in trip.boarded:
            if 0 <= row < len(rides.persons):
                taken[row] += persons
                waited += persons * (trip.depart_s - int(rides.ready_step[row]) * rides.step_s)
    for row, persons in enumerate(rides.persons.tolist()):
        if taken[row] + int(made.left[row]) != persons or made.left[row] < 0:
            wrong.append(f"row {row}: {taken[row]} ride and {made.left[row]} are left, of {persons}")
        if made.left[row] and not made.why.get(row):
            wrong.append(f"row {row}: no reason is given for {made.left[row]} left")
    if waited != made.waiting_person_s:
        wrong.append(f"people wait {waited} person-seconds, {made.waiting_person_s} are stated")
    return wrong


def _check_aboard(rides: Rides, fleet: RideFleet, trip: RideTrip) -> list[str]:
    """One trip: who is aboard was ready, goes there, may go by it, and has a place."""
    wrong = [] if trip.boarded else ["takes nobody"]
    on_seats = in_wheelchairs = 0
    for row, persons in trip.boarded:
        if not 0 <= row < len(rides.persons) or persons < 1:
            wrong.append(f"takes {persons} of row {row}")
            continue
        ready = int(rides.ready_step[row]) * rides.step_s
        if trip.depart_s < ready:
            wrong.append(f"leaves at {trip.depart_s} s with row {row}, ready at {ready} s")
        if (trip.pickup, trip.drop) != (rides.pickup[row], rides.drop[row]):
            wrong.append(f"does not go where row {row} goes")
        if rides.fleet[row] not in (-1, trip.fleet):
            wrong.append(f"takes row {row}, which may not go by {fleet.name}")
        in_wheelchairs += persons if rides.wheelchair[row] else 0
        on_seats += 0 if rides.wheelchair[row] else persons
    if on_seats > fleet.seats:
        wrong.append(f"has {on_seats} people on {fleet.seats} seats")
    if in_wheelchairs > fleet.wheelchair_places:
        wrong.append(f"has {in_wheelchairs} wheelchairs on {fleet.wheelchair_places} places")
    return wrong


def _check_vehicles(
    fleets: Sequence[RideFleet], travel: Travel, hours: Hours, made: RideTimetable, *, returns_to_base: bool
) -> list[str]:
    wrong = []
    by_vehicle: defaultdict[tuple[int, int], list[DutyLeg]] = defaultdict(list)
    for at, leg in enumerate(made.legs):
        if not 0 <= leg.fleet < len(fleets) or not 0 <= leg.vehicle < fleets[leg.fleet].vehicles:
            wrong.append(f"leg {at} is by vehicle {leg.vehicle} of fleet {leg.fleet}, which is not there")
        else:
            by_vehicle[leg.fleet, leg.vehicle].append(leg)
    for (fleet, vehicle), legs in sorted(by_vehicle.items()):
        one = fleets[fleet]
        name = f"{one.name} {vehicle + 1}"
        wrong += [f"{name}: {text}" for text in _check_legs(one, legs, travel, made)]
        wrong += [f"{name}: {text}" for text in _check_hours(legs, hours)]
        if returns_to_base:
            wrong += [f"{name}: goes on without its base" for leg in legs if leg.kind == "deadhead"]
    stated = {fleet: int(n) for fleet, n in enumerate(made.vehicles_used) if n}
    used = dict(Counter(fleet for fleet, _ in by_vehicle))
    if stated != used:
        wrong.append(f"vehicles used are {used}, {stated} are stated")
    in_duties: Counter[int] = Counter(leg.trip for leg in made.legs if leg.kind == "trip")
    for number in range(len(made.trips)):
        if in_duties[number] != 1:
            wrong.append(f"trip {number} is in {in_duties[number]} duties")
    return wrong


_MAY_FOLLOW: Final = {
    "pull-out": ("pull-in",),
    "load": ("pull-out", "deadhead"),
    "trip": ("load",),
    "unload": ("trip",),
    "deadhead": ("unload",),
    "pull-in": ("unload",),
}


def _check_legs(fleet: RideFleet, legs: list[DutyLeg], travel: Travel, made: RideTimetable) -> list[str]:
    """One vehicle in the order in which its legs are written: places, times, the order of a trip's parts."""
    wrong = []
    place, clock, before, loaded = fleet.base, fleet.from_s, "pull-in", -1
    for leg in legs:
        what = f"{leg.kind} at {leg.from_s} s"
        if before not in _MAY_FOLLOW.get(leg.kind, ()):
            wrong.append(f"{what} follows {before}")
        if leg.place_from != place:
            wrong.append(f"{what} begins at {leg.place_from}, it stands at {place}")
        if leg.from_s < clock:
            wrong.append(f"{what} begins while it is busy until {clock} s")
        least = _least_s(fleet, leg, travel)
        if leg.until_s - leg.from_s < least:
            wrong.append(f"{what} takes {leg.until_s - leg.from_s} s, {least} s at least")
        if leg.kind in {"load", "unload"} and leg.place_to != leg.place_from:
            wrong.append(f"{what} moves it")
        loaded = leg.trip if leg.kind == "load" else loaded
        if leg.kind in {"load", "trip", "unload"}:
            wrong += [f"{what} {text}" for text in _check_trip(leg, loaded, made)]
        elif leg.trip != -1:
            wrong.append(f"{what} is empty and said to be of trip {leg.trip}")
        place, clock, before = leg.place_to, leg.until_s, leg.kind
    if before != "pull-in" or place != fleet.base:
        wrong.append(f"ends at {place} after {before}, not at its base")
    if clock > fleet.until_s:
        wrong.append(f"is out until {clock} s, its service ends at {fleet.until_s} s")
    return wrong


def _least_s(fleet: RideFleet, leg: DutyLeg, travel: Travel) -> int:
    """The least time that a leg can take."""
    if leg.kind in {"load", "unload"}:
        return fleet.load_s if leg.kind == "load" else fleet.unload_s
    if not 0 <= leg.place_from < len(travel.places) or not 0 <= leg.place_to < len(travel.places):
        return NO_DRIVE
    period = max(0, min(leg.from_s // travel.period_s, len(travel.seconds[fleet.table]) - 1))
    return int(travel.seconds[fleet.table][period][leg.place_from][leg.place_to])


def _check_trip(leg: DutyLeg, loaded: int, made: RideTimetable) -> list[str]:
    """A loaded leg against the trip that it is said to be of."""
    if leg.trip != loaded or not 0 <= leg.trip < len(made.trips):
        return [f"is of trip {leg.trip}, loaded was {loaded}"]
    trip = made.trips[leg.trip]
    stated = trip.fleet, trip.vehicle, trip.pickup, trip.drop, trip.depart_s, trip.arrive_s
    driven = leg.fleet, leg.vehicle, leg.place_from, leg.place_to, leg.from_s, leg.until_s
    if leg.kind == "trip" and stated != driven:
        return [f"is driven as {driven}, and trip {leg.trip} is stated as {stated}"]
    return []


def _check_hours(legs: list[DutyLeg], hours: Hours) -> list[str]:
    wrong = []
    spans: dict[int, tuple[int, int]] = {}
    last = 0
    for leg in legs:
        if leg.duty < last:
            wrong.append(f"duty {leg.duty} comes after duty {last}")
        if leg.duty not in spans and leg.kind != "pull-out":
            wrong.append(f"duty {leg.duty} begins under way, with {leg.kind}")
        since, until = spans.get(leg.duty, (leg.from_s, leg.until_s))
        spans[leg.duty] = min(since, leg.from_s), max(until, leg.until_s)
        last = leg.duty
    ended = None
    for duty, (since, until) in sorted(spans.items()):
        if until - since > hours.duty_s:
            wrong.append(f"duty {duty} lasts {until - since} s, {hours.duty_s} s at most")
        if ended is not None and not hours.relief and since - ended < hours.rest_s:
            wrong.append(f"the driver rests {since - ended} s before duty {duty}, {hours.rest_s} s at least")
        ended = until
    return wrong
