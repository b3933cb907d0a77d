"""Checking robust.json: all that can be worked out again from the plan folder, named where it differs.

Worked out again: what is lost when in each future, from scenario and seed; measures, means, gains with
their intervals, the price of robustness, the distance from the bound, and the words, from the figures of the
futures; what the plan costs in the fresh futures that cost it most, and in those in which nothing is lost, by
following it there. That the bound holds, and what the nominal plan comes to, only planning again could show:
these are held against each other, and sealed.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from farshore.errors import CertificateRefused, Fault, UsageFault
from farshore.plan.model import problem_of
from farshore.plan.prices import prices_of
from farshore.results import read_outcome
from farshore.results.outcome import Outcome
from farshore.results.robust import (
    ROBUST_FILE,
    Faced,
    RobustFuture,
    RobustResult,
    robust_seal,
    robust_summary,
)
from farshore.results.stress import Interval, Paired
from farshore.stress.draw import Futures
from farshore.stress.robust.compare import FRESH_AFTER, gains_of
from farshore.stress.robust.courses import course_of
from farshore.stress.robust.job import HAZARDS
from farshore.stress.robust.measure import UNDISTURBED_WEIGHT, Measure, parse_measure
from farshore.stress.robust.recourse import answer_to
from farshore.stress.robust.told import Told

__all__ = ["certify_robust"]

_FOLLOWED: Final = 3  # of the fresh futures, those that cost the plan most
_EXACT: Final = 2e-6  # figures are written to 6 digits after the point
_REMEDY: Final = "plan again with --robust, or take the file from where it was written"


def certify_robust(folder: Path) -> int:
    """Check what a plan folder says of a robust plan; the folder must be one that `certify` accepts.

    returns : how many futures the plan was followed through; 0 where it has no robust.json
    Raises CertificateRefused with every figure that is contradicted.
    """
    path = Path(folder) / ROBUST_FILE
    if not path.exists():
        return 0
    outcome = read_outcome(Path(folder))
    faults: list[str] = []
    followed = 0
    try:
        told = _json(path)
        result = _rebuilt(told)
        if told["seal"] != robust_seal(told):
            faults.append("seal: the file is not as it was written")
        faults += _differences(told, robust_summary(result) | {"seal": told["seal"]})
        faults += _bounds(told, result)
        faults += _beside_the_plan(told, outcome)
        faults += _drawn(outcome, result)
        if not faults:  # a plan followed through futures that are others than stated would say little
            wrong, followed = _followed(outcome, result)
            faults += wrong
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UsageFault) as error:
        faults.append(f"lacks something or garbles it ({type(error).__name__}: {error})")
    if faults:
        refused = [Fault(ROBUST_FILE, 0, "", cause, _REMEDY) for cause in faults]
        raise CertificateRefused(refused, str(folder))
    return followed


def _json(path: Path) -> dict[str, Any]:
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise TypeError("it is no object")
    return told


def _rebuilt(told: Mapping[str, Any]) -> RobustResult:
    """The result as its futures' figures give it; what cannot be worked out is taken as stated."""
    measure = parse_measure(told["measure"])
    sampled, fresh = (_futures(told["futures"][name]) for name in ("sampled", "fresh"))
    persons = told["undisturbed"]["persons"]
    ours, theirs = [each.robust_person_h for each in sampled], [each.nominal_person_h for each in sampled]
    robust = [each.robust_person_h for each in fresh], [each.robust_left for each in fresh]
    nominal = [each.nominal_person_h for each in fresh], [each.nominal_left for each in fresh]
    result = RobustResult(
        measure=told["measure"],
        undisturbed_weight=UNDISTURBED_WEIGHT,
        seed=told["seed"],
        fresh_seed=told["seed"] + FRESH_AFTER,
        objective=UNDISTURBED_WEIGHT * persons["robust"] + _worst_mean(ours, measure.level),
        nominal_objective=UNDISTURBED_WEIGHT * persons["nominal"] + _worst_mean(theirs, measure.level),
        lower_bound=told["objective"]["lower_bound"],
        proven=told["objective"]["proven"],
        partial=told["partial"],
        rounds=tuple((objective, bound) for objective, bound in told["rounds"]),
        undisturbed=(told["undisturbed"]["robust"], told["undisturbed"]["nominal"]),
        undisturbed_persons=(persons["robust"], persons["nominal"]),
        sampled=sampled,
        fresh=fresh,
        faced_sampled=_faced(sampled, measure),
        faced_fresh=_faced(fresh, measure) if fresh else None,
        gains=gains_of(measure, robust, nominal, seed=told["seed"] + FRESH_AFTER) if fresh else {},
        rehearsed=told["rehearsed"]["futures"],
        rehearsal=[
            Paired(name, *(_interval(each[part]) for part in ("low10", "median", "high90", "better")))
            for name, each in told["rehearsed"]["differences"].items()
        ],
    )
    return _as_stated(told, result)


