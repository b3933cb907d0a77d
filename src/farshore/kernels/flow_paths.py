"""Taking a flow apart into ways that people can be told: from where, when, by which links, how many."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.earliest_arrival import EarliestArrival, Flow, Releases
from farshore.kernels.network import Network

__all__ = ["FlowPaths", "flow_paths"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


class FlowPaths(NamedTuple):
    """Ways of groups of people through a network over time; way w enters links start[w] … start[w + 1] − 1.

    start : int64[n_ways + 1]
    link, entry_step : int32[n_entries], road links only: waiting shows as a later step of entry
    release, persons : int64[n_ways], whose people they are, and how many
    arrival_step : int64[n_ways]
    """

    start: Ints
    link: Int32s
    entry_step: Int32s
    release: Ints
    persons: Ints
    arrival_step: Ints


def flow_paths(network: Network, releases: Releases, solution: EarliestArrival) -> FlowPaths:
    """Ways that add up to a flow; circles that lead nobody anywhere are left out.

    Ford, L. R., Fulkerson, D. R. (1962), Flows in networks: flow decomposition. No way meets a vertex twice:
    where links take no step, a circle closed by two ways together is taken out of the flow.
    """
    carried = releases.persons - solution.unserved_persons
    return _without_waits(network, *_walk(network, releases, solution.flow, carried))


def _walk(
    network: Network, releases: Releases, flow: Flow, carried: Ints
) -> tuple[Ints, Int32s, Int32s, Ints, Ints]:
    width = network.n_steps
    tail = network.tail[flow.link].astype(np.int64) * width + flow.step
    head = network.head[flow.link].astype(np.int64) * width + flow.step + network.transit_steps[flow.link]
    order = np.argsort(tail, kind="stable")
    vertices = np.unique(tail)
    at_sink = network.sink_limit_persons[network.head[flow.link]] >= 0
    onward = np.where(at_sink, -1, np.searchsorted(vertices, head))[order]
    first = np.searchsorted(tail[order], np.append(vertices, np.iinfo(np.int64).max))
    begin = np.searchsorted(vertices, releases.node.astype(np.int64) * width + releases.step)
    entry_of, start, release, persons = _take_apart(
        first, onward, flow.persons[order].astype(np.int64), begin, carried
    )
    return start, flow.link[order][entry_of], flow.step[order][entry_of], release, persons


@njit(cache=True)
def _take_apart(
    first: Ints, onward: Ints, left_persons: Ints, begin: Ints, carried_persons: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Entries of each way in order, begin of each way, its release and its people.

    first : int64[n_vertices + 1], entries that leave a vertex; onward : int64[n_entries], vertex that an
    entry leads to, −1 for a sink; begin : int64[n_releases], vertex of each release
    """
    next_entry = first[:-1].copy()
    place = np.full(len(first) - 1, -1, np.int64)
    way = np.empty(len(first), np.int64)
    entries, start = np.empty(1024, np.int64), np.empty(64, np.int64)
    release, persons = np.empty(64, np.int64), np.empty(64, np.int64)
    n_ways = n_entries = 0
    start[0] = 0
    for i in range(len(begin)):
        wanted = carried_persons[i]
        while wanted > 0:
            n, vertex = 0, begin[i]
            while vertex >= 0:
                if place[vertex] >= 0:  # a circle: nobody needs to go round it
                    least = left_persons[way[place[vertex]]]
                    for k in range(place[vertex], n):
                        least = min(least, left_persons[way[k]])
                    for k in range(place[vertex], n):
                        left_persons[way[k]] -= least
                    back, n = n, place[vertex]
                    round_trip = vertex
                    for k in range(n, back):
                        place[round_trip] = -1
                        round_trip = onward[way[k]]
                while left_persons[next_entry[vertex]] == 0:
                    next_entry[vertex] += 1
                place[vertex] = n
                way[n] = next_entry[vertex]
                vertex = onward[way[n]]
                n += 1
            group = wanted
            for k in range(n):
                group = min(group, left_persons[way[k]])
            if n_entries + n > len(entries):
                entries = np.concatenate((entries, np.empty(n_entries + n, np.int64)))
            if n_ways + 2 > len(start):
                start = np.concatenate((start, np.empty(n_ways + 2, np.int64)))
                release = np.concatenate((release, np.empty(n_ways + 2, np.int64)))
                persons = np.concatenate((persons, np.empty(n_ways + 2, np.int64)))
            for k in range(n):
                left_persons[way[k]] -= group
                entries[n_entries + k] = way[k]
            vertex = begin[i]
            for k in range(n):
                place[vertex] = -1
                vertex = onward[way[k]]
            n_entries += n
            release[n_ways], persons[n_ways] = i, group
            n_ways += 1
            start[n_ways] = n_entries
            wanted -= group
    return entries[:n_entries], start[: n_ways + 1], release[:n_ways], persons[:n_ways]


def _without_waits(
    network: Network, start: Ints, link: Int32s, step: Int32s, release: Ints, persons: Ints
) -> FlowPaths:
    road = link < network.n_roads
    kept = np.concatenate([[0], np.cumsum(road)])
    last = start[1:] - 1
    arrival = step[last].astype(np.int64) + network.transit_steps[link[last]]
    return FlowPaths(kept[start], link[road], step[road], release, persons, arrival)
