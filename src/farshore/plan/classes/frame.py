"""What people may do by the stretches known so far, and what there is of everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import grouped
from farshore.kernels.spreading import Choices, Open
from farshore.kernels.use_runs import Runs, runs_of
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns, stretch_costs, stretch_opens
from farshore.plan.classes.pricing import Pricer
from farshore.scenario.clock import Ints
from farshore.scenario.timing import UNLIMITED

__all__ = ["CLOSED", "UNIT", "Frame", "Uses", "coarser", "frame_of", "relisted"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
UNIT = 1e6  # of costs in whole numbers, to a person-hour
CLOSED = 1e15
_OPEN = 1e14  # what costs less


@dataclass(frozen=True, eq=False)
class Uses:
    """What stretches use, [n_uses], sorted in this order: of which family, and steps after entering."""

    stretch: Ints
    family: Ints
    offset: Ints
    amount: Floats

    def of(self, keep: Flags) -> "Uses":
        """Some of them."""
        return Uses(self.stretch[keep], self.family[keep], self.offset[keep], self.amount[keep])

    def runs(self, n_stretches: int) -> Runs:
        """As runs of steps."""
        return runs_of(n_stretches, self.stretch, self.family, self.offset, self.amount)


@dataclass(frozen=True, eq=False)
class Frame:
    """What people may do and what there is.

    choices : without tolls and prices of hosts; ready : float64[n_steps, n_commodities], who gets ready
    too_late_h : person-hours that those cost who get ready after the last step
    host_open : bool[n_hosts, n_steps]; day : int64[n_steps], in which each step lies
    families : float64[n_families, n_steps], how much there is of what changes with time, fleets' seats
        from row `fleets` on
    intake : float64[n_hosts, n_steps]; beds : float64[n_hosts]; days : float64[n_fleets, n_days]
    """

    choices: Choices
    ready: Floats
    too_late_h: float
    host_open: Flags
    day: Ints
    uses: Uses
    fleets: int
    families: Floats
    intake: Floats
    beds: Floats
    days: Floats

    @property
    def capacity(self) -> Floats:
        """How much there is of everything, in the numbering of resources."""
        return np.concatenate([self.families.ravel(), self.intake.ravel(), self.beds, self.days.ravel()])


def frame_of(problem: ClassProblem, pricer: Pricer, patterns: Patterns, terminal: Ints) -> Frame:
    """The frame of a problem's own steps.

    terminal : int64[n_nodes], of the layers, where a node is one
    """
    layers, people, resources = problem.layers, problem.people, problem.layers.resources
    n_steps, n_hosts = resources.n_steps, len(problem.host_open)
    capacity = resources.capacity.astype(np.float64)
    return Frame(
        choices=_choices(problem, pricer, patterns, terminal),
        ready=np.ascontiguousarray(people.newly_ready.T).astype(np.float64),
        too_late_h=problem.left_cost / UNIT * int(people.late.sum()),
        host_open=problem.host_open,
        day=np.arange(n_steps) // resources.steps_in_day,
        uses=_uses(problem, patterns),
        fleets=resources.fleets // n_steps,
        families=capacity[: resources.intake].reshape(-1, n_steps),
        intake=capacity[resources.intake : resources.beds].reshape(n_hosts, n_steps),
        beds=capacity[resources.beds : resources.drivers],
        days=capacity[resources.drivers :].reshape(len(layers.fleets), resources.n_days),
    )


def coarser(frame: Frame, per: int) -> Frame:
    """The same in steps `per` times as long: open if open in any part of one, costs are means over it.

    Stretches last the nearest number of such steps, and use what they would if entered in the middle of one.
    """
    choices, uses = frame.choices, frame.uses
    opens = choices.cost < _OPEN
    length = (choices.length + per // 2) // per
    times = _blocks(opens.astype(np.float64), per, np.sum, 1)
    cost = _blocks(np.where(opens, choices.cost, 0.0), per, np.sum, 1) / np.maximum(times, 1.0)
    through = np.arange(cost.shape[1])[:, None] + length < cost.shape[1]
    return Frame(
        choices=relisted(
            choices._replace(
                home_wait=_blocks(choices.home_wait, per, np.sum, 0),
                terminal_wait=_blocks(choices.terminal_wait, per, np.sum, 1),
                length=length,
                cost=np.where((times > 0) & through, cost, CLOSED),
            )
        ),
        ready=_blocks(frame.ready, per, np.sum, 0),
        too_late_h=frame.too_late_h,
        host_open=_blocks(frame.host_open, per, np.any, 1),
        day=np.ascontiguousarray(frame.day[::per]),
        uses=_summed(uses.stretch, uses.family, (uses.offset + per // 2) // per, uses.amount),
        fleets=frame.fleets,
        families=np.minimum(_blocks(frame.families, per, np.sum, 1), UNLIMITED),
        intake=np.minimum(_blocks(frame.intake, per, np.sum, 1), UNLIMITED),
        beds=frame.beds,
        days=frame.days,
    )


def _blocks(each: Any, per: int, of_all: Callable[..., Any], axis: int) -> Any:
    """Of every `per` steps along an axis, what they come to; the last may be fewer."""
    short = -each.shape[axis] % per
    rows = np.moveaxis(each, axis, -1)
    rows = np.concatenate([rows, np.zeros((*rows.shape[:-1], short), rows.dtype)], axis=-1)
    found = of_all(rows.reshape(*rows.shape[:-1], rows.shape[-1] // per, per), axis=-1)
    return np.ascontiguousarray(np.moveaxis(found, -1, axis))


def _choices(problem: ClassProblem, pricer: Pricer, patterns: Patterns, terminal: Ints) -> Choices:
    layers, people, afoot = problem.layers, problem.people, problem.layers.afoot
    arcs, first = patterns.arcs, patterns.arcs_first
    begin, end, n_terminals = arcs[first[:-1]], arcs[first[1:] - 1], len(afoot.terminals)
    by_car = np.zeros(len(begin), bool)
    by_car[patterns.stretch[patterns.first[:-1][patterns.car]]] = True
    tail = np.where(by_car, -1, terminal[layers.tail[begin]])
    foot = np.flatnonzero(~by_car)
    out_first, members = grouped(2 * tail[foot] + (patterns.length[foot] == 0), 2 * n_terminals)
    need, accepts = people.need[pricer.first_of], people.accepts[pricer.first_of]
    seats = np.ascontiguousarray(layers.seats[need][:, begin])
    over = np.array([stretch_costs(patterns, problem, each) for each in range(3)]) / UNIT
    may = stretch_opens(patterns, layers) & (seats > 0)[:, :, None]
    host_terminal = np.array([afoot.at(int(node)) for node in problem.timing.host_node])
    host_first, hosts = grouped(host_terminal, n_terminals)
    homes = problem.timing.zone_node[people.zone]
    car_first, cars, car_host = _by_car(problem, patterns)
    none = np.empty((0, 0))
    return relisted(
        Choices(
            group=pricer.group,
            home=np.array([afoot.at(int(node)) for node in homes], np.int64),
            home_wait=np.ascontiguousarray(problem.wait_cost.T) / UNIT,
            left_cost=problem.left_cost / UNIT,
            need=need,
            accepts=accepts,
            car_first=car_first,
            cars=cars,
            car_host=car_host,
            out_first=out_first[::2].copy(),
            quick_first=out_first[1::2].copy(),
            out=foot[members],
            head=np.where(by_car, -1, terminal[layers.head[end]]),
            length=patterns.length,
            seats=seats,
            cost=np.ascontiguousarray(np.where(may, over[need], CLOSED).transpose(0, 2, 1)),
            tolls=none,
            host_first=host_first,
            hosts=hosts,
            host_price=none,
            terminal_wait=np.ascontiguousarray(afoot.wait_cost.transpose(0, 2, 1)) / UNIT,
            slow=Open(np.empty((0, 0), np.int64), np.empty(0, np.int64)),
            quick=Open(np.empty((0, 0), np.int64), np.empty(0, np.int64)),
            by_car=Open(np.empty((0, 0), np.int64), np.empty(0, np.int64)),
        )
    )


def _by_car(problem: ClassProblem, patterns: Patterns) -> tuple[Ints, Ints, Ints]:
    """Stretches by car of each commodity: where its own begin, stretches, and their hosts."""
    layers, people = problem.layers, problem.people
    by_car = np.flatnonzero(patterns.car)
    stretch, host = patterns.stretch[patterns.first[:-1][by_car]], patterns.host[by_car]
    start = layers.tail[patterns.arcs[patterns.arcs_first[stretch]]]
    home: Ints = np.where(people.has_car, layers.car_home[people.zone], -1)
    whose, which = np.nonzero((home[:, None] == start) & people.accepts[:, host] & (home >= 0)[:, None])
    return np.searchsorted(whose, np.arange(len(home) + 1)), stretch[which], host[which]


def relisted(choices: Choices) -> Choices:
    """With lists of what is open in each step."""
    opens: Flags = np.any(choices.cost < _OPEN, axis=0)
    n_terminals, n_commodities = len(choices.host_first) - 1, len(choices.group)
    terminal = np.repeat(np.arange(n_terminals), np.diff(choices.out_first))
    for_now = choices.length[choices.out] == 0
    slow, quick = choices.out[~for_now], choices.out[for_now]
    whose = np.repeat(np.arange(n_commodities), np.diff(choices.car_first))
    return choices._replace(
        slow=_open(opens[:, slow], terminal[~for_now], n_terminals, slow),
        quick=_open(opens[:, quick], terminal[for_now], n_terminals, quick),
        by_car=_open(opens[:, choices.cars], whose, n_commodities, np.arange(len(choices.cars))),
    )


def _open(opens: Flags, row: Ints, n_rows: int, number: Ints) -> Open:
    """What is open in each step, by rows: opens bool[n_steps, n], of things in the order of rows."""
    n_steps = len(opens)
    step, which = np.nonzero(opens)
    first = np.searchsorted(step * n_rows + row[which], np.arange(n_steps * n_rows + 1))
    return Open(first[n_rows * np.arange(n_steps)[:, None] + np.arange(n_rows + 1)], number[which])


def _uses(problem: ClassProblem, patterns: Patterns) -> Uses:
    layers, arcs = problem.layers, patterns.arcs
    size = layers.use_first[arcs + 1] - layers.use_first[arcs]
    along = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    which = np.repeat(layers.use_first[arcs], size) + along
    stretch = np.repeat(np.arange(len(patterns.length)), np.diff(patterns.arcs_first))
    return _summed(
        np.repeat(stretch, size),
        layers.use_base[which] // layers.n_steps,
        np.repeat(patterns.offset, size) + layers.use_offset[which],
        layers.use_unit[which],
    )


def _summed(stretch: Ints, family: Ints, offset: Ints, amount: npt.NDArray[Any]) -> Uses:
    """Uses, those of one stretch, family and step taken together."""
    low = int(offset.min(initial=0))
    n_families, span = int(family.max(initial=0)) + 1, int(offset.max(initial=0)) - low + 1
    number, row = np.unique((stretch * n_families + family) * span + offset - low, return_inverse=True)
    total: Floats = np.bincount(row.ravel(), amount, len(number)).astype(np.float64)
    where, along = np.divmod(number, span)
    return Uses(where // n_families, where % n_families, along + low, total)
