"""Assumptions when closures are added or cut: each keeps to the closures that it was about, or goes."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.spoken_of import Pointer, column_of, key_of, pointer, rows_of
from farshore.scenario.table import Rows
from farshore.scenario.tables import Assumptions, Closures

__all__ = ["changes_of_assumptions", "still_assumed"]

Ints = npt.NDArray[np.int64]

_WHATEVER: Final = ("low", "best", "high", "unit", "reason", "source")


def still_assumed(scenario: Scenario, closures: Closures, origin: Ints) -> Assumptions:
    """The scenario's assumptions, as they hold under other closures.

    origin : int64[n], row of the scenario's closures that each of `closures` is or is part of, −1: it is new
    An assumption whose rows are gone, or hold another value now, is left out. One whose key would mean new
    rows too gets a key that does not; where there is none (`key_of`), it is left out.
    """
    table = scenario.assumptions
    if not any(str(key).startswith(f"{Closures.FILE}:") for key in table.key):
        return table
    found, taken = [], set(table.key)
    for row in records_of(table):
        key = _kept(scenario.closures, closures, origin, row["key"], row["best"], frozenset(taken))
        taken.add(key)
        if key:
            found.append(row | {"key": key})
    return make_rows(Assumptions, found)


def changes_of_assumptions(before: Scenario, after: Scenario) -> tuple[str, ...]:
    """In words, each assumption that a change of closures has left out or given another key."""
    kept, said = set(after.assumptions.key), []
    new = [row for row in records_of(after.assumptions) if row["key"] not in set(before.assumptions.key)]
    for row in records_of(before.assumptions):
        at = pointer(row["key"])
        if row["key"] in kept or at is None:
            continue
        same = [other for other in new if all(other[name] == row[name] for name in _WHATEVER)]
        if same:
            new.remove(same[0])
            key, news = row["key"], same[0]["key"]
            said.append(f"The assumption {key} is kept as {news}: it is about what was closed before.")
        else:
            there = rows_of(after.closures, at.which).size if at.file == Closures.FILE else 0
            why = "it cannot be told from what is new" if there else "what it speaks of is not there any more"
            said.append(f"The assumption {row['key']} is left out: {why}.")
    return tuple(said)


def _kept(
    before: Closures, after: Closures, origin: Ints, key: str, best: float, taken: frozenset[str]
) -> str:
    """The key under which an assumption still holds, "" if under none."""
    at = pointer(key)
    if at is None or at.file != Closures.FILE:
        return key
    was = rows_of(before, at.which)
    if not was.size:
        return key
    about = np.flatnonzero(np.isin(origin, was)).astype(np.int64)
    if not about.size or (_holds(before, was, at, best) and not _holds(after, about, at, best)):
        return ""
    if np.array_equal(rows_of(after, at.which), about):
        return key
    first = at.which.partition("=")[0]
    return key_of(after, about, at.column, first=first, taken=taken)


def _holds(rows: Rows, chosen: Ints, at: Pointer, best: float) -> bool:
    field, _ = column_of(rows, at.column)
    return bool((getattr(rows, field)[chosen] == best).all())
