"""Tours as columns: whether a mixture of tours within a time serves everybody, and prices if none does."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csc_array, hstack

from farshore.kernels.bus_prices import best_earnings, best_tour, fair_tour
from farshore.plan.fleets.bounds import Grid, prove, whole_prices
from farshore.plan.fleets.problem import BusProblem, BusProof, Ints, Tour
from farshore.plan.fleets.programs import least_cost

__all__ = ["BUS_COST", "Floats", "Mixture", "Pool", "cheapest_mixture", "cheapest_prices", "mixture_within"]

Floats = npt.NDArray[np.float64]

_ROUNDS: Final = 400  # of prices, at most, before a time is left undecided
_MANY: Final = 1500  # tours in the linear program before the least promising are put aside
_FEW: Final = 600
BUS_COST: Final = 0.02  # of a bus beside a load left waiting: so little that it hardly ever pays to leave one


class Pool:
    """Tours met so far, each once: its depot, its loads per pickup and per shelter, its time in cells."""

    def __init__(self, problem: BusProblem, grid: Grid) -> None:
        self.problem, self.grid = problem, grid
        self.tours: list[Tour] = []
        self.cells: list[int] = []
        self._known: set[Tour] = set()
        self._rows: list[Ints] = []

    def add(self, tour: Tour) -> None:
        """Take a tour in, unless it is there or goes nowhere."""
        if tour in self._known or not tour.loads:
            return
        self._known.add(tour)
        self.tours.append(tour)
        self.cells.append(_cells(self.grid, tour))
        n_pickups, n_shelters = self.problem.out_time.shape
        pickups, shelters = np.array(tour.loads, np.int64).T
        self._rows.append(
            np.concatenate([pickups, n_pickups + shelters, [n_pickups + n_shelters + tour.depot]])
        )

    def matrix(self, first: int = 0) -> csc_array:
        """Loads taken per pickup, brought per shelter, buses used per depot: one column a tour."""
        rows = self._rows[first:]
        n_rows = sum(map(len, (self.problem.loads, self.problem.room, self.problem.buses)))
        if not rows:
            return csc_array((n_rows, 0))
        column = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        made = coo_array((np.ones(len(column)), (np.concatenate(rows), column)), shape=(n_rows, len(rows)))
        return csc_array(made)  # entries of the same place add up


def _cells(grid: Grid, tour: Tour) -> int:
    time = int(grid.pull_out[tour.depot, tour.loads[0][0]]) + sum(int(grid.out_time[a]) for a in tour.loads)
    legs = zip(tour.loads, tour.loads[1:], strict=False)
    return time + sum(int(grid.back_time[shelter, pickup]) for (_, shelter), (pickup, _) in legs)


@dataclass(frozen=True, eq=False)
class _Mixed:
    """The best mixture of the tours of a pool, what it leaves waiting, its prices per row of the matrix."""

    weights: Floats
    waiting: float
    prices: Floats


class _Master:
    """The linear program over a pool's tours of at most some time; it grows with the pool."""

    def __init__(self, pool: Pool, problem: BusProblem, last: int, bus_cost: float) -> None:
        self.pool, self.bus_cost = pool, bus_cost
        n_pickups = len(problem.loads)
        self.limits = np.concatenate([-problem.loads, problem.room, problem.buses]).astype(np.float64)
        self.signs = np.where(np.arange(len(self.limits)) < n_pickups, -1.0, 1.0)
        each = np.arange(n_pickups)
        self.waiting = csc_array(
            (np.full(n_pickups, -1.0), (each, each)), shape=(len(self.limits), n_pickups)
        )
        self.usable = np.flatnonzero(np.array(pool.cells, np.int64) <= last)
        self.columns = csc_array(pool.matrix()[:, self.usable].multiply(self.signs[:, None]))

    def solve(self) -> _Mixed:
        """The mixture that leaves the fewest loads waiting, buses counting `bus_cost` each."""
        n_pickups = self.waiting.shape[1]
        answer = least_cost(
            np.concatenate([np.ones(n_pickups), np.full(len(self.usable), self.bus_cost)]),
            hstack([self.waiting, self.columns], format="csc"),
            self.limits,
        )
        if answer.amounts is None:
            raise AssertionError("the mixture of tours was not found")
        weights = np.zeros(len(self.pool.tours))
        weights[self.usable] = answer.amounts[n_pickups:]
        waiting = float(answer.amounts[:n_pickups].sum())
        return _Mixed(weights, waiting, answer.prices_below)

    def grow(self, before: int, prices: Floats) -> None:
        """Take in the tours added to the pool since it had `before`; put the least promising aside."""
        if len(self.usable) > _MANY:
            dear = self.columns.T @ prices
            kept = np.sort(np.argsort(dear, kind="stable")[:_FEW])
            self.usable, self.columns = self.usable[kept], self.columns[:, kept]
        self.usable = np.concatenate([self.usable, np.arange(before, len(self.pool.tours))])
        added = self.pool.matrix(before).multiply(self.signs[:, None])
        self.columns = hstack([self.columns, added], format="csc")


