"""What prices promise for a change for the better: places added, times what one more there would save."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Final

import numpy as np

from farshore.kernels.paths import FAR, grouped
from farshore.kernels.reaching import cheapest_there
from farshore.plan.model import Problem, problem_of
from farshore.plan.prices import Prices, prices_of
from farshore.plan.reduce import reduce_network
from farshore.plan.solver import Pricer
from farshore.results.outcome import Outcome
from farshore.scenario.timing import Ints, Timing
from farshore.stress.what_if import BEDS, WhatIf, changed

__all__ = ["Promise", "promises"]

_MOST_LINKS: Final = 5  # roads beside crossings that get one more lane
_INTAKE_PERSONS_H: Final = 100.0
_CORRIDOR_H: Final = (1.0, 6.0)

# The most that a change can save: exposure-weighted person-hours.
Promise = tuple[WhatIf, float]


def promises(plan: Outcome) -> list[Promise]:
    """Changes for the better, by what prices promise for them, most first.

    Corridors that are shut at some time are always among them: a promise of 0 is a proof that opening one
    saves nothing. Of all others those with a price.
    """
    scenario, asked = plan.scenario, _Promises(plan)
    corridors = [
        WhatIf("corridor", (str(code),), hours)
        for code, kind in zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True)
        if kind == "corridor" and (scenario.closures.asset_id == code).any()
        for hours in _CORRIDOR_H
    ]
    prices = _prices_by_link(plan)
    crossing_of = dict(
        zip(map(str, scenario.links.link_id), map(str, scenario.links.crossing_id), strict=True)
    )
    by_crossing: defaultdict[str, float] = defaultdict(float)
    by_road: defaultdict[str, float] = defaultdict(float)
    for arc, worth in prices.items():
        link = arc.removeprefix("-")
        (by_crossing if crossing_of[link] else by_road)[crossing_of[link] or link] += worth
    kinds = dict(zip(map(str, scenario.crossings.crossing_id), scenario.crossings.kind, strict=True))
    vessels = dict(
        zip(map(str, scenario.crossings.crossing_id), scenario.crossings.vessels.tolist(), strict=True)
    )
    changes = [
        WhatIf("vessel" if kinds[code] == "ferry" else "lane", (code,), 1.0)
        for code in by_crossing
        if kinds[code] != "ferry" or vessels[code] > 0
    ]
    roads = sorted(by_road, key=lambda link: (-by_road[link], link))[:_MOST_LINKS]
    changes += [WhatIf("lane", (link,), 1.0) for link in roads]
    priced = [(what, asked.of(what)) for what in (*corridors, *changes)]
    priced += [
        (WhatIf("beds", (host,), float(BEDS)), price * BEDS / 1e6)
        for host, price in plan.certificate.bed_price.items()
    ]
    step_h = scenario.about.step_s / 3600
    by_host: defaultdict[str, float] = defaultdict(float)
    for (host, _), price in plan.certificate.intake_price.items():
        by_host[host] += price
    priced += [
        (WhatIf("intake", (host,), _INTAKE_PERSONS_H), price * _INTAKE_PERSONS_H * step_h / 1e6)
        for host, price in by_host.items()
    ]
    found = [(what, round(price, 3)) for what, price in priced if price > 0 or what.kind == "corridor"]
    return sorted(found, key=lambda each: (-each[1], each[0].key))


def _prices_by_link(plan: Outcome) -> Mapping[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for (arc, _), price in plan.certificate.link_price.items():
        total[arc] += price
    return total


class _Promises:
    """What a plan's prices say of changes that give arcs more room and change nothing else.

    A row of the plan's problem, an arc in a step, that has room has a price in the certificate. One that has
    none (a corridor that is shut, a step in which no boat sails) has no row there. Its price is the least
    with which nobody would be better off for it: what somebody at its beginning has spent, less what that
    person costs at the prices now, and what is left to spend from its end. With these prices the old ones
    stay feasible for the dual of the new problem, so that prices times places added bound what is saved
    (sensitivity of a linear programme to its right-hand side; a new row is priced out by reduced costs).
    """

    def __init__(self, plan: Outcome) -> None:
        self.plan = plan

    @cached_property
    def problem(self) -> Problem:
        """Of the plan's own scenario."""
        return problem_of(self.plan.scenario)

    @cached_property
    def prices(self) -> Prices:
        """The certificate's."""
        return prices_of(self.plan, self.problem)

    def of(self, what: WhatIf) -> float:
        """The most that a change can save, in person-hours."""
        before, other = self.problem.timing, problem_of(changed(self.plan.scenario, what))
        room, will = _room(before), _room(other.timing)
        more = np.maximum(will - room, 0)
        asked = self.prices
        total = int((asked.price * more[asked.arc, asked.step]).sum())
        arc, step = np.nonzero((room == 0) & (will > 0))
        if len(arc):
            total += int((self._prices_of_new_rows(other, arc, step) * will[arc, step]).sum())
        return total / 1e6

    def _prices_of_new_rows(self, other: Problem, arc: Ints, step: Ints) -> Ints:
        """Prices of arcs in steps in which they had no room: int64[n_rows].

        Whoever uses several of them pays at the first: he has come there by ways that were open before, and
        goes on by any that is open then.
        """
        timing = other.timing
        reduced = reduce_network(other, shrink=False)
        ways = Pricer(other, reduced).ways(prices_of(self.plan, other))
        core = np.full(timing.n_nodes, -1, np.int64)
        core[reduced.node] = np.arange(len(reduced.node))
        ends, head = step + timing.steps[arc], core[timing.head[arc]]
        possible = (ends < timing.n_steps) & (head >= 0)
        onward = np.full(len(arc), FAR, np.int64)
        onward[possible] = ways.from_node[ends[possible], head[possible]]
        so_far = self._so_far[step, timing.tail[arc]]
        cost, varies = timing.flat_cost[arc], timing.cost_of[arc] >= 0
        cost[varies] = timing.costs[timing.cost_of[arc[varies]], step[varies]]
        known = (onward < FAR) & (so_far < FAR)
        saved = np.where(known, -(np.where(known, so_far + onward, 0) + cost), 0)
        return np.maximum(saved, 0)

    @cached_property
    def _so_far(self) -> Ints:
        """Least cost with which somebody can be at each node in each step, less all that he costs now."""
        problem, timing, asked = self.problem, self.problem.timing, self.prices
        own = Pricer(problem, reduce_network(problem)).ways(asked).staying
        start = np.full((timing.n_steps, timing.n_nodes), FAR, np.int64)
        best = np.full(len(timing.zone_node), FAR, np.int64)
        for k in range(timing.n_steps):
            if k:
                best = np.where(best < FAR, best + timing.wait_cost[:, k - 1], FAR)
            best = np.where(timing.newly_ready[:, k] > 0, np.minimum(best, -own[:, k]), best)
            np.minimum.at(start[k], timing.zone_node, best)
        first, members = grouped(timing.tail, timing.n_nodes)
        rows, row = np.unique(asked.arc, return_inverse=True)
        price_of = np.full(len(timing.tail), -1, np.int64)
        price_of[rows] = np.arange(len(rows))
        prices = np.zeros((max(len(rows), 1), timing.n_steps), np.int64)
        prices[row, asked.step] = asked.price
        return np.asarray(
            cheapest_there(
                start, first, members, timing.head, timing.steps, timing.capacity_of, timing.capacities,
                timing.flat_cost, timing.cost_of, timing.costs, price_of, prices,
            )
        )  # fmt: skip


def _room(timing: Timing) -> Ints:
    """Persons who may enter each arc in each step: int64[n_arcs, n_steps]."""
    return timing.capacities[timing.capacity_of]
