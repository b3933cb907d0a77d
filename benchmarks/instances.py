"""Networks over time to measure the core on: river cities, grids, and Padang where its file is at hand."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from farshore.kernels.earliest_arrival import Releases, releases_of
from farshore.kernels.network import UNLIMITED, Network, build_network

__all__ = ["TimedProblem", "data_folder", "grid", "padang", "river_city"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TimedProblem:
    """Links as they are given, people at home from the first step on, one sink; nobody waits on the road."""

    n_nodes: int
    n_steps: int
    tail: Ints
    head: Ints
    transit_steps: Ints
    capacity_persons: Ints
    home: Ints
    persons: Ints
    sink: int

    def network(self) -> Network:
        """The arrays that the core eats."""
        storage = np.zeros(self.n_nodes, np.int64)
        storage[self.home] = UNLIMITED
        return build_network(
            n_nodes=self.n_nodes,
            n_steps=self.n_steps,
            tail=self.tail,
            head=self.head,
            transit_steps=self.transit_steps,
            capacity_persons=np.minimum(self.capacity_persons, self.persons.sum()),
            sinks=[self.sink],
            storage_persons=storage,
        )

    def releases(self) -> Releases:
        """Everybody, ready in the first step."""
        return releases_of(self.home, np.zeros(len(self.home)), self.persons)


def data_folder() -> Path:
    """Where data lies that is not part of the project: FARSHORE_DATA, or beside the checkout."""
    return Path(os.environ.get("FARSHORE_DATA") or Path(__file__).parents[2] / "shared" / "data")


def padang(n_steps: int = 351) -> TimedProblem | None:
    """The tsunami evacuation network of Padang, people in groups of ten, steps of 10 s; None if not at hand.

    Lämmel, G., Grether, D., Nagel, K. (2010), The representation and implementation of time-dependent
    inundation in large-scale microscopic evacuation simulations. Transportation Research C 18.
    """
    file = data_folder() / "padang" / "padang.dat"
    if not file.exists():
        return None
    records = [line.split() for line in file.read_text().splitlines() if line[:1] in "VE"]
    supply = {r[1]: int(r[2]) for r in records if r[0] == "V"}
    links = [r for r in records if r[0] == "E"]
    number = {name: i for i, name in enumerate(dict.fromkeys([*supply, *(n for r in links for n in r[1:3])]))}
    home = [name for name, persons in supply.items() if persons > 0]
    (sink,) = (name for name, persons in supply.items() if persons < 0)
    return TimedProblem(
        n_nodes=len(number),
        n_steps=n_steps,
        tail=np.array([number[r[1]] for r in links]),
        head=np.array([number[r[2]] for r in links]),
        transit_steps=np.array([int(r[4]) for r in links]),
        capacity_persons=np.array([int(r[3]) for r in links]),
        home=np.array([number[name] for name in home]),
        persons=np.array([supply[name] for name in home]),
        sink=number[sink],
    )


def grid(n_nodes: int, *, seed: int = 1, n_steps: int = 336) -> TimedProblem:
    """A square grid with shelters at random: as many ways compete as can."""
    rng = np.random.default_rng(seed)
    side = max(2, int((n_nodes - 1) ** 0.5))
    tail, head = _streets(side, 4 * side * (side - 1), rng)
    shelter = rng.choice(side * side, max(1, side // 2), replace=False)
    sink = side * side
    rest = np.setdiff1d(np.arange(side * side), shelter)
    home = np.sort(rng.choice(rest, max(1, len(rest) // 2), replace=False))
    door = rng.integers(2, 6, len(shelter))
    share = rng.multinomial(door.sum() * n_steps // 2, np.full(len(home), 1 / len(home)))
    return _assembled(
        sink, n_steps, rng, (tail, head), (shelter, np.full(len(shelter), sink), door), home, share
    )


def river_city(
    n_nodes: int, *, n_links: int | None = None, seed: int = 1, n_steps: int = 336
) -> TimedProblem:
    """A grid city on one bank, a few crossings, a road on the other bank with hosts along it.

    People are as many as the crossings carry in 168 steps or half of all. About 3.07 links a node.
    """
    rng = np.random.default_rng(seed)
    side = int((0.97 * (n_nodes - 2)) ** 0.5)
    city, sink = side * side, n_nodes - 1
    beyond = np.arange(city, sink)
    n_crossings = max(2, side // 10)
    n_hosts = max(2, len(beyond) // 4)
    links = n_links or round(3.07 * n_nodes)
    tail, head = _streets(side, links - n_crossings - n_hosts - 2 * (len(beyond) - 1), rng)
    road = (np.concatenate([beyond[:-1], beyond[1:]]), np.concatenate([beyond[1:], beyond[:-1]]))
    quay = rng.choice(side, n_crossings, replace=False)
    width = rng.integers(6, 13, n_crossings)
    landing = rng.choice(beyond, n_crossings, replace=len(beyond) < n_crossings)
    host = rng.choice(beyond, n_hosts, replace=False)
    people = int(0.5 * min(n_steps, 336) * width.sum())
    home = np.sort(rng.choice(city, max(1, 2 * city // 3), replace=False))
    share = rng.multinomial(people, np.full(len(home), 1 / len(home)))
    streets = (np.concatenate([tail, road[0]]), np.concatenate([head, road[1]]))
    special = (
        np.concatenate([quay, host]),
        np.concatenate([landing, np.full(n_hosts, sink)]),
        np.concatenate([width, rng.integers(8, 25, n_hosts)]),
    )
    return _assembled(sink, n_steps, rng, streets, special, home, share)


def _streets(side: int, n_links: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Two-way streets of a grid, thinned to a number of links; rows and the first column stay whole."""
    node = np.arange(side * side)
    east, north = node[node % side < side - 1], node[: side * (side - 1)]
    keep = north % side == 0
    spare = np.flatnonzero(~keep)
    n_kept = min(len(spare), max(0, n_links // 2 - len(east) - int(keep.sum())))
    keep[rng.choice(spare, n_kept, replace=False)] = True
    a = np.concatenate([east, north[keep]])
    b = np.concatenate([east + 1, north[keep] + side])
    return np.concatenate([a, b]), np.concatenate([b, a])


def _assembled(
    sink: int,
    n_steps: int,
    rng: np.random.Generator,
    streets: tuple[Ints, Ints],
    special: tuple[Ints, Ints, Ints],
    home: Ints,
    persons: Ints,
) -> TimedProblem:
    n_streets = len(streets[0])
    tail, head = np.concatenate([streets[0], special[0]]), np.concatenate([streets[1], special[1]])
    steps = np.concatenate([rng.integers(1, 4, n_streets), rng.integers(2, 6, len(special[0]))])
    steps[head == sink] = 0
    capacity = np.concatenate([rng.integers(2, 9, n_streets), special[2]])
    there = persons > 0
    return TimedProblem(
        sink + 1, n_steps, tail, head, steps, capacity, home[there], persons[there].astype(np.int64), sink
    )
