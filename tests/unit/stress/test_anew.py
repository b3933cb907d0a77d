"""Futures with replanning: what the planner is told, and what it is worth to those who would have waited."""

from farshore.plan import plan
from farshore.stress import planned_on, stress
from tests.unit.stress.test_replan import divided


def test_replanning_after_a_loss_brings_people_round_and_the_same_bytes_twice() -> None:
    outcome = plan(divided())
    kept = stress(outcome, futures=4, seed=1, vary=("hazards",), worth=False)
    anew = stress(outcome, futures=4, seed=1, vary=("hazards",), worth=False, replan=planned_on)
    again = stress(outcome, futures=4, seed=1, vary=("hazards",), worth=False, replan=planned_on, workers=2)
    assert [each.occurrences for each in anew.outcomes] == [each.occurrences for each in kept.outcomes]
    assert sum(each.unserved for each in anew.outcomes) < 0.5 * sum(each.unserved for each in kept.outcomes)
    assert anew.outcomes == again.outcomes


def test_with_nothing_lost_the_plan_in_force_stays() -> None:
    outcome = plan(divided())
    assert planned_on(outcome, outcome.scenario, 7200.0) is outcome
