"""Opening and closing an asset changes that asset in that window and nothing else."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.scenario import (
    Scenario,
    check_folder,
    check_values,
    with_closing,
    with_opening,
    write_scenario,
)
from farshore.scenario.table import NO_TIME
from tests.strategies import small_scenarios


def _span(scenario: Scenario) -> tuple[int, int]:
    start_s = int(scenario.about.start.timestamp())
    return start_s, start_s + scenario.about.horizon_h * 3600


def _closed(scenario: Scenario, asset: str, moment: int) -> list[tuple[float, str]]:
    """Factor and uses of each closure of the asset that holds at a moment, in order."""
    closures = scenario.closures
    return [
        (closures.capacity_factor[row], closures.allowed_uses[row])
        for row in range(len(closures))
        if closures.asset_id[row] == asset
        and (closures.from_time[row] == NO_TIME or closures.from_time[row] <= moment)
        and (closures.until_time[row] == NO_TIME or moment < closures.until_time[row])
    ]


@st.composite
def scenarios_and_windows(draw: st.DrawFn) -> tuple[Scenario, str, int, int]:
    scenario = draw(small_scenarios())
    start_s, end_s = _span(scenario)
    assets = [*scenario.closures.asset_id, *scenario.links.link_id, *scenario.crossings.crossing_id]
    asset = draw(st.sampled_from(assets))
    first = draw(st.integers(start_s - 3600, end_s - 1))
    last = draw(st.integers(max(first, start_s) + 1, end_s + 3600))
    return scenario, asset, first, last


@settings(max_examples=200, deadline=None)
@given(scenarios_and_windows())
def test_an_opening_opens_its_window_and_leaves_all_else(case: tuple[Scenario, str, int, int]) -> None:
    scenario, asset, first, last = case
    start_s, end_s = _span(scenario)
    opened = with_opening(scenario, asset, first, last)
    moments = sorted(
        {start_s, end_s - 1, first, first - 1, last - 1, last}
        | {int(when) for when in scenario.closures.from_time if when != NO_TIME}
        | {int(when) - 1 for when in scenario.closures.until_time if when != NO_TIME}
    )
    for moment in moments:
        if not start_s <= moment < end_s:
            continue
        if first <= moment < last:
            assert _closed(opened, asset, moment) == []
        else:
            assert _closed(opened, asset, moment) == _closed(scenario, asset, moment)
    others = [
        (code, begin, end)
        for code, begin, end in zip(
            scenario.closures.asset_id, scenario.closures.from_time, scenario.closures.until_time, strict=True
        )
        if code != asset
    ]
    kept = [
        (code, begin, end)
        for code, begin, end in zip(
            opened.closures.asset_id, opened.closures.from_time, opened.closures.until_time, strict=True
        )
        if code != asset
    ]
    assert kept == others
    assert opened.links is scenario.links
    assert check_values(opened).faults == ()


@settings(max_examples=100, deadline=None)
@given(scenarios_and_windows())
def test_what_is_closed_is_closed_and_opening_undoes_it(case: tuple[Scenario, str, int, int]) -> None:
    scenario, asset, first, last = case
    start_s, end_s = _span(scenario)
    closed = with_closing(scenario, asset, first, last, "why")
    for moment in (max(first, start_s), min(last, end_s) - 1):
        assert (0.0, "") in _closed(closed, asset, moment)
    assert len(closed.closures) == len(scenario.closures) + 1
    assert closed.closures.reason[-1] == "why"
    opened = with_opening(closed, asset, min(first, start_s), max(last, end_s))
    assert asset not in set(opened.closures.asset_id)


@pytest.mark.parametrize(("from_h", "until_h"), [(0, 24), (2, 3)])
def test_an_edited_scenario_is_written_and_read(from_h: int, until_h: int) -> None:
    from tests.builders import scenario  # noqa: PLC0415 - the builder's name is a variable's above

    tiny = scenario(
        links=["a n1 n2", "b n1 n2"],
        zones=["z n1"],
        hosts=["h n2"],
        closures=["a from=1 until=5"],
        horizon_h=24,
    )
    start_s, _ = _span(tiny)
    opened = with_opening(tiny, "a", start_s + from_h * 3600, start_s + until_h * 3600)
    with tempfile.TemporaryDirectory() as folder:
        write_scenario(opened, Path(folder) / "s")
        read, report = check_folder(Path(folder) / "s")
    assert report.faults == ()
    assert read == opened
    assert len(read.closures) == (0 if from_h == 0 else 2)
