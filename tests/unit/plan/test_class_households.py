"""Classes made of whole households, by hand: which they are, when they are ready, where they sit."""

from collections import Counter

import numpy as np
import pytest

from farshore.plan import Gap, certify, plan, write_plan
from farshore.plan.checker.classes.people import Whole, groups_of
from farshore.plan.checker.problem import problem_of
from farshore.plan.classes.berths import Berths
from farshore.plan.classes.buses import room_of
from farshore.plan.classes.households import class_sizes, household_classes
from farshore.plan.classes.model import class_problem_of
from farshore.plan.classes.people import CLASSES, whole_ready
from farshore.plan.families import Members
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from tests.builders import scenario


def members(*rows: tuple[int, int, int, int]) -> Members:
    """Households of zone 0 from (size, children, needing assistance, with a car)."""
    size, children, needing, car = np.array(rows, np.int64).T
    nothing = np.zeros(len(rows), np.int64)
    return Members(nothing, size, children, nothing, needing, car, ())


HOUSEHOLDS = members((4, 2, 1, 1), (3, 1, 0, 0), (2, 0, 0, 1), (1, 0, 1, 0), (5, 0, 2, 1))


def test_a_household_goes_with_whoever_needs_most() -> None:
    assert [CLASSES[row] for row in household_classes(HOUSEHOLDS)] == [
        "assisted_car",
        "family_foot",
        "other_car",
        "assisted_foot",
        "assisted_car",
    ]
    sizes = class_sizes(HOUSEHOLDS, 1)
    assert dict(zip(CLASSES, sizes.people[0].tolist(), strict=True)) == {
        "assisted_car": 9,
        "assisted_foot": 1,
        "family_car": 0,
        "family_foot": 3,
        "other_car": 2,
        "other_foot": 0,
    }
    assert (sizes.assisted, sizes.in_assisted_households) == (4, 10)


def test_nobody_is_ready_before_the_whole_household() -> None:
    """Two of one and one of three, in even turns: 1, 3, 1; where four are, the first two are complete."""
    households = np.array([0, 2, 0, 1])
    assert whole_ready(households, np.arange(6)).tolist() == [0, 1, 1, 1, 4, 5]


def test_the_checker_has_them_ready_at_the_same_time() -> None:
    """Its own code, from the rows of households.csv: 30 people over five hours."""
    there = scenario(
        links=["a n1 n2"],
        zones=[{"zone_id": "z", "node_id": "n1", "persons": 30, "ready_curve": "0:0 5:1"}],
        hosts=["h n2"],
    )
    sizes = (4, 1, 3, 2, 2, 1, 6, 5, 1, 3, 2)
    group = groups_of(problem_of(there), Whole(((sizes, (), (), (), (), ()),), 1, 1))[0]
    counts = np.bincount(sizes, minlength=13)
    persons = np.floor(30 * np.minimum(1, np.arange(12) * 0.5 / 5) + 0.5).astype(np.int64)
    assert group.ready.tolist() == whole_ready(counts, persons).tolist()
    assert group.ready[-1] == group.people == 30
    assert set(np.diff(group.ready)) != {3}  # three an hour are ready; whole households are not


def test_only_those_who_need_it_take_wheelchair_places() -> None:
    """Of ten in such households four need assistance: a place for 0.25 · 0.4 of them, of two in 50 seats."""
    there = scenario(
        links=["a n1 n2 allowed_uses=auto;bus"],
        zones=["z n1 persons=15"],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=50 wheelchair_places=2"],
        parameters={"wheelchair_share": 0.25},
    )
    assert room_of(class_problem_of(there).layers.ground, 0).tolist() == [7, 1, 1]
    whole = class_problem_of(there, class_sizes(HOUSEHOLDS, 1))
    assert room_of(whole.layers.ground, 0).tolist() == [3, 1, 1]


