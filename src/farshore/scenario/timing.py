"""A scenario as the arrays that engines eat: arcs, steps, capacities, costs, people, beds (docs/model.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import nearest_seconds
from farshore.scenario.clock import (
    Clock,
    Ints,
    factor_of,
    floored,
    may_use,
    rate_of,
    rows_by_asset,
    sailings_in,
    share_ready,
)
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME, Numbers, Texts, Times
from farshore.scenario.turnout import turnout_of

__all__ = ["UNLIMITED", "Ints", "Timing", "arc_costs", "timing_of", "waiting_costs_at"]

UNLIMITED: Final = 1 << 40  # more persons than any scenario has; small enough to add up in int64
_NUDGE: Final = 1e-6  # so that 0.1 · 30 counts as 3: the model page's own


@dataclass(frozen=True, eq=False)
class Timing:
    """Everything that moves, in whole numbers; step k covers start_s + [k, k+1) · step_s.

    phase_s : int64[n_nodes], seconds from the nearest zone, less whole steps
    tail, head : int64[n_arcs], rows of the nodes table; travel_s, steps : int64[n_arcs]
    link_row : int64[n_arcs]; crossing_row : int64[n_arcs], −1 if of none
    capacity_of : int64[n_arcs], row of `capacities` : int64[n_profiles, n_steps], persons who may enter
    cost_of : int64[n_arcs], row of `costs` : int64[n_profiles, n_steps], or −1: `flat_cost` in every step
    flat_cost : int64[n_arcs], 10⁻⁶ person-hours per person; 0 where `cost_of` is not −1
    zone_node : int64[n_zones]; people, late : int64[n_zones] (late: ready only after the last step)
    newly_ready, wait_cost : int64[n_zones, n_steps]; left_cost : what each person left behind costs besides
    host_node, beds : int64[n_hosts]; intake : int64[n_hosts, n_steps], 0 while the host takes nobody in
    """

    n_steps: int
    step_s: int
    start_s: int
    n_nodes: int
    phase_s: Ints
    arc_ids: tuple[str, ...]
    tail: Ints
    head: Ints
    travel_s: Ints
    steps: Ints
    link_row: Ints
    crossing_row: Ints
    capacity_of: Ints
    capacities: Ints
    cost_of: Ints
    costs: Ints
    flat_cost: Ints
    zone_node: Ints
    people: Ints
    late: Ints
    newly_ready: Ints
    wait_cost: Ints
    left_cost: int
    host_node: Ints
    beds: Ints
    intake: Ints


def timing_of(scenario: Scenario) -> Timing:
    """Work out the arrays of a scenario, once, for every engine; needs a scenario without faults."""
    clock = Clock(scenario)
    links, crossings = scenario.links, scenario.crossings
    node_row = scenario.nodes.position()
    crossing_row_of = crossings.position()
    crossing = np.array([crossing_row_of.get(code, -1) for code in links.crossing_id], np.int64)
    kinds = np.append(crossings.kind, "")  # the last stands for no crossing
    ferry = kinds[crossing] == "ferry"
    drivable = np.array([may_use(uses, "auto") for uses in links.allowed_uses], bool)
    forward = np.flatnonzero(ferry | drivable)
    back = forward[~links.directed[forward]]
    rows = np.concatenate([forward, back])
    reverse = np.arange(len(rows)) >= len(forward)
    order = np.lexsort((reverse, rows))  # each link's two arcs beside each other, in the links' order
    rows, reverse = rows[order], reverse[order]
    from_node = np.array([node_row[code] for code in links.from_node_id], np.int64)
    to_node = np.array([node_row[code] for code in links.to_node_id], np.int64)
    tail = np.where(reverse, to_node[rows], from_node[rows])
    head = np.where(reverse, from_node[rows], to_node[rows])
    trip_s = np.append(crossings.trip_s, 0)[crossing]
    drive_s = np.maximum(1, floored(links.length / (links.free_speed / 3.6) + 0.5))
    travel_s = np.where(ferry, trip_s, drive_s)[rows]

    people, newly_ready, late = _people(scenario, clock)
    zone_node = np.array([node_row[code] for code in scenario.zones.node_id], np.int64)
    starts = np.unique(zone_node[people > 0])
    nearest_s = nearest_seconds(len(scenario.nodes), tail, head, travel_s, starts)
    phase_s = nearest_s % clock.step_s
    steps = (phase_s[tail] + travel_s) // clock.step_s

    capacity_of, capacities = _capacities(scenario, clock, rows, crossing[rows], ferry[rows])
    cost_of, costs, flat_cost = arc_costs(scenario, clock, rows, travel_s, steps)
    rates = _rates(scenario, clock, scenario.zones.zone_id)
    wait_cost = floored(1e6 * rates * clock.step_s / 3600 + 0.5)
    still = int(floored(np.float64(1e6 * clock.step_s / 3600 + 0.5)))
    return Timing(
        n_steps=clock.n_steps,
        step_s=clock.step_s,
        start_s=clock.start_s,
        n_nodes=len(scenario.nodes),
        phase_s=phase_s,
        arc_ids=tuple(
            ("-" if back else "") + str(code) for code, back in zip(links.link_id[rows], reverse, strict=True)
        ),
        tail=tail,
        head=head,
        travel_s=travel_s,
        steps=steps,
        link_row=rows,
        crossing_row=crossing[rows],
        capacity_of=capacity_of,
        capacities=capacities,
        cost_of=cost_of,
        costs=costs,
        flat_cost=flat_cost,
        zone_node=zone_node,
        people=people,
        late=late,
        newly_ready=newly_ready,
        wait_cost=wait_cost,
        left_cost=10 * clock.n_steps * max(int(wait_cost.max(initial=0)), still),
        host_node=np.array([node_row[code] for code in scenario.hosts.node_id], np.int64),
        beds=scenario.hosts.beds.astype(np.int64),
        intake=_intake(scenario, clock),
    )


def _people(scenario: Scenario, clock: Clock) -> tuple[Ints, Ints, Ints]:
    """Who chooses to leave, who becomes ready in each step, and who only after the last."""
    zones = scenario.zones
    people = turnout_of(scenario)
    ready = np.zeros((len(zones), clock.n_steps), np.int64)
    share_by = {
        curve: np.array([share_ready(curve, k * clock.step_s / 3600) for k in range(clock.n_steps)])
        for curve in set(zones.ready_curve.tolist())
    }
    for zone, curve in enumerate(zones.ready_curve):
        ready[zone] = floored(people[zone] * share_by[curve] + 0.5)
    newly_ready = np.diff(ready, axis=1, prepend=0)
    return people, newly_ready, people - ready[:, -1]


def _rates(scenario: Scenario, clock: Clock, places: Texts) -> Numbers:
    rows_of = rows_by_asset(scenario.exposure.place_id)
    rates = [rate_of(scenario, clock, rows_of.get(str(place), ())) for place in places]
    return np.array(rates, np.float64).reshape(len(places), clock.n_steps)


def _capacities(
    scenario: Scenario, clock: Clock, link_row: Ints, crossing_row: Ints, ferry: npt.NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Persons who may enter each arc in each step, arcs alike sharing a row."""
    links, get = scenario.links, scenario.parameter
    driving = clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))
    sailing = clock.within_hours(get("sailing_from_hour"), get("sailing_until_hour"))
    closures_of = rows_by_asset(scenario.closures.asset_id)
    row_of: dict[tuple[object, ...], int] = {}
    profiles: list[Ints] = []
    capacity_of = np.zeros(len(link_row), np.int64)
    for arc, (link, crossing, sails) in enumerate(
        zip(link_row.tolist(), crossing_row.tolist(), ferry.tolist(), strict=True)
    ):
        closed = (
            *closures_of.get(links.link_id[link], ()),
            *(closures_of.get(links.crossing_id[link], ()) if crossing >= 0 else ()),
        )
        key = (
            (closed, "ferry", crossing)
            if sails
            else (closed, "road", float(links.capacity[link]), int(links.lanes[link]))
        )
        if key not in row_of:
            row_of[key] = len(profiles)
            factor = factor_of(scenario, clock, closed)
            if sails:
                profiles.append(_ferry_places(scenario, clock, crossing, sailing & (factor > 0), factor))
            else:
                room = (
                    links.capacity[link]
                    * links.lanes[link]
                    * factor
                    * get("persons_per_vehicle")
                    * clock.step_s
                )
                profiles.append(np.where(driving & (factor > 0), floored(room / 3600 + _NUDGE), 0))
        capacity_of[arc] = row_of[key]
    return capacity_of, np.array(profiles, np.int64).reshape(len(profiles), clock.n_steps)


