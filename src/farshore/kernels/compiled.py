"""How inner loops are compiled: cached on disk, and without the reference counts that numba keeps for arrays.

`looped` compiles a loop, `folded` a few lines that are written into every loop that calls them.
"""

from typing import Any

import numba

__all__ = ["folded", "looped"]

_njit: Any = numba.njit  # its stub does not know the option below

# Counting references to arrays costs ten times the work itself where a loop reads a few words of many arrays.
# These kernels write in place and never make, keep or return an array, so there is nothing to count.
looped: Any = _njit(cache=True, _nrt=False, error_model="numpy")
folded: Any = _njit(cache=True, _nrt=False, error_model="numpy", forceinline=True)
