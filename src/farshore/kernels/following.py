"""Whole people following a flow in parts: as many as it says, and who is left over wherever it goes on."""

from typing import Any, NamedTuple

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
_SIZE = 4096


class _Parties(NamedTuple):
    """People of one commodity, with the way that they have come; in lists, by place or the step they are due.

    many : int64[1], parties; host : −1 for none; n_stretches : gone so far; after : next in a list, −1: none
    """

    many: Ints
    commodity: Ints
    people: Ints
    host: Ints
    n_stretches: Ints
    stretch: Ints
    entered: Ints
    after: Ints


@_njit(cache=True)
def follow(moves: Moves, flow: Floats, choices: Choices, newly_ready: Ints, rooms: Rooms) -> Placements:
    """Everybody whom the flow takes to a host, in whole numbers, as far as there is room.

    moves : by steps, waits left out; flow : float64[n_moves], of people
    newly_ready : int64[n_commodities, n_steps]; rooms : what there is, buses sent; changed
    """
    n_steps, n_terminals = newly_ready.shape[1], len(choices.quick_first)
    home = np.zeros(len(choices.group), np.int64)
    first = np.full((len(choices.need), n_terminals), -1, np.int64)
    due = np.full(n_steps + 1, -1, np.int64)
    parties = _more(
        _Parties(
            np.zeros(1, np.int64),
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
            np.zeros((0, MOST_STRETCHES), np.int64),
            np.zeros((0, MOST_STRETCHES + 1), np.int64),
            np.zeros(0, np.int64),
        )
    )
    begin, left = 0, flow.copy()
    for k in range(n_steps):
        end = begin
        while end < len(flow) and moves.step[end] == k:
            end += 1
        i = due[k]
        while i >= 0:
            after = parties.after[i]
            g, t = (
                choices.group[parties.commodity[i]],
                choices.head[parties.stretch[i, parties.n_stretches[i] - 1]],
            )
            parties.after[i], first[g, t] = first[g, t], i
            i = after
        home += newly_ready[:, k]
        # First everywhere as many as the flow has whole people, then those left over, one more than that.
        for sweep in range(2 * (MOST_QUICK + 1)):
            for m in range(begin, end):
                want = np.int64(left[m] + _NOUGHT)
                if sweep > MOST_QUICK:
                    want = np.int64(np.ceil(left[m] - _NOUGHT))
                if want <= 0:
                    continue
                if parties.many[0] + 1 >= len(parties.people):
                    parties = _more(parties)
                if moves.kind[m] == BOARDS:
                    left[m] -= _board(parties, first, home, moves.who[m], want, moves.at[m], choices, k)
                elif moves.kind[m] == BY_CAR:
                    left[m] -= _drive(parties, home, moves.who[m], want, moves.what[m], choices, rooms, k)
                elif moves.kind[m] == RIDES:
                    left[m] -= _ride(
                        parties, first, due, moves.who[m], want, moves.at[m], moves.what[m], choices, rooms, k
                    )
                elif moves.kind[m] == HOSTED:
                    left[m] -= _take_in(
                        parties, first, moves.who[m], want, moves.at[m], moves.what[m], rooms, k
                    )
        begin = end
    placements: Placements = _arrived(parties, choices, rooms)
    return placements


@_njit(cache=True)
def _more(old: _Parties) -> _Parties:
    """Room for more parties."""
    n = _SIZE + len(old.people)
    none = np.full(n, -1, np.int64)
    return _Parties(
        old.many,
        np.append(old.commodity, none),
        np.append(old.people, none),
        np.append(old.host, none),
        np.append(old.n_stretches, np.zeros_like(none)),
        np.concatenate((old.stretch, np.full((n, MOST_STRETCHES), -1, np.int64))),
        np.concatenate((old.entered, np.full((n, MOST_STRETCHES + 1), -1, np.int64))),
        np.append(old.after, none),
    )


@_njit(cache=True)
def _leave(parties: _Parties, home: Ints, commodity: int, people: int, k: int) -> Any:
    """A party more, that leaves home in a step."""
    n = parties.many[0]
    parties.many[0] += 1
    home[commodity] -= people
    parties.commodity[n], parties.people[n], parties.entered[n, 0] = commodity, people, k
    return n


