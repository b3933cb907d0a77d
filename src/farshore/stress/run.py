"""Stress testing: a plan over many futures, until enough of them have been seen."""

import hashlib
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.errors import ExecutorLost, Interrupted, UsageFault
from farshore.executor import executor_for
from farshore.plan import Progress
from farshore.results.outcome import Outcome
from farshore.results.stress import (
    ClassFigures,
    Detail,
    FutureOutcome,
    Occurrence,
    Paired,
    StressResult,
    WorthTable,
)
from farshore.scenario.parameters import CLASSES, FUTURES, PARAMETERS, TRAFFIC
from farshore.scenario.scenario import Scenario
from farshore.scenario.write import scenario_hash
from farshore.simulate import Options
from farshore.simulate.options import options_as_text
from farshore.stress.draw import VARY
from farshore.stress.job import Replan, Tested, future_task, job_for
from farshore.stress.journal import Journal, finished
from farshore.stress.quantiles import quantile_interval, share_interval
from farshore.stress.statistics import (
    MEASURES,
    SHARES,
    class_quantiles,
    futures_for,
    measured,
    quantile_of,
    widths_of,
)
from farshore.stress.worth import worth_of

__all__ = ["stress"]

_BLOCK: Final = 100  # futures between two looks at how precise they are
_WORST: Final = 10
_MOMENTS: Final = 112
# What replays of plans with classes take besides.
_OF_CLASSES: Final = ("family_persons_per_child", "foot_persons_h_lane", "wheelchair_share")
_RESOLVED: Final = 10


