"""People put on known ways one group after another, each as early as there is room left, in whole numbers."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["pour"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEVER = 1 << 60


@njit(cache=True)
def _fits(
    stretch: int, k: int, seats: int, host: int, may_open: bool,
    arcs_first: Ints, arcs: Ints, offset: Ints, length: Ints, bus_of: Ints, opens_of: Ints, opens: Ints,
    use_first: Ints, use_base: Ints, use_offset: Ints, use_unit: Floats, use_seats: Flags, left: Ints,
    seats_left: Ints, assisted_left: Ints, fleet_seats: Ints, fleet_first: int, fleet_end: int, pcu: int,
    days_left: Ints, steps_in_day: int, n_steps: int, taken: Ints, beds: Ints,
) -> int:  # fmt: skip
    """How many people, taking so many seats each, can enter a stretch in a step; −1: also others never can."""
    if k + length[stretch] >= n_steps:
        return -1
    many = np.int64(1 << 40)
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
    for i in range(arcs_first[stretch], arcs_first[stretch + 1]):
        for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
            resource = use_base[j] + k + offset[i] + use_offset[j]
            if fleet_first <= use_base[j] < fleet_end:
                fleet = (use_base[j] - fleet_first) // n_steps
                step = resource - use_base[j]
                if left[resource] <= 0 or days_left[fleet, step // steps_in_day] <= 0:
                    return -1
            elif left[resource] < pcu:
                return -1
    return min(many, fleet_seats[bus] // seats)


@njit(cache=True)
def _take(
    stretch: int, k: int, count: int, seats: int, host: int,
    arcs_first: Ints, arcs: Ints, offset: Ints, length: Ints, bus_of: Ints,
    use_first: Ints, use_base: Ints, use_offset: Ints, use_seats: Flags, left: Ints,
    seats_left: Ints, assisted_left: Ints, per_trip: Ints, trips: Ints, fleet_seats: Ints, fleet_first: int,
    fleet_end: int, pcu: int, days_left: Ints, steps_in_day: int, n_steps: int, taken: Ints, beds: Ints,
) -> None:  # fmt: skip
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


@njit(cache=True)
def pour(
    group_commodity: Ints,
    group_people: Ints,
    group_ready: Ints,
    group_open: Flags,
    group_first: Ints,
    candidates: Ints,
    need: Ints,
    pattern_first: Ints,
    pattern_stretch: Ints,
    pattern_host: Ints,
    pattern_car: Flags,
    arcs_first: Ints,
    arcs: Ints,
    offset: Ints,
    length: Ints,
    bus_of: Ints,
    wait_at: Ints,
    room_of_bus: Ints,
    opens_of: Ints,
    opens: Ints,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    use_unit: Floats,
    use_seats: Flags,
    train_seats: Ints,
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
    taken: Ints,
    beds: Ints,
    home_wait: Ints,
    left_cost: int,
    terminal_wait: Ints,
    stretch_cost: Ints,
    toll: Ints,
    host_toll: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Put groups on ways, in the order given.

    A way is a pattern: stretches that are gone through without a stop (a whole way by car; a walk, a crossing or
    a ride of one on foot), with waits between them. A group takes the candidate that costs least when
    each stretch is entered as early as it can be; those who do not fit try again, later or otherwise.

    group_* : groups of one commodity; `candidates[group_first[g]:group_first[g + 1]]` are patterns
    group_open : whether the group may have buses sent; otherwise it takes seats of those sent already
    home_wait : int64[n_commodities, n_steps + 1], cost of waiting at home up to a step
    terminal_wait : int64[n_needs, n_terminals, n_steps + 1], the same at terminals
    stretch_cost : int64[n_needs, n_stretches, n_steps]; toll : the same, prices only
    host_toll : int64[n_hosts, n_steps], by step of arrival
    left, seats_left, assisted_left, trips, days_left, taken, beds : what is left and sent; changed
    returns : group, pattern, people int64[n_placed]; entered int64[n_placed, n_most + 1], the step in which each
        stretch is entered, then the step of arrival
    """
    n_steps = opens.shape[1]
    longest = 0
    for p in range(len(pattern_first) - 1):
        longest = max(longest, pattern_first[p + 1] - pattern_first[p])
    dead = np.zeros((len(length), n_steps), np.bool_)
    size = 1024
    out_group, out_pattern, out_people = (
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
    )
    out_entered = np.full((size, longest + 1), -1, np.int64)
    n_out = 0
    entered, best_entered = np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64)
    for g in range(len(group_commodity)):
        people, c = group_people[g], group_commodity[g]
        who = need[c]
        while people > 0:
            best_cost, best_pattern, best_many = NEVER, -1, 0
            for ci in range(group_first[g], group_first[g + 1]):
                p = candidates[ci]
                host = pattern_host[p]
                k, many, cost, possible = group_ready[g], people, np.int64(0), True
                first, last = pattern_first[p], pattern_first[p + 1]
                for i in range(first, last):
                    stretch = pattern_stretch[i]
                    bus = bus_of[stretch]
                    seats = room_of_bus[who, bus] if bus >= 0 else train_seats[who, stretch]
                    if seats <= 0:
                        possible = False
                        break
                    begin, fits = k, 0
                    ends = host if pattern_car[p] else -1
                    while k < n_steps:
                        if not dead[stretch, k]:
                            fits = _fits(
                                stretch, k, seats, ends, group_open[g], arcs_first, arcs, offset, length, bus_of,
                                opens_of, opens, use_first, use_base, use_offset, use_unit, use_seats, left,
                                seats_left, assisted_left, fleet_seats, fleet_first, fleet_end, pcu, days_left,
                                steps_in_day, n_steps, taken, beds,
                            )  # fmt: skip
                            if fits > 0:
                                break
                            if fits < 0 and (seats == 1 or bus < 0):
                                dead[stretch, k] = True
                        k += 1
                    if k >= n_steps:
                        possible = False
                        break
                    many = min(many, fits)
                    if i == first:
                        cost += home_wait[c, k] - home_wait[c, begin]
                    else:
                        cost += (
                            terminal_wait[who, wait_at[stretch], k]
                            - terminal_wait[who, wait_at[stretch], begin]
                        )
                    cost += stretch_cost[who, stretch, k] + toll[who, stretch, k]
                    entered[i - first] = k
                    k += length[stretch]
                    if cost >= best_cost:
                        possible = False
                        break
                if not possible:
                    continue
                if not pattern_car[p]:
                    begin = k
                    while k < n_steps and (taken[host, k] <= 0 or beds[host] <= 0):
                        k += 1
                    if k >= n_steps:
                        continue
                    many = min(many, taken[host, k], beds[host])
                    if last > first:
                        at = wait_at[len(length) + host]
                        cost += terminal_wait[who, at, k] - terminal_wait[who, at, begin]
                    else:
                        cost += home_wait[c, k] - home_wait[c, begin]
                cost += host_toll[host, k]
                if cost < best_cost:
                    best_cost, best_pattern, best_many = cost, p, many
                    best_entered[: last - first] = entered[: last - first]
                    best_entered[last - first] = k
            stays = home_wait[c, n_steps] - home_wait[c, group_ready[g]] + left_cost
            if best_pattern < 0 or best_cost > stays:
                break
            first, last = pattern_first[best_pattern], pattern_first[best_pattern + 1]
            for i in range(first, last):
                stretch = pattern_stretch[i]
                bus = bus_of[stretch]
                seats = room_of_bus[who, bus] if bus >= 0 else train_seats[who, stretch]
                _take(
                    stretch, best_entered[i - first], best_many, seats,
                    pattern_host[best_pattern] if pattern_car[best_pattern] else -1,
                    arcs_first, arcs, offset, length, bus_of, use_first, use_base, use_offset, use_seats, left,
                    seats_left, assisted_left, per_trip, trips, fleet_seats, fleet_first, fleet_end, pcu,
                    days_left, steps_in_day, n_steps, taken, beds,
                )  # fmt: skip
            if not pattern_car[best_pattern]:
                taken[pattern_host[best_pattern], best_entered[last - first]] -= best_many
                beds[pattern_host[best_pattern]] -= best_many
            if n_out == len(out_group):
                out_group = np.append(out_group, np.empty(n_out, np.int64))
                out_pattern = np.append(out_pattern, np.empty(n_out, np.int64))
                out_people = np.append(out_people, np.empty(n_out, np.int64))
                more = np.full((n_out, longest + 1), -1, np.int64)
                out_entered = np.concatenate((out_entered, more))
            out_group[n_out], out_pattern[n_out], out_people[n_out] = g, best_pattern, best_many
            out_entered[n_out, : last - first + 1] = best_entered[: last - first + 1]
            n_out += 1
            people -= best_many
    return out_group[:n_out], out_pattern[:n_out], out_people[:n_out], out_entered[:n_out]