@_njit(cache=True)
def _board(
    parties: _Parties, first: Ints, home: Ints, commodity: int, want: int, t: int, choices: Choices, k: int
) -> Any:
    """Those at home come to their terminal; how many."""
    go = min(want, home[commodity])
    if go > 0:
        n = _leave(parties, home, commodity, go, k)
        g = choices.group[commodity]
        parties.after[n], first[g, t] = first[g, t], n
    return go


@_njit(cache=True)
def _drive(
    parties: _Parties, home: Ints, commodity: int, want: int, car: int, choices: Choices, rooms: Rooms, k: int
) -> Any:
    """Those at home drive to a host; how many."""
    s, h = choices.cars[car], choices.car_host[car]
    arrival = k + rooms.length[s]
    go = min(want, home[commodity])
    if go > 0:
        go = min(go, fits(rooms, s, k, 1), rooms.taken[h, arrival], rooms.beds[h])
    if go <= 0:
        return np.int64(0)
    take(rooms, s, k, go, 1)
    rooms.taken[h, arrival] -= go
    rooms.beds[h] -= go
    n = _leave(parties, home, commodity, go, k)
    parties.host[n], parties.n_stretches[n], parties.stretch[n, 0], parties.entered[n, 1] = h, 1, s, arrival
    return go


@_njit(cache=True)
def _apart(parties: _Parties, first: Ints, g: int, t: int, before: int, i: int, want: int) -> Any:
    """So many of a party out of the list at a terminal: itself, or another that is split from it."""
    if parties.people[i] > want:
        n = parties.many[0]
        parties.many[0] += 1
        parties.commodity[n], parties.people[n], parties.n_stretches[n] = (
            parties.commodity[i],
            want,
            parties.n_stretches[i],
        )
        parties.stretch[n], parties.entered[n] = parties.stretch[i], parties.entered[i]
        parties.people[i] -= want
        return n
    if before < 0:
        first[g, t] = parties.after[i]
    else:
        parties.after[before] = parties.after[i]
    return i


@_njit(cache=True)
def _ride(
    parties: _Parties,
    first: Ints,
    due: Ints,
    g: int,
    want: int,
    t: int,
    s: int,
    choices: Choices,
    rooms: Rooms,
    k: int,
) -> Any:
    """Those of a group at a terminal enter a stretch; how many."""
    seats = choices.seats[g, s]
    want = min(want, fits(rooms, s, k, seats))
    gone, arrival = 0, k + rooms.length[s]
    before, i = -1, first[g, t]
    while gone < want and i >= 0:
        after = parties.after[i]
        if parties.n_stretches[i] >= MOST_STRETCHES:
            before, i = i, after
            continue
        n = _apart(parties, first, g, t, before, i, want - gone)
        gone += parties.people[n]
        take(rooms, s, k, parties.people[n], seats)
        parties.stretch[n, parties.n_stretches[n]], parties.entered[n, parties.n_stretches[n]] = s, k
        parties.n_stretches[n] += 1
        if arrival == k:
            v = choices.head[s]
            parties.after[n], first[g, v] = first[g, v], n
        else:
            parties.after[n], due[arrival] = due[arrival], n
        i = after
    return gone


@_njit(cache=True)
def _take_in(parties: _Parties, first: Ints, g: int, want: int, t: int, h: int, rooms: Rooms, k: int) -> Any:
    """Those of a group at a terminal are taken in by a host there; how many."""
    want = min(want, rooms.taken[h, k], rooms.beds[h])
    gone, i = 0, first[g, t]
    while gone < want and i >= 0:
        after = parties.after[i]
        n = _apart(parties, first, g, t, -1, i, want - gone)
        gone += parties.people[n]
        parties.host[n], parties.entered[n, parties.n_stretches[n]] = h, k
        i = after
    rooms.taken[h, k] -= gone
    rooms.beds[h] -= gone
    return gone


@_njit(cache=True)
def _arrived(parties: _Parties, choices: Choices, rooms: Rooms) -> Placements:
    """Parties that have come to a host; the others have not left, and what they took is given back."""
    n = parties.many[0]
    for i in range(n):
        if parties.host[i] < 0:
            g = choices.group[parties.commodity[i]]
            for j in range(parties.n_stretches[i]):
                s = parties.stretch[i, j]
                give(rooms, s, parties.entered[i, j], parties.people[i], choices.seats[g, s])
    there = parties.host[:n] >= 0
    return Placements(
        parties.commodity[:n][there],
        parties.people[:n][there],
        parties.host[:n][there],
        parties.n_stretches[:n][there],
        parties.stretch[:n][there],
        parties.entered[:n][there],
    )
