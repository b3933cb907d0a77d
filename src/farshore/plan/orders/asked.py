"""A plan with the orders asked for: lanes reversed first, then zones in turn or by one route each."""

import time
from collections.abc import Callable
from dataclasses import replace

from farshore.errors import UsageFault
from farshore.plan.orders.contraflow import Turned, choose_lanes
from farshore.plan.orders.staging import plan_staging
from farshore.plan.orders.zones import plan_zones
from farshore.plan.plan import plan
from farshore.plan.stop import Progress, Stop
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario

__all__ = ["plan_with_orders"]

Show = Callable[[Progress], None]


def plan_with_orders(
    scenario: Scenario,
    *,
    orders: str = "flow",
    contraflow: int = 0,
    staging: bool = False,
    stop: Stop | None = None,
    progress: Show | None = None,
    steps: str = "auto",
) -> Outcome:
    """Plan a scenario with orders that can be given.

    orders : `flow` or `zones`; contraflow : the most roads whose lanes are reversed; staging : whether zones
    get their turn; steps : as `plan` takes them, for a plan without orders.
    Raises UsageFault for what cannot be asked for together.
    """
    stop = wanted = stop or Stop()
    if orders not in ("flow", "zones"):
        raise UsageFault(f"--orders {orders}: there are flow and zones")
    if contraflow < 0:
        raise UsageFault(f"--contraflow {contraflow}: give the most roads that may be reversed, 0 or more")
    if stop.goals and (staging or contraflow or orders == "zones"):
        raise UsageFault(
            f"--stop {stop.goals[0].text}: with orders only gap@SHARE and after@TIME can be asked for"
        )
    if staging and orders == "zones":
        raise UsageFault(
            "--staging: orders by zone have a window for each zone already; leave one of the two out"
        )
    if steps == "adaptive" and (contraflow or staging or orders != "flow"):
        raise UsageFault("--steps adaptive gives no orders yet: leave out --orders, --contraflow, --staging")
    begun_s = time.monotonic()
    turned: Turned | None = None
    unreversed = scenario
    if contraflow:
        part = None if stop.seconds is None else stop.seconds / 2
        turned = choose_lanes(
            scenario,
            contraflow,
            stop=Stop(stop.gap, part, asked=stop.asked),
            progress=_share(progress, 0.0, 0.5),
        )
        scenario = turned.scenario
        passed_s = time.monotonic() - begun_s
        left = None if stop.seconds is None else max(0.0, stop.seconds - passed_s)
        stop, progress = Stop(stop.gap, left, asked=stop.asked), _share(progress, 0.5, 1.0)
    if staging:
        outcome = plan_staging(scenario, stop=stop, progress=progress)
    elif orders == "zones":
        outcome = plan_zones(
            scenario, stop=stop, progress=progress, flow=turned.outcome if turned is not None else None
        )
    elif turned is not None:
        outcome = turned.outcome
    else:
        outcome = plan(scenario, stop=stop, progress=progress, greedy=True, steps=steps)
    if turned is None:
        return outcome
    return replace(
        outcome,
        reversals=turned.reversals,
        options=outcome.options
        | {"seconds": wanted.seconds, "contraflow": {"limit": contraflow, **turned.account}},
        complete=outcome.complete and turned.finished,
        proof=replace(outcome.proof, unreversed=unreversed, contraflow=turned.proof),
        solve_s=time.monotonic() - begun_s,
    )


def _share(progress: Show | None, low: float, high: float) -> Show | None:
    if progress is None:
        return None
    tell = progress
    return lambda p: tell(replace(p, fraction=low + (high - low) * p.fraction, eta_s=None))
