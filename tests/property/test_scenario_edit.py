"""Opening and closing an asset changes that asset in that window and nothing else."""

import tempfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from farshore.scenario import (
    Scenario,
    changes_of_assumptions,
    check_folder,
    check_values,
    with_capacity,
    with_closing,
    with_opening,
    write_scenario,
)
from farshore.scenario.rows import make_rows, records_of
from farshore.scenario.spoken_of import pointer, rows_of
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import Assumptions, Closures
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


_TEXTS = ("asset_id", "allowed_uses", "reason", "source")


def _apart(closures: Closures, about: list[int], columns: tuple[str, str]) -> bool:
    """Whether two columns hold the same in some rows, and in no others."""
    values = list(zip(*(getattr(closures, name) for name in columns), strict=True))
    inside = {values[row] for row in about}
    return len(inside) == 1 and not any(
        value in inside for row, value in enumerate(values) if row not in about
    )


@settings(max_examples=150, deadline=None)
@given(scenarios_and_windows(), st.data())
def test_assumptions_speak_of_what_they_were_about(
    case: tuple[Scenario, str, int, int], data: st.DataObject
) -> None:
    """Through any closing or opening: no fault, no new closure spoken of, none of the old ones forgotten."""
    scenario, asset, first, last = case
    closures = scenario.closures
    if not len(closures):
        return
    row = data.draw(st.integers(0, len(closures) - 1))
    column = data.draw(st.sampled_from(["asset_id", "reason", "source"]))
    which = f"{column}={getattr(closures, column)[row]}"
    was = rows_of(closures, which)
    best = float(closures.capacity_factor[row])
    assume((closures.capacity_factor[was] == best).all())
    key = f"closures.csv:{which}:capacity_factor"
    assumed = {"key": key, "low": 0.0, "best": best, "high": 1.0, "reason": "nobody knows"}
    table = make_rows(Assumptions, [*records_of(scenario.assumptions), assumed])
    before = replace(scenario, assumptions=table)
    assert check_values(before).faults == ()
    marked = replace(closures, allowed_uses=np.array([f"{at}" for at in range(len(closures))], object))
    for edit in (
        lambda one: with_opening(one, asset, first, last),
        lambda one: with_capacity(one, asset, first, last, best, "asked for"),
        lambda one: with_opening(with_closing(one, asset, first, last), asset, first, last),
    ):
        after = edit(before)
        assert check_values(after).faults == ()
        origin = edit(replace(scenario, closures=marked)).closures.allowed_uses
        about = [at for at, code in enumerate(origin) if code and int(code) in was]
        kept = [key for key in after.assumptions.key if key.startswith("closures.csv:")]
        said = changes_of_assumptions(before, after)
        if kept:
            assert rows_of(after.closures, pointer(kept[0]).which).tolist() == about
            assert bool(said) == (kept != [key])
        else:
            assert len(said) == 1
            assert "left out" in said[0]
            assert not any(_apart(after.closures, about, pair) for pair in combinations(_TEXTS, 2))


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
