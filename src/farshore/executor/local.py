"""Local executors: this process, or processes of its own that are replaced when one dies."""

import contextlib
import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, Final

from farshore.errors import ExecutorLost
from farshore.executor.job import Job, Packed, packed, unpacked

__all__ = ["InProcess", "Processes"]

_MOST_TRIES: Final = 3  # workers that one task may take down with it


class InProcess:
    """Runs tasks here, one after the other; Ctrl-C raises KeyboardInterrupt, whatever a task makes of it."""

    workers = 1
    sent_bytes = 0
    lost_workers = 0

    def __init__(self, job: Job) -> None:
        self._job = job
        self._state: Any = None
        self._prepared = False

    def run(self, tasks: Sequence[Any], *, shared: Any = None) -> Iterator[tuple[int, Any]]:
        """Each task in its turn."""
        if tasks and not self._prepared:
            self._state, self._prepared = self._job.prepare(self._job.payload), True
        for number, task in enumerate(tasks):
            with _ended_by_ctrl_c():
                answer = self._job.work(self._state, task if shared is None else (shared, task))
            yield number, answer

    def close(self) -> None:
        """Nothing was started."""

    def __enter__(self) -> "InProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    pipe: "Connection[Any, Any]"
    task: int = -1
    has: int = 0  # the run whose shared part it was sent last


class Processes:
    """Runs tasks in processes started afresh (spawned), each of which is sent the payload once.

    A worker that dies (killed, out of memory) is replaced and its task is given to another, three times
    at most.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self.workers = workers
        self.sent_bytes = 0
        self.lost_workers = 0
        self._job = job
        self._crew: list[_Worker] = []
        self._runs = 0

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [worker.process.pid or 0 for worker in self._crew]

    def run(self, tasks: Sequence[Any], *, shared: Any = None) -> Iterator[tuple[int, Any]]:
        """Give every free worker a task until all are done."""
        self._runs += 1
        part = None if shared is None else packed(self._runs, shared)
        waiting = deque(range(len(tasks)))
        tries = [0] * len(tasks)
        left = len(tasks)
        while left:
            while len(self._crew) < min(self.workers, left):
                self._crew.append(self._started())
            for worker in self._crew:
                if worker.task < 0 and waiting:
                    self._give(worker, waiting, tasks, part)
            ready = wait([worker.pipe for worker in self._crew if worker.task >= 0])
            for worker in [each for each in self._crew if each.pipe in ready]:
                number = worker.task
                try:
                    fine, answer = worker.pipe.recv()
                except (EOFError, OSError):
                    self._mourn(worker)
                    tries[number] += 1
                    if tries[number] >= _MOST_TRIES:
                        raise ExecutorLost(
                            f"{tries[number]} workers died over one task (out of memory?); use fewer workers"
                        ) from None
                    waiting.appendleft(number)
                    continue
                if not fine:
                    raise answer
                worker.task = -1
                left -= 1
                yield number, answer

    def close(self) -> None:
        """End all workers."""
        for worker in self._crew:
            worker.process.terminate()
        for worker in self._crew:
            worker.process.join()
            worker.pipe.close()
        self._crew.clear()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._job.prepare, self._job.work), daemon=True, name="farshore"
        )
        with _deaf_to_ctrl_c():
            process.start()
        theirs.close()
        with contextlib.suppress(OSError):  # one that died at once is found out when it is given a task
            ours.send_bytes(self._job.payload)
            self.sent_bytes += len(self._job.payload)
        return _Worker(process, ours)

    def _give(
        self, worker: _Worker, waiting: "deque[int]", tasks: Sequence[Any], part: Packed | None
    ) -> None:
        worker.task = waiting.popleft()
        with contextlib.suppress(OSError):  # its death is seen when its answer is awaited
            if part is not None and worker.has != part.run:
                worker.pipe.send(part)
                worker.has = part.run
                self.sent_bytes += len(part.data)
            worker.pipe.send((part is not None, tasks[worker.task]))

    def _mourn(self, worker: _Worker) -> None:
        self.lost_workers += 1
        worker.process.join(timeout=1)
        worker.pipe.close()
        self._crew.remove(worker)


@contextlib.contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C inside goes on outside: a task that answers it with what it has so far has no whole answer."""
    told = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(told):
        yield
        return
    heard = False

    def hear(number: int, frame: FrameType | None) -> Any:
        nonlocal heard
        heard = True
        return told(number, frame)

    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, told)
        if heard:
            raise KeyboardInterrupt from None


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started inside do not hear Ctrl-C: who started them ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(pipe: "Connection[Any, Any]", prepare: Any, work: Any) -> None:
    """A worker's life: the payload once, then tasks and what they share until the pipe closes."""
    with contextlib.suppress(EOFError, OSError):
        payload = pipe.recv_bytes()
        state, shared, ready = None, None, False
        while True:
            given = pipe.recv()
            if isinstance(given, Packed):
                shared = unpacked(given)
                continue
            try:
                if not ready:
                    state, ready = prepare(payload), True
                shares, task = given
                answer = (True, work(state, (shared, task) if shares else task))
            except Exception as error:
                answer = (False, error)
            pipe.send(answer)
