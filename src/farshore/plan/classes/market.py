"""Prices of what there is too little of, and how people spread under them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.spreading import Choices, spread
from farshore.kernels.use_runs import tolls_by_runs, used_by_runs
from farshore.plan.classes.descent import least_of
from farshore.plan.classes.frame import CLOSED, Frame
from farshore.plan.classes.levels import Levels
from farshore.scenario.timing import UNLIMITED

__all__ = ["Market", "Spread"]

Floats = npt.NDArray[np.float64]
_PATIENCE: Final = 20  # moves of the prices
_WORTHWHILE: Final = 2e-4  # of what they prove, gained by so many moves


@dataclass(frozen=True, eq=False)
class Spread:
    """How people spread under prices.

    flow : float64[n_flows, n_steps, n_stretches], to be summed, seats where they are counted
    used : float64[n_prices]
    value : person-hours, what the prices would prove of the known ways, were everybody to take the cheapest
    """

    flow: Floats
    used: Floats
    value: float


class Market:
    """What has prices in a frame: active families and intakes in each step, beds, and drivers' days.

    index : int64[n_prices], their numbers among all that there is
    counts : bool[n_prices], which may be above 0
    """

    def __init__(self, frame: Frame, active: npt.NDArray[np.bool_]) -> None:
        """Prices for `active` : bool[n_families]."""
        self.frame = frame
        self.n_steps = n_steps = len(frame.ready)
        self.rows = np.flatnonzero(active)
        number = np.full(len(active), -1, np.int64)
        number[self.rows] = np.arange(len(self.rows))
        self._fleet_rows = number[frame.fleets : frame.fleets + len(frame.days)]
        uses = frame.uses.of(active[frame.uses.family])
        self.uses = replace(uses, family=number[uses.family])
        self._runs = self.uses.runs(len(frame.choices.length))
        capacity = frame.capacity
        self.index = np.concatenate(
            [
                (self.rows[:, None] * n_steps + np.arange(n_steps)).ravel(),
                np.arange(len(active) * n_steps, len(capacity)),
            ]
        )
        self.room = capacity[self.index]
        self.counts = (self.room > 0) & (self.room < UNLIMITED)

    def parts(self, live: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Active families, intakes, beds and days of a vector over what has a price."""
        sizes = [len(self.rows) * self.n_steps, self.frame.intake.size, self.frame.beds.size]
        families, intake, beds, days = np.split(live, np.cumsum(sizes))
        return (
            families.reshape(-1, self.n_steps),
            intake.reshape(self.frame.intake.shape),
            beds,
            days.reshape(self.frame.days.shape),
        )

    def added(self, families: Floats, intake: Floats, beds: Floats, days: Floats) -> tuple[Floats, Floats]:
        """Prices of active families, drivers' days added; and of hosts in each step, beds added."""
        families = families.copy()
        for fleet, row in enumerate(self._fleet_rows):
            if row >= 0:
                families[row] += days[fleet][self.frame.day]
        at_host = intake + beds[:, None]
        return families, np.ascontiguousarray(np.where(self.frame.host_open, at_host, CLOSED).T)

    def priced(self, live: Floats) -> Choices:
        """What people may do, with tolls and prices of hosts."""
        prices, host_price = self.added(*self.parts(live))
        return self.frame.choices._replace(tolls=tolls_by_runs(self._runs, prices), host_price=host_price)

    def spread(self, live: Floats, width_h: float) -> Spread:
        """Spread everybody."""
        choices = self.priced(live)
        at_home, flow, arrived_at = spread(width_h, choices, self.frame.ready)
        families, arrived = used_by_runs(len(self.rows), self._runs, flow), arrived_at.T
        days = np.zeros(self.frame.days.shape)
        for fleet, row in enumerate(self._fleet_rows):
            if row >= 0:
                days[fleet] = np.bincount(self.frame.day, families[row], self.frame.days.shape[1])
        used = np.concatenate([families.ravel(), arrived.ravel(), arrived.sum(axis=1), days.ravel()])
        priced = live > 0
        value = float((self.frame.ready * at_home[:-1]).sum()) + self.frame.too_late_h
        value -= float(live[priced] @ self.room[priced])
        return Spread(flow, used, value)

    def climb(self, live: Floats, width_h: float, most: int, over: Callable[[], bool]) -> Floats:
        """Prices moved to where what they prove of the known ways is most, by at most so many spreads.

        over : whether there is no time left

        Its slope is what is wanted beyond what there is.
        """
        n_timed = len(self.rows) * self.n_steps
        levels = Levels(np.maximum(self.room, 1.0), self.counts, n_timed, self.n_steps)
        size = max(1.0, float(self.frame.ready.sum()))
        reached: list[float] = []

        def falling(at: Floats) -> tuple[float, Floats]:
            found = self.spread(levels.prices(at), width_h)
            return -found.value / size, levels.slope(
                np.where(self.counts, self.room - found.used, 0.0)
            ) / size

        def done(value: float) -> bool:
            reached.append(value)
            past = reached[-_PATIENCE:]
            return over() or (len(past) == _PATIENCE and past[0] - past[-1] < _WORTHWHILE * abs(past[-1]))

        begin = levels.of(np.where(self.counts, live, 0.0))
        return levels.prices(least_of(falling, begin, most, done))
