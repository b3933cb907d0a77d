"""Flood plains to evacuate zone by zone, in the shape that the literature on convergent plans measures on.

80 zones, 184 junctions, 5 safe places, 580 arcs, 38,000 vehicles, 10 h in steps of 5 min: the shape of the
Hawkesbury-Nepean case of Even, C., Pillac, V., Van Hentenryck, P. (2015), Convergent plans for large-scale
evacuations, AAAI; Hasan, M. H., Van Hentenryck, P. (2021), Large-scale zone-based evacuation planning, part
I: models and algorithms, Networks 77. Their instances are not ours to copy: these are drawn anew by seed.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, maximum_flow, minimum_spanning_tree
from scipy.spatial import Delaunay

from benchmarks.tables import assumed, nodes, scenario_of
from farshore.scenario import Scenario
from farshore.scenario.parameters import SETTABLE
from farshore.scenario.scenario import About

__all__ = ["FloodPlain", "flood_plain", "roads_between", "scattered"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HORIZON_H = 10
CLASSES_VEH_H = (600.0, 900.0, 1200.0, 1800.0)  # roads by width, before they are scaled to the tightness

SHARES = (0.35, 0.3, 0.25, 0.1)


@dataclass(frozen=True, slots=True)
class FloodPlain:
    """What an instance is drawn from.

    tightness : the least time in which roads at rest could carry everybody off, as a share of the horizon
    main_roads : roads that lie on many people's shortest ways are wide, as where people have built them;
        otherwise widths are strewn about, narrow stretches next to wide ones
    """

    seed: int
    tightness: float
    main_roads: bool = True
    zones: int = 80
    junctions: int = 184
    safe_places: int = 5
    arcs: int = 580
    vehicles: int = 38_000
    step_s: int = 300


def flood_plain(of: FloodPlain) -> Scenario:
    """Draw an instance: zones in the plain, each with a way to its nearest junction; safe places at the rim.

    Arcs are one way out of each zone and two-way roads between junctions and safe places, as many as make up
    the number; persons are vehicles.
    """
    rng = np.random.default_rng(of.seed)
    width_m, height_m = 45_000.0, 30_000.0
    junction = scattered(rng, of.junctions, width_m, height_m)
    angle = 2 * np.pi * (np.arange(of.safe_places) + rng.uniform(0, 0.6, of.safe_places)) / of.safe_places
    rim = np.column_stack([np.cos(angle), np.sin(angle)])
    safe = np.array([width_m, height_m]) * (0.5 + 0.55 * rim)
    road_nodes = np.vstack([junction, safe])
    roads = roads_between(road_nodes, of.junctions, (of.arcs - of.zones) // 2, rng)
    middle = np.argsort(np.hypot(*(junction / [width_m, height_m] - 0.5).T))
    near = middle[: max(of.zones, int(0.75 * of.junctions))]
    gate = np.sort(rng.choice(near, of.zones, replace=False))
    zone = junction[gate] + rng.normal(0, 400, (of.zones, 2))
    weight = rng.lognormal(0, 0.6, of.zones)
    vehicles = np.maximum(1, np.round(of.vehicles * weight / weight.sum())).astype(np.int64)
    vehicles[vehicles.argmax()] += of.vehicles - vehicles.sum()
    if of.main_roads:
        wide = _by_use(road_nodes, roads, gate, vehicles, of.junctions, rng)
    else:
        wide = rng.choice(CLASSES_VEH_H, len(roads), p=SHARES)
        wide[(roads >= of.junctions).any(axis=1)] = rng.choice(CLASSES_VEH_H[1:], of.safe_places)
    hours = _static_hours(road_nodes, roads, wide, gate, vehicles, of.junctions)
    wide = wide * hours / (of.tightness * HORIZON_H)
    return _scenario(of, rng, road_nodes, roads, wide, zone, gate, vehicles)


def scattered(rng: np.random.Generator, n: int, width_m: float, height_m: float) -> Floats:
    """Points on a rough grid."""
    across = int(np.ceil(np.sqrt(n * width_m / height_m)))
    cells = rng.permutation(across * int(np.ceil(n / across)))[:n]
    at = np.column_stack([cells % across, cells // across]) + rng.uniform(0.15, 0.85, (n, 2))
    return at * [width_m / across, height_m / np.ceil(n / across)]


def roads_between(at: Floats, n_junctions: int, n_roads: int, rng: np.random.Generator) -> Ints:
    """Two-way roads: what connects everything, then short ones; one road to each safe place."""
    triangles = Delaunay(at[:n_junctions]).simplices
    pairs = np.unique(
        np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])), axis=0
    )
    length = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    tree = minimum_spanning_tree(csr_array((length, pairs.T), shape=(n_junctions, n_junctions))).tocoo()
    kept = {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    exits = [
        (int(np.hypot(*(at[:n_junctions] - at[place]).T).argmin()), place)
        for place in range(n_junctions, len(at))
    ]
    order = np.argsort(length * rng.uniform(0.5, 1.5, len(length)))
    for row in order.tolist():
        if len(kept) + len(exits) >= n_roads:
            break
        kept.add((int(pairs[row, 0]), int(pairs[row, 1])))
    return np.array([*sorted(kept), *exits], np.int64)


def _by_use(
    at: Floats, roads: Ints, gate: Ints, vehicles: Ints, n_junctions: int, rng: np.random.Generator
) -> Floats:
    """Widths by the vehicles on shortest ways to each zone's two nearest safe places, shuffled a little."""
    length = np.hypot(*(at[roads[:, 0]] - at[roads[:, 1]]).T)
    ends = np.vstack([roads, roads[:, ::-1]])
    graph = csr_array((np.tile(length, 2), ends.T), shape=(len(at), len(at)))
    places = np.arange(n_junctions, len(at))
    far, before = dijkstra(graph, indices=places, return_predecessors=True)
    row = {(int(a), int(b)): i for i, (a, b) in enumerate(roads.tolist())}
    use = np.zeros(len(roads))
    for node, leaving in zip(gate.tolist(), vehicles.tolist(), strict=True):
        for place in np.argsort(far[:, node])[:2].tolist():
            here = node
            while here != places[place]:
                there = int(before[place, here])
                use[row.get((here, there), row.get((there, here), 0))] += leaving
                here = there
    rank = np.argsort(np.argsort(-use * rng.lognormal(0, 0.3, len(use)))) / len(use)
    wide = np.array(CLASSES_VEH_H[::-1])
    return wide[np.searchsorted(np.cumsum(SHARES[::-1]), rank, side="right").clip(0, 3)]


