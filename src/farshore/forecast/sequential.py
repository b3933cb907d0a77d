"""Forecasts made one origin after another: how much trend to trust, and how wide the interval must be.

Both are learnt in sequence from outcomes that are known by then, starting from what other conflicts taught:
the share of the predicted change by exponential weights over a few experts, the interval by adaptive
conformal inference.

Cesa-Bianchi, N., Lugosi, G. (2006), Prediction, learning, and games, ch. 2. Gibbs, I., Candès, E. (2021),
Adaptive conformal inference under distribution shift, NeurIPS 34.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.increments import LEADS_DAYS, Targets

__all__ = ["COVER", "RESIDUAL_POINTS", "Lessons", "Predicted", "predict", "residual_quantiles"]

Floats = npt.NDArray[np.float64]

COVER: Final = 0.8
EXPERTS: Final = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.25])  # how much of the predicted change
# A slight preference for less change: persistence is hard to beat once a displacement has settled.
HANDICAP: Final = np.array([0.0, 0.0, 0.003, 0.006, 0.01, 0.02])
SHARPNESS: Final = 200.0
PRIOR_OUTCOMES: Final = 10.0
RESIDUAL_POINTS: Final = 41
PRIOR_RESIDUALS: Final = 20.0  # other conflicts count as so many outcomes of this one
HALF_LIFE_DAYS: Final = 300.0
STEP: Final = 0.2
BATCH: Final = 5.0  # hosts counted on one day err together: they move the level as five at most
SMALLEST_TAIL: Final = 0.01
SMALLEST_TOTAL_PERSONS: Final = 1000.0
SMALLEST_SHARE: Final = 0.02
LARGEST_RESIDUAL: Final = 0.8  # a first count after none says nothing of later errors beyond this


@dataclass(frozen=True, eq=False)
class Lessons:
    """What other conflicts taught.

    coefficients : float64[N_FEATURES]; residuals : float64[n_leads, RESIDUAL_POINTS], even quantiles of
    (count - forecast) / scale, each conflict weighing alike
    """

    coefficients: Floats
    residuals: Floats


@dataclass(frozen=True, eq=False)
class Predicted:
    """Forecasts of targets, row by row: persons expected, the interval, and the residuals it came from.

    trust : share of the predicted change that was believed; draws : float64[n, RESIDUAL_POINTS], equally
    likely outcomes in persons
    """

    expected: Floats
    low: Floats
    high: Floats
    trust: Floats
    draws: Floats

    def select(self, rows: slice) -> "Predicted":
        """Some of the rows."""
        return Predicted(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def predict(targets: Targets, lessons: Lessons, *, cover: float = COVER) -> Predicted:
    """Forecast every target from what was known at its origin. Rows must be sorted by origin."""
    # Row by row: a matrix product may round a row by how many others there are.
    change = (targets.features * lessons.coefficients).sum(axis=1)
    trust = _trust(targets, change)
    expected = np.maximum(targets.last + trust * change, 0.0)
    return _intervals(targets, expected, trust, lessons, cover)


def residual_quantiles(groups: list[tuple[Targets, Floats]]) -> Floats:
    """float64[n_leads, RESIDUAL_POINTS] from (targets, expected) of each conflict, weighing alike."""
    levels = (np.arange(RESIDUAL_POINTS) + 0.5) / RESIDUAL_POINTS
    table = np.zeros((len(LEADS_DAYS), RESIDUAL_POINTS))
    for band in range(len(LEADS_DAYS)):
        values, weights = [np.zeros(1)], [np.full(1, 1e-9)]
        for targets, expected in groups:
            rows = np.flatnonzero(targets.band == band)
            if len(rows):
                apart = (targets.observed[rows] - expected[rows]) / _scale(targets, expected)[rows]
                values.append(np.clip(apart, -LARGEST_RESIDUAL, LARGEST_RESIDUAL))
                weights.append(np.full(len(rows), 1.0 / len(rows)))
        table[band] = [_quantile(np.concatenate(values), np.concatenate(weights), q) for q in levels]
    return table


def _trust(targets: Targets, change: Floats) -> Floats:
    trust = np.zeros(len(targets))
    for origin in np.unique(targets.origin):
        now = targets.origin == origin
        past = np.flatnonzero((targets.due <= origin) & np.isfinite(targets.observed))
        score = HANDICAP
        if len(past):
            tried = targets.last[past] + EXPERTS[:, None] * change[past]
            miss = np.abs(np.maximum(tried, 0.0) - targets.observed[past]).sum(axis=1)
            learnt = len(past) / (len(past) + PRIOR_OUTCOMES)
            score = learnt * miss / max(float(targets.observed[past].sum()), 1.0) + (1.0 - learnt) * HANDICAP
        weight = np.exp(-SHARPNESS * (score - score.min()))
        trust[now] = float(weight @ EXPERTS) / float(weight.sum())
    return trust


def _scale(targets: Targets, expected: Floats) -> Floats:
    # Errors grow slower than counts, and never below what registration alone gets wrong.
    total = np.maximum(targets.total, SMALLEST_TOTAL_PERSONS)
    return np.asarray(np.sqrt(np.maximum(expected, SMALLEST_SHARE * total) * total))


def _quantile(values: Floats, weights: Floats, level: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, level * reached[-1]))
    return float(values[order][min(at, len(values) - 1)])


def _intervals(
    targets: Targets, expected: Floats, trust: Floats, lessons: Lessons, cover: float
) -> Predicted:
    n = len(targets)
    scale = _scale(targets, expected)
    low, high = np.zeros(n), np.zeros(n)
    draws = np.zeros((n, RESIDUAL_POINTS))
    residual = np.clip((targets.observed - expected) / scale, -LARGEST_RESIDUAL, LARGEST_RESIDUAL)
    levels = (np.arange(RESIDUAL_POINTS) + 0.5) / RESIDUAL_POINTS
    for band in range(len(LEADS_DAYS)):
        rows = np.flatnonzero(targets.band == band)
        shift = 0.0
        fed = np.zeros(n, dtype=bool)
        for origin in np.unique(targets.origin[rows]):
            now = rows[targets.origin[rows] == origin]
            past = rows[(targets.due[rows] <= origin) & np.isfinite(targets.observed[rows])]
            fresh = past[~fed[past]]
            for day in np.unique(targets.day[fresh]):
                same = fresh[targets.day[fresh] == day]
                seen = targets.observed[same]
                missed = float(np.mean((seen < low[same]) | (seen > high[same])))
                shift += STEP * (missed - (1.0 - cover)) * min(len(same), BATCH) / BATCH
            fed[fresh] = True
            tail = float(np.clip(1.0 - cover - shift, SMALLEST_TAIL, 0.95)) / 2.0
            values = np.concatenate([lessons.residuals[band], residual[past]])
            faded = 0.5 ** ((origin - targets.origin[past]) / HALF_LIFE_DAYS)
            weights = np.concatenate([np.full(RESIDUAL_POINTS, PRIOR_RESIDUALS / RESIDUAL_POINTS), faded])
            low[now] = np.maximum(expected[now] + _quantile(values, weights, tail) * scale[now], 0.0)
            high[now] = np.maximum(expected[now] + _quantile(values, weights, 1.0 - tail) * scale[now], 0.0)
            spread = np.array([_quantile(values, weights, q) for q in levels])
            draws[now] = np.maximum(expected[now, None] + spread * scale[now, None], 0.0)
    return Predicted(expected, low, high, trust, draws)
