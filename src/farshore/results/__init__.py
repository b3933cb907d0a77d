"""The tables that every engine returns, the measures over them, and the folder that holds them."""

from farshore.results.folder import check_writable, write_outcome
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
from farshore.results.simulation import CrossingFlow, LinkStates, SimulationResult, Unfinished
from farshore.results.simulation_folder import simulation_summary, write_simulation
from farshore.results.summary import summary_of

__all__ = [
    "AuditLine",
    "Certificate",
    "CrossingFlow",
    "CrossingLoad",
    "Departures",
    "Effort",
    "Flows",
    "LinkStates",
    "Outcome",
    "Route",
    "SimulationResult",
    "Unfinished",
    "Unserved",
    "check_writable",
    "clearance_h",
    "crossing_loads",
    "effort_of",
    "flows_of",
    "read_outcome",
    "simulation_summary",
    "summary_of",
    "write_outcome",
    "write_simulation",
]
