"""Reads counts as they come in, late, revised, cumulative or of one day, into a displacement.

A CSV file with the columns `place_id date persons [known_on kind source]`, in any order, and an optional row
of HXL hashtags.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from farshore.errors import Fault, ScenarioFaults
from farshore.scenario.counted import MEANINGS, as_stock, joined_counts
from farshore.scenario.displacement import Counts, Displacement, PlaceKind
from farshore.scenario.suggest import Suggester
from farshore.sources.csv_rows import read_titled

__all__ = ["TOTAL", "read_counts_file"]

NEEDED: Final = ("place_id", "date", "persons")
OPTIONAL: Final = ("known_on", "kind", "source")
TOTAL: Final = "total"
HOST_KINDS: Final = (PlaceKind.CAMP, PlaceKind.IDP_CAMP)


@dataclass(frozen=True, slots=True)
class _Figure:
    row: int
    place: str
    on: date
    known_on: date
    persons: float
    kind: str


def read_counts_file(path: str | Path, problem: Displacement) -> Displacement:
    """The displacement with the counts of a file joined to its own.

    For a day that both count, the file's figure stands from the day on which it became known (`known_on`;
    its own day where that is blank). `kind` is `stock` (present, the default), `cumulative` or `flow`. A
    camp that was counted nowhere becomes a host; `total` is the count of everybody; figures of other places,
    such as border crossings, are remarked upon and used for nothing. Raises ScenarioFaults with every fault.
    """
    path = Path(path)
    faults: list[Fault] = []
    titled = read_titled(path, NEEDED, OPTIONAL, faults)
    figures, n_missing = _figures(path.name, titled.rows, faults)
    _kinds_agree(path.name, figures, faults)
    if faults:
        raise ScenarioFaults(faults, path.name)
    remarks = [*titled.remarks]
    if n_missing:
        cause = f"{n_missing} rows without a number"
        remarks.append(Fault(path.name, 0, "persons", cause, "read as days without a count"))
    by_place: dict[str, list[_Figure]] = {}
    for figure in figures:
        by_place.setdefault(figure.place, []).append(figure)
    camps = {str(problem.place_id[i]) for i in range(problem.n_places) if problem.kind[i] in HOST_KINDS}
    remarks += _left_out(path.name, by_place, camps, problem)
    beyond = sum((f.on - problem.start).days >= problem.n_days for f in figures)
    if beyond:
        cause = f"{beyond} figures are of days after the last of sim_period.csv"
        remarks.append(Fault(path.name, 0, "date", cause, "no forecast reaches them; lengthen the period"))
    return _joined(problem, by_place, camps, remarks)


def _joined(
    problem: Displacement, by_place: Mapping[str, list[_Figure]], camps: set[str], remarks: list[Fault]
) -> Displacement:
    counts = dict(zip(problem.host_ids, problem.counts, strict=True))
    parts = dict(zip(problem.host_ids, problem.parts, strict=True))
    total = problem.total
    nobody = Counts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
    for place, figures in by_place.items():
        if place == TOTAL:
            total = _with(total, figures, problem)
        elif place in camps:
            counts[place] = _with(counts.get(place, nobody), figures, problem)
            # A hindcast knows every revision: it reads each day's figure as it stood in the end.
            parts[place] = (counts[place].known_by(int(counts[place].known_day.max())),)
    hosts = [i for i in range(problem.n_places) if problem.place_id[i] in counts]
    ties = problem.ties
    if ties is not None:
        ties = np.ones((problem.n_places, len(hosts)))
        ties[:, np.isin(hosts, problem.hosts)] = problem.ties
    return replace(
        problem,
        hosts=np.array(hosts, np.int64),
        counts=tuple(counts[problem.place_id[i]] for i in hosts),
        parts=tuple(parts[problem.place_id[i]] for i in hosts),
        total=total,
        ties=ties,
        remarks=(*problem.remarks, *sorted(remarks)),
    )


def _with(counts: Counts, figures: list[_Figure], problem: Displacement) -> Counts:
    for kind in MEANINGS:  # people present first: arrivals are added to them
        told = [f for f in figures if f.kind == kind]
        if told:
            added = Counts(
                np.array([(f.on - problem.start).days for f in told], np.int64),
                np.array([f.persons for f in told]),
                np.array([(f.known_on - problem.start).days for f in told], np.int64),
            )
            counts = joined_counts(counts, as_stock(added, kind, counts))
    return counts


def _figures(
    file: str, rows: Iterable[tuple[int, Mapping[str, str]]], faults: list[Fault]
) -> tuple[list[_Figure], int]:
    figures: list[_Figure] = []
    first: dict[tuple[str, date, date], _Figure] = {}
    n_missing = 0
    for row, cells in rows:
        before = len(faults)
        if not cells["place_id"]:
            faults.append(Fault(file, row, "place_id", "is empty", f"give a place, or {TOTAL} for everybody"))
        on = _date(file, row, "date", cells["date"], faults)
        known_on = _date(file, row, "known_on", cells["known_on"], faults) if cells["known_on"] else on
        if on and known_on and known_on < on:
            cause = f"{known_on} is before the date {on}"
            faults.append(Fault(file, row, "known_on", cause, "give the day on which it could first be read"))
        kind = cells["kind"].lower() or MEANINGS[0]
        if kind not in MEANINGS:
            cause = f"{cells['kind']!r} is no kind"
            faults.append(Fault(file, row, "kind", cause, f"write one of {', '.join(MEANINGS)}"))
        persons = _persons(file, row, cells["persons"], faults)
        if len(faults) > before or on is None or known_on is None:
            continue
        if persons is None:
            n_missing += 1
            continue
        figure = _Figure(row, cells["place_id"], on, known_on, persons, kind)
        same = first.setdefault((figure.place, on, known_on), figure)
        if (same.persons, same.kind) != (persons, kind):
            cause = f"{figure.place} has another figure for this date and known_on in row {same.row}"
            faults.append(Fault(file, row, "persons", cause, "give a revision the later known_on"))
        elif same is figure:
            figures.append(figure)
    return figures, n_missing


def _date(file: str, row: int, column: str, text: str, faults: list[Fault]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(Fault(file, row, column, f"{text!r} is no date", "write it as 2012-02-29"))
        return None


def _persons(file: str, row: int, text: str, faults: list[Fault]) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (np.isfinite(value) and value >= 0):
        faults.append(Fault(file, row, "persons", f"{text!r} is no number of people", "write 0 or more"))
    return value


def _kinds_agree(file: str, figures: Iterable[_Figure], faults: list[Fault]) -> None:
    # Arrivals told in two ways would be counted twice.
    arrivals: dict[str, _Figure] = {}
    for figure in figures:
        if figure.kind == MEANINGS[0]:
            continue
        other = arrivals.setdefault(figure.place, figure)
        if other.kind != figure.kind:
            cause = f"arrivals of {figure.place} are {figure.kind} here and {other.kind} in row {other.row}"
            faults.append(Fault(file, figure.row, "kind", cause, "tell a place's arrivals in one way"))


def _left_out(
    file: str, by_place: Mapping[str, list[_Figure]], camps: set[str], problem: Displacement
) -> Iterable[Fault]:
    near = Suggester(camps)
    places = set(problem.place_id)
    for place, figures in by_place.items():
        if place in (TOTAL, *problem.host_ids):
            continue
        if place in camps:
            cause = f"{place} was counted nowhere before"
            yield Fault(file, figures[0].row, "place_id", cause, "it is a host from now on")
            continue
        what = "no host" if place in places else "no place of locations.csv"
        told = f"its {len(figures)} figures are used for nothing"
        yield Fault(file, figures[0].row, "place_id", f"{place} is {what}", near.hint(place) + told)
