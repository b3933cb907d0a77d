"""Hindcasts corrected by counts of a given age: the latest count, and the model's flow since then."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.forecast.counts import slope
from farshore.scenario.displacement import Displacement

__all__ = ["with_counts"]

Floats = npt.NDArray[np.float64]
TREND_WEIGHT: Final = 0.3
TREND_WINDOW_DAYS: Final = 45.0


def with_counts(problem: Displacement, modelled: Floats, lag_days: int) -> Floats:
    """float64[n_days, n_hosts]: what was expected in each host, knowing counts at least `lag_days` old.

    modelled : float64[n_days, n_hosts], a hindcast. To the latest count known comes the modelled growth
    since, three parts in ten of it replaced by the host's own trend. Nothing is interpolated over the
    future and no correction of registers is applied before its day. A host without a count yet is modelled.
    """
    out = np.array(modelled, dtype=float)
    for host, counts in enumerate(problem.counts):
        for day in range(problem.n_days):
            seen = counts.known_by(day - lag_days)
            if not len(seen):
                continue
            since = min(max(int(seen.day[-1]), 0), problem.n_days - 1)
            grown = max(modelled[day, host] - modelled[since, host], 0.0)
            trend = max(slope(seen, TREND_WINDOW_DAYS), 0.0) * lag_days
            out[day, host] = seen.persons[-1] + (1 - TREND_WEIGHT) * grown + TREND_WEIGHT * trend
    return out