@dataclass(frozen=True, eq=False)
class Mixture:
    """What came of asking for tours of at most `within`.

    served : whether a mixture serves everybody; None if it was not found out in time
    proof : the best bound met on the way, None if prices proved nothing new
    weights : float64[n_tours of the pool], how much of each tour the mixture takes
    """

    within: int
    served: bool | None
    proof: BusProof | None
    weights: Floats


def mixture_within(pool: Pool, within: int, *, upper: int, until_s: float) -> Mixture:
    """Whether any mixture of tours of at most `within` serves all loads; tours met are added to the pool.

    The fewest loads left waiting are sought over the tours of the pool; its prices show, by `best_earnings`,
    whether other tours would help, until none does or the prices prove that the time is too short.
    (Column generation: Gilmore, P. C. & Gomory, R. E. (1961), A linear programming approach to the
    cutting-stock problem; its bound at every round: Farley, A. A. (1990), A note on bounding a class of
    linear programming problems.)

    upper : longest time to prove anything for; until_s : `time.monotonic()` after which it is left undecided
    """
    problem = pool.problem
    n_pickups, n_shelters = problem.out_time.shape
    proof: BusProof | None = None
    served: bool | None = None
    weights = np.zeros(len(pool.tours))
    for mixed in _rounds(pool, problem, within, bus_cost=0.0):
        weights = mixed.weights
        if mixed.waiting < 1e-7:
            served = True
            break
        pickup, shelter = mixed.prices[:n_pickups], mixed.prices[n_pickups : n_pickups + n_shelters]
        found = prove(
            problem,
            pool.grid,
            pickup,
            shelter,
            upper=upper,
            method="priced loads: the buses together cannot earn enough in less",
        )
        if proof is None or found.lower_bound > proof.lower_bound:
            proof = found
        if found.lower_bound > within:
            served = False
            break
        if time.monotonic() > until_s:
            break
    return Mixture(within, served, proof, weights)


def cheapest_mixture(pool: Pool, problem: BusProblem, within: int, *, rounds: int, until_s: float) -> Floats:
    """Weights of the mixture that leaves the fewest loads waiting and, besides, needs the fewest buses.

    problem : the pool's, or what is left of it once some of its buses are fixed
    The buses that it does without are what later rounding may spend.
    """
    weights = np.zeros(len(pool.tours))
    for number, mixed in enumerate(_rounds(pool, problem, within, bus_cost=BUS_COST)):
        weights = mixed.weights
        if number >= rounds or time.monotonic() > until_s:
            break
    return weights


def cheapest_prices(pool: Pool, problem: BusProblem, within: int, *, until_s: float) -> Floats | None:
    """Prices per row of that mixture, by which no other tour would help; None if loads are left waiting."""
    prices: Floats | None = None
    for mixed in _rounds(pool, problem, within, bus_cost=BUS_COST):
        prices = mixed.prices if mixed.waiting <= 1e-7 else None
        if time.monotonic() > until_s:
            return None
    return prices


def _rounds(pool: Pool, problem: BusProblem, within: int, *, bus_cost: float) -> Iterator[_Mixed]:
    """Mixtures, each of a pool with more tours that its prices call for; ends when they call for none."""
    last = within // pool.grid.cell
    master = _Master(pool, problem, last, bus_cost)
    for _ in range(_ROUNDS):
        mixed = master.solve()
        yield mixed
        before = len(pool.tours)
        _add_earning(pool, problem, mixed.prices, last, bus_cost)
        if len(pool.tours) == before:
            return
        master.grow(before, mixed.prices)


def _add_earning(pool: Pool, problem: BusProblem, prices: Floats, last: int, bus_cost: float) -> None:
    """Add, for each first pickup, the tour that earns most above what its bus costs."""
    grid = pool.grid
    n_pickups, n_shelters = problem.out_time.shape
    dearest = float(prices[:n_pickups].max(initial=0.0))
    if dearest <= 0:
        return
    pickup, shelter = whole_prices(prices[:n_pickups], prices[n_pickups : n_pickups + n_shelters])
    earnings = best_earnings(pickup, shelter, grid.out_time, grid.back_time, last, problem.loads)
    at_pickup = earnings[0]
    unit = int(pickup.max()) / dearest
    left = last - grid.pull_out
    earns = np.where(left >= 0, at_pickup[np.maximum(left, 0), np.arange(n_pickups)], 0)
    bus_price = (prices[n_pickups + n_shelters :] + bus_cost) * unit
    gain = np.where(problem.buses[:, None] > 0, earns - bus_price[:, None], 0.0)
    for first in np.flatnonzero(gain.max(axis=0) > 2e-6 * unit * dearest).tolist():
        depot = int(gain[:, first].argmax())
        begin = first, int(left[depot, first]), problem.loads, pickup, shelter, grid.out_time, grid.back_time
        for pickups, shelters in (best_tour(*begin, *earnings), fair_tour(*begin, at_pickup)):
            pool.add(Tour(depot, tuple(zip(pickups.tolist(), shelters.tolist(), strict=True))))
