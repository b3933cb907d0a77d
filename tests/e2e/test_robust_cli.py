"""`farshore plan --robust` as a person runs it."""

import json
from pathlib import Path

import pytest

from farshore.folders import put
from farshore.scenario.write import scenario_files
from tests.e2e.test_cli import farshore
from tests.unit.stress_robust.sample import river

ASKED = ("--robust", "cvar@0.9", "--futures", 12, "--seed", 3, "--fresh", 20)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("robust")
    (folder / "river").mkdir()
    put(folder / "river", scenario_files(river()))
    done = farshore("plan", folder / "river", "--out", folder / "plan", *ASKED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"Open {folder}/plan/report.html")
    assert "Price of robustness" in done.stdout
    return folder / "plan"


def test_it_is_a_plan_folder_that_certifies(planned: Path) -> None:
    done = farshore("certify", planned, "--json")
    assert done.returncode == 0, done.stderr
    checked = json.loads(done.stdout)
    told = json.loads((planned / "robust.json").read_text())
    assert checked["objective"] == pytest.approx(1e6 * told["undisturbed"]["robust"])
    assert checked["gap"] > 0
    assert sorted(path.name for path in planned.parent.iterdir()) == ["plan", "river"]


def test_the_page_says_it_and_says_it_again_when_written_anew(planned: Path) -> None:
    page = (planned / "report.html").read_text()
    told = json.loads((planned / "robust.json").read_text())
    assert "If crossings are lost" in page
    for line in told["statement"]:
        assert line in page
    assert farshore("report", planned).returncode == 0
    assert json.loads((planned / "robust.json").read_text()) == told
    assert (planned / "report.html").read_text() == page


def test_two_workers_write_the_same_figures(planned: Path) -> None:
    before = (planned / "robust.json").read_bytes()
    departures = (planned / "departures.csv").read_bytes()
    again = planned.parent.parent / "again"
    done = farshore("plan", planned.parent / "river", "--out", again, *ASKED, "--workers", 2, "--json")
    assert done.returncode == 0, done.stderr
    assert (again / "robust.json").read_bytes() == before
    assert (again / "departures.csv").read_bytes() == departures
    assert json.loads(done.stdout)["robust"] == json.loads(before)


def test_a_plain_plan_in_its_place_leaves_nothing_of_it(planned: Path) -> None:
    out = planned.parent.parent / "replaced"
    river_folder = planned.parent / "river"
    assert farshore("plan", river_folder, "--out", out, *ASKED).returncode == 0
    assert farshore("plan", river_folder, "--out", out).returncode == 0
    assert not (out / "robust.json").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--futures", 5), "only with --robust"),
        (("--robust", "median"), "no measure"),
        (("--robust", "mean", "--orders", "zones"), "gives no orders"),
        (("--robust", "mean", "--fresh", -1), "negative"),
        (("--robust", "mean", "--futures", 0), "give 1 or more"),
    ],
)
def test_what_makes_no_sense_is_told(planned: Path, options: tuple[object, ...], words: str) -> None:
    done = farshore("plan", planned.parent / "river", "--out", planned.parent.parent / "none", *options)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (planned.parent.parent / "none").exists()
