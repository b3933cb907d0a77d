"""Long tables of households are read by columns: what that finds is what reading row by row finds."""

import numpy as np
import pytest

from farshore.folders import put
from farshore.plan import plan, with_households
from farshore.plan.checker.files import Faults, csv_columns
from farshore.plan.checker.household_rows import COLUMNS, FILE, _by_columns, _by_rows, table_in
from farshore.plan.checker.movements import ways_of
from farshore.plan.checker.problem import problem_of
from farshore.results.folder import outcome_files
from tests.builders import scenario

ROW = 700  # whose cells are touched: a line of the file, far from both ends


@pytest.fixture(scope="module")
def files():
    """2,400 people of two zones, some of whom stay for want of beds."""
    given = scenario(
        links=["a n1 n2 length=9000 capacity=300", "b n4 n2 length=9000 capacity=300", "c n2 n3 length=9000"],
        zones=["y n4 persons=1000", "z n1 persons=1400"],
        hosts=["h n3 beds=1500", "g n2 beds=400"],
        household_sizes=["1 share=0.3", "2 share=0.4", "4 share=0.3"],
        horizon_h=24,
    )
    return outcome_files(with_households(plan(given))), given


@pytest.fixture
def read(files, tmp_path):
    """Reads a table in the place of the plan's: by columns, by rows with faults, and as certifying does."""
    written, given = files
    put(tmp_path, written)
    problem = problem_of(given)
    ways = ways_of(tmp_path, problem, Faults())

    def reads(data):
        (tmp_path / FILE).write_bytes(data)
        frame = csv_columns(data, COLUMNS)
        columns = None if frame is None else _by_columns(frame, problem, ways, ())
        faults, as_certified = Faults(), Faults()
        rows = _by_rows(tmp_path, problem, ways, (), faults)
        table_in(data, tmp_path, problem, ways, (), as_certified)
        assert as_certified.found == faults.found
        return columns, rows, faults.found

    return reads


def told(table):
    """Every household of a table: line, id, zone, members, seat."""
    return [
        (line, table.household_id(row), zone, members, table.seats[seat])
        for row, (line, zone, members, seat) in enumerate(
            zip(
                table.line.tolist(),
                table.zone.tolist(),
                table.members.tolist(),
                table.seat.tolist(),
                strict=True,
            )
        )
    ]


def test_columns_find_what_rows_find(files, read):
    """Every household alike, those who stay too; each kind and each seat is there once."""
    columns, rows, faults = read(files[0][FILE])
    assert faults == []
    assert len(columns) > 1000
    assert told(columns) == told(rows)
    assert {seat is None for seat in columns.seats} == {False, True}
    assert len(set(columns.seats)) == len(columns.seats)
    assert np.array_equal(columns.size, rows.size)


def touched(line, column, value):
    """Put another value in a cell."""

    def touch(lines):
        cells = lines[line - 1].split(",")
        cells[COLUMNS.index(column)] = value
        lines[line - 1] = ",".join(cells)

    return touch


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("household_id", "synthetic-1"),
        ("zone_id", "nowhere"),
        ("size", "0"),
        ("size", "2.0"),
        ("size", "999999999999999999"),
        ("children", "9"),
        ("with_car", "2"),
        ("depart", "2024-01-01T00:10+00:00"),
        ("depart", "soon"),
        ("route_id", "r99"),
        ("route_id", "w1"),
        ("host_id", "elsewhere"),
    ],
)
def test_one_wrong_cell_is_named_with_its_row(files, read, column, value):
    """Columns see that something is wrong and leave it to rows to say where."""
    lines = files[0][FILE].decode().splitlines()
    touched(ROW, column, value)(lines)
    columns, _, faults = read("\n".join([*lines, ""]).encode())
    assert columns is None
    assert {fault.row for fault in faults} == {ROW}


@pytest.mark.parametrize(
    "form",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("household_id", "household", 1),
        lambda text: text.replace("\n", "\n#id,,,,,,,,,\n", 1),
        lambda text: text + ",,,,,,,,,\n",
        lambda text: text.replace("\n", "\n\n", 1),
        lambda text: text[: len(text) // 2],
    ],
)
def test_uncommon_forms_are_read_row_by_row(files, read, form):
    """What a spreadsheet or a broken transfer leaves behind is no plan's table."""
    columns, _, faults = read(form(files[0][FILE].decode()).encode())
    assert columns is None
    assert faults
