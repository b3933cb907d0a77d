"""The page of a simulation: what happened on the road, run beside run, with a film of the queues."""

from collections.abc import Sequence
from typing import Final

from farshore.report.document import asset, document
from farshore.report.film import film_data, film_section
from farshore.report.markup import Cell, Html, element, escape, json_block, number, section, table
from farshore.report.rehearsal_services import buses_section, classes_section, hosts_section, reached
from farshore.report.wording import count, percent
from farshore.results.simulation import Planned, SimulationResult
from farshore.units import format_duration

__all__ = ["simulation_html"]

_COLOURS: Final = ("#0b5a73", "#c2410c", "#6b3fa0", "#08705a")


def simulation_html(results: Sequence[SimulationResult]) -> str:
    """One offline page for one or more runs of a scenario; the same results give the same bytes."""
    first = results[0]
    return document(
        f"{first.scenario.about.title}: simulation",
        _header(results),
        element(
            "main",
            film_section(results),
            _compared(results),
            _curve(results),
            classes_section(results),
            buses_section(results),
            hosts_section(results),
            _crossings(results),
            _unfinished(results),
            _assumed(first),
        ),
        element(
            "footer",
            element(
                "p",
                "Made by Farshore. This page holds all that it shows: it can be kept, sent and opened "
                "without a network. It holds aggregates only, and nothing about any one person.",
            ),
            element(
                "details",
                element("summary", "Licences of the libraries in this page"),
                element("pre", asset("THIRD-PARTY.txt")),
            ),
        ),
        json_block("farshore-film", film_data(results)),
        script=asset("simulation.js"),
    )


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


def _as_planned(planned: Planned) -> tuple[str | Cell, ...]:
    """The row of the plan itself: its times are ends of steps, and its hours are not those of traffic."""
    return (
        "as the plan says",
        number(count(planned.people)),
        number(count(planned.arrived)),
        *(number(reached(planned.reached_s[share])) for share in (50, 90, 95, 100)),
        *(number("–"),) * 4,
    )


def _compared(results: Sequence[SimulationResult]) -> Html:
    rows: list[tuple[str | Cell, ...]] = []
    for result in results:
        if result.planned is not None:
            rows.append(_as_planned(result.planned))
        rows.append(
            (
                result.label,
                number(count(int(result.people.sum()))),
                number(count(result.arrived_persons)),
                *(number(reached(result.reached_s[share])) for share in (50, 90, 95, 100)),
                number(count(result.waiting_person_h)),
                number(count(result.travel_person_h)),
                number(count(result.delay_veh_h)),
                number(count(result.exposure_person_h)),
            )
        )
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
            rows,
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
        if flow.vehicles or flow.persons
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
