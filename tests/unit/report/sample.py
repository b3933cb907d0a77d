"""A small invented town on two banks and a plan for it, made by hand: what the report's tests look at."""

import dataclasses
from datetime import datetime
from typing import Any

import numpy as np

from farshore.results.outcome import (
    AuditLine,
    Certificate,
    Departures,
    Outcome,
    Route,
    Unserved,
)
from farshore.scenario.scenario import About, Operation, Scenario
from farshore.scenario.table import REQUIRED, Kind, Rows, columns_of
from farshore.scenario.tables import (
    Assumptions,
    Closures,
    Crossings,
    Exposure,
    Fleets,
    Hosts,
    Links,
    Nodes,
    Zones,
)
from farshore.units import parse_time

HOSTILE = "</script><script>alert('x')</script><img src=x onerror=alert(1)>&\"'"


def rows_of(table: type[Rows], *rows: dict[str, Any]) -> Any:
    """A table from dicts by field name; what is left out takes the column's default."""
    columns = columns_of(table)
    made = {}
    for field, spec in columns.items():
        values = [row.get(field, spec.default) for row in rows]
        assert REQUIRED not in values, f"{table.__name__}.{field}"
        values = [parse_time(v) if spec.kind is Kind.TIME and isinstance(v, str) else v for v in values]
        made[field] = np.array(values, dtype=spec.kind.dtype)
    return table(**made)


NODES = {  # id: (lon, lat, name)
    "west_town": (20.000, 45.000, "Westham"),
    "west_hill": (19.930, 45.060, "Hilltop"),
    "west_south": (19.960, 44.930, "Southend"),
    "west_fork": (20.030, 45.010, ""),
    "bridge_w": (20.070, 45.012, ""),
    "bridge_e": (20.085, 45.012, ""),
    "port_w": (20.050, 44.975, ""),
    "port_e": (20.078, 44.970, ""),
    "east_fork": (20.130, 45.000, ""),
    "east_town": (20.200, 45.010, "Eastham"),
    "far_town": (20.420, 44.940, "Farcastle"),
    "north_town": (20.260, 45.140, "Northwick"),
}
LINKS = [  # from, to, km, facility, crossing
    ("west_hill", "west_town", 9.0, "rural", ""),
    ("west_south", "west_town", 9.5, "rural", ""),
    ("west_town", "west_fork", 2.8, "primary", ""),
    ("west_fork", "bridge_w", 3.2, "primary", ""),
    ("bridge_w", "bridge_e", 1.2, "primary", "old_bridge"),
    ("bridge_e", "east_fork", 3.9, "primary", ""),
    ("west_fork", "port_w", 4.3, "rural", ""),
    ("west_south", "port_w", 8.6, "rural", ""),
    ("port_w", "port_e", 2.3, "ferry", "port_ferry"),
    ("port_e", "east_fork", 5.4, "rural", ""),
    ("east_fork", "east_town", 5.7, "primary", ""),
    ("east_town", "far_town", 19.3, "primary", ""),
    ("east_town", "north_town", 15.6, "rural_estimated", ""),
    ("east_fork", "north_town", 19.0, "rural", ""),
    ("west_hill", "north_town", 29.0, "rural", "north_corridor"),
]
DRAWING = """{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"kind":"water","name":"River","schematic":true,"width_m":900},
 "geometry":{"type":"LineString","coordinates":[[20.10,45.20],[20.09,45.08],[20.077,45.012],[20.064,44.97],[20.02,44.86]]}},
{"type":"Feature","properties":{"kind":"water","name":"Lake","schematic":true},
 "geometry":{"type":"Polygon","coordinates":[[[20.30,45.05],[20.36,45.06],[20.37,45.02],[20.31,45.01],[20.30,45.05]]]}}
]}"""


