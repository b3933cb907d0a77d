"""The flow problem over intervals of steps, and what its answer says: who goes which way when, and prices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.kernels.condensed import between, pieces, take_apart
from farshore.kernels.crash import basis_from_flow
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import grouped
from farshore.kernels.simplex import pivot
from farshore.plan.adaptive.grid import Grid
from farshore.plan.model import Problem
from farshore.plan.moves import Moves, moves_of
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["Condensed", "condense"]

_PIVOTS: Final = 4000  # between two looks at the clock


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


def condense(
    problem: Problem, part: Reduced, grid: Grid, *, over: Callable[[], bool]
) -> Condensed | None:
    """Find a flow of least cost over the intervals of a grid; None if `over` says to stop before it is found.

    Room of an interval is that of its steps together, people are where they are on the mean; where every
    interval is one step it is the problem itself. (Fleischer, L. & Skutella, M. (2007), Quickest flows over
    time: condensed time-expanded networks; Boland, N. et al. (2017), The continuous-time service network
    design problem: networks expanded in part.)
    """
    timing, moves = problem.timing, moves_of(part)
    n_cells, n_hosts = grid.n_cells, len(moves.host)
    rows = _rows_of_nodes(part, moves)
    is_home = np.zeros(moves.n_nodes, bool)
    is_home[moves.home[moves.home >= 0]] = True
    first, bounds = grid.bounds_of(is_home)
    parts = _pieces_of(problem, part, moves, grid.offset[rows], (first, bounds))
    homes, wait, wait_cost, supply = _homes(problem, moves, grid)
    taken = _intakes(problem, moves, grid.offset[rows], (first, bounds))

    def place(node: Ints, interval: Ints) -> Ints:
        return 1 + n_hosts + first[node] - node + interval

    host_place = 1 + np.arange(n_hosts)
    zones = np.flatnonzero(moves.home >= 0)
    last = wait[:, 1] == n_cells - 1
    wait_head = np.where(last, 0, place(moves.home[wait[:, 0]], np.minimum(wait[:, 1] + 1, n_cells - 1)))
    tail = np.concatenate(
        [
            place(moves.home[wait[:, 0]], wait[:, 1]),
            place(moves.tail[parts[:, 0]], parts[:, 1]),
            place(moves.host[taken[:, 0]], taken[:, 1]),
            host_place,
        ]
    )
    head = np.concatenate(
        [
            wait_head,
            place(moves.head[parts[:, 0]], parts[:, 2]),
            1 + taken[:, 0],
            np.zeros(n_hosts, np.int64),
        ]
    )
    room = np.concatenate(
        [
            np.full(len(wait), UNLIMITED),
            np.where(parts[:, 5] < 0, UNLIMITED, parts[:, 5]),
            np.minimum(taken[:, 4], UNLIMITED),
            np.maximum(timing.beds, 1),
        ]
    )
    cost = np.concatenate([wait_cost, parts[:, 6], taken[:, 5], np.zeros(n_hosts, np.int64)])
    kind_first = np.cumsum([len(wait), len(parts), len(taken)])
    n_places = 1 + n_hosts + len(bounds) - moves.n_nodes
    useful = between(tail, head, n_places, place(homes[:, 0], homes[:, 1]), 0)
    kept = np.flatnonzero(useful[tail] & useful[head])
    number = np.full(n_places, -1, np.int64)
    number[useful] = np.arange(int(useful.sum()))  # the root is the first
    flow = np.zeros(len(tail), np.int64)
    flow[: len(wait)] = supply
    kept_tail, kept_head = number[tail[kept]].astype(np.int32), number[head[kept]].astype(np.int32)
    capacity, kept_cost = room[kept], cost[kept]
    basis = basis_from_flow(
        kept_tail,
        kept_head,
        capacity,
        kept_cost,
        np.zeros(len(kept), np.int64),
        flow[kept],
        0,
        int(useful.sum()),
    )
    n_pivots, made = 0, _PIVOTS
    while made == _PIVOTS:
        if over():
            return None
        made = pivot(kept_tail, kept_head, capacity, kept_cost, basis, _PIVOTS)
        n_pivots += made
    gain = -(kept_cost + basis.potential[kept_tail] - basis.potential[kept_head])
    price = np.zeros(len(tail), np.int64)
    price[kept] = np.where(basis.flow == capacity, np.maximum(gain, 0), 0)
    flow[:] = 0
    flow[kept] = basis.flow

    on_moves = slice(kind_first[0], kind_first[1])
    paid = np.zeros((len(moves.home), n_cells), np.int64)
    home_number = number[tail[: len(wait)]]
    paid[wait[:, 0], wait[:, 1]] = np.where(home_number >= 0, -basis.potential[home_number], 0)
    chain = moves.chain[parts[:, 0]]
    chain_price = np.column_stack([chain, parts[:, 3], parts[:, 4], price[on_moves]])
    priced = np.unique(chain[(price[on_moves] > 0) & (chain >= 0)])
    intake_price = np.column_stack(
        [taken[:, 0], taken[:, 2], taken[:, 3], price[kind_first[1] : kind_first[2]]]
    )
    carrying = np.flatnonzero(flow > 0)
    first_out, members = grouped(tail[carrying], n_places)
    leaves = np.arange(len(tail)) >= len(wait)
    way_first, way_arcs, way_home, persons = take_apart(
        first_out,
        carrying[members],
        head,
        leaves,
        flow,
        place(homes[:, 0], homes[:, 1]),
        0,
    )
    move_of = np.full(len(tail), -1, np.int64)
    move_of[on_moves] = chain
    lasts = np.zeros(len(tail), np.int64)
    lasts[on_moves] = np.where(chain >= 0, part.steps[chain], 0)
    window = _windows(grid, homes[way_home, 1], way_first, lasts[way_arcs], way_arcs, kind_first, parts, taken)
    zone_of_node = np.full(moves.n_nodes, -1, np.int64)
    zone_of_node[moves.home[zones]] = zones
    number_of: dict[tuple[int, int, tuple[int, ...]], int] = {}
    way = np.empty(len(persons), np.int64)
    for k, (home, a, b) in enumerate(
        zip(homes[way_home, 0].tolist(), way_first[:-1].tolist(), way_first[1:].tolist(), strict=True)
    ):
        chains = move_of[way_arcs[a:b]]
        host = int(taken[way_arcs[b - 2] - kind_first[1], 0])
        key = (int(zone_of_node[home]), host, tuple(chains[chains >= 0].tolist()))
        way[k] = number_of.setdefault(key, len(number_of))
    return Condensed(
        chain_price=chain_price[np.isin(chain, priced)],
        intake_price=intake_price[np.isin(taken[:, 0], np.unique(intake_price[intake_price[:, 3] > 0, 0]))],
        beds=price[kind_first[2] :],
        paid=paid,
        way_zone=[key[0] for key in number_of],
        way_host=[key[1] for key in number_of],
        way_chains=[key[2] for key in number_of],
        taken=np.column_stack([way, homes[way_home, 1], *window, persons]),
        objective=exact_sum(basis.flow, kept_cost),
        n_arcs=len(kept),
        n_pivots=n_pivots,
    )


def _windows(
    grid: Grid,
    cell: Ints,
    way_first: Ints,
    lasts: Ints,
    way_arcs: Ints,
    kind_first: Ints,
    parts: Ints,
    taken: Ints,
) -> tuple[Ints, Ints]:
    """First step, and step after the last, in which people of each way can leave: int64[n_ways] each.

    So that they are on each of its arcs, and at the host, in the steps of the piece that the flow has them in.
    """
    passed = np.cumsum(lasts) - lasts
    passed -= np.repeat(passed[way_first[:-1]], np.diff(way_first))
    low, high = np.zeros(len(way_arcs), np.int64), np.full(len(way_arcs), grid.cells[-1])
    moved = (way_arcs >= kind_first[0]) & (way_arcs < kind_first[1])
    low[moved], high[moved] = parts[way_arcs[moved] - kind_first[0]][:, 3:5].T
    received = (way_arcs >= kind_first[1]) & (way_arcs < kind_first[2])
    low[received], high[received] = taken[way_arcs[received] - kind_first[1]][:, 2:4].T
    if not len(cell):
        return low, high
    earliest = np.maximum.reduceat(low - passed, way_first[:-1])
    latest = np.minimum.reduceat(np.where(moved | received, high - passed, grid.cells[-1]), way_first[:-1])
    return np.maximum(earliest, grid.cells[cell]), np.minimum(latest, grid.cells[cell + 1])


def _pieces_of(
    problem: Problem, part: Reduced, moves: Moves, offset: Ints, intervals: tuple[Ints, Ints]
) -> Ints:
    """Pieces of all moves, as the kernel gives them; offset : int64[n_nodes] of the moves' nodes."""
    on_chain = moves.chain >= 0
    chain = moves.chain[on_chain]
    steps, flat = np.zeros(len(moves.chain), np.int64), np.zeros(len(moves.chain), np.int64)
    capacity_of, cost_of = np.full((2, len(moves.chain)), -1, np.int64)
    steps[on_chain], flat[on_chain] = part.steps[chain], part.flat_cost[chain]
    capacity_of[on_chain], cost_of[on_chain] = part.capacity_of[chain], part.cost_of[chain]
    arguments = (
        *intervals,
        moves.tail,
        moves.head,
        problem.timing.n_steps,
        offset[moves.tail],
        steps,
        offset[moves.tail] + steps - offset[moves.head],
        capacity_of,
        part.capacities,
        flat,
        cost_of,
        part.costs,
    )
    found = np.empty((pieces(*arguments, np.empty((0, 7), np.int64)), 7), np.int64)
    pieces(*arguments, found)
    return found


