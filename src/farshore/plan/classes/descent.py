"""The least of a smooth convex function of what cannot be below zero."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["least_of"]

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], tuple[float, Floats]]

_KEPT: Final = 60  # moves that are remembered
_ENOUGH: Final = 1e-4  # of the fall that the slope promises
_SHORTEST: Final = 1e-6
_CURVED: Final = 1e-12


def least_of(function: Function, begin: Floats, most: int, done: Callable[[float], bool]) -> Floats:
    """Go down from `begin` by at most so many looks at the function, which returns value and slope.

    done : told the value after each move, whether to leave it at that

    Quasi-Newton steps among those that are free to move, projected (two-metric projection): Bertsekas (1982),
    Projected Newton methods for optimization problems with simple constraints, SIAM J. Control Optim. 20(2);
    the metric from the last moves: Nocedal (1980), Updating quasi-Newton matrices with limited storage, Math.
    Comp. 35.
    """
    at = begin
    value, slope = function(at)
    looks, memory = 1, _Memory()
    while looks < most:
        free = np.flatnonzero((at > 0) | (slope < 0))
        if not len(free):
            return at
        move = memory.newton(slope, free)
        here, steep = at[free], slope[free]
        size = 1.0 if memory.moves else min(1.0, 1.0 / np.sqrt(steep @ steep))
        while True:
            there = np.maximum(here + size * move, 0.0)
            promised = float(steep @ (there - here))
            if promised < 0:
                new = at.copy()
                new[free] = there
                new_value, new_slope = function(new)
                looks += 1
                if new_value <= value + _ENOUGH * promised:
                    break
                curve = new_value - value - promised
                size *= min(0.5, max(0.1, -0.5 * promised / curve))
            else:
                size *= 0.1
            if size < _SHORTEST or looks >= most:
                if not memory.moves or looks >= most:
                    return at
                memory, move, size = _Memory(), -steep, 1.0 / np.sqrt(steep @ steep)
        memory.add(new - at, new_slope - slope)
        at, value, slope = new, new_value, new_slope
        if done(value):
            break
    return at


class _Memory:
    """The last moves, and how the slope changed by each."""

    def __init__(self) -> None:
        self.moves: list[tuple[Floats, Floats]] = []

    def add(self, moved: Floats, changed: Floats) -> None:
        """Remember a move, if the function is curved along it."""
        if moved @ changed > _CURVED * (changed @ changed):
            self.moves = [*self.moves[1 - _KEPT :], (moved, changed)]

    def newton(self, slope: Floats, free: npt.NDArray[np.int64]) -> Floats:
        """Where those who are free go."""
        move = -slope[free]
        pairs = []
        for moved, changed in reversed(self.moves):
            s, y = moved[free], changed[free]
            curve = s @ y
            if curve > _CURVED * (y @ y):
                share = (s @ move) / curve
                move -= share * y
                pairs.append((s, y, curve, share))
        if pairs:
            s, y, curve, _ = pairs[0]
            move *= curve / (y @ y)
        for s, y, curve, share in reversed(pairs):
            move += (share - (y @ move) / curve) * s
        return move
