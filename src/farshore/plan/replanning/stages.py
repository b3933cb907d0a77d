"""From the plan with the fewest new instructions to the best of all, letting go of what costs more to keep."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from farshore.kernels.crash import basis_from_flow
from farshore.kernels.simplex import pivot
from farshore.kernels.standing import costs_along, taken_from
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.plan.replanning.part import Taken, Way, part_of
from farshore.plan.replanning.state import Paths
from farshore.plan.solver import Pricer, Ways, exact_sum
from farshore.plan.stop import Stop
from farshore.scenario.timing import Ints

__all__ = ["NEVER", "Kept", "Plan", "Proof", "stages"]

_PIVOTS: Final = 4000
NEVER: Final = 1 << 61  # a weight above anything that people could save


@dataclass(frozen=True, eq=False)
class Kept:
    """Groups that have an instruction and could keep it; int64 arrays side by side.

    way : index into `ways`, which are the ways of `paths` too; ready, depart : steps; persons : who can
    """

    ways: tuple[Way, ...]
    paths: Paths
    way: Ints
    ready: Ints
    depart: Ints
    persons: Ints


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan for what remains.

    kept : int64[n_groups], how many of each group keep their instruction; others : everybody else who leaves
    saved : int64[n_groups], what letting go of a group saved per person when it was done, 0 if it was not
    objective : of what lies ahead; weight : what a new instruction counted, per person; None: no others leave
    """

    weight: int | None
    kept: Ints
    saved: Ints
    others: Taken
    objective: int


@dataclass(frozen=True, eq=False)
class Proof:
    """The best bound on every plan for what remains, and its prices."""

    prices: Prices
    lower_bound: int


class _Work:
    """What the stages share, and how far they have come."""

    def __init__(self, problem: Problem, reduced: Reduced, kept: Kept, prices: Prices) -> None:
        self.problem, self.reduced, self.kept = problem, reduced, kept
        self.pricer = Pricer(problem, reduced)
        self.held = kept.persons.copy()
        self.loose = np.zeros_like(self.held)  # let go of, on their old ways until they are planned anew
        self.saved = np.zeros_like(self.held)
        self.others = Taken.nobody()
        self.active = np.zeros(len(reduced.tail), bool)
        chain_of = np.full(len(problem.timing.tail), -1, np.int64)
        chain_of[reduced.links] = reduced.chain_of_link()
        for way in np.unique(kept.way[kept.persons > 0]).tolist():
            self.active[chain_of[np.array(kept.ways[way].arcs, np.int64)]] = True
        self.rounds: list[dict[str, Any]] = []
        self.proof: Proof | None = None
        self.price(prices)
        self.pricer.activate(self.ways, problem.timing.newly_ready > 0, self.active)
        self.opened = True

    def price(self, prices: Prices) -> None:
        """Find the cheapest ways of all at some prices, and the bound that they prove."""
        self.prices, self.ways = prices, self.pricer.ways(prices)
        if self.proof is None or self.ways.lower_bound > self.proof.lower_bound:
            self.proof = Proof(prices, self.ways.lower_bound)

    def let_go(self, weight: int) -> bool:
        """Let go of those whom it costs more than the weight to keep; whether there were any."""
        slack = self.slack()
        costly = (self.held > 0) & (slack > weight)
        self.saved[costly] = slack[costly]
        self.loose[costly], self.held[costly] = self.held[costly], 0
        return bool(costly.any())

    def slack(self) -> Ints:
        """What each group's instruction costs, prices added, above the cheapest that its people could do."""
        kept, timing = self.kept, self.problem.timing
        prices = self.prices
        rows, row = np.unique(prices.arc, return_inverse=True)
        price_of = np.full(len(timing.tail), -1, np.int64)
        price_of[rows] = np.arange(len(rows))
        by_step = np.zeros((len(rows), timing.n_steps), np.int64)
        by_step[row, prices.step] = prices.price
        paths = kept.paths
        cost = costs_along(
            paths.first,
            paths.arc,
            paths.entry,
            kept.way,
            kept.depart,
            timing.flat_cost,
            timing.cost_of,
            timing.costs,
            price_of,
            by_step,
        )
        host = paths.host[kept.way]
        taken_in = np.minimum(kept.depart + paths.arrival[kept.way], timing.n_steps - 1)
        cost += prices.intake[host, taken_in] + prices.beds[host]
        origin = np.array([way.origin for way in kept.ways], np.int64)[kept.way]
        waited = np.concatenate(
            [np.zeros((len(timing.wait_cost), 1), np.int64), np.cumsum(timing.wait_cost, axis=1)], axis=1
        )
        cost += waited[origin, kept.depart] - waited[origin, kept.ready]
        return np.asarray(cost - self.ways.staying[origin, kept.ready])

    def solve(self, stop: Stop, begun_s: float, weight: int) -> int:
        """The best flow of those who are not kept, on the active chains; its objective, all included."""
        kept, newly = self.kept, self.problem.timing.newly_ready
        part = part_of(self.problem, self.reduced, self.active, self.prices)
        on_part = part.expanded

        def loaded(persons: Ints) -> tuple[Ints, Ints, Ints, Ints]:
            some = np.flatnonzero(persons)
            return kept.way[some], kept.depart[some], persons[some], some

        way, depart, persons, some = loaded(self.held)
        standing = part.load(kept.ways, way, depart, persons)
        standing_ready = part.departing(kept.ways, way, kept.ready[some], persons)
        standing_leave = part.departing(kept.ways, way, depart, persons)
        others = self.others
        flow = part.load(others.ways, others.way, others.step, others.persons)
        leaving = part.departing(others.ways, others.way, others.step, others.persons)
        way, depart, persons, _ = loaded(self.loose)
        flow += part.load(kept.ways, way, depart, persons)
        leaving += part.departing(kept.ways, way, depart, persons)
        part.wait(flow, newly - standing_ready, leaving)
        capacity = on_part.capacity - standing
        basis = basis_from_flow(
            on_part.tail,
            on_part.head,
            capacity,
            on_part.cost,
            part.tolls(self.prices),
            flow,
            0,
            len(on_part.basis.parent),
        )
        pivots, made = 0, _PIVOTS
        while made == _PIVOTS:
            made = pivot(on_part.tail, on_part.head, capacity, on_part.cost, basis, _PIVOTS)
            pivots += made
            if stop.seconds is not None and time.monotonic() - begun_s >= stop.seconds:
                break
        self.part = replace(part, expanded=replace(on_part, capacity=capacity, basis=basis))
        self.others = self.part.ways_in(basis.flow)
        self.loose[:] = 0
        part.wait(standing, standing_ready, standing_leave)
        objective = exact_sum(basis.flow + standing, on_part.cost)
        objective += self.problem.timing.left_cost * int(self.problem.timing.late.sum())
        self.rounds.append(
            {
                "weight_person_h": None if weight == NEVER else weight / 1e6,
                "kept": int(self.held.sum()),
                "objective": objective,
                "chains": len(part.reduced.tail),
                "arcs": len(on_part.tail),
                "pivots": pivots,
            }
        )
        return objective

    def open_up(self) -> None:
        """Add the chains of ways that are cheaper than what anybody pays."""
        expanded = self.part.expanded
        home = expanded.home_number
        paid = np.where(home >= 0, -expanded.basis.potential[home], 0)
        before = int(self.active.sum())
        self.pricer.activate(self.ways, self.ways.from_home < paid, self.active)
        self.opened = int(self.active.sum()) > before

    def plan(self, weight: int, objective: int) -> Plan:
        """The plan found, in which all who may keep an instruction at no cost to others do."""
        kept = self.kept
        flow = self.part.expanded.basis.flow.copy()
        some = np.flatnonzero(kept.persons > self.held)
        held = self.held.copy()
        if len(some):
            first, places = self.part.places_of(kept.ways, kept.way[some], kept.depart[some])
            held[some] += taken_from(first, places, kept.persons[some] - held[some], flow)
        return Plan(None if weight == NEVER else weight, held, self.saved.copy(), self.part.ways_in(flow), objective)


