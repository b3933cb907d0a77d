"""Times: none that ends before it begins, none that lies wholly outside the horizon unnoticed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from farshore.errors import Fault
from farshore.scenario.draft import Draft, Findings, Warned
from farshore.scenario.table import NO_TIME, columns_of
from farshore.scenario.tables import TABLES
from farshore.units import format_time, offset_of

__all__ = ["check_times"]

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class _Spans:
    """The spans of one table: its fields for first moment and end, and what a row of it is called."""

    field: str
    first: str
    last: str
    noun: str
    effect: str  # of one that the horizon does not touch


_SPANS = (
    _Spans("closures", "from_time", "until_time", "closure", "it changes nothing"),
    _Spans("exposure", "from_time", "until_time", "row", "it changes nothing"),
    _Spans("hazards", "from_time", "until_time", "hazard", "it never happens"),
    _Spans("fleets", "from_time", "until_time", "service", "it carries nobody"),
    _Spans("hosts", "beds_from", "confirmed_until", "offer", "nobody can be taken in"),
)


def check_times(draft: Draft) -> Findings:
    """Spans that end before they begin (faults), and those that the horizon does not touch (warnings)."""
    for spans in _SPANS:
        yield from _backward(draft, spans)
        if draft.timed:
            yield from _outside(draft, spans)


def _backward(draft: Draft, spans: _Spans) -> Iterator[Fault]:
    rows, marks = getattr(draft.scenario, spans.field), draft.marks[spans.field]
    columns = columns_of(TABLES[spans.field])
    begin, end = getattr(rows, spans.first), getattr(rows, spans.last)
    wrong = (begin != NO_TIME) & (end != NO_TIME) & (end <= begin) & marks.good(spans.first, spans.last)
    offset = offset_of(draft.scenario.about.start)
    for row in np.flatnonzero(wrong).tolist():
        relation = "before" if end[row] < begin[row] else "the same moment as"
        begins = f"`{columns[spans.first].name}` {format_time(begin[row], offset)}"
        cause = f"{format_time(end[row], offset)} is {relation} {begins}"
        noun = f"a{'n' * spans.noun.startswith('o')} {spans.noun}"
        remedy = f"give {noun} an end that comes after its beginning"
        if 0 < begin[row] - end[row] < _DAY_S:
            remedy = f"{noun} over midnight ends on the next day"
        yield Fault(rows.FILE, marks.line(row), columns[spans.last].name, cause, remedy)


def _outside(draft: Draft, spans: _Spans) -> Iterator[Fault]:
    about = draft.scenario.about
    rows, marks = getattr(draft.scenario, spans.field), draft.marks[spans.field]
    columns = columns_of(TABLES[spans.field])
    start_s = int(about.start.timestamp())
    end_s = start_s + about.horizon_h * 3600
    offset = offset_of(about.start)
    begin, end = getattr(rows, spans.first), getattr(rows, spans.last)
    good = marks.good(spans.first, spans.last)
    good &= (begin == NO_TIME) | (end == NO_TIME) | (end > begin)
    remedy = f"{spans.effect}; see that it is meant"
    for row in np.flatnonzero((end != NO_TIME) & (end <= start_s) & good).tolist():
        cause = f"{format_time(end[row], offset)} is no later than the start, {format_time(start_s, offset)}"
        yield Warned(rows.FILE, marks.line(row), columns[spans.last].name, cause, remedy)
    for row in np.flatnonzero((begin != NO_TIME) & (begin >= end_s) & good).tolist():
        cause = f"{format_time(begin[row], offset)} is not before the end, {format_time(end_s, offset)}"
        yield Warned(rows.FILE, marks.line(row), columns[spans.first].name, cause, remedy)
