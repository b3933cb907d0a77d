"""Room for whole people in whole vehicles: how many fit a stretch in a step, and letting them in and out."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["Rooms", "asked_between", "fits", "give", "take"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Rooms(NamedTuple):
    """Stretches, what entering them uses, and what is left of everything.

    arcs_first : int64[n_stretches + 1]; arcs, offset : arcs of a stretch, and steps from entering it to each
    length : int64[n_stretches], steps; bus_of : int64[n_stretches], number among the rides, −1 for others
    opens_of : int64[n_arcs], row of `opens` : int64[n_rows, n_steps], 1 where an arc may be entered
    use_first : int64[n_arcs + 1]; use_base, use_offset : int64[n_uses]; use_seats : bool[n_uses]
    left : int64[n_resources], of fleets in vehicles; fleet_first, fleet_end : the resources of fleets
    per_trip, fleet_seats : int64[n_rides], assisted riders and seats of one trip
    trips, seats_left, assisted_left : int64[n_rides, n_steps]
    pcu : room of a road that a bus takes; days_left : int64[n_fleets, n_days], vehicle-steps
    taken : int64[n_hosts, n_steps], intake left; beds : int64[n_hosts]
    """

    arcs_first: Ints
    arcs: Ints
    offset: Ints
    length: Ints
    bus_of: Ints
    opens_of: Ints
    opens: Ints
    use_first: Ints
    use_base: Ints
    use_offset: Ints
    use_seats: Flags
    left: Ints
    fleet_first: int
    fleet_end: int
    per_trip: Ints
    fleet_seats: Ints
    trips: Ints
    seats_left: Ints
    assisted_left: Ints
    pcu: int
    days_left: Ints
    steps_in_day: int
    n_steps: int
    taken: Ints
    beds: Ints


@_njit(cache=True)
def fits(rooms: Rooms, stretch: int, k: int, seats: int) -> Any:  # noqa: PLR0911 (each limit answers for itself)
    """How many people of so many seats each can enter a stretch in a step; −1: nobody ever again."""
    if k + rooms.length[stretch] >= rooms.n_steps:
        return -1
    many: Any = np.int64(1 << 40)
    bus = rooms.bus_of[stretch]
    for i in range(rooms.arcs_first[stretch], rooms.arcs_first[stretch + 1]):
        if rooms.opens[rooms.opens_of[rooms.arcs[i]], k + rooms.offset[i]] == 0:
            return -1
    if bus < 0:
        for i in range(rooms.arcs_first[stretch], rooms.arcs_first[stretch + 1]):
            arc = rooms.arcs[i]
            for j in range(rooms.use_first[arc], rooms.use_first[arc + 1]):
                there = rooms.left[rooms.use_base[j] + k + rooms.offset[i] + rooms.use_offset[j]]
                if there <= 0:
                    return -1
                many = min(many, there // seats if rooms.use_seats[j] else there)
        return many
    room = rooms.seats_left[bus, k] // seats
    if seats > 1:
        room = min(room, rooms.assisted_left[bus, k])
    if room > 0:
        return min(many, room)
    day: Any = np.int64(-1)
    count: Any = np.int64(0)
    for i in range(rooms.arcs_first[stretch], rooms.arcs_first[stretch + 1]):
        arc = rooms.arcs[i]
        for j in range(rooms.use_first[arc], rooms.use_first[arc + 1]):
            resource = rooms.use_base[j] + k + rooms.offset[i] + rooms.use_offset[j]
            if rooms.fleet_first <= rooms.use_base[j] < rooms.fleet_end:
                fleet = (rooms.use_base[j] - rooms.fleet_first) // rooms.n_steps
                step = resource - rooms.use_base[j]
                count = count + 1 if step // rooms.steps_in_day == day else 1
                day = step // rooms.steps_in_day
                if rooms.left[resource] <= 0 or rooms.days_left[fleet, day] < count:
                    return -1
            elif rooms.left[resource] < rooms.pcu:
                return -1
    return min(many, rooms.fleet_seats[bus] // seats)


@_njit(cache=True)
def asked_between(begin: int, end: int, rooms: Rooms, opening: float, tolls: Floats, asked: Floats) -> None:
    """Tolls where a seat in a bus that goes anyway is free, and one in another `opening` times as dear.

    tolls, asked : float64[n_steps, n_stretches]; `asked` is filled in from `begin` to before `end`
    """
    for k in range(begin, end):
        for s in range(tolls.shape[1]):
            toll, bus = tolls[k, s], rooms.bus_of[s]
            if bus >= 0:
                toll = 0.0 if rooms.seats_left[bus, k] > 0 else opening * toll
            asked[k, s] = toll


@_njit(cache=True)
def take(rooms: Rooms, stretch: int, k: int, count: int, seats: int) -> None:
    """Let people enter a stretch in a step, in as many more trips as that needs; nothing is checked."""
    bus = rooms.bus_of[stretch]
    if bus < 0:
        _pass(rooms, stretch, k, count, count * seats)
        return
    rooms.seats_left[bus, k] -= count * seats
    if seats > 1:
        rooms.assisted_left[bus, k] -= count
    while rooms.seats_left[bus, k] < 0 or rooms.assisted_left[bus, k] < 0:
        _send(rooms, stretch, k, 1)


@_njit(cache=True)
def give(rooms: Rooms, stretch: int, k: int, count: int, seats: int) -> None:
    """Undo `take`; a trip that is no longer needed does not go."""
    bus = rooms.bus_of[stretch]
    if bus < 0:
        _pass(rooms, stretch, k, -count, -count * seats)
        return
    rooms.seats_left[bus, k] += count * seats
    if seats > 1:
        rooms.assisted_left[bus, k] += count
    while (
        rooms.seats_left[bus, k] >= rooms.fleet_seats[bus]
        and rooms.assisted_left[bus, k] >= rooms.per_trip[bus]
    ):
        _send(rooms, stretch, k, -1)


@_njit(cache=True)
def _pass(rooms: Rooms, stretch: int, k: int, count: int, seats: int) -> None:
    """People on what is no bus."""
    for i in range(rooms.arcs_first[stretch], rooms.arcs_first[stretch + 1]):
        arc = rooms.arcs[i]
        for j in range(rooms.use_first[arc], rooms.use_first[arc + 1]):
            resource = rooms.use_base[j] + k + rooms.offset[i] + rooms.use_offset[j]
            rooms.left[resource] -= seats if rooms.use_seats[j] else count


@_njit(cache=True)
def _send(rooms: Rooms, stretch: int, k: int, trips: int) -> None:
    """So many trips more."""
    bus = rooms.bus_of[stretch]
    rooms.trips[bus, k] += trips
    rooms.seats_left[bus, k] += trips * rooms.fleet_seats[bus]
    rooms.assisted_left[bus, k] += trips * rooms.per_trip[bus]
    for i in range(rooms.arcs_first[stretch], rooms.arcs_first[stretch + 1]):
        arc = rooms.arcs[i]
        for j in range(rooms.use_first[arc], rooms.use_first[arc + 1]):
            base = rooms.use_base[j]
            resource = base + k + rooms.offset[i] + rooms.use_offset[j]
            if rooms.fleet_first <= base < rooms.fleet_end:
                rooms.left[resource] -= trips
                day = (resource - base) // rooms.steps_in_day
                rooms.days_left[(base - rooms.fleet_first) // rooms.n_steps, day] -= trips
            else:
                rooms.left[resource] -= trips * rooms.pcu
