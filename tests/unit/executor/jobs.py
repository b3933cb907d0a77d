"""Jobs that workers can find by name."""

import os
import signal
import time
from pathlib import Path

from farshore.errors import Interrupted
from farshore.executor import Job


def prepared(payload: bytes) -> int:
    return len(payload)


def squared(state: int, task: int) -> tuple[int, int]:
    return state, task * task


def slowly_squared(state: int, task: int) -> tuple[int, int]:
    time.sleep(0.05)
    return state, task * task


def dies_once(state: int, task: tuple[int, str]) -> int:
    """Kills its own process the first time it is asked for a task whose file is not there yet."""
    number, flag = task
    if flag and not Path(flag).exists():
        Path(flag).write_text("died", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 10


def always_dies(state: int, task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


def complains(state: int, task: int) -> int:
    raise ValueError(f"task {task} cannot be done")


def scaled(state: int, given: tuple[list[int], int]) -> int:
    """A task that needs what its run shares."""
    shared, task = given
    return sum(shared) * task


def scaled_or_dies_once(state: int, given: tuple[str, int]) -> int:
    """Kills its process at the fourth task, unless the file that is shared is there."""
    shared, task = given
    return dies_once(state, (task, shared if task == 3 else ""))


def job(work, payload: bytes = b"a network and a plan") -> Job:
    return Job(prepared, work, payload)


def makes_do(state: int, task: str) -> str:
    """Work that Ctrl-C cuts short: it answers with what it has so far, or says that it has nothing."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        if task == "nothing":
            raise Interrupted("nothing so far") from None
    return "half an answer"
