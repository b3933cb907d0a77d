"""Prices of intervals as prices of steps: straight between the middles of intervals."""

import numpy as np
import numpy.typing as npt

from farshore.plan.adaptive.condensed import Condensed
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["fine_prices"]


def fine_prices(problem: Problem, part: Reduced, found: Condensed) -> Prices:
    """Prices in every step; whatever they are, they prove a bound.

    A chain's price is put on its arc with the least room, as `Expanded.prices` does.
    """
    timing, n_steps = problem.timing, problem.timing.n_steps
    arcs, steps, prices = [], [], []
    for chain in np.unique(found.chain_price[:, 0]).tolist():
        rows = found.chain_price[found.chain_price[:, 0] == chain]
        price = _between(rows, part.capacities[part.capacity_of[chain]] > 0)
        step = np.flatnonzero(price > 0)
        links, entry = part.arcs_of(chain), part.entries_of(chain)
        _, kind = np.unique(
            np.column_stack([timing.capacity_of[links], entry]), axis=0, return_index=True
        )
        room = timing.capacities[timing.capacity_of[links[kind]][:, None], step + entry[kind][:, None]]
        narrowest = kind[room.argmin(axis=0)] if len(step) else np.empty(0, np.int64)
        arcs.append(links[narrowest])
        steps.append(step + entry[narrowest])
        prices.append(price[step])
    intake = np.zeros((len(found.beds), n_steps), np.int64)
    for host in np.unique(found.intake_price[:, 0]).tolist():
        rows = found.intake_price[found.intake_price[:, 0] == host]
        limited = problem.host_open[host] & (timing.intake[host] < UNLIMITED)
        intake[host] = _between(rows, limited)
    none = np.empty(0, np.int64)
    arc, step, price = (np.concatenate([none, *each]) for each in (arcs, steps, prices))
    return Prices(arc, step, price, intake, found.beds)


def _between(rows: Ints, counts: npt.NDArray[np.bool_]) -> Ints:
    """Prices by step: int64[n_steps], 0 where they do not count; rows : first, after, price from column 1."""
    order = np.argsort(rows[:, 1], kind="stable")
    centre = (rows[order, 1] + rows[order, 2] - 1) / 2
    step = np.arange(len(counts))
    straight = np.interp(step, centre, rows[order, 3].astype(np.float64))
    return np.where(counts, np.floor(straight + 0.5), 0).astype(np.int64)
