"""Fleets: vehicles with timetabled trips and duties, and the bus evacuation problem of the literature.

`timetable_rides` turns a planner's rides into whole-vehicle trips and duties (see `rides`), `evacuate_by_bus`
solves the bus evacuation problem. Each has its own checker that shares no code with it.
"""

from farshore.kernels.colouring import fewest_vehicles
from farshore.plan.fleets.bus_file import bus_text, read_bus_problem
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
from farshore.plan.fleets.ride_plan import timetable_rides
from farshore.plan.fleets.rides import (
    NO_DRIVE,
    DutyLeg,
    Hours,
    RideFleet,
    Rides,
    RideTimetable,
    RideTrip,
    Travel,
    driver_hours,
)
from farshore.plan.fleets.rides_checker import check_rides
from farshore.plan.fleets.solve import evacuate_by_bus
from farshore.plan.fleets.tables import ride_files

__all__ = [
    "NEVER",
    "NO_DRIVE",
    "BusPlan",
    "BusProblem",
    "BusProof",
    "BusesCannot",
    "DutyLeg",
    "Hours",
    "RideFleet",
    "RideTimetable",
    "RideTrip",
    "Rides",
    "Tour",
    "Travel",
    "bus_problem",
    "bus_text",
    "busloads",
    "check_bus_plan",
    "check_rides",
    "driver_hours",
    "evacuate_by_bus",
    "fewest_vehicles",
    "read_bus_problem",
    "ride_files",
    "timetable_rides",
]
