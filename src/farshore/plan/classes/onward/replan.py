"""Replanning a plan with classes: what has happened stays, who can goes on, the rest is planned anew."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from farshore.errors import Interrupted, UsageFault
from farshore.plan.classes.onward.work import Candidate, Work
from farshore.plan.classes.onward.written import outcome_of
from farshore.plan.replanning.events import after_events, first_step_from, parse_events
from farshore.plan.stop import Progress, Stop
from farshore.results.outcome import Outcome, TradeOff
from farshore.results.services import BOARDING_FILE

__all__ = ["replan_classes"]

MICRO: Final = 1_000_000


def replan_classes(
    old: Outcome,
    *,
    at: str,
    close: Sequence[str],
    open_: Sequence[str],
    capacity: Sequence[str],
    caught: str,
    stability_person_h: float,
    stop: Stop,
    progress: Callable[[Progress], None] | None,
) -> Outcome:
    """Plan on from the midst of a plan with classes, as docs/classes.md defines it (Replanning).

    Arguments as of `farshore.plan.replan`. Raises UsageFault for what such plans do not know:
    openings by which buses come quicker from their base.
    """
    begun_s = time.monotonic()

    def told(phase: str, fraction: float, objective: int | None, bound: int | None) -> None:
        if progress is not None:
            elapsed_s = time.monotonic() - begun_s
            eta_s = elapsed_s * (1 - fraction) / fraction if fraction > 0.05 else None
            progress(Progress(phase, fraction, eta_s, objective, bound))

    if old.households is not None and old.services is not None and old.services.boarding is None:
        raise UsageFault(
            f"the plan does not say which bus each household boards ({BOARDING_FILE}): plan again"
        )
    first = first_step_from(at, old)
    events = parse_events(old.scenario, first, close=close, open_=open_, capacity=capacity)
    scenario = after_events(old.scenario, events)
    try:
        told("who is where", 0.0, None, None)
        work = Work(old, scenario, first, events, caught)
        told("solving", 0.1, None, None)
        best, bound, answer, proven = work.plans(stop, told, begun_s)
        fewest = work.fewest(stop, told)
    except KeyboardInterrupt:
        raise Interrupted("stopped before there was a plan; nothing was written") from None
    if fewest.objective < best.objective:
        best = replace(fewest, what=best.what)
    told("routes", 0.9, None, None)
    nobody = work.nobody()
    weight = stability_person_h * MICRO
    chosen = min((fewest, best), key=lambda plan: plan.objective + weight * plan.changed)
    rows = tuple(_trade_off(nobody, fewest, best, chosen, work.people))
    return outcome_of(work, chosen, rows, bound, answer, proven, stability_person_h, stop, begun_s)


def _trade_off(
    nobody: Candidate, fewest: Candidate, best: Candidate, chosen: Candidate, people: int
) -> list[TradeOff]:
    return [
        TradeOff(
            what=plan.what,
            weight_person_h=None,
            changed_persons=0 if plan is nobody else plan.changed,
            objective=plan.objective,
            unserved=people - sum(group.persons for group in plan.made.groups),
            chosen=plan is chosen,
        )
        for plan in (nobody, fewest, best)
    ]
