"""Learns from past conflicts how counts change: robust regression on increments, then residuals."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.increments import LEADS_DAYS, N_FEATURES, Targets
from farshore.forecast.sequential import RESIDUAL_POINTS, Lessons, predict, residual_quantiles

__all__ = ["learn"]

Floats = npt.NDArray[np.float64]
RIDGE: Final = 0.1
ROUNDS: Final = 40


def learn(conflicts: Sequence[Targets]) -> Lessons:
    """Coefficients and residuals from complete conflicts, each and each of its leads weighing alike.

    Least absolute deviations by iteratively reweighted least squares with a ridge, since absolute errors
    are what is scored and a few re-registrations would rule squares.
    """
    features = np.concatenate([t.features for t in conflicts])
    change = np.concatenate([t.observed - t.last for t in conflicts])
    weight = np.concatenate([_weights(t) for t in conflicts])
    coefficients = _least_absolute(features, change, weight)
    blank = Lessons(coefficients, np.zeros((len(LEADS_DAYS), RESIDUAL_POINTS)))
    groups = [(t, predict(t, blank).expected) for t in conflicts]
    return Lessons(coefficients, residual_quantiles(groups))


def _weights(targets: Targets) -> Floats:
    weight = np.zeros(len(targets))
    for band in range(len(LEADS_DAYS)):
        rows = targets.band == band
        if rows.any():
            weight[rows] = 1.0 / max(float(targets.observed[rows].sum()), 1.0)
    return weight


def _least_absolute(features: Floats, change: Floats, weight: Floats) -> Floats:
    size = np.sqrt((weight[:, None] * features**2).sum(axis=0))
    scaled = features / np.maximum(size, 1e-12)
    smallest = 1e-3 * float(np.average(np.abs(change), weights=weight)) + 1.0
    found = np.zeros(N_FEATURES)
    for _ in range(ROUNDS):
        pull = weight / np.maximum(np.abs(change - scaled @ found), smallest)
        gram = (scaled * pull[:, None]).T @ scaled
        gram += RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram))
        found = np.linalg.solve(gram, (scaled * pull[:, None]).T @ change)
    return np.asarray(found / np.maximum(size, 1e-12))
