"""Drawings of a stress test: arrivals over futures, what changes cost, crossings on a small map."""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.report.geography import drawing_shapes
from farshore.report.markup import Html, element, escape
from farshore.report.wording import count, moment
from farshore.results.stress import Figures, StressResult, WorthTable
from farshore.units import offset_of

__all__ = ["arrivals_fan", "crossing_map", "future_line", "tornado"]

Ints = npt.NDArray[np.int64]

_BARS: Final = 14
_WIDE, _HIGH, _LEFT, _LOW = 640, 260, 62, 24


def arrivals_fan(result: StressResult) -> Html:
    """People who had arrived, over time: median, eight in ten, and all futures."""
    return _fan(result, None)


def future_line(result: StressResult, arrived_by: tuple[int, ...], name: str) -> Html:
    """One future's arrivals over the band of all."""
    return _fan(result, (arrived_by, name))


def _fan(result: StressResult, one: tuple[tuple[int, ...], str] | None) -> Html:
    table = np.sort(np.array([each.arrived_by for each in result.outcomes], np.int64), axis=0)
    n, hours = len(table), np.array(result.moments_h)
    least, low, middle, high, most = (
        table[max(0, math.ceil(share * n) - 1)] for share in (0.0, 0.1, 0.5, 0.9, 1.0)
    )
    tall = _HIGH if one is None else 190
    step = _round_step(max(float(most.max(initial=1)), 1.0) / 3)
    top = step * math.ceil(max(float(most.max(initial=1)), 1.0) / step)
    span = float(hours[-1]) or 1.0

    def x(hour: float) -> float:
        return _LEFT + (_WIDE - _LEFT - 8) * hour / span

    def y(persons: float) -> float:
        return tall - _LOW - (tall - _LOW - 10) * persons / top

    def points(values: Ints) -> str:
        return " ".join(
            f"{x(h):.1f},{y(v):.1f}" for h, v in zip(hours.tolist(), values.tolist(), strict=True)
        )

    parts = []
    for tick in range(round(top / step) + 1):
        at = y(tick * step)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - 8}" y1="{at:.1f}" y2="{at:.1f}" stroke="var(--line)"/>'
            f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{tick * step:,.0f}</text>'
        )
    backward = " ".join(reversed(points(low).split(" ")))
    parts.append(f'<polygon points="{points(high)} {backward}" fill="var(--host)" opacity=".22"/>')
    for values in (least, most):
        line = f'<polyline points="{points(values)}" fill="none" stroke="var(--quiet)" stroke-width="1"'
        parts.append(f'{line} stroke-dasharray="4 4"/>')
    thin = 2 if one is None else 1.2
    parts.append(
        f'<polyline points="{points(middle)}" fill="none" stroke="var(--host)" stroke-width="{thin}"/>'
    )
    told = (
        f"Arrivals by the end: {count(middle[-1])} in the middle future, {count(low[-1])} to "
        f"{count(high[-1])} in "
        "eight of ten"
    )
    if one is not None:
        parts.append(
            f'<polyline points="{points(np.array(one[0], np.int64))}" fill="none" stroke="var(--closed)" '
            'stroke-width="2.4"/>'
        )
        told = f"{one[1]}: {count(one[0][-1])} arrived by the end"
    start, offset = result.scenario.about.start, offset_of(result.scenario.about.start)
    first, last = (
        moment(start.timestamp() + 3600 * float(hour), offset).partition(",")[0] for hour in (0, hours[-1])
    )
    parts.append(f'<text x="{_LEFT}" y="{tall - 6}">{escape(first)}</text>')
    parts.append(f'<text x="{_WIDE - 8}" y="{tall - 6}" text-anchor="end">{escape(last)}</text>')
    return _svg(_WIDE, tall, "".join(parts), told)


