"""The state of a road network under load: one record a link or origin, one ring of places for every link.

A link of length L holds at most `storage` places (its jam density times its length). A place is either taken,
and holds when its vehicle can be at the end of the link, or free, and holds when the vacancy, which travels
upstream at the backward wave speed, has reached the entry (Newell's kinematic wave with a triangular or
trapezoidal diagram):

    entry(k) ≥ entry(k-1) + gap            saturation flow at the entry
    entry(k) ≥ exit(k - storage) + L / w   finite storage, vacancies travelling at w
    exit(k)  ≥ entry(k) + L / u            free flow
    exit(k)  ≥ exit(k-1) + gap             saturation flow at the exit, unless the junction held k-1 up

Newell, G. F. (1993), A simplified theory of kinematic waves in highway traffic, parts I-III.
Yperman, I. (2007), The link transmission model for dynamic network loading.
"""

import contextlib
import mmap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.kernels.compiled import folded
from farshore.kernels.wheel import new_wheel, schedule

__all__ = [
    "ARRIVED",
    "BERTH",
    "CLASS_BITS",
    "CLOSED",
    "HELD",
    "LINK",
    "MOMENT",
    "NEVER_S",
    "NOWHERE",
    "OPEN",
    "PLACE",
    "Roads",
    "Travellers",
    "new_roads",
    "on_fresh_pages",
    "persons_in",
    "plan_event",
    "storage_and_backward_time",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NEVER_S = 1e18
MOMENT = 1e9  # who came to a berth at t may leave it at NEVER_S + MOMENT * t, so never, and in this order
_HUGE_BYTES = 4 << 20
ARRIVED = -2  # next link of a vehicle at its destination
NOWHERE = -1  # next link of a vehicle that no open way leads on
CLASS_BITS = 25  # a place holds the vehicle's number in its low bits and its class above them
BERTH = 128  # among the uses of a link: vehicles wait on it for a vessel
OPEN, HELD, CLOSED = 0, 1, 2  # held: out of hours, worth waiting for; closed: to be driven around

# Three cache lines: what an entry needs, what an exit needs, and what only waiting needs.
LINK = np.dtype(
    [
        ("next_entry_s", "f8"),
        ("gap_s", "f8"),  # 1 / saturation flow
        ("free_flow_s", "f8"),
        ("person_s", "f8"),
        ("first_place", "i4"),
        ("tail", "i4"),
        ("taken", "i4"),
        ("storage", "i4"),
        ("ring_size", "i4"),
        ("first_waiting", "i4"),
        ("persons", "f4"),
        ("entry_state", "i1"),
        ("frozen", "i1"),
        ("uses", "u1"),
        ("waits", "i1"),  # 0: not; 1: in a merge; 2: no way on; 3: frozen at the end; 4: chooses anew
        ("next_exit_s", "f8"),
        ("head_vehicle", "i4"),  # as its place in the ring says, which is further away
        ("head_way", "i4"),
        ("backward_s", "f8"),
        ("service", "f8"),  # places served over priority
        ("waited_s", "f8"),
        ("cost", "f4"),  # 1 / priority
        ("roomy", "i4"),  # up to so many places taken, no vacancy can still be on its way to the entry
        ("head", "i4"),
        ("to_node", "i4"),
        ("entered", "i4"),
        ("left", "i4"),
        ("clock", "f8"),  # key of the stream served last, the time of its merge
        ("ready_s", "f8"),
        ("drop", "f4"),  # saturation flow lost while a queue stands
        ("wanted", "i4"),
        ("next_waiting", "i4"),
        ("first_turn", "i4"),
        ("out_position", "i4"),
        ("from_node", "i4"),
        # origins: a gate, and beside it a queue for each link out of its node and one for those without a way
        ("first_side", "i4"),
        ("onto", "i4"),  # of a queue beside a gate: its link, -1 of those without a way
        ("sides", "i2"),
        ("rank", "i2"),
        ("ferry", "i2"),
        ("is_gate", "i1"),  # 2: one that is a queue itself
        ("spare", "i1"),
        ("fills_the_line", "f8"),
    ],
    align=True,
)
PLACE = np.dtype([("time_s", "f8"), ("vehicle", "i4"), ("way", "i4")], align=True)


class Roads(NamedTuple):
    """Arrays of the network and of everything that waits in it; the kernels write to them in place.

    links : LINK[n_streams]: links, then gates of origins, then the queues beside them (without places)
    ring : PLACE[sum of ring sizes]
    events : EVENT[n_streams + n_links + n_ferries]: heads of streams, then entries of links, then ferries
    turn_credit : float64[n_turns], turn = first_turn of the stream + out_position of the link
    """

    links: Any
    ring: Any
    events: Any
    buckets: Any
    cursor: Any
    buckets_per_s: float
    turn_credit: Any
    n_links: int


class Travellers(NamedTuple):
    """Arrays of the vehicles and of where they want to go.

    next_in_queue : int32[n_vehicles], the vehicle behind in an origin queue, -1 at its end
    queue_head, queue_tail : int32[n_streams - n_links], first and last vehicle of each queue (of a gate's the
    last is not kept)
    departure_s, entered_s, arrived_s : float64[n_vehicles]; NaN where it has not happened
    arrived_at : int32[n_vehicles], node; -1 before
    vehicle_class : uint8[n_vehicles], row of the class tables
    way : int32[n_vehicles], at 0 or more a position in `route_links`, below 0 the tree -1 - way
    detour : int32[n_vehicles], tree to follow once the route is broken; -1: waits instead
    class_places, class_uses : int64[n_classes]; class_pcu, class_persons : float64[n_classes]
    route_links : int32[sum of route lengths], each route closed by ARRIVED
    route_uses : uint8 of the same length, the uses that the route is for; 0: not looked at
    route_broken : uint8 of the same length, 1 where a link from here on is known to be closed
    next_link : int32[n_trees, n_nodes]
    first_shuttle : vehicles from this number on come back for more people, or are led step by step
    carried : float64[n_vehicles - first_shuttle], the persons in each of those now
    """

    next_in_queue: Any
    queue_head: Any
    queue_tail: Any
    departure_s: Any
    entered_s: Any
    arrived_s: Any
    arrived_at: Any
    vehicle_class: Any
    way: Any
    detour: Any
    class_places: Any
    class_uses: Any
    class_pcu: Any
    class_persons: Any
    route_links: Any
    route_uses: Any
    route_broken: Any
    next_link: Any
    first_shuttle: int
    carried: Any


def storage_and_backward_time(
    length_m: Floats, lanes: Floats, jam_veh_m: Floats, wave_mps: Floats, saturation_veh_s: Floats
) -> tuple[Ints, Floats]:
    """Whole places of each link, and the time a vacancy takes upstream, such that no capacity is lost.

    jam_veh_m : float64[n], per lane; saturation_veh_s : float64[n], all lanes
    Places are rounded up; the vacancy then takes as much longer as the added part of a place is worth at
    saturation flow, so that a short link carries no less than its diagram says.
    """
    exact = np.maximum(jam_veh_m * lanes * length_m, 1e-9)
    places = np.maximum(np.ceil(exact - 1e-9), 1).astype(np.int64)
    added_s = np.where(saturation_veh_s > 0, (places - exact) / np.maximum(saturation_veh_s, 1e-12), 0.0)
    return places, length_m / wave_mps + added_s


def new_roads(
    *,
    from_node: Ints,
    to_node: Ints,
    free_flow_s: Floats,
    backward_s: Floats,
    saturation_veh_s: Floats,
    storage: Ints,
    uses: Ints,
    priority: Floats,
    origin_node: Ints,
    origin_priority: Floats,
    origin_rank: Ints,
    n_nodes: int,
    ring_size: Ints | None = None,
    most_places: int = 1,
    least_pcu_a_place: float = 1.0,
    drop: Floats | None = None,
    ferry: Ints | None = None,
    n_ferries: int = 0,
    one_queue: bool = False,
    buckets_per_s: float = 20.0,
    n_buckets: int = 1 << 16,
) -> Roads:
    """An empty network.

    from_node, to_node, storage, uses, ring_size, ferry : int64[n_links] (ferry: number or -1)
    free_flow_s, backward_s, saturation_veh_s (> 0, all lanes), priority (> 0), drop : float64[n_links]
    origin_node, origin_rank : int64[n_origins]; origin_priority : float64[n_origins] (> 0)
    A stream of lower rank goes before all of higher rank at a merge; links have rank 0.
    most_places, least_pcu_a_place : of all kinds of vehicles
    one_queue : vehicles stand in one queue at their origin, whatever link they want first
    """
    n_links, n_origins = len(from_node), len(origin_node)
    first_out, position, by_start = _out_positions(from_node, n_nodes)
    outs_of = np.diff(first_out)
    sides = outs_of[origin_node] + 1
    gate_of_side = np.repeat(np.arange(n_origins), sides)
    first_side = n_links + n_origins + np.concatenate([[0], np.cumsum(sides)[:-1]]).astype(np.int64)
    n_sides = int(sides.sum())
    links = on_fresh_pages(n_links + n_origins + n_sides, LINK)
    size = storage if ring_size is None else np.maximum(ring_size, storage)
    road, gates, queues = links[:n_links], links[n_links : n_links + n_origins], links[n_links + n_origins :]
    road["free_flow_s"], road["backward_s"] = free_flow_s, backward_s
    road["gap_s"] = 1.0 / saturation_veh_s
    road["storage"], road["ring_size"] = storage, size
    road["roomy"] = _roomy(storage, backward_s, saturation_veh_s, most_places, least_pcu_a_place)
    road["first_place"] = np.concatenate([[0], np.cumsum(size)[:-1]]) if n_links else 0
    road["uses"], road["from_node"] = uses, from_node
    if ferry is not None:
        road["uses"] |= np.where(ferry >= 0, BERTH, 0).astype(np.uint8)
    road["drop"] = 0.0 if drop is None else drop
    road["out_position"] = position
    links["ferry"] = -1
    road["ferry"] = -1 if ferry is None else ferry
    road["to_node"], gates["to_node"], queues["to_node"] = to_node, origin_node, origin_node[gate_of_side]
    road["cost"], gates["cost"] = 1.0 / priority, 1.0 / origin_priority
    queues["cost"] = gates["cost"][gate_of_side]
    gates["rank"], queues["rank"] = origin_rank, origin_rank[gate_of_side]
    gates["is_gate"] = 2 if one_queue else 1
    gates["sides"], gates["first_side"] = sides, first_side
    queues["first_side"], queues["sides"] = first_side[gate_of_side], sides[gate_of_side]
    place = np.arange(n_sides) - (first_side - n_links - n_origins)[gate_of_side]
    last = place == sides[gate_of_side] - 1
    at = np.minimum(first_out[origin_node[gate_of_side]] + place, max(n_links - 1, 0))
    queues["onto"] = np.where(last, -1, by_start[at] if n_links else -1)
    links["first_waiting"] = links["next_waiting"] = links["wanted"] = -1
    for field in ("next_entry_s", "next_exit_s"):
        links[field] = -NEVER_S
    outs = outs_of[links["to_node"]]
    links["first_turn"] = np.concatenate([[0], np.cumsum(outs)[:-1]]) if len(outs) else 0
    ring = np.zeros(
        int(size.sum()), PLACE
    )  # every place is free since time 0, and no page is touched before use
    events, buckets, cursor = new_wheel(len(links) + n_links + n_ferries, n_buckets)
    return Roads(links, ring, events, buckets, cursor, buckets_per_s, np.zeros(int(outs.sum())), n_links)


def _roomy(
    storage: Ints, backward_s: Floats, saturation_veh_s: Floats, most_places: int, least_pcu_a_place: float
) -> Ints:
    """Places taken up to which the vacancy of any entry has arrived, whenever the last exits were.

    With so few on the link, the exit whose vacancy counts was followed by all the others, each a headway
    later: it is longer ago than a vacancy travels. Saves looking it up on every link without a queue.
    """
    exits = np.ceil(backward_s * saturation_veh_s / least_pcu_a_place).astype(np.int64)
    return storage - exits - 4 * most_places


def on_fresh_pages(count: int, dtype: np.dtype[Any]) -> Any:
    """dtype[count] of zeros on fresh pages, large ones where the system has them: all of it is in use."""
    if count == 0:
        return np.zeros(0, dtype)
    pages = mmap.mmap(-1, count * dtype.itemsize)  # begins on a page, so on a cache line
    if hasattr(mmap, "MADV_HUGEPAGE") and len(pages) >= _HUGE_BYTES:
        with contextlib.suppress(OSError):  # a kernel without them does as well, more slowly
            pages.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(pages, dtype)


def _out_positions(from_node: Ints, n_nodes: int) -> tuple[Ints, Ints, Ints]:
    """Links sorted by their start: where each node's begin, each link's place among them, the list."""
    order = np.argsort(from_node, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(from_node, minlength=n_nodes))])
    position = np.empty(len(from_node), np.int64)
    position[order] = np.arange(len(from_node)) - first[from_node[order]]
    return first, position, order


@folded
def persons_in(travellers, vehicle, kind):  # type: ignore[no-untyped-def]
    """Persons in a vehicle: those of its kind, or those who are in it now."""
    if vehicle < travellers.first_shuttle:
        return travellers.class_persons[kind]
    return travellers.carried[vehicle - travellers.first_shuttle]


@folded
def plan_event(roads, event, time_s):  # type: ignore[no-untyped-def]
    """Make an event of these roads pending at `time_s` (s)."""
    schedule(roads.events, roads.buckets, roads.buckets_per_s, roads.cursor, event, time_s)
