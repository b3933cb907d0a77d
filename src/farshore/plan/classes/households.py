"""Whole households in a plan with classes: what classes they make up, and where each of them sits."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.plan.classes.berths import Berths
from farshore.plan.classes.giving_way import GivingWay
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns
from farshore.plan.classes.people import CLASSES, Sizes, class_of
from farshore.plan.classes.pour import Placed
from farshore.plan.classes.room_left import RoomLeft
from farshore.plan.classes.ways import Way, WayCosts, numbered_ways, placed_again
from farshore.plan.families.packing import pack
from farshore.plan.families.spare import summed
from farshore.plan.families.synthesis import Members
from farshore.scenario.clock import Ints
from farshore.scenario.tables import LARGEST_HOUSEHOLD
from farshore.scenario.turnout import class_of_household

_ROUNDS: Final = 8  # of giving seats that were given up to others; each frees some again
_GIVING: Final = 2  # of asking others to give way to those who are worse off than in the plan for persons

__all__ = ["Seated", "class_sizes", "household_classes", "seated_whole"]


@dataclass(frozen=True, eq=False)
class Seated:
    """A plan of whole households.

    row : int64[n_households], placement that each is part of, −1 where it stays
    moved : how many leave otherwise than by a seat that the plan for persons had for them
    """

    placed: Placed
    row: Ints
    moved: int


def household_classes(members: Members) -> Ints:
    """The class of each household, as its row of `CLASSES`: int64[n_households].

    Its need is that of whoever in it needs most; all its members count in that class.
    """
    return class_of_household(members.needing_assistance, members.children, members.with_car)


def class_sizes(members: Members, n_zones: int) -> Sizes:
    """What a plan that keeps these households whole takes the classes to be."""
    classes = household_classes(members)
    by_size = np.zeros((n_zones, len(CLASSES), LARGEST_HOUSEHOLD + 1), np.int64)
    np.add.at(by_size, (members.zone, classes, members.size), 1)
    helped = classes // 2 == 0
    return Sizes(
        by_size=by_size,
        assisted=int(members.needing_assistance[helped].sum()),
        in_assisted_households=int(members.size[helped].sum()),
    )


def seated_whole(
    problem: ClassProblem, placed: Placed, members: Members, group: dict[int, list[int]] | None = None
) -> Seated:
    """Put every household on a plan for persons of the same classes, whole: it leaves together or stays.

    Households of a zone and class are alike to the plan, so that its departures are filled to the last seat
    wherever sizes allow it. Seats that cannot be filled are given up. Who is left over takes the cheapest
    departure by a way of the plan at which there is room, with another bus where one is free; or stays.
    Then those who leave dearest are asked first whether they would rather have what is free, and riders of
    full buses whether they give way to who is worse off than in the plan for persons.
    group : households of each commodity, by their zones and classes if not given
    """
    people = problem.people
    ways, of = numbered_ways(problem, placed)
    group = _groups(problem, members) if group is None else group
    left = RoomLeft(problem, placed.patterns)
    for (stretch, step), (assisted, others) in _riders(problem, placed.patterns, ways, placed, of).items():
        left.send_at_most(stretch, step, left.trips_needed(stretch, assisted, others))
    at = np.full((2, len(members)), -1, np.int64)  # way and step of each household
    costs = WayCosts(problem, placed.patterns)
    in_turn = sorted(group, key=lambda commodity: (int(people.need[commodity]), commodity))
    berths = [
        Berths(problem, left, ways, costs, commodity, members, group[commodity], at) for commodity in in_turn
    ]
    order = np.lexsort((of, placed.depart))
    for commodity, part in zip(in_turn, berths, strict=True):
        rows = order[placed.commodity[order] == commodity]
        mine = np.array(group[commodity], np.int64)
        packed = pack(members.size[mine], placed.people[rows])
        seated = np.flatnonzero(packed >= 0)
        seated = seated[np.argsort(packed[seated], kind="stable")]
        for together in np.split(seated, np.flatnonzero(np.diff(packed[seated])) + 1):
            if len(together):
                row = rows[packed[together[0]]]
                part.take_all(mine[together].tolist(), int(of[row]), int(placed.depart[row]))
    seats = at.copy()
    for part in berths:
        part.seat_left_over()
    for number, step in np.unique(at[:, at[0] >= 0], axis=1).T.tolist():
        left.recall(ways[number], step)
    with suppress(KeyboardInterrupt):  # everybody has a seat or stays; better ones can be left where they are
        _draw_forward(left, berths, rounds=_ROUNDS)
        for _ in range(_GIVING):
            left.look_again()
            displaced = np.flatnonzero((at != seats).any(axis=0)).tolist()
            if not GivingWay(left, ways, berths, members.size, at).let_in(displaced):
                break
            _draw_forward(left, berths, rounds=1)
    moved = int(((at != seats).any(axis=0) & (at[0] >= 0)).sum())
    return _seated(problem, placed, ways, costs, members, group, at, moved)


def _draw_forward(left: RoomLeft, berths: list[Berths], *, rounds: int) -> None:
    """Give what is free to those who leave dearest, until nobody is better off or so many times."""
    for _ in range(rounds):
        left.look_again()
        if not sum([part.draw_forward() for part in berths]):
            return


def _groups(problem: ClassProblem, members: Members) -> dict[int, list[int]]:
    """Households of each commodity, in drawn order."""
    people = problem.people
    commodity = {
        (zone, class_of(need, car)): row
        for row, (zone, need, car) in enumerate(
            zip(people.zone.tolist(), people.need.tolist(), people.has_car.tolist(), strict=True)
        )
    }
    found: defaultdict[int, list[int]] = defaultdict(list)
    for household, key in enumerate(
        zip(members.zone.tolist(), household_classes(members).tolist(), strict=True)
    ):
        found[commodity[key]].append(household)
    return found


def _riders(
    problem: ClassProblem, patterns: Patterns, ways: list[Way], placed: Placed, of: Ints
) -> dict[tuple[int, int], tuple[int, int]]:
    """Assisted and other riders of each ride by bus in each step."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for number, commodity, step, persons in zip(
        of.tolist(), placed.commodity.tolist(), placed.depart.tolist(), placed.people.tolist(), strict=True
    ):
        way = ways[number]
        for stretch, entry in zip(way.stretches, way.entries, strict=False):
            if patterns.bus_of[stretch] >= 0:
                found[stretch, step + entry][0 if problem.people.need[commodity] == 0 else 1] += persons
    return {key: (assisted, others) for key, (assisted, others) in found.items()}


