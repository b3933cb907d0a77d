"""Intervals hold the truth as often as they say, whatever is drawn."""

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from farshore.stress import quantile_interval, share_interval
from farshore.stress.quantiles import futures_needed, half_width


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("n", [40, 100, 333, 1000])
def test_the_interval_holds_with_19_in_20_by_the_binomial(n: int, share: float) -> None:
    """Draws 1 … n stand for order statistics: the number of draws below the true quantile is binomial."""
    found = quantile_interval([float(k) for k in range(1, n + 1)], share)
    below = np.arange(
        n + 1
    )  # so many draws lie below the truth: it lies between order statistics k and k + 1
    held = (below >= (0 if math.isinf(found.low) else found.low)) & (
        below < (n + 1 if math.isinf(found.high) else found.high)
    )
    cover = binom.pmf(below[held], n, share).sum()
    assert 0.95 <= cover <= 0.985


def test_coverage_on_a_skewed_truth() -> None:
    """1,000 samples of 150 from a lognormal distribution whose P90 is known."""
    truth = math.exp(1.2 * norm.ppf(0.9))
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(1000):
        found = quantile_interval(np.exp(1.2 * rng.standard_normal(150)).tolist(), 0.9)
        held += found.low <= truth <= found.high
    assert 0.94 <= held / 1000 <= 0.995


def test_what_is_not_reached_is_infinite_and_counts() -> None:
    values = [10.0] * 70 + [math.inf] * 30
    assert quantile_interval(values, 0.5).value == 10.0
    assert math.isinf(quantile_interval(values, 0.9).value)
    assert half_width(quantile_interval(values, 0.9), 24, least=0, most=24) == 0.0


def test_too_few_draws_say_so() -> None:
    found = quantile_interval([1.0, 2.0, 3.0], 0.9)
    assert found.value == 3.0
    assert found.high == math.inf
    assert quantile_interval([], 0.5).low == -math.inf


def test_a_share_and_its_interval() -> None:
    found = share_interval(50, 100)
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)  # Wilson's, known
    assert share_interval(0, 100).low == pytest.approx(0.0, abs=1e-12)


def test_half_the_width_needs_four_times_the_futures() -> None:
    assert futures_needed(500, 0.04, 0.02) == 2000
    assert futures_needed(500, 0.01, 0.02) == 500
