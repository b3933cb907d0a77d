"""The beginning of a loading: empty roads, vehicles in their queues, trees grown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from farshore.kernels import control
from farshore.kernels.loading import start_queues
from farshore.kernels.roads import ARRIVED, BERTH, CLOSED, Roads, Travellers, new_roads
from farshore.kernels.services import Services
from farshore.simulate.carriers import carrier_ways, new_services
from farshore.simulate.changes import Change, OnClosure, What
from farshore.simulate.network import WALK, RoadNetwork
from farshore.simulate.routing import Routing, Trees
from farshore.simulate.trips import Trips

__all__ = ["Origins", "Run", "start", "turning_nodes"]

Ints = npt.NDArray[np.int64]


class Origins(Enum):
    """How vehicles from a zone take part in the merge onto its first links."""

    SHARE = "share"  # like a link of one lane
    FIRST = "first"  # before everybody on the road
    LAST = "last"  # after everybody on the road


@dataclass(eq=False)
class Run:
    """The arrays of one loading while it runs."""

    network: RoadNetwork
    trips: Trips
    roads: Roads
    travellers: Travellers
    services: Services
    trees: Trees
    queue_of_node: dict[int, int]
    pending: list[Change]
    stream_of_foot: dict[int, int]  # the queue of people on foot at a node
    stream_of_bus: dict[int, int]
    route_start: Ints  # of each route among `Travellers.route_links`
    news: bool = False  # a road closed or opened since the last update
    held: bool = False  # out of driving hours


def turning_nodes(network: RoadNetwork, changes: Sequence[Change]) -> set[int]:
    """Nodes where vehicles may stand that are turned back from a link, or from a ferry's berth."""
    ferries = {link for service in network.ferries for link in service.links}
    return {
        int(network.from_node[change.link])
        for change in changes
        if change.what is What.CLOSE
        and (change.on_closure is OnClosure.TURNED_BACK or change.link in ferries)
    }


