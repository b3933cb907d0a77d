"""The manual page of a scenario folder, printed from the tables themselves.

`python -m farshore.scenario.manual > docs/scenario-tables.md`
"""

import math
import sys
from collections.abc import Iterator

from farshore.scenario.about import ABOUT_FILE, ABOUT_KEYS
from farshore.scenario.parameters import (
    CLASSES,
    DRIVERS,
    FUTURES,
    HOST_STANDARDS,
    ORDERS,
    PARAMETERS,
    TRAFFIC,
    Parameter,
)
from farshore.scenario.table import NO_TIME, Column, Kind, Rows, columns_of
from farshore.scenario.tables import TABLES

__all__ = ["tables_markdown"]

_INTRODUCTION = """\
# Scenario tables

A scenario is a folder of plain files that a spreadsheet or QGIS opens. This page is printed from
the tables that drive reading, checking and writing (`python -m farshore.scenario.manual`): what it says is
what is checked.

- CSV files are UTF-8, cells separated by commas, the first row the names of the columns. A second row of
  [HXL](https://hxlstandard.org) hashtags is accepted in any of them.
- Times are RFC 3339 with an offset from UTC, as `2022-10-14T06:00+03:00`. Coordinates are WGS 84 degrees.
- A blank cell takes the default, and so does a column that is left out; `farshore check` lists each default
  that it used. Columns that are not listed here are ignored with a warning.
- A code is free text without spaces that does not begin with a minus sign. The codes of links, crossings and
  zones must differ from each other.
- There is no place for military objects, unit positions or targets: a column, type or file named after one is
  refused.
- The network follows [GMNS](https://github.com/zephyr-data-specs/GMNS).
"""

_ABOUT_NOTE = """\
The name of the scenario, its time frame and who runs the operation. `[solver]` may override options of the
solver. `[operation.exception]` is left out unless hosts that protection rules block must be used after all;
then all of its keys are required.
"""

_GEOJSON = """\
## zones.geojson, drawing.geojson

Both optional, both GeoJSON feature collections. `zones.geojson` holds the shapes of zones; `drawing.geojson`
holds the water, borders and labels that the map shows and that nothing else uses.
"""

_PARAMETERS_NOTE = """\
A scenario sets a parameter by a row of `assumptions.csv` with its key; where it does not, the program's own
value is used and listed.
"""

_FUTURES_NOTE = "Set in the same way; only `farshore stress` uses them, between their low and high value.\n"
_TRAFFIC_NOTE = "Set in the same way; `farshore simulate` uses them, and lists those that it took.\n"
_CLASSES_NOTE = """\
Set in the same way; plans with classes and services (`farshore plan --model classes`) depend on them, other
plans do not. `walking_speed_kmh` and `bus_pcu` are those that simulations take.
"""
_DRIVERS_NOTE = "Set in the same way; only timetables of fleets use them.\n"
_STANDARDS_NOTE = """\
Minimum figures for each guest, set in `assumptions.csv` likewise. `farshore forecast` works out needs with
them; no plan depends on them.
"""
_ORDERS_NOTE = "Set in the same way; only `farshore plan --contraflow` uses them.\n"


def tables_markdown() -> str:
    """The page: every file and column with type, unit, default and meaning, and the parameters."""
    return "\n".join([_INTRODUCTION, *_about(), *_tables(), _GEOJSON, *_parameters()])


def main() -> None:
    """Print the page as UTF-8, whatever the terminal speaks."""
    sys.stdout.buffer.write(tables_markdown().encode())


def _about() -> Iterator[str]:
    yield f"## {ABOUT_FILE}\n"
    yield _ABOUT_NOTE
    yield "| key | type | unit | default | description |"
    yield "|---|---|---|---|---|"
    for spec in ABOUT_KEYS:
        kind = f"one of {', '.join(spec.choices)}" if spec.choices else spec.kind
        default = "required" if spec.default is None else _code(spec.default)
        yield _row(f"`{spec.path}`", kind, spec.unit, default, spec.description)
    yield ""


def _tables() -> Iterator[str]:
    for table in TABLES.values():
        yield f"## {table.FILE}\n"
        yield f"{table.TITLE}. {'Required' if table.REQUIRED_FILE else 'Optional'}.{_key_note(table)}\n"
        yield "| column | type | unit | default | description |"
        yield "|---|---|---|---|---|"
        for spec in columns_of(table).values():
            yield _row(f"`{spec.name}`", _type(spec), spec.unit, _default(spec), spec.description)
        yield ""


def _parameters() -> Iterator[str]:
    yield "## Parameters\n"
    yield _PARAMETERS_NOTE
    yield from _parameter_rows(PARAMETERS)
    yield "## Traffic\n"
    yield _TRAFFIC_NOTE
    yield from _parameter_rows(TRAFFIC)
    yield "## Futures\n"
    yield _FUTURES_NOTE
    yield from _parameter_rows(FUTURES)
    yield "## Classes and services\n"
    yield _CLASSES_NOTE
    yield from _parameter_rows(CLASSES)
    yield "## Drivers of vehicles\n"
    yield _DRIVERS_NOTE
    yield from _parameter_rows(DRIVERS)
    yield "## What hosts need\n"
    yield _STANDARDS_NOTE
    yield from _parameter_rows(HOST_STANDARDS)
    yield "## Orders\n"
    yield _ORDERS_NOTE
    yield from _parameter_rows(ORDERS)


def _parameter_rows(parameters: dict[str, Parameter]) -> Iterator[str]:
    yield "| key | unit | default | range | description |"
    yield "|---|---|---|---|---|"
    for spec in parameters.values():
        allowed = f"{spec.low:g} to {spec.high:g}"
        yield _row(f"`{spec.key}`", spec.unit, f"{spec.default:g}", allowed, spec.description)
    yield ""


def _key_note(table: type[Rows]) -> str:
    return f" One row for each `{table.KEY}`." if table.KEY else ""


def _type(spec: Column) -> str:
    if spec.references:
        return f"code from {' or '.join(f'`{file}`' for file in spec.references)}"
    if spec.choices:
        words = ", ".join(spec.choices)
        return f"one of {words}" if spec.kind is Kind.CHOICE else f"{spec.kind.wanted}: {words}"
    if spec.low is None or spec.kind is not Kind.NUMBER:
        return spec.kind.wanted
    low = f"above {spec.low:g}" if spec.above_low else f"{spec.low:g} or more"
    return f"a number, {low}" if spec.high is None else f"a number from {spec.low:g} to {spec.high:g}"


def _default(spec: Column) -> str:
    if spec.required:
        return "required"
    if isinstance(spec.default, bool):
        return _code("true" if spec.default else "false")
    if isinstance(spec.default, str):
        return _code(spec.default)
    return "blank" if spec.default == NO_TIME or math.isnan(spec.default) else f"{spec.default:g}"


def _code(text: str) -> str:
    return f"`{text}`" if text else "blank"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
