"""Plans with classes that keep households whole: certified, and not to be edited."""

import csv
import hashlib
import itertools
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.errors import CertificateRefused
from farshore.plan import certify, plan
from farshore.plan.write import write_plan
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.scenario import Scenario
from tests.class_strategies import service_towns, small_class_scenarios
from tests.unit.report.test_report_services import town

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def class_in_words(row: dict[str, str]) -> str:
    """As docs/classes.md has it."""
    need = "assisted" if int(row["needing_assistance"]) else "family" if int(row["children"]) else "other"
    return f"{need}_{'car' if int(row['with_car']) else 'foot'}"


@often
@given(st.one_of(service_towns(), small_class_scenarios()), st.integers(0, 5))
def test_every_household_leaves_whole_with_its_class(tmp_path_factory, scenario: Scenario, seed: int) -> None:
    """Certified by the checker, and added up here once more: departures by class are sums of households."""
    outcome = plan(scenario, model="classes", household_seed=seed)
    folder = tmp_path_factory.mktemp("whole") / "plan"
    write_plan(outcome, folder)
    found = certify(folder)
    assert found.lower_bound <= found.objective
    households = rows_of(folder, "households.csv")
    leaving: Counter[tuple[str, str, str]] = Counter()
    people: Counter[str] = Counter()
    for row in households:
        people[class_in_words(row)] += int(row["size"])
        if row["depart"]:
            leaving[row["route_id"], row["depart"], class_in_words(row)] += int(row["size"])
    departures = {
        (row["route_id"], row["depart"], row["class_id"]): int(row["persons"])
        for row in rows_of(folder, "departures.csv")
    }
    assert departures == leaving
    assert outcome.services is not None
    assert {row["class_id"]: row["people"] for row in outcome.services.figures["classes"]} == {
        class_id: people[class_id]
        for class_id in (
            f"{need}_{way}" for need in ("assisted", "family", "other") for way in ("car", "foot")
        )
    }
    trips = {row["trip_id"]: row for row in rows_of(folder, "trips.csv")}
    riders: Counter[str] = Counter()
    rides: Counter[str] = Counter()
    for row in rows_of(folder, "boarding.csv"):
        riders[row["trip_id"]] += int(row["persons"])
        rides[row["household_id"]] += int(row["persons"])
    assert riders == {code: int(trip["persons"]) for code, trip in trips.items()}
    by_bus = {
        route.route_id: sum(leg[0] == "bus" for leg in route.legs or ()) for route in outcome.routes
    } | {"": 0}
    for row in households:
        assert rides[row["household_id"]] == int(row["size"]) * by_bus[row["route_id"]]
    again = read_outcome(folder, with_classes=True)
    assert outcome_files(again)["households.csv"] == (folder / "households.csv").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "plan"
    write_plan(plan(town(), model="classes", household_seed=2), folder)
    return folder


