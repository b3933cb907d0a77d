"""Households of any scenario are whole, certified, and never better than the bound; any edit is named."""

import csv
import io
import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused
from farshore.plan import audited, certify, plan, with_households, write_plan
from farshore.plan.families.packing import pack
from farshore.results.folder import outcome_files
from farshore.results.households import sha256_of
from tests.strategies import small_scenarios

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
FILE = "households.csv"


@settings(few, max_examples=120)
@given(small_scenarios(), st.integers(0, 3))
def test_any_plan_with_households_is_certified(scenario, seed):
    outcome = plan(scenario)
    seated = with_households(outcome, seed=seed)
    with tempfile.TemporaryDirectory() as parent:
        check = write_plan(seated, Path(parent) / "plan")
    assert check.objective == seated.certificate.objective
    assert check.lower_bound == outcome.certificate.lower_bound <= check.objective
    assert check.people == seated.households.size.sum()
    assert check.placed == seated.households.size[seated.households.leaving].sum()
    held = {line.rule: line.holds for line in audited(seated).audit}
    assert held["Households stay whole"] is True


@few
@given(
    st.lists(st.integers(1, 6), max_size=60),
    st.lists(st.integers(1, 40), max_size=12),
)
def test_packing_never_overfills_and_leaves_no_seat_that_a_waiting_household_fits(sizes, rooms):
    size, room = np.array(sizes, np.int64), np.array(rooms, np.int64)
    at = pack(size, room)
    filled = np.zeros(len(room), np.int64)
    np.add.at(filled, at[at >= 0], size[at >= 0])
    assert (filled <= room).all()
    free = (room - filled).max(initial=0)
    waiting = size[at < 0]
    assert not len(waiting) or waiting.min() > free


def files_of(scenario):
    return outcome_files(audited(with_households(plan(scenario))))


def refusal(files):
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "plan"
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        try:
            certify(folder)
        except CertificateRefused as refused:
            return [str(fault) for fault in refused.faults]
    return []


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode())))


def bytes_of(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def resealed(files, table):
    """The same plan with another table of households and its hash beside it."""
    summary = json.loads(files["summary.json"])
    summary["households"]["sha256"] = sha256_of(table)
    return files | {FILE: table, "summary.json": json.dumps(summary).encode()}


def another(draw, column, cell):
    if column == "depart" and cell:
        day = int(cell[8:10])
        return f"{cell[:8]}{day + draw(st.sampled_from((-1, 1))):02d}{cell[10:]}"
    if cell.isdigit():
        return draw(st.sampled_from((str(int(cell) + 1), str(int(cell) - 1), "", f"{cell}.0", "99")))
    return draw(st.sampled_from(tuple({f"{cell}x", "", "z0", "h0"} - {cell})))


@settings(few, max_examples=90)
@given(small_scenarios(max_persons=30), st.data())
def test_any_cell_changed_is_named_even_with_its_hash(scenario, data):
    """The hash gives every edit away; what gives it away with the hash redone is what households must be."""
    files = files_of(scenario)
    rows = rows_of(files[FILE])
    assume(len(rows) > 1)
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = another(data.draw, rows[0][column], rows[row][column])
    table = bytes_of(rows)
    assert any(line.startswith(FILE) and "hash" in line for line in refusal(files | {FILE: table}))
    assert any(line.startswith(FILE) for line in refusal(resealed(files, table)))


@few
@given(small_scenarios(max_persons=30), st.data())
def test_any_household_deleted_doubled_or_split_is_named(scenario, data):
    files = files_of(scenario)
    rows = rows_of(files[FILE])
    large = [i for i, row in enumerate(rows) if i and int(row[2]) > 1 and row[3] == "0"]
    assume(large)
    row = data.draw(st.sampled_from(large))
    match data.draw(st.sampled_from(("deleted", "doubled", "split"))):
        case "deleted":
            del rows[row]
        case "doubled":
            rows.insert(row, rows[row])
        case "split":  # one of its members goes another way, or on their own
            one, rest = [*rows[row]], [*rows[row]]
            one[2:6], rest[2] = ["1", "0", "0", "0"], str(int(rest[2]) - 1)
            one[7:] = ["", "", ""] if data.draw(st.booleans()) else one[7:]
            rows[row : row + 1] = [rest, one]
    width = len(str(len(rows) - 1))
    for number, each in enumerate(rows[1:], 1):
        each[0] = f"synthetic-{number:0{width}}"
    found = refusal(resealed(files, bytes_of(rows)))
    assert any(line.startswith(FILE) for line in found), found


@few
@given(small_scenarios(max_persons=30), st.data())
def test_households_exchanged_between_departures_are_named_unless_alike(scenario, data):
    files = files_of(scenario)
    rows = rows_of(files[FILE])
    one = data.draw(st.integers(1, max(1, len(rows) - 1)))
    other = data.draw(st.integers(1, max(1, len(rows) - 1)))
    assume(len(rows) > 1 and rows[one][2] != rows[other][2] and rows[one][7:] != rows[other][7:])
    rows[one][7:], rows[other][7:] = rows[other][7:], rows[one][7:]
    found = refusal(resealed(files, bytes_of(rows)))
    assert any(line.startswith(FILE) for line in found), found


@few
@given(small_scenarios(), st.sampled_from(("missing", "empty", "garbled", "cut")))
def test_the_file_missing_empty_or_garbled_is_named(scenario, how):
    files = files_of(scenario)
    assume(len(files[FILE]) > 200)
    forged = dict(files)
    match how:
        case "missing":
            del forged[FILE]
        case "empty":
            forged[FILE] = b""
        case "garbled":
            forged[FILE] = b"\xff\xfe" + files[FILE]
        case "cut":
            forged[FILE] = files[FILE][: len(files[FILE]) // 2 - 1]
    assert any(line.startswith(FILE) for line in refusal(forged))


@few
@given(small_scenarios())
def test_a_table_that_nobody_speaks_of_is_named(scenario):
    plain = outcome_files(audited(plan(scenario)))
    assert any(line.startswith(FILE) for line in refusal(plain | {FILE: files_of(scenario)[FILE]}))


@settings(few, max_examples=60)
@given(small_scenarios(max_persons=30), st.data())
def test_any_figure_about_households_altered_is_named(scenario, data):
    files = files_of(scenario)
    summary = json.loads(files["summary.json"])
    key = data.draw(st.sampled_from(sorted(summary["households"])))
    value = summary["households"][key]
    match value:
        case int():
            others = [value + 1, value - 1, None, str(value)]
        case float():
            others = [value * 1.01 + 0.01, value - 1, None, "x"]
        case _:
            others = [None, "x", 7, [*value, "x"]]
    summary["households"][key] = data.draw(st.sampled_from(others))
    found = refusal(files | {"summary.json": json.dumps(summary).encode()})
    assert any(line.startswith(("summary.json", FILE)) for line in found), found
