"""The plan folder: whole or not at all, the same bytes every time, read back as it was."""

import errno
import json
from dataclasses import fields, replace

import numpy as np
import pytest

from farshore.errors import CertificateRefused, OutputUnwritable, ScenarioFaults, UsageFault
from farshore.plan import certify, write_plan
from farshore.results import read_outcome, write_outcome
from farshore.results.folder import outcome_files
from farshore.results.wording import certificate_statement
from tests.unit.plan_check.handmade import outcome
from tests.unit.results.test_measures import bridge, two_each

FILES = {
    "arrivals.csv",
    "certificate.json",
    "crossings.csv",
    "departures.csv",
    "routes.geojson",
    "scenario",
    "summary.json",
}


def unchecked(_):
    """A check that lets everything pass."""


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_plan_folder_holds_what_the_manual_says(tmp_path):
    write_outcome(two_each(), tmp_path / "out" / "plan", check=unchecked)
    assert names(tmp_path / "out" / "plan") == FILES
    assert names(tmp_path / "out") == {"plan"}
    departures = (tmp_path / "out" / "plan" / "departures.csv").read_text(encoding="utf-8")
    assert departures.splitlines() == [
        "zone_id,depart,route_id,host_id,persons",
        "z,2022-10-14T00:00+03:00,r0,h,2",
        "z,2022-10-14T00:30+03:00,r0,h,2",
    ]
    crossings = (tmp_path / "out" / "plan" / "crossings.csv").read_text(encoding="utf-8")
    assert crossings.splitlines()[1:] == ["x,2022-10-14T00:00+03:00,2,2", "x,2022-10-14T00:30+03:00,2,2"]


def test_what_is_read_back_is_what_was_written(tmp_path):
    made = two_each(links={("a", 0): 3, ("b", 1): 2}, beds={"h": 9})
    write_outcome(made, tmp_path / "plan", check=unchecked)
    again = read_outcome(tmp_path / "plan")
    for field in fields(made):
        ours, theirs = getattr(made, field.name), getattr(again, field.name)
        if field.name == "departures":
            assert all(np.array_equal(getattr(ours, f.name), getattr(theirs, f.name)) for f in fields(ours))
        elif field.name == "certificate":
            assert vars(ours) == vars(theirs)
        else:
            assert ours == theirs, field.name


def test_the_same_outcome_gives_the_same_bytes_but_for_the_time_taken():
    first, second = outcome_files(two_each()), outcome_files(two_each(solve_s=99.0))
    summaries = [json.loads(files.pop("summary.json")) for files in (first, second)]
    assert first == second
    assert summaries[0].pop("solve_s") != summaries[1].pop("solve_s")
    assert summaries[0] == summaries[1]


def test_routes_are_drawn_through_the_nodes_of_the_network(tmp_path):
    made = two_each()
    (feature,) = json.loads(outcome_files(made)["routes.geojson"])["features"]
    nodes = made.scenario.nodes
    assert feature["geometry"]["coordinates"] == [
        [float(x), float(y)] for x, y in zip(nodes.x_coord, nodes.y_coord, strict=True)
    ]
    assert feature["properties"]["links"] == ["a", "b", "c"]
    assert feature["properties"]["persons"] == 4


def test_a_folder_is_certified_as_it_will_be_found(tmp_path):
    seen = []

    def check(folder):
        seen.append((names(folder), json.loads((folder / "summary.json").read_text())["certified"]))
        assert not (tmp_path / "plan").exists()

    def report(folder):
        (folder / "report.html").write_text("a report")

    write_outcome(two_each(), tmp_path / "plan", check=check, extra=report)
    assert seen == [(FILES, True)]
    assert names(tmp_path / "plan") == FILES | {"report.html"}


def test_a_plan_that_its_check_refuses_is_not_written(tmp_path):
    made = two_each()
    wrong = replace(made, certificate=replace(made.certificate, objective=1))
    with pytest.raises(CertificateRefused):
        write_outcome(wrong, tmp_path / "plan", check=certify)
    assert not list(tmp_path.iterdir())


