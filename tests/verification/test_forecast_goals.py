"""The forecast against the public conflicts, each left out of what it is forecast with."""

from functools import cache

import numpy as np
import pytest

from farshore.forecast.backtest import backtest
from farshore.forecast.baselines import capacity_rule
from farshore.forecast.flee_target import flee_daily, flee_error
from farshore.results import Backtest
from tests.displacements import CONFLICTS, public_conflict

# Flee's own error on each, measured with capacities a quarter above those in the files.
FLEE_ERROR = dict(zip(CONFLICTS, (0.314, 0.465, 0.544, 0.380, 0.341, 0.219, 0.693, 0.716), strict=True))
CAPACITY_RULE = dict(zip(CONFLICTS, (0.168, 0.337, 0.423, 0.373, 0.467, 0.087, 0.387, 0.127), strict=True))
OLD = "Farshore, counts 30 days old"


@cache
def result_of(name: str) -> Backtest:
    found = backtest(public_conflict(name))
    assert name not in found.lesson.split(", ")
    return found


def mean_error(method: str) -> float:
    return float(np.mean([result_of(name).hindcast_error[method] for name in CONFLICTS]))


@pytest.mark.parametrize("name", CONFLICTS)
def test_the_target_is_flees_to_the_last_person(name: str) -> None:
    """The capacity rule's published errors come out, so that target and error are Flee's."""
    problem = public_conflict(name)
    error = flee_error(capacity_rule(problem), flee_daily(problem))
    assert round(error, 3) == CAPACITY_RULE[name]


@pytest.mark.parametrize("name", [n for n in CONFLICTS if n != "mali2017_adm1"])
def test_the_flee_engine_is_within_two_hundredths_of_flee(name: str) -> None:
    assert abs(result_of(name).hindcast_error["Flee-compatible with capacity"] - FLEE_ERROR[name]) <= 0.02


def test_hindcast_goals() -> None:
    assert mean_error("Farshore with capacity") <= 0.30
    assert mean_error("Farshore") <= 0.52
    assert mean_error(OLD) <= 0.22


def test_flee_is_beaten_with_old_counts_everywhere_and_with_capacity_on_seven() -> None:
    assert all(result_of(n).hindcast_error[OLD] < FLEE_ERROR[n] for n in CONFLICTS)
    wins = [result_of(n).hindcast_error["Farshore with capacity"] < FLEE_ERROR[n] for n in CONFLICTS]
    assert sum(wins) >= 7


@pytest.mark.parametrize("lead", [30, 60, 90])
def test_persistence_is_beaten(lead: int) -> None:
    wape = {
        method: np.array(
            [
                next(s.wape for s in result_of(n).scores if (s.method, s.lead_days) == (method, lead))
                for n in CONFLICTS
            ]
        )
        for method in ("Farshore", "persistence")
    }
    assert wape["Farshore"].mean() <= 0.85 * wape["persistence"].mean()
    assert np.sum(wape["Farshore"] < wape["persistence"]) >= 6


def test_intervals_cover_what_they_say() -> None:
    """Of the 32 pairs of conflict and lead, 28 cover 75 to 85 %; the shortest conflicts fall outside."""
    cover = [
        s.coverage for n in CONFLICTS for s in result_of(n).scores if s.method == "Farshore" and s.n >= 10
    ]
    assert sum(0.75 <= c <= 0.85 for c in cover) >= 28
    assert abs(float(np.mean(cover)) - 0.8) < 0.02
