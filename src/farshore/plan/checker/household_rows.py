"""The rows of households.csv, read strictly: who is in each household, and where it is to go."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import polars as pl

from farshore.plan.checker.files import Faults, csv_columns, csv_rows, step_of, whole_number
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints

__all__ = [
    "COLUMNS",
    "FILE",
    "Household",
    "RowReader",
    "Seat",
    "Table",
    "Waiting",
    "Way",
    "table_in",
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
PLACE = ("zone_id", "depart", "route_id", "host_id")
AGAIN = "plan again: households are made up and seated by the planner only"
Seat = tuple[str, int]  # route and step of departure
Value = TypeVar("Value", bound=Hashable)


class Way(Protocol):
    """What is asked of a route."""

    @property
    def zone(self) -> int: ...  # noqa: D102
    @property
    def host(self) -> int: ...  # noqa: D102
    @property
    def route_id(self) -> str: ...  # noqa: D102


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
class Household:
    """A sound row: who is in it, and its route and step of departure; None: it stays.

    Of those who wait on the road for good, the route is w1, w2, … by their place in replan.json.
    """

    line: int
    household_id: str
    zone: int
    members: tuple[int, ...]
    seat: Seat | None


@dataclass(frozen=True, eq=False)
class Table:
    """Sound rows side by side; what is alike in many rows is there once.

    line, number, zone, kind, seat : int64[n], row of the table, number in the household's id, row of the
    zones, place in `kinds` and in `seats`
    kinds : members, in the order of `MEMBERS`; seats : where they are to go, None: they stay; each once
    width : digits of the ids
    """

    line: Ints
    number: Ints
    zone: Ints
    kind: Ints
    seat: Ints
    kinds: tuple[tuple[int, ...], ...]
    seats: tuple[Seat | None, ...]
    width: int

    def __len__(self) -> int:
        return len(self.line)

    @property
    def members(self) -> Ints:
        """Who is in each: int64[n, 5], in the order of `MEMBERS`."""
        return np.array(self.kinds, np.int64).reshape(-1, len(MEMBERS))[self.kind]

    @property
    def size(self) -> Ints:
        """Persons in each: int64[n]."""
        return self.members[:, 0]

    def household_id(self, row: int) -> str:
        """The id in a row of this table."""
        return f"synthetic-{self.number[row]:0{self.width}}"


def table_in(
    data: bytes | None,
    folder: Path,
    problem: Problem,
    ways: Mapping[str, Way],
    stranded: Sequence[Waiting],
    faults: Faults,
) -> Table | None:
    """The households of a folder, those only that are sound; None where the table cannot be read.

    data : the bytes of the table, None where there are none
    Where nothing is wrong, columns say so as well as rows. What is wrong is said row by row.
    """
    frame = None if data is None else csv_columns(data, COLUMNS)
    whole = None if frame is None else _by_columns(frame, problem, ways, stranded)
    return _by_rows(folder, problem, ways, stranded, faults) if whole is None else whole


def _household_ids(numbers: pl.Series, width: int) -> pl.Series:
    """The ids of households by their numbers, as tables write them."""
    return pl.select(pl.lit("synthetic-") + numbers.cast(pl.String).str.zfill(width)).to_series()


def _alike(frame: pl.DataFrame) -> tuple[list[dict[str, str]], Ints]:
    """The distinct rows of a table, and for each row which of them it is: int64[n_rows]."""
    columns = frame.columns
    distinct = frame.unique(maintain_order=True)
    which = frame.join(distinct.with_row_index("which"), on=columns, how="left", maintain_order="left")
    return distinct.to_dicts(), which["which"].cast(pl.Int64).to_numpy()


def _by_columns(
    frame: pl.DataFrame, problem: Problem, ways: Mapping[str, Way], stranded: Sequence[Waiting]
) -> Table | None:
    """All rows at once; None if there is anything wrong with any."""
    number = np.arange(1, frame.height + 1)
    width = len(str(frame.height))
    if not (frame["household_id"] == _household_ids(pl.Series(number), width)).all():
        return None
    faults = Faults()

    def fault(column: str, cause: str) -> None:
        faults.add(FILE, 0, column, cause)

    reader = RowReader(problem, ways, stranded, width, faults)
    rows, kind = _alike(frame.select(MEMBERS))
    kinds = [reader.members(row, fault) for row in rows]
    rows, place = _alike(frame.select(PLACE))
    zones = [problem.zone_row.get(row["zone_id"], -1) for row in rows]
    seats, seat_of = _once([reader.seat(row, fault) for row in rows])
    if faults or None in kinds or -1 in zones:
        return None
    return Table(
        line=number + 1,
        number=number,
        zone=np.array(zones, np.int64)[place],
        kind=kind,
        seat=seat_of[place],
        kinds=tuple(each for each in kinds if each is not None),
        seats=seats,
        width=width,
    )


def _by_rows(
    folder: Path,
    problem: Problem,
    ways: Mapping[str, Way],
    stranded: Sequence[Waiting],
    faults: Faults,
) -> Table | None:
    before = len(faults.found)
    rows = list(csv_rows(folder, FILE, COLUMNS, faults))
    if len(faults.found) > before and not rows:
        return None
    reader = RowReader(problem, ways, stranded, len(str(len(rows))), faults)
    read = ((number, reader.read(number, line, row)) for number, (line, row) in enumerate(rows, start=1))
    found = [(number, household) for number, household in read if household is not None]
    figures = [(each.line, number, each.zone) for number, each in found]
    line, number, zone = np.array(figures, np.int64).reshape(-1, 3).T
    kinds, kind = _once([each.members for _, each in found])
    seats, seat = _once([each.seat for _, each in found])
    return Table(line, number, zone, kind, seat, kinds, seats, reader.width)


def _once(values: Sequence[Value]) -> tuple[tuple[Value, ...], Ints]:
    """Each value once, and for each place which of them it is: int64[n]."""
    known: dict[Value, int] = {}
    which = [known.setdefault(value, len(known)) for value in values]
    return tuple(known), np.array(which, np.int64)


class RowReader:
    """Reads one household after the other; what is alike in many rows is looked up once."""

    def __init__(
        self,
        problem: Problem,
        ways: Mapping[str, Way],
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
        members = self.sound.get(tuple(figures)) or self.members(row, fault)
        place = (zone_id, depart, route, host)
        seat = self.seats[place] if place in self.seats else self.seat(row, fault)
        if len(faults.found) > before or zone is None or members is None:
            return None
        self.sound[tuple(figures)], self.seats[place] = members, seat
        return Household(line, wanted, zone, members, seat)

    def members(self, row: Mapping[str, str], fault: Any) -> tuple[int, ...] | None:
        """Who is in a household; faults what cannot be."""
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
        elif size > self.problem.people:
            fault("size", f"{size:,} are more than all who choose to leave")
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
