"""What stretches cost and when they are open, from the arcs that they go along."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["costs_along", "open_along"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True)
def costs_along(first: Ints, row: Ints, offset: Ints, costs: Ints, flat: Ints) -> Ints:
    """What entering each stretch in each step costs: int64[n_stretches, n_steps].

    first : int64[n_stretches + 1]; row, offset, flat : int64[n], of the arcs of each: row of `costs` (−1 for
        none), steps from entering the stretch to entering the arc, and what it costs in all steps
    costs : int64[n_rows, n_steps]; of the last step where an arc would be entered later
    """
    n_steps = costs.shape[1]
    total = np.zeros((len(first) - 1, n_steps), np.int64)
    for s in range(len(total)):
        for i in range(first[s], first[s + 1]):
            for k in range(n_steps):
                total[s, k] += flat[i]
            if row[i] >= 0:
                for k in range(n_steps):
                    total[s, k] += costs[row[i], min(k + offset[i], n_steps - 1)]
    return total


@njit(cache=True)
def open_along(first: Ints, row: Ints, offset: Ints, opens: Ints, length: Ints) -> Flags:
    """Whether each stretch can be entered in a step and be through in time: bool[n_stretches, n_steps].

    first, row, offset : as for `costs_along`, rows of `opens` : int64[n_rows, n_steps], 0 is closed
    length : int64[n_stretches], steps
    """
    n_steps = opens.shape[1]
    found = np.zeros((len(first) - 1, n_steps), np.bool_)
    for s in range(len(found)):
        for k in range(n_steps - length[s]):
            found[s, k] = True
        for i in range(first[s], first[s + 1]):
            for k in range(n_steps - length[s]):
                found[s, k] &= k + offset[i] < n_steps and opens[row[i], k + offset[i]] != 0
    return found