def _seated(
    problem: ClassProblem,
    placed: Placed,
    ways: list[Way],
    costs: WayCosts,
    members: Members,
    group: dict[int, list[int]],
    at: Ints,
    moved: int,
) -> Seated:
    """Placements as households make them, by commodity."""
    parts: list[tuple[int, Ints, Ints, Ints]] = []
    row = np.full(len(members), -1, np.int64)
    begin = 0
    for commodity, mine in sorted(group.items()):
        leaving = np.array([household for household in mine if at[0, household] >= 0], np.int64)
        if not len(leaving):
            continue
        way, step, persons = summed(at[0, leaving], at[1, leaving], members.size[leaving])
        number = {key: begin + i for i, key in enumerate(zip(way.tolist(), step.tolist(), strict=True))}
        row[leaving] = [number[key] for key in zip(*at[:, leaving].tolist(), strict=True)]
        parts.append((commodity, way, step, persons))
        begin += len(way)
    empty = np.empty(0, np.int64)
    made = placed_again(
        problem,
        placed,
        ways,
        costs,
        commodity=np.concatenate([empty, *(np.full(len(way), c, np.int64) for c, way, _, _ in parts)]),
        way=np.concatenate([empty, *(way for _, way, _, _ in parts)]),
        step=np.concatenate([empty, *(step for _, _, step, _ in parts)]),
        people=np.concatenate([empty, *(persons for _, _, _, persons in parts)]),
    )
    return Seated(made, row, moved)
