"""Who is left over: households whose seats a plan for persons had, but not side by side."""

import heapq
from collections import defaultdict
from typing import Final

import numpy as np

from farshore.plan.families.spare import Spare, summed
from farshore.plan.families.synthesis import Members
from farshore.results.outcome import Outcome
from farshore.scenario.timing import Ints, Timing

__all__ = ["seat_left_over"]

_ROUNDS: Final = 20  # of giving seats that were given up to others; each frees some again

Kind = tuple[int, str]  # zone and class: households and routes of one kind go together


def seat_left_over(
    outcome: Outcome,
    timing: Timing,
    members: Members,
    *,
    groups: dict[Kind, list[int]],
    kinds: list[Kind],
    route: Ints,
    step: Ints,
) -> int:
    """Seat, in place, households for whom the plan had seats that they could not fill; how many moved.

    groups : households of each kind, in drawn order; kinds : of the outcome's routes
    route, step : int64[n_households], where each sits, −1 for none
    """
    moves = outcome.departures
    wanted: dict[Kind, int] = defaultdict(int)  # persons whom the plan had seats for and who have none
    for number, persons in zip(moves.route.tolist(), moves.persons.tolist(), strict=True):
        wanted[kinds[number]] += persons
    for kind, mine in groups.items():
        wanted[kind] -= sum(int(members.size[each]) for each in mine if route[each] >= 0)
    if not any(persons > 0 for persons in wanted.values()):
        return 0
    there = np.flatnonzero(route >= 0)
    aboard = summed(route[there], step[there], members.size[there])
    spare = Spare.on_routes(outcome.scenario, timing, outcome.routes, *aboard)
    ways: dict[Kind, list[int]] = defaultdict(list)
    for number, kind in enumerate(kinds):
        ways[kind].append(number)
    moved: set[int] = set()
    for kind, mine in groups.items():
        moved |= _seat(spare, ways[kind], members, mine, persons=wanted[kind], route=route, step=step)
    for _ in range(_ROUNDS):
        again: set[int] = set()
        for kind, mine in groups.items():
            again |= _drawn_forward(
                spare, ways[kind], members, mine, most=sum(wanted.values()), route=route, step=step
            )
        moved |= again
        if not again:
            break
    return len(moved)


def _seat(
    spare: Spare, ways: list[int], members: Members, mine: list[int], *, persons: int, route: Ints, step: Ints
) -> set[int]:
    """Seat, in place, households of so many persons together that have no seat; which were seated.

    Large ones first; of each size the next in drawn order.
    """
    seated: set[int] = set()
    waiting: dict[int, list[int]] = defaultdict(list)
    for household in reversed(mine):
        if route[household] < 0:
            waiting[int(members.size[household])].append(household)
    while persons > 0 and waiting:
        size = max((each for each in waiting if each <= persons), default=min(waiting))
        found = spare.take(ways, size)
        if found is None:
            waiting = {each: held for each, held in waiting.items() if each < size}
            continue
        household = waiting[size].pop()
        if not waiting[size]:
            del waiting[size]
        route[household], step[household] = found
        persons -= size
        seated.add(household)
    return seated


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
