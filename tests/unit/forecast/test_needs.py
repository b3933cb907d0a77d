from datetime import date

import numpy as np
import pytest

from farshore.forecast import needs_of, plan_arrivals, standards_of, with_forecast
from farshore.forecast.engine import forecast
from farshore.plan import plan
from farshore.report import needs_page
from farshore.results import HostArrivals, needs_files
from tests.builders import scenario
from tests.displacements import displacement


def arrivals(expected: float, high: float, beds: float) -> HostArrivals:
    one = np.array([[expected / 2], [expected]])
    return HostArrivals(
        title="t",
        host_ids=("h",),
        names=("<Host>",),
        day=(date(2020, 1, 1), date(2020, 1, 2)),
        expected=one,
        low=one,
        high=one * high / expected,
        beds=np.array([beds]),
        cover=0.8,
    )


def test_needs_are_the_minimum_figures() -> None:
    needs = needs_of(arrivals(1000, 1500, 900), standards_of())
    assert needs.short_beds[-1, 0] == 100
    assert needs.short_beds_high[-1, 0] == 600
    assert needs.first_short == (date(2020, 1, 2),)
    last = {key: table[-1, 0] for key, table in needs.needs.items()}
    assert last == {
        "covered_space_m2": 3500,
        "water_l": 15_000,
        "toilets": 50,
        "taps": 4,
        "food_kcal": 2_100_000,
    }


def test_a_scenario_sets_a_figure_and_names_its_source() -> None:
    told = scenario(
        links=["a n1 n2"],
        zones=["z n1"],
        hosts=["h n2"],
        assumptions=["covered_space_m2 low=3.5 best=4.5 high=5.5 reason=cold"],
    )
    standard = {s.key: s for s in standards_of(told)}["covered_space_m2"]
    assert (standard.value, standard.source) == (4.5, "cold")


def test_unconfirmed_beds_run_short_never() -> None:
    needs = needs_of(arrivals(1000, 1500, float("nan")), standards_of())
    assert needs.short_beds_high.max() == 0
    assert needs.first_short == (None,)


def test_a_plan_brings_its_people_with_turnout_as_the_interval() -> None:
    told = scenario(
        links=["a n1 n2"],
        zones=["z n1 persons=100"],
        hosts=["h n2 beds=200"],
        assumptions=["share_leaving low=0.4 best=0.5 high=0.9"],
    )
    outcome = plan(told)
    found = plan_arrivals(outcome, members=500, seed=1)
    assert found.expected[-1, 0] == outcome.departures.persons.sum()
    assert found.low[-1, 0] <= found.expected[-1, 0] < found.high[-1, 0]
    again = plan_arrivals(outcome, members=500, seed=1)
    assert found.high.tobytes() == again.high.tobytes()


def test_a_plan_and_a_forecast_add_up_by_host() -> None:
    told = scenario(
        links=["a n1 n2"],
        zones=["z n1 persons=100"],
        hosts=["Near n2 beds=200"],
        start="2020-06-01T00:00+00:00",
    )
    planned = plan_arrivals(plan(told))
    made = forecast(displacement(), members=0, seed=0, as_of=150)
    both = with_forecast(planned, made)
    assert both.host_ids == ("Near", "Far")
    row = [made.date_of(i) for i in range(len(made.day))].index(both.day[-1])
    assert both.expected[-1, 0] == pytest.approx(planned.expected[-1, 0] + made.expected[row, 0])
    assert both.expected[-1, 1] == pytest.approx(made.expected[row, 1])


def test_files_and_page_hold_the_figures_and_escape_names() -> None:
    needs = needs_of(arrivals(1000, 1500, 900), standards_of())
    header, tags, *rows = needs_files(needs)["needs.csv"].splitlines()
    assert header.startswith("date,host_id")
    assert tags.startswith("#date,#loc+code")
    assert len(rows) == 2
    page = needs_page(needs)
    assert "&lt;Host&gt;" in page
    assert "<Host>" not in page
    assert "http" not in page.split("</style>")[1]
