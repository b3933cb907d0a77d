"""Hazards: times that rise, losses that say of what, rates that a horizon can hold."""

from collections.abc import Iterator

import numpy as np

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings

__all__ = ["check_hazards"]

_MOST_PER_DAY = 200.0  # beyond this nothing would ever move; a rate an hour, or a year, was meant


def check_hazards(draft: Draft) -> Findings:
    """Every row of hazards.csv against itself."""
    hazards, marks = draft.scenario.hazards, draft.marks["hazards"]
    ranged, said = marks.good("hours_low", "hours_best", "hours_high"), marks.good("what", "asset_id")
    for row in range(len(hazards)):
        line = marks.line(row)
        low, best, high = (float(getattr(hazards, f"hours_{name}")[row]) for name in ("low", "best", "high"))
        if ranged[row] and not low <= best <= high:
            cause = f"hours_low {low:g}, hours_best {best:g} and hours_high {high:g} do not rise"
            yield Fault(hazards.FILE, line, "hours_best", cause, "give low ≤ best ≤ high")
        if said[row]:
            yield from _kind(draft, row, line)
    rates, good = hazards.rate_per_day, marks.good("rate_per_day")
    for row in np.flatnonzero(good & (rates > _MOST_PER_DAY)).tolist():
        cause = f"{rates[row]:g} events a day leave no time to move"
        yield Fault(hazards.FILE, marks.line(row), "rate_per_day", cause, "give events per day")


def _kind(draft: Draft, row: int, line: int) -> Iterator[Fault]:
    hazards = draft.scenario.hazards
    if hazards.what[row] == "loss" and not hazards.asset_id[row]:
        remedy = "name the link or crossing, or make it a pause"
        yield Fault(hazards.FILE, line, "asset_id", "a loss of nothing in particular", remedy)
    if hazards.what[row] == "pause" and hazards.factor_after[row] != 1:
        remedy = "leave it blank, or make it a loss"
        yield Fault(hazards.FILE, line, "factor_after", "nothing is damaged by a pause", remedy)
