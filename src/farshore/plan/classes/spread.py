"""Prices that clear: people spread over known ways by their costs, prices raised where room is short."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, OptimizeResult, minimize

from farshore.kernels.paths import grouped
from farshore.kernels.spreading import Choices, spread, tolled, used_by, worths
from farshore.plan.classes.levels import Levels
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook, stretch_costs
from farshore.plan.classes.pricing import Pricer
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["Spread", "Spreader"]

Floats = npt.NDArray[np.float64]
_UNIT = 1e6
_PATIENCE = 20  # moves of the prices
_WORTHWHILE = 2e-4  # of what they prove, gained by so many moves


@dataclass(frozen=True, eq=False)
class Spread:
    """How people spread under prices.

    flow : float64[n_stretches, n_steps], seats where they are counted; arrived : float64[n_hosts, n_steps]
    used : float64[n_resources]; value : person-hours, what the prices would prove of the known ways
    """

    flow: Floats
    arrived: Floats
    staying: Floats
    used: Floats
    value: float


class Spreader:
    """Spreads people over the patterns known so far and moves prices to where they clear."""

    def __init__(self, problem: ClassProblem, pricer: Pricer, book: PatternBook) -> None:
        self.problem, self.pricer, self.book = problem, pricer, book
        layers, resources = problem.layers, problem.layers.resources
        self.n_steps = layers.n_steps
        self.capacity = resources.capacity.astype(np.float64)
        self.active = np.zeros(resources.intake // self.n_steps, bool)
        pick = pricer.first_of
        people = problem.people
        self.need, self.accepts = people.need[pick], people.accepts[pick]
        self.index = np.empty(0, np.int64)
        self.live = np.zeros(0)
        self.known = -1

    def learn(self) -> None:
        """Take up the patterns that the book has now."""
        problem, layers, people = self.problem, self.problem.layers, self.problem.people
        afoot, n_steps = layers.afoot, self.n_steps
        patterns = self.patterns = self.book.patterns()
        n = len(patterns.length)
        begin, end = patterns.arcs[patterns.arcs_first[:-1]], patterns.arcs[patterns.arcs_first[1:] - 1]
        by_car = np.zeros(n, bool)
        by_car[patterns.stretch[patterns.first[:-1][patterns.car]]] = True
        terminal = self.book.terminal
        self.tail = np.where(by_car, -1, terminal[layers.tail[begin]])
        self.head = np.where(by_car, -1, terminal[layers.head[end]])
        later = np.arange(n_steps) + patterns.offset[:, None]
        each = layers.opens[layers.opens_of[patterns.arcs][:, None], np.minimum(later, n_steps - 1)]
        closed = np.add.reduceat((each == 0) | (later >= n_steps), patterns.arcs_first[:-1], axis=0)
        opens = (closed == 0) & (np.arange(n_steps) + patterns.length[:, None] < n_steps)
        self.seats = np.ascontiguousarray(layers.seats[self.need][:, begin])
        over = np.array([stretch_costs(patterns, problem, need) for need in range(3)]) / _UNIT
        may = opens & (self.seats > 0)[:, :, None]
        self.cost = np.ascontiguousarray(np.where(may, over[self.need], 1e15).transpose(0, 2, 1))
        host_terminal = np.array([afoot.at(int(node)) for node in problem.timing.host_node])
        self.host_first, self.hosts = grouped(host_terminal, len(afoot.terminals))
        self.terminal_wait = np.ascontiguousarray(afoot.wait_cost.transpose(0, 2, 1)) / _UNIT
        self.home = np.array(
            [afoot.at(int(node)) for node in problem.timing.zone_node[people.zone]], np.int64
        )
        self.home_wait = np.ascontiguousarray(problem.wait_cost.T) / _UNIT
        self.ready = np.ascontiguousarray(people.newly_ready.T).astype(np.float64)
        # uses
        arcs = patterns.arcs
        size = layers.use_first[arcs + 1] - layers.use_first[arcs]
        along = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        which = np.repeat(layers.use_first[arcs], size) + along
        whose = np.repeat(np.repeat(np.arange(n), np.diff(patterns.arcs_first)), size)
        offset = np.repeat(patterns.offset, size) + layers.use_offset[which]
        family = layers.use_base[which] // n_steps
        key = np.stack([whose, family, offset])
        kept, row = np.unique(key, axis=1, return_inverse=True)
        amount = np.bincount(row.ravel(), layers.use_unit[which])
        self.uses: tuple[Any, ...] = (kept[0], kept[1], kept[2], amount)
        self.known = n
        self._list()
        self._pick()
        self._lay(self.index)

    def _list(self) -> None:
        """Stretches out of each terminal, and by car of each commodity."""
        layers, people, patterns = self.problem.layers, self.problem.people, self.patterns
        foot = np.flatnonzero(self.tail >= 0)
        quick = patterns.length[foot] == 0
        first, members = grouped(2 * self.tail[foot] + quick, 2 * len(layers.afoot.terminals))
        self.out_first, self.quick_first, self.out = first[::2].copy(), first[1::2].copy(), foot[members]
        car_patterns = np.flatnonzero(patterns.car)
        stretch, host = patterns.stretch[patterns.first[:-1][car_patterns]], patterns.host[car_patterns]
        start = layers.tail[patterns.arcs[patterns.arcs_first[stretch]]]
        lists = [np.empty(0, np.int64)]
        for c in np.flatnonzero(people.has_car):
            mine = (start == layers.car_home[people.zone[c]]) & people.accepts[c][host]
            lists.append(np.flatnonzero(mine))
        size = np.zeros(len(people.zone) + 1, np.int64)
        size[1:][people.has_car] = [len(each) for each in lists[1:]]
        self.car_first, flat = np.cumsum(size), np.concatenate(lists)
        self.cars, self.car_host = stretch[flat], host[flat]

    def _pick(self) -> None:
        """Uses of active families only."""
        whose, family, offset, amount = self.uses
        keep = self.active[family]
        self.number = np.full(len(self.active), -1, np.int64)
        self.rows = np.flatnonzero(self.active)
        self.number[self.rows] = np.arange(len(self.rows))
        first, members = grouped(whose[keep], self.known)
        self.few: Any = (
            first,
            self.number[family[keep]][members],
            offset[keep][members],
            amount[keep][members],
        )
        first, members = grouped(whose, self.known)
        self.all: Any = (first, family[members], offset[members], amount[members])

    def _lay(self, before: Ints) -> None:
        """Number what has a price: steps of active families, then intakes, beds and drivers' days."""
        resources, n_steps = self.problem.layers.resources, self.n_steps
        self.index = np.concatenate(
            [
                (self.rows[:, None] * n_steps + np.arange(n_steps)).ravel(),
                np.arange(resources.intake, len(self.capacity)),
            ]
        )
        self.n_rows = len(self.rows) * n_steps
        room = self.capacity[self.index]
        whole = np.zeros(len(self.capacity))
        whole[before] = self.live
        self.live = whole[self.index]
        self.room = np.maximum(room, 1.0)
        self.counts = (room > 0) & (room < UNLIMITED)

    def parts(self, live: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Active families, intakes, beds and days of a vector over what has a price."""
        resources = self.problem.layers.resources
        n_hosts, at = len(self.problem.host_open), self.n_rows
        intake = live[at : at + n_hosts * self.n_steps].reshape(n_hosts, self.n_steps)
        at += n_hosts * self.n_steps
        return (
            live[: self.n_rows].reshape(-1, self.n_steps),
            intake,
            live[at : at + n_hosts],
            live[at + n_hosts :].reshape(-1, resources.n_days),
        )

    def added(self, families: Floats, intake: Floats, beds: Floats, days: Floats) -> tuple[Floats, Floats]:
        """Prices of active families, drivers' days added; and of hosts in each step, beds added."""
        resources, n_steps = self.problem.layers.resources, self.n_steps
        families = families.copy()
        in_day = np.arange(n_steps) // resources.steps_in_day
        for fleet in range(len(days)):
            row = self.number[resources.fleets // n_steps + fleet]
            if row >= 0:
                families[row] += days[fleet][in_day]
        at_host = intake + beds[:, None]
        return families, np.ascontiguousarray(np.where(self.problem.host_open, at_host, 1e15).T)

    def choices(self, tolls: Floats, host_price: Floats) -> Choices:
        """What people may do, by what entering stretches and being taken in costs."""
        return Choices(
            group=self.pricer.group,
            home=self.home,
            home_wait=self.home_wait,
            left_cost=self.problem.left_cost / _UNIT,
            need=self.need,
            accepts=self.accepts,
            car_first=self.car_first,
            cars=self.cars,
            car_host=self.car_host,
            out_first=self.out_first,
            quick_first=self.quick_first,
            out=self.out,
            head=self.head,
            length=self.patterns.length,
            seats=self.seats,
            cost=self.cost,
            tolls=tolls,
            host_first=self.host_first,
            hosts=self.hosts,
            host_price=host_price,
            terminal_wait=self.terminal_wait,
        )

    def spread(self, width_h: float) -> Spread:
        """Spread everybody."""
        resources, n_steps, people = self.problem.layers.resources, self.n_steps, self.problem.people
        prices, host_price = self.added(*self.parts(self.live))
        tolls = np.empty((n_steps, self.known))
        tolled(0, n_steps, *self.few, prices, tolls)
        choices = self.choices(tolls, host_price)
        there, at_home = worths(width_h, choices)
        flow, arrived, staying = spread(width_h, choices, there, at_home, self.ready)
        flow, arrived = np.ascontiguousarray(flow.T), np.ascontiguousarray(arrived.T)
        families = used_by(len(self.rows), *self.few, flow)
        in_day = np.arange(n_steps) // resources.steps_in_day
        days = np.zeros((len(self.problem.layers.fleets), resources.n_days))
        for fleet in range(len(days)):
            row = self.number[resources.fleets // n_steps + fleet]
            if row >= 0:
                days[fleet] = np.bincount(in_day, families[row], resources.n_days)
        used = np.concatenate([families.ravel(), arrived.ravel(), arrived.sum(axis=1), days.ravel()])
        value = float((self.ready * at_home[:-1]).sum())
        value += self.problem.left_cost / _UNIT * int(people.late.sum())
        priced = self.live > 0
        value -= float(self.live[priced] @ self.capacity[self.index[priced]])
        return Spread(flow, arrived, staying, used, value)

    def activate(self, flow: Floats, share: float) -> None:
        """Give prices to families that are used over a share of their room in some step."""
        families = self.problem.layers.resources.intake // self.n_steps
        used = used_by(families, *self.all, flow)
        room = self.capacity[: families * self.n_steps].reshape(families, self.n_steps)
        found = ((used > share * room) & (room < UNLIMITED)).any(axis=1)
        if (found & ~self.active).any():
            self.active |= found
            before = self.index
            self._pick()
            self._lay(before)

    def climb(self, width_h: float, most: int, over: Callable[[], bool] = lambda: False) -> Spread:
        """Move the prices to where what they prove of the known ways is most, by at most so many spreads.

        over : whether there is no time left

        Byrd, Lu, Nocedal & Zhu (1995), A limited memory algorithm for bound constrained optimization, SIAM
        J. Sci. Comput. 16(5); its slope is what is wanted beyond what there is.
        """
        room = self.capacity[self.index]
        levels = Levels(self.room, self.counts, self.n_rows, self.n_steps)
        size = max(1.0, float(self.ready.sum()))

        def falling(at: Floats) -> tuple[float, Floats]:
            self.live = levels.prices(at)
            found = self.spread(width_h)
            return -found.value / size, levels.slope(np.where(self.counts, room - found.used, 0.0)) / size

        reached: list[float] = []

        def look(intermediate_result: OptimizeResult) -> None:
            reached.append(float(intermediate_result.fun))
            past = reached[-_PATIENCE:]
            if over() or (len(past) == _PATIENCE and past[0] - past[-1] < _WORTHWHILE * abs(past[-1])):
                raise StopIteration

        begin = levels.of(np.where(self.counts, self.live, 0.0))
        end = minimize(
            falling, begin, jac=True, method="L-BFGS-B", bounds=Bounds(0.0, np.inf),
            options={"maxfun": most, "maxcor": 15}, callback=look,
        )  # fmt: skip
        self.live = levels.prices(end.x)
        return self.spread(width_h)

    def whole_prices(self) -> Ints:
        """Prices as whole numbers: int64[n_resources]."""
        price = np.zeros(len(self.capacity), np.int64)
        price[self.index] = np.floor(self.live * _UNIT + 0.5)
        return price
