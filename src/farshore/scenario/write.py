"""Writing a scenario folder: every table as the manual describes it, whole or not at all, and its hash."""

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final

from farshore.errors import OutputUnwritable
from farshore.scenario.scenario import About, Scenario
from farshore.scenario.table import NO_TIME, Kind, Rows, columns_of
from farshore.scenario.tables import TABLES
from farshore.units import format_time, offset_of

__all__ = ["scenario_files", "scenario_hash", "write_scenario"]

ABOUT_FILE: Final = "scenario.toml"
SHAPES_FILE: Final = "zones.geojson"
DRAWING_FILE: Final = "drawing.geojson"
_NEEDS_QUOTES: Final = frozenset(',"\r\n')


def write_scenario(scenario: Scenario, folder: Path, *, replace: bool = False) -> None:
    """Write the folder beside and rename it: it is there whole, or as it was.

    `replace` allows a scenario folder that is already there; what else lies in it (a README, a build
    script) is kept. Raises OutputUnwritable if something is in the way or the disk refuses.
    """
    folder = Path(os.path.abspath(folder))  # keeps a link a link, unlike resolve()
    occupied = _occupied(folder)
    if occupied and not replace:
        raise OutputUnwritable(f"{folder} is not empty; name another folder or ask for it to be replaced")
    if occupied and not (folder / ABOUT_FILE).is_file():
        raise OutputUnwritable(f"{folder} holds something that is no scenario; name another folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            made = Path(beside) / "new"
            made.mkdir()  # not mkdtemp's own folder: that one is closed to everybody else
            for name, data in scenario_files(scenario).items():
                (made / name).parent.mkdir(exist_ok=True)
                (made / name).write_bytes(data)
            if occupied:
                _keep_others(folder, made)
                folder.rename(Path(beside) / "old")
                try:
                    made.rename(folder)
                except OSError:
                    (Path(beside) / "old").rename(folder)
                    raise
            else:
                if folder.exists():
                    folder.rmdir()
                made.rename(folder)
    except OSError as error:
        raise OutputUnwritable(f"{folder} cannot be written: {error.strerror or error}") from error


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
    digest = hashlib.sha256()
    for name, data in sorted(scenario_files(scenario).items()):
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
    if kind is Kind.FLAG:
        return ("true" if value else "false" for value in values.tolist())
    if kind.dtype == "int64":
        return map(str, values.tolist())
    if kind.dtype == "float64":
        return ("" if math.isnan(value) else repr(value) for value in values.tolist())
    return (value if _NEEDS_QUOTES.isdisjoint(value) else _quoted(value) for value in values.tolist())


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


def _occupied(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        raise OutputUnwritable(f"{folder} is a file; name a folder") from None
    except OSError as error:
        raise OutputUnwritable(f"{folder} cannot be read: {error.strerror or error}") from error


def _own_files() -> Iterator[str]:
    yield from (ABOUT_FILE, SHAPES_FILE, DRAWING_FILE)
    yield from (table.FILE for table in TABLES.values())


def _keep_others(folder: Path, made: Path) -> None:
    """Copy what is not the scenario's own from the folder that is about to be replaced."""
    own = set(_own_files())
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name not in own and path.is_file():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, made / name)
