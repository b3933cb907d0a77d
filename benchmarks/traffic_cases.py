"""Networks of the traffic benchmarks: a river with few crossings, and country-wide grids."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from farshore.kernels.trees import grow_tree, incoming, room_for_tree
from farshore.simulate.network import RoadNetwork, road_network

__all__ = ["Case", "grid_with_exits", "narrow_river", "river", "shortest_routes"]


@dataclass(frozen=True, eq=False)
class Case:
    """A network, its coordinates, and demand: vehicles by origin, exit and window of departure."""

    name: str
    network: RoadNetwork
    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    lanes: npt.NDArray[np.int64]
    speed_mps: npt.NDArray[np.float64]
    jam_veh_m: float
    origin: npt.NDArray[np.int64]
    departure_s: npt.NDArray[np.float64]
    exit: npt.NDArray[np.int64]
    exits: tuple[int, ...]
    until_s: float


def saturation(speed: npt.ArrayLike, lanes: npt.ArrayLike, jam: float = 0.2) -> npt.NDArray[np.float64]:
    """Top of the triangular diagram with reaction time 1 s, which is what UXsim derives."""
    u = np.asarray(speed, float)
    return np.asarray(lanes) * u * jam / (1 + u * jam)


def river(vehicles: int = 60_000, columns: int = 30, rows: int = 20, *, until_s: float = 57_600.0) -> Case:
    """A bank of 2 km blocks, three crossings of 1, 2 and 2 lanes, three hosts 60 km beyond."""

    def at(i: int, j: int) -> int:
        return i * rows + j

    crossings = ((rows * 3 // 20, 1), (rows // 2, 2), (rows * 16 // 20, 2))
    links: list[tuple[int, int, float, float, int]] = []
    xy = [(i * 2000.0, j * 2000.0) for i in range(columns) for j in range(rows)]
    main = {j for j, _ in crossings}
    for i in range(columns):
        for j in range(rows):
            for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                p, q = i + a, j + b
                if 0 <= p < columns and 0 <= q < rows:
                    links.append((at(i, j), at(p, q), 2000.0, 20.0, 2 if b == 0 and j in main else 1))
    hosts = []
    east = []
    for j, lanes in crossings:
        east.append(len(xy))
        xy.append((columns * 2000.0 + 1000, j * 2000.0))
        hosts.append(len(xy))
        xy.append((columns * 2000.0 + 60_000, j * 2000.0))
        links.append((at(columns - 1, j), east[-1], 1500.0, 15.0, lanes))
        links.append((east[-1], hosts[-1], 60_000.0, 25.0, lanes))
    for k in range(2):
        links += [(east[k], east[k + 1], 14_000.0, 20.0, 1), (east[k + 1], east[k], 14_000.0, 20.0, 1)]
    rng = np.random.default_rng(1)
    weight = rng.pareto(1.5, columns * rows) + 0.2
    count = np.floor(vehicles * weight / weight.sum() + rng.random(columns * rows)).astype(int)
    origin = np.repeat(np.arange(columns * rows), count)
    departure = rng.random(len(origin)) * 21_600
    exit_ = rng.choice(3, len(origin), p=(0.2, 0.4, 0.4))
    return _case(f"river {vehicles}", xy, links, origin, departure, exit_, tuple(hosts), until_s)


def grid_with_exits(
    side: int, vehicles: int, *, exits: int = 4, window_s: float = 21_600, until_s: float = 259_200
) -> Case:
    """A square grid of 1 km blocks, every tenth street with two lanes, exits on the far side."""
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([number[:-1].ravel(), number[1:].ravel()]),
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
        ],
        axis=1,
    )
    a = np.concatenate([pairs[0], pairs[1]])
    b = np.concatenate([pairs[1], pairs[0]])
    arterial = ((a // side == b // side) & (a // side % 10 == 5)) | (
        (a % side == b % side) & (a % side % 10 == 5)
    )
    rng = np.random.default_rng(2)
    ends = number[-1, np.linspace(side // 20, side - 1 - side // 20, exits).astype(int) // 10 * 10 + 5]
    xy = [(float(n // side) * 1000, float(n % side) * 1000) for n in range(side * side)]
    links = [
        (int(s), int(e), 1000.0, 25.0 if big else 15.0, 3 if big else 1)
        for s, e, big in zip(a, b, arterial, strict=True)
    ]
    origin = rng.integers(0, side * side, vehicles)
    departure = np.sort(rng.random(vehicles)) * window_s
    nearest = np.abs(origin[:, None] % side - ends[None, :] % side).argmin(axis=1)
    return _case(f"grid {side}", xy, links, origin, departure, nearest, tuple(map(int, ends)), until_s)


def _case(name, xy, links, origin, departure, exit_, exits, until_s) -> Case:  # type: ignore[no-untyped-def]
    start, end, length, speed, lanes = (np.array(column) for column in zip(*links, strict=True))
    keep = ~np.isin(origin, exits)
    jam = 0.2
    network = road_network(
        start,
        end,
        length,
        speed,
        saturation(speed, lanes, jam),
        jam_veh_m=jam,
        lanes=lanes,
        wave_mps=1.0 / jam,
    )
    x, y = (np.array(column, float) for column in zip(*xy, strict=True))
    return Case(
        name,
        network,
        x,
        y,
        lanes,
        speed.astype(float),
        jam,
        origin[keep],
        departure[keep],
        exit_[keep],
        exits,
        until_s,
    )


def crossing_streams(side: int = 11, *, veh_s: float = 0.035, until_s: float = 7200.0) -> Case:
    """A square grid of 1 km blocks with streams from each side to the opposite one: it locks up."""
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([number[:-1].ravel(), number[1:].ravel()]),
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
        ],
        axis=1,
    )
    ends = [(int(a), int(b)) for a, b in pairs.T] + [(int(b), int(a)) for a, b in pairs.T]
    links = [(a, b, 1000.0, 20.0, 1) for a, b in ends]
    sides = ((number[0], number[-1]), (number[-1], number[0]), (number[:, 0], number[:, -1]))
    streams = [
        (int(a), int(b)) for one, other in (*sides, (number[:, -1], number[:, 0])) for a in one for b in other
    ]
    each = int(veh_s * 3600)
    xy = [(float(n // side) * 1000, float(n % side) * 1000) for n in range(side * side)]
    exits = tuple(sorted({b for _, b in streams}))
    origin = np.repeat([a for a, _ in streams], each)
    exit_ = np.repeat([exits.index(b) for _, b in streams], each)
    departure = np.tile((np.arange(each) + 0.5) * 3600 / each, len(streams))
    rim = replace(
        _case("crossing", xy, links, np.zeros(0, int), np.zeros(0), np.zeros(0, int), exits, until_s)
    )
    return replace(rim, origin=origin, exit=exit_, departure_s=departure)


def narrow_river(vehicles: int = 6000, draw: int = 0) -> Case:
    """A small river with one lane on each crossing and half an hour of departures: the crossings decide.

    No zone sends more than its streets take: where one does, its own junction decides, and how simulators
    let a waiting vehicle onto an empty lane differs (UXsim one a second, whatever the lane's capacity).
    """
    case = river(vehicles, 8, 6, until_s=14_400.0)
    lanes = np.where(case.lanes > 1, 1, case.lanes)
    network = road_network(
        case.network.from_node,
        case.network.to_node,
        case.network.length_m,
        case.speed_mps,
        saturation(case.speed_mps, lanes),
        jam_veh_m=case.jam_veh_m,
        lanes=lanes,
        wave_mps=1 / case.jam_veh_m,
    )
    rng = np.random.default_rng(draw)
    weight = np.minimum(np.bincount(case.origin), vehicles / 10).astype(float)
    origin = rng.choice(len(weight), len(case.origin), p=weight / weight.sum())
    return replace(
        case,
        network=network,
        lanes=lanes,
        origin=origin,
        departure_s=case.departure_s / 12,
        name="narrow river",
    )


def shortest_routes(case: Case) -> list[list[int]]:
    """The free-flow shortest route of each vehicle."""
    network = case.network
    first_in, links_in = incoming(network.to_node, network.n_nodes)
    routes: list[list[int]] = [[] for _ in case.origin]
    for row, exit_ in enumerate(case.exits):
        follow = np.empty(network.n_nodes, np.int32)
        grow_tree(
            np.array([exit_]),
            first_in,
            links_in,
            network.from_node[links_in].astype(np.int32),
            network.free_flow_s[links_in],
            follow,
            np.empty(network.n_nodes),
            room_for_tree(network.n_nodes),
        )
        known: dict[int, list[int]] = {}
        for k in np.flatnonzero(case.exit == row).tolist():
            start = int(case.origin[k])
            if start not in known:
                way, node = [], start
                while follow[node] >= 0:
                    way.append(int(follow[node]))
                    node = int(network.to_node[follow[node]])
                known[start] = way
            routes[k] = known[start]
    return routes
