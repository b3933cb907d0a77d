"""The flow problem of some chains over all steps, and where its answers stand in the network."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.expansion import expand, onward_choices, reachable
from farshore.kernels.paths import grouped
from farshore.kernels.simplex import Basis, basis_of
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import UNLIMITED, Ints

__all__ = ["Expanded", "Moves", "Prices", "expand_flow", "moves_of"]


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices per person, whole numbers ≥ 0: chain : int64[n_priced, n_steps] for the chains in `row_of`
    (int64[n_chains], −1 for none); intake : int64[n_hosts, n_steps]; beds : int64[n_hosts]."""

    row_of: Ints
    chain: Ints
    intake: Ints
    beds: Ints

    @classmethod
    def none(cls, problem: Problem, reduced: Reduced) -> "Prices":
        """No price on anything."""
        n_hosts, n_steps = problem.host_open.shape
        return cls(
            np.full(len(reduced.tail), -1, np.int64),
            np.zeros((0, n_steps), np.int64),
            np.zeros((n_hosts, n_steps), np.int64),
            np.zeros(n_hosts, np.int64),
        )


@dataclass(frozen=True, eq=False)
class Moves:
    """Chains joined by the turns that may be taken between them, so that any walk over moves is a way.

    Where two chains run between the same neighbours in opposite directions, a node becomes several: one for
    each neighbour that somebody may come from, and one for each that he may go on to.

    tail, head : int64[n_moves]; chain : int64[n_moves], −1 for a turn, which takes no time and costs nothing
    home : int64[n_zones], host : int64[n_hosts], their nodes, −1 for those not in use
    """

    n_nodes: int
    tail: Ints
    head: Ints
    chain: Ints
    home: Ints
    host: Ints


def moves_of(reduced: Reduced, active: npt.NDArray[np.bool_]) -> Moves:
    """Join the active chains by their turns."""
    chains = np.flatnonzero(active).tolist()
    come_in: dict[int, set[int]] = {}
    go_out: dict[int, set[int]] = {}
    for chain in chains:
        come_in.setdefault(int(reduced.head[chain]), set()).add(int(reduced.comes_from[chain]))
        go_out.setdefault(int(reduced.tail[chain]), set()).add(int(reduced.leads_to[chain]))
    number: dict[tuple[object, ...], int] = {}

    def node(*key: object) -> int:
        return number.setdefault(key, len(number))

    def both(core: int) -> set[int]:
        return come_in.get(core, set()) & go_out.get(core, set())

    def arriving(core: int, came: int | None) -> int:
        if not both(core):
            return node("hub", core)
        return node("from", core, came if came in both(core) else None)

    def leaving(core: int, leads: int | None) -> int:
        if not both(core):
            return node("hub", core)
        return node("to", core, leads if leads in both(core) else None)

    tail: list[int] = []
    head: list[int] = []
    through: list[int] = []

    def move(here: int, there: int, chain: int) -> None:
        tail.append(here)
        head.append(there)
        through.append(chain)

    for chain in chains:
        core, end = int(reduced.tail[chain]), int(reduced.head[chain])
        move(
            leaving(core, int(reduced.leads_to[chain])), arriving(end, int(reduced.comes_from[chain])), chain
        )

    def ways_in(core: int) -> Iterable[int | None]:
        turned = both(core)
        return (*sorted(turned), *([None] if come_in.get(core, set()) - turned else []))

    def ways_out(core: int) -> Iterable[int | None]:
        turned = both(core)
        return (*sorted(turned), *([None] if go_out.get(core, set()) - turned else []))

    for core in sorted(set(come_in) & set(go_out)):
        if both(core):
            for came in ways_in(core):
                for leads in ways_out(core):
                    if came is None or came != leads:
                        move(arriving(core, came), leaving(core, leads), -1)
    home = np.full(len(reduced.zone_node), -1, np.int64)
    for zone, core in enumerate(reduced.zone_node.tolist()):
        if core >= 0:
            home[zone] = node("home", zone)
            for leads in ways_out(core) if both(core) else [None]:
                move(int(home[zone]), leaving(core, leads), -1)
    host = np.full(len(reduced.host_node), -1, np.int64)
    for place, core in enumerate(reduced.host_node.tolist()):
        if core < 0:
            continue
        host[place] = node("host", place)
        for came in ways_in(core) if both(core) else [None]:
            move(arriving(core, came), int(host[place]), -1)
        if both(core):  # who starts where he is received takes no chain
            for zone in np.flatnonzero(reduced.zone_node == core).tolist():
                move(int(home[zone]), int(host[place]), -1)
    as_ints = [np.array(values, np.int64) for values in (tail, head, through)]
    return Moves(len(number), *as_ints, home=home, host=host)


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

    def prices(self, problem: Problem, reduced: Reduced) -> Prices:
        """What one more place would be worth on every chain, intake and bed, by the basis' potentials."""
        gain = -(self.cost + self.basis.potential[self.tail] - self.basis.potential[self.head])
        gain = np.where(self.basis.flow == self.capacity, np.maximum(gain, 0), 0)
        n_hosts, n_steps = problem.host_open.shape
        span = slice(self.first_move, self.first_intake)
        chain, step, worth = self.moves.chain[self.move[span]], self.step[span], gain[span]
        priced = np.flatnonzero((worth > 0) & (chain >= 0))
        rows = np.unique(chain[priced])
        row_of = np.full(len(reduced.tail), -1, np.int64)
        row_of[rows] = np.arange(len(rows))
        on_chains = np.zeros((len(rows), n_steps), np.int64)
        on_chains[row_of[chain[priced]], step[priced]] = worth[priced]
        intake = np.zeros((n_hosts, n_steps), np.int64)
        intake[self.intake_host, self.intake_step] = gain[self.first_intake : self.first_beds]
        return Prices(row_of, on_chains, intake, gain[self.first_beds :])


