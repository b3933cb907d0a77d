"""Small displacements for tests, and where the public validation conflicts are, if they are here."""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from farshore.scenario import Closure, Counts, Displacement, PlaceKind
from farshore.sources import read_flee

CONFLICTS = (
    "mali2012",
    "burundi2015",
    "ssudan2013",
    "car2013",
    "syria2013",
    "nigeria2016",
    "mali2017_adm1",
    "ukraine2022",
)


def conflict_folder(name: str) -> Path:
    """A folder of public validation data; the test is skipped where there is none."""
    root = Path(os.environ.get("FARSHORE_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
    folder = root / "flee" / name
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set FARSHORE_DATA to the folder that holds flee/{name}")
    return folder


def public_conflict(name: str) -> Displacement:
    """One of the public validation conflicts."""
    return read_flee(conflict_folder(name))


def counts(*pairs: tuple[int, float], late: int = 0) -> Counts:
    """Counts of (day, persons), each known `late` days after its day."""
    day = np.array([d for d, _ in pairs], np.int64)
    return Counts(day, np.array([float(p) for _, p in pairs]), day + late)


def displacement(
    *,
    n_days: int = 200,
    closures: tuple[Closure, ...] = (),
    near: Counts | None = None,
    far: Counts | None = None,
    total: Counts | None = None,
    capacity: tuple[float, float] = (1000.0, 3000.0),
    conflict_from: int = 0,
) -> Displacement:
    """A city in conflict, a town on the way, a near host in one country and a far one in another."""
    conflict = np.zeros((n_days, 4))
    conflict[conflict_from:, 0] = 1.0
    near = near or counts(*[(d, 5.0 * d) for d in range(0, n_days, 10)])
    far = far or counts(*[(d, 15.0 * d) for d in range(0, n_days, 10)])
    return Displacement(
        name="small",
        start=date(2020, 1, 1),
        n_days=n_days,
        place_id=np.array(["City", "Town", "Near", "Far"], dtype=object),
        region=np.array(["R", "R", "N", "F"], dtype=object),
        country=np.array(["Home", "Home", "Neighbour", "Other"], dtype=object),
        latitude_deg=np.array([10.0, 10.5, 11.0, 12.0]),
        longitude_deg=np.array([5.0, 5.0, 5.5, 4.0]),
        kind=np.array([PlaceKind.CONFLICT, PlaceKind.TOWN, PlaceKind.CAMP, PlaceKind.CAMP], np.int64),
        conflict_day=np.array([conflict_from, -1, -1, -1], np.int64),
        population_persons=np.array([50_000.0, 9_000.0, np.nan, np.nan]),
        capacity_persons=np.array([np.nan, np.nan, *capacity]),
        route_from=np.array([0, 1, 1], np.int64),
        route_to=np.array([1, 2, 3], np.int64),
        route_km=np.array([50.0, 50.0, 250.0]),
        redirection=np.zeros(3, np.int64),
        closures=closures,
        conflict=conflict,
        hosts=np.array([2, 3], np.int64),
        counts=(near, far),
        parts=((near,), (far,)),
        total=total or counts(*[(d, 20.0 * d) for d in range(0, n_days, 5)]),
    )