def scenario(*, title: str = "Two banks: a spring rehearsal", town: str = "Westham") -> Scenario:
    """Three zones west of a river, three places to go east of it, a bridge that falls and a ferry."""
    return Scenario(
        about=About(
            name="two_banks",
            title=title,
            start=datetime.fromisoformat("2030-05-01T00:00+02:00"),
            horizon_h=72,
            step_s=1800,
            operation=Operation("Ministry of Examples", "occupied", "The families' own request"),
        ),
        nodes=rows_of(
            Nodes,
            *({"node_id": k, "x_coord": x, "y_coord": y, "name": n} for k, (x, y, n) in NODES.items()),
        ),
        links=rows_of(
            Links,
            *(
                {
                    "link_id": f"l{i:02d}",
                    "from_node_id": a,
                    "to_node_id": b,
                    "directed": False,
                    "length": km * 1000,
                    "facility_type": kind,
                    "free_speed": 60.0,
                    "capacity": 900.0,
                    "crossing_id": crossing,
                }
                for i, (a, b, km, kind, crossing) in enumerate(LINKS)
            ),
        ),
        crossings=rows_of(
            Crossings,
            {
                "crossing_id": "old_bridge",
                "name": "Old bridge",
                "kind": "bridge",
                "x_coord": 20.0775,
                "y_coord": 45.012,
            },
            {
                "crossing_id": "port_ferry",
                "name": "Port ferry",
                "kind": "ferry",
                "x_coord": 20.064,
                "y_coord": 44.9725,
                "persons_per_trip": 180,
                "vehicles_per_trip": 20,
                "trip_s": 2700,
                "vessels": 3,
            },
            {
                "crossing_id": "north_corridor",
                "name": "Northern corridor",
                "kind": "corridor",
                "x_coord": 20.1,
                "y_coord": 45.1,
            },
        ),
        closures=rows_of(
            Closures,
            {
                "asset_id": "old_bridge",
                "until_time": "2030-05-02T14:00+02:00",
                "capacity_factor": 0.25,
                "reason": "one lane, 20 km/h",
                "source": "road authority",
            },
            {"asset_id": "old_bridge", "from_time": "2030-05-02T14:00+02:00", "reason": "span lost"},
            {"asset_id": "north_corridor", "reason": "not negotiated"},
        ),
        zones=rows_of(
            Zones,
            *(
                {
                    "zone_id": z,
                    "name": n,
                    "node_id": k,
                    "x_coord": NODES[k][0],
                    "y_coord": NODES[k][1],
                    "persons": p,
                }
                for z, n, k, p in (
                    ("Z1", town, "west_town", 24000),
                    ("Z2", "Hilltop", "west_hill", 5000),
                    ("Z3", "Southend", "west_south", 8000),
                )
            ),
        ),
        hosts=rows_of(
            Hosts,
            {
                "host_id": "H1",
                "name": "Eastham",
                "node_id": "east_town",
                "beds": 12000,
                "territory": "occupied",
            }
            | dict(zip(("x_coord", "y_coord"), NODES["east_town"][:2], strict=True)),
            {
                "host_id": "H2",
                "name": "Farcastle",
                "node_id": "far_town",
                "beds": 9000,
                "territory": "sponsor",
            }
            | dict(zip(("x_coord", "y_coord"), NODES["far_town"][:2], strict=True)),
            {"host_id": "H3", "name": "Northwick", "node_id": "north_town", "beds": 6000, "territory": "own"}
            | dict(zip(("x_coord", "y_coord"), NODES["north_town"][:2], strict=True)),
        ),
        fleets=rows_of(Fleets),
        exposure=rows_of(Exposure),
        assumptions=rows_of(
            Assumptions,
            {
                "key": "share_leaving",
                "low": 0.3,
                "best": 0.5,
                "high": 0.7,
                "unit": "share",
                "reason": "nobody asked them yet; half is the middle of what other towns saw",
                "source": "example",
            },
            {
                "key": "driving_from_hour",
                "low": 5.0,
                "best": 6.0,
                "high": 7.0,
                "unit": "h",
                "reason": "curfew ends at six",
            },
            {
                "key": "driving_until_hour",
                "low": 18.0,
                "best": 20.0,
                "high": 21.0,
                "unit": "h",
                "reason": "curfew begins at eight",
            },
        ),
        drawing=DRAWING,
        defaults_used=("lanes: 1 on 15 links of network/link.csv, which gives none",),
    )


ROUTES = (
    Route("r1", "Z1", "H1", ("l02", "l03", "l04", "l05", "l10"), (0, 0, 0, 0, 0), 1, 16_800.0, 1008),
    Route("r2", "Z1", "H3", ("l02", "l06", "l08", "l09", "l13"), (0, 0, 0, 2, 2), 3, 33_800.0, 4560),
    Route(
        "r3", "Z2", "H1", ("l00", "l02", "l03", "l04", "l05", "l10"), (0, 0, 0, 0, 0, 1), 1, 25_800.0, 1548
    ),
    Route("r4", "Z3", "H1", ("l07", "l08", "l09", "-l13", "l12"), (0, 0, 2, 2, 3), 4, 48_100.0, 5500),
)
PEOPLE = {"Z1": 12_000, "Z2": 2_500, "Z3": 4_000}


def departures() -> Departures:
    """By day only; the bridge until it falls, the ferry throughout."""
    rows = []
    left = dict(PEOPLE)
    for step in range(2, 140):
        hour = (step % 48) / 2
        if not 6 <= hour < 19:
            continue
        for route, per_step, last in ((0, 110, 76), (1, 60, 140), (2, 45, 76), (3, 50, 140)):
            zone = ROUTES[route].zone_id
            going = min(per_step, left[zone], 10_000 if step < last else 0)
            if going:
                rows.append((route, step, going))
                left[zone] -= going
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Departures(route=table[:, 0], step=table[:, 1], persons=table[:, 2])


def outcome(of: Scenario | None = None, **changes: Any) -> Outcome:
    """The hand-made plan; `changes` replace fields of the outcome."""
    going = departures()
    gone = dict.fromkeys(PEOPLE, 0)
    for route, persons in zip(going.route, going.persons, strict=True):
        gone[ROUTES[route].zone_id] += int(persons)
    made = Outcome(
        scenario=of or scenario(),
        routes=ROUTES,
        departures=going,
        people=dict(PEOPLE),
        unserved=tuple(
            Unserved(zone, PEOPLE[zone] - gone[zone], ("old_bridge", "port_ferry"))
            for zone in PEOPLE
            if PEOPLE[zone] > gone[zone]
        ),
        certificate=Certificate(
            objective=412_345_000_000,
            lower_bound=411_900_000_000,
            link_price={("l08", 40): 1200},
            intake_price={},
            bed_price={},
        ),
        audit=(
            AuditLine("No host in the sponsor's territory", True, "Farcastle is blocked", "GC IV, art. 49"),
            AuditLine("No household is split", None, "this plan moves people, not households", ""),
            AuditLine("Nobody is left without an offer", False, "some cannot leave in time", "AP I, art. 78"),
        ),
        blocked_hosts={"H2": "lies in the country of those who run the evacuation (GC IV, art. 49)"},
        solve_s=1.5,
        complete=True,
        options={"gap": 0.0, "seconds": None},
        version="0.1.0",
        rounds=({"seconds": 0.5, "objective": 412_400_000_000, "lower_bound": 400_000_000_000, "arcs": 30},),
    )
    return dataclasses.replace(made, **changes)
