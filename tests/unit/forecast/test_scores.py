import numpy as np
import pytest

from farshore.forecast.scores import crps_of_draws, score_interval, score_point


def test_crps_of_one_draw_is_the_absolute_error() -> None:
    assert crps_of_draws(np.array([[3.0], [8.0]]), np.array([5.0, 8.0])).tolist() == [2.0, 0.0]


def test_crps_of_two_draws_by_hand() -> None:
    """E|X−y| − E|X−X'|/2 with X in {0, 4}, y = 1: 2 − 1 = 1."""
    assert crps_of_draws(np.array([[4.0, 0.0]]), np.array([1.0])) == pytest.approx([1.0])


def test_scores_by_hand() -> None:
    expected, observed = np.array([10.0, 30.0]), np.array([20.0, 20.0])
    score = score_point("m", 30, expected, observed)
    assert (score.wape, score.bias, score.n) == (0.5, 0.0, 2)
    low, high = np.array([5.0, 25.0]), np.array([25.0, 35.0])
    covered = score_interval("m", 30, expected, low, high, expected[:, None], observed)
    assert (covered.coverage, covered.width, covered.crps) == (0.5, 0.75, 0.5)
