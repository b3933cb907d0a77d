"""Writing a folder: whole or not at all, nothing of anybody's overwritten; the hash says what is in it."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farshore.errors import OutputUnwritable
from farshore.scenario import Scenario, read_scenario, scenario_files, scenario_hash, write_scenario
from tests.builders import scenario


@pytest.fixture
def tiny() -> Scenario:
    return scenario(links=["a n1 n2"], zones=["z n1"], hosts=["h n2"], closures=["a from=1 until=2.5"])


def test_the_bytes_are_these(tiny: Scenario) -> None:
    files = scenario_files(tiny)
    assert list(files) == [
        "scenario.toml",
        "network/node.csv",
        "network/link.csv",
        "closures.csv",
        "zones.csv",
        "hosts.csv",
        "assumptions.csv",
    ]
    assert files["closures.csv"].decode() == (
        "asset_id,from,until,capacity_factor,allowed_uses,reason,source\n"
        "a,2022-10-14T01:00+03:00,2022-10-14T02:30+03:00,0.0,,,\n"
    )
    assert files["network/link.csv"].decode().splitlines()[1] == (
        "a,n1,n2,false,1000.0,road,36.0,1,1000.0,auto;bus;truck;walk,a,,"
    )


def test_the_hash_is_of_the_bytes_and_stays(tiny: Scenario) -> None:
    assert scenario_hash(tiny) == "3fd2599bc3608ded839ac76c0b72ab5a0d48ec0bbf9f8e9e56c70fc1c79975a6"
    renamed = replace(tiny, about=replace(tiny.about, title="another"))
    assert scenario_hash(renamed) != scenario_hash(tiny)
    drawn = replace(tiny, drawing='{"type": "FeatureCollection", "features": []}')
    assert scenario_hash(drawn) != scenario_hash(tiny)


def test_how_a_folder_was_spelled_does_not_change_its_hash(tiny: Scenario, tmp_path: Path) -> None:
    write_scenario(tiny, tmp_path / "s")
    for path in (tmp_path / "s").rglob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    link = tmp_path / "s" / "network" / "link.csv"
    link.write_text(link.read_text(encoding="utf-8").replace("1000.0", "1e3"), encoding="utf-8")
    assert scenario_hash(read_scenario(tmp_path / "s")) == scenario_hash(tiny)


def test_times_are_written_in_the_offset_of_the_start(tiny: Scenario) -> None:
    utc = replace(tiny, about=replace(tiny.about, start=tiny.about.start.astimezone(UTC)))
    assert b"a,2022-10-13T22:00+00:00,2022-10-13T23:30+00:00" in scenario_files(utc)["closures.csv"]
    assert b'start = "2022-10-13T21:00+00:00"' in scenario_files(utc)["scenario.toml"]


def test_odd_solver_options_and_texts_survive(tiny: Scenario, tmp_path: Path) -> None:
    solver = {
        "seconds": 1.5,
        "on": True,
        "words": ["a", 'b "c" \\ \x7f\n'],
        "odd key": {"x": 1, "y": []},
        "when": datetime(2022, 1, 1, tzinfo=UTC),
        "tiny": 5e-324,
    }
    shapes = '\ufeff{"type": "FeatureCollection",\r\n "features": []}  '
    odd = replace(tiny, about=replace(tiny.about, title='"\t\\ \u2028', solver=solver), zone_shapes=shapes)
    write_scenario(odd, tmp_path / "s")
    read = read_scenario(tmp_path / "s")
    assert read == odd
    assert math.copysign(1, read.about.solver["tiny"]) == 1


def test_a_folder_that_holds_something_is_not_overwritten(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for replace_it in (False, True):
        with pytest.raises(OutputUnwritable, match="name another folder"):
            write_scenario(tiny, tmp_path / "mine", replace=replace_it)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputUnwritable, match="is a file"):
        write_scenario(tiny, tmp_path / "file")


def test_an_empty_folder_is_filled_and_parents_are_made(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_scenario(tiny, tmp_path / "empty")
    write_scenario(tiny, tmp_path / "a" / "b" / "c")
    assert read_scenario(tmp_path / "empty") == read_scenario(tmp_path / "a" / "b" / "c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "empty"]


def test_replacing_a_scenario_keeps_what_is_not_its_own(tiny: Scenario, tmp_path: Path) -> None:
    write_scenario(tiny, tmp_path / "s")
    (tmp_path / "s" / "README.md").write_text("mine")
    (tmp_path / "s" / "data").mkdir()
    (tmp_path / "s" / "data" / "raw.txt").write_text("raw")
    bare = replace(
        tiny, closures=tiny.closures.__class__(**{k: v[:0] for k, v in vars(tiny.closures).items()})
    )
    write_scenario(bare, tmp_path / "s", replace=True)
    assert read_scenario(tmp_path / "s") == bare
    assert not (tmp_path / "s" / "closures.csv").exists()
    assert (tmp_path / "s" / "README.md").read_text() == "mine"
    assert (tmp_path / "s" / "data" / "raw.txt").read_text() == "raw"
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_disk_that_refuses_leaves_nothing_behind(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scenario(tiny, tmp_path / "s")
    before = {path: path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file()}
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "hosts.csv":
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputUnwritable, match="No space left on device"):
        write_scenario(tiny, tmp_path / "s", replace=True)
    with pytest.raises(OutputUnwritable, match="No space left on device"):
        write_scenario(tiny, tmp_path / "t")
    assert {path: path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
