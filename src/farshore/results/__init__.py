"""The tables that every engine returns, the measures over them, and the folder that holds them."""

from farshore.results.folder import KNOWN_BY, write_outcome
from farshore.results.measures import (
    CrossingLoad,
    Effort,
    Flows,
    clearance_h,
    crossing_loads,
    effort_of,
    flows_of,
)
from farshore.results.outcome import AuditLine, Certificate, Departures, Outcome, Route, Unserved
from farshore.results.reading import read_outcome
from farshore.results.summary import summary_of

__all__ = [
    "KNOWN_BY",
    "AuditLine",
    "Certificate",
    "CrossingLoad",
    "Departures",
    "Effort",
    "Flows",
    "Outcome",
    "Route",
    "Unserved",
    "clearance_h",
    "crossing_loads",
    "effort_of",
    "flows_of",
    "read_outcome",
    "summary_of",
    "write_outcome",
]
