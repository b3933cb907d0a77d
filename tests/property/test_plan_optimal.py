"""What must hold of every plan: nothing beats it, its proof says so, and it is the same every time."""

import dataclasses

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import Gap, plan
from farshore.plan.model import problem_of
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.plan.solver import Pricer
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.oracle import Oracle
from tests.strategies import small_scenarios

often = settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(often, max_examples=40)

# Few nodes and many people: roads meet, fill up and run both ways.
crowded = small_scenarios(max_nodes=4, max_hosts=2, max_persons=40)


@often
@given(st.one_of(small_scenarios(), crowded))
def test_no_plan_beats_it_and_the_bound_proves_it(scenario: Scenario) -> None:
    """The objective is that of a linear programme over the whole, unreduced expansion; the bound meets it."""
    oracle = Oracle(scenario)
    outcome = plan(scenario)
    best = oracle.optimum()
    assert outcome.complete
    assert oracle.cost_of(outcome) == outcome.certificate.objective == best
    assert outcome.certificate.lower_bound == best


@often
@given(small_scenarios(), st.data())
def test_the_reduced_network_has_the_same_ways(scenario: Scenario, data: st.DataObject) -> None:
    """Whatever the prices on hosts, everybody's cheapest way costs the same on the reduced network."""
    problem = problem_of(scenario)
    prices = Prices.none(problem)
    intake = data.draw(
        st.lists(st.integers(0, 10**6), min_size=prices.intake.size, max_size=prices.intake.size)
    )
    prices = dataclasses.replace(prices, intake=np.array(intake, np.int64).reshape(prices.intake.shape))
    whole, small = (reduce_network(problem, shrink=shrink) for shrink in (False, True))
    assert len(small.tail) <= len(whole.tail) == len(problem.timing.tail)
    on_whole, on_small = (Pricer(problem, reduced).ways(prices) for reduced in (whole, small))
    # Before the first of a zone are ready nobody is there to go: the reduction uses that.
    somebody = np.arange(problem.timing.n_steps) >= problem.first_ready[:, None]
    np.testing.assert_array_equal(on_whole.staying[somebody], on_small.staying[somebody])


@seldom
@given(st.one_of(small_scenarios(), crowded))
def test_the_same_plan_every_time(scenario: Scenario) -> None:
    assert _told(plan(scenario)) == _told(plan(scenario))


@seldom
@given(crowded, st.sampled_from((0.01, 0.3, 0.9)))
def test_a_gap_allowed_is_a_gap_kept(scenario: Scenario, gap: float) -> None:
    """The bound is below the best objective, the plan above it, and no further apart than allowed."""
    outcome = plan(scenario, stop=Gap(gap))
    certificate, oracle = outcome.certificate, Oracle(scenario)
    assert certificate.lower_bound <= oracle.optimum() <= certificate.objective == oracle.cost_of(outcome)
    assert outcome.complete
    assert certificate.objective - certificate.lower_bound <= gap * certificate.objective


def _told(outcome: Outcome) -> str:
    """Everything a plan says but the times that it took, as text."""
    rounds = [{key: value for key, value in entry.items() if key != "seconds"} for entry in outcome.rounds]
    departures = [column.tolist() for column in vars(outcome.departures).values()]
    return repr((outcome.routes, departures, outcome.unserved, vars(outcome.certificate), rounds))
