"""Local executors: every task exactly once, whatever happens to workers."""

import os
import signal

import pytest

from farshore.errors import ExecutorLost, UsageFault
from farshore.executor import InProcess, Processes, executor_for
from tests.unit.executor import jobs


def test_one_worker_needs_no_process() -> None:
    with executor_for(jobs.job(jobs.squared), workers=1) as crew:
        assert isinstance(crew, InProcess)
        assert list(crew.run([1, 2, 3])) == [(0, (20, 1)), (1, (20, 4)), (2, (20, 9))]
        assert crew.sent_bytes == 0


def test_two_processes_do_each_task_once_and_get_the_payload_once() -> None:
    with executor_for(jobs.job(jobs.squared), workers=2) as crew:
        assert sorted(crew.run(range(25))) == [(k, (20, k * k)) for k in range(25)]
        assert sorted(crew.run([7])) == [(0, (20, 49))]
        assert crew.sent_bytes == 2 * len(b"a network and a plan")
        assert crew.lost_workers == 0


def test_a_worker_killed_in_its_task_loses_nothing(tmp_path) -> None:
    flag = str(tmp_path / "died")
    tasks = [(k, flag if k == 4 else "") for k in range(9)]
    with Processes(jobs.job(jobs.dies_once), 2) as crew:
        assert sorted(crew.run(tasks)) == [(k, 10 * k) for k in range(9)]
        assert crew.lost_workers == 1
        # One takes its place, unless the other has meanwhile done all else.
        assert crew.sent_bytes in (2 * len(b"a network and a plan"), 3 * len(b"a network and a plan"))


def test_workers_killed_from_outside_lose_nothing() -> None:
    with Processes(jobs.job(jobs.slowly_squared), 2) as crew:
        found = {}
        for number, answer in crew.run(range(30)):
            found[number] = answer
            if len(found) in (5, 12):
                os.kill(crew.pids[0], signal.SIGKILL)
        assert found == {k: (20, k * k) for k in range(30)}
        assert crew.lost_workers == 2


def test_a_task_that_kills_every_worker_is_given_up() -> None:
    with (
        Processes(jobs.job(jobs.always_dies), 2) as crew,
        pytest.raises(ExecutorLost, match="died over one task"),
    ):
        list(crew.run([0]))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_work_is_raised_here(workers: int) -> None:
    with (
        executor_for(jobs.job(jobs.complains), workers=workers) as crew,
        pytest.raises(ValueError, match="task 6 cannot be done"),
    ):
        list(crew.run([6]))


def test_no_workers_are_refused() -> None:
    with pytest.raises(UsageFault, match="0 workers cannot work"):
        executor_for(jobs.job(jobs.squared), workers=0)


def test_processes_end_with_the_block() -> None:
    with Processes(jobs.job(jobs.squared), 1) as crew:
        list(crew.run([1]))
        (pid,) = crew.pids
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("task", ["half", "nothing"])
def test_ctrl_c_is_heard_where_the_work_makes_do_with_what_it_has(task: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    found = []
    with InProcess(jobs.job(jobs.makes_do)) as crew, pytest.raises(KeyboardInterrupt):
        found.extend(crew.run([task]))
    assert found == []
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_run_shares_is_there_for_each_of_its_tasks(workers: int) -> None:
    with executor_for(jobs.job(jobs.scaled), workers=workers) as crew:
        assert sorted(crew.run(range(9), shared=[1, 2])) == [(k, 3 * k) for k in range(9)]
        assert sorted(crew.run(range(9), shared=[5])) == [(k, 5 * k) for k in range(9)]


def test_what_a_run_shares_travels_once_to_each_worker() -> None:
    payload, shared = 20, list(range(10_000))
    with executor_for(jobs.job(jobs.scaled), workers=2) as crew:
        list(crew.run(range(8), shared=shared))
        once = (crew.sent_bytes - 2 * payload) // 2
        assert once > 5000
        list(crew.run(range(40), shared=shared))
        assert crew.sent_bytes == 2 * payload + 2 * once + 2 * once


def test_a_worker_in_place_of_one_that_died_is_sent_what_the_run_shares(tmp_path) -> None:
    with Processes(jobs.job(jobs.scaled_or_dies_once), 2) as crew:
        found = sorted(crew.run(range(9), shared=str(tmp_path / "died")))
        assert found == [(k, 10 * k) for k in range(9)]
        assert crew.lost_workers == 1
