"""The map's ground: the nodes and links near what the plan touches, and the scenario's own drawing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario

__all__ = ["NodeNumbers", "drawing_shapes", "surrounding_links"]

_DEGREE: Final = 100_000  # coordinates as whole hundred-thousandths of a degree, about a metre
_MOST_LINKS: Final = 20_000  # faint lines beyond this cost more bytes than they tell
_MARGIN: Final = 0.35  # of the extent, on every side
_SHAPES: Final = {
    "LineString": ("line", 1),
    "MultiLineString": ("line", 2),
    "Polygon": ("area", 2),
    "MultiPolygon": ("area", 3),
    "Point": ("point", 0),
}


@dataclass
class NodeNumbers:
    """Numbers for the nodes that the page needs, given out in the order of asking."""

    scenario: Scenario
    rows: dict[str, int]
    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, node_id: str) -> int:
        """The page's number of a node."""
        return self.numbers.setdefault(node_id, len(self.numbers))

    def coordinates(self) -> list[int]:
        """Longitude and latitude of each numbered node, in hundred-thousandths of a degree."""
        nodes = self.scenario.nodes
        found = []
        for node_id in self.numbers:
            row = self.rows[node_id]
            found += [_whole(nodes.x_coord[row]), _whole(nodes.y_coord[row])]
        return found


def _whole(degrees: float) -> int:
    return round(float(degrees) * _DEGREE)


def surrounding_links(scenario: Scenario, used: Iterable[str], rows: dict[str, int]) -> list[tuple[str, str]]:
    """Ends of the links that no route uses, near zones and hosts, each pair of nodes once.

    Of more than a page can carry, those that carry most vehicles stay. Links of crossings are left out where
    a crossing has its own mark; what is only drawn cannot be travelled.
    """
    links, nodes, zones, hosts = scenario.links, scenario.nodes, scenario.zones, scenario.hosts
    tails = np.array([rows[code] for code in links.from_node_id], np.int64)
    heads = np.array([rows[code] for code in links.to_node_id], np.int64)
    inside = _near(
        nodes.x_coord,
        nodes.y_coord,
        np.concatenate([zones.x_coord, hosts.x_coord]),
        np.concatenate([zones.y_coord, hosts.y_coord]),
    )
    taken = {code.removeprefix("-") for code in used}
    room = links.capacity * links.lanes
    wanted = [
        row
        for row in np.flatnonzero(inside[tails] & inside[heads]).tolist()
        if links.link_id[row] not in taken and links.facility_type[row] != "ferry"
    ]
    if len(wanted) > _MOST_LINKS:
        wanted = sorted(sorted(wanted, key=lambda row: -room[row])[:_MOST_LINKS])
    pairs = {
        tuple(sorted((str(links.from_node_id[row]), str(links.to_node_id[row])))): None for row in wanted
    }
    return [(pair[0], pair[1]) for pair in pairs]


def _near(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    of_x: npt.NDArray[np.float64],
    of_y: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    if not len(of_x):
        return np.ones(len(x), bool)
    wide, high = np.ptp(of_x) * _MARGIN + 0.1, np.ptp(of_y) * _MARGIN + 0.1
    across = (x >= of_x.min() - wide) & (x <= of_x.max() + wide)
    return np.asarray(across & (y >= of_y.min() - high) & (y <= of_y.max() + high))


def drawing_shapes(drawing: str) -> list[dict[str, Any]]:
    """The scenario's drawing (GeoJSON) as flat whole numbers; what it does not hold is not drawn."""
    if not drawing:
        return []
    found = []
    for feature in json.loads(drawing).get("features", []):
        geometry, properties = feature.get("geometry") or {}, feature.get("properties") or {}
        if geometry.get("type") not in _SHAPES:
            continue
        shape, depth = _SHAPES[geometry["type"]]
        found.append(
            {
                "kind": str(properties.get("kind", "")),
                "name": str(properties.get("name", "")),
                "shape": shape,
                "width_m": float(properties.get("width_m") or 0),
                "parts": [_flat(part) for part in _parts(geometry["coordinates"], depth)],
            }
        )
    return found


def _parts(coordinates: Any, depth: int) -> list[Any]:
    if depth == 0:
        return [[coordinates]]
    if depth == 1:
        return [coordinates]
    return [part for inner in coordinates for part in _parts(inner, depth - 1)]


def _flat(points: Any) -> list[int]:
    return [_whole(value) for point in points for value in point[:2]]
