"""Vehicles between a base, pickups and drops: drives by the time of day, vehicles out second by second."""

from typing import Any

import numpy.typing as npt

from farshore.kernels.compiled import folded, looped

__all__ = ["add_use", "best_chain", "best_extra", "earliest_round", "fifo_wait"]

_NO_WAY = 1 << 40


@folded
def _seconds(travel_s: Any, period_s: Any, place: Any, other: Any, at_s: Any) -> Any:
    """Drive time of a departure at that second; the last period never ends."""
    return travel_s[min(at_s // period_s, travel_s.shape[0] - 1), place, other]


@folded
def _set_out(travel_s: Any, period_s: Any, place: Any, other: Any, at_s: Any) -> Any:
    """First second from `at_s` on at which there is a way, −1 if there is none any more."""
    period = min(at_s // period_s, travel_s.shape[0] - 1)
    while period < travel_s.shape[0]:
        if travel_s[period, place, other] < _NO_WAY:
            return max(at_s, period * period_s)
        period += 1
    return -1


@folded
def _leave_for(travel_s: Any, period_s: Any, place: Any, other: Any, by_s: Any) -> Any:
    """Last second at which a drive that ends by `by_s` can begin, −1 if there is none."""
    period = min(max(by_s, 0) // period_s, travel_s.shape[0] - 1)
    while period >= 0:
        latest = by_s - travel_s[period, place, other]
        if period + 1 < travel_s.shape[0]:
            latest = min(latest, (period + 1) * period_s - 1)
        if latest >= period * period_s:
            return latest
        period -= 1
    return -1


@looped
def earliest_round(
    in_use: npt.NDArray[Any],
    vehicles: int,
    travel_s: npt.NDArray[Any],
    period_s: int,
    base: int,
    pickup: int,
    drop: int,
    load_s: int,
    unload_s: int,
    from_s: int,
    until_s: int,
    duty_s: int,
    ready_s: int,
) -> Any:
    """First round base, pickup, drop, base that departs at `ready_s` or later and finds a vehicle there.

    in_use : int32[n_seconds], vehicles out in each second; vehicles : how many there are
    travel_s : int64[n_periods, n_places, n_places], by the period in which a drive begins; 2⁴⁰ where no way
    duty_s : longest round
    returns : leave, load, depart, arrive, homeward, back in seconds; leave is −1 if there is no such round
    """
    leave = _set_out(travel_s, period_s, base, pickup, from_s)
    if leave < 0:
        return -1, -1, -1, -1, -1, -1
    depart = max(ready_s, leave + _seconds(travel_s, period_s, base, pickup, leave) + load_s)
    last = min(until_s, in_use.shape[0])
    while depart < last:
        depart = _set_out(travel_s, period_s, pickup, drop, depart)
        if depart < 0:
            break
        leave = _leave_for(travel_s, period_s, base, pickup, depart - load_s)
        arrive = depart + _seconds(travel_s, period_s, pickup, drop, depart)
        homeward = _set_out(travel_s, period_s, drop, base, arrive + unload_s)
        if homeward < 0:
            break
        back = homeward + _seconds(travel_s, period_s, drop, base, homeward)
        if back > last:
            break
        if back - leave > duty_s:
            depart = (min(depart // period_s, travel_s.shape[0] - 1) + 1) * period_s  # perhaps quicker then
            if depart >= travel_s.shape[0] * period_s:
                break
            continue
        blocked = back - 1
        while blocked >= leave and in_use[blocked] < vehicles:
            blocked -= 1
        if blocked < leave:
            return leave, depart - load_s, depart, arrive, homeward, back
        depart += blocked + 1 - leave
    return -1, -1, -1, -1, -1, -1


@looped
def add_use(in_use: npt.NDArray[Any], leave: int, back: int, change: int) -> None:
    """Count a vehicle as out, or no longer out, from `leave` until `back`."""
    for second in range(leave, back):
        in_use[second] += change


@looped
def fifo_wait(
    ready_s: npt.NDArray[Any],
    persons: npt.NDArray[Any],
    departs_s: npt.NDArray[Any],
    room: npt.NDArray[Any],
    n_departs: int,
    extra_s: int,
    extra_room: int,
    never_s: int,
) -> Any:
    """Person-seconds until boarding if all take the first vehicle with room, first ready, first aboard.

    ready_s, persons : int64[n], sorted by ready_s
    departs_s, room : int64[n_departs or more], sorted
    extra_s, extra_room : one departure more; none if it has no room
    never_s : when those count as boarding for whom there is no room
    """
    at, left, total, used_extra = 0, 0, 0, extra_room <= 0
    n = ready_s.shape[0]
    if n == 0:
        return 0
    left = persons[0]
    taken = 0
    while taken < n_departs or not used_extra:
        if not used_extra and (taken >= n_departs or extra_s < departs_s[taken]):
            moment, free = extra_s, extra_room
            used_extra = True
        else:
            moment, free = departs_s[taken], room[taken]
            taken += 1
        while at < n and free > 0 and ready_s[at] <= moment:
            aboard = min(free, left)
            total += aboard * (moment - ready_s[at])
            free -= aboard
            left -= aboard
            if left == 0:
                at += 1
                if at < n:
                    left = persons[at]
        if at >= n:
            return total
    while at < n:
        total += left * max(0, never_s - ready_s[at])
        at += 1
        if at < n:
            left = persons[at]
    return total


@looped
def best_chain(
    place: int,
    base: int,
    free_s: int,
    duty_from_s: int,
    groups: npt.NDArray[Any],
    pickup: npt.NDArray[Any],
    drop: npt.NDArray[Any],
    seats: int,
    wheel_places: int,
    first: npt.NDArray[Any],
    ready_s: npt.NDArray[Any],
    waiting: npt.NDArray[Any],
    in_wheelchair: npt.NDArray[Any],
    travel_s: npt.NDArray[Any],
    period_s: int,
    load_s: int,
    unload_s: int,
    until_s: int,
    duty_s: int,
    made: npt.NDArray[Any],
) -> Any:
    """The next trip of one vehicle that fetches most persons for the time it takes, wherever it goes next.

    place : where it stands from `free_s` on; duty_from_s : when its duty began, −1 at the base before one
    groups : int64[n], groups of rides that it may take; pickup, drop : int64[n_groups]
    first : int64[n_groups + 1], rides of each group in ready_s, waiting, in_wheelchair, sorted by ready_s
    made : int64[6], filled with leave, load, depart, arrive, persons, group
    returns : worth, 0 if there is none; the vehicle can still be back at the base by `until_s` and in duty
    """
    best = 0.0
    for at in range(groups.shape[0]):
        g = groups[at]
        set_out = _set_out(travel_s, period_s, place, pickup[g], free_s)
        if set_out < 0:
            continue
        there = set_out + _seconds(travel_s, period_s, place, pickup[g], set_out) + load_s
        for part in range(4):  # with whom is there; a first one; half full; full
            seated, wheeled, depart = 0, 0, there
            enough = max(1, (1, 1, (seats + 1) // 2, seats)[part])
            for ride in range(first[g], first[g + 1]):
                if waiting[ride] == 0:
                    continue
                if ready_s[ride] > depart and (part == 0 or seated + wheeled >= enough):
                    break
                if in_wheelchair[ride]:
                    aboard = min(waiting[ride], wheel_places - wheeled)
                    wheeled += aboard
                else:
                    aboard = min(waiting[ride], seats - seated)
                    seated += aboard
                if aboard > 0:
                    depart = max(depart, ready_s[ride])
            if seated + wheeled == 0:
                continue
            depart = _set_out(travel_s, period_s, pickup[g], drop[g], depart)
            if depart < 0:
                continue
            leave = set_out
            if duty_from_s < 0:  # no need to leave the base before there is somebody to fetch
                leave = max(set_out, _leave_for(travel_s, period_s, place, pickup[g], depart - load_s))
            arrive = depart + _seconds(travel_s, period_s, pickup[g], drop[g], depart)
            homeward = _set_out(travel_s, period_s, drop[g], base, arrive + unload_s)
            if homeward < 0:
                continue
            back = homeward + _seconds(travel_s, period_s, drop[g], base, homeward)
            begun = leave if duty_from_s < 0 else duty_from_s
            if back > until_s or back - begun > duty_s:
                continue
            worth = (seated + wheeled) / (arrive + unload_s - leave + 1 + 0.3 * (depart - free_s))
            if worth > best:
                best = worth
                made[0], made[1], made[2], made[3] = leave, depart - load_s, depart, arrive
                made[4], made[5] = seated + wheeled, g
    return best


@looped
def best_extra(
    moments_s: npt.NDArray[Any],
    seated_ready_s: npt.NDArray[Any],
    seated: npt.NDArray[Any],
    wheeled_ready_s: npt.NDArray[Any],
    wheeled: npt.NDArray[Any],
    departs_s: npt.NDArray[Any],
    room: npt.NDArray[Any],
    wheel_room: npt.NDArray[Any],
    seats: int,
    wheel_places: int,
    in_use: npt.NDArray[Any],
    vehicles: int,
    travel_s: npt.NDArray[Any],
    period_s: int,
    base: int,
    pickup: int,
    drop: int,
    load_s: int,
    unload_s: int,
    from_s: int,
    until_s: int,
    duty_s: int,
    never_s: int,
) -> Any:
    """Where one more round would save most waiting for its length.

    moments_s : int64[n], when it might depart, if a vehicle is there
    The others are as in `earliest_round` and `fifo_wait`.
    returns : person-seconds saved per second of vehicle, the moment's row; (0, −1) if nothing would be saved
    """
    n = departs_s.shape[0]
    now = fifo_wait(seated_ready_s, seated, departs_s, room, n, 0, 0, never_s)
    now += fifo_wait(wheeled_ready_s, wheeled, departs_s, wheel_room, n, 0, 0, never_s)
    best, best_at = 0.0, -1
    for at in range(moments_s.shape[0]):
        leave, _, depart, _, _, back = earliest_round(
            in_use, vehicles, travel_s, period_s, base, pickup, drop,
            load_s, unload_s, from_s, until_s, duty_s, moments_s[at],
        )  # fmt: skip
        if leave < 0:
            continue
        wait = fifo_wait(seated_ready_s, seated, departs_s, room, n, depart, seats, never_s)
        wait += fifo_wait(wheeled_ready_s, wheeled, departs_s, wheel_room, n, depart, wheel_places, never_s)
        saved = (now - wait) / max(1, back - leave)
        if saved > best:
            best, best_at = saved, at
    return best, best_at
