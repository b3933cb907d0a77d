"""From a mixture of tours to whole tours: fix some, mix again for what is left, until all buses are fixed."""

import time
from dataclasses import replace
from typing import Final

import numpy as np

from farshore.plan.fleets.columns import Pool, cheapest_mixture
from farshore.plan.fleets.mend import whole_tours
from farshore.plan.fleets.problem import BusProblem, Ints, Tour
from farshore.plan.fleets.search import tour_time_of

__all__ = ["completed", "dive"]

_ROUNDS: Final = 12  # of prices for each mixture: nearly the best is enough to round
_FINISH: Final = 36  # loads left that are planned as whole numbers of tours at once
_NODES: Final = 600  # of branch and bound for them
_AT_ONCE: Final = 10  # a tenth of the buses still free is fixed at a time, those the mixture likes best


def dive(
    pool: Pool, within: int, *, random: np.random.Generator, until_s: float
) -> tuple[tuple[Tour, ...], bool]:
    """Whole tours made from mixtures of tours of at most `within`, and whether all keep to it.

    What no tour takes is put at the end of the tour where it makes least harm, which may then last longer.
    (Residual rounding: Wäscher, G. & Gau, T. (1996), Heuristics for the integer one-dimensional cutting stock
    problem; diving: Sadykov, R. et al. (2019), Primal heuristics for branch and price.)
    """
    problem, left = pool.problem, pool.problem
    fixed: list[Tour] = []
    while left.loads.any() and left.buses.any():
        weights = cheapest_mixture(pool, left, within, rounds=_ROUNDS, until_s=until_s)
        if left.loads.sum() <= _FINISH or left.buses.sum() <= 3:
            made = (
                whole_tours(
                    pool, left, within, seconds=until_s - time.monotonic(), nodes=_NODES, random=random
                )
                or []
            )
            fixed += made
            for tour in made:
                left = _without(left, tour)
            break
        before = len(fixed)
        liking = weights + np.where(weights > 1e-6, random.uniform(0, 0.1, len(weights)), 0)
        allowance = max(1, int(left.buses.sum()) // _AT_ONCE)
        for at in np.argsort(-liking, kind="stable").tolist():
            weight = float(weights[at])
            if weight < 1e-6 or (weight < 0.95 and len(fixed) - before >= allowance):
                break
            for _ in range(max(1, int(weight + 0.05))):
                tour = _what_is_left_of(pool.tours[at], left)
                cut = len(tour.loads) < len(pool.tours[at].loads)
                if cut and len(fixed) > before:
                    break  # better mixed anew than sent out with empty seats
                if tour.loads and tour_time_of(problem, tour) <= within and left.buses[tour.depot]:
                    fixed.append(tour)
                    left = _without(left, tour)
        if len(fixed) == before:
            break
    whole = not left.loads.any()
    return _with_rest(problem, fixed, left), whole


def completed(problem: BusProblem, tours: tuple[Tour, ...]) -> tuple[Tour, ...]:
    """Tours with the loads that they leave waiting where these make least harm."""
    left = problem
    for tour in tours:
        left = _without(left, tour)
    return _with_rest(problem, list(tours), left)


def _what_is_left_of(tour: Tour, left: BusProblem) -> Tour:
    loads, room = left.loads.copy(), left.room.copy()
    kept = []
    for pickup, shelter in tour.loads:
        if loads[pickup] and room[shelter]:
            loads[pickup] -= 1
            room[shelter] -= 1
            kept.append((pickup, shelter))
    return Tour(tour.depot, tuple(kept))


def _without(left: BusProblem, tour: Tour) -> BusProblem:
    loads, room, buses = left.loads.copy(), left.room.copy(), left.buses.copy()
    for pickup, shelter in tour.loads:
        loads[pickup] -= 1
        room[shelter] -= 1
    buses[tour.depot] -= 1
    return replace(left, loads=loads, room=room, buses=buses)


def _with_rest(problem: BusProblem, fixed: list[Tour], left: BusProblem) -> tuple[Tour, ...]:
    """The fixed tours, with the loads left over at their ends or on buses that have none."""
    tours = fixed + [Tour(depot, ()) for depot in np.repeat(np.arange(len(left.buses)), left.buses).tolist()]
    room: Ints = left.room.copy()
    for pickup in np.repeat(np.arange(len(left.loads)), left.loads).tolist():
        longer = [
            (tour_time_of(problem, longest), bus, longest)
            for bus, tour in enumerate(tours)
            for shelter in np.flatnonzero(room).tolist()
            for longest in [Tour(tour.depot, (*tour.loads, (pickup, shelter)))]
        ]
        _, bus, tour = min(longer, key=lambda each: each[:2])
        tours[bus] = tour
        room[tour.loads[-1][1]] -= 1
    return tuple(tour for tour in tours if tour.loads)
