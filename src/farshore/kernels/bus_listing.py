"""Every bus tour that could still be in a plan, listed: depth first, tours that earn too little left out."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["list_tours"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def _mixed(code: Any) -> Any:
    """A number scattered over 64 bits (splitmix64): sums of them tell sets of places apart, mostly."""
    x = np.uint64(code + 1) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True)
def _alike(at: Any, first: Ints, pickups: Ints, shelters: Ints, waiting: Ints, taken: Ints) -> bool:
    """Whether a listed tour has just the loads and shelters counted in `waiting` and `taken`."""
    same = True
    for q in range(first[at], first[at + 1]):
        waiting[pickups[q]] -= 1
        taken[shelters[q]] -= 1
        same &= waiting[pickups[q]] >= 0 and taken[shelters[q]] >= 0
    for q in range(first[at], first[at + 1]):
        waiting[pickups[q]] += 1
        taken[shelters[q]] += 1
    return same


@njit(cache=True)
def list_tours(
    within: int,
    last: int,
    pull_out: Ints,
    out_time: Ints,
    back_time: Ints,
    pull_out_cells: Ints,
    out_cells: Ints,
    back_cells: Ints,
    loads: Ints,
    room: Ints,
    pickup_price: Ints,
    shelter_price: Ints,
    needed: int,
    at_pickup: Ints,
    most_listed: int,
    most_begun: int,
) -> tuple[bool, Ints, Ints, Ints]:
    """Tours from one depot that last at most `within` and earn `needed` or more; of those alike only one.

    Tours are alike if they take the same loads and go to the same shelters, in whatever order. None takes
    more from a pickup, or to a shelter, than there is.

    last : `within` in cells; the arrays in cells are rounded down, those in time are as they are
    pull_out, pull_out_cells : int64[n_pickups]; other arguments as in `best_earnings`
    at_pickup : of `best_earnings`: what a bus can earn at most from here on in so many cells
    returns : False if there are more than `most_listed`, or more than `most_begun` were begun; int64[n + 1],
    the first load of each tour; the pickup and the shelter of each load
    """
    n_pickups, n_shelters = out_time.shape
    deepest = max(1, int(last // max(1, out_cells.min())) + 2)
    deepest = min(deepest, int(loads.sum()))
    pickup_at, shelter_at = np.zeros(deepest + 1, np.int64), np.full(deepest + 1, -1, np.int64)
    time_at, cells_at = np.zeros(deepest + 2, np.int64), np.zeros(deepest + 2, np.int64)
    sum_at, hash_at = np.zeros(deepest + 2, np.int64), np.zeros(deepest + 2, np.uint64)
    waiting, taken = np.zeros(n_pickups, np.int64), np.zeros(n_shelters, np.int64)
    first = np.zeros(1025, np.int64)
    pickups, shelters = np.empty(4096, np.int64), np.empty(4096, np.int64)
    hashes = np.empty(1024, np.uint64)
    table = np.full(4096, -1, np.int64)
    n_listed, n_begun, level = 0, 0, 0
    while level >= 0:
        # Take back the last choice made at this level; the next one is the next shelter, or pickup.
        if shelter_at[level] >= 0:
            waiting[pickup_at[level]] -= 1
            taken[shelter_at[level]] -= 1
        i, j = pickup_at[level], shelter_at[level] + 1
        before = shelter_at[level - 1] if level else -1
        there = False
        time_s, left, sum_ = np.int64(0), np.int64(0), np.int64(0)
        while i < n_pickups:
            if waiting[i] < loads[i]:
                lead = pull_out[i] if before < 0 else back_time[before, i]
                lead_cells = pull_out_cells[i] if before < 0 else back_cells[before, i]
                on = last - cells_at[level] - lead_cells
                if on >= 0 and sum_at[level] + at_pickup[on, i] >= needed:
                    while j < n_shelters and not there:
                        time_s = time_at[level] + lead + out_time[i, j]
                        if taken[j] < room[j] and time_s <= within:
                            left = on - out_cells[i, j]
                            sum_ = sum_at[level] + pickup_price[i] - shelter_price[j]
                            there = sum_ >= needed
                            waiting[i] += 1
                            h = 0
                            while not there and h < n_pickups:
                                rest = left - back_cells[j, h]
                                there = (
                                    rest >= 0
                                    and waiting[h] < loads[h]
                                    and sum_ + at_pickup[rest, h] >= needed
                                )
                                h += 1
                            waiting[i] -= 1
                        if not there:
                            j += 1
            if there:
                break
            i, j = i + 1, 0
        if not there:
            level -= 1
            continue
        n_begun += 1
        if n_begun > most_begun:
            return False, first[:1], pickups[:0], shelters[:0]
        pickup_at[level], shelter_at[level] = i, j
        waiting[i] += 1
        taken[j] += 1
        time_at[level + 1], cells_at[level + 1], sum_at[level + 1] = time_s, last - left, sum_
        hash_at[level + 1] = hash_at[level] + _mixed(i) + _mixed(n_pickups + j)
        if sum_ >= needed:
            key = hash_at[level + 1]
            slot = np.int64(key & np.uint64(len(table) - 1))
            known = False
            while table[slot] >= 0 and not known:
                other = table[slot]
                if hashes[other] == key and first[other + 1] - first[other] == level + 1:
                    known = _alike(other, first, pickups, shelters, waiting, taken)
                if not known:
                    slot = (slot + 1) & (len(table) - 1)
            if not known:
                if n_listed >= most_listed:
                    return False, first[:1], pickups[:0], shelters[:0]
                begin = first[n_listed]
                if n_listed + 1 >= len(hashes):
                    hashes = np.concatenate((hashes, np.empty(len(hashes), np.uint64)))
                    first = np.concatenate((first, np.zeros(len(first) - 1, np.int64)))
                if begin + level + 1 > len(pickups):
                    pickups = np.concatenate((pickups, np.empty(len(pickups) + level, np.int64)))
                    shelters = np.concatenate((shelters, np.empty(len(shelters) + level, np.int64)))
                for q in range(level + 1):
                    pickups[begin + q], shelters[begin + q] = pickup_at[q], shelter_at[q]
                first[n_listed + 1], hashes[n_listed] = begin + level + 1, key
                table[slot] = n_listed
                n_listed += 1
                if 2 * n_listed > len(table):
                    table = np.full(4 * len(table), -1, np.int64)
                    for at in range(n_listed):
                        slot = np.int64(hashes[at] & np.uint64(len(table) - 1))
                        while table[slot] >= 0:
                            slot = (slot + 1) & (len(table) - 1)
                        table[slot] = at
        if level + 1 < deepest:
            level += 1
            pickup_at[level], shelter_at[level] = 0, -1
    n_codes = first[n_listed]
    return True, first[: n_listed + 1].copy(), pickups[:n_codes].copy(), shelters[:n_codes].copy()
