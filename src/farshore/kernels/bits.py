"""Bitsets over time: 64 steps a word, a word of every link or node side by side.

A search at some step looks at the same word of many neighbours, so these lie together.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.compiled import folded

__all__ = ["Words", "clear_bit", "get_bit", "lowest_bit", "set_bit", "spread_down", "spread_up", "word_count"]

Words = npt.NDArray[np.uint64]

_ONE = np.uint64(1)
_ZERO = np.uint64(0)


def word_count(n_steps: int) -> int:
    """Words needed for so many steps."""
    return (n_steps + 63) >> 6


@folded
def get_bit(words: Words, row: int, step: int) -> bool:
    """Whether the bit of `step` is set of `row` in uint64[n_words, n_rows]."""
    return bool((words[step >> 6, row] >> np.uint64(step & 63)) & _ONE)


@folded
def set_bit(words: Words, row: int, step: int) -> None:
    """Set the bit of `step` of `row` in uint64[n_words, n_rows]."""
    words[step >> 6, row] |= _ONE << np.uint64(step & 63)


@folded
def clear_bit(words: Words, row: int, step: int) -> None:
    """Clear the bit of `step` of `row` in uint64[n_words, n_rows]."""
    words[step >> 6, row] &= ~(_ONE << np.uint64(step & 63))


@njit(cache=True)
def lowest_bit(word: np.uint64) -> int:
    """Position of the lowest set bit of a word that is not 0."""
    n = 0
    for width in (32, 16, 8, 4, 2, 1):
        if word & ((_ONE << np.uint64(width)) - _ONE) == _ZERO:
            word >>= np.uint64(width)
            n += width
    return n


@folded
def spread_down(seed: np.uint64, through: np.uint64) -> np.uint64:
    """The seed bits and all bits below them that a run of `through` bits leads to.

    Bit k is reached from bit k + 1 if bit k of `through` is set: whoever waits at step k is there at k + 1.
    Kogge, P. M., Stone, H. S. (1973), A parallel algorithm for the efficient solution of a general
    class of recurrence equations.
    """
    seed |= through & (seed >> np.uint64(1))
    through &= through >> np.uint64(1)
    seed |= through & (seed >> np.uint64(2))
    through &= through >> np.uint64(2)
    seed |= through & (seed >> np.uint64(4))
    through &= through >> np.uint64(4)
    seed |= through & (seed >> np.uint64(8))
    through &= through >> np.uint64(8)
    seed |= through & (seed >> np.uint64(16))
    through &= through >> np.uint64(16)
    seed |= through & (seed >> np.uint64(32))
    return seed


@folded
def spread_up(seed: np.uint64, through: np.uint64) -> np.uint64:
    """The seed bits and all bits above them that a run of `through` bits leads to (bit k from bit k − 1)."""
    seed |= through & (seed << np.uint64(1))
    through &= through << np.uint64(1)
    seed |= through & (seed << np.uint64(2))
    through &= through << np.uint64(2)
    seed |= through & (seed << np.uint64(4))
    through &= through << np.uint64(4)
    seed |= through & (seed << np.uint64(8))
    through &= through << np.uint64(8)
    seed |= through & (seed << np.uint64(16))
    through &= through << np.uint64(16)
    seed |= through & (seed << np.uint64(32))
    return seed
