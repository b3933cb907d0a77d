"""Annealing trees of ways: one way on from each node, tried out with queues where it is full.

In a tree that people go down when ready, queueing wherever capacity lacks, as many have arrived by each
step as in any plan along that tree (uniform exposure, steady capacities): a wait in a queue or at home is
alike. So a tree can be judged without windows, and a changed way on needs only the nodes below it worked out
anew.
"""

import heapq
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["TreeGround", "Trying", "anneal_trees", "load_tree", "shortest_tree"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class TreeGround(NamedTuple):
    """What trees grow on. All int64 but `weight`.

    tail, head, steps, cost_of, flat_cost : [n_chains]; back : [n_chains], the chain that leads the other way,
        −1 if none does; whole : [n_chains, n_steps]; costs : [n_rows, n_steps]; weight : float64[n_chains]
    first_in, in_chain : chains by their head
    release : [n_nodes, n_steps], who become ready at each node
    intake : [n_nodes, n_steps], whom hosts at a node take in; beds : [n_nodes], 0 where there is no host
    still_cost, left_cost : of a person's step in a queue, and of a person who has not arrived in the end
    """

    tail: Ints
    head: Ints
    steps: Ints
    cost_of: Ints
    flat_cost: Ints
    back: Ints
    whole: Ints
    costs: Ints
    weight: Floats
    first_in: Ints
    in_chain: Ints
    release: Ints
    intake: Ints
    beds: Ints
    still_cost: int
    left_cost: int


class Trying(NamedTuple):
    """A tree as it stands and what becomes of people on it; changed in place.

    way : int64[n_nodes], the chain by which to go on, −1: none
    leaves : int64[n_nodes, n_steps], who enter it
    cost : int64[n_nodes], of queues and journeys that begin at each node
    comes : int64[n_nodes], how many pass or set out there
    best : int64[n_nodes], the ways of the best tree so far
    kept_leaves, kept_cost, kept_comes : what a change overwrites; the rest is room to work in
    """

    way: Ints
    leaves: Ints
    cost: Ints
    comes: Ints
    best: Ints
    kept_leaves: Ints
    kept_cost: Ints
    kept_comes: Ints
    arriving: Ints
    depth: Ints
    mark: Ints
    touched: Ints
    listed: Ints
    moved: Ints
    onto: Ints


@njit(cache=True)
def shortest_tree(ground: TreeGround, way: Ints) -> None:
    """The tree of shortest ways to hosts, by `weight`; written to `way`."""
    label = np.full(len(way), np.inf)
    way[:] = -1
    queue = [(0.0, np.int64(0))]
    queue.pop()
    for place in range(len(way)):
        if ground.beds[place] > 0:
            label[place] = 0.0
            heapq.heappush(queue, (0.0, np.int64(place)))
    while len(queue) > 0:
        so_far, node = heapq.heappop(queue)
        if so_far > label[node]:
            continue
        for i in range(ground.first_in[node], ground.first_in[node + 1]):
            chain = ground.in_chain[i]
            there, before = so_far + ground.weight[chain], ground.tail[chain]
            if there < label[before]:
                label[before] = there
                way[before] = chain
                heapq.heappush(queue, (there, before))


@njit(cache=True)
def _pass_node(ground: TreeGround, now: Trying, node: int) -> int:
    """Work out who arrive at a node, are taken in there or go on; returns whether those who go on changed."""
    n_steps = ground.release.shape[1]
    arriving = now.arriving
    for k in range(n_steps):
        arriving[k] = ground.release[node, k]
    for i in range(ground.first_in[node], ground.first_in[node + 1]):
        chain = ground.in_chain[i]
        before = ground.tail[chain]
        if now.way[before] == chain and now.comes[before] > 0:
            late = ground.steps[chain]
            for k in range(late, n_steps):
                arriving[k] += now.leaves[before, k - late]
    beds, way = ground.beds[node], now.way[node]
    last = n_steps - ground.steps[way] if way >= 0 else 0
    row = ground.cost_of[way] if way >= 0 else -1
    here = waits = comes = cost = gone = 0
    changed = 0
    for k in range(n_steps):
        here += arriving[k]
        comes += arriving[k]
        if beds > 0 and here > 0:
            taken = min(here, beds, ground.intake[node, k])
            beds -= taken
            here -= taken
        enter = 0
        if here > 0 and k < last:
            enter = min(here, ground.whole[way, k])
            here -= enter
            gone += enter
            if row >= 0:
                cost += enter * ground.costs[row, k]
        if enter != now.leaves[node, k]:
            now.leaves[node, k] = enter
            changed = 1
        waits += here
    if way >= 0 and row < 0:
        cost += gone * ground.flat_cost[way]
    now.comes[node] = comes
    now.cost[node] = cost + waits * ground.still_cost + here * ground.left_cost
    return changed


@njit(cache=True)
def _sort_by_depth(ground: TreeGround, now: Trying, n: int) -> None:
    """Put the first `n` of `listed` in order, every node before the one that its way leads to."""
    listed, depth = now.listed, now.depth
    for j in range(n):
        far, node = 0, listed[j]
        while now.way[node] >= 0:
            node = ground.head[now.way[node]]
            far += 1
        depth[listed[j]] = far
    for j in range(1, n):
        node = listed[j]
        i = j - 1
        while i >= 0 and depth[listed[i]] < depth[node]:
            listed[i + 1] = listed[i]
            i -= 1
        listed[i + 1] = node


@njit(cache=True)
def load_tree(ground: TreeGround, now: Trying) -> int:
    """Send everybody down the tree `way`; returns the cost of all."""
    n_nodes = len(now.way)
    now.comes[:] = 0
    for node in range(n_nodes):
        now.listed[node] = node
    _sort_by_depth(ground, now, n_nodes)
    for node in now.listed:
        _pass_node(ground, now, node)
    return int(now.cost.sum())


@njit(cache=True)
def _change(ground: TreeGround, now: Trying, rng: np.random.Generator) -> int:
    """Draw a change: nodes `moved[:n]` go on by the chains `onto[:n]` instead; returns n, 0 if none will do.

    A node goes on by another chain; or with it a path of nodes below it is turned round, so that a whole
    branch leaves by its other end; or people no longer go on from a host's node.
    """
    moved, onto, way, mark = now.moved, now.onto, now.way, now.mark
    chain = rng.integers(0, len(ground.tail))
    node = ground.tail[chain]
    if now.comes[node] == 0 and rng.random() < 0.95:
        return 0
    if way[node] == chain:
        if ground.beds[node] == 0:
            return 0
        moved[0], onto[0] = node, -1
        return 1
    if way[node] < 0 and ground.beds[node] == 0:
        return 0
    mark[-1] += 1
    stamp = mark[-1]
    there = ground.head[chain]
    mark[there] = stamp
    while way[there] >= 0:
        there = ground.head[way[there]]
        mark[there] = stamp
    if mark[node] == stamp:
        return 0
    moved[0], onto[0], n = node, chain, 1
    while way[node] >= 0 and rng.random() < 0.35:
        below, turned = ground.head[way[node]], ground.back[way[node]]
        if way[below] < 0 or mark[below] == stamp or turned < 0:
            break
        moved[n], onto[n] = below, turned
        n += 1
        node = below
    return n


@njit(cache=True)
def _list_below(ground: TreeGround, now: Trying, node: int, n: int) -> int:
    """Add a node and all that its way leads to to `listed`, up to one that is there already."""
    stamp = now.touched[-1]
    while abs(now.touched[node]) != stamp:
        now.touched[node] = -stamp
        now.listed[n] = node
        n += 1
        if now.way[node] < 0:
            break
        node = ground.head[now.way[node]]
    return n


@njit(cache=True)
def anneal_trees(
    ground: TreeGround, now: Trying, rng: np.random.Generator, first: int, end: int, iterations: int,
    hottest: float, coolest: float, total: int, least: int,
) -> tuple[int, int]:  # fmt: skip
    """Change a tree again and again, accepted as in simulated annealing; `now.best` holds the best ways.

    first, end : which of the `iterations` to do; hottest, coolest : costs by which a tree may worsen at the
    beginning and at the end; total, least : cost of the tree as it stands, and of the best so far
    returns : both, as they are then

    Kirkpatrick, S., Gelatt, C. D., & Vecchi, M. P. (1983), Optimization by simulated annealing, Science 220.
    Judged by queues: Vickrey, W. S. (1969), Congestion theory and transport investment.
    """
    moved, onto, way, touched, listed = now.moved, now.onto, now.way, now.touched, now.listed
    n_steps = ground.release.shape[1]
    for iteration in range(first, end):
        n = _change(ground, now, rng)
        if n == 0:
            continue
        heat = hottest * (coolest / hottest) ** (iteration / iterations)
        touched[-1] += 1
        stamp = touched[-1]
        n_listed = 0
        for j in range(n):
            n_listed = _list_below(ground, now, moved[j], n_listed)
        for j in range(n):
            node = moved[j]
            touched[node] = stamp
            if way[node] >= 0:
                touched[ground.head[way[node]]] = stamp
        for j in range(n):
            way[moved[j]], onto[j] = onto[j], way[moved[j]]
        for j in range(n):
            if way[moved[j]] >= 0:
                below = ground.head[way[moved[j]]]
                n_listed = _list_below(ground, now, below, n_listed)
                touched[below] = stamp
        _sort_by_depth(ground, now, n_listed)
        before, worse = total, 0
        for j in range(n_listed):
            node = listed[j]
            if touched[node] != stamp:
                continue
            now.kept_cost[j], now.kept_comes[j] = now.cost[node], now.comes[node]
            for k in range(n_steps):
                now.kept_leaves[j, k] = now.leaves[node, k]
            changed = _pass_node(ground, now, node)
            worse += now.cost[node] - now.kept_cost[j]
            if changed == 1 and way[node] >= 0:
                touched[ground.head[way[node]]] = stamp
        if worse <= 0 or rng.random() < math.exp(-worse / heat):
            total = before + worse
            if total < least:
                least = total
                now.best[:] = way
            continue
        for j in range(n):
            way[moved[j]] = onto[j]
        for j in range(n_listed):
            node = listed[j]
            if touched[node] == stamp:
                now.cost[node], now.comes[node] = now.kept_cost[j], now.kept_comes[j]
                for k in range(n_steps):
                    now.leaves[node, k] = now.kept_leaves[j, k]
    return total, least
