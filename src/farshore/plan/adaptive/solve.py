"""Planning with adaptive steps: coarse where nothing happens, cut finer where plan and bound are apart."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from farshore.plan.adaptive.condensed import condense
from farshore.plan.adaptive.dispatch import Dispatched, dispatch
from farshore.plan.adaptive.fine_prices import fine_prices
from farshore.plan.adaptive.grid import first_grid
from farshore.plan.adaptive.shortfall import shortfall
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced, only_chains
from farshore.plan.solver import Pricer, chains_by_crossings
from farshore.plan.stop import Stop

__all__ = ["solve_adaptively"]

FIRST_S: Final = 3600


def solve_adaptively(problem, reduced, *, stop, report, begun_s, trace=None):
    pricer = Pricer(problem, reduced)
    prices = Prices.none(problem)
    t = time.process_time()
    ways = pricer.ways(prices)
    active = chains_by_crossings(problem, reduced)
    grid = first_grid(problem, reduced, step_s=FIRST_S)
    best, bound, proof = None, ways.lower_bound, prices
    where = np.zeros(ways.from_home.shape, bool)

    def sample():
        where[:] = False
        where[:, np.floor(grid.centres).astype(int)] = True
        return where

    pricer.activate(ways, sample(), active)
    for round_ in range(12):
        t0 = time.process_time()
        part = only_chains(problem, reduced, active)
        found = condense(problem, part, grid, over=lambda: stop.over(time.monotonic() - begun_s))
        t1 = time.process_time()
        plan = dispatch(problem, part, grid, found)
        t2 = time.process_time()
        if best is None or plan.objective < best.objective:
            best = plan
        prices = fine_prices(problem, part, found)
        ways = pricer.ways(prices)
        t3 = time.process_time()
        if ways.lower_bound > bound:
            bound, proof = ways.lower_bound, prices
        worth = shortfall(problem, reduced, grid, plan, prices, ways)
        t4 = time.process_time()
        if trace:
            trace(dict(round=round_, intervals=grid.n_intervals, chains=len(part.tail), arcs=found.n_arcs, pivots=found.n_pivots, ways=len(found.way_zone),
              objective=plan.objective/1e6, bound=ways.lower_bound/1e6, gap=(best.objective-bound)/best.objective, this=(plan.objective-ways.lower_bound)/plan.objective, worth=worth.sum()/1e6,
              stay=int(plan.at_home[:,-1].sum()),
              lp=t1-t0, dispatch=t2-t1, price=t3-t2, short=t4-t3))
        if best.objective - bound <= stop.gap * best.objective or stop.over(time.monotonic() - begun_s):
            break
        grid = grid.split(worth, share=0.8, parts=2)
        pricer.activate(ways, sample(), active)
    return best, bound, proof
