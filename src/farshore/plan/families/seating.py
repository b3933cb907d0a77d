"""Seating: whole households on a plan's departures, and on others where whole households do not fit."""

import dataclasses
import heapq
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import numpy as np

from farshore.plan.families.packing import pack
from farshore.plan.families.spare import Spare
from farshore.plan.families.synthesis import Members, households_of
from farshore.plan.model import Problem, problem_of
from farshore.plan.routes import objective_of
from farshore.results.households import Households
from farshore.results.outcome import Departures, Outcome, Route, Unserved
from farshore.scenario.timing import Ints

__all__ = ["EVERYBODY", "with_households"]

EVERYBODY: Final = "people"  # the one class that a route is for where nothing else is said

_ROUNDS: Final = 20  # of giving seats that were given up to others; each frees some again

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
    moved = _seat_left_over(outcome, problem, members, groups=groups, kinds=kinds, route=route, step=step)
    return _seated(outcome, problem, members, seed=seed, route=route, step=step, moved=moved)


def _seat_left_over(
    outcome: Outcome,
    problem: Problem,
    members: Members,
    *,
    groups: dict[tuple[int, str], list[int]],
    kinds: list[tuple[int, str]],
    route: Ints,
    step: Ints,
) -> int:
    """Seat, in place, households for whom the plan had seats that they could not fill; how many there were.

    Large ones first; of each size the next in drawn order.
    """
    moves = outcome.departures
    planned: dict[tuple[int, str], int] = defaultdict(int)
    for number, persons in zip(moves.route.tolist(), moves.persons.tolist(), strict=True):
        planned[kinds[number]] += persons
    spare: Spare | None = None
    moved: set[int] = set()
    most = 0
    for kind, mine in groups.items():
        aboard = sum(int(members.size[each]) for each in mine if route[each] >= 0)
        wanted = planned[kind] - aboard
        if wanted <= 0:
            continue
        most += wanted
        if spare is None:
            there = np.flatnonzero(route >= 0)
            spare = Spare(
                outcome.scenario,
                problem.timing,
                outcome.routes,
                *_summed(route[there], step[there], members.size[there]),
            )
        ways = [number for number, other in enumerate(kinds) if other == kind]
        waiting: dict[int, list[int]] = defaultdict(list)
        for household in reversed(mine):
            if route[household] < 0:
                waiting[int(members.size[household])].append(household)
        while wanted > 0 and waiting:
            size = max((each for each in waiting if each <= wanted), default=min(waiting))
            found = spare.take(ways, size)
            if found is None:
                waiting = {each: held for each, held in waiting.items() if each < size}
                continue
            household = waiting[size].pop()
            if not waiting[size]:
                del waiting[size]
            route[household], step[household] = found
            wanted -= size
            moved.add(household)
    if spare is not None:
        for _ in range(_ROUNDS):
            before = len(moved), step.sum()
            for kind, mine in groups.items():
                ways = [number for number, other in enumerate(kinds) if other == kind]
                moved |= _drawn_forward(spare, ways, members, mine, most=most, route=route, step=step)
            if before == (len(moved), step.sum()):
                break
    return len(moved)


def _drawn_forward(
    spare: Spare, ways: list[int], members: Members, mine: list[int], *, most: int, route: Ints, step: Ints
) -> set[int]:
    """Give seats that others gave up, in place, to those who wait longest; which households moved.

    Of each size the household whose departure costs most is asked first; when it finds nothing better, the
    next size is. most : moves allowed for each size
    """
    seated = np.array([each for each in mine if route[each] >= 0], np.int64)
    moved: set[int] = set()
    for size in np.unique(members.size[seated]).tolist():
        waiting = [
            (-int(spare.costs(int(route[each]))[step[each]]), each)
            for each in seated[members.size[seated] == size].tolist()
        ]
        heapq.heapify(waiting)
        for _ in range(most):
            household = waiting[0][1]
            found = spare.better(ways, size, than=(int(route[household]), int(step[household])))
            if found is None:
                break
            route[household], step[household] = found
            heapq.heapreplace(waiting, (-int(spare.costs(found[0])[found[1]]), household))
            moved.add(household)
    return moved


def _summed(route: Ints, step: Ints, persons: Ints) -> tuple[Ints, Ints, Ints]:
    """Departures by route and step: int64[n] three times."""
    keys, group = np.unique(np.stack([route, step]), axis=1, return_inverse=True)
    total = np.zeros(keys.shape[1], np.int64)
    np.add.at(total, group.ravel(), persons)
    return keys[0], keys[1], total


def _seated(
    outcome: Outcome, problem: Problem, members: Members, *, seed: int, route: Ints, step: Ints, moved: int
) -> Outcome:
    """The outcome with the departures that households make; a route that nobody takes is dropped."""
    used = np.unique(route[route >= 0])
    routes = tuple(outcome.routes[old] for old in used.tolist())
    route = np.where(route >= 0, np.searchsorted(used, route), -1)
    last = np.iinfo(np.int64).max
    leaves = route >= 0
    order = np.lexsort(
        (
            -members.size,
            np.where(leaves, route, last),
            np.where(leaves, step, last),
            members.zone,
        )
    )
    zone_row = outcome.scenario.zones.position()
    zone_of = np.array([zone_row[each.zone_id] for each in routes], np.int64)
    number, when, persons = _summed(route[leaves], step[leaves], members.size[leaves])
    by_zone = np.lexsort((number, when, zone_of[number] if len(number) else number))
    departures = Departures(route=number[by_zone], step=when[by_zone], persons=persons[by_zone])
    objective, stay = objective_of(problem, routes, departures)
    before = {each.zone_id: each.binding for each in outcome.unserved}
    unserved = tuple(
        Unserved(str(zone_id), int(left), before.get(str(zone_id), ("households are not split",)))
        for zone_id, left in zip(outcome.scenario.zones.zone_id, stay.tolist(), strict=True)
        if left
    )
    households = Households(
        zone=members.zone[order],
        size=members.size[order],
        children=members.children[order],
        over_65=members.over_65[order],
        needing_assistance=members.needing_assistance[order],
        with_car=members.with_car[order],
        route=route[order],
        step=step[order],
        seed=seed,
        notes=members.notes,
        moved=moved,
        objective_if_split=outcome.certificate.objective,
    )
    return dataclasses.replace(
        outcome,
        routes=routes,
        departures=departures,
        unserved=unserved,
        certificate=dataclasses.replace(outcome.certificate, objective=objective),
        households=households,
    )
