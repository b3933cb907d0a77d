"""Certifying plans with classes: figures by hand, and every edit of every table named where it is."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from farshore.errors import CertificateRefused
from farshore.plan import certify
from tests.builders import scenario
from tests.unit.plan_check.handmade_classes import write_class_plan

PAGE = {
    "persons_per_vehicle": 2,
    "bus_pcu": 2,
    "wheelchair_share": 0.25,
    "walking_speed_kmh": 6,
    "foot_persons_h_lane": 20,
    "travel_weight": 0,
    "driver_hours_day": 20,
}


def town():
    """Half-hour steps. Zone z on n0; stop n1; pier n2 and n3 over the river; host h on n4, g on n1.

    Of 24 people 4 are assisted, 8 of families, 12 others; half of each have a car. All is at rate 1.
    Roads a, b, d take 30 min each (one step), and so does the ferry.
    """
    return scenario(
        links=[
            "a n0 n1 length=18000 capacity=8",
            "b n1 n2 length=18000 capacity=100",
            "w n2 n3 facility_type=ferry length=100 capacity=0 crossing_id=boat",
            "d n3 n4 length=18000 capacity=100",
            "foot n0 n1 length=3000 capacity=0 allowed_uses=walk crossing_id=steps",
            "rail n1 n4 length=9000 capacity=0 allowed_uses=rail",
        ],
        crossings=[
            "boat ferry vehicles_per_trip=2 persons_per_trip=10 trip_s=1800 vessels=2",
            "steps bridge",
        ],
        zones=[
            "z n0 persons=24 share_needing_assistance=0.16666667 share_under_18=0.16666667 share_with_car=0.5"
        ],
        hosts=["h n4 beds=40 services=medical country=UA", "g n1 beds=6 intake_persons_h=12 country=UA"],
        fleets=[
            "bus bus n0 vehicles=2 seats=8 wheelchair_places=1 load_s=600 unload_s=600 line=n0;n2;n3;n4;n1",
            "far bus n3 vehicles=2 seats=20 wheelchair_places=0",
            "train train n1 vehicles=1 seats=6 wheelchair_places=2",
        ],
        timetable=["r train n1 departs=2", "r train n4 arrives=2.75"],
        choices=["need=assisted services=medical"],
        parameters=PAGE | {"family_persons_per_child": 2, "walking_limit_min": 60},
        horizon_h=6,
    )


# Steps: a bus from n0 is occupied 1 step before boarding there (600 s), 2 riding to n2 (a, b), and
# ⌈(600 + 3600) / 1800⌉ = 3 after. Room of `a` in a step: 8 · 2 / 2 = 8 persons; a bus takes 4 of it.
OVER = [
    ("bus", "n0", "n2", 0, "a b", "bus"), ("ferry", "n2", "n3", 3, "w"), ("bus", "n3", "n4", 4, "d", "far")
]  # fmt: skip
MOVES = [
    # By car, 4 in the room that the bus leaves: a, b, w, d.
    {"zone": "z", "class_id": "other_car", "step": 1, "host": "h", "persons": 4,
     "legs": [("car", "n0", "n4", 0, "a b w d")]},
    # By bus to the pier, waiting there a step, by ferry, and with the other fleet on to the host.
    {"zone": "z", "class_id": "family_foot", "step": 1, "host": "h", "persons": 4,
     "legs": OVER},
    {"zone": "z", "class_id": "other_foot", "step": 1, "host": "h", "persons": 2,
     "legs": OVER},
    # On foot to the stop (30 min, a step), and by train at 02:00, arriving in step 5.
    {"zone": "z", "class_id": "assisted_foot", "step": 2, "host": "h", "persons": 2,
     "legs": [("walk", "n0", "n1", 0, "foot"), ("train", "n1", "n4", 2, "3", "r")]},
    # On foot, though with a car, and waiting there to be taken in.
    {"zone": "z", "class_id": "family_car", "step": 0, "host": "g", "persons": 3,
     "legs": [("walk", "n0", "n1", 0, "foot")], "wait": 1},
]  # fmt: skip
TRIPS = [
    {
        "fleet": "bus",
        "vehicle": 1,
        "tail": "n0",
        "head": "n2",
        "board": 1,
        "links": "a b",
        "persons": 6,
        "seats": 6,
    },
    {
        "fleet": "far",
        "vehicle": 1,
        "tail": "n3",
        "head": "n4",
        "board": 5,
        "links": "d",
        "persons": 6,
        "seats": 6,
    },
]
HALF = 500_000  # a step at rate 1 in 10⁻⁶ person-hours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_class_plan(tmp_path / "plan", town(), MOVES, TRIPS, prices={"links": [["a", 1, 7]]})
    return tmp_path / "plan"


def test_the_figures_are_those_worked_out_by_hand(folder: Path) -> None:
    """By hand: priorities 2, 1.5, 1; U = 10 · 12 · (2 · 500,000)."""
    found = certify(folder)
    home = {
        "other_car": 4 * 1,  # steps waited at home by those who leave
        "family_foot": 4 * 1.5,
        "other_foot": 2 * 1,
        "assisted_foot": 2 * 2 * 2,
        "family_car": 0,
    }
    on_the_way = {
        "other_car": 4 * 4,
        "family_foot": 4 * 1.5 * 5,  # two on the bus, one at the pier, one afloat, one on the bus
        "other_foot": 2 * 5,
        "assisted_foot": 2 * 2 * (1 + 1 + 1),  # walk, wait, train
        "family_car": 3 * 1.5 * 2,
    }
    # 2 assisted, 1 of a family and 6 others stay for twelve steps, and cost U each besides.
    stay = 2 * 2 * 12 + 1 * 1.5 * 12 + 6 * 12
    left = 9 * 10 * 12 * 2
    assert found.placed == 15
    assert found.objective == HALF * (sum(home.values()) + sum(on_the_way.values()) + stay + left)
    assert found.lower_bound < found.objective
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert [(c["class_id"], c["people"], c["placed"]) for c in summary["classes"]] == [
        ("assisted_car", 2, 0), ("assisted_foot", 2, 2), ("family_car", 4, 3), ("family_foot", 4, 4),
        ("other_car", 6, 4), ("other_foot", 6, 2),
    ]  # fmt: skip
    assert summary["modes"] == {"car": 4, "walk": 5, "ferry": 6, "bus": 6, "train": 2}
    bus, far = summary["fleets"]
    assert (bus["trips"], bus["persons"], bus["occupied_h"]) == (1, 6, 3.0)
    assert (far["trips"], far["persons"], far["occupied_h"]) == (1, 6, 1.5)
    assert bus["share_of_driver_hours"] == 6 / 80
    # An assisted rider takes ⌈0.25 · 6 / 2⌉ = 1 seat of the train.
    assert summary["trains"] == [{"run_id": "r", "fleet_id": "train", "persons": 2, "most_seats_taken": 2}]
    crossed = {row["crossing_id"]: row["persons"] for row in summary["crossings"]}
    assert crossed == {"boat": 10, "steps": 5}


def refused(folder: Path) -> str:
    with pytest.raises(CertificateRefused) as raised:
        certify(folder)
    return "\n".join(map(str, raised.value.faults))


EDITS = [
    (
        "departures.csv",
        2,
        "class_id",
        "other_foot",
        "departures.csv, row 2, class_id: other_foot have no car",
    ),
    ("departures.csv", 2, "class_id", "lorry", "departures.csv, row 2, class_id: 'lorry' is no class"),
    ("departures.csv", 2, "persons", "5", "departures.csv, row 2, persons: 9 of room are taken on link a"),
    ("departures.csv", 2, "persons", "7", "departures.csv, row 2, persons: 7 other_car have left z"),
    ("departures.csv", 3, "class_id", "assisted_foot", "row 3, class_id: assisted people cannot ride far"),
    ("departures.csv", 5, "depart", "2022-10-14T00:30+03:00", "row 5, depart: a train of"),
    ("departures.csv", 6, "class_id", "assisted_car", "row 6, host_id: assisted_car of z do not accept g"),
    (
        "departures.csv",
        6,
        "persons",
        "5",
        "persons: 5 family_car have left z by 2022-10-14T00:00+03:00, when 4",
    ),
    ("trips.csv", 2, "vehicle", "3", "trips.csv, row 2, vehicle: '3' is none of the 2 vehicles of bus"),
    ("trips.csv", 2, "seats_taken", "9", "trips.csv, row 2, seats_taken: says 9; a vehicle of bus has 8"),
    ("trips.csv", 2, "persons", "5", "trips.csv, row 2, persons: comes to 5; 6 board bus at n0"),
    ("trips.csv", 2, "board", "2022-10-14T01:00+03:00", "trips.csv, row 2, alight: says"),
    ("trips.csv", 2, "leaves_base", "2022-10-14T00:30+03:00", "trips.csv, row 2, leaves_base: says"),
    ("trips.csv", 2, "back_at_base", "2022-10-14T02:30+03:00", "trips.csv, row 2, back_at_base: says"),
    ("trips.csv", 2, "links", "a", "trips.csv, row 2, links: end at n1, not at n2"),
    ("trips.csv", 2, "links", "a -a", "trips.csv, row 2, links: -a turns straight back"),
    ("trips.csv", 3, "fleet_id", "bus", "row 3, from_node_id: buses of bus cannot take people up at n3"),
    ("trips.csv", 3, "fleet_id", "tram", "trips.csv, row 3, fleet_id: 'tram' is no fleet of buses"),
    ("duties.csv", 2, "trips", "2", "duties.csv, row 2, trips: says '2'; trips.csv makes it '1'"),
    ("duties.csv", 2, "occupied_h", "2.5", "duties.csv, row 2, occupied_h: says '2.5'; trips.csv makes it 3"),
    ("duties.csv", 2, "first_leaves_base", "x", "duties.csv, row 2, first_leaves_base: says 'x'"),
    ("duties.csv", 2, "vehicle", "2", "duties.csv, row 2, vehicle: by trips.csv bus 2 makes no trip"),
    ("arrivals.csv", 2, "persons", "9", "arrivals.csv, row 2, persons: says '9'"),
    ("crossings.csv", 2, "persons", "9", "crossings.csv, row 2, persons: says '9'"),
    ("crossings.csv", 2, "capacity_persons", "9", "crossings.csv, row 2, capacity_persons: says '9'"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "said"), EDITS)
def test_every_edit_of_a_table_is_named(folder: Path, file, row, column, value, said) -> None:
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[row - 1][rows[0].index(column)] = value
    with (folder / file).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    assert said in refused(folder)


@pytest.mark.parametrize(
    ("route", "name", "value", "said"),
    [
        (1, "legs", None, "legs[0]: ends at n1 in step 1 by its links"),
        (0, "arrival_steps", 5, "features[0].arrival_steps: says 5; the legs end in step 4"),
        (0, "free_flow_s", 1, "features[0].free_flow_s"),
        (0, "entry_steps", [0, 1, 2, 4], "features[0].entry_steps[3]"),
        (2, "links", ["-foot"], "features[2].legs[0]: the walk goes by foot"),
        (3, "host_id", "h", "features[3].legs: end at n1, not at n4"),
    ],
)
def test_every_edit_of_a_route_is_named(folder: Path, route, name, value, said) -> None:
    document = json.loads((folder / "routes.geojson").read_text(encoding="utf-8"))
    stated = document["features"][route]["properties"]
    if name == "legs":
        stated["legs"][0][5], stated["links"] = 1, ["a", "w", "d"]
        stated["entry_steps"] = [0, 3, 4]
    else:
        stated[name] = value
    (folder / "routes.geojson").write_text(json.dumps(document), encoding="utf-8")
    assert said in refused(folder)


@pytest.mark.parametrize(
    ("kind", "prices", "said"),
    [
        ("links", [["a", 1, 8]], "certificate.json, lower_bound: says"),
        ("links", [["nowhere", 1, 8]], "prices.links[0]: is for 'nowhere'"),
        ("decks", [["a", 1, 8]], "prices.decks[0]: is for 'a', which is no ferry arc"),
        (
            "foot",
            [["a", 1, 8]],
            "prices.foot[0]: is for 'a', which is no link of a crossing that can be walked",
        ),
        ("fleets", [["train", 1, 8]], "prices.fleets[0]: is for 'train', which is no fleet of buses"),
        ("drivers", [["bus", 1, 8]], "prices.drivers[0]: is for 1, outside the horizon"),
        ("trains", [["r", 1, 8]], "prices.trains[0]: is for no stage of a run"),
        ("intake", [["h", 1, 8]], "prices.intake[0]: is for 'h', which has no limit"),
        ("beds", [["h", -8]], "prices.beds[0]: is negative"),
    ],
)
def test_every_price_is_checked(folder: Path, kind, prices, said) -> None:
    certificate = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    certificate["prices"][kind] = prices
    (folder / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    assert said in refused(folder)


def test_every_figure_of_the_summary_is_checked(folder: Path) -> None:
    stated = json.loads((folder / "summary.json").read_text(encoding="utf-8"))

    def places(value, path=()):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from places(each, (*path, key))
        elif isinstance(value, list):
            for i, each in enumerate(value):
                yield from places(each, (*path, i))
        elif type(value) in (int, float):
            yield path

    figures = [p for p in places(stated) if p[0] not in ("solve_s", "rounds", "assumptions")]
    assert len(figures) > 60
    for path in figures:
        edited = json.loads(json.dumps(stated))
        inner = edited
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] += 1
        (folder / "summary.json").write_text(json.dumps(edited), encoding="utf-8")
        place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path).removeprefix(".")
        assert f"summary.json, {place}: says" in refused(folder)


def test_two_trips_of_one_vehicle_overlap(tmp_path: Path) -> None:
    """Its second trip is on the road before it is back from the first."""
    more = [MOVES[1] | {"step": 3, "persons": 1, "class_id": "other_foot"}]
    trips = [
        *TRIPS,
        TRIPS[0] | {"board": 3, "persons": 1, "seats": 1},
        TRIPS[1] | {"board": 7, "vehicle": 2, "persons": 1, "seats": 1},
    ]
    write_class_plan(tmp_path / "plan", town(), [*MOVES, *more], trips)
    said = refused(tmp_path / "plan")
    assert "trips.csv, row 4, vehicle: bus 1 is on another trip until 2022-10-14T03:00+03:00 (row 2)" in said
    write_class_plan(
        tmp_path / "other", town(), [*MOVES, *more], [trips[0], trips[1], trips[2] | {"vehicle": 2}, trips[3]]
    )
    assert certify(tmp_path / "other").placed == 16


def test_drivers_have_so_many_hours_a_day(tmp_path: Path) -> None:
    """Two vehicles for an hour a day each: four steps, and one trip takes six."""
    there = town()
    assumed = there.assumptions
    best = assumed.best.copy()
    best[list(assumed.key).index("driver_hours_day")] = 1
    tired = replace(there, assumptions=replace(assumed, best=best, low=best, high=best))
    write_class_plan(tmp_path / "plan", tired, MOVES, TRIPS)
    said = refused(tmp_path / "plan")
    assert "bus is out for 3 vehicle-hours on day 0; its drivers have 2" in said


def test_riders_without_a_trip_are_named(tmp_path: Path) -> None:
    write_class_plan(tmp_path / "plan", town(), MOVES, TRIPS[:1])
    assert (
        "trips.csv: lacks a trip: 6 board far at n3 at 2022-10-14T02:30+03:00 (departures.csv, rows 3, 4)"
        in refused(tmp_path / "plan")
    )


def test_assisted_riders_need_room(tmp_path: Path) -> None:
    """⌈0.25 · 8 / 1⌉ = 2 seats each, so at most 4 on a bus of 8; 2 and 4 others fill it, not 2 and 5."""
    ride = [("bus", "n0", "n1", 0, "a", "bus")]

    def moves(others):
        return [
            {"zone": "z", "class_id": "family_foot", "step": 1, "host": "g", "persons": others, "legs": ride},
            {"zone": "z", "class_id": "assisted_foot", "step": 1, "host": "h", "persons": 2,
             "legs": [*ride, ("train", "n1", "n4", 3, "4", "r")]},
        ]  # fmt: skip

    trip = {"fleet": "bus", "vehicle": 1, "tail": "n0", "head": "n1", "board": 1, "links": "a"}
    write_class_plan(tmp_path / "full", town(), moves(4), [trip | {"persons": 6, "seats": 8}])
    assert certify(tmp_path / "full").placed == 6
    write_class_plan(
        tmp_path / "over",
        town(),
        [*moves(4), moves(1)[0] | {"class_id": "other_foot"}],
        [trip | {"persons": 7, "seats": 8}],
    )
    assert "1 trip cannot seat the 7 who board bus at n0" in refused(tmp_path / "over")
