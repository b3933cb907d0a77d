"""The best plan for everybody at the prices of a cut, with the bound that it proves on all plans."""

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from farshore.kernels.standing import still_possible
from farshore.plan.model import Problem, problem_over
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.plan.replanning.remaining import what_is_free
from farshore.plan.routes import routes_of
from farshore.plan.solver import solve
from farshore.plan.stop import Gap
from farshore.results.outcome import Departures
from farshore.scenario.timing import UNLIMITED
from farshore.stress.robust.cuts import Cut
from farshore.stress.robust.told import Told, merged

__all__ = ["Trunk", "best_for", "blended"]

_SCALE: Final = 256  # weighted costs are small; as so many whole parts of 10⁻⁶ person-hours they stay exact
_NEAR: Final = Gap(1e-5)


@dataclass(frozen=True, eq=False)
class Trunk:
    """A plan, a bound on the cut's value for every plan in 10⁻⁶ person-hours, and its prices."""

    told: Told
    lower_bound: float
    prices: Prices


def best_for(problem: Problem, cut: Cut, guess: Prices | None) -> Trunk:
    """The plan for which a cut is least: an ordinary plan with other costs. Costs are rounded down."""
    priced = _priced(problem, cut)
    if not priced.timing.newly_ready.any():
        nobody = np.empty(0, np.int64)
        return Trunk(Told((), Departures(nobody, nobody, nobody)), cut.constant, Prices.none(problem))
    answer = solve(
        priced,
        reduce_network(priced),
        stop=_NEAR,
        report=lambda *_: None,
        begun_s=time.monotonic(),
        guess=guess,
    )
    if not answer.proven:
        raise KeyboardInterrupt
    routes, departures = routes_of(priced, answer.reduced, answer.expanded, answer.flow)
    bound = cut.constant + answer.lower_bound / _SCALE
    return Trunk(Told(routes, departures), bound - 1e-12 * abs(bound), answer.prices)


def blended(problem: Problem, parts: list[tuple[Told, float]], cut: Cut, guess: Prices | None) -> Told:
    """A plan between plans, in whole persons: so much of each, and who is left over by the cut's best ways.

    parts : plans with their shares, which add up to 1
    """
    zone_row = problem.scenario.zones.position()
    if len(parts) == 1:
        return merged(zone_row, [parts[0][0]])
    whole = merged(zone_row, [told for told, _ in parts])
    persons = np.zeros(len(whole.departures.step))
    place = {
        (_key(whole, row), int(whole.departures.step[row])): row for row in range(len(whole.departures.step))
    }
    for told, share in parts:
        moves = told.departures
        for row in range(len(moves.step)):
            persons[place[_key(told, row), int(moves.step[row])]] += share * int(moves.persons[row])
    floored = np.floor(persons + 1e-9).astype(np.int64)
    some = floored > 0
    moves = whole.departures
    certain = Told(whole.routes, Departures(moves.route[some], moves.step[some], floored[some]))
    rest = best_for(_beside(problem, certain), cut, guess)
    return merged(zone_row, [certain, rest.told])


def _key(told: Told, row: int) -> tuple[str, str, tuple[str, ...]]:
    route = told.routes[int(told.departures.route[row])]
    return route.zone_id, route.host_id, route.links


def _priced(problem: Problem, cut: Cut) -> Problem:
    """The problem with a cut's costs, nobody late, in parts of the unit."""
    timing = problem.timing

    def whole(
        values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.floor(values * _SCALE).astype(np.int64)

    flat, flat_row = np.unique(timing.flat_cost, return_inverse=True)
    rows = np.concatenate([timing.costs, np.repeat(flat[:, None], timing.n_steps, axis=1)]) * cut.weight
    cost_of = np.where(timing.cost_of >= 0, timing.cost_of, len(timing.costs) + flat_row)
    arcs, own = np.unique(cut.road_at // timing.n_steps, return_inverse=True)
    on_road = rows[cost_of[arcs]]
    np.add.at(on_road, (own, cut.road_at % timing.n_steps), cut.road)
    cost_of[arcs] = len(rows) + np.arange(len(arcs))
    priced = replace(
        timing,
        people=timing.people - timing.late,
        late=np.zeros_like(timing.late),
        cost_of=cost_of,
        costs=whole(np.concatenate([rows, on_road])),
        flat_cost=np.zeros_like(timing.flat_cost),
        wait_cost=whole(cut.at_home),
        left_cost=math.floor(cut.staying * _SCALE),
    )
    return replace(problem, timing=priced, arrival_cost=whole(cut.taken_in))


def _beside(problem: Problem, told: Told) -> Problem:
    """What is left of a problem beside instructions that are certain: people, room, beds."""
    timing, moves, paths = problem.timing, told.departures, told.paths(problem)
    used = np.zeros((len(timing.tail), timing.n_steps), np.int32)
    intake, beds = timing.intake.copy(), timing.beds.copy()
    granted = still_possible(
        paths.first, paths.arc, paths.entry, moves.route, moves.step, paths.host[moves.route],
        paths.arrival[moves.route], moves.persons, timing.capacity_of, timing.capacities, used, intake, beds,
    )  # fmt: skip
    if (granted < moves.persons).any():
        raise AssertionError("a plan between plans does not find the room that they have")
    # of those ready by a step, as many can still leave as no later departure needs
    ready = np.cumsum(timing.newly_ready - told.leaving(problem), axis=1)
    free = np.minimum.accumulate(ready[:, ::-1], axis=1)[:, ::-1]
    newly = np.diff(free, axis=1, prepend=0)
    capacity_of, capacities = what_is_free(timing, used)
    return problem_over(
        problem.scenario,
        replace(
            timing,
            capacity_of=capacity_of,
            capacities=capacities,
            newly_ready=newly,
            people=newly.sum(axis=1) + timing.late,
            beds=beds,
            intake=np.where(timing.intake == UNLIMITED, UNLIMITED, intake),
        ),
    )
