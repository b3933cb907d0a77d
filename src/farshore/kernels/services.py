"""What waits for people or vehicles and carries them in batches: vessels on ferry links, buses that shuttle.

A ferry link is a link whose vehicles stand in the waiting area until a vessel takes them aboard, first in,
first out; the deck is cleared before the vessel turns round.
"""

from typing import Any, NamedTuple

import numpy as np

from farshore.kernels.compiled import folded, looped
from farshore.kernels.roads import CLASS_BITS, NEVER_S, persons_in, plan_event
from farshore.kernels.wheel import unschedule

_LOW_BITS = (1 << CLASS_BITS) - 1

__all__ = [
    "BERTH",
    "FERRY",
    "SAILING",
    "SHUTTLE",
    "TRIP",
    "Services",
    "board",
    "join_queue",
    "load_shuttle",
    "no_services",
]

FERRY = np.dtype(
    [
        ("deck_places", "i4"),
        ("seats_persons", "f8"),
        ("trip_s", "f8"),
        ("longest_wait_s", "f8"),  # a vessel with anybody aboard sails after so long, full or not
        ("every_s", "f8"),  # above 0: sails by the clock, at multiples of this
        ("aboard_places", "i4"),
        ("aboard_persons", "f8"),
        ("first_aboard_s", "f8"),
    ],
    align=True,
)
# Where people wait for a ferry: cars at berth 2 n of ferry n, people on foot at berth 2 n + 1, each with a
# link of its own (-1: none). With both, nobody without a place on the deck leaves the car ashore.
BERTH = np.dtype(
    [
        ("link", "i4"),
        ("running", "i1"),
        ("aboard_vehicles", "i4"),
        ("deck_first", "i4"),  # place in the ring of the first vehicle on this deck
        ("next_aboard", "i4"),  # place in the ring of the first vehicle not aboard
        ("boarded_before", "i8"),  # vehicles that earlier sailings took
    ],
    align=True,
)
SAILING = np.dtype(
    [
        ("ferry", "i4"),
        ("vessel", "i4"),
        ("time_s", "f8"),
        ("vehicles", "i4"),
        ("places", "i4"),
        ("persons", "f8"),
    ],
    align=True,
)
SHUTTLE = np.dtype(
    [
        ("stop", "i4"),
        ("stop_stream", "i4"),
        ("host_stream", "i4"),
        ("out_way", "i4"),
        ("back_way", "i4"),
        ("seats", "i4"),
        ("outbound", "i1"),
        ("load_s", "f8"),
        ("unload_s", "f8"),
        ("longest_wait_s", "f8"),
        ("every_s", "f8"),  # above 0: leaves the stop by the clock, at multiples of this
        ("trip", "i4"),
    ],
    align=True,
)
TRIP = np.dtype(
    [
        ("shuttle", "i4"),
        ("stop", "i4"),
        ("first_person", "i8"),
        ("persons", "i4"),
        ("depart_s", "f8"),
        ("arrive_s", "f8"),
    ],
    align=True,
)


class Services(NamedTuple):
    """Arrays of ferries and shuttles; the kernels write to them in place.

    ferries : FERRY[n_ferries]; berths : BERTH[2 * n_ferries]
    vessel_free_s : float64[n_ferries, most vessels], NEVER_S where there is none
    sailings : SAILING[room]; shuttles : SHUTTLE[n_shuttles]; trips : TRIP[room]
    person_ready_s : float64[n_waiting], by stop and time
    stop_next, stop_end : int64[n_stops], positions in it
    stop_left_s : float64[n_stops], last departure by the clock
    counts : int64[2], sailings and trips written; the oldest are kept once the room is used up
    came : int64[1], the vehicle that is led step by step and has just reached the end of its way; -1: none
    """

    ferries: Any
    berths: Any
    vessel_free_s: Any
    sailings: Any
    shuttles: Any
    trips: Any
    person_ready_s: Any
    stop_next: Any
    stop_end: Any
    stop_left_s: Any
    counts: Any
    came: Any


def no_services() -> Services:
    """Services of a network that has none."""
    nobody = np.zeros(0, np.int64)
    return Services(
        np.zeros(0, FERRY),
        np.zeros(0, BERTH),
        np.zeros((0, 1)),
        np.zeros(0, SAILING),
        np.zeros(0, SHUTTLE),
        np.zeros(0, TRIP),
        np.zeros(0),
        nobody,
        nobody,
        np.zeros(0),
        np.zeros(2, np.int64),
        np.full(1, -1, np.int64),
    )


