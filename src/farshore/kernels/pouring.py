"""Room for whole people in whole vehicles: how many fit a stretch in a step, and letting them enter."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["fits", "take"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@_njit(cache=True)
def fits(  # noqa: PLR0911 (each limit answers for itself)
    stretch: int,
    k: int,
    seats: int,
    host: int,
    may_open: bool,
    arcs_first: Ints,
    arcs: Ints,
    offset: Ints,
    length: Ints,
    bus_of: Ints,
    opens_of: Ints,
    opens: Ints,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    use_unit: Floats,
    use_seats: Flags,
    left: Ints,
    seats_left: Ints,
    assisted_left: Ints,
    fleet_seats: Ints,
    fleet_first: int,
    fleet_end: int,
    pcu: int,
    days_left: Ints,
    steps_in_day: int,
    n_steps: int,
    taken: Ints,
    beds: Ints,
) -> Any:
    """How many people of so many seats each can enter a stretch in a step; −1: nobody ever again."""
    if k + length[stretch] >= n_steps:
        return -1
    many: Any = np.int64(1 << 40)
    bus = bus_of[stretch]
    for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
        if opens[opens_of[arcs[i]], k + offset[i]] == 0:
            return -1
    if host >= 0:
        if taken[host, k + length[stretch]] <= 0 or beds[host] <= 0:
            return -1
        many = min(many, taken[host, k + length[stretch]], beds[host])
    if bus < 0:
        for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
            for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
                there = left[use_base[j] + k + offset[i] + use_offset[j]]
                if there <= 0:
                    return -1
                many = min(many, there // seats if use_seats[j] else there)
        return many
    room = seats_left[bus, k] // seats
    if seats > 1:
        room = min(room, assisted_left[bus, k])
    if room > 0:
        return min(many, room)
    if not may_open:
        return 0
    day: Any = np.int64(-1)
    count: Any = np.int64(0)
    for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
        for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
            resource = use_base[j] + k + offset[i] + use_offset[j]
            if fleet_first <= use_base[j] < fleet_end:
                fleet = (use_base[j] - fleet_first) // n_steps
                step = resource - use_base[j]
                count = count + 1 if step // steps_in_day == day else 1
                day = step // steps_in_day
                if left[resource] <= 0 or days_left[fleet, day] < count:
                    return -1
            elif left[resource] < pcu:
                return -1
    return min(many, fleet_seats[bus] // seats)


@_njit(cache=True)
def take(
    stretch: int,
    k: int,
    count: int,
    seats: int,
    host: int,
    arcs_first: Ints,
    arcs: Ints,
    offset: Ints,
    length: Ints,
    bus_of: Ints,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    use_seats: Flags,
    left: Ints,
    seats_left: Ints,
    assisted_left: Ints,
    per_trip: Ints,
    trips: Ints,
    fleet_seats: Ints,
    fleet_first: int,
    fleet_end: int,
    pcu: int,
    days_left: Ints,
    steps_in_day: int,
    n_steps: int,
    taken: Ints,
    beds: Ints,
) -> None:
    """Let people enter a stretch in a step in which they fit."""
    if host >= 0:
        taken[host, k + length[stretch]] -= count
        beds[host] -= count
    bus = bus_of[stretch]
    if bus < 0:
        for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
            for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
                left[use_base[j] + k + offset[i] + use_offset[j]] -= count * seats if use_seats[j] else count
        return
    if seats_left[bus, k] < seats or (seats > 1 and assisted_left[bus, k] < 1):
        trips[bus, k] += 1
        seats_left[bus, k] += fleet_seats[bus]
        assisted_left[bus, k] += per_trip[bus]
        for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
            for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
                resource = use_base[j] + k + offset[i] + use_offset[j]
                if fleet_first <= use_base[j] < fleet_end:
                    left[resource] -= 1
                    days_left[
                        (use_base[j] - fleet_first) // n_steps, (resource - use_base[j]) // steps_in_day
                    ] -= 1
                else:
                    left[resource] -= pcu
    seats_left[bus, k] -= count * seats
    if seats > 1:
        assisted_left[bus, k] -= count
