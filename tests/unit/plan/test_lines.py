"""Lines of buses: roads between their stops, by hand and by three ways of finding them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from farshore.errors import CertificateRefused
from farshore.plan import Gap, plan
from farshore.plan.checker.classes.problem import class_problem_of as checked_problem_of
from farshore.plan.classes.model import class_problem_of
from farshore.plan.write import write_plan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.class_strategies import small_class_scenarios
from tests.oracle_classes import ClassOracle


def town(factor: float, *closed: str, line: str = "n1 n2") -> Scenario:
    """A village and a pier, 20 km apart by `a`; 120 km of safe road round the far side by `b` and `c`.

    The first ferry goes after ten hours, and waiting counts in both places.
    """
    return scenario(
        links=[
            "a n1 n2 length=20000 allowed_uses=auto;bus",
            "b n1 n3 length=60000 allowed_uses=auto;bus",
            "c n3 n2 length=60000 allowed_uses=auto;bus",
            "w n2 n4 length=3000 crossing_id=boat facility_type=ferry",
        ],
        crossings=["boat ferry vehicles_per_trip=0 persons_per_trip=50 trip_s=1800 vessels=2"],
        closures=["boat until=10 capacity_factor=0", *closed],
        zones=["z n1 persons=30 share_with_car=0"],
        hosts=["h n4"],
        exposure=["b rate=0", "c rate=0"],
        fleets=[
            {"fleet_id": "b", "mode": "bus", "base_node_id": "n1", "vehicles": 1, "seats": 50, "line": line}
        ],
        horizon_h=24,
        parameters={"bus_detour_factor": factor, "walking_limit_min": 0},
    )


def links_ridden(outcome: Outcome) -> set[str]:
    assert outcome.services is not None
    return {row[11] for row in outcome.services.trips}


def test_nobody_is_driven_round_in_safety_where_the_bus_keeps_to_its_line(tmp_path: Path) -> None:
    assert any("b c" in ridden for ridden in links_ridden(plan(town(10), model="classes", stop=Gap(0.0))))
    kept = plan(town(1.5), model="classes", stop=Gap(0.0))
    write_plan(kept, tmp_path / "plan")
    assert links_ridden(kept) == {"a"}
    anywhere = links_ridden(plan(town(1.5, line=""), model="classes", stop=Gap(0.0)))
    assert any("b c" in ridden for ridden in anywhere)


def test_where_the_short_way_is_closed_the_long_one_is_the_quickest(tmp_path: Path) -> None:
    outcome = plan(town(1.5, "a capacity_factor=0"), model="classes", stop=Gap(0.0))
    write_plan(outcome, tmp_path / "plan")
    assert links_ridden(outcome) == {"b c"}


def test_a_trip_off_its_line_is_refused(tmp_path: Path) -> None:
    round_about = plan(town(10), model="classes", stop=Gap(0.0))
    with pytest.raises(CertificateRefused, match="a detour between any two stops of the line of b"):
        write_plan(replace(round_about, scenario=town(1.5)), tmp_path / "plan")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_class_scenarios())
def test_planner_checker_and_oracle_find_the_same_roads(there: Scenario) -> None:
    problem, checked, oracle = class_problem_of(there), checked_problem_of(there), ClassOracle(there)
    ids = problem.timing.arc_ids
    for fleet in problem.layers.fleets:
        found = {arc for arc, on in zip(ids, fleet.roads, strict=True) if on}
        mine = next(buses for buses in checked.buses if buses.row == fleet.row)
        by_checker = {
            arc
            for arc, on, by_bus in zip(checked.plain.network.arc_ids, mine.roads, checked.by_bus, strict=True)
            if on and by_bus
        }
        by_oracle = {road.code for road in oracle.line_roads(fleet.row)}
        if str(there.fleets.line[fleet.row]).strip(" ;"):
            assert found == by_checker == by_oracle
