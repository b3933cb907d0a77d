"""A CSV file as a grid of texts: encoding, quotation, headers and row lengths, nothing of what cells mean."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from farshore.errors import Fault

__all__ = ["Sheet", "read_sheet"]

_COMMA: Final = ord(",")
_QUOTE: Final = ord('"')
_RETURN: Final = ord("\r")
_FEED: Final = ord("\n")


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of a CSV file under its header, all of them texts ("" where blank).

    cells : one String column per header, `n` rows
    lines : int64[n], the row of each as a spreadsheet shows it (the header is row 1)
    lost : the cells of the rows that were left out
    whole : whether the file could be read to its end
    """

    header: tuple[str, ...]
    cells: pl.DataFrame
    lines: npt.NDArray[np.int64]
    lost: frozenset[str]
    whole: bool


def read_sheet(data: bytes, file: str) -> tuple[Sheet | None, list[Fault]]:
    """The sheet in the bytes of a CSV file, and what is wrong with its form; no sheet if it has no columns.

    UTF-8 with or without a byte order mark; lines end as they like. A second row of which every cell that
    is not blank begins with # is HXL's and is skipped, as are rows of blanks only. Rows with the wrong
    number of cells and columns without a name or with one that was there before are faults and left out.
    """
    text_faults = _undecodable(data, file)
    if text_faults:
        return None, text_faults
    body = data.removeprefix(b"\xef\xbb\xbf")
    grid, faults = _grid(body, file)
    if grid is None:
        return None, faults
    frame, lines = grid.frame, grid.lines
    header = [name.strip() for name in frame.row(0)]
    # Spreadsheets leave blank columns behind, as they leave blank rows.
    ghosts = {i for i, name in enumerate(header) if not name and not any(frame.to_series(i).to_list())}
    faults += _header_faults(header, ghosts, file)
    keep = [i for i, name in enumerate(header) if name and name not in header[:i]]
    begin = 2 if frame.height > 1 and _is_hxl(frame.row(1)) else 1
    # Not slice(begin) with the header's columns dropped one by one: one select renames and copies nothing.
    cells = frame.slice(begin).select(pl.col(frame.columns[i]).alias(header[i]) for i in keep)
    lines = lines[begin:]
    blank = _blank_rows(cells)
    if blank.any():
        cells, lines = cells.filter(pl.Series(~blank)), lines[~blank]
    return Sheet(tuple(header[i] for i in keep), cells, lines, grid.lost, grid.whole), faults


def _undecodable(data: bytes, file: str) -> list[Fault]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [Fault(file, 0, "", "is written in UTF-16", "save it as `CSV UTF-8`")]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        cause = f"is not UTF-8 (byte {data[error.start]:#04x} in line {row})"
        return [Fault(file, row, "", cause, "save it as `CSV UTF-8`")]
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        return [Fault(file, 0, "", "is empty", "give it at least the row of column names")]
    return []


def _header_faults(header: Sequence[str], ghosts: set[int], file: str) -> list[Fault]:
    faults = []
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        mark = "semicolons" if ";" in header[0] else "tabs"
        faults.append(Fault(file, 1, "", f"cells are separated by {mark}", "save it with commas"))
    for i, name in enumerate(header):
        if i in ghosts:
            continue
        if not name:
            faults.append(Fault(file, 1, f"column {i + 1}", "has no name", "name it or delete it"))
        elif name in header[:i]:
            first = header.index(name) + 1
            cause = f"is there twice, as column {first} and column {i + 1}"
            faults.append(Fault(file, 1, name, cause, "delete one of them"))
    return faults


def _is_hxl(row: Sequence[str]) -> bool:
    tags = [cell.strip() for cell in row if cell.strip()]
    return bool(tags) and all(tag.startswith("#") for tag in tags)


def _blank_rows(cells: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows that hold nothing: spreadsheets leave them behind."""
    blank = np.ones(cells.height, dtype=np.bool_)
    for column in cells.iter_columns():
        blank &= (column.str.len_bytes() == 0).to_numpy()
        if not blank.any():
            break
    return blank


@dataclass(frozen=True, eq=False)
class _Grid:
    """All rows, header included, as texts: a sheet before its header is understood."""

    frame: pl.DataFrame
    lines: npt.NDArray[np.int64]
    lost: frozenset[str] = frozenset()
    whole: bool = True


def _grid(body: bytes, file: str) -> tuple[_Grid | None, list[Fault]]:
    """All rows, header included, as texts, with their row numbers: the fast way if the form is plain."""
    if _plain(body):
        # An all-string frame needs no inference; polars reads blanks as null.
        frame = pl.read_csv(body, has_header=False, infer_schema=False).fill_null("")
        return _Grid(frame, np.arange(1, frame.height + 1, dtype=np.int64)), []
    return _careful_grid(body, file)


def _plain(body: bytes) -> bool:
    """Whether no row is blank, all have as many cells, and quotation marks stand only where they should."""
    octets = np.frombuffer(body if body.endswith(b"\n") else body + b"\n", dtype=np.uint8)
    returns = np.flatnonzero(octets == _RETURN)
    if returns.size and (octets[returns + 1] != _FEED).any():
        return False
    quotes = np.flatnonzero(octets == _QUOTE)
    commas = np.flatnonzero(octets == _COMMA)
    feeds = np.flatnonzero(octets == _FEED)
    if quotes.size:
        if not _quotes_are_plain(octets, quotes):
            return False
        if (np.searchsorted(quotes, feeds) % 2).any() or (np.searchsorted(quotes, returns) % 2).any():
            return False  # a line break inside a cell
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
    begins = np.concatenate(([0], feeds[:-1] + 1))
    lengths = feeds - begins
    if returns.size:
        lengths -= octets[feeds - 1] == _RETURN
    if (lengths <= 0).any():
        return False
    counts = np.diff(np.searchsorted(commas, feeds), prepend=0)
    return bool(counts[0] > 0 and (counts == counts[0]).all())


def _quotes_are_plain(octets: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64]) -> bool:
    """Whether each mark opens or closes a whole cell or is doubled within one."""
    if quotes.size % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = octets[opening - 1]
    after = octets[closing + 1]
    opens = (opening == 0) | np.isin(before, (_COMMA, _FEED, _QUOTE))
    closes = np.isin(after, (_COMMA, _FEED, _RETURN, _QUOTE))
    return bool(opens.all() and closes.all())


def _careful_grid(body: bytes, file: str) -> tuple[_Grid | None, list[Fault]]:
    """Row by row: rows of the wrong length are named and left out, blank ones are skipped."""
    faults: list[Fault] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    lost: set[str] = set()
    row, whole = 0, True
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(body.decode(), newline=""), strict=True), 1):
            if not any(cells):
                continue
            if not rows or len(cells) == len(rows[0]):
                rows.append(cells)
                lines.append(row)
                continue
            lost.update(cells)
            cause = f"has {len(cells)} cells where the header has {len(rows[0])}"
            remedy = "quote a cell that has a comma in it, or add the missing commas"
            faults.append(Fault(file, row, "", cause, remedy))
    except csv.Error as error:
        cause = f"cannot be read as CSV ({error})"
        remedy = "write a quotation mark inside a quoted cell twice, and close every cell that opens with one"
        faults.append(Fault(file, row + 1, "", cause, remedy))
        whole = False
    if not rows:
        return None, faults
    columns = [f"c{i}" for i in range(len(rows[0]))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return _Grid(frame, np.array(lines, dtype=np.int64), frozenset(lost), whole), faults
