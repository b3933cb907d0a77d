"""Fan charts and a small map as SVG: expected figures, their interval, and what was counted."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from farshore.report.markup import Html, element, escape
from farshore.scenario.displacement import Displacement

__all__ = ["fan_chart", "host_map"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 420, 190, 58, 26, 10


def fan_chart(
    title: str,
    labels: Sequence[str],
    expected: Floats,
    low: Floats,
    high: Floats,
    *,
    day: Ints | None = None,
    counted: Sequence[tuple[int, float]] = (),
    ceiling: float = math.nan,
) -> Html:
    """A band from low to high, a line at the expected figure, dots where people were counted.

    labels : the first and last are shown; day : int64[n], when each point is, ascending; None for one a day
    counted : (index of a point, persons)
    ceiling : a line across, such as beds; NaN for none
    """
    n = len(expected)
    when = np.arange(n) if day is None else day - day[0]
    span = max(float(when[-1]), 1.0)
    largest = max([1.0, float(high.max(initial=0)), *(p for _, p in counted)])
    if math.isfinite(ceiling):
        largest = max(largest, min(ceiling, 2 * largest))
    step = _round_step(largest / 3)
    top = step * math.ceil(largest / step)

    def x(i: int) -> float:
        return LEFT + (WIDTH - LEFT - 8) * float(when[i]) / span

    def y(v: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(v / top, 1.0)

    band = " ".join(
        [f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(high)]
        + [f"{x(i):.1f},{y(low[i]):.1f}" for i in range(n - 1, -1, -1)]
    )
    line = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(expected))
    parts = []
    for tick in range(round(top / step) + 1):
        at = y(tick * step)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{at:.1f}" y2="{at:.1f}" stroke="var(--line)"/>'
            f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{tick * step:,.0f}</text>'
        )
    parts.append(f'<polygon points="{band}" fill="var(--host)" opacity=".22"/>')
    parts.append(f'<polyline points="{line}" fill="none" stroke="var(--host)" stroke-width="2"/>')
    if math.isfinite(ceiling) and ceiling <= top:
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y(ceiling):.1f}" y2="{y(ceiling):.1f}" '
            'stroke="var(--closed)" stroke-dasharray="5 4"/>'
        )
    parts += [f'<circle cx="{x(i):.1f}" cy="{y(v):.1f}" r="2.6" fill="var(--ink)"/>' for i, v in counted]
    if labels:
        parts.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">{escape(labels[0])}</text>')
        parts.append(f'<text x="{WIDTH - 8}" y="{HEIGHT - 6}" text-anchor="end">{escape(labels[-1])}</text>')
    told = f"{title}: {expected[-1]:,.0f} expected at the end, {low[-1]:,.0f} to {high[-1]:,.0f}"
    return element("figure", element("h3", title), _svg(WIDTH, HEIGHT, "".join(parts), told))


def host_map(problem: Displacement, persons: Floats) -> Html:
    """Places and routes as dots and lines, hosts as circles whose area tells the persons in them."""
    lon, lat = problem.longitude_deg, problem.latitude_deg
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        return Html("")
    squeeze = math.cos(math.radians(float(lat[known].mean())))  # degrees of longitude shrink with latitude
    across, up = lon * squeeze, lat
    low_x, low_y = float(across[known].min()), float(up[known].min())
    span = max(float(np.ptp(across[known])), float(np.ptp(up[known])), 1e-6)
    width, margin = 640.0, 40.0
    scale = (width - 2 * margin) / span
    height = 2 * margin + scale * float(np.ptp(up[known]))

    def at(i: int) -> tuple[float, float]:
        return margin + scale * (across[i] - low_x), height - margin - scale * (up[i] - low_y)

    parts = []
    for a, b in zip(problem.route_from, problem.route_to, strict=True):
        if known[a] and known[b]:
            (x1, y1), (x2, y2) = at(int(a)), at(int(b))
            parts.append(
                f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="var(--road)"/>'
            )
    struck = np.atleast_1d((problem.conflict > 0).any(axis=0))
    for i in np.flatnonzero(known):
        x, y = at(int(i))
        color = "var(--closed)" if struck[i] else "var(--quiet)"
        name = escape(problem.place_id[i])
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"><title>{name}</title></circle>'
        )
    largest = max(float(persons.max(initial=0)), 1.0)
    for host, count in zip(problem.hosts, persons, strict=True):
        if known[host]:
            x, y = at(int(host))
            radius = max(3.0, 26.0 * math.sqrt(max(float(count), 0.0) / largest))
            name = escape(problem.place_id[host])
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="var(--host)" opacity=".55"/>'
                f'<text x="{x:.1f}" y="{y - radius - 3:.1f}" text-anchor="middle">{name}</text>'
            )
    told = "Places of conflict, roads, and hosts with the people expected in them"
    return _svg(width, height, "".join(parts), told)


def _svg(width: float, height: float, inner: str, told: str) -> Html:
    return Html(
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(told)}" '
        f'style="width:100%;max-width:{width:.0f}px;font-size:11px;fill:var(--quiet)">{inner}</svg>'
    )


def _round_step(value: float) -> float:
    size = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(size * m for m in (1, 2, 5, 10) if size * m >= value)
