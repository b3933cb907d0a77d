"""Places: coordinates that changed places, links that lead nowhere, nodes that nothing touches."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault
from farshore.scenario.checks.network import Network
from farshore.scenario.draft import Draft, Findings, Warned

__all__ = ["check_places"]

Numbers = npt.NDArray[np.float64]

_EARTH_M = 6_371_009.0


def check_places(draft: Draft, network: Network) -> Findings:
    """Swapped coordinates, links from a node to itself, lone nodes, and lengths that cannot be metres."""
    yield from _swapped(draft)
    yield from _to_themselves(draft)
    yield from _lone_nodes(draft, network)
    yield from _too_short(draft, network)


def _swapped(draft: Draft) -> Iterator[Fault]:
    """Points far from all others that would be among them with longitude and latitude exchanged.

    Far is more than three times as far (in degrees, the larger of both directions) from the median as three
    quarters of all points are, plus one degree: one part of the world that is far away is not enough.
    """
    fields = ("nodes", "zones", "hosts", "crossings")
    rows = {field: getattr(draft.scenario, field) for field in fields}
    longitudes = np.concatenate([rows[field].x_coord for field in fields])
    latitudes = np.concatenate([rows[field].y_coord for field in fields])
    there = np.isfinite(longitudes) & np.isfinite(latitudes)
    if there.sum() < 3:
        return
    centre = np.median(longitudes[there]), np.median(latitudes[there])

    def away(x: Numbers, y: Numbers) -> Numbers:
        return np.asarray(np.maximum(np.abs(x - centre[0]), np.abs(y - centre[1])))

    limit = 3 * np.quantile(away(longitudes[there], latitudes[there]), 0.75) + 1
    for field in fields:
        x, y = rows[field].x_coord, rows[field].y_coord
        wrong = (away(x, y) > limit) & (away(y, x) <= limit) & draft.marks[field].good("x_coord", "y_coord")
        for row in np.flatnonzero(wrong).tolist():
            cause = (
                f"{x[row]:g}, {y[row]:g} lies far from everything else, and {y[row]:g}, {x[row]:g} does not"
            )
            remedy = "exchange them: x_coord is the longitude, y_coord the latitude"
            yield Fault(rows[field].FILE, draft.marks[field].line(row), "x_coord", cause, remedy)


def _to_themselves(draft: Draft) -> Iterator[Fault]:
    links, marks = draft.scenario.links, draft.marks["links"]
    same = (links.from_node_id == links.to_node_id) & marks.good("from_node_id", "to_node_id")
    for row in np.flatnonzero(same).tolist():
        cause = f"{links.link_id[row]!r} leads from {links.from_node_id[row]!r} to itself"
        yield Fault(links.FILE, marks.line(row), "to_node_id", cause, "give the node at its other end")


def _lone_nodes(draft: Draft, network: Network) -> Iterator[Fault]:
    nodes, marks = draft.scenario.nodes, draft.marks["nodes"]
    if "links" not in draft.whole:
        return
    touched = np.zeros(len(nodes), dtype=np.bool_)
    for ends in (network.tail, network.head):
        touched[ends[ends >= 0]] = True
    # A link that could not be read may be the one that touches them.
    if lost := draft.marks["links"].lost:
        touched |= np.array([code in lost for code in nodes.node_id])
    needed: dict[int, str] = {}
    for field, ends in (("zones", network.zones), ("hosts", network.hosts)):
        rows = getattr(draft.scenario, field)
        key = getattr(rows, rows.KEY)
        for row in np.flatnonzero(ends >= 0).tolist():
            if not touched[ends[row]]:
                needed.setdefault(int(ends[row]), f"{rows.KEY.removesuffix('_id')} {key[row]!r}")
    # A zone whose people are at the host already needs no road.
    both = set(network.zones.tolist()) & set(network.hosts.tolist())
    for node, who in sorted(needed.items()):
        if node not in both:
            cause = f"{nodes.node_id[node]!r} is touched by no link, and {who} is on it"
            remedy = "draw a link to it, or put them on another node"
            yield Fault(nodes.FILE, marks.line(node), "node_id", cause, remedy)
    lone = [node for node in np.flatnonzero(~touched).tolist() if node not in needed]
    if lone:
        some = ", ".join(nodes.node_id[lone[:3]]) + (", …" if len(lone) > 3 else "")
        many = f"{len(lone):,} node{'s are' if len(lone) > 1 else ' is'} touched by no link ({some})"
        yield Warned(
            nodes.FILE, marks.line(lone[0]), "node_id", many, "they are no use to anybody; delete them"
        )


def _too_short(draft: Draft, network: Network) -> Iterator[Fault]:
    """Links much shorter than the straight line between their ends: lengths in kilometres, most often."""
    links, nodes, marks = draft.scenario.links, draft.scenario.nodes, draft.marks["links"]
    known = np.flatnonzero((network.tail >= 0) & (network.head >= 0) & marks.good("length"))
    tail, head = network.tail[known], network.head[known]
    x, y = np.radians(nodes.x_coord), np.radians(nodes.y_coord)
    across = (x[tail] - x[head]) * np.cos((y[tail] + y[head]) / 2)
    straight_m = _EARTH_M * np.hypot(across, y[tail] - y[head])
    length_m = links.length[known]
    # Coordinates are often rounded to a hundred metres or so: short links prove nothing.
    short = np.flatnonzero((length_m < straight_m / 2) & (straight_m - length_m > 1000))
    if short.size:
        row = int(known[short[0]])
        cause = (
            f"{short.size:,} link{'s are' if short.size > 1 else ' is'} less than half the straight line "
            f"({links.link_id[row]}: {length_m[short[0]]:,.0f} m for {straight_m[short[0]]:,.0f} m)"
        )
        yield Warned(links.FILE, marks.line(row), "length", cause, "see that lengths are in metres")
