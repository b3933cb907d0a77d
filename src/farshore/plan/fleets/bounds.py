"""Bounds for buses: prices of loads under which the buses cannot earn enough in a shorter time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from farshore.kernels.bus_prices import best_earnings
from farshore.plan.fleets.problem import NEVER, BusesCannot, BusProblem, BusProof, Ints
from farshore.plan.fleets.programs import least_cost

__all__ = ["Grid", "LeastDriving", "least_driving", "prove", "rough_bounds"]

_SCALE: Final = 1 << 20  # prices from linear programs are rounded to this many parts of the dearest
_CELLS: Final = 12_000  # of time, at most, in the arithmetic of earnings where it is done often
_WORK: Final = 120_000_000  # drives looked at, at most, where it is done seldom: a few tenths of a second


@dataclass(frozen=True, eq=False)
class Grid:
    """A problem's times rounded down to cells, so that what a bus earns is never counted too low.

    cell : units of time; 1 where the times are short enough to be taken as they are
    """

    cell: int
    pull_out: Ints
    out_time: Ints
    back_time: Ints

    @classmethod
    def of(cls, problem: BusProblem, upper: int, *, cells: int = _CELLS) -> "Grid":
        """The finest grid that keeps work bounded up to a makespan; a load takes a whole cell at least."""
        cell = max(1, min(-(-upper // cells), int(problem.out_time.min(initial=1 << 62))))
        return cls(cell, problem.pull_out // cell, problem.out_time // cell, problem.back_time // cell)

    @classmethod
    def finest(cls, problem: BusProblem, upper: int) -> "Grid":
        """A finer one, where it is looked through seldom: what rounding takes off every drive is missed."""
        return cls.of(problem, upper, cells=max(_CELLS, _WORK // max(1, 2 * problem.out_time.size)))


def earned(problem: BusProblem, grid: Grid, at_pickup: Ints) -> Ints:
    """Most that all buses together can earn within each time: int64[last + 1], never falling."""
    last = len(at_pickup) - 1
    total = np.zeros(last + 1, np.int64)
    for depot, count in enumerate(problem.buses.tolist()):
        if not count:
            continue
        best = np.zeros(last + 1, np.int64)
        for i, pull_out in enumerate(grid.pull_out[depot].tolist()):
            if pull_out <= last:
                np.maximum(best[pull_out:], at_pickup[: last + 1 - pull_out, i], out=best[pull_out:])
        total += count * best
    return total


def prove(
    problem: BusProblem,
    grid: Grid,
    pickup_price: npt.ArrayLike,
    shelter_price: npt.ArrayLike,
    *,
    upper: int,
    method: str,
) -> BusProof:
    """The bound that some prices prove, at most `upper`; negative prices count as 0."""
    pickup, shelter = whole_prices(pickup_price, shelter_price)
    worth = int((problem.loads * pickup).sum() - (problem.room * shelter).sum())
    at_pickup, *_ = best_earnings(
        pickup, shelter, grid.out_time, grid.back_time, upper // grid.cell, problem.loads
    )
    enough = np.flatnonzero(earned(problem, grid, at_pickup) >= worth)
    first = int(enough[0]) if len(enough) else upper // grid.cell + 1
    return BusProof(min(first * grid.cell, upper), pickup, shelter, method)


def whole_prices(pickup_price: npt.ArrayLike, shelter_price: npt.ArrayLike) -> tuple[Ints, Ints]:
    """Prices as whole numbers, the dearest 2²⁰: any prices prove something, so rounding harms little."""
    pickup = np.maximum(0, np.asarray(pickup_price, np.float64))
    shelter = np.maximum(0, np.asarray(shelter_price, np.float64))
    parts = _SCALE / max(1e-12, float(pickup.max(initial=0.0)), float(shelter.max(initial=0.0)))
    return np.rint(pickup * parts).astype(np.int64), np.rint(shelter * parts).astype(np.int64)


def rough_bounds(problem: BusProblem, grid: Grid, prices: tuple[Ints, Ints], *, upper: int) -> BusProof:
    """The better of two bounds of the literature: the farthest pickup, and driving shared by all buses alike.

    prices : of `least_driving`
    Goerigk, Grün & Heßler (2013), section 3; Bish (2011).
    """
    farthest = int(np.argmax(np.where(problem.loads > 0, nearest_service(problem), -1)))
    alone = np.zeros(len(problem.loads), np.int64)
    alone[farthest] = 1
    reach = prove(
        problem,
        grid,
        alone,
        np.zeros(len(problem.room), np.int64),
        upper=upper,
        method=f"pickup {farthest} is that far from buses and shelters",
    )
    shared = prove(
        problem, grid, *prices, upper=upper, method="all driving, shared by all buses alike, takes that long"
    )
    return max(reach, shared, key=lambda proof: proof.lower_bound)


def nearest_service(problem: BusProblem) -> Ints:
    """Shortest time in which the first load of each pickup can be in a shelter: int64[n_pickups]."""
    there = problem.pull_out[problem.buses > 0].min(axis=0)
    times: Ints = there + problem.out_time[:, problem.room > 0].min(axis=1)
    return times


@dataclass(frozen=True, eq=False)
class LeastDriving:
    """Drives in the plan with the least driving in all: how many buses make each, as in the problem's times.

    prices : of pickups and shelters, to be proven by
    """

    pull_out: Ints
    out: Ints
    back: Ints
    prices: tuple[Ints, Ints]


def least_driving(problem: BusProblem) -> LeastDriving:
    """The plan with the least driving in all, whatever single buses make of it, and its prices.

    A flow of least cost through depots, pickups and shelters, solved as a linear program, whose vertices are
    whole. Raises `BusesCannot` if there is none.
    """
    n_depots, n_pickups, n_shelters = map(len, (problem.buses, problem.loads, problem.room))
    k, i = map(np.ravel, np.indices((n_depots, n_pickups)))
    a, b = map(np.ravel, np.indices((n_pickups, n_shelters)))
    c, d = map(np.ravel, np.indices((n_shelters, n_pickups)))
    n_start, n_out = len(k), len(a)
    time = np.concatenate([problem.pull_out.ravel(), problem.out_time.ravel(), problem.back_time.ravel()])
    start, out = np.arange(n_start), n_start + np.arange(n_out)
    back = n_start + n_out + np.arange(len(c))

    def matrix(parts: list[tuple[Ints, Ints, float]], n_rows: int) -> coo_array:
        rows = np.concatenate([part[0] for part in parts])
        columns = np.concatenate([part[1] for part in parts])
        values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
        return coo_array((values, (rows, columns)), shape=(n_rows, len(time)))

    served = [(a, out, 1.0)]
    entered = [(n_pickups + i, start, 1.0), (n_pickups + d, back, 1.0), (n_pickups + a, out, -1.0)]
    left = [(n_shelters + c, back, 1.0), (n_shelters + b, out, -1.0)]
    used = [(2 * n_shelters + k, start, 1.0)]
    answer = least_cost(
        time.astype(np.float64),
        matrix([(b, out, 1.0), *left, *used], 2 * n_shelters + n_depots),
        np.concatenate([problem.room, np.zeros(n_shelters), problem.buses]),
        equal=matrix(served + entered, 2 * n_pickups),
        equal_to=np.concatenate([problem.loads, np.zeros(n_pickups)]),
        upper=np.where(time >= NEVER, 0.0, np.inf),
    )
    if answer.amounts is None and answer.impossible:
        raise BusesCannot(
            "roads leave no way to bring every load to a shelter with room; see which are NEVER"
        )
    if answer.amounts is None:
        raise AssertionError("the least driving was not found")
    drives = np.rint(answer.amounts).astype(np.int64)
    pickup, shelter = answer.prices_equal[:n_pickups], answer.prices_below[:n_shelters]
    return LeastDriving(
        drives[start].reshape(problem.pull_out.shape),
        drives[out].reshape(problem.out_time.shape),
        drives[back].reshape(problem.back_time.shape),
        whole_prices(pickup, shelter),
    )
