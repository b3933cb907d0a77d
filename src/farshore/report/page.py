"""The report: one self-contained offline page, from an outcome."""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from farshore.report import sections, trust
from farshore.report.data import page_data
from farshore.report.figures import Figures, figures_of
from farshore.report.instructions import instructions
from farshore.report.lead import header
from farshore.report.map_frame import map_section
from farshore.report.markup import Html, element, escape, json_block
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
) -> str:
    """The whole page; the same outcome gives the same bytes, and nothing in it asks a network for anything.

    summary : what `summary_of` gives, its `certified` included; worked out (and not certified) if left out
    timing : the scenario's, if at hand
    folder : the plan's folder, for the command that checks the certificate
    """
    when = timing or timing_of(outcome.scenario)
    told = summary or summary_of(
        outcome, when, scenario_hash=scenario_hash(outcome.scenario), certified=False
    )
    figures = figures_of(outcome, told, when)
    script, style = _asset("report.js"), _asset("report.css")
    return "".join(
        [
            "<!doctype html>\n",
            element(
                "html",
                _head(outcome, script, style),
                element(
                    "body",
                    _body(outcome, figures, folder),
                    json_block("farshore-data", page_data(outcome, figures)),
                    Html(f"<script>{script}</script>"),
                ),
                lang="en",
            ),
            "\n",
        ]
    )


def _asset(name: str) -> str:
    return (files("farshore.report") / "static" / name).read_text(encoding="utf-8").rstrip("\n")


def _head(outcome: Outcome, script: str, style: str) -> Html:
    """Title, style, and a policy under which a browser runs this one script and loads nothing."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        Html('<link rel="icon" href="data:,">'),
        element("title", f"{outcome.scenario.about.title} · Farshore"),
        Html(f"<style>{style}</style>"),
    )


def _body(outcome: Outcome, figures: Figures, folder: str) -> Html:
    main = [
        map_section(outcome, figures),
        instructions(outcome, figures.summary),
        sections.over_time(figures),
        sections.crossings(outcome, figures),
        sections.hosts(figures),
        sections.unserved(outcome, figures),
        trust.protection(figures),
        trust.certificate(outcome, figures, folder),
        trust.assumptions(figures),
        trust.provenance(outcome, figures, _asset("THIRD-PARTY.txt")),
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
