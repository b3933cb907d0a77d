"""Choosing where to run: this process for one worker, processes for more, a cluster by its address."""

from collections.abc import Callable

from farshore.errors import UsageFault
from farshore.executor.job import Executor, Job
from farshore.executor.local import InProcess, Processes

__all__ = ["executor_for"]


def executor_for(
    job: Job, *, workers: int = 1, dask: str = "", say: Callable[[str], None] = lambda _: None
) -> Executor:
    """An executor for the job; a Dask scheduler's address goes before a number of workers.

    say : is told in words what the user may want to do something about, as a cluster without workers
    Raises UsageFault if `distributed` is needed and not installed, or the numbers make no sense;
    ExecutorLost if nobody answers at the address.
    """
    if dask:
        try:
            from farshore.executor.cluster import Cluster  # noqa: PLC0415 (only who asks for Dask needs it)
        except ModuleNotFoundError as error:
            raise UsageFault(
                f"--dask needs the package {error.name}; install it with: pip install 'farshore[cluster]'"
            ) from None
        return Cluster(job, dask, say=say)
    if workers < 1:
        raise UsageFault(f"{workers} workers cannot work; give 1 or more")
    return InProcess(job) if workers == 1 else Processes(job, workers)
