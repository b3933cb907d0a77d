"""Replanned folders as they were made are accepted; every cell that anybody has touched is refused."""

import csv
import io
import json
from dataclasses import replace

import pytest

from farshore.errors import CertificateRefused
from farshore.plan import audited, certify, plan, replan
from farshore.results.folder import outcome_files
from farshore.results.households import sha256_of
from farshore.results.replan_files import replan_seal
from tests.unit.plan.test_replan import ROUND, at, town
from tests.unit.plan.test_replan_households import ROUND as FAMILY_ROUND
from tests.unit.plan.test_replan_households import family_plan


@pytest.fixture(scope="module")
def files():
    """The dam falls at step 3; eight hours are too few for all to go round: some are stranded."""
    first = replan(plan(town(*ROUND, horizon_h=8)), at=at(3), close=["dam"], arrived={"h": 1})
    second = replan(first, at=at(5), capacity=["c=0.5"], stability_person_h=2.0)
    assert second.replan.stranded
    assert any(route.halts for route in second.routes)
    assert second.replan.changes
    return outcome_files(audited(second))


@pytest.fixture(scope="module")
def family_files():
    """The same with households of two; one is parted by the host's count, some wait, some hear news."""
    old = family_plan(*FAMILY_ROUND, horizon_h=10, persons=40)
    first = replan(old, at=at(6), close=["dam"])
    second = replan(first, at=at(7), capacity=["c=0.25"], arrived={"h": 3}, stability_person_h=2.0)
    assert len(second.replan.stranded) == 3
    assert {bool(change.at_node) for change in second.replan.changes} == {False, True}
    assert second.replan.parted
    return outcome_files(audited(second))


def refusal(files, folder):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with pytest.raises(CertificateRefused) as refused:
        certify(folder)
    return [str(fault) for fault in refused.value.faults]


def accepted(files, folder):
    try:
        refusal(files, folder)
    except pytest.fail.Exception:
        return True
    return False


def test_as_it_was_made_it_is_certified(files, tmp_path):
    assert accepted(files, tmp_path)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from leaves(each, (*path, i))
    else:
        yield path


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return "z" if value is None else f"{value}x"


def touched(document, path):
    """The document with one leaf changed."""
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other(place[path[-1]])
    return copy


def sealed(files, about):
    about = {key: value for key, value in about.items() if key != "seal"}
    return about | {"seal": replan_seal(about, files["changes.csv"])}


def as_json(value):
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


@pytest.mark.parametrize(
    "name", ["replan.json", "before/stranded.json", "routes.geojson", "before/routes.geojson"]
)
def test_every_touched_leaf_is_refused(files, tmp_path, name):
    document = json.loads(files[name])
    unnoticed = [
        path
        for i, path in enumerate(leaves(document))
        if accepted(files | {name: as_json(touched(document, path))}, tmp_path / str(i))
    ]
    assert unnoticed == []


def test_a_seal_made_anew_hides_little(files, tmp_path):
    """What follows from the tables is refused even so; what only the planner, or a host, knows is not."""
    document = json.loads(files["replan.json"])
    unnoticed = {
        path[0] if path[0] != "trade_off" else path[-1]
        for i, path in enumerate(leaves(document))
        if path[0] != "seal"
        and accepted(
            files | {"replan.json": as_json(sealed(files, touched(document, path)))}, tmp_path / str(i)
        )
    }
    assert unnoticed <= {
        "stability_person_h",
        "what",
        "weight_person_h",
        "changed_persons",
        "objective",
        "unserved",
        "others",
    }


@pytest.mark.parametrize("name", ["changes.csv", "departures.csv", "before/departures.csv"])
def test_every_touched_cell_is_refused(files, tmp_path, name):
    assert unnoticed_cells(files, tmp_path, name) == []


@pytest.mark.parametrize(
    "name", ["households.csv", "before/households.csv", "changed_households.csv", "changes.csv"]
)
def test_every_touched_cell_of_a_plan_with_households_is_refused(family_files, tmp_path, name):
    assert unnoticed_cells(family_files, tmp_path, name) == []


