"""Stress testing: a plan in many futures, and what every crossing is worth."""

from farshore.stress.anew import planned_on
from farshore.stress.draw import VARY, Event, Future, Futures
from farshore.stress.job import Replan
from farshore.stress.quantiles import quantile_interval, share_interval
from farshore.stress.run import stress

__all__ = [
    "VARY",
    "Event",
    "Future",
    "Futures",
    "Replan",
    "planned_on",
    "quantile_interval",
    "share_interval",
    "stress",
]
