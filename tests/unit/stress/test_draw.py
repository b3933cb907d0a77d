"""Futures: the same whoever draws them, as the scenario says and no other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farshore.scenario.table import NO_TIME
from farshore.stress import Futures
from farshore.stress.draw import Event, _triangular, with_losses
from tests.unit.stress.sample import town


def test_a_future_is_the_same_whoever_draws_it() -> None:
    one, other = Futures(town(), seed=7), Futures(town(), seed=7)
    later = [other.future(number) for number in range(20)]
    assert [one.future(number) for number in reversed(range(20))] == later[::-1]
    assert len({future.values["share_leaving"] for future in later}) == 20
    assert Futures(town(), seed=8).future(0) != later[0]


def test_scenarios_share_the_draws_of_all_that_they_share() -> None:
    """Common random numbers: another hazard, another range, and nothing else moves."""
    before = Futures(town(), seed=1).future(3)
    flood = "flood round loss rate_per_day=1"
    more = town(hazards=[flood, *town_hazards()])
    after = Futures(more, seed=1).future(3)
    assert after.values == before.values
    assert tuple(event for event in after.events if event.hazard_id != "flood") == before.events


def town_hazards() -> list:
    table = town().hazards
    names = ("hazard_id", "asset_id", "what", "rate_per_day", "hours_low", "hours_best", "hours_high")
    return [
        {name: getattr(table, name)[row] for name in (*names, "factor_after", "reason")}
        for row in range(len(table))
    ]


@given(st.floats(0, 1, exclude_max=True), st.integers(-50, 50), st.integers(0, 100), st.integers(0, 100))
def test_a_triangular_draw_is_the_inverse_of_its_distribution(
    uniform: float, least: int, rise: int, fall: int
) -> None:
    low, best, high = float(least), float(least + rise), float(least + rise + fall)
    value = _triangular(uniform, low, best, high)
    assert low <= value <= high + 1e-9
    if rise and value < best:
        assert (value - low) ** 2 / ((high - low) * rise) == pytest.approx(uniform, abs=1e-9)
    elif fall:
        assert 1 - (high - value) ** 2 / ((high - low) * fall) == pytest.approx(uniform, abs=1e-9)


def test_rates_and_times_are_those_of_the_table() -> None:
    """3 pauses a day for a day: 3 on average, each between its least and its longest time."""
    futures = Futures(town(), seed=5, vary=("hazards",))
    drawn = [futures.future(number) for number in range(600)]
    counts = [sum(event.what == "pause" for event in future.events) for future in drawn]
    assert np.mean(counts) == pytest.approx(3.0, abs=4 * math.sqrt(3 / 600))
    assert np.var(counts) == pytest.approx(3.0, rel=0.25)
    lasts = [
        (event.until_s - event.from_s) / 3600
        for future in drawn
        for event in future.events
        if event.hazard_id == "strike"
    ]
    assert 1 - 1e-3 <= min(lasts) < max(lasts) <= 9 + 1e-3
    assert np.mean(lasts) == pytest.approx((1 + 3 + 9) / 3, abs=0.3)
    assert all(not future.values for future in drawn)


def test_assumptions_reach_parameters_and_cells() -> None:
    futures = Futures(town(), seed=2)
    future = futures.future(0)
    scenario = futures.figures(future.values)
    assert scenario.parameter("share_leaving") == future.values["share_leaving"]
    boat = scenario.crossings.position()["boat"]
    assert scenario.crossings.vessels[boat] == future.values["crossings.csv:boat:vessels"]
    assert scenario.crossings.vessels.dtype == np.int64
    assert scenario.hazards.rate_per_day[0] == future.values["hazards.csv:strike:rate_per_day"]
    assert town().crossings.vessels[boat] == 2  # the scenario itself is as it was


def test_a_loss_is_a_closure_and_what_is_left_another() -> None:
    scenario = with_losses(town(), [Event("strike", "bridge", "loss", 3600.0, 7200.0, 0.5)])
    start_s = int(scenario.about.start.timestamp())
    closures = scenario.closures
    assert closures.asset_id.tolist() == ["bridge", "bridge"]
    assert closures.capacity_factor.tolist() == [0.0, 0.5]
    assert closures.from_time.tolist() == [start_s + 3600, start_s + 7200]
    assert closures.until_time.tolist() == [start_s + 7200, NO_TIME]
