"""The full network as the model page has it: arcs, travel times, steps, capacities, costs."""

import heapq
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.timetable import Clock, Dated, Floats, Ints, highest, least, whole, words
from farshore.scenario.scenario import Scenario

__all__ = ["Network", "network_of", "seconds_from"]

ROUND_UP = 1e-6  # so that 0.1 · 30 counts as 3: the model page's own


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs of the whole network; every array is parallel to `arc_ids`.

    tail, head : int64[n_arcs], rows of the nodes table; travel_s, steps : int64[n_arcs]
    link_row : row of the links table; crossing_row : row of the crossings table, −1 if of none
    """

    scenario: Scenario
    clock: Clock
    arc_ids: tuple[str, ...]
    tail: Ints
    head: Ints
    travel_s: Ints
    steps: Ints
    link_row: Ints
    crossing_row: Ints
    is_ferry: npt.NDArray[np.bool_]
    closures: dict[str, tuple[Dated, ...]]
    exposure: dict[str, tuple[Dated, ...]]
    ordinary_rate: float  # exposure_default_rate
    travel_weight: float
    _rows: dict[tuple[object, ...], Ints] = field(default_factory=dict)
    _rates: dict[tuple[str, str], Floats] = field(default_factory=dict)
    _costs: dict[int, Ints] = field(default_factory=dict)
    _capacities: dict[int, Ints] = field(default_factory=dict)

    def capacity(self, arc: int) -> Ints:
        """Persons who may enter an arc in each step: int64[n_steps], shared between like arcs."""
        if arc not in self._capacities:
            self._capacities[arc] = self._capacity(arc)
        return self._capacities[arc]

    def _capacity(self, arc: int) -> Ints:
        link, crossing = self._assets(arc)
        row = int(self.link_row[arc])
        per_lane = float(self.scenario.links.capacity[row])
        lanes = int(self.scenario.links.lanes[row])
        closed = (
            link if link in self.closures else "",
            crossing if crossing in self.closures or self.is_ferry[arc] else "",
        )
        key = (bool(self.is_ferry[arc]), *closed, *(() if self.is_ferry[arc] else (per_lane, lanes)))
        if key not in self._rows:
            factor = least((d for asset in closed for d in self.closures.get(asset, ())), self.clock.n_steps)
            self._rows[key] = (
                self._ferry_capacity(int(self.crossing_row[arc]), factor)
                if self.is_ferry[arc]
                else self._road_capacity(per_lane, lanes, factor)
            )
        return self._rows[key]

    def open_hours(self, arc: int) -> npt.NDArray[np.bool_]:
        """Steps in which the hours of the day let anybody enter an arc, whatever closures say."""
        get = self.scenario.parameter
        kind = "sailing" if self.is_ferry[arc] else "driving"
        return self.clock.within_hours(get(f"{kind}_from_hour"), get(f"{kind}_until_hour"))

    def cost(self, arc: int) -> Ints:
        """Cost of a person who enters an arc in each step, in 10⁻⁶ person-hours: int64[n_steps] or int64[1].

        One number stands for all steps where the rate never changes.
        """
        if arc not in self._costs:
            self._work_out_costs()
        return self._costs[arc]

    def _work_out_costs(self) -> None:
        """Costs of all arcs, those whose rate never changes at once."""
        rates = [self.rate(arc) for arc in range(len(self.arc_ids))]
        steady = np.array([len(rate) == 1 for rate in rates], bool)
        first = np.array([rate[0] for rate in rates])
        at_first = self._cost(first, self.steps, self.travel_s)
        for arc in np.flatnonzero(steady).tolist():
            self._costs[arc] = at_first[arc : arc + 1]
        for arc in np.flatnonzero(~steady).tolist():
            self._costs[arc] = self._cost(rates[arc], self.steps[arc], self.travel_s[arc])

    def _cost(self, rate: Floats, tau: Any, travel_s: Any) -> Ints:
        ordinary = np.minimum(rate, self.ordinary_rate)
        weighed_s = ordinary * tau * self.clock.step_s + (rate - ordinary + self.travel_weight) * travel_s
        return whole(1e6 * weighed_s / 3600 + 0.5)

    def rate(self, arc: int) -> Floats:
        """Exposure rate on an arc in each step: float64[n_steps], or [1] if it never changes."""
        link, crossing = self._assets(arc)
        key = (link if link in self.exposure else "", crossing if crossing in self.exposure else "")
        if key not in self._rates:
            rows = [dated for place in key for dated in self.exposure.get(place, ())]
            rate = highest(rows, self.clock.n_steps, self.ordinary_rate)
            self._rates[key] = rate[:1] if (rate == rate[0]).all() else rate
        return self._rates[key]

    def crossing_id(self, arc: int) -> str:
        """The crossing that an arc is part of, "" if of none."""
        return self._assets(arc)[1]

    def arcs_of(self, crossing_id: str) -> tuple[int, ...]:
        """Every arc of a crossing."""
        row = self.scenario.crossings.position()[crossing_id]
        return tuple(np.flatnonzero(self.crossing_row == row).tolist())

    def _assets(self, arc: int) -> tuple[str, str]:
        return self._assets_of[arc]

    @cached_property
    def _assets_of(self) -> list[tuple[str, str]]:
        links = self.scenario.links
        link_ids, crossing_ids = links.link_id.tolist(), links.crossing_id.tolist()
        return [(str(link_ids[row]), str(crossing_ids[row])) for row in self.link_row.tolist()]

    def _road_capacity(self, per_lane_veh_h: float, lanes: int, factor: Floats) -> Ints:
        get = self.scenario.parameter
        hours = self.clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))
        people = get("persons_per_vehicle")
        room = whole(per_lane_veh_h * lanes * factor * people * self.clock.step_s / 3600 + ROUND_UP)
        return np.where(hours & (factor > 0), room, 0)

    def _ferry_capacity(self, crossing: int, factor: Floats) -> Ints:
        """Places of the sailings that leave in each step; each run of open steps begins them afresh."""
        table, get = self.scenario.crossings, self.scenario.parameter
        trip_s, vessels = int(table.trip_s[crossing]), int(table.vessels[crossing])
        if trip_s <= 0 or vessels <= 0:
            return np.zeros(self.clock.n_steps, np.int64)
        hours = self.clock.within_hours(get("sailing_from_hour"), get("sailing_until_hour"))
        deck = int(np.floor(int(table.vehicles_per_trip[crossing]) * get("persons_per_vehicle") + ROUND_UP))
        aboard = max(int(table.persons_per_trip[crossing]), deck)
        places = whole(aboard * factor + ROUND_UP)
        capacity = np.zeros(self.clock.n_steps, np.int64)
        begun, sailed = -1, 0
        for k in range(self.clock.n_steps):
            if not (hours[k] and factor[k] > 0):
                begun = -1
                continue
            if begun < 0:
                begun, sailed = k, 0
            # ⌈(k + 1 − a) · step_s · vessels / (2 · trip_s)⌉ sailings have left by the end of this step
            by_the_end = -(-(k + 1 - begun) * self.clock.step_s * vessels // (2 * trip_s))
            capacity[k] = (by_the_end - sailed) * places[k]
            sailed = by_the_end
        return capacity


def network_of(
    scenario: Scenario,
    clock: Clock,
    closures: dict[str, tuple[Dated, ...]],
    exposure: dict[str, tuple[Dated, ...]],
    starts: Ints,
) -> Network:
    """The network of a scenario; `starts` are the rows of the nodes where people begin."""
    links, crossings = scenario.links, scenario.crossings
    node_row, crossing_of = scenario.nodes.position(), crossings.position()
    ids: list[str] = []
    columns: list[tuple[int, int, int, int, int, bool]] = []
    lets_cars = {uses: "auto" in words(uses) for uses in set(links.allowed_uses.tolist())}
    for row, (link_id, tail_id, head_id, crossing_id, uses, length_m, speed_kmh, directed) in enumerate(
        zip(
            links.link_id.tolist(),
            links.from_node_id.tolist(),
            links.to_node_id.tolist(),
            links.crossing_id.tolist(),
            links.allowed_uses.tolist(),
            links.length.tolist(),
            links.free_speed.tolist(),
            links.directed.tolist(),
            strict=True,
        )
    ):
        crossing = crossing_of.get(crossing_id, -1)
        ferry = crossing >= 0 and crossings.kind[crossing] == "ferry"
        if not ferry and not lets_cars[uses]:
            continue
        here, there = node_row[tail_id], node_row[head_id]
        seconds = int(crossings.trip_s[crossing]) if ferry else _drive_s(length_m, speed_kmh)
        ids.append(str(link_id))
        columns.append((here, there, seconds, row, crossing, ferry))
        if not directed:
            ids.append(f"-{link_id}")
            columns.append((there, here, seconds, row, crossing, ferry))
    table = np.array(columns, np.int64).reshape(-1, 6)
    tail, head, travel_s = table[:, 0], table[:, 1], table[:, 2]
    nearest_s = seconds_from(starts, tail, head, travel_s, len(scenario.nodes))
    return Network(
        scenario=scenario,
        clock=clock,
        arc_ids=tuple(ids),
        tail=tail,
        head=head,
        travel_s=travel_s,
        steps=(nearest_s[tail] % clock.step_s + travel_s) // clock.step_s,
        link_row=table[:, 3],
        crossing_row=table[:, 4],
        is_ferry=table[:, 5].astype(bool),
        closures=closures,
        exposure=exposure,
        ordinary_rate=scenario.parameter("exposure_default_rate"),
        travel_weight=scenario.parameter("travel_weight"),
    )


def _drive_s(length_m: float, free_speed_kmh: float) -> int:
    return max(1, int(np.floor(length_m / (free_speed_kmh / 3.6) + 0.5)))


def seconds_from(starts: Ints, tail: Ints, head: Ints, travel_s: Ints, n_nodes: int) -> Ints:
    """Shortest seconds from the nearest start to each node, 0 where none leads (Dijkstra, whole numbers)."""
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(n_nodes)]
    for here, there, seconds in zip(tail.tolist(), head.tolist(), travel_s.tolist(), strict=True):
        leaving[here].append((there, seconds))
    reached: dict[int, int] = {}
    queue = [(0, int(node)) for node in starts]
    heapq.heapify(queue)
    while queue:
        so_far, node = heapq.heappop(queue)
        if node in reached:
            continue
        reached[node] = so_far
        for there, seconds in leaving[node]:
            if there not in reached:
                heapq.heappush(queue, (so_far + seconds, there))
    nearest_s = np.zeros(n_nodes, np.int64)
    for node, so_far in reached.items():
        nearest_s[node] = so_far
    return nearest_s
