"""Solving with classes and services: prices that clear, what they prove, and whole people sent by them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from farshore.errors import Interrupted
from farshore.plan.classes.columns import ways_taken
from farshore.plan.classes.layers import WAIT
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook
from farshore.plan.classes.pour import Placed, sent
from farshore.plan.classes.pricing import Pricer, Ways
from farshore.plan.classes.seeds import seed
from farshore.plan.classes.spread import Spreader
from farshore.plan.stop import Stop
from farshore.scenario.clock import Ints

__all__ = ["ClassAnswer", "solve_classes"]

Report = Callable[[float, int | None, int | None], None]

_WIDE_H: Final = 4.0  # how far people spread at first, in person-hours, and at last
_NARROW_H: Final = 0.05
_COOLING: Final = 0.975
_ROUND: Final = 60  # moves of the prices between two proofs
_ROUNDS: Final = 5
_LOOK: Final = 20  # moves between two looks at what is overfilled
_GROUPS: Final = ((7, 0.1, 96, 0.05), (7, 0.1, 0, 0.05))  # size, filling, ahead, slack_h


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """The best plan and the best proof found; prices per person, of vehicles per seat: int64[n_resources]."""

    placed: Placed
    price: Ints
    lower_bound: int
    proven: bool
    rounds: tuple[dict[str, Any], ...]


class _Best:
    def __init__(self, ways: Ways, price: Ints) -> None:
        self.price, self.lower_bound = price, ways.lower_bound
        self.placed: Placed | None = None

    @property
    def objective(self) -> int | None:
        return None if self.placed is None else self.placed.objective

    def prove(self, ways: Ways, price: Ints) -> None:
        if ways.lower_bound > self.lower_bound:
            self.price, self.lower_bound = price, ways.lower_bound

    def offer(self, placed: Placed) -> None:
        if self.placed is None or placed.objective < self.placed.objective:
            self.placed = placed


def solve_classes(problem: ClassProblem, *, stop: Stop, report: Report, begun_s: float) -> ClassAnswer:
    """Plan for everybody; Ctrl-C and time give the best so far, `Interrupted` where there is none yet."""
    rounds: list[dict[str, Any]] = []
    best: _Best | None = None
    proven = False
    try:
        pricer = Pricer(problem)
        price = np.zeros(len(problem.layers.resources.capacity), np.int64)
        ways = pricer.ways(price)
        best = _Best(ways, price)
        spreader = _spreader(problem, pricer, ways)
        width_h = _WIDE_H
        for number in range(_ROUNDS):
            for move in range(_ROUND):
                found = spreader.spread(width_h)
                if move % _LOOK == 0:
                    spreader.activate(found.flow, 1.0)
                    found = spreader.spread(width_h)
                spreader.move(found, width_h)
                width_h = max(_NARROW_H, width_h * _COOLING)
                seconds = time.monotonic() - begun_s
                if stop.over(seconds) and (best.placed is not None or stop.was_asked()):
                    break
            price = spreader.whole_prices()
            ways = pricer.ways(price)
            best.prove(ways, price)
            for way in _ways_nearby(problem, ways, number):
                spreader.book.of(way)
            spreader.learn()
            if number >= 2 or stop.seconds is not None or stop.goals or stop.was_asked():
                _offer_all(problem, spreader, best, stop)
            seconds = time.monotonic() - begun_s
            report((number + 1) / _ROUNDS, best.objective, best.lower_bound)
            rounds.append(
                {
                    "seconds": seconds,
                    "objective": best.objective,
                    "lower_bound": best.lower_bound,
                    "ways": spreader.known,
                }
            )
            if best.objective is not None:
                taken_in = _taken_in(best.placed, problem.timing.n_steps)
                proven = stop.good_enough(
                    objective=best.objective, lower_bound=best.lower_bound, taken_in=taken_in
                )
                if proven or stop.over(seconds):
                    break
    except KeyboardInterrupt:
        if best is None or best.placed is None:
            raise Interrupted("stopped before there was a plan; nothing was written") from None
    if best is None or best.placed is None:
        raise AssertionError("no plan was made")
    return ClassAnswer(best.placed, best.price, best.lower_bound, proven, tuple(rounds))


def _offer_all(problem: ClassProblem, spreader: Spreader, best: _Best, stop: Stop) -> None:
    """Plans of whole people at the prices of now, one for each way to send groups."""
    for size, filling, ahead, slack_h in _GROUPS:
        if best.placed is not None and stop.was_asked():
            return
        made = sent(problem, spreader, group_size=size, filling=filling, ahead=ahead, slack_h=slack_h)
        best.offer(made)


def _taken_in(placed: Placed | None, n_steps: int) -> Ints | None:
    """Who has been taken in by the end of each step."""
    if placed is None:
        return None
    stretches = np.diff(placed.patterns.first)[placed.pattern]
    arrival = placed.entered[np.arange(len(placed.people)), stretches]
    return np.cumsum(np.bincount(arrival, placed.people, n_steps).astype(np.int64))


def _spreader(problem: ClassProblem, pricer: Pricer, ways: Ways) -> Spreader:
    """A spreader that knows the ways to begin with."""
    layers = problem.layers
    waits = np.flatnonzero(layers.kind == WAIT)
    node = np.zeros(len(layers.afoot.terminals), np.int64)
    node[layers.what[waits]] = layers.tail[waits]
    nearest = [labels.best[:, node].min(axis=0) for labels in ways.labels]
    rank = np.min(nearest, axis=0) if nearest else np.zeros(len(node))
    book = PatternBook(layers)
    seed(problem, book)
    for way in _ways_nearby(problem, ways, 0):
        book.of(way)
    spreader = Spreader(problem, pricer, book, rank.astype(np.float64))
    spreader.learn()
    spreader.activate(spreader.spread(_WIDE_H).flow, 0.8)
    return spreader


def _ways_nearby(problem: ClassProblem, ways: Ways, number: int) -> list[Any]:
    """The cheapest ways of all, and those if some steps were a little dearer, by chance."""
    chance = np.random.default_rng(number)
    unit = 16 * problem.wait_cost.mean() if problem.wait_cost.size else 0.0
    bias = (chance.random(ways.from_home.shape) * unit).astype(np.int64)
    return [ways_taken(problem, ways), ways_taken(problem, ways, bias)]
