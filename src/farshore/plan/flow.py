"""The flow problem of a network over all steps, and what its answers mean for the network."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.expansion import expand, onward_choices, reachable
from farshore.kernels.paths import grouped
from farshore.kernels.simplex import Basis, basis_of
from farshore.plan.model import Problem
from farshore.plan.moves import Moves, moves_of
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["Expanded", "expand_flow"]


@dataclass(frozen=True, eq=False)
class Expanded:
    """Moves over the steps as a flow problem, with a basis to begin from in which everybody stays.

    Node 0 is the end of every way; nodes 1 … n_hosts are the hosts' beds; then every place that counts.
    tail, head : int32[n_arcs]; capacity, cost : int64[n_arcs]
    move, step : int64[n_arcs], for arcs that are moves (from `first_move` to `first_intake`), −1 elsewhere
    first_move, first_intake, first_beds : where each kind begins; before moves: waiting and staying at home
    intake_host : int64[n_intakes]; home_first : int64[n_zones], arc by which the zone's first ready wait
    """

    moves: Moves
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    capacity: Ints
    cost: Ints
    move: Ints
    step: Ints
    first_move: int
    first_intake: int
    first_beds: int
    intake_host: Ints
    intake_step: Ints
    home_number: Ints
    basis: Basis

    def arc_of(self, n_steps: int) -> Ints:
        """The arc that a move is in a step, −1 for none: int64[n_moves, n_steps]."""
        arc_of = np.full((len(self.moves.tail), n_steps), -1, np.int64)
        is_move = np.flatnonzero(self.move >= 0)
        arc_of[self.move[is_move], self.step[is_move]] = is_move
        return arc_of

    def prices(self, problem: Problem, reduced: Reduced) -> Prices:
        """What one more place would be worth on every arc, intake and bed, by the basis' potentials.

        A full chain's price is put on its narrowest arc.
        """
        gain = -(self.cost + self.basis.potential[self.tail] - self.basis.potential[self.head])
        gain = np.where(self.basis.flow == self.capacity, np.maximum(gain, 0), 0)
        timing = problem.timing
        on_moves = np.arange(self.first_move, self.first_intake)
        priced = on_moves[(gain[on_moves] > 0) & (self.moves.chain[self.move[on_moves]] >= 0)]
        arc, step = np.empty(len(priced), np.int64), np.empty(len(priced), np.int64)
        for i, (chain, entered) in enumerate(
            zip(self.moves.chain[self.move[priced]].tolist(), self.step[priced].tolist(), strict=True)
        ):
            arcs, steps = reduced.arcs_of(chain), entered + reduced.entries_of(chain)
            narrowest = int(timing.capacities[timing.capacity_of[arcs], steps].argmin())
            arc[i], step[i] = arcs[narrowest], steps[narrowest]
        intake = np.zeros(problem.host_open.shape, np.int64)
        intake[self.intake_host, self.intake_step] = gain[self.first_intake : self.first_beds]
        return Prices(arc, step, gain[priced], intake, gain[self.first_beds :])


def expand_flow(problem: Problem, reduced: Reduced, prices: Prices) -> Expanded:
    """Unroll a network over the steps; `prices` shape the tree that the basis begins with."""
    timing, moves = problem.timing, moves_of(reduced)
    zones = np.flatnonzero(moves.home >= 0)
    figures = _Figures.of(problem, reduced, moves, prices)
    choice, number = _places(problem, reduced, moves, figures)
    n_hosts = len(moves.host)
    n_places = 1 + n_hosts + int((number >= 0).sum())
    parent, via = np.full(n_places, -1, np.int64), np.full(n_places, -1, np.int64)
    none = np.empty(0, np.int64)
    network = (moves.tail, moves.head, figures.steps, figures.open_of, reduced.capacities > 0, number)
    n_moves = expand(choice, *network, none, none, none, none, via, parent)
    move, step, move_tail, move_head = (np.empty(n_moves, np.int64) for _ in range(4))
    expand(choice, *network, move, step, move_tail, move_head, via, parent)
    move_cost = figures.flat_cost[move] + _at(reduced.costs, figures.cost_of[move], step, 0)

    home_zone = np.repeat(zones, timing.n_steps - problem.first_ready[zones])
    home_step = np.concatenate([none, *(np.arange(problem.first_ready[z], timing.n_steps) for z in zones)])
    home = number[moves.home[home_zone], home_step]
    last = home_step == timing.n_steps - 1
    next_home = np.where(last, 0, np.append(home[1:], 0))
    wait_cost = timing.wait_cost[home_zone, home_step] + np.where(last, timing.left_cost, 0)
    ready = np.cumsum(timing.newly_ready, axis=1)
    host_row, host_step = np.nonzero(problem.host_open & (moves.host >= 0)[:, None])
    taken = number[moves.host[host_row], host_step]
    host_row, host_step, taken = host_row[taken >= 0], host_step[taken >= 0], taken[taken >= 0]
    beds = np.arange(1, 1 + n_hosts)
    taken_cost = np.zeros(len(taken), np.int64)
    if problem.arrival_cost is not None:
        taken_cost = problem.arrival_cost[host_row, host_step]

    first_move = len(home)
    first_intake = first_move + n_moves
    first_beds = first_intake + len(taken)
    tail = np.concatenate([home, move_tail, taken, beds])
    cost = np.concatenate([wait_cost, move_cost, taken_cost, np.zeros(n_hosts, np.int64)])
    flow = np.zeros(len(tail), np.int64)
    flow[:first_move] = ready[home_zone, home_step]
    via[via >= 0] += first_move
    via[home], parent[home] = np.arange(first_move), next_home
    via[taken], parent[taken] = np.arange(first_intake, first_beds), 1 + host_row
    via[beds], parent[beds] = np.arange(first_beds, len(tail)), 0
    home_number = np.full((len(moves.home), timing.n_steps), -1, np.int64)
    home_number[home_zone, home_step] = home
    return Expanded(
        moves=moves,
        tail=tail.astype(np.int32),
        head=np.concatenate([next_home, move_head, 1 + host_row, np.zeros(n_hosts, np.int64)]).astype(
            np.int32
        ),
        capacity=np.concatenate(
            [
                np.full(first_move, UNLIMITED),
                _at(reduced.capacities, figures.open_of[move], step, UNLIMITED),
                timing.intake[host_row, host_step],
                np.maximum(timing.beds, 1),  # nobody comes to hosts without beds
            ]
        ),
        cost=cost,
        move=np.concatenate([np.full(first_move, -1), move, np.full(len(taken) + n_hosts, -1)]),
        step=np.concatenate([home_step, step, host_step, np.full(n_hosts, -1)]),
        first_move=first_move,
        first_intake=first_intake,
        first_beds=first_beds,
        intake_host=host_row,
        intake_step=host_step,
        home_number=home_number,
        basis=basis_of(tail, cost, flow, parent.astype(np.int32), via.astype(np.int32), 0),
    )


@dataclass(frozen=True, eq=False)
class _Figures:
    """Figures of each move's chain; of a turn: no steps, no cost, always open. All int64[n_moves]."""

    steps: Ints
    flat_cost: Ints
    open_of: Ints
    cost_of: Ints
    price_of: Ints
    prices: Ints

    @classmethod
    def of(cls, problem: Problem, reduced: Reduced, moves: Moves, prices: Prices) -> "_Figures":
        """The figures of some moves; `prices` : int64[n_rows, n_steps] are their chains' prices."""
        price_of, chain_prices = prices.on_chains(problem, reduced)
        on_chain = moves.chain >= 0

        def by_move(values: Ints, otherwise: int) -> Ints:
            found = np.full(len(moves.chain), otherwise, np.int64)
            found[on_chain] = values[moves.chain[on_chain]]
            return found

        return cls(
            steps=by_move(reduced.steps, 0),
            flat_cost=by_move(reduced.flat_cost, 0),
            open_of=by_move(reduced.capacity_of, -1),
            cost_of=by_move(reduced.cost_of, -1),
            price_of=by_move(price_of, -1),
            prices=chain_prices,
        )


