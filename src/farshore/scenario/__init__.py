"""Scenarios: the frozen types, the folder format, every check, the arrays that engines eat."""

from farshore.scenario.check import CheckReport, check_folder, check_scenario, check_values, read_scenario
from farshore.scenario.counted import MEANINGS, as_stock, joined_counts
from farshore.scenario.displacement import Closure, Correction, Counts, Demographic, Displacement, PlaceKind
from farshore.scenario.displacement_files import displacement_files
from farshore.scenario.edit import (
    Window,
    parse_capacity,
    parse_window,
    with_capacity,
    with_closing,
    with_opening,
)
from farshore.scenario.new import new_scenario
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import About, BlockedHostsException, Operation, Scenario
from farshore.scenario.still_assumed import changes_of_assumptions
from farshore.scenario.write import scenario_files, scenario_hash, write_scenario

__all__ = [
    "MEANINGS",
    "About",
    "BlockedHostsException",
    "CheckReport",
    "Closure",
    "Correction",
    "Counts",
    "Demographic",
    "Displacement",
    "Operation",
    "PlaceKind",
    "Scenario",
    "Window",
    "as_stock",
    "blocked_hosts",
    "changes_of_assumptions",
    "check_folder",
    "check_scenario",
    "check_values",
    "displacement_files",
    "joined_counts",
    "new_scenario",
    "parse_capacity",
    "parse_window",
    "read_scenario",
    "scenario_files",
    "scenario_hash",
    "with_capacity",
    "with_closing",
    "with_opening",
    "write_scenario",
]
