"""The piece of the world's road and rail graph that the scenario uses, read from `scgraph_data` 2.0.0.

The package holds its graphs as Python source of tens of megabytes. Reading the text instead of importing it
takes a tenth of the time and memory, and needs no part of `scgraph`.
"""

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Box", "Graph", "read_graph"]

# West, east, south, north in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Graph:
    """Nodes by their number in the package, (lon, lat) in degrees; edges (low, high) with length in km."""

    nodes: dict[int, tuple[float, float]]
    edges: dict[tuple[int, int], float]


def read_graph(module: str, box: Box) -> Graph:
    """Read the part of a `scgraph_data` graph whose both ends lie in the box.

    Loops and nodes that are left without an edge are dropped. Raises ValueError if the two directions of an
    edge differ in length: the scenario writes each edge once, for both.
    """
    lines = _source_of(module).read_text(encoding="utf-8").splitlines()
    points = json.loads(_assigned(lines, "nodes="))
    arcs_of = _assigned(lines, "graph=")[2:-2].split("}, {")
    west, east, south, north = box
    inside = {
        number: (lon, lat)
        for number, (lat, lon) in enumerate(points)
        if west <= lon <= east and south <= lat <= north
    }
    arcs = {
        (tail, head): length_km
        for tail in inside
        for head, length_km in _arcs(arcs_of[tail])
        if head in inside and head != tail
    }
    for (tail, head), length_km in arcs.items():
        if arcs.get((head, tail)) != length_km:
            raise ValueError(f"{module}: {tail} to {head} is {length_km} km long, but not the other way")
    edges = {pair: arcs[pair] for pair in sorted(arcs) if pair[0] < pair[1]}
    joined = {number for pair in edges for number in pair}
    return Graph({number: inside[number] for number in sorted(joined)}, edges)


def _source_of(module: str) -> Path:
    found = importlib.util.find_spec("scgraph_data")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("scgraph_data is not installed; `uv sync --group build` installs it")
    return Path(found.submodule_search_locations[0]) / f"{module}.py"


def _assigned(lines: list[str], start: str) -> str:
    return next(line for line in lines if line.startswith(start)).removeprefix(start).strip()


def _arcs(text: str) -> list[tuple[int, float]]:
    pairs = (pair.split(": ") for pair in text.split(", ") if pair)
    return [(int(head), float(length_km)) for head, length_km in pairs]