def _places(problem: Problem, reduced: Reduced, moves: Moves, figures: _Figures) -> tuple[Ints, Ints]:
    """Where people can be and still come to a host, or wait at home.

    returns : the arc on which the cheapest way goes on, and the place's number in the flow problem, −1 where
        there is none: int64[n_nodes, n_steps] each
    """
    zones, hosts = np.flatnonzero(moves.home >= 0), np.flatnonzero(moves.host >= 0)
    is_open = reduced.capacities > 0
    there = reachable(
        moves.n_nodes,
        problem.timing.n_steps,
        *grouped(moves.tail, moves.n_nodes),
        moves.head,
        figures.steps,
        figures.open_of,
        is_open,
        moves.home[zones],
        problem.first_ready[zones],
    )
    choice = onward_choices(
        there,
        moves.tail,
        moves.head,
        figures.steps,
        figures.open_of,
        is_open,
        figures.flat_cost,
        figures.cost_of,
        reduced.costs,
        figures.price_of,
        figures.prices,
        moves.host[hosts],
        problem.host_open[hosts],
    )
    counts = choice != -1
    counts[moves.home[zones]] = there[moves.home[zones]]
    number = np.full(there.shape, -1, np.int64)
    number[counts] = 1 + len(moves.host) + np.arange(int(counts.sum()))
    return choice, number


def _at(rows: Ints, row_of: Ints, step: Ints, otherwise: int) -> Ints:
    """`rows[row_of, step]` where `row_of` is not negative."""
    found = np.full(len(row_of), otherwise, np.int64)
    has = row_of >= 0
    found[has] = rows[row_of[has], step[has]]
    return found
