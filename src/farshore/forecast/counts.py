"""Counts as they come, late, revised or missing: read as they stood on a day."""

import numpy as np
import numpy.typing as npt

from farshore.scenario.displacement import Counts

__all__ = ["held", "last_known", "slope"]

Floats = npt.NDArray[np.float64]


def last_known(counts: Counts, day: int) -> tuple[int, float]:
    """Day and persons of the latest count that could be read on `day`; (day, 0) where there is none."""
    seen = counts.known_by(day)
    return (int(seen.day[-1]), float(seen.persons[-1])) if len(seen) else (day, 0.0)


def held(counts: Counts, n_days: int) -> Floats:
    """float64[n_days]: on each day the latest count that could be read on it, 0 before the first."""
    values = np.zeros(n_days)
    for day in np.unique(np.clip(counts.known_day, 0, None)):
        if day < n_days:
            values[day:] = last_known(counts, int(day))[1]
    return values


def slope(seen: Counts, window_days: float) -> float:
    """Persons a day over the window that ends at the last count, straight lines between counts.

    A window with little history in it counts as a third of its length at least: two counts on
    consecutive days are no trend.
    """
    if len(seen) < 2:
        return 0.0
    last = float(seen.day[-1])
    first = max(last - window_days, float(seen.day[0]))
    before = float(np.interp(first, seen.day, seen.persons))
    return float(seen.persons[-1] - before) / max(last - first, window_days / 3)
