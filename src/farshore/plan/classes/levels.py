"""Prices as sums over blocks of time, so that a price can move for days at once and not step by step."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, hstack

from farshore.scenario.clock import Ints

__all__ = ["Levels"]

Floats = npt.NDArray[np.float64]

_BLOCKS: Final = (2, 4, 8, 16, 48, 144)  # steps; and all of them


class Levels:
    """Prices of steps are those of all blocks that they lie in, each ≥ 0.

    Waiting ties the prices of neighbouring steps together; moved one by one, they follow each other slowly.
    Every price ≥ 0 is such a sum. Multilevel preconditioning: Bramble, Pasciak & Xu (1990), Parallel
    multilevel preconditioners, Math. Comp. 55.
    """

    def __init__(self, room: Floats, counts: npt.NDArray[np.bool_], n_timed: int, n_steps: int) -> None:
        """Set the blocks up.

        room, counts : [n], what there is of each resource, and whether it may have a price
        n_timed : the first so many of them are n_steps of one thing, then of the next
        """
        number = np.flatnonzero(counts)
        timed = number[number < n_timed]
        row, step = np.divmod(timed, n_steps)
        blocks = [_in_blocks(row, step, size, n_steps) for size in (*_BLOCKS, n_steps)]
        parts = [_part(len(room), number, np.arange(len(number)), room)]
        parts += [_part(len(room), timed, block, room) for block in blocks]
        self._members = [number, *(timed for _ in blocks)]
        self._blocks = [np.arange(len(number)), *blocks]
        self._scale = [
            1 / part.max(axis=0).toarray().ravel() if part.shape[1] else np.zeros(0) for part in parts
        ]
        self._sum = hstack(parts).tocsr()
        self._down = self._sum.T.tocsr()

    def prices(self, at: Floats) -> Floats:
        """Prices of all resources."""
        return np.asarray(self._sum @ at)

    def slope(self, by_price: Floats) -> Floats:
        """Slope by what blocks have, from the slope by prices."""
        return np.asarray(self._down @ by_price)

    def of(self, prices: Floats) -> Floats:
        """What each block has, the longest first, so that the sums are these prices."""
        rest = prices.copy()
        found = []
        for members, block, scale in zip(
            reversed(self._members), reversed(self._blocks), reversed(self._scale), strict=True
        ):
            least = np.full(len(scale), np.inf)
            np.minimum.at(least, block, rest[members])
            rest[members] -= least[block]
            found.append(least * scale)
        return np.concatenate(found[::-1])


def _in_blocks(row: Ints, step: Ints, size: int, n_steps: int) -> Ints:
    """Blocks of so many steps, numbered without gaps: int64[n]."""
    return np.asarray(np.unique(row * n_steps + step // size, return_inverse=True)[1].ravel())


def _part(n: int, members: Ints, block: Ints, room: Floats) -> csc_array:
    total = np.bincount(block, room[members])
    return csc_array((1 / np.sqrt(total)[block], (members, block)), shape=(n, len(total)))
