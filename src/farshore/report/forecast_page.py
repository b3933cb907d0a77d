"""Forecast pages: self-contained HTML for hosts, and for who asks how well forecasts did."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from farshore.report.document import document
from farshore.report.fan import fan_chart, host_map
from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.results.forecast import Backtest, Forecast, Score
from farshore.results.hosts import HostNeeds
from farshore.scenario.displacement import Displacement

__all__ = ["backtest_page", "forecast_page", "needs_page"]

Row: TypeAlias = list[str | Cell]


def needs_page(needs: HostNeeds) -> str:
    """Arrivals, beds and minimum needs of every host that anybody is expected in."""
    told = needs.arrivals
    reached = [h for h in range(len(told.host_ids)) if told.high[:, h].max(initial=0) > 0.5]
    labels = [day.isoformat() for day in told.day]
    share = f"{told.cover:.0%}".replace("%", " %")
    rows: list[Row] = []
    for h in reached:
        first = needs.first_short[h]
        beds = f"{told.beds[h]:,.0f}" if np.isfinite(told.beds[h]) else "none confirmed"
        rows.append(
            [
                told.names[h],
                number(f"{told.expected[-1, h]:,.0f}"),
                number(f"{told.low[-1, h]:,.0f} to {told.high[-1, h]:,.0f}"),
                number(beds),
                number(f"{needs.short_beds_high[-1, h]:,.0f}"),
                Cell(first.isoformat() if first else "never"),
                number(f"{needs.needs['covered_space_m2'][-1, h]:,.0f}"),
                number(f"{needs.needs['water_l'][-1, h]:,.0f}"),
                number(f"{needs.needs['toilets'][-1, h]:,.0f}"),
                number(f"{needs.needs['taps'][-1, h]:,.0f}"),
            ]
        )
    head = [
        "Host",
        "Expected",
        f"Interval ({share})",
        "Beds",
        "Short at the high figure",
        "First short",
        "Covered space, m²",
        "Water, l/day",
        "Toilets",
        "Taps",
    ]
    charts = [
        fan_chart(
            told.names[h],
            labels,
            told.expected[:, h],
            told.low[:, h],
            told.high[:, h],
            ceiling=float(told.beds[h]),
        )
        for h in reached
    ]
    standards: list[Row] = [[s.key, number(f"{s.value:g}"), s.unit, s.source] for s in needs.standards]
    lead = (
        f"{told.expected[-1].sum():,.0f} people are expected in {len(reached)} hosts on {labels[-1]}; "
        f"{share} of outcomes are meant to lie between the low and the high figure of each host."
    )
    return _page(
        f"Who arrives, and what they need: {told.title}",
        lead,
        section(
            "What each host needs on the last day",
            table("Needs are for the expected figure", head, rows, numeric=(1, 2, 3, 4, 6, 7, 8, 9)),
            identity="needs",
            long=True,
        ),
        _fans("Day by day", charts, "dashed line, beds", "days"),
        section(
            "Minimum figures",
            table("Each can be set in assumptions.csv", ["Figure", "Value", "Unit", "Source"], standards),
            identity="standards",
        ),
    )


def forecast_page(forecast: Forecast, problem: Displacement) -> str:
    """Fan charts of a displacement forecast, and a map of the last day."""
    labels = [forecast.date_of(row).isoformat() for row in range(len(forecast.day))]
    charts = [
        fan_chart(host, labels, forecast.expected[:, h], forecast.low[:, h], forecast.high[:, h])
        for h, host in enumerate(forecast.host_ids)
    ]
    known = (
        "hindcast: given each day's total" if forecast.as_of is None else f"as known on day {forecast.as_of}"
    )
    rows: list[Row] = [
        [
            host,
            number(f"{forecast.expected[-1, h]:,.0f}"),
            number(f"{forecast.low[-1, h]:,.0f} to {forecast.high[-1, h]:,.0f}"),
        ]
        for h, host in enumerate(forecast.host_ids)
    ]
    return _page(
        f"Forecast: {forecast.name}",
        f"{labels[0]} to {labels[-1]}, {known}. Engine: {forecast.engine}.",
        section("Where people go", host_map(problem, forecast.expected[-1]), identity="map"),
        _fans("Day by day", charts, "", "days"),
        section(
            "On the last day",
            table("People in each host", ["Host", "Expected", "Interval (80 %)"], rows, numeric=(1, 2)),
            identity="table",
        ),
    )


def backtest_page(backtest: Backtest, problem: Displacement) -> str:
    """Scores beside every simple rule, a fan chart a host at the longest lead, and a map."""
    scores: list[Row] = [
        [
            s.method,
            number(str(s.lead_days)),
            number(str(s.n)),
            *(
                number("" if np.isnan(v) else f"{v:.3f}")
                for v in (s.wape, s.bias, s.crps, s.coverage, s.width)
            ),
        ]
        for s in backtest.scores
    ]
    errors: list[Row] = [[name, number(f"{value:.3f}")] for name, value in backtest.hindcast_error.items()]
    head = ["Method", "Lead, days", "Counts", "WAPE", "Bias", "CRPS", "Coverage", "Width"]
    return _page(
        f"Backtest: {backtest.name}",
        f"Forecasts made with only what was known on their day, scored where people were counted. "
        f"Rates learnt from: {backtest.lesson}.",
        section(
            "Scores",
            table("Shares of the people counted", head, scores, numeric=range(1, 8)),
            identity="scores",
            long=True,
        ),
        section(
            "Hindcast error, as Flee defines it",
            element(
                "p",
                "Given each day's total, so that only shares are judged. Capacities of these data sets are "
                "mostly the maximum of the counts they are scored on: figures with capacity know the answer.",
            ),
            table("Lower is better", ["Method", "Error"], errors, numeric=(1,)),
            identity="hindcast",
        ),
        _fans("Forecast and count", _charts(backtest), "dots, people counted", "fans"),
        section("Where people are", host_map(problem, _last_counts(backtest)), identity="map"),
    )


def _fans(title: str, charts: list[Html], more: str, identity: str) -> Html:
    """Charts with the words that say how to read them."""
    key = "Persons in each place: line, expected; band, 80 % of outcomes are meant to lie in it"
    note = element("p", f"{key}; {more}." if more else f"{key}.", class_="note")
    return section(title, note, element("div", *charts, class_="grid"), identity=identity, long=True)


def _measures(score: Score) -> tuple[float, ...]:
    return (score.wape, score.bias, score.crps, score.coverage, score.width)


def _charts(backtest: Backtest) -> list[Html]:
    longest = int(backtest.lead_days.max(initial=0))
    charts = []
    for h, host in enumerate(backtest.host_ids):
        rows = np.flatnonzero((backtest.host == h) & (backtest.lead_days == longest))
        if not len(rows):
            continue
        # One point a date: of forecasts of one count the first, which is nearest to the lead it is shown for.
        rows = rows[np.unique(backtest.day[rows], return_index=True)[1]]
        start = np.datetime64(backtest.start, "D")
        charts.append(
            fan_chart(
                f"{host}, {longest} days ahead",
                [str(start + backtest.day[rows[0]]), str(start + backtest.day[rows[-1]])],
                backtest.expected[rows],
                backtest.low[rows],
                backtest.high[rows],
                day=backtest.day[rows],
                counted=list(enumerate(backtest.observed[rows])),
            )
        )
    return charts


def _last_counts(backtest: Backtest) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    persons = np.zeros(len(backtest.host_ids))
    for host, count in zip(backtest.host, backtest.observed, strict=True):
        persons[host] = count  # rows are sorted by origin, so that the last one stands
    return persons


def _page(title: str, lead: str, *sections: Sequence[object] | Html) -> str:
    return document(
        title,
        element("header", element("h1", title), element("p", lead, class_="answer")),
        element("main", *sections),
        element(
            "footer",
            element("p", "Made by Farshore. This page holds all that it shows, and aggregates only."),
        ),
        extra_style="figure{margin:0}",
    )
