"""docs/classes.md written down a third time, plainly and slowly, sharing only the scenario types.

Everything that anybody can do is an edge from a state in a step to a state in a step, with its cost and what
it takes. The bound at given prices is a search over all edges; the best objective without whole vehicles a
linear programme over them, which no plan can beat.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from tests.oracle import HALF, NUDGE, Oracle

NEEDS = ("assisted", "family", "other")
Resource = tuple[Any, ...]
Prices = Mapping[Resource, int]


@dataclass(frozen=True)
class Road:
    """An arc for cars, buses and ferries; `ferry` is the row of its crossing, or None."""

    code: str
    tail: str
    head: str
    row: int
    ferry: int | None
    seconds: int
    steps: int


@dataclass(frozen=True)
class Walk:
    links: tuple[tuple[str, int, int], ...]  # arc code, row of the link, seconds
    seconds: int
    steps: int


@dataclass(frozen=True)
class Edge:
    """From a state in a step to another (None: taken in).

    takes : (resource, how many of it); shared : (steps of a vehicle's stretch, fleet, seats, of how many)
    room : (road resource, numerator, denominator) of a bus's rider
    """

    state: Any
    step: int
    to: Any
    then: int
    cost: int
    takes: tuple[tuple[Resource, int], ...] = ()
    shared: tuple[range, str, int, int] | None = None
    room: tuple[Resource, int, int] | None = None


@dataclass(eq=False)
class ClassOracle:
    """A scenario's problem with classes by the page, one number at a time."""

    scenario: Scenario
    plain: Oracle = field(init=False)

    def __post_init__(self) -> None:
        self.plain = Oracle(self.scenario)
        self.n_steps, self.step_s = self.plain.n_steps, self.plain.step_s

    def get(self, key: str) -> float:
        return self.scenario.parameter(key)

    # -- classes ------------------------------------------------------------------------------------------

    def priority(self, need: int) -> float:
        return (self.get("assisted_priority"), self.get("family_priority"), 1.0)[need]

    def home(self, zone: int, need: int, k: int) -> int:
        rate = self.plain._rate({self.plain.zones[zone].code}, k)
        return math.floor(10**6 * self.priority(need) * rate * self.step_s / 3600 + HALF)

    @cached_property
    def left(self) -> int:
        dearest = max(
            (
                self.home(z, n, k)
                for z in range(len(self.plain.zones))
                for n in range(3)
                for k in range(self.n_steps)
            ),
            default=0,
        )
        return 10 * self.n_steps * max(dearest, math.floor(10**6 * self.step_s / 3600 + HALF))

    @cached_property
    def groups(self) -> list[tuple[int, int, bool, tuple[int, ...], int]]:
        """(zone, need, has a car, ready by each step, people)."""
        table, found = self.scenario.zones, []
        for i, zone in enumerate(self.plain.zones):
            assisted = min(
                zone.people, math.floor(zone.people * float(table.share_needing_assistance[i]) + HALF)
            )
            children = zone.people * float(table.share_under_18[i]) * self.get("family_persons_per_child")
            family = min(zone.people - assisted, math.floor(children + HALF))
            for need, n in enumerate((assisted, family, zone.people - assisted - family)):
                with_car = math.floor(n * float(table.share_with_car[i]) + HALF)
                for car, m in ((True, with_car), (False, n - with_car)):
                    found.append((i, need, car, self._ready(i, m), m))
        return found

    def _ready(self, zone: int, people: int) -> tuple[int, ...]:
        points = [tuple(map(float, p.split(":"))) for p in self.scenario.zones.ready_curve[zone].split()]
        ready = []
        for k in range(self.n_steps):
            hour = k * self.step_s / 3600
            if not points:
                share = 1.0
            elif hour < points[0][0]:
                share = 0.0
            elif hour >= points[-1][0]:
                share = points[-1][1]
            else:
                (h0, s0), (h1, s1) = next((a, b) for a, b in pairwise(points) if a[0] <= hour < b[0])
                share = s0 + (s1 - s0) * (hour - h0) / (h1 - h0)
            ready.append(math.floor(people * share + HALF))
        return tuple(ready)

    def accepts(self, zone: int, need: int) -> tuple[str, ...]:
        rows, hosts = self.scenario.choices, self.scenario.hosts
        mine = [
            r
            for r in range(len(rows))
            if rows.zone_id[r] in ("", self.plain.zones[zone].code) and rows.need[r] in ("", NEEDS[need])
        ]
        named = {rows.host_id[r] for r in mine} - {""}
        found = []
        for h, host in enumerate(self.plain.hosts):
            offers = set(hosts.services[h].split(";"))
            fits = all(set(rows.services[r].split(";")) - {""} <= offers for r in mine)
            fits &= all(hosts.country[h] in rows.countries[r].split(";") for r in mine if rows.countries[r])
            fits &= not named or host.code in named
            if fits and any(host.takes):
                found.append(host.code)
        return tuple(found)

    # -- roads --------------------------------------------------------------------------------------------

    def factor(self, row: int, use: str, k: int) -> float:
        links, closures = self.scenario.links, self.scenario.closures
        factor = 1.0
        for c in self.plain._touching(closures, {links.link_id[row], links.crossing_id[row]} - {""}, k):
            uses = closures.allowed_uses[c]
            shut = uses and use not in uses.split(";")
            factor = min(factor, 0.0 if shut else float(closures.capacity_factor[c]))
        return factor

    def hours(self, kind: str, k: int) -> bool:
        return self.plain._within(k, self.get(f"{kind}_from_hour"), self.get(f"{kind}_until_hour"))

    def uses(self, row: int) -> list[str]:
        return self.scenario.links.allowed_uses[row].split(";")

    @cached_property
    def ferry_row(self) -> dict[str, int]:
        table = self.scenario.crossings
        return {c: i for i, c in enumerate(table.crossing_id) if table.kind[i] == "ferry"}

    @cached_property
    def near(self) -> dict[str, int]:
        return self.plain._nearest([(r.tail, r.head, r.seconds) for r in self._raw_roads])

    @cached_property
    def _raw_roads(self) -> list[Road]:
        links, found = self.scenario.links, []
        for i in range(len(links)):
            ferry = self.ferry_row.get(links.crossing_id[i])
            if ferry is None and "auto" not in self.uses(i):
                continue
            if ferry is None:
                seconds = max(
                    1, math.floor(float(links.length[i]) / (float(links.free_speed[i]) / 3.6) + HALF)
                )
            else:
                seconds = int(self.scenario.crossings.trip_s[ferry])
            ends = (links.from_node_id[i], links.to_node_id[i])
            found.append(Road(links.link_id[i], *ends, i, ferry, seconds, 0))
            if not links.directed[i]:
                found.append(Road("-" + links.link_id[i], *ends[::-1], i, ferry, seconds, 0))
        return found

    @cached_property
    def roads(self) -> list[Road]:
        return [
            Road(
                r.code,
                r.tail,
                r.head,
                r.row,
                r.ferry,
                r.seconds,
                (self.near.get(r.tail, 0) % self.step_s + r.seconds) // self.step_s,
            )
            for r in self._raw_roads
        ]

    def cost(self, road: Road, need: int, k: int) -> int:
        links = self.scenario.links
        r = self.plain._rate({links.link_id[road.row], links.crossing_id[road.row]} - {""}, k)
        b = min(r, self.get("exposure_default_rate"))
        exposed = self.priority(need) * (b * road.steps * self.step_s + (r - b) * road.seconds)
        return math.floor(10**6 * (exposed + self.get("travel_weight") * road.seconds) / 3600 + HALF)

    def open_to(self, road: Road, use: str, k: int) -> bool:
        if road.ferry is not None:
            return self.hours("sailing", k) and self.factor(road.row, use, k) > 0
        allowed = "auto" in self.uses(road.row) and use in self.uses(road.row)
        return allowed and self.hours("driving", k) and self.factor(road.row, use, k) > 0

    def room(self, road: Road, k: int) -> int:
        """Persons in cars on a road, or places on a ferry."""
        links = self.scenario.links
        if road.ferry is not None:
            return self._aboard(road, k)[0]
        if not self.hours("driving", k):
            return 0
        f = self.factor(road.row, "auto", k)
        if "bus" in self.uses(road.row):
            f = max(f, self.factor(road.row, "bus", k))
        veh = float(links.capacity[road.row]) * int(links.lanes[road.row]) * f
        return math.floor(veh * self.get("persons_per_vehicle") * self.step_s / 3600 + NUDGE)

    def deck(self, road: Road, k: int) -> int:
        return self._aboard(road, k)[1]

    def _aboard(self, road: Road, k: int) -> tuple[int, int]:
        """Places and deck of the sailings that leave in a step."""
        table, fleets = self.scenario.crossings, self.scenario.fleets
        assert road.ferry is not None
        trip = int(table.trip_s[road.ferry])

        def either(step: int) -> float:
            return max(self.factor(road.row, "auto", step), self.factor(road.row, "walk", step))

        def sailings(vessels: int, runs: Any) -> int:
            if vessels == 0 or trip == 0 or not runs(k):
                return 0
            a = k
            while a > 0 and runs(a - 1):
                a -= 1
            until, before = (-(-(step - a) * self.step_s * vessels // (2 * trip)) for step in (k + 1, k))
            return until - before

        def sails(step: int) -> bool:
            return self.hours("sailing", step) and either(step) > 0

        in_cars = int(table.vehicles_per_trip[road.ferry]) * self.get("persons_per_vehicle")
        persons = int(table.persons_per_trip[road.ferry])
        if persons == 0:
            persons = math.floor(in_cars + NUDGE)
        s = sailings(int(table.vessels[road.ferry]), sails)
        places = s * math.floor(persons * either(k) + NUDGE)
        deck = s * math.floor(in_cars * self.factor(road.row, "auto", k) + NUDGE)
        for f in range(len(fleets)):
            if fleets.mode[f] in ("ferry", "boat") and fleets.line[f] == table.crossing_id[road.ferry]:
                s = sailings(
                    int(fleets.vehicles[f]), lambda step, f=f: sails(step) and self.in_window(f, step)
                )
                places += s * math.floor(int(fleets.seats[f]) * either(k) + NUDGE)
        return places, deck

    def in_window(self, fleet: int, k: int) -> bool:
        fleets, begin = self.scenario.fleets, self.plain.start_s + k * self.step_s
        since, until = int(fleets.from_time[fleet]), int(fleets.until_time[fleet])
        return (since == NO_TIME or since <= begin) and (until == NO_TIME or begin + self.step_s <= until)

    # -- on foot ------------------------------------------------------------------------------------------

    @cached_property
    def terminals(self) -> dict[str, list[set[str]]]:
        """Node of each terminal: the places (zones, crossings) whose rates count there."""
        nodes, found = self.scenario.nodes, defaultdict(list)
        for zone in self.plain.zones:
            if zone.people > 0:
                found[zone.node].append({zone.code})
        for host in self.plain.hosts:
            found[host.node]
        for road in self.roads:
            if road.ferry is not None:
                for end in (road.tail, road.head):
                    found[end].append({self.scenario.crossings.crossing_id[road.ferry]})
        for node in self.scenario.timetable.node_id:
            found[node]
        for i, kind in enumerate(nodes.node_type):
            if kind in ("pickup", "station", "port", "stop"):
                found[nodes.node_id[i]]
        return dict(found)

    def wait(self, node: str, need: int, k: int) -> int:
        return math.floor(10**6 * self.priority(need) * self.there(node, k) * self.step_s / 3600 + HALF)

    def there(self, node: str, k: int) -> float:
        rates = [self.plain._rate(place, k) for place in self.terminals[node]]
        return max(rates) if rates else self.get("exposure_default_rate")

    @cached_property
    def walks(self) -> dict[tuple[str, str], Walk]:
        links = self.scenario.links
        numbered = []
        for i in range(len(links)):
            if links.crossing_id[i] in self.ferry_row or "walk" not in self.uses(i):
                continue
            t = max(1, math.floor(float(links.length[i]) / (self.get("walking_speed_kmh") / 3.6) + HALF))
            ends = (links.from_node_id[i], links.to_node_id[i])
            numbered.append((links.link_id[i], *ends, i, t))
            numbered.append(("-" + links.link_id[i], *ends[::-1], i, t))
        found = {}
        for start in self.terminals:
            away = {start: 0}
            queue = [(0, start)]
            done = set()
            while queue:
                so_far, node = heapq.heappop(queue)
                if node in done:
                    continue
                done.add(node)
                for _, u, v, _, t in numbered:
                    if u == node and so_far + t < away.get(v, math.inf):
                        away[v] = so_far + t
                        heapq.heappush(queue, (so_far + t, v))
            for end in self.terminals:
                if end == start or away.get(end, math.inf) > self.get("walking_limit_min") * 60:
                    continue
                node, back = end, []
                while node != start:
                    code, u, _, i, t = next(
                        arc
                        for arc in numbered
                        if arc[2] == node and away.get(arc[1], math.inf) + arc[4] == away[node]
                    )
                    back.append((code, i, t))
                    node = u
                steps = (self.near.get(start, 0) % self.step_s + away[end]) // self.step_s
                found[start, end] = Walk(tuple(reversed(back)), away[end], steps)
        return found

    def walk_room(self, row: int, k: int) -> int:
        if not self.hours("driving", k):
            return 0
        per_lane, lanes = self.get("foot_persons_h_lane"), int(self.scenario.links.lanes[row])
        return math.floor(per_lane * lanes * self.factor(row, "walk", k) * self.step_s / 3600 + NUDGE)

    def walk_cost(self, ends: tuple[str, str], walk: Walk, need: int, k: int) -> int:
        links, e = self.scenario.links, (self.there(ends[0], k) + self.there(ends[1], k)) / 2
        danger = 0.0
        for _, row, t in walk.links:
            places = {links.link_id[row], links.crossing_id[row]} & set(self.scenario.exposure.place_id)
            if places:
                danger += max(0.0, self.plain._rate(places, k) - e) * t
        exposed = self.priority(need) * (e * walk.steps * self.step_s + danger)
        return math.floor(10**6 * (exposed + self.get("travel_weight") * walk.seconds) / 3600 + HALF)

    # -- buses and trains ---------------------------------------------------------------------------------

    def seats_of(self, fleet: int, need: int) -> int:
        """Seats that a rider takes; 0: cannot ride."""
        fleets = self.scenario.fleets
        if need:
            return 1
        places = int(fleets.wheelchair_places[fleet])
        return (
            max(1, math.ceil(self.get("wheelchair_share") * int(fleets.seats[fleet]) / places))
            if places
            else 0
        )

    @cached_property
    def pcu(self) -> int:
        return math.ceil(self.get("bus_pcu") * self.get("persons_per_vehicle") - NUDGE)

    def day(self, k: int) -> int:
        return k * self.step_s // 86400

    def reach(self, fleet: int) -> tuple[dict[str, int], dict[str, int]]:
        """Steps occupied before boarding and after alighting at each terminal served."""
        fleets = self.scenario.fleets
        base = fleets.base_node_id[fleet]
        ever = [
            r
            for r in self.roads
            if r.ferry is None and any(self.open_to(r, "bus", k) for k in range(self.n_steps))
        ]

        def quickest(ends: Any) -> dict[str, int]:
            found, queue = {}, [(0, base)]
            while queue:
                so_far, node = heapq.heappop(queue)
                if node not in found:
                    found[node] = so_far
                    for r in ever:
                        u, v = ends(r)
                        if u == node:
                            heapq.heappush(queue, (so_far + r.seconds, v))
            return found

        stops = set(fleets.line[fleet].replace(";", " ").split())
        served = [t for t in self.terminals if not stops or t in stops]
        there, home = quickest(lambda r: (r.tail, r.head)), quickest(lambda r: (r.head, r.tail))
        load, unload = int(fleets.load_s[fleet]), int(fleets.unload_s[fleet])
        out = {t: max(1, -(-(there[t] + load) // self.step_s)) for t in served if t in there}
        back = {t: -(-(unload + home[t]) // self.step_s) for t in served if t in home}
        return out, back

    def line_roads(self, fleet: int) -> list[Road]:
        """Where a fleet's buses go: with a line, on ways between two stops near the quickest in some step."""
        roads = [r for r in self.roads if r.ferry is None and "bus" in self.uses(r.row)]
        stops = set(self.scenario.fleets.line[fleet].replace(";", " ").split())
        if not stops:
            return roads
        useful = set()
        for k in range(self.n_steps):
            opened = [r for r in roads if self.open_to(r, "bus", k)]
            away = {}
            for start in {r.tail for r in opened} | {r.head for r in opened} | stops:
                far = {start: 0}
                for _ in opened:  # Bellman and Ford
                    for r in opened:
                        if r.tail in far:
                            far[r.head] = min(far.get(r.head, math.inf), far[r.tail] + r.seconds)
                away[start] = far
            for r in opened:
                if any(
                    u != v
                    and v in away[u]
                    and away[u].get(r.tail, math.inf) + r.seconds + away[r.head].get(v, math.inf)
                    <= self.get("bus_detour_factor") * away[u][v] + NUDGE
                    for u in stops
                    for v in stops
                ):
                    useful.add(r.code)
        return [r for r in roads if r.code in useful]

    @cached_property
    def stages(self) -> list[tuple[str, int, int, str, str, int, int, int]]:
        """(run, number, fleet, from, to, departs, arrives, seconds) of those within the horizon."""
        table, found, numbers = self.scenario.timetable, [], defaultdict(int)
        fleet_row = self.scenario.fleets.position()
        for i in range(1, len(table)):
            if table.run_id[i] != table.run_id[i - 1]:
                continue
            number = numbers[table.run_id[i]]
            numbers[table.run_id[i]] += 1
            leaves, comes = int(table.departs[i - 1]), int(table.arrives[i])
            d = (leaves - self.plain.start_s) // self.step_s
            a = max(d, (comes - self.plain.start_s) // self.step_s)
            if d >= 0 and a < self.n_steps:
                ends = table.node_id[i - 1], table.node_id[i]
                found.append(
                    (table.run_id[i], number, fleet_row[table.fleet_id[i]], *ends, d, a, comes - leaves)
                )
        return found

    # -- everything that can be done ----------------------------------------------------------------------

    def edges(self, need: int, accepted: tuple[str, ...]) -> list[Edge]:
        found: list[Edge] = []
        n = self.n_steps
        hosts = [h for h in self.plain.hosts if h.code in accepted]

        def end(state: Any, node: str, k: int) -> None:
            for host in hosts:
                if host.node == node and host.takes[k]:
                    takes = ((("intake", host.code, k), 1),) if host.room is not None else ()
                    found.append(Edge(state, k, None, k, 0, (*takes, (("beds", host.code), 1))))

        for t in self.terminals:
            for k in range(n):
                end(("foot", t), t, k)
                if k + 1 < n:
                    found.append(Edge(("foot", t), k, ("foot", t), k + 1, self.wait(t, need, k)))
        for (u, v), walk in self.walks.items():
            for k in range(n - walk.steps):
                if not self.hours("driving", k) or any(
                    self.factor(row, "walk", k) <= 0 for _, row, _ in walk.links
                ):
                    continue
                over = [(code, row) for code, row, _ in walk.links if self.scenario.links.crossing_id[row]]
                if any(self.walk_room(row, k) < 1 for _, row in over):
                    continue
                takes = tuple((("foot", code, k), 1) for code, _ in over)
                cost = self.walk_cost((u, v), walk, need, k)
                found.append(Edge(("foot", u), k, ("foot", v), k + walk.steps, cost, takes))
        for road in self.roads:
            if road.ferry is None:
                continue
            for k in range(n - road.steps):
                if self.open_to(road, "walk", k) and self.room(road, k) >= 1:
                    edge = Edge(
                        ("foot", road.tail), k, ("foot", road.head), k + road.steps, self.cost(road, need, k),
                        ((("links", road.code, k), 1),),
                    )  # fmt: skip
                    found.append(edge)
        found += self._train_edges(need)
        found += self._car_edges(need, end)
        for fleet in range(len(self.scenario.fleets)):
            if self.scenario.fleets.mode[fleet] == "bus":
                found += self._bus_edges(need, fleet)
        return found

    def _train_edges(self, need: int) -> list[Edge]:
        found, e = [], self.get("exposure_default_rate")
        for run, number, fleet, u, v, d, a, seconds in self.stages:
            s = self.seats_of(fleet, need)
            if 1 <= s <= int(self.scenario.fleets.seats[fleet]):
                exposed = self.priority(need) * (e * (a - d) * self.step_s + (e - e) * seconds)
                cost = math.floor(10**6 * (exposed + self.get("travel_weight") * seconds) / 3600 + HALF)
                found.append(Edge(("foot", u), d, ("foot", v), a, cost, ((("trains", run, number), s),)))
        return found

    def _car_edges(self, need: int, end: Any) -> list[Edge]:
        found: list[Edge] = []
        states = {(z.node, None) for z in self.plain.zones} | {(r.head, r.tail) for r in self.roads}
        for node, came in states:
            for k in range(self.n_steps):
                end(("car", node, came), node, k)
            for road in self.roads:
                if road.tail != node or road.head == came:
                    continue
                for k in range(self.n_steps - road.steps):
                    if not self.open_to(road, "auto", k) or self.room(road, k) < 1:
                        continue
                    takes: list[tuple[Resource, int]] = [(("links", road.code, k), 1)]
                    if road.ferry is not None:
                        if self.deck(road, k) < 1:
                            continue
                        takes.append((("decks", road.code, k), 1))
                    to = ("car", road.head, road.tail)
                    cost = self.cost(road, need, k)
                    found.append(Edge(("car", node, came), k, to, k + road.steps, cost, tuple(takes)))
        return found

    def _bus_edges(self, need: int, fleet: int) -> list[Edge]:
        fleets, found = self.scenario.fleets, []
        code, seats, s = fleets.fleet_id[fleet], int(fleets.seats[fleet]), self.seats_of(fleet, need)
        if not 1 <= s <= seats or int(fleets.vehicles[fleet]) < 1:
            return []
        roads = self.line_roads(fleet)
        out, back = self.reach(fleet)

        def runs(stretch: range) -> bool:
            return all(0 <= k < self.n_steps and self.in_window(fleet, k) for k in stretch)

        def on(state: Any, node: str, came: str | None, k: int, before: range | None) -> None:
            for r in roads:
                if r.tail != node or r.head == came or k + r.steps >= self.n_steps:
                    continue
                if not self.open_to(r, "bus", k) or self.room(r, k) < 1 or not runs(range(k, k + r.steps)):
                    continue
                to = ("bus", code, r.head, r.tail)
                shared = (range(k, k + r.steps), code, s, seats)
                room = (("links", r.code, k), self.pcu * s, seats)
                found.append(Edge(state, k, to, k + r.steps, self.cost(r, need, k), (), shared, room))

        for k in range(self.n_steps):
            for u, a in out.items():
                if runs(range(k - a, k)):
                    aboard = ("board", code, u)
                    found.append(Edge(("foot", u), k, aboard, k, 0, (), (range(k - a, k), code, s, seats)))
                    on(aboard, u, None, k, None)
            for r in roads:
                state = ("bus", code, r.head, r.tail)
                on(state, r.head, r.tail, k, None)
                b = back.get(r.head)
                if b is not None and runs(range(k, k + b)):
                    off = ("foot", r.head)
                    found.append(Edge(state, k, off, k, 0, (), (range(k, k + b), code, s, seats)))
        return list(dict.fromkeys(found))

    # -- the bound ----------------------------------------------------------------------------------------

    def capacity(self, resource: Resource) -> int:
        kind, code = resource[:2]
        roads = {r.code: r for r in self.roads}
        rows = self.scenario.links.position()
        if kind == "links":
            return self.room(roads[code], resource[2])
        if kind == "decks":
            return self.deck(roads[code], resource[2])
        if kind == "foot":
            return self.walk_room(rows[code.removeprefix("-")], resource[2])
        if kind in ("fleets", "drivers"):
            fleet = self.scenario.fleets.position()[code]
            vehicles = int(self.scenario.fleets.vehicles[fleet])
            if kind == "fleets":
                return vehicles if self.in_window(fleet, resource[2]) else 0
            return vehicles * math.floor(self.get("driver_hours_day") * 3600 / self.step_s)
        if kind == "trains":
            fleet = next(row[2] for row in self.stages if row[:2] == (code, resource[2]))
            return int(self.scenario.fleets.seats[fleet])
        host = next(h for h in self.plain.hosts if h.code == code)
        if kind == "beds":
            return host.beds
        row = self.scenario.hosts.position()[code]
        taking = self.scenario.hosts
        begin = self.plain.start_s + resource[2] * self.step_s
        offered = taking.beds_from[row] == NO_TIME or taking.beds_from[row] <= begin
        offered &= taking.confirmed_until[row] == NO_TIME or begin < taking.confirmed_until[row]
        return (host.room or 0) if offered else 0

    def toll(self, edge: Edge, prices: Prices) -> int:
        total = sum(prices.get(resource, 0) * number for resource, number in edge.takes)
        if edge.shared is not None:
            stretch, fleet, s, seats = edge.shared
            whole = sum(
                prices.get(("fleets", fleet, k), 0) + prices.get(("drivers", fleet, self.day(k)), 0)
                for k in stretch
            )
            total += whole * s // seats
        if edge.room is not None:
            resource, number, of = edge.room
            total += prices.get(resource, 0) * number // of
        return total

    def bound(self, prices: Prices) -> int:
        total = 0
        kinds: dict[Any, Any] = {}
        for zone, need, car, ready, people in self.groups:
            if not people:
                continue
            key = (need, self.accepts(zone, need))
            if key not in kinds:
                kinds[key] = self._cheapest(*key, prices)
            best = kinds[key]
            node, after = self.plain.zones[zone].node, self.left
            cheapest = [0] * self.n_steps
            for k in reversed(range(self.n_steps)):
                after = min(after + self.home(zone, need, k), best[("foot", node)][k])
                if car:
                    after = min(after, best[("car", node, None)][k])
                cheapest[k] = after
            newly = [ready[0], *(b - a for a, b in pairwise(ready))]
            total += sum(n * c for n, c in zip(newly, cheapest, strict=True))
            total += (people - ready[-1]) * self.left
        return total - sum(price * self.capacity(resource) for resource, price in prices.items())

    def _cheapest(self, need: int, accepted: tuple[str, ...], prices: Prices) -> dict[Any, list[float]]:
        """Cheapest way on from each state in each step: relaxed until nothing changes."""
        best: dict[Any, list[float]] = defaultdict(lambda: [math.inf] * self.n_steps)
        by_step = defaultdict(list)
        for edge in self.edges(need, accepted):
            by_step[edge.step].append((edge, edge.cost + self.toll(edge, prices)))
        for k in reversed(range(self.n_steps)):
            changed = True
            while changed:
                changed = False
                for edge, cost in by_step[k]:
                    onward = cost if edge.to is None else cost + best[edge.to][edge.then]
                    if onward < best[edge.state][k]:
                        best[edge.state][k], changed = onward, True
        return best

    # -- the optimum without whole vehicles ---------------------------------------------------------------

    def relaxed_optimum(self) -> float:
        """Least objective of any plan whose trips and people need not be whole: HiGHS on everything."""
        costs: list[float] = []
        balance: list[tuple[Any, int, int]] = []
        takes: list[tuple[Resource, int, float]] = []
        supply: dict[Any, int] = {}
        fixed = 0
        edges: dict[Any, list[Edge]] = {}
        for i, (zone, need, car, ready, people) in enumerate(self.groups):
            if not people:
                continue
            fixed += (people - ready[-1]) * self.left
            key = (need, self.accepts(zone, need))
            edges.setdefault(key, self.edges(*key))
            node = self.plain.zones[zone].node
            before = 0
            for k in range(self.n_steps):
                supply["home", i, k] = ready[k] - before
                before = ready[k]
                last = k == self.n_steps - 1
                costs.append(self.home(zone, need, k) + (self.left if last else 0))
                balance.append((("home", i, k), len(costs) - 1, 1))
                if not last:
                    balance.append((("home", i, k + 1), len(costs) - 1, -1))
                for state in [("foot", node), *([("car", node, None)] if car else [])]:
                    costs.append(0)
                    balance.append((("home", i, k), len(costs) - 1, 1))
                    balance.append(((key, state, k), len(costs) - 1, -1))
        for key, each in edges.items():
            for edge in each:
                costs.append(edge.cost)
                number = len(costs) - 1
                balance.append(((key, edge.state, edge.step), number, 1))
                if edge.to is not None:
                    balance.append(((key, edge.to, edge.then), number, -1))
                takes += [(resource, number, float(n)) for resource, n in edge.takes]
                if edge.shared is not None:
                    stretch, fleet, s, seats = edge.shared
                    for k in stretch:
                        takes.append((("fleets", fleet, k), number, s / seats))
                        takes.append((("drivers", fleet, self.day(k)), number, s / seats))
                if edge.room is not None:
                    takes.append((edge.room[0], number, edge.room[1] / edge.room[2]))
        if not costs:
            return float(fixed)
        rows = {state: i for i, state in enumerate(dict.fromkeys(b[0] for b in balance))}
        equal = csr_matrix(
            ([b[2] for b in balance], ([rows[b[0]] for b in balance], [b[1] for b in balance])),
            shape=(len(rows), len(costs)),
        )
        right = np.zeros(len(rows))
        for state, people in supply.items():
            right[rows[state]] = people
        limits = {resource: i for i, resource in enumerate(dict.fromkeys(t[0] for t in takes))}
        upper = csr_matrix(
            ([t[2] for t in takes], ([limits[t[0]] for t in takes], [t[1] for t in takes])),
            shape=(len(limits), len(costs)),
        )
        room = [self.capacity(resource) for resource in limits]
        # Staying costs so much that the usual 1e-7 of it would be more than a whole way.
        scale = max(1.0, *costs)
        tight = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
        found = linprog(
            np.array(costs) / scale, A_ub=upper if takes else None, b_ub=room if takes else None, A_eq=equal,
            b_eq=right, bounds=(0, None), method="highs", options=tight,
        )  # fmt: skip
        assert found.success, found.message
        return fixed + float(np.dot(found.x, costs))
