"""The best plan of all, and plans with fewer new instructions, letting go of what costs more to keep."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from farshore.kernels.crash import basis_from_flow
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import FAR
from farshore.kernels.simplex import pivot
from farshore.kernels.standing import costs_along, fitting, taken_from
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.plan.replanning.part import Taken, Way, part_of
from farshore.plan.replanning.paths import Paths
from farshore.plan.solver import Pricer, Ways, chains_by_crossings
from farshore.plan.stop import Stop
from farshore.scenario.timing import Ints

__all__ = ["NEVER", "Kept", "Plan", "Proof", "stages"]

_PIVOTS: Final = 4000
_TIMES: Final = 3  # that groups are let go of again at one weight
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
    """The best bound on every plan for what remains, its prices, and the cheapest ways under them."""

    prices: Prices
    ways: Ways

    @property
    def lower_bound(self) -> int:
        """What no plan costs less than."""
        return self.ways.lower_bound


class _Work:
    """What the stages share, and how far they have come."""

    def __init__(self, problem: Problem, reduced: Reduced, kept: Kept, prices: Prices) -> None:
        self.problem, self.reduced, self.kept = problem, reduced, kept
        self.pricer = Pricer(problem, reduced)
        self.origin = np.array([way.origin for way in kept.ways], np.int64)[kept.way]
        waited = np.cumsum(problem.timing.wait_cost, axis=1)
        waited = np.concatenate([np.zeros((len(waited), 1), np.int64), waited], axis=1)
        self.waits = waited[self.origin, kept.depart] - waited[self.origin, kept.ready]
        self.loose = kept.persons.copy()  # let go of, on their old ways until they are planned anew
        self.held = np.zeros_like(self.loose)
        self.saved = np.zeros_like(self.held)
        self.others = Taken.nobody()
        self.active = np.zeros(len(reduced.tail), bool)
        chain_of = np.full(len(problem.timing.tail), -1, np.int64)
        chain_of[reduced.links] = reduced.chain_of_link()
        for way in np.unique(kept.way[kept.persons > 0]).tolist():
            self.active[chain_of[np.array(kept.ways[way].arcs, np.int64)]] = True
        self.rounds: list[dict[str, Any]] = []
        self.prices = prices
        ways = self.pricer.ways(prices)
        self.proof = Proof(prices, ways)
        self.staying = ways.staying
        self.pricer.activate(ways, ways.from_home < FAR, self.active)
        self.active |= chains_by_crossings(problem, reduced)
        self._take_part()

    def _take_part(self) -> None:
        """Work on the chains that are active by now; `flow` is of the part that it was found on."""
        self.part = part_of(self.problem, self.reduced, self.active, self.prices)
        self.flow: Ints | None = None
        self.able = np.flatnonzero(self.kept.persons)
        way, depart = self.kept.way[self.able], self.kept.depart[self.able]
        self.able_first, self.able_places = self.part.places_of(self.kept.ways, way, depart, beds=True)

    def _kept_load(self, persons: Ints) -> Ints:
        """What so many of each group put on each arc on their old ways, waiting left out: int64[n_arcs]."""
        flow = np.zeros(len(self.part.expanded.tail), np.int64)
        np.add.at(flow, self.able_places, np.repeat(persons[self.able], np.diff(self.able_first)))
        return flow

    def _at_home(self, persons: Ints) -> Ints:
        """How many of so many of each group wait in each step, being ready: int64[n_origins, n_steps]."""
        change = np.zeros(self.problem.timing.newly_ready.shape, np.int64)
        np.add.at(change, (self.origin, self.kept.ready), persons)
        np.subtract.at(change, (self.origin, self.kept.depart), persons)
        return np.cumsum(change, axis=1)

    # -- who is kept --------------------------------------------------------------------------------------

    def slack(self) -> Ints:
        """What each group's instruction costs, prices added, above the cheapest that its people could do."""
        kept, timing, prices = self.kept, self.problem.timing, self.prices
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
        cost += self.waits + prices.intake[host, taken_in] + prices.beds[host]
        return np.asarray(cost - self.staying[self.origin, kept.ready])

    def let_go(self, weight: int, *, at_most: int | None = None) -> bool:
        """Let go of those whom it costs more than the weight to keep; whether there were any.

        at_most : so many persons or little more, those first who are dearest to keep
        """
        slack = self.slack()
        costly = (self.held > 0) & (slack > weight)
        if at_most is not None:
            order = np.flatnonzero(costly)
            order = order[np.argsort(-slack[order], kind="stable")]
            enough = np.searchsorted(np.cumsum(self.held[order]), at_most) + 1
            costly[order[enough:]] = False
        self.saved[costly] = slack[costly]
        self.loose[costly], self.held[costly] = self.held[costly], 0
        return bool(costly.any())

    def hold_all(self) -> None:
        """Hold all who can keep their instruction; others go as they do now, as far as there is room yet."""
        part, others = self.part, self._others()
        self.held, self.saved = self.kept.persons.copy(), np.zeros_like(self.saved)
        order = np.argsort(others.step, kind="stable")
        way, step, persons = others.way[order], others.step[order], others.persons[order]
        first, places = part.places_of(others.ways, way, step, beds=True)
        origin = np.array([each.origin for each in others.ways], np.int64)[way]
        room = part.expanded.capacity - self._kept_load(self.held)
        ready = np.zeros_like(self.problem.timing.newly_ready)
        np.add.at(ready, (self.origin, self.kept.ready), self.held)
        left = np.cumsum(self.problem.timing.newly_ready - ready, axis=1)
        fit = fitting(first, places, origin, step, persons, room, left)
        some = fit > 0
        self.others, self.flow = Taken(others.ways, way[some], step[some], fit[some]), None

    def _others(self) -> Taken:
        """Those who are not held, by their ways, whichever part they are on."""
        return self.others if self.flow is None else self.part.ways_in(self.flow)

    def left_behind(self) -> int:
        """How many stay for good."""
        last = self.part.wait_of[:, -1]
        return 0 if self.flow is None else int(self.flow[last[last >= 0]].sum())

    # -- who is not ---------------------------------------------------------------------------------------

    def solve(self, stop: Stop, begun_s: float, weight: int) -> int:
        """The best flow of those who are not held, on the part; its objective, everybody included."""
        part, expanded = self.part, self.part.expanded
        newly = self.problem.timing.newly_ready
        standing = self._kept_load(self.held)
        at_home = self._at_home(self.held)
        if self.flow is None:
            others = self.others
            flow = part.load(others.ways, others.way, others.step, others.persons)
            leaving = part.departing(others.ways, others.way, others.step, others.persons)
            ready = np.zeros_like(newly)
            np.add.at(ready, (self.origin, self.kept.ready), self.held + self.loose)
            part.wait(flow, np.cumsum(newly - ready - leaving, axis=1))
        else:
            flow = self.flow
        flow += self._kept_load(self.loose)
        part.wait(flow, self._at_home(self.loose))
        self.loose[:] = 0
        capacity = expanded.capacity - standing
        basis = basis_from_flow(
            expanded.tail,
            expanded.head,
            capacity,
            expanded.cost,
            part.tolls(self.prices),
            flow,
            0,
            len(expanded.basis.parent),
        )
        pivots, made = 0, _PIVOTS
        while made == _PIVOTS:
            made = pivot(expanded.tail, expanded.head, capacity, expanded.cost, basis, _PIVOTS)
            pivots += made
            if pivots > 20 * len(expanded.tail) + 100_000:
                raise AssertionError("the network simplex turns in circles")
            if stop.over(time.monotonic() - begun_s):
                break
        self.flow = basis.flow
        self.prices = replace(expanded, capacity=capacity, basis=basis).prices(self.problem, part.reduced)
        home = expanded.home_number
        self.paid = np.where(home >= 0, -basis.potential[home], 0)
        self.staying = self.paid
        part.wait(standing, at_home)
        objective = exact_sum(basis.flow + standing, expanded.cost)
        objective += self.problem.timing.left_cost * int(self.problem.timing.late.sum())
        self.rounds.append(
            {
                "weight_person_h": None if weight == NEVER else weight / 1e6,
                "kept": int(self.held.sum()),
                "objective": objective,
                "chains": len(part.reduced.tail),
                "arcs": len(expanded.tail),
                "pivots": pivots,
            }
        )
        return objective

    def open_up(self) -> bool:
        """Prove a bound, and add the chains of ways cheaper than what anybody pays, if there are any."""
        ways = self.pricer.ways(self.prices)
        self.staying = ways.staying
        if ways.lower_bound > self.proof.lower_bound:
            self.proof = Proof(self.prices, ways)
        before = int(self.active.sum())
        self.pricer.activate(ways, ways.from_home < self.paid, self.active)
        if int(self.active.sum()) == before:
            return False
        self.others = self._others()
        self._take_part()
        return True

    def plan(self, weight: int, objective: int) -> Plan:
        """The plan found, in which all who may keep an instruction at no cost to others do."""
        held = self.held.copy()
        if self.flow is None:  # the part has grown since
            return Plan(weight, held, self.saved.copy(), self.others, objective)
        flow = self.flow.copy()
        more = (self.kept.persons - held)[self.able]
        held[self.able] += taken_from(self.able_first, self.able_places, more, flow)
        named = None if weight == NEVER else weight
        return Plan(named, held, self.saved.copy(), self.part.ways_in(flow), objective)


