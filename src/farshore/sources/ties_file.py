"""Reads ties of language and family between where people flee from and hosts into a displacement.

A CSV file with the columns `from_place_id from_region host_id strength`; each row names a place or a region.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault, ScenarioFaults
from farshore.scenario.displacement import Displacement
from farshore.scenario.suggest import nearest
from farshore.sources.csv_rows import read_titled

__all__ = ["read_ties_file"]

FROM: Final = ("from_place_id", "from_region")
Flags = npt.NDArray[np.bool_]


def read_ties_file(path: str | Path, problem: Displacement) -> Displacement:
    """The displacement with the ties of a file: how much more a host is worth to people of a place.

    `strength` is how many times its usual worth: 0 or more, 1 for every pair that the file leaves out.
    `from_region` takes a region or a country; a row for a place stands above one for its region, and this
    above one for its country. Raises ScenarioFaults with every fault.
    """
    path = Path(path)
    file = path.name
    faults: list[Fault] = []
    titled = read_titled(path, ("host_id", "strength"), FROM, faults)
    hosts = problem.host_ids
    told: list[tuple[int, Flags, int, float]] = []
    first: dict[tuple[str, str, str], int] = {}
    for row, cells in titled.rows:
        origin = tuple(cells[name] for name in FROM)
        rank, at = _origin(file, row, origin, problem, faults)
        if cells["host_id"] not in hosts:
            remedy = f"{nearest(cells['host_id'], hosts)}give a place that is counted"
            faults.append(Fault(file, row, "host_id", f"{cells['host_id']!r} is no host", remedy))
            continue
        strength = _strength(cells)
        if strength is None:
            cause = f"{cells['strength']!r} is no strength"
            faults.append(Fault(file, row, "strength", cause, "write a number, 0 or more; 1 is usual"))
            continue
        same = first.setdefault((origin[0], origin[1], cells["host_id"]), row)
        if same != row:
            cause = f"row {same} ties the same two already"
            faults.append(Fault(file, row, "host_id", cause, "leave one of them out"))
        told.append((rank, at, hosts.index(cells["host_id"]), strength))
    if faults:
        raise ScenarioFaults(faults, file)
    ties = np.ones((problem.n_places, len(hosts)))
    for _, at, host, strength in sorted(told, key=lambda tie: tie[0]):
        ties[at, host] = strength
    return replace(problem, ties=ties, remarks=(*problem.remarks, *titled.remarks))


def _origin(
    file: str, row: int, origin: tuple[str, ...], problem: Displacement, faults: list[Fault]
) -> tuple[int, Flags]:
    """How special an origin is (country, region, place), and which places it means."""
    place, region = origin
    nowhere = np.zeros(problem.n_places, dtype=bool)
    if bool(place) == bool(region):
        cause = "names both a place and a region" if place else "names neither a place nor a region"
        faults.append(Fault(file, row, "from_place_id", cause, "fill in one of from_place_id, from_region"))
        return 0, nowhere
    column, name = (FROM[0], place) if place else (FROM[1], region)
    ranked = ((2, problem.place_id),) if place else ((1, problem.region), (0, problem.country))
    for rank, names in ranked:
        if (names == name).any():
            return rank, np.asarray(names == name, dtype=bool)
    known = sorted({str(other) for _, names in ranked for other in names})
    remedy = f"{nearest(name, known)}give one of locations.csv"
    faults.append(Fault(file, row, column, f"{name!r} is nowhere in locations.csv", remedy))
    return 0, nowhere


def _strength(cells: Mapping[str, str]) -> float | None:
    try:
        value = float(cells["strength"])
    except ValueError:
        return None
    return value if np.isfinite(value) and value >= 0 else None
