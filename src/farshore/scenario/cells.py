"""Cells to values: one column of texts to one array, and a fault for each cell that is no such value."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from farshore.errors import Fault
from farshore.scenario.military import REFUSAL, military_word
from farshore.scenario.sheet import Texts
from farshore.scenario.suggest import nearest
from farshore.scenario.table import NO_TIME, Column, Kind
from farshore.units import parse_time

__all__ = ["Cells", "curve_points", "read_cells"]

Flags = npt.NDArray[np.bool_]

_UNFIT_IN_CODE: Final = r"[\s\p{Z}\p{Cc}\p{Cf}]"
_SPACES: Final = " \t\r\n\u00a0"  # named, because polars and Python do not mean the same by white space
_UNFIT_CATEGORIES: Final = ("Zs", "Zl", "Zp", "Cc", "Cf")
_FLAG: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_BLANK: Final[dict[str, Any]] = {"object": "", "int64": 0, "float64": float("nan"), "bool": False}


@dataclass(frozen=True, eq=False)
class Cells:
    """One column as values. `bad` cells hold a placeholder and have their fault; `blank` ones the default."""

    values: npt.NDArray[Any]
    bad: Flags
    blank: int
    faults: list[Fault]


class _Refusal(ValueError):
    """Cause and remedy of one cell that cannot be read."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


def read_cells(texts: Texts, spec: Column, file: str, lines: npt.NDArray[np.int64]) -> Cells:
    """The values of one column. Of many cells only those that the fast way cannot read are looked at singly.

    texts : n texts, "" where blank; lines : int64[n], row of each as a spreadsheet shows it
    """
    n = len(texts)
    if isinstance(texts, pl.Series):
        values, unread = _FAST[spec.kind](texts, spec)
        blank = (texts.str.strip_chars(_SPACES) == "").to_numpy()
        if spec.kind is Kind.TEXT and not spec.required:
            blank = (texts == "").to_numpy()  # spaces are text, where nothing must be said
    else:
        values, unread = np.empty(n, dtype=spec.kind.dtype), np.ones(n, dtype=np.bool_)
        keep = spec.kind is Kind.TEXT and not spec.required
        blank = np.fromiter(
            (not (text if keep else text.strip(_SPACES)) for text in texts), dtype=np.bool_, count=n
        )
    bad = np.zeros(n, dtype=np.bool_)
    faults = []
    if blank.any():
        values[blank] = _placeholder(spec) if spec.required else spec.default
        if spec.required:
            bad |= blank
            faults = [
                Fault(file, int(lines[row]), spec.name, "is blank", f"give {_wanted(spec)}")
                for row in np.flatnonzero(blank)
            ]
    one = _ONE_BY_ONE[spec.kind]
    for row in np.flatnonzero(unread & ~blank).tolist():
        text = texts[row]
        try:
            values[row] = one(text, spec)
        except _Refusal as refusal:
            bad[row] = True
            # A code that is unfit is still the one that others refer to.
            values[row] = text if spec.kind is Kind.ID else _placeholder(spec)
            faults.append(Fault(file, int(lines[row]), spec.name, refusal.cause, refusal.remedy))
    return Cells(values, bad, 0 if spec.required else int(blank.sum()), faults)


def _placeholder(spec: Column) -> Any:
    return NO_TIME if spec.kind is Kind.TIME else _BLANK[spec.kind.dtype]


def _wanted(spec: Column) -> str:
    """What the column takes, in words: `the number of people, a whole number, 0 or more`."""
    kind = f"one of {', '.join(spec.choices)}" if spec.choices else spec.kind.wanted
    what, _, _ = spec.description.partition(";")
    return f"{what}: {kind}{_range(spec)}"


def _range(spec: Column) -> str:
    if spec.low is None or spec.kind is not Kind.NUMBER:
        return ""
    low = f"above {spec.low:g}" if spec.above_low else f"{spec.low:g} or more"
    return f", {low}" if spec.high is None else f" from {spec.low:g} to {spec.high:g}"


# The fast way: whole columns at once. Each gives the values and which cells it could not vouch for.

Fast = tuple[npt.NDArray[Any], Flags]


def _objects(texts: pl.Series, *, repeated: bool = True) -> npt.NDArray[np.object_]:
    """Python strings; one object for each different text if the column repeats itself."""
    array = np.empty(len(texts), dtype=np.object_)
    each = texts.to_list()
    if repeated:
        seen: dict[str, str] = {}
        each = list(map(seen.setdefault, each, each))
    array[:] = each
    return array


def _fast_text(texts: pl.Series, spec: Column) -> Fast:
    return _objects(texts), np.zeros(len(texts), dtype=np.bool_)


