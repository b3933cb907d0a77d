"""A robust plan in the terminal: beside the nominal one, with what it costs and gains."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from farshore.report.robust_words import robust_rows

__all__ = ["robust_table"]


def robust_table(told: Mapping[str, Any]) -> RenderableType:
    """What robust.json says, in 80 columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("person-hours, in 10⁶ units of the objective", overflow="fold")
    for title in ("robust", "nominal"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in robust_rows(told):
        table.add_row(*row)
    return Group(table, Text(), *(Text(line) for line in told["statement"]))
