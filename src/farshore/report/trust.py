"""Why anyone should believe the plan: protection, certificate, assumptions, provenance."""

import re
from collections.abc import Mapping
from typing import Any

from farshore.report.figures import Figures
from farshore.report.markup import Cell, Html, element, number, section, table
from farshore.report.wording import quantity
from farshore.results.households import households_statement
from farshore.results.outcome import Outcome
from farshore.results.wording import certificate_statement, greedy_statement
from farshore.units import format_time

__all__ = ["assumptions", "certificate", "protection", "provenance"]


def protection(figures: Figures) -> Html:
    """The protection audit: each rule, whether the plan holds it, why, and the law behind it."""
    badges = {
        True: Html('<span class="badge yes">✓ holds</span>'),
        False: Html('<span class="badge no">✗ does not hold</span>'),
        None: Html('<span class="badge na">– not applicable</span>'),
    }
    rows = [
        (line["rule"], Cell(badges[line["holds"]]), line["why"], line["law"] or "–")
        for line in figures.summary["audit"]
    ]
    body: object = (
        table("Every rule, whether this plan holds it, and why", ("rule", "holds", "why", "law"), rows)
        if rows
        else element("p", "No audit was made.")
    )
    return section("Protection audit", body, identity="protection", long=True)


def certificate(outcome: Outcome, figures: Figures, folder: str) -> Html:
    """How good the plan is, how that is known, and how anyone can check it."""
    proof = outcome.certificate
    told = figures.summary
    state = (
        "A separate program, which shares no code with the one that made the plan, has checked this "
        "certificate and every table of the plan."
        if told["certified"]
        else "Nobody has checked this certificate yet."
    )
    early = "" if outcome.complete else element("p", _unproven(outcome))
    return section(
        "How good this plan is",
        element("p", element("strong", certificate_statement(proof.objective, proof.lower_bound))),
        early,
        _greedy(figures),
        _households(figures),
        element(
            "p",
            "A person-hour at exposure 1 is one person waiting at home or being on the way for an hour where "
            f"the scenario rates exposure 1{_weighed(outcome)}; who is left behind counts far more. The "
            f"bound comes from prices on the capacity of {_priced(outcome)}: whatever they are, no plan can "
            "cost less than what they say.",
        ),
        element("p", state, " To check it yourself: ", element("code", f"farshore certify {folder}")),
        identity="certificate",
    )


def _unproven(outcome: Outcome) -> str:
    """That a better plan may exist, and what is known about it."""
    if outcome.services is None:
        return "The planning was stopped before the best plan was proven: a better one may exist."
    return (
        "A better plan may exist. How much of the distance between this plan and the bound could be saved, "
        "and how much no plan could save, is not known: plans with classes and vehicles are not planned to "
        "the proven best."
    )


def _weighed(outcome: Outcome) -> str:
    """How needs count, where a plan knows them."""
    if outcome.services is None:
        return ""
    get = outcome.scenario.parameter
    return (
        f", times {get('assisted_priority'):g} for people who need assistance and {get('family_priority'):g} "
        "for those with children"
    )


def _priced(outcome: Outcome) -> str:
    if outcome.services is None:
        return "roads, crossings and beds"
    return "roads, crossings, decks, buses, drivers, trains and beds"


def _greedy(figures: Figures) -> Html:
    """What planning exactly is worth: the plan beside one that was made greedily."""
    words = greedy_statement(figures.summary)
    if not words:
        return Html("")
    return element("p", words, " That comparison is not part of the certificate.")


def _households(figures: Figures) -> Html:
    """What keeping households whole costs, and that none of them exists."""
    told = figures.summary["households"]
    if told is None:
        return Html("")
    words = households_statement(told)
    return element(
        "p",
        f"{words[:1].upper()}{words[1:]}. The households are made up from the zones' totals; none exists.",
    )


def assumptions(figures: Figures) -> Html:
    """Every number that nobody measured, and every default that was filled in."""
    rows = [
        (
            Cell(element("code", row["key"])),
            number(quantity(row["low"])),
            number(quantity(row["best"])),
            number(quantity(row["high"])),
            row["unit"] or "–",
            f"{row['reason']}; source: {row['source']}" if row["source"] else row["reason"],
        )
        for row in figures.summary["assumptions"]
    ]
    used = figures.summary["defaults_used"]
    defaults = (
        element("ul", *(element("li", _quoted(line)) for line in used), class_="plain")
        if used
        else element("p", "None: the scenario states every number.")
    )
    return section(
        "What nobody measured",
        element(
            "p", "The plan uses the best guess of each; the range says how far the truth may be from it."
        ),
        table(
            "Assumptions",
            ("number", "low", "best", "high", "unit", "reason"),
            rows,
            numeric=(1, 2, 3),
            tall=len(rows) > 20,
        )
        if rows
        else element("p", "The scenario declares no assumption."),
        element("h3", "Defaults that were filled in"),
        defaults,
        identity="assumptions",
        long=True,
    )


def _quoted(line: str) -> str:
    """Backticks, which a terminal shows as they are, as a page's quotation marks."""
    return re.sub(r"`([^`]*)`", r"“\1”", line)


def _options(options: Mapping[str, Any]) -> str:
    """What was asked for, without what was found out on the way (which other sections tell)."""
    told = []
    for key, value in sorted(options.items()):
        if key == "contraflow":
            told.append(f"contraflow = {value['limit']}")
        elif key == "staging":
            told.append("staging")
        elif key != "greedy" and value is not None:
            words = ", ".join(map(str, value)) if isinstance(value, list) else value
            told.append(f"{key} = {words:g}" if isinstance(words, float) else f"{key} = {words}")
    return "; ".join(told) or "none"


def provenance(outcome: Outcome, figures: Figures, licences: str) -> Html:
    """What anyone needs to make this plan again, and the licences of what the page holds."""
    scenario = figures.summary["scenario"]
    facts = [
        ("Scenario", f"{scenario['name']}, from {format_time(figures.start_s, figures.offset)}"),
        ("Scenario hash", scenario["hash"]),
        ("Farshore", f"version {outcome.version}"),
        ("Options", _options(outcome.options)),
        ("Legal basis", outcome.scenario.about.operation.legal_basis or "none stated"),
        ("Sponsor", outcome.scenario.about.operation.sponsor or "none stated"),
        ("Data", "Roads © OpenStreetMap contributors, Open Database License (openstreetmap.org/copyright)"),
    ]
    pairs = Html("".join(element("dt", name) + element("dd", value) for name, value in facts))
    return section(
        "Where this comes from",
        element("dl", pairs, class_="facts"),
        element(
            "details",
            element("summary", "Licences of the libraries in this page"),
            element("pre", licences, tabindex="0"),
        ),
        identity="provenance",
        long=True,
    )
