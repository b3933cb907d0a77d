"""Certifying the folder of a plan with classes: all that it states, worked out from its files alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.boarding import check_boarding
from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.feasible import check_class_plan
from farshore.plan.checker.classes.households import check_class_households, whole_in
from farshore.plan.checker.classes.loads import class_costs_of, class_loads_of
from farshore.plan.checker.classes.movements import ClassMovement, class_movements_of
from farshore.plan.checker.classes.prices import ClassPrices, class_prices_in
from farshore.plan.checker.classes.problem import ClassProblem, class_problem_of
from farshore.plan.checker.classes.routes import ClassWay, class_routes_of
from farshore.plan.checker.classes.totals import class_figures, totals_of, worth_by_crossing
from farshore.plan.checker.classes.trips import check_duties, check_trips, trips_of
from farshore.plan.checker.feasible import Costs
from farshore.plan.checker.figures import Texts, compare, expected_summary
from farshore.plan.checker.files import Faults
from farshore.plan.checker.households import Families
from farshore.plan.checker.movements import persons_by_route
from farshore.plan.checker.stated import check_arrivals, check_bound, check_crossings
from farshore.scenario.scenario import Scenario

__all__ = ["ClassCheck", "check_class_folder"]

TextsOf = Callable[[ClassProblem, dict[str, ClassWay], tuple[ClassMovement, ...], Families | None], Texts]


@dataclass(frozen=True, slots=True)
class ClassCheck:
    """What the files come to; `bound` is None where the certificate is too broken to have one."""

    people: int
    placed: int
    costs: Costs
    bound: int | None


def check_class_folder(
    folder: Path,
    scenario: Scenario,
    *,
    summary: dict[str, Any] | None,
    certificate: dict[str, Any] | None,
    texts_of: TextsOf,
    unit: str,
    faults: Faults,
) -> ClassCheck:
    """Fault every place of a plan folder that contradicts its scenario or another of its tables.

    summary, certificate : what the two files hold, None if they could not be read
    texts_of : gives what modules that word every plan say of this one
    """
    told = summary.get("households") if summary else None
    whole = None if told is None else whole_in(folder, scenario)
    problem = class_problem_of(scenario, whole)
    ways = class_routes_of(folder, problem, faults)
    moves = class_movements_of(folder, problem, ways, faults)
    persons_by_route(ways, moves, faults)
    families: Families | None = None
    if summary is not None:
        families = check_class_households(folder, problem, ways, moves, stated=told, faults=faults)
    loads = class_loads_of(problem, moves)
    costs = class_costs_of(problem, loads, moves)
    trips = trips_of(folder, problem, faults)
    check_trips(problem, loads, trips, faults)
    check_duties(folder, problem, trips, faults)
    if summary is not None:
        check_boarding(folder, problem, families, ways, trips, faults)
    check_class_plan(problem, moves, loads, trips, faults)
    totals = totals_of(problem, moves, loads)
    check_arrivals(folder, problem.plain, totals, faults)
    check_crossings(folder, problem.plain, totals, faults)
    prices: ClassPrices | None = None
    bound: int | None = None
    if certificate is not None:
        prices = class_prices_in(certificate, problem, faults)
        if prices is not None:
            known = prices
            bound = check_bound(
                certificate, costs, lambda: lower_bound(problem, known), unit=unit, faults=faults
            )
    if summary is not None:
        at_home = sum(
            int((group.ready - loads.departed[i].cumsum()).sum()) for i, group in enumerate(problem.groups)
        )
        too_late = [0] * len(problem.plain.zones)
        for group in problem.groups:
            too_late[group.zone] += group.never_ready
        expected = expected_summary(
            summary,
            problem.plain,
            totals,
            costs=costs,
            bound=bound,
            person_steps_at_home=at_home,
            too_late=too_late,
            worth=worth_by_crossing(problem, prices),
            bed_prices=prices.beds if prices else {},
            families=families,
            texts=texts_of(problem, ways, moves, families),
        )
        expected |= class_figures(problem, moves, loads, trips)
        compare(summary, expected, known=bound is not None, faults=faults)
    return ClassCheck(problem.plain.people, int(loads.departed.sum()), costs, bound)
