"""Quantiles of what was drawn, and how sure they are, whatever the distribution."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import bdtr, ndtri

from farshore.results.stress import Interval

__all__ = ["COVER", "futures_needed", "half_width", "quantile_interval", "share_interval"]

COVER: Final = 0.95


def quantile_interval(values: Sequence[float], share: float, *, cover: float = COVER) -> Interval:
    """A quantile and an interval that holds the true one with probability `cover` or more.

    Order statistics: the number of draws below the true quantile is binomial, whatever they are drawn from.
    Values may be infinite (not reached); an end is infinite where there are too few draws to say.
    David, H. A. and Nagaraja, H. N. (2003), Order Statistics, section 7.1.
    """
    ordered = np.sort(np.asarray(values, np.float64))
    n = len(ordered)
    if n == 0:
        return Interval(math.nan, -math.inf, math.inf)
    middle = float(ordered[max(0, math.ceil(share * n) - 1)])
    beyond = (1 - cover) / 2
    # P(fewer than `low` draws below the quantile) ≤ beyond, and so above
    below = bdtr(np.arange(n + 1), n, share)  # chance of so many draws, or fewer, below it
    low = int(np.searchsorted(below, beyond))
    high = int(np.searchsorted(below, 1 - beyond)) + 1
    return Interval(
        middle,
        float(ordered[low - 1]) if low >= 1 else -math.inf,
        float(ordered[high - 1]) if high <= n else math.inf,
    )


def share_interval(hits: int, n: int, *, cover: float = COVER) -> Interval:
    """A share and its interval (Wilson 1927)."""
    if n == 0:
        return Interval(math.nan, 0.0, 1.0)
    z = float(ndtri((1 + cover) / 2))
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(share, max(0.0, middle - reach), min(1.0, middle + reach))


def half_width(interval: Interval, scale: float, *, least: float, most: float) -> float:
    """Half the interval as a share of a scale; ends beyond what can be are moved there."""
    low, high = (min(max(end, least), most) for end in (interval.low, interval.high))
    return (high - low) / 2 / scale if scale > 0 else 0.0


def futures_needed(n: int, reached: float, wanted: float) -> int:
    """About how many futures make a half-width so small: it shrinks with the root of their number."""
    return n if reached <= wanted else math.ceil(n * (reached / wanted) ** 2)