def start(
    network: RoadNetwork,
    trips: Trips,
    routing: Routing,
    changes: Sequence[Change],
    turning: set[int],
    origins: Origins,
    origin_priority_veh_s: float,
    one_queue: bool,
    seed: int,
) -> Run:
    """Empty roads, queues of vehicles at their origins, trees grown.

    turning : nodes that have a queue for those turned back there, `turning_nodes` at least
    """
    # cars and people on foot start from queues of their own
    keys = np.unique(np.concatenate([_all_queue_keys(trips), 2 * np.array(sorted(turning), np.int64)]))
    queue_of_node = {int(key) // 2: k for k, key in enumerate(keys) if key % 2 == 0}
    queue_node = np.concatenate([keys // 2, carrier_ways(trips)])
    ferry = np.full(network.n_links, -1, np.int64)
    for number, service in enumerate(network.ferries):
        ferry[list(service.links)] = number
    n_vehicles = len(trips) + len(_coming_back(trips))
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
        most_places=max((kind.places for kind in trips.kinds), default=1),
        least_pcu_a_place=min((kind.pcu / kind.places for kind in trips.kinds), default=1.0),
        one_queue=one_queue,
        buckets_per_s=buckets_per_s,
        n_buckets=n_buckets,
    )
    for service in network.ferries:
        roads.links["free_flow_s"][list(service.links)] = service.trip_s
    trees = Trees(network, trips, routing, np.random.default_rng(np.random.SeedSequence(seed)))
    travellers = _travellers(trips, trees, keys, len(roads.links) - network.n_links)
    services = new_services(network, trips, trees, roads, len(keys), travellers)
    first_bus = network.n_links + len(keys)
    run = Run(
        network,
        trips,
        roads,
        travellers,
        services,
        trees,
        queue_of_node,
        [],
        stream_of_foot={int(key) // 2: network.n_links + k for k, key in enumerate(keys) if key % 2},
        stream_of_bus={int(node): first_bus + k for k, node in enumerate(carrier_ways(trips))},
        route_start=_route_starts(trips),
    )
    for change in changes:
        if change.time_s <= 0 and change.what is What.CLOSE:
            roads.links["entry_state"][change.link] = CLOSED
        elif change.time_s <= 0 and change.what is What.USES:
            roads.links["uses"][change.link] &= int(change.value) | BERTH
    trees.grow_all(roads)
    control.mark_broken_routes(
        roads.links, travellers.route_links, travellers.route_uses, travellers.route_broken
    )
    start_queues(roads, travellers)
    return run


def _coming_back(trips: Trips) -> Ints:
    """Kinds of the vehicles that are numbered behind all others: shuttles, then those led step by step."""
    shuttles = np.zeros(0, np.int64) if trips.shuttles is None else trips.shuttles.kind
    led = np.zeros(0, np.int64) if trips.led is None else trips.led.kind
    return np.concatenate([shuttles, led]).astype(np.int64)


def _route_starts(trips: Trips) -> Ints:
    """Where each route begins among `Travellers.route_links`, and where the next one would."""
    lengths = np.array([len(route) + 1 for route in trips.routes], np.int64)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _places_of_all(trips: Trips) -> int:
    """Places that all vehicles together take."""
    places = np.array([kind.places for kind in trips.kinds], np.int64)
    return int(places[trips.kind].sum()) + int(places[_coming_back(trips)].sum())


def _wheel_size(trips: Trips, n_vehicles: int, n_links: int) -> tuple[float, int]:
    """Buckets a second and number of buckets, for a couple of events a bucket at busy times."""
    window_s = max(float(np.ptp(trips.departure_s)) if len(trips) else 0.0, 3600.0)
    links_a_trip = 5.0 + np.sqrt(n_links)
    per_s = float(np.clip(0.5 * n_vehicles * links_a_trip / window_s, 1.0, 10_000.0))
    return per_s, 1 << int(np.clip(np.ceil(np.log2(per_s * 120.0)), 10, 18))


def _queue_keys(trips: Trips) -> Ints:
    """Twice the node at which each vehicle starts, and 1 more for those on foot: int64[n_vehicles]."""
    on_foot = np.array([kind.uses == WALK for kind in trips.kinds], np.int64)
    return 2 * trips.origin + on_foot[trips.kind]


def _all_queue_keys(trips: Trips) -> Ints:
    """Those of vehicles, and of people on foot who are led and set out from terminals later."""
    led = np.zeros(0, np.int64) if trips.led is None else 2 * trips.led.foot_nodes + 1
    return np.concatenate([_queue_keys(trips), led])


def _travellers(trips: Trips, trees: Trees, queue_keys: Ints, n_queues: int) -> Travellers:
    """The vehicles, each queue of origins linked in order of departure; shuttles behind all others."""
    n_trips = len(trips)
    behind = _coming_back(trips)
    n_buses = len(behind)
    n_vehicles = n_trips + n_buses
    queue = np.searchsorted(queue_keys, _queue_keys(trips))
    order = np.argsort(trips.departure_s, kind="stable").astype(np.int32)
    order = order[np.argsort(queue[order], kind="stable")]
    following = np.full(n_vehicles, -1, np.int32)
    same = queue[order][1:] == queue[order][:-1]
    following[order[:-1][same]] = order[1:][same]
    head = np.full(n_queues, -1, np.int32)
    first = np.concatenate([[True], ~same]) if n_trips else np.zeros(0, np.bool_)
    head[queue[order][first]] = order[first]
    starts = _route_starts(trips)
    flat = np.full(int(starts[-1]), ARRIVED, np.int32)
    for start, route in zip(starts, trips.routes, strict=False):
        flat[start : start + len(route)] = route
    uses = np.zeros(len(trips.routes), np.uint8) if trips.led is None else trips.led.route_uses
    n_shuttles = 0 if trips.shuttles is None else len(trips.shuttles.seats)
    rows = trees.rows_of_trips()
    way = np.where(trips.route >= 0, starts[np.maximum(trips.route, 0)], -1 - rows)
    nothing = np.full(n_buses, -1, np.int64)
    kind = np.concatenate([trips.kind, behind])
    departure = np.concatenate([trips.departure_s, np.zeros(n_buses)])
    arrived = np.full(n_vehicles, np.nan)
    arrived[n_trips + n_shuttles :] = 0.0  # who is led is nowhere on the road before being told to go
    return Travellers(
        next_in_queue=following,
        queue_head=head,
        queue_tail=np.full(n_queues, -1, np.int32),
        departure_s=departure,
        entered_s=np.full(n_vehicles, np.nan),
        arrived_s=arrived,
        arrived_at=np.full(n_vehicles, -1, np.int32),
        vehicle_class=kind.astype(np.uint8),
        way=np.concatenate([way, nothing]).astype(np.int32),
        detour=np.concatenate([np.where(trips.may_detour, rows, -1), nothing]).astype(np.int32),
        class_places=np.array([k.places for k in trips.kinds], np.int64),
        class_uses=np.array([k.uses for k in trips.kinds], np.int64),
        class_pcu=np.array([k.pcu for k in trips.kinds], np.float64),
        class_persons=np.array([k.persons if k.counts else 0.0 for k in trips.kinds], np.float64),
        route_links=flat,
        route_uses=np.repeat(np.array(uses, np.uint8), np.diff(starts)),
        route_broken=np.zeros(len(flat), np.uint8),
        next_link=trees.next_link,
        first_shuttle=n_trips,
        carried=np.concatenate([np.zeros(n_shuttles), [] if trips.led is None else trips.led.carried]),
    )
