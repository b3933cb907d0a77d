"""When a crossing can be used, and why not: open, limited, closed, or closed for the night, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.units import offset_of

__all__ = ["Spell", "openness"]


@dataclass(frozen=True, slots=True)
class Spell:
    """Steps on end in which a crossing's state is the same; `reason` is the closure's, or ""."""

    first: int
    steps: int
    state: str  # open, limited, closed, night
    factor: float
    reason: str


def openness(scenario: Scenario) -> dict[str, tuple[Spell, ...]]:
    """The spells of each crossing, in the order of the crossings table.

    A crossing of several links is as open as its most open link. A closure that leaves the way to others
    than cars closes it: the plan moves cars, and buses in their room.
    """
    return {str(crossing): _spells(scenario, str(crossing)) for crossing in scenario.crossings.crossing_id}


def _spells(scenario: Scenario, crossing: str) -> tuple[Spell, ...]:
    n_steps = scenario.about.n_steps
    links = [
        str(link)
        for link, of, uses in zip(
            scenario.links.link_id, scenario.links.crossing_id, scenario.links.allowed_uses, strict=True
        )
        if of == crossing and (_is_ferry(scenario, crossing) or "auto" in uses.split(";"))
    ]
    if not links:
        return (Spell(0, n_steps, "closed", 0.0, "no way over it that cars may use"),)
    factor, because = _best_of([_closed(scenario, (crossing, link)) for link in links])
    night = _night(scenario, "sailing" if _is_ferry(scenario, crossing) else "driving")
    found: list[Spell] = []
    for step in range(n_steps):
        if factor[step] == 0:
            state = "closed"
        elif night[step]:
            state = "night"
        else:
            state = "open" if factor[step] == 1 else "limited"
        reason = _reason(scenario, int(because[step]))
        last = found[-1] if found else None
        if last and (last.state, last.factor, last.reason) == (state, factor[step], reason):
            found[-1] = Spell(last.first, last.steps + 1, *(state, last.factor, reason))
        else:
            found.append(Spell(step, 1, state, float(factor[step]), reason))
    return tuple(found)


def _is_ferry(scenario: Scenario, crossing: str) -> bool:
    return bool(scenario.crossings.kind[scenario.crossings.position()[crossing]] == "ferry")


def _closed(
    scenario: Scenario, assets: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Least factor of the closures of some assets in each step, and the row of the closure that sets it."""
    about, table = scenario.about, scenario.closures
    start_s, step_s, n_steps = int(about.start.timestamp()), about.step_s, about.n_steps
    factor = np.ones(n_steps)
    because = np.full(n_steps, -1, np.int64)
    for row in np.flatnonzero(np.isin(table.asset_id, np.array(assets, object))).tolist():
        from_s, until_s = int(table.from_time[row]), int(table.until_time[row])
        first = 0 if from_s == NO_TIME else max(0, (from_s - start_s) // step_s)
        last = n_steps if until_s == NO_TIME else -((start_s - until_s) // step_s)
        uses = table.allowed_uses[row]
        left = 0.0 if uses and "auto" not in uses.split(";") else float(table.capacity_factor[row])
        touched = np.arange(n_steps)
        less = (touched >= first) & (touched < last) & ((left < factor) | (because < 0))
        factor[less] = left
        because[less] = row
    return factor, because


def _best_of(
    found: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    factors = np.array([factor for factor, _ in found])
    best = factors.argmax(axis=0)
    steps = np.arange(factors.shape[1])
    return factors[best, steps], np.array([because for _, because in found])[best, steps]


def _night(scenario: Scenario, moving: str) -> npt.NDArray[np.bool_]:
    """Steps that do not lie wholly between the hours in which people may drive, or ferries sail."""
    about = scenario.about
    start_h = (about.start.timestamp() + offset_of(about.start).total_seconds()) / 3600
    from_h, until_h = scenario.parameter(f"{moving}_from_hour"), scenario.parameter(f"{moving}_until_hour")
    if until_h - from_h >= 24:
        return np.zeros(about.n_steps, bool)
    past_h = np.mod(start_h + np.arange(about.n_steps) * about.step_s / 3600 - from_h, 24)
    return np.asarray(past_h + about.step_s / 3600 > np.mod(until_h - from_h, 24) + 1e-9)


def _reason(scenario: Scenario, row: int) -> str:
    if row < 0:
        return ""
    reason, source = scenario.closures.reason[row], scenario.closures.source[row]
    return f"{reason}; source: {source}" if reason and source else str(reason or source)
