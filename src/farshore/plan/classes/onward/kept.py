"""Who has which seat of a new plan: of households that are alike, those who had it by the plan before."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from farshore.plan.classes.onward.assemble import Made
from farshore.plan.classes.onward.groups import Broken, Group

__all__ = ["seats_kept"]

Seat = tuple[str, int]  # route, step of leaving home


class _Seats(NamedTuple):
    """Seats of one instruction for people who are alike, and the households that have them."""

    alike: Hashable
    seat: Seat
    households: tuple[int, ...]


def seats_kept(made: Made, free: Sequence[Group], sizes: Sequence[int]) -> Made:
    """The same plan, in which all households who can have the seat they had; those of one size are alike.

    free : who had an instruction and is planned anew
    """
    if not sizes:
        return made
    told = {h: _seat(group) for group in free for h in group.households}
    at_home = [
        _Seats((group.route.zone_id, group.kind), _seat(group), group.households) for group in made.new
    ]
    halted = [_Seats(_past(each), _seat(group), group.households) for each, group, _ in made.onward]
    own = {h: each for each, group, _ in made.onward for h in group.households}
    new = [
        replace(group, households=mine)
        for group, mine in zip(made.new, _dealt(at_home, told, sizes), strict=True)
    ]
    onward = [
        entry
        for (_, group, step), mine in zip(made.onward, _dealt(halted, told, sizes), strict=True)
        for entry in _by_halt(group, step, mine, own, sizes)
    ]
    return replace(made, new=tuple(new), onward=tuple(onward))


def _seat(group: Group) -> Seat:
    return group.route.route_id, group.step


def _past(each: Broken) -> Hashable:
    """How people came to a halt, and who they are."""
    way = each.so_far
    return way.zone_id, each.group.kind, each.group.step, way.legs, way.links, way.halts, each.since


def _by_halt(
    group: Group, step: int, mine: Sequence[int], own: Mapping[int, Broken], sizes: Sequence[int]
) -> list[tuple[Broken, Group, int]]:
    """People with a way on from a halt, by what they had been told."""
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for h in mine:
        parts[id(own[h])].append(h)
    return [
        (own[some[0]], replace(group, persons=sum(sizes[h] for h in some), households=tuple(some)), step)
        for some in parts.values()
    ]


def _dealt(seats: Sequence[_Seats], told: Mapping[int, Seat], sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Households of each of some seats: first who had been told the same, then the others in order."""
    free: defaultdict[Hashable, Counter[int]] = defaultdict(Counter)
    mine: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, each in enumerate(seats):
        for h in each.households:
            free[each.alike, sizes[h]][number] += 1
            mine[each.alike, sizes[h]].append(h)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for key, alike in mine.items():
        left = free[key]
        same: defaultdict[Seat, list[int]] = defaultdict(list)
        for number in left:
            same[seats[number].seat].append(number)
        others = []
        for h in sorted(alike):
            number = next((n for n in same.get(told.get(h, ("", -1)), ()) if left[n]), -1)
            if number >= 0:
                left[number] -= 1
                found[number].append(h)
            else:
                others.append(h)
        rest = [n for n in sorted(left, key=lambda n: (seats[n].seat[1], n)) for _ in range(left[n])]
        for h, number in zip(others, rest, strict=True):
            found[number].append(h)
    return [tuple(sorted(found[number])) for number in range(len(seats))]
