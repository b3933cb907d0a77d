"""The bound of plans with classes, one price at a time where it counts, against the search of everything."""

import pytest

from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.prices import KINDS, class_prices_in
from farshore.plan.checker.classes.problem import class_problem_of
from farshore.plan.checker.files import Faults
from tests.builders import scenario
from tests.oracle_classes import ClassOracle

FIGURES = {
    "persons_per_vehicle": 2.5,
    "wheelchair_share": 1,
    "exposure_default_rate": 0.5,
    "foot_persons_h_lane": 8,
}


def line(**more):
    """From z on n0 by bus or on foot to the stop n1, on by train, ferry or car to h on n2.

    10 people, 5 of them assisted; in the zone it is dangerous, so nobody stays longer than they must.
    """
    given = {
        "links": [
            "a n0 n1 length=9000 capacity=40",
            "w n1 n2 facility_type=ferry length=100 capacity=0 crossing_id=boat",
            "p n0 n1 length=3000 capacity=0 allowed_uses=walk crossing_id=steps",
        ],
        "crossings": [
            "boat ferry vehicles_per_trip=2 persons_per_trip=6 trip_s=1800 vessels=1",
            "steps bridge",
        ],
        "zones": ["z n0 persons=10 share_needing_assistance=0.5 share_with_car=0.4"],
        "hosts": ["h n2 beds=9 intake_persons_h=8"],
        "fleets": [
            "bus bus n0 vehicles=1 seats=5 wheelchair_places=2 load_s=900 unload_s=900",
            "train train n1 vehicles=1 seats=6 wheelchair_places=2",
        ],
        "timetable": ["r train n1 departs=2", "r train n2 arrives=2.25"],
        "exposure": ["z rate=5", "boat rate=2"],
        "parameters": FIGURES | {"walking_limit_min": 0},
        "horizon_h": 8,
        "step_s": 1800,
    }
    return scenario(**(given | more))


WALK = {"parameters": FIGURES | {"walking_limit_min": 60}, "fleets": ["train train n1 vehicles=1 seats=6"]}
PRICES = [
    ("links", [["a", k, 70_001] for k in range(1, 9)], {}),  # shares of a bus's 5 persons in a car
    ("links", [["w", k, 70_001] for k in range(12)], {}),
    ("decks", [["w", k, 70_001] for k in range(12)], {}),
    ("foot", [["p", k, 70_001] for k in range(12)], WALK),
    ("fleets", [["bus", k, 70_001 + k] for k in range(12)], {}),
    ("drivers", [["bus", 0, 31_337]], {}),
    ("trains", [["r", 0, 70_001]], {}),
    ("intake", [["h", k, 70_001] for k in range(12)], {}),
    ("beds", [["h", 70_001]], {}),
]


@pytest.mark.parametrize(("kind", "prices", "more"), PRICES, ids=[f"{k}-{p[0][0]}" for k, p, _ in PRICES])
def test_every_price_counts_as_the_page_says(kind, prices, more) -> None:
    """Somebody's cheapest way pays it, and the worth of what is priced is taken off."""
    there = line(**more)
    ours, page, faults = class_problem_of(there), ClassOracle(there), Faults()
    read = class_prices_in({"prices": {each: [] for each in KINDS} | {kind: prices}}, ours, faults)
    assert read is not None, faults.found
    plain = {(kind, *entry[:-1]): entry[-1] for entry in prices}
    found = lower_bound(ours, read)
    assert found == page.bound(plain)
    worth = sum(price * page.capacity(resource) for resource, price in plain.items())
    assert found + worth > page.bound({}), "nobody pays it: the test would prove nothing"
