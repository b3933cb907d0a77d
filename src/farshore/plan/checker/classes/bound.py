"""The lower bound: everybody's cheapest way at given prices, by car, on foot and by every service."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.executor.abreast import abreast
from farshore.plan.checker.bound import MOST
from farshore.plan.checker.classes.layers import Layer, bus_layer, car_layer, shares
from farshore.plan.checker.classes.prices import ClassPrices, worth_of_all_capacity
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.sweeps import foot_step
from farshore.plan.checker.timetable import Ints

__all__ = ["lower_bound"]

Flags = npt.NDArray[np.bool_]


def lower_bound(problem: ClassProblem, prices: ClassPrices) -> int:
    """What no plan can cost less than, whatever the prices.

    Raises OverflowError if a scenario's costs are beyond what 64 bits hold.
    """
    n_steps = problem.n_steps
    at_home = problem.home[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    beyond = int(at_home.max(initial=0)) + problem.left_cost + 1
    if beyond > MOST:
        raise OverflowError("the costs of this scenario are too large for whole numbers of 64 bits")
    alike: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for i, group in enumerate(problem.groups):
        if group.people:
            alike[group.need, problem.accepts[group.zone, group.need].tobytes()].append(i)

    def cheapest(need: int, members: list[int]) -> tuple[dict[int, Ints], dict[int, Ints]]:
        accepts = problem.accepts[problem.groups[members[0]].zone, need]
        by_car = any(problem.groups[i].has_car for i in members)
        ways = _Ways(problem, prices, need, accepts, beyond)
        return ways.cheapest({problem.groups[i].zone for i in members}, by_car)

    kinds = [(need, members) for (need, _), members in sorted(alike.items())]
    total = 0
    for (need, members), (leaving_by_car, leaving_on_foot) in zip(
        kinds, abreast(lambda kind: cheapest(*kind), kinds), strict=True
    ):
        for i in members:
            group = problem.groups[i]
            leave = leaving_on_foot[group.zone]
            if group.has_car:
                leave = np.minimum(leave, leaving_by_car[group.zone])
            best, after = np.empty(n_steps, np.int64), problem.left_cost
            for k in range(n_steps - 1, -1, -1):
                after = min(after + int(problem.home[group.zone, need, k]), int(leave[k]))
                best[k] = after
            newly = group.newly_ready
            total += sum(int(n) * int(c) for n, c in zip(newly[newly > 0], best[newly > 0], strict=True))
            total += group.never_ready * problem.left_cost
    return total - worth_of_all_capacity(problem, prices)


@dataclass(frozen=True, eq=False)
class _Ways:
    """The cheapest ways of people of one need who accept the same hosts."""

    problem: ClassProblem
    prices: ClassPrices
    need: int
    accepts: Flags
    beyond: int

    def cheapest(self, zones: set[int], by_car: bool) -> tuple[dict[int, Ints], dict[int, Ints]]:
        """Cheapest way of leaving each zone in each step: by car, and on foot; int64[n_steps] by zone.

        Backward in time: all labels of later steps are final. In a step, people on foot and those aboard
        pass labels to each other until none falls.
        """
        problem, n_steps, beyond = self.problem, self.problem.n_steps, self.beyond
        nodes = {zone: problem.plain.zones[zone].node for zone in zones}
        ends = self._ends()
        moves = _Moves.of(problem, self.prices, self.need, beyond)
        fleets = self._fleets()
        car = self._car(set(nodes.values())) if by_car else None
        on_foot = np.full((len(problem.terminals.nodes), n_steps), beyond, np.int64)
        in_car = {node: np.full(n_steps, beyond, np.int64) for node in set(nodes.values())}
        waiting = problem.terminals.waiting[self.need]
        at = problem.terminals.at
        host_nodes = np.array(sorted(ends), np.int64)
        for k in range(n_steps - 1, -1, -1):
            for node, cost in ends.items():
                on_foot[at[node], k] = cost[k]
            if k + 1 < n_steps:
                np.minimum(on_foot[:, k], waiting[:, k] + on_foot[:, k + 1], out=on_foot[:, k])
            for fleet in fleets:
                fleet.layer.begin(k)
            foot_step(k, n_steps, beyond, *moves.arrays, on_foot)
            fresh = True
            while sum(fleet.ride(k, on_foot, fresh=fresh) for fleet in fleets):
                fresh = False
                foot_step(k, n_steps, beyond, *moves.arrays, on_foot)
            if car is not None:
                car.begin(k)
                car.settle(
                    k,
                    car.places(host_nodes),
                    np.array([ends[n][k] for n in host_nodes.tolist()], np.int64),
                    fresh=True,
                )
                for node, row in in_car.items():
                    row[k] = car.label(node, k)
        return (
            {zone: in_car[node] for zone, node in nodes.items()},
            {zone: on_foot[at[node]] for zone, node in nodes.items()},
        )

    def _ends(self) -> dict[int, Ints]:
        """What being taken in costs at each host's node, `beyond` where nobody is: int64[n_steps] by node."""
        found: dict[int, Ints] = {}
        for host in self.problem.plain.hosts:
            if not self.accepts[host.row]:
                continue
            cost = np.full(
                self.problem.n_steps, min(self.prices.beds.get(host.row, 0), self.beyond), np.int64
            )
            for (row, step), price in self.prices.intake.items():
                if row == host.row:
                    cost[step] += min(price, self.beyond)
            cost = np.where(host.usable, np.minimum(cost, self.beyond), self.beyond)
            found[host.node] = np.minimum(found.get(host.node, cost), cost)
        return found

    def _car(self, starts: set[int]) -> Layer:
        hosts = {host.node for host in self.problem.plain.hosts if self.accepts[host.row]}
        return car_layer(self.problem, self.prices, self.need, self.beyond, keep=starts | hosts)

    def _fleets(self) -> list["_Riding"]:
        """Fleets that people of this need can ride."""
        found = []
        for buses in self.problem.buses:
            seats = buses.seats_for(self.need)
            if not 1 <= seats <= buses.seats or buses.number < 1:
                continue
            boards, alights = np.flatnonzero(buses.out >= 0), np.flatnonzero(buses.back >= 0)
            nodes = self.problem.terminals.nodes
            layer = bus_layer(
                self.problem,
                self.prices,
                self.need,
                self.beyond,
                buses,
                keep=set(nodes[boards].tolist()) | set(nodes[alights].tolist()),
            )
            before = shares(
                self.problem, self.prices, buses, seats, buses.out[boards], self.beyond, before=True
            )
            after = shares(
                self.problem, self.prices, buses, seats, buses.back[alights], self.beyond, before=False
            )
            found.append(
                _Riding(
                    layer,
                    boards,
                    layer.places(nodes[boards]),
                    before,
                    alights,
                    layer.places(nodes[alights]),
                    after,
                    self.beyond,
                )
            )
        return found


