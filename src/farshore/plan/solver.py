"""The exact solver: flows on a growing part of the network, until prices prove that no other part helps."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.errors import Interrupted
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import FAR, grouped, labels_from
from farshore.kernels.simplex import pivot
from farshore.kernels.ways import cheapest_ways, use_of_ways
from farshore.plan.flow import Expanded, expand_flow
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced, only_chains
from farshore.plan.stop import Stop
from farshore.scenario.timing import Ints

__all__ = ["Answer", "Pricer", "Report", "Ways", "chains_by_crossings", "solve"]

# Pivots between two looks at the clock: a fraction of a second, so that Ctrl-C is heard.
_PIVOTS: Final = 4000

Report = Callable[[float, int | None, int | None], None]


@dataclass(frozen=True, eq=False)
class Ways:
    """The cheapest ways under some prices, and the lower bound that they prove.

    from_home : int64[n_zones, n_steps], the cost from leaving home, FAR where nothing leads to a host
    staying : int64[n_zones, n_steps], the cheapest from being at home, leaving later or never included
    from_node : int64[n_steps, n_core], from each node of the reduced network, wherever one has come from
    choice_1, choice_2, toward_1 : as in `cheapest_ways`
    """

    from_home: Ints
    staying: Ints
    lower_bound: int
    choice_1: npt.NDArray[np.int32]
    choice_2: npt.NDArray[np.int32]
    toward_1: npt.NDArray[np.int32]
    from_node: Ints


class Pricer:
    """Finds the cheapest ways over the whole reduced network, whatever part of it flows use."""

    def __init__(self, problem: Problem, reduced: Reduced) -> None:
        self.problem, self.reduced = problem, reduced
        quick = np.flatnonzero(reduced.steps == 0)
        self._quick_first, members = grouped(reduced.head[quick], len(reduced.node))
        self._quick = quick[members]
        self._slow = np.flatnonzero(reduced.steps > 0)
        self._capacities = np.ascontiguousarray(reduced.capacities.T)
        self._costs = np.ascontiguousarray(reduced.costs.T)
        self._hosts = np.flatnonzero(reduced.host_node >= 0)
        self._zones = np.flatnonzero(reduced.zone_node >= 0)

    def ways(self, prices: Prices) -> Ways:
        """The cheapest ways with prices added, and the bound of docs/model.md."""
        problem, reduced, timing = self.problem, self.reduced, self.problem.timing
        price_of, chain_prices = prices.on_chains(problem, reduced)
        host_price = prices.intake + prices.beds[:, None]
        if problem.arrival_cost is not None:
            host_price = host_price + problem.arrival_cost
        host_price = np.where(problem.host_open, host_price, FAR)
        best, _, choice_1, choice_2, toward_1 = cheapest_ways(
            len(reduced.node),
            timing.n_steps,
            reduced.tail,
            reduced.head,
            reduced.leads_to,
            reduced.comes_from,
            reduced.steps,
            reduced.capacity_of,
            self._capacities,
            reduced.cost_of,
            self._costs,
            reduced.flat_cost,
            price_of,
            np.ascontiguousarray(chain_prices.T),
            reduced.host_node[self._hosts],
            np.ascontiguousarray(host_price[self._hosts].T),
            self._slow,
            self._quick_first,
            self._quick,
        )
        from_home = np.full(timing.newly_ready.shape, FAR, np.int64)
        from_home[self._zones] = best[:, reduced.zone_node[self._zones]].T
        staying = np.empty_like(from_home)
        worth = np.full(len(timing.zone_node), timing.left_cost, np.int64)
        for k in range(timing.n_steps - 1, -1, -1):
            worth = np.minimum(worth + timing.wait_cost[:, k], from_home[:, k])
            staying[:, k] = worth
        bound = exact_sum(timing.newly_ready, staying) + timing.left_cost * int(timing.late.sum())
        bound -= exact_sum(np.where(prices.intake > 0, timing.intake, 0), prices.intake)
        bound -= exact_sum(timing.beds, prices.beds)
        bound -= exact_sum(timing.capacities[timing.capacity_of[prices.arc], prices.step], prices.price)
        return Ways(from_home, staying, bound, choice_1, choice_2, toward_1, best)

    def activate(self, ways: Ways, where: npt.NDArray[np.bool_], active: npt.NDArray[np.bool_]) -> None:
        """Activate every chain on the cheapest ways from some zones in some steps: bool[n_zones, n_steps]."""
        zone, step = np.nonzero(where & (ways.from_home < FAR))
        use_of_ways(
            self.reduced.zone_node[zone],
            step,
            self.reduced.head,
            self.reduced.comes_from,
            self.reduced.steps,
            ways.choice_1,
            ways.choice_2,
            ways.toward_1,
            active,
        )


def chains_by_crossings(problem: Problem, reduced: Reduced) -> npt.NDArray[np.bool_]:
    """Chains on the quickest ways from zones by crossings to hosts: a good part to begin with."""
    active = np.zeros(len(reduced.tail), bool)
    n_nodes = len(reduced.node)
    crosses = np.flatnonzero(problem.timing.crossing_row[reduced.links] >= 0)
    crossing = np.unique(np.searchsorted(reduced.links_first, crosses, side="right") - 1)
    zones = np.unique(reduced.zone_node[reduced.zone_node >= 0])
    hosts = np.unique(reduced.host_node[reduced.host_node >= 0])

    def walk(targets: Ints, via: Ints, ends: Ints) -> None:
        for target in targets.tolist():
            node = target
            while via[node] >= 0 and not active[via[node]] | walked[via[node]]:
                walked[via[node]] = True
                node = int(ends[via[node]])

    for chain in crossing.tolist():
        walked = np.zeros(len(active), bool)
        start = np.full(n_nodes, FAR, np.int64)
        start[reduced.tail[chain]] = 0
        _, via = labels_from(n_nodes, reduced.head, reduced.tail, reduced.travel_s, start)
        walk(zones, via, reduced.head)
        start = np.full(n_nodes, FAR, np.int64)
        start[reduced.head[chain]] = 0
        _, via = labels_from(n_nodes, reduced.tail, reduced.head, reduced.travel_s, start)
        walk(hosts, via, reduced.tail)
        active[chain] = True
        active |= walked
    return active


@dataclass(frozen=True, eq=False)
class Answer:
    """The best flow found and the best bound proven.

    reduced : the part of the network that the flow runs on
    proven : whether the stop's gap or a goal was reached; False when time ran out or the user stopped it
    """

    reduced: Reduced
    expanded: Expanded
    flow: Ints
    objective: int
    lower_bound: int
    prices: Prices
    proven: bool
    rounds: tuple[dict[str, Any], ...]


class _Best:
    """The best plan and the best proof so far."""

    def __init__(self, problem: Problem) -> None:
        self.late_cost = problem.timing.left_cost * int(problem.timing.late.sum())
        self.plan: tuple[Reduced, Expanded, Ints] | None = None
        self.proof: Prices | None = None
        self.objective: int | None = None
        self.lower_bound: int | None = None
        self.taken_in: Ints | None = None
        self._n_steps = problem.timing.n_steps

    def offer_plan(self, part: Reduced, expanded: Expanded) -> int:
        objective = exact_sum(expanded.basis.flow, expanded.cost) + self.late_cost
        if self.objective is None or objective < self.objective:
            self.objective, self.plan = objective, (part, expanded, expanded.basis.flow.copy())
            arrivals = slice(expanded.first_intake, expanded.first_beds)
            steps, persons = expanded.step[arrivals], expanded.basis.flow[arrivals]
            by_step = np.zeros(self._n_steps, np.int64)
            np.add.at(by_step, steps, persons)
            self.taken_in = np.cumsum(by_step)
        return objective

    def offer_proof(self, ways: Ways, prices: Prices) -> None:
        if self.lower_bound is None or ways.lower_bound > self.lower_bound:
            self.lower_bound, self.proof = ways.lower_bound, prices

    def good_enough(self, stop: Stop) -> bool:
        if self.objective is None or self.lower_bound is None:
            return False
        return stop.good_enough(
            objective=self.objective, lower_bound=self.lower_bound, taken_in=self.taken_in
        )

    def done(self, stop: Stop, seconds: float) -> bool:
        return self.objective is not None and (stop.over(seconds) or self.good_enough(stop))


def solve(
    problem: Problem,
    reduced: Reduced,
    *,
    stop: Stop,
    report: Report,
    begun_s: float,
    guess: Prices | None = None,
) -> Answer:
    """Solve a problem on its reduced network.

    A flow of least cost is found on some chains only, over all steps. Its dual prices are tried on the whole
    reduced network: where they show a cheaper way, its chains are added and the flow is sought again; where
    they show none, the bound meets the objective and the plan is the best of all. (Column generation with
    the shortest path as its subproblem: Ford, L. R. & Fulkerson, D. R. (1958), A suggested computation for
    maximal multi-commodity network flows.)

    begun_s : `time.monotonic()` when planning began, from which the stop's seconds count
    guess : prices to begin with, of a problem like this one; they change how soon it is solved, not how well
    Ctrl-C ends it with the best plan so far; raises `Interrupted` if there is none yet.
    """
    best = _Best(problem)
    rounds: list[dict[str, Any]] = []
    try:
        rounds.extend(_rounds(problem, reduced, best, stop, report, begun_s, guess))
        interrupted = False
    except KeyboardInterrupt:
        interrupted = True
    if best.plan is None or best.proof is None or best.objective is None or best.lower_bound is None:
        raise Interrupted("stopped before there was a plan; nothing was written")
    proven = not interrupted and best.good_enough(stop)
    return Answer(*best.plan, best.objective, best.lower_bound, best.proof, proven, tuple(rounds))


def _rounds(
    problem: Problem,
    reduced: Reduced,
    best: _Best,
    stop: Stop,
    report: Report,
    begun_s: float,
    guess: Prices | None,
) -> Iterator[dict[str, Any]]:
    """Improve the plan and its proof round by round, until they meet or the stop is reached."""
    pricer = Pricer(problem, reduced)
    prices = Prices.none(problem) if guess is None else guess
    ways = pricer.ways(prices)
    best.offer_proof(ways, prices)
    active = chains_by_crossings(problem, reduced)
    pricer.activate(ways, ways.from_home < FAR, active)
    done = 0.0
    while True:
        part = only_chains(problem, reduced, active)
        expanded = expand_flow(problem, part, prices)
        if best.plan is None:
            best.offer_plan(part, expanded)
        report(done, best.objective, best.lower_bound)
        ahead = 0.6 * (1 - done)
        pivots, made = 0, _PIVOTS
        while made == _PIVOTS:
            made = pivot(
                expanded.tail, expanded.head, expanded.capacity, expanded.cost, expanded.basis, _PIVOTS
            )
            pivots += made
            if stop.over(time.monotonic() - begun_s):
                break
            report(done + ahead * min(1.0, pivots / len(expanded.tail)), best.objective, best.lower_bound)
        done += ahead
        objective = best.offer_plan(part, expanded)
        prices = expanded.prices(problem, part)
        ways = pricer.ways(prices)
        best.offer_proof(ways, prices)
        yield {
            "seconds": round(time.monotonic() - begun_s, 3),
            "objective": objective,
            "lower_bound": ways.lower_bound,
            "chains": len(part.tail),
            "arcs": len(expanded.tail),
            "pivots": pivots,
        }
        if best.done(stop, time.monotonic() - begun_s):
            return
        home = expanded.home_number
        paid = np.where(home >= 0, -expanded.basis.potential[home], 0)
        before = int(active.sum())
        pricer.activate(ways, ways.from_home < paid, active)
        if int(active.sum()) == before:
            raise AssertionError("prices show a cheaper way that the flow already had")
