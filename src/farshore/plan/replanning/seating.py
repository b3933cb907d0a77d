"""Whole households on a plan made for persons in the midst of another, with few new instructions.

Households whose instruction still has seats for all of them keep it. The others take the new departures,
first those who were to leave first; a household that then finds no room for all of it, though the plan for
persons had seats for so many, takes the cheapest departure with room, or stays.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from farshore.plan.families.packing import pack
from farshore.plan.families.spare import Spare
from farshore.plan.replanning.aboard import Aboard
from farshore.plan.replanning.chosen import Chosen, departs_of, paths_along
from farshore.plan.replanning.groups import Instructed, Waiting
from farshore.plan.replanning.part import Taken, Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.state import State
from farshore.scenario.timing import Ints

__all__ = ["Seat", "Seated", "seat_households"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A way and the step of going, steps from the event's."""

    way: Way
    step: int
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.way, self.step)))

    def __hash__(self) -> int:  # asked several times for each household
        return self._hash


@dataclass(frozen=True, eq=False)
class Seated:
    """Households with a way ahead of them.

    seat : by row of the household; kept : those who do just as they were told
    chosen : the plan that they make; moved : how many took another seat than the plan for persons had
    """

    seat: Mapping[int, Seat]
    kept: frozenset[int]
    chosen: Chosen
    moved: int


@dataclass(frozen=True, slots=True)
class _Asks:
    """A household without a seat: when it can go, and where in the line it stands."""

    household: int
    since: int


def seat_households(
    state: State, remaining: Remaining, instructed: Instructed, waiting: Sequence[Waiting], chosen: Chosen
) -> Seated:
    """Seat the households that are at home or at a halt; each whole, or it stays where it is."""
    aboard = state.aboard
    own = _own_seats(instructed)
    seats: defaultdict[Seat, int] = defaultdict(int)  # persons whom the plan has seats for
    mine: defaultdict[Seat, list[int]] = defaultdict(list)  # who was told just this
    for told, seat, kept in zip(instructed.told, own, chosen.kept.tolist(), strict=True):
        mine[seat].extend(told.households)
        seats[seat] += kept
    others = chosen.others
    for way, step, persons in zip(
        others.way.tolist(), others.step.tolist(), others.persons.tolist(), strict=True
    ):
        seats[Seat(others.ways[way], step)] += persons
    seat_of: dict[int, Seat] = {}
    rooms: defaultdict[int, list[tuple[Seat, int]]] = defaultdict(list)
    for seat, persons in seats.items():
        within, _ = aboard.fitting(tuple(mine[seat]), persons)
        seat_of |= dict.fromkeys(within, seat)
        room = persons - aboard.persons(within)
        if room:
            rooms[seat.way.origin].append((seat, room))
    line = _line(state, remaining, instructed, waiting, seat_of)
    for origin, free in rooms.items():
        _fill(seat_of, line[origin], sorted(free, key=_in_time), aboard, at_home=origin < remaining.n_zones)
    moved = _left_over(seat_of, line, seats, instructed, remaining, aboard)
    told_seat = {
        household: seat
        for told, seat in zip(instructed.told, own, strict=True)
        for household in told.households
    }
    kept = frozenset(each for each, seat in seat_of.items() if told_seat.get(each) == seat)
    return Seated(seat_of, kept, _as_plan(seat_of, kept, instructed, aboard), moved)


def _in_time(room: tuple[Seat, int]) -> tuple[int, int, tuple[int, ...]]:
    return (room[0].step, room[0].way.host, room[0].way.arcs)


def _own_seats(instructed: Instructed) -> list[Seat]:
    ways = instructed.kept.ways
    steps = departs_of(instructed).tolist()
    return [Seat(ways[told.route], step) for told, step in zip(instructed.told, steps, strict=True)]


def _line(
    state: State,
    remaining: Remaining,
    instructed: Instructed,
    waiting: Sequence[Waiting],
    seat_of: Mapping[int, Seat],
) -> dict[int, list[_Asks]]:
    """Who has no seat, by origin: first told first, at halts first come first; then who had none before."""
    line: defaultdict[int, list[_Asks]] = defaultdict(list)
    for told in state.home:  # in the order of departure
        origin = instructed.kept.ways[told.route].origin
        line[origin] += [_Asks(each, 0) for each in told.households if each not in seat_of]
    for zone, stayed in state.aboard.staying.items():
        line[zone] += [_Asks(each, 0) for each in stayed]
    for group in waiting:
        origin, since = remaining.origin_of(group.node), group.since - state.at
        line[origin] += [_Asks(each, since) for each in group.households if each not in seat_of]
    return line


