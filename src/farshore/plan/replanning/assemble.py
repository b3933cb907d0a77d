"""The new plan put together: what has happened, what is kept and what is new, each person once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.replanning.groups import Instructed, Waiting
from farshore.plan.replanning.part import Way
from farshore.plan.replanning.remaining import Remaining
from farshore.plan.replanning.stages import Plan
from farshore.plan.replanning.state import State
from farshore.results.outcome import Departures, Outcome, Route, Stranded
from farshore.scenario.timing import Timing

__all__ = ["Assembled", "assemble"]


@dataclass(frozen=True, slots=True)
class GoesOn:
    """People on the road and what becomes of them: a new way (its route and step), or None: they stay."""

    waiting: Waiting
    persons: int
    route: Route | None
    step: int | None


@dataclass(frozen=True, eq=False)
class Assembled:
    """A plan for everybody, what has happened included.

    kept : how many of each group of `Instructed.told` do as they were told
    leaving : by zone row, who leaves home otherwise: (step, route, persons), from the scenario's start
    on_the_road : what becomes of those who had come free
    """

    routes: tuple[Route, ...]
    departures: Departures
    stranded: tuple[Stranded, ...]
    kept: tuple[int, ...]
    leaving: Mapping[int, Sequence[tuple[int, Route, int]]]
    on_the_road: tuple[GoesOn, ...]


class _Names:
    """Routes by what they are: those of the old plan keep their names, new ones are numbered on."""

    def __init__(self, old: Sequence[Route]) -> None:
        self._known = {self._key(route): route for route in old}
        digits = [route.route_id.lstrip("r") for route in old]
        numbers = [int(text) for text in digits if text.isdecimal()]
        self._next, self._width = max(numbers, default=0) + 1, max(map(len, digits), default=1)

    @staticmethod
    def _key(route: Route) -> tuple[object, ...]:
        return (
            route.zone_id,
            route.host_id,
            route.links,
            route.entry_steps,
            route.arrival_steps,
            route.halts,
        )

    def named(self, route: Route) -> Route:
        """The same route under its own name."""
        key = self._key(route)
        if key not in self._known:
            self._known[key] = replace(route, route_id=f"r{self._next:0{self._width}}")
            self._next += 1
        return self._known[key]


def assemble(
    old: Outcome,
    timing: Timing,
    state: State,
    remaining: Remaining,
    instructed: Instructed,
    waiting: Sequence[Waiting],
    plan: Plan,
) -> Assembled:
    """Give everybody a route, a departure and a name for it; nobody is in two places and nobody in none."""
    names = _Names(old.routes)
    rows = _Rows()
    for told in (*state.arrived, *state.going):
        rows.add(old.routes[told.route], told.step, told.persons)
    kept = np.zeros(len(instructed.told), np.int64)
    np.add.at(kept, instructed.of_told, plan.kept)
    for told, persons in zip(instructed.told, kept.tolist(), strict=True):
        if persons:
            rows.add(old.routes[told.route], told.step, persons)
    leaving: defaultdict[int, list[tuple[int, Route, int]]] = defaultdict(list)
    going_on: defaultdict[int, list[tuple[int, Way, int]]] = defaultdict(list)
    others = plan.others
    from_home: dict[int, Route] = {}
    order = np.lexsort((others.way, others.step))
    for way, step, persons in zip(
        others.way[order].tolist(), others.step[order].tolist(), others.persons[order].tolist(), strict=True
    ):
        how = others.ways[way]
        if how.origin >= remaining.n_zones:
            going_on[remaining.halts[how.origin - remaining.n_zones]].append((step + state.at, how, persons))
            continue
        if way not in from_home:
            from_home[way] = names.named(_from_home(old, timing, how))
        route = from_home[way]
        leaving[how.origin].append((step + state.at, route, persons))
        rows.add(route, step + state.at, persons)
    _as_told_after_all(old, instructed, kept, leaving)
    still = _unkept(waiting, instructed, kept.tolist())
    on_the_road = [
        each
        for node in sorted({waiting.node for waiting in still})
        for each in _gone_on(old, timing, [w for w in still if w.node == node], going_on.get(node, []), names)
    ]
    for each in on_the_road:
        if each.route is not None:
            rows.add(each.route, each.waiting.step, each.persons)
    stranded = tuple(
        Stranded(each.waiting.so_far, each.waiting.step, each.persons)
        for each in on_the_road
        if each.route is None
    )
    routes, departures = rows.tables(old.scenario.zones.position())
    return Assembled(routes, departures, stranded, tuple(kept.tolist()), leaving, tuple(on_the_road))


def _as_told_after_all(
    old: Outcome,
    instructed: Instructed,
    kept: np.ndarray,
    leaving: Mapping[int, list[tuple[int, Route, int]]],
) -> None:
    """Count those among the others who leave just as a group was told to as keeping to it; changes both."""
    same: dict[tuple[str, int], int] = {
        (old.routes[told.route].route_id, told.step): number
        for number, told in enumerate(instructed.told)
        if kept[number] < told.persons
    }
    for rows in leaving.values():
        for i, (step, route, persons) in enumerate(rows):
            number = same.get((route.route_id, step))
            if number is not None:
                as_told = min(persons, instructed.told[number].persons - int(kept[number]))
                kept[number] += as_told
                rows[i] = (step, route, persons - as_told)
        rows[:] = [row for row in rows if row[2]]


class _Rows:
    """Departures by route and step; routes are told apart by their names, which are theirs alone."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}
        self._persons: defaultdict[tuple[str, int], int] = defaultdict(int)

    def add(self, route: Route, step: int, persons: int) -> None:
        """So many more leave by a route in a step."""
        self._routes[route.route_id] = route
        self._persons[route.route_id, step] += persons

    def tables(self, zone_row: Mapping[str, int]) -> tuple[tuple[Route, ...], Departures]:
        """Routes in the order of their names, departures by zone, step and route."""
        names = sorted(self._routes, key=lambda name: (len(name), name))
        index = {name: number for number, name in enumerate(names)}
        zone_of = {name: zone_row[route.zone_id] for name, route in self._routes.items()}
        table = sorted(
            (zone_of[name], step, index[name], persons) for (name, step), persons in self._persons.items()
        )
        columns = np.array(table, np.int64).reshape(-1, 4).T
        routes = tuple(self._routes[name] for name in names)
        return routes, Departures(columns[2].copy(), columns[1].copy(), columns[3].copy())


