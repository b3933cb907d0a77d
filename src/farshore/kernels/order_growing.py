"""Growing trees of ways at random: by travel time, or by what comes free soonest."""

import heapq
import math

import numpy as np
from numba import njit

from farshore.kernels.order_state import Ground, Orders, Search

__all__ = ["grow", "grow_by_load"]


@njit(cache=True)
def grow(
    ground: Ground, work: Search, tree: int, spread: float, sigma: float, rng: np.random.Generator
) -> None:
    """A random tree of ways to the hosts: weights changed by a factor, hosts by a handicap."""
    label = work.label
    label[:] = np.inf
    way = work.trees[tree]
    way[:] = -1
    queue = [(0.0, np.int64(0))]
    queue.pop()
    for host in range(len(ground.host_node)):
        node = ground.host_node[host]
        if node >= 0:
            handicap = spread * rng.random()
            if handicap < label[node]:
                label[node] = handicap
                heapq.heappush(queue, (handicap, node))
    for chain in range(len(ground.tail)):
        work.noise[chain] = ground.weight[chain] * math.exp(sigma * rng.standard_normal())
    while len(queue) > 0:
        so_far, node = heapq.heappop(queue)
        if so_far > label[node]:
            continue
        for i in range(ground.first_in[node], ground.first_in[node + 1]):
            chain = ground.in_chain[i]
            there = so_far + work.noise[chain]
            before = ground.tail[chain]
            if there < label[before]:
                label[before] = there
                way[before] = chain
                heapq.heappush(queue, (there, before))


@njit(cache=True)
def grow_by_load(
    ground: Ground, now: Orders, work: Search, tree: int, sigma: float, rng: np.random.Generator
) -> None:
    """A tree of ways that come free soonest: the longest that any chain of a way is busy counts.

    A chain with a load of so many hours, so many hours of travel before the host, lets nobody more arrive
    until the sum of the two.
    """
    label, far = work.label, work.far
    label[:] = np.inf
    way = work.trees[tree]
    way[:] = -1
    queue = [(0.0, np.int64(0))]
    queue.pop()
    for host in range(len(ground.host_node)):
        node = ground.host_node[host]
        if node >= 0 and now.beds_left[host] > 0:
            label[node] = 0.0
            far[node] = 0.0
            heapq.heappush(queue, (0.0, node))
    for chain in range(len(ground.tail)):
        work.noise[chain] = math.exp(sigma * rng.standard_normal())
    while len(queue) > 0:
        so_far, node = heapq.heappop(queue)
        if so_far > label[node]:
            continue
        for i in range(ground.first_in[node], ground.first_in[node + 1]):
            chain = ground.in_chain[i]
            before = ground.tail[chain]
            away = far[node] + ground.hours[chain] * work.noise[chain]
            busy = now.load[chain] * ground.hours_per_person[chain] * work.noise[chain] + away
            there = max(so_far, busy) + 0.1 * ground.weight[chain] * work.noise[chain]
            if there < label[before]:
                label[before] = there
                far[before] = away
                way[before] = chain
                heapq.heappush(queue, (there, before))
