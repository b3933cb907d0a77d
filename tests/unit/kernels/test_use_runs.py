"""Uses as runs of steps: the same tolls and the same use as step by step."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.use_runs import runs_of, tolls_by_runs, used_by_runs


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_runs_charge_and_use_what_their_steps_do(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n, n_steps, n_families = int(chance.integers(1, 6)), int(chance.integers(1, 60)), 3
    uses = np.unique(
        np.stack([chance.integers(0, high, 40) for high in (n, n_families, 12)]) - [[0], [0], [4]], axis=1
    )
    stretch, family, offset = uses
    amount = chance.integers(1, 3, len(stretch)).astype(np.float64)
    runs = runs_of(n, stretch, family, offset, amount)
    assert len(runs.family) <= len(stretch)
    assert (runs.amount * (runs.end - runs.begin)).sum() == amount.sum()
    prices, flow = chance.random((n_families, n_steps)), chance.random((2, n_steps, n))
    tolls, used = np.zeros((n_steps, n)), np.zeros((n_families, n_steps))
    for s, f, o, a in zip(stretch, family, offset, amount, strict=True):
        for k in range(max(0, -o), min(n_steps, n_steps - o)):
            tolls[k, s] += a * prices[f, k + o]
            used[f, k + o] += a * flow[:, k, s].sum()
    np.testing.assert_allclose(tolls_by_runs(runs, prices), tolls, atol=1e-9)
    np.testing.assert_allclose(used_by_runs(n_families, runs, flow), used, atol=1e-9)
