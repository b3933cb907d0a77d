"""Bus evacuation instances, generated in the shapes of the literature and of kinds that it does not have."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.fleets.problem import BusProblem, bus_problem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BusInstance:
    name: str
    problem: BusProblem


def generated(
    *, depots: int, pickups: int, shelters: int, buses: int, kind: str, tight: bool, seed: int
) -> BusProblem:
    """One instance; kind: `plane` (straight lines), `uniform` (no geometry at all), `streets` (one-way)."""
    random = np.random.default_rng(np.random.SeedSequence([seed, depots, pickups, shelters, buses]))

    def times(tails: Ints, heads: Ints) -> Ints:
        if kind == "uniform":
            return random.integers(1, 61, (len(tails), len(heads)))
        line = np.hypot(*(tails[:, None, :] - heads[None, :, :]).transpose(2, 0, 1))
        if kind == "streets":
            return np.rint(60 + line * random.uniform(6, 14, line.shape)).astype(np.int64)
        return np.maximum(1, np.rint(line)).astype(np.int64)

    yard, meeting, shelter = (random.uniform(0, 100, (n, 2)) for n in (depots, pickups, shelters))
    share = random.dirichlet(np.full(depots, 2.0))
    counts = np.ones(depots, np.int64) if depots <= buses else np.zeros(depots, np.int64)
    for _ in range(buses - int(counts.sum())):
        counts[random.choice(depots, p=share)] += 1
    loads = random.integers(1, 6, pickups)
    parts = random.dirichlet(np.full(shelters, 3.0))
    room = np.floor(parts * loads.sum() * (1.05 if tight else 2.0)).astype(np.int64)
    while room.sum() < loads.sum():
        room[random.integers(shelters)] += 1
    out = times(meeting, shelter)
    back = times(shelter, meeting) if kind == "streets" else out.T
    return bus_problem(
        buses=counts, loads=loads, room=room, pull_out=times(yard, meeting), out_time=out, back_time=back
    )


def instances() -> Iterator[BusInstance]:
    """45 small (2 to 10 pickups), 45 of a city (52 pickups, 12 shelters, 5 depots, 10 to 75 buses)."""
    kinds = ("plane", "uniform", "streets")
    for pickups in range(2, 11):
        for number in range(5):
            kind, tight = kinds[(pickups + number) % 3], number % 2 == 0
            buses, shelters = 2 + (pickups + 2 * number) % 6, 2 + number % 4
            problem = generated(
                depots=1 + number % 2,
                pickups=pickups,
                shelters=shelters,
                buses=buses,
                kind=kind,
                tight=tight,
                seed=number,
            )
            yield BusInstance(f"small-{pickups:02}-{shelters}-{buses}-{kind}-{number}", problem)
    for size, buses in enumerate((10, 15, 20, 25, 30, 40, 50, 60, 75)):
        for number in range(5):
            kind, tight = kinds[(size + number) % 3], number % 2 == 0
            problem = generated(
                depots=5, pickups=52, shelters=12, buses=buses, kind=kind, tight=tight, seed=number
            )
            yield BusInstance(f"city-52-12-{buses:02}-{kind}-{number}", problem)
