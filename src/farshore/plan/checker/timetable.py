"""What touches which step: opening hours, closures, exposure rows and readiness, as rows over the steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.units import offset_of

__all__ = ["Clock", "Dated", "closures_by_asset", "exposure_by_place", "ready_by_step", "whole"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DAY_S = 86_400


def whole(values: Floats) -> Ints:
    """Largest whole numbers not above `values`, as int64."""
    return np.floor(values).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Clock:
    """The steps of the horizon: step k covers start_s + [k, k+1) · step_s, in seconds since 1970."""

    start_s: int
    step_s: int
    n_steps: int
    offset: timedelta  # of the scenario's start from UTC: whose hours of the day count

    @classmethod
    def of(cls, scenario: Scenario) -> "Clock":
        """The clock of a scenario."""
        about = scenario.about
        return cls(int(about.start.timestamp()), about.step_s, about.n_steps, offset_of(about.start))

    @property
    def begins_s(self) -> Ints:
        """Start of every step, in seconds since 1970: int64[n_steps]."""
        return self.start_s + self.step_s * np.arange(self.n_steps, dtype=np.int64)

    def touched(self, from_s: int, until_s: int) -> Flags:
        """Steps that overlap [from_s, until_s); a blank time is without limit: bool[n_steps]."""
        begins = self.begins_s
        after_from = np.ones(self.n_steps, bool) if from_s == NO_TIME else begins + self.step_s > from_s
        before_until = np.ones(self.n_steps, bool) if until_s == NO_TIME else begins < until_s
        return after_from & before_until

    def within_hours(self, from_hour: float, until_hour: float) -> Flags:
        """Steps wholly between two local hours of the day, over midnight if need be: bool[n_steps]."""
        if until_hour - from_hour >= 24:
            return np.ones(self.n_steps, bool)
        local_s = self.begins_s + round(self.offset.total_seconds())
        past_opening_s = np.mod(local_s - from_hour * 3600, DAY_S)
        open_for_h = until_hour - from_hour + (24 if until_hour < from_hour else 0)
        return np.asarray(past_opening_s + self.step_s <= open_for_h * 3600)


@dataclass(frozen=True, slots=True)
class Dated:
    """A number that something has in some steps: a closure's factor, an exposure row's rate."""

    steps: Flags
    value: float


def closures_by_asset(scenario: Scenario, clock: Clock) -> dict[str, tuple[Dated, ...]]:
    """Capacity factors by link or crossing; one that leaves cars out counts as factor 0."""
    table = scenario.closures
    found: dict[str, list[Dated]] = {}
    for asset, since, until, factor, uses in zip(
        table.asset_id,
        table.from_time,
        table.until_time,
        table.capacity_factor,
        table.allowed_uses,
        strict=True,
    ):
        keeps_cars_out = bool(uses) and "auto" not in words(uses)
        dated = Dated(clock.touched(int(since), int(until)), 0.0 if keeps_cars_out else float(factor))
        found.setdefault(str(asset), []).append(dated)
    return {asset: tuple(rows) for asset, rows in found.items()}


def exposure_by_place(scenario: Scenario, clock: Clock) -> dict[str, tuple[Dated, ...]]:
    """Exposure rates by zone, link or crossing."""
    table = scenario.exposure
    found: dict[str, list[Dated]] = {}
    for place, since, until, rate in zip(
        table.place_id, table.from_time, table.until_time, table.rate, strict=True
    ):
        dated = Dated(clock.touched(int(since), int(until)), float(rate))
        found.setdefault(str(place), []).append(dated)
    return {place: tuple(rows) for place, rows in found.items()}


def least(rows: Iterable[Dated], n_steps: int) -> Floats:
    """The least value that applies in each step, 1 where none does: float64[n_steps]."""
    lowest = np.full(n_steps, np.inf)
    for row in rows:
        lowest[row.steps] = np.minimum(lowest[row.steps], row.value)
    return np.where(np.isinf(lowest), 1.0, lowest)


def highest(rows: Iterable[Dated], n_steps: int, otherwise: float) -> Floats:
    """The highest value that applies in each step, `otherwise` where none does: float64[n_steps]."""
    top = np.full(n_steps, -np.inf)
    for row in rows:
        top[row.steps] = np.maximum(top[row.steps], row.value)
    return np.where(np.isinf(top), otherwise, top)


def words(text: str) -> set[str]:
    """Words of a cell that separates them by semicolons."""
    return {word.strip() for word in text.split(";")} - {""}


def ready_by_step(curve: str, people: int, clock: Clock) -> Ints:
    """People of a zone ready by the start of each step: int64[n_steps]; a blank curve: all at once."""
    if not curve.strip():
        return np.full(clock.n_steps, people, np.int64)
    return whole(people * np.array(_shares(curve, clock), np.float64) + 0.5)


@lru_cache(maxsize=64)
def _shares(curve: str, clock: Clock) -> tuple[float, ...]:
    points = tuple((float(h), float(s)) for h, _, s in (pair.partition(":") for pair in curve.split()))
    return tuple(_share_at(points, k * clock.step_s / 3600) for k in range(clock.n_steps))


def _share_at(points: tuple[tuple[float, float], ...], hour: float) -> float:
    if hour < points[0][0]:
        return 0.0
    for (h0, s0), (h1, s1) in pairwise(points):
        if hour < h1:
            return s0 + (s1 - s0) * (hour - h0) / (h1 - h0)
    return points[-1][1]
