"""What stretches use, as runs of steps: tolls by sums of prices, uses by where they begin and end."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from farshore.executor.abreast import abreast

__all__ = ["Runs", "runs_of", "tolls_by_runs", "used_by_runs"]

_njit: Any = numba.njit  # its stub does not know calls with unpacked arguments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_AT_ONCE = 16  # steps
_PARTS = 8  # that tolls are worked out in, side by side
_SUMMED = 4  # parts that uses are summed up in


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


def tolls_by_runs(runs: Runs, prices: Floats) -> Floats:
    """What entering each stretch in each step costs: float64[n_steps, n_stretches].

    prices : float64[n_families, n_steps]
    """
    n_families, n_steps = prices.shape
    runs = _of(runs, np.asarray(np.any(prices, axis=1)))
    sums = np.zeros((n_families, n_steps + 1))
    np.cumsum(prices, axis=1, out=sums[:, 1:])
    tolls = np.empty((n_steps, len(runs.first) - 1))
    part = -(-n_steps // (_PARTS * _AT_ONCE)) * _AT_ONCE
    abreast(
        lambda begin: _tolls_between(begin, min(begin + part, n_steps), runs, sums, tolls),
        range(0, n_steps, part),
    )
    return tolls


def _of(runs: Runs, some: npt.NDArray[np.bool_]) -> Runs:
    """Those of some families: bool[n_families]."""
    kept = some[runs.family]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[runs.first]
    return Runs(first, runs.family[kept], runs.begin[kept], runs.end[kept], runs.amount[kept])


@_njit(cache=True, nogil=True)
def _tolls_between(first: int, last: int, runs: Runs, sums: Floats, tolls: Floats) -> None:
    """In the steps from `first` to before `last`, put into `tolls`; sums : of prices before each step."""
    n_steps, n = tolls.shape
    total = np.empty(_AT_ONCE)
    for block in range(first, last, _AT_ONCE):
        size = min(_AT_ONCE, last - block)
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


def used_by_runs(n_families: int, runs: Runs, flow: Floats) -> Floats:
    """What flows through stretches use: float64[n_families, n_steps].

    flow : float64[n_flows, n_steps, n_stretches], summed up
    """
    n_steps = flow.shape[1]
    sooner, later = int(runs.begin.min(initial=0)), int(runs.end.max(initial=0))
    part = -(-n_steps // _SUMMED)

    def changed(begin: int) -> tuple[int, Floats]:
        first, last = max(0, begin + sooner), min(n_steps, begin + part + later)
        changes = np.zeros((n_families, last + 1 - first))
        _change(begin, min(begin + part, n_steps), first, runs, flow, changes)
        return first, changes

    used = np.zeros((n_families, n_steps + 1))  # how it changes, then summed up
    for first, changes in abreast(changed, range(0, n_steps, part)):
        used[:, first : first + changes.shape[1]] += changes
    return np.cumsum(used[:, :n_steps], axis=1)


@_njit(cache=True, nogil=True)
def _change(begin: int, end: int, first: int, runs: Runs, flow: Floats, changes: Floats) -> None:
    """By how much what is used changes in each step from `first` on, by those who enter before `end`."""
    n_flows, n_steps, n = flow.shape
    for k in range(begin, end):
        for s in range(n):
            many = 0.0
            for each in range(n_flows):
                many += flow[each, k, s]
            if many > 0:
                for i in range(runs.first[s], runs.first[s + 1]):
                    f, amount = runs.family[i], runs.amount[i] * many
                    changes[f, max(0, min(n_steps, k + runs.begin[i])) - first] += amount
                    changes[f, max(0, min(n_steps, k + runs.end[i])) - first] -= amount
