"""Forecasts of the past: made origin by origin from what was known by then, and scored at counts only."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import UsageFault
from farshore.forecast.assimilate import with_counts
from farshore.forecast.baselines import BASELINES, capacity_rule, equal_split, inverse_distance
from farshore.forecast.choice import CENTRAL, chosen_shares
from farshore.forecast.engine import expected_hindcast
from farshore.forecast.flee_rules import flee_arrivals
from farshore.forecast.flee_target import flee_daily, flee_error
from farshore.forecast.increments import (
    FIRST_ORIGIN_DAY,
    LEADS_DAYS,
    ORIGIN_EVERY_DAYS,
    Targets,
    joined,
    past_targets,
)
from farshore.forecast.network import host_network
from farshore.forecast.rates_file import Learnt, learnt_without
from farshore.forecast.scores import score_interval, score_point
from farshore.forecast.sequential import Predicted, predict
from farshore.results.forecast import Backtest, Score
from farshore.scenario.displacement import Counts, Displacement

__all__ = ["LAG_DAYS", "backtest", "hindcast_errors"]

Floats = npt.NDArray[np.float64]
LAG_DAYS: Final = 30


def backtest(
    problem: Displacement,
    *,
    leads_days: Sequence[int] = LEADS_DAYS,
    blind: bool = False,
    learnt: Learnt | None = None,
    every_days: int = ORIGIN_EVERY_DAYS,
) -> Backtest:
    """Forecast every `every_days` from day 30 on, at each lead, beside every simple rule.

    leads_days : some of 7, 30, 60, 90; a lead stands for the last count after the lead before
    blind : no method is told a capacity, the capacity rule and Flee's included
    learnt : rates to use; those shipped from every fitted conflict but this one if left out
    No forecast uses anything that became known after its origin; the hindcast errors do, as Flee's
    validation does, and say so. Raises UsageFault for leads that are none of those.
    """
    unknown = sorted(set(leads_days) - set(LEADS_DAYS))
    if unknown or not leads_days:
        raise UsageFault(f"leads are some of {', '.join(map(str, LEADS_DAYS))} days, not {unknown or 'none'}")
    problem = problem.without_capacity() if blind else problem
    learnt = learnt or learnt_without(problem)
    network = host_network(problem)
    chosen = chosen_shares(problem.without_capacity(), network, CENTRAL)
    origins = range(FIRST_ORIGIN_DAY, problem.n_days, every_days)
    targets = past_targets(problem, chosen, origins)
    found = _predicted(problem, chosen, targets, learnt, every_days)
    simple = {name: rule(targets, problem, network) for name, rule in BASELINES.items()}
    scores: list[Score] = []
    wanted = np.zeros(len(targets), dtype=bool)
    for band, lead in enumerate(LEADS_DAYS):
        rows = np.flatnonzero(targets.band == band)
        if lead not in leads_days or not len(rows):
            continue
        wanted[rows] = True
        observed = targets.observed[rows]
        scores.append(
            score_interval(
                "Farshore",
                lead,
                found.expected[rows],
                found.low[rows],
                found.high[rows],
                found.draws[rows],
                observed,
            )
        )
        scores += [score_point(name, lead, values[rows], observed) for name, values in simple.items()]
    kept = targets.select(wanted)
    return Backtest(
        name=problem.name,
        start=problem.start,
        host_ids=problem.host_ids,
        origin=kept.origin,
        host=kept.host,
        day=kept.day,
        lead_days=np.array(LEADS_DAYS)[kept.band],
        observed=kept.observed,
        expected=found.expected[wanted],
        low=found.low[wanted],
        high=found.high[wanted],
        scores=tuple(scores),
        hindcast_error=hindcast_errors(problem, learnt),
        lesson=learnt.source,
    )


def _predicted(
    problem: Displacement, chosen: Floats, targets: Targets, learnt: Learnt, every_days: int
) -> Predicted:
    """Forecasts of every target from outcomes as they were known at its origin."""
    if not any(_late_or_revised(counts) for counts in problem.counts):
        return predict(targets, learnt.lessons)
    # An outcome may be told late, or revised after somebody has learnt from it: look back from each origin.
    made = []
    for origin in np.unique(targets.origin).tolist():
        before = range(FIRST_ORIGIN_DAY, origin, every_days)
        past = past_targets(problem, chosen, before, until=origin)
        now = targets.select(targets.origin == origin)
        made.append(predict(joined(past, now), learnt.lessons).select(slice(len(past), None)))
    if not made:
        return predict(targets, learnt.lessons)
    return Predicted(
        **{f.name: np.concatenate([getattr(part, f.name) for part in made]) for f in fields(Predicted)}
    )


def _late_or_revised(counts: Counts) -> bool:
    return bool(np.any(counts.known_day > counts.day))


def hindcast_errors(problem: Displacement, learnt: Learnt | None = None) -> dict[str, float]:
    """Flee's rescaled error of hindcasts that are given each day's total, by what else they are told.

    Entries named "with capacity" are missing where the problem holds none.
    """
    learnt = learnt or learnt_without(problem)
    daily = flee_daily(problem)
    bare = problem.without_capacity()
    network = host_network(problem)
    cold = expected_hindcast(bare, learnt)
    made = {
        "Farshore": cold,
        f"Farshore, counts {LAG_DAYS} days old": with_counts(problem, cold, LAG_DAYS),
        "Flee-compatible": flee_arrivals(bare),
        "equal split": equal_split(problem),
        "inverse distance": inverse_distance(problem, network),
    }
    if np.isfinite(problem.capacity_persons[problem.hosts]).any():
        made |= {
            "Farshore with capacity": expected_hindcast(problem, learnt),
            "Flee-compatible with capacity": flee_arrivals(problem),
            "capacity rule": capacity_rule(problem),
        }
    return {name: flee_error(values, daily) for name, values in made.items()}
