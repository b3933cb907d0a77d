"""The tree of ways that zones are ordered along: annealed, with queues in place of windows."""

from collections.abc import Callable
from typing import Final

import numpy as np

from farshore.kernels.order_state import Ground
from farshore.kernels.order_trees import TreeGround, Trying, anneal_trees, load_tree, shortest_tree
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import Ints

__all__ = ["annealed_ways", "tree_ground_of", "trying"]

_TRIES: Final = 4  # each from the shortest ways, with other random numbers
_HOTTEST: Final = 0.03  # of what all cost on the shortest ways; by how much a tree may worsen at first
_COOLEST: Final = 1e-5
_SLICE: Final = 20_000

Look = Callable[[float], bool]


def annealed_ways(ground: TreeGround, *, seed: int, iterations: int, look: Look) -> tuple[Ints, int]:
    """The best tree of ways that annealing finds, int64[n_nodes], and what all cost on it, with queues.

    iterations : of all tries together; look : told now and then which share is done, says whether to stop
    """
    best_ways, best_cost = np.full(len(ground.beds), -1, np.int64), -1
    each = max(1, iterations // _TRIES)
    for number in range(_TRIES):
        now, rng = trying(ground), np.random.default_rng([seed, number])
        shortest_tree(ground, now.way)
        now.best[:] = now.way
        total = least = int(load_tree(ground, now))
        placed = total - ground.left_cost * _left(ground, now)
        for done in range(0, each, _SLICE):
            if look((number + done / each) / _TRIES):
                break
            total, least = anneal_trees(
                ground, now, rng, done, min(each, done + _SLICE), each,
                _HOTTEST * placed + 1.0, _COOLEST * placed + 1.0, total, least,
            )  # fmt: skip
        if best_cost < 0 or least < best_cost:
            best_ways, best_cost = now.best, int(least)
        if look((number + 1) / _TRIES):
            break
    return best_ways, best_cost


def tree_ground_of(problem: Problem, reduced: Reduced, ground: Ground) -> TreeGround:
    """What trees grow on: the ground of orders with people and beds by node."""
    timing = problem.timing
    n_nodes, n_steps = len(reduced.node), timing.n_steps
    people = int(timing.newly_ready.sum())
    release, intake = np.zeros((n_nodes, n_steps), np.int64), np.zeros((n_nodes, n_steps), np.int64)
    beds = np.zeros(n_nodes, np.int64)
    zones, hosts = np.flatnonzero(ground.zone_node >= 0), np.flatnonzero(ground.host_node >= 0)
    np.add.at(release, ground.zone_node[zones], timing.newly_ready[zones])
    np.add.at(intake, ground.host_node[hosts], np.minimum(ground.host_whole[hosts], people))
    np.add.at(beds, ground.host_node[hosts], np.minimum(ground.beds[hosts], people))
    by_people = timing.newly_ready.sum(axis=1)
    still = int((timing.wait_cost.mean(axis=1) * by_people).sum() // max(1, people))
    return TreeGround(
        tail=ground.tail,
        head=ground.head,
        steps=ground.steps,
        cost_of=ground.cost_of,
        flat_cost=ground.flat_cost,
        back=_back(reduced),
        whole=ground.whole,
        costs=ground.costs,
        weight=ground.weight,
        first_in=ground.first_in,
        in_chain=ground.in_chain,
        release=release,
        intake=intake,
        beds=beds,
        still_cost=still,
        left_cost=int(timing.left_cost),
    )


def trying(ground: TreeGround) -> Trying:
    """A tree of no ways yet, and room to work in."""
    n_nodes, n_steps = ground.release.shape

    def each(more: int = 0) -> Ints:
        return np.zeros(n_nodes + more, np.int64)

    return Trying(
        way=each() - 1,
        leaves=np.zeros((n_nodes, n_steps), np.int64),
        cost=each(),
        comes=each(),
        best=each() - 1,
        kept_leaves=np.zeros((n_nodes, n_steps), np.int64),
        kept_cost=each(),
        kept_comes=each(),
        arriving=np.zeros(n_steps, np.int64),
        depth=each(),
        mark=each(1),
        touched=each(1),
        listed=each(),
        moved=each(),
        onto=each(),
    )


def _back(reduced: Reduced) -> Ints:
    """The chain that leads the other way over the same nodes as each chain, −1 if none does."""
    ends = zip(
        reduced.tail.tolist(), reduced.head.tolist(), reduced.leads_to.tolist(), reduced.comes_from.tolist(),
        strict=True,
    )  # fmt: skip
    rows = {each: row for row, each in enumerate(ends)}
    return np.array([rows.get((h, t, last, first), -1) for t, h, first, last in rows], np.int64).reshape(-1)


def _left(ground: TreeGround, now: Trying) -> int:
    """How many do not arrive by the tree as it stands, at most."""
    moves = now.leaves.sum(axis=1)
    return int(np.where(ground.beds > 0, 0, now.comes - moves).sum())
