"""A wheel of time buckets: the next event of a simulation in constant time, in exact order of time.

Each event has a fixed number (its owner's), so it is pending at most once. A bucket is a list sorted by time;
an event further ahead than one turn of the wheel waits in its bucket for a later turn.

Brown, R. (1988), Calendar queues: a fast O(1) priority queue implementation for the simulation event set
problem.
"""

from typing import Any

import numpy as np

from farshore.kernels.compiled import folded, looped

__all__ = ["EVENT", "new_wheel", "next_event", "schedule", "unschedule"]

EVENT = np.dtype([("time_s", "f8"), ("next", "i4"), ("bucket", "i4")], align=True)


def new_wheel(n_events: int, n_buckets: int) -> tuple[Any, Any, Any]:
    """Events, buckets and cursor of an empty wheel.

    n_buckets : a power of two
    returns : EVENT[n_events], int32[n_buckets] (first event or -1), int64[1] (bucket that time has reached)
    """
    events = np.zeros(n_events, EVENT)
    events["next"] = events["bucket"] = -1
    return events, np.full(n_buckets, -1, np.int32), np.zeros(1, np.int64)


@folded
def schedule(events, buckets, buckets_per_s, cursor, event, time_s):  # type: ignore[no-untyped-def]
    """Make an event pending at `time_s` (s), in the past too; it must not be pending already."""
    place = max(np.int64(time_s * buckets_per_s), cursor[0]) & (buckets.size - 1)
    events[event].time_s = time_s
    events[event].bucket = place
    after = buckets[place]
    if after < 0 or events[after].time_s >= time_s:
        events[event].next = after
        buckets[place] = event
        return
    before = after
    after = events[before].next
    while after >= 0 and events[after].time_s < time_s:
        before = after
        after = events[before].next
    events[event].next = after
    events[before].next = event


@looped
def unschedule(events, buckets, event):  # type: ignore[no-untyped-def]
    """Take a pending event off the wheel; nothing happens if it is not pending."""
    place = events[event].bucket
    if place < 0:
        return
    events[event].bucket = -1
    here = buckets[place]
    if here == event:
        buckets[place] = events[event].next
        return
    while here >= 0:
        following = events[here].next
        if following == event:
            events[here].next = events[event].next
            return
        here = following


@folded
def next_event(events, buckets, buckets_per_s, cursor, until_s):  # type: ignore[no-untyped-def]
    """Take the earliest event before `until_s` (s) off the wheel; -1 if there is none."""
    mask = buckets.size - 1
    reached = cursor[0]
    last = np.int64(until_s * buckets_per_s)
    while reached <= last:
        event = buckets[reached & mask]
        if event >= 0:
            time_s = events[event].time_s
            if np.int64(time_s * buckets_per_s) <= reached:
                cursor[0] = reached
                if time_s >= until_s:
                    return -1
                buckets[reached & mask] = events[event].next
                events[event].bucket = -1
                return event
        reached += 1
    cursor[0] = last
    return -1
