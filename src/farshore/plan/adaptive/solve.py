"""Planning with adaptive steps: coarse where nothing happens, finer where plan and bound are apart."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from farshore.errors import Interrupted
from farshore.plan.adaptive.condensed import condense
from farshore.plan.adaptive.dispatch import Dispatched, dispatch
from farshore.plan.adaptive.fine_prices import fine_prices
from farshore.plan.adaptive.grid import Grid, first_grid
from farshore.plan.adaptive.shortfall import shortfall
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced, only_chains
from farshore.plan.routes import routes_of
from farshore.plan.solver import Pricer, Report, Ways, chains_by_crossings, solve
from farshore.plan.stop import Stop
from farshore.results.outcome import Departures, Route
from farshore.scenario.timing import Ints

__all__ = ["Adapted", "solve_adaptively"]

_FIRST_S: Final = 1800  # cells to begin with
_ROUNDS: Final = 16  # at most, before all steps are taken
_REFINED: Final = 0.8  # the share of the gap whose cells are refined in a round
_STALE: Final = 3  # rounds that may pass without the gap falling by a twentieth


@dataclass(frozen=True, eq=False)
class Adapted:
    """A plan in single steps, and the best bound proven.

    proven : whether the stop's gap or a goal was reached
    """

    routes: tuple[Route, ...]
    departures: Departures
    objective: int
    lower_bound: int
    prices: Prices
    proven: bool
    rounds: tuple[dict[str, Any], ...]


class _Best:
    """The best plan and the best proof so far."""

    def __init__(self) -> None:
        self.plan: Dispatched | None = None
        self.proof: Prices | None = None
        self.lower_bound: int | None = None

    @property
    def objective(self) -> int | None:
        return None if self.plan is None else self.plan.objective

    @property
    def gap(self) -> float:
        if self.plan is None or self.lower_bound is None:
            return float("inf")
        return (self.plan.objective - self.lower_bound) / max(self.plan.objective, 1)

    def offer_plan(self, plan: Dispatched) -> None:
        if self.plan is None or plan.objective < self.plan.objective:
            self.plan = plan

    def offer_proof(self, ways: Ways, prices: Prices) -> None:
        if self.lower_bound is None or ways.lower_bound > self.lower_bound:
            self.lower_bound, self.proof = ways.lower_bound, prices

    def good_enough(self, stop: Stop) -> bool:
        if self.plan is None or self.lower_bound is None:
            return False
        taken_in = np.cumsum(self.plan.taken_in.sum(axis=0))
        return stop.good_enough(
            objective=self.plan.objective, lower_bound=self.lower_bound, taken_in=taken_in
        )


def solve_adaptively(
    problem: Problem, reduced: Reduced, *, stop: Stop, report: Report, begun_s: float
) -> Adapted:
    """Solve a problem of many steps by a flow over few intervals, which tell more apart round by round.

    The flow's prices, spread over the steps, prove a bound on the problem itself; its ways, sent off step by
    step as there is room, are a plan of the problem itself. Where the two are apart, intervals are refined.
    If that no longer helps, `solve` goes on from the prices found, over all steps. (Dynamic discretization
    discovery: Boland, N., Hewitt, M., Marshall, L. & Savelsbergh, M. (2017), The continuous-time service
    network design problem, Operations Research 65.)

    begun_s : `time.monotonic()` when planning began, from which the stop's seconds count
    Ctrl-C ends it with the best plan so far; raises `Interrupted` if there is none yet.
    """
    best, interrupted = _Best(), False
    rounds: list[dict[str, Any]] = []
    try:
        rounds.extend(_rounds(problem, reduced, best, stop, report, begun_s))
    except KeyboardInterrupt:
        interrupted = True
    ended = interrupted or best.good_enough(stop) or stop.over(time.monotonic() - begun_s)
    if best.plan is not None and best.proof is not None and best.lower_bound is not None and ended:
        routes, departures = best.plan.routes(problem)
        proven = not interrupted and best.good_enough(stop)
        return Adapted(
            routes, departures, best.plan.objective, best.lower_bound, best.proof, proven, tuple(rounds)
        )
    if interrupted:
        raise Interrupted("stopped before there was a plan; nothing was written")
    return _over_all_steps(problem, reduced, best, rounds, stop, report, begun_s)


def _rounds(
    problem: Problem, reduced: Reduced, best: _Best, stop: Stop, report: Report, begun_s: float
) -> Iterator[dict[str, Any]]:
    """Flow over intervals, plan, bound, refine."""

    def over() -> bool:
        return best.plan is not None and stop.over(time.monotonic() - begun_s)

    pricer, prices = Pricer(problem, reduced), Prices.none(problem)
    ways = pricer.ways(prices)
    best.offer_proof(ways, prices)
    grid = first_grid(problem, reduced, step_s=_FIRST_S)
    active = chains_by_crossings(problem, reduced)
    pricer.activate(ways, _at(grid, np.ones((len(problem.timing.people), grid.n_cells), bool)), active)
    stale, least = 0, float("inf")
    for number in range(_ROUNDS):
        report(0.6 * number / _ROUNDS, best.objective, best.lower_bound)
        part = only_chains(problem, reduced, active)
        found = condense(problem, part, grid, over=over)
        if found is None:
            return
        plan = dispatch(problem, part, grid, found)
        best.offer_plan(plan)
        prices = fine_prices(problem, part, grid, found)
        ways = pricer.ways(prices)
        best.offer_proof(ways, prices)
        yield {
            "seconds": round(time.monotonic() - begun_s, 3),
            "objective": plan.objective,
            "lower_bound": ways.lower_bound,
            "chains": len(part.tail),
            "arcs": found.n_arcs,
            "pivots": found.n_pivots,
            "cells": grid.n_cells,
            "cuts": len(grid.cuts),
        }
        if best.good_enough(stop) or over():
            return
        stale = 0 if best.gap < 0.95 * least else stale + 1
        least = min(least, best.gap)
        if stale == _STALE:
            return
        # Ways that are cheaper by less than this, for everybody, could not close the gap that is allowed.
        allowed = stop.gap * found.objective / max(1, int(problem.timing.newly_ready.sum())) / 4
        cheaper = _in_cells(grid, ways.from_home) < found.paid - allowed
        before = int(active.sum())
        pricer.activate(ways, _at(grid, cheaper), active)
        worth = shortfall(problem, grid, plan, prices, ways)
        refined = grid.refined(worth, share=_REFINED)
        same = refined.n_cells == grid.n_cells and len(refined.cuts) == len(grid.cuts)
        if same and int(active.sum()) == before:
            return
        grid = refined


def _in_cells(grid: Grid, rows: Ints) -> Ints:
    """Rows over the steps at the middle of each cell: int64[n_rows, n_cells]."""
    return rows[:, np.floor(grid.centres).astype(np.int64)]


def _at(grid: Grid, cells: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Cells as their middle steps: bool[n_rows, n_steps]."""
    found = np.zeros((len(cells), int(grid.cells[-1])), bool)
    found[:, np.floor(grid.centres).astype(np.int64)] = cells
    return found