def _as_stated(told: Mapping[str, Any], result: RobustResult) -> RobustResult:
    """Figures that differ in their last digit alone are taken as stated: words are made from them."""

    def either(name: str, found: float) -> float:
        stated = told["objective"][name]
        return stated if _near(stated, found) else found

    stated = {name: _interval(each) for name, each in told["gains"].items()}
    gains = {
        name: stated[name]
        if name in stated
        and all(_near(getattr(stated[name], end), getattr(gain, end)) for end in ("value", "low", "high"))
        else gain
        for name, gain in result.gains.items()
    }
    return replace(
        result,
        objective=either("robust", result.objective),
        nominal_objective=either("nominal", result.nominal_objective),
        gains=gains,
    )


def _futures(rows: Sequence[Mapping[str, Any]]) -> tuple[RobustFuture, ...]:
    return tuple(RobustFuture(**{**row, "lost": tuple(row["lost"])}) for row in rows)


def _interval(row: Mapping[str, float | None]) -> Interval:
    def end(value: float | None, without: float) -> float:
        return without if value is None else value

    return Interval(end(row["value"], math.nan), end(row["low"], -math.inf), end(row["high"], math.inf))


def _worst_mean(costs: Sequence[float], level: float) -> float:
    """The mean of the worst share 1 − level of some costs, one at its edge counting in part."""
    left = share = len(costs) * (1.0 - level)
    total = 0.0
    for cost in sorted(costs, reverse=True):
        part = min(1.0, left)
        total += part * cost
        left -= part
        if left <= 0:
            break
    return total / share


def _faced(futures: Sequence[RobustFuture], measure: Measure) -> tuple[Faced, Faced]:
    def one(costs: list[float], left: list[int]) -> Faced:
        mean, n = math.fsum(costs) / len(costs), len(costs)
        return Faced(_worst_mean(costs, measure.level), mean, sum(left) / n, max(left))

    return (
        one([each.robust_person_h for each in futures], [each.robust_left for each in futures]),
        one([each.nominal_person_h for each in futures], [each.nominal_left for each in futures]),
    )


def _near(one: float, two: float) -> bool:
    return one == two or abs(one - two) <= _EXACT + 1e-9 * abs(two)


def _differences(stated: Any, found: Any, where: str = "") -> Iterator[str]:
    """Every place at which what is stated is not what was found."""
    if isinstance(stated, dict) and isinstance(found, dict):
        for name in sorted(stated.keys() | found.keys()):
            place = f"{where}.{name}" if where else name
            if name not in stated or name not in found:
                yield f"{place}: is {'missing' if name in found else 'nothing that a robust plan states'}"
            else:
                yield from _differences(stated[name], found[name], place)
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for at, (one, two) in enumerate(zip(stated, found, strict=True)):
            yield from _differences(one, two, f"{where}[{at}]")
    elif isinstance(stated, float | int) and isinstance(found, float | int):
        if isinstance(stated, bool) != isinstance(found, bool) or not _near(stated, found):
            yield f"{where}: {stated} is stated, {found} follows"
    elif stated != found:
        yield f"{where}: {stated!r} is stated, {found!r} follows"


def _bounds(told: Mapping[str, Any], result: RobustResult) -> Iterator[str]:
    """What must hold between objective, bound and the rounds of the search."""
    below = result.lower_bound - _EXACT
    if result.objective < below:
        yield f"objective.lower_bound: {result.lower_bound} is above the plan's objective, {result.objective}"
    if result.objective > result.nominal_objective + _EXACT:
        yield "objective.robust: is worse than the nominal plan's, with which the search begins"
    if bool(result.rehearsed) != bool(result.rehearsal):
        yield "rehearsed: so many futures, and what came of them, do not go together"
    if not result.rounds:
        yield "rounds: there is none"
        return
    values, bounds = ([each[i] for each in result.rounds] for i in (0, 1))
    if not _near(values[0], result.nominal_objective):
        yield f"rounds[0]: {values[0]} is not the nominal plan's objective, {result.nominal_objective}"
    if not _near(min(values), result.objective):
        yield f"rounds: the best is {min(values)}, and {result.objective} the plan's objective"
    if bounds[0] != 0:
        yield "rounds[0]: nothing is known of others before the nominal plan has met all futures"
    if bounds != sorted(bounds) or bounds[-1] > result.lower_bound + _EXACT:
        yield "rounds: bounds fall, or are above the last"
    if any(bound > value + _EXACT for value in values for bound in bounds):
        yield "rounds: a bound is above what a plan came to"
    if min(each.robust_person_h for each in (*result.sampled, *result.fresh)) < 0:
        yield "futures: a cost is below 0"


