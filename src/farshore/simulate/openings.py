"""When roads and ferries are open: closures by use, hours of driving and sailing, reversed lanes."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.simulate.changes import EVERY_ROAD, Change, What, contraflow
from farshore.simulate.network import AUTO, BUS, TRUCK, WALK, RoadNetwork, uses_mask
from farshore.simulate.options import Options
from farshore.units import offset_of

__all__ = ["arc_changes", "running_hours"]

Ints = npt.NDArray[np.int64]

_DAY_S = 86_400
_CARS: Final = AUTO | TRUCK  # what a closure leaves to cars it leaves to trucks


def running_hours(scenario: Scenario, fleet: int) -> tuple[float, float]:
    """From when until when a fleet is in service, in seconds after the start."""
    table, start_s = scenario.fleets, int(scenario.about.start.timestamp())
    begin, end = int(table.from_time[fleet]), int(table.until_time[fleet])
    return (
        0.0 if begin == NO_TIME else max(0.0, float(begin - start_s)),
        float("inf") if end == NO_TIME else float(end - start_s),
    )


def arc_changes(
    scenario: Scenario,
    options: Options,
    link_row: Ints,
    crossing_row: Ints,
    network: RoadNetwork,
    capacity_veh_s: npt.NDArray[np.float64],
    arc_row: dict[str, int],
    *,
    by_class: bool,
    windows: Mapping[int, tuple[float, float]],
) -> list[Change]:
    """Closures, hours of driving and sailing, reversed lanes.

    by_class : a closure counts for the uses that it names, else for cars
    windows : from when until when (s) single arcs are served at all
    """
    start_s = int(scenario.about.start.timestamp())
    until_s = scenario.about.horizon_h * 3600
    rows_of: dict[str, list[int]] = {}
    for row, asset in enumerate(scenario.closures.asset_id):
        rows_of.setdefault(str(asset), []).append(row)
    ferries = {link for service in network.ferries for link in service.links}
    sailing = _hours(scenario, "sailing_from_hour", "sailing_until_hour", until_s)
    changes: list[Change] = []
    links, crossings = scenario.links.link_id, scenario.crossings.crossing_id
    for arc, (link, crossing) in enumerate(zip(link_row.tolist(), crossing_row.tolist(), strict=True)):
        rows = rows_of.get(str(links[link]), []) + (
            rows_of.get(str(crossings[crossing]), []) if crossing >= 0 else []
        )
        hours = _within(sailing, windows[arc], until_s) if arc in windows else sailing
        if arc in ferries or rows:
            uses = _uses(int(network.uses[arc]), arc in ferries) if by_class else (AUTO,)
            spans = [_span(scenario, row, start_s, until_s) for row in rows]
            every = (AUTO, WALK) if by_class and arc in ferries and uses == (WALK,) else uses
            changes += _of_arc(arc, spans, uses, every, hours if arc in ferries else None, options, until_s)
        if capacity_veh_s[arc] <= 0 and arc not in ferries:
            changes.append(Change(0.0, arc, What.CLOSE))
    driving = _hours(scenario, "driving_from_hour", "driving_until_hour", until_s)
    changes += [Change(t, EVERY_ROAD, What.OPEN if on else What.HOLD) for t, on in driving or ()]
    for reversal in options.contraflow:
        changes += contraflow(
            takes=arc_row[reversal.takes],
            gives=arc_row[reversal.gives],
            from_s=3600 * reversal.from_h,
            until_s=3600 * reversal.until_h,
            lanes=reversal.lanes,
        )
    return changes


def _uses(mask: int, ferry: bool) -> tuple[int, ...]:
    """What closures of an arc are looked at for: cars and buses, each by itself, or people on foot."""
    if mask & WALK or not mask & (AUTO | BUS):
        return (WALK,) if mask & WALK else (AUTO,)
    return (AUTO,) if ferry else tuple(use for use in (AUTO, BUS) if mask & use)


_Span = tuple[int, int, float, int]  # from, until (s), what is left of the capacity, for which uses (0: all)


def _span(scenario: Scenario, row: int, start_s: int, until_s: int) -> _Span:
    table = scenario.closures
    begin = 0 if table.from_time[row] == NO_TIME else max(0, int(table.from_time[row]) - start_s)
    end = until_s if table.until_time[row] == NO_TIME else int(table.until_time[row]) - start_s
    return begin, end, float(table.capacity_factor[row]), uses_mask(str(table.allowed_uses[row]))


def _factor(spans: Sequence[_Span], use: int, moment: float) -> float:
    """What is left of an arc for one use at one moment."""
    left = [f if not uses or uses & use else 0.0 for begin, end, f, uses in spans if begin <= moment < end]
    return min(left, default=1.0)


def _of_arc(
    arc: int,
    spans: Sequence[_Span],
    uses: tuple[int, ...],
    every: tuple[int, ...],
    sailing: Sequence[tuple[float, bool]] | None,
    options: Options,
    until_s: int,
) -> list[Change]:
    """What happens to one arc: what is left of it by its closures, and a ferry's hours.

    uses : it is open while one of them may enter; every : those whose factors decide on its capacity
    """
    times = {0.0} | {float(t) for begin, end, *_ in spans for t in (begin, end) if 0 <= t < until_s}
    times |= {t for t, _ in sailing or ()}
    changes: list[Change] = []
    was_factor, was_open, was_running, was_uses = 1.0, True, True, uses
    for moment in sorted(times):
        left = tuple(use for use in uses if _factor(spans, use, moment) > 0)
        factor = max(_factor(spans, use, moment) for use in every)
        running = sailing is None or not sailing or [on for t, on in sailing if t <= moment][-1]
        if factor != was_factor and factor > 0:
            changes.append(Change(moment, arc, What.CAPACITY, factor))
        if left and left != was_uses:
            mask = sum(_CARS if use == AUTO else use for use in left)
            if len(uses) > 1:
                changes.append(Change(moment, arc, What.USES, mask))
            was_uses = left
        if not left and was_open:
            changes.append(Change(moment, arc, What.CLOSE, on_closure=options.on_closure))
        elif left and running and (not was_open or not was_running):
            changes.append(Change(moment, arc, What.OPEN))
        elif left and not running and (was_running or not was_open):
            if not was_open:
                changes.append(Change(moment, arc, What.OPEN))
            changes.append(Change(moment, arc, What.HOLD))
        was_factor, was_open, was_running = factor, bool(left), running
    return changes


def _within(
    sailing: Sequence[tuple[float, bool]], window: tuple[float, float], until_s: int
) -> list[tuple[float, bool]]:
    """Sailing hours cut to a window."""
    begin, end = window
    times = sorted({0.0} | {t for t, _ in sailing} | {t for t in window if 0 < t < until_s})

    def runs(moment: float) -> bool:
        told = [on for t, on in sailing if t <= moment]
        return (not told or told[-1]) and begin <= moment < end

    return [(moment, runs(moment)) for moment in times]


def _hours(scenario: Scenario, from_key: str, until_key: str, until_s: int) -> list[tuple[float, bool]]:
    """Moments (s after the start) at which something begins (True) or ends, by two hours of the local day.

    The first is at 0; nothing where the hours are the whole day.
    """
    first, last = scenario.parameter(from_key), scenario.parameter(until_key)
    if last - first >= 24:
        return []
    start = scenario.about.start
    midnight_s = -((int(start.timestamp()) + round(offset_of(start).total_seconds())) % _DAY_S)
    span_s = ((last - first) % 24) * 3600
    moments: list[tuple[float, bool]] = []
    day = midnight_s - _DAY_S
    while day < until_s:
        begins = day + first * 3600
        moments += [(begins, True), (begins + span_s, False)]
        day += _DAY_S
    before = [on for t, on in moments if t <= 0]
    return [(0.0, before[-1])] + [(t, on) for t, on in moments if 0 < t < until_s]
