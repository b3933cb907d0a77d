"""Households of a plan made in the midst of another: whole through the event, and who hears something new."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from farshore.plan.checker.files import Faults, csv_rows
from farshore.plan.checker.halts import Along, Pause
from farshore.plan.checker.household_rows import FILE, RowReader, Seat, Table
from farshore.plan.checker.households import Families, aboard_of, check_departures, leaving_of
from farshore.plan.checker.movements import Way
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.replanned import BEFORE, REPLAN, Halted, Midst
from farshore.plan.checker.timetable import Ints

__all__ = ["CHANGED", "Rows", "check_changed", "check_regrouped"]

CHANGED = "changed_households.csv"
COLUMNS = (
    "household_id",
    "zone_id",
    "at_node",
    "size",
    "old_depart",
    "old_route_id",
    "old_host_id",
    "new_depart",
    "new_route_id",
    "new_host_id",
    "what",
    "why",
)
PLACE = ("depart", "route_id", "host_id")
Rows = Counter[tuple[str, ...]]
Told = tuple[str, str, str]  # depart, route, host as a table has them
NOTHING = ("", "", "")


@dataclass(frozen=True, slots=True)
class _Where:
    """What a departure means at the event to those on it.

    past : links entered before the event, with their steps, None for those at home; halts so far
    decided : whether they go on as they were told, whatever is planned
    told : as changes name it; meaning : the same without names; at_node : where they halt, ""
    """

    step: int
    past: tuple[tuple[int, int], ...] | None
    halts: tuple[Pause, ...]
    decided: bool
    told: Told
    onward: Told
    meaning: tuple[Any, ...] | None
    at_node: str


AT_HOME = _Where(-1, None, (), False, NOTHING, NOTHING, None, "")


def check_regrouped(
    folder: Path,
    problem: Problem,
    midst: Midst,
    ways: Mapping[str, Way],
    families: Families,
    faults: Faults,
) -> tuple[Rows, Rows] | None:
    """Fault every household that is elsewhere than it had come to, or goes on otherwise than it must.

    returns : old instructions that hold no more and new ones, by persons, as changes.csv must have them; None
        where a table cannot be read
    """
    before = _before(folder, problem, midst, families, faults)
    if before is None:
        return None
    table = families.table
    old_seats, old = before
    known = _Places(problem, midst.at, midst.old_ways, midst.old_stranded)
    ours = _Places(problem, midst.at, ways, midst.stranded)
    keys, pair = np.unique(old * len(table.seats) + table.seat, return_inverse=True)
    pairs = [
        (known.of(old_seats[key // len(table.seats)]), ours.of(table.seats[key % len(table.seats)]))
        for key in keys.tolist()
    ]
    wrong = [_wrong(was, now) for was, now in pairs]
    for row in np.flatnonzero(np.array([cause is not None for cause in wrong], bool)[pair]).tolist():
        column, cause = wrong[pair[row]] or ("", "")
        faults.add(FILE, int(table.line[row]), column, f"{table.household_id(row)} {cause}")
    news = np.array([was.meaning != now.meaning for was, now in pairs], bool)
    changed = np.flatnonzero(news[pair])
    zone_ids, size = [zone.zone_id for zone in problem.zones], table.size
    lost, new = Rows(), Rows()
    expected = []
    for zone, which, persons in zip(
        table.zone[changed].tolist(), pair[changed].tolist(), size[changed].tolist(), strict=True
    ):
        (was, now), zone_id = pairs[which], zone_ids[zone]
        expected.append((zone_id, now.at_node, str(persons), *was.told, *now.onward))
        if now.meaning is not None:
            new[(zone_id, now.at_node, *now.onward)] += persons
        if was.meaning is not None and was.past is None:
            lost[(zone_id, "", *was.told)] += persons
    check_changed(folder, [table.household_id(row) for row in changed.tolist()], expected, faults)
    _check_parted(problem, midst, ways, table, faults)
    return lost, new


def _before(
    folder: Path, problem: Problem, midst: Midst, families: Families, faults: Faults
) -> tuple[tuple[Seat | None, ...], Ints] | None:
    """Where each household was to go in the plan before, whose departures they must add up to; None: unknown.

    The table has those whose cells are not what they are now, and all who had no way on.
    returns : places, and which of them is each household's: int64[n]
    """
    before, file = len(faults.found), f"{BEFORE}/{FILE}"
    table = families.table
    row_of = {table.household_id(row): row for row in range(len(table))}
    reader = RowReader(problem, midst.old_ways, midst.old_stranded, 0, faults)
    number_of = {seat: number for number, seat in enumerate(table.seats)}
    read: dict[tuple[str, ...], int] = {}
    zone, seat = table.zone.tolist(), table.seat.copy()
    line_of = np.zeros(len(table), np.int64)
    for line, row in csv_rows(folder, file, ("household_id", *PLACE), faults):

        def fault(column: str, cause: str, line: int = line) -> None:
            faults.add(file, line, column, cause)

        number = row_of.get(row["household_id"])
        if number is None or line_of[number]:
            fault("household_id", f"{row['household_id']!r} is no household, or there twice")
            continue
        line_of[number] = line
        place = (problem.zones[zone[number]].zone_id, row["depart"], row["route_id"], row["host_id"])
        if place not in read:
            so_far = len(faults.found)
            there = reader.seat({"zone_id": place[0], **row}, fault)
            if len(faults.found) > so_far:
                continue
            read[place] = number_of.setdefault(there, len(number_of))
        seat[number] = read[place]
    seats = tuple(number_of)
    unknown = np.array([each is not None and each[0] not in midst.old_ways for each in seats], bool)
    for number in np.flatnonzero(unknown[seat] & (line_of == 0)).tolist():
        faults.add(file, 0, "household_id", f"does not say where {table.household_id(number)} was to go")
    if len(faults.found) > before:
        return None
    nobody = np.zeros(len(table), np.int64)
    aboard, first = aboard_of(seats, seat, nobody, table.size, line_of)
    old_moves = leaving_of(midst.old_moves)
    check_departures(problem, old_moves, midst.old_stranded, aboard, first, faults, file=file)
    return None if len(faults.found) > before else (seats, seat)


def _wrong(was: _Where, now: _Where) -> tuple[str, str] | None:
    """What cannot have become of a household: column and cause."""
    if was.past != now.past or (was.past is not None and was.step != now.step):
        return "route_id", "had come elsewhere by the event: keep what has happened as it happened"
    if now.past is not None and now.halts[: len(was.halts)] != was.halts:
        return "route_id", "had halted elsewhere before: keep what has happened as it happened"
    if now.decided and now.meaning != was.meaning:
        return "route_id", "is on the road and goes on otherwise than it was told to"
    return None


class _Places:
    """Departures of a plan by route and step, each looked at once."""

    def __init__(
        self, problem: Problem, at: int, ways: Mapping[str, Way], stranded: Sequence[Halted]
    ) -> None:
        self.problem, self.at, self.ways, self.stranded = problem, at, ways, stranded
        self.known: dict[tuple[str, int], _Where] = {}

    def of(self, seat: tuple[str, int] | None) -> _Where:
        """What a household's place means."""
        if seat is None:
            return AT_HOME
        if seat not in self.known:
            self.known[seat] = self._way(*seat) if seat[0] in self.ways else self._waits(*seat)
        return self.known[seat]

    def _past(self, how: Along, step: int) -> tuple[tuple[int, int], ...] | None:
        if step >= self.at:
            return None
        return tuple((arc, step + entry) for arc, entry in how.entered if step + entry < self.at)

    def _way(self, route_id: str, step: int) -> _Where:
        problem, way = self.problem, self.ways[route_id]
        how, left = way.how, step < self.at
        decided = left and step + how.leaves < self.at
        host = problem.hosts[way.host].host_id
        return _Where(
            step=step,
            past=self._past(how, step),
            halts=how.halts,
            decided=decided,
            told=(problem.time(step), route_id, host),
            onward=(problem.time(step + how.leaves if left else step), route_id, host),
            meaning=(way.zone, way.host, step, how.entered, how.pauses, way.arrival),
            at_node=self._node(how) if left and not decided else "",
        )

    def _waits(self, route_id: str, step: int) -> _Where:
        each = self.stranded[int(route_id[1:]) - 1]
        return _Where(
            step=step,
            past=self._past(each.how, step),
            halts=each.how.halts,
            decided=False,
            told=NOTHING,
            onward=NOTHING,
            meaning=(each.zone, step, each.how.entered, each.how.halts),
            at_node=self._node(each.how),
        )

    def _node(self, how: Along) -> str:
        return str(self.problem.scenario.nodes.node_id[how.pauses[-1][0]])


