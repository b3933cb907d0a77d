"""The results of forecasting: expected arrivals with intervals, and how well forecasts did in hindsight."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Backtest", "Composition", "Forecast", "Score"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Composition:
    """Expected make-up of the people in each host by one attribute; share : float64[n_hosts, n_values]."""

    attribute: str
    values: tuple[str, ...]
    share: Floats


@dataclass(frozen=True, eq=False)
class Forecast:
    """People expected in each host on each day, with an interval.

    day : int64[n_days], days after `start`; expected, low, high : float64[n_days, n_hosts], persons
    members : int64[n_members, n_days, n_hosts], equally likely outcomes; none in a mean alone
    as_of : day whose knowledge it rests on; None for a hindcast that was given every total
    `options`, `seed`, `problem_hash` and `version` are what anyone needs to make it again.
    """

    name: str
    engine: str
    start: date
    as_of: int | None
    host_ids: tuple[str, ...]
    day: Ints
    expected: Floats
    low: Floats
    high: Floats
    cover: float
    members: Ints
    compositions: tuple[Composition, ...]
    options: dict[str, Any]
    seed: int
    problem_hash: str
    version: str

    def date_of(self, row: int) -> date:
        """Calendar date of a row."""
        return self.start + timedelta(days=int(self.day[row]))


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did at one lead: absolute error and bias as shares of the people counted.

    wape : Σ|forecast − count| / Σ count; bias : Σ(forecast − count) / Σ count; crps : as wape, of the whole
    distribution; coverage : share of counts inside the interval; width : its width as a share of the count.
    The last two are NaN for methods that give no interval.
    """

    method: str
    lead_days: int
    n: int
    wape: float
    bias: float
    crps: float
    coverage: float
    width: float


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts made with only what was known, beside what was counted then; one row a forecast.

    origin, host, day, lead_days : int64[n]; observed, expected, low, high : float64[n], persons
    hindcast_error : Flee's rescaled error by regime ("cold", "counts 30 days old", …) and method
    lesson : which conflicts the rates were learnt from
    """

    name: str
    start: date
    host_ids: tuple[str, ...]
    origin: Ints
    host: Ints
    day: Ints
    lead_days: Ints
    observed: Floats
    expected: Floats
    low: Floats
    high: Floats
    scores: tuple[Score, ...]
    hindcast_error: dict[str, float]
    lesson: str
