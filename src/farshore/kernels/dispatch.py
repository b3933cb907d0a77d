"""People sent one group after another by the cheapest way that still has room, in whole numbers."""

import heapq
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.pouring import Rooms, fits, give, take
from farshore.kernels.spreading import Choices

__all__ = ["MOST_STRETCHES", "Guide", "dispatch", "hopeful"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_STRETCHES = 12
_NONE = 1e14


class Guide(NamedTuple):
    """What people may do, and what it costs at least from everywhere.

    there, at_home : as `worths` returns them for a spread of nearly nothing: no way costs less
    """

    choices: Choices
    there: Floats
    at_home: Floats


def hopeful(guide: Guide) -> Ints:
    """Of nobody is it known yet that he finds no room: `hopeless` of `dispatch`, to begin with."""
    return np.full(len(guide.choices.group), guide.choices.host_price.shape[0])


@_njit(cache=True, inline="always")
def _entry(least: float, grain_h: float, k: int, state: int) -> Any:
    """In a queue: the cheapest first; of those that are as cheap, the one farthest on."""
    return np.int64(least / grain_h), np.int64(-k), np.int64(state)


@_njit(cache=True)
def _room_by_car(rooms: Rooms, stretch: int, k: int, host: int) -> Any:
    """As `fits`, for a car whose stretch ends at its host."""
    many = fits(rooms, stretch, k, 1)
    return many if many <= 0 else min(many, rooms.taken[host, k + rooms.length[stretch]], rooms.beds[host])


@_njit(cache=True, nogil=True)
def dispatch(
    group_commodity: Ints,
    group_people: Ints,
    group_ready: Ints,
    guide: Guide,
    rooms: Rooms,
    filling: float,
    opening: float,
    slack_h: float,
    grain_h: float,
    hopeless: Ints,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Send each group, as many of it as fit, by the way that costs least with tolls; then the rest of it.

    slack_h : what a way may cost more than the cheapest that is left; grain_h : differences that do not count
    filling : share of the toll that is asked for a seat in a bus that goes anyway; opening : how many times
        the toll is asked of who has a bus sent
    rooms : what is left; changed
    hopeless : int64[n_commodities], who gets ready from that step on finds no room, n_steps where nobody is
        known to; changed
    returns : group, people, host int64[n]; count int64[n], of stretches; stretch int64[n, MOST_STRETCHES];
        entered int64[n, MOST_STRETCHES + 1], ending with the step of arrival

    Hart, Nilsson & Raphael (1968), A formal basis for the heuristic determination of minimum cost paths.
    """
    choices = guide.choices
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.out_first) - 1
    n_states = (n_terminals + 1) * n_steps
    so_far = np.zeros(n_states)
    seen, closed = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    before, by = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    banned = np.zeros((n_steps, len(rooms.length)), np.int64)
    dead = np.zeros((n_steps, len(rooms.length)), np.bool_)
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
        if group_ready[g] >= hopeless[c]:
            continue
        barred = False
        row = choices.group[c]
        who = choices.need[row]
        while people > 0:
            stamp += 1
            begin = n_terminals * n_steps + group_ready[g]
            so_far[begin], seen[begin], before[begin], by[begin] = 0.0, stamp, -1, -1
            queue = [_entry(guide.at_home[group_ready[g], c], grain_h, group_ready[g], begin)]
            goal_cost: float = 1e15
            goal_state: Any = -1
            goal_by: Any = -1
            goal_host: Any = -1
            stays = choices.left_cost
            for k in range(group_ready[g], n_steps):
                stays += choices.home_wait[k, c]
            while len(queue) > 0:
                least, _, state = heapq.heappop(queue)
                if least * grain_h >= min(goal_cost - slack_h, stays):
                    break
                if closed[state] == stamp:
                    continue
                closed[state] = stamp
                t, k = state // n_steps, state % n_steps
                now = so_far[state]
                if t == n_terminals:  # at home
                    if k + 1 < n_steps:
                        after, value = state + 1, now + choices.home_wait[k, c]
                        if seen[after] != stamp or value < so_far[after]:
                            seen[after], so_far[after], before[after], by[after] = stamp, value, state, -1
                            heapq.heappush(
                                queue, _entry(value + guide.at_home[k + 1, c], grain_h, k + 1, after)
                            )
                    if guide.there[row, k, 0, choices.home[c]] < _NONE:
                        after = choices.home[c] * n_steps + k
                        if seen[after] != stamp or now < so_far[after]:
                            seen[after], so_far[after], before[after], by[after] = stamp, now, state, -1
                            heapq.heappush(
                                queue,
                                _entry(now + guide.there[row, k, 0, choices.home[c]], grain_h, k, after),
                            )
                    for i in range(choices.car_first[c], choices.car_first[c + 1]):
                        s, h = choices.cars[i], choices.car_host[i]
                        if choices.cost[row, k, s] >= _NONE or dead[k, s]:
                            continue
                        value = (
                            now
                            + choices.cost[row, k, s]
                            + choices.tolls[k, s]
                            + choices.host_price[k + rooms.length[s], h]
                        )
                        if value >= goal_cost:
                            continue
                        room = _room_by_car(rooms, s, k, h)
                        if room < 0:
                            dead[k, s] = True
                        elif room > 0:
                            goal_cost, goal_state, goal_by, goal_host = value, state, s, h
                    continue
                for i in range(choices.host_first[t], choices.host_first[t + 1]):
                    h = choices.hosts[i]
                    if (
                        choices.accepts[row, h]
                        and rooms.taken[h, k] > 0
                        and rooms.beds[h] > 0
                        and now + choices.host_price[k, h] < goal_cost
                    ):
                        goal_cost, goal_state, goal_by, goal_host = (
                            now + choices.host_price[k, h],
                            state,
                            -1,
                            h,
                        )
                if k + 1 < n_steps and guide.there[row, k + 1, 0, t] < _NONE:
                    after, value = state + 1, now + choices.terminal_wait[who, k, t]
                    if seen[after] != stamp or value < so_far[after]:
                        seen[after], so_far[after], before[after], by[after] = stamp, value, state, -1
                        heapq.heappush(
                            queue, _entry(value + guide.there[row, k + 1, 0, t], grain_h, k + 1, after)
                        )
                for i in range(choices.out_first[t], choices.out_first[t + 1]):
                    s = choices.out[i]
                    if choices.cost[row, k, s] >= _NONE or dead[k, s]:
                        continue
                    onward = guide.there[row, k + rooms.length[s], 0, choices.head[s]]
                    if onward >= _NONE:
                        continue
                    seats = choices.seats[row, s]
                    bus = rooms.bus_of[s]
                    toll = seats * choices.tolls[k, s]
                    if bus >= 0:
                        open_seat = rooms.seats_left[bus, k] >= seats
                        open_seat &= seats == 1 or rooms.assisted_left[bus, k] > 0
                        toll *= filling if open_seat else opening
                    value = now + choices.cost[row, k, s] + toll
                    after = choices.head[s] * n_steps + k + rooms.length[s]
                    if value + onward >= goal_cost or (seen[after] == stamp and value >= so_far[after]):
                        continue
                    if banned[k, s] == g + 1:
                        continue
                    room = fits(rooms, s, k, seats)
                    if room < 0 and (seats == 1 or bus < 0):
                        dead[k, s] = True
                    elif room > 0:
                        seen[after], so_far[after], before[after], by[after] = stamp, value, state, s
                        closed[after] = 0
                        heapq.heappush(queue, _entry(value + onward, grain_h, k + rooms.length[s], after))
            if goal_state < 0:
                # Room only gets less and, where seats in buses that go anyway are no cheaper than others, no
                # way cheaper: who is ready when one of the same has found none, or later, finds none either.
                if filling >= opening and not barred:
                    hopeless[c] = group_ready[g]
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
                banned[steps_in[n // 2], path[n // 2]] = g + 1
                barred = True
                continue
            arrival = goal_state % n_steps
            if goal_by >= 0:
                arrival += rooms.length[goal_by]
            many = min(people, rooms.taken[goal_host, arrival], rooms.beds[goal_host])
            # Two legs of one way may want the same: each is let in if it still fits after those before it.
            entered = 0
            while entered < n and many > 0:
                s, k = path[entered], steps_in[entered]
                room = fits(rooms, s, k, choices.seats[row, s])
                if room >= many:
                    take(rooms, s, k, many, choices.seats[row, s])
                    entered += 1
                    continue
                for i in range(entered):
                    give(rooms, path[i], steps_in[i], many, choices.seats[row, path[i]])
                many = max(room, 0)
                if many == 0:
                    banned[k, s] = g + 1
                    barred = True
                entered = 0
            if many <= 0:
                if n == 0:
                    break
                continue
            rooms.taken[goal_host, arrival] -= many
            rooms.beds[goal_host] -= many
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
