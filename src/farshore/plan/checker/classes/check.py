"""Certifying the folder of a plan with classes: all that it states, worked out from its files alone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farshore.plan.checker.classes.ahead import class_bound_from_midst
from farshore.plan.checker.classes.boarding import check_boarding
from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.feasible import check_class_plan
from farshore.plan.checker.classes.history import check_class_history, check_own_buses, known_trips
from farshore.plan.checker.classes.households import check_class_households, whole_in
from farshore.plan.checker.classes.loads import class_costs_of, class_loads_of
from farshore.plan.checker.classes.midst import class_midst_in, halt_nodes_in
from farshore.plan.checker.classes.movements import ClassMovement, class_movements_of
from farshore.plan.checker.classes.prices import ClassPrices, class_prices_in
from farshore.plan.checker.classes.problem import ClassProblem, class_problem_of
from farshore.plan.checker.classes.retold import check_class_midst
from farshore.plan.checker.classes.routes import ClassWay, class_routes_of
from farshore.plan.checker.classes.totals import class_figures, totals_of, worth_by_crossing
from farshore.plan.checker.classes.trips import trips_of
from farshore.plan.checker.classes.vehicles import check_duties, check_trips
from farshore.plan.checker.feasible import Costs
from farshore.plan.checker.figures import Texts, compare, expected_summary
from farshore.plan.checker.files import Faults
from farshore.plan.checker.households import Families
from farshore.plan.checker.movements import persons_by_route
from farshore.plan.checker.replanned import REPLAN
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
    amid = (folder / REPLAN).exists()
    node_row = scenario.nodes.position()
    halts = {node_row[code] for code in halt_nodes_in(folder) if code in node_row} if amid else set()
    problem = class_problem_of(scenario, whole, halts)
    midst = class_midst_in(folder, problem, faults) if amid else None
    stranded = () if midst is None else midst.stranded
    ways = class_routes_of(folder, problem, faults, halts=amid)
    moves = class_movements_of(folder, problem, ways, faults)
    persons_by_route(ways, moves, faults)
    families: Families | None = None
    if summary is not None:
        families = check_class_households(
            folder, problem, ways, moves, stated=told, faults=faults, stranded=stranded
        )
    loads = class_loads_of(problem, moves, stranded)
    costs = class_costs_of(problem, loads, (*moves, *stranded))
    if midst is None:
        trips = trips_of(folder, problem, faults)
    else:
        known, check_all_known = known_trips(problem, midst, (*moves, *stranded), faults)
        trips = trips_of(folder, problem, faults, known=known)
        check_all_known()
        check_class_history(problem, midst, moves, faults)
        check_own_buses(problem, midst, moves, loads, trips, faults)
        check_class_midst(folder, problem, midst, moves, costs=costs, families=families, faults=faults)
    check_trips(problem, loads, trips, faults, midst)
    check_duties(folder, problem, trips, faults)
    if summary is not None:
        check_boarding(folder, problem, families, ways, trips, faults, midst=midst)
    check_class_plan(problem, moves, loads, trips, faults)
    totals = totals_of(problem, moves, loads, stranded)
    check_arrivals(folder, problem.plain, totals, faults)
    check_crossings(folder, problem.plain, totals, faults)
    prices: ClassPrices | None = None
    bound: int | None = None
    if certificate is not None:
        prices = class_prices_in(certificate, problem, faults)
        if prices is not None and (midst is not None or not amid):
            found = prices

            def recompute() -> int:
                if midst is None:
                    return lower_bound(problem, found)
                return class_bound_from_midst(problem, midst, moves, loads, trips, found)

            bound = check_bound(certificate, costs, recompute, unit=unit, faults=faults)
    if summary is not None:
        at_home = sum(
            int((group.ready - loads.left[i].cumsum()).sum()) for i, group in enumerate(problem.groups)
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
