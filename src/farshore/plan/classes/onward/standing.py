"""Who is where at the moment: who goes on as told and with which buses, who halts, who is at home."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from farshore.plan.classes.onward.ledger import Ledger, Takes
from farshore.plan.classes.onward.parts import Part, RideKey, Trip, parts_of, ride_of, trips_in
from farshore.plan.families.packing import pack
from farshore.results.outcome import Event, Halt, Outcome, Route

__all__ = [
    "Broken",
    "Group",
    "Rides",
    "Standing",
    "groups_of",
    "release",
    "riders_of",
    "standing_of",
    "still_possible",
    "trips_needed",
]


@dataclass(frozen=True, slots=True)
class Group:
    """A row of departures.csv: so many of a class who leave in a step by a route of the plan before.

    kind : row of CLASSES; households : rows of those they are, where the plan keeps households
    """

    route: Route
    parts: tuple[Part, ...] = field(compare=False)
    step: int
    kind: int
    persons: int
    households: tuple[int, ...] = field(default=(), compare=False)

    @property
    def need(self) -> int:
        """Row of NEEDS."""
        return self.kind // 2

    @property
    def arrives(self) -> int:
        """Step of being taken in."""
        return self.step + self.route.arrival_steps

    @property
    def rides(self) -> list[RideKey]:
        """Buses they are told to take."""
        return [ride_of(part, self.step) for part in self.parts if part.mode == "bus"]


@dataclass(frozen=True, slots=True)
class Broken:
    """People who come to a halt: as far as they have come by a route that ends with where they are.

    since : first step in which they can go on from `node`; in_car : whether they have their car there
    """

    group: Group
    so_far: Route
    since: int
    node: str
    in_car: bool
    cause: str
    link: str


@dataclass(eq=False)
class Rides:
    """Buses that go for people who keep their instruction.

    out : trips that had left their base, as they end now
    status : of each of their keys: done, goes, caught, cut off or called off
    asked : trips sent for others, by key: leaves, back, how many are counted in the ledger
    """

    out: list[Trip]
    status: dict[RideKey, str]
    asked: dict[RideKey, tuple[int, int, int]]


@dataclass(frozen=True, eq=False)
class Standing:
    """Everybody of the plan before, at the beginning of step `at`; going : those bound to buses, too."""

    at: int
    arrived: tuple[Group, ...]
    going: tuple[Group, ...]
    home: tuple[Group, ...]
    broken: tuple[Broken, ...]
    rides: Rides
    ledger: Ledger


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


def standing_of(
    old: Outcome,
    groups: Sequence[Group],
    ledger: Ledger,
    *,
    at: int,
    events: Sequence[Event],
    caught: str,
    sizes: Sequence[int],
) -> Standing:
    """Sort everybody of a plan by where he is at the beginning of a step.

    ledger : of the scenario after the events, before anybody has taken anything; is used up
    caught : what those do who are on an asset that closes: back, held or through
    sizes : members of each household, none where the plan counts persons
    """
    assert old.services is not None
    trips = trips_in(old.services.trips)
    shut = _shut(old, events)
    look = _Look(ledger, at, shut, caught)
    arrived = [group for group in groups if group.arrives < at]
    for group in arrived:
        takes = ledger.by_host(group.route.host_id, group.arrives)
        assert takes is not None
        ledger.take(takes, group.persons)
    bound = _bound(groups, trips, at)
    rides = _out(trips, look)
    road: list[Group] = []
    broken: list[Broken] = []
    for group in groups:
        if group.arrives < at or (group.step >= at and group not in bound):
            continue
        stopped = look.caught_group(group, rides) if group.step < at else None
        if stopped is not None:
            broken.append(stopped)
        else:
            road.append(group)
    going, failing = still_possible(ledger, road, trips, rides, sizes)
    home = [group for group in groups if group.step >= at and group not in bound]
    for group in failing:
        if group.step >= at:
            home.append(group)
        else:
            broken.append(look.cut_off(group, rides))
    release(ledger, going, rides)
    return Standing(
        at,
        tuple(arrived),
        tuple(going),
        tuple(sorted(home, key=lambda g: (g.step, g.route.route_id))),
        tuple(broken),
        rides,
        ledger,
    )


def _bound(groups: Sequence[Group], trips: Sequence[Trip], at: int) -> set[Group]:
    """Who has left home, who rides a bus that has left its base, and who rides with any of them."""
    leaves = {trip.key: trip.leaves for trip in trips}
    bound = {group for group in groups if group.step < at}
    keys = {key for key, when in leaves.items() if when < at}
    riders: defaultdict[RideKey, list[Group]] = defaultdict(list)
    for group in groups:
        for key in group.rides:
            riders[key].append(group)
    ahead = [*keys, *(key for group in bound for key in group.rides)]
    seen: set[RideKey] = set()
    while ahead:
        key = ahead.pop()
        if key in seen:
            continue
        seen.add(key)
        for group in riders[key]:
            if group not in bound:
                bound.add(group)
                ahead += group.rides
    return bound


def _out(trips: Sequence[Trip], look: "_Look") -> Rides:
    """What becomes of trips that have left their base: they take what they need before anybody else."""
    ledger, at, n_steps = look.ledger, look.at, look.ledger.n_steps
    by_key: defaultdict[RideKey, list[Trip]] = defaultdict(list)
    for trip in trips:
        if trip.leaves < at:
            by_key[trip.key].append(trip)
    rides = Rides([], {}, {})
    for key, mine in sorted(by_key.items(), key=lambda item: (item[1][0].leaves, item[0])):
        first = mine[0]
        status = "done"
        if first.alight > at or first.board >= at:
            caught = look.caught_on(first.links, ledger.entries(first.links), first.board, walk=False)
            takes = ledger.by_trip(key, first.leaves, first.back)
            if first.board < at and caught is not None:
                status = "caught"
            elif takes is None or ledger.many(takes) < len(mine):
                status = "cut off" if first.board < at else "called off"
            else:
                status = "goes"
        rides.status[key] = status
        ended = mine
        if status in ("caught", "cut off"):
            place = look.on_ride(key, status)
            ended = [
                replace(trip, links=trip.links[: place.link + 1], head=place.end, alight=place.alight,
                        back=min(2 * place.since - trip.leaves, n_steps))
                for trip in mine
            ]  # fmt: skip
        elif status == "called off":
            ended = [_called_off(trip, at) for trip in mine]
        for trip in ended:
            takes = ledger.by_trip(trip.key, trip.leaves, trip.back) if status == "goes" else None
            ledger.take(takes or ledger.by_vehicle(trip.fleet_id, trip.leaves, trip.back), 1)
        rides.out += ended
    return rides


def _called_off(trip: Trip, at: int) -> Trip:
    """A bus that turns back on its way to a stop: home in as long as it has been out, or as it was to be."""
    back = min(2 * at - trip.leaves, trip.back)
    return replace(trip, head=trip.tail, board=at, alight=at, back=back, persons=0, seats=0, links=())


def release(ledger: Ledger, going: Sequence[Group], rides: Rides) -> None:
    """Give back trips that nobody needs any more: others were to ride who cannot."""
    wanted = riders_of(going)
    for key, (leaves, back, counted) in list(rides.asked.items()):
        needed = trips_needed(ledger, key, *wanted.get(key, (0, 0)))
        takes = ledger.by_trip(key, leaves, back)
        assert takes is not None
        ledger.take(takes, needed - counted)
        rides.asked[key] = (leaves, back, needed)
    for i, trip in enumerate(rides.out):
        if rides.status.get(trip.key) == "goes" and trip.board >= ledger.at:
            place = [j for j, other in enumerate(rides.out) if other.key == trip.key].index(i)
            if place >= trips_needed(ledger, trip.key, *wanted.get(trip.key, (0, 0))):
                off = _called_off(trip, ledger.at)
                takes = ledger.by_trip(trip.key, trip.leaves, trip.back)
                assert takes is not None
                ledger.take(takes, -1)
                ledger.take(ledger.by_vehicle(off.fleet_id, off.leaves, off.back), 1)
                rides.out[i] = off


def riders_of(groups: Sequence[Group]) -> dict[RideKey, tuple[int, int]]:
    """Assisted and other riders of each ride."""
    found: defaultdict[RideKey, list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        for key in group.rides:
            found[key][0 if group.need == 0 else 1] += group.persons
    return {key: (assisted, others) for key, (assisted, others) in found.items()}


def trips_needed(ledger: Ledger, key: RideKey, assisted: int, others: int) -> int:
    """Trips that so many riders fill."""
    fleet = ledger.layers.fleets[ledger.fleet_row[key[0]]]
    room = int(fleet.room[0])
    places = fleet.seats // room if room else 0
    by_assisted = -(-assisted // places) if places else 0
    return max(by_assisted, -(-(assisted * room + others) // fleet.seats))


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
            for key in group.rides:
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
    for key in group.rides:
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where people under way come to a halt: after which link of the leg, whose end is `end` in `alight`.

    node, since : where they are, and from when; back : whether they turned back on that link
    """

    link: int
    end: str
    alight: int
    node: str
    since: int
    back: bool


