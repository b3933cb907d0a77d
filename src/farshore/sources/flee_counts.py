"""Reads the counts of a Flee folder: one file a group, sums of groups, the total, and demographics."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from farshore.errors import Fault
from farshore.scenario.displacement import Counts, Demographic
from farshore.sources.csv_rows import read_loose

__all__ = ["HostCounts", "read_counts", "read_demographics"]

SOURCE: Final = "source_data"
DATE_TITLES: Final = ("date", "datetime", "")


@dataclass(frozen=True, slots=True)
class HostCounts:
    """Counts by host (parts summed), the parts themselves, and the total."""

    hosts: dict[str, Counts]
    parts: dict[str, tuple[Counts, ...]]
    total: Counts


def read_counts(
    root: Path, start: date, hosts: tuple[str, ...], faults: list[Fault], remarks: list[Fault]
) -> HostCounts:
    """Counts that `source_data/data_layout.csv` assigns to hosts; appends to `faults` and `remarks`."""
    empty = Counts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
    file = f"{SOURCE}/data_layout.csv"
    try:
        layout = read_loose(root / file, file, titled=False)
    except OSError:
        remarks.append(Fault(file, 0, "", "there is no such file", "read as no counts at all"))
        return HostCounts({}, {}, empty)
    total = empty
    parts: dict[str, tuple[Counts, ...]] = {}
    for row, cells in layout.rows:
        files = [cell for cell in cells[1:] if cell]
        if not files:
            continue
        groups = tuple(_one_file(root, f"{SOURCE}/{name}", start, faults, remarks) for name in files)
        if cells[0].lower() == "total":
            total = sum_counts(groups)
            continue
        if cells[0] not in hosts:
            cause = f"{cells[0]} is counted and is no camp in locations.csv"
            remarks.append(Fault(file, row, cells[0], cause, "its counts stay out of every host"))
            continue
        if len(groups) > 1:
            cause = f"{cells[0]} is the sum of {len(groups)} files"
            remarks.append(Fault(file, row, cells[0], cause, "each is held at its last count between counts"))
        parts[cells[0]] = groups
    for host in hosts:
        if host not in parts:
            cause = f"the camp {host} is counted nowhere"
            remarks.append(Fault(file, 0, host, cause, "people may go there; it is not scored"))
    return HostCounts({name: sum_counts(groups) for name, groups in parts.items()}, parts, total)


def sum_counts(groups: tuple[Counts, ...]) -> Counts:
    """Sum of several groups on every day on which one was counted, the others at their last count.

    Nothing after a day enters its figure. A group not counted yet counts 0.
    """
    if len(groups) == 1:
        return groups[0]
    days = np.unique(np.concatenate([group.day for group in groups]))
    persons = np.zeros(len(days))
    for group in groups:
        order = np.argsort(group.day, kind="stable")
        at = np.searchsorted(group.day[order], days, side="right") - 1
        persons += np.where(at >= 0, group.persons[order][np.maximum(at, 0)], 0.0)
    return Counts(days, persons, days.copy())


def _one_file(root: Path, file: str, start: date, faults: list[Fault], remarks: list[Fault]) -> Counts:
    day: list[int] = []
    persons: list[float] = []
    try:
        loose = read_loose(root / file, file, titled=False)
    except OSError:
        faults.append(
            Fault(file, 0, "", "the file is missing or unreadable", "add it or mend data_layout.csv")
        )
        loose = None
    for row, cells in loose.rows if loose else ():
        if len(cells) < 2 or cells[0].lower() in DATE_TITLES:
            continue
        if cells[1] == "":
            continue  # a day without a count of this group
        try:
            on = date.fromisoformat(cells[0])
        except ValueError:
            faults.append(Fault(file, row, "date", f"{cells[0]!r} is no date", "write it as 2012-02-29"))
            continue
        try:
            value = float(cells[1])
        except ValueError:
            value = -1.0
        if not value >= 0:
            faults.append(
                Fault(file, row, "count", f"{cells[1]!r} is no number of people", "write 0 or more")
            )
            continue
        day.append((on - start).days)
        persons.append(value)
    days = np.array(day, np.int64)
    if len(days) > 1 and np.any(np.diff(days) <= 0):
        at = int(np.flatnonzero(np.diff(days) <= 0)[0]) + 1
        twice = bool(np.any(np.diff(np.sort(days)) == 0))
        cause = f"count {at + 1} of {len(days)} is not later than the one before"
        done = "read by date; of two counts on one day the later row stands" if twice else "read by date"
        remarks.append(Fault(file, 0, "date", cause, done))
    return Counts(days, np.array(persons), days.copy())


def read_demographics(folder: Path, faults: list[Fault]) -> tuple[Demographic, ...]:
    """Every `demographics_*.csv`: the first column the attribute's values, then weights by place."""
    found = []
    for path in sorted(folder.glob("demographics_*.csv")):
        file = f"{folder.name}/{path.name}"
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = [[cell.strip() for cell in row] for row in csv.reader(stream) if any(row)]
        if not rows or len(rows[0]) < 2:
            faults.append(Fault(file, 0, "", "has no column of weights", "write Value,Default,Place…"))
            continue
        columns: dict[str, list[float]] = {name: [] for name in rows[0][1:] if name}
        for row, cells in enumerate(rows[1:], 2):
            for name, text in zip(rows[0][1:], cells[1:], strict=False):
                try:
                    weight = float(text)
                    if not (np.isfinite(weight) and weight >= 0):
                        raise ValueError
                except ValueError:
                    faults.append(
                        Fault(file, row, name, f"{text!r} is no weight", "write a number, 0 or more")
                    )
                    weight = 0.0
                if name:
                    columns[name].append(weight)
        values = tuple(cells[0] for cells in rows[1:])
        attribute = path.stem.removeprefix("demographics_")
        for name, weights in columns.items():
            if len(weights) != len(values) or sum(weights) <= 0:
                faults.append(Fault(file, 0, name, "its weights are too few or all 0", "give one a value"))
        found.append(Demographic(attribute, values, {name: tuple(w) for name, w in columns.items()}))
    return tuple(found)
