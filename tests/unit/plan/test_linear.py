"""Linear programs, against SciPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from farshore.plan.linear import least_cost


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_the_corner_found_costs_the_least_and_keeps_within_its_rows(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n_rows, n = int(chance.integers(1, 8)), int(chance.integers(1, 10))
    matrix = np.where(chance.random((n_rows, n)) < 0.6, chance.integers(-2, 4, (n_rows, n)), 0).astype(float)
    inside = chance.integers(0, 5, n).astype(float)
    upper = matrix @ inside + chance.integers(0, 3, n_rows)
    lower = np.where(chance.random(n_rows) < 0.3, matrix @ inside, -np.inf)
    upper = np.where(np.isfinite(lower), lower, upper)
    cost = chance.integers(0, 9, n).astype(float)  # ≥ 0: bounded
    corner = least_cost(cost, csr_array(matrix), lower, upper)
    assert corner is not None
    x = corner.values
    equal = np.isfinite(lower)
    known = linprog(cost, matrix[~equal], upper[~equal], matrix[equal], upper[equal], method="highs")
    assert cost @ x == pytest.approx(known.fun, abs=1e-6)
    assert (x >= 0).all()
    assert (matrix @ x <= upper + 1e-6).all()
    assert (matrix @ x >= lower - 1e-6).all()


def test_what_no_x_can_keep_is_told_as_nothing_found() -> None:
    matrix = csr_array(np.array([[1.0], [1.0]]))
    assert least_cost(np.ones(1), matrix, np.array([2.0, -np.inf]), np.array([2.0, 1.0])) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_what_is_begun_where_another_ended_comes_to_the_same(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n_rows, n = int(chance.integers(2, 12)), int(chance.integers(2, 20))
    matrix = csr_array((chance.random((n_rows, n)) < 0.5) * chance.integers(1, 4, (n_rows, n)).astype(float))
    cost = chance.integers(1, 9, n).astype(float)
    ends = []
    for _ in range(2):
        inside = matrix @ chance.integers(0, 5, n).astype(float)
        lower = np.where(np.arange(n_rows) < n_rows // 2, inside, -np.inf)
        ends.append((lower, inside + np.where(np.isfinite(lower), 0, chance.integers(0, 3, n_rows))))
    first = least_cost(cost, matrix, *ends[0])
    assert first is not None
    afresh, on = least_cost(cost, matrix, *ends[1]), least_cost(cost, matrix, *ends[1], begin=first)
    assert afresh is not None
    assert on is not None
    assert cost @ on.values == pytest.approx(cost @ afresh.values, abs=1e-6)
    assert (matrix @ on.values <= ends[1][1] + 1e-6).all()
    assert (matrix @ on.values >= ends[1][0] - 1e-6).all()
