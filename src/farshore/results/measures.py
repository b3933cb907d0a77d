"""Measures over an outcome: who has left and arrived by when, what crossings carry, what it all costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.exact import exact_sum
from farshore.results.loads import CrossingLoad, Effort
from farshore.results.outcome import Outcome, Route
from farshore.scenario.timing import Timing, waiting_costs_at
from farshore.units import HOUR_S

__all__ = [
    "CrossingLoad",
    "Effort",
    "Flows",
    "clearance_h",
    "crossing_loads",
    "effort_of",
    "flows_of",
]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Flows:
    """Departures and arrivals by step.

    departed : int64[n_zones, n_steps], leaving in each step, zones in file order
    arrived : int64[n_hosts, n_steps], taken in in each step, hosts in file order
    """

    departed: Ints
    arrived: Ints

    @property
    def departed_so_far(self) -> Ints:
        """All who have left by the end of each step: int64[n_steps]."""
        return np.cumsum(self.departed.sum(axis=0))

    @property
    def arrived_so_far(self) -> Ints:
        """All who have been taken in by the end of each step: int64[n_steps]."""
        return np.cumsum(self.arrived.sum(axis=0))


def flows_of(outcome: Outcome, timing: Timing) -> Flows:
    """Add up who leaves and who is taken in, by step."""
    scenario, moves = outcome.scenario, outcome.departures
    departed = np.zeros((len(scenario.zones), timing.n_steps), np.int64)
    arrived = np.zeros((len(scenario.hosts), timing.n_steps), np.int64)
    if len(moves.route):
        zone_row, host_row = scenario.zones.position(), scenario.hosts.position()
        zone = np.array([zone_row[route.zone_id] for route in outcome.routes], np.int64)
        host = np.array([host_row[route.host_id] for route in outcome.routes], np.int64)
        takes = np.array([route.arrival_steps for route in outcome.routes], np.int64)
        np.add.at(departed, (zone[moves.route], moves.step), moves.persons)
        np.add.at(arrived, (host[moves.route], moves.step + takes[moves.route]), moves.persons)
    return Flows(departed, arrived)


def clearance_h(arrived_so_far: Ints, people: int, share_percent: int, step_s: int) -> float | None:
    """Hours from the start to the END of the step in which a share of those who leave has been taken in.

    The share is of all who choose to leave, left behind or not; None: not reached within the horizon.
    """
    if people == 0:
        return 0.0
    reached = np.flatnonzero(100 * arrived_so_far >= share_percent * people)
    return (int(reached[0]) + 1) * step_s / HOUR_S if len(reached) else None


def crossing_loads(outcome: Outcome, timing: Timing) -> tuple[CrossingLoad, ...]:
    """What each crossing carries in each step, in file order.

    Arcs of one crossing that follow each other on a route are entered once, by the first of them.
    """
    scenario = outcome.scenario
    crossing_of = dict(zip(timing.arc_ids, timing.crossing_row.tolist(), strict=True))
    arc_row = {arc_id: row for row, arc_id in enumerate(timing.arc_ids)}
    persons = np.zeros((len(scenario.crossings), timing.n_steps), np.int64)
    entrances: defaultdict[int, set[int]] = defaultdict(set)
    entered = [_entered(route, crossing_of) for route in outcome.routes]
    moves = outcome.departures
    for route, step, leaving in zip(
        moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
    ):
        for crossing, link, entry in entered[route]:
            persons[crossing, step + entry] += leaving
            entrances[crossing].add(arc_row[link])
    worth = _worth_by_crossing(outcome.certificate.link_price, crossing_of)
    loads = []
    for crossing, crossing_id in enumerate(scenario.crossings.crossing_id):
        arcs = sorted(entrances[crossing]) or np.flatnonzero(timing.crossing_row == crossing).tolist()
        capacity = np.zeros(timing.n_steps, np.int64)
        for arc in arcs:
            capacity += timing.capacities[timing.capacity_of[arc]]
        loads.append(
            CrossingLoad(str(crossing_id), persons[crossing], capacity, worth.get(crossing, 0) / 1_000_000)
        )
    return tuple(loads)


def _entered(route: Route, crossing_of: Mapping[str, int]) -> list[tuple[int, str, int]]:
    """Where a route enters a crossing: (row of the crossing, arc, steps after departure)."""
    found, before = [], -1
    for link, entry in zip(route.links, route.entry_steps, strict=True):
        crossing = crossing_of[link]
        if crossing >= 0 and crossing != before:
            found.append((crossing, link, entry))
        before = crossing
    return found


def _worth_by_crossing(
    link_price: Mapping[tuple[str, int], int], crossing_of: Mapping[str, int]
) -> dict[int, int]:
    worth: defaultdict[int, int] = defaultdict(int)
    for (arc_id, _), price in link_price.items():
        if crossing_of[arc_id] >= 0:
            worth[crossing_of[arc_id]] += price
    return dict(worth)


def effort_of(outcome: Outcome, timing: Timing, flows: Flows) -> Effort:
    """What the plan costs, part by part; time at halts on the road counts as waiting."""
    scenario = outcome.scenario
    stranded = outcome.replan.stranded if outcome.replan else ()
    departed = flows.departed.copy()
    zone_row = scenario.zones.position()
    for each in stranded:
        departed[zone_row[each.route.zone_id], each.step] += each.persons
    at_home = np.cumsum(timing.newly_ready - departed, axis=1)
    waiting = exact_sum(at_home, timing.wait_cost)
    left = int(timing.people.sum() - flows.departed.sum())
    arc_row = {arc_id: row for row, arc_id in enumerate(timing.arc_ids)}
    moves = outcome.departures
    groups = [
        (route, moves.step[moves.route == i], moves.persons[moves.route == i], False)
        for i, route in enumerate(outcome.routes)
    ]
    groups += [(each.route, np.array([each.step]), np.array([each.persons]), True) for each in stranded]
    travel = travel_person_s = 0
    for route, steps, persons, _ in groups:
        turned = [(halt.back, halt.back_steps) for halt in route.halts if halt.back]
        arcs = np.array([arc_row[link] for link in (*route.links, *(link for link, _ in turned))], np.int64)
        entries = np.array([*route.entry_steps, *(entry for _, entry in turned)], np.int64)
        costs = _costs(timing, arcs, steps[:, None] + entries)
        travel += exact_sum(np.broadcast_to(persons[:, None], costs.shape), costs)
        travel_person_s += int(persons.sum()) * int(timing.travel_s[arcs].sum())
    halted, halted_steps = _halts(outcome, timing, groups)
    return Effort(
        waiting=waiting + halted,
        travel=travel,
        left_behind=left * timing.left_cost,
        waiting_person_h=(int(at_home.sum()) + halted_steps) * timing.step_s / HOUR_S,
        travel_person_h=travel_person_s / HOUR_S,
    )


def _halts(
    outcome: Outcome, timing: Timing, groups: Sequence[tuple[Route, Ints, Ints, bool]]
) -> tuple[int, int]:
    """What waiting at halts costs, and the person-steps of it; who is stranded (groups say so) waits on."""
    node_row = outcome.scenario.nodes.position()
    rows = sorted({node_row[halt.node_id] for route, *_ in groups for halt in route.halts})
    if not rows:
        return 0, 0
    each = waiting_costs_at(outcome.scenario, rows)
    so_far = np.concatenate([np.zeros((len(rows), 1), np.int64), np.cumsum(each, axis=1)], axis=1)
    total = person_steps = 0
    for route, steps, persons, stranded in groups:
        for number, halt in enumerate(route.halts):
            last = number + 1 == len(route.halts)
            if last and stranded:
                until = np.full(len(steps), timing.n_steps)
            elif halt.before < len(route.links):
                until = steps + route.entry_steps[halt.before]
            else:
                until = steps + route.arrival_steps
            since = np.minimum(steps + halt.from_steps, until)
            row = rows.index(node_row[halt.node_id])
            costs = so_far[row, until] - so_far[row, since]
            total += exact_sum(persons, costs)
            person_steps += int((persons * (until - since)).sum())
    return total, person_steps


def _costs(timing: Timing, arcs: Ints, steps: Ints) -> Ints:
    """Cost per person of entering arcs in some steps: int64[n, n_arcs], as `steps`."""
    profile = timing.cost_of[arcs]
    costs = np.broadcast_to(timing.flat_cost[arcs], steps.shape).copy()
    listed = np.flatnonzero(profile >= 0)
    costs[:, listed] = timing.costs[profile[listed], steps[:, listed]]
    return costs
