"""Whether households.csv holds: whole households on the plan's departures, with the scenario's totals."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from farshore.plan.checker.files import Faults
from farshore.plan.checker.household_rows import AGAIN, FILE, Household, Seat, Table, Waiting, Way, table_in
from farshore.plan.checker.movements import DEPARTURES, Movement
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.replanned import BEFORE
from farshore.plan.checker.timetable import Ints
from farshore.plan.checker.totals import check_totals

__all__ = [
    "Families",
    "Key",
    "Leaving",
    "aboard_of",
    "check_departures",
    "check_households",
    "expected_figures",
    "leaving_of",
]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A row of departures.csv; class_row : 0 where there are no classes."""

    line: int
    route_id: str
    step: int
    persons: int
    class_row: int = 0


Key = tuple[str, int, int]  # route, step, class


def leaving_of(moves: Sequence[Movement]) -> tuple[Leaving, ...]:
    """Departures of a plan without classes."""
    return tuple(Leaving(move.line, move.way.route_id, move.step, move.persons) for move in moves)


@dataclass(frozen=True)
class Families:
    """What households.csv adds up to; `sha256` of its bytes; `noted`: zones whose children are fewer."""

    table: Table

    households: int
    leaving: int
    with_children: int
    persons: int
    sha256: str
    noted: int

    @cached_property
    def rows(self) -> tuple[Household, ...]:
        """Each household by itself."""
        table = self.table
        return tuple(
            Household(line, table.household_id(row), zone, table.kinds[kind], table.seats[seat])
            for row, (line, zone, kind, seat) in enumerate(
                zip(
                    table.line.tolist(),
                    table.zone.tolist(),
                    table.kind.tolist(),
                    table.seat.tolist(),
                    strict=True,
                )
            )
        )


def check_households(
    folder: Path,
    problem: Problem,
    ways: Mapping[str, Way],
    moves: Sequence[Leaving],
    *,
    stranded: Sequence[Waiting],
    stated: Any,
    faults: Faults,
    class_of: Callable[[tuple[int, ...]], int] = lambda members: 0,
    class_ids: Sequence[str] = ("",),
) -> Families | None:
    """Fault every household that is split or cannot be, and every total that is not met.

    stranded : who waits on the road for good, in a plan made in the midst of another
    class_of : row in `class_ids` of a household by its members, in the order of `MEMBERS`
    stated : what summary.json says of households; None: the plan counts persons only
    returns : None where the plan has no households, or none that can be read
    """
    path = folder / FILE
    if stated is None:
        if path.exists():
            faults.add(FILE, 0, "", "is there, but summary.json says that this plan has none", AGAIN)
        return None
    before = len(faults.found)
    try:
        data = path.read_bytes()
    except OSError:  # which is said by whoever reads it row by row
        data = None
    table = table_in(data, folder, problem, ways, stranded, faults)
    if table is None or data is None:
        return None
    class_row = np.array([class_of(members) for members in table.kinds], np.int64)[table.kind]
    aboard, first = aboard_of(table.seats, table.seat, class_row, table.size, table.line)
    check_departures(problem, moves, stranded, aboard, first, faults, class_ids=class_ids)
    digest = hashlib.sha256(data).hexdigest()
    if not isinstance(stated, Mapping) or stated.get("sha256") != digest:
        said = stated.get("sha256") if isinstance(stated, Mapping) else stated
        faults.add(FILE, 0, "", f"is not what was written: its hash is {digest}, summary.json says {said!r}")
    noted = check_totals(FILE, problem, table, faults) if len(faults.found) == before else 0
    leaves = np.array([seat is not None and seat[0] in ways for seat in table.seats], bool)
    return Families(
        table=table,
        households=len(table),
        leaving=int(leaves[table.seat].sum()),
        with_children=int((table.members[:, 1] > 0).sum()),
        persons=int(table.size.sum()),
        sha256=digest,
        noted=noted,
    )


def aboard_of(
    seats: Sequence[Seat | None], seat: Ints, class_row: Ints, size: Ints, line: Ints
) -> tuple[dict[Key, int], dict[Key, int]]:
    """How many persons are on each departure, by households, and the line of the first of these.

    seats : each once; seat, class_row, size, line : int64[n_households]
    """
    n_classes = int(class_row.max(initial=0)) + 1
    goes = np.array([each is not None for each in seats], bool)[seat]
    keys, begins, which = np.unique(
        seat[goes] * n_classes + class_row[goes], return_index=True, return_inverse=True
    )
    persons = np.zeros(len(keys), np.int64)
    np.add.at(persons, which, size[goes])
    lines = line[goes][begins]
    aboard: dict[Key, int] = {}
    first: dict[Key, int] = {}
    for each in np.argsort(begins).tolist():
        number, class_of = divmod(int(keys[each]), n_classes)
        place = seats[number]
        assert place is not None
        aboard[*place, class_of], first[*place, class_of] = int(persons[each]), int(lines[each])
    return aboard, first


def check_departures(
    problem: Problem,
    moves: Sequence[Leaving],
    stranded: Sequence[Waiting],
    aboard: Mapping[Key, int],
    first: Mapping[Key, int],
    faults: Faults,
    *,
    file: str = FILE,
    class_ids: Sequence[str] = ("",),
) -> None:
    """Fault every departure, and everybody waiting on the road, that is not the sum of its households."""
    table = DEPARTURES if file == FILE else f"{BEFORE}/{DEPARTURES}"
    planned = {
        (move.route_id, move.step, move.class_row): (move.persons, f"{table}, row {move.line}")
        for move in moves
    } | {
        (f"w{number}", each.step, each.class_row): (each.persons, f"those who wait, number {number}")
        for number, each in enumerate(stranded, start=1)
    }

    def leave(key: Key) -> str:
        whose = f" of {class_ids[key[2]]}" if class_ids[key[2]] else ""
        return f"{whose} by {key[0]} at {problem.time(key[1])}"

    for key, persons in aboard.items():
        if key not in planned:
            cause = f"nobody departs{leave(key)} in {table}"
            faults.add(file, first[key], "depart", cause, AGAIN)
        elif planned[key][0] != persons:
            cause = (
                f"households of {persons:,} leave{leave(key)}; {planned[key][1]}, "
                f"says {planned[key][0]:,}: a household would be split"
            )
            faults.add(file, first[key], "size", cause, AGAIN)
    for key, (_, where) in planned.items():
        if key not in aboard:
            cause = f"no household leaves{leave(key)}, as in {where}"
            faults.add(file, 0, "depart", cause, AGAIN)


def expected_figures(
    families: Families, stated: Mapping[str, Any], *, objective: int, bound: int | None, exposure: int
) -> dict[str, Any]:
    """What summary.json must say of households; what only the planner can tell is taken as stated."""
    split = stated.get("objective_if_split")

    def share(cost: int) -> float:
        return cost / exposure if exposure else 0.0

    return {
        "households": families.households,
        "leaving": families.leaving,
        "staying": families.households - families.leaving,
        "split": 0,
        "with_children": families.with_children,
        "mean_size": families.persons / families.households if families.households else 0.0,
        "moved": stated.get("moved"),
        "objective_if_split": split,
        "loss": share(objective - round(split * 1_000_000))
        if isinstance(split, float) and math.isfinite(split)
        else stated.get("loss"),
        "loss_bound": share(objective - bound) if bound is not None else stated.get("loss_bound"),
        "seed": stated.get("seed"),
        "notes": stated.get("notes"),
        "sha256": families.sha256,
    }
