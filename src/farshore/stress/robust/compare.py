"""The robust plan beside the nominal one, in fresh futures that neither was made for."""

import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from farshore.executor import executor_for
from farshore.plan.model import problem_of
from farshore.plan.prices import prices_of
from farshore.plan.stop import Progress
from farshore.results.outcome import Outcome
from farshore.results.robust import Faced, RobustFuture, RobustResult
from farshore.results.stress import Interval, Paired
from farshore.scenario.scenario import Scenario
from farshore.stress.anew import planned_on
from farshore.stress.draw import Futures
from farshore.stress.robust.job import HAZARDS, job_for
from farshore.stress.robust.measure import UNDISTURBED_WEIGHT, Measure
from farshore.stress.robust.planner import Robust
from farshore.stress.robust.recourse import Answer
from farshore.stress.robust.search import answers_in
from farshore.stress.robust.told import Told
from farshore.stress.run import stress

__all__ = ["FRESH_AFTER", "beside_nominal", "gains_of"]

FRESH_AFTER: Final = 1  # the seed of the fresh futures is the next
_DRAWS: Final = 2000
_COVER: Final = 0.95
_MICRO: Final = 1e6

CostsAndLeft = tuple[Sequence[float], Sequence[int]]


def beside_nominal(
    robust: Robust,
    *,
    outcome: Outcome,
    nominal: Outcome,
    fresh: int,
    rehearse: int = 0,
    workers: int = 1,
    dask: str = "",
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> RobustResult:
    """Compare the two plans as written, in futures of a seed of their own, the same ones for both.

    outcome, nominal : the plans as written, with households if they have any
    rehearse : so many fresh futures are replayed with traffic, with replanning, besides; all may differ there
    """
    scenario, found = robust.outcome.scenario, robust.found
    seed = robust.seed + FRESH_AFTER
    begun_s = time.monotonic()

    def done(before: int) -> Callable[[int], None]:
        def told(n: int) -> None:
            if progress is not None:
                share = (before + n) / (2 * fresh)
                left_s = (time.monotonic() - begun_s) * (1 - share) / share
                progress(Progress("fresh futures", share, left_s, None, None))

        return told

    answers: tuple[tuple[Answer, ...], tuple[Answer, ...]] = ((), ())
    if fresh:
        guess = prices_of(robust.nominal, problem_of(scenario))
        job = job_for(scenario, guess, seed=seed)
        with executor_for(job, workers=workers, dask=dask, say=say) as crew:
            told = [Told(each.routes, each.departures) for each in (outcome, nominal)]
            ours = answers_in(crew, seed, range(fresh), told[0], done(0))
            answers = ours, answers_in(crew, seed, range(fresh), told[1], done(fresh))
    rehearsal: tuple[Paired, ...] = ()
    if rehearse:
        rehearsal = stress(
            nominal,
            beside=outcome,
            futures=rehearse,
            seed=seed,
            workers=workers,
            dask=dask,
            replan=planned_on,
            worth=False,
            progress=progress,
            note=say,
        ).paired
    best, first, measure = found.best, found.nominal, robust.measure
    return RobustResult(
        measure=str(measure),
        undisturbed_weight=UNDISTURBED_WEIGHT,
        seed=robust.seed,
        fresh_seed=seed,
        objective=best.objective / _MICRO,
        nominal_objective=first.objective / _MICRO,
        lower_bound=max(found.lower_bound, 0.0) / _MICRO,
        proven=found.proven,
        partial=found.stopped,
        rounds=tuple((each.objective / _MICRO, each.lower_bound / _MICRO) for each in found.rounds),
        undisturbed=(outcome.certificate.objective / _MICRO, nominal.certificate.objective / _MICRO),
        undisturbed_persons=(best.undisturbed.cost / _MICRO, first.undisturbed.cost / _MICRO),
        sampled=_futures(scenario, robust.seed, best.answers, first.answers),
        fresh=_futures(scenario, seed, *answers),
        faced_sampled=(_faced(measure, best.answers), _faced(measure, first.answers)),
        faced_fresh=(_faced(measure, answers[0]), _faced(measure, answers[1])) if fresh else None,
        gains=gains_of(measure, *map(_costs_and_left, answers), seed=seed) if fresh else {},
        rehearsed=rehearse,
        rehearsal=rehearsal,
    )


def _futures(
    scenario: Scenario, seed: int, robust: Sequence[Answer], nominal: Sequence[Answer]
) -> tuple[RobustFuture, ...]:
    drawn = Futures(scenario, seed=seed, vary=HAZARDS)
    step_h = scenario.about.step_s / 3600
    rows = []
    for one, two in zip(robust, nominal, strict=True):
        events = drawn.future(one.number).events
        rows.append(
            RobustFuture(
                number=one.number,
                known_from_h=one.known_from * step_h if one.known_from < scenario.about.n_steps else None,
                lost=tuple(dict.fromkeys(event.asset_id for event in events if event.what == "loss")),
                robust_person_h=one.cost / _MICRO,
                nominal_person_h=two.cost / _MICRO,
                robust_left=one.left,
                nominal_left=two.left,
            )
        )
    return tuple(rows)


def _faced(measure: Measure, answers: Sequence[Answer]) -> Faced:
    costs = [float(answer.cost) for answer in answers]
    left = [answer.left for answer in answers]
    return Faced(measure.of(costs) / _MICRO, float(np.mean(costs)) / _MICRO, float(np.mean(left)), max(left))


def _costs_and_left(answers: Sequence[Answer]) -> CostsAndLeft:
    return [answer.cost / _MICRO for answer in answers], [answer.left for answer in answers]


def gains_of(
    measure: Measure, robust: CostsAndLeft, nominal: CostsAndLeft, *, seed: int
) -> dict[str, Interval]:
    """What the robust plan saves, with intervals: nominal less robust, futures drawn anew in pairs.

    robust, nominal : what each future costs (person-hours), and who is left behind in it
    The percentile bootstrap (Efron, B. 1979, Bootstrap methods): an interval that holds the true gain in
    about 19 of 20 cases, in fewer where only a handful of futures count.
    """
    n = len(robust[0])
    cost, left = (np.array([nominal[i], robust[i]], np.float64) for i in (0, 1))
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(n,))))
    drawn = np.concatenate(
        [np.arange(n)[None, :], stream.integers(0, n, (_DRAWS, n))]
    )  # the first as they are
    weights = measure.weights(np.arange(n, 0, -1).tolist())  # of costs in falling order
    measured = [(-np.sort(-each[drawn], axis=1) * weights).sum(axis=1) for each in cost]
    gains = np.stack(
        [
            measured[0] - measured[1],
            (cost[0] - cost[1])[drawn].mean(axis=1),
            (left[0] - left[1])[drawn].mean(axis=1),
        ],
        axis=1,
    )
    point = gains[0]
    ends = np.quantile(gains[1:], [(1 - _COVER) / 2, (1 + _COVER) / 2], axis=0)
    names = ("measure_person_h", "mean_person_h", "left_mean")
    return {
        name: Interval(float(point[i]), float(ends[0, i]), float(ends[1, i])) for i, name in enumerate(names)
    }
