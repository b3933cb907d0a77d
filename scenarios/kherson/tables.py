"""Rows in plain words made into the scenario's tables: facts first, then the cells that are assumed."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from assumed import Assumption

from farshore.scenario.table import NO_TIME, Kind, Rows, columns_of
from farshore.scenario.tables import TABLES
from farshore.units import parse_time

__all__ = ["Cells", "fill_assumed", "table_of"]

Cells = dict[str, Any]
Table = TypeVar("Table", bound=Rows)


def fill_assumed(rows: Mapping[str, list[Cells]], assumptions: Iterable[Assumption]) -> None:
    """Put the best value of each assumption into the cells that its key speaks of.

    rows : rows of each table by its file name
    Raises ValueError if a key fits no row, or a cell that has a value: no assumption overwrites a fact.
    """
    keys = {table.FILE: table.KEY for table in TABLES.values()}
    for assumption in assumptions:
        file, _, rest = assumption.key.partition(":")
        if not rest:
            continue
        selector, _, column = rest.rpartition(":")
        name, _, wanted = selector.partition("=") if "=" in selector else (keys[file], "", selector)
        chosen = [row for row in rows[file] if wanted == "*" or row.get(name) == wanted]
        if not chosen or any(column in row for row in chosen):
            raise ValueError(f"{assumption.key} fits no row, or a cell that has a value")
        for row in chosen:
            row[column] = assumption.best


def table_of(kind: type[Table], rows: Iterable[Cells]) -> Table:
    """A table from rows by field name; blank cells take the column's default, times are RFC 3339 text."""
    listed = list(rows)
    columns = {}
    for field, spec in columns_of(kind).items():
        cells = [row[field] if spec.required else row.get(field, spec.default) for row in listed]
        if spec.kind is Kind.TIME:
            cells = [cell if cell == NO_TIME else parse_time(cell) for cell in cells]
        columns[field] = np.array(cells, dtype=spec.kind.dtype)
    return kind(**columns)
