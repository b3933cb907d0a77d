"""Bus evacuation instances: seeded, in the two shapes of the literature, and of kinds that it does not have.

`drawn`: 2 to 10 pickups and as many shelters, one depot, half as many buses and one more, loads of 1 to 5 and
drives of 1 to 10 (Goerigk, Grün & Heßler 2013; Loyola Vitali, Montero & Riff 2017). `city`: 5 depots, 52
pickups, 12 shelters with no bed to spare, 10 to 75 buses, drives in metres along streets.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.fleets.problem import BusProblem, bus_problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CITY_BUSES = (10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75)


@dataclass(frozen=True)
class BusInstance:
    name: str
    problem: BusProblem


def _random(*words: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(words))


def drawn(size: int, number: int) -> BusInstance:
    """One of the small shape: drives know no geometry, and ways back are as long as those out."""
    random = _random(size, number)
    loads = random.integers(1, 6, size)
    room = random.integers(1, 11, size)
    while room.sum() < loads.sum():
        room[random.integers(size)] += 1
    buses = size // 2 + 1
    out = random.integers(1, 11, (size, size))
    problem = bus_problem(
        buses=[buses],
        loads=loads,
        room=room,
        pull_out=random.integers(1, 11, (1, size)),
        out_time=out,
        back_time=out.T,
    )
    return BusInstance(f"drawn-{size:02}-{number}", problem)


def city(buses: int) -> BusInstance:
    """One of the large shape: streets between scattered places, few of them far out; every bed is needed."""
    random = _random(52, 12, 5, buses)
    places = random.uniform(-1, 1, (5 + 52 + 12, 2)) * (6_000, 4_000)
    metres = np.abs(places[:, None] - places[None, :]).sum(axis=2)  # along streets
    metres = np.rint(metres + 120).astype(np.int64)
    loads = random.choice([1, 2, 3], 52, p=[0.68, 0.22, 0.1])
    parts = random.dirichlet(np.full(12, 3.0))
    room = np.floor(parts * loads.sum()).astype(np.int64)
    while room.sum() < loads.sum():
        room[random.integers(12)] += 1
    counts = np.full(5, buses // 5)
    counts[: buses % 5] += 1
    yard, meeting, shelter = slice(0, 5), slice(5, 57), slice(57, 69)
    problem = bus_problem(
        buses=counts,
        loads=loads,
        room=room,
        pull_out=metres[yard, meeting],
        out_time=metres[meeting, shelter],
        back_time=metres[shelter, meeting],
    )
    return BusInstance(f"city-52-12-{buses:02}", problem)


def one_way(buses: int) -> BusInstance:
    """A kind that the literature does not have: ways back unlike those out, a fifth of the beds to spare."""
    random = _random(1, buses)
    plain = city(buses).problem
    lengthen = random.uniform(0.8, 1.6, plain.back_time.shape)
    problem = bus_problem(
        buses=plain.buses,
        loads=plain.loads,
        room=plain.room + -(-plain.room // 5),
        pull_out=plain.pull_out,
        out_time=plain.out_time,
        back_time=np.rint(plain.back_time * lengthen).astype(np.int64),
    )
    return BusInstance(f"one-way-52-12-{buses:02}", problem)


def drawn_instances() -> Iterator[BusInstance]:
    """The 90 of the small shape: ten of each size."""
    for size in range(2, 11):
        for number in range(10):
            yield drawn(size, number)


def city_instances() -> Iterator[BusInstance]:
    """The 14 of the large shape, and 4 of streets that lead one way."""
    for buses in CITY_BUSES:
        yield city(buses)
    for buses in (10, 25, 50, 75):
        yield one_way(buses)
