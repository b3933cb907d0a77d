"""A flow that is known to be good made the beginning of the simplex method: a tree that agrees with it."""

import heapq

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.paths import FAR
from farshore.kernels.simplex import Basis, basis_of

__all__ = ["basis_from_flow"]

_LAST = 1 << 52

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]


def basis_from_flow(
    tail: Small, head: Small, capacity: Ints, cost: Ints, toll: Ints, flow: Ints, root: int, n_nodes: int
) -> Basis:
    """A strongly feasible basis from any flow that meets the supplies; loops that cost are taken out of it.

    tail, head : int32[n_arcs]; capacity, cost, flow : int64[n_arcs], 0 ≤ flow ≤ capacity; flow is changed
    toll : int64[n_arcs], ≥ 0, guessed prices of capacities; they shape the tree where the flow leaves it open
    Every node must reach the root by arcs that have room or by going back on arcs that carry something; from
    those that cannot, arcs of capacity 0 are followed, over which nobody could cycle either.

    Arcs between their bounds make up a forest once loops are cancelled; its trees are hung under the root by
    arcs that can send more towards it, those first that cost least at the guessed prices. (Cunningham, W. H.
    (1976), A network simplex method: such a tree cannot cycle.)
    """
    parent, via = np.full(n_nodes, -1, np.int32), np.full(n_nodes, -1, np.int32)
    _forest(tail, head, capacity, cost, flow, parent, via)
    into = _by(head, n_nodes)
    out_of = _by(tail, n_nodes)
    label = _labels(*into, tail, cost, toll, root, n_nodes)
    _hang(*into, *out_of, tail, head, capacity, cost, toll, flow, label, root, parent, via)
    basis = basis_of(tail.astype(np.int64), cost, flow, parent, via, root)
    basis.state[(basis.state == 1) & (flow > 0)] = -1
    return basis


@njit(cache=True)
def _by(key: Small, n_groups: int) -> tuple[Ints, Small]:
    """Arcs by a node of theirs: those of node g are members[first[g]:first[g + 1]], in rising order."""
    first = np.zeros(n_groups + 1, np.int64)
    for arc in range(len(key)):
        first[key[arc] + 1] += 1
    for group in range(n_groups):
        first[group + 1] += first[group]
    at = first[:-1].copy()
    members = np.empty(len(key), np.int32)
    for arc in range(len(key)):
        members[at[key[arc]]] = arc
        at[key[arc]] += 1
    return first, members


@njit(cache=True)
def _forest(
    tail: Small, head: Small, capacity: Ints, cost: Ints, flow: Ints, parent: Small, via: Small
) -> None:
    """String arcs between their bounds to trees; a loop is driven in its cheaper sense until it breaks."""
    for arc in range(len(tail)):
        if flow[arc] == 0 or flow[arc] == capacity[arc]:
            continue
        u, v = tail[arc], head[arc]
        below, below_arc, node = np.int32(-1), np.int32(-1), u
        while node >= 0:  # u becomes the root of its tree
            up, up_arc = parent[node], via[node]
            parent[node], via[node] = below, below_arc
            below, below_arc, node = node, up_arc, up
        top = v
        while parent[top] >= 0:
            top = parent[top]
        if top != u:
            parent[u], via[u] = v, np.int32(arc)
            continue
        total, node = cost[arc], v
        while node != u:
            total += cost[via[node]] if tail[via[node]] == node else -cost[via[node]]
            node = parent[node]
        sense = 1 if total <= 0 else -1
        room = capacity[arc] - flow[arc] if sense == 1 else flow[arc]
        node = v
        while node != u:
            e = via[node]
            grows = (tail[e] == node) == (sense == 1)
            room = min(room, capacity[e] - flow[e] if grows else flow[e])
            node = parent[node]
        flow[arc] += sense * room
        node = v
        while node != u:
            e, up = via[node], parent[node]
            flow[e] += room if (tail[e] == node) == (sense == 1) else -room
            if flow[e] == 0 or flow[e] == capacity[e]:
                parent[node], via[node] = -1, -1
            node = up
        if flow[arc] > 0 and flow[arc] < capacity[arc]:
            parent[u], via[u] = v, np.int32(arc)


@njit(cache=True)
def _labels(
    first_in: Ints, arcs_in: Small, tail: Small, cost: Ints, toll: Ints, root: int, n_nodes: int
) -> Ints:
    """Cheapest cost and toll from each node to the root: int64[n_nodes], FAR where no arc leads there."""
    label = np.full(n_nodes, FAR, np.int64)
    label[root] = 0
    queue = [(np.int64(0), np.int64(root))]
    while len(queue) > 0:
        so_far, node = heapq.heappop(queue)
        if so_far > label[node]:
            continue
        for i in range(first_in[node], first_in[node + 1]):
            arc = arcs_in[i]
            there = so_far + cost[arc] + toll[arc]
            if there < label[tail[arc]]:
                label[tail[arc]] = there
                heapq.heappush(queue, (there, np.int64(tail[arc])))
    return label


@njit(cache=True)
def _hang(
    first_in: Ints,
    arcs_in: Small,
    first_out: Ints,
    arcs_out: Small,
    tail: Small,
    head: Small,
    capacity: Ints,
    cost: Ints,
    toll: Ints,
    flow: Ints,
    label: Ints,
    root: int,
    parent: Small,
    via: Small,
) -> None:
    """Make one tree of a forest: nodes join, with the tree they are in, by the arc nearest to its label."""
    n_nodes = len(label)
    key = np.full(n_nodes, FAR, np.int64)
    by = np.full(n_nodes, -1, np.int32)
    done = np.zeros(n_nodes, np.bool_)
    stack = np.empty(n_nodes, np.int32)
    parent[:], via[:] = -1, -1
    key[root] = 0
    queue = [(np.int64(0), np.int64(root))]
    while len(queue) > 0:
        so_far, reached = heapq.heappop(queue)
        if done[reached]:
            continue
        if by[reached] >= 0:
            arc = by[reached]
            via[reached] = arc
            parent[reached] = head[arc] if tail[arc] == reached else tail[arc]
        done[reached] = True
        stack[0] = reached
        n = 1
        while n > 0:
            n -= 1
            node = stack[n]
            for side in range(2):
                first, arcs = (first_in, arcs_in) if side == 0 else (first_out, arcs_out)
                for i in range(first[node], first[node + 1]):
                    arc = arcs[i]
                    other = tail[arc] if side == 0 else head[arc]
                    if done[other]:
                        continue
                    if flow[arc] > 0 and flow[arc] < capacity[arc]:
                        parent[other], via[other], done[other] = node, arc, True
                        stack[n] = other
                        n += 1
                        continue
                    if side == 1 and flow[arc] == 0:
                        continue
                    apart = abs(cost[arc] + toll[arc] + label[head[arc]] - label[tail[arc]])
                    if side == 0 and flow[arc] == capacity[arc]:
                        if flow[arc] > 0:
                            continue
                        apart += _LAST  # an arc that takes nobody: only where nothing else leads on
                    if so_far + apart < key[other]:
                        key[other] = so_far + apart
                        by[other] = arc
                        heapq.heappush(queue, (key[other], np.int64(other)))