def check_changed(
    folder: Path, household_ids: list[str], expected: list[tuple[str, ...]], faults: Faults
) -> None:
    """Fault rows that are not exactly the households with a new instruction; lists side by side."""
    changed = dict(zip(household_ids, expected, strict=True))
    seen: set[str] = set()
    for line, row in csv_rows(folder, CHANGED, COLUMNS, faults):
        household, *cells = row.values()
        wanted = changed.get(household)
        if wanted is None or household in seen:
            cause = f"{household!r} is there twice" if wanted else f"{household!r} hears nothing new"
            faults.add(CHANGED, line, "household_id", cause)
            continue
        seen.add(household)
        if tuple(cells[: len(wanted)]) == wanted:
            continue
        for column, value in zip(COLUMNS[1:], wanted, strict=False):
            if row[column] != value:
                cause = f"of {household} says {row[column]!r}; the plans make it {value!r}"
                faults.add(CHANGED, line, column, cause)
    for household in changed.keys() - seen:
        faults.add(CHANGED, 0, "household_id", f"{household} hears something new and is not there")


def _check_parted(
    problem: Problem, midst: Midst, ways: Mapping[str, Way], table: Table, faults: Faults
) -> None:
    """Fault households said to be counted in part that are not at that host, or not of that size."""
    stated = midst.stated["parted"]
    if stated == []:
        return
    rows = {table.household_id(row): row for row in range(len(table))}
    for i, entry in enumerate(stated if isinstance(stated, list) else [None]):
        row = rows.get(str(entry.get("household_id"))) if isinstance(entry, dict) else None
        seat = None if row is None else table.seats[table.seat[row]]
        if row is None or seat is None or set(entry) != {"household_id", "host_id", "persons"}:
            faults.add(REPLAN, 0, f"parted[{i}]", "names no household that has left")
            continue
        way = ways.get(seat[0])
        there = way is not None and seat[1] + way.arrival < midst.at
        if way is None or not there or entry["host_id"] != problem.hosts[way.host].host_id:
            faults.add(REPLAN, 0, f"parted[{i}].host_id", f"{table.household_id(row)} is not there yet")
        size = int(table.size[row])
        if type(entry["persons"]) is not int or not 0 < entry["persons"] < size:
            faults.add(REPLAN, 0, f"parted[{i}].persons", f"is no part of {size} people")
