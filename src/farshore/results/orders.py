"""Orders that can be given: one route and one window for each zone, lanes reversed, zones in their turn."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timezone
from pathlib import Path
from typing import Any, Final, TypeVar

from farshore.folders import csv_bytes
from farshore.scenario.scenario import Scenario
from farshore.units import offset_of

__all__ = [
    "INSTRUCTION_FILES",
    "Order",
    "OrdersProof",
    "Reversal",
    "Stage",
    "instruction_rows",
    "order_words",
    "read_instructions",
    "span_words",
    "turns_of",
]

_NAMED: Final = 4  # roads that an order names


@dataclass(frozen=True, slots=True)
class Order:
    """What a zone is told; a row of orders.csv, times as files write them.

    depart_from, depart_until : start of the first step in which anybody leaves, end of the last
    persons_per_step : the steady rate; rate_persons_h : the same for an hour
    via : codes of the crossings on the way, separated by semicolons
    """

    zone_id: str
    depart_from: str
    depart_until: str
    persons: int
    persons_per_step: int
    rate_persons_h: float
    route_id: str
    host_id: str
    via: str
    order: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """Lanes reversed; a row of contraflow.csv.

    link_id : the link whose lanes are turned; towards_node_id : where all lanes then lead
    closes, opens, until : when the lanes close to those coming the other way, when they open to those who
    leave, when all is as before
    lanes, capacity_veh_h : of the lanes turned
    widened_link_id : the link that they widen in the plan's scenario
    """

    link_id: str
    name: str
    from_node_id: str
    towards_node_id: str
    closes: str
    opens: str
    until: str
    lanes: int
    capacity_veh_h: float
    widened_link_id: str
    order: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A zone's turn; a row of staging.csv. gate_link_id : the link that is open in its window only."""

    turn: int
    zone_id: str
    depart_from: str
    depart_until: str
    persons: int
    gate_link_id: str
    order: str


@dataclass(frozen=True, eq=False)
class OrdersProof:
    """What proves the account of orders: the scenario as it was before them, and prices.

    unreversed, unstaged : before lanes were turned, before zones had their turn; None where neither was done
    contraflow, staging : ready for JSON, as docs/orders.md says
    """

    unreversed: Scenario | None = None
    contraflow: dict[str, Any] | None = None
    unstaged: Scenario | None = None
    staging: dict[str, Any] | None = None


Row = TypeVar("Row", Order, Reversal, Stage)

INSTRUCTION_FILES: Final[dict[str, type[Order] | type[Reversal] | type[Stage]]] = {
    "orders.csv": Order,
    "contraflow.csv": Reversal,
    "staging.csv": Stage,
}


def instruction_rows(rows: Sequence[Order | Reversal | Stage]) -> bytes:
    """A table of instructions as a CSV file; there must be a row."""
    names = [field.name for field in fields(rows[0])]
    return csv_bytes(names, ([getattr(row, name) for name in names] for row in rows))


def read_instructions(folder: Path, file: str, kind: type[Row]) -> tuple[Row, ...]:
    """The rows of a table of instructions, none if the folder has no such table; taken at their word."""
    if not (folder / file).is_file():
        return ()
    kinds: dict[str, Any] = {field.name: field.type for field in fields(kind)}
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        return tuple(
            kind(**{name: kinds[name](value) for name, value in row.items()})
            for row in csv.DictReader(stream)
        )


def turns_of(scenario: Scenario, links: Iterable[str]) -> tuple[list[str], list[str]]:
    """Crossings (codes) and named roads that a route takes, each once, in order of travel.

    links : as in `Route.links`
    """
    table, row_of = scenario.links, scenario.links.position()
    crossings: list[str] = []
    roads: list[str] = []
    for arc in links:
        row = row_of[arc.removeprefix("-")]
        crossing, name = str(table.crossing_id[row]), str(table.name[row])
        if crossing:
            if crossing not in crossings:
                crossings.append(crossing)
        elif name and name not in roads:
            roads.append(name)
    return crossings, roads


def order_words(
    scenario: Scenario, *, zone: int, host: int, links: Sequence[str], first_s: int, end_s: int, rate_h: float
) -> str:
    """An order that can be read out.

    zone, host : rows of their tables; first_s, end_s : of the window, seconds since 1970
    """
    crossings, roads = turns_of(scenario, links)
    names = dict(
        zip(map(str, scenario.crossings.crossing_id), map(str, scenario.crossings.name), strict=True)
    )
    by = roads[:_NAMED] + (["…"] if len(roads) > _NAMED else [])
    way = (f" by {', '.join(by)}" if by else "") + (
        f" over {', '.join(names[code] for code in crossings)}" if crossings else ""
    )
    return (
        f"{scenario.zones.name[zone]}: leave {span_words(scenario, first_s, end_s)}, at most {rate_h:,.0f} "
        f"persons an hour,{way}{',' if way else ''} to {scenario.hosts.name[host]}."
    )


def span_words(scenario: Scenario, first_s: int, end_s: int) -> str:
    """`from 14 October 06:00 until 09:30`, in the scenario's own time."""
    zone = timezone(offset_of(scenario.about.start))
    first = datetime.fromtimestamp(first_s, UTC).astimezone(zone)
    end = datetime.fromtimestamp(end_s, UTC).astimezone(zone)
    until = f"{end:%H:%M}" if first.date() == end.date() else f"{end.day} {end:%B} {end:%H:%M}"
    return f"from {first.day} {first:%B} {first:%H:%M} until {until}"
