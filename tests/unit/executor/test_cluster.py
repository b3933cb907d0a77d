"""A Dask cluster does what local processes do, and its loss is told."""

import pytest

from farshore.errors import ExecutorLost, UsageFault
from farshore.executor import executor_for
from tests.unit.executor import jobs
from tests.unit.executor.dask_cluster import started

pytest.importorskip("distributed")
# Dask's own connections and loops when one end was killed are not ours to close.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(ExecutorLost, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        executor_for(jobs.job(jobs.squared), dask="tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["nowhere", "tcp://host", "http://host:8786", "tcp://host:99999"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageFault, match="write it as tcp://host:8786"):
        executor_for(jobs.job(jobs.squared), dask=address)


def test_a_cluster_works_survives_a_worker_and_tells_of_its_end(tmp_path) -> None:
    with started(tmp_path) as cluster:
        with executor_for(jobs.job(jobs.squared), dask=cluster.address) as crew:
            assert sorted(crew.run(range(12))) == [(k, (20, k * k)) for k in range(12)]
            assert crew.sent_bytes <= 3 * len(b"a network and a plan")

        flag = str(tmp_path / "died")
        tasks = [(k, flag if k == 2 else "") for k in range(6)]
        with executor_for(jobs.job(jobs.dies_once), dask=cluster.address) as crew:
            assert sorted(crew.run(tasks)) == [(k, 10 * k) for k in range(6)]
        assert (tmp_path / "died").exists()

        found: list[int] = []

        def until_it_is_killed() -> None:
            for number, _ in crew.run(range(500)):
                found.append(number)
                if len(found) == 10:
                    cluster.scheduler.kill()

        with (
            executor_for(jobs.job(jobs.slowly_squared), dask=cluster.address) as crew,
            pytest.raises(ExecutorLost, match="was lost with"),
        ):
            until_it_is_killed()
        assert 10 <= len(found) < 500
