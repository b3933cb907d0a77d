"""Going down to the least of what cannot be below zero: against known optima and an oracle."""

import numpy as np
import pytest
from scipy.optimize import nnls

from farshore.plan.classes.descent import least_of


@pytest.mark.parametrize("seed", range(8))
def test_least_squares_without_negative_parts_end_where_the_active_set_method_does(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows, aim = chance.normal(size=(60, 40)), chance.normal(size=60)

    def squares(at: np.ndarray) -> tuple[float, np.ndarray]:
        off = rows @ at - aim
        return 0.5 * float(off @ off), rows.T @ off

    found = least_of(squares, np.zeros(40), 400, lambda _: False)
    best, residual = nnls(rows, aim)
    assert (found >= 0).all()
    assert 0 < (best == 0).sum() < 40  # the bounds matter
    assert squares(found)[0] == pytest.approx(0.5 * residual**2, rel=1e-8)


def test_it_stops_when_told_or_when_it_has_looked_as_often_as_it_may() -> None:
    looks = 0

    def valley(at: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal looks
        looks += 1
        a, b = at
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2, np.array(
            [2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)]
        )

    least_of(valley, np.zeros(2), 7, lambda _: False)
    assert looks == 7
    looks = 0
    found = least_of(valley, np.array([0.0, 2.0]), 500, lambda value: value < 1e-10)
    np.testing.assert_allclose(found, [1.0, 1.0], atol=1e-4)
    assert looks < 100


def test_where_nothing_may_move_it_stays() -> None:
    begin = np.zeros(3)
    assert (least_of(lambda at: (at.sum(), np.ones(3)), begin, 50, lambda _: False) == begin).all()


def test_a_slope_too_small_to_be_squared_is_no_fault() -> None:
    begin = np.ones(2)
    found = least_of(lambda at: (1e-200 * float(at.sum()), np.full(2, 1e-200)), begin, 50, lambda _: False)
    np.testing.assert_allclose(found, begin)
