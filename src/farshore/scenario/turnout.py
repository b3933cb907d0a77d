"""Who leaves: how many people of each zone, and how many of each class (docs/model.md, docs/classes.md)."""

from typing import Final

import numpy as np

from farshore.scenario.clock import Ints, floored
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import Numbers

__all__ = ["CLASSES", "class_of_household", "counted_by_class", "turnout_of"]

CLASSES: Final = ("assisted_car", "assisted_foot", "family_car", "family_foot", "other_car", "other_foot")


def turnout_of(scenario: Scenario) -> Ints:
    """People of each zone who choose to leave: int64[n_zones]."""
    present, leaving = scenario.parameter("share_present"), scenario.parameter("share_leaving")
    return _rounded(np.asarray(scenario.zones.persons * present * leaving, np.float64))


def counted_by_class(scenario: Scenario, people: Ints) -> Ints:
    """Each zone's people split into the rows of CLASSES, counted as persons: int64[n_zones, n_classes].

    people : int64[n_zones], 0 or more; each row of what comes back adds up to the zone's.
    Products are taken from left to right, as the manual writes them: in another order a half may round
    the other way.
    """
    zones, per_child = scenario.zones, scenario.parameter("family_persons_per_child")
    assisted = np.minimum(people, _rounded(people * zones.share_needing_assistance))
    family = np.minimum(people - assisted, _rounded(people * zones.share_under_18 * per_child))
    columns = []
    for count in (assisted, family, people - assisted - family):
        with_car = _rounded(count * zones.share_with_car)
        columns += [with_car, count - with_car]
    return np.stack(columns, axis=1)


def class_of_household(needing_assistance: Ints, children: Ints, with_car: Ints) -> Ints:
    """The class of each household, by whoever in it needs most: int64[n_households], rows of CLASSES.

    Members needing assistance, and children; with_car : 0 where there is none
    """
    need = np.where(needing_assistance > 0, 0, np.where(children > 0, 1, 2))
    return np.asarray(2 * need + (with_car == 0), np.int64)


def _rounded(values: Numbers) -> Ints:
    """To whole numbers, halves up."""
    return floored(values + 0.5)
