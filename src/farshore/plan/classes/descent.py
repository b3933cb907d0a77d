"""The least of a smooth convex function of what cannot be below zero."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.quasi_newton import newton_step

__all__ = ["least_of"]

Floats = npt.NDArray[np.float64]

_KEPT: Final = 60  # moves that are remembered
_ENOUGH: Final = 1e-4  # of the fall that the slope promises
_SHORTEST: Final = 1e-6  # of a step


def least_of(
    function: Callable[[Floats], tuple[float, Floats]],
    begin: Floats,
    most: int,
    done: Callable[[float], bool],
) -> Floats:
    """Go down from `begin` by at most so many looks at the function, which returns its value and slope.

    done : told the value after each move, whether to leave it at that

    Quasi-Newton steps of what is free to move, cut off at zero (two-metric projection): Bertsekas (1982),
    Projected Newton methods for optimization problems with simple constraints, SIAM J. Control Optim. 20(2).
    """
    at = begin
    value, slope = function(at)
    looks, n_moves = 1, 0
    moved, changed = np.zeros((_KEPT, len(at))), np.zeros((_KEPT, len(at)))
    while looks < most:
        free = np.flatnonzero((at > 0) | (slope < 0))
        if not len(free):
            break
        order = np.arange(n_moves - 1, max(-1, n_moves - 1 - _KEPT), -1) % _KEPT
        step = newton_step(slope, free, moved, changed, order)
        size = 1.0 if n_moves else 1.0 / max(1.0, float(np.sqrt(np.square(step).sum())))
        new = at
        while size > _SHORTEST and looks < most:
            there = np.maximum(at[free] + size * step, 0.0)
            promised = float((slope[free] * (there - at[free])).sum())
            if promised >= 0:
                size *= 0.1
                continue
            trial = at.copy()
            trial[free] = there
            new_value, new_slope = function(trial)
            looks += 1
            short = new_value - value - promised
            if short <= (_ENOUGH - 1) * promised:
                new = trial
                break
            size *= min(0.5, max(0.1, -0.5 * promised / short))
        if new is not at:
            np.subtract(new, at, out=moved[n_moves % _KEPT])
            np.subtract(new_slope, slope, out=changed[n_moves % _KEPT])
            n_moves += 1
            at, value, slope = new, new_value, new_slope
            if done(value):
                break
        elif n_moves:
            n_moves = 0  # what is remembered leads nowhere
        else:
            break
    return at
