"""Reading back what a plan with classes says beyond one without; the files are taken at their word."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from farshore.results.loads import CrossingLoad, Effort
from farshore.results.services import BOARDING, BOARDING_FILE, DUTIES, TRIPS, Services
from farshore.scenario.scenario import Scenario
from farshore.units import parse_time

__all__ = ["read_services", "services_before"]

_MICRO = 1_000_000
_NUMBERS = {"vehicle", "persons", "seats_taken", "trips"}
_TIMES = {"board", "alight", "leaves_base", "back_at_base", "first_leaves_base", "last_back_at_base"}


def read_services(
    folder: Path, scenario: Scenario, summary: Mapping[str, Any], prices: Mapping[str, Any]
) -> Services:
    """Classes, legs and vehicles of a plan folder; summary, prices : as its JSON files hold them.

    What a crossing could carry is known only for steps in which somebody enters it, and 0 in the others.
    """
    costs = summary["costs"]
    return Services(
        class_ids=_class_ids(folder),
        trips=_rows(folder / "trips.csv", TRIPS, scenario),
        duties=_rows(folder / "duties.csv", DUTIES, scenario),
        prices={kind: prices[kind] for kind in ("decks", "foot", "fleets", "drivers", "trains")},
        effort=Effort(
            waiting=round(costs["waiting"] * _MICRO),
            travel=round(costs["travel"] * _MICRO),
            left_behind=round(costs["left_behind"] * _MICRO),
            waiting_person_h=costs["waiting_person_h"],
            travel_person_h=costs["travel_person_h"],
        ),
        loads=_loads(folder / "crossings.csv", scenario, summary),
        late=tuple(zone["ready_too_late"] for zone in summary["zones"]),
        figures={name: summary[name] for name in ("classes", "modes", "fleets", "trains")},
        boarding=_boarding(folder / BOARDING_FILE),
    )


def services_before(folder: Path, scenario: Scenario, services: Services) -> Services:
    """Classes, trips and who boards them of the plan before; all else is as in this one's `services`."""
    return replace(
        services,
        class_ids=_class_ids(folder),
        trips=_rows(folder / "trips.csv", TRIPS, scenario),
        boarding=_boarding(folder / BOARDING_FILE),
    )


def _class_ids(folder: Path) -> tuple[str, ...]:
    with (folder / "departures.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(row["class_id"] for row in csv.DictReader(stream))


def _boarding(path: Path) -> tuple[tuple[int, str, int], ...] | None:
    """Rows of boarding.csv, households by their rows; None where there is no such file."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [tuple(row[name] for name in BOARDING) for row in csv.DictReader(stream)]
    return tuple((int(code.rpartition("-")[2]) - 1, trip, int(many)) for code, trip, many in rows)


def _step(text: str, scenario: Scenario) -> int:
    return (parse_time(text) - int(scenario.about.start.timestamp())) // scenario.about.step_s


def _rows(path: Path, names: tuple[str, ...], scenario: Scenario) -> tuple[tuple[Any, ...], ...]:
    """Rows of trips.csv or duties.csv, times as steps."""

    def value(name: str, text: str) -> Any:
        if name in _TIMES:
            return _step(text, scenario)
        if name == "occupied_h":
            return float(text)
        return int(text) if name in _NUMBERS else text

    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(tuple(value(name, row[name]) for name in names) for row in csv.DictReader(stream))


def _loads(path: Path, scenario: Scenario, summary: Mapping[str, Any]) -> tuple[CrossingLoad, ...]:
    n_steps = scenario.about.n_steps
    entered = {row["crossing_id"]: np.zeros((2, n_steps), np.int64) for row in summary["crossings"]}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            told = int(row["persons"]), int(row["capacity_persons"])
            entered[row["crossing_id"]][:, _step(row["time"], scenario)] = told
    return tuple(
        CrossingLoad(
            row["crossing_id"],
            entered[row["crossing_id"]][0],
            entered[row["crossing_id"]][1],
            row["worth_person_h"],
        )
        for row in summary["crossings"]
    )
