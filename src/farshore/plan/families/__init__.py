"""Families: made-up households with the scenario's marginals, seated whole on a plan's departures."""

from farshore.plan.families.checker import check_seating
from farshore.plan.families.households import HouseholdNote, Households, households_of
from farshore.plan.families.seating import Seating, seat_households
from farshore.plan.families.tables import household_files

__all__ = [
    "HouseholdNote",
    "Households",
    "Seating",
    "check_seating",
    "household_files",
    "households_of",
    "seat_households",
]
