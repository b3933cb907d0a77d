"""Reading a scenario folder: every file to values, every fault of form and cell on the way."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from farshore.errors import Fault
from farshore.scenario.about import ABOUT_FILE, ReadAbout, read_about
from farshore.scenario.cells import read_cells
from farshore.scenario.draft import Draft, Marks, Warned
from farshore.scenario.military import REFUSAL, military_word
from farshore.scenario.parameters import PARAMETERS
from farshore.scenario.scenario import Scenario
from farshore.scenario.sheet import Sheet, read_sheet
from farshore.scenario.suggest import nearest
from farshore.scenario.table import NO_TIME, Column, Kind, Rows, columns_of
from farshore.scenario.tables import TABLES
from farshore.scenario.write import DRAWING_FILE, SHAPES_FILE

__all__ = ["ReadFolder", "read_folder"]

R = TypeVar("R", bound=Rows)

_FREE_TYPES: Final = ("node_type", "facility_type", "services", "line")


@dataclass(frozen=True, eq=False)
class ReadFolder:
    """What a folder holds before anything is compared across its files."""

    draft: Draft
    findings: list[Fault]
    defaults_used: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _ReadTable:
    rows: Rows
    marks: Marks
    findings: list[Fault]
    defaults_used: list[str]
    whole: bool


def read_folder(folder: Path) -> ReadFolder:
    """Every file of a scenario folder; what cannot be read is a finding and a placeholder, never an error."""
    about = _about(folder)
    tables = {field: _read_table(folder, table) for field, table in TABLES.items()}
    findings = [*about.faults, *_strangers(folder)]
    defaults = list(about.defaults_used)
    for read in tables.values():
        findings += read.findings
        defaults += read.defaults_used
    shapes = _geojson(folder, SHAPES_FILE, findings)
    drawing = _geojson(folder, DRAWING_FILE, findings)
    rows: dict[str, Any] = {field: read.rows for field, read in tables.items()}
    set_keys = set(rows["assumptions"].key)
    defaults += [
        f"assumptions.csv, {p.key}: not set, taken as {p.default:g} {p.unit}"
        for p in PARAMETERS.values()
        if p.key not in set_keys
    ]
    scenario = Scenario(
        about=about.about, **rows, zone_shapes=shapes, drawing=drawing, defaults_used=tuple(defaults)
    )
    marks = {field: read.marks for field, read in tables.items()}
    whole = frozenset(field for field, read in tables.items() if read.whole)
    return ReadFolder(Draft(scenario, marks, whole, about.timed), findings, tuple(defaults))


def _about(folder: Path) -> ReadAbout:
    data, faults = _bytes(folder, ABOUT_FILE)
    read = read_about(data or b"")
    if data is None:
        missing = Fault(ABOUT_FILE, 0, "", "is missing", "every scenario has one: name, title, start, …")
        return ReadAbout(read.about, False, faults or [missing], [])
    return read


def _bytes(folder: Path, name: str) -> tuple[bytes | None, list[Fault]]:
    """The bytes of a file; None if there is none, or if it cannot be opened, which is a fault."""
    try:
        return (folder / name).read_bytes(), []
    except (FileNotFoundError, NotADirectoryError):
        return None, []
    except OSError as error:
        cause = f"cannot be read: {error.strerror or error}"
        return None, [Fault(name, 0, "", cause, "see that it is a file and that you may read it")]


def _read_table(folder: Path, table: type[Rows]) -> _ReadTable:
    data, faults = _bytes(folder, table.FILE)
    if data is None:
        defaults = []
        if table.REQUIRED_FILE:
            remedy = f"give it, with the columns {', '.join(_required(table))}"
            faults = faults or [Fault(table.FILE, 0, "", "is missing", remedy)]
        elif not faults and table.SAID_WHEN_ABSENT:
            meaning = table.ABSENT or f"no {table.FILE.removesuffix('.csv')}"
            defaults = [f"{table.FILE}: absent, {meaning}"]
        return _no_rows(table, faults, defaults)
    sheet, faults = read_sheet(data, table.FILE)
    if sheet is None:
        return _no_rows(table, faults, [])
    findings = faults + _column_findings(table, sheet)
    defaults = []
    values: dict[str, Any] = {}
    bad = {}
    for field, spec in columns_of(table).items():
        if spec.name not in sheet.cells:
            values[field] = np.full(len(sheet.lines), _default(spec), dtype=spec.kind.dtype)
            if spec.required:
                bad[field] = np.ones(len(sheet.lines), dtype=np.bool_)
            elif len(sheet.lines) and (meaning := _meaning(spec)):
                defaults.append(f"{table.FILE}, {spec.name}: no such column, read as {meaning}")
            continue
        cells = read_cells(sheet.cells[spec.name], spec, table.FILE, sheet.lines)
        values[field] = cells.values
        findings += cells.faults
        if cells.bad.any():
            bad[field] = cells.bad
        if cells.blank and (meaning := _meaning(spec)):
            many = f"{cells.blank:,} blank cell{'s' * (cells.blank > 1)}"
            defaults.append(f"{table.FILE}, {spec.name}: {many} read as {meaning}")
    findings += _military_types(table, values, sheet)
    marks = Marks(sheet.lines, bad, sheet.lost)
    whole = sheet.whole and (not table.KEY or table.KEY in sheet.cells)
    return _ReadTable(table(**values), marks, findings, defaults, whole)


def _no_rows(table: type[Rows], findings: list[Fault], defaults: list[str]) -> _ReadTable:
    values: dict[str, Any] = {
        field: np.empty(0, dtype=spec.kind.dtype) for field, spec in columns_of(table).items()
    }
    marks = Marks(np.empty(0, dtype=np.int64), {})
    return _ReadTable(table(**values), marks, findings, defaults, not findings)


def _required(table: type[Rows]) -> list[str]:
    return [spec.name for spec in columns_of(table).values() if spec.required]


def _default(spec: Column) -> Any:
    if not spec.required:
        return spec.default
    return {"object": "", "int64": NO_TIME if spec.kind is Kind.TIME else 0, "bool": False}.get(
        spec.kind.dtype, np.nan
    )


def _meaning(spec: Column) -> str:
    """What a blank is read as, in words; "" where a blank means only that nothing is said."""
    _, found, words = spec.description.partition("blank: ")
    if found:
        return f"`{words}`"
    if isinstance(spec.default, bool):
        return "true" if spec.default else "false"
    if isinstance(spec.default, str):
        return spec.default
    if spec.default == NO_TIME or np.isnan(spec.default):
        return "no limit" if spec.kind is Kind.TIME else ""
    unit = f" {spec.unit}" if spec.unit not in ("", spec.name) else ""
    return f"{spec.default:g}{unit}"


def _column_findings(table: type[Rows], sheet: Sheet) -> list[Fault]:
    """Columns that are missing, unknown or military."""
    known = [spec.name for spec in columns_of(table).values()]
    unknown = [name for name in sheet.cells if name not in known]
    findings: list[Fault] = []
    for spec in columns_of(table).values():
        if spec.required and spec.name not in sheet.cells:
            hint = nearest(spec.name, unknown)
            if hint:
                hint = hint.replace("did you mean", "is it").strip() + " "
            remedy = f"{hint}give {spec.description.partition(';')[0]}"
            findings.append(Fault(table.FILE, 1, spec.name, "is missing", remedy))
    for name in unknown:
        if word := military_word(name):
            findings.append(Fault(table.FILE, 1, name, f"names something military ({word})", REFUSAL))
        else:
            hint = nearest(name, [each for each in known if each not in sheet.cells])
            remedy = f"{hint}its cells are ignored"
            findings.append(Warned(table.FILE, 1, name, "is no column of this table", remedy))
    return findings


def _military_types(table: type[Rows], values: dict[str, Any], sheet: Sheet) -> list[Fault]:
    """Free words for what a thing is that say it is military."""
    findings = []
    for field in set(_FREE_TYPES) & set(values):
        military = {text: word for text in set(values[field]) if (word := military_word(text))}
        if not military:
            continue
        for row, text in enumerate(values[field]):
            if text in military:
                cause = f"{text!r} speaks of a military object ({military[text]})"
                findings.append(Fault(table.FILE, int(sheet.lines[row]), field, cause, REFUSAL))
    return findings


def _strangers(folder: Path) -> list[Fault]:
    """Files that hold something military by their name, and tables under a name that is nearly right."""
    known = {ABOUT_FILE, SHAPES_FILE, DRAWING_FILE, *(table.FILE for table in TABLES.values())}
    findings: list[Fault] = []
    for path in sorted([*folder.glob("*"), *folder.glob("network/*")]):
        name = path.relative_to(folder).as_posix()
        if name in known or path.suffix not in (".csv", ".geojson") or not path.is_file():
            continue
        if word := military_word(path.stem):
            findings.append(Fault(name, 0, "", f"names something military ({word})", REFUSAL))
        else:
            hint = nearest(name, [each for each in known if not (folder / each).exists()])
            cause = "is no file of a scenario"
            findings.append(Warned(name, 0, "", cause, f"{hint}it is ignored"))
    return findings


def _geojson(folder: Path, name: str, findings: list[Fault]) -> str:
    """The text of a GeoJSON file as it is; "" if there is none or it cannot be used."""
    data, faults = _bytes(folder, name)
    findings += faults
    if data is None:
        return ""
    remedy = "export it as GeoJSON in WGS 84, or delete it"
    try:
        text = data.decode()
        tree = json.loads(text.removeprefix("\ufeff"))
    except UnicodeDecodeError:
        findings.append(Fault(name, 0, "", "is not UTF-8", remedy))
        return ""
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        findings.append(Fault(name, row, "", "is no JSON", remedy))
        return ""
    features = tree.get("features") if isinstance(tree, dict) else None
    if tree.get("type") != "FeatureCollection" if isinstance(tree, dict) else True:
        findings.append(Fault(name, 0, "", "is no FeatureCollection", remedy))
    elif not isinstance(features, list) or not all(_is_feature(each) for each in features):
        findings.append(Fault(name, 0, "features", "is not a list of features", remedy))
    else:
        findings += _military_features(name, features)
    return text


def _is_feature(feature: Any) -> bool:
    return (
        isinstance(feature, dict)
        and feature.get("type") == "Feature"
        and isinstance(feature.get("properties") or {}, dict)
        and isinstance(feature.get("geometry") or {}, dict)
    )


def _military_features(name: str, features: Iterable[dict[str, Any]]) -> list[Fault]:
    findings = []
    for number, feature in enumerate(features, 1):
        for key, value in (feature.get("properties") or {}).items():
            typed = key in ("kind", "type", "class", "category") or key.endswith("_type")
            word = military_word(key) or (military_word(value) if typed and isinstance(value, str) else "")
            if word:
                cause = f"feature {number} speaks of a military object ({word})"
                findings.append(Fault(name, 0, key, cause, REFUSAL))
    return findings
