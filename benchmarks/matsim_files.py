"""MATSim's networks and populations: what of their files a scenario is made from."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import numpy.typing as npt

__all__ = ["Network", "Persons", "read_network", "read_persons"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and the links between them, which are one-way.

    node_ids : n_nodes; places_m : float64[n_nodes, 2]; tail, head : int64[n_links], numbers of nodes
    length_m, speed_ms, capacity_veh_h, lanes : float64[n_links]; capacity is that of all lanes together
    """

    node_ids: tuple[str, ...]
    places_m: Floats
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    length_m: Floats
    speed_ms: Floats
    capacity_veh_h: Floats
    lanes: Floats


@dataclass(frozen=True, eq=False)
class Persons:
    """Where each person is at home, float64[n, 2] in metres, and all that the file says of them."""

    home_m: Floats
    attributes: tuple[dict[str, str], ...]


def read_network(file: Path) -> Network:
    """A network whose capacities are those of an hour."""
    places, links = {}, []
    for element in _elements(file, "node", "link", "links"):
        if element.tag == "node":
            places[element.attrib["id"]] = (float(element.attrib["x"]), float(element.attrib["y"]))
        elif element.tag == "link":
            links.append(dict(element.attrib))
        elif element.attrib["capperiod"] != "01:00:00":
            raise ValueError(f"{file.name}: capacities of {element.attrib['capperiod']}, not of an hour")
    number = {code: i for i, code in enumerate(places)}

    def column(name: str) -> Floats:
        return np.array([float(link[name]) for link in links])

    return Network(
        node_ids=tuple(places),
        places_m=np.array(list(places.values())),
        tail=np.array([number[link["from"]] for link in links]),
        head=np.array([number[link["to"]] for link in links]),
        length_m=column("length"),
        speed_ms=column("freespeed"),
        capacity_veh_h=column("capacity"),
        lanes=column("permlanes"),
    )


def read_persons(file: Path) -> Persons:
    """A population in which everybody's plan begins at home."""
    homes, attributes = [], []
    for person in _elements(file, "person"):
        first = person.find("plan/activity")
        if first is None or first.attrib["type"] != "home":
            raise ValueError(f"{file.name}: the plan of person {person.attrib['id']} does not begin at home")
        homes.append((float(first.attrib["x"]), float(first.attrib["y"])))
        told = person.findall("attributes/attribute")
        attributes.append({each.attrib["name"]: each.text or "" for each in told})
    return Persons(np.array(homes), tuple(attributes))


def _elements(file: Path, *tags: str) -> Iterator[Any]:
    """Elements of some tags, each as it ends, and emptied after that."""
    with gzip.open(file) as opened:
        for _, element in Xml.iterparse(opened):
            if element.tag in tags:
                yield element
                element.clear()
