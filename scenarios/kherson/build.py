"""Makes the Kherson scenario that the package ships, from the facts, the road graph and the assumptions.

    python scenarios/kherson/build.py            writes src/farshore/shipped/kherson
    python scenarios/kherson/build.py --check    says whether that folder is what would be written

Needs the `build` dependency group. Fails if a road distance is off by more than a tenth.
"""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import facts
from assumed import ASSUMPTIONS, READY_CURVE
from crossings import CLOSURES, CROSSINGS, EAST
from distances import TOLERANCE, Measured, measure
from exposure import exposure_rows
from fleets import FLEETS
from graph import read_graph
from hazards import HAZARDS
from network import Network, build_network, roads_east
from tables import Cells, fill_assumed, table_of

from farshore.scenario.scenario import About, Operation, Scenario
from farshore.scenario.tables import (
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
from farshore.scenario.write import scenario_files, write_scenario

BOX = (28.0, 41.0, 44.0, 49.6)
FOLDER = Path(__file__).parents[2] / "src" / "farshore" / "shipped" / "kherson"
USES = {"ferry": "auto;bus;truck;walk", "rail": "rail", "rail_estimated": "rail"}

ABOUT = About(
    name="kherson",
    title="Right-bank Kherson, 14 to 28 October 2022",
    start=datetime.fromisoformat("2022-10-14T00:00+03:00"),
    horizon_h=336,
    step_s=1800,
    operation=Operation(
        sponsor="occupation administration of Kherson oblast (announced crossings by boat from 19 October)",
        territory_status="occupied",
        legal_basis="Geneva Convention IV, art. 49: forcible transfers and deportations are prohibited "
        "whatever their motive; an evacuation may only serve people's safety, may not displace them outside "
        "occupied territory unless nothing else is possible, keeps families together, and ends in return as "
        "soon as hostilities have ceased. Arts. 35 and 48: people may leave. Additional Protocol I, art. 78: "
        "children across a border. Planned as voluntary, neutral between destinations",
    ),
)


def main() -> int:
    """Build and write, or build and compare; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare with the folder instead of writing it")
    check = parser.parse_args().check
    network = build_network(read_graph("world_highways", BOX), read_graph("world_railways", BOX))
    measured = measure(network)
    print(distance_table(measured))
    off = [known.name for known, km in measured if not abs(km / known.km - 1) <= TOLERANCE]
    if off:
        print(f"off by more than {TOLERANCE:.0%}: {'; '.join(off)}; nothing was written", file=sys.stderr)
        return 1
    scenario = build_scenario(network)
    if not check:
        write_scenario(scenario, FOLDER, replace=True)
        return 0
    differing = differing_files(scenario_files(scenario), FOLDER)
    for name in differing:
        print(f"{name} is not what build.py makes", file=sys.stderr)
    return 1 if differing else 0


def build_scenario(network: Network) -> Scenario:
    """The scenario: facts into rows, assumed cells filled in, rows into tables."""
    rows: dict[str, list[Cells]] = {
        "network/node.csv": _node_rows(network),
        "network/link.csv": _link_rows(network),
        "crossings.csv": [dict(row) for row in CROSSINGS],
        "closures.csv": [*(dict(row) for row in CLOSURES), *_east_rows(network)],
        "zones.csv": _zone_rows(),
        "hosts.csv": _host_rows(),
        "fleets.csv": _fleet_rows(),
        "exposure.csv": exposure_rows(network),
        "hazards.csv": [dict(row) for row in HAZARDS],
    }
    fill_assumed(rows, ASSUMPTIONS)
    return Scenario(
        about=ABOUT,
        nodes=table_of(Nodes, rows["network/node.csv"]),
        links=table_of(Links, rows["network/link.csv"]),
        crossings=table_of(Crossings, rows["crossings.csv"]),
        closures=table_of(Closures, rows["closures.csv"]),
        zones=table_of(Zones, rows["zones.csv"]),
        hosts=table_of(Hosts, rows["hosts.csv"]),
        fleets=table_of(Fleets, rows["fleets.csv"]),
        exposure=table_of(Exposure, rows["exposure.csv"]),
        hazards=table_of(Hazards, rows["hazards.csv"]),
        assumptions=table_of(Assumptions, [vars(assumption) for assumption in ASSUMPTIONS]),
        drawing=drawing(),
    )


def distance_table(measured: list[Measured]) -> str:
    """Known and measured distances, a line each."""
    width = max(len(known.name) for known, _ in measured)
    lines = [f"{'':{width}}  fact km  here km      off"]
    lines += [
        f"{known.name:{width}}  {known.km:7.0f}  {km:7.1f}  {km / known.km - 1:+7.1%}"
        for known, km in measured
    ]
    return "\n".join(lines)


def differing_files(wanted: dict[str, bytes], folder: Path) -> list[str]:
    """Names of files that are missing or hold other bytes."""
    return [
        name
        for name, data in wanted.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != data
    ]


def drawing() -> str:
    """The rivers, for the map; no borders."""
    lines = ",\n".join(json.dumps(_feature(water), ensure_ascii=False) for water in facts.WATERS)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _feature(water: facts.Water) -> dict[str, Any]:
    known_width = {"width_m": water.width_m} if water.width_m else {}
    return {
        "type": "Feature",
        "properties": {"name": water.name, "kind": "water", "schematic": True} | known_width,
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in water.line]},
    }


def _node_rows(network: Network) -> list[Cells]:
    zones = {f"z_{zone.zone_id}": zone.zone_id for zone in facts.ZONES}
    return [
        {
            "node_id": node_id,
            "x_coord": lon,
            "y_coord": lat,
            "name": network.labels[node_id][0],
            "zone_id": zones.get(node_id, ""),
            "node_type": network.labels[node_id][1],
        }
        for node_id, (lon, lat) in network.points.items()
    ]


def _link_rows(network: Network) -> list[Cells]:
    rows = []
    for link in network.links.values():
        row: Cells = {
            "link_id": link.link_id,
            "from_node_id": link.ends[0],
            "to_node_id": link.ends[1],
            "directed": False,
            "length": link.length_m,
            "facility_type": link.facility_type,
            "allowed_uses": USES.get(link.facility_type, "auto;bus;truck;walk"),
            "name": link.name,
            "crossing_id": link.crossing_id,
        }
        if link.facility_type == "ferry":
            row |= {"free_speed": 10, "capacity": 0}  # required, never used: the crossing's vessels count
        elif link.facility_type.startswith("rail"):
            row |= {"capacity": 0}  # no car drives there
        rows.append(row)
    return rows


def _east_rows(network: Network) -> list[Cells]:
    return [dict(EAST, asset_id=link_id) for link_id in roads_east(network)]


def _zone_rows() -> list[Cells]:
    return [
        {
            "zone_id": zone.zone_id,
            "name": zone.name,
            "node_id": f"z_{zone.zone_id}",
            "x_coord": zone.lon,
            "y_coord": zone.lat,
            "persons": zone.persons,
            "share_under_18": facts.SHARE_UNDER_18,
            "share_over_65": facts.SHARE_OVER_65,
            "ready_curve": READY_CURVE,
        }
        for zone in facts.ZONES
    ]


def _host_rows() -> list[Cells]:
    return [
        {
            "host_id": host.host_id,
            "name": host.name,
            "node_id": f"p_{host.host_id}",
            "x_coord": host.lon,
            "y_coord": host.lat,
            "country": host.country,
            "territory": host.territory,
        }
        for host in facts.HOSTS
    ]


def _fleet_rows() -> list[Cells]:
    return [
        {
            "fleet_id": fleet["fleet_id"],
            "mode": "bus",
            "base_node_id": fleet["base"],
            "line": " ".join(fleet["stops"]),
        }
        for fleet in FLEETS
    ]


if __name__ == "__main__":
    sys.exit(main())
