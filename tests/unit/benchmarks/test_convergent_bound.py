"""The bound on ways that converge, by hand."""

import pytest
from benchmarks.convergent_bound import convergent_bound

from farshore.plan import plan
from farshore.plan.orders import plan_zones
from tests.builders import scenario

# Steps of half an hour, 10 persons a step, a road of half an hour each.
ROAD = "length=18000 free_speed=36 capacity=20 directed=true"


def test_one_way_on_from_a_junction_halves_what_leaves_it():
    """40 people come to m at 20 a step and could leave by two roads at 10 each; by one, the last 20 wait."""
    given = scenario(
        links=[f"a x m {ROAD}", f"b y m {ROAD}", f"c m p {ROAD}", f"d m q {ROAD}"],
        zones=["zx x persons=20", "zy y persons=20"],
        hosts=["hp p", "hq q"],
        horizon_h=8,
    )
    journeys = 40 * 2 * 500  # two roads each
    assert plan(given).certificate.objective == 20 * (2 + 3) * 500_000 + journeys
    bound = convergent_bound(given)
    assert bound == pytest.approx(10 * (2 + 3 + 4 + 5) * 500_000 + journeys, rel=1e-9)
    assert plan_zones(given, iterations=200).certificate.objective == pytest.approx(bound, rel=1e-9)
