"""A first scenario to start from: small, without faults, with a page that says what to change."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from farshore.folders import put, written_whole
from farshore.scenario.parameters import SETTABLE
from farshore.scenario.rows import empty_rows, make_rows
from farshore.scenario.scenario import About, Operation, Scenario
from farshore.scenario.tables import (
    TABLES,
    Assumptions,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hazards,
    Hosts,
    Links,
    Nodes,
    Zones,
)
from farshore.scenario.write import scenario_files, table_text
from farshore.units import offset_of, parse_time

__all__ = ["new_scenario", "starter_scenario"]

_START: Final = "2030-05-01T00:00+00:00"


def new_scenario(folder: Path) -> None:
    """Write the starter scenario, a file for every table and a README; the folder must be empty or new.

    Raises OutputUnwritable if something is in the way.
    """
    scenario = starter_scenario()
    offset = offset_of(scenario.about.start)
    empty = {
        table.FILE: table_text(empty_rows(table), offset).encode()
        for field, table in TABLES.items()
        if not len(getattr(scenario, field))
    }
    with written_whole(folder) as made:
        put(made, scenario_files(scenario) | empty | {"README.md": _readme().encode()})


def starter_scenario() -> Scenario:
    """A town on one bank of a river, a bridge and a ferry, and two hosts on the other bank."""
    road = {"facility_type": "primary", "free_speed": 60.0, "capacity": 1200.0, "directed": False}
    start_s = parse_time(_START)
    return Scenario(
        about=About(
            name="starter",
            title="A town on a river: change me",
            start=datetime.fromisoformat(_START),
            horizon_h=48,
            step_s=1800,
            operation=Operation("the municipality", "own", "law on civil protection", None),
        ),
        nodes=make_rows(
            Nodes,
            [
                _node("town", "Town square", 10.000, 50.000, zone_id="town_zone"),
                _node("west_end", "Bridge, west end", 10.020, 50.010),
                _node("east_end", "Bridge, east end", 10.035, 50.010),
                _node("village", "Village", 10.080, 50.020),
                _node("city", "City", 10.200, 50.050),
            ],
        ),
        links=make_rows(
            Links,
            [
                road
                | {
                    "link_id": "road_west",
                    "length": 2000.0,
                    "from_node_id": "town",
                    "to_node_id": "west_end",
                },
                road
                | {
                    "link_id": "bridge_road",
                    "length": 1100.0,
                    "from_node_id": "west_end",
                    "to_node_id": "east_end",
                    "crossing_id": "old_bridge",
                },
                road
                | {
                    "link_id": "road_east",
                    "length": 3600.0,
                    "from_node_id": "east_end",
                    "to_node_id": "village",
                },
                road
                | {"link_id": "highway", "length": 9800.0, "from_node_id": "village", "to_node_id": "city"},
                {
                    "link_id": "ferry_way",
                    "from_node_id": "town",
                    "to_node_id": "village",
                    "directed": False,
                    "length": 6500.0,
                    "facility_type": "ferry",
                    "free_speed": 15.0,
                    "capacity": 0.0,
                    "crossing_id": "ferry",
                },
            ],
        ),
        crossings=make_rows(
            Crossings,
            [
                _node("old_bridge", "Old bridge", 10.0275, 50.010, key="crossing_id", kind="bridge"),
                _node("ferry", "Town ferry", 10.040, 50.010, key="crossing_id", kind="ferry")
                | {"vehicles_per_trip": 20, "persons_per_trip": 150, "trip_s": 1500, "vessels": 2},
            ],
        ),
        closures=make_rows(
            Closures,
            [
                {
                    "asset_id": "old_bridge",
                    "from_time": start_s + 22 * 3600,
                    "until_time": start_s + 28 * 3600,
                    "reason": "repair",
                    "source": "an example",
                }
            ],
        ),
        zones=make_rows(
            Zones,
            [
                _node("town_zone", "Town", 10.000, 50.000, key="zone_id", node_id="town", persons=8000)
                | {
                    "share_under_18": 0.2,
                    "share_over_65": 0.2,
                    "share_with_car": 0.7,
                    "share_needing_assistance": 0.05,
                    "ready_curve": "0:0 6:0.5 24:1",
                }
            ],
        ),
        hosts=make_rows(
            Hosts,
            [
                _host("village_school", "Village school", 10.080, 50.020, node_id="village", beds=600),
                _host("city_halls", "City halls", 10.200, 50.050, node_id="city", beds=9000)
                | {"intake_persons_h": 1500.0, "services": "medical;wheelchair"},
            ],
        ),
        fleets=empty_rows(Fleets),
        exposure=make_rows(
            Exposure,
            [
                {"place_id": "town_zone", "rate": 1.0},
                {"place_id": "old_bridge", "rate": 3.0},
            ],
        ),
        hazards=make_rows(
            Hazards,
            [
                {
                    "hazard_id": "bridge_flooded",
                    "asset_id": "old_bridge",
                    "what": "loss",
                    "rate_per_day": 0.1,
                    "hours_low": 3.0,
                    "hours_best": 12.0,
                    "hours_high": 48.0,
                    "factor_after": 0.5,
                    "reason": "an example: closed until inspected, then one lane at a time",
                }
            ],
        ),
        assumptions=make_rows(
            Assumptions,
            [
                _assumed("share_leaving", 0.6, 0.8, 0.95, "how many choose to leave: nobody has asked yet"),
                _assumed("persons_per_vehicle", 2.0, 2.5, 3.5, "people in a car"),
                _assumed("mean_household_size", 2.0, 2.6, 3.5, "members of a household: a census tells"),
                _assumed("sailing_from_hour", 5, 6, 7, "daylight"),
                _assumed("sailing_until_hour", 19, 20, 21, "daylight"),
                _assumed(
                    "crossings.csv:ferry:trip_s", 1200, 1500, 2400, "loading has not been timed", unit="s"
                ),
            ],
        ),
    )


def _node(code: str, name: str, x: float, y: float, *, key: str = "node_id", **more: Any) -> dict[str, Any]:
    return {key: code, "name": name, "x_coord": x, "y_coord": y} | more


def _host(code: str, name: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    return _node(code, name, x, y, key="host_id", territory="own", country="DE", **more)


def _assumed(
    key: str, low: float, best: float, high: float, reason: str, *, unit: str = ""
) -> dict[str, Any]:
    of_program = SETTABLE[key].unit if key in SETTABLE else unit
    return {"key": key, "low": low, "best": best, "high": high, "unit": of_program, "reason": reason}


def _readme() -> str:
    files = "\n".join(f"| `{table.FILE}` | {table.TITLE} |" for table in TABLES.values())
    return f"""\
# A scenario to start from

A made-up town on a river, with a bridge and a ferry to the other bank. Put your own place into its files,
one after the other, and run

    farshore check .

as often as you like: it names every fault with its file, row and column, and how to mend it. Then

    farshore plan .

| file | what it holds |
|---|---|
| `scenario.toml` | Name, time frame, and who runs the operation |
{files}

Files with a header only may be deleted. Every number that nobody measured belongs into `assumptions.csv`,
with its range and its reason. Every column is explained in the manual, *Scenario tables*.
"""