def _ferry_places(
    scenario: Scenario, clock: Clock, crossing: int, is_open: npt.NDArray[np.bool_], factor: Numbers
) -> Ints:
    """Places on the sailings that leave in each step; the timetable begins anew with each unbroken run."""
    table = scenario.crossings
    trip_s, vessels = int(table.trip_s[crossing]), int(table.vessels[crossing])
    if trip_s == 0 or vessels == 0:
        return np.zeros(clock.n_steps, np.int64)
    decks = int(table.vehicles_per_trip[crossing]) * scenario.parameter("persons_per_vehicle")
    aboard = max(int(table.persons_per_trip[crossing]), int(floored(np.float64(decks + _NUDGE))))
    sailings = sailings_in(is_open, clock.step_s, trip_s, vessels)
    return np.where(is_open, sailings * floored(aboard * factor + _NUDGE), 0)


def arc_costs(
    scenario: Scenario,
    clock: Clock,
    link_row: Ints,
    travel_s: Ints,
    steps: Ints,
    *,
    priority: float | None = None,
) -> tuple[Ints, Ints, Ints]:
    """Cost of entering each arc in each step: a row of profiles where it is listed, one number elsewhere.

    priority : what exposure counts for a class of people (docs/classes.md); None for people taken as alike
    returns : cost_of, costs, flat_cost as in `Timing`; which rows there are does not depend on the priority
    """
    links = scenario.links
    ordinary, weight = scenario.parameter("exposure_default_rate"), scenario.parameter("travel_weight")

    def cost(rate: Numbers, on_arc_s: Ints, on_arc_steps: Ints) -> Ints:
        counted = np.minimum(rate, ordinary)
        if priority is None:
            exposed_s = counted * on_arc_steps * clock.step_s + (rate - counted + weight) * on_arc_s
        else:
            danger_s = counted * on_arc_steps * clock.step_s + (rate - counted) * on_arc_s
            exposed_s = priority * danger_s + weight * on_arc_s
        return floored(1e6 * exposed_s / 3600 + 0.5)

    flat_cost = cost(np.full(len(link_row), ordinary), travel_s, steps)
    cost_of = np.full(len(link_row), -1, np.int64)
    exposed = rows_by_asset(scenario.exposure.place_id)
    listed = np.array(
        [
            str(code) in exposed or str(crossing) in exposed
            for code, crossing in zip(links.link_id, links.crossing_id, strict=True)
        ],
        bool,
    )
    row_of: dict[tuple[object, ...], int] = {}
    profiles: list[Ints] = []
    for arc in np.flatnonzero(listed[link_row]).tolist():
        link = int(link_row[arc])
        rows = (*exposed.get(links.link_id[link], ()), *exposed.get(links.crossing_id[link] or "\0", ()))
        key = (rows, int(travel_s[arc]), int(steps[arc]))
        if key not in row_of:
            row_of[key] = len(profiles)
            rate = rate_of(scenario, clock, rows)
            profiles.append(
                cost(rate, np.full(clock.n_steps, travel_s[arc]), np.full(clock.n_steps, steps[arc]))
            )
        cost_of[arc] = row_of[key]
        flat_cost[arc] = 0
    return cost_of, np.array(profiles, np.int64).reshape(len(profiles), clock.n_steps), flat_cost


