"""The daily figures that Flee's validation scores against, made from raw counts the way Flee makes them.

They interpolate between counts and apply registration corrections backwards, so a day's figure knows later
ones. They serve to reproduce Flee's published error and nothing else: no forecast may read them.
"""

import numpy as np
import numpy.typing as npt

from farshore.scenario.displacement import Counts, Displacement

__all__ = ["flee_daily", "flee_error"]

Floats = npt.NDArray[np.float64]


def flee_daily(problem: Displacement) -> Floats:
    """float64[n_days, n_hosts]: corrected, interpolated, truncated to whole persons."""
    columns = []
    for host, parts in zip(problem.host_ids, problem.parts, strict=True):
        table = _table(parts[0])
        for part in parts[1:]:
            table = _flee_sum(table, _table(part))
        for correction in problem.corrections:
            if correction.place == host:
                _correct(table, correction.day)
        columns.append(_interpolated(table, problem.n_days))
    return np.column_stack(columns) if columns else np.zeros((problem.n_days, 0))


def flee_error(simulated: Floats, daily: Floats) -> float:
    """Flee's rescaled error: mean over days of Σ |s·ΣU/Σs − U| / max(1, ΣU).

    simulated, daily : float64[n_days, n_hosts]. A day on which nobody is simulated is not rescaled.
    Source: `absolute difference rescaled` of Flee's post-processing.
    """
    told = daily.sum(axis=1)
    here = simulated.sum(axis=1)
    scale = np.where(here > 0, told / np.where(here > 0, here, 1.0), 0.0)
    apart = np.abs(simulated * scale[:, None] - daily).sum(axis=1)
    return float(np.mean(apart / np.maximum(told, 1.0)))


def _table(counts: Counts) -> Floats:
    return np.column_stack([counts.day.astype(float), counts.persons]) if len(counts) else np.zeros((1, 2))


def _flee_sum(first: Floats, second: Floats) -> Floats:
    # Flee adds to a count of the second file the *next* one of the first, and stops where the second ends.
    rows: list[tuple[float, float]] = []
    at = 0
    earlier = 0.0
    for day, persons in second:
        while day > first[at, 0]:
            rows.append((first[at, 0], earlier + first[at, 1]))
            if at == len(first) - 1:
                break
            at += 1
        if day == first[at, 0]:
            rows.append((day, persons + first[at, 1]))
            at = min(at + 1, len(first) - 1)
            earlier = persons
        elif day < first[at, 0]:
            rows.append((day, persons + first[at, 1]))
            earlier = persons
    return np.array(rows)


def _correct(table: Floats, day: int) -> None:
    for row in np.flatnonzero(table[:, 0] == day):
        if row > 0 and table[row - 1, 1] > 0:
            table[:row, 1] *= table[row, 1] / table[row - 1, 1]


def _interpolated(table: Floats, n_days: int) -> Floats:
    # In the order of the file, as Flee does: the first later row ends the search even if rows are unsorted.
    day = np.arange(n_days)
    later = day[:, None] < table[:, 0]
    row = np.where(later.any(axis=1), later.argmax(axis=1), len(table) - 1)
    before = np.maximum(row - 1, 0)
    span = table[row, 0] - table[before, 0]
    share = np.where(span != 0, (day - table[before, 0]) / np.where(span != 0, span, 1.0), 0.0)
    values = table[before, 1] + share * (table[row, 1] - table[before, 1])
    values = np.where(later.any(axis=1), values, table[-1, 1])
    return np.asarray(np.trunc(np.where(day <= table[0, 0], table[0, 1], values)))
