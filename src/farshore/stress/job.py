"""The work that is done many times: a plan replayed in a future, or under a change, or made anew for it."""

import pickle
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from farshore.executor import Job
from farshore.plan import Gap, plan
from farshore.results.outcome import Certificate, Outcome
from farshore.scenario.scenario import Scenario
from farshore.simulate import Instructions, Options, Rehearsal, Rehearsed
from farshore.stress.draw import Event, Future, Futures, with_losses
from farshore.stress.paper import on_paper
from farshore.stress.what_if import WhatIf, changed

__all__ = ["NOTICE_S", "Replan", "Task", "Tested", "future_task", "job_for", "what_if_task"]

# (the plan in force, the scenario as it is known, s after the start from which new instructions can hold) →
# the plan in force from then on; what it says of earlier departures is not looked at.
Replan: TypeAlias = Callable[[Outcome, Scenario, float], Outcome]

NOTICE_S = 3600.0  # from a loss until new instructions have reached people

Task: TypeAlias = tuple[str, int, Any]

_SOLVED = Gap(0.001)


@dataclass(frozen=True, eq=False)
class Tested:
    """What is put to the test: plans of scenarios of their own, and what differs between futures.

    moments_s : float64[n_moments], when arrivals are counted; replan : None: people keep to the plan
    """

    plans: tuple[Outcome, ...]
    options: Options
    seed: int
    vary: tuple[str, ...]
    moments_s: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    replan: Replan | None = None


def job_for(tested: Tested) -> Job:
    """The job, its payload packed; what no replay reads stays behind."""
    slim = tested.plans if tested.replan is not None else tuple(_slim(each) for each in tested.plans)
    payload = zlib.compress(pickle.dumps(replace(tested, plans=slim), protocol=5), 1)
    return Job(_prepare, _work, payload)


def future_task(plan_number: int, future: int, *, detail: bool = False) -> Task:
    """Replay a plan in a future; with `detail`, say where people were left."""
    return "detail" if detail else "future", plan_number, future


def what_if_task(plan_number: int, what: WhatIf | None, *, anew: bool = False) -> Task:
    """Replay a plan under a change (None: as it is) and no hazard; `anew`: plan for it instead, on paper."""
    return "anew" if anew else "kept", plan_number, what


def _slim(outcome: Outcome) -> Outcome:
    scenario = replace(outcome.scenario, drawing="", zone_shapes="")
    nothing = Certificate(0, 0, {}, {}, {})
    services = outcome.services
    return replace(
        outcome,
        scenario=scenario,
        certificate=nothing,
        audit=(),
        unserved=(),
        rounds=(),
        services=None if services is None else replace(services, prices={}, duties=(), loads=()),
        households=None if services is None else outcome.households,  # who boards what
    )


@dataclass(eq=False)
class _Ready:
    """What each worker makes of the payload once."""

    tested: Tested
    rehearsals: list[Rehearsal]
    futures: list[Futures]


def _prepare(payload: bytes) -> _Ready:
    tested: Tested = pickle.loads(zlib.decompress(payload))
    rehearsals = [Rehearsal(each.scenario, each, tested.options, seed=tested.seed) for each in tested.plans]
    futures = [Futures(each.scenario, seed=tested.seed, vary=tested.vary) for each in tested.plans]
    return _Ready(tested, rehearsals, futures)


def _work(ready: _Ready, task: Task) -> dict[str, Any]:
    """One task; its result is plain, so that it is the same from a file as from another process."""
    kind, plan_number, what = task
    if kind in ("future", "detail"):
        return _future(ready, plan_number, what, detail=kind == "detail")
    rehearsal = ready.rehearsals[plan_number]
    scenario = rehearsal.scenario if what is None else changed(rehearsal.scenario, what)
    if kind == "anew":
        return on_paper(plan(scenario, stop=_SOLVED))
    return _figures(rehearsal.run(scenario, moments_s=ready.tested.moments_s))


def _future(ready: _Ready, plan_number: int, number: int, *, detail: bool) -> dict[str, Any]:
    futures, rehearsal = ready.futures[plan_number], ready.rehearsals[plan_number]
    future = futures.future(number)
    scenario, pauses = futures.scenario_of(future)
    later = _replanned(ready.tested, plan_number, future)
    done = rehearsal.run(scenario, pauses=pauses, moments_s=ready.tested.moments_s, later=later)
    if detail:
        return {"number": number, "left": [list(row) for row in rehearsal.left_where(scenario, done)[:8]]}
    return {
        "number": number,
        **_figures(done),
        "arrived_by": done.arrived_by.tolist(),
        "events": [list(asdict(event).values()) for event in future.events],
        "values": future.values,
    }


def _replanned(tested: Tested, plan_number: int, future: Future) -> Instructions:
    """New instructions after each loss, by what is known then: what happened, and the likeliest repair."""
    if tested.replan is None:
        return ()
    outcome = tested.plans[plan_number]
    horizon_s = outcome.scenario.about.horizon_h * 3600
    known: list[Event] = []
    later: list[tuple[float, Outcome]] = []
    hazards = outcome.scenario.hazards
    best_h = dict(zip(hazards.hazard_id, hazards.hours_best.tolist(), strict=True))
    for event in future.events:
        from_s = event.from_s + NOTICE_S
        if event.what != "loss" or from_s >= horizon_s:
            continue
        known.append(replace(event, until_s=event.from_s + 3600 * best_h[event.hazard_id]))
        outcome = tested.replan(outcome, with_losses(tested.plans[plan_number].scenario, known), from_s)
        later.append((from_s, outcome))
    return later


def _figures(done: Rehearsed) -> dict[str, Any]:
    classes = [[each.class_id, each.people, each.arrived, _hours(each.t90_s)] for each in done.classes]
    return {
        **({"classes": classes} if classes else {}),
        "people": int(done.people.sum()),
        "arrived": done.arrived,
        "without_bed": done.without_bed,
        **{f"t{share}_h": _hours(done.reached_s[share]) for share in (50, 90, 100)},
        "exposure_person_h": round(done.hours.exposure, 1),
        "waiting_person_h": round(done.hours.waiting, 1),
        "travel_person_h": round(done.hours.travel, 1),
        "crossed_veh": done.crossed_veh.tolist(),
    }


def _hours(moment_s: float | None) -> float | None:
    return None if moment_s is None else round(moment_s / 3600, 4)
