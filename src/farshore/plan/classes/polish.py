"""A plan made better: some people are taken out and sent anew, and stay so if that costs less in all."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.dispatch import dispatch
from farshore.kernels.placements import Placements, costs_of, put_back, take_out, who_waits
from farshore.kernels.pouring import Rooms
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.spread import Spreader
from farshore.scenario.clock import Ints

__all__ = ["polished"]

Floats = npt.NDArray[np.float64]

_AT_ONCE: Final = 300  # placements taken out in one try


def polished(
    problem: ClassProblem,
    spreader: Spreader,
    placements: Placements,
    rooms: Rooms,
    *,
    tries: int,
    seed: int,
    told: Callable[[int, float], None] = lambda number, saved_h: None,
) -> Placements:
    """Large neighbourhoods, one after the other; changes the rooms to fit the placements returned.

    told : is given the number of each try and the person-hours saved so far

    Shaw, P. (1998), Using constraint programming and local search methods to solve vehicle routing problems.
    """
    chance = np.random.default_rng(seed)
    guide = spreader.guide()
    home_until, wait_until = _until(guide.home_wait, 0), _until(guide.terminal_wait, 1)
    stays = home_until[-1] + guide.left_cost
    cost = costs_of(placements, guide, rooms, home_until, wait_until)
    departed = np.zeros_like(problem.people.newly_ready)
    np.add.at(departed, (placements.commodity, placements.entered[:, 0]), placements.people)
    left = problem.people.newly_ready.sum(axis=1) - departed.sum(axis=1)
    saved = 0.0
    for number in range(tries):
        which = _some(chance, placements, number)
        gone = (placements.commodity[which], placements.entered[which, 0])
        np.subtract.at(departed, gone, placements.people[which])
        take_out(placements, which, guide, rooms)
        commodity, ready, people = who_waits(problem.people.newly_ready, departed)
        share = (0.0, 0.25, 0.5, 1.0)[int(chance.integers(4))]
        guide = spreader.guide(share, rooms)
        order = _order(chance, problem, commodity, ready)
        commodity, ready, people = commodity[order], ready[order], people[order]
        whose, many, *way = dispatch(commodity, people, ready, guide, rooms, 0.0, 1e-6)
        fresh = Placements(commodity[whose], many, *way)
        fresh_cost = costs_of(fresh, guide, rooms, home_until, wait_until)
        still = np.bincount(commodity, people, len(left)) - np.bincount(fresh.commodity, many, len(left))
        before = float(cost[which] @ placements.people[which]) + float(stays @ left)
        after = float(fresh_cost @ many) + float(stays @ still)
        if after < before - 1e-6:
            keep = np.ones(len(cost), bool)
            keep[which] = False
            placements = Placements(
                *(np.concatenate([old[keep], new]) for old, new in zip(placements, fresh, strict=True))
            )
            cost = np.concatenate([cost[keep], fresh_cost])
            np.add.at(departed, (fresh.commodity, fresh.entered[:, 0]), many)
            left = still
            saved += before - after
        else:
            take_out(fresh, np.arange(len(many)), guide, rooms)
            put_back(placements, which, guide, rooms)
            np.add.at(departed, gone, placements.people[which])
        told(number, saved)
    return placements


def _until(waits: Floats, axis: int) -> Floats:
    """Sums up to each step: one entry more than steps."""
    shape = list(waits.shape)
    shape[axis] = 1
    return np.concatenate([np.zeros(shape), np.cumsum(waits, axis=axis)], axis=axis)


def _some(chance: np.random.Generator, placements: Placements, number: int) -> Ints:
    """Placements to be taken out: any, or those who leave at about the same time."""
    depart = placements.entered[:, 0]
    pool = np.arange(len(depart))
    if number % 2:
        middle = int(depart[chance.integers(len(depart))])
        width = int(chance.choice(np.array([2, 6, 24, 48])))
        pool = np.flatnonzero(abs(depart - middle) <= width)
    if len(pool) > _AT_ONCE:
        pool = np.sort(chance.choice(pool, _AT_ONCE, replace=False))
    return pool.astype(np.int64)


def _order(chance: np.random.Generator, problem: ClassProblem, commodity: Ints, ready: Ints) -> Ints:
    """Who is sent first: the needier as if they were ready earlier, a little by chance."""
    ahead = (0, 24, 96, 400)[int(chance.integers(4))]
    turn = ready + ahead * problem.people.need[commodity] + chance.integers(0, 12, len(ready))
    return np.asarray(np.argsort(turn, kind="stable"))