def stages(
    problem: Problem,
    reduced: Reduced,
    kept: Kept,
    prices: Prices,
    *,
    weights: Sequence[int],
    stop: Stop,
    begun_s: float,
    report: Callable[[int, int], None],
) -> tuple[list[Plan], Proof, tuple[dict[str, Any], ...]]:
    """The best plan for what remains, with its proof, and plans that spare people new instructions.

    To begin with, everybody who can is on their old way and the rest stay: from this flow the network simplex
    goes on, and chains that prices show to be cheaper join. When no way in the whole network is cheaper, flow
    and prices prove each other: that is the best plan, and its prices are the bound's.
    Then all who can keep their instruction are held to it, the others planned around them. At the prices that
    this gives, each group held costs some more than the cheapest that its people could do: for each weight in
    turn those are let go of who cost more than that, a few times over.

    prices : guessed at first, those of the old plan
    weights : what sparing a person a new instruction is worth, falling
    returns : the best plan, the one that holds all who can be held, then one for each weight; the proof; an
        account of the rounds
    """
    work = _Work(problem, reduced, kept, prices)
    while True:
        objective = work.solve(stop, begun_s, 0)
        opened = work.open_up()
        report(objective, work.proof.lower_bound)
        seconds = time.monotonic() - begun_s
        bound = work.proof.lower_bound
        if stop.reached(objective=objective, lower_bound=bound, seconds=seconds):
            break
        if not opened:
            raise AssertionError("nobody is held and no way is cheaper, but the bound is not met")
    plans = [work.plan(0, objective)]
    least_left = work.left_behind()
    work.hold_all()
    objective = work.solve(stop, begun_s, NEVER)
    plans.append(work.plan(NEVER, objective))
    for weight in weights:
        for _ in range(_TIMES):
            # While somebody is left behind for it, nearly everybody seems dear to keep: some are enough.
            more = work.left_behind() - least_left
            if not work.let_go(weight, at_most=2 * more if more > 0 else None):
                break
            objective = work.solve(stop, begun_s, weight)
        plans.append(work.plan(weight, objective))
    return plans, work.proof, tuple(work.rounds)
