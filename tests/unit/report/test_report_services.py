"""A plan with classes on the page and on the screen, made and read back from its folder alike."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from farshore.cli.plans import plan_folder, report_folder
from farshore.errors import UsageFault
from farshore.forecast import plan_arrivals
from farshore.plan import audited, plan, with_crossing_room, write_plan
from farshore.report import html
from farshore.report.flows import arc_flows, foot_flows, train_flows
from farshore.report.services import modes_sentence
from farshore.report.terminal import summary_table
from farshore.results import read_outcome
from farshore.results.folder import outcome_files
from farshore.results.outcome import Outcome
from farshore.results.summary import summary_of
from farshore.results.ways import Places, way_words
from farshore.scenario import Scenario, scenario_hash, write_scenario
from farshore.scenario.timing import timing_of
from tests.builders import scenario


def town() -> Scenario:
    """A town, a pier and a far bank: who has no car walks or rides to the pier, sails and takes the train."""
    return scenario(
        nodes=["n1", {"node_id": "n2", "name": "East pier", "node_type": "port"}, "n3", "n4"],
        links=[
            "a n1 n2 length=6000 capacity=8 allowed_uses=auto;bus;walk",
            "w n2 n3 length=3000 crossing_id=boat facility_type=ferry",
            "c n3 n4 length=40000 capacity=8",
        ],
        crossings=["boat ferry vehicles_per_trip=2 persons_per_trip=9 trip_s=1800 vessels=2"],
        zones=["z n1 persons=40 share_with_car=0.3 share_under_18=0.2 share_needing_assistance=0.2"],
        hosts=["h n4 beds=40", "g n3 beds=9"],
        fleets=[
            "b bus n1 vehicles=2 seats=6 wheelchair_places=2 load_s=600",
            "t train n3 vehicles=1 seats=20 wheelchair_places=4",
        ],
        timetable=[
            "run1 t n3 departs=5",
            "run1 t n4 arrives=6.5",
            "run2 t n3 departs=8",
            "run2 t n4 arrives=9",
        ],
        parameters={"walking_speed_kmh": 6, "walking_limit_min": 90, "foot_persons_h_lane": 10},
        horizon_h=12,
    )


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return audited(plan(town(), model="classes"))


@pytest.fixture(scope="module")
def folder(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plans") / "plan"
    write_plan(outcome, made)
    return made


def told(outcome: Outcome) -> dict:
    code = scenario_hash(outcome.scenario)
    return summary_of(outcome, timing_of(outcome.scenario), scenario_hash=code, certified=True)


def text_of(page: str, identity: str) -> list[str]:
    """A section's rows and paragraphs, their texts joined by bars."""
    part = (
        page.rsplit(f'<section id="{identity}"', maxsplit=1)[-1]
        if f'<section id="{identity}"' in page
        else ""
    )
    part = part or page.split(f'id="{identity}" ')[1]
    part = part.split("</section>")[0]
    rows = re.findall(r"<tr.*?</tr>|<p.*?</p>|<summary.*?</summary>", part, re.S)
    return ["|".join(re.findall(r">([^<>]+)<", row)) for row in rows]


def test_a_folder_read_back_is_written_to_the_same_bytes(outcome: Outcome, folder: Path) -> None:
    """Legs, classes, trips, duties, prices, costs and loads: nothing is lost on the way."""
    again = with_crossing_room(read_outcome(folder, with_classes=True))
    assert outcome_files(again) == outcome_files(outcome)
    assert again.services is not None
    assert outcome.services is not None
    for one, other in zip(again.services.loads, outcome.services.loads, strict=True):
        assert one.crossing_id == other.crossing_id
        assert np.array_equal(one.capacity_persons, other.capacity_persons)
    assert html(again) == html(outcome)


def test_who_does_not_know_classes_is_not_given_them(folder: Path) -> None:
    with pytest.raises(UsageFault, match="with classes"):
        read_outcome(folder)


def test_forecasts_read_its_arrivals(outcome: Outcome, folder: Path) -> None:
    """Everybody placed is in some host at the end."""
    arrivals = plan_arrivals(read_outcome(folder, with_classes=True), members=20)
    assert arrivals.expected[-1].sum() == told(outcome)["placed"]


def test_each_class_has_its_row_with_what_it_uses(outcome: Outcome, folder: Path) -> None:
    """Counted from departures.csv and the routes' legs: 12 of 40 have a car."""
    legs = {
        feature["properties"]["route_id"]: {leg[0] for leg in feature["properties"]["legs"]}
        for feature in json.loads((folder / "routes.geojson").read_text())["features"]
    }
    with (folder / "departures.csv").open() as stream:
        rows = list(csv.DictReader(stream))

    def using(class_id: str, mode: str) -> int:
        return sum(
            int(row["persons"])
            for row in rows
            if row["class_id"] == class_id and mode in legs[row["route_id"]]
        )

    modes = [mode for mode in ("car", "bus", "ferry", "train", "walk") if told(outcome)["modes"][mode]]
    assert {"car", "ferry", "train", "walk"} <= set(modes)  # the town makes all of them worth taking
    found = [row.split("|") for row in text_of(html(outcome), "classes")[2:]]
    assert [row[0] for row in found] == [
        f"{need}, {way}"
        for need in ("need assistance", "with children", "all others")
        for way in ("with a car", "no car")
    ]
    for row, class_ in zip(found, told(outcome)["classes"], strict=True):
        assert row[1:4] == [str(class_[name]) for name in ("people", "placed", "unserved")]
        assert row[5:] == [str(using(class_["class_id"], mode)) for mode in modes]


