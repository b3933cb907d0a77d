"""The search for a robust plan: cuts from futures, plans from cuts, until bound and plan are close."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.errors import Interrupted
from farshore.executor import Executor
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.stop import Stop
from farshore.stress.robust.cuts import Cut, Shape, cut_of, shape_of, together
from farshore.stress.robust.master import mixture
from farshore.stress.robust.measure import Measure
from farshore.stress.robust.recourse import Answer
from farshore.stress.robust.told import Told
from farshore.stress.robust.trunk import best_for, blended

__all__ = ["ROUNDS", "Found", "Round", "Tried", "answers_in", "search"]

ROUNDS: Final = 12
_STILL: Final = 3  # rounds after which it is over if plan and bound have come no nearer
_NEARER: Final = 1e-5  # by less than this share of the objective

Report = Callable[[float, float | None, float | None], None]


@dataclass(frozen=True, eq=False)
class Tried:
    """A plan, what it comes to if nothing is lost, and in each future; the objective in 10⁻⁶ person-hours."""

    told: Told
    undisturbed: Answer
    answers: tuple[Answer, ...]
    objective: float


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what the plan tried came to, and the best bound by then, in 10⁻⁶ person-hours."""

    objective: float
    lower_bound: float


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan found, the one that it began with, and a bound on the objective of every plan.

    proven : whether the gap asked for was reached; stopped : whether Ctrl-C or the time ended it
    """

    best: Tried
    nominal: Tried
    lower_bound: float
    rounds: tuple[Round, ...]
    proven: bool
    stopped: bool


def answers_in(
    crew: Executor, seed: int, numbers: Sequence[int], told: Told, done: Callable[[int], None]
) -> tuple[Answer, ...]:
    """What instructions come to in some futures, in their order."""
    found: dict[int, Answer] = {}
    for at, answer in crew.run([(seed, number) for number in numbers], shared=told):
        found[at] = answer
        done(len(found))
    return tuple(found[at] for at in range(len(numbers)))


def search(
    crew: Executor,
    problem: Problem,
    nominal: Told,
    guess: Prices,
    *,
    measure: Measure,
    seed: int,
    futures: int,
    stop: Stop,
    begun_s: float,
    report: Report,
) -> Found:
    """Find instructions whose objective over some futures is least, as docs/robust.md says.

    Benders' decomposition: the prices of every future's best recourse make a cut, linear in the instructions;
    the plan that is best for a mixture of cuts is one more min-cost flow, which bounds all plans; the mixture
    of plans that is best against all cuts is tried next. (Benders 1962; Van Slyke & Wets 1969 for two stages;
    the master's problem is solved by columns: Dantzig & Wolfe 1960.)

    Raises Interrupted if it is stopped before the plan that it begins with has met all futures.
    """
    work = _Search(crew, problem, measure, seed, futures, report)
    stopped, proven = False, False
    try:
        first = work.try_(nominal, 0)
    except KeyboardInterrupt:
        raise Interrupted("stopped before the futures were seen; nothing was written") from None
    work.prices = guess
    try:
        for number in range(1, ROUNDS + 1):
            told = work.next_plan()
            if proven := work.near(stop):
                break
            if stopped := stop.seconds is not None and time.monotonic() - begun_s >= stop.seconds:
                break
            work.try_(told, number)
            if (proven := work.near(stop)) or work.still():
                break
    except KeyboardInterrupt:
        stopped = True
    return Found(work.best, first, work.lower_bound, tuple(work.rounds), proven, stopped)


class _Search:
    """Plans and cuts so far. best : the best plan tried; lower_bound : on all plans."""

    best: Tried

    def __init__(
        self,
        crew: Executor,
        problem: Problem,
        measure: Measure,
        seed: int,
        futures: int,
        report: Report,
    ) -> None:
        self.crew, self.problem, self.measure = crew, problem, measure
        self.seed, self.futures, self.report = seed, futures, report
        self.lower_bound = 0.0
        self.prices: Prices | None = None
        self.rounds: list[Round] = []
        self._plans: list[Told] = []
        self._shapes: list[Shape] = []
        self._cuts: list[Cut] = []
        self._best_at = 0
        self._better = True

    def try_(self, told: Told, number: int) -> Tried:
        """Let a plan meet every future; it becomes a column, and what prices say of others a cut."""

        def done(n: int) -> None:
            best = self.best.objective if self.rounds else None
            self.report((number + n / self.futures) / (ROUNDS + 1), best, self.lower_bound)

        answers = answers_in(self.crew, self.seed, range(self.futures), told, done)
        undisturbed = Answer.undisturbed(-1, self.problem, told)
        costs = [float(answer.cost) for answer in answers]
        tried = Tried(told, undisturbed, answers, self.measure.objective(float(undisturbed.cost), costs))
        self._better = not self.rounds or tried.objective < self.best.objective
        if self._better:
            self.best, self._best_at = tried, len(self._plans)
        self._add(told)
        weights = self.measure.objective_weights(costs)
        self._cuts.append(cut_of(self.problem, (undisturbed, *answers), weights))
        self.rounds.append(Round(tried.objective, self.lower_bound))
        return tried

    def next_plan(self) -> Told:
        """The plan to be tried next; on the way to it a bound on all plans."""
        _, shares = self._mixed()
        cut = together(self._cuts, shares.tolist())
        trunk = best_for(self.problem, cut, self.prices)
        self.prices = trunk.prices
        self.lower_bound = max(self.lower_bound, trunk.lower_bound)
        self._add(trunk.told)
        mixed, shares = self._mixed()
        if not self._better:  # the last step was too far
            mixed = mixed / 2
            mixed[self._best_at] += 0.5
        parts = [(self._plans[at], float(mixed[at])) for at in np.flatnonzero(mixed).tolist()]
        return blended(self.problem, parts, together(self._cuts, shares.tolist()), self.prices)

    def near(self, stop: Stop) -> bool:
        """Whether the best plan is proven to be as near to the best of all as was asked."""
        return self.best.objective - self.lower_bound <= stop.gap * self.best.objective

    def still(self) -> bool:
        """Whether the last rounds have brought plan and bound no nearer to each other."""
        bests = np.minimum.accumulate([each.objective for each in self.rounds])
        gaps = bests - np.array([each.lower_bound for each in self.rounds])
        return len(gaps) > _STILL and bool(gaps[-1 - _STILL] - gaps[-1] <= _NEARER * bests[-1])

    def _add(self, told: Told) -> None:
        self._plans.append(told)
        self._shapes.append(shape_of(self.problem, told))

    def _mixed(self) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], ...]:
        return mixture([[cut.at(shape) for shape in self._shapes] for cut in self._cuts])
