"""Every tour that a plan in a given time could have: prices leave few, and whole numbers of them decide."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.kernels.bus_listing import list_tours
from farshore.kernels.bus_prices import best_earnings
from farshore.plan.fleets.bounds import whole_prices
from farshore.plan.fleets.columns import BUS_COST, Floats, Pool, cheapest_prices
from farshore.plan.fleets.problem import Ints, Tour
from farshore.plan.fleets.tighten import Listed, choose, tighten

__all__ = ["Decided", "decide"]

_BEGUN: Final = 12_000_000  # tours begun, at most
_LISTED: Final = 250_000  # tours to choose among, at most
_LONGEST: Final = 127  # loads of a tour that is listed, at most


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether whole tours can do it; None if that was not found out. The tours may leave loads waiting."""

    possible: bool | None
    tours: tuple[Tour, ...] = ()


def decide(pool: Pool, within: int, *, until_s: float) -> Decided:
    """Whether there are tours of at most `within` for all loads, and which.

    A mixture of tours that needs the fewest buses has prices. A tour that earns so little by them that the
    other buses could not make up for it is in no plan; all others are listed, those with the same loads and
    shelters once. Cuts make the list shorter, and an integer program chooses among what is left.
    (Route enumeration: Baldacci, R., Christofides, N. & Mingozzi, A. (2008), An exact algorithm for the
    vehicle routing problem based on the set partitioning formulation with additional cuts.)
    """
    problem = pool.problem
    prices = cheapest_prices(pool, problem, within, until_s=until_s)
    if prices is None or time.monotonic() > until_s:
        return Decided(None)
    listed = _listed(pool, within, prices)
    if listed is None or isinstance(listed, bool):
        return Decided(listed)
    tours, promising = listed
    if not len(tours):
        return Decided(not problem.loads.any())
    tightened = tighten(problem, tours, promising, until_s=until_s)
    if tightened is None or isinstance(tightened, bool):
        return Decided(tightened)
    return Decided(*choose(problem, tours, tightened, until_s=until_s))


def _listed(pool: Pool, within: int, prices: Floats) -> tuple[Listed, Ints] | bool | None:
    """Tours that a plan may have, and their rows, those that earn most above their price first.

    False if prices rule all plans out; None if there are too many tours.
    """
    problem, grid = pool.problem, pool.grid
    n_pickups, n_shelters = problem.out_time.shape
    dearest = float(prices[:n_pickups].max(initial=0.0))
    last = within // grid.cell
    if dearest <= 0 or last // max(1, int(grid.out_time.min())) >= _LONGEST < int(problem.loads.sum()):
        return None
    pickup, shelter = whole_prices(prices[:n_pickups], prices[n_pickups : n_pickups + n_shelters])
    unit = int(pickup.max()) / dearest
    # Any whole numbers will do for the price of a bus: what follows holds for all.
    bus = np.rint((np.maximum(0, prices[n_pickups + n_shelters :]) + BUS_COST) * unit).astype(np.int64)
    at_pickup, *_ = best_earnings(pickup, shelter, grid.out_time, grid.back_time, last, problem.loads)
    left = last - grid.pull_out
    earns = np.where(left >= 0, at_pickup[np.maximum(left, 0), np.arange(n_pickups)], 0)
    there = problem.buses > 0
    gain = int((earns[there] - bus[there, None]).max(initial=0))  # of the best tour above its price
    worth = int((problem.loads * pickup).sum() - (problem.room * shelter).sum())
    # All tours of a plan together cost no more than this above what they earn.
    slack = int((problem.buses * bus).sum()) - worth
    if slack + gain * int(problem.buses.sum()) < 0:
        return False
    spare = slack + gain * int(problem.buses.sum() - 1)
    parts, n_listed = [], 0
    for depot in np.flatnonzero(there).tolist():
        all_of_them, first, pickups, shelters = list_tours(
            within,
            last,
            problem.pull_out[depot],
            problem.out_time,
            problem.back_time,
            grid.pull_out[depot],
            grid.out_time,
            grid.back_time,
            problem.loads,
            problem.room,
            pickup,
            shelter,
            int(bus[depot]) - spare,
            at_pickup,
            _LISTED - n_listed,
            _BEGUN,
        )
        if not all_of_them:
            return None
        n_listed += len(first) - 1
        parts.append((np.full(len(first) - 1, depot), np.diff(first), pickups, shelters))
    depots, n_loads, pickups, shelters = (np.concatenate(each) for each in zip(*parts, strict=True))
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(n_loads)])
    tour = np.repeat(np.arange(len(depots)), n_loads)
    earned = np.bincount(tour, pickup[pickups] - shelter[shelters], len(depots))
    promising = np.argsort(bus[depots] - earned, kind="stable")
    return Listed(depots, first, pickups, shelters), promising
