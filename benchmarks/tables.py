"""Scenarios from rows: what generated instances of every kind have alike."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from farshore.scenario.rows import make_rows
from farshore.scenario.scenario import About, Operation, Scenario
from farshore.scenario.tables import TABLES

__all__ = ["Row", "assumed", "bridge", "drawn", "host", "lost", "nodes", "scenario_of", "zone"]

Row = dict[str, Any]
Place = tuple[float, float]

START: Final = datetime(2030, 5, 1, tzinfo=UTC)


def scenario_of(about: About, **rows: Iterable[Mapping[str, Any]]) -> Scenario:
    """A scenario from the rows of its tables, by the tables' names; one without rows is empty."""
    unknown = rows.keys() - TABLES.keys()
    if unknown:
        raise ValueError(f"no table is called {', '.join(sorted(unknown))}")
    tables: dict[str, Any] = {name: make_rows(kind, rows.get(name, ())) for name, kind in TABLES.items()}
    return Scenario(about=about, **tables)


def drawn(name: str, title: str, horizon_h: int, step_s: int) -> About:
    """A generated place, from the first of May 2030 on."""
    return About(name, title, START, horizon_h, step_s, Operation("a benchmark", "own", "", None))


def nodes(places: Mapping[str, Place]) -> list[Row]:
    """Nodes by code."""
    return [_at(place) | {"node_id": code} for code, place in places.items()]


def zone(number: int, node_id: str, place: Place, persons: int, **more: Any) -> Row:
    """A zone to be left."""
    code = {"zone_id": f"z{number}", "name": f"Zone {number}", "node_id": node_id}
    return code | _at(place) | {"persons": persons} | more


def host(number: int, node_id: str, place: Place, beds: int, **more: Any) -> Row:
    """A host in one's own territory."""
    code = {"host_id": f"h{number}", "name": f"Host {number}", "node_id": node_id, "territory": "own"}
    return code | _at(place) | {"beds": beds} | more


def bridge(code: str, name: str, place: Place) -> Row:
    """A bridge."""
    return {"crossing_id": code, "name": name, "kind": "bridge"} | _at(place)


def lost(asset_id: str, from_h: float, until_h: float) -> Row:
    """An asset closed between two times, hours after the start."""
    return {
        "asset_id": asset_id,
        "from_time": _second(from_h),
        "until_time": _second(until_h),
        "capacity_factor": 0.0,
        "reason": "lost",
    }


def assumed(key: str, value: float, reason: str, unit: str = "") -> Row:
    """An assumption without a range."""
    return {"key": key, "low": value, "best": value, "high": value, "reason": reason, "unit": unit}


def _at(place: Place) -> Row:
    return {"x_coord": place[0], "y_coord": place[1]}


def _second(hours: float) -> int:
    return int((START + timedelta(hours=hours)).timestamp())
