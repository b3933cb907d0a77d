"""Robust planning: a scenario with hazards in, instructions that stay good when something is lost out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from farshore.errors import UsageFault
from farshore.executor import executor_for
from farshore.plan.binding import unserved_of
from farshore.plan.model import problem_of
from farshore.plan.plan import plan
from farshore.plan.prices import prices_of
from farshore.plan.reduce import reduce_network
from farshore.plan.routes import objective_of
from farshore.plan.stop import Gap, Progress, Stop
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.stress.robust.job import job_for
from farshore.stress.robust.measure import Measure
from farshore.stress.robust.search import Found, search
from farshore.stress.robust.told import Told

__all__ = ["GAP", "Robust", "plan_robustly"]

GAP = 0.0005  # of the objective over futures, where no other is asked for

_NOMINAL = 0.2  # the part of the work, as the progress bar shows it, that the nominal plan takes


@dataclass(frozen=True, eq=False)
class Robust:
    """A robust plan, the best plan if nothing is lost, and how the first was found."""

    outcome: Outcome
    nominal: Outcome
    found: Found
    measure: Measure
    seed: int


def plan_robustly(
    scenario: Scenario,
    *,
    measure: Measure,
    futures: int,
    seed: int = 0,
    stop: Stop | None = None,
    workers: int = 1,
    dask: str = "",
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Robust:
    """Plan for many futures in which crossings are lost, as docs/robust.md defines it.

    stop : when instructions are near enough to the best over these futures; `Gap(GAP)` if not said
    say : is told what the user may want to do something about, as a cluster without workers

    The outcome is an ordinary plan of the scenario: its certificate says how far it is from the best if
    nothing is lost. The same scenario, measure, number and seed give the same one on any number of workers,
    unless a time stops it. Ctrl-C gives the best instructions so far; raises `Interrupted` if there are none,
    `UsageFault` if nothing can be lost or the numbers make no sense.
    """
    begun_s = time.monotonic()
    stop = Gap(GAP) if stop is None else stop
    _check(scenario, futures)

    def first(told: Progress) -> None:
        if progress is not None:
            progress(replace(told, phase="the undisturbed future", fraction=_NOMINAL * told.fraction))

    nominal = plan(scenario, stop=Stop(0.0, stop.seconds), progress=first)
    problem = problem_of(scenario)
    guess = prices_of(nominal, problem)

    def report(share: float, objective: float | None, lower_bound: float | None) -> None:
        if progress is None:
            return
        fraction = _NOMINAL + (1 - _NOMINAL) * share
        elapsed_s = time.monotonic() - begun_s
        left_s = elapsed_s * (1 - fraction) / fraction
        known = None if objective is None else round(objective)
        proven = None if not lower_bound else round(lower_bound)
        progress(Progress("many futures", fraction, left_s, known, proven))

    with executor_for(job_for(scenario, guess, seed=seed), workers=workers, dask=dask, say=say) as crew:
        found = search(
            crew,
            problem,
            Told(nominal.routes, nominal.departures),
            guess,
            measure=measure,
            seed=seed,
            futures=futures,
            stop=stop,
            begun_s=begun_s,
            report=report,
        )
    told = found.best.told
    objective, stay = objective_of(problem, told.routes, told.departures)
    outcome = replace(
        nominal,
        routes=told.routes,
        departures=told.departures,
        unserved=unserved_of(problem, reduce_network(problem), guess, stay),
        certificate=replace(nominal.certificate, objective=objective),
        solve_s=time.monotonic() - begun_s,
        complete=nominal.complete and not found.stopped,
        options={
            "gap": stop.gap,
            "seconds": stop.seconds,
            "robust": str(measure),
            "futures": futures,
            "seed": seed,
        },
    )
    return Robust(outcome, nominal, found, measure, seed)


def _check(scenario: Scenario, futures: int) -> None:
    if futures < 1:
        raise UsageFault(f"--futures {futures} say nothing; give 1 or more")
    hazards = scenario.hazards
    if not any(
        what == "loss" and rate > 0
        for what, rate in zip(hazards.what, hazards.rate_per_day.tolist(), strict=True)
    ):
        raise UsageFault(
            "hazards.csv says of nothing that it may be lost, so that there is nothing to be robust against; "
            "give it rows with what=loss and a rate"
        )
