"""Scenarios of the stress benchmarks: Kherson, and the river of the traffic benchmarks as a scenario."""

from datetime import datetime

import numpy as np

from benchmarks.tables import assumed, bridge, host, nodes, scenario_of, zone
from benchmarks.traffic_cases import river
from farshore.scenario import Scenario
from farshore.scenario.scenario import About

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
    return scenario_of(
        About("river", "A river", datetime.fromisoformat("2022-10-14T00:00+03:00"), horizon_h, 1800),
        nodes=nodes(dict(zip(ids, place, strict=True))),
        links=[
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
        crossings=[bridge(code, code, (33.0, 46.0)) for code in crossing_of.values()],
        zones=[
            zone(k, ids[k], place[k], int(count[k]), name=f"z{k}", ready_curve="0:0 6:1")
            for k in homes.tolist()
        ],
        hosts=[host(k, ids[k], place[k], vehicles, name=f"h{k}") for k in case.exits],
        assumptions=[
            assumed("persons_per_vehicle", 1.0, "the case"),
            assumed("backward_wave_kmh", 18.0, "the case"),
        ],
        hazards=[
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
    )
