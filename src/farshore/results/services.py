"""What a plan with classes and services says beyond one without: docs/classes.md, the plan folder."""

from dataclasses import dataclass
from typing import Any

from farshore.results.loads import CrossingLoad, Effort

__all__ = ["BOARDING", "BOARDING_FILE", "DUTIES", "TRIPS", "Prices", "Services"]

Prices = dict[str, list[list[Any]]]

TRIPS = (
    "trip_id", "fleet_id", "vehicle", "from_node_id", "to_node_id", "board", "alight", "leaves_base",
    "back_at_base", "persons", "seats_taken", "links",
)  # fmt: skip
BOARDING_FILE = "boarding.csv"
BOARDING = ("household_id", "trip_id", "persons")
DUTIES = ("fleet_id", "vehicle", "trips", "first_leaves_base", "last_back_at_base", "occupied_h")


@dataclass(frozen=True, eq=False)
class Services:
    """Classes, legs, vehicles.

    class_ids : class of each row of the departures
    trips, duties : rows of these tables, times as steps
    prices : lists of rows, of what `Certificate` has no prices for
    late : people of each zone who are ready only after the horizon
    boarding : rows of boarding.csv, households by their rows; None: the plan does not say who boards what
    figures : `classes`, `modes`, `fleets` and `trains` of the summary
    """

    class_ids: tuple[str, ...]
    trips: tuple[tuple[Any, ...], ...]
    duties: tuple[tuple[Any, ...], ...]
    prices: Prices
    effort: Effort
    loads: tuple[CrossingLoad, ...]
    late: tuple[int, ...]
    figures: dict[str, Any]
    boarding: tuple[tuple[int, str, int], ...] | None = None