@folded
def _waits(roads, berth):  # type: ignore[no-untyped-def]
    """Whether anybody stands at a berth that is served, and is not aboard."""
    return (
        berth.running == 1 and roads.links[berth.link].entered > berth.boarded_before + berth.aboard_vehicles
    )


@looped
def board(roads, travellers, services, number, now_s):  # type: ignore[no-untyped-def]
    """Take waiting vehicles aboard the vessels at the berths and let those sail that are due.

    A vehicle comes aboard while the deck has its places and the vessel its seats; where the deck is full and
    seats are left, its people come aboard on foot and go on as a car's load beyond, unless people on foot
    have a berth of their own. Who came first to either goes first while there is room of the kind wanted.
    """
    ferry = services.ferries[number]
    cars, foot = services.berths[2 * number], services.berths[2 * number + 1]
    due = roads.links.size + roads.n_links + number
    unschedule(roads.events, roads.buckets, due)
    while cars.running == 1 or foot.running == 1:
        vessel = 0
        for k in range(services.vessel_free_s.shape[1]):
            if services.vessel_free_s[number, k] < services.vessel_free_s[number, vessel]:
                vessel = k
        free_s = services.vessel_free_s[number, vessel]
        if ferry.deck_places <= 0 and ferry.seats_persons <= 0:
            return  # no room at all
        nobody_waits = not _waits(roads, cars) and not _waits(roads, foot)
        if cars.aboard_vehicles + foot.aboard_vehicles == 0 and (free_s >= NEVER_S or nobody_waits):
            return
        if free_s > now_s:
            plan_event(roads, due, free_s)
            return
        full = _fill(roads, travellers, ferry, cars, foot, max(now_s, free_s))
        if cars.aboard_vehicles + foot.aboard_vehicles == 0:
            return  # whoever waits has no room of the kind wanted
        if ferry.every_s > 0:
            sails_s = np.ceil(max(ferry.first_aboard_s, free_s) / ferry.every_s - 1e-9) * ferry.every_s
        else:
            sails_s = now_s if full else ferry.first_aboard_s + ferry.longest_wait_s
        if sails_s > now_s:
            plan_event(roads, due, sails_s)
            return
        _sail(roads, services, number, vessel, now_s)


@looped
def _fill(roads, travellers, ferry, cars, foot, now_s):  # type: ignore[no-untyped-def]
    """Let vehicles aboard in the order in which they came; True once no more fit."""
    left_out = False
    while True:
        nobody = cars.aboard_vehicles + foot.aboard_vehicles == 0
        best = -1
        best_s, best_places, best_persons = 0.0, 0, 0.0
        left_out = False
        for side in range(2):
            berth = cars if side == 0 else foot
            if not _waits(roads, berth):
                continue
            road = roads.links[berth.link]
            place = roads.ring[road.first_place + berth.next_aboard]
            kind = place.vehicle >> CLASS_BITS
            persons = persons_in(travellers, place.vehicle & _LOW_BITS, kind)
            places = min(travellers.class_places[kind], road.storage)
            seats_left = ferry.seats_persons <= 0 or ferry.aboard_persons + persons <= ferry.seats_persons
            deck_left = ferry.aboard_places + places <= ferry.deck_places
            if side == 1:
                fits = seats_left or nobody
            elif foot.link >= 0:
                fits = (deck_left and seats_left) or (nobody and ferry.deck_places > 0)
            else:
                fits = (deck_left and seats_left) or (ferry.seats_persons > 0 and seats_left) or nobody
            if not fits:
                left_out = True
            elif best < 0 or place.time_s < best_s:
                best, best_s, best_persons = side, place.time_s, persons
                best_places = places if side == 0 and deck_left else 0
        if best < 0:
            break
        berth = cars if best == 0 else foot
        road = roads.links[berth.link]
        if nobody:
            ferry.first_aboard_s = now_s
        kind = roads.ring[road.first_place + berth.next_aboard].vehicle >> CLASS_BITS
        ferry.aboard_places += best_places
        ferry.aboard_persons += best_persons
        berth.aboard_vehicles += 1
        berth.next_aboard += min(travellers.class_places[kind], road.storage)
        if berth.next_aboard >= road.ring_size:
            berth.next_aboard -= road.ring_size
    if left_out:
        return True
    if ferry.seats_persons > 0:
        return ferry.aboard_persons >= ferry.seats_persons
    return ferry.aboard_places >= ferry.deck_places


