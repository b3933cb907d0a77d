"""What people look at: the offline report and the terminal's progress and summary."""

from farshore.report.page import html
from farshore.report.terminal import LiveProgress, progress_line, summary_table

__all__ = ["LiveProgress", "html", "progress_line", "summary_table"]
