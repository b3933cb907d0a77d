"""What entering each arc costs by the prices of everything that it uses, in every step."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["tolls_of"]

Ints = npt.NDArray[np.int64]


@njit(cache=True)
def tolls_of(
    n_steps: int,
    use_first: Ints,
    use_base: Ints,
    use_offset: Ints,
    share: Ints,
    whole: Ints,
    price: Ints,
) -> tuple[Ints, Ints]:
    """Tolls of arcs of which something that they use has a price.

    use_first : int64[n_arcs + 1]; use_base, use_offset, share, whole : int64[n_uses]: who enters arc a in
        step k pays ⌊price[use_base + k + use_offset] · share / whole⌋ for each of its uses
    price : int64[n_resources]
    returns : toll_of int64[n_arcs], column of tolls int64[n_steps, n_columns], −1 for arcs without any
    """
    n_arcs = len(use_first) - 1
    priced = np.zeros(len(price) // n_steps + 1, np.bool_)
    for i in range(len(price)):
        if price[i] > 0:
            priced[i // n_steps] = True
    toll_of = np.full(n_arcs, -1, np.int64)
    n_columns = 0
    for arc in range(n_arcs):
        for i in range(use_first[arc], use_first[arc + 1]):
            if priced[use_base[i] // n_steps]:
                toll_of[arc] = n_columns
                n_columns += 1
                break
    tolls = np.zeros((n_steps, n_columns), np.int64)
    for arc in range(n_arcs):
        column = toll_of[arc]
        if column < 0:
            continue
        for i in range(use_first[arc], use_first[arc + 1]):
            if not priced[use_base[i] // n_steps]:
                continue
            for k in range(max(0, -use_offset[i]), min(n_steps, n_steps - use_offset[i])):
                tolls[k, column] += price[use_base[i] + k + use_offset[i]] * share[i] // whole[i]
    return toll_of, tolls
