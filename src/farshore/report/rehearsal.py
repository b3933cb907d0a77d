"""The page of a simulation: what happened on the road, run beside run, with a film of the queues."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import numpy as np

from farshore.report.markup import Html, element, escape, json_block, number, section, table
from farshore.report.wording import count, moment, percent
from farshore.results.simulation import SimulationResult
from farshore.units import format_duration, offset_of

__all__ = ["simulation_html"]

_FRAMES: Final = 240  # of the film; more would not be seen
_MOST_LINKS: Final = 40_000  # drawn; those that most vehicles took
_COLOURS: Final = ("#0b5a73", "#c2410c", "#6b3fa0", "#08705a")


def simulation_html(results: Sequence[SimulationResult]) -> str:
    """One offline page for one or more runs of a scenario; the same results give the same bytes."""
    first = results[0]
    script, style = _asset("simulation.js"), _asset("report.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        Html('<link rel="icon" href="data:,">'),
        element("title", f"{first.scenario.about.title}: simulation · Farshore"),
        Html(f"<style>{style}</style>"),
    )
    body = element(
        "body",
        _header(results),
        element(
            "main",
            _film(results),
            _compared(results),
            _curve(results),
            _crossings(results),
            _unfinished(results),
            _assumed(first),
        ),
        json_block("farshore-film", _film_data(results)),
        Html(f"<script>{script}</script>"),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


def _asset(name: str) -> str:
    return (files("farshore.report") / "static" / name).read_text(encoding="utf-8").rstrip("\n")


def _header(results: Sequence[SimulationResult]) -> Html:
    first = results[0]
    people = int(first.people.sum())
    words = (
        f"Of {count(people)} people who leave, {count(first.arrived_persons)} "
        f"({percent(first.arrived_persons / people if people else 1.0)}) arrive in "
        f"{format_duration(first.until_s)} by {first.label}."
    )
    partial = (
        [element("p", element("strong", "Stopped early: this is what had happened by then."))]
        if any(result.partial for result in results)
        else []
    )
    return element(
        "header",
        element("h1", first.scenario.about.title),
        element(
            "p", "Simulation: what traffic makes of it. Not a forecast of anybody's choice.", class_="when"
        ),
        element("p", words, class_="answer"),
        *partial,
    )


def _film(results: Sequence[SimulationResult]) -> Html:
    options = Html(
        "".join(element("option", result.label, value=str(row)) for row, result in enumerate(results))
    )
    return section(
        "Queues over time",
        element(
            "p",
            element("label", "run ", Html(f'<select id="film-run">{options}</select>')),
            " ",
            Html('<button id="film-play" type="button" aria-pressed="false">Play</button>'),
            " ",
            Html('<output id="film-time" for="film-slider"></output>'),
        ),
        Html('<input id="film-slider" type="range" min="0" value="0" aria-label="time" style="width:100%">'),
        Html(
            '<canvas id="film" role="img" aria-label="map of links coloured by how full they are" '
            'style="width:100%;height:min(60vh,620px);display:block"></canvas>'
        ),
        element(
            "p",
            "Each link by how full it is, as a share of what it holds at standstill: empty, under 15 %, "
            "under 40 %, under 75 %, and full: a queue that reaches back over the junction before it.",
            class_="note",
        ),
        element("noscript", element("p", "The film needs a script; the tables below hold the same.")),
        identity="film-section",
    )


def _film_data(results: Sequence[SimulationResult]) -> dict[str, Any]:
    """Nodes, links and, frame by frame, a digit a link: how full it is."""
    first = results[0]
    carried = np.max([result.links.entered[-1] for result in results], axis=0)
    used = np.flatnonzero(carried)
    if len(used) > _MOST_LINKS:
        used = np.sort(used[np.argsort(-carried[used], kind="stable")[:_MOST_LINKS]])
    nodes = np.unique(np.concatenate([first.links.from_node[used], first.links.to_node[used]]))
    ends = np.stack([first.links.from_node[used], first.links.to_node[used]], axis=1)
    longest = max(results, key=lambda result: len(result.sample_s))
    frames = np.unique(np.linspace(0, len(longest.sample_s) - 1, _FRAMES).round().astype(np.int64))
    moments = longest.sample_s[frames]
    start_s, offset = first.scenario.about.start.timestamp(), offset_of(first.scenario.about.start)
    table_ = first.scenario.nodes
    return {
        "x": [round(float(x), 5) for x in table_.x_coord[nodes]],
        "y": [round(float(y), 5) for y in table_.y_coord[nodes]],
        "links": np.searchsorted(nodes, ends).ravel().tolist(),
        "times": [moment(start_s + float(second), offset) for second in moments],
        "runs": [{"label": result.label, "states": _states(result, used, moments)} for result in results],
    }


def _states(result: SimulationResult, used: Any, moments: Any) -> list[str]:
    links = result.links
    rows = np.clip(np.searchsorted(links.sample_s, moments, side="right") - 1, 0, len(links.sample_s) - 1)
    standing = (links.entered[np.ix_(rows, used)] - links.left[np.ix_(rows, used)]) / np.maximum(
        links.storage_veh[used], 1.0
    )
    level = np.digitize(standing, (1e-9, 0.15, 0.4, 0.75))
    return [bytes((row + 48).astype(np.uint8)).decode() for row in level]


def _compared(results: Sequence[SimulationResult]) -> Html:
    def reached(result: SimulationResult, share: int) -> str:
        at = result.reached_s[share]
        return "not by the end" if at is None else format_duration(at)

    return section(
        "Run beside run",
        table(
            "People, times from the start until so many had arrived, and hours",
            (
                "run",
                "leave",
                "arrive",
                "T50",
                "T90",
                "T95",
                "T100",
                "waiting, person-h",
                "travel, person-h",
                "held up, veh-h",
                "exposure, person-h",
            ),
            [
                (
                    result.label,
                    number(count(int(result.people.sum()))),
                    number(count(result.arrived_persons)),
                    *(number(reached(result, share)) for share in (50, 90, 95, 100)),
                    number(count(result.waiting_person_h)),
                    number(count(result.travel_person_h)),
                    number(count(result.delay_veh_h)),
                    number(count(result.exposure_person_h)),
                )
                for result in results
            ],
            numeric=tuple(range(1, 11)),
        ),
        identity="compared",
    )


def _curve(results: Sequence[SimulationResult]) -> Html:
    """Arrivals over time, run by run, as a drawing that needs no script."""
    wide, high, left, low = 900, 260, 60, 30
    end_s = max(float(result.sample_s[-1]) for result in results) or 1.0
    most = max(int(result.people.sum()) for result in results) or 1
    lines, keys = [], []
    for result, colour in zip(results, _COLOURS * len(results), strict=False):
        total = result.arrived.sum(axis=1)
        step = max(1, len(total) // 300)
        points = " ".join(
            f"{left + (wide - left) * s / end_s:.1f},{high - low - (high - low - 8) * n / most:.1f}"
            for s, n in zip(result.sample_s[::step].tolist(), total[::step].tolist(), strict=True)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        keys.append(f'<span style="color:{colour}">━</span> {escape(result.label)}')
    marks = "".join(
        f'<text x="{left - 6}" y="{high - low - (high - low - 8) * share + 4:.0f}" text-anchor="end" '
        f'font-size="12" fill="currentColor">{count(most * share)}</text>'
        for share in (0.0, 0.5, 1.0)
    ) + "".join(
        f'<text x="{left + (wide - left) * share:.0f}" y="{high - 8}" text-anchor="{anchor}" font-size="12" '
        f'fill="currentColor">{format_duration(end_s * share)}</text>'
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    )
    drawing = (
        f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="people who have arrived, over time" '
        f'style="width:100%;height:auto"><path d="M{left} 8V{high - low}H{wide}" fill="none" '
        f'stroke="currentColor" opacity=".4"/>{marks}{"".join(lines)}</svg>'
    )
    return section(
        "Arrivals over time",
        element("p", Html(" &nbsp; ".join(keys)), class_="note"),
        Html(drawing),
        identity="arrivals",
    )


def _crossings(results: Sequence[SimulationResult]) -> Html:
    names = dict(
        zip(results[0].scenario.crossings.crossing_id, results[0].scenario.crossings.name, strict=True)
    )
    rows = [
        (
            names[flow.crossing_id],
            result.label,
            number(count(flow.vehicles)),
            number(count(flow.persons)),
            number(count(flow.busiest_veh_h)),
            number(count(flow.sailings) if flow.sailings else "–"),
        )
        for result in results
        for flow in result.crossings
        if flow.vehicles
    ]
    if not rows:
        return Html("")
    return section(
        "Crossings",
        table(
            "What each carried over the whole time",
            ("crossing", "run", "vehicles", "persons", "busiest hour, veh", "sailings"),
            rows,
            numeric=(2, 3, 4, 5),
        ),
        identity="crossings",
        long=True,
    )


def _unfinished(results: Sequence[SimulationResult]) -> Html:
    rows = [
        (row.place_id, result.label, row.why, number(count(row.persons)))
        for result in results
        for row in result.unfinished[:12]
    ]
    body = (
        table(
            "Where people stand at the end, and why; the dozen places with most people of each run",
            ("place", "run", "why", "persons"),
            rows,
            numeric=(3,),
        )
        if rows
        else element("p", "Everybody who left has arrived.")
    )
    return section("Who has not arrived", body, identity="unfinished", long=True)


def _assumed(result: SimulationResult) -> Html:
    options = [f"{key}: {value}" for key, value in result.options.items() if value is not None]
    return section(
        "What is assumed",
        element("ul", *(element("li", line) for line in result.assumptions)),
        element(
            "p",
            f"Options of the first run: {'; '.join(options)}. Seed {result.seed}, Farshore {result.version}.",
        ),
        identity="assumed",
        long=True,
    )
