"""The most people that any plan can place, who is left over, and the minimum cut that proves it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from farshore.kernels.cuts import cut_cells, within_reach
from farshore.kernels.earliest_arrival import EarliestArrival, earliest_arrival, releases_of
from farshore.kernels.network import UNLIMITED, Network, build_network
from farshore.kernels.paths import grouped
from farshore.plan.conflicts.facts import Fact, Facts, World
from farshore.plan.model import Problem
from farshore.plan.moves import Moves, moves_of
from farshore.plan.reduce import Reduced, reduce_network
from farshore.scenario.timing import Ints

__all__ = ["LATE", "Cut", "Left", "People", "most_by_step", "most_placed"]

LATE = 1 << 40  # a step after all others: people who are ready only after the end


@dataclass(frozen=True, slots=True, order=True)
class People:
    """Those of a zone (row) who become ready in steps first … end − 1, by the scenario's own ready curve."""

    zone: int
    first: int
    end: int


@dataclass(frozen=True, eq=False)
class Cut:
    """A group of people who share what holds them, and the places that are all that is left to them.

    who : zone (row) → first step in which those of them are ready whom it holds, by the world's own curve
    short : how many of them no plan can place
    links : (arc of the whole network, step), intake : (host, step), beds : hosts; each of them full
    room : int, what they hold together
    facts : what limits each of these places, with what it holds
    """

    who: dict[int, int]
    short: int
    links: tuple[tuple[int, int], ...]
    intake: tuple[tuple[int, int], ...]
    beds: tuple[int, ...]
    facts: dict[Fact, int]

    @property
    def room(self) -> int:
        """What the places hold together."""
        return sum(self.facts.values())


@dataclass(frozen=True, eq=False)
class Left:
    """Who cannot be placed.

    short : persons in all; late : of them, those who are never ready; cuts : the others, by what they share
    """

    short: int
    late: int
    cuts: tuple[Cut, ...]


def most_placed(world: World, holding: Facts, people: tuple[People, ...], *, explain: bool) -> Left:
    """Place as many of some people as any plan can, where only these facts hold.

    explain : find the minimum cut too

    A maximum flow over time: the earliest-arrival core, asked for its last step only.
    """
    problem = world.problem(holding)
    n_steps = problem.timing.n_steps
    counts = np.zeros((len(world.people), n_steps), np.int64)
    late = 0
    for each in people:
        ready = world.ready[each.zone, each.first : min(each.end, world.ready.shape[1])]
        everybody = int(ready.sum())
        if each.end >= LATE:
            everybody += int(world.people[each.zone] - world.ready[each.zone].sum())
        if Fact("ready", each.zone) in holding:
            in_time = ready[: max(0, n_steps - each.first)]
            counts[each.zone, each.first : each.first + len(in_time)] += in_time
            late += everybody - int(in_time.sum())
        else:
            counts[each.zone, 0] += everybody
    first = np.where(counts.any(axis=1), counts.argmax(axis=1), n_steps)
    anybody = counts > 0
    first = np.where(anybody.any(axis=1), anybody.argmax(axis=1), n_steps).astype(np.int64)
    problem = replace(problem, first_ready=first)
    total = int(counts.sum())
    if not total:
        return Left(late, late, ())
    flow = _Flow(problem, counts)
    short = flow.short
    cuts = flow.cuts(world) if explain and short else ()
    return Left(short + late, late, cuts)


def most_by_step(problem: Problem, *, by_the_end: bool = False) -> Ints:
    """The most people that any plan can have had taken in by the end of each step: int64[n_steps].

    by_the_end : only the last step's is asked for, which is found sooner; all others may be too low
    """
    flow = _Flow(problem, problem.timing.newly_ready, every_step=not by_the_end)
    if flow.solved is None:
        return np.zeros(problem.timing.n_steps, np.int64)
    return flow.solved.most_persons


