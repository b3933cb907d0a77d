"""The exodus from Nagorno-Karabakh, September 2023, replayed: one road, counts as they came in."""

from datetime import datetime

import numpy as np
import pytest

from farshore import shipped
from farshore.scenario import read_scenario
from farshore.simulate import Options, simulate
from farshore.simulate.options import Departing
from farshore.simulate.replay import replays

# Government of Armenia; the hours of 26, 27 (evening) and 30 September are approximate.
COUNTS = {
    "2023-09-24T22:00+04:00": 1_050,
    "2023-09-25T17:00+04:00": 6_650,
    "2023-09-26T20:00+04:00": 28_120,
    "2023-09-27T08:00+04:00": 42_500,
    "2023-09-27T20:00+04:00": 53_629,
    "2023-09-28T08:00+04:00": 65_036,
    "2023-09-28T20:00+04:00": 76_407,
    "2023-09-29T06:00+04:00": 84_770,
    "2023-09-29T20:00+04:00": 98_625,
    "2023-09-30T20:00+04:00": 100_417,
}
PERSONS = np.array(list(COUNTS.values()))


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(shipped.path("karabakh"))


@pytest.fixture(scope="module")
def made(scenario):
    start_s = scenario.about.start.timestamp()
    moments = [datetime.fromisoformat(moment).timestamp() - start_s for moment in COUNTS]
    return replays(
        scenario, moments, half_h=range(20, 82, 4), spread_h=(4, 7, 10), options=Options(informed_share=0.0)
    )


@pytest.mark.parametrize("known", range(3, 10))
def test_each_later_count_is_foretold(made, known):
    """Fitted on the first three counts or more, every later one is predicted within 15 %."""
    _, gives = made.fit(PERSONS[:known])
    np.testing.assert_allclose(gives[known:], PERSONS[known:], rtol=0.15)


def test_two_counts_foretell_all_but_the_next(made):
    """Two counts do not say how steeply people set out: the next is off by over 15 %, the others not."""
    _, gives = made.fit(PERSONS[:2])
    np.testing.assert_allclose(gives[3:], PERSONS[3:], rtol=0.15)
    assert abs(gives[2] / PERSONS[2] - 1) > 0.15


def test_the_shipped_assumptions_are_the_fit(scenario):
    """The scenario as shipped, logit of spread 10 h: the road carries what was counted once it is full."""
    result = simulate(
        scenario, options=Options(departing=Departing.LOGIT, spread_h=10.0, informed_share=0.0, sample_s=3600)
    )
    full = (result.sample_s >= 80 * 3600) & (result.sample_s <= 104 * 3600)
    a_day = np.ptp(result.arrived.sum(axis=1)[full])
    assert a_day == pytest.approx(76_407 - 53_629, rel=0.05)
    assert result.crossings[0].busiest_veh_h == pytest.approx(205, abs=1)
    assert result.vehicles == pytest.approx(100_417 / 4.7, rel=0.01)
