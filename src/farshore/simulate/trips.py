"""Who travels: vehicles with their people, where and when they start, where to, and by which way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from farshore.simulate.network import AUTO

__all__ = ["CAR", "Kind", "Led", "Shuttles", "Trips", "trips"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of vehicle: its room on the road, its people, the links it may use."""

    name: str
    pcu: float = 1.0  # passenger-car units of saturation flow
    persons: float = 1.0
    uses: int = AUTO
    counts: bool = True  # False: background traffic, loaded but not evacuated

    @property
    def places(self) -> int:
        """Room it takes on a link, in whole passenger cars."""
        return max(1, round(self.pcu))


CAR = Kind("car")


@dataclass(frozen=True, eq=False)
class Shuttles:
    """Buses and trains that fetch people who wait at stops, one row each.

    stop_node, host_exit : int64[n]: node of its stop, and the destination (row of `Trips.exits`) it serves
    kind : int64[n]; first_s, load_s, unload_s, longest_wait_s : float64[n]; seats : int64[n]
    every_s : float64[n], above 0: it leaves its stop by the clock, at multiples of this after the start
    base_node : int64[n], where it starts; ready_s : for each stop node the sorted times at which persons come
    """

    base_node: Ints
    stop_node: Ints
    host_exit: Ints
    kind: Ints
    seats: Ints
    first_s: Floats
    load_s: Floats
    unload_s: Floats
    longest_wait_s: Floats
    every_s: Floats
    ready_s: dict[int, Floats] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Led:
    """Vehicles that are told step by step where to go next: people on foot together, buses with a timetable.

    kind : int64[n]; carried : float64[n], persons in each at first
    foot_nodes, bus_nodes : int64[k], where people on foot and buses set out, each sorted
    trees : (uses, row of `Trips.exits`) of ways that they look for themselves
    route_uses : what each of `Trips.routes` is for
    """

    kind: Ints
    carried: Floats
    foot_nodes: Ints
    bus_nodes: Ints
    trees: tuple[tuple[int, int], ...]
    route_uses: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Trips:
    """Vehicles, one row each.

    origin, exit, kind : int64[n]: start node, row of `exits`, row of `kinds`; departure_s : float64[n]
    route : int64[n], row of `routes`, or -1: follows the shortest way
    informed : bool[n], whether it hears of travel times (a closed road everybody hears of)
    exits : for each destination the nodes at which it is reached, the nearest counts
    routes : link indices of each route
    may_detour : bool[n], whether it leaves its route when that is broken
    """

    origin: Ints
    departure_s: Floats
    exit: Ints
    kind: Ints
    route: Ints
    informed: npt.NDArray[np.bool_]
    may_detour: npt.NDArray[np.bool_]
    exits: tuple[Ints, ...]
    routes: tuple[Ints, ...]
    kinds: tuple[Kind, ...]
    shuttles: Shuttles | None = None
    led: Led | None = None

    def __len__(self) -> int:
        return len(self.origin)


def trips(
    origin: npt.ArrayLike,
    departure_s: npt.ArrayLike,
    *,
    exits: Sequence[npt.ArrayLike],
    exit_: npt.ArrayLike = 0,
    kind: npt.ArrayLike = 0,
    kinds: Sequence[Kind] = (CAR,),
    route: npt.ArrayLike = -1,
    routes: Sequence[npt.ArrayLike] = (),
    informed: npt.ArrayLike = True,
    may_detour: npt.ArrayLike = True,
    shuttles: Shuttles | None = None,
) -> Trips:
    """Trips from plain lists; scalars are spread over all vehicles. Shapes as in `Trips`."""
    starts = np.asarray(origin, np.int64)

    def spread(value: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype), starts.shape))

    return Trips(
        origin=starts,
        departure_s=np.asarray(departure_s, np.float64),
        exit=spread(exit_, np.int64).astype(np.int64),
        kind=spread(kind, np.int64).astype(np.int64),
        route=spread(route, np.int64).astype(np.int64),
        informed=spread(informed, np.bool_).astype(np.bool_),
        may_detour=spread(may_detour, np.bool_).astype(np.bool_),
        exits=tuple(np.atleast_1d(np.asarray(nodes, np.int64)) for nodes in exits),
        routes=tuple(np.asarray(links, np.int64) for links in routes),
        kinds=tuple(kinds),
        shuttles=shuttles,
    )
