"""Words of steps against plain loops over their bits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.bits import lowest_bit, spread_down, spread_up

words = st.integers(0, 2**64 - 1)


def _spread(seed: int, through: int, way: int) -> int:
    found = seed
    steps = range(64) if way > 0 else range(63, -1, -1)
    for k in steps:
        if through >> k & 1 and 0 <= k - way < 64 and found >> (k - way) & 1:
            found |= 1 << k
    return found


@settings(deadline=None)  # the first call compiles
@given(words, words)
def test_spreading_is_a_walk_along_runs(seed: int, through: int) -> None:
    assert int(spread_up(np.uint64(seed), np.uint64(through))) == _spread(seed, through, 1)
    assert int(spread_down(np.uint64(seed), np.uint64(through))) == _spread(seed, through, -1)


@settings(deadline=None)
@given(words.filter(bool))
def test_lowest_bit(word: int) -> None:
    assert lowest_bit(np.uint64(word)) == (word & -word).bit_length() - 1
