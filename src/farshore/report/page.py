"""The report: one self-contained offline page, from an outcome."""

from collections.abc import Mapping
from typing import Any

from farshore.report import sections, services, trust
from farshore.report.conflicts import conflicts
from farshore.report.data import page_data
from farshore.report.document import asset, document
from farshore.report.figures import Figures, figures_of
from farshore.report.instructions import instructions
from farshore.report.lead import header
from farshore.report.map_frame import map_section
from farshore.report.markup import Html, element, json_block
from farshore.report.robust_section import robustness
from farshore.results.outcome import Outcome
from farshore.results.summary import summary_of
from farshore.scenario import scenario_hash
from farshore.scenario.timing import Timing, timing_of

__all__ = ["html"]


def html(
    outcome: Outcome,
    *,
    summary: Mapping[str, Any] | None = None,
    timing: Timing | None = None,
    folder: str = "DIR",
    robust: Mapping[str, Any] | None = None,
) -> str:
    """The whole page; the same outcome gives the same bytes, and nothing in it asks a network for anything.

    summary : what `summary_of` gives, its `certified` included; worked out (and not certified) if left out
    timing : the scenario's, if at hand
    folder : the plan's folder, for the command that checks the certificate
    robust : what robust.json says, of a plan made for many futures
    """
    when = timing or timing_of(outcome.scenario)
    told = summary or summary_of(
        outcome, when, scenario_hash=scenario_hash(outcome.scenario), certified=False
    )
    figures = figures_of(outcome, told, when)
    return document(
        outcome.scenario.about.title,
        _body(outcome, figures, folder, robust),
        json_block("farshore-data", page_data(outcome, figures)),
        script=asset("report.js"),
    )


def _body(outcome: Outcome, figures: Figures, folder: str, robust: Mapping[str, Any] | None) -> Html:
    main = [
        map_section(outcome, figures),
        services.classes(outcome, figures),
        instructions(outcome, figures.summary),
        services.what_zones_are_told(outcome, figures),
        sections.over_time(figures),
        sections.crossings(outcome, figures),
        services.vehicles(outcome, figures),
        sections.hosts(figures),
        sections.unserved(outcome, figures),
        conflicts(figures.summary),
        trust.protection(figures),
        trust.certificate(outcome, figures, folder),
        robustness(robust, outcome.scenario),
        trust.assumptions(figures),
        trust.provenance(outcome, figures, asset("THIRD-PARTY.txt")),
    ]
    return Html(
        header(outcome, figures)
        + element("main", *main)
        + element(
            "footer",
            element(
                "p",
                "Made by Farshore. This page holds all that it shows: it can be kept, sent and opened "
                "without a network. It holds aggregates only, and nothing about any one person.",
            ),
        )
    )
