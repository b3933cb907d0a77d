"""The exact plan against OR-Tools' min-cost flow on the full expansion of the same problem."""

from dataclasses import replace
from importlib.resources import as_file, files

import numpy as np

from benchmarks.registry import Skipped, benchmark
from farshore.plan import plan
from farshore.plan.flow import expand_flow
from farshore.plan.model import problem_of
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.scenario import Scenario, read_scenario
from farshore.scenario.timing import timing_of


def kherson(hours: int) -> Scenario:
    """The shipped scenario whole, or from 19 October on, when all boats sail, for so many hours."""
    with as_file(files("farshore.shipped") / "kherson") as folder:
        scenario = read_scenario(folder)
    if hours == scenario.about.horizon_h:
        return scenario
    start = scenario.about.start.replace(day=19)
    return replace(scenario, about=replace(scenario.about, start=start, horizon_h=hours))


def ortools_min_cost_flow(scenario: Scenario) -> int:
    """One flow problem of every arc in every step, built and solved; the objective."""
    try:
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 (only the rival's process loads it)
    except ImportError:
        raise Skipped("OR-Tools is not installed") from None

    problem = problem_of(scenario)
    expanded = expand_flow(problem, reduce_network(problem, shrink=False), Prices.none(problem))
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        expanded.tail, expanded.head, expanded.capacity, expanded.cost
    )
    supply = np.zeros(len(expanded.basis.parent), np.int64)
    at_home = expanded.home_number >= 0
    supply[expanded.home_number[at_home]] = problem.timing.newly_ready[at_home]
    supply[0] = -supply.sum()
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    assert solver.solve() == solver.OPTIMAL
    late = problem.timing.left_cost * int(problem.timing.late.sum())
    return solver.optimal_cost() + late


def arcs_in_time(scenario: Scenario) -> float:
    """Arcs of the full expansion: arcs of the network × steps."""
    timing = timing_of(scenario)
    return float(len(timing.tail) * timing.n_steps)


@benchmark(
    area="plan",
    sizes=(24, 48, 96, 168, 336),
    instance=kherson,
    rivals={"OR-Tools min-cost flow": ortools_min_cost_flow},
    scale=arcs_in_time,
    scale_unit="arcs × steps",
    limit_s=600,
    notes="Size is hours of the Kherson scenario from 19 October on (336: all of it), in half-hour steps. "
    "Answers are objectives, in 10⁻⁶ person-hours, and must be equal. The rival gets the whole expansion, "
    "as its users would build it.",
)
def exact_plan(scenario: Scenario) -> int:
    """Exact plan of right-bank Kherson."""
    outcome = plan(scenario)
    assert outcome.certificate.objective == outcome.certificate.lower_bound
    return outcome.certificate.objective
