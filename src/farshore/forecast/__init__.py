"""Forecasts: how many people arrive where over the coming weeks, with honest intervals."""

from farshore.forecast.assimilate import with_counts
from farshore.forecast.backtest import backtest, hindcast_errors
from farshore.forecast.engine import Engine, forecast
from farshore.forecast.evacuation import plan_arrivals, with_forecast
from farshore.forecast.flee_rules import FleeRules
from farshore.forecast.needs import needs_of, standards_of

__all__ = [
    "Engine",
    "FleeRules",
    "backtest",
    "forecast",
    "hindcast_errors",
    "needs_of",
    "plan_arrivals",
    "standards_of",
    "with_counts",
    "with_forecast",
]