@dataclass(frozen=True, eq=False)
class _Riding:
    """A fleet's layer, and where and at what price people get on and off.

    boards, alights : int64[n], places in the list of terminals; *_at : int64[n], nodes of the layer
    before, after : int64[n, n_steps], price of boarding and alighting in each step
    """

    layer: Layer
    boards: Ints
    boards_at: Ints
    before: Ints
    alights: Ints
    alights_at: Ints
    after: Ints
    beyond: int

    def ride(self, k: int, on_foot: Ints, *, fresh: bool) -> bool:
        """Let people get off in step k, ride and get on; whether boarding lowers a label on foot."""
        self.layer.settle(k, self.alights_at, self.after[:, k] + on_foot[self.alights, k], fresh=fresh)
        aboard = self.before[:, k] + self.layer.labels(self.boards_at, k)
        lower = aboard < on_foot[self.boards, k]
        on_foot[self.boards[lower], k] = aboard[lower]
        return bool(lower.any())


@dataclass(frozen=True, eq=False)
class _Moves:
    """Walks, ferries and trains as moves between terminals; arrays as the inner loop takes them."""

    arrays: tuple[Ints, Ints, Ints, Ints]  # tail, head, steps, weights[n_moves, n_steps]

    @classmethod
    def of(cls, problem: ClassProblem, prices: ClassPrices, need: int, beyond: int) -> "_Moves":
        """Every move that people of a need can make on foot and by scheduled services."""
        n_steps, network, rooms = problem.n_steps, problem.plain.network, problem.rooms
        rows: list[tuple[int, int, int]] = []
        weights: list[Ints] = []

        def add(tail: int, head: int, steps: int, weight: Ints, is_open: Flags) -> None:
            if steps < n_steps and is_open.any():
                rows.append((tail, head, steps))
                weights.append(np.where(is_open, np.minimum(weight, beyond), beyond))

        tolls_on_foot = _by_first(prices.foot, n_steps, beyond)
        for walk in problem.walks.values():
            weight, is_open = walk.cost[need] + np.zeros(n_steps, np.int64), walk.begins
            for link in walk.links:
                if link in problem.foot.room:
                    is_open = is_open & (problem.foot.room[link] >= 1)
                if link in tolls_on_foot:
                    weight = np.minimum(weight, beyond) + tolls_on_foot[link]
            add(walk.tail, walk.head, walk.steps, weight, is_open)
        tolls = _by_first(prices.links, n_steps, beyond)
        at = problem.terminals.at
        for arc in np.flatnonzero(network.is_ferry).tolist():
            row = rooms.row[arc]
            toll = tolls.get(arc, np.zeros(n_steps, np.int64))
            weight = np.minimum(problem.arc_cost(arc, need), beyond) + toll
            ends = at[int(network.tail[arc])], at[int(network.head[arc])]
            add(*ends, int(network.steps[arc]), weight, rooms.foot[row] & (rooms.places[row] >= 1))
        for i, stage in enumerate(problem.stages):
            seats = stage.seats_for(need)
            if stage.usable and 1 <= seats <= stage.seats:
                weight = np.full(n_steps, min(problem.stage_cost(stage, need), beyond), np.int64)
                weight += min(seats * prices.trains.get(i, 0), beyond)
                then = np.arange(n_steps) == stage.departs
                add(stage.tail, stage.head, stage.arrives - stage.departs, weight, then)
        table = np.array(rows, np.int64).reshape(-1, 3)
        stacked = np.array(weights, np.int64).reshape(-1, n_steps)
        columns = [np.ascontiguousarray(table[:, i]) for i in range(3)]
        return cls((columns[0], columns[1], columns[2], stacked))


def _by_first(prices: dict[tuple[int, int], int], n_steps: int, beyond: int) -> dict[int, Ints]:
    """Prices by (row, step) as rows over the steps, none above `beyond`."""
    found: dict[int, Ints] = {}
    for (row, step), price in prices.items():
        found.setdefault(row, np.zeros(n_steps, np.int64))[step] = min(price, beyond)
    return found
