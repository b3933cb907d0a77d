"""Network loading: vehicles move over links by Newell's rules and through junctions first in, first out.

The one loop takes the earliest event: the head of a stream (a link or an origin queue) has reached the
junction, or a link on which vehicles wait can take its next one. A vehicle that finds its next link free
enters at once; otherwise its stream waits in the link's merge, and everything behind it waits too.

Merge rules, among streams that wait for the same link (never an empty place while anybody wants it):
  LONGEST_WAIT : whoever stood longest at the junction
  PROPORTIONAL : places in proportion to `1 / cost` of each stream (its saturation flow, or a stated priority)

Tampère, C. M. J., Corthout, R., Cattrysse, D., & Immers, L. H. (2011), A generic class of first order node
models for dynamic macroscopic simulation of traffic flows. The shares follow start-time fair queueing:
Goyal, P., Vin, H. M., & Cheng, H. (1997).
"""

import numpy as np

from farshore.kernels.compiled import folded, looped
from farshore.kernels.roads import (
    ARRIVED,
    BERTH,
    CLASS_BITS,
    CLOSED,
    MOMENT,
    NEVER_S,
    NOWHERE,
    OPEN,
    persons_in,
    plan_event,
)
from farshore.kernels.services import board, load_shuttle
from farshore.kernels.wheel import next_event

__all__ = ["LONGEST_WAIT", "PROPORTIONAL", "advance", "start_queues"]

LONGEST_WAIT, PROPORTIONAL = 0, 1
# An entry is offered so much after it is due, so that a head ready at the very same moment takes part.
_AFTER_S = 1e-6
_MOST_AHEAD = 16.0  # services by which a stream that was never held up may be behind the others in a merge
_LOW_BITS = (1 << CLASS_BITS) - 1


@folded
def entry_time(road, ring, places):  # type: ignore[no-untyped-def]
    """Earliest time (s) for a vehicle of so many places to enter; NEVER_S if an exit must come first."""
    if road.taken <= road.roomy:
        return road.next_entry_s
    if road.taken + places > road.storage:
        return NEVER_S
    place = road.tail + places - 1 + road.ring_size - road.storage
    if place >= road.ring_size:
        place -= road.ring_size
        if place >= road.ring_size:
            place -= road.ring_size
    return max(road.next_entry_s, ring[road.first_place + place].time_s)


@folded
def wake(roads, j):  # type: ignore[no-untyped-def]
    """Offer link j to those who wait for it, as soon as it can take one."""
    road = roads.links[j]
    offer = roads.links.size + j
    if road.first_waiting < 0 or road.entry_state != OPEN or roads.events[offer].bucket >= 0:
        return
    due_s = entry_time(road, roads.ring, 1)
    if due_s < NEVER_S:
        plan_event(roads, offer, due_s + _AFTER_S)


@looped
def start_queues(roads, travellers):  # type: ignore[no-untyped-def]
    """Make the first departure of every origin queue an event."""
    for queue in range(travellers.queue_head.size):
        vehicle = travellers.queue_head[queue]
        if vehicle >= 0 and roads.events[roads.n_links + queue].bucket < 0:
            plan_event(
                roads,
                roads.n_links + queue,
                travellers.departure_s[vehicle],
            )


@folded
def leave(roads, travellers, i, packed, now_s):  # type: ignore[no-untyped-def]
    """Take the head off stream i; whoever is behind becomes its head."""
    stream = roads.links[i]
    vehicle, kind = packed & _LOW_BITS, packed >> CLASS_BITS
    stream.left += 1
    if i >= roads.n_links:
        if np.isnan(travellers.entered_s[vehicle]):
            travellers.entered_s[vehicle] = now_s
        following = travellers.next_in_queue[vehicle]
        travellers.queue_head[i - roads.n_links] = following
        if following >= 0:
            plan_event(
                roads,
                i,
                max(now_s, travellers.departure_s[following]),
            )
        return
    ring, start, size = roads.ring, stream.first_place, stream.ring_size
    head = stream.head
    persons = persons_in(travellers, vehicle, kind)
    stream.waited_s += now_s - ring[start + head].time_s
    gap_s = travellers.class_pcu[kind] * stream.gap_s
    # A head held up by the junction does not hold up the one behind it by a whole headway more: the flow that
    # a queue offers is its saturation flow (Tampère et al.), a vehicle's worth of it at most.
    stream.next_exit_s = max(ring[start + head].time_s, stream.next_exit_s, now_s - gap_s) + gap_s
    places = min(travellers.class_places[kind], stream.storage)
    for _ in range(places):
        ring[start + head].time_s = now_s + stream.backward_s
        head += 1
        if head == size:
            head = 0
    stream.head = head
    stream.taken -= places
    stream.persons -= persons
    stream.person_s += persons * now_s
    if stream.first_waiting >= 0:
        wake(roads, i)
    if stream.taken > 0:
        place = ring[start + head]
        stream.head_vehicle = place.vehicle
        stream.head_way = place.way
        ready_s = max(place.time_s, stream.next_exit_s)
        if ready_s < NEVER_S:
            plan_event(roads, i, ready_s)


