"""Tables made by hand: rows given as dicts, everything left out taken from the column's default."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from farshore.scenario.table import REQUIRED, Rows, columns_of

__all__ = ["empty_rows", "make_rows", "records_of"]

R = TypeVar("R", bound=Rows)


def make_rows(table: type[R], records: Iterable[Mapping[str, Any]]) -> R:
    """A table from one mapping a row, keyed by field name (`from_time`, not `from`).

    Values are as in memory: int64 seconds for times, bool for flags. Nothing is checked but the names.
    Raises ValueError for a name that is no field of the table and for a required field left out.
    """
    rows = list(records)
    columns = columns_of(table)
    for record in rows:
        unknown = set(record) - set(columns)
        if unknown:
            raise ValueError(f"{table.FILE} has no column {', '.join(sorted(unknown))}")
    arrays: dict[str, Any] = {}
    for field, spec in columns.items():
        values = [record.get(field, spec.default) for record in rows]
        if REQUIRED in values:
            raise ValueError(f"{table.FILE}: row {values.index(REQUIRED)} needs {field}")
        array = np.empty(len(rows), dtype=spec.kind.dtype)
        array[:] = values
        arrays[field] = array
    return table(**arrays)


def empty_rows(table: type[R]) -> R:
    """The table without a row."""
    return make_rows(table, ())


def records_of(table: Rows) -> list[dict[str, Any]]:
    """One dict a row, keyed by field name: what `make_rows` makes a table of."""
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    return [{name: column[row] for name, column in columns.items()} for row in range(len(table))]
