"""Assumptions: ranges that hold their best value, keys that mean something, cells that hold it too."""

from collections.abc import Iterator

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned
from farshore.scenario.military import REFUSAL, military_word
from farshore.scenario.parameters import SETTABLE
from farshore.scenario.spoken_of import FIELD_OF_FILE, KEY_FORMS, Pointer, pointer, rows_of
from farshore.scenario.suggest import nearest
from farshore.scenario.table import Rows, columns_of
from farshore.scenario.tables import TABLES

__all__ = ["check_assumptions"]


def check_assumptions(draft: Draft) -> Findings:
    """Every row of assumptions.csv against itself, the program's parameters and the cells it speaks of."""
    assumptions, marks = draft.scenario.assumptions, draft.marks["assumptions"]
    ranged, keyed = marks.good("low", "best", "high"), marks.good("key")
    rows_by_code = {field: _rows_by_code(draft, field) for field in _spoken_of(draft)}
    for row, key in enumerate(assumptions.key):
        low, best, high = (float(getattr(assumptions, name)[row]) for name in ("low", "best", "high"))
        if ranged[row] and not low <= best <= high:
            cause = f"low {low:g}, best {best:g} and high {high:g} do not rise"
            yield Fault(assumptions.FILE, marks.line(row), "best", cause, "give low ≤ best ≤ high")
        if not keyed[row]:
            continue
        at = pointer(key)
        if at is None:
            yield from _parameter(draft, row)
        else:
            yield from _cells(draft, row, at, rows_by_code)
    yield from _hours(draft)


def _parameter(draft: Draft, row: int) -> Iterator[Fault]:
    assumptions, marks = draft.scenario.assumptions, draft.marks["assumptions"]
    key, line = assumptions.key[row], marks.line(row)
    if key not in SETTABLE:
        if word := military_word(key):
            yield Fault(assumptions.FILE, line, "key", f"{key!r} names something military ({word})", REFUSAL)
            return
        remedy = f"{nearest(key, SETTABLE)}use {', '.join(SETTABLE)}, or {KEY_FORMS}"
        yield Fault(assumptions.FILE, line, "key", f"{key!r} is no parameter of the program", remedy)
        return
    parameter = SETTABLE[key]
    for name in ("low", "best", "high"):
        value = float(getattr(assumptions, name)[row])
        if marks.good(name)[row] and not parameter.low <= value <= parameter.high:
            cause = f"{value:g} is out of range for {key}"
            remedy = f"give {parameter.description}, {parameter.low:g} to {parameter.high:g} {parameter.unit}"
            yield Fault(assumptions.FILE, line, name, cause, remedy)
    unit = assumptions.unit[row]
    if unit and unit != parameter.unit:
        remedy = "it is read in the program's unit whatever the cell says"
        yield Warned(assumptions.FILE, line, "unit", f"{unit!r} is not {parameter.unit!r}", remedy)


def _spoken_of(draft: Draft) -> set[str]:
    """Tables that some key names."""
    files = {key.partition(":")[0] for key in draft.scenario.assumptions.key}
    return {FIELD_OF_FILE[file] for file in files & set(FIELD_OF_FILE)}


def _rows_by_code(draft: Draft, field: str) -> dict[str, int]:
    rows: Rows = getattr(draft.scenario, field)
    return rows.position() if rows.KEY else {}


def _cells(draft: Draft, row: int, at: Pointer, rows_by_code: dict[str, dict[str, int]]) -> Iterator[Fault]:
    """The cells that a key points to: there must be some, all numbers, all equal to `best`."""
    assumptions, marks = draft.scenario.assumptions, draft.marks["assumptions"]
    line, best = marks.line(row), assumptions.best[row]
    file, which, name = at
    if file not in FIELD_OF_FILE:
        remedy = f"{nearest(file, FIELD_OF_FILE)}name a table as {KEY_FORMS}"
        yield Fault(assumptions.FILE, line, "key", f"{file!r} is no table of a scenario", remedy)
        return
    field = FIELD_OF_FILE[file]
    rows: Rows = getattr(draft.scenario, field)
    columns = {spec.name: (attribute, spec) for attribute, spec in columns_of(TABLES[field]).items()}
    numeric = [each for each, (_, spec) in columns.items() if spec.kind.dtype in ("int64", "float64")]
    if name not in numeric:
        remedy = f"{nearest(name, numeric)}its columns of numbers are {', '.join(numeric)}"
        yield Fault(assumptions.FILE, line, "key", f"{name!r} is no column of numbers in {file}", remedy)
        return
    chosen = rows_of(rows, which, rows_by_code[field])
    lost = draft.marks[field].lost
    values = {which, which.partition("=")[2], *(part.partition("=")[2] for part in which.split("&"))}
    unread = field not in draft.whole or not lost.isdisjoint(values)
    if not chosen.size and not unread:
        remedy = f"{nearest(which, rows_by_code[field])}write {KEY_FORMS}"
        yield Fault(assumptions.FILE, line, "key", f"no row of {file} is {which!r}", remedy)
    attribute, _ = columns[name]
    held = getattr(rows, attribute)
    bad = draft.marks[field].bad.get(attribute)
    judged = chosen if bad is None else chosen[~bad[chosen]]
    other = judged[held[judged] != best]
    if other.size and marks.good("best")[row]:
        first = int(other[0])
        there = f"{file}, row {draft.marks[field].line(first)}, {name}"
        more = f" (and {other.size - 1:,} more cells)" if other.size > 1 else ""
        cause = f"{best:.15g} is not what {there} holds: {held[first]:.15g}{more}"
        yield Fault(assumptions.FILE, line, "best", cause, "write the same number in both places")


def _hours(draft: Draft) -> Iterator[Fault]:
    """Hours of the day between which nothing at all could move."""
    assumptions = draft.scenario.assumptions
    position = assumptions.position()
    for way in ("driving", "sailing"):
        begin, end = f"{way}_from_hour", f"{way}_until_hour"
        begins, ends = draft.scenario.parameter(begin), draft.scenario.parameter(end)
        if begins >= ends:
            row = position[end] if end in position else position[begin]
            cause = f"{way} ends at {ends:g} h and begins at {begins:g} h"
            remedy = f"give a {end} after {begin}: nothing moves over midnight"
            yield Fault(assumptions.FILE, draft.marks["assumptions"].line(row), "best", cause, remedy)
