"""Scenarios with classes and services to measure plans on: generated river cities of any size."""

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.tables import Row, assumed, bridge, drawn, host, nodes, scenario_of, zone
from farshore.scenario import Scenario

__all__ = ["BUS", "PEOPLE", "class_city", "ready_curve"]

BLOCK_M = 400.0
FERRY = {
    "kind": "ferry", "vehicles_per_trip": 20, "persons_per_trip": 200, "trip_s": 1800, "vessels": 2
}  # fmt: skip
PEOPLE = {
    "share_under_18": 0.2, "share_over_65": 0.15, "share_with_car": 0.65, "share_needing_assistance": 0.06
}  # fmt: skip
BUS = {"mode": "bus", "seats": 50, "wheelchair_places": 2, "load_s": 600, "unload_s": 300}


def ready_curve(number: int, horizon_h: int) -> str:
    """Of a zone: one in ten at once, half after two to five hours, all after half of the horizon."""
    return f"0:0.1 {2 + number % 4}:0.5 {horizon_h // 2}:1"


def class_city(
    n_nodes: int, *, seed: int = 1, load: float = 0.5, horizon_h: int = 24, step_s: int = 900
) -> Scenario:
    """A grid city on one bank, and a road with hosts on the other; bridges, ferries, buses, ways on foot.

    About one zone in 50 nodes, a third of their people without a car; people are the share `load` of what
    the crossings carry in the horizon. All figures are drawn: it stands for no place.
    """
    rng = np.random.default_rng(seed)
    side = max(3, int((0.96 * n_nodes) ** 0.5))
    city = side * side
    n_far = max(4, n_nodes - city)
    n_crossings = max(2, side // 20)
    quays = np.sort(rng.choice(side, n_crossings, replace=False))
    far = [f"f{i}" for i in range(n_far)]
    across = np.round(quays * (n_far - 1) / max(1, side - 1)).astype(int)
    ferry = np.arange(n_crossings) % 2 == 1
    n_zones = max(2, n_nodes // 50)
    homes = np.sort(rng.choice(city, n_zones, replace=False))
    carried_h = 600 * 3 * int((~ferry).sum()) + 200 * int(ferry.sum())
    share = rng.multinomial(int(load * carried_h * horizon_h), np.full(n_zones, 1 / n_zones))
    places = {f"n{i}": (10 + 0.005 * (i % side), 50 + 0.004 * (i // side)) for i in range(city)}
    places |= {code: (10 + 0.005 * side * i / n_far, 49.995) for i, code in enumerate(far)}
    n_hosts = max(2, n_far // 4)
    hosts = np.sort(rng.choice(n_far, n_hosts, replace=False))
    beds = 2 * int(share.sum()) // n_hosts + 1
    stops = {f"n{quay}" for quay in quays}
    links = [*_streets(side, rng), *_far_road(far), *_crossing_links(quays, across, ferry)]
    return scenario_of(
        drawn(f"city{n_nodes}", f"A generated river city of {n_nodes} nodes", horizon_h, step_s),
        nodes=[row | {"node_type": "stop" if row["node_id"] in stops else ""} for row in nodes(places)],
        links=links,
        crossings=[
            bridge(f"c{i}", f"Crossing {i}", (10.0, 49.99)) | (FERRY if over_water else {})
            for i, over_water in enumerate(ferry.tolist())
        ],
        zones=[
            zone(i, f"n{home}", places[f"n{home}"], int(share[i]),
                 ready_curve=ready_curve(i, horizon_h), **PEOPLE)
            for i, home in enumerate(homes.tolist())
        ],
        hosts=[
            host(i, far[i], places[far[i]], beds, intake_persons_h=float(beds // 4 + 1))
            for i in hosts.tolist()
        ],
        fleets=_fleets(n_nodes, quays, far),
        exposure=[{"place_id": f"z{i}", "rate": 1.0} for i in range(n_zones)],
        assumptions=[assumed("exposure_default_rate", 0.1, "generated", "per person-hour")],
    )  # fmt: skip


def _fleets(n_nodes: int, quays: Any, far: list[str]) -> list[Row]:
    return [
        BUS | {"fleet_id": "city", "vehicles": max(4, n_nodes // 100), "base_node_id": f"n{quays[0]}"},
        BUS | {"fleet_id": "beyond", "vehicles": max(2, n_nodes // 200), "base_node_id": far[0],
               "line": " ".join(far)},
    ]  # fmt: skip


def _link(code: str, tail: str, head: str, length_m: float, **more: Any) -> Row:
    road = {"free_speed": 40.0, "capacity": 600.0, "directed": False}
    return {"link_id": code, "from_node_id": tail, "to_node_id": head, "length": length_m} | road | more


def _streets(side: int, rng: np.random.Generator) -> list[Row]:
    """Rows and the first column whole, two in three of the other streets."""
    rows = [_link(f"e{i}", f"n{i}", f"n{i + 1}", BLOCK_M) for i in range(side * side) if i % side < side - 1]
    columns = [
        _link(f"u{i}", f"n{i}", f"n{i + side}", BLOCK_M)
        for i in range(side * (side - 1))
        if i % side == 0 or rng.random() < 2 / 3
    ]
    return rows + columns


def _far_road(far: list[str]) -> list[Row]:
    return [
        _link(f"r{i}", here, there, 3 * BLOCK_M, lanes=2) for i, (here, there) in enumerate(pairwise(far))
    ]


def _crossing_links(quays: Any, across: Any, ferry: Any) -> list[Row]:
    found = []
    for i, (quay, there, over_water) in enumerate(zip(quays, across, ferry, strict=True)):
        more = {"crossing_id": f"c{i}"}
        if over_water:
            more |= {"facility_type": "ferry", "capacity": 0.0}
        found.append(_link(f"x{i}", f"n{quay}", f"f{there}", 2 * BLOCK_M, **more))
    return found
