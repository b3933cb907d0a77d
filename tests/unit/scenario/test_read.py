"""Reading a folder: what is tolerated, what is missing, which defaults were used, what is refused."""

from pathlib import Path

import pytest

from farshore.errors import OutputUnwritable, ScenarioFaults
from farshore.scenario import (
    Scenario,
    check_folder,
    check_scenario,
    new_scenario,
    read_scenario,
    with_closing,
    write_scenario,
)
from tests.builders import scenario

SMALL = scenario(
    links=["a n1 n2", "b n2 n3 crossing_id=c"], zones=["z n1"], hosts=["h n3"], crossings=["c bridge"]
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_scenario(SMALL, tmp_path / "s")
    return tmp_path / "s"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check_scenario(folder).faults]


def test_a_second_header_row_changes_row_numbers_and_nothing_else(folder: Path) -> None:
    zones = folder / "zones.csv"
    change(zones, "\nz,", "\n#adm+code,#adm+name,,#geo+lon,#geo+lat,#affected,,,,,\nz,")
    assert read_scenario(folder) == SMALL
    change(zones, ",10,", ",-10,")
    assert faults(folder)[0].startswith("zones.csv, row 3, persons: -10 is negative")


def test_columns_stand_in_any_order_and_strangers_are_ignored_with_a_warning(folder: Path) -> None:
    rows = [line.split(",") for line in (folder / "hosts.csv").read_text(encoding="utf-8").splitlines()]
    rows = [[*reversed(row), "x"] for row in rows]
    rows[0][-1] = "phone"
    (folder / "hosts.csv").write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    assert read_scenario(folder) == SMALL
    assert [str(each) for each in check_scenario(folder).warnings] == [
        "hosts.csv, row 1, phone: is no column of this table; its cells are ignored"
    ]


@pytest.mark.parametrize(
    "name", ["scenario.toml", "network/node.csv", "network/link.csv", "zones.csv", "hosts.csv"]
)
def test_a_required_file_that_is_missing_is_the_only_fault(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (fault,) = faults(folder)
    assert fault.startswith(f"{name}: is missing;")


def test_an_optional_file_that_is_missing_is_a_default(folder: Path) -> None:
    assert "closures.csv: absent, no closures" in check_scenario(folder).defaults_used
    assert "crossings.csv: absent, no crossings" not in check_scenario(folder).defaults_used


def test_each_default_is_listed_once_with_its_count(folder: Path) -> None:
    change(folder / "network/link.csv", ",36.0,1,", ",36.0,,")
    defaults = check_scenario(folder).defaults_used
    assert "network/link.csv, lanes: 1 blank cell read as 1" in defaults
    assert "hosts.csv, intake_persons_h: 1 blank cell read as `no limit`" in defaults
    assert "assumptions.csv, share_present: not set, taken as 1 share" in defaults
    assert not [each for each in defaults if "persons_per_vehicle" in each]
    assert read_scenario(folder).defaults_used == defaults


def test_a_column_that_is_missing_is_named_with_what_may_be_it(folder: Path) -> None:
    change(folder / "zones.csv", "node_id", "nodeid")
    report = check_scenario(folder)
    assert [str(fault) for fault in report.faults] == [
        "zones.csv, row 1, node_id: is missing; is it `nodeid`? give where its people enter the network"
    ]


@pytest.mark.parametrize("column", ["unit_position", "troops", "targetId"])
def test_a_military_column_is_refused(folder: Path, column: str) -> None:
    change(folder / "zones.csv", "ready_curve", f"ready_curve,{column}")
    change(folder / "zones.csv", "\nz,", "\n#z,,,,,,,,,,,\nz,")
    assert any(f"row 1, {column}: names something military" in fault for fault in faults(folder))


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (",road,", ",military_road,", True),
        (",road,", ",residential,", False),
        (",a,", ",Barracks Street,", False),
    ],
)
def test_types_are_refused_and_names_are_free(folder: Path, old: str, new: str, refused: bool) -> None:
    change(folder / "network/link.csv", old, new)
    assert bool(faults(folder)) is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "zones.geojson, row 1: is no JSON"),
        ("[]", "zones.geojson: is no FeatureCollection"),
        ('{"type": "Feature"}', "zones.geojson: is no FeatureCollection"),
        ('{"type": "FeatureCollection"}', "zones.geojson, features: is not a list of features"),
        ('{"type": "FeatureCollection", "features": [1]}', "zones.geojson, features: is not a list"),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"troops": 3}}]}',
            "zones.geojson, troops: feature 1 speaks of a military object (troop)",
        ),
    ],
)
def test_geojson_that_is_none_is_named(folder: Path, text: str, said: str) -> None:
    (folder / "zones.geojson").write_text(text, encoding="utf-8")
    (fault,) = faults(folder)
    assert fault.startswith(said)


def test_geojson_is_kept_as_text(folder: Path) -> None:
    text = (
        '{ "type":"FeatureCollection",\n"features":[{"type":"Feature","properties":null,"geometry":null}] }\n'
    )
    (folder / "drawing.geojson").write_text(text, encoding="utf-8")
    assert read_scenario(folder).drawing == text


def test_a_row_that_cannot_be_read_makes_no_other_fault(folder: Path) -> None:
    """Whoever refers to a row of the wrong length refers to something."""
    for file, code in (("network/node.csv", "n2"), ("network/link.csv", "a"), ("crossings.csv", "c")):
        change(folder / file, f"\n{code},", f"\n{code},,")
        (fault,) = faults(folder)
        assert f"{file}, row " in fault
        assert "cells where the header has" in fault
        change(folder / file, f"\n{code},,", f"\n{code},")


def test_no_folder_is_a_fault(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none", "does not exist"), (Path(__file__), "is a file")):
        with pytest.raises(ScenarioFaults, match=said):
            read_scenario(path)


def test_an_empty_folder_lacks_its_required_files(tmp_path: Path) -> None:
    assert len(faults(tmp_path)) == 5


def test_zones_cut_off_on_purpose_may_be_let_through(folder: Path) -> None:
    start_s = int(SMALL.about.start.timestamp())
    closed: Scenario = with_closing(SMALL, "c", start_s, start_s + 6 * 3600)
    write_scenario(closed, folder, replace=True)
    with pytest.raises(ScenarioFaults, match="can reach no host"):
        read_scenario(folder)
    assert read_scenario(folder, allow_cut_zones=True) == closed
    _, report = check_folder(folder, allow_cut_zones=True)
    assert "can reach no host" in str(report.warnings[0])


def test_a_new_scenario_has_no_faults_and_no_warnings(tmp_path: Path) -> None:
    new_scenario(tmp_path / "mine")
    report = check_scenario(tmp_path / "mine")
    assert (report.faults, report.warnings) == ((), ())
    made = read_scenario(tmp_path / "mine")
    assert (len(made.nodes), len(made.zones), len(made.hosts)) == (5, 1, 2)
    assert sorted(made.crossings.kind) == ["bridge", "ferry"]
    assert "farshore check" in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "mine" / "fleets.csv").read_text(encoding="utf-8").count("\n") == 1
    with pytest.raises(OutputUnwritable, match="is not empty"):
        new_scenario(tmp_path / "mine")
