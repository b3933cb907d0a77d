"""Solving with classes and services: prices that clear, what they prove, and whole people sent by them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from threading import Event
from typing import Any, Final

import numpy as np

from farshore.errors import Interrupted
from farshore.executor.abreast import abreast
from farshore.kernels.exact import exact_sum
from farshore.kernels.placements import Placements
from farshore.plan.classes.columns import ways_taken
from farshore.plan.classes.given_buses import settled
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.outlook import Outlook
from farshore.plan.classes.patterns import PatternBook
from farshore.plan.classes.polish import Polisher
from farshore.plan.classes.pour import Placed, completed, dispatched, placed, rooms_of
from farshore.plan.classes.pricing import Pricer, Ways
from farshore.plan.classes.seeds import seed
from farshore.plan.classes.spread import Spreader
from farshore.plan.stop import Stop
from farshore.scenario.clock import Ints

__all__ = ["TRIES", "ClassAnswer", "solve_classes"]

Groups = Sequence[tuple[int, int]]
Report = Callable[[float, int | None, int | None], None]

# How far people spread in each round, of what one costs at least, and how often prices may move then;
# one after the other before the prices are proven.
_ROUNDS: Final = (
    ((0.12, 40),), ((0.04, 60),), ((0.016, 80), (0.009, 100), (0.005, 120)),
    ((0.003, 150),), ((0.002, 300),), ((0.0007, 200),),
)  # fmt: skip
_COARSE: Final = 3  # rounds to begin with, in which so many steps are looked at as one
_AT_ONCE: Final = 4
_SHORT: Final = (
    0.5  # of what one costs at least, that those steps may last; else they are looked at one by one
)
_NARROWER: Final = 0.4  # in each round after these, while the proof gains as much as
_GAINING: Final = 3e-3  # of itself in the round before
_MOST_ROUNDS: Final = 16
_PROVING: Final = 0.6  # of the time, if there is a limit: prices and proof
_QUICK: Final = 0.05  # of the time, that a plan may take before
_GROUPS: Final = (  # size, steps that the needier are sent ahead
    (7, 96), (7, 0), (1, 8), (1, 0), (1, 24), (3, 24), (3, 48), (5, 48)
)  # fmt: skip
_EARLY: Final = 2  # of them are sent early
_SENT: Final = 0.75  # of the time, after which no more of them are tried
_DEARER: Final = (0.15, 0.6)  # of what one costs: of a seat in a step that a bus is out, beside its price
_SLACK: Final = 0.003  # of what one costs, that a way may cost more than the cheapest
_GRAIN: Final = 7e-5
_LEAST_H: Final = 1e-6
_LOOK: Final = 100  # tries to make a plan better between two looks at the clock
TRIES: Final = (300, 1000, 2000, 2000)  # at most, before everybody is settled anew each time
_PATIENCE: Final = 10  # looks at most, one and another for so many placements:
_A_LOOK: Final = 1000
_WORTHWHILE: Final = 1e-3  # of the objective, saved since then


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """The best plan and the best proof found; prices per person, of vehicles per seat: int64[n_resources]."""

    placed: Placed
    price: Ints
    lower_bound: int
    proven: bool
    rounds: tuple[dict[str, Any], ...]


def solve_classes(
    problem: ClassProblem,
    *,
    stop: Stop,
    report: Report,
    begun_s: float,
    tries: tuple[int, ...] = TRIES,
    enough: float = 0.0,
) -> ClassAnswer:
    """Plan for everybody; Ctrl-C and time give the best so far, `Interrupted` where there is none yet.

    tries : to make the plan better, before everybody is settled anew each time
    enough : gap within which it is not made better more than once
    """
    search: _Search | None = None
    try:
        search = _Search(problem, stop, report, begun_s, tries, enough)
        search.run()
    except KeyboardInterrupt:
        if search is None or search.placed is None:
            raise Interrupted("stopped before there was a plan; nothing was written") from None
        search.take_polished()
    if search.placed is None:
        raise AssertionError("no plan was made")
    return ClassAnswer(search.placed, search.price, search.lower_bound, search.proven, tuple(search.rounds))


class _Search:
    """The best plan and the best proof so far."""

    def __init__(
        self,
        problem: ClassProblem,
        stop: Stop,
        report: Report,
        begun_s: float,
        tries: tuple[int, ...],
        enough: float,
    ) -> None:
        self._problem, self._stop, self._report, self._begun_s = problem, stop, report, begun_s
        self._tries, self._enough = tries, enough
        self._pricer = Pricer(problem)
        self.price = np.zeros(len(problem.layers.resources.capacity), np.int64)
        ways = self._pricer.ways(self.price)
        self.lower_bound = ways.lower_bound
        self._cut_off = _cut_off(problem, ways)
        self._spreader = _spreader(problem, self._pricer, ways)
        self.placed: Placed | None = None
        self._placements: Placements | None = None
        self._polisher: Polisher | None = None
        self._tried, self._quick = 0, True
        self.rounds: list[dict[str, Any]] = []

    @property
    def _scale_h(self) -> float:
        """What one person who can leave costs at least, as far as is known: person-hours."""
        return _each_h(self._problem, self._cut_off, self.lower_bound)

    @property
    def _objective(self) -> int:
        """That of the best plan."""
        if self.placed is None:
            raise AssertionError("no plan was made")
        return self.placed.objective

    @property
    def _share_tried(self) -> float:
        """How much of the work is done, once the plan is being made better."""
        return 0.5 + 0.5 * self._tried / sum(self._tries)

    @property
    def proven(self) -> bool:
        """Whether the best plan is near enough to the best that can be, or comes to a goal."""
        return self.placed is not None and self._stop.good_enough(
            objective=self.placed.objective,
            lower_bound=self.lower_bound,
            taken_in=_taken_in(self.placed, self._problem.timing.n_steps),
        )

    def run(self) -> None:
        """Prices and plans in turn, then the best plan made better, until it is good enough."""
        for number in range(_MOST_ROUNDS):
            before = self.lower_bound
            self._prove(number)
            gaining = self.lower_bound - before > _GAINING * before
            late = self._gone > _PROVING or self._over()
            last = late or number == _MOST_ROUNDS - 1 or (number >= len(_ROUNDS) - 1 and not gaining)
            if last or self._stop.goals:
                self._send()
            elif self._stop.seconds is not None:
                self._send_early()
            if self._ends(min(0.5, (number + 1) / (2 * len(_ROUNDS)))):
                return
            if last:
                break
        self._polish()

    def _reach(self, number: int) -> list[tuple[float, int]]:
        """How far people spread in a round, in person-hours, and how often prices may move then."""
        narrower = self._scale_h * _NARROWER ** max(0, number - len(_ROUNDS) + 1)
        return [(share * narrower, most) for share, most in _ROUNDS[min(number, len(_ROUNDS) - 1)]]

    def _polish(self) -> None:
        """Make the best plan better while that is worthwhile: buses and people, then people alone."""
        for tries in self._tries:
            before = self._objective
            if self._improve(tries) or self._settle():
                return
            if before - self._objective < _WORTHWHILE * before:
                return
            if self._objective - self.lower_bound <= self._enough * self._objective:
                return

    def _improve(self, tries: int) -> bool:
        """By so many tries at most, or until they are hardly worthwhile; whether that is the end."""
        placements = self._placements
        if placements is None:
            raise AssertionError("no plan was made")
        self._polisher = Polisher(self._problem, self._spreader, placements, self._scale_h, seed=self._tried)
        patience = min(_PATIENCE, 1 + len(placements.people) // _A_LOOK)
        reached = [self._objective]
        for _ in range(0, tries, _LOOK):
            self._polisher.improve(_LOOK, self._over)
            self.take_polished()
            self._tried += _LOOK
            reached.append(self._objective)
            if self._ends(self._share_tried):
                return True
            if len(reached) > patience and reached[-1 - patience] - reached[-1] < _WORTHWHILE * reached[-1]:
                break
        return False

    def _settle(self) -> bool:
        """Everybody anew beside the buses that go; whether that is the end."""
        problem, spreader, placements = self._problem, self._spreader, self._placements
        if placements is None:
            raise AssertionError("no plan was made")
        found = settled(
            problem, spreader, placements, self._scale_h, over=self._over, seconds=self._seconds_left
        )
        if found is not None:
            rooms = rooms_of(problem, spreader.patterns)
            found = completed(
                problem, Outlook(spreader).guide, rooms, found,
                slack_h=_SLACK * self._scale_h, grain_h=_GRAIN * self._scale_h,
            )  # fmt: skip
            self._offer(placed(problem, spreader.book, found, rooms.trips), found)
        return self._ends(self._share_tried)

    def take_polished(self) -> None:
        """Take up what polishing has reached."""
        if self._polisher is not None:
            self._offer(self._polisher.placed(), self._polisher.placements)

    def _prove(self, number: int) -> None:
        """Move the prices, prove by them, and learn the ways that are cheapest then."""
        spreader = self._spreader
        for width_h, most in self._reach(number):
            spreader.climb(
                width_h, most, lambda: self._gone > _PROVING or self._over(), per=self._at_once(number)
            )
            spreader.activate(width_h)
        price = spreader.whole_prices()
        ways = self._pricer.ways(price)
        if ways.lower_bound > self.lower_bound:
            self.price, self.lower_bound = price, ways.lower_bound
        for way in _ways_nearby(self._problem, ways, number):
            spreader.book.of(way)
        spreader.learn()
        spreader.activate(width_h)

    def _at_once(self, number: int) -> int:
        """Steps that are looked at as one in a round."""
        lasting_h = _AT_ONCE * self._problem.timing.step_s / 3600
        return _AT_ONCE if number < _COARSE and lasting_h <= _SHORT * self._scale_h else 1

    def _send_early(self) -> None:
        """Make plans for the case that there is no time for more, unless one has taken too long."""
        if self._quick:
            costs = self._sent(_GROUPS[:_EARLY], until=self._gone + _QUICK, first=False)
            self._quick = max(costs) < inf

    def _send(self) -> None:
        """Make plans by the prices as they are: by groups of some sizes, the needier so far ahead.

        Where somebody finds no room, buses are dearer than in parts they need be: fewer go half empty.
        """
        costs = self._sent(_GROUPS, until=_SENT)
        best = _GROUPS[costs.index(min(costs))]
        for dearer in _DEARER:
            if self.placed is not None and self.placed.staying.any():
                self._sent([best], dearer_h=dearer * self._scale_h)

    def _sent(
        self, groups: Groups, *, dearer_h: float = 0.0, until: float = 1.0, first: bool = True
    ) -> list[float]:
        """Make plans, while no more of the time is gone; what each costs, endless where time ran out.

        first : see the first through if there is none yet, whatever the time
        """
        problem, left_alone = self._problem, Event()
        guide, patterns = Outlook(self._spreader, dearer_h=dearer_h).guide, self._spreader.patterns
        must = first and self.placed is None

        def one(number: int) -> tuple[Placements | None, Ints]:
            def over() -> bool:
                late = self._gone > until or self._over()
                return left_alone.is_set() or (late and not (must and number == 0))

            (group_size, ahead), rooms = groups[number], rooms_of(problem, patterns)
            sent = dispatched(
                problem, guide, rooms,
                group_size=group_size, filling=1.0, ahead=ahead,
                slack_h=_SLACK * self._scale_h, grain_h=_GRAIN * self._scale_h, over=over,
            )  # fmt: skip
            return sent, rooms.trips

        costs: list[float] = []
        try:
            found = abreast(one, range(len(groups)))
        finally:
            left_alone.set()
        for placements, trips in found:
            if placements is None:
                costs.append(inf)
                continue
            plan = placed(problem, self._spreader.book, placements, trips)
            self._offer(plan, placements)
            costs.append(plan.objective)
        return costs

    def _offer(self, plan: Placed, placements: Placements) -> None:
        if self.placed is None or plan.objective < self.placed.objective:
            self.placed, self._placements = plan, placements

    def _ends(self, share: float) -> bool:
        """Tell how things stand; whether that is good enough."""
        seconds = time.monotonic() - self._begun_s
        objective = None if self.placed is None else self.placed.objective
        self._report(share, objective, self.lower_bound)
        self.rounds.append(
            {
                "seconds": seconds,
                "objective": objective,
                "lower_bound": self.lower_bound,
                "ways": self._spreader.known,
            }
        )
        return self.proven or (objective is not None and self._over())

    def _seconds_left(self) -> float | None:
        """Until the time is up; None where there is no such time."""
        if self._stop.seconds is None:
            return None
        return self._stop.seconds - (time.monotonic() - self._begun_s)

    @property
    def _gone(self) -> float:
        """Share of the time that is gone; 0 where there is no limit."""
        seconds = self._stop.seconds
        return 0.0 if seconds is None else (time.monotonic() - self._begun_s) / max(seconds, _LEAST_H)

    def _over(self) -> bool:
        """Whether the time is up, or somebody has asked to stop."""
        return self._stop.over(time.monotonic() - self._begun_s)


def _cut_off(problem: ClassProblem, ways: Ways) -> tuple[int, int]:
    """Who cannot leave, whatever the room, and what they cost."""
    people = problem.people
    stays = ways.staying >= problem.left_cost
    late = int(people.late.sum())
    return (
        int(people.newly_ready[stays].sum()) + late,
        exact_sum(people.newly_ready[stays], ways.staying[stays]) + late * problem.left_cost,
    )


def _taken_in(placed: Placed, n_steps: int) -> Ints:
    """Who has been taken in by the end of each step."""
    stretches = np.diff(placed.patterns.first)[placed.pattern]
    arrival = placed.entered[np.arange(len(placed.people)), stretches]
    return np.cumsum(np.bincount(arrival, placed.people, n_steps).astype(np.int64))


def _each_h(problem: ClassProblem, cut_off: tuple[int, int], lower_bound: int) -> float:
    """Person-hours of a bound to each person who can leave; cut_off : who cannot, and what they cost."""
    many, cost = cut_off
    return max(_LEAST_H, (lower_bound - cost) / 1e6 / max(1, int(problem.people.people.sum()) - many))


def _spreader(problem: ClassProblem, pricer: Pricer, ways: Ways) -> Spreader:
    """A spreader that knows the ways to begin with."""
    book = PatternBook(problem.layers)
    seed(problem, book)
    for way in _ways_nearby(problem, ways, 0):
        book.of(way)
    spreader = Spreader(problem, pricer, book)
    spreader.activate(_ROUNDS[0][0][0] * _each_h(problem, _cut_off(problem, ways), ways.lower_bound))
    return spreader


def _ways_nearby(problem: ClassProblem, ways: Ways, number: int) -> list[Any]:
    """The cheapest ways of all, and those if some steps were a little dearer, by chance."""
    chance = np.random.default_rng(number)
    unit = 16 * problem.wait_cost.mean() if problem.wait_cost.size else 0.0
    bias = (chance.random(ways.from_home.shape) * unit).astype(np.int64)
    return [ways_taken(problem, ways), ways_taken(problem, ways, bias)]
