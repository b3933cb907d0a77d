"""Lithgow, New South Wales, in the State Mine fire of 17 October 2013, by files of agentsoz/ees."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from benchmarks.class_instances import BUS, PEOPLE, ready_curve
from benchmarks.geography import Floats, degrees_of, inside
from benchmarks.instances import data_folder
from benchmarks.matsim_files import Network, read_network, read_persons
from benchmarks.tables import Row, assumed, host, nodes, scenario_of, zone
from farshore.scenario import Scenario
from farshore.scenario.scenario import About, Operation

__all__ = ["lithgow"]

Flags = npt.NDArray[np.bool_]

ZONE_55: Final = 147.0  # EPSG:7855, its middle meridian
SUMMER_TIME: Final = timezone(timedelta(hours=11))
FIRE_BEGINS: Final = datetime(2013, 10, 17, 11, 59, tzinfo=SUMMER_TIME)  # by the name of its file
TOLD: Final = datetime(2013, 10, 17, 12, 0, tzinfo=SUMMER_TIME)  # EVACUATE_NOW, by messages.json
HORIZON_H, STEP_S = 24, 900
FIRE_POINTS: Final = 61  # looked at on each link: at most half a cell of the fire's grid apart
BUSES: Final = {"town": 10, "beyond": 5}  # as in the generated city of 1,000 nodes
BEDS_EACH: Final = 2  # to each person, as in the generated cities


def lithgow() -> Scenario | None:
    """The region around Lithgow, told to leave at noon; None if its files are not at hand.

    From the files (github.com/agentsoz/ees): the roads, their lengths, speeds and capacities, but for two
    whose speed is 0 and the place that only they touch; 10,000 people at home in 77 of the 82 statistical
    areas (SA1) that are told to leave, whose shapes make the zones (of how many they are a sample is not
    said); Cranebrook as the one place that everybody makes for; and when the fire reaches each cell of a grid
    of 180 m: a road is closed from then on to the end.

    Nowhere in them, so assumed as the generated cities of `class_instances` do: who is a child, old, without
    a car (the files put everybody into one) or in need of assistance; when people are ready; two fleets of
    buses, one where most people are and one at the host; that people may walk on every road; beds, intake and
    exposure. People enter the network at the node nearest to the middle of their zone's homes that has a way
    to the host as long as the fire lasts: the fire comes to the nearest of all in two zones, and with nobody
    knowing when their people leave, those who cannot would outweigh everything else that a plan does.
    """
    folder = data_folder() / "networks" / "lithgow"
    if not folder.is_dir():
        return None
    network = _driven(read_network(folder / "lithgow_surrounds_network_epsg7855.xml.gz"))
    persons = read_persons(folder / "lithgow_surrounds_population_epsg7855.xml.gz")
    places = degrees_of(network.places_m, ZONE_55)
    reached_s = _fire_on_links(folder, places, network)
    preferred = sorted({each["EvacLocationPreference"] for each in persons.attributes})
    refuges = [_nearest(network, np.array(text.split(",")[1:], float)) for text in preferred]
    usable = _ways_out(network, np.isinf(reached_s), refuges)
    zones = _zones(folder, network, persons.home_m, places, usable)
    most = max(zones, key=lambda row: row["persons"])["node_id"]
    people = len(persons.home_m)
    beds = BEDS_EACH * people // len(refuges) + 1
    return scenario_of(
        About("lithgow", "Lithgow and around it, State Mine fire", TOLD, HORIZON_H, STEP_S,
              Operation("a benchmark", "own", "", None)),
        nodes=nodes(dict(zip(network.node_ids, map(tuple, places.tolist()), strict=True))),
        links=_links(network),
        closures=_closures(network, reached_s),
        zones=zones,
        hosts=[
            host(i, network.node_ids[node], tuple(places[node]), beds, intake_persons_h=float(beds // 4 + 1))
            | {"name": text.split(",")[0]}
            for i, (text, node) in enumerate(zip(preferred, refuges, strict=True))
        ],
        fleets=[
            BUS | {"fleet_id": code, "vehicles": BUSES[code], "base_node_id": base}
            for code, base in (("town", most), ("beyond", network.node_ids[refuges[0]]))
        ],
        exposure=[{"place_id": row["zone_id"], "rate": 1.0} for row in zones],
        assumptions=_assumptions(beds),
    )  # fmt: skip


def _driven(network: Network) -> Network:
    """Without links whose speed is 0, and nodes that no other touches."""
    keep = network.speed_ms > 0
    touched, ends = np.unique(np.stack([network.tail[keep], network.head[keep]]), return_inverse=True)
    tail, head = ends.reshape(2, -1)
    return Network(
        node_ids=tuple(network.node_ids[node] for node in touched.tolist()),
        places_m=network.places_m[touched],
        tail=tail,
        head=head,
        length_m=network.length_m[keep],
        speed_ms=network.speed_ms[keep],
        capacity_veh_h=network.capacity_veh_h[keep],
        lanes=network.lanes[keep],
    )


def _nearest(network: Network, point_m: Floats, usable: Flags | None = None) -> int:
    """The node nearest to a point, of those that may be used."""
    away = np.hypot(*(network.places_m - point_m).T)
    return int(np.argmin(away if usable is None else np.where(usable, away, np.inf)))


def _fire_on_links(folder: Path, places: Floats, network: Network) -> Floats:
    """Seconds after its beginning at which the fire comes to each link, ∞ for never: float64[n_links]."""
    cells = np.loadtxt(folder / "timeseries_180m_lithgow_20131017_1159_EPSG4326.csv.gz")
    corner = cells[:, :2].min(axis=0)
    across = [len(np.unique(cells[:, axis])) for axis in (0, 1)]
    width = (cells[:, :2].max(axis=0) - corner) / (np.array(across) - 1)
    reached_s = np.full(across, np.inf)
    column, row = np.rint((cells[:, :2] - corner) / width).astype(int).T
    reached_s[column, row] = np.where(cells[:, 2] < 0, np.inf, cells[:, 2])  # below 0: never
    begin, end = places[network.tail], places[network.head]
    found = np.full(len(begin), np.inf)
    for share in np.linspace(0, 1, FIRE_POINTS):
        column, row = np.rint((begin + share * (end - begin) - corner) / width).astype(int).T
        inside_grid = (column >= 0) & (column < across[0]) & (row >= 0) & (row < across[1])
        found[inside_grid] = np.minimum(found[inside_grid], reached_s[column[inside_grid], row[inside_grid]])
    return found


def _ways_out(network: Network, is_open: Flags, refuges: list[int]) -> Flags:
    """Nodes from which open links lead to a refuge: bool[n_nodes]."""
    n = len(network.node_ids)
    backward = csr_array(
        (np.ones(is_open.sum(), np.int8), (network.head[is_open], network.tail[is_open])), shape=(n, n)
    )
    found = np.zeros(n, bool)
    for refuge in refuges:
        found[breadth_first_order(backward, refuge, return_predecessors=False)] = True
    return found


def _zones(folder: Path, network: Network, home_m: Floats, places: Floats, usable: Flags) -> list[Row]:
    """A zone for each statistical area in which anybody lives, in the order of the file."""
    shapes = json.loads((folder / "lithgow_surrounds_zones_epsg4326.geojson").read_text())["features"]
    homes = degrees_of(home_m, ZONE_55)
    found: list[Row] = []
    for shape in shapes:
        rings = [np.array(ring) for ring in shape["geometry"]["coordinates"]]
        here = inside(homes, rings)
        if not here.any():
            continue
        node = _nearest(network, home_m[here].mean(axis=0), usable)
        number, told = len(found), shape["properties"]
        row = zone(number, network.node_ids[node], tuple(places[node]), int(here.sum()),
                   ready_curve=ready_curve(number, HORIZON_H), **PEOPLE)  # fmt: skip
        found.append(row | {"name": f"{told['SA2_NAME21']} {told['SA1_CODE21']}"})
    return found


def _links(network: Network) -> list[Row]:
    """Links by their number; a lane carries its share of what all carry."""
    lanes = np.maximum(1, network.lanes.astype(int))
    columns: dict[str, Any] = {
        "from_node_id": [network.node_ids[node] for node in network.tail],
        "to_node_id": [network.node_ids[node] for node in network.head],
        "length": network.length_m.tolist(),
        "free_speed": (3.6 * network.speed_ms).tolist(),
        "lanes": lanes.tolist(),
        "capacity": (network.capacity_veh_h / lanes).tolist(),
    }
    return [
        {name: values[i] for name, values in columns.items()} | {"link_id": f"l{i}"}
        for i in range(len(network.tail))
    ]


def _closures(network: Network, reached_s: Floats) -> list[Row]:
    """Links are closed from when the fire is there to the end."""
    return [
        {
            "asset_id": f"l{i}",
            "from_time": int(max(TOLD.timestamp(), FIRE_BEGINS.timestamp() + reached_s[i])),
            "capacity_factor": 0.0,
            "reason": "the fire is there",
        }
        for i in np.flatnonzero(np.isfinite(reached_s)).tolist()
    ]


def _assumptions(beds: int) -> list[Row]:
    """What the files do not say, as the generated cities have it."""
    why = "not in the files; as in the generated cities"
    return [
        assumed("exposure_default_rate", 0.1, why, "per person-hour"),
        *(assumed(f"zones.csv:*:{column}", share, why, "share") for column, share in PEOPLE.items()),
        *(assumed(f"fleets.csv:{code}:vehicles", many, why, "vehicles") for code, many in BUSES.items()),
        assumed("fleets.csv:*:seats", BUS["seats"], why, "persons"),
        assumed("hosts.csv:*:beds", beds, why, "persons"),
    ]
