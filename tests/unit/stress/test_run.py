"""Stress tests: the same bytes on any number of workers, nothing done twice, nothing lost."""

import multiprocessing
import os
import signal
from contextlib import suppress
from dataclasses import replace
from functools import partialmethod

import pytest

from farshore.errors import Interrupted, UsageFault
from farshore.plan import plan
from farshore.report import stress_html
from farshore.results import stress_files
from farshore.stress import stress
from tests.unit.executor.dask_cluster import started
from tests.unit.stress.sample import town, town_plan

N = 24


def bytes_of(result) -> dict[str, bytes]:
    return stress_files(result) | {"report.html": stress_html(result).encode()}


@pytest.fixture(scope="module")
def alone():
    """The result that every other way of running must give."""
    return stress(town_plan(), futures=N, seed=7, resolve=3)


def test_people_are_never_lost(alone) -> None:
    for each in alone.outcomes:
        assert each.arrived + each.unserved == each.people
        assert each.arrived_by[-1] == each.arrived
        assert list(each.arrived_by) == sorted(each.arrived_by)
        assert (each.t100_h is not None) == (each.unserved == 0)
        assert each.without_bed == max(0, each.arrived - 7000)
    for detail in alone.details:
        behind = next(each.unserved for each in alone.outcomes if each.number == detail.number)
        assert sum(persons for *_, persons in detail.left) == behind
    assert len({each.people for each in alone.outcomes}) > N - 3


def test_another_seed_gives_others(alone) -> None:
    other = stress(town_plan(), futures=N, seed=8, worth=False)
    assert [each.people for each in other.outcomes] != [each.people for each in alone.outcomes]


def test_two_processes_of_which_one_is_killed_give_the_same_bytes(alone) -> None:
    killed = []

    def kill_once(progress) -> None:
        children = multiprocessing.active_children()
        if progress.fraction > 0.2 and children and not killed:
            killed.append(children[0].pid)
            os.kill(children[0].pid, signal.SIGKILL)

    told = []
    found = stress(town_plan(), futures=N, seed=7, resolve=3, workers=2, progress=kill_once, note=told.append)
    assert killed
    assert "1 workers replaced" in told[0]
    assert bytes_of(found) == bytes_of(alone)


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_bytes_and_its_end_keeps_what_was_done(alone, tmp_path) -> None:
    pytest.importorskip("distributed")
    with started(tmp_path) as cluster:
        found = stress(town_plan(), futures=N, seed=7, resolve=3, dask=cluster.address)
        assert bytes_of(found) == bytes_of(alone)

        kept = tmp_path / "kept"

        def end_it(progress) -> None:
            if progress.fraction > 0.3:
                cluster.scheduler.kill()

        from farshore.errors import ExecutorLost  # noqa: PLC0415

        with pytest.raises(ExecutorLost, match=r"was lost .* futures are kept in .*--resume"):
            stress(
                town_plan(),
                futures=400,
                seed=7,
                worth=False,
                dask=cluster.address,
                kept=kept,
                progress=end_it,
            )
    lines = len(kept.read_text(encoding="utf-8").splitlines())
    assert lines > 120
    found = stress(town_plan(), futures=N, seed=7, worth=False, kept=kept, resume=True)
    assert found.outcomes == alone.outcomes


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_whose_workers_are_all_killed_ends_and_resume_gives_the_same_bytes(
    alone, tmp_path, monkeypatch
) -> None:
    pytest.importorskip("distributed")
    from farshore.errors import ExecutorLost  # noqa: PLC0415
    from farshore.executor.cluster import Cluster  # noqa: PLC0415

    monkeypatch.setattr(Cluster, "__init__", partialmethod(Cluster.__init__, tell_after_s=0.5, wait_s=3))
    kept, said = tmp_path / "kept", []
    with started(tmp_path) as cluster:

        def kill_all(progress) -> None:
            if progress.phase == "replaying futures" and progress.fraction > 0.2:
                with suppress(ProcessLookupError):
                    os.killpg(cluster.workers.pid, signal.SIGKILL)

        with pytest.raises(ExecutorLost, match=r"no worker has been left .* futures are kept in .*--resume"):
            stress(
                town_plan(), futures=N, seed=7, resolve=3, dask=cluster.address, kept=kept, progress=kill_all,
                note=said.append,
            )  # fmt: skip
    assert "no worker is left at" in said[0]
    assert 0 < len(kept.read_text().splitlines()) - 1 < N
    found = stress(town_plan(), futures=N, seed=7, resolve=3, kept=kept, resume=True)
    assert bytes_of(found) == bytes_of(alone)


