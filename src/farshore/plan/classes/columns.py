"""Ways that people take under prices, with the steps in which they begin."""

from dataclasses import dataclass

import numpy as np

from farshore.kernels.columns import traced
from farshore.kernels.paths import FAR
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pricing import Ways
from farshore.scenario.clock import Ints

__all__ = ["Timed", "ways_taken"]


@dataclass(frozen=True, eq=False)
class Timed:
    """Ways with the step in which they begin.

    host : int64[n_ways]; first : int64[n_ways + 1]; arc : int64[n_used], of the layers, in order of travel
    """

    host: Ints
    first: Ints
    arc: Ints


def ways_taken(problem: ClassProblem, ways: Ways, bias: Ints | None = None) -> Timed:
    """The ways that are cheapest for somebody under the prices of `ways`.

    bias : int64[n_commodities, n_steps], added to what leaving in a step costs, to have other steps chosen
    """
    people = problem.people
    from_home = ways.from_home if bias is None else np.where(ways.from_home < FAR, ways.from_home + bias, FAR)
    leave = np.full(from_home.shape, -1, np.int64)
    worth = np.full(len(from_home), problem.left_cost, np.int64)
    chosen = np.full(len(from_home), -1, np.int64)
    for k in range(problem.timing.n_steps - 1, -1, -1):
        worth = worth + problem.wait_cost[:, k]
        better = from_home[:, k] <= worth
        worth = np.where(better, from_home[:, k], worth)
        chosen = np.where(better, k, chosen)
        leave[:, k] = chosen
    who, ready = np.nonzero((people.newly_ready > 0) & (leave >= 0))
    n_steps = problem.timing.n_steps
    pairs = np.unique(who * n_steps + leave[who, ready])
    return _timed(problem, ways, pairs // n_steps, pairs % n_steps)


def _timed(problem: ClassProblem, ways: Ways, commodity: Ints, depart: Ints) -> Timed:
    """The cheapest ways of some commodities in some steps."""
    layers = problem.layers
    first, arcs, hosts = [np.zeros(1, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    n_arcs = 0
    for group, labels in enumerate(ways.labels):
        mine = ways.group[commodity] == group
        begins, arc, ends = traced(
            ways.start[commodity[mine], depart[mine]],
            depart[mine],
            layers.head,
            layers.comes_from,
            layers.steps,
            labels.choice_1,
            labels.choice_2,
            labels.toward_1,
        )
        hosts.append(ends % len(problem.host_open))  # by car or on foot
        first.append(begins[1:] + n_arcs)
        n_arcs += len(arc)
        arcs.append(arc)
    return Timed(np.concatenate(hosts), np.concatenate(first), np.concatenate(arcs))
