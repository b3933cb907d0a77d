"""Staging: which zones leave first, with windows but without fixed routes; its bound, and what it gains."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from farshore.kernels.order_state import Orders
from farshore.plan.model import problem_of
from farshore.plan.orders.contraflow import prices_told
from farshore.plan.orders.gates import gate_of, with_gates
from farshore.plan.orders.unstaged import all_at_once
from farshore.plan.orders.zones import iterations_for, searched
from farshore.plan.plan import plan
from farshore.plan.reduce import reduce_network
from farshore.plan.stop import Progress, Stop
from farshore.results.orders import OrdersProof, Stage, span_words
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import turnout_of
from farshore.units import format_time, offset_of

__all__ = ["plan_staging"]

_ITERATIONS: Final = 40_000
_SEED: Final = 1


def plan_staging(
    scenario: Scenario, *, stop: Stop | None = None, progress: Callable[[Progress], None] | None = None
) -> Outcome:
    """Give each zone a window, and let its people go by the best ways within it.

    Windows come from a search in which every zone has one route of its own; the flow in these windows is then
    the best there is. The bound on all windows is the free flow; what staging gains is counted from everybody
    leaving when ready by the quickest way, queues and all (`all_at_once`).
    """
    stop = stop or Stop()
    begun_s = time.monotonic()
    part = None if stop.seconds is None else stop.seconds / 3
    tell = progress or (lambda _: None)
    free = plan(
        scenario, stop=Stop(0.0, part, asked=stop.asked),
        progress=lambda p: tell(Progress(p.phase, 0.2 * p.fraction, None, None, None)),
    )  # fmt: skip
    bound = free.certificate.lower_bound
    problem = problem_of(scenario)
    reduced = reduce_network(problem)
    until = None if part is None else time.monotonic() - begun_s + part
    _, best, _ = searched(
        problem, reduced, convergent=False, bound=bound, stop=Stop(0.0, until, asked=stop.asked),
        iterations=min(_ITERATIONS, iterations_for(problem.timing.n_steps * len(reduced.node))),
        seed=_SEED, begun_s=begun_s,
        told=lambda share, objective: tell(Progress("turns", 0.2 + 0.5 * share, None, objective, bound)),
    )  # fmt: skip
    windows = _windows(scenario, best, problem.timing.start_s)
    outcome = plan(
        with_gates(scenario, windows), stop=Stop(stop.gap, part),
        progress=lambda p: tell(replace(p, fraction=0.7 + 0.3 * p.fraction, eta_s=None)),
    )  # fmt: skip
    unstaged = all_at_once(problem)
    objective = outcome.certificate.objective
    account = {
        "objective": objective / 1e6,
        "lower_bound": bound / 1e6,
        "all_at_once": unstaged.cost / 1e6,
        "all_at_once_not_arrived": unstaged.left,
        "gain": (unstaged.cost - objective) / 1e6,
        "gain_at_most": (unstaged.cost - bound) / 1e6,
    }
    return replace(
        outcome,
        stages=_stages(outcome, windows),
        options=outcome.options | {"staging": account},
        proof=OrdersProof(unstaged=scenario, staging={"unstaged": prices_told(free.certificate)}),
        solve_s=time.monotonic() - begun_s,
    )


def _windows(scenario: Scenario, best: Orders, start_s: int) -> dict[str, tuple[int, int]]:
    step_s, n_steps = scenario.about.step_s, scenario.about.n_steps
    people, found = turnout_of(scenario), {}
    for zone, code in enumerate(scenario.zones.zone_id):
        steps = np.flatnonzero(best.departs[zone])
        if not len(steps):
            continue  # who has no window of his own may leave at any time
        whole = int(best.departs[zone].sum()) == int(people[zone])
        end = int(steps[-1]) + 1 if whole else n_steps
        found[str(code)] = (start_s + int(steps[0]) * step_s, start_s + end * step_s)
    return found


def _stages(outcome: Outcome, windows: dict[str, tuple[int, int]]) -> tuple[Stage, ...]:
    scenario, offset = outcome.scenario, offset_of(outcome.scenario.about.start)
    names = dict(zip(map(str, scenario.zones.zone_id), map(str, scenario.zones.name), strict=True))
    leaving = dict.fromkeys(windows, 0)
    for route, persons in zip(
        outcome.departures.route.tolist(), outcome.departures.persons.tolist(), strict=True
    ):
        zone = outcome.routes[route].zone_id
        if zone in leaving:
            leaving[zone] += persons
    order = sorted(windows, key=lambda code: (*windows[code], code))
    return tuple(
        Stage(
            turn=number,
            zone_id=code,
            depart_from=format_time(windows[code][0], offset),
            depart_until=format_time(windows[code][1], offset),
            persons=leaving[code],
            gate_link_id=gate_of(code),
            order=f"{names[code]}: leave {span_words(scenario, *windows[code])}, {leaving[code]:,} people.",
        )
        for number, code in enumerate(order, 1)
    )
