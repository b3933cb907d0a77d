"""`trips.csv` and `duties.csv`: a timetable as files."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from farshore.plan.fleets.timetable import Timetable
from farshore.units import format_time, offset_of

__all__ = ["timetable_files"]


def timetable_files(made: Timetable) -> dict[str, bytes]:
    """The two files by name; times in the scenario's offset.

    trips.csv : trip_id fleet_id vehicle zone_id host_id depart arrive persons
    duties.csv : vehicle duty leg place_from place_to from until trip_id duty_h
    """
    scenario = made.service.problem.scenario
    vehicles, fleets = made.service.vehicles, scenario.fleets
    start_s, offset = int(scenario.about.start.timestamp()), offset_of(scenario.about.start)
    width = len(str(len(made.trips)))

    def code(trip: int) -> str:
        return "" if trip < 0 else f"t{trip + 1:0{width}}"

    def clock(seconds: int) -> str:
        return format_time(start_s + seconds, offset)

    lasts: dict[tuple[int, int], list[int]] = {}
    for leg in made.legs:
        span = lasts.setdefault((leg.vehicle, leg.duty), [leg.from_s, leg.until_s])
        span[:] = [min(span[0], leg.from_s), max(span[1], leg.until_s)]
    trips = (
        (
            code(number),
            fleets.fleet_id[vehicles[trip.vehicle].fleet],
            vehicles[trip.vehicle].name,
            scenario.zones.zone_id[trip.zone],
            scenario.hosts.host_id[trip.host],
            clock(trip.depart_s),
            clock(trip.arrive_s),
            trip.persons,
        )
        for number, trip in enumerate(made.trips)
    )
    duties = (
        (
            vehicles[leg.vehicle].name,
            leg.duty,
            leg.kind,
            leg.place_from,
            leg.place_to,
            clock(leg.from_s),
            clock(leg.until_s),
            code(leg.trip),
            round((lasts[leg.vehicle, leg.duty][1] - lasts[leg.vehicle, leg.duty][0]) / 3600, 2),
        )
        for leg in sorted(made.legs, key=lambda leg: (leg.vehicle, leg.from_s, leg.until_s))
    )
    return {
        "trips.csv": _csv("trip_id fleet_id vehicle zone_id host_id depart arrive persons", trips),
        "duties.csv": _csv("vehicle duty leg place_from place_to from until trip_id duty_h", duties),
    }


def _csv(header: str, rows: Iterable[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode()