def _beside_the_plan(told: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    """What the rest of the folder says of the same."""
    proof = outcome.certificate
    plan_costs, bound = proof.objective / 1e6, proof.lower_bound / 1e6
    undisturbed = told["undisturbed"]
    if not _near(undisturbed["robust"], plan_costs):
        yield f"undisturbed.robust: {undisturbed['robust']} is stated, the plan costs {plan_costs}"
    lowest = {
        "undisturbed.nominal": undisturbed["nominal"],
        "undisturbed.persons.robust": undisturbed["persons"]["robust"],
        "undisturbed.persons.nominal": undisturbed["persons"]["nominal"],
    }
    for name, value in lowest.items():
        if value < bound - _EXACT:
            yield f"{name}: {value} is below what any plan costs, {bound}"
    if outcome.households is None and not _near(undisturbed["persons"]["robust"], plan_costs):
        yield f"undisturbed.persons.robust: the plan counts persons, and costs {plan_costs}"
    asked = {"robust": told["measure"], "futures": told["sampled"]["futures"], "seed": told["seed"]}
    for name, value in asked.items():
        if outcome.options.get(name) != value:
            yield f"{name}: {value} is stated, {outcome.options.get(name)} was asked for (summary.json)"
    gap, wanted = told["objective"]["gap"], float(outcome.options["gap"])
    if not told["partial"] and abs(gap - wanted) > 1e-9 and told["objective"]["proven"] != (gap < wanted):
        yield f"objective.proven: the gap is {gap}, and {wanted} was asked for"


def _drawn(outcome: Outcome, result: RobustResult) -> Iterator[str]:
    """Futures drawn again: what is lost in them, and when that is known."""
    about = outcome.scenario.about
    for name, rows, seed in (
        ("sampled", result.sampled, result.seed),
        ("fresh", result.fresh, result.fresh_seed),
    ):
        drawn = Futures(outcome.scenario, seed=seed, vary=HAZARDS)
        for number, row in enumerate(rows):
            events = [event for event in drawn.future(number).events if event.what == "loss"]
            lost = tuple(dict.fromkeys(event.asset_id for event in events))
            first = min((-(-int(event.from_s) // about.step_s) for event in events), default=about.n_steps)
            known_h = first * about.step_s / 3600 if first < about.n_steps else None
            if row.number != number or row.lost != lost:
                yield f"futures.{name}[{number}].lost: {list(row.lost)} is stated, {list(lost)} is drawn"
            if (row.known_from_h is None) != (known_h is None) or (
                known_h is not None and row.known_from_h is not None and not _near(row.known_from_h, known_h)
            ):
                yield f"futures.{name}[{number}].known_from_h: {row.known_from_h} is stated, not {known_h}"


def _followed(outcome: Outcome, result: RobustResult) -> tuple[list[str], int]:
    """The plan followed through fresh futures: those dearest to it, and those in which nothing is lost."""
    problem = problem_of(outcome.scenario)
    told, guess = Told(outcome.routes, outcome.departures), prices_of(outcome, problem)
    futures = Futures(outcome.scenario, seed=result.fresh_seed, vary=HAZARDS)
    dearest = sorted(result.fresh, key=lambda each: (-each.robust_person_h, each.number))[:_FOLLOWED]
    calm = [each for each in result.fresh if each.known_from_h is None]
    rows = {each.number: each for each in (*dearest, *calm)}
    wrong = []
    for number, row in sorted(rows.items()):
        answer = answer_to(course_of(futures, number), problem, told, guess)
        for name, stated, found in (
            ("robust_person_h", row.robust_person_h, answer.cost / 1e6),
            ("robust_left", row.robust_left, answer.left),
        ):
            if not _near(stated, found):
                wrong.append(f"futures.fresh[{number}].{name}: {stated} is stated, the plan comes to {found}")
    return wrong, len(rows)
