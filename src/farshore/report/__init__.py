"""What people look at: the offline report and the terminal's progress and summary."""

from farshore.report.page import html

__all__ = ["html"]