class _Flow:
    """A maximum flow of people to beds over all steps.

    every_step : a flow that is as large as can be by each step, not by the last one only
    """

    def __init__(self, problem: Problem, counts: Ints, *, every_step: bool = False) -> None:
        self.problem, self.counts = problem, counts
        timing = problem.timing
        self.reduced: Reduced = reduce_network(problem)
        self.moves: Moves = moves_of(self.reduced)
        moves, reduced = self.moves, self.reduced
        self.zones = np.flatnonzero((moves.home >= 0) & counts.any(axis=1))
        self.stuck = np.flatnonzero((moves.home < 0) & counts.any(axis=1))  # nowhere to go from at all
        self.hosts = np.flatnonzero(moves.host >= 0)
        n_hosts = len(self.hosts)
        self.n_nodes = moves.n_nodes + n_hosts
        on_chain = moves.chain >= 0
        steps, row = np.zeros(len(moves.chain), np.int64), np.full(len(moves.chain), -1, np.int64)
        steps[on_chain] = reduced.steps[moves.chain[on_chain]]
        row[on_chain] = reduced.capacity_of[moves.chain[on_chain]]
        intake = np.where(problem.host_open[self.hosts], timing.intake[self.hosts], 0)
        self.tail = np.concatenate([moves.tail, moves.host[self.hosts]])
        self.head = np.concatenate([moves.head, moves.n_nodes + np.arange(n_hosts)])
        self.steps = np.concatenate([steps, np.zeros(n_hosts, np.int64)])
        self.capacity_of = np.concatenate([row, len(reduced.capacities) + np.arange(n_hosts)])
        capacities = np.concatenate([reduced.capacities.reshape(-1, timing.n_steps), intake])
        self.capacities = np.ascontiguousarray(np.minimum(capacities, UNLIMITED))
        self.may_wait = np.zeros(self.n_nodes, bool)
        self.may_wait[moves.home[self.zones]] = True
        zone, step = np.nonzero(counts[self.zones])
        self.release_zone, self.release_step = self.zones[zone], step
        self.persons = counts[self.release_zone, step]
        self.solved: EarliestArrival | None = None
        if n_hosts and len(self.zones) and len(self.tail):
            self.network: Network = build_network(
                n_nodes=self.n_nodes,
                n_steps=timing.n_steps,
                tail=self.tail,
                head=self.head,
                transit_steps=self.steps,
                capacity_persons=np.full(len(self.tail), UNLIMITED),
                sinks=moves.n_nodes + np.arange(n_hosts),
                sink_limit_persons=np.minimum(timing.beds[self.hosts], UNLIMITED),
                storage_persons=np.where(self.may_wait, UNLIMITED, 0),
                profile=self.capacity_of,
                profile_persons=self.capacities,
            )
            releases = releases_of(moves.home[self.release_zone], step, self.persons)
            self.solved = earliest_arrival(
                self.network, releases, first_step=0 if every_step else timing.n_steps - 1
            )
            self.unserved = self.solved.unserved_persons
        else:
            self.unserved = self.persons.copy()

    @property
    def short(self) -> int:
        """Who cannot be placed."""
        return int(self.unserved.sum()) + int(self.counts[self.stuck].sum())

    def cuts(self, world: World) -> tuple[Cut, ...]:
        """Who cannot be placed, grouped by what holds them: a minimum cut of each group."""
        n_steps = self.problem.timing.n_steps
        group = np.full((self.n_nodes, n_steps), -1, np.int32)
        left = np.flatnonzero(self.unserved > 0)
        parent = np.arange(len(left), dtype=np.int64)
        flow, waiting = self._flow()
        within_reach(
            self.tail,
            self.head,
            self.steps,
            self.capacity_of,
            self.capacities,
            flow,
            *grouped(self.tail, self.n_nodes),
            *grouped(self.head, self.n_nodes),
            self.may_wait,
            waiting,
            np.arange(self.n_nodes) >= self.moves.n_nodes,
            self.moves.home[self.release_zone[left]],
            self.release_step[left],
            np.arange(len(left)),
            group,
            parent,
        )
        for one in range(len(parent)):  # roots come before what is joined to them
            parent[one] = parent[parent[one]]
        parent = np.append(parent, -1)
        group = parent[group].astype(np.int32)
        arcs, at = cut_cells(
            self.tail,
            self.head,
            self.steps,
            self.capacity_of,
            self.capacities,
            np.arange(self.n_nodes) >= self.moves.n_nodes,
            group,
        )
        of_cell = group[self.tail[arcs], at]
        found = [self._cut(world, int(one), group, arcs[of_cell == one], at[of_cell == one])
                 for one in np.unique(parent[:-1]).tolist()]  # fmt: skip
        for zone in self.stuck.tolist():
            first = int(np.flatnonzero(self.counts[zone])[0])
            found.append(Cut({zone: first}, int(self.counts[zone].sum()), (), (), (), {}))
        return tuple(found)

    def _cut(self, world: World, one: int, group: npt.NDArray[np.int32], arcs: Ints, at: Ints) -> Cut:
        moves, reduced, timing = self.moves, self.reduced, self.problem.timing
        who: dict[int, int] = {}
        for zone in self.zones.tolist():
            mine = np.flatnonzero(group[moves.home[zone]] == one)
            if len(mine):
                who[zone] = int(mine[0])
        facts: dict[Fact, int] = {}
        links: list[tuple[int, int]] = []
        intake: list[tuple[int, int]] = []
        for arc, step in zip(arcs.tolist(), at.tolist(), strict=True):
            if arc >= len(moves.tail):
                host = int(self.hosts[arc - len(moves.tail)])
                intake.append((host, step))
                fact, room = Fact("intake", host), int(timing.intake[host, step])
            else:
                chain = int(moves.chain[arc])
                through, entered = reduced.arcs_of(chain), step + reduced.entries_of(chain)
                rooms = timing.capacities[timing.capacity_of[through], entered]
                narrowest = int(rooms.argmin())
                links.append((int(through[narrowest]), int(entered[narrowest])))
                fact, room = world.of_arc(timing, int(through[narrowest])), int(rooms[narrowest])
            facts[fact] = facts.get(fact, 0) + room
        beds = tuple(host for i, host in enumerate(self.hosts.tolist()) if group[moves.n_nodes + i, 0] == one)
        for host in beds:
            facts[Fact("beds", host)] = int(timing.beds[host])
        short = sum(
            int(self.unserved[i])
            for i in range(len(self.unserved))
            if group[moves.home[self.release_zone[i]], self.release_step[i]] == one
        )
        return Cut(who, short, tuple(sorted(links)), tuple(sorted(intake)), beds, facts)

    def _flow(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Who enters each arc, and who waits at each node, in each step."""
        n_steps = self.problem.timing.n_steps
        flow = np.zeros((len(self.tail), n_steps), np.int32)
        waiting = np.zeros((self.n_nodes, n_steps), np.int32)
        if self.solved is not None:
            link, step, persons = self.solved.flow
            given = self.network.given_link[link]
            on_arc = given >= 0
            flow[given[on_arc], step[on_arc]] = persons[on_arc]
            waits = ~on_arc
            waiting[self.network.tail[link[waits]], step[waits]] = persons[waits]
        return flow, waiting
