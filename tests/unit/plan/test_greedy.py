"""What the greedy planner costs, in towns worked out by hand; steps and roads as in known optima."""

import pytest
from hypothesis import HealthCheck, given, settings

from farshore.plan import plan
from farshore.results.wording import greedy_statement
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.strategies import small_scenarios

STEP = 500_000
ROAD = 28
LEFT = 10 * 12 * STEP


def compared(problem: Scenario) -> dict[str, float | None]:
    told: dict[str, float | None] = plan(problem, greedy=True).options["greedy"]
    return told


def test_behind_one_bottleneck_greedy_is_the_best() -> None:
    told = compared(scenario(links=["a n1 n2 capacity=4"], zones=["z n1"], hosts=["h n2"]))
    assert told == {
        "objective": (2 * (1 + 2 + 3 + 4) * STEP + 10 * ROAD) / 1e6,
        "unserved": 0,
        "more_unserved": 0,
        "worse_by": 0.0,
    }


def test_greedy_gives_the_near_beds_to_those_who_had_a_choice() -> None:
    """Five beds near both zones, five that only `a` can reach in time: taken by `a`, they are lost to `b`."""
    told = compared(
        scenario(
            links=["near n1 n2 directed=true", "far n1 n3 length=18000", "only n4 n2 length=18000"],
            zones=["a n1 persons=5", "b n4 persons=5"],
            hosts=["h n2 beds=5", "g n3 beds=5"],
        )
    )
    assert told["more_unserved"] == 5
    assert told["unserved"] == 5
    assert told["worse_by"] is None
    assert told["objective"] == (5 * ROAD + 5 * (12 * STEP + LEFT)) / 1e6


def test_greedy_looks_at_arrival_and_not_at_danger() -> None:
    """A short road at exposure 50 (1,361,139 a person) and a safe one that takes a step (500,500)."""
    told = compared(
        scenario(
            links=["short n1 n2", "long n1 n2 length=18000"],
            zones=["z n1"],
            hosts=["h n2"],
            exposure=["short rate=50"],
        )
    )
    assert told["objective"] == 10 * 1_361_139 / 1e6
    assert told["worse_by"] == pytest.approx(1_361_139 / 500_500 - 1, abs=1e-12)


def test_a_plan_is_not_compared_unless_asked() -> None:
    problem = scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"])
    assert "greedy" not in plan(problem).options


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_scenarios())
def test_greedy_is_never_better_than_the_best(problem: Scenario) -> None:
    best = plan(problem, greedy=True)
    told = best.options["greedy"]
    assert round(told["objective"] * 1e6) >= best.certificate.objective
    assert told["worse_by"] is None or told["worse_by"] >= 0
    assert told["unserved"] - told["more_unserved"] == sum(each.persons for each in best.unserved)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"more_unserved": 0, "worse_by": 0.004}, "comes within 0.40 %: here greedy is near the best."),
        ({"more_unserved": 0, "worse_by": 0.1}, "would cost 10.0 % more person-hours at exposure 1."),
        ({"more_unserved": 1200, "worse_by": None}, "would leave 1,200 more people behind."),
        ({"more_unserved": -3, "worse_by": None}, "fewer people behind: this plan was stopped too early."),
        ({"more_unserved": 0, "worse_by": -0.02}, "would cost 2.0 % less: this plan was stopped too early."),
    ],
)
def test_the_sentence_says_no_more_than_the_figures(told: dict[str, float | None], words: str) -> None:
    assert greedy_statement({"options": {"greedy": told}, "gap": 0.0}).endswith(words)


def test_near_is_not_said_of_a_plan_that_may_be_far_from_the_best() -> None:
    told = {"more_unserved": 0, "worse_by": 0.004}
    assert "near the best" not in greedy_statement({"options": {"greedy": told}, "gap": 0.05})
