"""The steps of a scenario, and what its dated rows say of them: rates, factors, shares ready."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME, Numbers, Texts
from farshore.units import HOUR_S, offset_of

__all__ = [
    "Clock",
    "Ints",
    "factor_of",
    "floored",
    "may_use",
    "rate_of",
    "rows_by_asset",
    "sailings_in",
    "share_ready",
]

Ints = npt.NDArray[np.int64]

DAY_S: Final = 24 * HOUR_S


class Clock:
    """The steps of a scenario, and which of them a time of day or a period touches."""

    def __init__(self, scenario: Scenario) -> None:
        about = scenario.about
        self.n_steps = about.n_steps
        self.step_s = about.step_s
        self.start_s = int(about.start.timestamp())
        self.offset_s = round(offset_of(about.start).total_seconds())
        self.begins_s = self.start_s + self.step_s * np.arange(self.n_steps, dtype=np.int64)

    def touched(self, from_s: int, until_s: int) -> slice:
        """Steps that overlap from … until; a blank time is without limit."""
        first = 0 if from_s == NO_TIME else max(0, (from_s - self.start_s) // self.step_s)
        last = self.n_steps if until_s == NO_TIME else -((self.start_s - until_s) // self.step_s)
        return slice(first, max(first, min(last, self.n_steps)))

    def blank_to(self, from_s: int, until_s: int) -> tuple[int, int]:
        """A period with its blank ends moved to before and after everything."""
        far = int(np.iinfo(np.int64).max)
        return (-far if from_s == NO_TIME else from_s), (far if until_s == NO_TIME else until_s)

    def within_hours(self, from_hour: float, until_hour: float) -> npt.NDArray[np.bool_]:
        """Steps that lie wholly between two hours of the day, over midnight where `from` is after `until`."""
        if until_hour - from_hour >= 24:
            return np.ones(self.n_steps, bool)
        past_s = np.mod(self.begins_s + self.offset_s - from_hour * 3600, DAY_S)
        span_h = until_hour - from_hour + (24 if until_hour < from_hour else 0)
        return np.asarray(past_s + self.step_s <= span_h * 3600)


def floored(values: Numbers | np.float64) -> Ints:
    """Rounded down to whole numbers."""
    return np.asarray(np.floor(values)).astype(np.int64)


@lru_cache(maxsize=1024)
def may_use(uses: str, use: str) -> bool:
    """Whether a list of uses, separated by semicolons, has one of them."""
    return use in (word.strip() for word in uses.split(";"))


@lru_cache(maxsize=256)
def _points(curve: str) -> tuple[tuple[float, float], ...]:
    pairs = (pair.split(":") for pair in curve.split())
    return tuple((float(hour), float(share)) for hour, share in pairs)


def share_ready(curve: str, hour: float) -> float:
    """Share ready at an hour after the start, by a curve of `hour:share` pairs."""
    points = _points(curve)
    if not points:
        return 1.0
    if hour < points[0][0]:
        return 0.0
    for (h0, s0), (h1, s1) in pairwise(points):
        if hour < h1:
            return s0 + (s1 - s0) * (hour - h0) / (h1 - h0)
    return points[-1][1]


def rows_by_asset(codes: Texts) -> dict[str, list[int]]:
    """Row numbers of each code."""
    found: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        found.setdefault(str(code), []).append(row)
    return found


def rate_of(scenario: Scenario, clock: Clock, exposure_rows: Sequence[int]) -> Numbers:
    """Highest rate of some exposure rows in each step, the default where none touches it."""
    table = scenario.exposure
    rate = np.full(clock.n_steps, -np.inf)
    for row in exposure_rows:
        touched = clock.touched(int(table.from_time[row]), int(table.until_time[row]))
        rate[touched] = np.maximum(rate[touched], table.rate[row])
    return np.where(np.isinf(rate), scenario.parameter("exposure_default_rate"), rate)


def factor_of(scenario: Scenario, clock: Clock, closure_rows: Sequence[int], use: str = "auto") -> Numbers:
    """Least capacity factor of some closures for a use in each step, 1 where none touches it."""
    table = scenario.closures
    factor = np.full(clock.n_steps, np.inf)
    for row in closure_rows:
        uses = table.allowed_uses[row]
        value = 0.0 if uses and not may_use(uses, use) else float(table.capacity_factor[row])
        touched = clock.touched(int(table.from_time[row]), int(table.until_time[row]))
        factor[touched] = np.minimum(factor[touched], value)
    return np.where(np.isinf(factor), 1.0, factor)


def sailings_in(is_open: npt.NDArray[np.bool_], step_s: int, trip_s: int, vessels: int) -> Ints:
    """Sailings that leave in each step; the timetable begins anew with each unbroken run of open steps.

    is_open : bool[n_steps]; 0 sailings in the others, and where there is no vessel or no `trip_s`
    """
    if trip_s == 0 or vessels == 0:
        return np.zeros(len(is_open), np.int64)
    k = np.arange(len(is_open), dtype=np.int64)
    closed_before = np.maximum.accumulate(np.where(is_open, -1, k))  # the last closed step up to k
    since = (k - closed_before - 1) * step_s * vessels  # since the run began; −1: from step 0
    before, after = -(-since // (2 * trip_s)), -(-(since + step_s * vessels) // (2 * trip_s))
    return np.where(is_open, after - before, 0)