def _fast_code(texts: pl.Series, spec: Column) -> Fast:
    unfit = texts.str.contains(_UNFIT_IN_CODE) | texts.str.starts_with("-")
    return _objects(texts, repeated=False), unfit.to_numpy()


def _fast_choice(texts: pl.Series, spec: Column) -> Fast:
    return _objects(texts), (~texts.is_in(list(spec.choices))).to_numpy()


def _fast_words(texts: pl.Series, spec: Column) -> Fast:
    known = {text: _fits(_words, text, spec) for text in texts.unique().to_list()}
    values = _objects(texts)
    # A text that is already in the written form needs nothing; others are tidied one by one.
    return values, np.array([known[text] != text for text in values], dtype=np.bool_)


def _fast_curve(texts: pl.Series, spec: Column) -> Fast:
    return _objects(texts), np.ones(len(texts), dtype=np.bool_)


def _fast_count(texts: pl.Series, spec: Column) -> Fast:
    whole = texts.str.strip_chars(_SPACES).cast(pl.Int64, strict=False)
    unread = (whole.is_null() | (whole < 0)).to_numpy()
    return whole.fill_null(0).to_numpy().copy(), unread


def _fast_number(texts: pl.Series, spec: Column) -> Fast:
    number = texts.str.strip_chars(_SPACES).cast(pl.Float64, strict=False)
    values = number.fill_null(float("nan")).to_numpy().copy()
    return values, ~_in_range(values, spec)


def _fast_flag(texts: pl.Series, spec: Column) -> Fast:
    lower = texts.str.strip_chars(_SPACES).str.to_lowercase()
    values = lower.is_in([word for word, flag in _FLAG.items() if flag]).to_numpy().copy()
    return values, (~lower.is_in(list(_FLAG))).to_numpy()


def _fast_time(texts: pl.Series, spec: Column) -> Fast:
    known = {text: _fits(_time, text, spec) for text in texts.unique().to_list()}
    found = [known[text] for text in texts.to_list()]
    values = np.array([NO_TIME if when is None else when for when in found], dtype=np.int64)
    return values, np.array([when is None for when in found], dtype=np.bool_)


def _fits(read: Callable[[str, Column], Any], text: str, spec: Column) -> Any:
    try:
        return read(text, spec)
    except _Refusal:
        return None


def _bounds(spec: Column) -> tuple[float, float]:
    if spec.kind is Kind.SHARE:
        return 0, 1
    if spec.kind is Kind.LONGITUDE:
        return -180, 180
    if spec.kind is Kind.LATITUDE:
        return -90, 90
    return (
        -np.inf if spec.low is None else spec.low,
        np.inf if spec.high is None else spec.high,
    )


def _in_range(values: npt.NDArray[np.float64], spec: Column) -> Flags:
    low, high = _bounds(spec)
    above = values > low if spec.above_low else values >= low
    return np.asarray(above & (values <= high) & np.isfinite(values), dtype=np.bool_)


# One by one: for the cells that the fast way left, with words for what is wrong.


def _code(text: str, spec: Column) -> str:
    fits = not any(unicodedata.category(letter) in _UNFIT_CATEGORIES or letter.isspace() for letter in text)
    if fits and not text.startswith("-"):
        return text
    if text.startswith("-"):
        raise _Refusal(f"{text!r} begins with a minus sign", "that marks the way back over a link: drop it")
    raise _Refusal(f"{text!r} has a space or an invisible character in it", "use letters, digits, _ and -")


def _text(text: str, spec: Column) -> str:
    return text


def _choice(text: str, spec: Column) -> str:
    if text in spec.choices:
        return text
    if word := military_word(text):
        raise _Refusal(f"{text!r} speaks of a military object ({word})", REFUSAL)
    hint = nearest(text, spec.choices)
    remedy = f"write one of {', '.join(spec.choices)}"
    raise _Refusal(f"{text!r} is not one of the words for it", f"{hint}{remedy}")


def _words(text: str, spec: Column) -> str:
    words = [word.strip() for word in text.split(";") if word.strip()]
    unknown = [word for word in words if spec.choices and word not in spec.choices]
    if unknown:
        hint = nearest(unknown[0], spec.choices)
        if "," in text or " " in text.strip(_SPACES):
            hint = "separate words by semicolons; "
        raise _Refusal(
            f"{unknown[0]!r} is not one of the words for it", f"{hint}use {', '.join(spec.choices)}"
        )
    return ";".join(words)


def _curve(text: str, spec: Column) -> str:
    if not curve_points(text):
        raise _Refusal(f"{text!r} has no points", f"write {Kind.CURVE.wanted}")
    return text


