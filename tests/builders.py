"""Scenarios of a few lines, written by hand: what a test does not say takes a harmless value.

    road = scenario(
        links=["a n1 n2", "b n2 n3 length=5000 capacity=4"],
        zones=["z n1 persons=10"],
        hosts=["h n3 beds=10"],
    )

A row is a dict of fields, or a line: the code, the nodes, then `field=value`. Times are hours after the
start (numbers) or RFC 3339 text. Nodes come from the links, zones and hosts; give `nodes` to place them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from farshore.scenario.parameters import SETTABLE
from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import About, Operation, Scenario
from farshore.scenario.table import Kind, Rows, columns_of
from farshore.scenario.tables import (
    Assumptions,
    Choices,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hazards,
    Hosts,
    HouseholdSizes,
    Links,
    Nodes,
    Timetable,
    Zones,
)
from farshore.units import parse_time

START = "2022-10-14T00:00+03:00"

Row = str | Mapping[str, Any]

_SHORT: dict[type[Rows], tuple[str, ...]] = {
    Nodes: ("node_id",),
    Links: ("link_id", "from_node_id", "to_node_id"),
    Crossings: ("crossing_id", "kind"),
    Closures: ("asset_id",),
    Zones: ("zone_id", "node_id"),
    Hosts: ("host_id", "node_id"),
    HouseholdSizes: ("size",),
    Fleets: ("fleet_id", "mode", "base_node_id"),
    Timetable: ("run_id", "fleet_id", "node_id"),
    Choices: (),
    Exposure: ("place_id",),
    Hazards: ("hazard_id", "asset_id", "what"),
    Assumptions: ("key",),
}
_HARMLESS: dict[type[Rows], dict[str, Any]] = {
    Nodes: {},
    Links: {"directed": False, "length": 1000.0, "free_speed": 36.0, "capacity": 1000.0},
    Crossings: {"x_coord": 32.0, "y_coord": 46.0},
    Closures: {},
    Zones: {"persons": 10, "x_coord": 32.0, "y_coord": 46.0},
    Hosts: {"beds": 1000, "territory": "own", "x_coord": 32.0, "y_coord": 46.0},
    HouseholdSizes: {"zone_id": ""},
    Fleets: {"vehicles": 1, "seats": 50},
    Timetable: {},
    Choices: {},
    Exposure: {"rate": 1.0},
    Hazards: {
        "what": "loss",
        "rate_per_day": 1.0,
        "hours_low": 1.0,
        "hours_best": 2.0,
        "hours_high": 4.0,
        "reason": "for the test",
    },
    Assumptions: {"reason": "for the test"},
}


def _cell(kind: Kind, value: Any, start_s: int) -> Any:
    if kind is Kind.TIME:
        if isinstance(value, str) and "T" in value:
            return parse_time(value)
        return start_s + round(float(value) * 3600)
    if not isinstance(value, str):
        return value
    if kind is Kind.FLAG:
        return value == "true"
    if kind is Kind.COUNT:
        return int(value)
    if kind in (Kind.NUMBER, Kind.SHARE, Kind.LONGITUDE, Kind.LATITUDE):
        return float(value)
    return value


def record(table: type[Rows], row: Row, start_s: int) -> dict[str, Any]:
    """One row of a table, from a dict or a line, with what it leaves out filled in."""
    if isinstance(row, str):
        words = row.split()
        plain = [word for word in words if "=" not in word]
        given: dict[str, Any] = dict(zip(_SHORT[table], plain, strict=True))
        given |= dict(word.split("=", 1) for word in words if "=" in word)
    else:
        given = dict(row)
    kinds = {field: spec.kind for field, spec in columns_of(table).items()}
    for name in ("from", "until"):
        if name in given:
            given[f"{name}_time"] = given.pop(name)
    filled = {field: _cell(kinds[field], value, start_s) for field, value in given.items()}
    filled = _HARMLESS[table] | filled
    if "name" in kinds and "name" not in filled:
        filled["name"] = str(filled[_SHORT[table][0]])
    return filled


def table(kind: type[Rows], rows: Iterable[Row], start: str = START) -> Any:
    """A whole table, from dicts or lines."""
    return make_rows(kind, [record(kind, row, parse_time(start)) for row in rows])


def scenario(
    *,
    links: Sequence[Row],
    zones: Sequence[Row],
    hosts: Sequence[Row],
    nodes: Sequence[Row] = (),
    crossings: Sequence[Row] = (),
    closures: Sequence[Row] = (),
    fleets: Sequence[Row] = (),
    timetable: Sequence[Row] = (),
    choices: Sequence[Row] = (),
    exposure: Sequence[Row] = (),
    hazards: Sequence[Row] = (),
    assumptions: Sequence[Row] = (),
    household_sizes: Sequence[Row] = (),
    parameters: Mapping[str, float] | None = None,
    start: str = START,
    horizon_h: int = 6,
    step_s: int = 1800,
    operation: Operation | None = None,
    name: str = "tiny",
    title: str = "A tiny scenario",
) -> Scenario:
    """A scenario from short rows; `parameters` become rows of assumptions, one person a car unless said."""
    made = {
        kind: table(kind, rows, start)
        for kind, rows in (
            (Links, links),
            (Crossings, crossings),
            (Closures, closures),
            (Zones, zones),
            (Hosts, hosts),
            (Fleets, fleets),
            (Timetable, timetable),
            (Choices, choices),
            (Exposure, exposure),
            (Hazards, hazards),
            (HouseholdSizes, household_sizes),
        )
    }
    start_s = parse_time(start)
    given = {str(row["node_id"]): row for row in (record(Nodes, node, start_s) for node in nodes)}
    used = [
        *made[Links].from_node_id,
        *made[Links].to_node_id,
        *made[Zones].node_id,
        *made[Hosts].node_id,
    ]
    home = dict(zip(made[Zones].node_id, made[Zones].zone_id, strict=True))
    placed = [
        {"x_coord": 32 + 0.01 * i, "y_coord": 46 + 0.005 * i, "zone_id": home.get(code, "")}
        | given.get(code, {"node_id": code})
        for i, code in enumerate(dict.fromkeys([*given, *used]))
    ]
    figures = {"persons_per_vehicle": 1.0} | dict(parameters or {})
    assumed = [
        {
            "key": key,
            "low": value,
            "best": value,
            "high": value,
            "unit": SETTABLE[key].unit,
            "reason": "for the test",
        }
        for key, value in figures.items()
    ] + [record(Assumptions, row, start_s) for row in assumptions]
    return Scenario(
        about=About(
            name, title, datetime.fromisoformat(start), horizon_h, step_s, operation or Operation(), {}
        ),
        nodes=make_rows(Nodes, placed),
        links=made[Links],
        crossings=made[Crossings],
        closures=made[Closures],
        zones=made[Zones],
        hosts=made[Hosts],
        fleets=made[Fleets],
        timetable=made[Timetable],
        choices=made[Choices],
        exposure=made[Exposure],
        hazards=made[Hazards],
        assumptions=make_rows(Assumptions, assumed),
        household_sizes=made[HouseholdSizes],
    )
