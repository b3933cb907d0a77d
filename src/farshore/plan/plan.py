"""Planning: a scenario in, an exact plan with its certificate out."""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

from farshore.errors import Interrupted
from farshore.plan.adaptive import Adapted, solve_adaptively
from farshore.plan.binding import unserved_of
from farshore.plan.certificate import certificate_of
from farshore.plan.goals import targets_of
from farshore.plan.greedy import compared, plan_greedily
from farshore.plan.model import Problem, problem_of
from farshore.plan.reduce import Reduced, reduce_network
from farshore.plan.routes import objective_of, routes_of
from farshore.plan.solver import Report, solve
from farshore.plan.stop import Gap, Progress, Stop
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario

__all__ = ["MODELS", "STEPS", "plan"]

MODELS: Final = ("people", "classes")
STEPS: Final = ("auto", "adaptive", "fine")

_MANY_STEPS: Final = 1000  # from so many on, `auto` takes adaptive steps
_SOLVING = (0.05, 0.95)  # the part of the work, as the progress bar shows it, that solving takes


def plan(
    scenario: Scenario,
    *,
    model: str = "people",
    stop: Stop | None = None,
    progress: Callable[[Progress], None] | None = None,
    household_seed: int | None = None,
    greedy: bool = False,
    steps: str = "auto",
) -> Outcome:
    """Plan a scenario's evacuation: exactly, as docs/model.md defines it, or with classes and services.

    scenario : one without faults
    model : "people", all alike and in cars, or "classes", as docs/classes.md defines it; its plans come with
        a gap that is seldom 0, and planning ends after so many rounds
    stop : when to be content, `Gap(0.0)` if not said: the proven optimum
    household_seed : of a plan with classes: keep households whole, made up with this seed, from the start;
        other plans are given theirs by `with_households`
    progress : is told how far planning has come, a few times a second at most
    greedy : say in the outcome's options what a greedy planner would have made of it (of model "people")
    steps : "fine" solves over all steps at once; "adaptive" over intervals that tell steps apart only where
        it matters, and is a plan in single steps all the same (of model "people"); "auto" takes these
        where there are more than a thousand and the best plan of all is not asked for

    The outcome's `complete` says whether the stop's gap, or a goal, was reached. Ctrl-C gives the best plan
    so far; raises `Interrupted` if there is none yet. `audit` is left empty, for the protection audit to fill
    in. The same scenario gives the same outcome, but for the times taken, unless a time stops it.
    """
    stop = Gap(0.0) if stop is None else stop
    begun_s = time.monotonic()
    told = _Told(progress, begun_s)
    if model not in MODELS:
        raise ValueError(f"there is no model {model!r}; give one of {', '.join(MODELS)}")
    if model == "classes":
        from farshore.plan.classes.outcome import plan_classes  # noqa: PLC0415 (few plans need it)

        return plan_classes(scenario, stop=stop, report=told, household_seed=household_seed)
    if steps not in STEPS:
        raise ValueError(f"there are no steps {steps!r}; give one of {', '.join(STEPS)}")
    if household_seed is not None:
        raise ValueError("give households to a plan without classes by with_households")
    try:
        told("reading the network", 0.0, None, None)
        problem = problem_of(scenario)
        told("reducing", 0.02, None, None)
        reduced = reduce_network(problem)
        stop = replace(stop, targets=targets_of(problem, stop.goals))
    except KeyboardInterrupt:
        raise Interrupted("stopped before there was a plan; nothing was written") from None

    def solving(share: float, objective: int | None, lower_bound: int | None) -> None:
        low, high = _SOLVING
        told("solving", low + (high - low) * share, objective, lower_bound)

    adaptive = steps == "adaptive" or (
        steps == "auto"
        and problem.timing.n_steps > _MANY_STEPS
        and (stop.gap > 0 or stop.seconds is not None)
    )
    if adaptive:
        answer = solve_adaptively(problem, reduced, stop=stop, report=solving, begun_s=begun_s)
    else:
        answer = _fine(problem, reduced, stop, solving, begun_s)
    told("routes", 0.96, answer.objective, answer.lower_bound)
    routes, departures = answer.routes, answer.departures
    objective, stay = objective_of(problem, routes, departures)
    if objective > answer.objective:
        raise AssertionError(f"the routes cost {objective}, the flow {answer.objective}")
    unserved = unserved_of(problem, reduced, answer.prices, stay)
    options: dict[str, Any] = dict(stop.options) | ({"steps": "adaptive"} if adaptive else {})
    if greedy:
        told("comparing", 0.98, objective, answer.lower_bound)
        options["greedy"] = compared(problem, plan_greedily(problem, reduced), objective, int(stay.sum()))
    people = dict(zip(map(str, scenario.zones.zone_id), problem.timing.people.tolist(), strict=True))
    outcome = Outcome(
        scenario=scenario,
        routes=routes,
        departures=departures,
        people=people,
        unserved=unserved,
        certificate=certificate_of(
            problem, answer.prices, objective=objective, lower_bound=answer.lower_bound
        ),
        audit=(),
        blocked_hosts=dict(problem.blocked),
        solve_s=time.monotonic() - begun_s,
        complete=answer.proven,
        options=options,
        version=version("farshore"),
        rounds=tuple({**entry, "network": reduced.sizes} for entry in answer.rounds),
    )
    told("routes", 1.0, objective, answer.lower_bound)
    return outcome


def _fine(problem: Problem, reduced: Reduced, stop: Stop, report: Report, begun_s: float) -> Adapted:
    """Solve over all steps at once."""
    answer = solve(problem, reduced, stop=stop, report=report, begun_s=begun_s)
    routes, departures = routes_of(problem, answer.reduced, answer.expanded, answer.flow)
    return Adapted(
        routes,
        departures,
        answer.objective,
        answer.lower_bound,
        answer.prices,
        answer.proven,
        answer.rounds,
    )


class _Told:
    """Passes progress on, with an estimate of the time left, never going back."""

    def __init__(self, progress: Callable[[Progress], None] | None, begun_s: float) -> None:
        self._progress, self._begun_s, self._done = progress, begun_s, 0.0

    def __call__(self, phase: str, fraction: float, objective: int | None, lower_bound: int | None) -> None:
        if self._progress is None:
            return
        self._done = max(self._done, fraction)
        elapsed_s = time.monotonic() - self._begun_s
        eta_s = elapsed_s * (1 - self._done) / self._done if self._done > 0.05 else None
        self._progress(Progress(phase, self._done, eta_s, objective, lower_bound))
