"""Whether households.csv holds: whole households on the plan's departures, with the scenario's totals."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from farshore.plan.checker.files import Faults, csv_rows, step_of, whole_number
from farshore.plan.checker.movements import DEPARTURES
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.totals import Totals, check_totals

__all__ = ["COLUMNS", "FILE", "Families", "Leaving", "check_households", "expected_figures"]

FILE = "households.csv"
COLUMNS = (
    "household_id",
    "zone_id",
    "size",
    "children",
    "over_65",
    "needing_assistance",
    "with_car",
    "depart",
    "route_id",
    "host_id",
)
MEMBERS = ("size", "children", "over_65", "needing_assistance", "with_car")
AGAIN = "plan again: households are made up and seated by the planner only"


class _Way(Protocol):
    """What is asked of a route."""

    @property
    def zone(self) -> int: ...
    @property
    def host(self) -> int: ...
    @property
    def route_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Leaving:
    """A row of departures.csv; class_row : 0 where there are no classes."""

    line: int
    route_id: str
    step: int
    persons: int
    class_row: int = 0


Key = tuple[str, int, int]  # route, step, class


@dataclass(frozen=True, slots=True)
class Families:
    """What households.csv adds up to; `sha256` of its bytes; `noted`: zones whose children are fewer."""

    households: int
    leaving: int
    with_children: int
    persons: int
    sha256: str
    noted: int


def check_households(
    folder: Path,
    problem: Problem,
    ways: Mapping[str, _Way],
    moves: Sequence[Leaving],
    *,
    stated: Any,
    faults: Faults,
    class_of: Callable[[tuple[int, ...]], int] = lambda members: 0,
    class_ids: Sequence[str] = ("",),
) -> Families | None:
    """Fault every household that is split or cannot be, and every total that is not met.

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
    rows = list(csv_rows(folder, FILE, COLUMNS, faults))
    if len(faults.found) > before and not rows:
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not isinstance(stated, Mapping) or stated.get("sha256") != digest:
        said = stated.get("sha256") if isinstance(stated, Mapping) else stated
        faults.add(FILE, 0, "", f"is not what was written: its hash is {digest}, summary.json says {said!r}")
    before = len(faults.found)
    totals = [Totals() for _ in problem.zones]
    aboard: Counter[Key] = Counter()
    first: dict[Key, int] = {}
    reader = _Rows(problem, ways, len(str(len(rows))), faults)
    leaving = 0
    for number, (line, row) in enumerate(rows, start=1):
        found = reader.read(number, line, row)
        if found is None:
            continue
        zone, members, departure = found
        totals[zone].add(*members)
        if departure is not None:
            leaving += 1
            key = (*departure, class_of(members))
            aboard[key] += members[0]
            first.setdefault(key, line)
    _check_departures(problem, moves, aboard, first, class_ids, faults)
    noted = check_totals(FILE, problem, totals, faults) if len(faults.found) == before else 0
    return Families(
        households=len(rows),
        leaving=leaving,
        with_children=sum(each.with_children for each in totals),
        persons=sum(each.persons for each in totals),
        sha256=digest,
        noted=noted,
    )


class _Rows:
    """Reads one household after the other; what is alike in many rows is looked up once."""

    def __init__(self, problem: Problem, ways: Mapping[str, _Way], width: int, faults: Faults) -> None:
        self.problem, self.ways, self.width, self.faults = problem, ways, width, faults
        self.steps: dict[str, int | str] = {}

    def read(
        self, number: int, line: int, row: dict[str, str]
    ) -> tuple[int, tuple[int, ...], tuple[str, int] | None] | None:
        """(zone, members, departure or None where it stays); None with every fault of a row that is wrong."""
        faults, before = self.faults, len(self.faults.found)

        def fault(column: str, cause: str) -> None:
            faults.add(FILE, line, column, cause, AGAIN)

        wanted = f"synthetic-{number:0{self.width}}"
        if row["household_id"] != wanted:
            fault("household_id", f"is {row['household_id']!r}, not {wanted!r}")
        zone = self.problem.zone_row.get(row["zone_id"])
        if zone is None:
            fault("zone_id", f"{row['zone_id']!r} is no zone of the scenario")
        members = self._members(row, fault)
        departure = self._departure(row, fault)
        if len(faults.found) > before or zone is None or members is None:
            return None
        return zone, members, departure

    def _members(self, row: dict[str, str], fault: Any) -> tuple[int, ...] | None:
        numbers = {}
        for column in MEMBERS:
            value = whole_number(row[column])
            if value is None or value < 0:
                fault(column, f"{row[column]!r} is no number of persons")
                continue
            numbers[column] = value
        if len(numbers) < len(MEMBERS):
            return None
        size, children, over_65, needing, with_car = numbers.values()
        if size < 1:
            fault("size", "nobody is in it")
        elif children >= size:
            fault("children", f"{children} children among {size} have no adult")
        elif over_65 > size - children:
            fault("over_65", f"{over_65} over 65 among {size - children} adults")
        elif needing > size:
            fault("needing_assistance", f"{needing} need assistance among {size}")
        if with_car > 1:
            fault("with_car", f"says {with_car}; it is 1 where all have a seat in a car, else 0")
        return tuple(numbers.values())

    def _departure(self, row: dict[str, str], fault: Any) -> tuple[str, int] | None:
        if not row["depart"] and not row["route_id"] and not row["host_id"]:
            return None
        way = self.ways.get(row["route_id"])
        if way is None:
            fault("route_id", f"{row['route_id']!r} is no sound route; one household, one route")
        else:
            zone, host = self.problem.zones[way.zone].zone_id, self.problem.hosts[way.host].host_id
            if row["zone_id"] != zone:
                fault(
                    "route_id", f"{way.route_id} leads from {zone!r}, the household is in {row['zone_id']!r}"
                )
            if row["host_id"] != host:
                fault("host_id", f"says {row['host_id']!r}, but {way.route_id} leads to {host!r}")
        text = row["depart"]
        if text not in self.steps:
            self.steps[text] = step_of(text, self.problem.clock)
        step = self.steps[text]
        if isinstance(step, str):
            fault("depart", step)
            return None
        return row["route_id"], step


def _check_departures(
    problem: Problem,
    moves: Sequence[Leaving],
    aboard: Mapping[Key, int],
    first: Mapping[Key, int],
    class_ids: Sequence[str],
    faults: Faults,
) -> None:
    """Fault every departure that is not the sum of its households."""
    planned = {(move.route_id, move.step, move.class_row): move for move in moves}

    def who(row: int) -> str:
        return f" of {class_ids[row]}" if class_ids[row] else ""

    for key, persons in aboard.items():
        move, whose = planned.get(key), who(key[2])
        if move is None:
            cause = f"nobody{whose} departs by {key[0]} at {problem.time(key[1])} in {DEPARTURES}"
            faults.add(FILE, first[key], "depart", cause, AGAIN)
        elif move.persons != persons:
            cause = (
                f"households{whose} of {persons:,} leave by {key[0]} at {problem.time(key[1])}; "
                f"{DEPARTURES}, row {move.line}, says {move.persons:,}: a household would be split"
            )
            faults.add(FILE, first[key], "size", cause, AGAIN)
    for key, move in planned.items():
        if key not in aboard:
            cause = (
                f"no household{who(key[2])} leaves by {key[0]} at {problem.time(key[1])}, as {DEPARTURES} "
            )
            faults.add(FILE, 0, "depart", f"{cause}has it in row {move.line}", AGAIN)


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
