"""Families: households made up from the scenario's totals, seated whole on a plan's departures."""

from farshore.plan.families.seating import with_households
from farshore.plan.families.synthesis import Members, households_of

__all__ = ["Members", "households_of", "with_households"]
