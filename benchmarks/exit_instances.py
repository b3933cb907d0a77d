"""A grid city with ways out on its rim: one or many, with beds to spare or none, some lost on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from farshore.scenario.rows import empty_rows, make_rows
from farshore.scenario.scenario import About, Operation, Scenario
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

__all__ = ["KINDS", "exits"]

KINDS: Final = ("one bottleneck", "many exits", "few beds", "lost crossings", "few beds, lost crossings")
SIDE: Final = 20
N_EXITS: Final = 8
N_ZONES: Final = 50
HORIZON_H: Final = 16
BUSY_H: Final = 6.0  # in which the exits would carry everybody, were nothing in the way
START: Final = datetime(2030, 5, 1, tzinfo=UTC)


def exits(kind: str, *, seed: int = 1) -> Scenario:
    """A city of 400 junctions, 50 zones, and up to eight bridges on its rim, each to a host of its own.

    Exposure is 1 everywhere, so that only time counts; everybody is ready within two hours; steps of five
    minutes. All figures are drawn: it stands for no place.
    """
    rng = np.random.default_rng([seed, SIDE])
    rim = [i for i in range(SIDE * SIDE) if i % SIDE in (0, SIDE - 1) or i // SIDE in (0, SIDE - 1)]
    quays = rng.choice(rim, N_EXITS, replace=False)
    width = rng.integers(2, 9, N_EXITS) * 150.0  # vehicles an hour
    homes = np.sort(rng.choice(SIDE * SIDE, N_ZONES, replace=False))
    many = kind != "one bottleneck"
    used = N_EXITS if many else 1
    people = int(2 * BUSY_H * width[:used].sum())  # two in a car
    share = rng.multinomial(people, np.full(N_ZONES, 1 / N_ZONES))
    # Beds lie elsewhere than roads lead: where there are none to spare, not everybody can go the near way.
    beds = np.full(used, people)
    if "beds" in kind:
        beds = rng.multinomial(people, rng.dirichlet(np.full(used, 2.0)))
    lost = rng.choice(used, used // 2, replace=False) if "lost" in kind else np.empty(0, int)
    lost_from_h = rng.uniform(1.0, 4.0, len(lost))
    if len(lost) and "beds" in kind:
        beds = beds + people // 3  # or too many would be left behind to compare
    streets = [
        _road(f"s{i}-{j}", f"n{i}", f"n{j}", float(rng.integers(2, 7)) * 100, float(rng.integers(1, 4)) * 200)
        for i in range(SIDE * SIDE)
        for j in (i + 1, i + SIDE)
        if (j < SIDE * SIDE and (j != i + 1 or j % SIDE))
    ]
    ways_out = [
        _road(f"x{i}", f"n{quays[i]}", f"h{i}", 1000.0, float(width[i])) | {"crossing_id": f"c{i}"}
        for i in range(used)
    ]
    places = {f"n{i}": (10 + 0.005 * (i % SIDE), 50 + 0.004 * (i // SIDE)) for i in range(SIDE * SIDE)}
    places |= {f"h{i}": (9.9 + 0.03 * i, 49.9) for i in range(used)}
    return Scenario(
        about=About(
            f"exits{seed}", f"A generated city: {kind}", START, HORIZON_H, 300,
            Operation("a benchmark", "own", "", None),
        ),
        nodes=make_rows(
            Nodes, [{"node_id": code, "x_coord": x, "y_coord": y} for code, (x, y) in places.items()]
        ),
        links=make_rows(Links, streets + ways_out),
        crossings=make_rows(
            Crossings,
            [
                {"crossing_id": f"c{i}", "name": f"Bridge {i}", "kind": "bridge", "x_coord": 10.0,
                 "y_coord": 49.95}
                for i in range(used)
            ],
        ),
        closures=make_rows(
            Closures,
            [
                {"asset_id": f"c{i}", "from_time": _second(hours), "until_time": _second(HORIZON_H),
                 "capacity_factor": 0.0, "reason": "lost"}
                for i, hours in zip(lost.tolist(), lost_from_h.tolist(), strict=True)
            ],
        )
        if len(lost)
        else empty_rows(Closures),
        zones=make_rows(
            Zones,
            [
                {"zone_id": f"z{i}", "name": f"Zone {i}", "node_id": f"n{home}", "persons": int(share[i]),
                 "x_coord": places[f"n{home}"][0], "y_coord": places[f"n{home}"][1],
                 "ready_curve": "0:0.2 2:1"}
                for i, home in enumerate(homes.tolist())
            ],
        ),
        hosts=make_rows(
            Hosts,
            [
                {"host_id": f"h{i}", "name": f"Host {i}", "node_id": f"h{i}", "x_coord": places[f"h{i}"][0],
                 "y_coord": places[f"h{i}"][1], "beds": int(beds[i]), "territory": "own"}
                for i in range(used)
            ],
        ),
        fleets=empty_rows(Fleets),
        exposure=empty_rows(Exposure),
        assumptions=make_rows(
            Assumptions,
            [
                {"key": key, "low": value, "best": value, "high": value, "reason": "generated", "unit": unit}
                for key, value, unit in (
                    ("persons_per_vehicle", 2.0, "persons/veh"),
                    ("exposure_default_rate", 1.0, "per person-hour"),
                )
            ],
        ),
    )  # fmt: skip


def _road(code: str, tail: str, head: str, length_m: float, capacity: float) -> dict[str, Any]:
    return {
        "link_id": code, "from_node_id": tail, "to_node_id": head, "directed": False, "length": length_m,
        "free_speed": 40.0, "capacity": capacity,
    }  # fmt: skip


def _second(hours: float) -> int:
    return int((START + timedelta(hours=hours)).timestamp())
