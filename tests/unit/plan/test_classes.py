"""Plans with classes whose best is worked out by hand, and what must hold of all of them."""

import numpy as np
import pytest

from farshore.errors import UsageFault
from farshore.plan import Gap, certify, plan
from farshore.plan.classes.model import class_problem_of
from farshore.plan.classes.people import CLASSES
from farshore.plan.write import write_plan
from farshore.results import read_outcome
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.builders import scenario

STEP = 500_000
ROAD = 28


def planned(problem: Scenario) -> Outcome:
    return plan(problem, model="classes", stop=Gap(0.001))


def test_people_are_split_by_need_and_car() -> None:
    """10 people: 2 assisted, 2 · 2.5 = 5 with children, the rest 3; of each half have a car, rounded up."""
    problem = class_problem_of(
        scenario(
            links=["a n1 n2"],
            zones=["z n1 share_needing_assistance=0.2 share_under_18=0.2 share_with_car=0.5"],
            hosts=["h n2"],
            parameters={"family_persons_per_child": 2.5},
        )
    )
    people = problem.people
    found = {
        CLASSES[2 * need + (not car)]: n
        for need, car, n in zip(people.need, people.has_car, people.people.tolist(), strict=True)
    }
    assert found == {
        "assisted_car": 1,
        "assisted_foot": 1,
        "family_car": 3,
        "family_foot": 2,
        "other_car": 2,
        "other_foot": 1,
    }
    assert people.newly_ready.sum() + people.late.sum() == 10


def test_cars_go_at_once_where_there_is_room() -> None:
    outcome = planned(
        scenario(links=["a n1 n2"], zones=["z n1 share_with_car=1 share_under_18=0"], hosts=["h n2"])
    )
    assert outcome.certificate.objective == 10 * ROAD
    assert outcome.complete
    assert outcome.services is not None
    assert set(outcome.services.class_ids) == {"other_car"}
    assert outcome.routes[0].legs == (("car", "n1", "n2", 0, 0, 1),)


def test_a_bus_takes_who_has_no_car_and_comes_back() -> None:
    """One bus of five seats: two trips, one after the other."""
    outcome = planned(
        scenario(
            links=["a n1 n2 allowed_uses=auto;bus"],
            zones=["z n1 share_with_car=0 share_under_18=0"],
            hosts=["h n2"],
            fleets=["b bus n1 vehicles=1 seats=5"],
        )
    )
    assert outcome.services is not None
    trips = [dict(zip(("id", "fleet", "vehicle"), row[:3], strict=True)) for row in outcome.services.trips]
    assert [trip["vehicle"] for trip in trips] == [1, 1]
    assert [row[9] for row in outcome.services.trips] == [5, 5]
    first, second = outcome.services.trips
    assert first[8] <= second[7]  # back at base before it leaves again
    assert outcome.services.figures["modes"]["bus"] == 10
    assert not outcome.unserved


def test_nobody_without_a_car_leaves_where_nothing_takes_them() -> None:
    outcome = planned(
        scenario(
            links=["a n1 n2 allowed_uses=auto"],
            zones=["z n1 share_with_car=0 share_under_18=0"],
            hosts=["h n2"],
        )
    )
    assert [unserved.persons for unserved in outcome.unserved] == [10]
    assert outcome.certificate.lower_bound == outcome.certificate.objective


def test_a_plan_folder_is_certified_with_its_gap(tmp_path) -> None:
    outcome = planned(
        scenario(
            links=["a n1 n2 capacity=4 allowed_uses=auto;bus"],
            zones=["z n1 share_with_car=0.5 share_under_18=0.2 share_needing_assistance=0.2"],
            hosts=["h n2"],
            fleets=["b bus n1 vehicles=1 seats=5 wheelchair_places=1"],
        )
    )
    write_plan(outcome, tmp_path / "plan")
    found = certify(tmp_path / "plan")
    with pytest.raises(UsageFault, match="with classes"):
        read_outcome(tmp_path / "plan")
    assert (found.objective, found.lower_bound) == (
        outcome.certificate.objective,
        outcome.certificate.lower_bound,
    )


def test_nobody_leaves_before_being_ready() -> None:
    outcome = planned(
        scenario(
            links=["a n1 n2"],
            zones=[{"zone_id": "z", "node_id": "n1", "share_with_car": 1.0, "ready_curve": "0:0 3:1"}],
            hosts=["h n2"],
        )
    )
    gone = np.bincount(outcome.departures.step, outcome.departures.persons, 12).cumsum()
    ready = class_problem_of(outcome.scenario).people.newly_ready.sum(axis=0).cumsum()
    assert (gone <= ready).all()


def test_the_same_scenario_gives_the_same_plan() -> None:
    problem = scenario(
        links=["a n1 n2 capacity=4 allowed_uses=auto;bus"],
        zones=["z n1 share_with_car=0.5"],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=5"],
    )
    one, other = planned(problem), planned(problem)
    for name in ("objective", "lower_bound", "link_price", "intake_price", "bed_price"):
        assert getattr(one.certificate, name) == getattr(other.certificate, name)
    assert one.services is not None
    assert other.services is not None
    assert one.services.trips == other.services.trips


def test_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no model"):
        plan(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"]), model="everything")