def _fill(
    seat_of: dict[int, Seat],
    line: list[_Asks],
    rooms: Sequence[tuple[Seat, int]],
    aboard: Aboard,
    *,
    at_home: bool,
) -> None:
    """Pack, in place, households of one origin into the rooms; who is seated leaves the line.

    At home all are ready as soon as so many of their zone are; at a halt each only once it is there.
    """
    for batch in [rooms] if at_home else [[room] for room in rooms]:
        there = [each for each in line if at_home or each.since <= batch[0][0].step]
        sizes = np.array([aboard.size[each.household] for each in there], np.int64)
        room = np.array([persons for _, persons in batch], np.int64)
        for each, at in zip(there, pack(sizes, room).tolist(), strict=True):
            if at >= 0:
                seat_of[each.household] = batch[at][0]
        line[:] = [each for each in line if each.household not in seat_of]


def _left_over(
    seat_of: dict[int, Seat],
    line: Mapping[int, list[_Asks]],
    seats: Mapping[Seat, int],
    instructed: Instructed,
    remaining: Remaining,
    aboard: Aboard,
) -> int:
    """Seat, in place, households for whom the plan had seats that they could not fill; how many it seated."""
    wanted: defaultdict[int, int] = defaultdict(int)
    for seat, persons in seats.items():
        wanted[seat.way.origin] += persons
    for household, seat in seat_of.items():
        wanted[seat.way.origin] -= aboard.size[household]
    asking = [origin for origin in sorted(line) if wanted[origin] > 0 and line[origin]]
    if not asking:
        return 0
    spare, ways = _spare(seat_of, seats, instructed, remaining, aboard)
    moved = 0
    by_origin: defaultdict[int, list[int]] = defaultdict(list)
    for number, way in enumerate(ways):
        by_origin[way.origin].append(number)
    for origin in asking:
        # Large ones first, while there is room for them anywhere; of each size the next in line.
        for ask in sorted(line[origin], key=lambda each: -aboard.size[each.household]):
            size = aboard.size[ask.household]
            if size > wanted[origin]:
                continue
            found = spare.take(by_origin[origin], size, since=ask.since)
            if found is not None:
                seat_of[ask.household] = Seat(ways[found[0]], found[1])
                wanted[origin] -= size
                moved += 1
    return moved


def _spare(
    seat_of: Mapping[int, Seat],
    seats: Mapping[Seat, int],
    instructed: Instructed,
    remaining: Remaining,
    aboard: Aboard,
) -> tuple[Spare, list[Way]]:
    """The room that is left beside those seated, on the ways that anybody was told or has now."""
    timing = remaining.problem.timing
    ways = list(dict.fromkeys([*instructed.kept.ways, *(seat.way for seat in seats)]))
    ways = [way for way in ways if way.origin >= 0]
    index = {way: number for number, way in enumerate(ways)}
    taken: defaultdict[tuple[int, int], int] = defaultdict(int)
    for household, seat in seat_of.items():
        taken[index[seat.way], seat.step] += aboard.size[household]
    rows = np.array([(*key, persons) for key, persons in taken.items()], np.int64).reshape(-1, 3)
    paths = paths_along(timing, ways)
    free = replace(timing, intake=np.where(remaining.problem.host_open, timing.intake, 0))
    origins = [way.origin for way in ways]
    return Spare(free, paths.arc, paths.entry, paths.first, paths.arrival, paths.host, origins, *rows.T), ways


def _as_plan(
    seat_of: Mapping[int, Seat], kept: frozenset[int], instructed: Instructed, aboard: Aboard
) -> Chosen:
    """What the households come to as a plan for persons."""
    n_kept = [aboard.persons([each for each in told.households if each in kept]) for told in instructed.told]
    taken: defaultdict[Seat, int] = defaultdict(int)
    for household, seat in seat_of.items():
        if household not in kept:
            taken[seat] += aboard.size[household]
    ways = list(dict.fromkeys(seat.way for seat in taken))
    index = {way: number for number, way in enumerate(ways)}
    rows = np.array(
        [(index[seat.way], seat.step, persons) for seat, persons in taken.items()], np.int64
    ).reshape(-1, 3)
    columns: list[Ints] = [np.ascontiguousarray(column) for column in rows.T]
    return Chosen(np.array(n_kept, np.int64), Taken(tuple(ways), *columns))
