"""Loading a network with trips: the clock, the changes on the road, the routing updates and what is
observed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from farshore.errors import FarshoreError
from farshore.kernels import control
from farshore.kernels.census import find_everybody
from farshore.kernels.loading import LONGEST_WAIT, PROPORTIONAL, advance, start_queues
from farshore.kernels.roads import ARRIVED, CLOSED, HELD, OPEN, Roads, Travellers, new_roads
from farshore.kernels.services import Services, board
from farshore.simulate.carriers import carrier_ways, new_services
from farshore.simulate.changes import EVERY_ROAD, Change, OnClosure, What
from farshore.simulate.network import WALK, RoadNetwork
from farshore.simulate.routing import Routing, Trees
from farshore.simulate.trips import Trips

__all__ = ["Loaded", "Merge", "Origins", "load"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Merge(Enum):
    """Who goes first where several streams want the same link; see the manual on what that decides."""

    FLOW_MAXIMISING = "flow_maximising"  # whoever stood longest
    CAPACITY = "capacity"  # in proportion to saturation flows
    PRIORITY = "priority"  # in proportion to stated priorities


class Origins(Enum):
    """How vehicles from a zone take part in the merge onto its first links."""

    SHARE = "share"  # like a link of one lane
    FIRST = "first"  # before everybody on the road
    LAST = "last"  # after everybody on the road


class ConservationBroken(FarshoreError):
    """A vehicle is in two places or in none: a fault of the program, never of the input."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """What became of every vehicle, and what was seen on every link.

    entered_s, arrived_s : float64[n_vehicles], NaN where it has not happened by `until_s`
    arrived_at : int64[n_vehicles], node, -1 before
    stream, behind : int64[n_vehicles], where an unfinished vehicle is (a link, or n_links + queue) and how
    many
    are before it there; stream is -1 for those that arrived
    queue_node : int64[n_queues], node of each origin queue
    stuck, late, shut : bool[n_streams], whether no open way leads on from its end, whether its head waits to
    get on, and whether nobody may leave it
    sample_s : float64[n_samples]; entered, left : int64[n_samples, n_links], vehicles so far
    person_s : float64[n_samples, n_links], person-seconds spent on each link so far
    waited_s : float64[n_links], vehicle-seconds beyond free flow of those who left
    traversals : links travelled to their end
    partial : whether the user stopped it before `until_s`
    """

    until_s: float
    entered_s: Floats
    arrived_s: Floats
    arrived_at: Ints
    stream: Ints
    behind: Ints
    queue_node: Ints
    stuck: npt.NDArray[np.bool_]
    late: npt.NDArray[np.bool_]
    shut: npt.NDArray[np.bool_]
    sample_s: Floats
    entered: Ints
    left: Ints
    person_s: Floats
    waited_s: Floats
    services: Services
    traversals: int
    trees_grown: int
    partial: bool


@dataclass(eq=False)
class _Run:
    """The arrays of one loading while it runs."""

    network: RoadNetwork
    trips: Trips
    roads: Roads
    travellers: Travellers
    services: Services
    trees: Trees
    queue_of_node: dict[int, int]
    pending: list[Change]
    news: bool = False  # a road closed or opened since the last update
    held: bool = False  # out of driving hours


def load(
    network: RoadNetwork,
    trips: Trips,
    *,
    until_s: float,
    changes: Sequence[Change] = (),
    routing: Routing | None = None,
    merge: Merge = Merge.CAPACITY,
    origins: Origins = Origins.SHARE,
    origin_priority_veh_s: float = 0.5,
    one_queue: bool = False,
    sample_s: float | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Loaded:
    """Load the trips onto the network and let time run until `until_s` (s) or until everybody has arrived.

    one_queue : vehicles that start at one node stand in one queue, whatever link they want first; else one
    for each
    sample_s : how often links are observed; None: at the end only
    Every vehicle is counted at the end, and found in one place; Ctrl-C stops early and marks the result
    partial.
    """
    plan = routing or Routing()
    run = _start(network, trips, plan, changes, origins, origin_priority_veh_s, one_queue, seed)
    rule = LONGEST_WAIT if merge is Merge.FLOW_MAXIMISING else PROPORTIONAL
    tally = np.zeros(2, np.int64)
    todo = sorted(changes, key=lambda change: change.time_s)
    step_s = plan.update_s / max(run.trees.informed_layers, 1)
    next_update_s, next_sample_s = step_s, (sample_s or until_s)
    seen = _Seen(network.n_links)
    now_s, done, partial = 0.0, 0, False
    seen.look(run.roads, 0.0)
    try:
        while True:
            while done < len(todo) and todo[done].time_s <= now_s:
                _apply(run, todo[done], now_s)
                done += 1
            if now_s >= until_s or (tally[1] == len(trips) and _buses_done(run)):
                break
            change_s = todo[done].time_s if done < len(todo) else until_s
            now_s = min(until_s, next_update_s, next_sample_s, change_s)
            advance(run.roads, run.travellers, run.services, rule, now_s, tally)
            if progress is not None:
                progress(now_s / until_s)
            if now_s >= next_update_s:
                next_update_s += step_s
                _update(run, now_s)
            if now_s >= next_sample_s:
                next_sample_s += sample_s or until_s
                seen.look(run.roads, now_s)
    except KeyboardInterrupt:
        partial = True
    if seen.times[-1] < now_s:
        seen.look(run.roads, now_s)
    return _finish(run, seen, now_s, int(tally[0]), partial)


def _buses_done(run: _Run) -> bool:
    """Whether no bus will fetch anybody any more."""
    return not np.isnan(run.travellers.arrived_s[run.travellers.first_shuttle :]).any()


class _Seen:
    """Observations of all links, one row a moment."""

    def __init__(self, n_links: int) -> None:
        self.n_links = n_links
        self.times: list[float] = []
        self.entered: list[npt.NDArray[np.int32]] = []
        self.left: list[npt.NDArray[np.int32]] = []
        self.person_s: list[npt.NDArray[np.float32]] = []

    def look(self, roads: Roads, now_s: float) -> None:
        """Note what every link has seen by now."""
        links = roads.links[: self.n_links]
        self.times.append(now_s)
        self.entered.append(links["entered"].astype(np.int32))
        self.left.append(links["left"].astype(np.int32))
        self.person_s.append((links["person_s"] + links["persons"] * now_s).astype(np.float32))


def _start(
    network: RoadNetwork,
    trips: Trips,
    routing: Routing,
    changes: Sequence[Change],
    origins: Origins,
    origin_priority_veh_s: float,
    one_queue: bool,
    seed: int,
) -> _Run:
    """Empty roads, queues of vehicles at their origins, trees grown."""
    turning = {
        int(network.from_node[c.link])
        for c in changes
        if c.what is What.CLOSE
        and (c.on_closure is OnClosure.TURNED_BACK or any(f.link == c.link for f in network.ferries))
    }
    # cars and people on foot start from queues of their own
    keys = np.unique(np.concatenate([_queue_keys(trips), 2 * np.array(sorted(turning), np.int64)]))
    queue_of_node = {int(key) // 2: k for k, key in enumerate(keys) if key % 2 == 0}
    queue_node = np.concatenate([keys // 2, carrier_ways(trips)])
    ferry = np.full(network.n_links, -1, np.int64)
    for number, service in enumerate(network.ferries):
        ferry[service.link] = number
    n_vehicles = len(trips) + (0 if trips.shuttles is None else len(trips.shuttles.seats))
    most = _places_of_all(trips) + 1  # no link ever needs more, however long
    buckets_per_s, n_buckets = _wheel_size(trips, n_vehicles, network.n_links)
    roomy = network.places > most  # never full, so vacancies need no time
    roads = new_roads(
        from_node=network.from_node,
        to_node=network.to_node,
        free_flow_s=network.free_flow_s,
        backward_s=np.where((ferry >= 0) | roomy, 0.0, network.backward_s),
        saturation_veh_s=network.saturation_veh_s,
        storage=np.minimum(network.places, most),
        ring_size=np.minimum(network.most_places, most),
        uses=network.uses,
        priority=network.priority,
        drop=network.drop,
        ferry=ferry,
        n_ferries=len(network.ferries),
        origin_node=queue_node,
        origin_priority=np.full(len(queue_node), origin_priority_veh_s),
        origin_rank=np.full(len(queue_node), {"share": 0, "first": -1, "last": 1}[origins.value], np.int64),
        n_nodes=network.n_nodes,
        one_queue=one_queue,
        buckets_per_s=buckets_per_s,
        n_buckets=n_buckets,
    )
    for service in network.ferries:
        roads.links["free_flow_s"][service.link] = service.trip_s
    trees = Trees(network, trips, routing, np.random.default_rng(np.random.SeedSequence(seed)))
    travellers = _travellers(trips, trees, keys, len(roads.links) - network.n_links)
    services = new_services(network, trips, trees, roads, len(keys), travellers)
    run = _Run(network, trips, roads, travellers, services, trees, queue_of_node, [])
    for change in changes:
        if change.time_s <= 0 and change.what is What.CLOSE:
            roads.links["entry_state"][change.link] = CLOSED
    trees.grow_all(roads)
    control.mark_broken_routes(roads.links, travellers.route_links, travellers.route_broken)
    start_queues(roads, travellers)
    return run


def _places_of_all(trips: Trips) -> int:
    """Places that all vehicles together take."""
    places = np.array([kind.places for kind in trips.kinds], np.int64)
    buses = 0 if trips.shuttles is None else int(places[trips.shuttles.kind].sum())
    return int(places[trips.kind].sum()) + buses


def _wheel_size(trips: Trips, n_vehicles: int, n_links: int) -> tuple[float, int]:
    """Buckets a second and number of buckets, for about one event in two buckets."""
    window_s = max(float(np.ptp(trips.departure_s)) if len(trips) else 0.0, 3600.0)
    links_a_trip = 5.0 + np.sqrt(n_links)
    per_s = float(np.clip(2.0 * n_vehicles * links_a_trip / window_s, 1.0, 10_000.0))
    return per_s, 1 << int(np.clip(np.ceil(np.log2(per_s * 120.0)), 10, 18))


def _queue_keys(trips: Trips) -> Ints:
    """Twice the node at which each vehicle starts, and 1 more for those on foot: int64[n_vehicles]."""
    on_foot = np.array([kind.uses == WALK for kind in trips.kinds], np.int64)
    return 2 * trips.origin + on_foot[trips.kind]


def _travellers(trips: Trips, trees: Trees, queue_keys: Ints, n_queues: int) -> Travellers:
    """The vehicles, each queue of origins linked in order of departure; shuttles behind all others."""
    n_trips = len(trips)
    n_buses = 0 if trips.shuttles is None else len(trips.shuttles.seats)
    n_vehicles = n_trips + n_buses
    queue = np.searchsorted(queue_keys, _queue_keys(trips))
    order = np.lexsort((np.arange(n_trips), trips.departure_s, queue)).astype(np.int32)
    following = np.full(n_vehicles, -1, np.int32)
    same = queue[order][1:] == queue[order][:-1]
    following[order[:-1][same]] = order[1:][same]
    head = np.full(n_queues, -1, np.int32)
    first = np.concatenate([[True], ~same]) if n_trips else np.zeros(0, np.bool_)
    head[queue[order][first]] = order[first]
    lengths = np.array([len(route) + 1 for route in trips.routes], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    flat = np.full(int(lengths.sum()), ARRIVED, np.int32)
    for start, route in zip(starts, trips.routes, strict=False):
        flat[start : start + len(route)] = route
    rows = trees.rows_of_trips()
    way = np.where(trips.route >= 0, starts[np.maximum(trips.route, 0)], -1 - rows)
    nothing = np.full(n_buses, -1, np.int64)
    kind = np.concatenate([trips.kind, [] if trips.shuttles is None else trips.shuttles.kind])
    departure = np.concatenate([trips.departure_s, np.zeros(n_buses)])
    return Travellers(
        next_in_queue=following,
        queue_head=head,
        queue_tail=np.full(n_queues, -1, np.int32),
        departure_s=departure,
        entered_s=np.full(n_vehicles, np.nan),
        arrived_s=np.full(n_vehicles, np.nan),
        arrived_at=np.full(n_vehicles, -1, np.int32),
        vehicle_class=kind.astype(np.uint8),
        way=np.concatenate([way, nothing]).astype(np.int32),
        detour=np.concatenate([np.where(trips.may_detour, rows, -1), nothing]).astype(np.int32),
        class_places=np.array([k.places for k in trips.kinds], np.int64),
        class_uses=np.array([k.uses for k in trips.kinds], np.int64),
        class_pcu=np.array([k.pcu for k in trips.kinds], np.float64),
        class_persons=np.array([k.persons if k.counts else 0.0 for k in trips.kinds], np.float64),
        route_links=flat,
        route_broken=np.zeros(len(flat), np.uint8),
        next_link=trees.next_link,
        first_shuttle=n_trips,
    )


def _apply(run: _Run, change: Change, now_s: float) -> None:
    """Make one change of the road; lanes wait until they are clear."""
    roads, j, links = run.roads, change.link, run.roads.links
    if j == EVERY_ROAD:
        run.held = change.what is What.HOLD
        control.hold_roads(roads, run.held, now_s)
        return
    if change.once_empty >= 0 and links["taken"][change.once_empty] > 0:
        run.pending.append(change)
        return
    if links["ferry"][j] >= 0:
        _apply_to_ferry(run, change, now_s)
        return
    own = float(run.network.saturation_veh_s[j])
    if change.what is What.CAPACITY:
        control.set_saturation(roads, j, own * change.value, now_s)
    elif change.what is What.LANES:
        run.pending = [p for p in run.pending if p.link != j]
        places = min(max(1, round(run.network.places[j] * change.value)), int(links["ring_size"][j]))
        control.set_storage(roads, j, places, now_s)
        control.set_saturation(roads, j, own * change.value, now_s)
    elif change.what is What.OPEN:
        run.news |= bool(links["entry_state"][j] == CLOSED)
        control.set_entry_state(roads, j, HELD if run.held else OPEN, now_s)
        control.set_frozen(roads, j, 0, now_s)
    else:
        closing = change.what is What.CLOSE
        run.news |= closing
        control.set_entry_state(roads, j, CLOSED if closing else HELD, now_s)
        if closing and change.on_closure is OnClosure.STRANDED:
            control.set_frozen(roads, j, 1, now_s)
        elif closing and change.on_closure is OnClosure.TURNED_BACK:
            control.turn_back(roads, run.travellers, j, _queue_at_start(run, j), now_s)


def _apply_to_ferry(run: _Run, change: Change, now_s: float) -> None:
    """A ferry that closes finishes the trips under way; who waits goes back, or stays where stranded is
    the rule.
    """
    roads, j = run.roads, change.link
    number = int(roads.links["ferry"][j])
    ferry, service = run.services.ferries[number], run.network.ferries[number]
    if change.what is What.CAPACITY:
        ferry["deck_places"] = int(service.deck_vehicles * change.value + 1e-6)
        ferry["seats_persons"] = float(int(service.seats_persons * change.value + 1e-6))
    elif change.what is What.OPEN:
        run.news |= bool(roads.links["entry_state"][j] == CLOSED)
        control.set_entry_state(roads, j, OPEN, now_s)
        if not ferry["running"]:
            _space_vessels(run, number, now_s)
        ferry["running"] = 1
    else:
        ferry["running"] = 0
        if change.what is What.CLOSE:
            run.news = True
            control.set_entry_state(roads, j, CLOSED, now_s)
            if change.on_closure is not OnClosure.STRANDED:
                control.clear_berth(
                    roads, run.travellers, run.services, number, _queue_at_start(run, j), now_s
                )
    board(roads, run.travellers, run.services, number, now_s)


def _space_vessels(run: _Run, number: int, now_s: float) -> None:
    """Service begins anew: vessels that are back lie at the berth at even intervals."""
    service, free_s = run.network.ferries[number], run.services.vessel_free_s[number]
    n_vessels = len(service.first_free_s)
    apart_s = 2.0 * service.trip_s / max(n_vessels, 1)
    for k, vessel in enumerate(np.argsort(free_s[:n_vessels], kind="stable")):
        free_s[vessel] = max(free_s[vessel], now_s + k * apart_s)


def _queue_at_start(run: _Run, link: int) -> int:
    return run.network.n_links + run.queue_of_node[int(run.network.from_node[link])]


def _update(run: _Run, now_s: float) -> None:
    """A routing update: closures become known to all, travel times to the cohort whose turn it is."""
    for change in run.pending[:]:
        if run.roads.links["taken"][change.once_empty] == 0:
            run.pending.remove(change)
            _apply(run, change, now_s)
    news, run.news = run.news, False
    if news:
        run.trees.hear_of_closures(run.roads)
        travellers = run.travellers
        control.mark_broken_routes(run.roads.links, travellers.route_links, travellers.route_broken)
    changed = run.trees.update(run.roads, now_s, everybody=news)
    if news or changed:
        control.decide_anew(run.roads, now_s, changed)


def _finish(run: _Run, seen: _Seen, now_s: float, traversals: int, partial: bool) -> Loaded:
    """Count everybody and gather what was seen."""
    n_vehicles, n_links = len(run.travellers.departure_s), run.network.n_links
    found, behind = np.empty(n_vehicles, np.int32), np.empty(n_vehicles, np.int32)
    if wrong := find_everybody(run.roads, run.travellers, found, behind):
        raise ConservationBroken(f"{wrong} vehicles are in two places or in none")
    if (run.roads.links["entered"] < run.roads.links["left"])[:n_links].any():
        raise ConservationBroken("more vehicles left a link than entered it")
    return Loaded(
        until_s=now_s,
        entered_s=run.travellers.entered_s,
        arrived_s=run.travellers.arrived_s,
        arrived_at=run.travellers.arrived_at.astype(np.int64),
        stream=found.astype(np.int64),
        behind=behind.astype(np.int64),
        queue_node=run.roads.links["to_node"][n_links:].astype(np.int64),
        stuck=run.roads.links["waits"] == 2,
        late=run.roads.links["waits"] == 1,
        shut=run.roads.links["frozen"] == 1,
        sample_s=np.array(seen.times),
        entered=np.stack(seen.entered),
        left=np.stack(seen.left),
        person_s=np.stack(seen.person_s),
        waited_s=run.roads.links["waited_s"][:n_links].copy(),
        services=run.services,
        traversals=traversals,
        trees_grown=run.trees.grown,
        partial=partial,
    )