def stress(
    plan: Outcome,
    *,
    beside: Outcome | None = None,
    futures: int = 1000,
    seed: int = 0,
    vary: tuple[str, ...] = VARY,
    precision: float | None = None,
    options: Options | None = None,
    workers: int = 1,
    dask: str = "",
    replan: Replan | None = None,
    worth: bool = True,
    resolve: int | None = None,
    lost_from_h: float = 24.0,
    kept: Path | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> StressResult:
    """Replay a plan in many futures of its scenario, as docs/stress.md describes it.

    beside : another plan, replayed in the same futures and compared one by one
    vary : what differs between futures, of "assumptions" and "hazards"
    precision : stop once every interval's half-width is so small a share of its scale
    replan : makes new instructions after a loss; None: people keep to the plan
    resolve : changes that are checked by planning anew, ten if None; worth : whether to ask what crossings
    are worth. Of a plan with classes nothing is planned anew, nor replanned
    kept : a file that keeps each result as it comes; resume : go on from it
    note : is told facts about the run that are no result (bytes sent, workers lost, none left)

    The same plan, seed and options give the same result on any number of workers, anywhere. Ctrl-C gives
    what is done, marked partial; raises `Interrupted` if that is nothing, `ExecutorLost` if nothing is left
    to run on (what is done stays in `kept`), `UsageFault` for numbers that make no sense.
    """
    _check(futures, precision, vary, resolve, plan, beside, replan is not None)
    by_class = plan.services is not None
    options = options or Options()
    plans = (plan,) if beside is None else (plan, beside)
    horizon_h = max(each.scenario.about.horizon_h for each in plans)
    moments_h = np.unique(np.linspace(0, horizon_h, min(_MOMENTS, horizon_h) + 1).round(3))
    tested = Tested(plans, options, seed, vary, moments_h * 3600, replan)
    job = job_for(tested)
    header = {
        "plans": [_plan_hash(each) for each in plans],
        "seed": seed,
        "vary": list(vary),
        "options": dict(options_as_text(options)),
        "replan": replan is not None,
        "version": version("farshore"),
    }
    stopped = False
    found: list[list[FutureOutcome]] = []
    table: WorthTable | None = None
    details: tuple[Detail, ...] = ()
    with (
        Journal(kept, header, resume=resume) as journal,
        executor_for(job, workers=workers, dask=dask, say=note) as crew,
    ):
        told = _Told(progress)
        try:
            try:
                _run_futures(crew, journal, len(plans), futures, precision, horizon_h, told)
            finally:
                found = _prefix(journal, len(plans), futures)
            details = _details(crew, journal, found[0], told)
            if worth:
                table = worth_of(
                    crew,
                    journal,
                    plan,
                    resolve=_RESOLVED if resolve is None else resolve,
                    lost_from_h=lost_from_h,
                    told=told.part,
                )
        except KeyboardInterrupt:
            stopped = True
            if not found or not found[0]:
                raise Interrupted("stopped before a future was finished; nothing was written") from None
        except ExecutorLost as lost:
            done = sum(name.startswith("future 0 ") for name in journal.results)
            where = f" in {kept}; go on with --resume" if kept is not None else ""
            raise ExecutorLost(f"{lost}; {done:,} of {futures:,} futures are kept{where}") from None
        note(
            f"payload {len(job.payload):,} bytes, {crew.sent_bytes:,} sent in all; "
            f"{crew.lost_workers} workers replaced"
        )
    mine = found[0]
    widths = widths_of(mine, horizon_h)
    wanted = precision if precision is not None else 0.02
    return StressResult(
        scenario=plan.scenario,
        label=plan.scenario.about.name,
        moments_h=tuple(moments_h.tolist()),
        outcomes=tuple(mine),
        quantiles={
            (measure, share): quantile_of([measured(each, measure) for each in mine], share)
            for measure in MEASURES
            for share in SHARES
        },
        widths=widths,
        precision=precision,
        precise=None if precision is None else max(widths.values()) <= precision,
        needed=futures_for(len(mine), widths, wanted),
        details=tuple(details),
        worth=table,
        paired=_paired(found) if beside is not None else (),
        beside="" if beside is None else beside.scenario.about.name,
        beside_outcomes=() if beside is None else tuple(found[1]),
        partial=stopped,
        asked=futures,
        seed=seed,
        options={**options_as_text(options), "vary": list(vary), "replan": replan is not None},
        version=version("farshore"),
        assumptions=_assumed(plan.scenario, vary, by_class),
        classes=class_quantiles(mine),
    )


def _check(
    futures: int,
    precision: float | None,
    vary: tuple[str, ...],
    resolve: int | None,
    plan: Outcome,
    beside: Outcome | None,
    replans: bool,
) -> None:
    wrong = []
    if futures < 1:
        wrong.append(f"{futures} futures say nothing; give 1 or more")
    if precision is not None and not 0 < precision < 1:
        wrong.append(f"precision {precision:g} is no share; give one between 0 and 1, as 0.02")
    if resolve is not None and resolve < 0:
        wrong.append(f"{resolve} changes cannot be checked; give 0 or more")
    if unknown := sorted(set(vary) - set(VARY)):
        wrong.append(f"nothing called {', '.join(unknown)} varies; there is {', '.join(VARY)}")
    elif not vary:
        wrong.append(f"futures that do not differ; name some of {', '.join(VARY)}")
    elif not _varies(plan.scenario, vary):
        wrong.append(
            "the scenario says nothing that could differ: give hazards.csv, or ranges in assumptions.csv"
        )
    if beside is not None and beside.scenario.about.start != plan.scenario.about.start:
        wrong.append("the two plans do not begin at the same moment; they cannot be compared")
    classes = [each.services is not None for each in (plan, beside) if each is not None]
    if any(classes) and not all(classes):
        wrong.append("one plan has classes, the other takes everybody as in a car; they cannot be compared")
    if any(classes) and replans:
        wrong.append("plans with classes cannot be replanned within futures yet: leave out --replan")
    if any(classes) and resolve:
        wrong.append("nothing is planned anew for a plan with classes: leave out --resolve, or give 0")
    if wrong:
        raise UsageFault("\n".join(wrong))


def _varies(scenario: Scenario, vary: tuple[str, ...]) -> bool:
    ranged = bool((scenario.assumptions.low < scenario.assumptions.high).any())
    return ("hazards" in vary and len(scenario.hazards) > 0) or ("assumptions" in vary and ranged)


def _run_futures(
    crew: Any,
    journal: Journal,
    n_plans: int,
    futures: int,
    precision: float | None,
    horizon_h: int,
    told: "_Told",
) -> None:
    """All futures, or as many blocks of them as make the intervals narrow enough; kept in the journal."""
    block = futures if precision is None else _BLOCK
    for first in range(0, futures, block):
        tasks = {
            f"future {number} {future}": future_task(number, future)
            for future in range(first, min(first + block, futures))
            for number in range(n_plans)
        }
        show = partial(_show, told, first, n_plans, futures)
        for _ in finished(crew, journal, tasks, show):
            pass
        if precision is not None:
            seen = _prefix(journal, n_plans, min(first + block, futures))[0]
            if max(widths_of(seen, horizon_h).values()) <= precision:
                break


def _show(told: "_Told", first: int, n_plans: int, futures: int, done: int) -> None:
    told.part("replaying futures", first + done / n_plans, futures)


def _prefix(journal: Journal, n_plans: int, futures: int) -> list[list[FutureOutcome]]:
    """Outcomes of the futures from the first on that are done for every plan: stopping early picks none."""
    found: list[list[FutureOutcome]] = [[] for _ in range(n_plans)]
    for future in range(futures):
        rows = [journal.results.get(f"future {number} {future}") for number in range(n_plans)]
        if any(row is None for row in rows):
            break
        for number, row in enumerate(rows):
            assert row is not None
            found[number].append(_outcome(row))
    return found


def _outcome(row: Mapping[str, Any]) -> FutureOutcome:
    return FutureOutcome(
        number=row["number"],
        people=row["people"],
        arrived=row["arrived"],
        unserved=row["people"] - row["arrived"],
        without_bed=row["without_bed"],
        t50_h=row["t50_h"],
        t90_h=row["t90_h"],
        t100_h=row["t100_h"],
        exposure_person_h=row["exposure_person_h"],
        waiting_person_h=row["waiting_person_h"],
        travel_person_h=row["travel_person_h"],
        arrived_by=tuple(row["arrived_by"]),
        occurrences=tuple(
            Occurrence(hazard, asset, what, round(begin / 3600, 3), round(end / 3600, 3), after)
            for hazard, asset, what, begin, end, after in row["events"]
        ),
        values=row["values"],
        classes=tuple(ClassFigures(*figures) for figures in row.get("classes", ())),
    )


def _details(crew: Any, journal: Journal, seen: list[FutureOutcome], told: "_Told") -> tuple[Detail, ...]:
    """Where people were left in the worst futures: most left behind first, then the latest, then exposure."""
    order = sorted(
        seen,
        key=lambda each: (-each.unserved, -measured(each, "t90_h"), -each.exposure_person_h, each.number),
    )
    tasks = {f"detail {each.number}": future_task(0, each.number, detail=True) for each in order[:_WORST]}
    rows = dict(finished(crew, journal, tasks, lambda done: told.part("the worst futures", done, len(tasks))))
    return tuple(
        Detail(rows[name]["number"], tuple((place, why, count) for place, why, count in rows[name]["left"]))
        for name in tasks
    )


def _paired(found: list[list[FutureOutcome]]) -> tuple[Paired, ...]:
    """Differences future by future; one that neither plan ends is no difference, infinite where one does."""
    rows = []
    for measure in MEASURES:
        pairs = [(measured(one, measure), measured(two, measure)) for one, two in zip(*found, strict=True)]
        apart = [0.0 if one == two else two - one for one, two in pairs]
        rows.append(
            Paired(
                measure,
                quantile_interval(apart, 0.1),
                quantile_interval(apart, 0.5),
                quantile_interval(apart, 0.9),
                share_interval(sum(value < 0 for value in apart), len(apart)),
            )
        )
    return tuple(rows)


def _plan_hash(outcome: Outcome) -> str:
    moves = outcome.departures
    digest = hashlib.sha256(scenario_hash(outcome.scenario).encode())
    for route in outcome.routes:
        digest.update(repr((route.zone_id, route.host_id, route.links)).encode())
    for column in (moves.route, moves.step, moves.persons):
        digest.update(np.ascontiguousarray(column, np.int64).tobytes())
    if (services := outcome.services) is not None:
        legs = tuple(route.legs for route in outcome.routes)
        digest.update(repr((legs, services.class_ids, services.trips, services.boarding)).encode())
    return digest.hexdigest()


def _assumed(scenario: Scenario, vary: tuple[str, ...], by_class: bool) -> tuple[str, ...]:
    table = scenario.assumptions
    given = {str(key): row for row, key in enumerate(table.key)}
    lines = []
    more = {key: CLASSES[key] for key in _OF_CLASSES if by_class}
    for parameter in (PARAMETERS | TRAFFIC | more | FUTURES).values():
        row = given.get(parameter.key)
        if row is None:
            lines.append(f"{parameter.key}: {parameter.default:g} {parameter.unit} (default, not varied)")
            continue
        low, best, high = (float(getattr(table, name)[row]) for name in ("low", "best", "high"))
        ranged = low < high and "assumptions" in vary
        span = f"{low:g} to {high:g}, likeliest {best:g}" if ranged else f"{best:g}"
        lines.append(f"{parameter.key}: {span} {parameter.unit}")
    return tuple(lines)


class _Told:
    """Passes progress on, with an estimate of the time left in the part that runs."""

    def __init__(self, progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._phase, self._begun_s, self._before = "", 0.0, 0.0

    def part(self, phase: str, done: float, of: float) -> None:
        """So much of one part of the work is done."""
        if self._progress is None:
            return
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun_s, self._before = phase, now, done
        fresh = done - self._before  # what was kept from before took no time
        left_s = (now - self._begun_s) * (of - done) / fresh if fresh > 0 else None
        self._progress(Progress(phase, done / of if of else 1.0, left_s, None, None))
