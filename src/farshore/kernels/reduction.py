"""What a network can do without: arcs that lead nowhere, and chains of nodes at which nothing is decided."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["chains", "drop_dead_ends"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True)
def drop_dead_ends(
    tail: Ints,
    head: Ints,
    first_out: Ints,
    arcs_out: Ints,
    first_in: Ints,
    arcs_in: Ints,
    starts: Flags,
    ends: Flags,
    useful: Flags,
) -> None:
    """Strike out every arc that no way can contain, when nobody turns straight back; changes `useful`.

    An arc u → v stays while somebody can come to it (a start at u, or an arc x → u with x ≠ v) and go on
    from it (an end at v, or an arc v → w with w ≠ u).

    tail, head : int64[n_arcs]; first_*, arcs_* : arcs out of and into each node, grouped
    starts, ends : bool[n_nodes]; useful : bool[n_arcs]
    """
    n_arcs = len(tail)
    waiting = np.empty(n_arcs, np.int64)  # a stack of arcs to look at again, each in it once at most
    queued = useful.copy()
    n_waiting = 0
    for arc in range(n_arcs):
        if useful[arc]:
            waiting[n_waiting] = arc
            n_waiting += 1
    while n_waiting > 0:
        n_waiting -= 1
        arc = waiting[n_waiting]
        queued[arc] = False
        u, v = tail[arc], head[arc]
        comes, goes = starts[u], ends[v]
        if not comes:
            for i in range(first_in[u], first_in[u + 1]):
                if useful[arcs_in[i]] and tail[arcs_in[i]] != v:
                    comes = True
                    break
        if comes and not goes:
            for i in range(first_out[v], first_out[v + 1]):
                if useful[arcs_out[i]] and head[arcs_out[i]] != u:
                    goes = True
                    break
        if comes and goes:
            continue
        useful[arc] = False
        for i in range(first_in[u], first_in[u + 1]):
            other = arcs_in[i]
            if useful[other] and not queued[other]:
                queued[other] = True
                waiting[n_waiting] = other
                n_waiting += 1
        for i in range(first_out[v], first_out[v + 1]):
            other = arcs_out[i]
            if useful[other] and not queued[other]:
                queued[other] = True
                waiting[n_waiting] = other
                n_waiting += 1


@njit(cache=True)
def chains(
    tail: Ints,
    head: Ints,
    first_out: Ints,
    arcs_out: Ints,
    first_in: Ints,
    arcs_in: Ints,
    stops: Flags,
    useful: Flags,
) -> tuple[Ints, Ints]:
    """Arcs strung together over the nodes at which there is nothing to decide.

    A node is passed through when nobody starts or stops there and each arc into it has exactly one arc to go
    on by, and each arc out of it exactly one to come from, turning straight back being no choice.

    stops : bool[n_nodes], where ways begin or end; the rest as in `drop_dead_ends`
    returns : first int64[n_chains + 1], arcs int64[n_used]: the arcs of chain c in order of travel are
        `arcs[first[c]:first[c + 1]]`. Chains are in the order of their first arcs.
    """
    n_arcs, n_nodes = len(tail), len(stops)
    through = ~stops
    goes_on = np.full(n_arcs, -1, np.int64)
    for v in range(n_nodes):
        if not through[v]:
            continue
        for i in range(first_in[v], first_in[v + 1]):
            arc = arcs_in[i]
            if not useful[arc]:
                continue
            n_on = 0
            for j in range(first_out[v], first_out[v + 1]):
                if useful[arcs_out[j]] and head[arcs_out[j]] != tail[arc]:
                    n_on += 1
                    goes_on[arc] = arcs_out[j]
            if n_on != 1:
                through[v] = False
        for i in range(first_out[v], first_out[v + 1]):
            arc = arcs_out[i]
            if not useful[arc]:
                continue
            n_from = 0
            for j in range(first_in[v], first_in[v + 1]):
                if useful[arcs_in[j]] and tail[arcs_in[j]] != head[arc]:
                    n_from += 1
            if n_from != 1:
                through[v] = False
    first = np.zeros(n_arcs + 1, np.int64)
    strung = np.empty(n_arcs, np.int64)
    n_chains, n_strung = 0, 0
    for begin in range(n_arcs):
        if not useful[begin] or through[tail[begin]]:
            continue
        arc = begin
        while True:
            strung[n_strung] = arc
            n_strung += 1
            if not through[head[arc]]:
                break
            arc = goes_on[arc]
        n_chains += 1
        first[n_chains] = n_strung
    return first[: n_chains + 1], strung[:n_strung]
