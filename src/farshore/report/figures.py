"""The figures that the map, the tables and the sentences share, worked out once from an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from farshore.report.openness import Spell, openness
from farshore.results.measures import CrossingLoad, Flows, crossing_loads, flows_of
from farshore.results.outcome import Outcome
from farshore.scenario.timing import Timing, timing_of
from farshore.units import HOUR_S, offset_of

__all__ = ["Figures", "figures_of"]


@dataclass(frozen=True, eq=False)
class Figures:
    """What a plan comes to.

    summary : what summary.json holds; loads : by crossing, in file order; spells : by crossing_id
    start_s, end_s : seconds since 1970; offset : from UTC, as the scenario's start has it
    """

    summary: Mapping[str, Any]
    flows: Flows
    loads: tuple[CrossingLoad, ...]
    spells: dict[str, tuple[Spell, ...]]
    start_s: int
    step_s: int
    n_steps: int
    offset: timedelta

    @property
    def end_s(self) -> int:
        """The moment at which the horizon ends."""
        return self.start_s + self.n_steps * self.step_s

    def reached_s(self, share_percent: int) -> float | None:
        """The moment by which 50, 90 or 100 % of those who choose to leave are in a bed, if they are."""
        hours = self.summary[f"t{share_percent}_h"]
        return None if hours is None else self.start_s + hours * HOUR_S


def figures_of(outcome: Outcome, summary: Mapping[str, Any], timing: Timing | None = None) -> Figures:
    """Everything countable that a report says; `timing` spares working it out again."""
    about = outcome.scenario.about
    when = timing or timing_of(outcome.scenario)
    return Figures(
        summary=summary,
        flows=flows_of(outcome, when),
        loads=crossing_loads(outcome, when) if outcome.services is None else outcome.services.loads,
        spells=openness(outcome.scenario),
        start_s=when.start_s,
        step_s=when.step_s,
        n_steps=when.n_steps,
        offset=offset_of(about.start),
    )
