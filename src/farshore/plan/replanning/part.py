"""Part of a network over the steps, and people put on it by the ways that they take."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from farshore.plan.flow import Expanded, expand_flow
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced, only_chains
from farshore.plan.routes import ways_through
from farshore.scenario.timing import Ints

__all__ = ["Part", "Taken", "Way", "part_of"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way from an origin to a host by arcs of the whole network."""

    origin: int
    host: int
    arcs: tuple[int, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.origin, self.host, self.arcs)))

    def __hash__(self) -> int:  # asked once for each household, and the arcs are many
        return self._hash


@dataclass(frozen=True, eq=False)
class Taken:
    """People on ways: int64 arrays side by side; way : index into `ways`, step : of leaving."""

    ways: tuple[Way, ...]
    way: Ints
    step: Ints
    persons: Ints

    @classmethod
    def nobody(cls) -> "Taken":
        """No people on no ways."""
        none = np.empty(0, np.int64)
        return cls((), none, none, none)


@dataclass(frozen=True, eq=False)
class Part:
    """Some chains over the steps, and how to find a move's arc in a step.

    arc_of : int64[n_moves, n_steps]; wait_of, intake_of : int64[n_origins or n_hosts, n_steps]; −1: none
    """

    problem: Problem
    reduced: Reduced
    expanded: Expanded
    arc_of: Ints
    wait_of: Ints
    intake_of: Ints
    _chain_from: dict[int, int]
    _move_by: dict[int, int]
    _turn: dict[tuple[int, int], int]

    def moves_of(self, way: Way, *, beds: bool = False) -> tuple[list[int], list[int]]:
        """The moves of a way, and after how many steps each is made; then −1 − host for being taken in.

        With `beds` the last is repeated, for the bed.
        """
        moves = self.expanded.moves
        here, passed, at = int(moves.home[way.origin]), 0, 0
        found: list[int] = []
        steps: list[int] = []

        def go(node: int) -> None:
            turns = [] if here == node else self._turns(here, node)
            found.extend(turns)
            steps.extend([passed] * len(turns))

        while at < len(way.arcs):
            chain = self._chain_from[way.arcs[at]]
            move = self._move_by[chain]
            go(int(moves.tail[move]))
            found.append(move)
            steps.append(passed)
            here = int(moves.head[move])
            passed += int(self.reduced.steps[chain])
            at += int(self.reduced.links_first[chain + 1] - self.reduced.links_first[chain])
        go(int(moves.host[way.host]))
        return [*found, *[-1 - way.host] * (1 + beds)], [*steps, *[passed] * (1 + beds)]

    def _turns(self, here: int, there: int) -> list[int]:
        """The turn from one node to another; two where people are taken in at the place they start from."""
        if (here, there) in self._turn:
            return [self._turn[here, there]]
        between = next(b for a, b in self._turn if a == here and (b, there) in self._turn)
        return [self._turn[here, between], self._turn[between, there]]

    def places_of(
        self, ways: Sequence[Way], way: Ints, step: Ints, *, beds: bool = False
    ) -> tuple[Ints, Ints]:
        """Arcs of the flow problem by which groups go, flat; waiting left out, and beds unless asked for.

        returns : first int64[n_groups + 1], arcs int64[first[-1]]
        """
        used, way = np.unique(way, return_inverse=True)
        flat = [self.moves_of(ways[each], beds=beds) for each in used.tolist()]
        lengths = np.array([len(moves) for moves, _ in flat], np.int64)
        begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        all_moves = np.array([move for moves, _ in flat for move in moves], np.int64)
        all_steps = np.array([later for _, steps in flat for later in steps], np.int64)
        n_each = lengths[way]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(n_each)])
        within = np.arange(first[-1]) - np.repeat(first[:-1], n_each)
        source = np.repeat(begins[way], n_each) + within
        move, k = all_moves[source], all_steps[source] + np.repeat(step, n_each)
        ends = move < 0
        arcs = np.empty(len(move), np.int64)
        arcs[~ends] = self.arc_of[move[~ends], k[~ends]]
        arcs[ends] = self.intake_of[-1 - move[ends], k[ends]]
        if beds:
            last = first[1:] - 1
            arcs[last] = self.expanded.first_beds - 1 - move[last]
        if (arcs < 0).any():
            raise AssertionError("somebody goes where the network does not lead in time")
        return first, arcs

    def load(self, ways: Sequence[Way], way: Ints, step: Ints, persons: Ints) -> Ints:
        """What groups put on each arc, waiting not included: int64[n_arcs]."""
        flow = np.zeros(len(self.expanded.tail), np.int64)
        if len(way):
            first, arcs = self.places_of(ways, way, step)
            np.add.at(flow, arcs, np.repeat(persons, np.diff(first)))
            hosts = np.array([each.host for each in ways], np.int64)[way]
            np.add.at(flow, self.expanded.first_beds + hosts, persons)
        return flow

    def departing(self, ways: Sequence[Way], way: Ints, step: Ints, persons: Ints) -> Ints:
        """Who leaves each origin in each step: int64[n_origins, n_steps]."""
        leaving = np.zeros(self.wait_of.shape, np.int64)
        if len(way):
            np.add.at(leaving, (np.array([each.origin for each in ways], np.int64)[way], step), persons)
        return leaving

    def tolls(self, prices: Prices) -> Ints:
        """Prices on the arcs of the flow problem: int64[n_arcs], 0 for waiting."""
        expanded = self.expanded
        price_of, on_chains = prices.on_chains(self.problem, self.reduced)
        toll = np.zeros(len(expanded.tail), np.int64)
        is_move = np.arange(expanded.first_move, expanded.first_intake)
        chain = expanded.moves.chain[expanded.move[is_move]]
        row = np.full(len(chain), -1, np.int64)
        row[chain >= 0] = price_of[chain[chain >= 0]]
        priced = row >= 0
        toll[is_move[priced]] = on_chains[row[priced], expanded.step[is_move[priced]]]
        taken = slice(expanded.first_intake, expanded.first_beds)
        toll[taken] = prices.intake[expanded.intake_host, expanded.intake_step]
        toll[expanded.first_beds :] = prices.beds
        return toll

    def wait(self, flow: Ints, at_home: Ints) -> None:
        """Put people on the arcs of waiting: int64[n_origins, n_steps], who waits through each step."""
        there = self.wait_of >= 0
        flow[self.wait_of[there]] += at_home[there]
        if (at_home < 0).any() or at_home[~there].any():
            raise AssertionError("more people leave than are ready")

    def ways_in(self, flow: Ints) -> Taken:
        """Take a flow apart into people on ways."""
        through = ways_through(self.reduced, self.expanded, flow, self.arc_of)
        used = {chain for chains in through.chains for chain in chains}
        arcs_of = {chain: self.reduced.arcs_of(chain).tolist() for chain in used}
        ways = tuple(
            Way(origin, host, tuple(arc for chain in chains for arc in arcs_of[chain]))
            for origin, host, chains in zip(
                through.origin.tolist(), through.host, through.chains, strict=True
            )
        )
        return Taken(ways, *(np.ascontiguousarray(column) for column in through.taken.T))


