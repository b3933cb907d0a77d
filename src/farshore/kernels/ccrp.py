"""A capacity-constrained route planner: who can arrive soonest reserves the way, and nobody gives one back.

Planners of this kind are quick and feasible, and nothing says how far from the best they are: near it behind
a single bottleneck, and well off it where ways compete. It is here to be compared with.

Lu, Q., George, B., Shekhar, S. (2005), Capacity constrained routing algorithms for evacuation planning. SSTD.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.earliest_arrival import EarliestArrival, Flow, Releases
from farshore.kernels.network import Network, capacity_at

__all__ = ["capacity_constrained_routes"]

_NONE = -1  # nothing leads on from here that has been found yet
_CLOSED = -2  # a sink can be reached from here, but nobody who waits can come here

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


def capacity_constrained_routes(network: Network, releases: Releases) -> EarliestArrival:
    """The flow of the planner CCRP: of all waiting people those who can arrive first, by a way with room.

    CCRP asks anew for the earliest of all arrivals after each reservation. Looking at the steps in turn, and
    in each sending all who can still arrive, reserves ways in the same order of arrival. Of those
    who can arrive in a step the nearest go first, by a way of few links, and whoever can leave late for the
    same arrival does: that blocks least, and so is greedy at its best. Nothing is proven of the result:
    `proven_steps` is 0.

    Memory: 4 bytes a link and step, and 16 a node and step. Raises ValueError if releases lie outside
    the network or start at a sink.
    """
    if len(releases.node) and (
        releases.node.max() >= network.n_nodes or releases.step.max() >= network.n_steps
    ):
        raise ValueError("a release lies outside the network or its steps")
    if (network.sink_limit_persons[releases.node] >= 0).any():
        raise ValueError("a release lies at a sink")
    used = np.zeros((len(network.tail), network.n_steps), np.int32)
    waiting, arrivals = releases.persons.copy(), np.zeros(network.n_steps, np.int64)
    searches, ways = _route_all(network, releases, waiting, network.sink_limit_persons.copy(), used, arrivals)
    link, step = (each.astype(np.int32) for each in np.nonzero(used))
    most = np.zeros(network.n_steps, np.int64)
    return EarliestArrival(
        Flow(link, step, used[link, step]), arrivals, most, waiting, 0, int(searches), int(ways)
    )


@njit(cache=True)
def _label(
    network: Network,
    used: Int32s,
    node: Any,
    now: int,
    via: Int32s,
    found: Int32s,
    n_found: int,
    queue: Ints,
) -> int:
    """Label every vertex from which a link with room leads to (node, now); how many are found by then.

    found : int32[n_nodes · n_steps, 3], nodes, steps, and the one found next at that step, −1 if none
    queue : int64[n_steps, 2], the first found at each step that has not been looked at, −1 if none; the last
    """
    wait = network.wait_link[node]
    first, end = network.in_start[node], network.in_start[node + 1]
    for i in range(first if wait < 0 else first - 1, end):
        link = i if i >= first else wait
        entered, tail = now - network.transit_steps[link], network.tail[link]
        if entered < 0 or via[tail, entered] != _NONE:
            continue
        capacity = capacity_at(
            network.capacity_persons, network.profile, network.profile_persons, link, entered
        )
        if used[link, entered] < capacity:
            via[tail, entered] = link
            found[n_found, 0], found[n_found, 1], found[n_found, 2] = tail, entered, -1
            if queue[entered, 0] < 0:
                queue[entered, 0] = n_found
            else:
                found[queue[entered, 1], 2] = n_found
            queue[entered, 1] = n_found
            n_found += 1
    return n_found


@njit(cache=True)
def _wide(number: Any) -> Any:
    return np.int64(number)


@njit(cache=True)
def _send(network: Network, used: Int32s, node: Any, step: Any, via: Int32s, persons: Any, room: Ints) -> Any:
    """Send as many of some people along the labels as there is room for; how many that is."""
    start_node, start_step = node, step
    while room[node] < 0:
        link = via[node, step]
        capacity = capacity_at(network.capacity_persons, network.profile, network.profile_persons, link, step)
        persons = min(persons, capacity - used[link, step])
        step += network.transit_steps[link]
        node = network.head[link]
    persons = min(persons, room[node])
    if persons <= 0:
        return 0
    room[node] -= persons
    node, step = start_node, start_step
    while room[node] < 0:
        link = via[node, step]
        used[link, step] += persons
        step += network.transit_steps[link]
        node = network.head[link]
    return persons


@njit(cache=True)
def _route_all(
    network: Network, releases: Releases, waiting: Ints, room: Ints, used: Int32s, arrivals: Ints
) -> tuple[int, int]:
    """Send people step of arrival by step of arrival; what enters links into `used`. Searches and ways."""
    n_nodes, n_steps = network.n_nodes, network.n_steps
    via = np.full((n_nodes, n_steps), _NONE, np.int32)
    found = np.empty((n_nodes * n_steps, 3), np.int32)
    queue = np.full((n_steps, 2), -1, np.int64)
    active = np.flatnonzero(waiting > 0)
    going, departs = np.empty(len(active), np.int64), np.empty(len(active), np.int64)
    searches, ways = 0, 0
    for theta in range(n_steps):
        sent = len(active) > 0
        while sent:
            sent = False
            searches += 1
            n_found = 0
            for sink in network.sinks:
                if room[sink] > 0:
                    n_found = _label(network, used, sink, theta, via, found, n_found, queue)
            for now in range(theta, -1, -1):  # the latest first, so that people wait at home
                while queue[now, 0] >= 0:
                    node, at_node = found[queue[now, 0], 0], queue[now, 0]
                    n_found = _label(network, used, node, now, via, found, n_found, queue)
                    queue[now, 0] = found[at_node, 2]
            # Whoever waits at a vertex that was found goes, those with the shortest way first.
            n_going = 0
            for i in active:
                node, step = releases.node[i], _wide(releases.step[i])
                if waiting[i] > 0 and via[node, step] >= 0:
                    while via[node, step] == network.wait_link[node]:
                        step += 1
                    departs[n_going], going[n_going] = step, i
                    n_going += 1
            for at in np.argsort(-departs[:n_going], kind="mergesort"):
                i = going[at]
                node, step = releases.node[i], _wide(releases.step[i])
                persons = _send(network, used, node, step, via, waiting[i], room)
                waiting[i] -= persons
                arrivals[theta] += persons
                if persons > 0:
                    ways += 1
                    sent = True
            mark = _NONE if sent else _CLOSED
            for row in range(n_found):
                via[found[row, 0], found[row, 1]] = mark
        active = active[waiting[active] > 0]
    return searches, ways
