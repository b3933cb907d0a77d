"""Rules to stop by: what they say, what they come to, and plans that keep to them."""

import numpy as np
import pytest
from hypothesis import given, settings

from farshore.errors import UsageFault
from farshore.plan import Gap, Seconds, plan, plan_with_orders
from farshore.plan.conflicts.most import most_by_step
from farshore.plan.goals import targets_of
from farshore.plan.model import problem_of
from farshore.plan.stop import Goal, Stop, Target, parse_stop
from farshore.results.measures import flows_of
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.oracle import Oracle
from tests.strategies import small_scenarios


def road(**rows) -> Scenario:
    """One person a step over a road of one step: 11 of 20 in time."""
    return scenario(
        **{
            "links": ["a n1 n2 length=18000 capacity=2"],
            "zones": ["z n1 persons=20"],
            "hosts": ["h n2"],
            **rows,
        }
    )


def test_rules_and_what_they_say() -> None:
    assert parse_stop("gap@0.01, after@2min") == Gap(0.01) | Seconds(120)
    assert parse_stop("t90@6h").goals == (Goal("t90@6h", 90, 6.0),)
    assert parse_stop("t100@1d").goals[0].hours == 24.0
    assert parse_stop("t50").goals == (Goal("t50", 50, None),)
    assert parse_stop("unserved").goals == (Goal("unserved", None, None),)
    both = parse_stop("first,after@0.5s")
    assert (both.goals[0].percent, both.seconds) == (0, 0.5)


@pytest.mark.parametrize(
    "wrong",
    ["", "soon", "t0", "t101", "t90@", "t90@6", "gap@", "gap@x", "gap@-1", "after@60", "first@1h", "t9.5"],
)
def test_rules_that_make_no_sense(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"give|makes no sense|unit"):
        parse_stop(wrong)


def test_goals_in_figures() -> None:
    """The k-th person has arrived by the end of step k; eleven in all."""
    problem = problem_of(road())
    assert most_by_step(problem).tolist() == list(range(12))
    goals = tuple(
        goal
        for rule in ("t50", "t55", "t56", "unserved", "t5@2h", "t5@0.4h", "first")
        for goal in parse_stop(rule).goals
    )
    assert targets_of(problem, goals) == (
        Target(10, 10),
        Target(11, 11),
        Target(11, 11),
        Target(3, 1),
        Target(0, 0),
    )


def test_a_goal_is_reached_by_what_has_been_taken_in() -> None:
    stop = Stop(targets=(Target(2, 5),))
    taken_in = np.array([0, 2, 5, 9])
    assert stop.good_enough(objective=10, lower_bound=0, taken_in=taken_in)
    assert not stop.good_enough(objective=10, lower_bound=0, taken_in=taken_in - 1)
    assert stop.good_enough(objective=10, lower_bound=10, taken_in=taken_in - 1)


def test_asked_to_stop_is_as_if_time_were_up() -> None:
    assert Stop(asked=lambda: True).reached(objective=10, lower_bound=0, seconds=0.0)
    assert not Stop(asked=lambda: False).reached(objective=10, lower_bound=0, seconds=1e9)
    outcome = plan(road(), stop=Stop(asked=lambda: True))
    assert not outcome.complete or outcome.certificate.gap == 0


def two_rounds() -> Scenario:
    """A road that the first round does not think of, because a shorter one is narrow."""
    return scenario(
        links=["short n1 n2 capacity=2", "out n1 n3 length=9000", "in n3 n2 length=9000"],
        zones=["z n1 persons=30"],
        hosts=["h n2"],
    )


def test_the_first_plan_is_enough_if_that_was_asked() -> None:
    first, best = plan(two_rounds(), stop=parse_stop("first")), plan(two_rounds())
    assert len(first.rounds) == 1 < len(best.rounds)
    assert first.complete
    assert first.options["stop"] == ["first"]
    assert first.certificate.gap > 0


def test_stopping_once_nobody_is_left_who_could_be_placed() -> None:
    outcome = plan(two_rounds(), stop=parse_stop("unserved"))
    assert outcome.unserved == ()
    assert outcome.complete


@settings(max_examples=60, deadline=None)
@given(small_scenarios())
def test_the_best_that_any_plan_can_do_by_each_step(drawn: Scenario) -> None:
    """By the oracle's linear program, for a horizon that ends with that step."""
    most = most_by_step(problem_of(drawn))
    oracle = Oracle(drawn)
    for step in {0, oracle.n_steps // 2, oracle.n_steps - 1}:
        cut = Oracle(drawn)
        cut.left, cut.n_steps = 1, step + 1
        cut.arcs = [
            type(arc)(arc.code, arc.tail, arc.head, arc.steps, arc.capacity, (0,) * oracle.n_steps)
            for arc in cut.arcs
        ]
        cut.zones = [
            type(zone)(zone.code, zone.node, zone.people, zone.ready[: step + 1], (0,) * (step + 1))
            for zone in cut.zones
        ]
        assert sum(zone.people for zone in cut.zones) - cut.optimum() == most[step]


@settings(max_examples=60, deadline=None)
@given(small_scenarios())
def test_a_plan_that_stops_at_a_goal_has_reached_it_or_is_the_best(drawn: Scenario) -> None:
    outcome = plan(drawn, stop=parse_stop("t90,unserved"))
    assert outcome.complete
    problem = problem_of(drawn)
    taken_in = flows_of(outcome, problem.timing).arrived_so_far
    targets = targets_of(problem, parse_stop("t90,unserved").goals)
    assert outcome.certificate.gap == 0 or any(taken_in[t.step] >= t.persons for t in targets)


def test_with_orders_and_classes_only_what_can_be_known_is_asked_for() -> None:
    with pytest.raises(UsageFault, match="only gap@SHARE and after@TIME"):
        plan_with_orders(road(), orders="zones", stop=parse_stop("t90"))
    with pytest.raises(UsageFault, match="write t90@6h"):
        plan(road(), model="classes", stop=parse_stop("t90"))
    outcome = plan(
        road(zones=["z n1 persons=4 share_with_car=1"]), model="classes", stop=parse_stop("unserved")
    )
    assert outcome.complete
    assert outcome.unserved == ()
