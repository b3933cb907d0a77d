"""What is run: a job, prepared once in each worker, then given its tasks one by one."""

import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Executor", "Job", "Packed", "packed", "unpacked"]


@dataclass(frozen=True, slots=True)
class Job:
    """Work that many tasks share.

    prepare : makes of the payload what every task needs; run once in each worker
    work : (what was prepared, a task) → a result that can be pickled
    Both must be functions of a module, so that another process can find them.
    """

    prepare: Callable[[bytes], Any]
    work: Callable[[Any, Any], Any]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """What the tasks of one run share, as it travels: bytes, and the number of the run that they are of."""

    run: int
    data: bytes


def packed(run: int, shared: Any) -> Packed:
    """Pack it once, however many workers get it."""
    return Packed(run, zlib.compress(pickle.dumps(shared, protocol=5), 1))


def unpacked(given: Packed) -> Any:
    """What was packed."""
    return pickle.loads(zlib.decompress(given.data))


class Executor(Protocol):
    """Somewhere to run a job's tasks. Use it as a context: what it started ends with it.

    sent_bytes : bytes of the payload, and of what runs share, that were sent to workers so far; each gets
    each of them once
    lost_workers : workers that died and were replaced
    """

    @property
    def sent_bytes(self) -> int:
        """Bytes of payload and of what runs share, sent so far."""
        ...

    @property
    def lost_workers(self) -> int:
        """Workers that died so far."""
        ...

    @property
    def workers(self) -> int:
        """How many tasks can run at the same time."""
        ...

    def run(self, tasks: Sequence[Any], *, shared: Any = None) -> Iterator[tuple[int, Any]]:
        """(number of a task, its result) as they finish, in any order; each task exactly once.

        shared : what all tasks of this run need, sent to each worker once; the work is then given the pair
        (shared, task) for its task. None: the task alone
        An error of the work itself is raised here. Raises ExecutorLost where nothing is left to run on.
        """
        ...

    def close(self) -> None:
        """End what was started; tasks that run are given up."""
        ...

    def __enter__(self) -> "Executor": ...

    def __exit__(self, *_: object) -> None: ...
