"""What people look at: the offline report and the terminal's progress and summary."""

from farshore.report.conflicts import conflict_lines
from farshore.report.forecast_page import backtest_page, forecast_page, needs_page
from farshore.report.forecast_terminal import backtest_table
from farshore.report.page import html
from farshore.report.rehearsal import simulation_html
from farshore.report.replan_terminal import replan_table
from farshore.report.robust_terminal import robust_table
from farshore.report.services import class_words
from farshore.report.stress_page import stress_html
from farshore.report.terminal import LiveProgress, progress_line, summary_table

__all__ = [
    "LiveProgress",
    "backtest_page",
    "backtest_table",
    "class_words",
    "conflict_lines",
    "forecast_page",
    "html",
    "needs_page",
    "progress_line",
    "replan_table",
    "robust_table",
    "simulation_html",
    "stress_html",
    "summary_table",
]