def _over_all_steps(
    problem: Problem,
    reduced: Reduced,
    best: _Best,
    rounds: list[dict[str, Any]],
    stop: Stop,
    report: Report,
    begun_s: float,
) -> Adapted:
    """Go on with all steps from the prices found; the better plan and the better proof of both count."""

    def further(share: float, objective: int | None, lower_bound: int | None) -> None:
        objectives = [each for each in (objective, best.objective) if each is not None]
        bounds = [each for each in (lower_bound, best.lower_bound) if each is not None]
        report(0.6 + 0.4 * share, min(objectives, default=None), max(bounds, default=None))

    answer = solve(problem, reduced, stop=stop, report=further, begun_s=begun_s, guess=best.proof)
    lower_bound, prices = answer.lower_bound, answer.prices
    if best.lower_bound is not None and best.proof is not None and best.lower_bound > lower_bound:
        lower_bound, prices = best.lower_bound, best.proof
    told = (*rounds, *answer.rounds)
    if best.plan is not None and best.plan.objective < answer.objective:
        routes, departures = best.plan.routes(problem)
        return Adapted(
            routes, departures, best.plan.objective, lower_bound, prices, best.good_enough(stop), told
        )
    routes, departures = routes_of(problem, answer.reduced, answer.expanded, answer.flow)
    return Adapted(routes, departures, answer.objective, lower_bound, prices, answer.proven, told)
