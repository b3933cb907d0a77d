"""People sent one group after another by the cheapest way that still has room, in whole numbers."""

import heapq
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.pouring import fits, take

__all__ = ["MOST_STRETCHES", "dispatch"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MOST_STRETCHES = 12
_NONE = 1e14


@_njit(cache=True)
def _clash(
    one: int,
    k_one: int,
    other: int,
    k_other: int,
    arcs_first: Ints,
    arcs: Ints,
    offset: Ints,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    left: Ints,
    fleet_first: int,
    fleet_end: int,
    pcu: int,
    days_left: Ints,
    steps_in_day: int,
    n_steps: int,
) -> bool:
    """Whether two rides of one way may be too many together for something that both use."""
    # boarding binds vehicles, and that alone
    same = use_base[use_first[arcs[arcs_first[one]]]] == use_base[use_first[arcs[arcs_first[other]]]]
    for i in range(arcs_first[other], arcs_first[other + 1]):
        for j in range(use_first[arcs[i]], use_first[arcs[i] + 1]):
            resource = use_base[j] + k_other + offset[i] + use_offset[j]
            by_fleet = fleet_first <= use_base[j] < fleet_end
            if by_fleet and not same:
                continue
            if by_fleet:
                fleet = (use_base[j] - fleet_first) // n_steps
                # more than either trip can ever take of a day
                if days_left[fleet, (resource - use_base[j]) // steps_in_day] < 2 * steps_in_day:
                    return True
            for a in range(arcs_first[one], arcs_first[one + 1]):
                for b in range(use_first[arcs[a]], use_first[arcs[a] + 1]):
                    also = use_base[b] + k_one + offset[a] + use_offset[b] == resource
                    if also and left[resource] < (2 if by_fleet else 2 * pcu):
                        return True
    return False


@_njit(cache=True)
def dispatch(
    group_commodity: Ints,
    group_people: Ints,
    group_ready: Ints,
    label_of: Ints,
    seats_of: Ints,
    home: Ints,
    home_wait: Floats,
    left_cost: float,
    car_first: Ints,
    cars: Ints,
    car_host: Ints,
    out_first: Ints,
    out: Ints,
    head: Ints,
    length: Ints,
    cost: Floats,
    tolls: Floats,
    accepts: Flags,
    host_first: Ints,
    hosts: Ints,
    host_price: Floats,
    need: Ints,
    terminal_wait: Floats,
    there: Floats,
    at_home: Floats,
    filling: float,
    slack_h: float,
    arcs_first: Ints,
    arcs: Ints,
    offset: Ints,
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
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Send each group, as many of it as fit, by the way that costs least with tolls; then the rest of it.

    label_of : int64[n_commodities], row of `there`, `cost`, `accepts`
    seats_of : int64[n_labels, n_stretches]
    there, at_home : what `worths` returned: no way costs less, which guides the search
    slack_h : what a way may cost more than the cheapest that is left
    filling : share of the toll that is asked for a seat in a bus that goes anyway
    left, seats_left, assisted_left, trips, days_left, taken, beds : what is left and sent; changed
    returns : group, people, host int64[n]; count int64[n], of stretches; stretch int64[n, MOST_STRETCHES];
        entered int64[n, MOST_STRETCHES + 1], ending with the step of arrival

    Hart, Nilsson & Raphael (1968), A formal basis for the heuristic determination of minimum cost paths.
    """
    n_steps, n_terminals = host_price.shape[0], len(out_first) - 1
    n_states = (n_terminals + 1) * n_steps
    so_far = np.zeros(n_states)
    seen, closed = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    before, by = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    banned = np.zeros(seats_left.shape, np.int64)
    dead = np.zeros((n_steps, len(length)), np.bool_)
    size = 4096
    out_group, out_people, out_host, out_count = (
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )
    out_stretch = np.full((size, MOST_STRETCHES), -1, np.int64)
    out_entered = np.full((size, MOST_STRETCHES + 1), -1, np.int64)
    path, steps_in = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    n_out, stamp = 0, 0
    for g in range(len(group_commodity)):
        c, people = group_commodity[g], group_people[g]
        row = label_of[c]
        who = need[row]
        while people > 0:
            stamp += 1
            begin = n_terminals * n_steps + group_ready[g]
            so_far[begin], seen[begin], before[begin], by[begin] = 0.0, stamp, -1, -1
            queue = [(at_home[group_ready[g], c], np.int64(begin))]
            goal_cost: float = 1e15
            goal_state: Any = -1
            goal_by: Any = -1
            goal_host: Any = -1
            stays = left_cost
            for k in range(group_ready[g], n_steps):
                stays += home_wait[k, c]
            while len(queue) > 0:
                least, state = heapq.heappop(queue)
                if least >= goal_cost - slack_h or least >= stays:
                    break
                if closed[state] == stamp:
                    continue
                closed[state] = stamp
                t, k = state // n_steps, state % n_steps
                now = so_far[state]
                if t == n_terminals:  # at home
                    if k + 1 < n_steps:
                        after, value = state + 1, now + home_wait[k, c]
                        if seen[after] != stamp or value < so_far[after]:
                            seen[after], so_far[after], before[after], by[after] = stamp, value, state, -1
                            heapq.heappush(queue, (value + at_home[k + 1, c], np.int64(after)))
                    if there[row, k, home[c]] < _NONE:
                        after = home[c] * n_steps + k
                        if seen[after] != stamp or now < so_far[after]:
                            seen[after], so_far[after], before[after], by[after] = stamp, now, state, -1
                            heapq.heappush(queue, (now + there[row, k, home[c]], np.int64(after)))
                    for i in range(car_first[c], car_first[c + 1]):
                        s, h = cars[i], car_host[i]
                        if cost[row, k, s] >= _NONE or dead[k, s]:
                            continue
                        value = now + cost[row, k, s] + tolls[k, s] + host_price[k + length[s], h]
                        if value >= goal_cost:
                            continue
                        room = fits(
                            s,
                            k,
                            1,
                            h,
                            True,
                            arcs_first,
                            arcs,
                            offset,
                            length,
                            bus_of,
                            opens_of,
                            opens,
                            use_first,
                            use_base,
                            use_offset,
                            use_unit,
                            use_seats,
                            left,
                            seats_left,
                            assisted_left,
                            fleet_seats,
                            fleet_first,
                            fleet_end,
                            pcu,
                            days_left,
                            steps_in_day,
                            n_steps,
                            taken,
                            beds,
                        )
                        if room < 0:
                            dead[k, s] = True
                        elif room > 0:
                            goal_cost, goal_state, goal_by, goal_host = value, state, s, h
                    continue
                for i in range(host_first[t], host_first[t + 1]):
                    h = hosts[i]
                    if (
                        accepts[row, h]
                        and taken[h, k] > 0
                        and beds[h] > 0
                        and now + host_price[k, h] < goal_cost
                    ):
                        goal_cost, goal_state, goal_by, goal_host = now + host_price[k, h], state, -1, h
                if k + 1 < n_steps and there[row, k + 1, t] < _NONE:
                    after, value = state + 1, now + terminal_wait[who, k, t]
                    if seen[after] != stamp or value < so_far[after]:
                        seen[after], so_far[after], before[after], by[after] = stamp, value, state, -1
                        heapq.heappush(queue, (value + there[row, k + 1, t], np.int64(after)))
                for i in range(out_first[t], out_first[t + 1]):
                    s = out[i]
                    if cost[row, k, s] >= _NONE or dead[k, s]:
                        continue
                    onward = there[row, k + length[s], head[s]]
                    if onward >= _NONE:
                        continue
                    seats = seats_of[row, s]
                    bus = bus_of[s]
                    toll = seats * tolls[k, s]
                    if bus >= 0 and seats_left[bus, k] >= seats and (seats == 1 or assisted_left[bus, k] > 0):
                        toll *= filling
                    value = now + cost[row, k, s] + toll
                    after = head[s] * n_steps + k + length[s]
                    if value + onward * 1.0 >= goal_cost or (seen[after] == stamp and value >= so_far[after]):
                        continue
                    if bus >= 0 and banned[bus, k] == g + 1:
                        continue
                    room = fits(
                        s,
                        k,
                        seats,
                        -1,
                        True,
                        arcs_first,
                        arcs,
                        offset,
                        length,
                        bus_of,
                        opens_of,
                        opens,
                        use_first,
                        use_base,
                        use_offset,
                        use_unit,
                        use_seats,
                        left,
                        seats_left,
                        assisted_left,
                        fleet_seats,
                        fleet_first,
                        fleet_end,
                        pcu,
                        days_left,
                        steps_in_day,
                        n_steps,
                        taken,
                        beds,
                    )
                    if room < 0 and (seats == 1 or bus < 0):
                        dead[k, s] = True
                    elif room > 0:
                        seen[after], so_far[after], before[after], by[after] = stamp, value, state, s
                        closed[after] = 0
                        heapq.heappush(queue, (value + onward, np.int64(after)))
            if goal_state < 0:
                break
            n = 0
            if goal_by >= 0:
                path[0], steps_in[0] = goal_by, goal_state % n_steps
                n = 1
            back = goal_state
            while back >= 0:
                if by[back] >= 0:
                    path[n], steps_in[n] = by[back], before[back] % n_steps
                    n += 1
                back = before[back]
            if n > MOST_STRETCHES:
                break
            again = False
            for i in range(n):
                for j in range(i + 1, n):
                    if (
                        bus_of[path[i]] >= 0
                        and bus_of[path[j]] >= 0
                        and _clash(
                            path[i],
                            steps_in[i],
                            path[j],
                            steps_in[j],
                            arcs_first,
                            arcs,
                            offset,
                            use_first,
                            use_base,
                            use_offset,
                            left,
                            fleet_first,
                            fleet_end,
                            pcu,
                            days_left,
                            steps_in_day,
                            n_steps,
                        )
                    ):
                        banned[bus_of[path[i]], steps_in[i]] = g + 1
                        again = True
            if again:
                continue
            arrival = goal_state % n_steps
            if goal_by >= 0:
                arrival += length[goal_by]
            many = min(people, taken[goal_host, arrival], beds[goal_host])
            for i in range(n):
                s = path[i]
                many = min(
                    many,
                    fits(
                        s,
                        steps_in[i],
                        seats_of[row, s],
                        -1,
                        True,
                        arcs_first,
                        arcs,
                        offset,
                        length,
                        bus_of,
                        opens_of,
                        opens,
                        use_first,
                        use_base,
                        use_offset,
                        use_unit,
                        use_seats,
                        left,
                        seats_left,
                        assisted_left,
                        fleet_seats,
                        fleet_first,
                        fleet_end,
                        pcu,
                        days_left,
                        steps_in_day,
                        n_steps,
                        taken,
                        beds,
                    ),
                )
            if many <= 0:
                break
            for i in range(n):
                s = path[i]
                take(
                    s,
                    steps_in[i],
                    many,
                    seats_of[row, s],
                    -1,
                    arcs_first,
                    arcs,
                    offset,
                    length,
                    bus_of,
                    use_first,
                    use_base,
                    use_offset,
                    use_seats,
                    left,
                    seats_left,
                    assisted_left,
                    per_trip,
                    trips,
                    fleet_seats,
                    fleet_first,
                    fleet_end,
                    pcu,
                    days_left,
                    steps_in_day,
                    n_steps,
                    taken,
                    beds,
                )
            taken[goal_host, arrival] -= many
            beds[goal_host] -= many
            if n_out == len(out_group):
                more = np.zeros(n_out, np.int64)
                out_group, out_people = np.append(out_group, more), np.append(out_people, more)
                out_host, out_count = np.append(out_host, more), np.append(out_count, more)
                out_stretch = np.concatenate((out_stretch, np.full((n_out, MOST_STRETCHES), -1, np.int64)))
                out_entered = np.concatenate(
                    (out_entered, np.full((n_out, MOST_STRETCHES + 1), -1, np.int64))
                )
            out_group[n_out], out_people[n_out], out_host[n_out], out_count[n_out] = g, many, goal_host, n
            for i in range(n):
                out_stretch[n_out, i], out_entered[n_out, i] = path[n - 1 - i], steps_in[n - 1 - i]
            out_entered[n_out, n] = arrival
            n_out += 1
            people -= many
    return (
        out_group[:n_out],
        out_people[:n_out],
        out_host[:n_out],
        out_count[:n_out],
        out_stretch[:n_out],
        out_entered[:n_out],
    )
