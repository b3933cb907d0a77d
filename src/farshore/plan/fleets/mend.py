"""Mending a plan that is a little too long: a few buses at a time are planned anew, exactly."""

import time
from collections import Counter
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.sparse import csc_array, hstack

from farshore.plan.fleets.bounds import Grid
from farshore.plan.fleets.columns import Pool, cheapest_mixture
from farshore.plan.fleets.problem import BusProblem, Tour
from farshore.plan.fleets.programs import least_whole_cost
from farshore.plan.fleets.search import tour_time_of

__all__ = ["mend", "whole_tours"]

_LOADS: Final = 30  # in the hands of the buses that are planned anew together, about
_NODES: Final = 300  # of branch and bound for one such plan
_TRIES: Final = 25  # of one mending


def mend(
    problem: BusProblem, grid: Grid, tours: tuple[Tour, ...], within: int, *, seed: int, until_s: float
) -> tuple[Tour, ...] | None:
    """Tours of at most `within` for all loads, from tours some of which are longer; None without success.

    Loads that make a tour too long wait in a bank. Again and again some buses and the bank are planned anew
    as whole numbers of tours (`whole_tours`), never to leave more waiting than before. (Large neighbourhood
    search: Shaw, P. (1998), Using constraint programming and local search methods to solve vehicle routing
    problems.)
    """
    random = np.random.default_rng(np.random.SeedSequence(seed))
    kept, bank = _shortened(problem, tours, within)
    used = np.bincount([tour.depot for tour in kept], minlength=len(problem.buses))
    idle = np.repeat(np.arange(len(problem.buses)), problem.buses - used).tolist()
    fleet = kept + [Tour(depot, ()) for depot in idle]
    for _ in range(_TRIES):
        if not bank or time.monotonic() >= until_s:
            break
        chosen = _chosen(problem, fleet, bank, within, random)
        loads, room, buses = np.zeros_like(problem.loads), problem.room.copy(), np.zeros_like(problem.buses)
        np.add.at(loads, bank, 1)
        for bus, tour in enumerate(fleet):
            buses[tour.depot] += bus in chosen
            for pickup, shelter in tour.loads:
                if bus in chosen:
                    loads[pickup] += 1
                else:
                    room[shelter] -= 1
        part = replace(problem, loads=loads, room=room, buses=buses)
        pool = Pool(part, grid)
        for bus in chosen:
            pool.add(fleet[bus])
        cheapest_mixture(pool, part, within, rounds=15, until_s=until_s)
        made = whole_tours(
            pool, part, within, seconds=until_s - time.monotonic(), nodes=_NODES, random=random
        )
        if made is None:
            continue
        left = Counter(np.repeat(np.arange(len(loads)), loads).tolist())
        left.subtract(pickup for tour in made for pickup, _ in tour.loads)
        waiting = list(left.elements())
        if len(waiting) <= len(bank):
            bank = waiting
            spare = buses - np.bincount([tour.depot for tour in made], minlength=len(buses))
            made += [Tour(depot, ()) for depot in np.repeat(np.arange(len(buses)), spare).tolist()]
            fleet = [tour for bus, tour in enumerate(fleet) if bus not in chosen] + made
    return None if bank else tuple(tour for tour in fleet if tour.loads)


def whole_tours(
    pool: Pool, problem: BusProblem, within: int, *, seconds: float, nodes: int, random: np.random.Generator
) -> list[Tour] | None:
    """Whole tours of a pool that leave the fewest loads waiting, and drive little; None if time ran out."""
    if seconds <= 0:
        return None
    usable = [at for at, tour in enumerate(pool.tours) if tour_time_of(problem, tour) <= within]
    columns = pool.matrix()[:, usable]
    n_pickups, n_shelters = problem.out_time.shape
    fetched = columns[:n_pickups].toarray()
    proper = np.flatnonzero((fetched <= problem.loads[:, None]).all(axis=0))
    usable, columns = [usable[at] for at in proper.tolist()], columns[:, proper]
    if not usable:
        return []
    length = np.array([tour_time_of(problem, pool.tours[at]) for at in usable]) / within
    taste = 0.02 * length * random.uniform(0.5, 1.5, len(usable)) / max(1, int(problem.buses.sum()))
    waiting = csc_array(
        (np.ones(n_pickups), (np.arange(n_pickups), np.arange(n_pickups))),
        shape=(columns.shape[0], n_pickups),
    )
    rows_above = np.concatenate([problem.loads, np.full(n_shelters + len(problem.buses), -np.inf)])
    answer = least_whole_cost(
        np.concatenate([taste, np.ones(n_pickups)]),
        hstack([columns, waiting], format="csr"),
        rows_above,
        np.concatenate([problem.loads, problem.room, problem.buses]).astype(np.float64),
        seconds=seconds,
        nodes=nodes,
    )
    if answer.amounts is None:
        return None
    counts = answer.amounts[: len(usable)].astype(np.int64)
    return [pool.tours[at] for at in np.repeat(usable, counts).tolist()]


def _shortened(problem: BusProblem, tours: tuple[Tour, ...], within: int) -> tuple[list[Tour], list[int]]:
    """Tours cut down to `within`, the load that saves most first, and the pickups of what was cut."""
    kept, bank = [], []
    for tour in tours:
        loads = list(tour.loads)
        while loads and tour_time_of(problem, Tour(tour.depot, tuple(loads))) > within:
            without = [Tour(tour.depot, (*loads[:at], *loads[at + 1 :])) for at in range(len(loads))]
            times = [tour_time_of(problem, each) for each in without]
            bank.append(loads.pop(int(np.argmin(times)))[0])
        kept.append(Tour(tour.depot, tuple(loads)))
    return kept, bank


def _chosen(
    problem: BusProblem, fleet: list[Tour], bank: list[int], within: int, random: np.random.Generator
) -> list[int]:
    """Some buses: those with time to spare, those that come near a load in the bank, some by chance."""
    usual = max(1.0, int(problem.loads.sum()) / len(fleet))
    n = max(2, min(len(fleet), round(_LOADS / usual)))
    wanted = random.choice(bank)
    near = problem.out_time[wanted].argsort(kind="stable")[:3]
    spare = np.array([1 - tour_time_of(problem, tour) / within for tour in fleet])
    meets = np.array(
        [
            any(pickup == wanted for pickup, _ in tour.loads) + 0.5 * any(s in near for _, s in tour.loads)
            for tour in fleet
        ]
    )
    liking = random.uniform(0, 1, len(fleet)) + random.choice([0.0, 0.5, 2.0]) * spare * 3
    liking += random.choice([0.0, 0.5]) * meets
    chosen: list[int] = np.argsort(-liking, kind="stable")[:n].tolist()
    return chosen
