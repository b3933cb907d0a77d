"""Who is where at the moment: who goes on as told and with which buses, who halts, who is at home."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.classes.onward.groups import Broken, Group, Rides
from farshore.plan.classes.onward.ledger import Ledger, Takes
from farshore.plan.classes.onward.look import Look
from farshore.plan.classes.onward.lost import out_of_base, release
from farshore.plan.classes.onward.parts import RideKey, Trip, parts_of, trips_in
from farshore.plan.classes.people import CLASSES
from farshore.plan.families.packing import pack
from farshore.results.outcome import Event, Outcome

__all__ = [
    "Standing",
    "groups_of",
    "standing_of",
    "still_possible",
    "waiting_in",
]


@dataclass(frozen=True, eq=False)
class Standing:
    """Everybody of the plan before, at the beginning of step `at`.

    going : on their way as told, and bound to buses
    free : who is at home, or at a halt of an earlier event, and has an instruction that may be changed
    broken : who halts now, or has halted and was told no way on
    freed : of those who are free, who was bound to their instruction and could not keep it
    """

    at: int
    arrived: tuple[Group, ...]
    going: tuple[Group, ...]
    free: tuple[Group, ...]
    broken: tuple[Broken, ...]
    freed: tuple[Group, ...]
    rides: Rides
    look: Look
    ledger: Ledger

    def at_halt(self, group: Group) -> Broken:
        """Somebody who is free, and has left home, as one who has halted."""
        return self.look.at_halt(group)

    @property
    def halts(self) -> set[str]:
        """Nodes from which people may be sent on."""
        free = {group.route.halts[-1].node_id for group in self.free if group.step < self.at}
        return free | {each.node for each in self.broken}


def groups_of(
    old: Outcome, kinds: Sequence[int], households: Mapping[tuple[int, int, int], tuple[int, ...]]
) -> list[Group]:
    """Rows of a plan, by departure and route; kinds : their classes; households : by route, step, class."""
    moves = old.departures
    parts = [parts_of(route) for route in old.routes]
    found = []
    for row in np.lexsort((np.array(kinds, np.int64), moves.route, moves.step)).tolist():
        route, step, kind = int(moves.route[row]), int(moves.step[row]), kinds[row]
        mine = households.get((route, step, kind), ())
        found.append(Group(old.routes[route], parts[route], step, kind, int(moves.persons[row]), mine))
    return found


def waiting_in(old: Outcome, households: Mapping[int, tuple[int, ...]]) -> list[Group]:
    """Who waits on the road for good by a plan; households : by their place among the stranded."""
    return [
        Group(
            each.route, parts_of(each.route), each.step, CLASSES.index(each.class_id), each.persons,
            households.get(number, ()),
        )
        for number, each in enumerate(old.replan.stranded if old.replan else ())
    ]  # fmt: skip


def standing_of(
    old: Outcome,
    groups: Sequence[Group],
    waiting: Sequence[Group],
    ledger: Ledger,
    *,
    at: int,
    events: Sequence[Event],
    caught: str,
    sizes: Sequence[int],
) -> Standing:
    """Sort everybody of a plan by where he is at the beginning of a step.

    waiting : who has halted for good by the plan
    ledger : of the scenario after the events, before anybody has taken anything; is used up
    caught : what those do who are on an asset that closes: back, held or through
    sizes : members of each household, none where the plan counts persons
    """
    assert old.services is not None
    trips = trips_in(old.services)
    shut = _shut(old, events)
    look = Look(ledger, at, shut, caught)
    arrived = [group for group in groups if group.arrives < at]
    for group in arrived:
        takes = ledger.by_host(group.route.host_id, group.arrives)
        assert takes is not None
        ledger.take(takes, group.persons)
    bound = _bound(groups, trips, at)
    rides = out_of_base(trips, look, (*groups, *waiting))
    road: list[Group] = []
    free: list[Group] = []
    broken: list[Broken] = []
    for group in groups:
        if group.arrives < at:
            continue
        stopped = look.stopped(group, rides)
        if stopped is not None:
            broken.append(stopped)
        else:
            (road if group in bound else free).append(group)
    going, failing = still_possible(ledger, road, trips, rides, sizes)
    freed = tuple(group for group in failing if group.leaves >= at)
    free += freed
    broken += [look.cut_off(group, rides) for group in failing if group.leaves < at]
    release(ledger, going, rides)
    broken += [look.stopped(group, rides) or look.at_halt(group) for group in waiting]
    free.sort(key=lambda g: (g.step, g.route.route_id))
    return Standing(at, tuple(arrived), tuple(going), tuple(free), tuple(broken), freed, rides, look, ledger)


def _bound(groups: Sequence[Group], trips: Sequence[Trip], at: int) -> set[Group]:
    """Who is on the road, who rides a bus that has left its base, and who rides with any of them."""
    leaves = {trip.key: trip.leaves for trip in trips}
    bound = {group for group in groups if group.leaves < at}
    keys = {key for key, when in leaves.items() if when < at}
    riders: defaultdict[RideKey, list[Group]] = defaultdict(list)
    for group in groups:
        for key in group.rides_on:
            riders[key].append(group)
    ahead = [*keys, *(key for group in bound for key in group.rides_on)]
    seen: set[RideKey] = set()
    while ahead:
        key = ahead.pop()
        if key in seen:
            continue
        seen.add(key)
        for group in riders[key]:
            if group not in bound:
                bound.add(group)
                ahead += group.rides_on
    return bound


def still_possible(
    ledger: Ledger, groups: Sequence[Group], trips: Sequence[Trip], rides: Rides, sizes: Sequence[int]
) -> tuple[list[Group], list[Group]]:
    """Those of each group who go as told, as many as there is room for, and the others; uses the ledger up.

    Who leaves first comes first; a bus that is told to go goes, or all its riders lose it.
    """
    sent: dict[RideKey, list[Trip]] = defaultdict(list)
    for trip in trips:
        sent[trip.key].append(trip)
    going, failing = [], []
    for group in groups:
        persons, takes = _granted(ledger, group, sent, rides)
        within, without = _apart(group, persons, sizes)
        if within is not None:
            ledger.take(takes, within.persons)
            for key in group.rides_on:
                _ask(ledger, key, sent[key], rides)
            going.append(within)
        if without is not None:
            failing.append(without)
    return going, failing


def _granted(
    ledger: Ledger, group: Group, sent: Mapping[RideKey, list[Trip]], rides: Rides
) -> tuple[int, Takes]:
    nobody = (0, (np.empty(0, np.int64), np.empty(0, np.int64)))
    found = [ledger.by_host(group.route.host_id, group.arrives)]
    found += [ledger.by_person(part, group.step, group.need) for part in group.parts]
    takes = [each for each in found if each is not None]
    if len(takes) < len(found):
        return nobody
    ahead: list[Takes] = []
    for key in group.rides_on:
        if key in rides.status:
            if rides.status[key] not in ("goes", "done"):
                return nobody
        elif key not in rides.asked:
            trip = ledger.by_trip(key, sent[key][0].leaves, sent[key][0].back)
            if trip is None:
                return nobody
            ahead.append((trip[0], trip[1] * len(sent[key])))
    joined = _joined(takes)
    if ahead and ledger.many(_joined(ahead)) < 1:
        return nobody
    if not ahead:
        return min(group.persons, ledger.many(joined)), joined
    buses = _joined(ahead)
    ledger.take(buses, 1)
    many = ledger.many(joined)
    ledger.take(buses, -1)
    return min(group.persons, many), joined


def _joined(takes: Sequence[Takes]) -> Takes:
    return np.concatenate([each[0] for each in takes]), np.concatenate([each[1] for each in takes])


def _ask(ledger: Ledger, key: RideKey, trips: Sequence[Trip], rides: Rides) -> None:
    """Count the trips of a ride in, if they are not."""
    if key in rides.status or key in rides.asked:
        return
    takes = ledger.by_trip(key, trips[0].leaves, trips[0].back)
    assert takes is not None
    ledger.take(takes, len(trips))
    rides.asked[key] = (trips[0].leaves, trips[0].back, len(trips))


def _apart(group: Group, persons: int, sizes: Sequence[int]) -> tuple[Group | None, Group | None]:
    """So many of a group, whole households only, and the others."""
    if persons >= group.persons:
        return group, None
    if persons <= 0:
        return None, group
    if not group.households:
        return replace(group, persons=persons), replace(group, persons=group.persons - persons)
    mine = np.array([sizes[each] for each in group.households], np.int64)
    inside = (pack(mine, np.array([persons], np.int64)) >= 0).tolist()
    parts: list[Group | None] = []
    for wanted in (True, False):
        some = tuple(each for each, fits in zip(group.households, inside, strict=True) if fits == wanted)
        many = sum(sizes[each] for each in some)
        parts.append(replace(group, persons=many, households=some) if some else None)
    return parts[0], parts[1]


def _shut(old: Outcome, events: Sequence[Event]) -> dict[str, list[tuple[int, int]]]:
    """Spans of steps that closing events touch, by asset."""
    start_s, step_s = int(old.scenario.about.start.timestamp()), old.scenario.about.step_s
    shut: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for event in events:
        if event.factor == 0:
            span = (event.from_s - start_s) // step_s, -(-(event.until_s - start_s) // step_s)
            shut[event.asset_id].append(span)
    return dict(shut)
