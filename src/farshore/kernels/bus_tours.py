"""Local search over bus tours: loads and shelters moved and exchanged until no tour is too long."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["anneal_tours"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def _draw(state: npt.NDArray[np.uint64]) -> Any:
    """Next number of a xorshift generator (Marsaglia 2003): the same on every machine."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(cache=True)
def _below(state: npt.NDArray[np.uint64], n: Any) -> Any:
    return np.int64((_draw(state) >> np.uint64(11)) % np.uint64(n))


@njit(cache=True)
def _share(state: npt.NDArray[np.uint64]) -> float:
    return float(_draw(state) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def _badness(time: Any, target: int, weight: float) -> Any:
    return max(0, time - target) + weight * time


@njit(cache=True)
def _lead(depot: Any, before: Any, pickup: Any, pull_out: Ints, back_time: Ints) -> Any:
    """Time of the empty drive to a pickup, from the shelter before or, where that is −1, from the depot."""
    return pull_out[depot, pickup] if before < 0 else back_time[before, pickup]


@njit(cache=True)
def _measure(
    b: Any,
    pickups: Ints,
    shelters: Ints,
    n_loads: Ints,
    depot: Ints,
    pull_out: Ints,
    out_time: Ints,
    back_time: Ints,
    done: Ints,
) -> Any:
    """Times at which each load of a tour is unloaded, into `done`; returns the last."""
    clock, before = np.int64(0), np.int64(-1)
    for p in range(n_loads[b]):
        clock += _lead(depot[b], before, pickups[b, p], pull_out, back_time)
        before = shelters[b, p]
        clock += out_time[pickups[b, p], before]
        done[b, p] = clock
    return clock


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

    Moves: a load or a stretch of loads to another tour, two loads or two shelters or two pickups exchanged,
    another shelter with room, the ends of two tours exchanged. Taken by simulated annealing (Kirkpatrick,
    Gelatt & Vecchi 1983) on the time over the target summed over tours, with `weight` times all driving
    besides.

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
    done = np.zeros((n_buses, width), np.int64)
    time = np.zeros(n_buses, np.int64)
    for b in range(n_buses):
        time[b] = _measure(b, pickups, shelters, n_loads, depot, pull_out, out_time, back_time, done)
    best = time.max()
    if n_loads.sum() == 0 or best <= target:
        return int(best)
    kept_pickups, kept_shelters = pickups.copy(), shelters.copy()
    kept_loads, kept_free = n_loads.copy(), free.copy()
    end_p, end_s = np.empty(width, np.int64), np.empty(width, np.int64)
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
        n_b = n_loads[b]
        if n_b == 0:
            continue
        kind = _below(state, 7)
        c = _below(state, n_buses)
        n_c = n_loads[c]
        p = _below(state, n_b)
        # The load (i, j) at p of tour b, the shelter before it and the pickup after it; −1 if there is none.
        i, j = pickups[b, p], shelters[b, p]
        before = shelters[b, p - 1] if p > 0 else np.int64(-1)
        after = pickups[b, p + 1] if p + 1 < n_b else np.int64(-1)
        lead = _lead(depot[b], before, i, pull_out, back_time)
        old = _badness(time[b], target, weight)
        if c != b:
            old += _badness(time[c], target, weight)
        q, long, new_j = np.int64(0), np.int64(1), j
        new_b, new_c = time[b], time[c]
        if kind == 1 or (kind == 0 and c == b):  # another shelter
            kind = 1
            new_j = _below(state, n_shelters)
            if new_j == j or free[new_j] == 0:
                continue
            new_b += out_time[i, new_j] - out_time[i, j]
            if after >= 0:
                new_b += back_time[new_j, after] - back_time[j, after]
            c = b
            old = _badness(time[b], target, weight)
        elif kind in (0, 6):  # a load, or a stretch of several, to another tour
            if c == b:
                continue
            if kind == 6:
                if n_b - p < 2:
                    continue
                long = 2 + _below(state, min(n_b - p - 1, 6))
                if p + long > n_b:
                    continue
            if n_c + long > width:
                continue
            q = _below(state, n_c + 1)
            if kind == 6:
                for _again in range(4):  # best where the tour passes the same shelter
                    if p == 0 or (q > 0 and shelters[c, q - 1] == before):
                        break
                    q = _below(state, n_c + 1)
            elif _draw(state) & np.uint64(1 << 22):
                other = _below(state, n_shelters)
                if free[other] > 0:
                    new_j = other
            last = shelters[b, p + long - 1]
            following = pickups[b, p + long] if p + long < n_b else np.int64(-1)
            inside = done[b, p + long - 1] - (done[b, p - 1] if p > 0 else 0) - lead
            new_b -= lead + inside
            if following >= 0:
                new_b += _lead(depot[b], before, following, pull_out, back_time) - back_time[last, following]
            if kind == 0:
                inside = out_time[i, new_j]
                last = new_j
            before_c = shelters[c, q - 1] if q > 0 else np.int64(-1)
            new_c += _lead(depot[c], before_c, i, pull_out, back_time) + inside
            if q < n_c:
                following = pickups[c, q]
                new_c += back_time[last, following]
                new_c -= _lead(depot[c], before_c, following, pull_out, back_time)
        elif kind == 5:  # the ends of two tours
            if c == b:
                continue
            q = _below(state, n_c + 1)
            for _again in range(4):  # most promising where both leave the same shelter
                if p == 0 or (q > 0 and shelters[c, q - 1] == before):
                    break
                q = _below(state, n_c + 1)
            if p + n_c - q > width or q + n_b - p > width:
                continue
            before_c = shelters[c, q - 1] if q > 0 else np.int64(-1)
            head_b = done[b, p - 1] if p > 0 else np.int64(0)
            head_c = done[c, q - 1] if q > 0 else np.int64(0)
            end_b = time[b] - head_b - lead
            new_b, new_c = head_b, head_c
            if q < n_c:
                first = pickups[c, q]
                end_c = time[c] - head_c - _lead(depot[c], before_c, first, pull_out, back_time)
                new_b += _lead(depot[b], before, first, pull_out, back_time) + end_c
            new_c += _lead(depot[c], before_c, i, pull_out, back_time) + end_b
        else:  # exchange: 2 whole loads, 3 shelters only, 4 pickups only
            if n_c == 0:
                continue
            q = _below(state, n_c)
            i2, j2 = pickups[c, q], shelters[c, q]
            if (i2 == i or kind == 3) and (j2 == j or kind == 4):
                continue
            new_i, new_j = (i if kind == 3 else i2), (j if kind == 4 else j2)
            other_i, other_j = (i2 if kind == 3 else i), (j2 if kind == 4 else j)
            if c == b:  # the two may touch: measured on the tour itself, then put back
                if p == q:
                    continue
                pickups[b, p], shelters[b, p] = new_i, new_j
                pickups[b, q], shelters[b, q] = other_i, other_j
                new_b = _measure(b, pickups, shelters, n_loads, depot, pull_out, out_time, back_time, done)
                new = _badness(new_b, target, weight)
                if new > old and _share(state) >= np.exp((old - new) / heat):
                    pickups[b, p], shelters[b, p] = i, j
                    pickups[b, q], shelters[b, q] = i2, j2
                    _measure(b, pickups, shelters, n_loads, depot, pull_out, out_time, back_time, done)
                    continue
                time[b] = new_b
                if new_b >= best:
                    continue
                kind = 7  # taken already
            else:
                before_c = shelters[c, q - 1] if q > 0 else np.int64(-1)
                new_b += _lead(depot[b], before, new_i, pull_out, back_time) - lead
                new_b += out_time[new_i, new_j] - out_time[i, j]
                if after >= 0:
                    new_b += back_time[new_j, after] - back_time[j, after]
                new_c += _lead(depot[c], before_c, other_i, pull_out, back_time)
                new_c -= _lead(depot[c], before_c, i2, pull_out, back_time)
                new_c += out_time[other_i, other_j] - out_time[i2, j2]
                if q + 1 < n_c:
                    new_c += back_time[other_j, pickups[c, q + 1]] - back_time[j2, pickups[c, q + 1]]
        if kind != 7:
            new = _badness(new_b, target, weight)
            if c != b:
                new += _badness(new_c, target, weight)
            if new > old and _share(state) >= np.exp((old - new) / heat):
                continue
        if kind == 1:
            shelters[b, p] = new_j
            free[new_j] -= 1
            free[j] += 1
        elif kind in (0, 6):
            for at in range(n_c - 1, q - 1, -1):
                pickups[c, at + long], shelters[c, at + long] = pickups[c, at], shelters[c, at]
            for at in range(long):
                pickups[c, q + at], shelters[c, q + at] = pickups[b, p + at], shelters[b, p + at]
            for at in range(p, n_b - long):
                pickups[b, at], shelters[b, at] = pickups[b, at + long], shelters[b, at + long]
            n_loads[b] -= long
            n_loads[c] += long
            if kind == 0 and new_j != j:
                shelters[c, q] = new_j
                free[new_j] -= 1
                free[j] += 1
        elif kind == 5:
            for at in range(p, n_b):
                end_p[at - p], end_s[at - p] = pickups[b, at], shelters[b, at]
            for at in range(q, n_c):
                pickups[b, p + at - q], shelters[b, p + at - q] = pickups[c, at], shelters[c, at]
            for at in range(n_b - p):
                pickups[c, q + at], shelters[c, q + at] = end_p[at], end_s[at]
            n_loads[b], n_loads[c] = p + n_c - q, q + n_b - p
        elif kind != 7:
            pickups[b, p], shelters[b, p] = new_i, new_j
            pickups[c, q], shelters[c, q] = other_i, other_j
        time[b] = _measure(b, pickups, shelters, n_loads, depot, pull_out, out_time, back_time, done)
        if c != b:
            time[c] = _measure(c, pickups, shelters, n_loads, depot, pull_out, out_time, back_time, done)
        if max(time[b], time[c]) < best:
            longest = time.max()
            if longest < best:
                best = longest
                kept_pickups[:], kept_shelters[:] = pickups, shelters
                kept_loads[:], kept_free[:] = n_loads, free
                if best <= target:
                    break
    pickups[:], shelters[:] = kept_pickups, kept_shelters
    n_loads[:], free[:] = kept_loads, kept_free
    return int(best)
