"""Ours beside other simulators, with identical fixed routes on a network that its crossings limit.

The crossings decide here: in gridlock the rules that nobody states would (docs/simulate.md, bands).
"""

import numpy as np
import pytest
from benchmarks.traffic_cases import narrow_river, shortest_routes
from benchmarks.traffic_peers import farshore, sumo, uxsim

SHARES = np.array([10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99])


@pytest.fixture(scope="module", params=(0, 1), ids=("one draw", "another"))
def case(request):
    return narrow_river(4000, request.param)


def ours(case, **rules):
    return farshore(case, shortest_routes(case), **rules).quantiles(SHARES, len(case.origin))


@pytest.mark.filterwarnings("ignore")
def test_clearance_as_uxsim(case):
    """p10 … p99 of the clearance curve within 2 % of UXsim at Δn = 1, one queue at each origin as there."""
    pytest.importorskip("uxsim", reason="the group `peers` is not installed")
    theirs = uxsim(case, shortest_routes(case), deltan=1)
    assert theirs.loaded == len(case.origin)
    expected = theirs.quantiles(SHARES, len(case.origin))
    np.testing.assert_allclose(ours(case, one_queue=True), expected, rtol=0.02)


def test_clearance_as_sumo(case):
    """p10 … p99 of the clearance curve within 3 % of SUMO's mesoscopic model, speed deviation off."""
    pytest.importorskip("sumo", reason="the group `peers` is not installed")
    theirs = sumo(case, shortest_routes(case))
    np.testing.assert_allclose(ours(case), theirs.quantiles(SHARES, len(case.origin)), rtol=0.03)
