"""Fan charts: where points stand."""

import re

import numpy as np

from farshore.report.fan import LEFT, WIDTH, fan_chart
from farshore.report.forecast_page import backtest_page
from farshore.results import Backtest
from tests.displacements import displacement

RIGHT = WIDTH - 8


def line_of(chart: str) -> list[float]:
    found = re.search(r'<polyline points="([^"]+)"', chart)
    assert found
    return [float(point.split(",")[0]) for point in found[1].split()]


def dots_of(chart: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle cx="([^"]+)"[^>]+r="2.6"', chart)]


def test_points_stand_by_their_day() -> None:
    """Days 40, 50 and 140: the second is a tenth of the way, not half."""
    values = np.array([10.0, 20.0, 30.0])
    chart = fan_chart(
        "Camp",
        ["2020-02-10", "2020-05-20"],
        values,
        values,
        values,
        day=np.array([40, 50, 140]),
        counted=list(enumerate(values)),
    )
    assert line_of(chart) == [LEFT, round(LEFT + (RIGHT - LEFT) / 10, 1), RIGHT]
    assert dots_of(chart) == line_of(chart)
    assert ">2020-02-10<" in chart
    assert ">2020-05-20<" in chart


def test_points_without_days_are_a_day_apart() -> None:
    values = np.array([10.0, 20.0, 30.0])
    assert line_of(fan_chart("Camp", [], values, values, values)) == [LEFT, (LEFT + RIGHT) / 2, RIGHT]


def test_one_point_stands_at_the_left() -> None:
    one = np.array([10.0])
    assert line_of(fan_chart("Camp", ["a"], one, one, one, day=np.array([7]))) == [LEFT]


def test_the_backtest_page_places_counts_by_date_and_each_once() -> None:
    problem = displacement()
    day = np.array([60, 70, 70, 160])
    values = np.array([100.0, 200.0, 200.0, 300.0])
    tested = Backtest(
        name="small",
        start=problem.start,
        host_ids=problem.host_ids,
        origin=np.array([0, 15, 30, 75]),
        host=np.zeros(4, np.int64),
        day=day,
        lead_days=np.full(4, 90),
        observed=values,
        expected=values,
        low=values,
        high=values,
        scores=(),
        hindcast_error={},
        lesson="none",
    )
    page = backtest_page(tested, problem)
    assert dots_of(page) == [LEFT, round(LEFT + (RIGHT - LEFT) / 10, 1), RIGHT]
    assert ">2020-03-01<" in page
    assert ">2020-06-09<" in page
