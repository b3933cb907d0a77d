"""What prices promise for a change: the most that it can save, exactly that where the change is small."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan import Gap, plan
from farshore.stress.promise import promises
from farshore.stress.what_if import WhatIf, changed
from tests.builders import scenario
from tests.unit.stress.sample import town, town_plan

STEP = {"step_s": 1800, "horizon_h": 24, "parameters": {"persons_per_vehicle": 1.0}}


def saved_by(outcome, what: WhatIf) -> float:
    anew = plan(changed(outcome.scenario, what), stop=Gap(0.0))
    return (outcome.certificate.objective - anew.certificate.objective) / 1e6


def by_key(outcome) -> dict[str, float]:
    return {what.key: price for what, price in promises(outcome)}


def lane(**changes):
    """203 people leave five a step, the last three in step 40; beside them a lane of one a step is shut."""
    figures = {
        "links": ["slow n1 n2 capacity=10", "lane n1 n2 capacity=2 crossing_id=gate"],
        "crossings": ["gate corridor"],
        "closures": ["gate"],
        "zones": ["z n1 persons=203"],
        "hosts": ["h n2"],
    }
    return scenario(**{**STEP, **figures, **changes})


def test_an_hour_of_a_corridor_is_worth_what_the_last_to_leave_wait_longer() -> None:
    """Open in steps 23 and 24: one person in each leaves 17 and 16 half-hours earlier."""
    outcome = plan(lane())
    promised = by_key(outcome)["corridor gate 1 0"]
    assert promised == pytest.approx((17 + 16) / 2)
    assert saved_by(outcome, WhatIf("corridor", ("gate",), 1.0)) == pytest.approx(promised)


def test_six_hours_promise_no_less_than_they_save() -> None:
    outcome = plan(lane())
    promised = by_key(outcome)["corridor gate 6 0"]
    saved = saved_by(outcome, WhatIf("corridor", ("gate",), 6.0))
    assert 0 < saved <= promised + 1e-6


def test_links_of_one_corridor_behind_each_other_are_paid_for_once() -> None:
    """The same, in two links, both shut: neither is of any use without the other."""
    both = lane(
        links=[
            "slow n1 n2 capacity=10 length=2000",
            "one n1 n3 capacity=2 length=1000 crossing_id=gate",
            "two n3 n2 capacity=2 length=1000 crossing_id=gate",
        ]
    )
    outcome = plan(both)
    promised = by_key(outcome)["corridor gate 1 0"]
    assert promised == pytest.approx((17 + 16) / 2, rel=0.01)
    assert saved_by(outcome, WhatIf("corridor", ("gate",), 1.0)) <= promised + 1e-6


def test_a_corridor_that_leads_nowhere_is_proven_worthless() -> None:
    astray = lane(links=["slow n1 n2 capacity=10", "lane n1 n9 capacity=2 crossing_id=gate"])
    found = promises(plan(astray))
    assert ("corridor", 0.0) in [(what.kind, price) for what, price in found]
    assert found[-1][0].kind == "corridor"


def test_a_corridor_by_which_those_left_behind_could_leave_is_worth_that() -> None:
    """300 people, 240 can leave in a day: each place more is worth one who is not left behind."""
    outcome = plan(lane(zones=["z n1 persons=300"]))
    promised = by_key(outcome)["corridor gate 1 0"]
    saved = saved_by(outcome, WhatIf("corridor", ("gate",), 1.0))
    assert saved == pytest.approx(promised, rel=0.01)
    assert promised > 2 * 240  # left behind costs ten times the hours of the horizon


def test_they_are_ranked_by_what_is_promised() -> None:
    prices = [price for _, price in promises(plan(lane()))]
    assert prices == sorted(prices, reverse=True)


@settings(max_examples=15, deadline=None)
@given(
    people=st.integers(20, 400),
    vessels=st.integers(1, 2),
    aboard=st.integers(1, 20),
    shut=st.sampled_from([["gate"], ["gate from=3 until=30"], ["gate capacity_factor=0.25"], []]),
    narrow=st.integers(2, 40),
    ready=st.sampled_from(["", "0:0 6:1", "4:0.5 20:1"]),
)
def test_no_change_saves_more_than_is_promised(people, vessels, aboard, shut, narrow, ready) -> None:
    """A boat more sails in steps in which none did; a corridor opens where there was no row at all."""
    here = scenario(
        **STEP,
        links=["street n1 n2 capacity=60", f"long n1 n4 length=50000 capacity={narrow}",
               "water n2 n4 crossing_id=boat", "lane n2 n3 capacity=8 crossing_id=gate",
               "on n3 n4 capacity=30"],
        crossings=["gate corridor", f"boat ferry trip_s=2700 vessels={vessels} persons_per_trip={aboard}"],
        closures=shut,
        zones=[{"zone_id": "z", "node_id": "n1", "persons": people, "ready_curve": ready}],
        hosts=["h n4"],
    )  # fmt: skip
    outcome = plan(here, stop=Gap(0.0))
    for what, promised in promises(outcome):
        assert saved_by(outcome, what) <= promised + 1e-3


def test_the_towns_boats_and_lanes_are_promised_no_less_than_before() -> None:
    found = {(what.kind, what.assets): price for what, price in promises(town_plan())}
    assert found["vessel", ("boat",)] > 0
    assert town().crossings.vessels.max() == 2
