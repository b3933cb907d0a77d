"""What stretches use, as runs of steps: tolls by sums of prices, uses by where they begin and end."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["Runs", "runs_of", "tolls_by_runs", "used_by_runs"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_AT_ONCE = 16  # steps


class Runs(NamedTuple):
    """Stretch s, entered in step k, uses amount[i] of family[i] in steps k + begin[i] … k + end[i] − 1.

    first : int64[n_stretches + 1], its runs i are first[s] … first[s + 1] − 1; the others [n_runs]
    """

    first: Ints
    family: Ints
    begin: Ints
    end: Ints
    amount: Floats


def runs_of(n: int, whose: Ints, family: Ints, offset: Ints, amount: Floats) -> Runs:
    """Runs of n stretches from their uses in single steps: [n_uses], sorted by these in this order."""
    at = np.arange(len(whose))
    follows = at > 0
    for each, by in ((whose, 0), (family, 0), (offset, 1), (amount, 0)):
        follows[1:] &= each[1:] == each[:-1] + by
    heads = np.flatnonzero(~follows)
    size = np.diff(np.append(heads, len(whose)))
    return Runs(
        np.searchsorted(whose[heads], np.arange(n + 1)),
        family[heads],
        offset[heads],
        offset[heads] + size,
        amount[heads].astype(np.float64),
    )


@_njit(cache=True)
def tolls_by_runs(runs: Runs, prices: Floats) -> Floats:
    """What entering each stretch in each step costs: float64[n_steps, n_stretches].

    prices : float64[n_families, n_steps]
    """
    n_families, n_steps = prices.shape
    n = len(runs.first) - 1
    sums = np.zeros((n_families, n_steps + 1))
    for f in range(n_families):
        for k in range(n_steps):
            sums[f, k + 1] = sums[f, k] + prices[f, k]
    tolls = np.empty((n_steps, n))
    total = np.empty(_AT_ONCE)
    for block in range(0, n_steps, _AT_ONCE):
        size = min(_AT_ONCE, n_steps - block)
        for s in range(n):
            total[:size] = 0.0
            for i in range(runs.first[s], runs.first[s + 1]):
                f, amount = runs.family[i], runs.amount[i]
                begin, end = block + runs.begin[i], block + runs.end[i]
                if begin >= 0 and end + size <= n_steps + 1:
                    for j in range(size):
                        total[j] += amount * (sums[f, end + j] - sums[f, begin + j])
                else:
                    for j in range(size):
                        low, high = max(0, min(n_steps, begin + j)), max(0, min(n_steps, end + j))
                        total[j] += amount * (sums[f, high] - sums[f, low])
            for j in range(size):
                tolls[block + j, s] = total[j]
    return tolls


@_njit(cache=True)
def used_by_runs(n_families: int, runs: Runs, flow: Floats) -> Floats:
    """What flows through stretches use: float64[n_families, n_steps].

    flow : float64[n_steps, n_stretches]
    """
    n_steps, n = flow.shape
    used = np.zeros((n_families, n_steps + 1))  # how it changes, then summed up
    for k in range(n_steps):
        for s in range(n):
            if flow[k, s] > 0:
                for i in range(runs.first[s], runs.first[s + 1]):
                    f, many = runs.family[i], runs.amount[i] * flow[k, s]
                    used[f, max(0, min(n_steps, k + runs.begin[i]))] += many
                    used[f, max(0, min(n_steps, k + runs.end[i]))] -= many
    for f in range(n_families):
        for k in range(1, n_steps):
            used[f, k] += used[f, k - 1]
    return used[:, :n_steps].copy()
