"""Prices of intervals as prices of steps: level or sloped within each cell."""

from collections.abc import Iterator

import numpy as np

from farshore.plan.adaptive.condensed import Condensed
from farshore.plan.adaptive.grid import Grid
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["fine_prices"]


def fine_prices(problem: Problem, part: Reduced, grid: Grid, found: Condensed) -> Prices:
    """Prices in every step; whatever they are, they prove a bound.

    A chain's price is put on its arc with the least room, as `Expanded.prices` does.
    """
    timing, n_steps = problem.timing, problem.timing.n_steps
    offset = grid.offset[part.node]
    arcs, steps, prices = [], [], []
    for chain, rows in _by_first(found.chain_price):
        price = _sloped(rows, grid, int(offset[part.tail[chain]]), n_steps)
        price[part.capacities[part.capacity_of[chain]] == 0] = 0
        step = np.flatnonzero(price > 0)
        links, entry = part.arcs_of(chain), part.entries_of(chain)
        _, kind = np.unique(np.column_stack([timing.capacity_of[links], entry]), axis=0, return_index=True)
        room = timing.capacities[timing.capacity_of[links[kind]][:, None], step + entry[kind][:, None]]
        narrowest = kind[room.argmin(axis=0)] if len(step) else np.empty(0, np.int64)
        arcs.append(links[narrowest])
        steps.append(step + entry[narrowest])
        prices.append(price[step])
    intake = np.zeros((len(found.beds), n_steps), np.int64)
    for host, rows in _by_first(found.intake_price):
        price = _sloped(rows, grid, int(grid.offset[timing.host_node[host]]), n_steps)
        intake[host] = np.where(problem.host_open[host] & (timing.intake[host] < UNLIMITED), price, 0)
    none = np.empty(0, np.int64)
    arc, step, price = (np.concatenate([none, *each]) for each in (arcs, steps, prices))
    return Prices(arc, step, price, intake, found.beds)


def _by_first(table: Ints) -> Iterator[tuple[int, Ints]]:
    """Rows with the same first column, in the order of the second."""
    if not len(table):
        return
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    values, first = np.unique(table[:, 0], return_index=True)
    yield from zip(values.tolist(), np.split(table, first[1:]), strict=True)


def _sloped(rows: Ints, grid: Grid, offset: int, n_steps: int) -> Ints:
    """Prices by step, int64[n_steps], of pieces: first, after and price are columns 1 to 3 of `rows`.

    Within a cell prices slope as the cells' mean prices do towards the flatter side, and are flat where one
    side rises and the other falls (van Leer, B. (1979), Towards the ultimate conservative difference scheme
    V). Where a price is 0 it stays 0.
    """
    after = np.minimum(rows[:, 2], n_steps)
    length = np.maximum(after - rows[:, 1], 0)
    step = (
        np.repeat(rows[:, 1], length)
        + np.arange(length.sum())
        - np.repeat(np.cumsum(length) - length, length)
    )
    price = np.repeat(rows[:, 3], length)
    cell = grid.cell_of(step - offset)
    counts = price > 0
    total = np.bincount(cell[counts], weights=price[counts], minlength=grid.n_cells)
    number = np.bincount(cell[counts], minlength=grid.n_cells)
    mean = np.divide(total, number, out=np.zeros(grid.n_cells), where=number > 0)
    rise = np.diff(mean) / np.diff(grid.centres)
    known = (number[1:] > 0) & (number[:-1] > 0)
    before, behind = (
        np.append([np.nan], np.where(known, rise, np.nan)),
        np.append(np.where(known, rise, np.nan), np.nan),
    )
    before, behind = np.where(np.isnan(before), behind, before), np.where(np.isnan(behind), before, behind)
    slope = np.where(before * behind > 0, np.where(np.abs(before) < np.abs(behind), before, behind), 0.0)
    found = np.zeros(n_steps, np.int64)
    moved = price + slope[cell] * (step - offset - grid.centres[cell])
    found[step] = np.where(counts, np.maximum(np.floor(moved + 0.5), 0), 0).astype(np.int64)
    return found
