"""Shortest-time trees toward exits: from every node the link to take next.

Dijkstra, E. W. (1959), A note on two problems in connexion with graphs. Nodes wait in buckets of time, and
one that turns out nearer is looked at again: Dial, R. B. (1969), Algorithm 360, Communications of the ACM 12;
Meyer, U., & Sanders, P. (2003), Delta-stepping, Journal of Algorithms 49.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.kernels.compiled import folded, looped
from farshore.kernels.roads import ARRIVED, CLOSED, NOWHERE

__all__ = ["UNREACHABLE_S", "add_queues", "grow_tree", "incoming", "room_for_tree", "times_now"]

Ints = npt.NDArray[np.int64]

UNREACHABLE_S = 1e18
_BUCKETS = 1 << 13
_LATE_S = 5.0  # a head that has stood so long stands in a queue
_MOST_TIMES_FREE = 100.0


def incoming(to_node: Ints, n_nodes: int) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Links by the node where they end: int64[n_nodes + 1] first position, int32[n_links] links."""
    order = np.argsort(to_node, kind="stable").astype(np.int32)
    return np.concatenate([[0], np.cumsum(np.bincount(to_node, minlength=n_nodes))]), order


def room_for_tree(n_nodes: int) -> Any:
    """Scratch that `grow_tree` needs, to be used again and again."""
    node = np.full(max(n_nodes, 1), -1, np.int32)
    return node, node.copy(), node.copy(), np.full(_BUCKETS, -1, np.int32)


@looped
def grow_tree(exits, first_in, links_in, before_in, time_in, next_link, distance_s, room):  # type: ignore[no-untyped-def]
    """Write the next link toward the nearest of `exits` for every node, and how far it is.

    exits : int64[k] nodes; first_in, links_in : see `incoming`
    before_in : int[n_links], where each of `links_in` starts; time_in : float64[n_links], what each takes
    (0 or more, UNREACHABLE_S where it is closed)
    next_link : int32[n_nodes], written: ARRIVED at an exit, NOWHERE where none can be reached
    distance_s : float64[n_nodes], written; room : see `room_for_tree`
    """
    bucket_of, following, previous, buckets = room
    mask = buckets.size - 1
    per_s = _buckets_per_s(time_in, buckets.size)
    next_link[:] = NOWHERE
    distance_s[:] = UNREACHABLE_S
    pending = 0
    for node in exits:
        distance_s[node] = 0.0
        next_link[node] = ARRIVED
        if bucket_of[node] < 0:
            _put(buckets, bucket_of, following, previous, node, 0)
            pending += 1
    reached = 0
    while pending > 0:
        node = buckets[reached & mask]
        if node < 0:
            reached += 1
            continue
        _take(buckets, bucket_of, following, previous, node)
        pending -= 1
        far_s = distance_s[node]
        for k in range(first_in[node], first_in[node + 1]):
            before = before_in[k]
            reach_s = far_s + time_in[k]
            if reach_s < distance_s[before]:
                distance_s[before] = reach_s
                next_link[before] = links_in[k]
                place = np.int64(reach_s * per_s) & mask
                if bucket_of[before] == place:
                    continue
                if bucket_of[before] >= 0:
                    _take(buckets, bucket_of, following, previous, before)
                else:
                    pending += 1
                _put(buckets, bucket_of, following, previous, before, place)


@looped
def _buckets_per_s(time_in, n_buckets):  # type: ignore[no-untyped-def]
    """Buckets a quarter of what a link takes, or so wide that the longest takes less than a turn."""
    total_s, longest_s, count = 0.0, 0.0, 0
    for time_s in time_in:
        if time_s < UNREACHABLE_S:
            total_s += time_s
            longest_s = max(longest_s, time_s)
            count += 1
    return 1.0 / max(0.25 * total_s / max(count, 1), longest_s / (n_buckets - 2), 1e-9)


@folded
def _put(buckets, bucket_of, following, previous, node, place):  # type: ignore[no-untyped-def]
    after = buckets[place]
    bucket_of[node] = place
    following[node] = after
    previous[node] = -1
    if after >= 0:
        previous[after] = node
    buckets[place] = node


@folded
def _take(buckets, bucket_of, following, previous, node):  # type: ignore[no-untyped-def]
    before, after = previous[node], following[node]
    if before < 0:
        buckets[bucket_of[node]] = after
    else:
        following[before] = after
    if after >= 0:
        previous[after] = before
    bucket_of[node] = -1


@looped
def add_queues(links, n_links, time_s):  # type: ignore[no-untyped-def]
    """Add to each link's time the wait behind those who stand in queues at origins for it.

    time_s : float64[n_links], changed
    """
    for i in range(n_links, links.size):
        standing = links[i].entered - links[i].left
        onto = links[i].onto
        if standing > 0 and onto >= 0:
            time_s[onto] += standing * links[onto].gap_s


@looped
def times_now(links, ring, left_before, period_s, now_s, time_s):  # type: ignore[no-untyped-def]
    """What it would take to travel each link if everything stayed as it is now (instantaneous travel time).

    A link whose head is late has a queue: those on it leave at the rate of the last period, or not at all.
    left_before : int64[n_links], exits counted at the last call, updated here
    time_s : float64[n_links], written
    """
    for i in range(time_s.size):
        road = links[i]
        free_s = road.free_flow_s
        left = road.left - left_before[i]
        left_before[i] = road.left
        time_s[i] = free_s
        if road.entry_state == CLOSED:
            time_s[i] = UNREACHABLE_S
            continue
        standing = road.entered - road.left
        if standing == 0:
            continue
        late = now_s > ring[road.first_place + road.head].time_s + _LATE_S
        if late or road.ferry >= 0:
            queue_s = standing * period_s / left if left > 0 else _MOST_TIMES_FREE * free_s
            time_s[i] = min(max(free_s, queue_s), _MOST_TIMES_FREE * max(free_s, 1.0))
