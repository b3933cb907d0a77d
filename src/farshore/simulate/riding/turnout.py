"""How many people of each class a plan is for, and how many there are where other shares hold."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.results.households import Households
from farshore.results.outcome import Outcome
from farshore.scenario.clock import floored
from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import CLASSES, class_of_household, counted_by_class, turnout_of

__all__ = ["ClassCounts", "class_counts", "household_classes", "people_in"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """People of each zone and class, and those of them to whom the plan gives a departure.

    people, placed : int64[n_zones, n_classes]; whole : whether they are made of households
    """

    people: Ints
    placed: Ints
    whole: bool


def household_classes(whole: Households) -> Ints:
    """The class of each household, by whoever in it needs most: int64[n_households], rows of CLASSES."""
    return class_of_household(whole.needing_assistance, whole.children, whole.with_car)


def class_counts(plan: Outcome, scenario: Scenario) -> ClassCounts:
    """What a plan with classes is for: its households, or persons counted one by one."""
    n_zones, whole = len(scenario.zones), plan.households
    people = counted_by_class(scenario, turnout_of(scenario))
    if whole is not None:
        people = np.zeros((n_zones, len(CLASSES)), np.int64)
        np.add.at(people, (whole.zone, household_classes(whole)), whole.size)
    placed = np.zeros((n_zones, len(CLASSES)), np.int64)
    zone_row, moves = scenario.zones.position(), plan.departures
    zone = np.array([zone_row[route.zone_id] for route in plan.routes], np.int64)[moves.route]
    class_ids = () if plan.services is None else plan.services.class_ids
    class_row = np.array([CLASSES.index(code) for code in class_ids], np.int64)
    np.add.at(placed, (zone, class_row), moves.persons)
    return ClassCounts(people, placed, whole is not None)


def people_in(future: Scenario, planned: Scenario, counts: ClassCounts) -> Ints:
    """People of each zone and class in a future: int64[n_zones, n_classes].

    A zone's are its turnout. Counted by persons, each class is what the future's shares make it; made of
    households, it is as many times what the plan is for as the future's share of it is of the planned one.
    """
    if not counts.whole:
        return counted_by_class(future, turnout_of(future))
    then, now = _shares(planned), _shares(future)
    weight = counts.people * (now / np.where(then > 0, then, 1.0))
    weight = np.where(then > 0, weight, counts.people)
    weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, now)  # a zone that had nobody
    return _apportioned(turnout_of(future), weight)


def _shares(scenario: Scenario) -> Floats:
    """The share of each class in its zone's people, counted by persons: float64[n_zones, n_classes]."""
    zones = scenario.zones
    assisted = np.asarray(zones.share_needing_assistance, np.float64)
    family = np.minimum(1 - assisted, zones.share_under_18 * scenario.parameter("family_persons_per_child"))
    return np.stack(
        [
            need * car
            for need in (assisted, family, 1 - assisted - family)
            for car in (zones.share_with_car, 1 - zones.share_with_car)
        ],
        axis=1,
    )


def _apportioned(total: Ints, weight: Floats) -> Ints:
    """Each row's total in proportion to its weights, largest remainders first."""
    exact = total[:, None] * weight / weight.sum(axis=1, keepdims=True)
    found = floored(exact + 1e-9)
    lacking = total - found.sum(axis=1)
    order = np.argsort(found - exact, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return np.asarray(found + (rank < lacking[:, None]), np.int64)
