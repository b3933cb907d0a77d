"""Counts as they come: late, revised, cumulative or of one day, missing; read as they stood on a day."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import UsageFault
from farshore.scenario.displacement import Counts

__all__ = ["MEANINGS", "as_stock", "held", "last_known", "slope"]

Floats = npt.NDArray[np.float64]
MEANINGS: Final = ("stock", "cumulative", "flow")


def as_stock(counts: Counts, meaning: str) -> Counts:
    """Counts as people present, whatever they were counted as.

    meaning : `stock` (present that day), `cumulative` (arrived up to that day; a later lower figure revises
        the earlier ones down), `flow` (arrived since the count before). Departures are not known for the
        last two: what comes out is an upper bound of people present. Raises UsageFault for other words.
    """
    if meaning not in MEANINGS:
        raise UsageFault(f"counts mean {', '.join(MEANINGS)}, not {meaning!r}")
    if meaning == "stock":
        return counts
    order = np.argsort(counts.day, kind="stable")
    persons = counts.persons[order]
    if meaning == "flow":
        persons = np.cumsum(persons)
        # A sum is known when the last of its parts is.
        return Counts(counts.day[order], persons, np.maximum.accumulate(counts.known_day[order]))
    floor = np.minimum.accumulate(persons[::-1])[::-1]
    # What revises an earlier figure down must not be seen before it was itself known: keep both.
    return Counts(
        np.concatenate([counts.day[order], counts.day[order][floor < persons]]),
        np.concatenate([persons, floor[floor < persons]]),
        np.concatenate([counts.known_day[order], _revised_on(counts.known_day[order], persons, floor)]),
    )


def _revised_on(known_day: npt.NDArray[np.int64], persons: Floats, floor: Floats) -> npt.NDArray[np.int64]:
    later = []
    for i in np.flatnonzero(floor < persons):
        j = i + 1 + int(np.flatnonzero(persons[i + 1 :] == floor[i])[0])
        later.append(max(int(known_day[j]), int(known_day[i])))
    return np.array(later, np.int64)


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