def tornado(worth: WorthTable, horizon_h: float) -> Html:
    """Changes as bars to both sides of the plan as it is: people left behind, and hours until 90 %."""
    rows = [row for row in worth.rows if row.kind != "pair"][:_BARS]
    people = [_Lane(_behind(row.kept, worth.base), _behind(row.anew, worth.paper)) for row in rows]
    hours = [
        _Lane(_later(row.kept, worth.base, horizon_h), _later(row.anew, worth.paper, horizon_h))
        for row in rows
    ]
    items = []
    for rank, row in enumerate(rows, 1):
        never = row.kept is not None and row.kept.t90_h is None
        items.append(
            element(
                "li",
                element("p", element("span", f"{rank}.", class_="rank"), row.words),
                _sides(people[rank - 1], people, "sides", never=False),
                _sides(hours[rank - 1], hours, "sides hours", never=never),
            )
        )
    longest = [
        max((abs(v) for lane in lanes for v in lane if v is not None), default=0.0)
        for lanes in (people, hours)
    ]
    scale = (
        f"Longest bars: {count(longest[0])} people, {count(longest[1])} hours. Hatched: nine in ten do not "
        "arrive "
        "within the horizon."
    )
    return Html(element("ol", *items, class_="tornado") + element("p", scale, class_="note"))


class _Lane(NamedTuple):
    """How far a change goes from the plan as it is; None: not worked out."""

    kept: float | None
    anew: float | None


def _behind(figures: Figures | None, base: Figures | None) -> float | None:
    return None if figures is None or base is None else float(figures.unserved - base.unserved)


def _later(figures: Figures | None, base: Figures | None, horizon_h: float) -> float | None:
    """Hours more until 90 % have arrived; what is not reached counts as the horizon's end."""

    def reached(each: Figures) -> float:
        return horizon_h if each.t90_h is None else each.t90_h

    return None if figures is None or base is None else reached(figures) - reached(base)