@folded
def change_queue(roads, travellers, i, j, vehicle, now_s):  # type: ignore[no-untyped-def]
    """Move the head of an origin's stream to the queue for link j (below 0: for those without a way)."""
    stream = roads.links[i]
    place = roads.links[j].out_position if j >= 0 else stream.sides - 1
    side = stream.first_side + place
    following = travellers.next_in_queue[vehicle]
    travellers.queue_head[i - roads.n_links] = following
    stream.left += 1
    if following >= 0:
        plan_event(roads, i, max(now_s, travellers.departure_s[following]))
    queue = side - roads.n_links
    roads.links[side].entered += 1
    travellers.next_in_queue[vehicle] = -1
    if travellers.queue_head[queue] < 0:
        travellers.queue_head[queue] = vehicle
        plan_event(roads, side, now_s)
    else:
        travellers.next_in_queue[travellers.queue_tail[queue]] = vehicle
    travellers.queue_tail[queue] = vehicle


@folded
def enter(roads, travellers, services, j, packed, way, now_s, held):  # type: ignore[no-untyped-def]
    """Put a vehicle at the entry of link j; `held` if it stood in a queue for it."""
    road = roads.links[j]
    kind = packed >> CLASS_BITS
    persons = persons_in(travellers, packed & _LOW_BITS, kind)
    places = min(travellers.class_places[kind], road.storage)
    alone = road.taken == 0
    berth = road.uses >= BERTH
    if alone and not berth and now_s >= road.next_exit_s + road.backward_s:
        # every vacancy has reached the entry, so any place will do: those used last are still in the cache
        road.tail = 0
        road.head = 0
    place = roads.ring[road.first_place + road.tail]
    place.vehicle = packed
    place.way = way
    if alone:
        road.head_vehicle = packed
        road.head_way = way
    tail = road.tail + places
    road.tail = tail - road.ring_size if tail >= road.ring_size else tail
    road.taken += places
    road.entered += 1
    road.persons += persons
    road.person_s -= persons * now_s
    gap_s = travellers.class_pcu[kind] * road.gap_s
    if held:
        gap_s /= 1.0 - road.drop
    road.next_entry_s = now_s + gap_s
    if berth:
        place.time_s = NEVER_S + MOMENT * now_s
        board(roads, travellers, services, road.ferry, now_s)
        return
    place.time_s = now_s + road.free_flow_s
    if alone:
        ready_s = max(now_s + road.free_flow_s, road.next_exit_s)
        plan_event(roads, j, ready_s)


@folded
def next_of(roads, travellers, vehicle, kind, way, node):  # type: ignore[no-untyped-def]
    """The link that a vehicle at the end of its own wants next, and its way from there on.

    A route with a link known to be closed is given up for the vehicle's tree. NOWHERE: no way on is open.
    """
    if way >= 0:
        j = travellers.route_links[way]
        if j < 0:
            return j, way
        if travellers.route_broken[way] == 0:
            if roads.links[j].entry_state != CLOSED and roads.links[j].uses & travellers.class_uses[kind]:
                return j, way + 1
            return NOWHERE, way
        if travellers.detour[vehicle] < 0:
            return NOWHERE, way
        way = -1 - travellers.detour[vehicle]
    j = travellers.next_link[-1 - way, node]
    if j >= 0 and (
        roads.links[j].entry_state == CLOSED or not roads.links[j].uses & travellers.class_uses[kind]
    ):
        return NOWHERE, way
    return j, way


@folded
def _key(roads, i, j):  # type: ignore[no-untyped-def]
    """Place of stream i in the merge before link j: lower goes first."""
    stream = roads.links[i]
    return stream.service + roads.turn_credit[stream.first_turn + roads.links[j].out_position]


@folded
def _join_merge(roads, i, j, now_s):  # type: ignore[no-untyped-def]
    """Let stream i wait for link j; one that was long away neither saves up claims nor owes any."""
    stream, road = roads.links[i], roads.links[j]
    turn = stream.first_turn + road.out_position
    key = stream.service + roads.turn_credit[turn]
    if key < road.clock - stream.cost:
        roads.turn_credit[turn] = road.clock - stream.cost - stream.service
    elif key > road.clock + _MOST_AHEAD * stream.cost:
        roads.turn_credit[turn] = road.clock + _MOST_AHEAD * stream.cost - stream.service
    if stream.waits != 4:
        stream.ready_s = now_s
    stream.waits = 1
    stream.wanted = j
    stream.next_waiting = road.first_waiting
    road.first_waiting = i


@folded
def _choose(roads, j, rule):  # type: ignore[no-untyped-def]
    """The stream that goes next onto link j, and the one before it in the list of those who wait."""
    links = roads.links
    best, best_before, before = links[j].first_waiting, -1, -1
    i = best
    best_key = 0.0
    while i >= 0:
        key = _key(roads, i, j) if rule == PROPORTIONAL else links[i].ready_s
        # of equals the one further back in the list has waited longer
        if i == links[j].first_waiting or (links[i].rank, key) <= (links[best].rank, best_key):
            best, best_before, best_key = i, before, key
        before = i
        i = links[i].next_waiting
    return best, best_before


