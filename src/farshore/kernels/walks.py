"""Quickest walks between a few places, each traced the same way by anybody who follows the rule for ties."""

import heapq

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.paths import FAR

__all__ = ["walks_between"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def walks_between(
    places: Ints,
    tail: Ints,
    head: Ints,
    first_out: Ints,
    arcs_out: Ints,
    first_in: Ints,
    arcs_in: Ints,
    walk_s: Ints,
    limit_s: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Quickest walks from each place to each other that take at most `limit_s`.

    Of equally quick walks the one is taken that is found by going back from its end along the arc with the
    lowest number among those that lie on a quickest walk.

    places : int64[n_places], nodes, all different; tail, head, walk_s : int64[n_arcs], walk_s ≥ 1
    first_*, arcs_* : arcs out of and into each node, grouped, in rising order
    returns : origin, target int64[n_walks], rows of `places`; seconds int64[n_walks]; first
        int64[n_walks + 1], arcs: those of walk w in order are `arcs[first[w]:first[w + 1]]`

    Dijkstra, E. W. (1959), A note on two problems in connexion with graphs.
    """
    n_nodes = len(first_out) - 1
    place_of = np.full(n_nodes, -1, np.int64)
    for i in range(len(places)):
        place_of[places[i]] = i
    label = np.full(n_nodes, FAR, np.int64)
    origins, targets, seconds, ends, strung = [0][:0], [0][:0], [0][:0], [0], [0][:0]
    for i in range(len(places)):
        touched = [places[i]]
        label[places[i]] = 0
        queue = [(np.int64(0), places[i])]
        reached = [0][:0]
        while len(queue) > 0:
            so_far, node = heapq.heappop(queue)
            if so_far > label[node]:
                continue
            if place_of[node] >= 0 and node != places[i]:
                reached.append(place_of[node])
            for j in range(first_out[node], first_out[node + 1]):
                arc = arcs_out[j]
                there = so_far + walk_s[arc]
                if there <= limit_s and there < label[head[arc]]:
                    if label[head[arc]] == FAR:
                        touched.append(head[arc])
                    label[head[arc]] = there
                    heapq.heappush(queue, (there, head[arc]))
        reached.sort()
        for target in reached:
            back = [0][:0]
            node = places[target]
            while node != places[i]:
                for j in range(first_in[node], first_in[node + 1]):
                    arc = arcs_in[j]
                    if label[tail[arc]] + walk_s[arc] == label[node]:
                        back.append(arc)
                        node = tail[arc]
                        break
            for arc in back[::-1]:
                strung.append(arc)
            origins.append(i)
            targets.append(target)
            seconds.append(label[places[target]])
            ends.append(len(strung))
        for node in touched:
            label[node] = FAR
    return np.array(origins), np.array(targets), np.array(seconds), np.array(ends), np.array(strung)
