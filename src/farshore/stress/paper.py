"""A plan's own figures, as it stands on paper: before traffic meets it."""

from typing import Any

from farshore.results import clearance_h, flows_of
from farshore.results.outcome import Outcome
from farshore.scenario.timing import timing_of

__all__ = ["on_paper"]


def on_paper(outcome: Outcome) -> dict[str, Any]:
    """T90, people left behind, exposure (the objective less what leaving people behind costs), objective."""
    timing = timing_of(outcome.scenario)
    flows = flows_of(outcome, timing)
    people, placed = int(timing.people.sum()), int(flows.departed.sum())
    left = people - placed
    objective = outcome.certificate.objective
    return {
        "t90_h": clearance_h(flows.arrived_so_far, people, 90, timing.step_s),
        "people": people,
        "arrived": placed,
        "exposure_person_h": round((objective - left * timing.left_cost) / 1e6, 3),
        "objective": objective,
    }