@looped
def advance(roads, travellers, services, rule, until_s, tally):  # type: ignore[no-untyped-def]
    """Let everything happen that happens before `until_s` (s).

    tally : int64[2], added to: links travelled to their end, vehicles arrived
    Stops before if a vehicle that is led step by step has reached the end of its way (`Services.came`).
    """
    links, ring, events = roads.links, roads.ring, roads.events
    n_streams, n_links = links.size, roads.n_links
    while True:
        event = next_event(events, roads.buckets, roads.buckets_per_s, roads.cursor, until_s)
        if event < 0:
            return
        now_s = events[event].time_s
        if event >= n_streams + n_links:
            board(roads, travellers, services, event - n_streams - n_links, now_s)
            continue
        if event < n_streams:
            i = event
            stream = links[i]
            if stream.frozen == 1:
                stream.waits = 3
                continue
            if i < n_links:
                packed, way = np.int64(stream.head_vehicle), np.int64(stream.head_way)
                vehicle = packed & _LOW_BITS
            else:
                vehicle = np.int64(travellers.queue_head[i - n_links])
                packed = vehicle | (np.int64(travellers.vehicle_class[vehicle]) << CLASS_BITS)
                way = np.int64(travellers.way[vehicle])
            kind = packed >> CLASS_BITS
            onto = stream.onto
            j, way = next_of(roads, travellers, vehicle, kind, way, stream.to_node)
            if i >= n_links and j != ARRIVED and stream.is_gate != 2:
                # who queues for a link keeps to it while it is open, whatever others hear by now
                if (
                    way < 0
                    and stream.is_gate == 0
                    and onto >= 0
                    and j >= 0
                    and links[onto].entry_state != CLOSED
                ):
                    j = np.int64(onto)
                if stream.is_gate == 1 or j != onto:
                    stream.waits = 0
                    change_queue(roads, travellers, i, j, vehicle, now_s)
                    continue
            if j == ARRIVED:
                stream.waits = 0
                leave(roads, travellers, i, packed, now_s)
                if i < n_links:
                    tally[0] += 1
                if vehicle >= travellers.first_shuttle + services.shuttles.size:
                    travellers.arrived_s[vehicle] = now_s
                    travellers.arrived_at[vehicle] = stream.to_node
                    services.came[0] = vehicle
                    return
                if vehicle >= travellers.first_shuttle:
                    load_shuttle(roads, travellers, services, vehicle, now_s)
                else:
                    tally[1] += 1
                    travellers.arrived_s[vehicle] = now_s
                    travellers.arrived_at[vehicle] = stream.to_node
                continue
            if j == NOWHERE:
                if stream.waits != 4:
                    stream.ready_s = now_s
                stream.waits = 2
                continue
            road = links[j]
            at_s = now_s
            if road.first_waiting >= 0 or road.entry_state != OPEN:
                _join_merge(roads, i, j, now_s)
                continue
            due_s = entry_time(road, ring, min(travellers.class_places[kind], road.storage))
            if due_s > now_s:
                _join_merge(roads, i, j, now_s)
                if due_s < NEVER_S and events[n_streams + j].bucket < 0:
                    plan_event(roads, n_streams + j, due_s + _AFTER_S)
                continue
            stream.waits = 0
        else:
            j = event - n_streams
            road = links[j]
            if road.first_waiting < 0 or road.entry_state != OPEN:
                continue
            i, before = _choose(roads, j, rule)
            stream = links[i]
            if i < n_links:
                packed, way = np.int64(stream.head_vehicle), np.int64(stream.head_way)
                vehicle = packed & _LOW_BITS
            else:
                vehicle = np.int64(travellers.queue_head[i - n_links])
                packed = vehicle | (np.int64(travellers.vehicle_class[vehicle]) << CLASS_BITS)
                way = np.int64(travellers.way[vehicle])
            kind = packed >> CLASS_BITS
            due_s = entry_time(road, ring, min(travellers.class_places[kind], road.storage))
            if due_s > now_s:
                if due_s < NEVER_S:
                    plan_event(roads, n_streams + j, due_s + _AFTER_S)
                continue
            at_s = max(due_s, stream.ready_s)
            if way >= 0 and travellers.route_broken[way] == 0:
                way += 1
            elif way >= 0:
                way = -1 - np.int64(travellers.detour[vehicle])
            road.clock = max(road.clock, _key(roads, i, j))
            if before < 0:
                road.first_waiting = stream.next_waiting
            else:
                links[before].next_waiting = stream.next_waiting
            stream.next_waiting = -1
            stream.waits = 0
        stream.service += stream.cost * travellers.class_pcu[kind]
        if i < n_links:
            tally[0] += 1
        leave(roads, travellers, i, packed, at_s)
        enter(roads, travellers, services, j, packed, way, at_s, event >= n_streams)
        if road.first_waiting >= 0:
            wake(roads, j)
