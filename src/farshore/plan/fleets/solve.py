"""The bus evacuation problem solved: bounds and tours in turn, until they meet or time is up."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from farshore.plan.fleets.bounds import Grid, least_driving, prove, rough_bounds
from farshore.plan.fleets.columns import Pool, mixture_within
from farshore.plan.fleets.dive import completed, dive
from farshore.plan.fleets.exhaust import exhaust
from farshore.plan.fleets.listing import decide
from farshore.plan.fleets.mend import mend
from farshore.plan.fleets.problem import NEVER, BusesCannot, BusPlan, BusProblem, BusProof, Tour
from farshore.plan.fleets.search import STYLES, anneal, handed_out, makespan_of, strung
from farshore.plan.stop import Seconds, Stop

__all__ = ["evacuate_by_bus"]

_SEARCH_S: Final = 25.0  # for trying everything once
_AIM: Final = 0.6  # of what time is left, where tours would be good enough
_SEARCHED: Final = "; the rest tried exhaustively"
_WORDS: Final = {True: "found", False: "none", None: "not decided"}
_FIRST_MOVES: Final = 1_000_000  # of local search for a first makespan
_MOVES: Final = 15_000_000  # a few seconds of local search
_TURNS: Final = 3  # of local search in all styles
_MOVES_A_PAIR: Final = 2500  # of loads, in the first of them
_FEW_LOADS: Final = 40  # up to which lists are short, however long the tours, and one of them is enough
_MOVES_PER_S: Final = 4_000_000  # about, so that the last search ends in time
_TOO_LONG: Final = 12.0  # loads a bus from which mixtures are hard to round
_SHARPER: Final = 4000  # parts of the bound by which it is to rise at a time, where times are taken finely
_LONG_TOURS: Final = 2.5  # loads a bus from which local search is worth most of the time
_LONGER_TOURS: Final = 4.5  # loads a bus from which there are too many tours to list


def evacuate_by_bus(
    problem: BusProblem,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> BusPlan:
    """Tours that have everybody in a shelter soonest, and a proof of how soon that can be at best.

    stop : when to be content, `Seconds(60)` if not said; it ends sooner where bound and tours meet
    seed : of the searches; with it, tours are the same again unless a time stopped them
    progress : is told what has been tried, the bound and how long the best tours last, in the problem's unit
    Ctrl-C ends it with the best tours so far.
    Raises `BusesCannot` where not everybody can be brought to a shelter.
    """
    stop = Seconds(60) if stop is None else stop
    work = _Work(problem, stop, seed, progress)
    try:
        for phase in (
            work.begin,
            work.raise_bound,
            work.sharpen,
            work.anneal_long,
            work.search_listed,
            work.search_whole,
            work.round_long,
            work.improve,
        ):
            if work.content():
                break
            phase()
    except KeyboardInterrupt:
        if not work.tours or work.makespan >= NEVER:
            raise
        work.note("interrupted")
    return BusPlan(work.tours, work.makespan, work.proof, tuple(work.rounds))


class _Work:
    """The best tours and the best proof so far."""

    def __init__(
        self, problem: BusProblem, stop: Stop, seed: int, progress: Callable[[str, int, int], None] | None
    ) -> None:
        self.problem, self.stop, self.seed, self.progress = problem, stop, seed, progress
        self.begun_s = time.monotonic()
        self.until_s = self.begun_s + (1e9 if stop.seconds is None else stop.seconds)
        nothing = np.zeros(len(problem.loads), np.int64), np.zeros(len(problem.room), np.int64)
        self.proof = BusProof(0, *nothing, "nothing is to be brought anywhere")
        self.tours: tuple[Tour, ...] = ()
        self.makespan = 0
        self.rounds: list[tuple[str, int, int]] = []
        self.begun = False
        self.random = np.random.default_rng(np.random.SeedSequence(seed))
        self.per_bus = float(problem.loads.sum() / max(1, problem.buses.sum()))

    def content(self) -> bool:
        if not self.begun:
            return False
        return self.stop.reached(
            objective=self.makespan, lower_bound=self.proof.best, seconds=time.monotonic() - self.begun_s
        )

    def offer(self, tours: tuple[Tour, ...]) -> bool:
        makespan = makespan_of(self.problem, tours)
        if makespan < self.makespan or not self.tours:
            self.tours, self.makespan = tours, makespan
            return True
        return False

    def note(self, tried: str) -> None:
        self.rounds.append((tried, self.proof.best, self.makespan))
        if self.progress is not None:
            self.progress(tried, self.proof.best, self.makespan)

    def begin(self) -> None:
        """First tours, the bounds of the literature."""
        self.begun = True
        if not self.problem.loads.any():
            return
        least = least_driving(self.problem)
        for start in (handed_out(self.problem, least.out), strung(self.problem, least)):
            self.offer(start)
        if self.makespan >= NEVER:  # a way that is not there: moves mostly find another
            self.anneal(_FIRST_MOVES)
        if self.makespan >= NEVER:
            raise BusesCannot(
                "no tours were found that take only ways that are there; see which times are NEVER"
            )
        self.first_tours = self.tours
        self.grid = Grid.of(self.problem, self.makespan)
        self.proof = rough_bounds(self.problem, self.grid, least.prices, upper=self.makespan)
        self.note("first tours, bounds by driving")
        self.anneal(_FIRST_MOVES)

    def anneal(self, n_moves: int, start: tuple[Tour, ...] | None = None, style: int = 0) -> None:
        self.seed += 1
        left_s = max(0.1, self.until_s - time.monotonic())
        n_moves = int(min(n_moves, _MOVES_PER_S * left_s))
        tours, _ = anneal(
            self.problem,
            self.tours if start is None else start,
            target=self.proof.best,
            n_moves=n_moves,
            seed=self.seed,
            style=style,
        )
        self.offer(tours)
        self.note(f"local search, {n_moves:,} moves")

    def raise_bound(self) -> None:
        """Mixtures of tours by halves: the longest time that prices rule out."""
        self.grid = Grid.of(self.problem, self.makespan)
        self.pool = Pool(self.problem, self.grid)
        for tour in self.tours:
            self.pool.add(tour)
        low, high = self.proof.lower_bound, self.makespan
        while low < high and not self.content():
            middle = (low + high) // 2
            mixture = mixture_within(self.pool, middle, upper=self.makespan, until_s=self.until_s)
            self.hear(mixture.proof)
            low = max(low, self.proof.lower_bound)
            if mixture.served:
                high = middle
            elif low <= middle:
                break
        self.note("prices of loads")

    def hear(self, proof: BusProof | None) -> None:
        """Keep a proof that proves more."""
        if proof is not None and proof.lower_bound > self.proof.lower_bound:
            self.proof = proof

    def sharpen(self) -> None:
        """The bound on the finest grid, where a long tour loses least by rounding down each of its drives."""
        fine = Grid.finest(self.problem, self.makespan)
        if fine.cell >= self.grid.cell:
            return
        old, upper = self.proof, self.makespan
        prices = old.pickup_price, old.shelter_price
        self.hear(prove(self.problem, fine, *prices, upper=upper, method=old.method))
        pool = Pool(self.problem, fine)
        for tour in self.pool.tours:
            pool.add(tour)
        served: bool | None = False
        while served is False and not self.content():
            within = self.proof.lower_bound + self.proof.lower_bound // _SHARPER
            mixture = mixture_within(pool, within, upper=upper, until_s=self.until_s)
            self.hear(mixture.proof)
            served = mixture.served
        self.note("prices on a finer grid")

    def anneal_long(self) -> None:
        """Where tours are too long to be listed, local search in every style from the first tours.

        Then again with twice the moves, as long as half of the time is left for all the rest.
        """
        if self.per_bus < _LONGER_TOURS:
            return
        styles, n_loads = len(STYLES) - 1, int(self.problem.loads.sum())
        n_moves = min(2 * _MOVES, _MOVES_A_PAIR * n_loads**2)
        half_s = (self.begun_s + self.until_s) / 2
        for turn in range(styles if n_loads <= _FEW_LOADS else _TURNS * styles):
            if self.content() or (turn >= styles and time.monotonic() > half_s):
                return
            self.anneal(n_moves << (turn // styles), start=self.first_tours, style=turn % styles)

    def round_long(self) -> None:
        """Where tours are long, good ones found in turn by local search and from mixtures."""
        if _LONG_TOURS <= self.per_bus < _TOO_LONG:
            self.anneal(_MOVES)
            if not self.content():
                self.round_mixtures()

    def search_listed(self) -> None:
        """Where prices leave few tours: whether whole numbers of them serve all.

        First within the longest time that is good enough, then upwards from the bound.
        """
        step = max(1, self.proof.best // 500)
        aim = True
        while not self.content():
            enough = int(self.proof.best / max(1e-9, 1 - self.stop.gap))
            aim &= self.proof.best < enough < self.makespan - 1
            within = enough if aim else min(self.makespan - 1, self.proof.best + step)
            now_s = time.monotonic()
            for_s = max(_SEARCH_S, _AIM * (self.until_s - now_s)) if aim else _SEARCH_S
            found = decide(self.pool, within, until_s=min(self.until_s, now_s + for_s))
            if found.tours:
                self.offer(completed(self.problem, found.tours))
            self.note(f"tours listed, within {within}: {_WORDS[found.possible]}")
            if found.possible is None and aim:
                aim = False
            elif found.possible is None:
                if found.tours or step <= max(1, self.proof.best // 5000):
                    return
                step = max(1, step // 4)
            elif found.possible:
                step = max(1, (self.makespan - self.proof.best) // 2)
            else:
                self.prove_by_search(within)

    def prove_by_search(self, within: int) -> None:
        method = self.proof.method.removesuffix(_SEARCHED) + _SEARCHED
        self.proof = replace(self.proof, by_search=within + 1, method=method)

    def search_whole(self) -> None:
        """Where there is little to try: everything."""
        while not self.content():
            within = (
                self.makespan - 1
                if self.makespan - self.proof.best < 8
                else (self.makespan + self.proof.best) // 2
            )
            left_s = min(_SEARCH_S, 0.5 * (self.until_s - time.monotonic()))
            found = exhaust(self.problem, within, seconds=left_s)
            if found is None:
                return
            if isinstance(found, tuple):
                self.offer(found)
            else:
                self.prove_by_search(within)
            self.note(f"everything within {within}")

    def mend_best(self) -> None:
        """Shorten the best tours: half of what is left to the bound at first, less where that is too much."""
        step = max(1, (self.makespan - self.proof.best) // 2)
        while not self.content():
            within = max(self.proof.best, self.makespan - step)
            if self.mended(self.tours, within):
                step = min(step, max(1, (self.makespan - self.proof.best) // 2))
            elif step <= max(1, self.makespan // 400):
                return
            else:
                step = max(1, step // 3)

    def mended(self, tours: tuple[Tour, ...], within: int) -> bool:
        """Whether tours could be mended to last no longer than that; they are offered if so."""
        self.seed += 1
        found = mend(self.problem, self.grid, tours, within, seed=self.seed, until_s=self.until_s)
        if found is not None:
            self.offer(found)
        self.note(f"mended, within {within}" if found is not None else f"not mended within {within}")
        return found is not None

    def improve(self) -> None:
        """Tours made from mixtures and mended, and local search, in turn."""
        n_moves, turn = _MOVES, 0
        while not self.content():
            if self.per_bus >= _LONG_TOURS or turn % 2:
                self.anneal(n_moves, start=self.first_tours if turn % 3 == 2 else None, style=turn)
                n_moves = min(2 * n_moves, 4 * _MOVES)
            turn += 1
            if self.per_bus < _TOO_LONG and not self.content():
                self.round_mixtures()
                if not self.content():
                    self.mend_best()

    def round_mixtures(self) -> None:
        """Whole tours from mixtures of tours nearly as short as can be, mended where they are not whole."""
        low = self.proof.best
        wanted = low + max(0, int(0.009 * low)) if self.makespan > 1.01 * low else low
        within = min(self.makespan - 1, max(low, wanted))
        tours, whole = dive(self.pool, within, random=self.random, until_s=self.until_s)
        self.offer(tours)
        self.note(f"mixtures rounded, within {within}")
        if whole or self.content():
            return
        if not self.mended(tours, within):
            self.anneal(_FIRST_MOVES, tours, style=len(STYLES) - 1)
