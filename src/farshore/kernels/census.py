"""Where everybody is: every vehicle is found exactly once, in an origin queue, on a link, or arrived."""

from numba import njit

from farshore.kernels.roads import CLASS_BITS

__all__ = ["AWAY", "DONE", "find_everybody"]

DONE, AWAY = -1, -2  # at its destination; nowhere to be found
_LOW_BITS = (1 << CLASS_BITS) - 1


@njit(cache=True)
def find_everybody(roads, travellers, found, behind):  # type: ignore[no-untyped-def]
    """Write the stream in which each vehicle is, DONE or AWAY, and how many vehicles are before it there.

    found, behind : int32[n_vehicles], written
    returns : int64, vehicles found twice or not at all; anything but 0 is a broken conservation law
    """
    wrong = 0
    found[:] = AWAY
    behind[:] = 0
    for vehicle in range(found.size):
        if travellers.arrived_s[vehicle] == travellers.arrived_s[vehicle]:
            found[vehicle] = DONE
    for queue in range(travellers.queue_head.size):
        here, before = travellers.queue_head[queue], 0
        while here >= 0:
            wrong += found[here] != AWAY
            found[here] = roads.n_links + queue
            behind[here] = before
            before += 1
            here = travellers.next_in_queue[here]
    for j in range(roads.n_links):
        road = roads.links[j]
        at, places_left, before = road.head, road.taken, 0
        while places_left > 0:
            packed = roads.ring[road.first_place + at].vehicle
            vehicle = packed & _LOW_BITS
            wrong += found[vehicle] != AWAY
            found[vehicle] = j
            behind[vehicle] = before
            before += 1
            places = min(travellers.class_places[packed >> CLASS_BITS], road.storage)
            at += places
            if at >= road.ring_size:
                at -= road.ring_size
            places_left -= places
        wrong += before != road.entered - road.left
    for vehicle in range(found.size):
        wrong += found[vehicle] == AWAY
    return wrong
