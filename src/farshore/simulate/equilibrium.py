"""User equilibrium: drivers change their way from run to run until few would be faster otherwise.

Method of successive averages: in round k a share 1 / (k + 1) of the vehicles moves to the way that was the
fastest for their departure, given the times that the last run observed.

Sheffi, Y. (1985), Urban transportation networks; Merchant & Nemhauser (1978) for the dynamic problem.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.kernels.fastest import fastest_way
from farshore.kernels.trees import incoming
from farshore.simulate.loader import Loaded, load
from farshore.simulate.network import RoadNetwork
from farshore.simulate.trips import Trips

__all__ = ["Gap", "equilibrium", "link_times"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BIN_S = 900.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Travel beyond the fastest ways, as a share of all travel, in each round."""

    rounds: tuple[float, ...]


def equilibrium(
    network: RoadNetwork, demand: Trips, *, iterations: int, settings: dict[str, Any]
) -> tuple[Trips, Loaded, Gap]:
    """Load the demand again and again, vehicles without a fixed route choosing better each time.

    settings : keyword arguments of `load`
    returns : the trips on their last routes, the last loading, the gaps
    """
    free = np.flatnonzero(demand.route < 0)
    rng = np.random.default_rng(settings.get("seed", 0))
    observed = {**settings, "sample_s": min(settings.get("sample_s") or _BIN_S, _BIN_S)}
    ways: dict[tuple[int, ...], int] = {}
    routes: list[Ints] = list(demand.routes)
    trips, gaps = demand, []
    loaded = load(network, replace(demand, informed=np.zeros_like(demand.informed)), **observed)
    for turn in range(iterations):
        if loaded.partial:
            break
        times_s = link_times(network, loaded)
        best, best_s = _best_ways(network, demand, free, times_s, loaded.sample_s, ways, routes)
        took_s = np.where(np.isnan(loaded.arrived_s[free]), loaded.until_s, loaded.arrived_s[free])
        took_s = took_s - demand.departure_s[free]
        usable = best >= 0
        gaps.append(float(1.0 - np.minimum(best_s, took_s)[usable].sum() / max(took_s[usable].sum(), 1e-9)))
        moving = usable & ((rng.random(len(free)) < 1.0 / (turn + 1)) | (trips.route[free] < 0))
        route = trips.route.copy()
        route[free[moving]] = best[moving]
        trips = replace(demand, route=route, routes=tuple(routes), informed=np.zeros_like(demand.informed))
        loaded = load(network, trips, **observed)
    return trips, loaded, Gap(tuple(gaps))


def link_times(network: RoadNetwork, loaded: Loaded) -> Floats:
    """Time to travel each link when entering it at each moment observed: float64[n_samples, n_links].

    Read off the cumulative curves: whoever enters as number n leaves when n have left.
    """
    t = loaded.sample_s
    free_s = network.free_flow_s.copy()
    for service in network.ferries:
        free_s[list(service.links)] = service.trip_s
    times = np.tile(free_s, (len(t), 1))
    used = np.flatnonzero(loaded.entered[-1] > 0)
    for link in used.tolist():
        left = loaded.left[:, link].astype(np.float64)
        rising = np.concatenate([[True], np.diff(left) > 0])
        out_s = np.interp(loaded.entered[:, link], left[rising], t[rising], right=np.nan)
        still = loaded.entered[:, link] > left[-1]
        out_s = np.where(still, np.inf, out_s)
        took = np.where(np.isinf(out_s), loaded.until_s, out_s - t)
        standing = loaded.entered[:, link] > loaded.left[:, link]
        times[:, link] = np.maximum(free_s[link], np.where(standing, took, free_s[link]))
    return times


def _best_ways(
    network: RoadNetwork,
    demand: Trips,
    free: Ints,
    times_s: Floats,
    sample_s: Floats,
    ways: dict[tuple[int, ...], int],
    routes: list[Ints],
) -> tuple[Ints, Floats]:
    """The fastest route of each vehicle by its start, destination and quarter of an hour of departure."""
    first_out, links_out = incoming(network.from_node, network.n_nodes)
    quarter = np.floor(np.minimum(demand.departure_s[free], sample_s[-1]) / _BIN_S)
    key = np.stack(
        [demand.origin[free], demand.exit[free], demand.kind[free], quarter.astype(np.int64)], axis=1
    )
    groups, group = np.unique(key, axis=0, return_inverse=True)
    best, best_s = np.full(len(groups), -1, np.int64), np.full(len(groups), np.inf)
    usable = {k: (network.uses & kind.uses) > 0 for k, kind in enumerate(demand.kinds)}
    goal = np.zeros(network.n_nodes, np.uint8)
    for row, (origin, exit_, kind, slot) in enumerate(groups.tolist()):
        goal[:] = 0
        goal[demand.exits[exit_]] = 1
        links, arrive_s = fastest_way(
            origin,
            (slot + 0.5) * _BIN_S,
            goal,
            first_out,
            links_out,
            network.to_node,
            usable[kind],
            times_s,
            sample_s,
        )
        if not np.isfinite(arrive_s):
            continue
        way = tuple(links.tolist())
        if way not in ways:
            ways[way] = len(routes)
            routes.append(links)
        best[row], best_s[row] = ways[way], arrive_s - (slot + 0.5) * _BIN_S
    return best[group], best_s[group]
