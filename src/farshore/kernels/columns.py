"""Ways taken from labels."""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.ways import follow

__all__ = ["traced"]

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]


@njit(cache=True)
def traced(
    start: Ints,
    step: Ints,
    head: Ints,
    comes_from: Ints,
    steps: Ints,
    choice_1: Small,
    choice_2: Small,
    toward_1: Small,
) -> tuple[Ints, Ints, Ints]:
    """The cheapest ways from some nodes in some steps.

    returns : first int64[n_ways + 1]; arc int64[n_used]: way w enters `arc[first[w]:first[w + 1]]`;
        host int64[n_ways], −1 where no way leads on
    """
    n_ways = len(start)
    n_steps, n_nodes = choice_1.shape
    first, host = np.zeros(n_ways + 1, np.int64), np.full(n_ways, -1, np.int64)
    arc, one = np.empty(1024, np.int64), np.empty(n_steps + 4 * n_nodes, np.int64)
    n = 0
    for way in range(n_ways):
        size, host[way] = follow(
            start[way], step[way], head, comes_from, steps, choice_1, choice_2, toward_1, one
        )
        while n + size > len(arc):
            arc = np.append(arc, np.empty(len(arc), np.int64))
        arc[n : n + size] = one[:size]
        n += size
        first[way + 1] = n
    return first, arc[:n].copy(), host
