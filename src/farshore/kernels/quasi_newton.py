"""Where a quasi-Newton step goes, from the last moves and how the slope changed by them."""

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["newton_step"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CURVED = 1e-12  # a move along which the function is less curved is passed over


@njit(cache=True)
def newton_step(slope: Floats, free: Ints, moved: Floats, changed: Floats, order: Ints) -> Floats:
    """The step of those that are free to move, as if the others were not there: float64[n_free].

    slope : float64[n]; free : int64[n_free]
    moved, changed : float64[n_kept, n], moves and changes of the slope
    order : int64[n_moves], the last first

    Nocedal (1980), Updating quasi-Newton matrices with limited storage, Math. Comp. 35.
    """
    step = -slope[free]
    curve, share = np.zeros(len(order)), np.zeros(len(order))
    scale = 0.0
    for i in range(len(order)):
        s, y = moved[order[i]], changed[order[i]]
        along, across, ahead = 0.0, 0.0, 0.0
        for j in range(len(free)):
            one, other = s[free[j]], y[free[j]]
            along += one * other
            across += other * other
            ahead += one * step[j]
        if along > _CURVED * across:
            curve[i], share[i] = along, ahead / along
            for j in range(len(free)):
                step[j] -= share[i] * y[free[j]]
            if scale == 0.0:
                scale = along / across
    if scale > 0.0:
        step *= scale
    for i in range(len(order) - 1, -1, -1):
        if curve[i] > 0.0:
            s, y = moved[order[i]], changed[order[i]]
            ahead = 0.0
            for j in range(len(free)):
                ahead += y[free[j]] * step[j]
            for j in range(len(free)):
                step[j] += (share[i] - ahead / curve[i]) * s[free[j]]
    return step
