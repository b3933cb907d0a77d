"""What the network tells a forecast: how far each host is from each conflict, while which roads are open."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from farshore.scenario.displacement import Displacement

__all__ = ["HostNetwork", "closed_directions", "host_network"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHORTEST_KM = 0.1  # a route of 0 km would read as no route


@dataclass(frozen=True, eq=False)
class HostNetwork:
    """Distances and conflict as arrays; day d of every array depends on nothing after day d.

    sources : int64[n_sources], every place, since conflict may come to any; people : float64[n_sources]
    epoch : int64[n_days]; distance_km : float64[n_epochs, n_sources, n_hosts], inf where shut
    intensity : float64[n_days, n_sources]; age_days : days since the conflict there last broke out
    """

    sources: Ints
    people: Floats
    epoch: Ints
    distance_km: Floats
    intensity: Floats
    age_days: Floats


def host_network(problem: Displacement) -> HostNetwork:
    """Distances by road from every conflict place to every host under the closures of each day.

    People whose place is cut off altogether are taken to leave across country: for them the distance by
    closed roads counts. A host that is closed itself, or all of whose roads are, takes nobody.
    """
    sources = np.arange(problem.n_places)
    whole = _distances(problem, sources, np.ones(2 * len(problem.route_km), dtype=bool))
    ends = np.concatenate([problem.route_from, problem.route_to])
    ends = np.column_stack([ends, np.concatenate([problem.route_to, problem.route_from])])
    known: dict[bytes, int] = {}
    found: list[Floats] = []
    epoch = np.zeros(problem.n_days, np.int64)
    is_open = np.ones(len(ends), dtype=bool)
    host_open = np.ones(len(problem.hosts), dtype=bool)
    turns = sorted(
        (day, order, i)
        for i, closure in enumerate(problem.closures)
        for order, day in enumerate((closure.from_day, closure.until_day))
        if day >= 0
    )
    for day in range(problem.n_days):
        while turns and turns[0][0] <= day:
            _, opens, i = turns.pop(0)
            closure = problem.closures[i]
            if closure.kind in ("camp", "idpcamp"):
                host_open[problem.place_id[problem.hosts] == closure.first] = bool(opens)
            else:
                is_open[closed_directions(problem, closure.kind, closure.first, closure.second)] = bool(opens)
        state = is_open.tobytes() + host_open.tobytes()
        if state not in known:
            known[state] = len(found)
            km = _distances(problem, sources, is_open)
            shut = ~host_open | ~np.isin(problem.hosts, ends[is_open])
            km[:, ~host_open] = np.inf
            cut_off = ~np.isfinite(km).any(axis=1)
            km[cut_off] = np.where(shut, np.inf, whole[cut_off])
            found.append(km)
        epoch[day] = known[state]
    intensity = problem.conflict[:, sources]
    return HostNetwork(
        sources,
        np.nan_to_num(problem.population_persons[sources]),
        epoch,
        np.array(found).reshape(len(found), len(sources), len(problem.hosts)),
        intensity,
        _age_days(intensity),
    )


def closed_directions(problem: Displacement, kind: str, first: str, second: str) -> Flags:
    """bool[2·n_routes], forward then backward: what a closure of this kind shuts. A link shuts both ways."""
    start = np.concatenate([problem.route_from, problem.route_to])
    end = np.concatenate([problem.route_to, problem.route_from])
    if kind == "country":
        a, b = problem.country[start], problem.country[end]
        return np.asarray(((a == first) & (b == second)) | ((a == second) & (b == first)), dtype=bool)
    a, b = problem.place_id[start], problem.place_id[end]
    if kind == "location":
        return np.asarray((a == first) | (b == first), dtype=bool)
    if kind == "link":
        return np.asarray(((a == first) & (b == second)) | ((a == second) & (b == first)), dtype=bool)
    return np.zeros(len(start), dtype=bool)  # forced redirections change no distance


def _distances(problem: Displacement, sources: Ints, is_open: Flags) -> Floats:
    n = problem.n_places
    km = np.zeros((n, n))
    start = np.concatenate([problem.route_from, problem.route_to])[is_open]
    end = np.concatenate([problem.route_to, problem.route_from])[is_open]
    length = np.maximum(np.concatenate([problem.route_km, problem.route_km])[is_open], SHORTEST_KM)
    longest_first = np.argsort(-length, kind="stable")  # of two routes between a pair the shorter stands
    km[start[longest_first], end[longest_first]] = length[longest_first]
    far = dijkstra(km, indices=sources)
    far[sources, sources] = np.inf  # nobody flees to where they are
    return np.ascontiguousarray(far[:, problem.hosts])


def _age_days(intensity: Floats) -> Floats:
    age = np.zeros_like(intensity)
    since = np.zeros(intensity.shape[1])
    before = np.zeros(intensity.shape[1])
    for day in range(len(intensity)):
        since[(intensity[day] > 0) & (before <= 0)] = day
        before = intensity[day]
        age[day] = day - since
    return age
