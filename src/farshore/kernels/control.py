"""What changes while a network is loaded: capacity, closures, reversed lanes, vehicles sent back."""

import numpy as np

from farshore.kernels.compiled import folded, looped
from farshore.kernels.loading import wake
from farshore.kernels.roads import CLASS_BITS, CLOSED, HELD, NEVER_S, OPEN, persons_in, plan_event
from farshore.kernels.services import join_queue
from farshore.kernels.wheel import unschedule

__all__ = [
    "clear_berth",
    "decide_anew",
    "hold_roads",
    "mark_broken_routes",
    "set_entry_state",
    "set_frozen",
    "set_saturation",
    "set_storage",
    "turn_back",
]

_LOW_BITS = (1 << CLASS_BITS) - 1


@looped
def _head_due(roads, i):  # type: ignore[no-untyped-def]
    """Plan the event of link i's head anew, if it is neither waiting nor absent."""
    road = roads.links[i]
    if road.taken == 0 or road.waits != 0:
        return
    unschedule(roads.events, roads.buckets, i)
    due_s = max(roads.ring[road.first_place + road.head].time_s, road.next_exit_s)
    if due_s < NEVER_S:
        plan_event(roads, i, due_s)


@looped
def set_saturation(roads, j, veh_s, now_s):  # type: ignore[no-untyped-def]
    """From `now_s` on link j lets `veh_s` (veh/s, above 0) in and out, headways under way included."""
    road = roads.links[j]
    gap_s = 1.0 / veh_s
    if road.next_entry_s > now_s:
        road.next_entry_s = now_s + (road.next_entry_s - now_s) * gap_s / road.gap_s
    if road.next_exit_s > now_s:
        road.next_exit_s = now_s + (road.next_exit_s - now_s) * gap_s / road.gap_s
    road.gap_s = gap_s
    road.roomy = -1  # headways were not always what they are now
    unschedule(roads.events, roads.buckets, roads.links.size + j)
    wake(roads, j)
    _head_due(roads, j)


@looped
def set_storage(roads, j, places, now_s):  # type: ignore[no-untyped-def]
    """Let link j hold so many places (1 to its ring's size), as when lanes are reversed."""
    roads.links[j].storage = places
    roads.links[j].roomy = -1
    roads.links[j].next_entry_s = max(roads.links[j].next_entry_s, now_s)  # nobody enters in the past
    unschedule(roads.events, roads.buckets, roads.links.size + j)
    wake(roads, j)


@looped
def set_entry_state(roads, j, state, now_s):  # type: ignore[no-untyped-def]
    """Open link j, hold it (out of hours) or close it: nobody enters one that is not open."""
    roads.links[j].entry_state = state
    unschedule(roads.events, roads.buckets, roads.links.size + j)
    if state == OPEN:
        roads.links[j].next_entry_s = max(roads.links[j].next_entry_s, now_s)  # nobody enters in the past
        wake(roads, j)


@looped
def hold_roads(roads, held, now_s):  # type: ignore[no-untyped-def]
    """Hold every open road (out of hours), or open every one that is held; ferries have their own hours."""
    before, after = (OPEN, HELD) if held else (HELD, OPEN)
    for j in range(roads.n_links):
        if roads.links[j].ferry < 0 and roads.links[j].entry_state == before:
            set_entry_state(roads, j, after, now_s)


@looped
def _stop_waiting(roads, i):  # type: ignore[no-untyped-def]
    """Take stream i out of the merge in which it waits."""
    stream = roads.links[i]
    if stream.waits != 1:
        return
    road = roads.links[stream.wanted]
    here, before = road.first_waiting, -1
    while here != i:
        before, here = here, roads.links[here].next_waiting
    if before < 0:
        road.first_waiting = stream.next_waiting
    else:
        roads.links[before].next_waiting = stream.next_waiting
    stream.next_waiting = -1


@looped
def set_frozen(roads, j, frozen, now_s):  # type: ignore[no-untyped-def]
    """Let nobody off link j (1), or let them off again (0)."""
    road = roads.links[j]
    if frozen == 1:
        _stop_waiting(roads, j)
        unschedule(roads.events, roads.buckets, j)
        road.frozen = 1
        if road.taken > 0:
            road.waits = 3
        return
    road.frozen = 0
    if road.waits == 3:
        road.waits = 0
        if road.taken > 0:
            ready_s = roads.ring[road.first_place + road.head].time_s
            if ready_s < NEVER_S:
                plan_event(roads, j, max(ready_s, now_s, road.next_exit_s))


