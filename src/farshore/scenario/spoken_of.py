"""Which cells an assumption speaks of: how its key is written, read, and made for chosen rows."""

import re
from collections.abc import Mapping
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.scenario.table import Column, Rows, columns_of
from farshore.scenario.tables import TABLES

__all__ = ["FIELD_OF_FILE", "KEY_FORMS", "Pointer", "column_of", "key_of", "pointer", "rows_of"]

Ints = npt.NDArray[np.int64]

KEY_FORMS: Final = "`FILE:ID:COLUMN`, `FILE:*:COLUMN` or `FILE:COLUMN=VALUE:COLUMN`"
FIELD_OF_FILE: Final = {table.FILE: field for field, table in TABLES.items()}


class Pointer(NamedTuple):
    """The three parts of a key that points to cells: `closures.csv`, `asset_id=dam`, `capacity_factor`."""

    file: str
    which: str
    column: str


def pointer(key: str) -> Pointer | None:
    """The parts of a key; None where it is the name of a parameter, or would be one."""
    file, colon, rest = key.partition(":")
    which, _, column = rest.rpartition(":")
    return Pointer(file, which, column) if colon else None


def column_of(rows: Rows | type[Rows], name: str) -> tuple[str, Column]:
    """The field and the specification of a column as the file calls it; raises KeyError if there is none."""
    return _columns(rows)[name]


def rows_of(rows: Rows, which: str, by_code: Mapping[str, int] | None = None) -> Ints:
    """Rows that the middle of a key means: all, one by its code, or those whose columns hold the values.

    by_code : the row of each code, as `rows.position()`, if it is known already
    returns : int64[n], rising; none where the text means nothing
    """
    if which == "*":
        return np.arange(len(rows), dtype=np.int64)
    if by_code is None:
        by_code = rows.position() if rows.KEY else {}
    if which in by_code:
        return np.array([by_code[which]], np.int64)
    columns = _columns(rows)
    names = "|".join(map(re.escape, columns))
    chosen = np.ones(len(rows), np.bool_)
    for part in re.split(f"&(?=(?:{names})=)", which):
        name, equals, value = part.partition("=")
        if not equals or name not in columns:
            return np.empty(0, np.int64)
        field, spec = columns[name]
        chosen &= np.asarray(getattr(rows, field) == _as_held(value, spec), np.bool_)
    return np.flatnonzero(chosen).astype(np.int64)


def key_of(
    rows: Rows, chosen: Ints, column: str, *, first: str = "", taken: frozenset[str] = frozenset()
) -> str:
    """A key that means these rows and no others, by one column of texts or two; "" if there is none.

    first : the column to ask before all others, and to keep where one does not do
    taken : keys that others have
    """
    columns = {name: field for name, (field, spec) in _columns(rows).items() if spec.kind.dtype == "object"}
    alike = [name for name, field in columns.items() if len(set(getattr(rows, field)[chosen])) == 1]
    alike.sort(key=lambda name: (name != first, name != "reason"))
    for names in [*combinations(alike, 1), *combinations(alike, 2)]:
        which = "&".join(f"{name}={getattr(rows, columns[name])[chosen[0]]}" for name in names)
        key = f"{rows.FILE}:{which}:{column}"
        if key not in taken and np.array_equal(rows_of(rows, which), chosen):
            return key
    return ""


def _columns(rows: Rows | type[Rows]) -> dict[str, tuple[str, Column]]:
    table = rows if isinstance(rows, type) else type(rows)
    return {spec.name: (field, spec) for field, spec in columns_of(table).items()}


def _as_held(value: str, spec: Column) -> object:
    """A value as the column holds it in memory; one that no cell can hold is None."""
    if spec.kind.dtype == "object":
        return value
    if spec.kind.dtype == "bool":
        return value == "true"
    try:
        return float(value)
    except ValueError:
        return None
