"""Series for the map: persons on each arc when they are there, packed without loss."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from farshore.report.flows import arc_flows, runs
from tests.unit.report.sample import ROUTES, outcome


def unpacked(packed, n_steps):
    values = [0] * n_steps
    for i in range(0, len(packed), 3):
        first, steps, value = packed[i : i + 3]
        values[first : first + steps] = [value] * steps
    return values


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_runs_hold_the_series(values):
    packed = runs(np.array(values, np.int64))
    assert unpacked(packed, len(values)) == values
    assert 0 not in packed[2::3]


def test_an_arc_is_entered_when_the_route_says():
    made = outcome()
    flows = arc_flows(made)
    going = made.departures
    ferry = flows["l08"]
    assert ferry.steps == 2
    by_hand = np.zeros(144, np.int64)
    for route, step, persons in zip(going.route, going.step, going.persons, strict=True):
        if "l08" in ROUTES[route].links:
            entry = ROUTES[route].entry_steps[ROUTES[route].links.index("l08")]
            by_hand[step + entry] += persons
    assert np.array_equal(ferry.entering, by_hand)
    # After the ferry, two steps later.
    later = flows["l09"].entering
    assert np.array_equal(later[2:], ferry.entering[:-2])


def test_unused_routes_draw_nothing():
    made = outcome()
    kept = made.departures.route != 3
    only = type(made.departures)(
        made.departures.route[kept], made.departures.step[kept], made.departures.persons[kept]
    )
    assert "-l13" in arc_flows(made)
    assert "-l13" not in arc_flows(outcome(departures=only))
