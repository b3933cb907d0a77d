"""A Dask cluster of this machine, started by the two commands of docs/cluster.md."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


class Started:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path) -> None:
        pytest.importorskip("distributed")
        self.log = folder / "scheduler.log"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        dask = [sys.executable, "-m", "dask.__main__"]
        with self.log.open("wb") as log:
            self.scheduler = subprocess.Popen(
                [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
                env=environment,
                stderr=log,
                stdout=log,
                cwd=folder,
            )
        self.address = self._said(r"Scheduler at:\s+(tcp://\S+)")[0]
        self.folder = folder
        self.workers = self._more(2)
        # A worker killed while its nanny is still starting it takes the nanny with it.
        self._said(r"Register worker addr", times=2)

    def _more(self, workers: int) -> "subprocess.Popen[bytes]":
        """That many workers, each with a nanny, as one group of processes."""
        command = ["worker", self.address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"]
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask.__main__", *command],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=log,
                stdout=log,
                cwd=self.folder,
                start_new_session=True,
            )

    def more(self) -> None:
        """Start one more worker, in place of those that were killed."""
        self.workers = self._more(1)

    def _said(self, words: str, times: int = 1) -> list[str]:
        """What the scheduler's log says, once it says it so often."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = re.findall(words, self.log.read_text(encoding="utf-8"))
            if len(found) >= times:
                return found
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text(encoding="utf-8"))

    def end(self) -> None:
        """Workers whose scheduler is gone look for it for a long time: they and their nannies are killed."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.workers.pid, signal.SIGKILL)
        self.scheduler.kill()
        self.workers.wait(30)
        self.scheduler.wait(30)


@contextmanager
def started(folder: Path) -> Iterator[Started]:
    cluster = Started(folder)
    try:
        yield cluster
    finally:
        cluster.end()
