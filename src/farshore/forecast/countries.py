"""How many people live in a host's country: the mass in a gravity model, looked up by name."""

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["country_people"]

# Names in use in humanitarian data that the table does not have.
ALIASES: Final = {
    "car": "CAF",
    "drc": "COD",
    "drcongo": "COD",
    "dcongo": "COD",
    "democraticrepublicofcongo": "COD",
    "congodrc": "COD",
    "rc": "COG",
    "roc": "COG",
    "congo": "COG",
    "rcongo": "COG",
    "republicofcongo": "COG",
    "congobrazzaville": "COG",
    "uae": "ARE",
    "uk": "GBR",
    "usa": "USA",
    "turkiye": "TUR",
    "turkey": "TUR",
    "mauretania": "MRT",
    "burkina": "BFA",
    "czechrepublic": "CZE",
    "macedonia": "MKD",
    "swaziland": "SWZ",
    "burma": "MMR",
    "palestine": "PSE",
    "cotedivoire": "CIV",
    "ivorycoast": "CIV",
    "easttimor": "TLS",
    "capeverde": "CPV",
}


def country_people(names: Sequence[str]) -> npt.NDArray[np.float64]:
    """float64[n], population of each named country; NaN for a name that is no country we know.

    Source: GeoNames, CC BY 4.0 (`country_people.csv` beside this file).
    """
    by_name = _table()
    return np.array([by_name.get(_plain(name), np.nan) for name in names])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower().removeprefix("the ").replace("_", " "))


@cache
def _table() -> dict[str, float]:
    text = files("farshore.forecast").joinpath("country_people.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    people: dict[str, float] = {}
    for row in rows:
        people[_plain(row["name"])] = people[_plain(row["iso3"])] = float(row["persons"])
    for alias, iso3 in ALIASES.items():
        people[alias] = people[_plain(iso3)]
    return people
