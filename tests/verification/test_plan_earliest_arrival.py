"""With exposure 1 everywhere and no weight on travel, the best plan is an earliest-arrival flow.

Gale, D. (1959), Transient flows in networks: with one destination there is a flow over time that has, at any
moment, brought in as many as any flow could by then. Its arrivals are therefore the maximum flows over time,
one for each horizon, which SciPy's maximum flow on the time-expanded network gives.
"""

from itertools import accumulate

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from farshore.plan import plan
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.oracle import Oracle

N_STEPS = 16


def grid(seed: int) -> Scenario:
    """A grid of one-way roads, so that there is no turning back, narrow at random; two zones, one host."""
    random = np.random.default_rng(seed)
    side = 4
    links = []
    for i in range(side):
        for j in range(side):
            for di, dj in ((0, 1), (1, 0)):
                if i + di < side and j + dj < side:
                    ends = f"n{i}{j} n{i + di}{j + dj}"
                    figures = f"length={random.integers(500, 20_000)} capacity={2 * random.integers(1, 6)}"
                    links.append(f"l{len(links)} {ends} directed=true {figures}")
    return scenario(
        links=links,
        zones=["a n00 persons=60", "b n01 persons=40"],
        hosts=["h n33"],
        horizon_h=N_STEPS // 2,
        parameters={"travel_weight": 0},
    )


def most_by(oracle: Oracle, horizon: int) -> int:
    """Most people that any flow over time brings to the host in the first `horizon` steps."""
    number: dict[object, int] = {}

    def node(*key: object) -> int:
        return number.setdefault(key, len(number))

    source, sink = node("source"), node("sink")
    edges: dict[tuple[int, int], int] = {}

    def edge(u: int, v: int, capacity: int) -> None:
        edges[u, v] = edges.get((u, v), 0) + capacity

    for zone in oracle.zones:
        for k in range(horizon):
            newly = zone.ready[k] - (zone.ready[k - 1] if k else 0)
            edge(source, node("home", zone.code, k), newly)
            edge(node("home", zone.code, k), node(zone.node, k), 10**6)
            edge(node("home", zone.code, k), node("home", zone.code, k + 1), 10**6)
    for arc in oracle.arcs:
        for k in range(horizon - arc.steps):
            edge(node(arc.tail, k), node(arc.head, k + arc.steps), arc.capacity[k])
    for k in range(horizon):
        edge(node(oracle.hosts[0].node, k), sink, 10**6)
    tails, heads = zip(*edges, strict=True)
    network = csr_matrix(
        (np.array(list(edges.values()), np.int32), (tails, heads)), shape=(len(number), len(number))
    )
    return int(maximum_flow(network, source, sink).flow_value)


@pytest.mark.parametrize("seed", range(8))
def test_as_many_as_possible_have_arrived_at_every_moment(seed: int) -> None:
    problem = grid(seed)
    outcome, oracle = plan(problem), Oracle(problem)
    arrived = [0] * N_STEPS
    departures = outcome.departures
    for route, step, persons in zip(
        departures.route.tolist(), departures.step.tolist(), departures.persons.tolist(), strict=True
    ):
        arrived[step + outcome.routes[route].arrival_steps] += persons
    by_then = list(accumulate(arrived))
    assert by_then == [most_by(oracle, k + 1) for k in range(N_STEPS)]
    assert len(set(by_then)) > 3
    assert outcome.certificate.lower_bound == outcome.certificate.objective


def test_one_road_is_cleared_when_the_formula_says() -> None:
    """N persons at c a step over a road of τ steps: the last is in by step τ + ⌈N / c⌉ − 1."""
    outcome = plan(
        scenario(
            links=["a n1 n2 length=60000 capacity=14"], zones=["z n1 persons=45"], hosts=["h n2"], horizon_h=8
        )
    )
    (route,) = outcome.routes
    assert route.arrival_steps == 3
    assert int(outcome.departures.step.max()) + route.arrival_steps == 3 + -(-45 // 7) - 1
