"""What must hold of every plan with classes: it is certified, and nothing possible beats its bound."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import certify, plan
from farshore.plan.write import write_plan
from farshore.scenario import Scenario
from tests.class_strategies import service_towns, small_class_scenarios
from tests.oracle_classes import ClassOracle


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(service_towns(), small_class_scenarios()))
def test_bound_optimum_and_plan_are_in_order(tmp_path_factory, scenario: Scenario) -> None:
    """Bound ≤ the best with people and vehicles in parts ≤ the plan, none of them told by the solver."""
    outcome = plan(scenario, model="classes")
    folder = tmp_path_factory.mktemp("classes") / "plan"
    write_plan(outcome, folder)
    found = certify(folder)
    best = ClassOracle(scenario).relaxed_optimum()
    slack = 1e-6 * abs(best) + 1
    assert found.lower_bound <= best + slack
    assert best - slack <= found.objective
