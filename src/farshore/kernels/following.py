"""Whole people following a flow in parts: as many as it says, and who is left over wherever it goes on."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from farshore.kernels.dispatch import MOST_STRETCHES
from farshore.kernels.near_ways import BOARDS, BY_CAR, HOSTED, RIDES, Moves
from farshore.kernels.placements import Placements
from farshore.kernels.pouring import Rooms, fits, give, take
from farshore.kernels.spreading import MOST_QUICK, Choices

__all__ = ["follow"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_NOUGHT = 1e-6


@_njit(cache=True)
def follow(moves: Moves, flow: Floats, choices: Choices, newly_ready: Ints, rooms: Rooms) -> Placements:
    """Everybody whom the flow takes to a host, in whole numbers, as far as there is room.

    moves : by steps, waits left out; flow : float64[n_moves], of people
    newly_ready : int64[n_commodities, n_steps]; rooms : what there is, buses sent; changed
    """
    n_steps, n_terminals = choices.host_price.shape[0], len(choices.quick_first)
    n_groups, n_commodities = len(choices.need), len(choices.group)
    home = np.zeros(n_commodities, np.int64)
    # Parties: of one commodity, with the way that they have come; lists of those at a terminal, or due in a step.
    size = 4096
    commodity, people = np.zeros(size, np.int64), np.zeros(size, np.int64)
    count, host = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    stretch = np.full((size, MOST_STRETCHES), -1, np.int64)
    entered = np.full((size, MOST_STRETCHES + 1), -1, np.int64)
    follows = np.full(size, -1, np.int64)
    first = np.full((n_groups, n_terminals), -1, np.int64)
    due = np.full(n_steps + 1, -1, np.int64)
    n, begin = 0, 0
    left = flow.copy()
    for k in range(n_steps):
        end = begin
        while end < len(flow) and moves.step[end] == k:
            end += 1
        i = due[k]
        while i >= 0:
            after = follows[i]
            g, t = choices.group[commodity[i]], choices.head[stretch[i, count[i] - 1]]
            follows[i], first[g, t] = first[g, t], i
            i = after
        for c in range(n_commodities):
            home[c] += newly_ready[c, k]
        # First everywhere as many as the flow has whole people, then those left over, one more than that.
        for sweep in range(2 * (MOST_QUICK + 1)):
            for m in range(begin, end):
                if left[m] <= _NOUGHT:
                    continue
                want = np.int64(left[m] + _NOUGHT)
                if sweep > MOST_QUICK:
                    want = np.int64(np.ceil(left[m] - _NOUGHT))
                if want <= 0:
                    continue
                if n + 1 >= size:
                    commodity = np.append(commodity, np.zeros(size, np.int64))
                    people = np.append(people, np.zeros(size, np.int64))
                    count = np.append(count, np.zeros(size, np.int64))
                    host = np.append(host, np.full(size, -1, np.int64))
                    follows = np.append(follows, np.full(size, -1, np.int64))
                    stretch = np.concatenate((stretch, np.full((size, MOST_STRETCHES), -1, np.int64)))
                    entered = np.concatenate((entered, np.full((size, MOST_STRETCHES + 1), -1, np.int64)))
                    size *= 2
                kind, w, s = moves.kind[m], moves.who[m], moves.what[m]
                if kind == BOARDS:
                    go = min(want, home[w])
                    if go > 0:
                        g, t = choices.group[w], moves.at[m]
                        home[w] -= go
                        commodity[n], people[n], entered[n, 0] = w, go, k
                        follows[n], first[g, t] = first[g, t], n
                        n += 1
                        left[m] -= go
                elif kind == BY_CAR:
                    s, h = choices.cars[moves.what[m]], choices.car_host[moves.what[m]]
                    arrival = k + rooms.length[s]
                    go = min(want, home[w])
                    if go > 0:
                        go = min(go, fits(rooms, s, k, 1), rooms.taken[h, arrival], rooms.beds[h])
                    if go > 0:
                        take(rooms, s, k, go, 1)
                        rooms.taken[h, arrival] -= go
                        rooms.beds[h] -= go
                        home[w] -= go
                        commodity[n], people[n], count[n], host[n] = w, go, 1, h
                        stretch[n, 0], entered[n, 0], entered[n, 1] = s, k, arrival
                        n += 1
                        left[m] -= go
                elif kind == HOSTED or kind == RIDES:
                    t = moves.at[m]
                    rides = kind == RIDES
                    seats = choices.seats[w, s] if rides else 1
                    room = fits(rooms, s, k, seats) if rides else min(rooms.taken[s, k], rooms.beds[s])
                    want = min(want, room)
                    before, i = -1, first[w, t]
                    while want > 0 and i >= 0:
                        after = follows[i]
                        if rides and count[i] >= MOST_STRETCHES:
                            before, i = i, after
                            continue
                        if people[i] > want:  # some go, the others stay where they are in the list
                            j = n
                            n += 1
                            commodity[j], people[j], count[j] = commodity[i], want, count[i]
                            stretch[j], entered[j] = stretch[i], entered[i]
                            people[i] -= want
                        else:
                            j = i
                            if before < 0:
                                first[w, t] = after
                            else:
                                follows[before] = after
                        go = people[j]
                        want -= go
                        left[m] -= go
                        entered[j, count[j]] = k
                        if rides:
                            take(rooms, s, k, go, seats)
                            stretch[j, count[j]] = s
                            count[j] += 1
                            arrival = k + rooms.length[s]
                            if arrival == k:
                                v = choices.head[s]
                                follows[j], first[w, v] = first[w, v], j
                            else:
                                follows[j], due[arrival] = due[arrival], j
                        else:
                            rooms.taken[s, k] -= go
                            rooms.beds[s] -= go
                            host[j] = s
                        i = after
        begin = end
    for i in range(n):  # whoever did not get there has not left
        if host[i] < 0:
            row = choices.group[commodity[i]]
            for j in range(count[i]):
                give(rooms, stretch[i, j], entered[i, j], people[i], choices.seats[row, stretch[i, j]])
    there = host[:n] >= 0
    return Placements(
        commodity[:n][there],
        people[:n][there],
        host[:n][there],
        count[:n][there],
        stretch[:n][there],
        entered[:n][there],
    )