@looped
def turn_back(roads, travellers, j, stream, now_s):  # type: ignore[no-untyped-def]
    """Send every vehicle on link j back to its start: each needs as long as it has come in free flow.

    stream : origin queue at the link's start that they join; each follows its detour from there
    returns : int64, how many turned
    """
    road = roads.links[j]
    _stop_waiting(roads, j)
    unschedule(roads.events, roads.buckets, j)
    road.waits = 0
    turned = 0
    while road.taken > 0:
        place = roads.ring[road.first_place + road.head]
        packed = np.int64(place.vehicle)
        vehicle, kind = packed & _LOW_BITS, packed >> CLASS_BITS
        entered_s = place.time_s - road.free_flow_s
        back_s = now_s + min(max(now_s - entered_s, 0.0), road.free_flow_s)
        places = min(travellers.class_places[kind], road.storage)
        for _ in range(places):
            roads.ring[road.first_place + road.head].time_s = now_s
            road.head += 1
            if road.head == road.ring_size:
                road.head = 0
        road.taken -= places
        road.left += 1
        persons = persons_in(travellers, vehicle, kind)
        road.persons -= persons
        road.person_s += persons * now_s
        _send_back(travellers, vehicle, place.way)
        join_queue(roads, travellers, stream, vehicle, back_s)
        turned += 1
    return turned


@looped
def clear_berth(roads, travellers, services, number, stream, now_s):  # type: ignore[no-untyped-def]
    """Send back whoever waits at a berth and is not aboard; returns int64, how many."""
    berth = services.berths[number]
    road = roads.links[berth.link]
    waiting = road.entered - berth.boarded_before - berth.aboard_vehicles
    at = berth.next_aboard
    for _ in range(waiting):
        place = roads.ring[road.first_place + at]
        packed = np.int64(place.vehicle)
        vehicle, kind = packed & _LOW_BITS, packed >> CLASS_BITS
        places = min(travellers.class_places[kind], road.storage)
        for _ in range(places):
            roads.ring[road.first_place + at].time_s = now_s
            at = 0 if at + 1 == road.ring_size else at + 1
        road.taken -= places
        persons = persons_in(travellers, vehicle, kind)
        road.persons -= persons
        road.person_s += persons * now_s
        _send_back(travellers, vehicle, place.way)
        join_queue(roads, travellers, stream, vehicle, now_s)
    # They never crossed: the link forgets that they came, so that those aboard stay first in its count.
    road.entered -= waiting
    road.tail = berth.next_aboard
    return waiting


@folded
def _send_back(travellers, vehicle, way):  # type: ignore[no-untyped-def]
    """A vehicle at the start of its link again takes its tree, or that same link again."""
    if travellers.detour[vehicle] >= 0:
        travellers.way[vehicle] = -1 - travellers.detour[vehicle]
    elif way < 0:
        travellers.way[vehicle] = way
    else:
        travellers.way[vehicle] = way - 1


@looped
def decide_anew(roads, now_s, everybody):  # type: ignore[no-untyped-def]
    """Let streams that wait choose again: those without a way on or before a closed link; or everybody."""
    for i in range(roads.links.size):
        stream = roads.links[i]
        if stream.waits == 2 or (
            stream.waits == 1 and (everybody or roads.links[stream.wanted].entry_state == CLOSED)
        ):
            _stop_waiting(roads, i)
            stream.waits = 4
            plan_event(roads, i, now_s)


@looped
def mark_broken_routes(links, route_links, route_uses, route_broken):  # type: ignore[no-untyped-def]
    """Write 1 for every position of a route from which it leads onto a closed link, else 0.

    route_uses : uint8 along the routes, closed to which of these uses counts as closed; 0: none does
    """
    broken = 0
    for k in range(route_links.size - 1, -1, -1):
        if route_links[k] < 0:
            broken = 0
        elif links[route_links[k]].entry_state == CLOSED or (
            route_uses[k] != 0 and links[route_links[k]].uses & route_uses[k] == 0
        ):
            broken = 1
        route_broken[k] = broken