def planned(there: Scenario, tmp_path, *, seed: int = 0) -> Outcome:  # type: ignore[no-untyped-def]
    outcome = plan(there, model="classes", stop=Gap(0.0), household_seed=seed)
    write_plan(outcome, tmp_path / "plan")
    certify(tmp_path / "plan")
    return outcome


def test_where_there_is_room_for_all_at_once_keeping_them_whole_costs_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    outcome = planned(
        scenario(
            links=["a n1 n2 allowed_uses=auto;bus;walk"],
            zones=["z n1 persons=60 share_with_car=0.5 share_under_18=0.3 share_needing_assistance=0.1"],
            hosts=["h n2"],
        ),
        tmp_path,
    )
    households = outcome.households
    assert households is not None
    assert households.leaving.all()
    assert outcome.certificate.objective == households.objective_if_split == outcome.certificate.lower_bound
    assert outcome.services is not None
    assert sum(row["people"] for row in outcome.services.figures["classes"]) == 60


def test_who_does_not_fit_gets_a_bus_of_their_own(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Ten people, a bus of five seats: two trips for persons; three, three, three and one need a third."""
    there = scenario(
        links=["a n1 n2 length=18000 allowed_uses=auto;bus"],
        zones=["z n1 persons=10 share_with_car=0 share_under_18=0"],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=5"],
        household_sizes=["3 share=0.75", "1 share=0.25"],
        horizon_h=12,
    )
    split = plan(there, model="classes")
    whole = planned(there, tmp_path)
    assert split.services is not None
    assert whole.services is not None
    assert whole.households is not None
    assert len(split.services.trips) == 2
    assert Counter(whole.households.size.tolist()) == {3: 3, 1: 1}
    assert whole.households.leaving.all()
    assert sorted(row[9] for row in whole.services.trips) == [3, 3, 4]
    assert whole.households.objective_if_split == split.certificate.objective
    assert whole.certificate.objective > split.certificate.objective


def test_a_household_stays_where_no_vehicle_holds_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Boats of two places sail once a step: families of three stay, though three people could go."""
    outcome = planned(
        scenario(
            links=["w n1 n2 crossing_id=boat facility_type=ferry length=1000"],
            crossings=["boat ferry persons_per_trip=2 trip_s=1800 vessels=1"],
            zones=["z n1 persons=6 share_with_car=0 share_under_18=0"],
            hosts=["h n2"],
            household_sizes=["3 share=1"],
        ),
        tmp_path,
    )
    assert outcome.households is not None
    assert not outcome.households.leaving.any()
    assert [row.persons for row in outcome.unserved] == [6]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_makes_the_same_plan(seed: int) -> None:
    there = scenario(
        links=["a n1 n2 capacity=12 allowed_uses=auto;bus"],
        zones=["z n1 persons=25 share_with_car=0.5 share_under_18=0.3"],
        hosts=["h n2"],
        fleets=["b bus n1 vehicles=1 seats=5 wheelchair_places=1"],
    )
    one, other = (plan(there, model="classes", household_seed=seed) for _ in range(2))
    assert one.certificate.objective == other.certificate.objective
    assert one.households is not None
    assert other.households is not None
    assert np.array_equal(one.households.route, other.households.route)
    assert np.array_equal(one.households.step, other.households.step)


def test_households_of_a_plan_without_classes_are_given_otherwise() -> None:
    with pytest.raises(ValueError, match="with_households"):
        plan(scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"]), household_seed=0)


def test_who_stops_it_at_the_end_has_the_plan_as_it_is(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def stopped(self: Berths) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Berths, "draw_forward", stopped)
    outcome = planned(
        scenario(
            links=["a n1 n2 length=18000 allowed_uses=auto;bus"],
            zones=["z n1 persons=10 share_with_car=0 share_under_18=0"],
            hosts=["h n2"],
            fleets=["b bus n1 vehicles=1 seats=5"],
            horizon_h=12,
        ),
        tmp_path,
    )
    assert outcome.households is not None
    assert outcome.households.leaving.any()
