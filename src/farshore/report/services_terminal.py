"""Classes and vehicles of a plan on the terminal: a table of two columns a need, and a line each."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from farshore.report.wording import count

__all__ = ["classes_lines"]

_NEEDS: Final = {"assisted": "need assistance", "family": "with children", "other": "all others"}
_MODES: Final = {"car": "drive", "bus": "bus", "ferry": "ferry", "train": "train", "walk": "walk"}


def classes_lines(summary: Mapping[str, Any]) -> list[RenderableType]:
    """Five lines for a plan with classes, none for another."""
    if summary.get("model") != "classes":
        return []
    told = {row["class_id"]: row for row in summary["classes"]}
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("placed; nine in ten after")
    grid.add_column("with a car", justify="right")
    grid.add_column("no car", justify="right")
    for need, words in _NEEDS.items():
        grid.add_row(words, *(_cell(told[f"{need}_{way}"]) for way in ("car", "foot")))
    return [grid, Text(_modes(summary), no_wrap=True, overflow="ellipsis")]


def _cell(row: Mapping[str, Any]) -> str:
    if not row["people"]:
        return "–"
    after = "–" if row["t90_h"] is None else f"{row['t90_h']:g} h"
    return f"{count(row['placed'])} of {count(row['people'])}  {after}"


def _modes(summary: Mapping[str, Any]) -> str:
    """Who uses what on the way, and how many buses and trips that takes; modes that nobody uses left out."""
    fleets = summary["fleets"]
    trips, used = (sum(row[name] for row in fleets) for name in ("trips", "vehicles_used"))
    told = []
    for mode, words in _MODES.items():
        persons = summary["modes"][mode]
        by = f" ({count(trips)} trips by {count(used)})" if mode == "bus" else ""
        if persons:
            told.append(f"{words} {count(persons)}{by}")
    return " · ".join(told) or "nobody moves"
