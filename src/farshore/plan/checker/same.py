"""Whether the scenario in a plan folder is the one that was planned, and if not, where it differs."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from farshore.errors import ScenarioFaults
from farshore.plan.checker.files import Faults
from farshore.scenario.check import read_scenario
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import Rows, columns_of
from farshore.scenario.tables import TABLES
from farshore.scenario.write import scenario_hash

__all__ = ["check_same_scenario"]

MOST_CELLS = 20  # of one column; a table that was replaced has no use for more
REMEDY = "put the scenario back as it was planned, or plan again"


def check_same_scenario(copy: Scenario, original_folder: Path | None, stated: Any, faults: Faults) -> str:
    """Fault every place where the copy is not the scenario planned; returns the copy's hash.

    stated : what summary.json says of its scenario
    """
    found = scenario_hash(copy)
    if isinstance(stated, dict) and stated.get("hash") != found:
        cause = f"is not what was planned: its hash is {found}, summary.json says {stated.get('hash')!r}"
        faults.add("scenario/", 0, "", cause, REMEDY)
    if original_folder is None:
        return found
    try:
        original = read_scenario(original_folder, allow_cut_zones=True)
    except ScenarioFaults as wrong:
        faults.add(str(original_folder), 0, "", f"has {len(wrong.faults)} faults of its own", "check it")
        return found
    if scenario_hash(original) != found:
        _compare(copy, original, faults)
    return found


def _compare(copy: Scenario, original: Scenario, faults: Faults) -> None:
    """Fault the cells of the copy that differ from the original's."""
    before = len(faults.found)
    for field in dataclasses.fields(copy.about):
        if getattr(copy.about, field.name) != getattr(original.about, field.name):
            faults.add("scenario/scenario.toml", 0, field.name, "differs from the original", REMEDY)
    for name, table in TABLES.items():
        _compare_tables(getattr(copy, name), getattr(original, name), table, faults)
    for name, file in (("zone_shapes", "zones.geojson"), ("drawing", "drawing.geojson")):
        if getattr(copy, name) != getattr(original, name):
            faults.add(f"scenario/{file}", 0, "", "differs from the original", REMEDY)
    if len(faults.found) == before:
        faults.add("scenario/", 0, "", "differs from the original", REMEDY)


def _compare_tables(copy: Rows, original: Rows, table: type[Rows], faults: Faults) -> None:
    file = f"scenario/{table.FILE}"
    if len(copy) != len(original):
        faults.add(file, 0, "", f"has {len(copy):,} rows, the original {len(original):,}", REMEDY)
        return
    for field, column in columns_of(table).items():
        ours, theirs = getattr(copy, field), getattr(original, field)
        differs = ours != theirs
        if column.kind.dtype == "float64":
            differs &= ~(np.isnan(ours) & np.isnan(theirs))
        for row in np.flatnonzero(differs)[:MOST_CELLS].tolist():
            cause = f"is {ours[row]}, in the original {theirs[row]}"
            faults.add(file, row + 2, column.name, cause, REMEDY)
