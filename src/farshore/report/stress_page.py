"""The page of a stress test: how the plan fares in many futures, what crossings are worth, the worst ones."""

import math
from typing import Final, TypeAlias

from farshore.report.document import document
from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.report.stress_charts import arrivals_fan, crossing_map, tornado
from farshore.report.stress_classes import classes_over_futures, left_out
from farshore.report.stress_worst import worst_futures
from farshore.report.wording import count, hours_text, percent
from farshore.results.stress import Interval, StressResult, WorthTable

__all__ = ["stress_html"]

_NAMES: Final = {
    "t50_h": "until half have arrived, h",
    "t90_h": "until nine in ten have arrived, h",
    "t100_h": "until all have arrived, h",
    "unserved": "people left behind",
    "exposure_person_h": "exposure, person-h",
}
_STYLE: Final = (
    "figure{margin:0}.tornado{list-style:none;padding:0;margin:.6rem 0 1rem}"
    ".tornado li{padding:9px 0;border-bottom:1px solid var(--line)}.tornado p{margin:0 0 5px;max-width:none}"
    ".sides{position:relative;height:15px;background:var(--ground);border-radius:3px}"
    ".sides i{position:absolute;top:0;height:100%;border-radius:2px}"
    ".sides i.worse{background:var(--closed)}.sides i.better{background:var(--open)}"
    ".sides i.never{background:repeating-linear-gradient(135deg,var(--closed) 0 5px,var(--ground) 5px 8px)}"
    ".sides i.anew{top:3px;height:calc(100% - 6px);background:var(--paper);border:1.5px solid var(--ink)}"
    ".sides.hours{height:10px;margin-top:3px}.sides.hours i.anew{top:2px;height:calc(100% - 4px)}"
    ".sides b{position:absolute;top:-2px;bottom:-2px;width:0;border-left:1.5px solid var(--ink)}"
    ".rank{display:inline-block;min-width:1.9em;font-weight:650}.assumed{overflow-wrap:anywhere}"
    ".worst{border-top:1px solid var(--line);margin:0;padding:.5rem 0}"
    ".worst summary{line-height:1.4}.worst[open] summary{margin-bottom:.5rem}"
    ".span{position:relative;height:13px;background:var(--ground);border-radius:3px;margin:2px 0 7px}"
    ".span i{position:absolute;top:0;height:100%;background:var(--closed);border-radius:2px;min-width:2px}"
    ".span i.after{background:var(--limited);opacity:.55}.span i.pause{background:var(--quiet)}"
    ".happened{overflow-wrap:anywhere;font-size:.88rem;color:var(--quiet);margin:0}"
)

Row: TypeAlias = list[str | Cell]


def stress_html(result: StressResult) -> str:
    """One offline page without a script; the same result gives the same bytes."""
    return document(
        f"{result.scenario.about.title}: stress test",
        _header(result),
        element(
            "main",
            section(
                "Arrivals over the futures",
                element(
                    "p",
                    "Line: half of the futures are above it. Band: eight in ten futures lie in it. Dashed: "
                    "the "
                    "least and the most of all.",
                    class_="note",
                ),
                arrivals_fan(result),
                identity="arrivals",
            ),
            _quantiles(result),
            classes_over_futures(result),
            _paired(result),
            _worth(result),
            worst_futures(result),
            left_out(result),
            _assumed(result),
        ),
        element(
            "footer",
            element(
                "p",
                "Made by Farshore. This page holds all that it shows: aggregates, and nothing about any "
                "person.",
            ),
        ),
        extra_style=_STYLE,
    )


def _left(persons: float) -> str:
    return f"{count(persons)} people or more are left behind" if persons else "nobody is left behind"


def _header(result: StressResult) -> Html:
    outcomes = result.outcomes
    n = len(outcomes)
    everybody = sum(each.unserved == 0 for each in outcomes)
    behind = result.quantiles["unserved", 0.5]
    bad = result.quantiles["unserved", 0.9]
    words = (
        f"In {n:,} futures that this scenario holds possible, everybody arrives in {percent(everybody / n)} "
        "of them. "
        f"In half of the futures {_left(behind.value)}; in one in ten, {_left(bad.value)}."
    )
    parts = [
        element("h1", result.scenario.about.title),
        element(
            "p",
            "Stress test: the plan replayed while crossings are lost and repaired and people are more or "
            "fewer, "
            "sooner or later. Not a forecast of what will happen.",
            class_="when",
        ),
        element("p", words, class_="answer"),
    ]
    if result.partial:
        parts.append(element("p", element("strong", f"Stopped early: {n:,} of {result.asked:,} futures.")))
    if result.worth is not None and result.worth.rows:
        first = result.worth.rows[0].words
        parts.append(element("p", f"What weighs most: {first}.", class_="answer"))
    return element("header", *parts)