def stages(
    problem: Problem,
    reduced: Reduced,
    kept: Kept,
    prices: Prices,
    *,
    weights: Callable[[Ints], Sequence[int]],
    exactly: int,
    stop: Stop,
    begun_s: float,
    report: Callable[[int, int], None],
) -> tuple[list[Plan], Proof, tuple[dict[str, Any], ...]]:
    """Plans for falling weights of a new instruction, the last of them for weight 0: the best there is.

    First everybody keeps an instruction who can, and the rest are planned around them. At the prices that
    this gives, each group kept costs some more than the cheapest that its people could do. Those that cost
    more than the weight are let go of, and so on with a smaller weight. At weight 0 nobody is kept at any
    cost, so that flow and prices prove each other: the objective is the bound.

    prices : guessed at first, those of the old plan; exactly : the weight that matters to the user
    weights : told what each group costs more, says which weights to try besides; 0 is always the last
    """
    work = _Work(problem, reduced, kept, prices)
    plans: list[Plan] = []
    to_try: list[int] = [NEVER]
    while to_try:
        weight = to_try.pop(0)
        thorough = weight in (exactly, 0)
        n_rounds = 0
        while True:
            if plans or n_rounds:
                if not work.let_go(weight) and not work.opened:
                    break
                if not thorough and n_rounds > 1:
                    break
            objective = work.solve(stop, begun_s, weight)
            work.price(work.part.expanded.prices(problem, work.part.reduced))
            work.open_up()
            n_rounds += 1
            assert work.proof is not None
            report(objective, work.proof.lower_bound)
            if weight == 0 and stop.reached(
                objective=objective,
                lower_bound=work.proof.lower_bound,
                seconds=time.monotonic() - begun_s,
            ):
                break
        if not plans:
            to_try = sorted({*weights(work.slack()[work.held > 0]), exactly, 0}, reverse=True)
        plans.append(work.plan(weight, objective))
    assert work.proof is not None
    return plans, work.proof, tuple(work.rounds)
