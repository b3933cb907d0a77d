"""Gains out of sample: paired, with intervals that hold, and words that do not claim more."""

from dataclasses import replace

import numpy as np
import pytest

from farshore.results.robust import Faced, RobustFuture, RobustResult, robust_statement
from farshore.results.stress import Interval, Paired
from farshore.stress.robust import Measure
from farshore.stress.robust.compare import gains_of


def answers(costs, left=None):
    return costs, [0] * len(costs) if left is None else left


def test_a_gain_that_is_the_same_everywhere_is_sure():
    costs = list(range(100))
    gains = gains_of(Measure(0.9), answers(costs), answers([cost + 5 for cost in costs]), seed=1)
    for name in ("measure_person_h", "mean_person_h"):
        gain = gains[name]
        assert (gain.value, gain.low, gain.high) == pytest.approx((5, 5, 5))


def test_futures_are_drawn_in_pairs():
    """Costs that differ a thousandfold between futures and by 1 between plans: the pairs cancel them."""
    costs = [10.0**k for k in range(7)] * 10
    gains = gains_of(Measure(0.0), answers(costs), answers([cost + 1 for cost in costs]), seed=1)
    assert gains["mean_person_h"].low == pytest.approx(1, abs=1e-6)


def test_intervals_hold_the_true_gain_about_as_often_as_they_say():
    """Gains from a normal distribution of mean 3: of 200 intervals about 190 should hold it, 178 at least."""
    stream = np.random.default_rng(5)
    held = 0
    for trial in range(200):
        gain = stream.normal(3, 10, 60)
        interval = gains_of(Measure(0.0), answers([0.0] * 60), answers(gain.tolist()), seed=trial)
        held += interval["mean_person_h"].low <= 3 <= interval["mean_person_h"].high
    assert 178 <= held <= 200


def result(gain, left=None, **changes):
    future = RobustFuture(0, 5.0, ("bridge",), 90.0, 100.0, 0, 1)
    faced = Faced(90.0, 80.0, 0.0, 0)
    made = RobustResult(
        measure="cvar@0.9",
        undisturbed_weight=0.01, seed=0, fresh_seed=1,
        objective=90.0, nominal_objective=100.0, lower_bound=80.0, proven=False, partial=False,
        rounds=((100.0, 0.0), (90.0, 80.0)),
        undisturbed=(55.0, 50.0), undisturbed_persons=(55.0, 50.0),
        sampled=(future,), fresh=(future,), faced_sampled=(faced, faced),
        faced_fresh=(faced, faced),
        gains={"measure_person_h": gain, "mean_person_h": gain, "left_mean": left or Interval(0.0, 0.0, 0.0)},
    )  # fmt: skip
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Interval(5.0, 1.0, 9.0), "it saves 5 person-hours"),
        (Interval(-5.0, -9.0, -1.0), "it costs 5 person-hours a future MORE"),
        (Interval(5.0, -1.0, 9.0), "it makes no difference"),
        (Interval(0.0, 0.0, 0.0), "it makes no difference"),
    ],
)
def test_the_words_say_what_the_interval_allows(gain, words):
    assert any(words in line for line in robust_statement(result(gain)))


def test_the_words_tell_price_and_what_could_be_gained():
    told = " ".join(robust_statement(result(Interval(5.0, 1.0, 9.0), Interval(2.0, 1.0, 3.0))))
    assert "within 11 % of the best" in told
    assert "the most that could be gained in them is 20 % of the objective; 10 % is" in told
    assert "Price of robustness: 5 person-hours if nothing is lost (10 %)" in told
    assert "2.0 people fewer are left behind (1.0 to 3.0 fewer)" in told


def test_the_words_claim_nothing_where_the_nominal_plan_is_best():
    told = " ".join(
        robust_statement(
            result(Interval(0.0, 0.0, 0.0), objective=100.0, lower_bound=100.0, undisturbed=(50.0, 50.0))
        )
    )
    assert "lost: the best that any" in told
    assert "nothing could be gained" in told
    assert "left behind" not in told


@pytest.mark.parametrize(
    ("middle", "words"),
    [
        (Interval(161.0, 86.0, 238.0), "it is WORSE: people left behind +161 (+86 to +238)"),
        (Interval(-40.0, -90.0, -5.0), "it is better: people left behind -40 (-90 to -5)"),
        (Interval(3.0, -90.0, float("inf")), "it makes no difference that chance could not: people left"),
    ],
)
def test_the_words_tell_what_traffic_says_even_against_the_plan(middle, words):
    pair = Paired("unserved", middle, middle, middle, Interval(0.5, 0.4, 0.6))
    told = " ".join(robust_statement(result(Interval(5.0, 1.0, 9.0), rehearsed=20, rehearsal=(pair,))))
    assert f"Replayed with traffic in 20 fresh futures, {words}" in told
