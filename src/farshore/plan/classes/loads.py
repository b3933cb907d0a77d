"""What crossings carry in a plan with classes, and how many they could: docs/classes.md, crossings.csv."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.onward.parts import stops_of
from farshore.plan.classes.onward.remaining import with_halts
from farshore.results.loads import CrossingLoad
from farshore.results.outcome import Certificate, Departures, Outcome, Route, Stranded
from farshore.results.services import Prices
from farshore.scenario.timing import timing_of

__all__ = ["class_loads", "with_crossing_room"]


def with_crossing_room(outcome: Outcome) -> Outcome:
    """The same plan, read from its folder, with the room of its crossings in every step.

    The folder holds it only for steps in which somebody enters; a plan without classes is returned as it is.
    """
    services = outcome.services
    if services is None:
        return outcome
    stranded = outcome.replan.stranded if outcome.replan else ()
    node_row = outcome.scenario.nodes.position()
    stops = stops_of((*outcome.routes, *(each.route for each in stranded))) if outcome.replan else set()
    timing = with_halts(timing_of(outcome.scenario), sorted(node_row[code] for code in stops), 0)
    problem = class_problem_of(outcome.scenario, timing=timing)
    loads = class_loads(
        problem, outcome.routes, outcome.departures, outcome.certificate, services.prices, stranded
    )
    return dataclasses.replace(outcome, services=dataclasses.replace(services, loads=loads))


def class_loads(
    problem: ClassProblem,
    routes: tuple[Route, ...],
    departures: Departures,
    certificate: Certificate,
    prices: Prices,
    stranded: Sequence[Stranded] = (),
) -> tuple[CrossingLoad, ...]:
    """Who enters each crossing by any means, and how many may where anybody ever does.

    stranded : who has left, and waits on the road for good
    """
    layers, timing, scenario = problem.layers, problem.timing, problem.scenario
    ground, afoot, n_steps = layers.ground, layers.afoot, layers.n_steps
    crossing_row = scenario.crossings.position()
    of_link = {
        str(link): crossing_row.get(str(code), -1)
        for link, code in zip(scenario.links.link_id, scenario.links.crossing_id, strict=True)
    }
    persons = np.zeros((len(crossing_row), n_steps), np.int64)
    driven: defaultdict[int, set[str]] = defaultdict(set)
    walked: defaultdict[int, set[str]] = defaultdict(set)
    entered = [_entered(route, of_link) for route in routes]
    moves = zip(departures.route.tolist(), departures.step.tolist(), departures.persons.tolist(), strict=True)
    waits = [(_entered(each.route, of_link), each.step, each.persons) for each in stranded]
    for passed, step, many in (*((entered[row], *move) for row, *move in moves), *waits):
        for crossing, link, entry, on_foot in passed:
            persons[crossing, step + entry] += many
            (walked if on_foot else driven)[crossing].add(link)
    arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
    foot_row = {code: row for row, code in enumerate(afoot.foot_ids)}
    worth = _worth(certificate, prices, of_link)
    loads = []
    for crossing, code in enumerate(scenario.crossings.crossing_id):
        arcs = [arc_row[link] for link in sorted(driven[crossing])]
        if not driven[crossing] and not walked[crossing]:
            arcs = np.flatnonzero(timing.crossing_row == crossing).tolist()
        room = np.zeros(n_steps, np.int64)
        for arc in arcs:
            room += ground.rooms[ground.room_of[arc]]
        for link in sorted(walked[crossing]):
            room += afoot.foot_rooms[foot_row[link]]
        loads.append(CrossingLoad(str(code), persons[crossing], room, worth[crossing] / 1_000_000))
    return tuple(loads)


def _worth(certificate: Certificate, prices: Prices, of_link: Mapping[str, int]) -> defaultdict[int, int]:
    """Sum of the prices of places, decks and walks of each crossing, by its row."""
    worth: defaultdict[int, int] = defaultdict(int)
    for (arc, _), price in certificate.link_price.items():
        worth[of_link[arc.removeprefix("-")]] += price
    for kind in ("decks", "foot"):
        for arc, _, price in prices[kind]:
            worth[of_link[arc.removeprefix("-")]] += price
    return worth


def _entered(route: Route, of_link: Mapping[str, int]) -> list[tuple[int, str, int, bool]]:
    """Where a route enters a crossing: row, arc, steps after departure, whether on foot over land."""
    found, before, at = [], -1, 0
    for leg in route.legs or ():
        for link, entry in zip(
            route.links[at : at + leg[5]], route.entry_steps[at : at + leg[5]], strict=True
        ):
            crossing = of_link[link.removeprefix("-")]
            if crossing >= 0 and crossing != before:
                found.append((crossing, link, entry, leg[0] == "walk"))
            before = crossing
        at += leg[5]
    return found
