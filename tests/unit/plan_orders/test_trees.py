"""Trees of ways that orders follow: by hand, against every tree there is, and against the flow on a tree."""

import itertools

import numpy as np
import pytest

from farshore.kernels.order_trees import anneal_trees, load_tree, shortest_tree
from farshore.plan import plan
from farshore.plan.model import problem_of
from farshore.plan.orders.ground import ground_of
from farshore.plan.orders.trees import annealed_ways, tree_ground_of, trying
from farshore.plan.reduce import reduce_network
from tests.builders import scenario

# A step of half an hour on each road, `wide` persons a step.
ROAD = "length=18000 free_speed=36"
STEP = 500_000


def ground_for(given):
    problem = problem_of(given)
    reduced = reduce_network(problem)
    return tree_ground_of(problem, reduced, ground_of(problem, reduced, convergent=True))


def cost_of(ground, way):
    now = trying(ground)
    now.way[:] = way
    return int(load_tree(ground, now))


def town(seed, beds=1000):
    """Nine junctions in a square, roads of unlike width, four zones and two hosts in opposite corners."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(9) for j in (i + 1, i + 3) if j < 9 and (j == i + 3 or j % 3)]
    links = [f"r{i}{j} n{i} n{j} {ROAD} capacity={int(rng.integers(1, 6)) * 4}" for i, j in pairs]
    zones = [f"z{i} n{i} persons={int(rng.integers(5, 40))}" for i in (1, 3, 4, 5)]
    return scenario(links=links, zones=zones, hosts=[f"h n0 beds={beds}", "g n8 beds=1000"], horizon_h=24)


def every_tree(ground):
    """All ways on from nodes that lead to a host, each ending where hosts are."""
    n_nodes = len(ground.beds)
    choices = [
        [-1] if ground.beds[node] > 0 else np.flatnonzero(ground.tail == node).tolist()
        for node in range(n_nodes)
    ]
    for way in itertools.product(*choices):
        for node in range(n_nodes):
            there, seen = node, 0
            while way[there] >= 0 and seen <= n_nodes:
                there, seen = int(ground.head[way[there]]), seen + 1
            if seen > n_nodes:
                break
        else:
            yield np.array(way, np.int64)


def test_a_queue_costs_what_waiting_at_home_does():
    """40 and 40 people through one road of 10 a step after one of 10 each: 8 steps at the narrow place."""
    road = scenario(
        links=[f"a x m {ROAD} capacity=20", f"b y m {ROAD} capacity=20", f"c m p {ROAD} capacity=20"],
        zones=["zx x persons=40", "zy y persons=40"],
        hosts=["h p"],
        horizon_h=12,
    )
    ground = ground_for(road)
    now = trying(ground)
    shortest_tree(ground, now.way)
    # Ten arrive after each of steps 2 … 9, counted from the start; 500 of travel for a road.
    assert load_tree(ground, now) == 10 * sum(range(2, 10)) * STEP + 80 * 2 * 500
    assert plan(road).certificate.objective == load_tree(ground, now)


@pytest.mark.parametrize("seed", range(6))
def test_the_annealed_tree_is_the_best_of_all(seed):
    ground = ground_for(town(seed))
    best = min(cost_of(ground, way) for way in every_tree(ground))
    ways, cost = annealed_ways(ground, seed=1, iterations=8_000, look=lambda share: False)
    assert cost == best == cost_of(ground, ways)


@pytest.mark.parametrize("beds", [1000, 20])
@pytest.mark.parametrize("seed", range(4))
def test_changes_are_accounted_for_as_if_all_were_worked_out_anew(seed, beds):
    """Whatever was accepted and undone on the way, also where a host's beds run out and people go on."""
    ground = ground_for(town(seed, beds))
    now, rng = trying(ground), np.random.default_rng(seed)
    shortest_tree(ground, now.way)
    now.best[:] = now.way
    start = load_tree(ground, now)
    total, least = anneal_trees(ground, now, rng, 0, 3_000, 3_000, 0.05 * start, 0.001 * start, start, start)
    assert total == cost_of(ground, now.way)
    assert least == cost_of(ground, now.best) <= start


def test_people_go_on_from_a_host_without_beds():
    """Twenty beds at p, the way of all; the others go on from there to q, though no way but this leads on."""
    full = scenario(
        links=[f"a x p {ROAD} capacity=20", f"b p q {ROAD} capacity=20"],
        zones=["z x persons=50"],
        hosts=["hp p beds=20", "hq q"],
        horizon_h=12,
    )
    ground = ground_for(full)
    _, cost = annealed_ways(ground, seed=1, iterations=400, look=lambda share: False)
    # Twenty home after steps 1 and 2; ten each after steps 4, 5 and 6 with a second road.
    assert cost == 10 * (1 + 2 + 4 + 5 + 6) * STEP + 20 * 500 + 30 * 1000
    assert cost == plan(full).certificate.objective
