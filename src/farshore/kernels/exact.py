"""Sums of products that no whole number of 64 bits could hold."""

import numpy as np
import numpy.typing as npt

__all__ = ["exact_sum"]

Ints = npt.NDArray[np.int64]


def exact_sum(counts: Ints, each: Ints) -> int:
    """Σ counts · each without overflow, for counts below 2³⁰ and costs below 2⁶²; arrays of one shape."""
    low = int((counts * (each & 0x3FFFFFFF)).sum())
    return (int((counts * (each >> 30)).sum()) << 30) + low
