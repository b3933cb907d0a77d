"""People sent off in single steps by known ways, as the room in every step allows."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["pull_forward", "send_off"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def _room(
    way: int,
    step: int,
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
    return int(max(room, 0))


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
    rows: Ints,
    zone: Ints,
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
    at_home: Ints,
) -> None:
    """Let groups leave by their ways, each as soon in its window as there is room, one group after another.

    rows : int64[n, 4], way, first step, step after the last, persons, less those who have gone
    zone, arrival, host : int64[n_ways]; first : int64[n_ways + 1], chains, entry : chains of each way, and
        steps from leaving to entering each
    capacity_of : int64[n_chains], rows of capacities : int64[n_rows, n_steps]
    intake : int64[n_hosts, n_steps], 0 where a host takes nobody in
    Changed: rows; load int64[n_chains, n_steps], taken_in int64[n_hosts, n_steps], beds int64[n_hosts]
    (those left), sent int64[n_ways, n_steps], at_home int64[n_zones, n_steps] (ready, and not gone by the
    end of each step), which stays at 0 or more
    """
    n_steps = at_home.shape[1]
    for i in range(len(rows)):
        way, begin, end, wanted = rows[i, 0], max(rows[i, 1], 0), min(rows[i, 2], n_steps), rows[i, 3]
        home = at_home[zone[way]]
        if begin >= end or wanted == 0:
            continue
        gone = np.int64(0)
        step = begin
        while step < end and gone < wanted:
            group = _room(
                way, step, first, chains, entry, arrival, host, capacity_of, capacities, intake, load,
                taken_in, beds, wanted - gone,
            )  # fmt: skip
            if group > 0:
                for k in range(step, n_steps):
                    group = min(group, home[k])
                    if group == 0:
                        break
            if group > 0:
                _put(way, step, group, first, chains, entry, arrival, host, load, taken_in, beds, sent)
                home[step:] -= group
                gone += group
            step += 1
        rows[i, 3] -= gone


@njit(cache=True)
def pull_forward(
    waited: Ints,
    left_cost: int,
    way_cost: Ints,
    tried: npt.NDArray[np.bool_],
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
    at_home: Ints,
) -> int:
    """Let people who stay, or who leave later, leave as soon as there is room, where it saves cost.

    waited : int64[n_zones, n_steps + 1], what waiting at home until each step costs; left_cost : staying
    way_cost : int64[n_ways, n_steps], of leaving by a way in a step
    tried : bool[n_ways], ways by which people may leave sooner
    zone_first : ways of zone z are zone_first[z] … zone_first[z + 1] − 1; the rest as in `send_off`
    returns : what was saved
    """
    n_zones, n_steps = at_home.shape
    saved = 0
    left = np.zeros(n_steps, np.int64)
    for zone in range(n_zones):
        low, high = zone_first[zone], zone_first[zone + 1]
        home = at_home[zone]
        left[:] = 0
        for way in range(low, high):
            left += sent[way]
        empty = -1  # the first step from `step` on after which nobody is at home
        for step in range(n_steps):
            if home[step] == 0:
                continue
            for way in range(low, high):
                room = _room(
                    way, step, first, chains, entry, arrival, host, capacity_of, capacities, intake, load,
                    taken_in, beds, home[step],
                )  # fmt: skip
                here = way_cost[way, step] + waited[zone, step]
                while room > 0:
                    if empty <= step:
                        empty = step
                        while empty < n_steps and home[empty] > 0:
                            empty += 1
                    source, last = -1, n_steps
                    if empty == n_steps:
                        gain = waited[zone, n_steps] + left_cost - here
                        group = room
                    else:
                        last = empty
                        while last > step and left[last] == 0:
                            last -= 1
                        if last <= step:
                            break
                        for other in range(low, high):
                            if sent[other, last] > 0:
                                source = other
                        gain = way_cost[source, last] + waited[zone, last] - here
                        group = min(room, sent[source, last])
                    if gain <= 0:
                        break
                    for k in range(step, last):
                        group = min(group, home[k])
                    if source >= 0:
                        _put(
                            source, last, -group, first, chains, entry, arrival, host, load, taken_in, beds,
                            sent,
                        )  # fmt: skip
                        left[last] -= group
                    _put(way, step, group, first, chains, entry, arrival, host, load, taken_in, beds, sent)
                    left[step] += group
                    home[step:last] -= group
                    empty = -1
                    room -= group
                    saved += int(gain * group)
                if home[step] == 0:
                    break
    return saved
