"""The forecast's commands as a person runs them, on a small folder in Flee's format."""

import json
from pathlib import Path

import pytest

from tests.e2e.test_cli import farshore, planned, town  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def flee_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("flee") / "small"
    days = 160
    texts = {
        "input_csv/locations.csv": "#name,region,country,latitude,longitude,"
        "location_type,conflict_date,population\n"
        "City,R,Mali,16.0,0.0,conflict_zone,0,50000\n"
        "Near,N,Niger,15.0,1.0,camp,,9000\n"
        "Far,B,Burkina_Faso,13.0,-1.0,camp,,9000\n",
        "input_csv/routes.csv": "#name1,name2,distance\nCity,Near,100\nCity,Far,300\n",
        "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
        "input_csv/conflicts.csv": "#Day,City\n" + "".join(f"{d},1\n" for d in range(days)),
        "input_csv/sim_period.csv": f"StartDate,2020-01-01\nLength,{days}\n",
        "input_csv/registration_corrections.csv": "",
        "source_data/data_layout.csv": "total,all.csv\nNear,near.csv\nFar,far.csv\n",
    }
    months = ("2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01", "2020-06-01")
    for name, rate in (("all", 400), ("near", 300), ("far", 100)):
        rows = [f"{month},{rate * i}\n" for i, month in enumerate(months)]
        texts[f"source_data/{name}.csv"] = "".join(rows)
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_import_tells_and_writes(flee_folder: Path, tmp_path: Path) -> None:
    done = farshore("import", "flee", flee_folder, "--out", tmp_path / "tables")
    assert done.returncode == 0, done.stderr
    assert "latitude before longitude" in done.stdout
    assert "12 counts of 2 hosts" in done.stdout
    assert (tmp_path / "tables" / "places.csv").read_text().splitlines()[1].startswith("#loc+code")


def test_import_names_every_fault_and_exits_2(flee_folder: Path, tmp_path: Path) -> None:
    done = farshore("import", "flee", tmp_path)
    assert done.returncode == 2
    assert "input_csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_backtest_writes_its_tables_and_page(flee_folder: Path, tmp_path: Path) -> None:
    done = farshore("backtest", flee_folder, "--lead", "30,60", "--blind", "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {s["lead_days"] for s in told["scores"]} == {30, 60}
    assert {"Farshore", "persistence", "Flee-compatible"} <= {s["method"] for s in told["scores"]}
    assert not any("capacity" in name for name in told["hindcast_error"])
    page = (tmp_path / "backtest.html").read_text()
    assert "<svg" in page
    assert (tmp_path / "points.csv").read_text().splitlines()[1].startswith("#date+start")


def test_a_lead_that_is_none_is_refused(flee_folder: Path, tmp_path: Path) -> None:
    for lead in ("5", "soon"):
        done = farshore("backtest", flee_folder, "--lead", lead, "--out", tmp_path / "out")
        assert done.returncode == 2
        assert "30" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_same_forecast_twice_is_the_same_bytes(flee_folder: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        done = farshore(
            "forecast", flee_folder, "--as-of", "120", "--horizon-days", "30", "--out", tmp_path / out
        )
        assert done.returncode == 0, done.stderr
    for name in ("forecast.csv", "forecast.json", "forecast.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert len((tmp_path / "a" / "forecast.csv").read_text().splitlines()) == 2 + 30 * 2


def test_hosts_are_told_what_a_plan_asks_of_them(
    town: Path,  # noqa: F811
    planned: Path,  # noqa: F811
    flee_folder: Path,
    tmp_path: Path,
) -> None:
    done = farshore("forecast", town, "--plan", planned, "--out", tmp_path / "f", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    summary = json.loads((planned / "summary.json").read_text())
    assert sum(h["expected"][-1] for h in told["hosts"]) == summary["people"] - summary["unserved"]
    assert {s["key"] for s in told["standards"]} >= {"covered_space_m2", "water_l_day"}
    both = farshore(
        "forecast", town, "--plan", planned, "--displacement", flee_folder, "--out", tmp_path / "g"
    )
    assert both.returncode == 0, both.stderr
    assert "Near" in (tmp_path / "g" / "needs.csv").read_text()


def test_a_scenario_without_a_plan_is_explained(town: Path) -> None:  # noqa: F811
    done = farshore("forecast", town)
    assert done.returncode == 2
    assert "--plan" in done.stderr


def test_counts_and_ties_from_files_reach_forecast_and_backtest(flee_folder: Path, tmp_path: Path) -> None:
    counts, ties = tmp_path / "live.csv", tmp_path / "ties.csv"
    counts.write_text(
        "place_id,date,persons,known_on,kind,source\n#loc+code,#date,#affected,#date,#meta,#meta\n"
        "Near,2020-04-28,2000,2020-05-05,stock,camp office\nBorder,2020-04-28,50,,flow,police\n"
    )
    ties.write_text("from_place_id,from_region,host_id,strength\n,R,Far,3\n")
    expected = {}
    for as_of, more in ((124, ()), (124, ("--counts", counts)), (125, ()), (125, ("--counts", counts))):
        done = farshore(
            "forecast", flee_folder, "--as-of", str(as_of), *more, "--out", tmp_path / "f", "--json"
        )
        assert done.returncode == 0, done.stderr
        assert ("remark: live.csv, row 4, place_id: Border is no place" in done.stderr) is bool(more)
        expected[as_of, bool(more)] = (tmp_path / "f" / "forecast.csv").read_text()
    assert expected[124, True] == expected[124, False]
    assert expected[125, True] != expected[125, False]
    scores = []
    for more in ((), ("--counts", counts, "--ties", ties)):
        done = farshore("backtest", flee_folder, *more, "--out", tmp_path / "b", "--json")
        assert done.returncode == 0, done.stderr
        scores.append(json.loads(done.stdout)["hindcast_error"])
    assert scores[0] != scores[1]


def test_faults_of_counts_and_ties_are_told_together(flee_folder: Path, tmp_path: Path) -> None:
    counts, ties = tmp_path / "live.csv", tmp_path / "ties.csv"
    counts.write_text("place_id,date,persons\nNear,2020-04-28,-1\n")
    ties.write_text("from_region,host_id,strength\nR,Fra,3\n")
    done = farshore(
        "forecast", flee_folder, "--as-of", "100", "--counts", counts, "--ties", ties, "--out", tmp_path / "f"
    )
    assert done.returncode == 2
    assert "live.csv, row 2, persons: '-1' is no number of people; write 0 or more" in done.stderr
    assert "ties.csv, row 2, host_id: 'Fra' is no host" in done.stderr
    assert not (tmp_path / "f").exists()


def test_counts_of_no_displacement_are_refused(
    town: Path,  # noqa: F811
    planned: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    done = farshore("forecast", town, "--plan", planned, "--counts", tmp_path / "live.csv")
    assert done.returncode == 2
    assert "--displacement" in done.stderr