def _static_hours(
    at: Floats, roads: Ints, wide: Floats, gate: Ints, vehicles: Ints, n_junctions: int
) -> float:
    """Least hours in which steady flows could carry everybody from the gates to the safe places."""
    n = len(at)
    source, sink = n, n + 1
    two_way = np.vstack([roads, roads[:, ::-1]])

    def carried(hours: float) -> bool:
        rows = np.concatenate([two_way[:, 0], np.full(len(gate), source), np.arange(n_junctions, n)])
        cols = np.concatenate([two_way[:, 1], gate, np.full(n - n_junctions, sink)])
        room = np.concatenate([np.tile(wide * hours, 2), vehicles, np.full(n - n_junctions, vehicles.sum())])
        graph = csr_array((np.round(room).astype(np.int32), (rows, cols)), shape=(n + 2, n + 2))
        return bool(maximum_flow(graph, source, sink).flow_value >= vehicles.sum())

    low, high = 0.0, 1.0
    while not carried(high):
        low, high = high, 2 * high
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if carried(middle) else (middle, high)
    return high


def _scenario(
    of: FloodPlain,
    rng: np.random.Generator,
    road_nodes: Floats,
    roads: Ints,
    wide: Floats,
    zone: Floats,
    gate: Ints,
    vehicles: Ints,
) -> Scenario:
    n_junctions = of.junctions
    names = [f"j{i}" for i in range(n_junctions)] + [f"s{i}" for i in range(of.safe_places)]
    x_of, y_of = (lambda x: 150.5 + x / 93_000), (lambda y: -33.8 + y / 111_000)
    length = np.hypot(*(road_nodes[roads[:, 0]] - road_nodes[roads[:, 1]]).T) * rng.uniform(
        1.05, 1.4, len(roads)
    )
    junctions = dict(zip(names, [(x_of(x), y_of(y)) for x, y in road_nodes.tolist()], strict=True))
    gates = {f"z{i}": (x_of(x), y_of(y)) for i, (x, y) in enumerate(zone.tolist())}
    links = [
        {
            "link_id": f"r{i}", "from_node_id": names[a], "to_node_id": names[b], "directed": False,
            "length": round(float(length[i]), 1), "free_speed": 60.0, "lanes": 1,
            "capacity": round(float(wide[i]), 1),
        }
        for i, (a, b) in enumerate(roads.tolist())
    ] + [
        {
            "link_id": f"a{i}", "from_node_id": f"z{i}", "to_node_id": f"j{j}", "directed": True,
            "length": 500.0, "free_speed": 40.0, "lanes": 1, "capacity": 1800.0,
        }
        for i, j in enumerate(gate.tolist())
    ]  # fmt: skip
    zones = [
        {
            "zone_id": f"zone{i:02}", "name": f"Zone {i:02}", "node_id": f"z{i}", "persons": persons,
            "x_coord": x_of(zone[i, 0]), "y_coord": y_of(zone[i, 1]),
        }
        for i, persons in enumerate(vehicles.tolist())
    ]  # fmt: skip
    hosts = [
        {
            "host_id": f"safe{i}", "name": f"Safe place {i}", "node_id": f"s{i}", "beds": of.vehicles,
            "x_coord": x_of(road_nodes[n_junctions + i, 0]), "y_coord": y_of(road_nodes[n_junctions + i, 1]),
            "territory": "own",
        }
        for i in range(of.safe_places)
    ]  # fmt: skip
    return scenario_of(
        About(
            name=f"plain-{of.seed}",
            title=f"Flood plain {of.seed}, tightness {of.tightness:g}",
            start=datetime.fromisoformat("2026-03-01T00:00+11:00"),
            horizon_h=HORIZON_H,
            step_s=of.step_s,
        ),
        nodes=nodes(junctions) + [row | {"zone_id": f"zone{i:02}"} for i, row in enumerate(nodes(gates))],
        links=links,
        zones=zones,
        hosts=hosts,
        assumptions=[
            assumed("persons_per_vehicle", 1.0, "vehicles are counted", SETTABLE["persons_per_vehicle"].unit)
        ],
    )
