"""Scores of forecasts against counts: absolute error, bias, CRPS, coverage and width."""

import numpy as np
import numpy.typing as npt

from farshore.results.forecast import Score

__all__ = ["crps_of_draws", "score_interval", "score_point"]

Floats = npt.NDArray[np.float64]


def crps_of_draws(draws: Floats, observed: Floats) -> Floats:
    """float64[n]: continuous ranked probability score of equally likely draws, in persons.

    draws : float64[n, m]; observed : float64[n]. For one draw it is the absolute error.
    Gneiting, T., Raftery, A. (2007), Strictly proper scoring rules, JASA 102, eq. 21.
    """
    ordered = np.sort(draws, axis=1)
    m = ordered.shape[1]
    apart = np.abs(ordered - observed[:, None]).mean(axis=1)
    rank = 2 * np.arange(m) - m + 1
    return np.asarray(apart - (ordered * rank).sum(axis=1) / m**2)


def score_point(method: str, lead_days: int, expected: Floats, observed: Floats) -> Score:
    """Score of a method that gives a number and no interval."""
    counted = max(float(observed.sum()), 1.0)
    wape = float(np.abs(expected - observed).sum()) / counted
    bias = float((expected - observed).sum()) / counted
    nan = float("nan")
    return Score(method, lead_days, len(observed), wape, bias, wape, nan, nan)


def score_interval(
    method: str,
    lead_days: int,
    expected: Floats,
    low: Floats,
    high: Floats,
    draws: Floats,
    observed: Floats,
) -> Score:
    """Score of a method that gives an interval and draws."""
    counted = max(float(observed.sum()), 1.0)
    point = score_point(method, lead_days, expected, observed)
    return Score(
        method,
        lead_days,
        point.n,
        point.wape,
        point.bias,
        float(crps_of_draws(draws, observed).sum()) / counted,
        float(np.mean((observed >= low) & (observed <= high))),
        float((high - low).sum()) / counted,
    )
