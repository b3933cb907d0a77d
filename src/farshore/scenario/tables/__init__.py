"""The tables of a scenario folder, each written once: names, kinds, units, defaults, meaning."""

from typing import Final

from farshore.scenario.table import Rows
from farshore.scenario.tables.doubts import Assumptions, Exposure, Hazards
from farshore.scenario.tables.network import Closures, Crossings, Links, Nodes
from farshore.scenario.tables.people import LARGEST_HOUSEHOLD, Choices, HouseholdSizes, Zones
from farshore.scenario.tables.services import Fleets, Hosts, Timetable

__all__ = [
    "LARGEST_HOUSEHOLD",
    "TABLES",
    "Assumptions",
    "Choices",
    "Closures",
    "Crossings",
    "Exposure",
    "Fleets",
    "Hazards",
    "Hosts",
    "HouseholdSizes",
    "Links",
    "Nodes",
    "Timetable",
    "Zones",
]

TABLES: Final[dict[str, type[Rows]]] = {
    "nodes": Nodes,
    "links": Links,
    "crossings": Crossings,
    "closures": Closures,
    "zones": Zones,
    "household_sizes": HouseholdSizes,
    "hosts": Hosts,
    "fleets": Fleets,
    "timetable": Timetable,
    "choices": Choices,
    "exposure": Exposure,
    "hazards": Hazards,
    "assumptions": Assumptions,
}
