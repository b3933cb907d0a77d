"""A Dask cluster as executor: the payload goes to each worker once, as a plugin that new workers get too."""

import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from distributed import Client, KilledWorker, WorkerPlugin, as_completed, get_worker
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError

from farshore.errors import ExecutorLost, UsageFault
from farshore.executor.job import Job, Packed, packed, unpacked

__all__ = ["Cluster"]

_ANSWER_WITHIN_S: Final = 10
_LOOK_EVERY_S: Final = 1.0  # while nothing comes, whether any worker is left
_TELL_AFTER_S: Final = 5.0  # a worker that its nanny starts anew is back sooner
_WAIT_S: Final = 60.0
_PATIENCE_S: Final = 0.02  # between two looks for a result
_FETCH_S: Final = 2.0  # for one to travel, before it is asked whether it was lost with its worker


class _Carried(WorkerPlugin):  # type: ignore[misc]
    """The job on a worker: its payload as it came, and what was prepared of it at the first task."""

    def __init__(self, name: str, job: Job) -> None:
        self.name = name
        self.job = job

    def setup(self, worker: Any) -> None:
        """Called by Dask on each worker, new ones included."""
        self.lock = threading.Lock()
        self.state: Any = None
        self.ready = False

    def prepared(self) -> Any:
        """What every task needs; the first to ask prepares it."""
        with self.lock:
            if not self.ready:
                self.state, self.ready = self.job.prepare(self.job.payload), True
        return self.state


class _Shared(WorkerPlugin):  # type: ignore[misc]
    """What the tasks of one run share, on a worker: as it came, and unpacked at the first task."""

    def __init__(self, name: str, part: Packed) -> None:
        self.name = name
        self.part = part

    def setup(self, worker: Any) -> None:
        """Called by Dask on each worker, new ones included."""
        self.lock = threading.Lock()
        self.value: Any = None
        self.ready = False

    def open(self) -> Any:
        """What was shared."""
        with self.lock:
            if not self.ready:
                self.value, self.ready = unpacked(self.part), True
        return self.value


class _Watch:
    """Looks whether any worker is left while nothing comes; says so if not, and ends it after a while."""

    def __init__(
        self,
        address: str,
        count: Callable[[], int],
        say: Callable[[str], None],
        tell_after_s: float,
        wait_s: float,
    ) -> None:
        self._address, self._count, self._say = address, count, say
        self._tell_after_s, self._wait_s = tell_after_s, wait_s
        self.seen()
        self._told = False

    def seen(self) -> None:
        """Something has come, so that somebody works."""
        self._looked_s = self._without_s = time.monotonic()

    def look(self) -> None:
        """Count workers, once in a while; raises ExecutorLost where there has been none for long."""
        now_s = time.monotonic()
        if now_s < self._looked_s + _LOOK_EVERY_S:
            return
        without_s = self._without_s
        some = f"dask worker {self._address} --nthreads 1"
        if self._count():
            if self._told:
                self._say(f"a worker has come to {self._address}: going on")
            self._told = False
            self.seen()
            return
        self._looked_s = now_s
        if now_s - without_s >= self._wait_s:
            raise ExecutorLost(
                f"no worker has been left at {self._address} for {self._wait_s:g} s; start some with: {some} "
                "(or work here, with --workers and not --dask)"
            )
        if now_s - without_s >= self._tell_after_s and not self._told:
            self._say(
                f"no worker is left at {self._address}; waiting {self._wait_s:g} s for one, as from: {some}"
            )
            self._told = True


