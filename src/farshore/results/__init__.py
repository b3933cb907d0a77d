"""The tables that every engine returns, the measures over them, and the folder that holds them."""

from farshore.results.folder import KNOWN_BY, write_outcome
from farshore.results.forecast import Backtest, Composition, Forecast, Score
from farshore.results.forecast_files import backtest_files, forecast_files, needs_files, write_files
from farshore.results.hosts import HostArrivals, HostNeeds, Standard
from farshore.results.households import Households, households_statement
from farshore.results.measures import (
    CrossingLoad,
    Effort,
    Flows,
    clearance_h,
    crossing_loads,
    effort_of,
    flows_of,
)
from farshore.results.outcome import (
    AuditLine,
    Certificate,
    Change,
    Departures,
    Event,
    Halt,
    Outcome,
    Replan,
    Route,
    Stranded,
    TradeOff,
    Unserved,
)
from farshore.results.reading import read_outcome
from farshore.results.robust import ROBUST_FILE, RobustResult, robust_summary
from farshore.results.simulation import CrossingFlow, LinkStates, SimulationResult, Unfinished
from farshore.results.simulation_folder import (
    SIMULATION_KNOWN_BY,
    SIMULATION_OWN,
    simulation_files,
    simulation_summary,
)
from farshore.results.stress import StressResult
from farshore.results.stress_folder import STRESS_KNOWN_BY, STRESS_OWN, stress_files, stress_summary
from farshore.results.summary import summary_of

__all__ = [
    "KNOWN_BY",
    "ROBUST_FILE",
    "SIMULATION_KNOWN_BY",
    "SIMULATION_OWN",
    "STRESS_KNOWN_BY",
    "STRESS_OWN",
    "AuditLine",
    "Backtest",
    "Certificate",
    "Change",
    "Composition",
    "CrossingFlow",
    "CrossingLoad",
    "Departures",
    "Effort",
    "Event",
    "Flows",
    "Forecast",
    "Halt",
    "HostArrivals",
    "HostNeeds",
    "Households",
    "LinkStates",
    "Outcome",
    "Replan",
    "RobustResult",
    "Route",
    "Score",
    "SimulationResult",
    "Standard",
    "Stranded",
    "StressResult",
    "TradeOff",
    "Unfinished",
    "Unserved",
    "backtest_files",
    "clearance_h",
    "crossing_loads",
    "effort_of",
    "flows_of",
    "forecast_files",
    "households_statement",
    "needs_files",
    "read_outcome",
    "robust_summary",
    "simulation_files",
    "simulation_summary",
    "stress_files",
    "stress_summary",
    "summary_of",
    "write_files",
    "write_outcome",
]
