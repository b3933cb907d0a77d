"""Whether households.csv holds: whole households on the plan's departures, with the scenario's totals."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from farshore.plan.checker.files import Faults, csv_rows, step_of, whole_number
from farshore.plan.checker.movements import DEPARTURES, Movement
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.replanned import BEFORE
from farshore.plan.checker.totals import Totals, check_totals

__all__ = [
    "COLUMNS",
    "FILE",
    "Families",
    "Household",
    "Key",
    "Leaving",
    "RowReader",
    "Waiting",
    "check_departures",
    "check_households",
    "expected_figures",
    "leaving_of",
]

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


class Waiting(Protocol):
    """People who wait on the road for good."""

    @property
    def zone(self) -> int:
        """Row of their zone."""

    @property
    def step(self) -> int:
        """Of leaving home."""

    @property
    def persons(self) -> int:
        """How many."""

    @property
    def class_row(self) -> int:
        """0 where there are no classes."""


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


@dataclass(frozen=True, slots=True)
class Household:
    """A sound row: who is in it, and its route and step of departure; None: it stays.

    Of those who wait on the road for good, the route is w1, w2, … by their place in replan.json.
    """

    line: int
    household_id: str
    zone: int
    members: tuple[int, ...]
    seat: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Families:
    """What households.csv adds up to; `sha256` of its bytes; `noted`: zones whose children are fewer."""

    rows: tuple[Household, ...]

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
    found = _households_in(folder, problem, ways, moves, stranded, class_of, class_ids, faults)
    if found is None:
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not isinstance(stated, Mapping) or stated.get("sha256") != digest:
        said = stated.get("sha256") if isinstance(stated, Mapping) else stated
        faults.add(FILE, 0, "", f"is not what was written: its hash is {digest}, summary.json says {said!r}")
    totals = [Totals() for _ in problem.zones]
    for each in found:
        totals[each.zone].add(*each.members)
    noted = check_totals(FILE, problem, totals, faults) if len(faults.found) == before else 0
    return Families(
        rows=found,
        households=len(found),
        leaving=sum(each.seat is not None and each.seat[0] in ways for each in found),
        with_children=sum(each.with_children for each in totals),
        persons=sum(each.persons for each in totals),
        sha256=digest,
        noted=noted,
    )


def _households_in(
    folder: Path,
    problem: Problem,
    ways: Mapping[str, _Way],
    moves: Sequence[Leaving],
    stranded: Sequence[Waiting],
    class_of: Callable[[tuple[int, ...]], int],
    class_ids: Sequence[str],
    faults: Faults,
) -> tuple[Household, ...] | None:
    """The households of a table, every departure being the sum of those on it; None: it cannot be read."""
    before = len(faults.found)
    rows = list(csv_rows(folder, FILE, COLUMNS, faults))
    if len(faults.found) > before and not rows:
        return None
    aboard: Counter[Key] = Counter()
    first: dict[Key, int] = {}
    reader = RowReader(problem, ways, stranded, len(str(len(rows))), faults)
    found = []
    for number, (line, row) in enumerate(rows, start=1):
        household = reader.read(number, line, row)
        if household is not None:
            found.append(household)
            if household.seat is not None:
                key = (*household.seat, class_of(household.members))
                aboard[key] += household.members[0]
                first.setdefault(key, line)
    check_departures(problem, moves, stranded, aboard, first, faults, class_ids=class_ids)
    return tuple(found)


class RowReader:
    """Reads one household after the other; what is alike in many rows is looked up once."""

    def __init__(
        self,
        problem: Problem,
        ways: Mapping[str, _Way],
        stranded: Sequence[Waiting],
        width: int,
        faults: Faults,
    ) -> None:
        self.problem, self.ways, self.stranded, self.width = problem, ways, stranded, width
        self.faults = faults
        self.sound: dict[tuple[str, ...], tuple[int, ...]] = {}
        self.seats: dict[tuple[str, ...], tuple[str, int] | None] = {}

    def read(self, number: int, line: int, row: dict[str, str]) -> Household | None:
        """A household, or None with every fault of its row."""
        faults, before = self.faults, len(self.faults.found)

        def fault(column: str, cause: str) -> None:
            faults.add(FILE, line, column, cause, AGAIN)

        wanted = f"synthetic-{number:0{self.width}}"
        if row["household_id"] != wanted:
            fault("household_id", f"is {row['household_id']!r}, not {wanted!r}")
        zone = self.problem.zone_row.get(row["zone_id"])
        if zone is None:
            fault("zone_id", f"{row['zone_id']!r} is no zone of the scenario")
        _, zone_id, *figures, depart, route, host = row.values()
        members = self.sound.get(tuple(figures)) or self._members(row, fault)
        place = (zone_id, depart, route, host)
        seat = self.seats[place] if place in self.seats else self.seat(row, fault)
        if len(faults.found) > before or zone is None or members is None:
            return None
        self.sound[tuple(figures)], self.seats[place] = members, seat
        return Household(line, wanted, zone, members, seat)

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

    def seat(self, row: Mapping[str, str], fault: Any) -> tuple[str, int] | None:
        """The route and step of a household, None where it stays; faults what is wrong with them."""
        if not row["depart"] and not row["route_id"] and not row["host_id"]:
            return None
        way = self.ways.get(row["route_id"])
        number = row["route_id"].removeprefix("w")
        waits = whole_number(number) if row["route_id"].startswith("w") else None
        if way is None and waits is not None and 1 <= waits <= len(self.stranded) and number == str(waits):
            zone = self.problem.zones[self.stranded[waits - 1].zone].zone_id
            if row["zone_id"] != zone or row["host_id"]:
                fault("route_id", f"people of {zone!r}, whom no host takes in, wait by {row['route_id']}")
        elif way is None:
            fault("route_id", f"{row['route_id']!r} is no sound route; one household, one route")
        else:
            zone, host = self.problem.zones[way.zone].zone_id, self.problem.hosts[way.host].host_id
            if row["zone_id"] != zone:
                fault(
                    "route_id", f"{way.route_id} leads from {zone!r}, the household is in {row['zone_id']!r}"
                )
            if row["host_id"] != host:
                fault("host_id", f"says {row['host_id']!r}, but {way.route_id} leads to {host!r}")
        step = step_of(row["depart"], self.problem.clock)
        if isinstance(step, str):
            fault("depart", step)
            return None
        return row["route_id"], step


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
