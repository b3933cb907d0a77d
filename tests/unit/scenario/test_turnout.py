"""Who leaves, in which class: known counts, parts that make the whole, the checker's own rule beside it."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from farshore.plan import certify, plan, write_plan
from farshore.plan.checker.classes.people import CLASSES as CHECKED_CLASSES
from farshore.plan.checker.classes.people import groups_of
from farshore.plan.checker.problem import problem_of
from farshore.plan.classes.people import CLASSES as PLANNED_CLASSES
from farshore.plan.classes.people import class_of
from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import CLASSES, counted_by_class, turnout_of
from tests.builders import scenario

Zone = tuple[int, float, float, float]
SHARE = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
ZONES = st.lists(st.tuples(st.integers(0, 20_000), SHARE, SHARE, SHARE), min_size=1, max_size=4)


def towns(zones: list[Zone], **parameters: float) -> Scenario:
    """A zone for each (persons, share needing assistance, share under 18, share with a car)."""
    return scenario(
        links=["a x p length=1000 free_speed=36 capacity=40000"],
        zones=[
            {
                "zone_id": f"z{row}",
                "node_id": "x",
                "persons": persons,
                "share_needing_assistance": assisted,
                "share_under_18": young,
                "share_with_car": car,
            }
            for row, (persons, assisted, young, car) in enumerate(zones)
        ],
        hosts=["hp p beds=100000"],
        parameters=parameters,
    )


def split(there: Scenario) -> list[list[int]]:
    return counted_by_class(there, turnout_of(there)).tolist()


@pytest.mark.parametrize(
    ("zone", "known"),
    [
        ((100, 0.1, 0.2, 0.5), [5, 5, 22, 22, 23, 23]),
        ((10, 0.25, 0.0, 0.5), [2, 1, 0, 0, 4, 3]),  # 2.5 are 3, 1.5 are 2, 3.5 are 4
        ((100, 0.3, 0.5, 1.0), [30, 0, 70, 0, 0, 0]),  # 110 would be family: no more than are left
        ((7, 1.0, 1.0, 0.0), [0, 7, 0, 0, 0, 0]),
        ((0, 0.5, 0.5, 0.5), [0, 0, 0, 0, 0, 0]),
    ],
)
def test_known_counts(zone: Zone, known: list[int]) -> None:
    assert split(towns([zone], family_persons_per_child=2.2)) == [known]


def test_every_zone_by_its_own_shares() -> None:
    there = towns([(100, 0.1, 0.2, 0.5), (10, 0.25, 0.0, 0.5)], family_persons_per_child=2.2)
    assert split(there) == [[5, 5, 22, 22, 23, 23], [2, 1, 0, 0, 4, 3]]


def test_who_leaves_of_who_is_there() -> None:
    there = towns([(999, 0, 0, 0), (5, 0, 0, 0)], share_present=0.8, share_leaving=0.5)
    assert turnout_of(there).tolist() == [400, 2]


@given(ZONES, st.sampled_from((1.0, 1.5, 2.2, 6.0)), SHARE, SHARE)
@example([(2500, 0.0, 0.143, 1.0)], 2.2, 1.0, 1.0)  # 786.4999… by the manual's order, 786.5 by another
@example([(5000, 0.0, 0.0, 1.0)], 2.2, 0.51, 0.69)  # likewise 1759.4999…, and 1759.5
def test_the_parts_are_the_whole_and_the_checker_counts_alike(
    zones: list[Zone], per_child: float, present: float, leaving: float
) -> None:
    there = towns(zones, family_persons_per_child=per_child, share_present=present, share_leaving=leaving)
    people = turnout_of(there)
    found = counted_by_class(there, people)
    assert found.dtype == np.int64
    assert found.shape == (len(zones), len(CLASSES))
    assert np.all(found >= 0)
    np.testing.assert_array_equal(found.sum(axis=1), people)
    alone = [
        split(
            towns([zone], family_persons_per_child=per_child, share_present=present, share_leaving=leaving)
        )[0]
        for zone in zones
    ]
    assert found.tolist() == alone
    checked = [group.people for group in groups_of(problem_of(there))]  # in whole loops, one by one
    assert found.ravel().tolist() == checked


def test_a_half_that_rounds_either_way_is_certified(tmp_path) -> None:
    """2,500 people, 14.3 % of them under 18: the plan was refused, with one too many in families."""
    write_plan(plan(towns([(2500, 0.0, 0.143, 1.0)]), model="classes"), tmp_path / "plan")
    assert certify(tmp_path / "plan").unserved == 0


def test_the_codes_are_those_of_plans() -> None:
    assert CLASSES == PLANNED_CLASSES == CHECKED_CLASSES
    rows = [class_of(need, car) for need in range(3) for car in (True, False)]
    assert rows == list(range(len(CLASSES)))
