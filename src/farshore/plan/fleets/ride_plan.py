"""Rides to trips and duties: the way that fits, and what came of it."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from farshore.kernels.colouring import fewest_vehicles, most_at_once
from farshore.plan.fleets.chains import chains_of
from farshore.plan.fleets.rides import (
    NO_DRIVE,
    DutyLeg,
    Hours,
    Ints,
    RideFleet,
    Rides,
    RideTimetable,
    RideTrip,
    Travel,
    refuse_senseless,
)
from farshore.plan.fleets.shuttles import Round, rounds_of

__all__ = ["timetable_rides"]

_WEEK_S = 14 * 86_400


def timetable_rides(
    rides: Rides,
    fleets: Sequence[RideFleet],
    travel: Travel,
    hours: Hours,
    *,
    horizon_s: int = _WEEK_S,
    between: Literal["base", "anywhere"] = "base",
    worth: float = 1.0,
) -> RideTimetable:
    """Whole-vehicle trips for rides, and the duties of the vehicles that make them; the same for the same.

    horizon_s : no vehicle is out later; between : where a vehicle is between two trips (see `rides`)
    worth : person-seconds of waiting that an added trip must save for each second of vehicle; infinite: none
    is added. It counts for `between="base"` with drivers who are relieved there.
    Never more vehicles at once than there are; service windows, drivers' duties and rests are kept.
    Raises ValueError that names every row that makes no sense.
    """
    fleets = tuple(fleets)
    refuse_senseless(rides, fleets, travel, hours)
    if between == "base" and hours.relief:
        rounds = rounds_of(rides, fleets, travel, hours, horizon_s=horizon_s, worth=worth)
        trips, legs = _duties(rounds, fleets, travel, hours)
    else:
        to_base = between == "base"
        trips, legs = chains_of(rides, fleets, travel, hours, horizon_s=horizon_s, to_base=to_base)
    left = rides.persons.copy()
    waiting_s = 0
    ready_s = rides.ready_s.tolist()
    for trip in trips:
        for ride, persons in trip.boarded:
            left[ride] -= persons
            waiting_s += persons * (trip.depart_s - ready_s[ride])
    why = {row: _why(row, rides, fleets, travel, hours) for row in np.flatnonzero(left).tolist()}
    used, least = _vehicles(legs, len(fleets))
    return RideTimetable(tuple(trips), tuple(legs), left, why, used, least, waiting_s)


def _duties(
    rounds: list[Round], fleets: Sequence[RideFleet], travel: Travel, hours: Hours
) -> tuple[list[RideTrip], list[DutyLeg]]:
    """Vehicles for rounds, as few as there can be, and duties that end before they would be too long."""
    vehicle = np.zeros(len(rounds), np.int64)
    fleet_of = np.array([each.fleet for each in rounds], np.int64)
    leave, back = (np.array([each[at] for each in rounds], np.int64) for at in (3, 8))
    for fleet in range(len(fleets)):
        mine = fleet_of == fleet
        vehicle[mine] = fewest_vehicles(leave[mine], back[mine])
    trips, legs = [], []
    for row, each in enumerate(rounds):
        trips.append(
            RideTrip(
                each.fleet,
                int(vehicle[row]),
                each.pickup,
                each.drop,
                each.depart_s,
                each.arrive_s,
                each.boarded,
            )
        )
    duty: dict[tuple[int, int], tuple[int, int]] = {}  # number, since when
    for row in np.lexsort((leave, vehicle, fleet_of)).tolist():
        each, key = rounds[row], (int(fleet_of[row]), int(vehicle[row]))
        number, since = duty.get(key, (0, 0))
        if not number or each.back_s - since > hours.duty_s:
            number, since = number + 1, each.leave_s
        duty[key] = number, since
        legs += _legs(row, each, key[1], number, fleets[each.fleet], travel)
    return trips, legs


def _legs(row: int, each: Round, vehicle: int, duty: int, fleet: RideFleet, travel: Travel) -> list[DutyLeg]:
    period = min(each.leave_s // travel.period_s, travel.seconds.shape[1] - 1)
    there_s = each.leave_s + int(travel.seconds[fleet.table, period, fleet.base, each.pickup])
    begin = each.fleet, vehicle, duty
    return [
        DutyLeg(*begin, "pull-out", fleet.base, each.pickup, each.leave_s, there_s, -1),
        DutyLeg(*begin, "load", each.pickup, each.pickup, each.load_s, each.depart_s, row),
        DutyLeg(*begin, "trip", each.pickup, each.drop, each.depart_s, each.arrive_s, row),
        DutyLeg(*begin, "unload", each.drop, each.drop, each.arrive_s, each.arrive_s + fleet.unload_s, row),
        DutyLeg(*begin, "pull-in", each.drop, fleet.base, each.homeward_s, each.back_s, -1),
    ]


def _vehicles(legs: list[DutyLeg], n_fleets: int) -> tuple[Ints, Ints]:
    """Vehicles used of each fleet, and how many at least are between base and base at one moment."""
    used, least = np.zeros(n_fleets, np.int64), np.zeros(n_fleets, np.int64)
    out: dict[tuple[int, int], int] = {}
    spans: list[list[tuple[int, int]]] = [[] for _ in range(n_fleets)]
    seen: set[tuple[int, int]] = set()
    for leg in legs:
        key = leg.fleet, leg.vehicle
        seen.add(key)
        if leg.kind == "pull-out":
            out[key] = leg.from_s
        elif leg.kind == "pull-in":
            spans[leg.fleet].append((out.pop(key), leg.until_s))
    for fleet, _ in seen:
        used[fleet] += 1
    for fleet, mine in enumerate(spans):
        least[fleet] = most_at_once([a for a, _ in mine], [b for _, b in mine])
    return used, least


def _why(row: int, rides: Rides, fleets: Sequence[RideFleet], travel: Travel, hours: Hours) -> str:
    """Why there is no trip for somebody: the first thing that is missing."""
    only = int(rides.fleet[row])
    mine = [fleet for at, fleet in enumerate(fleets) if only in (-1, at)]
    if not any(fleet.vehicles for fleet in mine):
        return "there is no vehicle for it"
    places = "wheelchair places" if rides.wheelchair[row] else "seats"
    rooms = [(fleet, fleet.wheelchair_places if rides.wheelchair[row] else fleet.seats) for fleet in mine]
    mine = [fleet for fleet, room in rooms if room and fleet.vehicles]
    if not mine:
        return f"no vehicle has {places}"
    pickup, drop = int(rides.pickup[row]), int(rides.drop[row])
    shortest = NO_DRIVE
    for fleet in mine:
        quickest = travel.seconds[fleet.table].min(axis=0)
        ways = ((fleet.base, pickup), (pickup, drop), (drop, fleet.base))
        length = sum(int(quickest[way]) for way in ways) + fleet.load_s + fleet.unload_s
        shortest = min(shortest, length)
    if shortest >= NO_DRIVE:
        return "no way leads from a base by the pickup and the drop back to it"
    if shortest > hours.duty_s:
        return f"a round takes {shortest} s, longer than a driver's duty of {hours.duty_s} s"
    return "vehicles, their service windows and drivers' hours do not suffice"
