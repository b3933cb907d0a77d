"""A scheduler whose workers are all gone: it is said, waited for, and then an error says what to do."""

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

import pytest

from farshore.errors import ExecutorLost
from farshore.executor import cluster as clusters
from farshore.executor.cluster import Cluster
from tests.unit.executor import jobs
from tests.unit.executor.dask_cluster import started

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_all_workers_killed_is_said_and_ends_unless_others_come(tmp_path) -> None:
    said: list[str] = []
    found: dict[int, object] = {}

    with started(tmp_path) as cluster:
        crew = Cluster(jobs.job(jobs.scaled), cluster.address, say=said.append, tell_after_s=0.5, wait_s=120)
        with crew:
            assert sorted(crew.run(range(6), shared=[2, 3])) == [(k, 5 * k) for k in range(6)]
            sent = crew.sent_bytes
            assert sorted(crew.run(range(6), shared=[7])) == [(k, 7 * k) for k in range(6)]
            assert 0 < crew.sent_bytes - sent < 3 * 100  # once to the scheduler and to each of two workers
        assert not said

        def run(crew: Cluster, tasks: int, after_ten) -> None:
            for number, answer in crew.run(range(tasks)):
                found[number] = answer
                if len(found) == 10:
                    after_ten()

        def kill_all() -> None:
            os.killpg(cluster.workers.pid, signal.SIGKILL)  # nannies too: nobody starts them again

        slow = jobs.job(jobs.slowly_squared)
        begun_s = time.monotonic()
        with (
            Cluster(slow, cluster.address, say=said.append, tell_after_s=0.5, wait_s=4) as crew,
            pytest.raises(ExecutorLost, match=r"no worker has been left at tcp.* for 4 s; start some with"),
        ):
            run(crew, 400, kill_all)
        assert time.monotonic() - begun_s > 4
        assert 10 <= len(found) < 400
        assert len(said) == 1
        assert "no worker is left" in said[0]
        assert f"dask worker {cluster.address}" in said[0]

        found.clear()
        said.clear()
        with Cluster(
            slow, cluster.address, say=lambda text: (said.append(text), cluster.more()), tell_after_s=0.5
        ) as crew:
            run(crew, 12, lambda: None)
        assert found == {k: (20, k * k) for k in range(12)}
        assert "no worker is left" in said[0]


@pytest.mark.parametrize("status", ["running", "closed"])
def test_a_result_lost_with_its_worker_is_waited_for_while_there_is_a_scheduler(
    monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """A worker can die between saying that a task is done and giving what it came to."""

    class Lost:
        status = "lost"

        def result(self, timeout: float) -> int:
            return 25

        def release(self) -> None: ...

    class Coming:
        def __init__(self, futures: list[Any], loop: Any) -> None:
            self.left = futures

        def count(self) -> int:
            return len(self.left)

        def has_ready(self) -> bool:
            return True

        def __next__(self) -> Any:
            return self.left.pop()

    crew: Any = Cluster.__new__(Cluster)
    crew._runs, crew._name, crew._address, crew._shared_bytes = 0, "job", "tcp://nowhere", 0
    crew._watch = SimpleNamespace(seen=lambda: None, look=lambda: None)
    crew._client = SimpleNamespace(status=status, loop=None, submit=lambda *_, **__: Lost())
    monkeypatch.setattr(clusters, "as_completed", Coming)
    if status == "running":
        assert list(crew.run([5])) == [(0, 25)]
        return
    with pytest.raises(ExecutorLost, match="scheduler at tcp://nowhere was lost with 1 tasks to go"):
        list(crew.run([5]))
