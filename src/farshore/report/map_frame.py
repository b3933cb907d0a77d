"""The frame of the map: its controls, its legend, and what it says where no script runs."""

from typing import Final

from farshore.report.figures import Figures
from farshore.report.markup import Html, element, escape
from farshore.results.outcome import Outcome

__all__ = ["map_section"]

ROADS: Final = "Roads © OpenStreetMap contributors, ODbL"

_SPEEDS: Final = (("0.5", "half speed"), ("1", "normal speed"), ("2", "twice as fast"), ("4", "four times"))

# The same shapes that the script draws, as small pictures for the legend.
_LEGEND: Final = (
    (
        '<circle cx="11" cy="11" r="9.5" fill="var(--zone-soft)" stroke="var(--zone)" stroke-width="1.2"/>'
        '<circle cx="11" cy="11" r="6" fill="var(--zone)"/>',
        "zone: people who choose to leave, filled and numbered: still there",
    ),
    (
        '<rect x="2" y="2" width="18" height="18" fill="var(--host-soft)" stroke="var(--host)" '
        'stroke-width="1.6"/><rect x="2" y="11" width="18" height="9" fill="var(--host)"/>',
        "host, beds filled",
    ),
    (
        '<rect x="2" y="2" width="18" height="18" fill="var(--paper)" stroke="var(--quiet)" '
        'stroke-width="1.6"/><path d="M2 2L20 20M20 2L2 20" stroke="var(--quiet)" stroke-width="1.6"/>',
        "host, blocked",
    ),
    (
        '<circle cx="11" cy="11" r="9" fill="var(--open)" stroke="var(--open)" stroke-width="2.2"/>',
        "crossing open",
    ),
    (
        '<circle cx="11" cy="11" r="9" fill="none" stroke="var(--limited)" stroke-width="2.2" '
        'stroke-dasharray="4 3"/>',
        "limited",
    ),
    (
        '<circle cx="11" cy="11" r="9" fill="none" stroke="var(--closed)" stroke-width="2.2"/>'
        '<path d="M5 5L17 17" stroke="var(--closed)" stroke-width="2.4"/>',
        "closed",
    ),
    (
        '<circle cx="11" cy="11" r="9" fill="none" stroke="var(--quiet)" stroke-width="2.2"/>',
        "closed for the night",
    ),
    ('<path d="M0 11H22" stroke="var(--route)" stroke-width="2"/>', "way used by the plan"),
    ('<path d="M0 11H22" stroke="var(--road)" stroke-width="1"/>', "other road"),
)


def map_section(outcome: Outcome, figures: Figures) -> Html:
    """The map with its clock, controls, legend and attribution."""
    water = '"kind": "water"' in outcome.scenario.drawing or '"kind":"water"' in outcome.scenario.drawing
    step_min = figures.step_s / 60
    sources = [ROADS + "."]
    if water:
        sources.append("Water is schematic: for orientation only.")
    sources.append("No borders are drawn but those that the scenario supplies.")
    return element(
        "section",
        element("h2", "Who is where when", id="map-title"),
        element(
            "div",
            element("button", "▶ Play", type="button", id="play"),
            element("button", "◀", type="button", id="back", aria_label="one step back"),
            element("button", "▶▏", type="button", id="forward", aria_label="one step forward"),
            _speed(),
            element("output", "", id="clock", for_="step"),
            class_="controls",
        ),
        element(
            "div",
            element("div", "", id="strip"),
            Html(f'<input type="range" id="step" min="0" value="0" step="1" aria-label="{escape("time")}">'),
            class_="time",
        ),
        _canvas(),
        element("p", "", id="sentence", aria_live="polite"),
        _legend(),
        element(
            "p",
            f"Width of a way: persons on it per hour, in steps of {step_min:g} minutes. Bars over the "
            "slider: how many leave in each step. Drag to move, use the buttons or + and − to zoom, arrow "
            "keys to pan; the wheel zooms once the map has been clicked, on a touch screen two fingers do.",
            class_="note hint",
        ),
        element("p", " ".join(sources), class_="note"),
        element("noscript", element("p", "The map and the charts need JavaScript; the tables below do not.")),
        id="map",
        aria_labelledby="map-title",
    )


def _speed() -> Html:
    options = [
        element("option", words, value=value, selected="" if value == "1" else None)
        for value, words in _SPEEDS
    ]
    return element("select", *options, id="speed", aria_label="speed")


def _canvas() -> Html:
    return element(
        "div",
        element(
            "canvas",
            tabindex="0",
            role="img",
            aria_label="Map of zones, roads, crossings and hosts with the people who move in the step shown; "
            "the sentence below says what it shows, the tables below hold every figure",
        ),
        element(
            "div",
            element("button", "+", type="button", id="zoom-in", aria_label="zoom in"),
            element("button", "−", type="button", id="zoom-out", aria_label="zoom out"),
            element("button", "Zones", type="button", id="zoom-home", title="show zones and crossings"),
            element("button", "All hosts", type="button", id="zoom-whole", title="show every host"),
            class_="zoom",
        ),
        element("div", "", id="tip", hidden=""),
        id="frame",
    )


def _legend() -> Html:
    items = [
        element("li", Html(f'<svg viewBox="0 0 22 22" aria-hidden="true">{drawing}</svg>'), words)
        for drawing, words in _LEGEND
    ]
    return element(
        "ul",
        element("li", element("span", "", id="flow-scale")),
        *items,
        element("li", element("span", "", id="kinds")),
        class_="legend",
        aria_label="Legend",
    )
