"""Reading a plan folder's files strictly: every fault with file, row and column, nothing taken on trust."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from farshore.errors import Fault
from farshore.plan.checker.timetable import Clock
from farshore.scenario.sheet import read_sheet
from farshore.units import parse_time

__all__ = ["Faults", "csv_columns", "csv_rows", "json_object", "step_of", "whole_number"]

AGAIN = "plan again"  # the remedy for a plan that contradicts itself


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults found so far, in the order of finding."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, row: int, column: str, cause: str, remedy: str = AGAIN) -> None:
        """Note one."""
        self.found.append(Fault(file, row, column, cause, remedy))

    def __bool__(self) -> bool:
        return bool(self.found)


def csv_rows(
    folder: Path, file: str, columns: tuple[str, ...], faults: Faults
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a table with exactly these columns, each with its line as a spreadsheet shows it."""
    try:
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        faults.add(file, 0, "", "is missing")
        return
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.add(file, 0, "", f"cannot be read ({error})")
        return
    if not rows or tuple(rows[0]) != columns:
        faults.add(file, 1, "", f"must have the columns {', '.join(columns)}")
        return
    for line, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(columns):
            faults.add(file, line, "", f"has {len(cells)} cells instead of {len(columns)}")
            continue
        yield line, dict(zip(columns, cells, strict=False))


def csv_columns(data: bytes, columns: tuple[str, ...]) -> pl.DataFrame | None:
    """The cells of a long table with exactly these columns, row 2 of a spreadsheet first.

    None where it is short or anything about its form is uncommon: `csv_rows` then says what, row by row.
    """
    if not data.startswith(f"{','.join(columns)}\n".encode()):
        return None
    sheet, faults = read_sheet(data, "")
    if sheet is None or faults or not sheet.whole or (np.diff(sheet.lines, prepend=1) != 1).any():
        return None
    if len(sheet.lines) != data.count(b"\n") + (not data.endswith(b"\n")) - 1:
        return None  # rows of blanks, which reading a sheet leaves out
    cells = [cells for cells in sheet.cells.values() if isinstance(cells, pl.Series)]
    return pl.DataFrame(cells, schema=list(columns)) if len(cells) == len(columns) else None


def json_object(folder: Path, file: str, faults: Faults) -> dict[str, Any] | None:
    """A JSON file that holds one object without repeated keys, or None with a fault."""
    try:
        text = (folder / file).read_text(encoding="utf-8")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except FileNotFoundError:
        faults.add(file, 0, "", "is missing")
        return None
    except (OSError, ValueError, RecursionError) as error:
        faults.add(file, 0, "", f"cannot be read ({error})")
        return None
    if not isinstance(value, dict):
        faults.add(file, 0, "", "is not a JSON object")
        return None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def whole_number(text: str) -> int | None:
    """A whole number written plainly, or None."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def step_of(text: str, clock: Clock) -> int | str:
    """The step that begins at a time, or in words why none does."""
    try:
        seconds = parse_time(text) - clock.start_s
    except ValueError as error:
        return f"{text!r} {error}"
    step, rest = divmod(seconds, clock.step_s)
    if rest:
        return f"{text} is not the start of a step"
    if not 0 <= step < clock.n_steps:
        return f"{text} is outside the horizon"
    return step


def differences(
    stated: Any, expected: Any, at: str, report: Callable[[str, str], None], *, close: float = 0.0
) -> None:
    """Report every place where a JSON value differs from the expected one: report(path, cause).

    Numbers with a fraction may differ by the share `close`; a key that is not expected is a difference too.
    """
    if isinstance(expected, Mapping):
        if not isinstance(stated, Mapping):
            report(at, f"is {_short(stated)}, not an object")
            return
        for key in expected:
            place = f"{at}.{key}" if at else str(key)
            if key not in stated:
                report(place, "is missing")
            else:
                differences(stated[key], expected[key], place, report, close=close)
        for key in stated:
            if key not in expected:
                report(f"{at}.{key}" if at else str(key), "is not part of a plan's figures")
    elif isinstance(expected, (list, tuple)):
        if not isinstance(stated, list):
            report(at, f"is {_short(stated)}, not a list")
            return
        if len(stated) != len(expected):
            report(at, f"has {len(stated)} entries; the plan makes it {len(expected)}")
        for i in _unlike(stated, expected, close):
            differences(stated[i], expected[i], f"{at}[{i}]", report, close=close)
    elif not _same(stated, expected, close):
        report(at, f"says {_short(stated)}; the plan makes it {_short(expected)}")


def _unlike(stated: Sequence[Any], expected: Sequence[Any], close: float) -> Iterator[int]:
    """Places in two lists that have to be looked into: lists are long, and most of their values alike."""
    for i, (one, other) in enumerate(zip(stated, expected, strict=False)):
        if not isinstance(other, (str, int, float)) or not _same(one, other, close):
            yield i


def _same(stated: Any, expected: Any, close: float) -> bool:
    if type(stated) is type(expected) and stated == expected:
        return True
    if isinstance(expected, float) and isinstance(stated, (int, float)) and not isinstance(stated, bool):
        return abs(stated - expected) <= close * abs(expected)
    return type(stated) is type(expected) and bool(stated == expected)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
    return text if len(text) <= 60 else text[:57] + "…"
