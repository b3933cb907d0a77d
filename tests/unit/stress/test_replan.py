"""The seam for replanning: a function is told what is known after each loss, and its instructions hold."""

from farshore.plan import plan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.stress import stress
from tests.unit.stress.sample import town

SURE_LOSS = "strike bridge loss rate_per_day=200 from=0.5 until=1.2 hours_low=40 hours_best=40 hours_high=40"


def divided() -> Scenario:
    """Two ways to two hosts; the short way's bridge is lost in the first hour, for good."""
    return town(
        links=[
            "street n1 n2 length=2000 capacity=900",
            "span n2 n3 length=500 capacity=400 crossing_id=bridge",
            "far n1 n5 length=60000 free_speed=60 capacity=300",
        ],
        crossings=["bridge bridge"],
        hosts=["near n3 beds=9000", "away n5 beds=9000"],
        hazards=[SURE_LOSS],
        assumptions=[],
    )


def planned_anew(in_force: Outcome, known: Scenario, from_s: float) -> Outcome:
    """Everybody planned again, knowing of the loss."""
    assert in_force.scenario.about.name == known.about.name
    assert len(known.closures) > 0
    assert from_s >= 3600
    return plan(known)


def test_new_instructions_bring_people_round_who_would_have_waited() -> None:
    outcome = plan(divided())
    kept = stress(outcome, futures=4, seed=1, vary=("hazards",), worth=False)
    anew = stress(outcome, futures=4, seed=1, vary=("hazards",), worth=False, replan=planned_anew)
    assert [each.occurrences for each in anew.outcomes] == [each.occurrences for each in kept.outcomes]
    assert [each.people for each in anew.outcomes] == [each.people for each in kept.outcomes]
    assert all(each.unserved > 500 for each in kept.outcomes)
    assert sum(each.unserved for each in anew.outcomes) < 0.5 * sum(each.unserved for each in kept.outcomes)
