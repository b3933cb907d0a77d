"""Plans with classes that keep households whole: certified, never better than the bound, and not to be edited."""

import csv
from collections import Counter
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
    again = read_outcome(folder, with_classes=True)
    assert outcome_files(again)["households.csv"] == (folder / "households.csv").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "plan"
    write_plan(plan(town(), model="classes", household_seed=2), folder)
    return folder
