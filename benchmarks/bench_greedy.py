"""What planning exactly is worth: a greedy planner beside it, from one bottleneck to lost crossings."""

from typing import Any

from benchmarks.exit_instances import KINDS, exits
from benchmarks.region_instances import KINDS as REGION_KINDS
from benchmarks.region_instances import region
from benchmarks.registry import benchmark
from farshore.plan import plan
from farshore.plan.greedy import plan_greedily
from farshore.plan.model import problem_of
from farshore.plan.reduce import reduce_network
from farshore.scenario import Scenario
from farshore.scenario.timing import timing_of

Answer = dict[str, Any]
SEEDS = range(1, 7)


def greedy(scenario: Scenario) -> Answer:
    """The capacity-constrained route planner, its plan charged by the same objective."""
    problem = problem_of(scenario)
    found = plan_greedily(problem, reduce_network(problem))
    return {"objective": found.objective, "unserved": found.unserved}


def no_better(ours: Answer, other: Answer) -> bool:
    """Whether the greedy plan costs as much or more, and is the one that our plan was compared with."""
    told = ours["greedy"]
    same = other["unserved"] == told["unserved"] and abs(other["objective"] / 1e6 - told["objective"]) < 1e-3
    return same and other["objective"] >= ours["objective"]


def in_words(answer: Answer, _seconds: float) -> str:
    """How much worse greedy is."""
    told = answer["greedy"]
    if told["worse_by"] is None:
        return f"{told['more_unserved']:,} more left behind"
    return f"{100 * told['worse_by']:.2f} % more person-hours"


def all_in_words(answers: list[Answer], seconds: float) -> str:
    """How much worse greedy is on each of several instances."""
    return "; ".join(in_words(answer, seconds).replace(" more person-hours", "") for answer in answers)


@benchmark(
    area="greedy",
    sizes=KINDS,
    instance=exits,
    rivals={"greedy route planner (CCRP)": greedy},
    same=no_better,
    scale=lambda scenario: float(len(timing_of(scenario).tail) * timing_of(scenario).n_steps),
    scale_unit="arcs × steps",
    tells=("greedy costs", in_words),
    limit_s=300,
    notes="Size is the kind of a generated city: 400 junctions, 50 zones, one way out or eight, each to a "
    "host of its own; streets are narrow, exposure is 1 everywhere, the people are what the ways out carry "
    "in six hours. Few beds: as many as people, but not where roads lead. Lost crossings: half of them go in "
    "the second to fourth hour, and both planners know. Times say what proof costs; both make feasible "
    "plans of the same model (docs/model.md). Padang and river cities are in the section on the core.",
)
def exact_beside_greedy(scenario: Scenario) -> Answer:
    """The exact plan beside a greedy one."""
    outcome = plan(scenario, greedy=True)
    return {"objective": outcome.certificate.objective, "greedy": outcome.options["greedy"]}


@benchmark(
    area="greedy",
    sizes=REGION_KINDS,
    instance=lambda kind: [region(kind, seed) for seed in SEEDS],
    rivals={"greedy route planner (CCRP)": lambda given: [greedy(scenario) for scenario in given]},
    same=lambda ours, others: all(map(no_better, ours, others)),
    scale=lambda given: float(sum(len(timing_of(each).tail) * timing_of(each).n_steps for each in given)),
    scale_unit="arcs × steps",
    tells=("greedy costs more", all_in_words),
    limit_s=300,
    notes="Size is the kind of a generated region, six of each by seed, seconds are of all six: 120 towns on "
    "two banks with six bridges, 30 zones, 60,000 people, 8 hosts. Here it matters who takes which host: few "
    "beds are a tenth more than people, and who lives near may have to leave the near host to those who have "
    "no other. Lost crossings: half of the bridges go between the second and the sixth hour, and both "
    "planners know; one bank: all must cross who live on the other.",
)
def exact_beside_greedy_in_a_region(given: list[Scenario]) -> list[Answer]:
    """The exact plan beside a greedy one, where exits compete."""
    return [exact_beside_greedy(scenario) for scenario in given]
