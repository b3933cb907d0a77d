"""The flow problem over intervals of steps, and what its answer says: who goes which way when, and prices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.kernels.condensed import between, take_apart
from farshore.kernels.crash import basis_from_flow
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import grouped
from farshore.kernels.simplex import pivot
from farshore.plan.adaptive.grid import Grid
from farshore.plan.adaptive.intervals import Intervals, intervals_of
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["Condensed", "condense"]

_PIVOTS: Final = 4000  # between two looks at the clock

Way = tuple[int, int, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Condensed:
    """A flow over intervals.

    chain_price : int64[n_priced, 4], chain, first step and step after the last, price > 0 or 0 in all the
        pieces of each chain that has a price somewhere; intake_price likewise, by host
    beds : int64[n_hosts]
    paid : int64[n_zones, n_cells], what somebody at home comes to cost, prices and waiting included; 0 before
        anybody is ready
    way_zone, way_host : int64[n_ways]; way_chains : of each; taken : int64[n, 5], way, cell,
        first step, step after the last in which they can leave to be where the flow has them, persons
    """

    chain_price: Ints
    intake_price: Ints
    beds: Ints
    paid: Ints
    way_zone: list[int]
    way_host: list[int]
    way_chains: list[tuple[int, ...]]
    taken: Ints
    objective: int
    n_arcs: int
    n_pivots: int


def condense(problem: Problem, part: Reduced, grid: Grid, *, over: Callable[[], bool]) -> Condensed | None:
    """Find a flow of least cost over the intervals of a grid; None if `over` says to stop before it is found.

    Room of an interval is that of its steps together, people are where they are on the mean; where every
    interval is one step it is the problem itself. (Fleischer, L. & Skutella, M. (2007), Quickest flows over
    time: condensed time-expanded networks; Boland, N. et al. (2017), The continuous-time service network
    design problem: networks expanded in part.)
    """
    net = intervals_of(problem, part, grid)
    useful = between(net.tail, net.head, net.n_places, net.home_place, 0)
    useful[: 1 + len(net.moves.host)] = True  # even where nobody can leave
    kept = np.flatnonzero(useful[net.tail] & useful[net.head])
    number = np.full(net.n_places, -1, np.int64)
    number[useful] = np.arange(int(useful.sum()))  # the root is the first
    flow = np.zeros(len(net.tail), np.int64)
    flow[: len(net.supply)] = net.supply
    tail, head = number[net.tail[kept]].astype(np.int32), number[net.head[kept]].astype(np.int32)
    capacity, cost = net.room[kept], net.cost[kept]
    tolls = np.zeros(len(kept), np.int64)
    basis = basis_from_flow(tail, head, capacity, cost, tolls, flow[kept], 0, int(useful.sum()))
    n_pivots, made = 0, _PIVOTS
    while made == _PIVOTS:
        if over():
            return None
        made = pivot(tail, head, capacity, cost, basis, _PIVOTS)
        n_pivots += made
    gain = -(cost + basis.potential[tail] - basis.potential[head])
    price = np.zeros(len(net.tail), np.int64)
    price[kept] = np.where(basis.flow == capacity, np.maximum(gain, 0), 0)
    flow[:] = 0
    flow[kept] = basis.flow
    at_home = number[net.home_place]
    paid = np.zeros((len(net.moves.home), grid.n_cells), np.int64)
    paid[net.home_zone, net.home_cell] = np.where(at_home >= 0, -basis.potential[at_home], 0)

    on_moves, on_intake = slice(net.first_move, net.first_intake), slice(net.first_intake, net.first_beds)
    chain = net.moves.chain[net.pieces[:, 0]]
    chain_price = np.column_stack([chain, net.pieces[:, 3:5], price[on_moves]])
    priced = np.unique(chain[(price[on_moves] > 0) & (chain >= 0)])
    host = net.intakes[:, 0]
    intake_price = np.column_stack([host, net.intakes[:, 2:4], price[on_intake]])
    ways, taken = _ways_of(part, grid, net, flow)
    return Condensed(
        chain_price=chain_price[np.isin(chain, priced)],
        intake_price=intake_price[np.isin(host, np.unique(host[price[on_intake] > 0]))],
        beds=price[net.first_beds :],
        paid=paid,
        way_zone=[zone for zone, _, _ in ways],
        way_host=[host for _, host, _ in ways],
        way_chains=[chains for _, _, chains in ways],
        taken=taken,
        objective=exact_sum(basis.flow, cost),
        n_arcs=len(kept),
        n_pivots=n_pivots,
    )


def _ways_of(part: Reduced, grid: Grid, net: Intervals, flow: Ints) -> tuple[list[Way], Ints]:
    """A flow as ways (zone, host, chains) and who takes them, as in `Condensed`; uses the flow up."""
    carrying = np.flatnonzero(flow > 0)
    first_out, members = grouped(net.tail[carrying], net.n_places)
    leaves = np.arange(len(net.tail)) >= net.first_move
    way_first, arcs, home, persons = take_apart(
        first_out, carrying[members], net.head, leaves, flow, net.home_place, 0
    )
    chain_of = np.full(len(net.tail), -1, np.int64)
    chain_of[net.first_move : net.first_intake] = net.moves.chain[net.pieces[:, 0]]
    chain = chain_of[arcs]
    lasts = np.zeros(len(arcs), np.int64)
    lasts[chain >= 0] = part.steps[chain[chain >= 0]]
    cell = net.home_cell[home]
    window = _windows(grid, net, cell, way_first, arcs, lasts)
    number_of: dict[Way, int] = {}
    way = np.empty(len(persons), np.int64)
    spans = zip(net.home_zone[home].tolist(), way_first[:-1].tolist(), way_first[1:].tolist(), strict=True)
    for k, (zone, begin, end) in enumerate(spans):
        host = int(net.intakes[arcs[end - 2] - net.first_intake, 0])  # before the last, which is its beds
        chains = tuple(each for each in chain[begin:end].tolist() if each >= 0)
        way[k] = number_of.setdefault((zone, host, chains), len(number_of))
    return list(number_of), np.column_stack([way, cell, *window, persons])


def _windows(
    grid: Grid, net: Intervals, cell: Ints, way_first: Ints, arcs: Ints, lasts: Ints
) -> tuple[Ints, Ints]:
    """First step, and step after the last, in which people can leave by each way: int64[n_ways] each.

    So that they are on each of its arcs, and at the host, in the steps of the piece that it has them in.
    """
    if not len(cell):
        return cell, cell
    passed = np.cumsum(lasts) - lasts
    passed -= np.repeat(passed[way_first[:-1]], np.diff(way_first))
    low, high = np.full(len(arcs), -len(passed) - 1), np.full(len(arcs), UNLIMITED)
    moved = (arcs >= net.first_move) & (arcs < net.first_intake)
    low[moved], high[moved] = net.pieces[arcs[moved] - net.first_move][:, 3:5].T
    received = (arcs >= net.first_intake) & (arcs < net.first_beds)
    low[received], high[received] = net.intakes[arcs[received] - net.first_intake][:, 2:4].T
    earliest = np.maximum.reduceat(low - passed, way_first[:-1])
    latest = np.minimum.reduceat(high - passed, way_first[:-1])
    return np.maximum(earliest, grid.cells[cell]), np.minimum(latest, grid.cells[cell + 1])
