"""Adaptive steps beside all steps at once, as steps get shorter: what a minute's precision costs."""

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.class_instances import class_city
from benchmarks.registry import benchmark
from farshore.plan import Gap, plan
from farshore.scenario import Scenario
from farshore.scenario.rows import empty_rows
from farshore.scenario.tables import Exposure
from farshore.scenario.timing import timing_of

Answer = dict[str, Any]

GAP = 0.005


def bridged_city(step_s: int) -> Scenario:
    """A generated river city of 1,000 nodes over 72 hours, with bridges and the same exposure all over."""
    city = class_city(1000, horizon_h=72, step_s=step_s)
    kinds = np.full(len(city.crossings), "bridge", object)
    capacity = np.where(city.links.capacity > 0, city.links.capacity, city.links.capacity.max())
    return replace(
        city,
        crossings=replace(city.crossings, kind=kinds),
        links=replace(city.links, capacity=capacity),
        exposure=empty_rows(Exposure),
    )


def solved(scenario: Scenario, steps: str) -> Answer:
    """What a plan within the gap says of itself."""
    outcome = plan(scenario, stop=Gap(GAP), steps=steps)
    proof = outcome.certificate
    return {"objective": proof.objective, "lower_bound": proof.lower_bound}


def all_steps(scenario: Scenario) -> Answer:
    """The same planner over all steps at once, to the same gap."""
    return solved(scenario, "fine")


def within_the_gap(ours: Answer, other: Answer) -> bool:
    """Whether both keep the gap, and neither proves the other's plan impossible."""
    both = (ours, other)
    kept = all(one["objective"] - one["lower_bound"] <= GAP * one["objective"] for one in both)
    return kept and max(one["lower_bound"] for one in both) <= min(one["objective"] for one in both)


def gap_in_words(answer: Answer, _seconds: float) -> str:
    """The gap proven."""
    return f"{100 * (answer['objective'] - answer['lower_bound']) / answer['objective']:.2f} %"


@benchmark(
    area="plan",
    sizes=(1800, 600, 300, 60),
    instance=bridged_city,
    rivals={"all steps at once": all_steps},
    same=within_the_gap,
    scale=lambda scenario: float(timing_of(scenario).n_steps),
    scale_unit="steps",
    tells=("gap", gap_in_words),
    limit_s=600,
    notes="Size is the length of a step in seconds, over 72 hours: 144, 432, 864 and 4,320 steps of the same "
    "generated city of 1,000 nodes and 72,000 people. Both sides stop at a gap of 0.5 %, proven for the "
    "problem in single steps; the rival is our own planner with `--steps fine`.",
)
def adaptive_steps(scenario: Scenario) -> Answer:
    """Adaptive steps in a generated river city."""
    return solved(scenario, "adaptive")
