"""What orders are searched on: the reduced network of a problem as the arrays that the kernel eats."""

from collections import defaultdict

import numpy as np

from farshore.kernels.order_state import Ground, Orders, Search
from farshore.kernels.paths import grouped
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import Ints

__all__ = ["TREES", "ground_of", "no_orders", "room_to_search"]

TREES = 24  # ways on that the search keeps to draw from


def ground_of(problem: Problem, reduced: Reduced, *, convergent: bool) -> Ground:
    """The reduced network with zones that somebody leaves and hosts that take people in."""
    timing = problem.timing
    n_nodes = len(reduced.node)
    first_in, in_chain = grouped(reduced.head, n_nodes)
    hosts = np.flatnonzero(reduced.host_node >= 0)
    first_host, members = grouped(reduced.host_node[hosts], n_nodes)
    whole = np.ascontiguousarray(reduced.capacities[reduced.capacity_of])
    widest = np.maximum(1, whole.max(axis=1, initial=0))
    waited = np.zeros((len(timing.zone_node), timing.n_steps + 1), np.int64)
    np.cumsum(timing.wait_cost, axis=1, out=waited[:, 1:])
    ready = np.cumsum(timing.newly_ready, axis=1)
    typical = max(1, int(np.median(ready[:, -1]))) if len(ready) else 1
    return Ground(
        tail=reduced.tail,
        head=reduced.head,
        steps=reduced.steps,
        cost_of=reduced.cost_of,
        costs=reduced.costs,
        flat_cost=reduced.flat_cost,
        against=_against(problem, reduced),
        whole=whole,
        # Hours on the chain, and a little of the hours that a zone takes to pass it.
        weight=reduced.travel_s / 3600 + 0.1 * typical / widest * timing.step_s / 3600,
        hours=reduced.travel_s / 3600,
        hours_per_person=timing.step_s / 3600 / widest,
        first_in=first_in,
        in_chain=in_chain,
        first_host=first_host,
        host_at=hosts[members],
        host_node=reduced.host_node,
        host_whole=np.where(problem.host_open, timing.intake, 0),
        beds=timing.beds,
        zone_node=reduced.zone_node,
        ready=ready,
        waited=np.ascontiguousarray(waited[:, :-1]),
        staying_cost=waited[:, -1] + timing.left_cost,
        convergent=int(convergent),
    )


def _against(problem: Problem, reduced: Reduced) -> Ints:
    """The chain that passes the same inner nodes as each chain, −1 if none does."""
    timing = problem.timing
    through: defaultdict[int, list[int]] = defaultdict(list)
    for chain in range(len(reduced.tail)):
        for arc in reduced.arcs_of(chain)[1:].tolist():
            through[int(timing.tail[arc])].append(chain)
    against = np.full(len(reduced.tail), -1, np.int64)
    for chains in through.values():
        for chain in chains:
            for other in chains:
                if other != chain:
                    against[chain] = other
    return against


def no_orders(ground: Ground) -> Orders:
    """Orders of nobody: all room is free."""
    n_zones, n_steps = ground.ready.shape
    n_nodes = len(ground.first_in) - 1
    here = ground.zone_node >= 0
    return Orders(
        way_on=np.full(n_nodes, -1, np.int64),
        through=np.zeros(n_nodes, np.int64),
        used=np.zeros(len(ground.tail), np.int64),
        load=np.zeros(len(ground.tail), np.int64),
        left=ground.whole.copy(),
        host_left=ground.host_whole.copy(),
        beds_left=ground.beds.copy(),
        route=np.zeros((n_zones, n_nodes), np.int64),
        length=np.zeros(n_zones, np.int64),
        host=np.full(n_zones, -1, np.int64),
        cost=np.where(here, ground.ready[:, -1] * ground.staying_cost, 0),
        rate=np.zeros(n_zones, np.int64),
        departs=np.zeros((n_zones, n_steps), np.int64),
    )


def room_to_search(ground: Ground) -> Search:
    """Arrays for the search to work in."""
    n_zones, n_steps = ground.ready.shape
    n_nodes = len(ground.first_in) - 1

    def steps() -> Ints:
        return np.zeros(n_steps, np.int64)

    return Search(
        trees=np.full((TREES + 1, n_nodes), -1, np.int64),
        label=np.zeros(n_nodes),
        far=np.zeros(n_nodes),
        noise=np.zeros(len(ground.tail)),
        room=steps(),
        shut=steps(),
        price=steps(),
        trial=np.zeros(n_nodes + 1, np.int64),
        trial_departs=steps(),
        best_route=np.zeros(n_nodes + 1, np.int64),
        best_departs=steps(),
        order=np.zeros(n_zones, np.int64),
        key=np.zeros(n_zones),
        removed=np.zeros(n_zones, np.int64),
        marked=np.zeros(n_zones, np.int64),
        visited=np.zeros(n_nodes + 1, np.int64),
    )
