"""Where people go in a plan with classes: routes leg by leg, and who leaves by each when."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from farshore.plan.classes.layers import BUS, CAR, LEG
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns
from farshore.plan.classes.people import CLASSES, class_of
from farshore.plan.classes.pour import Placed
from farshore.results.outcome import Departures, Route
from farshore.scenario.clock import Ints
from farshore.scenario.scenario import Scenario

__all__ = ["departures_of", "legs_of", "length_of", "metres_of"]


def departures_of(
    problem: ClassProblem, placed: Placed
) -> tuple[tuple[Route, ...], Departures, tuple[str, ...], Ints]:
    """Routes, departures with their classes, and the route of each placement."""
    people = problem.people
    n_stretches = np.diff(placed.patterns.first)[placed.pattern]
    order = np.lexsort((placed.pattern, placed.depart, people.zone[placed.commodity]))
    number: dict[tuple[int, ...], int] = {}
    row_of = np.empty(len(placed.people), np.int64)
    for i in order.tolist():
        n = int(n_stretches[i])
        later = tuple((placed.entered[i, : n + 1] - placed.entered[i, 0]).tolist())
        key = (int(people.zone[placed.commodity[i]]), int(placed.pattern[i]), *later)
        row_of[i] = number.setdefault(key, len(number))
    width, metres = len(str(len(number))), metres_of(problem.scenario)
    routes = tuple(
        _route(problem, placed, metres, f"r{row + 1:0{width}}", key[0], key[1], key[2:])
        for row, key in enumerate(number)
    )
    kind = np.array(
        [
            class_of(need, car)
            for need, car in zip(people.need.tolist(), people.has_car.tolist(), strict=True)
        ],
        np.int64,
    )
    zone, whose = people.zone[placed.commodity], kind[placed.commodity]
    rows, where = np.unique(
        np.stack([zone, placed.depart, row_of, whose], axis=1), axis=0, return_inverse=True
    )
    persons = np.bincount(where.ravel(), placed.people, len(rows)).astype(np.int64)
    return (
        routes,
        Departures(route=rows[:, 2], step=rows[:, 1], persons=persons),
        tuple(CLASSES[row] for row in rows[:, 3].tolist()),
        row_of,
    )


def _route(
    problem: ClassProblem, placed: Placed, metres: Mapping[str, float], route_id: str, zone: int,
    pattern: int, later: tuple[int, ...],
) -> Route:  # fmt: skip
    scenario = problem.scenario
    legs, links, entries, seconds = legs_of(problem, placed.patterns, zone, pattern, later)
    return Route(
        route_id=route_id,
        zone_id=str(scenario.zones.zone_id[zone]),
        host_id=str(scenario.hosts.host_id[int(placed.patterns.host[pattern])]),
        links=tuple(links),
        entry_steps=tuple(entries),
        arrival_steps=later[-1],
        length_m=length_of(links, metres),
        free_flow_s=seconds,
        legs=tuple(legs),
    )


def metres_of(scenario: Scenario) -> dict[str, float]:
    """How long each link is."""
    links = scenario.links
    return dict(zip(map(str, links.link_id), links.length.tolist(), strict=True))


def length_of(links: Sequence[str], metres: Mapping[str, float]) -> float:
    """Metres of some links, as a route writes them."""
    return sum((metres[link.removeprefix("-")] for link in links), 0.0)


def legs_of(
    problem: ClassProblem, patterns: Patterns, zone: int, pattern: int, later: Sequence[int]
) -> tuple[list[tuple[Any, ...]], list[str], list[int], int]:
    """Legs of a pattern whose stretches are entered at `later`, their links, when each is entered; seconds.

    zone : where it begins, as `timing.zone_node` numbers origins
    """
    layers, scenario = problem.layers, problem.scenario
    timing, afoot = problem.timing, layers.afoot
    codes = scenario.nodes.node_id
    host = int(patterns.host[pattern])
    legs: list[tuple[Any, ...]] = []
    links: list[str] = []
    entries: list[int] = []
    seconds = 0
    for stretch, begins in zip(
        patterns.stretch[patterns.first[pattern] : patterns.first[pattern + 1]].tolist(), later, strict=False
    ):
        span = slice(int(patterns.arcs_first[stretch]), int(patterns.arcs_first[stretch + 1]))
        arcs = patterns.arcs[span].tolist()
        ends = begins + int(patterns.length[stretch])
        first, last = int(layers.what[arcs[0]]), int(layers.what[arcs[-1]])
        if layers.kind[arcs[0]] == LEG:
            leg = afoot.legs[first]
            tail, head = (str(codes[afoot.terminals[end]]) for end in (leg.tail, leg.head))
            named = (leg.name,) if leg.name else ()
            legs.append((leg.mode, tail, head, begins, ends, len(leg.links), *named))
            links += leg.links
            entries += [begins] * len(leg.links)
            seconds += leg.seconds
            continue
        chained, entered, chained_s = _ground_arcs(problem, arcs, patterns.offset[span].tolist())
        links += chained
        entries += [begins + entry for entry in entered]
        seconds += chained_s
        if layers.kind[arcs[0]] == CAR:
            tail, head = str(codes[timing.zone_node[zone]]), str(codes[timing.host_node[host]])
            legs.append(("car", tail, head, begins, ends, len(chained)))
        else:
            fleet = layers.fleets[int(layers.fleet[arcs[0]])].fleet_id
            tail, head = (str(codes[afoot.terminals[end]]) for end in (first, last))
            legs.append(("bus", tail, head, begins, ends, len(chained), fleet))
    return legs, links, entries, seconds


def _ground_arcs(
    problem: ClassProblem, arcs: list[int], offsets: list[int]
) -> tuple[list[str], list[int], int]:
    """Links that arcs of cars or buses stand for, when each is entered, and the seconds on all of them."""
    layers, timing = problem.layers, problem.timing
    links: list[str] = []
    entries: list[int] = []
    seconds = 0
    for arc, offset in zip(arcs, offsets, strict=True):
        if layers.kind[arc] in (CAR, BUS):
            strung = layers.cars if layers.kind[arc] == CAR else layers.roads
            through, entry = strung.of(int(layers.what[arc]))
            links += [timing.arc_ids[on] for on in through.tolist()]
            entries += (offset + entry).tolist()
            seconds += int(timing.travel_s[through].sum())
    return links, entries, seconds
