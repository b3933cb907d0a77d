"""Rehearsing a plan with classes: its tables, its page, beside no plan, and what is refused."""

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farshore.cli.simulations import simulate_folder
from farshore.errors import SimulationFaults
from farshore.plan import plan
from farshore.plan.write import write_plan
from farshore.report import simulation_html
from farshore.results.outcome import Outcome
from farshore.scenario import with_closing
from farshore.scenario.edit import parse_window
from farshore.simulate import compare, simulate
from tests.unit.report.test_report_services import town


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return plan(town(), model="classes", household_seed=2)


def test_people_of_the_town_arrive_by_every_means(outcome: Outcome) -> None:
    """Where nothing happens that the plan did not know, all who are placed arrive as they were told."""
    result = simulate(outcome.scenario, plan=outcome)
    assert result.planned is not None
    placed = int(outcome.departures.persons.sum())
    assert result.planned.arrived == placed == result.arrived_persons
    assert result.planned.reached_s[50] is not None
    assert all(ride.depart_s is not None and ride.missed == 0 for ride in result.rides)
    assert outcome.services is not None
    told = {row["class_id"]: (row["people"], row["placed"]) for row in outcome.services.figures["classes"]}
    assert {row.class_id: (row.people, row.arrived) for row in result.classes} == told
    boat = next(flow for flow in result.crossings if flow.crossing_id == "boat")
    sailed = sum(
        int(persons)
        for route, persons in zip(
            outcome.departures.route.tolist(), outcome.departures.persons.tolist(), strict=True
        )
        if "w" in outcome.routes[route].links
    )
    assert boat.persons == sailed


def test_who_rides_is_who_boards_by_the_list(outcome: Outcome) -> None:
    """Riders of each trip are the sum of its rows in boarding.csv."""
    assert outcome.services is not None
    assert outcome.services.boarding
    riders: Counter[str] = Counter()
    for _, trip, persons in outcome.services.boarding:
        riders[trip] += persons
    result = simulate(outcome.scenario, plan=outcome)
    assert {ride.trip_id: ride.persons for ride in result.rides} == riders


def test_beside_no_plan_in_one_page(outcome: Outcome) -> None:
    """Ways on foot are the plan's only; the page draws all runs on the same links."""
    results = compare(outcome.scenario, plan=outcome)
    assert [result.label for result in results] == ["plan", "no plan", "nearest host"]
    assert len({result.links.arc_ids for result in results}) == 1
    page = simulation_html(results)
    for words in ("as the plan says", "Class by class", "Buses", "buses.csv"):
        assert words in page
    assert np.all(results[1].links.left <= results[1].links.entered)


def test_the_pier_shut_for_good_leaves_people_on_the_bank(outcome: Outcome) -> None:
    """The boat does not sail from the start: nobody crosses, and everybody is somewhere with a reason."""
    scenario = outcome.scenario
    start = scenario.about.start.isoformat()
    shut = with_closing(scenario, *parse_window(f"boat@{start}/", scenario))
    result = simulate(shut, plan=outcome)
    assert result.arrived_persons == 0
    assert sum(row.persons for row in result.unfinished) == int(result.people.sum())


def test_from_the_command_line(outcome: Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan folder in, tables and a page out; the terminal says what was planned and what came of it."""
    write_plan(outcome, tmp_path / "plan")
    assert simulate_folder(tmp_path / "plan", out=tmp_path / "run") == 0
    said = capsys.readouterr().out
    assert "as the plan says: " in said
    told = json.loads((tmp_path / "run" / "simulation.json").read_text(encoding="utf-8"))["runs"][0]
    assert told["planned"]["arrived"] == told["arrived"]
    assert told["classes"][0]["class_id"] == "assisted_car"
    assert outcome.services is not None
    with (tmp_path / "run" / "buses.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(outcome.services.trips)


def test_a_plan_of_another_town_is_refused(outcome: Outcome) -> None:
    """A fleet that is gone is named, with the trips that need it."""
    scenario = outcome.scenario
    fleets = replace(scenario.fleets, fleet_id=np.array(["other", "t"], object))
    with pytest.raises(SimulationFaults) as refused:
        simulate(replace(scenario, fleets=fleets), plan=outcome)
    assert any(fault.file == "trips.csv" and "fleet b" in fault.cause for fault in refused.value.faults)
