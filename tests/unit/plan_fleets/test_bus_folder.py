"""Bus tours as a folder: the lines by hand, replaced whole, nothing else overwritten."""

import json
from pathlib import Path

import pytest

from farshore.cli.buses import buses_file
from farshore.errors import OutputUnwritable, ScenarioFaults, UsageFault

# One bus, two loads: 4 out, 6 to the shelter, 6 back, 6 again.
TEXT = "1 30\n1 1\n1 60 60\n1 60 60\n\n1 4\n\n1 6\n"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.txt"
    path.write_text(TEXT)
    return path


def test_tours_and_proof_by_hand(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    for _ in range(2):  # tours that are there are replaced
        assert buses_file(town, out=out) == 0
    assert "22 is the shortest time possible" in capsys.readouterr().out
    assert (out / "tours.csv").read_text().splitlines() == [
        "bus,depot,load,pickup,shelter,leaves,arrives",
        "1,1,1,1,1,4,10",
        "1,1,2,1,1,16,22",
    ]
    found = json.loads((out / "bus_certificate.json").read_text())
    assert (found["makespan"], found["lower_bound"], found["gap"], found["loads"]) == (22, 22, 0.0, 2)
    assert buses_file(town, out=out, json_=True) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_what_is_in_the_way_is_left_alone(town: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(OutputUnwritable):
        buses_file(town, out=tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_faults_write_nothing(town: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="makes no sense"):
        buses_file(town, out=tmp_path / "out", time_limit=-1)
    town.write_text(TEXT.replace("1 60 60", "1 61 60", 1))
    with pytest.raises(ScenarioFaults, match="1 fault"):
        buses_file(town, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
