"""Prices that clear: people spread over known ways by their costs, prices raised where room is short."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.spreading import Choices
from farshore.kernels.use_runs import used_by_runs
from farshore.plan.classes.frame import UNIT, coarser, frame_of
from farshore.plan.classes.market import Market, Spread
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook
from farshore.plan.classes.pricing import Pricer
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["Spreader"]

Floats = npt.NDArray[np.float64]

_NEARLY: Final = 0.8  # of the room
_HALF: Final = 0.5
_HARDLY: Final = 1e-6  # of a person


class Spreader:
    """Spreads people over the patterns known so far and moves prices to where they clear.

    active : bool[n_families], what may have prices; scarce : what has been at some time
    live : float64[n_prices], person-hours, as `market` numbers them
    """

    def __init__(self, problem: ClassProblem, pricer: Pricer, book: PatternBook) -> None:
        self.problem, self.pricer, self.book = problem, pricer, book
        self.n_steps = problem.layers.n_steps
        self.active = np.zeros(problem.layers.resources.intake // self.n_steps, bool)
        self.scarce = self.active.copy()
        self._look()
        self.market = Market(self.frame, self.active)
        self.live: Floats = np.zeros(len(self.market.index))

    def learn(self) -> None:
        """Take up the patterns that the book has now."""
        self._look()
        self._trade()

    def _look(self) -> None:
        """What the book has now."""
        self.patterns = self.book.patterns()
        self.known = len(self.patterns.length)
        self.frame = frame_of(self.problem, self.pricer, self.patterns, self.book.terminal)

    def _trade(self) -> None:
        """Have prices of what is active, those that there are already kept."""
        whole = np.zeros(len(self.problem.layers.resources.capacity))
        whole[self.market.index] = self.live
        self.market = Market(self.frame, self.active)
        self.live = whole[self.market.index]

    @property
    def need(self) -> Ints:
        """Of each group: int64[n_groups]."""
        return self.frame.choices.need

    @property
    def few(self) -> tuple[Ints, Ints, Ints, Floats]:
        """Uses of what is active: first int64[n_stretches + 1]; family by `market`; offset; amount."""
        uses = self.market.uses
        first = np.searchsorted(uses.stretch, np.arange(self.known + 1))
        return first, uses.family, uses.offset, uses.amount

    def choices(self, tolls: Floats, host_price: Floats) -> Choices:
        """What people may do, by what entering stretches and being taken in costs."""
        return self.frame.choices._replace(tolls=tolls, host_price=host_price)

    def spread(self, width_h: float) -> Spread:
        """Spread everybody."""
        return self.market.spread(self.live, width_h)

    def activate(self, width_h: float) -> None:
        """Give prices to families that have one or are nearly used up in some step, to no others."""
        room = self.frame.families
        used = used_by_runs(len(room), self.frame.uses.runs(self.known), self.spread(width_h).flow)
        used[room >= UNLIMITED] = 0.0
        priced = self.market.rows[self.market.parts(self.live)[0].any(axis=1)]
        active = np.isin(np.arange(len(room)), priced) | _beyond(used, _NEARLY * room)
        self.scarce |= active | _beyond(used, _HALF * room)
        if (active != self.active).any():
            self.active = active
            self._trade()

    def climb(
        self, width_h: float, most: int, over: Callable[[], bool] = lambda: False, *, per: int = 1
    ) -> None:
        """Move the prices to where what they prove of the known ways is most, by at most so many spreads.

        over : whether there is no time left; per : steps that have one price, and are looked at as one
        """
        if per == 1:
            self.live = self.market.climb(self.live, width_h, most, over)
            return
        market = Market(coarser(self.frame, per), self.active)
        blocks = _Blocks(self.market, market, per)
        self.live = blocks.in_steps(market.climb(blocks.of(self.live), width_h, most, over))

    def whole_prices(self) -> Ints:
        """Prices as whole numbers: int64[n_resources]."""
        price = np.zeros(len(self.problem.layers.resources.capacity), np.int64)
        price[self.market.index] = np.floor(self.live * UNIT + 0.5)
        return price


def _beyond(used: Floats, room: Floats) -> npt.NDArray[np.bool_]:
    """Which families are used beyond so much room in some step: bool[n_families]."""
    return np.asarray(np.any(used > room + _HARDLY, axis=1))


class _Blocks:
    """Prices of a market's steps, and of a coarser one's."""

    def __init__(self, fine: Market, coarse: Market, per: int) -> None:
        timed = len(fine.index) - fine.frame.beds.size - fine.frame.days.size
        row, step = np.divmod(np.arange(timed), fine.n_steps)
        self._block = np.concatenate(
            [
                row * coarse.n_steps + step // per,
                np.arange(len(coarse.index) - (len(fine.index) - timed), len(coarse.index)),
            ]
        )
        self._fine, self._coarse = fine, coarse

    def of(self, live: Floats) -> Floats:
        """Of each block, the mean by what there is of it."""
        room = np.where(self._fine.counts, self._fine.room, 0.0)
        n = len(self._coarse.index)
        total = np.bincount(self._block, room * live, n) / np.maximum(np.bincount(self._block, room, n), 1.0)
        return np.where(self._coarse.counts, total, 0.0)

    def in_steps(self, prices: Floats) -> Floats:
        """Each step's that of its block."""
        return np.where(self._fine.counts, prices[self._block], 0.0)
