"""Independent pieces of work side by side, on the processors that there are."""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["abreast"]

T = TypeVar("T")
R = TypeVar("R")

_here = threading.local()


def abreast(work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
    """What the work makes of each piece, in their order: the same on one processor as on many.

    Pieces must not write where others read or write; compiled work that lets the interpreter go
    (`nogil=True`) gains by it. What is within such a piece is done in turn.
    """
    pieces = list(pieces)
    threads = None if len(pieces) < 2 or getattr(_here, "is_piece", False) else _threads(os.getpid())
    if threads is None:
        return [work(piece) for piece in pieces]
    return list(threads.map(work, pieces))


def _begin() -> None:
    _here.is_piece = True


@cache
def _threads(_process: int) -> ThreadPoolExecutor | None:
    """One pool a process: a fork has none of the threads of the process that it is from."""
    n = _available()
    return ThreadPoolExecutor(n, initializer=_begin) if n > 1 else None


def _available() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
