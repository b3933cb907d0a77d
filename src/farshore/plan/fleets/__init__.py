"""Fleets: vehicles with timetabled trips and duties, and the bus evacuation problem of the literature."""

from farshore.plan.fleets.checker import check_bus_plan
from farshore.plan.fleets.problem import (
    NEVER,
    BusesCannot,
    BusPlan,
    BusProblem,
    BusProof,
    Tour,
    bus_problem,
    busloads,
)
from farshore.plan.fleets.solve import evacuate_by_bus
from farshore.plan.fleets.tables import timetable_files
from farshore.plan.fleets.timetable import Leg, Timetable, Trip, timetable
from farshore.plan.fleets.timetable_checker import check_timetable

__all__ = [
    "NEVER",
    "BusPlan",
    "BusProblem",
    "BusProof",
    "BusesCannot",
    "Leg",
    "Timetable",
    "Tour",
    "Trip",
    "bus_problem",
    "busloads",
    "check_bus_plan",
    "check_timetable",
    "evacuate_by_bus",
    "timetable",
    "timetable_files",
]
