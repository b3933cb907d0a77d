"""What converging costs at the least: a linear program that knows of the choice at each junction, by HiGHS.

`python -m benchmarks.convergent_bound main 9` tells for a plain of docs/orders.md how far above the free flow
all orders that converge must be. It takes half a minute, and is no part of the planner.
"""

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

from benchmarks.bench_orders import patchwork, plain
from farshore.plan import plan
from farshore.plan.model import Problem, problem_of
from farshore.plan.orders.ground import ground_of
from farshore.plan.reduce import Reduced, reduce_network
from farshore.scenario import Scenario

__all__ = ["convergent_bound"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass
class _Rows:
    """Rows of a sparse matrix as they come."""

    row: list[Any] = field(default_factory=list)
    column: list[Any] = field(default_factory=list)
    value: list[Any] = field(default_factory=list)

    def add(self, row: Any, column: Any, value: Any) -> None:
        row, column, value = np.broadcast_arrays(row, column, value)
        self.row.append(row)
        self.column.append(column)
        self.value.append(value)

    def matrix(self, shape: tuple[int, int]) -> Any:
        row, column, value = (np.concatenate(each) for each in (self.row, self.column, self.value))
        return csr_array((value.astype(float), (row, column)), shape=shape)


def convergent_bound(scenario: Scenario) -> float:
    """A lower bound, in 10⁻⁶ person-hours, on all plans whose ways converge; beds are taken to be enough.

    The flow over time in fractions, with a share for each chain: what enters it in a step is at most that
    share of its capacity, shares of chains out of a node are at most 1 together, and so are those of a chain
    and the one back. Where one way on from each node is taken, the shares are 0 and 1 (Even, Pillac & Van
    Hentenryck 2015, whose program has whole shares). Not for scenarios in which hosts are passed by: there a
    chain and the one back may both be taken.
    """
    problem = problem_of(scenario)
    reduced = reduce_network(problem)
    return _solved(problem, reduced)


def _solved(problem: Problem, reduced: Reduced) -> float:
    timing, n_nodes, n_chains = problem.timing, len(reduced.node), len(reduced.tail)
    n_steps, n_zones = timing.n_steps, len(timing.zone_node)
    whole = ground_of(problem, reduced, convergent=True).whole
    every = np.arange(n_steps)
    first_wait = n_chains * n_steps
    first_host = first_wait + n_zones * n_steps
    first_share = first_host + len(reduced.host_node) * n_steps
    n_columns = first_share + n_chains
    cost, most = np.zeros(n_columns), np.full(n_columns, np.inf)
    balance, given = _Rows(), np.zeros(n_nodes * n_steps)
    most[first_share:] = 1
    shares, n_shares = _Rows(), 0
    for chain in range(n_chains):
        late, enters = int(reduced.steps[chain]), chain * n_steps + every
        in_time = every + late < n_steps
        row = int(reduced.cost_of[chain])
        cost[enters] = reduced.flat_cost[chain] if row < 0 else reduced.costs[row]
        most[enters] = np.where(in_time, whole[chain], 0)
        balance.add(reduced.tail[chain] * n_steps + every, enters, 1)
        balance.add(reduced.head[chain] * n_steps + every[in_time] + late, enters[in_time], -1)
        rows = n_shares + np.arange(int(in_time.sum()))
        shares.add(rows, enters[in_time], 1)
        shares.add(rows, first_share + chain, -whole[chain][in_time])
        n_shares += len(rows)
    for zone in np.flatnonzero(reduced.zone_node >= 0).tolist():
        waits, at = first_wait + zone * n_steps + every, reduced.zone_node[zone] * n_steps + every
        balance.add(at, waits, 1)
        balance.add(at[1:], waits[:-1], -1)
        given[at] += timing.newly_ready[zone]
        cost[waits] = timing.wait_cost[zone]
        cost[waits[-1]] += timing.left_cost
    for host in np.flatnonzero(reduced.host_node >= 0).tolist():
        taken = first_host + host * n_steps + every
        most[taken] = np.where(problem.host_open[host], timing.intake[host], 0)
        balance.add(reduced.host_node[host] * n_steps + every, taken, 1)
    n_choices = 0
    for group in _either_or(reduced):
        shares.add(n_shares + n_choices, first_share + group, 1)
        n_choices += 1
    found = linprog(
        cost / 1e6,
        A_ub=shares.matrix((n_shares + n_choices, n_columns)),
        b_ub=np.repeat([0.0, 1.0], [n_shares, n_choices]),
        A_eq=balance.matrix((n_nodes * n_steps, n_columns)),
        b_eq=given,
        bounds=np.column_stack([np.zeros(n_columns), most]),
        method="highs-ipm",
    )
    if found.status != 0:
        raise RuntimeError(found.message)
    return float(found.fun) * 1e6 + timing.left_cost * int(timing.late.sum())


def _either_or(reduced: Reduced) -> list[Ints]:
    """Chains of which convergent ways take one at most: out of a node; there and back."""
    leaving = [np.flatnonzero(reduced.tail == node) for node in range(len(reduced.node))]
    ends = list(
        zip(
            reduced.tail.tolist(), reduced.head.tolist(), reduced.leads_to.tolist(),
            reduced.comes_from.tolist(), strict=True,
        )
    )  # fmt: skip
    rows = {each: row for row, each in enumerate(ends)}
    pairs = [(row, rows.get((head, tail, before, after), -1)) for row, (tail, head, after, before) in
             enumerate(ends)]  # fmt: skip
    both = [np.array(pair, np.int64) for pair in pairs if pair[0] < pair[1]]
    return [group for group in (*leaving, *both) if len(group) > 1]


if __name__ == "__main__":
    drawn = {"main": plain, "patchwork": patchwork}[sys.argv[1]](int(sys.argv[2]))
    flow = plan(drawn).certificate.lower_bound
    print(f"{100 * (convergent_bound(drawn) / flow - 1):.2f} % above the free flow, at the least")