def test_interrupting_leaves_nothing_or_what_was_there(tmp_path):
    def interrupted(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_outcome(two_each(), tmp_path / "plan", check=unchecked, extra=interrupted)
    assert not list(tmp_path.iterdir())
    write_outcome(two_each(), tmp_path / "plan", check=unchecked)
    before = (tmp_path / "plan" / "summary.json").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        write_outcome(
            two_each(solve_s=7.0), tmp_path / "plan", check=unchecked, extra=interrupted, replace=True
        )
    assert (tmp_path / "plan" / "summary.json").read_bytes() == before
    assert names(tmp_path) == {"plan"}


def test_a_full_disk_is_said_plainly_and_leaves_nothing(tmp_path):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputUnwritable, match="No space left on device"):
        write_outcome(two_each(), tmp_path / "plan", check=unchecked, extra=full)
    assert not list(tmp_path.iterdir())


def test_what_is_in_the_way_is_not_overwritten(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputUnwritable, match="is a file"):
        write_outcome(two_each(), tmp_path / "file", check=unchecked)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("mine")
    for replacing in (False, True):
        with pytest.raises(OutputUnwritable):
            write_outcome(two_each(), tmp_path / "full", check=unchecked, replace=replacing)
    with pytest.raises(OutputUnwritable):
        write_outcome(two_each(), tmp_path / "file" / "plan", check=unchecked)
    assert (tmp_path / "full" / "letter").read_text() == "mine"
    assert names(tmp_path) == {"file", "full"}


def test_an_empty_folder_is_no_obstacle(tmp_path):
    (tmp_path / "plan").mkdir()
    write_outcome(two_each(), tmp_path / "plan", check=unchecked)
    assert names(tmp_path / "plan") == FILES


def test_a_plan_replaces_a_plan_when_asked_and_keeps_what_is_not_its_own(tmp_path):
    write_outcome(two_each(), tmp_path / "plan", check=unchecked)
    (tmp_path / "plan" / "notes.txt").write_text("mine")
    (tmp_path / "plan" / "report.html").write_text("of the old plan")
    with pytest.raises(OutputUnwritable, match="not empty"):
        write_outcome(two_each(), tmp_path / "plan", check=unchecked)
    write_outcome(two_each(solve_s=7.0), tmp_path / "plan", check=unchecked, replace=True)
    assert names(tmp_path / "plan") == FILES | {"notes.txt"}
    assert json.loads((tmp_path / "plan" / "summary.json").read_text())["solve_s"] == 7.0
    assert names(tmp_path) == {"plan"}


def test_a_plan_without_people_is_a_plan(tmp_path):
    nobody = outcome(bridge(zones=["z n1 persons=0"]), [])
    check = write_plan(nobody, tmp_path / "plan")
    assert (check.people, check.placed, check.gap) == (0, 0, 0.0)
    assert len(read_outcome(tmp_path / "plan").departures.persons) == 0


def test_reading_what_is_no_plan(tmp_path):
    with pytest.raises(UsageFault, match=r"no summary\.json"):
        read_outcome(tmp_path)
    write_outcome(two_each(), tmp_path / "plan", check=unchecked)
    (tmp_path / "plan" / "certificate.json").write_text("{}")
    with pytest.raises(UsageFault, match="prices"):
        read_outcome(tmp_path / "plan")
    (tmp_path / "plan" / "scenario" / "scenario.toml").unlink()
    with pytest.raises(ScenarioFaults):
        read_outcome(tmp_path / "plan")


@pytest.mark.parametrize(
    ("objective", "bound", "expected"),
    [
        (5_000_000, 5_000_000, "does as well as that"),
        (1_000_000_000, 999_999_999, "within 0.01 %"),
        (1_000_000_000, 996_000_000, "within 0.40 %"),
        (0, 0, "costs nothing"),
        (0, -1_000_000, "costs nothing"),
        (3_000_000, -1_500_001, "better than -2 person-hours"),
    ],
)
def test_a_certificate_never_says_more_than_its_numbers(objective, bound, expected):
    assert expected in certificate_statement(objective, bound)
