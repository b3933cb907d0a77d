"""Searching for orders: zones lose their routes and windows, a few at a time, and get them anew.

Routes that meet at a node go on together, so a node's way on is free only while no route leads through it.
"""

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.order_growing import grow, grow_by_load
from farshore.kernels.order_state import Ground, Orders, Search
from farshore.kernels.order_windows import fit_window, room_on

__all__ = ["insert_all", "insert_along", "search"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@njit(cache=True)
def _book(ground: Ground, now: Orders, zone: int, sign: int) -> None:
    """Take (1) or give back (−1) the room of a zone's order."""
    host = now.host[zone]
    if host < 0:
        return
    n_steps = ground.ready.shape[1]
    departs = now.departs[zone]
    first, end, total = n_steps, 0, 0
    for k in range(n_steps):
        if departs[k] > 0:
            first, end = min(first, k), k + 1
            total += departs[k]
    at = 0
    for i in range(now.length[zone]):
        chain = now.route[zone, i]
        for k in range(first, end):
            now.left[chain, k + at] -= sign * departs[k]
        node = ground.tail[chain]
        now.through[node] += sign
        now.used[chain] += sign
        now.load[chain] += sign * total
        now.way_on[node] = chain if now.through[node] > 0 else -1
        at += ground.steps[chain]
    for k in range(first, end):
        now.host_left[host, k + at] -= sign * departs[k]
    now.beds_left[host] -= sign * total


@njit(cache=True)
def _insert(ground: Ground, now: Orders, work: Search, zone: int, trees: Ints) -> int:
    """Give a zone the cheapest order that some trees lead to; returns its cost.

    By each tree the zone goes on until it meets another route, which it then follows.
    """
    n_steps, n_nodes = ground.ready.shape[1], len(now.through)
    best, best_length, best_host, best_rate = (
        ground.ready[zone, n_steps - 1] * ground.staying_cost[zone],
        0,
        -1,
        0,
    )
    work.best_departs[:] = 0
    seen = np.zeros(64, np.int64)
    n_seen = 0
    for tree in trees:
        node, length, key = ground.zone_node[zone], 0, np.int64(7)
        work.visited[n_nodes] += 1
        walk = work.visited[n_nodes]
        while work.visited[node] != walk:
            work.visited[node] = walk
            for i in range(ground.first_host[node], ground.first_host[node + 1]):
                host = ground.host_at[i]
                if now.beds_left[host] <= 0:
                    continue
                this = key * 1000003 + host + 1
                known = False
                for j in range(n_seen):
                    known |= seen[j] == this
                if known:
                    continue
                if n_seen < len(seen):
                    seen[n_seen] = this
                    n_seen += 1
                room_on(
                    work.trial, length, host, ground.steps, now.left, ground.whole, now.host_left,
                    ground.host_whole, ground.cost_of, ground.costs, ground.flat_cost,
                    work.room, work.shut, work.price,
                )  # fmt: skip
                for k in range(n_steps):
                    work.price[k] += ground.waited[zone, k]
                cost, rate = fit_window(
                    work.room, work.shut, work.price, ground.ready[zone], now.beds_left[host],
                    ground.staying_cost[zone], work.trial_departs,
                )  # fmt: skip
                if rate > 0 and cost < best:
                    best, best_length, best_host, best_rate = cost, length, host, rate
                    for j in range(length):
                        work.best_route[j] = work.trial[j]
                    for k in range(n_steps):
                        work.best_departs[k] = work.trial_departs[k]
            if ground.convergent == 1 and now.through[node] > 0:
                chain = now.way_on[node]
            else:
                chain = work.trees[tree, node]
            if chain < 0:
                break
            if ground.convergent == 1 and ground.against[chain] >= 0 and now.used[ground.against[chain]] > 0:
                break
            work.trial[length] = chain
            length += 1
            key = key * 1000003 + chain + 1
            node = ground.head[chain]
    now.cost[zone] = best
    now.host[zone] = best_host
    now.rate[zone] = best_rate
    now.length[zone] = best_length
    for j in range(best_length):
        now.route[zone, j] = work.best_route[j]
    now.departs[zone] = work.best_departs
    _book(ground, now, zone, 1)
    return int(best)


@njit(cache=True)
def insert_all(ground: Ground, now: Orders, work: Search, rng: np.random.Generator) -> None:
    """Give every zone a first order, those nearest to a host first."""
    for tree in range(len(work.trees)):
        grow(ground, work, tree, 0.0, 0.0 if tree == 0 else 0.3, rng)
    grow(ground, work, 0, 0.0, 0.0, rng)
    _insert_by(ground, now, work, work.label, np.arange(len(work.trees)))


@njit(cache=True)
def insert_along(ground: Ground, now: Orders, work: Search, way: Ints) -> None:
    """Give every zone a first order along one tree, int64[n_nodes], and let the search draw from no other."""
    for tree in range(len(work.trees)):
        work.trees[tree] = way
    for node in range(len(way)):
        there, far = node, 0.0
        while way[there] >= 0:
            far += ground.weight[way[there]]
            there = ground.head[way[there]]
        work.far[node] = far
    _insert_by(ground, now, work, work.far, np.arange(1))


@njit(cache=True)
def _insert_by(ground: Ground, now: Orders, work: Search, far: Floats, trees: Ints) -> None:
    """Give every zone an order, the nearest first: float64[n_nodes]."""
    near = np.full(len(ground.zone_node), np.inf)
    for zone in range(len(near)):
        if ground.zone_node[zone] >= 0:
            near[zone] = far[ground.zone_node[zone]]
    for zone in np.argsort(near):
        if ground.zone_node[zone] >= 0:
            _insert(ground, now, work, zone, trees)


@njit(cache=True)
def _start(departs: Ints) -> int:
    for k in range(len(departs)):
        if departs[k] > 0:
            return k
    return len(departs)


@njit(cache=True)
def _ruin(ground: Ground, now: Orders, work: Search, most: int, rng: np.random.Generator) -> int:
    """Choose the zones that lose their orders; returns how many, first in `work.removed`."""
    zones = work.order
    n_zones = 0
    for zone in range(len(ground.zone_node)):
        if ground.zone_node[zone] >= 0:
            zones[n_zones] = zone
            n_zones += 1
    kind = rng.random()
    seed = zones[rng.integers(0, n_zones)]
    n = 0
    if kind < 0.5 and now.length[seed] > 0:  # all whose routes lead through a node, so that it becomes free
        i = rng.integers(0, now.length[seed])
        while i > 0 and now.through[ground.tail[now.route[seed, i]]] > most:
            i -= 1
        node = ground.tail[now.route[seed, i]]
        for j in range(n_zones):
            zone = zones[j]
            leads = False
            for step in range(now.length[zone]):
                leads |= ground.tail[now.route[zone, step]] == node
            if leads:
                work.removed[n] = zone
                n += 1
        if n > most:  # a node that cannot be freed at once: some of them
            for j in range(most):
                other = rng.integers(j, n)
                work.removed[j], work.removed[other] = work.removed[other], work.removed[j]
            n = most
        if n > 3 or rng.random() < 0.5:
            return n
    work.marked[:] = 0
    for j in range(n):
        work.marked[work.removed[j]] = 1
    if n == 0:
        work.removed[0], n = seed, 1
        work.marked[seed] = 1
    wanted = min(n_zones, n + 1 + int(rng.integers(0, max(1, min(8, most)))))
    begins = _start(now.departs[seed])
    for j in range(n_zones):  # the likest of the others: same host, same time, or any
        zone = zones[j]
        work.key[zone] = rng.random() * 60
        if kind < 0.85:
            work.key[zone] += abs(_start(now.departs[zone]) - begins)
            if now.host[zone] != now.host[seed] and rng.random() < 0.7:
                work.key[zone] += 60
    while n < wanted:
        best = -1
        for j in range(n_zones):
            zone = zones[j]
            if work.marked[zone] == 0 and (best < 0 or work.key[zone] < work.key[best]):
                best = zone
        if best < 0:
            break
        work.marked[best] = 1
        work.removed[n] = best
        n += 1
    return n


@njit(cache=True)
def _sort_removed(ground: Ground, now: Orders, work: Search, n: int, rng: np.random.Generator) -> None:
    """The order in which zones get their orders anew, by a rule drawn at random, with some noise."""
    rule = rng.random()
    n_steps = ground.ready.shape[1]
    for j in range(n):
        zone = work.removed[j]
        people = ground.ready[zone, n_steps - 1]
        if rule < 0.3:
            key = rng.random()
        elif rule < 0.5:
            key = -people * (0.5 + rng.random())
        elif rule < 0.8:
            key = _start(now.departs[zone]) + 10 * rng.random()
        else:
            key = now.cost[zone] / max(1, people) * (0.7 + 0.6 * rng.random())
        work.key[zone] = key
    for j in range(1, n):
        zone = work.removed[j]
        i = j - 1
        while i >= 0 and work.key[work.removed[i]] > work.key[zone]:
            work.removed[i + 1] = work.removed[i]
            i -= 1
        work.removed[i + 1] = zone


@njit(cache=True)
def search(
    ground: Ground, now: Orders, work: Search, best: Orders, kept: Orders, rng: np.random.Generator,
    first: int, end: int, iterations: int, hottest: float, spread: float, most: int, floor: int,
    growing: float,
) -> int:  # fmt: skip
    """Ruin and recreate, accepted as in simulated annealing; `best` holds the best orders so far.

    first, end : which of the `iterations` to do; hottest : cost by which orders may worsen at the beginning
    spread : the most that hosts' handicaps in growing trees; most : zones that lose their orders at once
    floor : a cost at which to stop; growing : share of changes for which new trees are grown, the others make
    do with those at hand; returns the cost of the best orders

    Schrimpf, G. et al. (2000), Record breaking optimization results using the ruin and recreate principle.
    """
    n_pool = len(work.trees) - 1
    trees = np.empty(3, np.int64)
    every = 4
    total, least = now.cost.sum(), best.cost.sum()
    for iteration in range(first, end):
        if least <= floor:
            break
        heat = hottest * (1.0 - iteration / iterations) ** 2 + 1.0
        n = _ruin(ground, now, work, most, rng)
        _sort_removed(ground, now, work, n, rng)
        work.trees[n_pool] = work.trees[rng.integers(0, n_pool)]
        for node in range(len(now.way_on)):
            if now.way_on[node] >= 0:
                work.trees[n_pool, node] = now.way_on[node]
        before = after = 0
        for j in range(n):
            zone = work.removed[j]
            before += now.cost[zone]
            kept.route[zone] = now.route[zone]
            kept.departs[zone] = now.departs[zone]
            kept.length[zone], kept.host[zone] = now.length[zone], now.host[zone]
            kept.cost[zone], kept.rate[zone] = now.cost[zone], now.rate[zone]
            _book(ground, now, zone, -1)
        trees[0], trees[1], trees[2] = rng.integers(0, n_pool), rng.integers(0, n_pool), n_pool
        sigma = 0.05 + 0.6 * rng.random() ** 2
        grows = rng.random() < growing
        if grows:
            if rng.random() < 0.5:
                grow(ground, work, trees[0], spread * rng.random(), sigma, rng)
            else:
                grow_by_load(ground, now, work, trees[0], sigma, rng)
        for j in range(n):
            if grows and j > 0 and j % every == 0:
                grow_by_load(ground, now, work, trees[1], sigma, rng)
            after += _insert(ground, now, work, work.removed[j], trees)
        worse = after - before
        if worse <= 0 or rng.random() < math.exp(-worse / heat):
            total += worse
            if total < least:
                least = total
                best.route[:] = now.route
                best.departs[:] = now.departs
                best.length[:] = now.length
                best.host[:] = now.host
                best.cost[:] = now.cost
                best.rate[:] = now.rate
            continue
        for j in range(n):
            _book(ground, now, work.removed[j], -1)
        for j in range(n):
            zone = work.removed[j]
            now.route[zone] = kept.route[zone]
            now.departs[zone] = kept.departs[zone]
            now.length[zone], now.host[zone] = kept.length[zone], kept.host[zone]
            now.cost[zone], now.rate[zone] = kept.cost[zone], kept.rate[zone]
            _book(ground, now, zone, 1)
    return int(least)
