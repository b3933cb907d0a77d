"""The cheapest way to any host from every node in every step, prices added, nobody turning straight back."""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.paths import FAR

__all__ = ["NOWHERE", "cheapest_ways", "follow", "use_of_ways"]

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_MANY = 0.5  # of the nodes, in turn once more: they are put in order anew
NOWHERE = -1  # no way on; a host h is written −2 − h, an arc by its number


@njit(cache=True, inline="always")
def _offer(k, node, value, choice, toward, best, second, choice_1, choice_2, toward_1):  # type: ignore[no-untyped-def]
    """Keep the cheapest choice at a node and the cheapest that leads to another next node; True if better."""
    if toward == toward_1[k, node]:
        if value < best[k, node]:
            best[k, node] = value
            choice_1[k, node] = choice
            return True
        return False
    if value < best[k, node]:
        second[k, node], choice_2[k, node] = best[k, node], choice_1[k, node]
        best[k, node], choice_1[k, node], toward_1[k, node] = value, choice, toward
        return True
    if value < second[k, node]:
        second[k, node], choice_2[k, node] = value, choice
        return True
    return False


@njit(cache=True, nogil=True)
def cheapest_ways(
    n_nodes: int,
    n_steps: int,
    tail: Ints,
    head: Ints,
    leads_to: Ints,
    comes_from: Ints,
    steps: Ints,
    capacity_of: Ints,
    capacities: Ints,
    cost_of: Ints,
    costs: Ints,
    flat_cost: Ints,
    price_of: Ints,
    prices: Ints,
    host_node: Ints,
    host_price: Ints,
    slow: Ints,
    quick_first: Ints,
    quick: Ints,
) -> tuple[Ints, Ints, Small, Small, Small]:
    """Backward through the steps: what it costs from each node in each step to be taken in somewhere.

    Arcs stand for chains of links: `leads_to` is the node after the tail, `comes_from` the one before the
    head, and an arc may follow another unless it leads to where the other comes from.

    tail, head, leads_to, comes_from, steps : int64[n_arcs]
    capacity_of : int64[n_arcs], column of `capacities` : int64[n_steps, n_profiles]; 0 is closed
    cost_of, price_of : int64[n_arcs], column of `costs`, `prices` : int64[n_steps, n_profiles], −1 for none
    flat_cost : int64[n_arcs]
    host_node : int64[n_hosts]; host_price : int64[n_steps, n_hosts], FAR where nobody is taken in
    slow : arcs that take a step or more
    quick : those that take none, into node v: quick[quick_first[v]:quick_first[v + 1]]
    returns : best, second : int64[n_steps, n_nodes], FAR where there is no way; `second` is the cheapest that
        begins towards another node than `best` does; their choices (see NOWHERE), and where the first leads

    Lagrangian relaxation of capacities: Ahuja, Magnanti & Orlin (1993), Network Flows, ch. 16; labels that
    are corrected, first in, first out, within a step: ch. 5.
    """
    best = np.full((n_steps, n_nodes), FAR, np.int64)
    second = np.full((n_steps, n_nodes), FAR, np.int64)
    choice_1 = np.full((n_steps, n_nodes), NOWHERE, np.int32)
    choice_2 = np.full((n_steps, n_nodes), NOWHERE, np.int32)
    toward_1 = np.full((n_steps, n_nodes), -1, np.int32)
    order = np.flatnonzero(np.diff(quick_first) > 0)
    last = 1
    while last < len(order):
        last = 2 * last + 1
    waits, queue = np.zeros(n_nodes, np.bool_), np.empty(last + 1, np.int64)
    for k in range(n_steps - 1, -1, -1):
        for host in range(len(host_node)):
            if host_price[k, host] < FAR:
                # A host is never turned back from: it stands as a next node of its own, −2.
                _offer(
                    k, host_node[host], host_price[k, host], -2 - host, -2,
                    best, second, choice_1, choice_2, toward_1,
                )  # fmt: skip
        for arc in slow:
            there = k + steps[arc]
            if there >= n_steps or capacities[k, capacity_of[arc]] == 0:
                continue
            v = head[arc]
            onward = second[there, v] if toward_1[there, v] == comes_from[arc] else best[there, v]
            if onward >= FAR:
                continue
            value = onward + flat_cost[arc]
            if cost_of[arc] >= 0:
                value += costs[k, cost_of[arc]]
            if price_of[arc] >= 0:
                value += prices[k, price_of[arc]]
            _offer(k, tail[arc], value, arc, leads_to[arc], best, second, choice_1, choice_2, toward_1)
        # Within a step: node after node in the order in which they were near in the step after it; who turns
        # out nearer once its turn is over has another.
        waits[order] = True
        queue[: len(order)] = order
        n_done, n_waiting = 0, len(order)
        while n_done < n_waiting:
            v = queue[n_done & last]
            n_done += 1
            waits[v] = False
            here, other, toward = best[k, v], second[k, v], toward_1[k, v]
            for i in range(quick_first[v], quick_first[v + 1]):
                arc = quick[i]
                # Who comes from where the best leads goes on by the second best, everybody else by the best.
                onward = other if comes_from[arc] == toward else here
                u, value = tail[arc], onward + flat_cost[arc]
                if value >= second[k, u] or capacities[k, capacity_of[arc]] == 0:
                    continue
                if cost_of[arc] >= 0:
                    value += costs[k, cost_of[arc]]
                if price_of[arc] >= 0:
                    value += prices[k, price_of[arc]]
                nearer = value < second[k, u] and _offer(
                    k, u, value, arc, leads_to[arc], best, second, choice_1, choice_2, toward_1
                )
                if nearer and not waits[u] and quick_first[u] < quick_first[u + 1]:
                    waits[u] = True
                    queue[n_waiting & last] = u
                    n_waiting += 1
        if n_waiting > (1 + _MANY) * len(order):
            order = order[np.argsort(best[k][order], kind="mergesort")]
    return best, second, choice_1, choice_2, toward_1


@njit(cache=True)
def follow(
    node: int,
    step: int,
    head: Ints,
    comes_from: Ints,
    steps: Ints,
    choice_1: Small,
    choice_2: Small,
    toward_1: Small,
    way: Ints,
) -> tuple[int, int]:
    """Write the arcs of the cheapest way from a node in a step into `way`.

    returns : number of arcs, and the host (−1 if there is no way)
    """
    n, came = 0, -1
    while n < len(way):
        choice = choice_2[step, node] if n > 0 and toward_1[step, node] == came else choice_1[step, node]
        if choice < 0:
            return n, -2 - choice if choice != NOWHERE else -1
        way[n] = choice
        n += 1
        came, step, node = comes_from[choice], step + steps[choice], head[choice]
    return n, -1


@njit(cache=True)
def use_of_ways(
    node: Ints,
    step: Ints,
    head: Ints,
    comes_from: Ints,
    steps: Ints,
    choice_1: Small,
    choice_2: Small,
    toward_1: Small,
    used: Flags,
) -> None:
    """Mark in `used` : bool[n_arcs] every arc on the cheapest ways from some nodes in some steps."""
    n_steps, n_nodes = choice_1.shape
    way = np.empty(n_steps + 4 * n_nodes, np.int64)
    for i in range(len(node)):
        n, _ = follow(node[i], step[i], head, comes_from, steps, choice_1, choice_2, toward_1, way)
        for j in range(n):
            used[way[j]] = True