def test_zones_are_told_who_leaves_when_and_which_way(outcome: Outcome) -> None:
    rows = text_of(html(outcome), "told")
    placed = sum(row["placed"] for row in told(outcome)["classes"])
    assert f"z: {placed} people" in rows
    lines = [row.split("|") for row in rows if row.count("|") == 5 and not row.startswith("class|")]
    assert sum(int(line[1]) for line in lines) == placed
    assert any("East pier, boat to n3, train (run" in line[5] for line in lines)
    assert any(line[5].startswith("drive") for line in lines)


def test_ways_have_names_of_places_and_end_at_the_host(outcome: Outcome) -> None:
    places = Places(outcome.scenario)
    names = {"h": "h", "g": "g"}
    for route in outcome.routes:
        words = way_words(places, route)
        assert words.endswith(f"to {names[route.host_id]}")
        assert words.count(", ") == len(route.legs or ()) - 1


def test_buses_and_trains_are_on_the_page(outcome: Outcome) -> None:
    rows = text_of(html(outcome), "vehicles")
    summary = told(outcome)
    for fleet in summary["fleets"]:
        assert any(
            row.startswith(f"{fleet['fleet_id']}|n1|2|{fleet['vehicles_used']}|{fleet['trips']}|")
            for row in rows
        )
    for run in summary["trains"]:
        assert f"{run['run_id']}|t|{run['persons']}|{run['most_seats_taken']}" in rows


def test_the_certificate_says_that_a_better_plan_may_exist(outcome: Outcome) -> None:
    assert not outcome.complete  # else there is nothing to say
    page = html(outcome)
    assert "A better plan may exist" in page
    assert "stopped before" not in page
    assert "decks, buses, drivers, trains and beds" in page


def test_people_are_drawn_where_they_ride_walk_and_take_trains(outcome: Outcome) -> None:
    """Everybody who reaches the far bank by boat is on the boat's arc; who trains, between its stops."""
    ways = outcome.routes
    persons = np.bincount(outcome.departures.route, outcome.departures.persons, len(ways)).astype(int)

    def total(used) -> int:
        return int(sum(n for n, route in zip(persons, ways, strict=True) if used(route)))

    ferry = arc_flows(outcome)["w"]
    assert ferry.entering.sum() == total(lambda route: "w" in route.links)
    walked = total(lambda route: any(leg[0] == "walk" and leg[5] for leg in route.legs or ()))
    assert walked > 0
    assert max(flow.entering.sum() for flow in foot_flows(outcome).values()) == walked
    trains = train_flows(outcome)
    assert set(trains) == {("n3", "n4")}
    assert trains["n3", "n4"].entering.sum() == total(
        lambda route: any(leg[0] == "train" for leg in route.legs or ())
    )


def test_the_screen_holds_classes_and_vehicles(outcome: Outcome) -> None:
    screen = StringIO()
    Console(file=screen, width=80, color_system=None).print(summary_table(told(outcome)))
    lines = screen.getvalue().rstrip("\n").split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("need assistance") for line in lines)
    assert any("bus" in line and "trips" in line and "drive" in line for line in lines)
    assert "Stopped early" not in screen.getvalue()


def test_words_for_modes() -> None:
    none = {"car": 0, "walk": 0, "ferry": 0, "bus": 0, "train": 0}
    assert modes_sentence(none) == ""
    assert modes_sentence(none | {"car": 1200}) == "1,200 drive."
    assert modes_sentence(none | {"bus": 3}) == "3 ride buses."
    both = modes_sentence(none | {"car": 1, "bus": 2, "train": 3})
    assert both == "1 drive. Of the others 2 ride buses and 3 take trains."


def test_report_writes_the_same_page_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scenario(town(), tmp_path / "s")
    assert plan_folder(tmp_path / "s", out=tmp_path / "plan", model="classes") == 0
    page = (tmp_path / "plan" / "report.html").read_bytes()
    assert b"What each zone is told" in page
    assert f"Open {tmp_path / 'plan' / 'report.html'}" in capsys.readouterr().out
    (tmp_path / "plan" / "report.html").unlink()
    report_folder(tmp_path / "plan")
    assert (tmp_path / "plan" / "report.html").read_bytes() == page


def test_households_have_their_line_and_the_screen_still_fits(tmp_path: Path) -> None:
    """What keeping them whole costs is on the page and on the screen, its classes counted from them."""
    write_plan(plan(town(), model="classes", household_seed=2), tmp_path / "plan")
    outcome = with_crossing_room(read_outcome(tmp_path / "plan", with_classes=True))
    summary = json.loads((tmp_path / "plan" / "summary.json").read_text(encoding="utf-8"))
    assert summary["households"]["split"] == 0
    assert "none is split; that costs" in html(outcome, summary=summary)
    screen = StringIO()
    Console(file=screen, width=80, color_system=None).print(summary_table(summary))
    lines = screen.getvalue().rstrip("\n").split("\n")
    assert any(line.startswith("households: ") for line in lines)
    assert len(lines) <= 24
