"""Planning for many futures as a whole: the same anywhere, stopped when asked, faults told."""

import json
import pickle
from typing import ClassVar

import numpy as np
import pytest

from farshore.errors import Interrupted, UsageFault
from farshore.executor import Processes
from farshore.executor.job import packed
from farshore.plan import Gap, Seconds, certify, write_plan
from farshore.results import robust_summary
from farshore.stress.robust import beside_nominal, parse_measure, plan_robustly, planner
from tests.unit.executor.dask_cluster import started
from tests.unit.stress_robust.sample import river

WORST = parse_measure("cvar@0.9")
N = 12


def made(**options):
    return plan_robustly(river(), measure=WORST, futures=N, seed=3, **options)


def compared(robust, **options):
    return beside_nominal(robust, outcome=robust.outcome, nominal=robust.nominal, **options)


@pytest.fixture(scope="module")
def alone():
    return made()


@pytest.fixture(scope="module")
def told(alone):
    return robust_summary(compared(alone, fresh=30))


def same(one, two):
    moves = (one.outcome.departures, two.outcome.departures)
    assert [route.links for route in one.outcome.routes] == [route.links for route in two.outcome.routes]
    for name in ("route", "step", "persons"):
        assert np.array_equal(*(getattr(each, name) for each in moves))


def test_two_processes_give_the_same_plan_and_the_same_figures(alone, told):
    other = made(workers=2)
    same(alone, other)
    assert robust_summary(compared(other, fresh=30, workers=2)) == told


def test_a_dask_cluster_gives_them_too(alone, told, tmp_path):
    with started(tmp_path) as cluster:
        other = made(dask=cluster.address)
        same(alone, other)
        assert robust_summary(compared(other, fresh=30, dask=cluster.address)) == told


def test_instructions_travel_once_to_each_worker_and_not_with_every_task(monkeypatch):
    class Watched(Processes):
        runs: ClassVar[list[tuple[int, int]]] = []  # bytes of what each run shares, and of its tasks

        def run(self, tasks, *, shared=None):
            self.runs.append((len(packed(1, shared).data), len(pickle.dumps(list(tasks)))))
            yield from super().run(tasks, shared=shared)

    crews = []

    def executor(job, **_):
        crews.append((Watched(job, 2), len(job.payload)))
        return crews[-1][0]

    monkeypatch.setattr(planner, "executor_for", executor)
    made(workers=2)
    ((crew, payload),) = crews
    assert crew.lost_workers == 0
    assert crew.sent_bytes <= 2 * (payload + sum(shared for shared, _ in crew.runs))
    for shared, tasks in crew.runs:
        assert tasks < 20 * N < shared  # two numbers each; the instructions of this small river are more


def test_the_plan_is_certified_like_any_other(alone, tmp_path):
    write_plan(alone.outcome, tmp_path / "plan")
    checked = certify(tmp_path / "plan")
    assert checked.objective == alone.outcome.certificate.objective
    assert checked.lower_bound == alone.nominal.certificate.objective


def test_what_is_said_of_it_follows_from_the_figures(alone, told):
    assert told == json.loads(json.dumps(told, allow_nan=False)), "plain, and nothing infinite"
    price = told["price_of_robustness"]["person_h"]
    assert price == pytest.approx(told["undisturbed"]["robust"] - told["undisturbed"]["nominal"])
    assert price > 0
    assert told["sampled"]["futures"] == N
    assert told["sampled"]["robust"]["measure_person_h"] < told["sampled"]["nominal"]["measure_person_h"]
    worst = sorted(each["robust_person_h"] for each in told["futures"]["sampled"])[-2:]
    share = 1 / (N * 0.1)
    assert told["sampled"]["robust"]["measure_person_h"] == pytest.approx(
        share * worst[1] + (1 - share) * worst[0]
    )
    assert told["objective"]["lower_bound"] <= told["objective"]["robust"] < told["objective"]["nominal"]


def test_fresh_futures_are_others_than_those_planned_for(told):
    ours = [(each["known_from_h"], each["lost"]) for each in told["futures"]["sampled"]]
    theirs = [(each["known_from_h"], each["lost"]) for each in told["futures"]["fresh"][:N]]
    assert told["fresh_seed"] != told["seed"]
    assert ours != theirs


def test_it_is_rehearsed_beside_the_nominal_plan_when_asked(alone):
    found = robust_summary(compared(alone, fresh=0, rehearse=4))
    assert found["rehearsed"]["futures"] == 4
    assert {"unserved", "exposure_person_h"} <= set(found["rehearsed"]["differences"])
    assert found["fresh"] == {"futures": 0}
    assert found["gains"] == {}


def test_ctrl_c_after_the_first_plan_keeps_the_best_so_far():
    seen = []

    def stop_later(progress):
        seen.append(progress)
        if progress.phase == "many futures" and progress.objective is not None:
            raise KeyboardInterrupt

    robust = made(progress=stop_later)
    assert robust.found.stopped
    assert not robust.outcome.complete
    assert robust.outcome.certificate.objective == robust.nominal.certificate.objective
    assert "Stopped early" in robust_summary(compared(robust, fresh=0))["statement"][-1]
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert seen[-1].eta_s is not None


def test_ctrl_c_before_the_futures_are_seen_gives_nothing():
    def stop_at_once(progress):
        if progress.phase == "many futures":
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        made(progress=stop_at_once)


def test_a_time_limit_stops_it_with_a_plan():
    robust = made(stop=Gap(0.0) | Seconds(0.0))
    assert robust.found.stopped
    assert robust.found.best is robust.found.nominal


def test_more_than_can_be_proven_ends_all_the_same():
    """A gap that rounding keeps out of reach: rounds that bring nothing end it."""
    robust = made(stop=Gap(0.0))
    assert len(robust.found.rounds) < 13
    assert robust.found.best.objective == pytest.approx(robust.found.lower_bound, rel=1e-6)


def test_nothing_to_lose_and_no_futures_are_told():
    with pytest.raises(UsageFault, match="nothing to be robust against"):
        plan_robustly(river(hazards=[]), measure=WORST, futures=N)
    with pytest.raises(UsageFault, match="give 1 or more"):
        plan_robustly(river(), measure=WORST, futures=0)
