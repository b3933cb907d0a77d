"""How kernels are compiled: cached on disk, and the inner pieces of the traffic loop folded into it."""

from typing import Any

from numba import njit

__all__ = ["folded", "looped"]

# Counting references to arrays costs ten times the work itself where a loop reads a few words of many arrays.
# These kernels write in place and never make, keep or return an array, so there is nothing to count.
_UNCOUNTED = {"cache": True, "_nrt": False}

looped: Any = njit(**_UNCOUNTED)
folded: Any = njit(**_UNCOUNTED, forceinline=True)