def part_of(problem: Problem, reduced: Reduced, active: np.ndarray, prices: Prices) -> Part:
    """The part of a reduced network that some chains make up: bool[n_chains]."""
    part = only_chains(problem, reduced, active)
    expanded = expand_flow(problem, part, prices)
    moves, n_steps = expanded.moves, problem.timing.n_steps
    arc_of = expanded.arc_of(n_steps)
    wait_of = np.full(expanded.home_number.shape, -1, np.int64)
    zone, step = np.nonzero(expanded.home_number >= 0)
    wait_of[zone, step] = np.arange(expanded.first_move)
    intake_of = np.full((len(moves.host), n_steps), -1, np.int64)
    intake_of[expanded.intake_host, expanded.intake_step] = np.arange(
        expanded.first_intake, expanded.first_beds
    )
    chain_moves = np.flatnonzero(moves.chain >= 0)
    turns = np.flatnonzero(moves.chain < 0)
    return Part(
        problem,
        part,
        expanded,
        arc_of,
        wait_of,
        intake_of,
        dict(zip(part.links[part.links_first[:-1]].tolist(), range(len(part.tail)), strict=True)),
        dict(zip(moves.chain[chain_moves].tolist(), chain_moves.tolist(), strict=True)),
        dict(
            zip(
                zip(moves.tail[turns].tolist(), moves.head[turns].tolist(), strict=True),
                turns.tolist(),
                strict=True,
            )
        ),
    )
