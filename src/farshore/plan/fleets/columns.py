"""Tours as columns: whether a mixture of tours of at most some time serves everybody, and prices if none does."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array, hstack

from farshore.kernels.bus_prices import best_earnings, best_tour
from farshore.plan.fleets.bounds import Grid, prove
from farshore.plan.fleets.problem import BusProblem, BusProof, Ints, Tour

__all__ = ["Mixture", "Pool", "mixture_within"]

_MANY: Final = 1500  # tours in the linear program before the least promising are put aside
_FEW: Final = 600
_ROUNDS: Final = 400  # of prices, at most, before a time is left undecided


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
    weights: npt.NDArray[np.float64]


class Pool:
    """Tours met so far, each once: its depot, its loads per pickup and per shelter, its time in cells."""

    def __init__(self, problem: BusProblem, grid: Grid) -> None:
        self.problem, self.grid = problem, grid
        self.tours: list[Tour] = []
        self.cells: list[int] = []
        self._known: set[Tour] = set()
        self._rows: list[Ints] = []

    def add(self, tour: Tour) -> bool:
        """Take a tour in; False if it was there."""
        if tour in self._known or not tour.loads:
            return False
        self._known.add(tour)
        self.tours.append(tour)
        self.cells.append(_cells(self.grid, tour))
        n_pickups, n_shelters = self.problem.out_time.shape
        pickups, shelters = np.array(tour.loads, np.int64).T
        self._rows.append(
            np.concatenate([pickups, n_pickups + shelters, [n_pickups + n_shelters + tour.depot]])
        )
        return True

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


def mixture_within(
    pool: Pool, problem: BusProblem, within: int, *, upper: int, until_s: float
) -> Mixture:
    """Whether any mixture of tours of at most `within` serves all loads; tours met are added to the pool.

    The fewest loads left waiting are sought over the tours of the pool; its prices show, by `best_earnings`,
    whether other tours would help, until none does or the prices prove that the time is too short.
    (Column generation: Gilmore, P. C. & Gomory, R. E. (1961), A linear programming approach to the
    cutting-stock problem; its bound at every round: Farley, A. A. (1990), A note on bounding a class of
    linear programming problems.)

    problem : the pool's, or what is left of it once some of its buses are fixed
    upper : longest time to prove anything for; until_s : `time.monotonic()` after which it is left undecided
    """
    grid = pool.grid
    n_pickups, n_shelters = problem.out_time.shape
    last = within // grid.cell
    limits = np.concatenate([-problem.loads, problem.room, problem.buses]).astype(np.float64)
    signs = np.concatenate([np.full(n_pickups, -1.0), np.ones(n_shelters + len(problem.buses))])
    waiting = csc_array(
        (np.full(n_pickups, -1.0), (np.arange(n_pickups), np.arange(n_pickups))),
        shape=(len(limits), n_pickups),
    )
    usable = np.flatnonzero(np.array(pool.cells, np.int64) <= last)
    columns = csc_array(pool.matrix()[:, usable].multiply(signs[:, None]))
    proof: BusProof | None = None
    for _ in range(_ROUNDS):
        answer = linprog(
            np.concatenate([np.ones(n_pickups), np.zeros(len(usable))]),
            A_ub=hstack([waiting, columns], format="csc"),
            b_ub=limits,
            method="highs-ds",
        )
        if answer.status != 0:
            raise AssertionError(f"the mixture of tours was not found: {answer.message}")
        weights = np.zeros(len(pool.tours))
        weights[usable] = answer.x[n_pickups:]
        if answer.fun < 1e-7:
            return Mixture(within, True, proof, weights)
        duals = -answer.ineqlin.marginals
        found = prove(
            problem, grid, duals[:n_pickups], duals[n_pickups : n_pickups + n_shelters], upper=upper,
            method="priced loads: the buses together cannot earn enough in less",
        )
        if proof is None or found.lower_bound > proof.lower_bound:
            proof = found
        if found.lower_bound > within:
            return Mixture(within, False, proof, weights)
        if time.monotonic() > until_s:
            return Mixture(within, None, proof, weights)
        before = len(pool.tours)
        _add_earning(pool, problem, found, duals, last)
        if len(pool.tours) == before:
            return Mixture(within, None, proof, weights)  # only rounding of prices lies between
        if len(usable) > _MANY:
            dear = columns.T @ duals  # what a tour costs less than nothing by
            kept = np.sort(np.argsort(dear, kind="stable")[:_FEW])
            usable, columns = usable[kept], columns[:, kept]
        usable = np.concatenate([usable, np.arange(before, len(pool.tours))])
        columns = hstack([columns, pool.matrix(before).multiply(signs[:, None])], format="csc")
    return Mixture(within, None, proof, weights)


def _add_earning(
    pool: Pool, problem: BusProblem, prices: BusProof, duals: npt.NDArray[np.float64], last: int
) -> None:
    """Add, for each first pickup, the tour that earns most above what its bus costs."""
    grid = pool.grid
    bus_price = duals[len(problem.loads) + len(problem.room) :]
    at_pickup, at_shelter = best_earnings(
        prices.pickup_price, prices.shelter_price, grid.out_time, grid.back_time, last
    )
    dearest = max(1, int(prices.pickup_price.max()))
    scale = dearest / max(1e-12, float(duals[: len(problem.loads)].max()))
    left = last - grid.pull_out
    earns = np.where(left >= 0, at_pickup[np.maximum(left, 0), np.arange(at_pickup.shape[1])], 0)
    gain = np.where(problem.buses[:, None] > 0, earns - scale * bus_price[:, None], 0.0)
    for pickup in np.flatnonzero(gain.max(axis=0) > 1e-6 * dearest).tolist():
        depot = int(gain[:, pickup].argmax())
        pickups, shelters = best_tour(
            pickup, int(left[depot, pickup]), prices.pickup_price, prices.shelter_price,
            grid.out_time, grid.back_time, at_pickup, at_shelter,
        )
        pool.add(Tour(depot, tuple(zip(pickups.tolist(), shelters.tolist(), strict=True))))
