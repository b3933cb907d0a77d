"""Seating: whole households on a plan's departures, and on others where whole households do not fit."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import numpy as np

from farshore.plan.families.leftover import seat_left_over
from farshore.plan.families.packing import pack
from farshore.plan.families.rows import households_in_order
from farshore.plan.families.spare import summed
from farshore.plan.families.synthesis import Members, households_of
from farshore.plan.model import Problem, problem_of
from farshore.plan.routes import objective_of
from farshore.results.outcome import Departures, Outcome, Route, Unserved
from farshore.scenario.timing import Ints

__all__ = ["EVERYBODY", "with_households"]

EVERYBODY: Final = "people"  # the one class that a route is for where nothing else is said

ClassOfRoute = Callable[[Route], str]
ClassOfHouseholds = Callable[[Members], list[str]]


def _for_everybody(_: Route) -> str:
    return EVERYBODY


def _all_alike(members: Members) -> list[str]:
    return [EVERYBODY] * len(members)


def with_households(
    outcome: Outcome,
    *,
    seed: int = 0,
    route_class: ClassOfRoute = _for_everybody,
    household_classes: ClassOfHouseholds = _all_alike,
) -> Outcome:
    """The same plan with households made up and seated whole: a household leaves together or stays.

    route_class, household_classes : a household is put on routes of its own class only

    Households of a zone and class are alike to the plan, so that its departures are filled to the last seat
    wherever sizes allow it. Seats that cannot be filled are given up. Who is left over, though the plan for
    persons had seats for so many, takes the cheapest departure with room on every arc, at the host and among
    the beds, or stays. The lower bound holds for every such plan: being allowed to split households could
    only make a plan better.
    """
    problem = problem_of(outcome.scenario)
    members = households_of(outcome.scenario, problem.timing.people, seed=seed)
    moves = outcome.departures
    zone_row = outcome.scenario.zones.position()
    kinds = [(zone_row[route.zone_id], route_class(route)) for route in outcome.routes]
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for household, kind in enumerate(zip(members.zone.tolist(), household_classes(members), strict=True)):
        groups[kind].append(household)
    departures: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row, route_number in enumerate(moves.route.tolist()):
        departures[kinds[route_number]].append(row)

    route = np.full(len(members), -1, np.int64)
    step = np.full(len(members), -1, np.int64)
    for kind, mine in groups.items():
        rows = np.array(departures[kind], np.int64)
        rows = rows[np.argsort(moves.step[rows], kind="stable")]
        at = pack(members.size[mine], moves.persons[rows])
        seated = np.array(mine, np.int64)[at >= 0]
        route[seated], step[seated] = moves.route[rows[at[at >= 0]]], moves.step[rows[at[at >= 0]]]
    moved = seat_left_over(
        outcome, problem.timing, members, groups=groups, kinds=kinds, route=route, step=step
    )
    return _seated(outcome, problem, members, seed=seed, route=route, step=step, moved=moved)


def _seated(
    outcome: Outcome, problem: Problem, members: Members, *, seed: int, route: Ints, step: Ints, moved: int
) -> Outcome:
    """The outcome with the departures that households make; a route that nobody takes is dropped."""
    used = np.unique(route[route >= 0])
    routes = tuple(outcome.routes[old] for old in used.tolist())
    route = np.where(route >= 0, np.searchsorted(used, route), -1)
    leaves = route >= 0
    zone_row = outcome.scenario.zones.position()
    zone_of = np.array([zone_row[each.zone_id] for each in routes], np.int64)
    number, when, persons = summed(route[leaves], step[leaves], members.size[leaves])
    by_zone = np.lexsort((number, when, zone_of[number] if len(number) else number))
    departures = Departures(route=number[by_zone], step=when[by_zone], persons=persons[by_zone])
    objective, stay = objective_of(problem, routes, departures)
    before = {each.zone_id: each.binding for each in outcome.unserved}
    unserved = tuple(
        Unserved(str(zone_id), int(left), before.get(str(zone_id), ("households are not split",)))
        for zone_id, left in zip(outcome.scenario.zones.zone_id, stay.tolist(), strict=True)
        if left
    )
    if_split = outcome.certificate.objective
    households, _ = households_in_order(members, route, step, seed=seed, moved=moved, if_split=if_split)
    return dataclasses.replace(
        outcome,
        routes=routes,
        departures=departures,
        unserved=unserved,
        certificate=dataclasses.replace(outcome.certificate, objective=objective),
        households=households,
    )
