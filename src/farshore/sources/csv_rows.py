"""Rows of loose CSV files: comments, blank lines and stray spaces dealt with, row numbers kept."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from farshore.errors import Fault

__all__ = ["LooseRows", "TitledRows", "read_loose", "read_titled"]


@dataclass(frozen=True, slots=True)
class LooseRows:
    """Cells of a file, stripped; `row` is the 1-based line; `padded` and `commented` say what was mended."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    padded: int
    commented: int


def read_loose(path: Path, file: str, *, titled: bool) -> LooseRows:
    """Read a CSV file whose comments start with `#`.

    titled : whether the first line that is not blank names the columns (with or without `#` before it)
    Raises OSError if it cannot be read. Bytes that are not UTF-8 are read as Latin-1.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    header: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    padded = commented = 0
    reader = csv.reader(text.splitlines(), skipinitialspace=False)
    for cells in reader:
        stripped = tuple(cell.strip() for cell in cells)
        if not any(stripped):
            continue
        if titled and not header:
            header = (stripped[0].lstrip("# "), *stripped[1:])
            continue
        if stripped[0].startswith("#"):
            commented += 1
            continue
        padded += any(a != b for a, b in zip(cells, stripped, strict=True))
        rows.append((reader.line_num, stripped))
    return LooseRows(file, header, tuple(rows), padded, commented)


@dataclass(frozen=True, slots=True)
class TitledRows:
    """Rows of a file as cells by column, every column that was asked for in each, and what was odd."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    remarks: tuple[Fault, ...]


def read_titled(
    path: Path, needed: Sequence[str], optional: Sequence[str], faults: list[Fault]
) -> TitledRows:
    """Read a CSV file by the names of its columns, in any order; appends to `faults`.

    A row of HXL hashtags is passed over. Cells that are not there are "". Columns of other names are
    remarked upon and left out.
    """
    file = path.name
    columns = (*needed, *optional)
    remedy = f"give a CSV file with the columns {', '.join(columns)}"
    try:
        loose = read_loose(path, file, titled=True)
    except OSError:
        faults.append(Fault(file, 0, "", "the file is missing or unreadable", remedy))
        return TitledRows((), ())
    lacking = [name for name in needed if name not in loose.header]
    if lacking:
        faults.append(Fault(file, 1, "", f"has no column {', '.join(lacking)}", remedy))
        return TitledRows((), ())
    faults += [
        Fault(file, 1, name, "there are two columns of this name", "leave one of them out")
        for name in columns
        if loose.header.count(name) > 1
    ]
    at = {name: loose.header.index(name) for name in columns if name in loose.header}
    rows = []
    for row, cells in loose.rows:
        if len(cells) > len(loose.header) and any(cells[len(loose.header) :]):
            cause = f"has {len(cells)} cells where the header has {len(loose.header)}"
            faults.append(Fault(file, row, "", cause, "put text with commas in quotes"))
        rows.append((row, {c: cells[at[c]] if c in at and at[c] < len(cells) else "" for c in columns}))
    others = [name for name in loose.header if name and name not in columns]
    remarks = [Fault(file, 1, name, "is no column of this file", "left out") for name in others]
    return TitledRows(tuple(rows), tuple(remarks))
