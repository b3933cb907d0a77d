"""`households.csv` and `seating.csv`: synthetic households and where they sit, as files."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from farshore.plan.families.seating import Seating
from farshore.units import format_time, offset_of

__all__ = ["household_files"]


def household_files(seating: Seating) -> dict[str, bytes]:
    """The two files by name. They are made up from totals: no row stands for a household that exists.

    households.csv : household_id zone_id persons under_18 over_65 needing_assistance with_car
    seating.csv : household_id zone_id persons depart route_id host_id status (as_planned, moved, unserved)
    """
    made, outcome = seating.households, seating.outcome
    about = outcome.scenario.about
    zone_ids = outcome.scenario.zones.zone_id
    width = len(str(len(made)))
    codes = [f"synthetic-{number + 1:0{width}}" for number in range(len(made))]
    households = (
        (code, zone_ids[zone], *figures)
        for code, zone, *figures in zip(
            codes,
            made.zone.tolist(),
            made.size.tolist(),
            made.under_18.tolist(),
            made.over_65.tolist(),
            made.needing_assistance.tolist(),
            made.with_car.tolist(),
            strict=True,
        )
    )

    def seat(number: int) -> tuple[Any, ...]:
        route, zone_id, persons = (
            int(seating.route[number]),
            zone_ids[made.zone[number]],
            int(made.size[number]),
        )
        if route < 0:
            return codes[number], zone_id, persons, "", "", "", "unserved"
        begins_s = int(about.start.timestamp()) + int(seating.step[number]) * about.step_s
        depart = format_time(begins_s, offset_of(about.start))
        way = outcome.routes[route]
        status = "moved" if seating.moved[number] else "as_planned"
        return codes[number], zone_id, persons, depart, way.route_id, way.host_id, status

    return {
        "households.csv": _csv(
            "household_id zone_id persons under_18 over_65 needing_assistance with_car", households
        ),
        "seating.csv": _csv(
            "household_id zone_id persons depart route_id host_id status", map(seat, range(len(made)))
        ),
    }


def _csv(header: str, rows: Iterable[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode()
