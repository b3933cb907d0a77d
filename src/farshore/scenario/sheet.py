"""A CSV file as a grid of texts: encoding, quotation, headers and row lengths, nothing of what cells mean."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from farshore.errors import Fault

__all__ = ["FEW", "Sheet", "Texts", "read_sheet"]

FEW: Final = 200  # rows that are looked at one by one sooner than a series is set up for them
_MUCH: Final = 20_000  # bytes, likewise
_COMMA: Final = ord(",")
_QUOTE: Final = ord('"')
_RETURN: Final = ord("\r")
_FEED: Final = ord("\n")


Texts = list[str] | pl.Series
"""The cells of one column: a list where there are few rows, a series of Strings where there are many."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of a CSV file under its header, all of them texts ("" where blank).

    cells : by column name, `n` texts each
    lines : int64[n], the row of each as a spreadsheet shows it (the header is row 1)
    lost : the cells of the rows that were left out
    whole : whether the file could be read to its end
    """

    cells: Mapping[str, Texts]
    lines: npt.NDArray[np.int64]
    lost: frozenset[str]
    whole: bool


def read_sheet(data: bytes, file: str) -> tuple[Sheet | None, list[Fault]]:
    """The sheet in the bytes of a CSV file, and what is wrong with its form; no sheet if it has no columns.

    UTF-8 with or without a byte order mark; lines end as they like. A second row of which every cell that
    is not blank begins with # is HXL's and is skipped, as are rows of blanks only. Rows with the wrong
    number of cells and columns without a name or with one that was there before are faults and left out.
    """
    faults = _undecodable(data, file)
    if faults:
        return None, faults
    body = data.removeprefix(b"\xef\xbb\xbf")
    if len(body) > _MUCH and _plain(body):
        return _fast_sheet(body, file)
    return _careful_sheet(body, file)


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


def _keep(header: Sequence[str]) -> list[int]:
    """Columns that have a name of their own."""
    return [i for i, name in enumerate(header) if name and name not in header[:i]]


def _fast_sheet(body: bytes, file: str) -> tuple[Sheet, list[Fault]]:
    """The sheet of a file that is known to be plain."""
    # An all-string frame needs no inference; polars reads blanks as null.
    frame = pl.read_csv(body, has_header=False, infer_schema=False).fill_null("")
    header = [name.strip() for name in frame.row(0)]
    begin = 2 if _is_hxl(frame.row(1)) else 1
    lines = np.arange(begin + 1, frame.height + 1, dtype=np.int64)
    cells = frame.slice(begin)
    ghosts = {i for i, name in enumerate(header) if not name and _blank(cells.to_series(i)).all()}
    blank = np.ones(cells.height, dtype=np.bool_)
    for column in cells.iter_columns():
        blank &= _blank(column)
        if not blank.any():
            break
    if blank.any():  # spreadsheets leave them behind
        cells, lines = cells.filter(pl.Series(~blank)), lines[~blank]
    columns: dict[str, Texts] = {header[i]: cells.to_series(i) for i in _keep(header)}
    return Sheet(columns, lines, frozenset(), True), _header_faults(header, ghosts, file)


def _blank(column: pl.Series) -> npt.NDArray[np.bool_]:
    return (column.str.len_bytes() == 0).to_numpy()


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


def _careful_sheet(body: bytes, file: str) -> tuple[Sheet | None, list[Fault]]:
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
    header = [name.strip() for name in rows[0]]
    begin = 2 if len(rows) > 1 and _is_hxl(rows[1]) else 1
    texts = list(zip(*rows[begin:], strict=True)) or [()] * len(header)
    ghosts = {i for i, name in enumerate(header) if not name and not any(texts[i])}
    faults += _header_faults(header, ghosts, file)
    many = len(rows) > FEW
    columns = {
        header[i]: pl.Series(texts[i], dtype=pl.String) if many else list(texts[i]) for i in _keep(header)
    }
    return Sheet(columns, np.array(lines[begin:], dtype=np.int64), frozenset(lost), whole), faults