def unnoticed_cells(files, tmp_path, name):
    """Line and column of each cell that can be edited without being refused."""
    rows = list(csv.reader(io.StringIO(files[name].decode())))
    assert len(rows) > 2
    unnoticed = []
    for line in range(1, len(rows)):
        for column in range(len(rows[0])):
            changed = [list(row) for row in rows]
            cell = changed[line][column]
            changed[line][column] = str(int(cell) + 1) if cell.isdigit() else f"{cell}x"
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(changed)
            altered = files | {name: text.getvalue().encode()}
            if accepted(altered, tmp_path / f"{line}-{column}"):
                unnoticed.append((line, rows[0][column]))
    return unnoticed


def test_every_touched_leaf_of_a_plan_with_households_is_refused(family_files, tmp_path):
    document = json.loads(family_files["replan.json"])
    unnoticed = [
        path
        for i, path in enumerate(leaves(document))
        if accepted(family_files | {"replan.json": as_json(touched(document, path))}, tmp_path / str(i))
    ]
    assert unnoticed == []


def resealed(files, **changed):
    """Files with some exchanged, and the hashes over them made anew."""
    files = files | {name.replace("__", "/").replace("_csv", ".csv"): data for name, data in changed.items()}
    summary = json.loads(files["summary.json"])
    summary["households"]["sha256"] = sha256_of(files["households.csv"])
    about = json.loads(files["replan.json"])
    del about["seal"]
    tables = files["changes.csv"] + files["changed_households.csv"]
    about["seal"] = replan_seal(about, tables)
    return files | {"summary.json": as_json(summary), "replan.json": as_json(about)}


def test_two_households_that_change_places_on_the_road_are_found_out(family_files, tmp_path):
    """Sums stay as they were, hashes are made anew: but each household has a past of its own."""
    assert accepted(resealed(family_files), tmp_path / "as it was")
    lines = family_files["households.csv"].decode().splitlines()
    cells = [line.split(",") for line in lines]
    gone = [i for i, row in enumerate(cells) if i and row[7] and row[7] < at(7)]
    told = family_files["before/households.csv"].decode()  # of the others, the place before is the one now
    listed = [i for i in gone if f"{cells[i][0]}," in told]
    one, other = next((a, b) for a in listed for b in listed if cells[a][7] != cells[b][7])
    cells[one][7:], cells[other][7:] = cells[other][7:], cells[one][7:]
    table = "\n".join([*map(",".join, cells), ""]).encode()
    faults = refusal(resealed(family_files, households_csv=table), tmp_path / "touched")
    assert any("had come elsewhere by the event" in fault for fault in faults)


def test_a_household_left_out_of_the_list_is_found_out(family_files, tmp_path):
    table = family_files["changed_households.csv"].decode().splitlines()
    left_out = table.pop(1).split(",")[0]
    data = ("\n".join(table) + "\n").encode()
    faults = refusal(resealed(family_files, changed_households_csv=data), tmp_path)
    assert any(f"{left_out} hears something new and is not there" in fault for fault in faults)


def test_somebody_forgotten_is_named(files, tmp_path):
    """One of those stranded is left out, and the summary, counts and seal are put right: still refused."""
    about = json.loads(files["replan.json"])
    gone = about["stranded"].pop()
    about["counts"]["halted_now"] -= gone["persons"]
    about["counts"]["at_home"] += gone["persons"]
    faults = refusal(files | {"replan.json": as_json(sealed(files, about))}, tmp_path)
    assert any("in the plan before" in fault and "had left z" in fault for fault in faults)


def test_a_plan_for_people_who_are_caught_elsewhere_is_refused(tmp_path):
    """Somebody turned back says that he was back sooner: he is not where the event leaves him."""
    outcome = replan(plan(town(*ROUND)), at=at(3), close=["dam"])
    routes = []
    for route in outcome.routes:
        if route.halts and route.halts[0].back:
            halt = replace(route.halts[0], from_steps=route.halts[0].from_steps - 1)
            route = replace(route, halts=(halt,))  # noqa: PLW2901
        routes.append(route)
    faults = refusal(outcome_files(audited(replace(outcome, routes=tuple(routes)))), tmp_path)
    assert any("what becomes of people caught" in fault for fault in faults)


def test_a_route_of_an_ordinary_plan_has_no_halts(tmp_path):
    outcome = plan(town())
    files = outcome_files(audited(outcome))
    document = json.loads(files["routes.geojson"])
    document["features"][0]["properties"]["halts"] = []
    faults = refusal(files | {"routes.geojson": as_json(document)}, tmp_path)
    assert any("properties: must be" in fault for fault in faults)