def _quantiles(result: StressResult) -> Html:
    measures = list(dict.fromkeys(name for name, _ in result.quantiles))
    rows: list[Row] = [
        [
            _NAMES[measure],
            *(Cell(_interval(result.quantiles[measure, share])) for share in (0.1, 0.5, 0.9)),
            number(percent(min(result.widths[measure], 1.0), digits=1)),
        ]
        for measure in measures
    ]
    if result.precision is None:
        verdict = (
            f"About {result.needed:,} futures would make every half-width 2 % or less."
            if result.needed > len(result.outcomes)
            else "Every half-width is 2 % or less: more futures would change little."
        )
    else:
        reached = "is" if result.precise else "is not yet"
        verdict = f"The precision asked for, {percent(result.precision, digits=1)}, {reached} reached." + (
            "" if result.precise else f" About {result.needed:,} futures would reach it."
        )
    return section(
        "How good, how bad",
        table(
            "One future in ten is below P10, one in two below P50, nine in ten below P90. In brackets the 95 "
            "% interval "
            "of each, whatever the distribution",
            ["", "P10", "P50", "P90", "widest half-width"],
            rows,
            numeric=(4,),
        ),
        element(
            "p",
            f"{verdict} The half-width is a share of the horizon for times, of all people for those left "
            "behind, "
            "of all their hours for exposure.",
            class_="note",
        ),
        identity="quantiles",
    )


def _interval(interval: Interval) -> str:
    if interval.low == math.inf:
        return _figure(interval.low)
    return f"{_figure(interval.value)} ({_figure(interval.low)} to {_figure(interval.high)})"


def _figure(value: float) -> str:
    if math.isfinite(value):
        return count(value)
    return "not by the end" if value > 0 else "?"


def _paired(result: StressResult) -> Html:
    if not result.paired:
        return Html("")
    rows: list[Row] = [
        [
            _NAMES[row.measure],
            *(Cell(_interval(each)) for each in (row.low10, row.median, row.high90)),
            Cell(f"{percent(row.better.value)} ({percent(row.better.low)} to {percent(row.better.high)})"),
        ]
        for row in result.paired
    ]
    return section(
        f"Beside {result.beside}",
        table(
            f"{result.beside} less this plan, in the same futures; below 0 it is better",
            ["", "P10", "P50", "P90", "better in"],
            rows,
        ),
        identity="paired",
    )


def _worth(result: StressResult) -> Html:
    worth = result.worth
    if worth is None:
        return Html("")
    base = worth.base
    reached = hours_text(base.t90_h)
    bars = (
        f"Beside the plan rehearsed as it is, with no hazard: nine in ten arrived after {reached}, "
        f"{count(base.unserved)} left behind. Upper bar: people left behind, more (right) or fewer (left); "
        "lower bar: hours until nine in ten have arrived."
    )
    if worth.paper is not None:
        bars += (
            " Filled: people keep to the plan and drive around what is shut; for what does not touch it, and "
            "outlined: planned anew, on paper, knowing it from the start."
        )
    return Html(
        section(
            "What crossings are worth",
            element("p", bars, class_="note"),
            tornado(worth, float(result.scenario.about.horizon_h)),
            crossing_map(result),
            identity="worth",
            long=True,
        )
        + _ranked(worth)
    )


def _ranked(worth: WorthTable) -> Html:
    rows: list[Row] = [
        [
            row.words,
            number(str(rank)),
            number("–" if row.dual_person_h is None else count(row.dual_person_h)),
            number("–" if row.saved_person_h is None else count(row.saved_person_h)),
        ]
        for rank, row in enumerate(worth.rows, 1)
    ]
    note = (
        "Promised: what the plan's prices say a change for the better saves, in weighted person-hours of the "
        "plan's objective. Saved: what planning anew saves of it; below 0, what it costs."
    )
    head = ["what", "rank", "promised", "saved"]
    if worth.paper is None:  # nothing is priced, and nothing planned anew
        rows, note = [row[:2] for row in rows], "People keep to the plan and go around what is shut."
        head = head[:2]
    return section(
        "Every change, ranked",
        element("p", note, class_="note"),
        table("Most people first", head, rows, numeric=range(1, len(head)), tall=True),
        identity="ranked",
        long=True,
    )


def _assumed(result: StressResult) -> Html:
    hazards = result.scenario.hazards
    rows: list[Row] = [
        [
            str(hazards.hazard_id[row]),
            str(hazards.asset_id[row]) or "everything",
            number(f"{hazards.rate_per_day[row]:g}"),
            Cell(
                f"{hazards.hours_low[row]:g} to {hazards.hours_high[row]:g}, likeliest "
                f"{hazards.hours_best[row]:g}"
            ),
            Cell(str(hazards.reason[row])),
            Cell(str(hazards.source[row]) or "nobody counted"),
        ]
        for row in range(len(hazards))
    ]
    options = [f"{key}: {value}" for key, value in result.options.items() if value is not None]
    return section(
        "What is assumed",
        table(
            "Hazards of the scenario; their rates have ranges in assumptions.csv",
            ["hazard", "of", "a day", "lasts, h", "why", "source"],
            rows,
            numeric=(2,),
        )
        if rows
        else Html(""),
        element("ul", *(element("li", line) for line in result.assumptions), class_="plain assumed"),
        element(
            "p",
            f"Options: {'; '.join(options)}. Seed {result.seed}, Farshore {result.version}.",
            class_="assumed",
        ),
        identity="assumed",
        long=True,
    )