def _sides(lane: _Lane, lanes: Sequence[_Lane], css: str, *, never: bool) -> Html:
    """One bar, and another in it, on the scale of all."""
    known = [value for each in lanes for value in each if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    span = (high - low) or 1.0
    zero = -100 * low / span

    def bar(value: float, css: str) -> str:
        size = 100 * abs(value) / span
        left = zero if value >= 0 else zero - size
        return f'<i class="{css}" style="left:{left:.2f}%;width:{size:.2f}%"></i>'

    bars = f'<b style="left:{zero:.2f}%"></b>'
    solid = lane.kept if lane.kept is not None else lane.anew
    if solid:
        bars += bar(solid, "never" if never else "worse" if solid > 0 else "better")
    if lane.kept is not None and lane.anew:
        bars += bar(lane.anew, "anew")
    return element("div", Html(bars), class_=css, aria_hidden="true")


def crossing_map(result: StressResult) -> Html:
    """Crossings as circles, the larger the more people their loss leaves behind, numbered in that order."""
    assert result.worth is not None
    losses = [row for row in result.worth.rows if row.kind == "loss" and row.kept is not None]
    if not losses:
        return Html("")
    crossings, nodes, links = result.scenario.crossings, result.scenario.nodes, result.scenario.links
    place = crossings.position()
    rows = [place[row.assets[0]] for row in losses]
    zones = result.scenario.zones
    xs = np.concatenate([crossings.x_coord[rows], zones.x_coord])
    ys = np.concatenate([crossings.y_coord[rows], zones.y_coord])
    margin = 0.08 * max(float(np.ptp(xs)), float(np.ptp(ys)), 0.01)
    west, east, south, north = xs.min() - margin, xs.max() + margin, ys.min() - margin, ys.max() + margin
    squeeze = math.cos(math.radians(float(south + north) / 2))
    wide = 640.0
    scale = wide / ((east - west) * squeeze)
    high = (north - south) * scale

    def at(lon: float, lat: float) -> tuple[float, float]:
        return (lon - west) * squeeze * scale, (north - lat) * scale

    parts = [_water(result.scenario.drawing, at)]
    row_of = nodes.position()
    roads = []
    for a, b in zip(links.from_node_id, links.to_node_id, strict=True):
        i, j = row_of[a], row_of[b]
        if west <= nodes.x_coord[i] <= east and south <= nodes.y_coord[i] <= north:
            (x1, y1), (x2, y2) = (
                at(nodes.x_coord[i], nodes.y_coord[i]),
                at(nodes.x_coord[j], nodes.y_coord[j]),
            )
            roads.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    parts.append(f'<path d="{"".join(roads)}" fill="none" stroke="var(--road)" stroke-width="1.2"/>')
    largest = max(float(zones.persons.max(initial=1)), 1.0)
    for lon, lat, persons, name in zip(
        zones.x_coord.tolist(), zones.y_coord.tolist(), zones.persons.tolist(), zones.name, strict=True
    ):
        x, y = at(lon, lat)
        radius = max(2.5, 15 * math.sqrt(persons / largest))
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="var(--zone)" opacity=".35">'
            f"<title>{escape(name)}</title></circle>"
        )
    worst = max(1.0, *(float(_behind(row.kept, result.worth.base) or 0.0) for row in losses))
    for rank, (row, crossing) in enumerate(zip(losses, rows, strict=True), 1):
        x, y = at(float(crossings.x_coord[crossing]), float(crossings.y_coord[crossing]))
        same = sum(
            crossings.x_coord[other] == crossings.x_coord[crossing]
            and crossings.y_coord[other] == crossings.y_coord[crossing]
            for other in rows[: rank - 1]
        )
        radius = 9 + 15 * math.sqrt(max((_behind(row.kept, result.worth.base) or 0.0), 0) / worst)
        x += 26.0 * same  # two crossings from one quay stand beside each other
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="var(--closed)" opacity=".82">'
            f"<title>{escape(row.words)}</title></circle>"
            f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" style="fill:var(--paper)">'
            f"{rank}</text>"
        )
    named = [
        element(
            "li",
            f"{crossings.name[crossing]}: {count(_behind(row.kept, result.worth.base) or 0.0)} more left "
            "behind",
        )
        for row, crossing in zip(losses, rows, strict=True)
    ]
    told = (
        "Map of zones and crossings; the larger a crossing's circle, the more people its loss leaves behind"
    )
    return Html(
        element("h3", "Which crossing carries the plan")
        + _svg(wide, high, "".join(parts), told)
        + element("ol", *named)
        + element(
            "p",
            "Circles: the larger, the more people a loss leaves behind. Roads © OpenStreetMap contributors, "
            "ODbL, where "
            "the scenario took them from there; water is schematic.",
            class_="note",
        )
    )


def _water(drawing: str, at: Callable[[float, float], tuple[float, float]]) -> str:
    found = []
    for shape in drawing_shapes(drawing):
        if shape["kind"] != "water" or shape["shape"] == "point":
            continue
        for part in shape["parts"]:
            flat = np.array(part, np.float64).reshape(-1, 2) / 100_000
            points = " ".join("{:.1f},{:.1f}".format(*at(lon, lat)) for lon, lat in flat.tolist())
            if shape["shape"] == "area":
                found.append(f'<polygon points="{points}" fill="var(--water)"/>')
            else:
                found.append(
                    f'<polyline points="{points}" fill="none" stroke="var(--water)" stroke-width="5" '
                    'stroke-linejoin="round"/>'
                )
    return "".join(found)


def _svg(width: float, height: float, inner: str, told: str) -> Html:
    return Html(
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(told)}" '
        f'style="display:block;width:100%;max-width:900px;height:auto;font-size:12px;fill:var(--quiet);'
        f'overflow:hidden">{inner}</svg>'
    )


def _round_step(value: float) -> float:
    size = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(size * m for m in (1, 2, 5, 10) if size * m >= value)
