"""`trips.csv` and `duties.csv`: timetables as files."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from farshore.folders import csv_bytes
from farshore.plan.fleets.rides import RideFleet, Rides, RideTimetable, Travel
from farshore.units import format_time, offset_of

__all__ = ["ride_files"]

_TRIPS: Final = "trip_id fleet_id vehicle pickup drop depart arrive persons wheelchairs"
_DUTIES: Final = "vehicle duty leg place_from place_to from until trip_id duty_h"

# fleet, vehicle, pickup, drop, seconds of departure and arrival, persons, wheelchairs
_TripRow = tuple[str, str, str, str, int, int, int, int]


class _LegRow(NamedTuple):
    """A leg in names and seconds; `order` sorts vehicles."""

    order: int
    vehicle: str
    duty: int
    kind: str
    place_from: str
    place_to: str
    from_s: int
    until_s: int
    trip: int


def ride_files(
    made: RideTimetable, rides: Rides, fleets: Sequence[RideFleet], travel: Travel, start: datetime
) -> dict[str, bytes]:
    """The two files of a timetable for rides by name; times in the offset of `start`."""
    widths = [len(str(fleet.vehicles)) for fleet in fleets]

    def name(fleet: int, vehicle: int) -> str:
        return f"{fleets[fleet].name}-{vehicle + 1:0{max(2, widths[fleet])}}"

    trips: list[_TripRow] = [
        (
            fleets[trip.fleet].name,
            name(trip.fleet, trip.vehicle),
            travel.places[trip.pickup],
            travel.places[trip.drop],
            trip.depart_s,
            trip.arrive_s,
            trip.persons,
            sum(persons for ride, persons in trip.boarded if rides.wheelchair[ride]),
        )
        for trip in made.trips
    ]
    order = {key: at for at, key in enumerate(sorted({(leg.fleet, leg.vehicle) for leg in made.legs}))}
    legs = [
        _LegRow(
            order[leg.fleet, leg.vehicle],
            name(leg.fleet, leg.vehicle),
            leg.duty,
            leg.kind,
            travel.places[leg.place_from],
            travel.places[leg.place_to],
            leg.from_s,
            leg.until_s,
            leg.trip,
        )
        for leg in made.legs
    ]
    return _files(trips, legs, start)


def _files(trips: Sequence[_TripRow], legs: Sequence[_LegRow], start: datetime) -> dict[str, bytes]:
    start_s, offset = int(start.timestamp()), offset_of(start)
    width = len(str(len(trips)))

    def code(trip: int) -> str:
        return "" if trip < 0 else f"t{trip + 1:0{width}}"

    def clock(seconds: int) -> str:
        return format_time(start_s + seconds, offset)

    span: dict[tuple[int, int], tuple[int, int]] = {}
    for leg in legs:
        since, until = span.get((leg.order, leg.duty), (leg.from_s, leg.until_s))
        span[leg.order, leg.duty] = min(since, leg.from_s), max(until, leg.until_s)
    return {
        "trips.csv": csv_bytes(_TRIPS.split(), _trip_cells(trips, code, clock)),
        "duties.csv": csv_bytes(
            _DUTIES.split(),
            (
                (
                    *(leg.vehicle, leg.duty, leg.kind, leg.place_from, leg.place_to),
                    *(clock(leg.from_s), clock(leg.until_s), code(leg.trip)),
                    round((span[leg.order, leg.duty][1] - span[leg.order, leg.duty][0]) / 3600, 2),
                )
                for leg in sorted(legs, key=lambda leg: (leg.order, leg.from_s, leg.until_s))
            ),
        ),
    }


def _trip_cells(
    trips: Sequence[_TripRow], code: Callable[[int], str], clock: Callable[[int], str]
) -> Iterable[tuple[Any, ...]]:
    for number, (fleet, vehicle, pickup, drop, depart_s, arrive_s, persons, wheelchairs) in enumerate(trips):
        yield (
            code(number),
            fleet,
            vehicle,
            pickup,
            drop,
            clock(depart_s),
            clock(arrive_s),
            persons,
            wheelchairs,
        )
