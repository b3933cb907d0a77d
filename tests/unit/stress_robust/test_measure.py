"""The mean of the worst, its weights, and how it is asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farshore.errors import UsageFault
from farshore.stress.robust import Measure, parse_measure
from farshore.stress.robust.measure import UNDISTURBED_WEIGHT

costs_of = st.lists(st.integers(0, 10**6).map(float), min_size=1, max_size=30)


def test_the_worst_tenth_of_twenty_is_the_mean_of_the_two_worst():
    assert Measure(0.9).of([*range(18), 100.0, 200.0]) == pytest.approx(150.0)


def test_a_part_of_a_future_counts_in_part():
    """The worst fifth of four futures is eight tenths of one."""
    assert Measure(0.8).of([1.0, 5.0, 2.0, 3.0]) == pytest.approx(5.0)
    assert Measure(0.5).of([4.0, 1.0, 1.0]) == pytest.approx((4 * (1 / 1.5)) + 1 * (0.5 / 1.5))


def test_the_mean_is_the_mean():
    assert Measure(0.0).of([1.0, 2.0, 6.0]) == pytest.approx(3.0)
    assert str(parse_measure("mean")) == "mean"
    assert str(parse_measure("cvar@0.95")) == "cvar@0.95"


@given(costs_of, st.sampled_from((0.0, 0.3, 0.5, 0.9, 0.99)))
def test_the_measure_is_what_rockafellar_and_uryasev_minimise(costs, level):
    """min over η of η + E[(cost − η)⁺] / (1 − level); the minimum lies at one of the costs."""
    least = min(eta + np.mean(np.maximum(np.array(costs) - eta, 0)) / (1 - level) for eta in costs)
    assert Measure(level).of(costs) == pytest.approx(least, rel=1e-9, abs=1e-6)


@given(costs_of, st.sampled_from((0.0, 0.5, 0.9)), st.randoms(use_true_random=False))
def test_no_other_weights_give_more(costs, level, random):
    """Weights that are right for other costs are allowed ones, and give no more for these."""
    measure = Measure(level)
    others = [random.uniform(0, 10) for _ in costs]
    weights = measure.objective_weights(others)
    assert float(weights @ [7.0, *costs]) <= measure.objective(7.0, costs) * (1 + 1e-12) + 1e-9
    assert weights.sum() == pytest.approx(1 + UNDISTURBED_WEIGHT)
    assert weights[0] > 0, "what is done if nothing is lost counts a little"


@pytest.mark.parametrize("text", ["", "cvar", "cvar@", "cvar@1", "cvar@-0.1", "cvar@nan", "var@0.9", "max"])
def test_what_is_no_measure_is_told(text):
    with pytest.raises(UsageFault, match=r"cvar@0\.9"):
        parse_measure(text)
