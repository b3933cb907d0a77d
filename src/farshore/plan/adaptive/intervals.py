"""A network unrolled over intervals: places, pieces of arcs between them, waiting at home, being taken in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.condensed import pieces
from farshore.plan.adaptive.grid import Grid
from farshore.plan.model import Problem
from farshore.plan.moves import Moves, moves_of
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["Intervals", "intervals_of"]


@dataclass(frozen=True, eq=False)
class Intervals:
    """Moves over intervals as a flow problem; place 0 ends every way, then come the hosts' beds.

    tail, head, room, cost : int64[n_arcs], of waiting, of moves from `first_move`, of being taken in from
        `first_intake`, of beds from `first_beds`
    pieces : int64[n_pieces, 7], as the kernel gives them, arcs being moves
    intakes : int64[n_intakes, 6], host, interval, first step, step after the last, room, cost
    home_place, home_zone, home_cell, supply : int64[n_homes], and how many could wait there, one by one for
        the arcs of waiting
    """

    moves: Moves
    tail: Ints
    head: Ints
    room: Ints
    cost: Ints
    pieces: Ints
    intakes: Ints
    home_place: Ints
    home_zone: Ints
    home_cell: Ints
    supply: Ints
    first_move: int
    first_intake: int
    first_beds: int
    n_places: int


def intervals_of(problem: Problem, part: Reduced, grid: Grid) -> Intervals:
    """Unroll a network over the intervals of a grid."""
    moves, n_cells, n_hosts = moves_of(part), grid.n_cells, len(problem.host_open)
    is_home = np.zeros(moves.n_nodes, bool)
    is_home[moves.home[moves.home >= 0]] = True
    first, bounds = intervals = grid.bounds_of(is_home)
    offset = grid.offset[_rows_of_nodes(part, moves)]
    parts = _pieces_of(problem, part, moves, offset, intervals)
    zone, cell, wait_cost, supply = _homes(problem, moves, grid)
    taken = _intakes(problem, moves, offset, intervals)

    def place(node: Ints, interval: Ints) -> Ints:
        return 1 + n_hosts + first[node] - node + interval

    home, nothing = place(moves.home[zone], cell), np.zeros(n_hosts, np.int64)
    next_home = np.where(cell == n_cells - 1, 0, home + 1)
    cost = parts[:, 6] + _shifted(problem, part, moves, offset, intervals, parts)
    ends = np.cumsum([len(home), len(parts), len(taken)]).tolist()
    return Intervals(
        moves=moves,
        tail=np.concatenate(
            [
                home,
                place(moves.tail[parts[:, 0]], parts[:, 1]),
                place(moves.host[taken[:, 0]], taken[:, 1]),
                1 + np.arange(n_hosts),
            ]
        ),
        head=np.concatenate(
            [next_home, place(moves.head[parts[:, 0]], parts[:, 2]), 1 + taken[:, 0], nothing]
        ),
        room=np.concatenate(
            [
                np.full(len(home), UNLIMITED),
                np.where(parts[:, 5] < 0, UNLIMITED, parts[:, 5]),
                np.minimum(taken[:, 4], UNLIMITED),
                np.maximum(problem.timing.beds, 1),  # nobody comes to hosts without beds
            ]
        ),
        cost=np.concatenate([wait_cost, cost, taken[:, 5], nothing]),
        pieces=parts,
        intakes=taken,
        home_place=home,
        home_zone=zone,
        home_cell=cell,
        supply=supply,
        first_move=ends[0],
        first_intake=ends[1],
        first_beds=ends[2],
        n_places=1 + n_hosts + len(bounds) - moves.n_nodes,
    )


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
    """Where people wait, how dear it is until the next cell, or staying after the last; how many could.

    returns : zone, cell, cost, persons, int64[n] each
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
    interval = np.concatenate([np.empty(0, np.int64), *(np.arange(first[z], grid.n_cells) for z in zones)])
    return zone, interval, (after - centre)[zone, interval], ready[zone, interval]


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


def _shifted(
    problem: Problem, part: Reduced, moves: Moves, offset: Ints, intervals: tuple[Ints, Ints], parts: Ints
) -> Ints:
    """What the time is worth by which a piece leads from the middle of an interval to that of another.

    Without it, the few who leave at the end of an interval and come in the next would have an interval of
    waiting for nothing. It is 0 on the mean of an arc's pieces, and for intervals of one step.
    """
    timing, (first, bounds) = problem.timing, intervals
    steps = np.zeros(len(moves.chain), np.int64)
    steps[moves.chain >= 0] = part.steps[moves.chain[moves.chain >= 0]]
    people = np.maximum(timing.people, 0)
    mean = (timing.wait_cost * people[:, None]).sum(axis=0) / max(1, int(people.sum()))
    slow = np.flatnonzero(part.steps > 0)
    least = part.flat_cost[slow].astype(np.float64)
    changing = part.cost_of[slow] >= 0
    least[changing] += part.costs[part.cost_of[slow[changing]]].min(axis=1, initial=np.iinfo(np.int64).max)
    on_road = float((least / part.steps[slow]).min(initial=np.inf))
    rate = np.minimum(mean, 0.999 * on_road)  # so that no circle by road is worth its time
    worth = np.concatenate([[0.0], np.cumsum(rate)])
    at = np.arange(timing.n_steps + 1)

    def until(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.interp(steps, at, worth), np.float64)

    def centre(node: Ints, interval: Ints) -> npt.NDArray[np.float64]:
        place = first[node] + interval
        return np.asarray((bounds[place] + bounds[place + 1] - 1) / 2, np.float64)

    tail, head = moves.tail[parts[:, 0]], moves.head[parts[:, 0]]
    leaves = (parts[:, 3] + parts[:, 4] - 1) / 2 - offset[tail]
    arrives = leaves + offset[tail] + steps[parts[:, 0]] - offset[head]
    shift = until(leaves) - until(centre(tail, parts[:, 1]))
    shift += until(centre(head, parts[:, 2])) - until(arrives)
    return np.ceil(shift - 1e-6).astype(np.int64)
