"""Minimum-cost flow by the network simplex method, resumable after any number of pivots."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["Basis", "basis_of", "pivot"]

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Signs = npt.NDArray[np.int8]


class Basis(NamedTuple):
    """A spanning tree with its flow and potentials; `pivot` improves it in place.

    flow : int64[n_arcs]; state : int8[n_arcs], 1 at zero, −1 at capacity, 0 in the tree
    parent, via : int32[n_nodes], next node towards the root and the arc between them, −1 at the root
    upward : int8[n_nodes], 1 if that arc leads towards the root, −1 if away from it
    thread, back : int32[n_nodes], preorder of the tree and its reverse
    below, last : int32[n_nodes], how many nodes hang under each, itself included; the last in preorder
    potential : int64[n_nodes], minus the cost from the node to the root along the tree
    next_arc : int64[1], where the search for an entering arc goes on
    """

    flow: Ints
    state: Signs
    parent: Small
    via: Small
    upward: Signs
    thread: Small
    back: Small
    below: Small
    last: Small
    potential: Ints
    next_arc: Ints


@njit(cache=True)
def _preorder(parent: Small, root: int, thread: Small, back: Small, below: Small, last: Small) -> None:
    n = len(parent)
    first_child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for node in range(n - 1, -1, -1):
        if node != root:
            sibling[node] = first_child[parent[node]]
            first_child[parent[node]] = node
    order = np.empty(n, np.int32)
    stack = np.empty(n, np.int32)
    stack[0] = root
    n_stack, n_order = 1, 0
    while n_stack > 0:
        n_stack -= 1
        node = stack[n_stack]
        order[n_order] = node
        n_order += 1
        child = first_child[node]
        while child >= 0:
            stack[n_stack] = child
            n_stack += 1
            child = sibling[child]
    for i in range(n):
        thread[order[i]] = order[(i + 1) % n]
        back[order[(i + 1) % n]] = order[i]
        below[order[i]] = 1
        last[order[i]] = order[i]
    for i in range(n - 1, 0, -1):
        node = order[i]
        up = parent[node]
        below[up] += below[node]
        if last[up] == up:  # children come in reverse here: the first met holds the last node
            last[up] = last[node]


@njit(cache=True)
def _potentials(
    cost: Ints, parent: Small, via: Small, upward: Signs, thread: Small, root: int, potential: Ints
) -> None:
    potential[root] = 0
    node = thread[root]
    while node != root:
        potential[node] = potential[parent[node]] - upward[node] * cost[via[node]]
        node = thread[node]


def basis_of(
    tail: Ints,
    cost: Ints,
    flow: Ints,
    parent: Small,
    via: Small,
    root: int,
) -> Basis:
    """A basis from a spanning tree whose arcs all lead, or have room to send, towards the root.

    tail, cost, flow : int64[n_arcs]; flow meets the supplies and is 0 outside the tree
    parent, via : int32[n_nodes], −1 at the root
    """
    n = len(parent)
    thread, back, below, last = (np.empty(n, np.int32) for _ in range(4))
    _preorder(parent, root, thread, back, below, last)
    state = np.ones(len(tail), np.int8)
    inner = np.arange(n) != root
    state[via[inner]] = 0
    upward = np.where(inner & (tail[via] == np.arange(n)), 1, -1).astype(np.int8)
    potential = np.empty(n, np.int64)
    _potentials(cost, parent, via, upward, thread, root, potential)
    return Basis(
        flow, state, parent, via, upward, thread, back, below, last, potential, np.zeros(1, np.int64)
    )


@njit(cache=True)
def pivot(tail: Small, head: Small, capacity: Ints, cost: Ints, basis: Basis, n_pivots: int) -> int:
    """Pivot until the flow is of least cost or `n_pivots` are done; returns how many were.

    tail, head : int32[n_arcs]; capacity, cost : int64[n_arcs], capacity ≥ 1
    Fewer pivots than asked for means that no arc improves the flow.

    The tree is kept strongly feasible, so that it cannot cycle. Cunningham, W. H. (1976), A network simplex
    method; the tree's bookkeeping after Király, Z. & Kovács, P. (2012), Efficient implementations of
    minimum-cost flow algorithms.
    """
    flow, state, parent, via, upward = basis.flow, basis.state, basis.parent, basis.via, basis.upward
    thread, back, below, last = basis.thread, basis.back, basis.below, basis.last
    potential = basis.potential
    n_arcs, n_nodes = len(tail), len(parent)
    block = max(64, int(np.sqrt(n_arcs)))
    dirty = np.empty(n_nodes, np.int32)
    arc = basis.next_arc[0]
    done = 0
    while done < n_pivots:
        # The most negative reduced cost of a block; the next block where there is none.
        entering, worst, counted, seen = -1, np.int64(0), 0, 0
        while seen < n_arcs:
            reduced = state[arc] * (cost[arc] + potential[tail[arc]] - potential[head[arc]])
            if reduced < worst:
                worst, entering = reduced, arc
            arc += 1
            if arc == n_arcs:
                arc = 0
            seen += 1
            counted += 1
            if counted == block:
                if entering >= 0:
                    break
                counted = 0
        if entering < 0:
            break
        done += 1

        u, v = tail[entering], head[entering]
        while u != v:
            if below[u] < below[v]:
                u = parent[u]
            else:
                v = parent[v]
        join = u
        if state[entering] == 1:
            first, second = tail[entering], head[entering]
        else:
            first, second = head[entering], tail[entering]
        change, leaving_side, u_out = capacity[entering], 0, -1
        u = first
        while u != join:
            e = via[u]
            room = flow[e] if upward[u] == 1 else capacity[e] - flow[e]
            if room < change:
                change, u_out, leaving_side = room, u, 1
            u = parent[u]
        u = second
        while u != join:
            e = via[u]
            room = capacity[e] - flow[e] if upward[u] == 1 else flow[e]
            if room <= change:
                change, u_out, leaving_side = room, u, 2
            u = parent[u]
        if change > 0:
            signed = state[entering] * change
            flow[entering] += signed
            u = tail[entering]
            while u != join:
                flow[via[u]] -= upward[u] * signed
                u = parent[u]
            u = head[entering]
            while u != join:
                flow[via[u]] += upward[u] * signed
                u = parent[u]
        if leaving_side == 0:
            state[entering] = -state[entering]
            continue
        if leaving_side == 1:
            u_in, v_in = first, second
        else:
            u_in, v_in = second, first
        leaving = via[u_out]
        state[entering] = 0
        state[leaving] = 1 if flow[leaving] == 0 else -1

        # Hang the part of the tree that is cut off, turned over, under the entering arc.
        old_back, old_below, old_last = back[u_out], below[u_out], last[u_out]
        v_out = parent[u_out]
        towards = 1 if u_in == tail[entering] else -1
        if u_in == u_out:
            parent[u_in], via[u_in], upward[u_in] = v_in, entering, towards
            if thread[v_in] != u_out:
                after = thread[old_last]
                thread[old_back] = after
                back[after] = old_back
                after = thread[v_in]
                thread[v_in] = u_out
                back[u_out] = v_in
                thread[old_last] = after
                back[after] = old_last
        else:
            goes_on = thread[old_last] if old_back == v_in else thread[v_in]
            stem, above = u_in, v_in
            end = last[u_in]
            after = thread[end]
            thread[v_in] = u_in
            n_dirty = 1
            dirty[0] = v_in
            while stem != u_out:
                next_stem = parent[stem]
                thread[end] = next_stem
                dirty[n_dirty] = end
                n_dirty += 1
                before = back[stem]
                thread[before] = after
                back[after] = before
                parent[stem] = above
                above = stem
                stem = next_stem
                end = back[above] if last[stem] == last[above] else last[stem]
                after = thread[end]
            parent[u_out] = above
            thread[end] = goes_on
            back[goes_on] = end
            last[u_out] = end
            if old_back != v_in:
                thread[old_back] = after
                back[after] = old_back
            for i in range(n_dirty):
                back[thread[dirty[i]]] = dirty[i]
            moved, end = 0, last[u_out]
            u = u_out
            p = parent[u]
            while u != u_in:
                via[u] = via[p]
                upward[u] = -upward[p]
                moved += below[u] - below[p]
                below[u] = moved
                last[p] = end
                u = p
                p = parent[u]
            via[u_in], upward[u_in], below[u_in] = entering, towards, old_below
        up_limit = join if last[join] == v_in else -1
        out_last = last[u_out]
        u = v_in
        while u != -1 and last[u] == v_in:
            last[u] = out_last
            u = parent[u]
        if old_back not in (join, v_in):
            u = v_out
            while u != up_limit and last[u] == old_last:
                last[u] = old_back
                u = parent[u]
        elif out_last != old_last:
            u = v_out
            while u != up_limit and last[u] == old_last:
                last[u] = out_last
                u = parent[u]
        u = v_in
        while u != join:
            below[u] += old_below
            u = parent[u]
        u = v_out
        while u != join:
            below[u] -= old_below
            u = parent[u]

        shift = potential[v_in] - potential[u_in] - upward[u_in] * cost[entering]
        end = thread[last[u_in]]
        u = u_in
        while u != end:
            potential[u] += shift
            u = thread[u]
    basis.next_arc[0] = arc
    return done