def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(alone, tmp_path) -> None:
    kept = tmp_path / "kept"
    calls = []

    def stop(progress) -> None:
        if progress.fraction >= 0.5:
            raise KeyboardInterrupt

    partial = stress(town_plan(), futures=N, seed=7, resolve=3, kept=kept, progress=stop)
    assert partial.partial
    assert partial.outcomes == alone.outcomes[: N // 2]
    assert stress_html(partial).count("Stopped early") == 1

    whole = stress(town_plan(), futures=N, seed=7, resolve=3, kept=kept, resume=True, progress=calls.append)
    assert calls[0].fraction == pytest.approx(0.5)
    assert bytes_of(whole) == bytes_of(alone)


def test_a_torn_last_line_is_done_again(alone, tmp_path) -> None:
    kept = tmp_path / "kept"
    stress(town_plan(), futures=6, seed=7, worth=False, kept=kept)
    data = kept.read_bytes()
    kept.write_bytes(data[:-20])
    found = stress(town_plan(), futures=N, seed=7, worth=False, kept=kept, resume=True)
    assert found.outcomes == alone.outcomes


def test_what_another_run_kept_is_refused(tmp_path) -> None:
    kept = tmp_path / "kept"
    stress(town_plan(), futures=2, seed=7, worth=False, kept=kept)
    with pytest.raises(UsageFault, match="another plan, seed or options"):
        stress(town_plan(), futures=2, seed=8, worth=False, kept=kept, resume=True)


def test_stopped_before_anything_is_done(tmp_path) -> None:
    def stop(progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        stress(town_plan(), futures=3, progress=stop, kept=tmp_path / "kept")


def test_precision_stops_at_whole_hundreds() -> None:
    found = stress(town_plan(), futures=1000, seed=1, worth=False, precision=0.2)
    assert len(found.outcomes) in range(100, 1000, 100)
    assert found.precise
    assert max(found.widths.values()) <= 0.2
    never = stress(town_plan(), futures=3, seed=1, worth=False, precision=0.001)
    assert never.precise is False
    assert never.needed > 3


def test_two_plans_meet_the_same_futures() -> None:
    same = stress(town_plan(), beside=town_plan(), futures=12, seed=3, worth=False)
    assert all(row.median.value == 0 and row.better.value == 0 for row in same.paired)
    one_boat_more = town_plan().scenario
    crossings = replace(one_boat_more.crossings, vessels=one_boat_more.crossings.vessels + 8)
    assumptions = replace(
        one_boat_more.assumptions,
        low=one_boat_more.assumptions.low
        + 8 * (one_boat_more.assumptions.key == "crossings.csv:boat:vessels"),
        best=one_boat_more.assumptions.best
        + 8 * (one_boat_more.assumptions.key == "crossings.csv:boat:vessels"),
        high=one_boat_more.assumptions.high
        + 8 * (one_boat_more.assumptions.key == "crossings.csv:boat:vessels"),
    )
    better = plan(replace(one_boat_more, crossings=crossings, assumptions=assumptions))
    found = stress(town_plan(), beside=better, futures=12, seed=3, worth=False)
    happened = [each.occurrences for each in found.outcomes]
    assert [each.occurrences for each in found.beside_outcomes] == happened
    exposure = next(row for row in found.paired if row.measure == "exposure_person_h")
    assert exposure.median.value < 0
    assert exposure.better.value > 0.8


def test_numbers_that_make_no_sense_are_told_together() -> None:
    with pytest.raises(UsageFault) as raised:
        stress(town_plan(), futures=0, precision=2.0, vary=("weather",))
    assert len(str(raised.value).splitlines()) == 3


def test_a_scenario_without_a_doubt_has_one_future() -> None:
    sure = plan(town(hazards=[], assumptions=[]))
    with pytest.raises(UsageFault, match="nothing that could differ"):
        stress(sure, futures=2)
