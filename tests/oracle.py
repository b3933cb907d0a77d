"""docs/model.md written down a third time, plainly and slowly, sharing only the scenario types.

The best objective comes from a linear programme over every step; a plan's cost and feasibility are added up.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME

HALF, NUDGE = 0.5, 1e-6


@dataclass(frozen=True)
class Arc:
    code: str
    tail: str
    head: str
    steps: int
    capacity: tuple[int, ...]
    cost: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A zone or a host: `ready` is who is ready by each step, `room` how many are taken in in one step."""

    code: str
    node: str
    people: int = 0
    ready: tuple[int, ...] = ()
    wait: tuple[int, ...] = ()
    beds: int = 0
    takes: tuple[bool, ...] = ()
    room: int | None = None


class Oracle:
    """A scenario's problem by the page, one number at a time."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, about = scenario, scenario.about
        self.step_s = about.step_s
        self.n_steps = about.horizon_h * 3600 // about.step_s
        self.start_s = int(about.start.timestamp())
        self.zones = [self._zone(i) for i in range(len(scenario.zones))]
        self.hosts = [self._host(i) for i in range(len(scenario.hosts))]
        self.arcs = self._arcs()
        dearest = max([w for zone in self.zones for w in zone.wait], default=0)
        self.left = 10 * self.n_steps * max(dearest, math.floor(10**6 * self.step_s / 3600 + HALF))

    # -- the page's numbers -------------------------------------------------------------------------------

    def _touching(self, table: Any, codes: set[str], step: int) -> Iterator[int]:
        key = table.asset_id if hasattr(table, "asset_id") else table.place_id
        begin = self.start_s + step * self.step_s
        for row in range(len(table)):
            since, until = int(table.from_time[row]), int(table.until_time[row])
            begun = since == NO_TIME or since < begin + self.step_s
            lasts = until == NO_TIME or until > begin
            if key[row] in codes and begun and lasts:
                yield row

    def _rate(self, codes: set[str], step: int) -> float:
        rows = list(self._touching(self.scenario.exposure, codes, step))
        if not rows:
            return self.scenario.parameter("exposure_default_rate")
        return max(float(self.scenario.exposure.rate[row]) for row in rows)

    def _zone(self, i: int) -> Place:
        zones, get = self.scenario.zones, self.scenario.parameter
        people = math.floor(int(zones.persons[i]) * get("share_present") * get("share_leaving") + HALF)
        ready = []
        for k in range(self.n_steps):
            hour, share = k * self.step_s / 3600, 1.0
            points = [tuple(map(float, p.split(":"))) for p in zones.ready_curve[i].split()]
            if points:
                share = 0.0 if hour < points[0][0] else points[-1][1]
                for (h0, s0), (h1, s1) in pairwise(points):
                    if h0 <= hour < h1:
                        share = s0 + (s1 - s0) * (hour - h0) / (h1 - h0)
            ready.append(math.floor(people * share + HALF))
        wait = [
            math.floor(10**6 * self._rate({zones.zone_id[i]}, k) * self.step_s / 3600 + HALF)
            for k in range(self.n_steps)
        ]
        return Place(zones.zone_id[i], zones.node_id[i], people, tuple(ready), tuple(wait))

    def _host(self, i: int) -> Place:
        hosts, operation = self.scenario.hosts, self.scenario.about.operation
        excepted = operation.exception is not None and operation.exception.complete
        blocked = (
            operation.territory_status == "occupied"
            and not excepted
            and hosts.territory[i] in ("sponsor", "third")
        )
        intake = float(hosts.intake_persons_h[i])
        room = None if math.isnan(intake) else math.floor(intake * self.step_s / 3600 + NUDGE)
        takes = []
        for k in range(self.n_steps):
            begin = self.start_s + k * self.step_s
            after = hosts.beds_from[i] == NO_TIME or hosts.beds_from[i] <= begin
            before = hosts.confirmed_until[i] == NO_TIME or begin < hosts.confirmed_until[i]
            takes.append(bool(after and before and not blocked and room != 0 and hosts.beds[i] > 0))
        return Place(
            hosts.host_id[i], hosts.node_id[i], beds=int(hosts.beds[i]), takes=tuple(takes), room=room
        )

    def _within(self, step: int, since_h: float, until_h: float) -> bool:
        if until_h - since_h >= 24:
            return True
        offset = self.scenario.about.start.utcoffset()
        assert offset is not None
        past = (self.start_s + step * self.step_s + offset.total_seconds() - since_h * 3600) % 86400
        return past + self.step_s <= (until_h - since_h + (24 if until_h < since_h else 0)) * 3600

    def _capacity(self, row: int, ferry: int | None) -> tuple[int, ...]:
        links, closures, get = self.scenario.links, self.scenario.closures, self.scenario.parameter
        kind = "driving" if ferry is None else "sailing"
        factors = []
        for k in range(self.n_steps):
            factor = 1.0
            codes = {links.link_id[row], links.crossing_id[row]} - {""}
            for closure in self._touching(closures, codes, k):
                uses = closures.allowed_uses[closure]
                shut = uses and "auto" not in uses.split(";")
                factor = min(factor, 0.0 if shut else float(closures.capacity_factor[closure]))
            is_open = self._within(k, get(f"{kind}_from_hour"), get(f"{kind}_until_hour"))
            factors.append(factor if is_open else 0.0)
        if ferry is None:
            return tuple(
                math.floor(
                    float(links.capacity[row])
                    * int(links.lanes[row])
                    * f
                    * get("persons_per_vehicle")
                    * self.step_s
                    / 3600
                    + NUDGE
                )
                if f > 0
                else 0
                for f in factors
            )
        table = self.scenario.crossings
        trip, vessels = int(table.trip_s[ferry]), int(table.vessels[ferry])
        if trip == 0 or vessels == 0:
            return (0,) * self.n_steps
        aboard = max(
            int(table.persons_per_trip[ferry]),
            math.floor(int(table.vehicles_per_trip[ferry]) * get("persons_per_vehicle") + NUDGE),
        )
        places, begun = [], None
        for k, f in enumerate(factors):
            if f <= 0:
                begun = None
                places.append(0)
                continue
            begun = k if begun is None else begun
            after, before = (-(-(step - begun) * self.step_s * vessels // (2 * trip)) for step in (k + 1, k))
            places.append((after - before) * math.floor(aboard * f + NUDGE))
        return tuple(places)

    def _arcs(self) -> list[Arc]:
        links, crossings, get = self.scenario.links, self.scenario.crossings, self.scenario.parameter
        ferry_row = {c: i for i, c in enumerate(crossings.crossing_id) if crossings.kind[i] == "ferry"}
        raw = []
        for i in range(len(links)):
            ferry = ferry_row.get(links.crossing_id[i])
            if ferry is None and "auto" not in links.allowed_uses[i].split(";"):
                continue
            if ferry is None:
                metres_per_s = float(links.free_speed[i]) / 3.6
                seconds = max(1, math.floor(float(links.length[i]) / metres_per_s + HALF))
            else:
                seconds = int(crossings.trip_s[ferry])
            ends = (links.from_node_id[i], links.to_node_id[i])
            raw.append((links.link_id[i], *ends, i, ferry, seconds))
            if not links.directed[i]:
                raw.append(("-" + links.link_id[i], *ends[::-1], i, ferry, seconds))
        near = self._nearest([(u, v, t) for _, u, v, _, _, t in raw])
        arcs = []
        for code, u, v, i, ferry, t in raw:
            tau = (near.get(u, 0) % self.step_s + t) // self.step_s
            cost = []
            for k in range(self.n_steps):
                r = self._rate({links.link_id[i], links.crossing_id[i]} - {""}, k)
                b = min(r, get("exposure_default_rate"))
                exposed = b * tau * self.step_s + (r - b + get("travel_weight")) * t
                cost.append(math.floor(10**6 * exposed / 3600 + HALF))
            arcs.append(Arc(code, u, v, tau, self._capacity(i, ferry), tuple(cost)))
        return arcs

    def _nearest(self, arcs: list[tuple[str, str, int]]) -> dict[str, int]:
        out = defaultdict(list)
        for u, v, t in arcs:
            out[u].append((t, v))
        near: dict[str, int] = {}
        queue = [(0, zone.node) for zone in self.zones if zone.people > 0]
        heapq.heapify(queue)
        while queue:
            so_far, node = heapq.heappop(queue)
            if node not in near:
                near[node] = so_far
                for t, v in out[node]:
                    heapq.heappush(queue, (so_far + t, v))
        return near

    # -- the optimum --------------------------------------------------------------------------------------

    def optimum(self) -> int:
        """Least objective of any plan: HiGHS on the whole expansion, its corner added up in whole numbers."""
        costs: list[int] = []
        entries: list[tuple[Any, int, int]] = []  # (row of balance, variable, ±1)
        limits: dict[Any, tuple[int, list[int]]] = {}

        def variable(cost: int, source: Any, target: Any, *limited: tuple[Any, int | None]) -> None:
            number = len(costs)
            costs.append(cost)
            entries.append((source, number, 1))
            if target is not None:
                entries.append((target, number, -1))
            for what, limit in limited:
                if limit is not None:
                    limits.setdefault(what, (limit, []))[1].append(number)

        def go_on(state: Any, node: str, came: str | None, k: int) -> None:
            for arc in self.arcs:
                if arc.tail == node and arc.head != came and k + arc.steps < self.n_steps and arc.capacity[k]:
                    there = (arc.tail, arc.head, k + arc.steps)
                    variable(arc.cost[k], state, there, ((arc.code, k), arc.capacity[k]))
                    reached.append(there)
            for host in self.hosts:
                if host.node == node and host.takes[k]:
                    variable(0, state, None, ((host.code, k), host.room), (host.code, host.beds))

        reached: list[tuple[str, str, int]] = []
        supply: dict[Any, int] = {}
        fixed = 0
        for zone in self.zones:
            before = 0
            fixed += self.left * (zone.people - zone.ready[-1])
            for k in range(self.n_steps):
                home = ("home", zone.code, k)
                supply[home] = zone.ready[k] - before
                before = zone.ready[k]
                last = k == self.n_steps - 1
                following = None if last else ("home", zone.code, k + 1)
                variable(zone.wait[k] + (self.left if last else 0), home, following)
                go_on(home, zone.node, None, k)
        done: set[Any] = set()
        while reached:
            state = reached.pop()
            if state not in done:
                done.add(state)
                go_on(state, state[1], state[0], state[2])
        rows = {state: i for i, state in enumerate(dict.fromkeys([*supply, *(e[0] for e in entries)]))}
        for state in done:
            rows.setdefault(state, len(rows))
        balance = csr_matrix(
            ([e[2] for e in entries], ([rows[e[0]] for e in entries], [e[1] for e in entries])),
            shape=(len(rows), len(costs)),
        )
        right = np.zeros(len(rows))
        for state, people in supply.items():
            right[rows[state]] = people
        upper, room = None, None
        if limits:
            places = [(i, v) for i, (_, variables) in enumerate(limits.values()) for v in variables]
            upper = csr_matrix(
                (np.ones(len(places)), tuple(zip(*places, strict=True))), shape=(len(limits), len(costs))
            )
            room = [limit for limit, _ in limits.values()]
        found = linprog(
            costs, A_ub=upper, b_ub=room, A_eq=balance, b_eq=right, bounds=(0, None), method="highs-ds"
        )
        assert found.success, found.message
        flow = np.round(found.x)
        assert np.abs(found.x - flow).max(initial=0) < 1e-6, "a corner of a network flow is in whole numbers"
        return fixed + sum(int(n) * c for n, c in zip(flow, costs, strict=True) if n)

    # -- a plan's own figures -----------------------------------------------------------------------------

    def cost_of(self, outcome: Outcome) -> int:
        """A plan's objective; fails with the place named where the plan is not feasible."""
        arcs = {arc.code: arc for arc in self.arcs}
        zones = {zone.code: zone for zone in self.zones}
        hosts = {host.code: host for host in self.hosts}
        entered: dict[Any, int] = defaultdict(int)
        left = {zone.code: [0] * self.n_steps for zone in self.zones}
        total = 0
        departures = outcome.departures
        for number, step, persons in zip(
            departures.route.tolist(), departures.step.tolist(), departures.persons.tolist(), strict=True
        ):
            route = outcome.routes[number]
            assert persons > 0
            left[route.zone_id][step] += persons
            node, came, at = zones[route.zone_id].node, None, step
            for code, entry in zip(route.links, route.entry_steps, strict=True):
                arc = arcs[code]
                assert (arc.tail, at) == (node, step + entry), f"{route} does not hang together at {code}"
                assert arc.head != came, f"{route} turns straight back at {code}"
                entered[code, at] += persons
                assert entered[code, at] <= arc.capacity[at], f"{code} is over its capacity in step {at}"
                total += persons * arc.cost[at]
                node, came, at = arc.head, arc.tail, at + arc.steps
            host = hosts[route.host_id]
            assert (node, at) == (host.node, step + route.arrival_steps), f"{route} does not end at its host"
            assert host.takes[at], f"{host.code} takes nobody in step {at}"
            entered[host.code, at] += persons
            entered[host.code] += persons
            assert host.room is None or entered[host.code, at] <= host.room, f"{host.code}'s intake"
            assert entered[host.code] <= host.beds, f"{host.code}'s beds"
        for zone in self.zones:
            gone = 0
            for k in range(self.n_steps):
                gone += left[zone.code][k]
                assert gone <= zone.ready[k], f"{zone.code}: more leave than are ready in step {k}"
                total += (zone.ready[k] - gone) * zone.wait[k]
            total += (zone.people - gone) * self.left
        return total