@looped
def _sail(roads, services, number, vessel, now_s):  # type: ignore[no-untyped-def]
    """Cast off: everybody aboard reaches the other side a trip later, the vessel is back two trips later."""
    ferry = services.ferries[number]
    if services.counts[0] < services.sailings.size:
        entry = services.sailings[services.counts[0]]
        entry.ferry, entry.vessel, entry.time_s = number, vessel, now_s
        entry.vehicles = services.berths[2 * number].aboard_vehicles
        entry.places = ferry.aboard_places
        entry.persons = ferry.aboard_persons
        services.counts[0] += 1
    services.vessel_free_s[number, vessel] = now_s + 2.0 * ferry.trip_s
    ferry.aboard_places = 0
    ferry.aboard_persons = 0.0
    for side in range(2):
        berth = services.berths[2 * number + side]
        if berth.aboard_vehicles == 0:
            continue
        road = roads.links[berth.link]
        here = berth.deck_first
        while True:  # at least one place is taken; the deck may hold the whole ring
            roads.ring[road.first_place + here].time_s = now_s + ferry.trip_s
            here += 1
            if here == road.ring_size:
                here = 0
            if here == berth.next_aboard:
                break
        berth.boarded_before += berth.aboard_vehicles
        berth.deck_first = berth.next_aboard
        berth.aboard_vehicles = 0
        if roads.events[berth.link].bucket < 0 and road.waits == 0:
            ready_s = max(roads.ring[road.first_place + road.head].time_s, road.next_exit_s)
            if ready_s < NEVER_S:
                plan_event(roads, berth.link, ready_s)


@looped
def join_queue(roads, travellers, stream, vehicle, time_s):  # type: ignore[no-untyped-def]
    """Put a vehicle into an origin queue by its time of departure (s), behind a head that already waits."""
    queue = stream - roads.n_links
    travellers.departure_s[vehicle] = time_s
    before = -1
    here = travellers.queue_head[queue]
    if here >= 0 and roads.links[stream].waits != 0:
        before, here = here, travellers.next_in_queue[here]
    while here >= 0 and travellers.departure_s[here] <= time_s:
        before, here = here, travellers.next_in_queue[here]
    travellers.next_in_queue[vehicle] = here
    if before >= 0:
        travellers.next_in_queue[before] = vehicle
        return
    travellers.queue_head[queue] = vehicle
    unschedule(roads.events, roads.buckets, stream)
    plan_event(roads, stream, time_s)


@looped
def load_shuttle(roads, travellers, services, vehicle, now_s):  # type: ignore[no-untyped-def]
    """A shuttle reached the end of its way: unload at the host, or load at the stop; then it queues to go on.

    At a stop it takes who is ready, waits for more until it is full or `longest_wait_s` is over (or, by the
    clock, until its next departure with anybody to take), and stays if nobody is left to come.
    """
    number = vehicle - travellers.first_shuttle
    bus = services.shuttles[number]
    if bus.outbound == 1:
        if bus.trip >= 0:
            services.trips[bus.trip].arrive_s = now_s
        bus.outbound = 0
        travellers.way[vehicle] = bus.back_way
        join_queue(roads, travellers, bus.host_stream, vehicle, now_s + bus.unload_s)
        return
    first, end = services.stop_next[bus.stop], services.stop_end[bus.stop]
    if first >= end or services.counts[1] >= services.trips.size:
        travellers.arrived_s[vehicle] = now_s
        return
    begins_s = max(now_s, services.person_ready_s[first])
    last = min(first + bus.seats, end)
    leaves_s = max(now_s + bus.load_s, min(begins_s + bus.longest_wait_s, services.person_ready_s[last - 1]))
    if bus.every_s > 0:
        slot_s = services.stop_left_s[bus.stop] + bus.every_s
        earliest_s = max(now_s + bus.load_s, services.person_ready_s[first], slot_s)
        leaves_s = np.ceil(earliest_s / bus.every_s - 1e-9) * bus.every_s
        services.stop_left_s[bus.stop] = leaves_s
    until = first
    while until < last and services.person_ready_s[until] <= leaves_s:
        until += 1
    services.stop_next[bus.stop] = until
    bus.trip = services.counts[1]
    services.counts[1] += 1
    entry = services.trips[bus.trip]
    entry.shuttle, entry.stop, entry.first_person, entry.persons = number, bus.stop, first, until - first
    entry.depart_s, entry.arrive_s = leaves_s, np.nan
    bus.outbound = 1
    travellers.way[vehicle] = bus.out_way
    join_queue(roads, travellers, bus.stop_stream, vehicle, leaves_s)
