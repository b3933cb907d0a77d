"""Rows of loose CSV files: comments, blank lines and stray spaces dealt with, row numbers kept."""

import csv
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LooseRows", "read_loose"]


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
