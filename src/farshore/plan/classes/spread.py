"""Prices that clear: people spread over known ways by their costs, prices raised where room is short."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, OptimizeResult, minimize

from farshore.kernels.paths import grouped
from farshore.kernels.spreading import Choices, Open, spread, worths
from farshore.kernels.use_runs import runs_of, tolls_by_runs, used_by_runs
from farshore.plan.classes.levels import Levels
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook, stretch_costs
from farshore.plan.classes.pricing import Pricer
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["Spread", "Spreader"]

Floats = npt.NDArray[np.float64]
_UNIT = 1e6
_CLOSED = 1e15
_PATIENCE = 20  # moves of the prices
_WORTHWHILE = 2e-4  # of what they prove, gained by so many moves


@dataclass(frozen=True, eq=False)
class Spread:
    """How people spread under prices.

    flow : float64[n_steps, n_stretches], seats where they are counted; arrived : float64[n_hosts, n_steps]
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
        self.cost = np.ascontiguousarray(np.where(may, over[self.need], _CLOSED).transpose(0, 2, 1))
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
        opens = (self.cost < _CLOSED).any(axis=0)
        n_terminals = len(layers.afoot.terminals)
        for_now = patterns.length[self.out] == 0
        slow, quick = self.out[~for_now], self.out[for_now]
        self.slow = _open(opens[:, slow], self.tail[slow], n_terminals, slow)
        self.quick = _open(opens[:, quick], self.tail[quick], n_terminals, quick)
        whose = np.repeat(np.arange(len(people.zone)), size[1:])
        self.by_car = _open(opens[:, self.cars], whose, len(people.zone))

    def _pick(self) -> None:
        """Uses of active families only."""
        whose, family, offset, amount = self.uses
        keep = self.active[family]
        self.number = np.full(len(self.active), -1, np.int64)
        self.rows = np.flatnonzero(self.active)
        self.number[self.rows] = np.arange(len(self.rows))
        few = (self.number[family[keep]], offset[keep], amount[keep])
        self.few: Any = (np.searchsorted(whose[keep], np.arange(self.known + 1)), *few)
        self.runs = runs_of(self.known, whose[keep], *few)
        self.all_runs = runs_of(self.known, whose, family, offset, amount)

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
        return families, np.ascontiguousarray(np.where(self.problem.host_open, at_host, _CLOSED).T)

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
            slow=self.slow,
            quick=self.quick,
            by_car=self.by_car,
        )

    def spread(self, width_h: float) -> Spread:
        """Spread everybody."""
        resources, n_steps, people = self.problem.layers.resources, self.n_steps, self.problem.people
        prices, host_price = self.added(*self.parts(self.live))
        choices = self.choices(tolls_by_runs(self.runs, prices), host_price)
        there, at_home = worths(width_h, choices)
        flow, arrived, staying = spread(width_h, choices, there, at_home, self.ready)
        families, arrived = used_by_runs(len(self.rows), self.runs, flow), np.ascontiguousarray(arrived.T)
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
        used = used_by_runs(families, self.all_runs, flow)
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


def _open(opens: npt.NDArray[np.bool_], row: Ints, n_rows: int, number: Ints | None = None) -> Open:
    """What is open in each step: opens bool[n_steps, n], of things in the order of rows, and their numbers."""
    step, which = np.nonzero(opens)
    first = np.searchsorted(step * n_rows + row[which], np.arange(len(opens) * n_rows + 1))
    first = first[n_rows * np.arange(len(opens))[:, None] + np.arange(n_rows + 1)]
    return Open(first, which if number is None else number[which])
