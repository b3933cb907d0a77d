"""The film of a simulation: how full every link is over time, with the places that people know it by."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from farshore.report.geography import drawing_shapes, surrounding_links
from farshore.report.markup import Html, element, section
from farshore.report.wording import moment
from farshore.results.simulation import SimulationResult
from farshore.scenario.scenario import Scenario
from farshore.units import offset_of

__all__ = ["film_data", "film_section"]

_FRAMES: Final = 240  # more would not be seen
_MOST_LINKS: Final = 40_000  # drawn; those that most vehicles took
_FULL: Final = (1e-9, 0.15, 0.4, 0.75)  # where one colour ends and the next begins, shares of jam storage
_LEVELS: Final = ("empty", "under 15 %", "15–40 %", "40–75 %", "75 % and more: a queue that spills back")
_MARKS: Final = (("crossing", "crossing"), ("host", "host"), ("town", "people who leave, by number"))


def film_section(results: Sequence[SimulationResult]) -> Html:
    """The map, its clock and its legend."""
    runs = "".join(element("option", result.label, value=row) for row, result in enumerate(results))
    buttons = (
        ("zoom-in", "+", "zoom in"),
        ("zoom-out", "−", "zoom out"),
        ("zoom-home", "Roads", "show the roads taken"),
        ("zoom-whole", "All hosts", "show every host"),
    )
    speeds = "".join(
        f'<option value="{value}"{" selected" if value == 1 else ""}>{label}</option>'
        for value, label in ((0.25, "¼ ×"), (0.5, "½ ×"), (1, "1 ×"), (2, "2 ×"), (4, "4 ×"))
    )
    return section(
        "Queues over time",
        element(
            "p",
            element("label", "Run ", Html(f'<select id="film-run">{runs}</select>')),
            hidden="" if len(results) == 1 else None,
        ),
        element(
            "div",
            Html(
                '<canvas id="film" tabindex="0" role="img" aria-describedby="film-legend" '
                'aria-label="map of roads coloured by how full they are; '
                'arrow keys move it, + and − zoom"></canvas>'
            ),
            element(
                "div",
                *(
                    element("button", sign, id=name, type="button", aria_label=title)
                    for name, sign, title in buttons
                ),
                class_="zoom",
            ),
            id="frame",
        ),
        element(
            "div",
            Html('<button id="play" type="button" aria-pressed="false">▶ Play</button>'),
            Html('<button id="back" type="button" aria-label="one moment back">◀</button>'),
            Html('<button id="forward" type="button" aria-label="one moment on">▶</button>'),
            element("label", "Speed ", Html(f'<select id="speed">{speeds}</select>')),
            Html('<output id="clock" for="step"></output>'),
            class_="controls",
        ),
        Html('<input id="step" type="range" min="0" value="0" aria-label="time">'),
        element("p", "Vehicles on a link, per cent of what it holds at standstill:", class_="note"),
        element(
            "ul",
            *(
                element("li", element("i", class_=f"level l{level}"), text)
                for level, text in enumerate(_LEVELS)
            ),
            *(element("li", element("i", class_=f"mark {kind}"), text) for kind, text in _MARKS),
            class_="legend",
            id="film-legend",
        ),
        element("p", _drawn(results), class_="note"),
        element("noscript", element("p", "The film needs a script; the tables below hold the same.")),
        identity="film-section",
    )


def _used_links(results: Sequence[SimulationResult]) -> Any:
    """Rows of the links to draw, and how many were used in all."""
    carried = np.max([result.links.entered[-1] for result in results], axis=0)
    used = np.flatnonzero(carried)
    if len(used) > _MOST_LINKS:
        return np.sort(used[np.argsort(-carried[used], kind="stable")[:_MOST_LINKS]]), len(used)
    return used, len(used)


def _drawn(results: Sequence[SimulationResult]) -> str:
    drawn, used = _used_links(results)
    if len(drawn) < used:
        return f"Drawn: the {len(drawn):,} links that most vehicles took, of {used:,} that any did."
    return f"Drawn: the {used:,} links that any vehicle took, each way of a road on its own side."


def film_data(results: Sequence[SimulationResult]) -> dict[str, Any]:
    """What the page's script needs, in few words: web/report/src/film.ts says how it is read."""
    first = results[0]
    used, _ = _used_links(results)
    nodes = np.unique(np.concatenate([first.links.from_node[used], first.links.to_node[used]]))
    ends = np.stack([first.links.from_node[used], first.links.to_node[used]], axis=1)
    longest = max(results, key=lambda result: len(result.sample_s))
    frames = np.unique(np.linspace(0, len(longest.sample_s) - 1, _FRAMES).round().astype(np.int64))
    moments = longest.sample_s[frames]
    start_s, offset = first.scenario.about.start.timestamp(), offset_of(first.scenario.about.start)
    table = first.scenario.nodes
    return {
        "x": [round(float(x), 5) for x in table.x_coord[nodes]],
        "y": [round(float(y), 5) for y in table.y_coord[nodes]],
        "links": np.searchsorted(nodes, ends).ravel().tolist(),
        "times": [moment(start_s + float(second), offset) for second in moments],
        "places": _places(first.scenario),
        "roads": _other_roads(first.scenario, results),
        "shapes": drawing_shapes(first.scenario.drawing),
        "runs": [{"label": result.label, **_states(result, used, moments)} for result in results],
    }


