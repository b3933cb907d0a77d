"""Who is where when plans are made anew, and what becomes of those on the road: nobody disappears."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.standing import still_possible
from farshore.plan.replanning.aboard import Aboard, aboard_of
from farshore.plan.replanning.events import Caught
from farshore.plan.replanning.paths import Paths, last_leg, paths_of
from farshore.results.outcome import Event, Halt, Outcome, Parted, Route, Stranded
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, Timing

__all__ = ["BROKEN_NOW", "Broken", "Rooms", "State", "Told", "state_of"]


BROKEN_NOW: Final = ("caught", "cut off", "late")


@dataclass(frozen=True, slots=True)
class Told:
    """People with an instruction of the old plan: its row, and how many of them.

    route : index into the old plan's routes; step : of leaving home, from the scenario's start
    households : rows of those they are, where the plan keeps households
    """

    route: int
    step: int
    persons: int
    households: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """People whose way ends for now: as far as they have come, by a route whose last halt is where they are.

    cause : caught, cut off or late by this event; before: they have waited since an earlier one, without a
    way on; late again: likewise, though they were to have been taken in by now
    link : by which they came to it
    """

    so_far: Route
    step: int
    persons: int
    cause: str
    link: str
    households: tuple[int, ...] = ()

    @property
    def anew(self) -> bool:
        """Whether it is this event by which they halt."""
        return self.cause in BROKEN_NOW


@dataclass(frozen=True, eq=False)
class Rooms:
    """What is taken of arcs (int32[n_arcs, n_steps]) and left of intake and beds, steps from the event's."""

    used: npt.NDArray[np.int32]
    intake: Ints
    beds: Ints

    def copy(self) -> "Rooms":
        """One that can be used up."""
        return Rooms(self.used.copy(), self.intake.copy(), self.beds.copy())


@dataclass(frozen=True, eq=False)
class State:
    """Everybody who has an instruction or has left, at the beginning of step `at`.

    arrived, going : have been taken in; are on their way and go on as told
    home, halted : still to leave home, or the halt of an earlier event, as told
    broken : on the road without a way on; paths : the old routes; legs : their last legs, each from its halt
    """

    at: int
    arrived: tuple[Told, ...]
    going: tuple[Told, ...]
    home: tuple[Told, ...]
    halted: tuple[Told, ...]
    broken: tuple[Broken, ...]
    paths: Paths
    legs: Paths
    rooms: Rooms
    aboard: Aboard
    parted: tuple[Parted, ...]


def state_of(
    old: Outcome,
    timing: Timing,
    *,
    at: int,
    events: Sequence[Event],
    caught: Caught,
    counted: Mapping[str, int] | None = None,
) -> tuple[State, dict[str, int]]:
    """Sort everybody of a plan by where he is at the beginning of a step.

    timing : of the scenario after the events, steps from `at` on; counted : host_id → persons in fact taken
    in by then, where they differ from the plan's
    returns : the state, and by host who came without the plan
    """
    host_row = old.scenario.hosts.position()
    paths = paths_of(timing, host_row, old.routes)
    aboard = aboard_of(old.households)
    arrived, road, home, halted = _sorted(old, at, aboard)
    arrived, late, others, parted = _as_counted(old, arrived, counted or {}, at, aboard)
    beds = timing.beds.copy()
    for told in arrived:
        beds[host_row[old.routes[told.route].host_id]] -= told.persons
    for host_id, persons in others.items():
        beds[host_row[host_id]] -= persons
    rooms = Rooms(
        np.zeros((len(timing.tail), timing.n_steps), np.int32), timing.intake.copy(), np.maximum(beds, 0)
    )
    shut = _shut(old.scenario, events)
    road_map = _Roads(old, timing, {code: row for row, code in enumerate(timing.arc_ids)}, at)
    broken: list[Broken] = list(late)
    on_their_way: list[Told] = []
    for told in road:
        stopped = _caught(road_map, told, shut, caught)
        broken.extend([stopped] if stopped else [])
        on_their_way.extend([] if stopped else [told])
    granted = _granted(paths, timing, on_their_way, at, rooms)
    going = []
    for told, persons in zip(on_their_way, granted, strict=True):
        goes, stops = _apart(told, persons, aboard)
        if goes.persons < persons:
            _give_back(paths, goes.route, told.step - at, persons - goes.persons, rooms)
        if goes.persons:
            going.append(goes)
        if stops.persons:
            broken.append(_cut_off(road_map, stops))
    broken += [
        _before(each, aboard.waiting.get(number, ()))
        for number, each in enumerate(old.replan.stranded if old.replan else ())
    ]
    state = State(
        at=at,
        arrived=tuple(arrived),
        going=tuple(going),
        home=tuple(home),
        halted=tuple(halted),
        broken=tuple(broken),
        paths=paths,
        legs=paths_of(timing, host_row, old.routes, legs=True),
        rooms=rooms,
        aboard=aboard,
        parted=parted,
    )
    return state, others