class Cluster:
    """Runs tasks on the workers of a Dask scheduler.

    Dask gives the tasks of a worker that died to another. Raises ExecutorLost where the scheduler does not
    answer or is lost on the way, and where no worker has been left for `wait_s` seconds.
    """

    def __init__(
        self,
        job: Job,
        address: str,
        *,
        say: Callable[[str], None] = lambda _: None,
        tell_after_s: float = _TELL_AFTER_S,
        wait_s: float = _WAIT_S,
    ) -> None:
        self.lost_workers = 0
        self._job, self._address = job, address
        self._watch = _Watch(address, lambda: len(self._info()), say, tell_after_s, wait_s)
        self._shared_bytes = 0
        about = " ".join(f"{each.__module__}.{each.__qualname__}" for each in (job.prepare, job.work))
        self._name = "farshore-" + hashlib.sha256(about.encode() + job.payload).hexdigest()[:16]
        self._runs = 0
        _knock(address)
        try:
            self._client = Client(address, timeout=f"{_ANSWER_WITHIN_S}s", set_as_default=False)
        except (OSError, TimeoutError, ValueError, ImportError) as error:
            raise ExecutorLost(f"no Dask scheduler answers at {address} ({error})") from None
        try:
            self._client.register_plugin(_Carried(self._name, job), name=self._name)
        except Exception as error:
            self.close()
            raise ExecutorLost(f"the workers of {address} cannot take the job: {error}") from None
        self._known = set(self._info())

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        return max(1, sum(int(worker["nthreads"]) for worker in self._info().values()))

    @property
    def sent_bytes(self) -> int:
        """Payload and shared parts, once to the scheduler and once to each worker that ever was there."""
        self._known |= set(self._info())
        return (len(self._job.payload) + self._shared_bytes) * (1 + len(self._known))

    def run(self, tasks: Sequence[Any], *, shared: Any = None) -> Iterator[tuple[int, Any]]:
        """Submit all, and give results as they come."""
        self._runs += 1
        run = f"{self._name}-{self._runs}"
        part = None if shared is None else packed(self._runs, shared)
        left = set(range(len(tasks)))
        try:
            if part is not None:
                self._client.register_plugin(_Shared(run, part), name=run)
                self._shared_bytes += len(part.data)
            with_it = "" if part is None else run
            futures = {
                self._client.submit(
                    _work, self._name, with_it, task, key=f"{run}-{number}", pure=False, retries=2
                ): number
                for number, task in enumerate(tasks)
            }
            for future in self._finished(as_completed(list(futures), loop=self._client.loop)):
                # What is lost with its worker once done is worked out again while there is a scheduler.
                if future.status == "cancelled" or (
                    future.status == "lost" and self._client.status != "running"
                ):
                    raise ExecutorLost(self._farewell(len(left)))
                answer = self._fetched(future)
                number = futures[future]
                left.discard(number)
                future.release()
                yield number, answer
            if left:
                raise ExecutorLost(self._farewell(len(left)))
        except KilledWorker:
            raise ExecutorLost(
                f"workers of {self._address} keep dying over one task (out of memory?)"
            ) from None
        except (FutureCancelledError, CommClosedError):
            # While a result is fetched the client may learn of it before it says that it is not running.
            raise ExecutorLost(self._farewell(len(left))) from None
        except (OSError, TimeoutError):
            if self._client.status != "running":
                raise ExecutorLost(self._farewell(len(left))) from None
            raise
        finally:
            if part is not None:
                with contextlib.suppress(Exception):
                    self._client.unregister_worker_plugin(run)

    def close(self) -> None:
        """Leave the cluster as it was."""
        with contextlib.suppress(Exception):
            self._client.unregister_worker_plugin(self._name)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _finished(self, coming: Any) -> Iterator[Any]:
        """Tasks that are done, as they come; raises ExecutorLost once no worker has been left for long."""
        self._watch.seen()
        while coming.count():
            if coming.has_ready():
                self._watch.seen()
                yield next(coming)
                continue
            time.sleep(_PATIENCE_S)
            if self._client.status == "running":  # else the tasks that are left come back as cancelled
                self._watch.look()

    def _fetched(self, future: Any) -> Any:
        """What a task gave; where it was lost with its worker, another works it out again."""
        while True:
            try:
                return future.result(timeout=_FETCH_S)
            except TimeoutError:
                if future.status == "error" or self._client.status != "running":
                    raise
                self._watch.look()

    def _info(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _farewell(self, left: int) -> str:
        return f"the Dask scheduler at {self._address} was lost with {left} tasks to go"


def _knock(address: str) -> None:
    """See that somebody listens before Dask tries, which would tell of its failure in its own words."""
    kind, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if kind not in ("tcp", "tls") or not host or not port.isdigit() or int(port) > 65_535:
        raise UsageFault(f"{address!r} is no address of a Dask scheduler; write it as tcp://host:8786")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_WITHIN_S).close()
    except OSError as error:
        raise ExecutorLost(f"no Dask scheduler answers at {address}: {error.strerror or error}") from None


def _work(name: str, shared: str, task: Any) -> Any:
    """A task, on a worker that carries its job, and what its run shares if that has a name."""
    plugins = get_worker().plugins
    carried = plugins[name]
    given = (plugins[shared].open(), task) if shared else task
    return carried.job.work(carried.prepared(), given)
