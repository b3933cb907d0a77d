"""The checker against an explicit search of everything, and against the solver's own reading of the page."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.problem import problem_of
from farshore.scenario.timing import UNLIMITED, timing_of
from tests.strategies import small_scenarios


@settings(max_examples=300, deadline=None)
@given(small_scenarios())
def test_checker_and_solver_read_the_model_page_alike(scenario):
    """Two derivations that share no code: arcs, steps, capacities, costs, people and hosts are the same."""
    ours, theirs = problem_of(scenario), timing_of(scenario)
    network = ours.network
    assert network.arc_ids == theirs.arc_ids
    for name in ("tail", "head", "travel_s", "steps", "link_row", "crossing_row"):
        assert getattr(network, name).tolist() == getattr(theirs, name).tolist(), name
    for arc in range(len(network.arc_ids)):
        assert network.capacity(arc).tolist() == theirs.capacities[theirs.capacity_of[arc]].tolist()
        profile = theirs.cost_of[arc]
        cost = theirs.costs[profile] if profile >= 0 else np.full(theirs.n_steps, theirs.flat_cost[arc])
        assert np.broadcast_to(network.cost(arc), theirs.n_steps).tolist() == cost.tolist()
    for zone in ours.zones:
        assert zone.people == theirs.people[zone.row]
        assert zone.never_ready == theirs.late[zone.row]
        assert zone.newly_ready.tolist() == theirs.newly_ready[zone.row].tolist()
        assert zone.waiting_cost.tolist() == theirs.wait_cost[zone.row].tolist()
    assert ours.left_cost == theirs.left_cost
    for host in ours.hosts:
        intake = [host.intake_in(step) for step in range(theirs.n_steps)]
        assert [UNLIMITED if most is None else most for most in intake] == theirs.intake[host.row].tolist()
        assert host.beds == theirs.beds[host.row]


def cheapest_by_search(problem, prices):
    """The bound by trying every way, one step and one link at a time."""
    network, n_steps = problem.network, problem.clock.n_steps
    leaving = {}
    for arc in range(len(network.arc_ids)):
        leaving.setdefault(int(network.tail[arc]), []).append(arc)

    def ends(node, step):
        costs = [
            prices.beds.get(h.row, 0) + prices.intake.get((h.row, step), 0)
            for h in problem.hosts
            if h.node == node and not h.blocked and h.beds > 0 and h.intake_in(step) != 0
        ]
        return min(costs, default=float("inf"))

    def enter(arc, step):
        if network.capacity(arc)[step] < 1:
            return float("inf")
        return int(np.broadcast_to(network.cost(arc), n_steps)[step]) + prices.links.get((arc, step), 0)

    @cache
    def at_step(step):
        """Cheapest from each (node, came from) in a step: relaxed until nothing changes."""
        nodes = range(len(problem.scenario.nodes))
        best = {(v, u): ends(v, step) for v in nodes for u in [*nodes, -1]}
        changed = True
        while changed:
            changed = False
            for v, u in list(best):
                for arc in leaving.get(v, ()):
                    head, later = int(network.head[arc]), step + int(network.steps[arc])
                    if head == u or later >= n_steps:
                        continue
                    onward = best if later == step else at_step(later)
                    cost = enter(arc, step) + onward[head, v]
                    if cost < best[v, u]:
                        best[v, u], changed = cost, True
        return best

    total = 0
    for zone in problem.zones:
        total += zone.never_ready * problem.left_cost
        cost = problem.left_cost
        for step in reversed(range(n_steps)):
            cost = min(cost + int(zone.waiting_cost[step]), at_step(step)[zone.node, -1])
            total += int(zone.newly_ready[step]) * cost
    sold = sum(price * int(network.capacity(arc)[step]) for (arc, step), price in prices.links.items())
    sold += sum(price * problem.hosts[h].intake_in(step) for (h, step), price in prices.intake.items())
    return total - sold - sum(price * problem.hosts[h].beds for h, price in prices.beds.items())


@settings(max_examples=200, deadline=None)
@given(small_scenarios(max_nodes=6, max_zones=2), st.data())
def test_the_bound_is_the_cheapest_of_all_ways(scenario, data):
    """At any prices the vectorised search finds what trying everything finds, to the last unit."""
    problem = problem_of(scenario)
    price = st.sampled_from((0, 1, 7, 40_000, 900_000, 10**9, 10**15))
    step = st.integers(0, problem.clock.n_steps - 1)
    arc = st.integers(0, len(problem.network.arc_ids) - 1)
    limited = [h.row for h in problem.hosts if h.intake is not None]
    prices = Prices(
        links=data.draw(st.dictionaries(st.tuples(arc, step), price, max_size=12)),
        intake=data.draw(st.dictionaries(st.tuples(st.sampled_from(limited), step), price, max_size=6))
        if limited
        else {},
        beds=data.draw(st.dictionaries(st.integers(0, len(problem.hosts) - 1), price, max_size=3)),
    )
    found = lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, prices)
    assert found == cheapest_by_search(problem, prices)
