"""Futures: what one of many possible courses of events holds, drawn by name from streams of its own."""

import math
from dataclasses import dataclass, replace
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from farshore.scenario.edit import with_more_closures
from farshore.scenario.scenario import Scenario
from farshore.scenario.spoken_of import FIELD_OF_FILE, column_of, pointer, rows_of
from farshore.scenario.table import NO_TIME, Kind
from farshore.scenario.tables import Hazards
from farshore.simulate import Pause

__all__ = ["IN_A_FUTURE", "VARY", "Event", "Future", "Futures"]

IN_A_FUTURE: Final = "a future"  # the source of closures that a future brings

VARY: Final = ("assumptions", "hazards")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that goes wrong. Times are seconds after the start; until_s may lie beyond the horizon."""

    hazard_id: str
    asset_id: str
    what: str
    from_s: float
    until_s: float
    factor_after: float


@dataclass(frozen=True, slots=True)
class Future:
    """One future: its number, the value of every assumption that has a range, and what happens."""

    number: int
    values: dict[str, float]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class _Knob:
    """An assumption with a range, and the cells that hold it (none for a parameter)."""

    row: int
    key: str
    low: float
    best: float
    high: float
    table: str
    column: str
    cells: npt.NDArray[np.int64]
    whole: bool


class Futures:
    """Draws the futures of one scenario.

    vary : which of VARY differ between futures
    Every draw has a stream of its own, named by the seed, the future's number and what is drawn, so that a
    future is the same whoever draws it, and two scenarios share the draws of all that they share (common
    random numbers). An assumption follows the triangular distribution over its low, best and high value.
    """

    def __init__(self, scenario: Scenario, *, seed: int, vary: tuple[str, ...] = VARY) -> None:
        self.scenario, self.seed, self.vary = scenario, seed, vary
        self._knobs = _knobs(scenario) if "assumptions" in vary else []

    def future(self, number: int) -> Future:
        """The future of a number, 0 and up."""
        values = {
            knob.key: _triangular(self._uniform(number, knob.key), knob.low, knob.best, knob.high)
            for knob in self._knobs
        }
        values = {
            knob.key: float(round(value)) if knob.whole else value
            for knob, value in zip(self._knobs, values.values(), strict=True)
        }
        events = self._events(number, self.figures(values)) if "hazards" in self.vary else ()
        return Future(number, values, tuple(events))

    def figures(self, values: dict[str, float]) -> Scenario:
        """The scenario with other values for its assumptions: parameters, and cells that hold them."""
        if not values:
            return self.scenario
        best = self.scenario.assumptions.best.copy()
        columns: dict[tuple[str, str], Any] = {}
        for knob in self._knobs:
            value = values[knob.key]
            best[knob.row] = value
            if knob.table:
                place = (knob.table, knob.column)
                if place not in columns:
                    columns[place] = getattr(getattr(self.scenario, knob.table), knob.column).copy()
                columns[place][knob.cells] = value
        tables: dict[str, Any] = {"assumptions": replace(self.scenario.assumptions, best=best)}
        for (name, column), cells in columns.items():
            rows = tables.get(name, getattr(self.scenario, name))
            tables[name] = replace(rows, **{column: cells})
        return replace(self.scenario, **tables)

    def scenario_of(self, future: Future) -> tuple[Scenario, tuple[Pause, ...]]:
        """The scenario as it turns out in a future, losses as closures, and the pauses beside them."""
        scenario = self.figures(future.values)
        pauses = tuple(
            Pause(event.asset_id, event.from_s, event.until_s)
            for event in future.events
            if event.what == "pause"
        )
        return with_losses(scenario, [event for event in future.events if event.what == "loss"]), pauses

    def _uniform(self, number: int, name: str) -> float:
        return float(_stream(self.seed, number, name).random())

    def _events(self, number: int, scenario: Scenario) -> list[Event]:
        """Poisson events of every hazard, in order of time."""
        found = []
        hazards: Hazards = scenario.hazards
        start_s = int(scenario.about.start.timestamp())
        horizon_s = float(scenario.about.horizon_h * 3600)
        for row, code in enumerate(hazards.hazard_id):
            rate_s = float(hazards.rate_per_day[row]) / 86_400
            if rate_s <= 0:
                continue
            begin, end = int(hazards.from_time[row]), int(hazards.until_time[row])
            at = 0.0 if begin == NO_TIME else max(0.0, float(begin - start_s))
            last = horizon_s if end == NO_TIME else min(horizon_s, float(end - start_s))
            hours = [float(getattr(hazards, f"hours_{name}")[row]) for name in ("low", "best", "high")]
            stream = _stream(self.seed, number, f"hazard {code}")
            while True:
                gap, lasts = stream.random(2).tolist()
                at += -math.log1p(-gap) / rate_s
                if at >= last:
                    break
                until = at + 3600 * _triangular(lasts, *hours)
                found.append(
                    Event(
                        str(code),
                        str(hazards.asset_id[row]),
                        str(hazards.what[row]),
                        float(round(at)),
                        float(round(until)),
                        float(hazards.factor_after[row]),
                    )
                )
        return sorted(found, key=lambda event: (event.from_s, event.hazard_id))


def with_losses(scenario: Scenario, losses: list[Event]) -> Scenario:
    """The scenario with each loss as a closure, and what is left of the asset after its repair as another."""
    if not losses:
        return scenario
    start_s = int(scenario.about.start.timestamp())
    rows: list[dict[str, Any]] = []
    for event in losses:
        begin, end = start_s + round(event.from_s), start_s + round(event.until_s)
        lost = {"asset_id": event.asset_id, "reason": event.hazard_id, "source": IN_A_FUTURE}
        rows.append({**lost, "from_time": begin, "until_time": end, "capacity_factor": 0.0})
        if event.factor_after < 1:
            rows.append({**lost, "from_time": end, "capacity_factor": event.factor_after})
    return with_more_closures(scenario, rows)


def _stream(seed: int, number: int, name: str) -> np.random.Generator:
    """The stream of one draw: no other future or name shares it."""
    key = (number, crc32(name.encode()), len(name))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def _triangular(uniform: float, low: float, best: float, high: float) -> float:
    """The value of a triangular distribution below which a share `uniform` of it lies."""
    if high <= low:
        return best
    rise = (best - low) / (high - low)
    if uniform < rise:
        return low + math.sqrt(uniform * (high - low) * (best - low))
    return high - math.sqrt((1 - uniform) * (high - low) * (high - best))


def _knobs(scenario: Scenario) -> list[_Knob]:
    """Assumptions whose low and high value differ, with the cells that they speak of."""
    table = scenario.assumptions
    found = []
    for row, key in enumerate(table.key):
        low, best, high = (float(getattr(table, name)[row]) for name in ("low", "best", "high"))
        if not low < high:
            continue
        at = pointer(str(key))
        if at is None:
            found.append(_Knob(row, str(key), low, best, high, "", "", np.zeros(0, np.int64), whole=False))
            continue
        table_field = FIELD_OF_FILE[at.file]
        rows = getattr(scenario, table_field)
        field, spec = column_of(rows, at.column)
        cells, whole = rows_of(rows, at.which), spec.kind is Kind.COUNT
        found.append(_Knob(row, str(key), low, best, high, table_field, field, cells, whole=whole))
    return found
