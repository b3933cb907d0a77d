"""The exact plan against OR-Tools' min-cost flow on the full expansion of the same problem.

    python benchmarks/bench_plan.py [HOURS ...]

The shipped Kherson scenario with its horizon cut to some hours (12, 24 and 48 if none are given). Ours:
reduced, solved on a growing part, proven. The rival: every arc in every step, unreduced, in one flow problem.
Each runs in a process of its own; both must come to the same objective. Prints seconds, peak memory, ratios.
"""

import multiprocessing
import resource
import sys
import time
from dataclasses import replace
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from farshore.plan import plan
from farshore.plan.flow import expand_flow
from farshore.plan.model import problem_of
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.scenario import Scenario, read_scenario

HOURS = (12, 24, 48)


def kherson(hours: int) -> Scenario:
    """The shipped scenario from 19 October on, when all boats sail, for so many hours."""
    with as_file(files("farshore.shipped") / "kherson") as folder:
        scenario = read_scenario(folder)
    start = scenario.about.start.replace(day=19)
    return replace(scenario, about=replace(scenario.about, start=start, horizon_h=hours))


def ours(hours: int) -> dict[str, Any]:
    """The plan, once to compile or load what is compiled, and once to measure."""
    scenario = kherson(hours)
    plan(scenario)
    begin = time.perf_counter()
    outcome = plan(scenario)
    seconds = time.perf_counter() - begin
    assert outcome.certificate.objective == outcome.certificate.lower_bound
    return {
        "objective": outcome.certificate.objective,
        "seconds": seconds,
        "arcs": outcome.rounds[-1]["arcs"],
    }


def ortools_min_cost_flow(hours: int) -> dict[str, Any]:
    """One flow problem of every arc in every step, built and solved."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 (only the rival's process loads it)

    problem = problem_of(kherson(hours))
    begin = time.perf_counter()
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
    return {
        "objective": solver.optimal_cost() + late,
        "seconds": time.perf_counter() - begin,
        "arcs": len(expanded.tail),
    }


def _measured(engine: str, hours: int, answers: Any) -> None:
    answer = globals()[engine](hours)
    answers.put(answer | {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def measure(engine: str, hours: int) -> dict[str, Any]:
    """Run an engine in a fresh process: its objective, seconds, arcs and peak memory."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_measured, args=(engine, hours, answers))
    process.start()
    answer: dict[str, Any] = answers.get()
    process.join()
    return answer


def main() -> None:
    """Measure each size and print a line for it."""
    heads = ("hours", "arcs", "ours s", "MB", "arcs", "OR-Tools s", "MB", "ratio")
    print("{:>6} {:>10} {:>8} {:>6} {:>10} {:>11} {:>6} {:>7}".format(*heads))
    for hours in tuple(map(int, sys.argv[1:])) or HOURS:
        mine, theirs = measure("ours", hours), measure("ortools_min_cost_flow", hours)
        assert mine["objective"] == theirs["objective"], "the two do not answer alike"
        print(
            f"{hours:6} {mine['arcs']:10,} {mine['seconds']:8.2f} {mine['mb']:6.0f} {theirs['arcs']:10,} "
            f"{theirs['seconds']:11.2f} {theirs['mb']:6.0f} {theirs['seconds'] / mine['seconds']:6.1f}×",
            flush=True,
        )


if __name__ == "__main__":
    main()
