"""A scheduler that goes while a result is being fetched: Dask tells of it in several ways, we in one."""

import pytest

from farshore.errors import ExecutorLost
from farshore.executor import executor_for
from tests.unit.executor import jobs
from tests.unit.executor.dask_cluster import started

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_connection_cut_in_the_midst_of_an_answer_is_the_schedulers_loss(tmp_path, monkeypatch) -> None:
    from distributed import Future  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    def cut(self: Future, timeout: float | None = None) -> None:
        raise CommClosedError("in gather: connection reset by peer")

    with started(tmp_path) as cluster, executor_for(jobs.job(jobs.squared), dask=cluster.address) as crew:
        monkeypatch.setattr(Future, "result", cut)
        with pytest.raises(ExecutorLost, match="was lost with 3 tasks to go"):
            list(crew.run(range(3)))