def edited(whole: Path, tmp_path: Path, change: Callable[[list[dict[str, str]]], None]) -> Path:
    """The plan with a household table that somebody changed, and its hash made to fit."""
    folder = tmp_path / "plan"
    shutil.copytree(whole, folder)
    rows = rows_of(folder, "households.csv")
    change(rows)
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    old = hashlib.sha256((folder / "households.csv").read_bytes()).hexdigest()
    (folder / "households.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    new = hashlib.sha256((folder / "households.csv").read_bytes()).hexdigest()
    assert old != new
    summary = (folder / "summary.json").read_text(encoding="utf-8")
    assert summary.count(old) == 1
    (folder / "summary.json").write_text(summary.replace(old, new), encoding="utf-8")
    return folder


def first(rows: list[dict[str, str]], holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    return next(row for row in rows if row["depart"] and holds(row))


def parted(rows: list[dict[str, str]]) -> None:
    """Somebody of one household joins another that leaves otherwise."""
    one = first(rows, lambda row: int(row["size"]) > 1 and row["children"] == "0")
    other = first(rows, lambda row: (row["depart"], row["route_id"]) != (one["depart"], one["route_id"]))
    one["size"], other["size"] = str(int(one["size"]) - 1), str(int(other["size"]) + 1)


def sent_elsewhere(rows: list[dict[str, str]]) -> None:
    one = first(rows, lambda row: True)
    other = first(rows, lambda row: row["route_id"] != one["route_id"])
    one["route_id"], one["host_id"], one["depart"] = (
        other[name] for name in ("route_id", "host_id", "depart")
    )


def put_later(rows: list[dict[str, str]]) -> None:
    one = first(rows, lambda row: True)
    one["depart"] = first(rows, lambda row: row["depart"] > one["depart"])["depart"]


def without_need(rows: list[dict[str, str]]) -> None:
    """The zone's totals stay as they are: who needs assistance is said to be in another household."""
    one = first(rows, lambda row: row["needing_assistance"] == "1")
    other = first(rows, lambda row: row["needing_assistance"] == "0")
    one["needing_assistance"], other["needing_assistance"] = "0", "1"


def car_given_away(rows: list[dict[str, str]]) -> None:
    one = first(rows, lambda row: row["with_car"] == "1")
    other = first(rows, lambda row: row["with_car"] == "0" and row["size"] == one["size"])
    one["with_car"], other["with_car"] = "0", "1"


def children_moved(rows: list[dict[str, str]]) -> None:
    one = first(rows, lambda row: int(row["children"]) > 0 and row["needing_assistance"] == "0")
    other = first(
        rows,
        lambda row: (
            row["children"] == row["needing_assistance"] == "0" and int(row["size"]) > int(one["children"])
        ),
    )
    one["children"], other["children"] = "0", one["children"]


def left_out(rows: list[dict[str, str]]) -> None:
    rows.remove(first(rows, lambda row: True))


def stays(rows: list[dict[str, str]]) -> None:
    one = first(rows, lambda row: True)
    one["depart"] = one["route_id"] = one["host_id"] = ""


@pytest.mark.parametrize(
    "change",
    [parted, sent_elsewhere, put_later, without_need, car_given_away, children_moved, left_out, stays],
    ids=lambda change: change.__name__,
)
def test_no_edited_household_is_certified(
    whole: Path, tmp_path: Path, change: Callable[[list[dict[str, str]]], None]
) -> None:
    with pytest.raises(CertificateRefused) as refused:
        certify(edited(whole, tmp_path, change))
    assert any(fault.file == "households.csv" for fault in refused.value.faults)


@pytest.fixture(scope="module")
def riding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pier is too far to walk: who has no car rides, by more than one trip."""
    near = town()
    best = near.assumptions.best.copy()
    best[near.assumptions.position()["walking_limit_min"]] = 30.0
    folder = tmp_path_factory.mktemp("riding") / "plan"
    far = replace(near, assumptions=replace(near.assumptions, low=best, best=best))
    write_plan(plan(far, model="classes", household_seed=2), folder)
    assert len(rows_of(folder, "trips.csv")) > 1
    return folder


def bus_changed(rows: list[dict[str, str]]) -> None:
    """A household boards a trip that is not its own."""
    one = rows[0]
    taken = {row["trip_id"] for row in rows if row["household_id"] == one["household_id"]}
    one["trip_id"] = next(row["trip_id"] for row in rows if row["trip_id"] not in taken)


def seat_given_away(rows: list[dict[str, str]]) -> None:
    """Another household of the same trip has one seat more, this one fewer: the trip's sum stays."""
    one, other = next(
        (a, b)
        for a, b in itertools.permutations(rows, 2)
        if a["trip_id"] == b["trip_id"] and int(a["persons"]) > 1
    )
    one["persons"], other["persons"] = str(int(one["persons"]) - 1), str(int(other["persons"]) + 1)


def boarding_left_out(rows: list[dict[str, str]]) -> None:
    del rows[0]


def boarding_twice(rows: list[dict[str, str]]) -> None:
    rows.insert(1, dict(rows[0]))


def nobody_known(rows: list[dict[str, str]]) -> None:
    rows[0]["household_id"] = "synthetic-0"


@pytest.mark.parametrize(
    "change",
    [bus_changed, seat_given_away, boarding_left_out, boarding_twice, nobody_known],
    ids=lambda change: change.__name__,
)
def test_no_edited_boarding_is_certified(
    riding: Path, tmp_path: Path, change: Callable[[list[dict[str, str]]], None]
) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(riding, folder)
    rows = rows_of(folder, "boarding.csv")
    change(rows)
    with (folder / "boarding.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(CertificateRefused) as refused:
        certify(folder)
    assert any(fault.file == "boarding.csv" for fault in refused.value.faults)


def test_a_boarding_list_is_not_forgotten(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(whole, folder)
    (folder / "boarding.csv").unlink()
    with pytest.raises(CertificateRefused) as refused:
        certify(folder)
    assert any(fault.file == "boarding.csv" for fault in refused.value.faults)


def test_no_edited_departure_is_certified(whole: Path, tmp_path: Path) -> None:
    """A person goes with others of the class; nothing else would notice that a household is split."""
    folder = tmp_path / "plan"
    shutil.copytree(whole, folder)
    rows = rows_of(folder, "departures.csv")
    one, other = next(
        (a, b)
        for a, b in itertools.permutations(rows, 2)
        if a["class_id"] == b["class_id"] and int(a["persons"]) > 1 and a["depart"] < b["depart"]
    )
    one["persons"], other["persons"] = str(int(one["persons"]) - 1), str(int(other["persons"]) + 1)
    with (folder / "departures.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(CertificateRefused) as refused:
        certify(folder)
    assert any("a household would be split" in fault.cause for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("loss", 0.0),
        ("loss_bound", 0.0),
        ("split", 1),
        ("leaving", 0),
        ("mean_size", 1.0),
        ("seed", 99),
        ("moved", 0),
    ],
)
def test_what_the_summary_says_of_households_cannot_be_edited(
    whole: Path, tmp_path: Path, name: str, value: float
) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(whole, folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["households"][name] != value
    summary["households"][name] = value
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(CertificateRefused):
        certify(folder)


def test_households_cannot_be_denied(whole: Path, tmp_path: Path) -> None:
    """Without them the classes would be others, and so would everything that counts them."""
    folder = tmp_path / "plan"
    shutil.copytree(whole, folder)
    (folder / "households.csv").unlink()
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    (folder / "summary.json").write_text(json.dumps(summary | {"households": None}), encoding="utf-8")
    with pytest.raises(CertificateRefused):
        certify(folder)
