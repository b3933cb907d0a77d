"""Writing a scenario folder: every table as the manual describes it, whole or not at all, and its hash."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.folders import put, written_whole
from farshore.scenario.scenario import About, Scenario
from farshore.scenario.table import NO_TIME, Kind, Rows, columns_of
from farshore.scenario.tables import TABLES
from farshore.units import format_time, offset_of

__all__ = ["files_hash", "scenario_files", "scenario_hash", "write_scenario"]

ABOUT_FILE: Final = "scenario.toml"
SHAPES_FILE: Final = "zones.geojson"
DRAWING_FILE: Final = "drawing.geojson"
_NEEDS_QUOTES: Final = frozenset(',"\r\n')


def write_scenario(scenario: Scenario, folder: Path, *, replace: bool = False) -> None:
    """Write the folder beside and rename it: it is there whole, or as it was.

    `replace` allows a scenario folder that is already there; what else lies in it (a README, a build
    script) is kept. Raises OutputUnwritable if something is in the way or the disk refuses.
    """
    with written_whole(folder, replaces=ABOUT_FILE if replace else "", own=tuple(_own_files())) as made:
        put(made, scenario_files(scenario))


def scenario_files(scenario: Scenario) -> dict[str, bytes]:
    """The files of the scenario by their path in the folder, in the order of the manual.

    An optional table without rows has no file. Texts are written as they are, floats by `repr`, times
    in the offset of `start`, line ends as line feeds: the same scenario gives the same bytes anywhere.
    """
    offset = offset_of(scenario.about.start)
    files = {ABOUT_FILE: about_text(scenario.about).encode()}
    for field, table in TABLES.items():
        rows: Rows = getattr(scenario, field)
        if len(rows) or table.REQUIRED_FILE:
            files[table.FILE] = table_text(rows, offset).encode()
    for name, text in ((SHAPES_FILE, scenario.zone_shapes), (DRAWING_FILE, scenario.drawing)):
        if text:
            files[name] = text.encode()
    return files


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256, in hex, over the names, lengths and bytes of the scenario's files, sorted by name."""
    return files_hash(scenario_files(scenario))


def files_hash(files: Mapping[str, bytes]) -> str:
    """The same of files that `scenario_files` has made already."""
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def table_text(rows: Rows, offset: timedelta) -> str:
    """The CSV text of one table, header first; times in the given offset from UTC."""
    columns = columns_of(type(rows))
    cells = [_cells(getattr(rows, field), spec.kind, offset) for field, spec in columns.items()]
    header = ",".join(spec.name for spec in columns.values())
    return "\n".join([header, *map(",".join, zip(*cells, strict=True)), ""])


def _cells(values: Any, kind: Kind, offset: timedelta) -> Iterable[str]:
    if kind is Kind.TIME:
        texts = {when: "" if when == NO_TIME else format_time(when, offset) for when in set(values.tolist())}
        return (texts[when] for when in values.tolist())
    told: list[Any] = values.tolist()
    if kind is Kind.FLAG:
        return ["true" if value else "false" for value in told]
    if kind.dtype == "int64":
        return map(str, told)
    if kind.dtype == "float64":
        blank = np.isnan(values).any()
        return ["" if math.isnan(value) else repr(value) for value in told] if blank else map(repr, told)
    if _NEEDS_QUOTES.isdisjoint("".join(told)):
        return told
    return [value if _NEEDS_QUOTES.isdisjoint(value) else _quoted(value) for value in told]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def about_text(about: About) -> str:
    """The text of `scenario.toml`."""
    operation = about.operation
    top = {
        "name": about.name,
        "title": about.title,
        "start": format_time(int(about.start.timestamp()), offset_of(about.start)),
        "horizon_h": about.horizon_h,
        "step_s": about.step_s,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in top.items()]
    lines += ["", "[operation]"]
    for key in ("sponsor", "territory_status", "legal_basis"):
        lines.append(f"{key} = {_toml(getattr(operation, key))}")
    if operation.exception is not None:
        lines += ["", "[operation.exception]"]
        for key in ("reason", "approved_by", "return_plan"):
            lines.append(f"{key} = {_toml(getattr(operation.exception, key))}")
    if about.solver:
        lines += ["", "[solver]"]
        lines += [f"{_toml_key(key)} = {_toml(value)}" for key, value in sorted(about.solver.items())]
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # TOML's basic strings are JSON's, but for DEL, which TOML wants escaped.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case date() | time():
            return value.isoformat()
        case dict():
            inside = ", ".join(f"{_toml_key(key)} = {_toml(each)}" for key, each in sorted(value.items()))
            return f"{{{inside}}}"
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
    raise TypeError(f"scenario.toml cannot hold {value!r}")


def _toml_key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _toml(key)


def _own_files() -> Iterator[str]:
    yield from (ABOUT_FILE, SHAPES_FILE, DRAWING_FILE)
    yield from (table.FILE for table in TABLES.values())