def curve_points(text: str) -> list[tuple[float, float]]:
    """Hours after the start and the share ready by then; raises ValueError, in words, if it is no curve."""
    remedy = f"write {Kind.CURVE.wanted}, as `0:0 6:0.5 24:1`"
    points = []
    for pair in text.split():
        hour, _, share = pair.partition(":")
        try:
            points.append((float(hour), float(share)))
        except ValueError:
            raise _Refusal(f"{pair!r} is no pair `hours:share`", remedy) from None
    hours = [hour for hour, _ in points]
    shares = [share for _, share in points]
    if not np.isfinite(hours + shares).all() or min(hours, default=0) < 0:
        raise _Refusal("its hours are not all 0 or more", remedy)
    if any(later <= sooner for sooner, later in pairwise(hours)):
        raise _Refusal("its hours do not rise from point to point", remedy)
    if any(later < sooner for sooner, later in pairwise(shares)):
        raise _Refusal("its shares fall: somebody who is ready stays ready", remedy)
    if shares and (shares[0] < 0 or shares[-1] != 1):
        raise _Refusal(f"its shares end at {shares[-1]:g}, not at 1", remedy)
    return points


def _count(text: str, spec: Column) -> int:
    text = text.strip(_SPACES)
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    value = _float(text, spec)
    if value < 0:
        raise _Refusal(f"{text} is negative", f"give {_wanted(spec)}")
    if value != int(value) or value >= 2**63:
        raise _Refusal(f"{text} is not a whole number", f"give {_wanted(spec)}")
    return int(value)


def _number(text: str, spec: Column) -> float:
    text = text.strip(_SPACES)
    value = _float(text, spec)
    low, high = _bounds(spec)
    if not low <= value <= high or (spec.above_low and value == low):
        if value < 0 <= low and spec.kind is not Kind.LATITUDE:
            cause = f"{text} is negative"
        elif spec.kind in (Kind.LONGITUDE, Kind.LATITUDE):
            cause = f"{text} is no {spec.description}"
        elif spec.kind is Kind.SHARE and 1 < value <= 100:
            raise _Refusal(f"{text} is more than 1", f"write {value:g} per cent as {value / 100:g}")
        else:
            cause = f"{text} is out of range"
        raise _Refusal(cause, f"give {_wanted(spec)}")
    return value


def _float(text: str, spec: Column) -> float:
    try:
        value = float(text)
        # Python reads 1_000 as a number; no other program that opens the file does.
        if np.isfinite(value) and "_" not in text:
            return value
    except ValueError:
        pass
    remedy = f"give {_wanted(spec)}"
    if re.fullmatch(r"[+-]?\d{1,3}([, \u00a0\u202f]\d{3})+", text):
        remedy = f"write it without separators: {re.sub('[^0-9+-]', '', text)}"
    elif re.fullmatch(r"[+-]?\d+,\d+", text):
        remedy = f"write it with a point: {text.replace(',', '.')}"
    raise _Refusal(f"{text!r} is not a number", remedy)


def _flag(text: str, spec: Column) -> bool:
    flag = _FLAG.get(text.strip(_SPACES).lower())
    if flag is not None:
        return flag
    raise _Refusal(f"{text!r} is neither true nor false", "write true or false")


def _time(text: str, spec: Column) -> int:
    text = text.strip(_SPACES)
    try:
        return parse_time(text)
    except ValueError as error:
        if "offset" in str(error):
            remedy = f"add one, as {text.replace(' ', 'T')}+03:00"
        else:
            remedy = f"write {Kind.TIME.wanted}"
        raise _Refusal(f"{text} {error}", remedy) from None


_FAST: Final[dict[Kind, Callable[[pl.Series, Column], Fast]]] = {
    Kind.ID: _fast_code,
    Kind.REF: _fast_text,  # whether it exists is asked of the table that it refers to
    Kind.TEXT: _fast_text,
    Kind.CHOICE: _fast_choice,
    Kind.WORDS: _fast_words,
    Kind.CURVE: _fast_curve,
    Kind.COUNT: _fast_count,
    Kind.NUMBER: _fast_number,
    Kind.SHARE: _fast_number,
    Kind.LONGITUDE: _fast_number,
    Kind.LATITUDE: _fast_number,
    Kind.TIME: _fast_time,
    Kind.FLAG: _fast_flag,
}
_ONE_BY_ONE: Final[dict[Kind, Callable[[str, Column], Any]]] = {
    Kind.ID: _code,
    Kind.REF: _text,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.WORDS: _words,
    Kind.CURVE: _curve,
    Kind.COUNT: _count,
    Kind.NUMBER: _number,
    Kind.SHARE: _number,
    Kind.LONGITUDE: _number,
    Kind.LATITUDE: _number,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}
