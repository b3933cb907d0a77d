"""What is run: a job, prepared once in each worker, then given its tasks one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Executor", "Job"]


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


class Executor(Protocol):
    """Somewhere to run a job's tasks. Use it as a context: what it started ends with it.

    sent_bytes : payload bytes that were sent to workers so far; each gets it once
    lost_workers : workers that died and were replaced
    """

    @property
    def sent_bytes(self) -> int:
        """Payload bytes sent so far."""
        ...

    @property
    def lost_workers(self) -> int:
        """Workers that died so far."""
        ...

    @property
    def workers(self) -> int:
        """How many tasks can run at the same time."""
        ...

    def run(self, tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """(number of a task, its result) as they finish, in any order; each task exactly once.

        An error of the work itself is raised here. Raises ExecutorLost where nothing is left to run on.
        """
        ...

    def close(self) -> None:
        """End what was started; tasks that run are given up."""
        ...

    def __enter__(self) -> "Executor": ...

    def __exit__(self, *_: object) -> None: ...