@dataclass(frozen=True, eq=False)
class _Look:
    """The network at the moment, and what has closed on it."""

    ledger: Ledger
    at: int
    shut: Mapping[str, Sequence[tuple[int, int]]]
    caught: str

    def opens(self, link: str) -> int:
        """First step from now on in which no event closes a link."""
        links = self.ledger.problem.scenario.links
        row = links.position()[link.removeprefix("-")]
        spans = [
            s for asset in (links.link_id[row], links.crossing_id[row]) for s in self.shut.get(str(asset), ())
        ]
        step = self.at
        while any(first <= step < until for first, until in spans):
            step += 1
        return min(step, self.ledger.n_steps)

    def last(self, entries: Sequence[int], begin: int) -> int:
        """The link entered last, by its place."""
        return max(i for i, entry in enumerate(entries) if begin + entry < self.at)

    def caught_on(
        self, links: tuple[str, ...], entries: Sequence[int], begin: int, *, walk: bool
    ) -> str | None:
        """The link on which people are who have just been caught, of those who entered the leg at `begin`."""
        if self.caught == "through" or not links or begin + entries[0] >= self.at:
            return None
        last = self.last(entries, begin)
        steps = self.ledger.problem.timing.steps[self.ledger.arc_row[links[last]]] if not walk else 1 << 30
        if begin + entries[last] + steps <= self.at:
            return None
        on = links if walk else (links[last],)
        shut = [link for link in on if self.opens(link) > self.at]
        return shut[0] if shut else None

    def place(self, part: Part, begin: int, cause: str) -> _Place:
        """Where people on a leg come to a halt who entered it at `begin` (its entries count from there)."""
        timing, codes = self.ledger.problem.timing, self.ledger.problem.scenario.nodes.node_id
        on_road = part.mode in ("car", "bus")
        i = self.last(part.entries, begin) if on_road else len(part.links) - 1
        entered = begin + (part.entries[i] if part.links else 0)
        if on_road:
            arc = self.ledger.arc_row[part.links[i]]
            tail, end = str(codes[timing.tail[arc]]), str(codes[timing.head[arc]])
            alight = entered + int(timing.steps[arc])
        else:
            tail, end, alight = part.tail, part.head, begin + part.alight - part.board
        if cause == "caught" and self.caught == "back":
            return _Place(i, end, alight, tail, self.at + (self.at - entered), True)
        since = alight
        if cause == "caught":
            on = part.links if part.mode == "walk" else (part.links[i],)
            since = max(self.opens(link) for link in on) + (alight - self.at)
        return _Place(i, end, alight, end, since, False)

    def on_ride(self, key: RideKey, cause: str) -> _Place:
        """Where a bus is broken off."""
        _, board, tail, links = key
        part = Part("bus", tail, "", 0, 0, links, self.ledger.entries(links), key[0])
        return self.place(part, board, cause)

    def _under_way(self, group: Group) -> int:
        """The leg that people are on or have ended last; −1 if they have waited since they left."""
        return max((i for i, part in enumerate(group.parts) if group.step + part.board < self.at), default=-1)

    def caught_group(self, group: Group, rides: Rides) -> Broken | None:
        """People on an asset that has just closed, if they do not go through."""
        number = self._under_way(group)
        if number < 0:
            return None
        part = group.parts[number]
        if group.step + part.alight <= self.at:
            return None
        if part.mode == "bus":
            link = "caught" if rides.status[ride_of(part, group.step)] == "caught" else None
        else:
            link = self.caught_on(part.links, part.entries, group.step, walk=part.mode == "walk")
        return None if link is None else self._halt(group, number, "caught")

    def cut_off(self, group: Group, rides: Rides) -> Broken:
        """People whose way ahead is closed or full."""
        number = self._under_way(group)
        if number >= 0:
            part = group.parts[number]
            under_way = group.step + part.alight > self.at
            whole = part.mode == "bus" and rides.status[ride_of(part, group.step)] in ("goes", "done")
            if under_way and not whole:
                return self._halt(group, number, "cut off")
            since = max(self.at, group.step + part.alight)
            return self._broken(group, group.parts[: number + 1], part.head, since, "cut off", False)
        codes, zones = self.ledger.problem.scenario.nodes.node_id, self.ledger.problem.scenario.zones
        home = self.ledger.problem.timing.zone_node[zones.position()[group.route.zone_id]]
        return self._broken(group, (), str(codes[home]), self.at, "cut off", False)

    def _halt(self, group: Group, number: int, cause: str) -> Broken:
        part = group.parts[number]
        begins = tuple(entry - part.board for entry in part.entries)
        place = self.place(replace(part, entries=begins), group.step + part.board, cause)
        ended = part.until(place.link, place.alight - group.step, place.end) if part.links else part
        return self._broken(group, (*group.parts[:number], ended), place.node, place.since, cause, place.back)

    def _broken(
        self, group: Group, parts: tuple[Part, ...], node: str, since: int, cause: str, back: bool
    ) -> Broken:
        links = tuple(link for part in parts for link in part.links)
        entries = tuple(entry for part in parts for entry in part.entries)
        turned = (links[-1], entries[-1]) if back else ("", 0)
        so_far = replace(
            group.route,
            links=links,
            entry_steps=entries,
            legs=tuple(part.leg for part in parts),
            halts=(Halt(len(links), node, since - group.step, cause, *turned),),
        )
        in_car = bool(parts) and parts[-1].mode == "car"
        return Broken(group, so_far, since, node, in_car, cause, links[-1] if links else "")