def _other_roads(scenario: Scenario, results: Sequence[SimulationResult]) -> list[int]:
    """Both ends of the roads that nobody took, degrees × 100,000."""
    drawn, _ = _used_links(results)
    rows = scenario.nodes.position()
    taken = {results[0].links.arc_ids[row].lstrip("~=").removeprefix("-") for row in drawn}
    nodes = scenario.nodes
    return [
        round(float(degrees) * 100_000)
        for pair in surrounding_links(scenario, taken, rows)
        for node in pair
        for degrees in (nodes.x_coord[rows[node]], nodes.y_coord[rows[node]])
    ]


def _states(result: SimulationResult, used: Any, moments: Any) -> dict[str, Any]:
    """A digit a link for the first moment; for each other one what changed, as link × 8 + level."""
    links = result.links
    rows = np.clip(np.searchsorted(links.sample_s, moments, side="right") - 1, 0, len(links.sample_s) - 1)
    standing = (links.entered[np.ix_(rows, used)] - links.left[np.ix_(rows, used)]) / np.maximum(
        links.storage_veh[used], 1.0
    )
    level = np.digitize(standing, _FULL)
    changes = []
    for before, now in pairwise(level):
        changed = np.flatnonzero(before != now)
        changes.append((changed * 8 + now[changed]).tolist())
    return {"first": bytes((level[0] + 48).astype(np.uint8)).decode(), "changes": changes}


def _places(scenario: Scenario) -> list[dict[str, Any]]:
    """Crossings, hosts and zones with people, those first whose names matter most."""

    def place(kind: str, name: object, lon: float, lat: float, size: float) -> dict[str, Any]:
        return {
            "name": str(name),
            "kind": kind,
            "lon": round(float(lon), 5),
            "lat": round(float(lat), 5),
            "size": round(size, 3),
        }

    zones, hosts, crossings = scenario.zones, scenario.hosts, scenario.crossings
    most = max(float(zones.persons.max(initial=0)), 1.0)
    towns = sorted(range(len(zones)), key=lambda row: (-int(zones.persons[row]), str(zones.zone_id[row])))
    return [
        *(
            place("crossing", name, x, y, 1.0)
            for name, x, y in zip(crossings.name, crossings.x_coord, crossings.y_coord, strict=True)
        ),
        *(
            place("host", name, x, y, 1.0)
            for name, x, y in zip(hosts.name, hosts.x_coord, hosts.y_coord, strict=True)
        ),
        *(
            place("town", zones.name[row], zones.x_coord[row], zones.y_coord[row], zones.persons[row] / most)
            for row in towns
            if zones.persons[row] > 0
        ),
    ]
