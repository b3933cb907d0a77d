"""Groups that could keep their instruction, and the people who come free on the road."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from farshore.kernels.standing import still_possible
from farshore.plan.replanning.part import Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.stages import Kept
from farshore.plan.replanning.state import State, Told
from farshore.results.outcome import Outcome, Route
from farshore.scenario.timing import Ints, Timing

__all__ = ["Instructed", "Waiting", "instructed_groups", "waiting_on_the_road"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """People at a halt, or coming to it: their way so far, and from which step on they can go on.

    step : of departure from home, `since` : of being there, both from the scenario's start
    told : their instruction for going on, None if they have none; cause, link : why they halt
    """

    so_far: Route
    step: int
    since: int
    persons: int
    node: int
    told: Told | None
    cause: str
    link: str
    households: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Instructed:
    """Groups with an instruction as the stages want them; parallel to `kept`'s arrays.

    told : the group of the old plan that each part belongs to
    of_told : int64[n_parts], index into `told`; the parts of one differ in when their people were ready
    """

    told: tuple[Told, ...]
    of_told: Ints
    kept: Kept


def waiting_on_the_road(old: Outcome, state: State) -> tuple[Waiting, ...]:
    """Everybody who is at a halt or on the way to one, first come first.

    Of those who are there by now, whoever had no way on comes last: so fewer hear something new.
    """
    node_row = old.scenario.nodes.position()
    found = []
    for each in state.broken:
        halt = each.so_far.halts[-1]
        since = max(each.step + halt.from_steps, state.at)
        node = node_row[halt.node_id]
        found.append(
            Waiting(
                each.so_far,
                each.step,
                since,
                each.persons,
                node,
                None,
                each.cause,
                each.link,
                each.households,
            )
        )
    for told in state.halted:
        route = old.routes[told.route]
        halt = route.halts[-1]
        since = max(told.step + halt.from_steps, state.at)
        node = node_row[halt.node_id]
        so_far = _until_halt(route)
        found.append(Waiting(so_far, told.step, since, told.persons, node, told, "", "", told.households))
    return tuple(sorted(found, key=lambda waiting: (waiting.since, waiting.cause == "before")))


def _until_halt(route: Route) -> Route:
    before = route.halts[-1].before
    return Route(
        route.route_id,
        route.zone_id,
        route.host_id,
        route.links[:before],
        route.entry_steps[:before],
        route.arrival_steps,
        route.length_m,
        route.free_flow_s,
        route.halts,
    )


def instructed_groups(
    old: Outcome, timing: Timing, state: State, remaining: Remaining, waiting: Sequence[Waiting]
) -> Instructed:
    """Groups with an instruction, and how many of each still find room, those who leave first before others.

    People of a zone who are ready are alike: who was to leave first is taken to have been ready first.
    """
    told: list[Told] = [*state.home, *(each.told for each in waiting if each.told)]
    ready_of = _ready_by_zone(old, state, remaining) + [
        [(each.since - state.at, each.persons)] for each in waiting if each.told
    ]
    zone_row = old.scenario.zones.position()
    node_row = old.scenario.nodes.position()
    ways = []
    for number, route in enumerate(old.routes):
        node = node_row[route.halts[-1].node_id] if route.halts else -1
        if not route.halts:
            origin = zone_row[route.zone_id]
        else:
            origin = remaining.origin_of(node) if node in remaining.halts else -1
        arcs = tuple(state.legs.arcs_of(number).tolist())
        ways.append(Way(origin, int(state.legs.host[number]), arcs))
    way = np.array([each.route for each in told], np.int64)
    depart = np.array([_leaves(old, each) - state.at for each in told], np.int64)
    rooms, legs = state.rooms.copy(), state.legs
    order = np.argsort(depart, kind="stable")
    possible = np.zeros(len(told), np.int64)
    possible[order] = still_possible(
        legs.first,
        legs.arc,
        legs.entry,
        way[order],
        depart[order],
        legs.host[way[order]],
        legs.arrival[way[order]],
        np.array([each.persons for each in told], np.int64)[order],
        timing.capacity_of,
        timing.capacities,
        rooms.used,
        np.where(remaining.problem.host_open, rooms.intake, 0),
        rooms.beds,
    )
    parts: list[tuple[int, int, int]] = []
    for group, (able, ready) in enumerate(zip(possible.tolist(), ready_of, strict=True)):
        left = able
        for since, there in ready:
            parts.append((group, since, min(left, there)))
            left -= parts[-1][2]
    of_told, ready_step, persons = (column.copy() for column in np.array(parts, np.int64).reshape(-1, 3).T)
    kept = Kept(tuple(ways), legs, way[of_told], ready_step, depart[of_told], persons)
    return Instructed(tuple(told), of_told, kept)


def _leaves(old: Outcome, told: Told) -> int:
    """Step in which people leave home or, if they have halted, go on."""
    route = old.routes[told.route]
    if not route.halts:
        return told.step
    before = route.halts[-1].before
    return told.step + (route.entry_steps[before] if before < len(route.links) else route.arrival_steps)


def _ready_by_zone(old: Outcome, state: State, remaining: Remaining) -> list[list[tuple[int, int]]]:
    """Of each group at home, how many were ready when: (step, persons), steps from the event's."""
    newly = remaining.problem.timing.newly_ready
    zone_row = old.scenario.zones.position()
    left: dict[int, list[tuple[int, int]]] = {}
    at: defaultdict[int, int] = defaultdict(int)
    found = []
    for told in state.home:
        zone = zone_row[old.routes[told.route].zone_id]
        if zone not in left:
            steps = np.flatnonzero(newly[zone])
            left[zone] = list(zip(steps.tolist(), newly[zone, steps].tolist(), strict=True))
        missing, ready = told.persons, []
        while missing:
            step, there = left[zone][at[zone]]
            taken = min(missing, there)
            ready.append((step, taken))
            missing -= taken
            if taken == there:
                at[zone] += 1
            else:
                left[zone][at[zone]] = (step, there - taken)
        found.append(ready)
    return found
