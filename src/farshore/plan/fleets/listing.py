"""Every tour that a plan in a given time could have: prices leave few, and whole numbers of them decide."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csc_array, hstack

from farshore.kernels.bus_prices import best_earnings
from farshore.plan.fleets.bounds import whole_prices
from farshore.plan.fleets.columns import BUS_COST, Floats, Pool, cheapest_prices
from farshore.plan.fleets.problem import Ints, Tour
from farshore.plan.fleets.programs import least_whole_cost

__all__ = ["Decided", "decide"]

_BEGUN: Final = 100_000  # tours begun, at most
_LISTED: Final = 12_000  # tours to choose among, at most
_NOBODY: Final = 1e-3  # loads left waiting that are none
_NODES: Final = 300  # of branch and bound

_Start = tuple[int, tuple[int, ...], tuple[int, ...], int]  # depot, pickups and shelters sorted, last shelter


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether whole tours can do it; None if that was not found out. The tours may leave loads waiting."""

    possible: bool | None
    tours: tuple[Tour, ...] = ()


def decide(pool: Pool, within: int, *, until_s: float) -> Decided:
    """Whether there are tours of at most `within` for all loads, and which.

    A mixture of tours that needs the fewest buses has prices. A tour that earns so little by them that the
    other buses could not make up for it is in no plan; all others are listed, those with the same loads and
    shelters once, and an integer program chooses among them.
    (Route enumeration: Baldacci, R., Christofides, N. & Mingozzi, A. (2008), An exact algorithm for the
    vehicle routing problem based on the set partitioning formulation with additional cuts.)
    """
    problem = pool.problem
    prices = cheapest_prices(pool, problem, within, until_s=until_s)
    if prices is None or time.monotonic() > until_s:
        return Decided(None)
    listed = _listed(pool, within, prices, until_s)
    if listed is None or isinstance(listed, bool):
        return Decided(listed)
    return _chosen(pool, listed, until_s)


def _listed(pool: Pool, within: int, prices: Floats, until_s: float) -> list[Tour] | bool | None:
    """Tours that a plan may have; False if prices rule all plans out; None if there are too many."""
    problem, grid = pool.problem, pool.grid
    n_pickups, n_shelters = problem.out_time.shape
    dearest = float(prices[:n_pickups].max(initial=0.0))
    if dearest <= 0:
        return None
    pickup, shelter = whole_prices(prices[:n_pickups], prices[n_pickups : n_pickups + n_shelters])
    unit = int(pickup.max()) / dearest
    # Any whole numbers will do for the price of a bus: what follows holds for all.
    bus = np.rint((np.maximum(0, prices[n_pickups + n_shelters :]) + BUS_COST) * unit).astype(np.int64)
    last = within // grid.cell
    at_pickup, at_shelter, *_ = best_earnings(
        pickup, shelter, grid.out_time, grid.back_time, last, problem.loads
    )
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
    return _enumerated(pool, within, pickup, shelter, bus - spare, at_pickup, at_shelter, until_s)


def _enumerated(
    pool: Pool,
    within: int,
    pickup: Ints,
    shelter: Ints,
    needed: Ints,
    at_pickup: Ints,
    at_shelter: Ints,
    until_s: float,
) -> list[Tour] | None:
    """All tours that earn what is needed, by depot, one for those alike; None if too many are begun."""
    problem, grid = pool.problem, pool.grid
    loads, room = problem.loads.tolist(), problem.room.tolist()
    earned = pickup[:, None] - shelter[None, :]
    last = within // grid.cell
    shelters = np.arange(len(room))
    # Ways on from each shelter: time, cells, and what may be earned in all.
    on_s = problem.back_time[:, :, None] + problem.out_time[None]
    on_cells = grid.back_time[:, :, None] + grid.out_time[None]
    found: dict[tuple[int, tuple[int, ...], tuple[int, ...]], Tour] = {}
    begun: dict[_Start, tuple[int, int, int, tuple[tuple[int, int], ...]]] = {}
    for depot in np.flatnonzero(problem.buses).tolist():
        time_s = problem.pull_out[depot][:, None] + problem.out_time
        cells = grid.pull_out[depot][:, None] + grid.out_time
        rest = np.maximum(last - cells, 0)
        may = (time_s <= within) & (earned + at_shelter[rest, shelters] >= needed[depot])
        may &= (problem.loads > 0)[:, None] & (problem.room > 0)
        for i, j in np.argwhere(may).tolist():
            begun[depot, (i,), (j,), j] = int(time_s[i, j]), int(cells[i, j]), int(earned[i, j]), ((i, j),)
    n_begun = 0
    while begun:
        n_begun += len(begun)
        if n_begun > _BEGUN or time.monotonic() > until_s:
            return None
        longer: dict[_Start, tuple[int, int, int, tuple[tuple[int, int], ...]]] = {}
        for (depot, at, to, end), (time_s, cells, sum_, tour) in begun.items():
            if sum_ >= needed[depot]:
                found.setdefault((depot, at, to), Tour(depot, tour))
            rest = np.maximum(last - cells - on_cells[end], 0)
            may = (on_s[end] <= within - time_s) & (
                sum_ + earned + at_shelter[rest, shelters] >= needed[depot]
            )
            for i, j in np.argwhere(may).tolist():
                if at.count(i) >= loads[i] or to.count(j) >= room[j]:
                    continue
                key = depot, tuple(sorted((*at, i))), tuple(sorted((*to, j))), j
                then_s = time_s + int(on_s[end, i, j])
                if key not in longer or then_s < longer[key][0]:
                    longer[key] = (
                        then_s,
                        cells + int(on_cells[end, i, j]),
                        sum_ + int(earned[i, j]),
                        (*tour, (i, j)),
                    )
        begun = longer
    return list(found.values()) if len(found) <= _LISTED else None


def _chosen(pool: Pool, tours: list[Tour], until_s: float) -> Decided:
    """Whole numbers of tours that leave the fewest loads waiting."""
    problem = pool.problem
    listed = Pool(problem, pool.grid)
    for tour in tours:
        listed.add(tour)
    if not listed.tours:
        return Decided(not problem.loads.any())
    n_pickups, n_others = len(problem.loads), len(problem.room) + len(problem.buses)
    each = np.arange(n_pickups)
    waiting = csc_array((np.ones(n_pickups), (each, each)), shape=(n_pickups + n_others, n_pickups))
    answer = least_whole_cost(
        np.concatenate([np.zeros(len(listed.tours)), np.ones(n_pickups)]),
        hstack([listed.matrix(), waiting], format="csr"),
        np.concatenate([problem.loads, np.full(n_others, -np.inf)]),
        np.concatenate([problem.loads, problem.room, problem.buses]).astype(np.float64),
        seconds=until_s - time.monotonic(),
        nodes=_NODES,
    )
    possible = False if answer.bound > _NOBODY else None
    if answer.amounts is None:
        return Decided(possible)
    counts = answer.amounts[: len(listed.tours)].astype(np.int64)
    chosen = tuple(listed.tours[at] for at in np.repeat(np.arange(len(counts)), counts).tolist())
    return Decided(possible if answer.amounts[len(counts) :].any() else True, chosen)
