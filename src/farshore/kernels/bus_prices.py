"""What a bus can earn in a given time when loads have prices: the arithmetic behind bounds for buses."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["best_earnings", "best_tour", "fair_tour"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def best_earnings(
    pickup_price: Ints, shelter_price: Ints, out_time: Ints, back_time: Ints, last: int, loads: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Most that a bus can still earn with so much time left, wherever it stands.

    A load taken from pickup i to shelter j earns `pickup_price[i] - shelter_price[j]`; a pickup may be served
    any number of times, so that the answer is never too small, but one with a single load not twice in
    succession.

    pickup_price, loads : int64[n_pickups]; shelter_price : int64[n_shelters]
    out_time : int64[n_pickups, n_shelters], at least 1; back_time : int64[n_shelters, n_pickups], 0 or more
    last : longest time left to answer for
    returns : int64[last + 1, n_pickups] at a pickup before loading; int64[last + 1, n_shelters] at a shelter,
    the next pickup there (−1 if nothing is worth doing), and the most with another next pickup than that; the
    sums never fall as time grows

    The recursion is the pricing problem of the tour relaxation (q-routes without cycles of two) in
    Christofides, N., Mingozzi, A. & Toth, P. (1981), Exact algorithms for the vehicle routing problem,
    backwards in time.
    """
    n_pickups, n_shelters = out_time.shape
    at_pickup = np.zeros((last + 1, n_pickups), np.int64)
    at_shelter = np.zeros((last + 1, n_shelters), np.int64)
    following = np.full((last + 1, n_shelters), -1, np.int64)
    else_at_shelter = np.zeros((last + 1, n_shelters), np.int64)
    for left in range(last + 1):
        for i in range(n_pickups):
            best = np.int64(0)
            for j in range(n_shelters):
                after = left - out_time[i, j]
                if after >= 0:
                    if loads[i] <= 1 and following[after, j] == i:
                        then = else_at_shelter[after, j]
                    else:
                        then = at_shelter[after, j]
                    best = max(best, pickup_price[i] - shelter_price[j] + then)
            at_pickup[left, i] = best
        for j in range(n_shelters):
            best, second, chosen = np.int64(0), np.int64(0), -1
            for i in range(n_pickups):
                after = left - back_time[j, i]
                if after >= 0:
                    worth = at_pickup[after, i]
                    if worth > best:
                        best, second, chosen = worth, best, i
                    else:
                        second = max(second, worth)
            at_shelter[left, j], else_at_shelter[left, j], following[left, j] = best, second, chosen
    return at_pickup, at_shelter, following, else_at_shelter


@njit(cache=True)
def best_tour(
    first: int,
    left: int,
    loads: Ints,
    pickup_price: Ints,
    shelter_price: Ints,
    out_time: Ints,
    back_time: Ints,
    at_pickup: Ints,
    at_shelter: Ints,
    following: Ints,
    else_at_shelter: Ints,
) -> tuple[Ints, Ints]:
    """A tour that earns `at_pickup[left, first]`: the pickups and shelters of its loads, in order.

    Arguments as in `best_earnings`, and its answer. Stops as soon as nothing more is to be earned; among
    equals the lowest row is taken.
    """
    n_pickups, n_shelters = out_time.shape
    pickups = np.empty(left + 1, np.int64)
    shelters = np.empty(left + 1, np.int64)
    n = 0
    i = first
    while at_pickup[left, i] > 0:
        then = np.int64(0)
        for j in range(n_shelters):
            after = left - out_time[i, j]
            if after < 0:
                continue
            then = at_shelter[after, j]
            if loads[i] <= 1 and following[after, j] == i:
                then = else_at_shelter[after, j]
            if pickup_price[i] - shelter_price[j] + then == at_pickup[left, i]:
                pickups[n], shelters[n] = i, j
                n += 1
                left = after
                break
        if then == 0:
            break
        j = shelters[n - 1]
        for h in range(n_pickups):
            after = left - back_time[j, h]
            if after >= 0 and at_pickup[after, h] == then and (h != i or loads[i] > 1):
                i, left = h, after
                break
    return pickups[:n].copy(), shelters[:n].copy()


@njit(cache=True)
def fair_tour(
    first: int,
    left: int,
    loads: Ints,
    pickup_price: Ints,
    shelter_price: Ints,
    out_time: Ints,
    back_time: Ints,
    at_pickup: Ints,
) -> tuple[Ints, Ints]:
    """A tour that earns much and takes no more loads from a pickup than it has: int64[n_pickups] `loads`.

    At each step the shelter and next pickup that promise most by `best_earnings`, among those with loads.
    """
    n_pickups, n_shelters = out_time.shape
    pickups = np.empty(left + 1, np.int64)
    shelters = np.empty(left + 1, np.int64)
    waiting = loads.copy()
    n = 0
    i = first
    while i >= 0 and waiting[i] > 0:
        best, to, following, rest = np.int64(0), -1, -1, 0
        waiting[i] -= 1
        for j in range(n_shelters):
            after = left - out_time[i, j]
            if after < 0:
                continue
            here = pickup_price[i] - shelter_price[j]
            if here > best:
                best, to, following, rest = here, j, -1, after
            for h in range(n_pickups):
                then = after - back_time[j, h]
                if then >= 0 and waiting[h] > 0:
                    worth = here + at_pickup[then, h]
                    if worth > best:
                        best, to, following, rest = worth, j, h, then
        if to < 0:
            break
        pickups[n], shelters[n] = i, to
        n += 1
        i, left = following, rest
    return pickups[:n].copy(), shelters[:n].copy()
