"""A plan that leaves people behind, with the smallest sets of facts that keep them from being placed."""

import time
from collections.abc import Callable
from dataclasses import replace

from farshore.plan.conflicts.facts import OutOfTime, World
from farshore.plan.conflicts.remedies import remedies_of
from farshore.plan.conflicts.search import Clash, clashes
from farshore.plan.conflicts.words import conflict_of
from farshore.results.conflicts import Conflict
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of

__all__ = ["conflicts_of", "with_conflicts"]


def with_conflicts(
    outcome: Outcome, *, seconds: float | None = None, asked: Callable[[], bool] | None = None
) -> Outcome:
    """The outcome with what keeps people from being placed by any plan, if it leaves people behind.

    seconds : wall-clock for finding it; asked : says whether to stop; what has been found by then is kept,
    as it is after Ctrl-C.
    Of plans with classes, what conflicts whatever the roads. Plans made in the midst of another are left as
    they are.
    """
    if outcome.replan is not None:
        return outcome
    if outcome.services is not None:
        from farshore.plan.conflicts.services import conflicts_of_services  # noqa: PLC0415 (few plans need it)

        return replace(outcome, conflicts=conflicts_of_services(outcome.scenario))
    if not outcome.unserved:
        return outcome
    return replace(outcome, conflicts=conflicts_of(outcome.scenario, seconds=seconds, asked=asked))


def conflicts_of(
    scenario: Scenario, *, seconds: float | None = None, asked: Callable[[], bool] | None = None
) -> tuple[Conflict, ...]:
    """The conflicts of a scenario in which not everybody can be placed; none where everybody can.

    seconds, asked : as in `with_conflicts`
    """
    found: list[Clash] = []
    told: list[Conflict] = []

    until_s = None if seconds is None else time.monotonic() + seconds

    def over() -> bool:
        late = until_s is not None and time.monotonic() > until_s
        return late or (asked is not None and asked())

    def find() -> None:
        world = World(scenario, over=over)
        arc_ids = timing_of(scenario).arc_ids

        def tell(clash: Clash) -> None:
            found.append(clash)
            told.append(conflict_of(world, clash, arc_ids))

        clashes(world, tell)
        every = world.facts()
        for number, clash in enumerate(found):
            gone = frozenset(
                fact
                for before in found
                if before.depth < clash.depth
                for fact in before.facts
                if fact.kind != "horizon"
            )
            told[number] = replace(told[number], remedies=remedies_of(world, clash, every - gone))

    _until_stopped(find)
    return tuple(told)


def _until_stopped(work: Callable[[], None]) -> None:
    try:
        work()
    except (KeyboardInterrupt, OutOfTime):
        return