def _apart(told: Told, persons: int, aboard: Aboard) -> tuple[Told, Told]:
    """So many of a group, or fewer where households are kept whole; and the others."""
    within, without = aboard.fitting(told.households, persons)
    if aboard.whole:
        persons = aboard.persons(within)
    return (
        replace(told, persons=persons, households=within),
        replace(told, persons=told.persons - persons, households=without),
    )


def _give_back(paths: Paths, path: int, begin: int, persons: int, rooms: Rooms) -> None:
    """Free, in place, what so many would have taken of a way from now on."""
    span = slice(int(paths.first[path]), int(paths.first[path + 1]))
    step = begin + paths.entry[span]
    rooms.used[paths.arc[span][step >= 0], step[step >= 0]] -= persons
    rooms.intake[paths.host[path], begin + paths.arrival[path]] += persons
    rooms.beds[paths.host[path]] += persons


def _sorted(old: Outcome, at: int, aboard: Aboard) -> tuple[list[Told], list[Told], list[Told], list[Told]]:
    """Those taken in, on the road, still at home and still at a halt, in the order of departure."""
    arrived, road, home, halted = [], [], [], []
    begins = [last_leg(route)[1] for route in old.routes]
    moves = old.departures
    for row in np.lexsort((moves.route, moves.step)).tolist():
        route, step, persons = int(moves.route[row]), int(moves.step[row]), int(moves.persons[row])
        told = Told(route, step, persons, aboard.leaving.get((route, step), ()))
        if step >= at:
            home.append(told)
        elif old.routes[route].halts and step + begins[route] >= at:
            halted.append(told)
        elif step + old.routes[route].arrival_steps < at:
            arrived.append(told)
        else:
            road.append(told)
    return arrived, road, home, halted


def _as_counted(
    old: Outcome, arrived: list[Told], counted: Mapping[str, int], at: int, aboard: Aboard
) -> tuple[list[Told], list[Broken], dict[str, int], tuple[Parted, ...]]:
    """Who has arrived by the hosts' own count: the last to come are late, more than planned are others.

    A household of which a host has counted some is there: the others of it are not late.
    """
    parted: list[Parted] = []
    others = dict(old.replan.others) if old.replan else {}
    by_host: defaultdict[str, list[Told]] = defaultdict(list)
    for told in arrived:
        by_host[old.routes[told.route].host_id].append(told)
    kept: list[Told] = []
    late: list[Broken] = []
    for host_id in sorted({*by_host, *counted}):
        here = sorted(by_host[host_id], key=lambda told: told.step + old.routes[told.route].arrival_steps)
        planned = sum(told.persons for told in here)
        missing = planned + others.get(host_id, 0) - counted.get(host_id, planned + others.get(host_id, 0))
        if missing < 0:
            others[host_id] = others.get(host_id, 0) - missing
        while missing > 0 and others.get(host_id, 0) > 0:  # of those uncounted, who have no name here
            fewer = min(missing, others[host_id])
            others[host_id] -= fewer
            missing -= fewer
        while missing > 0:
            told = here.pop()
            behind, there = _apart(told, min(missing, told.persons), aboard)
            missing -= behind.persons
            if there.persons:
                here.append(there)
            if behind.persons:
                late.append(_late(old, behind, at))
            if missing and there.persons:
                parted.append(Parted(there.households[-1], host_id, missing))
                missing = 0
        kept += here
    others = {host_id: persons for host_id, persons in others.items() if persons}
    return kept, late, others, tuple(parted)


def _shut(scenario: Scenario, events: Sequence[Event]) -> dict[str, list[tuple[int, int]]]:
    """Spans of steps that closing events touch, by asset; from the scenario's start."""
    start_s, step_s = int(scenario.about.start.timestamp()), scenario.about.step_s
    shut: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for event in events:
        if event.factor == 0:
            first, last = (event.from_s - start_s) // step_s, -(-(event.until_s - start_s) // step_s)
            shut[event.asset_id].append((first, last))
    return dict(shut)