def expand_flow(
    problem: Problem, reduced: Reduced, active: npt.NDArray[np.bool_], prices: Prices
) -> Expanded:
    """Unroll the active chains over the steps; `prices` shape the tree that the basis begins with."""
    timing, moves = problem.timing, moves_of(reduced, active)
    n_steps, n_hosts = timing.n_steps, len(moves.host)
    on_chain = moves.chain >= 0

    def by_move(values: Ints, otherwise: int) -> Ints:
        """A figure of each move's chain, `otherwise` for turns."""
        found = np.full(len(moves.chain), otherwise, np.int64)
        found[on_chain] = values[moves.chain[on_chain]]
        return found

    steps, cost = by_move(reduced.steps, 0), by_move(reduced.flat_cost, 0)
    open_of, cost_of = by_move(reduced.capacity_of, -1), by_move(reduced.cost_of, -1)
    is_open = reduced.capacities > 0
    zones, hosts = np.flatnonzero(moves.home >= 0), np.flatnonzero(moves.host >= 0)
    there = reachable(
        moves.n_nodes,
        n_steps,
        *grouped(moves.tail, moves.n_nodes),
        moves.head,
        steps,
        open_of,
        is_open,
        moves.home[zones],
        problem.first_ready[zones],
    )
    choice = onward_choices(
        there,
        moves.tail,
        moves.head,
        steps,
        open_of,
        is_open,
        cost,
        cost_of,
        reduced.costs,
        by_move(prices.row_of, -1),
        prices.chain,
        moves.host[hosts],
        problem.host_open[hosts],
    )
    counts = choice != -1
    counts[moves.home[zones]] = there[moves.home[zones]]
    number = np.full(there.shape, -1, np.int64)
    number[counts] = np.arange(1 + n_hosts, 1 + n_hosts + int(counts.sum()))
    n_places = 1 + n_hosts + int(counts.sum())
    parent, via = np.full(n_places, -1, np.int64), np.full(n_places, -1, np.int64)
    none = np.empty(0, np.int64)
    network = (moves.tail, moves.head, steps, open_of, is_open, number)
    n_moves = expand(choice, *network, none, none, none, none, via, parent)
    move, step, move_tail, move_head = (np.empty(n_moves, np.int64) for _ in range(4))
    expand(choice, *network, move, step, move_tail, move_head, via, parent)
    move_cost = cost[move] + _at(reduced.costs, cost_of[move], step, 0)

    home_zone = np.repeat(zones, n_steps - problem.first_ready[zones])
    home_step = np.concatenate([none, *(np.arange(problem.first_ready[z], n_steps) for z in zones)])
    home = number[moves.home[home_zone], home_step]
    last = home_step == n_steps - 1
    wait_cost = timing.wait_cost[home_zone, home_step] + np.where(last, timing.left_cost, 0)
    waiting = np.concatenate(
        [none, *(np.cumsum(timing.newly_ready[z, problem.first_ready[z] :]) for z in zones)]
    )

    host_row, host_step = np.nonzero(problem.host_open & (moves.host >= 0)[:, None])
    taken = number[moves.host[host_row], host_step]
    host_row, host_step, taken = host_row[taken >= 0], host_step[taken >= 0], taken[taken >= 0]

    first_move = len(home)
    first_intake = first_move + n_moves
    first_beds = first_intake + len(taken)
    next_home = np.where(last, 0, np.append(home[1:], 0))
    beds = np.arange(1, 1 + n_hosts)
    tail = np.concatenate([home, move_tail, taken, beds])
    head = np.concatenate([next_home, move_head, 1 + host_row, np.zeros(n_hosts, np.int64)])
    capacity = np.concatenate(
        [
            np.full(first_move, UNLIMITED),
            _at(reduced.capacities, open_of[move], step, UNLIMITED),
            timing.intake[host_row, host_step],
            np.maximum(timing.beds, 1),  # beds of none are reached by nobody
        ]
    )
    costs = np.concatenate([wait_cost, move_cost, np.zeros(len(taken) + n_hosts, np.int64)])
    flow = np.zeros(len(tail), np.int64)
    flow[:first_move] = waiting
    via[via >= 0] += first_move
    via[home], parent[home] = np.arange(first_move), next_home
    via[taken], parent[taken] = np.arange(first_intake, first_beds), 1 + host_row
    via[beds], parent[beds] = np.arange(first_beds, len(tail)), 0
    home_number = np.full((len(moves.home), n_steps), -1, np.int64)
    home_number[home_zone, home_step] = home
    return Expanded(
        moves=moves,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        capacity=capacity,
        cost=costs,
        move=np.concatenate([np.full(first_move, -1), move, np.full(len(taken) + n_hosts, -1)]),
        step=np.concatenate([home_step, step, host_step, np.full(n_hosts, -1)]),
        first_move=first_move,
        first_intake=first_intake,
        first_beds=first_beds,
        intake_host=host_row,
        intake_step=host_step,
        home_number=home_number,
        basis=basis_of(
            tail,
            costs,
            flow,
            np.zeros(len(tail), bool),
            parent.astype(np.int32),
            via.astype(np.int32),
            0,
        ),
    )


def _at(rows: Ints, row_of: Ints, step: Ints, otherwise: int) -> Ints:
    """`rows[row_of, step]` where `row_of` is not negative."""
    found = np.full(len(row_of), otherwise, np.int64)
    has = row_of >= 0
    found[has] = rows[row_of[has], step[has]]
    return found
