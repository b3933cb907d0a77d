"""A region of towns on two banks of a river, where distances are long, beds few and crossings may be lost.

In a city whose ways out are full, it hardly matters who takes which (`exit_instances`). Here it does: host
towns are near for some and far for others, and who is on the wrong bank when a crossing falls has only its
own hosts left. Nothing is tuned to any planner: places, widths, beds and losses are drawn by seed.
"""

from typing import Final

import numpy as np

from benchmarks.tables import assumed, bridge, drawn, host, lost, nodes, scenario_of, zone
from benchmarks.zone_instances import Floats, Ints, roads_between, scattered
from farshore.scenario import Scenario

__all__ = ["KINDS", "region"]

KINDS: Final = (
    "beds to spare",
    "few beds",
    "lost crossings",
    "few beds, lost crossings",
    "hosts on one bank, lost crossings",
)
WIDTH_M, HEIGHT_M = 120_000.0, 80_000.0
TOWNS: Final = 120
HOSTS: Final = 8
ZONES: Final = 30
PEOPLE: Final = 60_000
BRIDGES: Final = 6  # shortest roads over the river that are left
HORIZON_H: Final = 24


def region(kind: str, seed: int) -> Scenario:
    """30 towns to leave and 8 to go to among 120, in 120 × 80 km; a river in the middle with six bridges.

    Few beds: a tenth more than people, by a Dirichlet draw; else every host has beds for all. Lost crossings:
    half of the bridges, each at a moment between the second and the sixth hour, and both planners know. One
    bank: all hosts lie north of the river, with beds to spare.
    Exposure is 1 everywhere, so that only time counts; everybody is ready within two hours; steps of 10 min.
    """
    rng = np.random.default_rng([seed, TOWNS])
    at = scattered(rng, TOWNS, WIDTH_M, HEIGHT_M)
    at, roads, bridges = _over_a_river(at, rng)
    width = rng.choice([400.0, 600.0, 900.0, 1200.0], len(roads))  # vehicles an hour
    towns = rng.permutation(TOWNS)
    if "one bank" in kind:
        towns = towns[np.argsort(at[towns, 1] <= HEIGHT_M / 2, kind="stable")]
        towns[HOSTS:] = rng.permutation(towns[HOSTS:])
    hosts, homes = towns[:HOSTS], np.sort(towns[HOSTS : HOSTS + ZONES])
    share = rng.lognormal(0, 0.6, ZONES)
    people = np.maximum(1, np.round(PEOPLE * share / share.sum())).astype(np.int64)
    beds = np.full(HOSTS, people.sum())
    few = rng.multinomial(int(1.1 * people.sum()), rng.dirichlet(np.full(HOSTS, 2.0)))
    if "few beds" in kind:
        beds = few
    falling = rng.choice(bridges, len(bridges) // 2, replace=False)
    falling_h = rng.uniform(2.0, 6.0, len(falling))
    if "lost" not in kind:
        falling = falling[:0]
    return _scenario(f"{kind}, {seed}", at, roads, bridges, width, hosts, homes, people, beds,
                     dict(zip(falling.tolist(), falling_h.tolist(), strict=False)))  # fmt: skip


def _over_a_river(at: Floats, rng: np.random.Generator) -> tuple[Floats, Ints, Ints]:
    """Towns drawn apart by the river, roads, and which of them are bridges."""
    north = at[:, 1] > HEIGHT_M / 2
    roads = roads_between(at, TOWNS, 2 * TOWNS, rng)
    over = np.flatnonzero(north[roads[:, 0]] != north[roads[:, 1]])
    metres = np.hypot(*(at[roads[over, 0]] - at[roads[over, 1]]).T)
    kept = np.ones(len(roads), bool)
    kept[over[np.argsort(metres)[BRIDGES:]]] = False
    is_bridge = np.isin(np.arange(len(roads)), over)[kept]
    return at, roads[kept], np.flatnonzero(is_bridge)


def _scenario(
    title: str,
    at: Floats,
    roads: Ints,
    bridges: Ints,
    width: Floats,
    hosts: Ints,
    homes: Ints,
    people: Ints,
    beds: Ints,
    falling: dict[int, float],
) -> Scenario:
    places = [(10 + x / 71_500, 50 + y / 111_000) for x, y in at.tolist()]
    crossing = {road: f"c{number}" for number, road in enumerate(bridges.tolist())}
    links = [
        {
            "link_id": f"r{road}", "from_node_id": f"n{a}", "to_node_id": f"n{b}", "directed": False,
            "length": round(1.25 * float(np.hypot(*(at[a] - at[b]))), 1), "free_speed": 60.0, "lanes": 1,
            "capacity": float(width[road]),
        }
        | ({"crossing_id": crossing[road]} if road in crossing else {})
        for road, (a, b) in enumerate(roads.tolist())
    ]  # fmt: skip
    return scenario_of(
        drawn("region", f"A generated region: {title}", HORIZON_H, 600),
        nodes=nodes({f"n{i}": place for i, place in enumerate(places)}),
        links=links,
        crossings=[bridge(code, f"Bridge {code}", places[roads[road, 0]]) for road, code in crossing.items()],
        closures=[lost(crossing[road], hours, HORIZON_H) for road, hours in falling.items()],
        zones=[
            zone(i, f"n{home}", places[home], int(people[i]), ready_curve="0:0.2 2:1")
            for i, home in enumerate(homes.tolist())
        ],
        hosts=[host(i, f"n{node}", places[node], int(beds[i])) for i, node in enumerate(hosts.tolist())],
        assumptions=[
            assumed("persons_per_vehicle", 2.0, "generated", "persons/veh"),
            assumed("exposure_default_rate", 1.0, "generated", "per person-hour"),
        ],
    )
