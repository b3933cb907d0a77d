"""How inner loops are compiled: without the reference counts that numba keeps for arrays.

A function that allocates nothing needs none, and a search that hands twenty arrays from call to call spends
more time on them than on the search. Only for functions that make no array and return none.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

__all__ = ["inlined", "inner"]

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}


def inner(function: Function) -> Function:
    """Compile an inner loop that takes arrays and numbers and returns numbers."""
    return cast("Function", njit(**_OPTIONS)(function))


def inlined(function: Function) -> Function:
    """As `inner`, for a few lines that are always written into their caller."""
    return cast("Function", njit(forceinline=True, **_OPTIONS)(function))
