"""What must hold of every plan: nothing beats it, its proof says so, and it is the same every time."""

from hypothesis import HealthCheck, given, settings

from farshore.plan import plan
from farshore.scenario.scenario import Scenario
from tests.oracle import Oracle
from tests.strategies import small_scenarios

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(small_scenarios())
def test_no_plan_beats_it_and_the_bound_proves_it(scenario: Scenario) -> None:
    """The objective is that of a linear programme over the whole, unreduced expansion; the bound meets it."""
    oracle = Oracle(scenario)
    outcome = plan(scenario)
    best = oracle.optimum()
    assert outcome.complete
    assert oracle.cost_of(outcome) == outcome.certificate.objective == best
    assert outcome.certificate.lower_bound == best