def _rows_of_nodes(part: Reduced, moves: Moves) -> Ints:
    """Nodes-table row of each node of the moves: int64[n_nodes]."""
    found = np.zeros(moves.n_nodes, np.int64)
    chains = np.flatnonzero(moves.chain >= 0)
    found[moves.tail[chains]] = part.node[part.tail[moves.chain[chains]]]
    found[moves.head[chains]] = part.node[part.head[moves.chain[chains]]]
    for node, core in ((moves.host, part.host_node), (moves.home, part.zone_node)):
        found[node[node >= 0]] = part.node[core[node >= 0]]
    return found


def _homes(problem: Problem, moves: Moves, grid: Grid) -> tuple[Ints, Ints, Ints, Ints]:
    """Where people wait: home nodes and intervals, int64[n, 2]; their zones and intervals, int64[n, 2].

    And what waiting until the next interval costs, or staying after the last; and how many could do so.
    """
    timing, bounds = problem.timing, grid.cells
    waited = np.concatenate(
        [np.zeros((len(timing.people), 1), np.int64), np.cumsum(timing.wait_cost, axis=1)], axis=1
    )
    low, high = bounds[:-1], bounds[1:]
    centre = (waited[:, (low + high - 1) // 2] + waited[:, (low + high) // 2]) // 2
    after = np.concatenate([centre[:, 1:], waited[:, -1:] + timing.left_cost], axis=1)
    ready = np.cumsum(timing.newly_ready, axis=1)[:, high - 1]
    first = np.searchsorted(high, problem.first_ready, side="right")
    zones = np.flatnonzero(moves.home >= 0)
    zone = np.repeat(zones, grid.n_cells - first[zones])
    interval = np.concatenate(
        [np.empty(0, np.int64), *(np.arange(first[z], grid.n_cells) for z in zones)]
    )
    return (
        np.column_stack([moves.home[zone], interval]),
        np.column_stack([zone, interval]),
        (after - centre)[zone, interval],
        ready[zone, interval],
    )


def _intakes(problem: Problem, moves: Moves, offset: Ints, intervals: tuple[Ints, Ints]) -> Ints:
    """Hosts that take people in: host, interval, first step, step after the last, room, cost: int64[n, 6]."""
    n_steps, rows = problem.timing.n_steps, []
    first, bounds = intervals
    for host in np.flatnonzero(moves.host >= 0).tolist():
        node, is_open = int(moves.host[host]), problem.host_open[host]
        room = np.concatenate([[0], np.cumsum(np.where(is_open, problem.timing.intake[host], 0))])
        opened = np.concatenate([[0], np.cumsum(is_open)])
        paid = np.zeros(n_steps + 1, np.int64)
        if problem.arrival_cost is not None:
            paid[1:] = np.cumsum(np.where(is_open, problem.arrival_cost[host], 0))
        edge = np.minimum(offset[node] + bounds[first[node] : first[node + 1]], n_steps)
        low, high = edge[:-1], edge[1:]
        n_open = opened[high] - opened[low]
        taking = np.flatnonzero(n_open > 0)
        cost = (paid[high] - paid[low])[taking] // n_open[taking]
        rows.append(
            np.column_stack(
                [
                    np.full(len(taking), host),
                    taking,
                    low[taking],
                    high[taking],
                    (room[high] - room[low])[taking],
                    cost,
                ]
            )
        )
    return np.concatenate([np.empty((0, 6), np.int64), *rows])
