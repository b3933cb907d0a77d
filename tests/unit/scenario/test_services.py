"""Fleets' lines, timetables and choices: what contradicts them is named, what fits is silent."""

from pathlib import Path

import pytest

from farshore.scenario import check_folder, check_values, read_scenario, scenario_files, write_scenario
from farshore.scenario.parameters import CLASSES, PARAMETERS, SETTABLE
from tests.builders import scenario

TRAIN = ["t train n1 vehicles=1 seats=200"]


def base(**more):
    given = {
        "links": ["a n1 n2", "b n2 n3", "w n1 n3 crossing_id=f facility_type=ferry"],
        "zones": ["z n1 persons=10"],
        "hosts": ["h n3 beds=20 services=medical;school country=UA", "g n2 beds=5 country=PL"],
        "crossings": ["f ferry vessels=1 trip_s=600 persons_per_trip=5"],
    }
    return scenario(**(given | more))


def only(made):
    report = check_values(made)
    assert len(report.faults) == 1, report.faults
    return str(report.faults[0])


GOOD = {
    "fleets": ["t train n1", {"fleet_id": "b", "mode": "bus", "base_node_id": "n1", "vehicles": 1, "seats": 9,
                              "line": "n1; n2 n3"}, "v boat n1 line=f"],
    "timetable": ["r t n1 departs=1", "r t n2 arrives=2 departs=2", "r t n3 arrives=3", "s t n3 departs=1",
                  "s t n1 arrives=1"],
    "choices": [{"zone_id": "z", "services": "medical"}, {"need": "family", "countries": "UA;PL"},
                {"need": "assisted", "host_id": "h"}],
}  # fmt: skip


def test_what_fits_is_silent_and_comes_back_as_it_was(tmp_path: Path) -> None:
    good = base(**GOOD)
    assert check_values(good).faults == check_values(good).warnings == ()
    write_scenario(good, tmp_path / "s")
    assert read_scenario(tmp_path / "s") == good
    text = (tmp_path / "s" / "timetable.csv").read_text(encoding="utf-8").splitlines()
    assert text[:3] == [
        "run_id,fleet_id,node_id,arrives,departs",
        "r,t,n1,,2022-10-14T01:00+03:00",
        "r,t,n2,2022-10-14T02:00+03:00,2022-10-14T02:00+03:00",
    ]
    assert (tmp_path / "s" / "choices.csv").read_text(encoding="utf-8").splitlines() == [
        "zone_id,need,services,countries,host_id",
        "z,,medical,,",
        ",family,,UA;PL,",
        ",assisted,,,h",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fleets": ["b bus n1 line=n1;n9"]}, "fleets.csv, row 2, line: 'n9' is not in network/node.csv;"),
        ({"fleets": ["v boat n1"]}, "fleets.csv, row 2, line: is blank; name the ferry"),
        ({"fleets": ["v ferry n1 line=b"]}, "fleets.csv, row 2, line: 'b' is no crossing of kind `ferry`"),
        ({"fleets": TRAIN, "timetable": ["r t n1 departs=1"]}, "row 2, run_id: run 'r' stops once"),
        ({"fleets": TRAIN, "timetable": ["r t n1 departs=2", "r t n2 arrives=1"]},
         "row 3, arrives: 2022-10-14T01:00+03:00 is before 2022-10-14T02:00+03:00, when it departs in row 2"),
        ({"fleets": TRAIN, "timetable": ["r t n1", "r t n2 arrives=1"]}, "row 2, departs: is blank"),
        ({"fleets": TRAIN, "timetable": ["r t n1 departs=1", "r t n2"]}, "row 3, arrives: is blank"),
        ({"fleets": TRAIN, "timetable": ["r t n1 departs=1", "r t n2 arrives=1", "r t n3 arrives=2"]},
         "row 3, departs: is blank"),
        ({"fleets": ["b bus n1"], "timetable": ["r b n1 departs=1", "r t n2 arrives=2"]}, "fleet_id: 't' is"),
        ({"fleets": [*TRAIN, "u train n1"], "timetable": ["r t n1 departs=1", "r u n2 arrives=2"]},
         "row 3, fleet_id: run 'r' is of fleet 't' in row 2"),
        ({"fleets": TRAIN, "timetable": ["r t n9 departs=1", "r t n2 arrives=2"]}, "row 2, node_id: 'n9'"),
        ({"choices": [{"zone_id": "y", "services": "medical"}]}, "row 2, zone_id: 'y' is not in zones"),
        ({"choices": [{"host_id": "x"}]}, "choices.csv, row 2, host_id: 'x' is not in hosts.csv"),
    ],
)  # fmt: skip
def test_what_contradicts_is_named(more, said) -> None:
    assert said in "\n".join(map(str, check_values(base(**more)).faults))


def test_a_fleet_of_buses_runs_by_no_timetable() -> None:
    rows = ["r b n1 departs=1", "r b n2 arrives=2"]
    report = check_values(base(fleets=["b bus n1"], timetable=rows))
    assert [fault.row for fault in report.faults] == [2, 3]
    assert "is not of mode `train`" in str(report.faults[0])


def test_the_rows_of_a_run_follow_each_other() -> None:
    rows = ["r t n1 departs=1", "s t n1 departs=1", "r t n2 arrives=2", "s t n2 arrives=2"]
    report = check_values(base(fleets=TRAIN, timetable=rows))
    assert [(f.row, f.column) for f in report.faults] == [(4, "run_id"), (5, "run_id")]


def test_a_choice_that_no_host_meets_is_a_warning() -> None:
    row = {"services": "dialysis"}
    (warning,) = check_values(base(choices=[row, {"countries": "UA"}])).warnings
    assert str(warning).startswith("choices.csv, row 2, services: no host is what this row asks for;")
    (warning,) = check_values(base(choices=[{"need": "other"}])).warnings
    assert "it changes nothing" in str(warning)


def test_plans_without_classes_list_no_default_of_classes(tmp_path: Path) -> None:
    write_scenario(base(), tmp_path / "s")
    _, report = check_folder(tmp_path / "s")
    assert report.faults == ()
    said = "\n".join(report.defaults_used)
    assert not any(key in said for key in CLASSES)
    assert "timetable" not in said
    assert "choices" not in said
    assert all(key in SETTABLE and key not in PARAMETERS for key in CLASSES)


def test_an_empty_table_has_no_file() -> None:
    assert not {"timetable.csv", "choices.csv"} & set(scenario_files(base()))