def _intake(scenario: Scenario, clock: Clock) -> Ints:
    """Persons whom each host can take in in each step."""
    hosts = scenario.hosts

    def limit(persons_h: float) -> int:
        return (
            UNLIMITED
            if np.isnan(persons_h)
            else int(floored(np.float64(persons_h * clock.step_s / 3600 + _NUDGE)))
        )

    per_step = np.array([limit(float(persons_h)) for persons_h in hosts.intake_persons_h], np.int64)
    opened = _blank_to(hosts.beds_from, clock.start_s)[:, None] <= clock.begins_s
    before_end = clock.begins_s < _blank_to(hosts.confirmed_until, np.iinfo(np.int64).max)[:, None]
    return np.where(opened & before_end, per_step[:, None], 0)


def _blank_to(times: Times, value: int) -> Times:
    return np.where(times == NO_TIME, value, times)


def waiting_costs_at(scenario: Scenario, nodes: Sequence[int]) -> Ints:
    """What a step of waiting on the road costs at some nodes (rows of the table): int64[n, n_steps].

    The highest rate of the zones that lie there and of the links that meet there and may be used, and the
    weight of travel besides, as of all time spent on the way.
    """
    clock = Clock(scenario)
    links, zones = scenario.links, scenario.zones
    rows_of = rows_by_asset(scenario.exposure.place_id)
    ferries = scenario.crossings.crossing_id[scenario.crossings.kind == "ferry"]
    ends: dict[str, set[str]] = {str(scenario.nodes.node_id[node]): set() for node in nodes}
    for zone_id, node in zip(zones.zone_id, zones.node_id, strict=True):
        if node in ends:
            ends[node].add(str(zone_id))
    for link, (here, there) in enumerate(zip(links.from_node_id, links.to_node_id, strict=True)):
        for node in {here, there} & ends.keys():
            if links.crossing_id[link] in ferries or may_use(str(links.allowed_uses[link]), "auto"):
                ends[node] |= {str(links.link_id[link]), str(links.crossing_id[link] or "\0")}
    costs = [
        rate_of(scenario, clock, [row for place in sorted(places) for row in rows_of.get(place, ())])
        for places in (ends[str(scenario.nodes.node_id[node])] for node in nodes)
    ]
    rates = np.array(costs, np.float64).reshape(len(nodes), clock.n_steps)
    return floored(1e6 * (rates + scenario.parameter("travel_weight")) * clock.step_s / 3600 + 0.5)
