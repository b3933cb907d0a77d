import numpy as np
import pytest

from farshore.forecast.counts import held, last_known, slope
from farshore.scenario import Counts
from tests.displacements import counts


def test_late_counts_are_not_known_before_they_are_told() -> None:
    late = counts((0, 10.0), (10, 50.0), late=5)
    assert last_known(late, 12) == (0, 10.0)
    assert last_known(late, 15) == (10, 50.0)


def test_of_two_figures_for_one_day_the_later_row_stands() -> None:
    revised = Counts(np.array([3, 3]), np.array([40.0, 25.0]), np.array([3, 9]))
    assert last_known(revised, 8) == (3, 40.0)
    assert last_known(revised, 9) == (3, 25.0)


def test_held_never_looks_ahead() -> None:
    assert held(counts((2, 10.0), (4, 30.0)), 6).tolist() == [0.0, 0.0, 10.0, 10.0, 30.0, 30.0]


def test_slope_is_the_rate_over_its_window() -> None:
    line = counts(*[(d, 3.0 * d) for d in range(0, 100, 10)])
    assert slope(line, 45.0) == pytest.approx(3.0)
    assert slope(counts((0, 0.0), (1, 30.0)), 45.0) == pytest.approx(2.0)  # two days are no trend
