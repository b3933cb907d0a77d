"""People sent off step by step by known ways, as the room in every single step allows."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["pull_forward", "room_on_way", "send_off"]

Ints = npt.NDArray[np.int64]

_NONE = np.int64(-1)


@njit(cache=True)
def room_on_way(
    way: int,
    step: int,
    first: Ints,
    chains: Ints,
    entry: Ints,
    arrival: Ints,
    host: Ints,
    capacity_of: Ints,
    capacities: Ints,
    load: Ints,
    intake: Ints,
    taken_in: Ints,
    beds: Ints,
    most: int,
) -> int:
    """How many more can leave by a way in a step, `most` at most; arguments as in `send_off`."""
    arrives = step + arrival[way]
    if arrives >= intake.shape[1]:
        return 0
    room = min(most, beds[host[way]], intake[host[way], arrives] - taken_in[host[way], arrives])
    for i in range(first[way], first[way + 1]):
        if room <= 0:
            return 0
        k = step + entry[i]
        room = min(room, capacities[capacity_of[chains[i]], k] - load[chains[i], k])
    return max(room, 0)


@njit(cache=True)
def _put(
    way: int,
    step: int,
    persons: int,
    first: Ints,
    chains: Ints,
    entry: Ints,
    arrival: Ints,
    host: Ints,
    load: Ints,
    taken_in: Ints,
    beds: Ints,
    sent: Ints,
) -> None:
    for i in range(first[way], first[way + 1]):
        load[chains[i], step + entry[i]] += persons
    taken_in[host[way], step + arrival[way]] += persons
    beds[host[way]] -= persons
    sent[way, step] += persons


@njit(cache=True)
def send_off(
    bounds: Ints,
    wanted: Ints,
    newly_ready: Ints,
    zone_first: Ints,
    first: Ints,
    chains: Ints,
    entry: Ints,
    arrival: Ints,
    host: Ints,
    capacity_of: Ints,
    capacities: Ints,
    intake: Ints,
    load: Ints,
    taken_in: Ints,
    beds: Ints,
    sent: Ints,
) -> None:
    """Let people leave as soon as there is room, by each way so many in all as are wanted by each interval.

    bounds : int64[n_intervals + 1]; wanted : int64[n_ways, n_intervals], persons
    newly_ready : int64[n_zones, n_steps]; ways of zone z are zone_first[z] … zone_first[z + 1] − 1
    first : int64[n_ways + 1], chains, entry : chains of each way, steps from leaving to entering each
    arrival, host : int64[n_ways]; capacity_of : int64[n_chains], rows of capacities [n_rows, n_steps]
    intake : int64[n_hosts, n_steps], 0 where a host takes nobody in
    Changed: load int64[n_chains, n_steps], taken_in int64[n_hosts, n_steps], beds int64[n_hosts] (those
    left), sent int64[n_ways, n_steps]
    """
    n_zones, n_steps = newly_ready.shape
    waiting = np.zeros(n_zones, np.int64)
    allowed = np.zeros(len(arrival), np.int64)
    interval = 0
    for step in range(n_steps):
        if step == bounds[interval]:
            allowed += wanted[:, interval]
            interval += 1
        for zone in range(n_zones):
            waiting[zone] += newly_ready[zone, step]
            for way in range(zone_first[zone], zone_first[zone + 1]):
                if waiting[zone] == 0:
                    break
                if allowed[way] == 0:
                    continue
                group = room_on_way(
                    way, step, first, chains, entry, arrival, host, capacity_of, capacities, load, intake,
                    taken_in, beds, min(waiting[zone], allowed[way]),
                )  # fmt: skip
                if group > 0:
                    _put(
                        way, step, group, first, chains, entry, arrival, host, load, taken_in, beds, sent
                    )
                    waiting[zone] -= group
                    allowed[way] -= group


@njit(cache=True)
def pull_forward(
    newly_ready: Ints,
    waited: Ints,
    left_cost: int,
    way_cost: Ints,
    zone_first: Ints,
    first: Ints,
    chains: Ints,
    entry: Ints,
    arrival: Ints,
    host: Ints,
    capacity_of: Ints,
    capacities: Ints,
    intake: Ints,
    load: Ints,
    taken_in: Ints,
    beds: Ints,
    sent: Ints,
) -> int:
    """Let people who stay, then those who leave last, leave earlier where there is room and it saves cost.

    waited : int64[n_zones, n_steps + 1], what waiting at home until each step costs; left_cost : staying
    way_cost : int64[n_ways, n_steps], of leaving by a way in a step; the rest as in `send_off`
    returns : what was saved
    """
    n_zones, n_steps = newly_ready.shape
    saved = np.int64(0)
    at_home = np.zeros(n_zones, np.int64)  # ready, and not gone by now
    staying = newly_ready.sum(axis=1)
    last = np.full(n_zones, n_steps - 1, np.int64)
    for zone in range(n_zones):
        for way in range(zone_first[zone], zone_first[zone + 1]):
            staying[zone] -= sent[way].sum()
    for step in range(n_steps):
        for zone in range(n_zones):
            at_home[zone] += newly_ready[zone, step]
            for way in range(zone_first[zone], zone_first[zone + 1]):
                at_home[zone] -= sent[way, step]
            if at_home[zone] == 0:
                continue
            for way in range(zone_first[zone], zone_first[zone + 1]):
                room = room_on_way(
                    way, step, first, chains, entry, arrival, host, capacity_of, capacities, load, intake,
                    taken_in, beds, at_home[zone],
                )  # fmt: skip
                here = way_cost[way, step] + waited[zone, step]
                while room > 0 and at_home[zone] > 0:
                    if staying[zone] > 0:
                        gain = waited[zone, n_steps] + left_cost - here
                        group = min(room, at_home[zone], staying[zone])
                        if gain <= 0:
                            break
                        staying[zone] -= group
                    else:
                        source = _NONE
                        while last[zone] > step:
                            for other in range(zone_first[zone], zone_first[zone + 1]):
                                if sent[other, last[zone]] > 0:
                                    source = other
                            if source >= 0:
                                break
                            last[zone] -= 1
                        if source < 0:
                            break
                        gain = way_cost[source, last[zone]] + waited[zone, last[zone]] - here
                        if gain <= 0:
                            break
                        group = min(room, at_home[zone], sent[source, last[zone]])
                        _put(
                            source, last[zone], -group, first, chains, entry, arrival, host, load, taken_in,
                            beds, sent,
                        )  # fmt: skip
                    _put(
                        way, step, group, first, chains, entry, arrival, host, load, taken_in, beds, sent
                    )
                    room -= group
                    at_home[zone] -= group
                    saved += gain * group
    return saved
