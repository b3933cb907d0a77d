"""The new plan put together: what has happened, what is kept and what is new, each person once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.replanning.chosen import Chosen
from farshore.plan.replanning.groups import Instructed, Waiting
from farshore.plan.replanning.part import Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.rows import Rows
from farshore.plan.replanning.seating import Seat, Seated
from farshore.plan.replanning.state import State, Told
from farshore.results.households import Households
from farshore.results.outcome import Departures, Outcome, Route, Stranded
from farshore.scenario.timing import Timing

__all__ = ["Assembled", "AtHome", "GoesOn", "assemble", "assemble_whole"]


@dataclass(frozen=True, slots=True)
class GoesOn:
    """People on the road and what becomes of them: a new way (its route and step), or None: they stay."""

    waiting: Waiting
    persons: int
    route: Route | None
    step: int | None
    households: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AtHome:
    """People of a zone, at home, who hear something new: what they were told, None for nothing; what holds.

    step, route : None: they stay
    """

    zone: int
    told: Told | None
    step: int | None
    route: Route | None
    persons: int
    households: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Assembled:
    """A plan for everybody, what has happened included.

    at_home : who hears something new at home; on_the_road : what becomes of those who had come free
    households : as they are seated now, where the plan keeps households
    """

    routes: tuple[Route, ...]
    departures: Departures
    stranded: tuple[Stranded, ...]
    at_home: tuple[AtHome, ...]
    on_the_road: tuple[GoesOn, ...]
    households: Households | None = None


def assemble(
    old: Outcome,
    timing: Timing,
    state: State,
    remaining: Remaining,
    instructed: Instructed,
    waiting: Sequence[Waiting],
    chosen: Chosen,
) -> Assembled:
    """Give everybody a route, a departure and a name for it; nobody is in two places and nobody in none."""
    rows = Rows(old, timing)
    for told in (*state.arrived, *state.going):
        rows.add(old.routes[told.route], told.step, told.persons)
    for told, persons in zip(instructed.told, chosen.kept.tolist(), strict=True):
        if persons:
            rows.add(old.routes[told.route], told.step, persons)
    leaving: defaultdict[int, list[tuple[int, Route, int]]] = defaultdict(list)
    going_on: defaultdict[int, list[tuple[int, Way, int]]] = defaultdict(list)
    others = chosen.others
    order = np.lexsort((others.way, others.step))
    for way, step, persons in zip(
        others.way[order].tolist(), others.step[order].tolist(), others.persons[order].tolist(), strict=True
    ):
        how = others.ways[way]
        if how.origin >= remaining.n_zones:
            going_on[remaining.halts[how.origin - remaining.n_zones]].append((step + state.at, how, persons))
            continue
        route = rows.from_home(how)
        leaving[how.origin].append((step + state.at, route, persons))
        rows.add(route, step + state.at, persons)
    still = _unkept(waiting, instructed, chosen.kept.tolist())
    on_the_road = [
        each
        for node in sorted({waiting.node for waiting in still})
        for each in _gone_on(rows, [w for w in still if w.node == node], going_on.get(node, []))
    ]
    at_home = _first_with_first(old, instructed, chosen, leaving)
    return _made(rows, at_home, on_the_road)


def _made(rows: Rows, at_home: Sequence[AtHome], on_the_road: Sequence[GoesOn]) -> Assembled:
    """Count in who goes on from a halt, and note who stays at one."""
    stranded = []
    for each in on_the_road:
        if each.route is None:
            stranded.append(Stranded(each.waiting.so_far, each.waiting.step, each.persons))
        else:
            rows.add(each.route, each.waiting.step, each.persons)
    routes, departures = rows.tables()
    return Assembled(routes, departures, tuple(stranded), tuple(at_home), tuple(on_the_road))


def _first_with_first(
    old: Outcome,
    instructed: Instructed,
    chosen: Chosen,
    leaving: Mapping[int, Sequence[tuple[int, Route, int]]],
) -> list[AtHome]:
    """Pair the instructions of each zone that are not kept with its new departures, first with first."""
    zone_row = old.scenario.zones.position()
    lost: defaultdict[int, list[Told]] = defaultdict(list)
    for told, kept in zip(instructed.told, chosen.kept.tolist(), strict=True):
        if told.persons > kept and not old.routes[told.route].halts:
            zone = zone_row[old.routes[told.route].zone_id]
            lost[zone].append(replace(told, persons=told.persons - kept))
    found = []
    for zone in sorted({*lost, *leaving}):
        befores, afters = sorted(lost[zone], key=lambda each: each.step), leaving.get(zone, ())
        left_before, left_after = [told.persons for told in befores], [persons for _, _, persons in afters]
        i = j = 0
        while i < len(befores) or j < len(afters):
            told_before = befores[i] if i < len(befores) else None
            step, route, _ = afters[j] if j < len(afters) else (None, None, 0)
            persons = min(side[0] for side in (left_before[i : i + 1], left_after[j : j + 1]) if side)
            found.append(AtHome(zone, told_before, step, route, persons))
            if told_before:
                left_before[i] -= persons
                i += not left_before[i]
            if route:
                left_after[j] -= persons
                j += not left_after[j]
    return found


def _unkept(waiting: Sequence[Waiting], instructed: Instructed, kept: Sequence[int]) -> list[Waiting]:
    """Those at halts who do not simply do as they were told."""
    n_kept = dict(zip(instructed.told, kept, strict=True))
    found = []
    for each in waiting:
        left = each.persons - (n_kept[each.told] if each.told else 0)
        if left:
            found.append(replace(each, persons=left))
    return found


def _gone_on(rows: Rows, waiting: Sequence[Waiting], going: Sequence[tuple[int, Way, int]]) -> list[GoesOn]:
    """Share out the ways on from one halt: who has come first goes first."""
    found = []
    left_of = [each.persons for each in waiting]
    first = 0
    for step, way, leaving in going:
        left = leaving
        while left:
            each, there = waiting[first], left_of[first]
            persons = min(left, there)
            found.append(GoesOn(each, persons, rows.onward(each, way, step), step))
            left -= persons
            left_of[first] = there - persons
            first += there == persons
    for each, there in zip(waiting[first:], left_of[first:], strict=True):
        found.append(GoesOn(each, there, None, None))
    return found


# -- with households --------------------------------------------------------------------------------------


def assemble_whole(
    old: Outcome,
    timing: Timing,
    state: State,
    waiting: Sequence[Waiting],
    seated: Seated,
) -> Assembled:
    """The same for whole households: each has a departure of its own, or stays where it is."""
    assert old.households is not None
    size, rows = state.aboard.size, Rows(old, timing)
    place: dict[int, tuple[str, int]] = {}  # of who leaves: route and step of leaving home
    for told in (*state.arrived, *state.going):
        rows.add(old.routes[told.route], told.step, told.persons)
        place |= dict.fromkeys(told.households, (old.routes[told.route].route_id, told.step))

    at_seat: defaultdict[Seat, int] = defaultdict(int)
    place_at: dict[Seat, tuple[str, int]] = {}

    def leave(household: int, seat: Seat) -> None:
        if seat not in place_at:
            place_at[seat] = (rows.from_home(seat.way).route_id, seat.step + state.at)
        place[household] = place_at[seat]
        at_seat[seat] += size[household]

    news: defaultdict[tuple[int, int, Seat | None], list[int]] = defaultdict(list)
    home = _homes(old, state)
    for number, (zone, told_before, mine) in enumerate(home):
        for household in mine:
            seat = seated.seat.get(household)
            if seat is not None:
                leave(household, seat)
            as_told = told_before is not None and seat is not None and household in seated.kept
            if not as_told and (told_before or seat):
                news[zone, number, seat].append(household)
    for seat, persons in at_seat.items():
        rows.add(rows.from_home(seat.way), seat.step + state.at, persons)
    at_home = [
        AtHome(
            zone,
            home[number][1],
            None if seat is None else seat.step + state.at,
            None if seat is None else rows.from_home(seat.way),
            state.aboard.persons(mine),
            tuple(mine),
        )
        for (zone, number, seat), mine in news.items()
    ]
    on_the_road = []
    for each in waiting:
        by_seat: defaultdict[Seat | None, list[int]] = defaultdict(list)
        for household in each.households:
            if household in seated.kept:
                assert each.told is not None
                place[household] = (old.routes[each.told.route].route_id, each.step)
                rows.add(old.routes[each.told.route], each.step, size[household])
            else:
                by_seat[seated.seat.get(household)].append(household)
        for seat, alike in by_seat.items():
            step = None if seat is None else seat.step + state.at
            route = None if seat is None or step is None else rows.onward(each, seat.way, step)
            on_the_road.append(GoesOn(each, state.aboard.persons(alike), route, step, tuple(alike)))
            if route is not None:
                place |= dict.fromkeys(alike, (route.route_id, each.step))
    made = _made(rows, at_home, on_the_road)
    return replace(made, households=_placed(old.households, made, place))


def _homes(old: Outcome, state: State) -> list[tuple[int, Told | None, tuple[int, ...]]]:
    """Households at home: zone, what they were told, rows."""
    zone_row = old.scenario.zones.position()
    found: list[tuple[int, Told | None, tuple[int, ...]]] = [
        (zone_row[old.routes[told.route].zone_id], told, told.households) for told in state.home
    ]
    return [*found, *((zone, None, mine) for zone, mine in state.aboard.staying.items())]


def _placed(before: Households, made: Assembled, place: Mapping[int, tuple[str, int]]) -> Households:
    """The households with their new places; what it costs is counted elsewhere."""
    index = {route.route_id: number for number, route in enumerate(made.routes)}
    route, step, stranded = (np.full(len(before), -1, np.int64) for _ in range(3))
    for household, (route_id, when) in place.items():
        route[household], step[household] = index[route_id], when
    waiting = (each for each in made.on_the_road if each.route is None)
    for number, each in enumerate(waiting):
        stranded[list(each.households)] = number
        step[list(each.households)] = each.waiting.step
    return replace(before, route=route, step=step, stranded=stranded)
