"""The bound from the midst of a plan on: what is spent or sure to be, and everybody else's cheapest way."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.ends import Host, Zone
from farshore.plan.checker.halts import Along
from farshore.plan.checker.movements import Movement
from farshore.plan.checker.network import Network
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.replanned import Midst
from farshore.plan.checker.timetable import Flags, Ints

__all__ = ["bound_from_midst"]


@dataclass(frozen=True, eq=False)
class _Busy(Network):
    """The network with what those on the road will still take of it: {arc row: int64[n_steps]}."""

    taken: Mapping[int, Ints] = field(default_factory=dict)

    def capacity(self, arc: int) -> Ints:
        """What is free of an arc in each step: int64[n_steps]."""
        whole = super().capacity(arc)
        return whole - self.taken[arc] if arc in self.taken else whole


@dataclass(frozen=True, eq=False)
class _Partly(Host):
    """A host some of whose intake is taken by those on the road: int64[n_steps]."""

    taken: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def intake_in(self, step: int) -> int | None:
        """Most persons more in a step; None: no limit."""
        most = super().intake_in(step)
        return None if most is None else most - int(self.taken[step])

    @property
    def usable(self) -> Flags:
        """Steps in which a way may end here: bool[n_steps]."""
        usable = super().usable
        return usable if self.intake is None else usable & (self.taken < self.intake)


def bound_from_midst(problem: Problem, midst: Midst, moves: tuple[Movement, ...], prices: Prices) -> int:
    """What no plan from the event on can cost less than, with what is spent by then or sure to be."""
    network, at, n_steps = problem.network, midst.at, problem.clock.n_steps
    sunk = 0
    gone = np.zeros((len(problem.zones), n_steps), np.int64)
    beds = midst.others.copy()
    intake = np.zeros((len(problem.hosts), n_steps), np.int64)
    taken: defaultdict[int, Ints] = defaultdict(lambda: np.zeros(n_steps, np.int64))
    free: defaultdict[int, Ints] = defaultdict(lambda: np.zeros(n_steps + 1, np.int64))
    for move in moves:
        if move.step >= at:
            continue
        how, persons = move.way.how, move.persons
        gone[move.way.zone, move.step] += persons
        goes_on = move.step + how.leaves < at
        for arc, entry in how.entered:
            if goes_on or move.step + entry < at:
                sunk += persons * _cost(network, arc, move.step + entry)
            if goes_on and move.step + entry >= at:
                taken[arc][move.step + entry] += persons
        if goes_on:
            beds[move.way.host] += persons
            if move.step + move.way.arrival >= at:
                intake[move.way.host, move.step + move.way.arrival] += persons
        sunk += persons * _waited(problem, how, move.step, None if goes_on else at)
        if not goes_on:
            node, since, _ = how.pauses[-1]
            free[node][min(max(move.step + since, at), n_steps)] += persons
    for each in midst.stranded:
        gone[each.zone, each.step] += each.persons
        sunk += each.persons * sum(_cost(network, arc, each.step + entry) for arc, entry in each.how.entered)
        sunk += each.persons * _waited(problem, each.how, each.step, at)
        node, since, _ = each.how.pauses[-1]
        free[node][min(max(each.step + since, at), n_steps)] += each.persons
    zones = []
    for zone in problem.zones:
        at_home = zone.ready - np.cumsum(gone[zone.row])
        sunk += sum(int(n) * int(w) for n, w in zip(at_home[:at], zone.waiting_cost[:at], strict=True))
        left = int(gone[zone.row].sum())
        ready = np.where(np.arange(n_steps) < at, 0, zone.ready - left)
        zones.append(replace(zone, people=zone.people - left, ready=ready))
    for node, people in sorted(free.items()):
        zones.append(
            Zone(
                zone_id="",
                row=len(zones),
                node=node,
                people=int(people.sum()),
                ready=np.cumsum(people[:-1]),
                waiting_cost=problem.waiting_at(node),
                rate=np.zeros(n_steps),
            )
        )
    busy = _Busy(**{f.name: getattr(network, f.name) for f in fields(network)}, taken=dict(taken))
    hosts = tuple(
        _Partly(
            **{f.name: getattr(host, f.name) for f in fields(host) if f.name != "beds"},
            beds=max(0, host.beds - int(beds[host.row])),
            taken=intake[host.row],
        )
        for host in problem.hosts
    )
    return sunk + lower_bound(busy, tuple(zones), hosts, problem.left_cost, prices)


def _cost(network: Network, arc: int, step: int) -> int:
    cost = network.cost(arc)
    return int(cost[step] if len(cost) > 1 else cost[0])


def _waited(problem: Problem, how: Along, step: int, until: int | None) -> int:
    """What a person's halts have cost by a step, or altogether."""
    total = 0
    for node, since, left in how.pauses:
        end = problem.clock.n_steps if left < 0 else step + left
        end = end if until is None else min(end, max(until, step + since))
        total += int(problem.waiting_at(node)[step + since : end].sum())
    return total
