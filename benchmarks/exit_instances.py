"""A grid city with ways out on its rim: one or many, with beds to spare or none, some lost on the way."""

from typing import Final

import numpy as np

from benchmarks.tables import Row, assumed, bridge, drawn, host, lost, nodes, scenario_of, zone
from farshore.scenario import Scenario

__all__ = ["KINDS", "exits"]

KINDS: Final = ("one bottleneck", "many exits", "few beds", "lost crossings", "few beds, lost crossings")
SIDE: Final = 20
N_EXITS: Final = 8
N_ZONES: Final = 50
HORIZON_H: Final = 16
BUSY_H: Final = 6.0  # in which the exits would carry everybody, were nothing in the way


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
    falling = rng.choice(used, used // 2, replace=False) if "lost" in kind else np.empty(0, int)
    falling_h = rng.uniform(1.0, 4.0, len(falling))
    if len(falling) and "beds" in kind:
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
    return scenario_of(
        drawn(f"exits{seed}", f"A generated city: {kind}", HORIZON_H, 300),
        nodes=nodes(places),
        links=streets + ways_out,
        crossings=[bridge(f"c{i}", f"Bridge {i}", (10.0, 49.95)) for i in range(used)],
        closures=[
            lost(f"c{i}", hours, HORIZON_H)
            for i, hours in zip(falling.tolist(), falling_h.tolist(), strict=True)
        ],
        zones=[
            zone(i, f"n{home}", places[f"n{home}"], int(share[i]), ready_curve="0:0.2 2:1")
            for i, home in enumerate(homes.tolist())
        ],
        hosts=[host(i, f"h{i}", places[f"h{i}"], int(beds[i])) for i in range(used)],
        assumptions=[
            assumed("persons_per_vehicle", 2.0, "generated", "persons/veh"),
            assumed("exposure_default_rate", 1.0, "generated", "per person-hour"),
        ],
    )


def _road(code: str, tail: str, head: str, length_m: float, capacity: float) -> Row:
    return {
        "link_id": code, "from_node_id": tail, "to_node_id": head, "directed": False, "length": length_m,
        "free_speed": 40.0, "capacity": capacity,
    }  # fmt: skip
