"""Ways taken from labels."""

import numpy as np
import numpy.typing as npt
from numba import njit

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
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The cheapest ways from some nodes in some steps.

    returns : first int64[n_ways + 1]; arc, entered int64[n_used]: way w enters `arc[first[w]:first[w + 1]]`
        in those steps; host, arrives int64[n_ways], −1 where no way leads on
    """
    n_ways = len(start)
    n_steps, n_nodes = choice_1.shape
    longest = n_steps + 4 * n_nodes
    first = np.zeros(n_ways + 1, np.int64)
    host, arrives = np.full(n_ways, -1, np.int64), np.full(n_ways, -1, np.int64)
    arc, entered = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    for way in range(n_ways):
        node, k, came, on_way = start[way], step[way], -1, 0
        while on_way < longest:
            choice = choice_2[k, node] if on_way > 0 and toward_1[k, node] == came else choice_1[k, node]
            if choice == -1:
                break
            if choice < 0:
                host[way], arrives[way] = -2 - choice, k
                break
            if n == len(arc):
                arc, entered = (
                    np.append(arc, np.empty(n, np.int64)),
                    np.append(entered, np.empty(n, np.int64)),
                )
            arc[n], entered[n] = choice, k
            n += 1
            on_way += 1
            came, k, node = comes_from[choice], k + steps[choice], head[choice]
        first[way + 1] = n
    return first, arc[:n].copy(), entered[:n].copy(), host, arrives
