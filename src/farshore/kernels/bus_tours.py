"""Local search over bus tours: loads and shelters moved and exchanged until no tour is too long."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["anneal_tours", "tour_time"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def tour_time(pickups: Ints, shelters: Ints, n: int, pull_out: Ints, out_time: Ints, back_time: Ints) -> int:
    """Time of one tour of n loads; `pull_out` : int64[n_pickups], from the bus's own depot."""
    if n == 0:
        return 0
    total = pull_out[pickups[0]]
    for p in range(n):
        total += out_time[pickups[p], shelters[p]]
        if p + 1 < n:
            total += back_time[shelters[p], pickups[p + 1]]
    return total


@njit(cache=True)
def _draw(state: npt.NDArray[np.uint64]) -> np.uint64:
    """Next number of a xorshift generator (Marsaglia 2003): the same on every machine."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(cache=True)
def _below(state: npt.NDArray[np.uint64], n: int) -> int:
    return np.int64((_draw(state) >> np.uint64(11)) % np.uint64(n))


@njit(cache=True)
def _share(state: npt.NDArray[np.uint64]) -> float:
    return float(_draw(state) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def _badness(time: int, target: int, weight: float) -> float:
    return max(0, time - target) + weight * time


@njit(cache=True)
def anneal_tours(
    pickups: Ints,
    shelters: Ints,
    n_loads: Ints,
    depot: Ints,
    free: Ints,
    pull_out: Ints,
    out_time: Ints,
    back_time: Ints,
    target: int,
    hot: float,
    cold: float,
    weight: float,
    n_moves: int,
    seed: int,
) -> int:
    """Change tours in place towards none longer than `target`; keep the best makespan met.

    Moves: a load or a stretch of loads to another place, two loads or two shelters exchanged, another shelter with room, the ends
    of two tours exchanged. Taken by simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983) on the time over
    the target summed over tours, with `weight` times all driving besides.

    pickups, shelters : int64[n_buses, most loads]; n_loads, depot : int64[n_buses]
    free : int64[n_shelters], room left, kept up to date
    pull_out : int64[n_depots, n_pickups]; out_time, back_time as in `best_earnings`
    hot, cold : temperatures at the beginning and end, falling geometrically
    returns : the makespan of the tours left in the arrays, the smallest met
    """
    n_buses, width = pickups.shape
    n_shelters = len(free)
    state = np.array([np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)])
    for _ in range(8):
        _draw(state)
    time = np.zeros(n_buses, np.int64)
    n_all = 0
    for b in range(n_buses):
        time[b] = tour_time(pickups[b], shelters[b], n_loads[b], pull_out[depot[b]], out_time, back_time)
        n_all += n_loads[b]
    kept_pickups, kept_shelters = pickups.copy(), shelters.copy()
    kept_loads, kept_free = n_loads.copy(), free.copy()
    best = time.max()
    if n_all == 0 or best <= target:
        return best
    one_p, one_s = np.empty(width, np.int64), np.empty(width, np.int64)
    two_p, two_s = np.empty(width, np.int64), np.empty(width, np.int64)
    cooling = (cold / hot) ** (1.0 / max(1, n_moves))
    heat = hot
    for _ in range(n_moves):
        heat *= cooling
        # Half of all moves begin at a tour that is too long: elsewhere there is little to win.
        b = _below(state, n_buses)
        if _draw(state) & np.uint64(1 << 20):
            for _again in range(4):
                if time[b] > target:
                    break
                b = _below(state, n_buses)
        if n_loads[b] == 0:
            continue
        p = _below(state, n_loads[b])
        kind = _below(state, 7)
        c = _below(state, n_buses)
        n_b, n_c = n_loads[b], n_loads[c]
        old = _badness(time[b], target, weight)
        if c != b:
            old += _badness(time[c], target, weight)
        give_back = -1  # shelter that regains a place
        take = -1
        one_n, two_n = n_b, n_c
        one_p[:n_b], one_s[:n_b] = pickups[b, :n_b], shelters[b, :n_b]
        if c != b:
            two_p[:n_c], two_s[:n_c] = pickups[c, :n_c], shelters[c, :n_c]
        if kind == 6:  # a stretch of several loads moves to another tour
            if c == b or n_b - p < 2:
                continue
            long = 2 + _below(state, min(n_b - p - 1, 6))
            if n_c + long > width or p + long > n_b:
                continue
            to = _below(state, n_c + 1)
            for _again in range(4):  # best where the tour passes the same shelter
                if p == 0 or to == 0 or shelters[c, to - 1] == shelters[b, p - 1]:
                    break
                to = _below(state, n_c + 1)
            one_n, two_n = n_b - long, n_c + long
            one_p[p:one_n], one_s[p:one_n] = pickups[b, p + long : n_b], shelters[b, p + long : n_b]
            two_p[to + long : two_n], two_s[to + long : two_n] = pickups[c, to:n_c], shelters[c, to:n_c]
            two_p[to : to + long], two_s[to : to + long] = (
                pickups[b, p : p + long],
                shelters[b, p : p + long],
            )
        elif kind == 0:  # a load moves, perhaps to another shelter on the way
            i, j = one_p[p], one_s[p]
            if _draw(state) & np.uint64(1 << 22):
                other = _below(state, n_shelters)
                if other != j and free[other] > 0:
                    give_back, take = j, other
                    j = other
            for q in range(p, n_b - 1):
                one_p[q], one_s[q] = one_p[q + 1], one_s[q + 1]
            one_n = n_b - 1
            if c == b:
                to = _below(state, one_n + 1)
                for q in range(one_n, to, -1):
                    one_p[q], one_s[q] = one_p[q - 1], one_s[q - 1]
                one_p[to], one_s[to] = i, j
                one_n = n_b
            else:
                if n_c >= width:
                    continue
                to = _below(state, n_c + 1)
                for q in range(n_c, to, -1):
                    two_p[q], two_s[q] = two_p[q - 1], two_s[q - 1]
                two_p[to], two_s[to] = i, j
                two_n = n_c + 1
        elif kind == 1:  # another shelter
            j = _below(state, n_shelters)
            if j == one_s[p] or free[j] == 0:
                continue
            give_back, take = one_s[p], j
            one_s[p] = j
        elif kind == 5:  # the ends of two tours, or a stretch of one turned round
            if c == b:
                q = _below(state, n_b)
                low, high = min(p, q), max(p, q)
                while low < high:
                    one_p[low], one_p[high] = one_p[high], one_p[low]
                    one_s[low], one_s[high] = one_s[high], one_s[low]
                    low += 1
                    high -= 1
            else:
                q = _below(state, n_c + 1)
                for _again in range(4):  # most promising where both leave the same shelter
                    if p == 0 or q == 0 or shelters[c, q - 1] == shelters[b, p - 1]:
                        break
                    q = _below(state, n_c + 1)
                one_n, two_n = p + n_c - q, q + n_b - p
                if one_n > width or two_n > width:
                    continue
                one_p[p:one_n], one_s[p:one_n] = pickups[c, q:n_c], shelters[c, q:n_c]
                two_p[q:two_n], two_s[q:two_n] = pickups[b, p:n_b], shelters[b, p:n_b]
        else:  # exchange: 2 whole loads, 3 shelters only, 4 pickups only
            if n_c == 0:
                continue
            q = _below(state, n_c)
            if c == b:
                if p == q:
                    continue
                if kind != 3:
                    one_p[p], one_p[q] = one_p[q], one_p[p]
                if kind != 4:
                    one_s[p], one_s[q] = one_s[q], one_s[p]
            else:
                if kind != 3:
                    one_p[p], two_p[q] = two_p[q], one_p[p]
                if kind != 4:
                    one_s[p], two_s[q] = two_s[q], one_s[p]
        new_b = tour_time(one_p, one_s, one_n, pull_out[depot[b]], out_time, back_time)
        new = _badness(new_b, target, weight)
        new_c = time[c]
        if c != b:
            new_c = tour_time(two_p, two_s, two_n, pull_out[depot[c]], out_time, back_time)
            new += _badness(new_c, target, weight)
        if new > old and _share(state) >= np.exp((old - new) / heat):
            continue
        pickups[b, :one_n], shelters[b, :one_n] = one_p[:one_n], one_s[:one_n]
        n_loads[b], time[b] = one_n, new_b
        if c != b:
            pickups[c, :two_n], shelters[c, :two_n] = two_p[:two_n], two_s[:two_n]
            n_loads[c], time[c] = two_n, new_c
        if take >= 0:
            free[take] -= 1
            free[give_back] += 1
        longest = new_b if c == b else max(new_b, new_c)
        if longest < best:
            longest = time.max()
            if longest < best:
                best = longest
                kept_pickups[:], kept_shelters[:] = pickups, shelters
                kept_loads[:], kept_free[:] = n_loads, free
                if best <= target:
                    break
    pickups[:], shelters[:] = kept_pickups, kept_shelters
    n_loads[:], free[:] = kept_loads, kept_free
    return best
