"""Generated cities with classes are scenarios without fault, the same each time, with every service."""

from benchmarks.class_instances import class_city

from farshore.plan.checker.classes.problem import class_problem_of
from farshore.scenario import check_values, scenario_hash


def test_a_city_is_whole_and_the_same_each_time() -> None:
    city = class_city(300)
    report = check_values(city)
    assert (report.faults, report.warnings) == ((), ())
    assert scenario_hash(city) == scenario_hash(class_city(300)) != scenario_hash(class_city(300, seed=2))
    problem = class_problem_of(city)
    assert problem.walks
    assert problem.plain.network.is_ferry.any()
    assert all((buses.out >= 0).sum() > 1 for buses in problem.buses)
