"""Scenarios of the stress benchmarks: Kherson, and the river of the traffic benchmarks as a scenario."""

from datetime import datetime

import numpy as np

from benchmarks.traffic_cases import river
from farshore.scenario.rows import empty_rows, make_rows
from farshore.scenario.scenario import About, Scenario
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

__all__ = ["river_scenario"]


def river_scenario(vehicles: int = 240_000, horizon_h: int = 48) -> Scenario:
    """A bank of 2 km blocks, three crossings that may be lost, three hosts beyond; one person a vehicle.

    Nobody has a plan: people leave over six hours for the nearest host, and half of them hear of queues.
    """
    case = river(vehicles)
    network, ids = case.network, [f"n{k}" for k in range(case.network.n_nodes)]
    # the links over the water leave the bank's last column, in three rows
    over = np.flatnonzero(case.network.length_m == 1500.0)
    crossing_of = {int(link): f"crossing_{k}" for k, link in enumerate(over)}
    count = np.bincount(case.origin, minlength=network.n_nodes)
    homes = np.flatnonzero(count)
    place = [
        (32 + float(x) / 70_000, 46 + float(y) / 111_000) for x, y in zip(case.x_m, case.y_m, strict=True)
    ]
    return Scenario(
        about=About("river", "A river", datetime.fromisoformat("2022-10-14T00:00+03:00"), horizon_h, 1800),
        nodes=make_rows(
            Nodes,
            [{"node_id": ids[k], "x_coord": place[k][0], "y_coord": place[k][1]} for k in range(len(ids))],
        ),
        links=make_rows(
            Links,
            [
                {
                    "link_id": f"l{k}",
                    "from_node_id": ids[int(network.from_node[k])],
                    "to_node_id": ids[int(network.to_node[k])],
                    "length": float(network.length_m[k]),
                    "free_speed": float(case.speed_mps[k]) * 3.6,
                    "lanes": int(case.lanes[k]),
                    "capacity": float(network.saturation_veh_s[k]) * 3600 / int(case.lanes[k]),
                    "crossing_id": crossing_of.get(k, ""),
                    "jam_density": 200.0,
                }
                for k in range(network.n_links)
            ],
        ),
        crossings=make_rows(
            Crossings,
            [
                {"crossing_id": code, "name": code, "kind": "bridge", "x_coord": 33.0, "y_coord": 46.0}
                for code in crossing_of.values()
            ],
        ),
        closures=empty_rows(Closures),
        zones=make_rows(
            Zones,
            [
                {
                    "zone_id": f"z{k}",
                    "name": f"z{k}",
                    "node_id": ids[k],
                    "x_coord": place[k][0],
                    "y_coord": place[k][1],
                    "persons": int(count[k]),
                    "ready_curve": "0:0 6:1",
                }
                for k in homes.tolist()
            ],
        ),
        hosts=make_rows(
            Hosts,
            [
                {
                    "host_id": f"h{k}",
                    "name": f"h{k}",
                    "node_id": ids[k],
                    "x_coord": place[k][0],
                    "y_coord": place[k][1],
                    "beds": vehicles,
                    "territory": "own",
                }
                for k in case.exits
            ],
        ),
        fleets=empty_rows(Fleets),
        exposure=empty_rows(Exposure),
        assumptions=make_rows(
            Assumptions,
            [
                {"key": key, "low": value, "best": value, "high": value, "reason": "the case"}
                for key, value in (("persons_per_vehicle", 1.0), ("backward_wave_kmh", 18.0))
            ],
        ),
        hazards=make_rows(
            Hazards,
            [
                {
                    "hazard_id": f"loss_{code}",
                    "asset_id": code,
                    "what": "loss",
                    "rate_per_day": 1.0,
                    "hours_low": 1.0,
                    "hours_best": 3.0,
                    "hours_high": 12.0,
                    "factor_after": 0.7,
                    "reason": "the case",
                }
                for code in crossing_of.values()
            ],
        ),
    )