@dataclass(frozen=True, eq=False)
class _Roads:
    """A plan on its network at a step; arc_row : row of each arc by its id."""

    old: Outcome
    timing: Timing
    arc_row: Mapping[str, int]
    at: int

    def position(self, told: Told) -> tuple[int, int, int, int] | None:
        """The link that people have entered last: its index, its arc, step of entry, step of its end."""
        route = self.old.routes[told.route]
        past = [i for i, entry in enumerate(route.entry_steps) if told.step + entry < self.at]
        if not past:
            return None
        arc, entry = self.arc_row[route.links[past[-1]]], told.step + route.entry_steps[past[-1]]
        return past[-1], arc, entry, entry + int(self.timing.steps[arc])

    def node_id(self, node: int) -> str:
        """A node's code by its row."""
        return str(self.old.scenario.nodes.node_id[node])


def _caught(
    roads: _Roads, told: Told, shut: Mapping[str, Sequence[tuple[int, int]]], caught: Caught
) -> Broken | None:
    """People who are on an asset that has just closed, unless they go through."""
    where = roads.position(told)
    if caught is Caught.THROUGH or not shut or where is None:
        return None
    last, arc, entry, end = where
    route, links, row = (
        roads.old.routes[told.route],
        roads.old.scenario.links,
        int(roads.timing.link_row[arc]),
    )
    spans = [s for asset in (links.link_id[row], links.crossing_id[row]) for s in shut.get(str(asset), ())]
    opens = roads.at
    while any(first <= opens < until for first, until in spans):
        opens += 1
    if end <= roads.at or opens == roads.at:
        return None
    if caught is Caught.BACK:
        node, before, since = roads.timing.tail[arc], last, roads.at + (roads.at - entry)
        halt = Halt(
            before,
            roads.node_id(node),
            since - told.step,
            "caught",
            route.links[last],
            route.entry_steps[last],
        )
    else:
        node, before, since = roads.timing.head[arc], last + 1, opens + (end - roads.at)
        halt = Halt(before, roads.node_id(node), since - told.step, "caught")
    return Broken(
        _so_far(route, before, halt), told.step, told.persons, "caught", route.links[last], told.households
    )


def _cut_off(roads: _Roads, told: Told) -> Broken:
    """People whose way ahead is closed or full: they come to the end of the link that they are on."""
    where = roads.position(told)
    if where is None:
        raise AssertionError("somebody is on the road who has entered no link")
    last, arc, _, end = where
    route = roads.old.routes[told.route]
    halt = Halt(last + 1, roads.node_id(roads.timing.head[arc]), end - told.step, "cut off")
    return Broken(
        _so_far(route, last + 1, halt), told.step, told.persons, "cut off", route.links[last], told.households
    )


def _late(old: Outcome, told: Told, at: int) -> Broken:
    """Somebody whom the plan has arrived and the host has not: taken to be at its gate from now on."""
    route = old.routes[told.route]
    link = route.links[-1] if route.links else ""
    if route.halts and route.halts[-1].before == len(route.links):
        # They have stood at this gate since an earlier event: there they still are, at the same halt.
        return Broken(route, told.step, told.persons, "late again", link, told.households)
    here = str(old.scenario.hosts.node_id[old.scenario.hosts.position()[route.host_id]])
    halt = Halt(len(route.links), here, at - told.step, "late")
    return Broken(
        _so_far(route, len(route.links), halt), told.step, told.persons, "late", link, told.households
    )


def _before(each: Stranded, households: tuple[int, ...]) -> Broken:
    """Somebody who has waited at a halt since an earlier event."""
    link = each.route.links[-1] if each.route.links else ""
    return Broken(each.route, each.step, each.persons, "before", link, households)


def _so_far(route: Route, n_links: int, halt: Halt) -> Route:
    """The part of a route that has been travelled, and where it was broken off."""
    return replace(
        route,
        links=route.links[:n_links],
        entry_steps=route.entry_steps[:n_links],
        halts=(*route.halts, halt),
    )


def _granted(paths: Paths, timing: Timing, groups: Sequence[Told], at: int, rooms: Rooms) -> list[int]:
    """How many of each group on the road find room all the way, those who left first before others."""
    path = np.array([told.route for told in groups], np.int64)
    granted = still_possible(
        paths.first,
        paths.arc,
        paths.entry,
        path,
        np.array([told.step - at for told in groups], np.int64),
        paths.host[path],
        paths.arrival[path],
        np.array([told.persons for told in groups], np.int64),
        timing.capacity_of,
        timing.capacities,
        rooms.used,
        rooms.intake,
        rooms.beds,
    )
    return [int(persons) for persons in granted]