def _along(timing: Timing, arcs: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Steps after leaving at which each arc is entered, and the last is left."""
    passed = np.concatenate([[0], np.cumsum(timing.steps[list(arcs)])]).astype(np.int64).tolist()
    return tuple(passed[:-1]), passed[-1]


def _from_home(old: Outcome, timing: Timing, way: Way) -> Route:
    entries, arrival = _along(timing, way.arcs)
    return Route(
        route_id="",
        zone_id=str(old.scenario.zones.zone_id[way.origin]),
        host_id=str(old.scenario.hosts.host_id[way.host]),
        links=tuple(timing.arc_ids[arc] for arc in way.arcs),
        entry_steps=entries,
        arrival_steps=arrival,
        length_m=float(old.scenario.links.length[timing.link_row[list(way.arcs)]].sum()),
        free_flow_s=int(timing.travel_s[list(way.arcs)].sum()),
    )


def _unkept(waiting: Sequence[Waiting], instructed: Instructed, kept: Sequence[int]) -> list[Waiting]:
    """Those at halts who do not simply do as they were told."""
    n_kept = dict(zip(instructed.told, kept, strict=True))
    found = []
    for each in waiting:
        left = each.persons - (n_kept[each.told] if each.told else 0)
        if left:
            found.append(replace(each, persons=left))
    return found


def _gone_on(
    old: Outcome,
    timing: Timing,
    waiting: Sequence[Waiting],
    going: Sequence[tuple[int, Way, int]],
    names: _Names,
) -> list[GoesOn]:
    """Share out the ways on from one halt: who has come first goes first."""
    found = []
    arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
    left_of = [each.persons for each in waiting]
    first = 0
    for step, way, leaving in going:
        left = leaving
        while left:
            each, there = waiting[first], left_of[first]
            persons = min(left, there)
            found.append(
                GoesOn(each, persons, names.named(_onward(old, timing, arc_row, each, way, step)), step)
            )
            left -= persons
            left_of[first] = there - persons
            first += there == persons
    for each, there in zip(waiting[first:], left_of[first:], strict=True):
        found.append(GoesOn(each, there, None, None))
    return found


def _onward(
    old: Outcome, timing: Timing, arc_row: Mapping[str, int], waiting: Waiting, way: Way, step: int
) -> Route:
    """The whole route of somebody who has halted: as far as he came, the halt, and his way on from there."""
    so_far, later = waiting.so_far, step - waiting.step
    entries, arrival = _along(timing, way.arcs)
    links = (*so_far.links, *(timing.arc_ids[arc] for arc in way.arcs))
    arcs = [arc_row[code] for code in so_far.links]
    return Route(
        route_id="",
        zone_id=so_far.zone_id,
        host_id=str(old.scenario.hosts.host_id[way.host]),
        links=links,
        entry_steps=(*so_far.entry_steps, *(later + entry for entry in entries)),
        arrival_steps=later + arrival,
        length_m=float(old.scenario.links.length[timing.link_row[[*arcs, *way.arcs]]].sum()),
        free_flow_s=int(timing.travel_s[[*arcs, *way.arcs]].sum()),
        halts=so_far.halts,
    )
