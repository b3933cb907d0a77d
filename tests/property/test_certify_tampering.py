"""A plan as it was written is accepted; one that anybody has touched is refused, the place named."""

import csv
import io
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused
from farshore.plan import audited, certify, plan, write_plan
from farshore.results import write_outcome
from farshore.results.folder import outcome_files
from farshore.scenario import Operation, check_values, write_scenario
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.table import NO_TIME
from farshore.scenario.tables import Closures
from tests.builders import table
from tests.strategies import small_scenarios

TABLES = ("departures.csv", "arrivals.csv", "crossings.csv")
DOCUMENTS = ("summary.json", "certificate.json", "routes.geojson")
TIMES_TAKEN = ("solve_s", "rounds")  # nothing could show these to be false

few = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def as_written(files):
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "plan"
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        yield folder


def refusal(files):
    """The faults for which a folder of these files is refused, as text."""
    with as_written(files) as folder, pytest.raises(CertificateRefused) as refused:
        certify(folder)
    return [str(fault) for fault in refused.value.faults]


def files_of(scenario):
    return outcome_files(audited(plan(scenario)))


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode())))


def bytes_of(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@settings(few, max_examples=500)
@given(small_scenarios())
def test_a_plan_as_it_was_made_is_certified(scenario):
    with tempfile.TemporaryDirectory() as parent:
        outcome = plan(scenario)
        check = write_plan(outcome, Path(parent) / "plan")
        again = certify(Path(parent) / "plan")
    assert check == again
    assert (check.objective, check.lower_bound) == (
        outcome.certificate.objective,
        outcome.certificate.lower_bound,
    )
    assert check.placed == int(outcome.departures.persons.sum())


def changed_cell(draw, column, cell):
    """Another value of the same sort."""
    if column in ("depart", "arrive", "time"):
        day = int(cell[8:10])
        return f"{cell[:8]}{day + draw(st.sampled_from((-1, 1))):02d}{cell[10:]}"
    if cell.isdigit():
        return draw(st.sampled_from((str(int(cell) + 1), str(int(cell) - 1), f"-{cell}", "", f"{cell}.0")))
    return draw(st.sampled_from((f"{cell}x", "", "z0", "h0"))) if cell not in ("z0", "h0") else f"{cell}x"


@few
@given(small_scenarios(), st.data())
def test_any_cell_of_any_table_changed(scenario, data):
    files = files_of(scenario)
    name = data.draw(st.sampled_from(TABLES))
    rows = rows_of(files[name])
    assume(len(rows) > 1)
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = changed_cell(data.draw, rows[0][column], rows[row][column])
    found = refusal(files | {name: bytes_of(rows)})
    assert any(name in line for line in found), found


@few
@given(small_scenarios(), st.data())
def test_any_row_of_any_table_deleted_or_doubled(scenario, data):
    files = files_of(scenario)
    name = data.draw(st.sampled_from(TABLES))
    rows = rows_of(files[name])
    assume(len(rows) > 1)
    row = data.draw(st.integers(0, len(rows) - 1))
    rows[row : row + 1] = [] if data.draw(st.booleans()) else [rows[row]] * 2
    found = refusal(files | {name: bytes_of(rows)})
    assert any(name in line for line in found), found


def leaves(value, path=()):
    """Every place in a JSON document, but for times taken."""
    if path and path[-1] in TIMES_TAKEN and len(path) == 1:
        return
    if path:
        yield path
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from leaves(inside, (*path, key))
    elif isinstance(value, list):
        for i, inside in enumerate(value):
            yield from leaves(inside, (*path, i))


def altered(draw, value):
    match value:
        case bool():
            return draw(st.sampled_from((not value, None, int(value))))
        case None:
            return draw(st.sampled_from((0, 1.5, "x", True)))
        case int():
            return draw(st.sampled_from((value + 1, value - 1, -value - 1, str(value), None, 10**30)))
        case float():
            return draw(st.sampled_from((value * 1.01 + 0.01, value - 1, str(value), None, 1e300)))
        case str():
            return draw(st.sampled_from((f"{value}x", value[:-1] if value else "x", None, 0)))
        case list():
            return draw(st.sampled_from(([*value, 0], value[:-1] if value else ["x"], None, {})))
        case _:
            key = draw(st.sampled_from([*value, "new"]))
            return {k: v for k, v in value.items() if k != key} if key in value else value | {"new": 1}


def proves_as_much(files, bound):
    """Whether a folder is certified all the same, and for no other bound than it states."""
    with as_written(files) as folder:
        try:
            return certify(folder).lower_bound == bound
        except CertificateRefused:
            return False


def put(document, path, value):
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


@settings(few, max_examples=150)
@given(small_scenarios(), st.data())
def test_any_place_in_any_document_altered(scenario, data):
    """Every number, word and list of summary, certificate and routes; only a price may change for nothing."""
    files = files_of(scenario)
    name = data.draw(st.sampled_from(DOCUMENTS))
    document = json.loads(files[name])
    path = data.draw(st.sampled_from(sorted(leaves(document), key=str)))
    value = document
    for key in path:
        value = value[key]
    put(document, path, altered(data.draw, value))
    forged = files | {name: json.dumps(document).encode()}
    if path[0] == "prices" and proves_as_much(forged, json.loads(files[name])["lower_bound"]):
        return  # other prices that prove the very same bound prove it no less
    found = refusal(forged)
    assert any(name in line for line in found), found


@few
@given(small_scenarios(), st.data())
def test_any_cell_of_the_scenario_copy_changed(scenario, data):
    files = files_of(scenario)
    name = data.draw(st.sampled_from(sorted(name for name in files if name.endswith(".csv") and "/" in name)))
    rows = rows_of(files[name])
    assume(len(rows) > 1)
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    cell = rows[row][column]
    try:
        rows[row][column] = repr(float(cell) + 1)
    except ValueError:
        rows[row][column] = (
            f"{cell}x" if cell not in ("true", "false") else {"true": "false"}.get(cell, "true")
        )
    found = refusal(files | {name: bytes_of(rows)})
    assert any(line.startswith("scenario/") for line in found), found


@few
@given(small_scenarios(), st.data())
def test_any_file_missing_empty_or_garbled(scenario, data):
    files = files_of(scenario)
    name = data.draw(st.sampled_from((*TABLES, *DOCUMENTS, "scenario/scenario.toml", "scenario/zones.csv")))
    forged = dict(files)
    match data.draw(st.sampled_from(("missing", "empty", "garbled", "cut"))):
        case "missing":
            del forged[name]
        case "empty":
            forged[name] = b""
        case "garbled":
            forged[name] = b"\xff\xfe" + files[name]
        case "cut":
            forged[name] = files[name][: len(files[name]) // 2 - 1]
    found = refusal(forged)
    assert any(name in line for line in found), found


# Forgeries that agree with themselves: every derived file is written anew, only the plan is not allowed.


def forged_refusal(outcome):
    """Faults of a whole plan folder made from an outcome as if it were a planner's own."""
    assume(not check_values(outcome.scenario).faults)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "plan"
        write_outcome(audited(outcome), folder, check=lambda _: None)
        with pytest.raises(CertificateRefused) as refused:
            certify(folder)
    return refused.value.faults


def some_row(outcome, data):
    assume(len(outcome.departures.persons) > 0)
    return data.draw(st.integers(0, len(outcome.departures.persons) - 1))


@few
@given(small_scenarios(), st.data())
def test_more_people_than_there_are(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    moves = outcome.departures
    persons = moves.persons.copy()
    zone = outcome.routes[moves.route[row]].zone_id
    persons[row] += outcome.people[zone]
    faults = forged_refusal(replace(outcome, departures=replace(moves, persons=persons)))
    assert any(fault.file == "departures.csv" and fault.column == "persons" for fault in faults)


@few
@given(small_scenarios(), st.data())
def test_a_link_closed_under_a_departure(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    route, step = outcome.routes[outcome.departures.route[row]], int(outcome.departures.step[row])
    assume(route.links)
    i = data.draw(st.integers(0, len(route.links) - 1))
    enters = step + route.entry_steps[i]
    hour = enters * scenario.about.step_s / 3600
    start = scenario.about.start.isoformat()
    closure = table(
        Closures,
        [{"asset_id": route.links[i].removeprefix("-"), "from": hour, "until": hour + 0.01}],
        start,
    )
    joined = Closures(
        **{
            name: np.concatenate([getattr(scenario.closures, name), getattr(closure, name)])
            for name in vars(closure)
        }
    )
    faults = forged_refusal(replace(outcome, scenario=scenario.with_closures(joined)))
    named = [f for f in faults if f.file == "departures.csv" and route.links[i] in f.cause]
    assert named, [str(fault) for fault in faults]
    assert any(fault.row == row + 2 or f" {row + 2}" in fault.cause for fault in named)


@few
@given(small_scenarios(), st.data())
def test_a_bed_too_few(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    host = outcome.routes[outcome.departures.route[row]].host_id
    sent = sum(
        int(n)
        for route, n in zip(outcome.departures.route, outcome.departures.persons, strict=True)
        if outcome.routes[route].host_id == host
    )
    beds = np.where(scenario.hosts.host_id == host, sent - 1, scenario.hosts.beds)
    changed = replace(scenario, hosts=replace(scenario.hosts, beds=beds))
    faults = forged_refusal(replace(outcome, scenario=changed))
    assert any(f.file == "departures.csv" and f"{sent - 1} beds" in f.cause for f in faults)


@few
@given(small_scenarios(), st.data())
def test_a_host_that_takes_nobody_in_yet(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    route = outcome.routes[outcome.departures.route[row]]
    arrives = int(outcome.departures.step[row]) + route.arrival_steps
    opens_s = int(scenario.about.start.timestamp()) + (arrives + 1) * scenario.about.step_s
    hit = scenario.hosts.host_id == route.host_id
    hosts = replace(
        scenario.hosts,
        beds_from=np.where(hit, opens_s, scenario.hosts.beds_from),
        confirmed_until=np.where(hit, NO_TIME, scenario.hosts.confirmed_until),
    )
    faults = forged_refusal(replace(outcome, scenario=replace(scenario, hosts=hosts)))
    assert any(f.file == "departures.csv" and "takes nobody in then" in f.cause for f in faults)


@few
@given(small_scenarios(), st.data())
def test_a_blocked_host_filled(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    host = outcome.routes[outcome.departures.route[row]].host_id
    territory = np.where(scenario.hosts.host_id == host, "sponsor", scenario.hosts.territory)
    changed = replace(
        scenario,
        hosts=replace(scenario.hosts, territory=territory.astype(object)),
        about=replace(scenario.about, operation=Operation("s", "occupied", "")),
    )
    assert host in blocked_hosts(changed)
    faults = forged_refusal(replace(outcome, scenario=changed, blocked_hosts=blocked_hosts(changed)))
    assert any(f.row == row + 2 and f.column == "host_id" and "blocked" in f.cause for f in faults)


@few
@given(small_scenarios(), st.data())
def test_somebody_left_before_being_ready(scenario, data):
    outcome = plan(scenario)
    row = some_row(outcome, data)
    moves = outcome.departures
    zone = outcome.routes[moves.route[row]].zone_id
    curve = f"{(int(moves.step[row]) + 1) * scenario.about.step_s / 3600}:1"
    curves = np.where(scenario.zones.zone_id == zone, curve, scenario.zones.ready_curve).astype(object)
    changed = replace(scenario, zones=replace(scenario.zones, ready_curve=curves))
    faults = forged_refusal(replace(outcome, scenario=changed))
    assert any(f.file == "departures.csv" and "0 are ready" in f.cause for f in faults)


@few
@given(small_scenarios(), st.sampled_from((-1_000_000, -1, 1, 1_000_000)))
def test_a_bound_moved_with_everything_that_speaks_of_it(scenario, by):
    outcome = plan(scenario)
    certificate = replace(outcome.certificate, lower_bound=outcome.certificate.lower_bound + by)
    faults = forged_refusal(replace(outcome, certificate=certificate))
    assert any(f.file == "certificate.json" and f.column == "lower_bound" for f in faults)


@few
@given(small_scenarios(), st.sampled_from((-7, -1, 1, 12)))
def test_an_objective_moved_with_everything_that_speaks_of_it(scenario, by):
    outcome = plan(scenario)
    certificate = replace(outcome.certificate, objective=outcome.certificate.objective + by)
    faults = forged_refusal(replace(outcome, certificate=certificate))
    assert any(f.file == "certificate.json" and f.column == "objective" for f in faults)


@few
@given(small_scenarios(), st.data())
def test_people_left_out_and_never_mentioned(scenario, data):
    """The plan without one departure, its figures told as before: the objective gives it away."""
    outcome = plan(scenario)
    row = some_row(outcome, data)
    kept = np.arange(len(outcome.departures.persons)) != row
    moves = outcome.departures
    fewer = replace(moves, route=moves.route[kept], step=moves.step[kept], persons=moves.persons[kept])
    used = set(fewer.route.tolist())
    assume(int(moves.route[row]) in used)  # else the route without people gives it away
    faults = forged_refusal(replace(outcome, departures=fewer))
    assert any(f.file == "certificate.json" and f.column == "objective" for f in faults)


@few
@given(small_scenarios(), st.data())
def test_people_left_behind_and_denied(scenario, data):
    """One person more is left behind in the tables, and the summary's figures are told as before."""
    outcome = plan(scenario)
    row = some_row(outcome, data)
    persons = outcome.departures.persons.copy()
    assume(persons[row] > 1)
    persons[row] -= 1
    fewer = outcome_files(audited(replace(outcome, departures=replace(outcome.departures, persons=persons))))
    found = refusal(fewer | {"summary.json": outcome_files(audited(outcome))["summary.json"]})
    assert any(line.startswith("summary.json, unserved: says") for line in found), found


@few
@given(small_scenarios(), st.data())
def test_the_original_scenario_tells_where_the_copy_differs(scenario, data):
    outcome = plan(scenario)
    row = data.draw(st.integers(0, len(scenario.hosts) - 1))
    beds = scenario.hosts.beds.copy()
    beds[row] += 5
    other = replace(scenario, hosts=replace(scenario.hosts, beds=beds))
    with tempfile.TemporaryDirectory() as parent:
        folder, original = Path(parent) / "plan", Path(parent) / "original"
        write_plan(outcome, folder)
        write_scenario(scenario, original)
        certify(folder, scenario_folder=original)
        shutil.rmtree(original)
        write_scenario(other, original)
        with pytest.raises(CertificateRefused) as refused:
            certify(folder, scenario_folder=original)
    (fault,) = refused.value.faults
    assert (fault.file, fault.row, fault.column) == ("scenario/hosts.csv", row + 2, "beds")
