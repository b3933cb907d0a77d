"""The commands as a person runs them: a process of its own, its exit code, output and what is left."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from farshore import shipped

DOCS = Path(__file__).parents[2] / "docs"


def farshore(*args: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "farshore.cli", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        **kwargs,
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "town"
    assert farshore("new", folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def planned(town: Path) -> Path:
    out = town.parent / "plan"
    done = farshore("plan", town, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"Open {out / 'report.html'}")
    return out


def test_a_new_scenario_has_no_faults(town: Path) -> None:
    done = farshore("check", town, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["faults"] == []


def test_check_names_all_faults_and_exits_2(town: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(town, broken)
    zones = broken / "zones.csv"
    zones.write_text(zones.read_text().replace("zone_id", "zone", 1))
    (broken / "hosts.csv").unlink()
    done = farshore("check", broken)
    assert done.returncode == 2
    assert "zones.csv" in done.stdout
    assert "hosts.csv" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_planning_a_faulty_folder_writes_nothing(town: Path, tmp_path: Path) -> None:
    broken, out = tmp_path / "broken", tmp_path / "out"
    shutil.copytree(town, broken)
    (broken / "zones.csv").unlink()
    done = farshore("plan", broken, "--out", out)
    assert done.returncode == 2
    assert "nothing was planned" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken"]


def test_plan_writes_everything_and_certify_accepts_it(planned: Path) -> None:
    assert {p.name for p in planned.iterdir()} == {
        "arrivals.csv",
        "certificate.json",
        "crossings.csv",
        "departures.csv",
        "households.csv",
        "report.html",
        "routes.geojson",
        "scenario",
        "summary.json",
    }
    summary = json.loads((planned / "summary.json").read_text())
    promised = """people placed unserved t50_h t90_h t100_h objective lower_bound gap certified solve_s
    crossings hosts audit assumptions"""
    assert set(promised.split()) <= set(summary)
    assert summary["certified"] is True
    assert summary["objective"] == summary["lower_bound"]
    done = farshore("certify", planned)
    assert done.returncode == 0
    assert "No plan can do better" in done.stdout


def test_without_households_the_plan_counts_persons(town: Path, planned: Path, tmp_path: Path) -> None:
    assert json.loads((planned / "summary.json").read_text())["households"]["split"] == 0
    done = farshore("plan", town, "--out", tmp_path / "persons", "--no-households", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["households"] is None
    assert not (tmp_path / "persons" / "households.csv").exists()
    refused = farshore("plan", town, "--out", tmp_path / "refused", "--household-seed", "-1")
    assert refused.returncode == 2
    assert "negative" in refused.stderr


def test_certify_names_a_household_that_is_split(planned: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(planned, forged)
    header, first, *others = (forged / "households.csv").read_text().splitlines()
    cells = first.split(",")
    cells[2] = str(int(cells[2]) - 1)
    (forged / "households.csv").write_text("\n".join([header, ",".join(cells), *others]) + "\n")
    done = farshore("certify", forged)
    assert done.returncode == 3
    assert "households.csv" in done.stderr
    assert "a household would be split" in done.stderr


def test_certify_refuses_a_moved_person(planned: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(planned, forged)
    rows = (forged / "departures.csv").read_text().splitlines()
    first = rows[1].split(",")
    first[-1] = str(int(first[-1]) + 1)
    (forged / "departures.csv").write_text("\n".join([rows[0], ",".join(first), *rows[2:]]) + "\n")
    done = farshore("certify", forged)
    assert done.returncode == 3
    assert "departures.csv" in done.stderr
    as_json = farshore("certify", forged, "--json")
    assert as_json.returncode == 3
    assert json.loads(as_json.stdout)["certified"] is False


def test_the_same_plan_twice_is_the_same_bytes(town: Path, planned: Path, tmp_path: Path) -> None:
    assert farshore("plan", town, "--out", tmp_path / "again").returncode == 0
    for name in ("departures.csv", "routes.geojson", "arrivals.csv", "crossings.csv", "certificate.json"):
        assert (tmp_path / "again" / name).read_bytes() == (planned / name).read_bytes(), name


def test_report_writes_the_page_anew(planned: Path) -> None:
    before = (planned / "report.html").read_bytes()
    (planned / "report.html").unlink()
    done = farshore("report", planned)
    assert done.returncode == 0, done.stderr
    assert (planned / "report.html").read_bytes() == before


def test_closing_and_opening_from_the_command_line(town: Path, tmp_path: Path) -> None:
    crossing = (town / "crossings.csv").read_text().splitlines()[1].split(",")[0]
    done = farshore("plan", town, "--out", tmp_path / "shut", "--close", crossing, "--json")
    assert done.returncode == 0, done.stderr
    shut = {row["crossing_id"]: row for row in json.loads(done.stdout)["crossings"]}
    assert shut[crossing]["persons"] == 0
    both = farshore(
        "plan", town, "--out", tmp_path / "both", "--close", crossing, "--open", crossing, "--json"
    )
    assert both.returncode == 0, both.stderr


def test_replanning_when_the_crossing_falls(planned: Path, tmp_path: Path) -> None:
    summary = json.loads((planned / "summary.json").read_text())
    crossing = max(summary["crossings"], key=lambda row: row["persons"])["crossing_id"]
    rows = (planned / "departures.csv").read_text().splitlines()[1:]
    moment = rows[len(rows) // 2].split(",")[1]
    out = tmp_path / "again"
    done = farshore("replan", planned, "--at", moment, "--close", crossing, "--out", out)
    assert done.returncode == 0, done.stderr
    assert f"By {moment}" in done.stdout
    assert "→ " in done.stdout
    assert "hear something new" in done.stdout
    assert {"before", "changes.csv", "replan.json", "report.html"} <= {p.name for p in out.iterdir()}
    told = json.loads((out / "replan.json").read_text())
    assert sum(told["counts"].values()) == summary["people"]
    assert farshore("certify", out).returncode == 0
    page = (out / "report.html").read_bytes()
    assert farshore("report", out).returncode == 0
    assert (out / "report.html").read_bytes() == page
    counted = tmp_path / "counted.csv"
    counted.write_text("host_id,persons\nnowhere,3\nnowhere,x\n")
    done = farshore("replan", planned, "--at", moment, "--arrived", counted, "--out", tmp_path / "no")
    assert done.returncode == 2
    assert "row 3, host_id" in done.stderr
    assert not (tmp_path / "no").exists()
    onward = farshore("replan", out, "--at", moment, "--open", crossing, "--out", tmp_path / "open", "--json")
    assert onward.returncode == 0, onward.stderr
    assert json.loads(onward.stdout)["events"][0]["capacity_factor"] is None


@pytest.mark.parametrize(
    ("options", "named", "not_named"),
    [
        (("--orders", "zones"), "--orders zones:", "--staging"),
        (("--contraflow", 2), "--contraflow 2:", "--orders"),
        (("--staging",), "--staging:", "--contraflow"),
        (("--contraflow", 2, "--staging"), "--contraflow 2, --staging:", "--orders"),
    ],
)
def test_orders_for_a_plan_with_classes_are_refused_with_what_to_do(
    town: Path, tmp_path: Path, options: tuple[object, ...], named: str, not_named: str
) -> None:
    done = farshore("plan", town, "--out", tmp_path / "out", "--model", "classes", *options)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert said.startswith(named)
    assert "--model people" in said
    assert not_named not in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_an_unknown_asset_is_explained(town: Path, tmp_path: Path) -> None:
    done = farshore("plan", town, "--out", tmp_path / "out", "--open", "corridr@2030-05-01T00:00+00:00")
    assert done.returncode == 2
    assert "no link or crossing" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "args", [("plan",), ("plan", "x", "--gap", "much"), ("nonsense",), ("check", "a", "b")]
)
def test_a_mistyped_command_exits_2_without_a_traceback(args: tuple[str, ...]) -> None:
    done = farshore(*args)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr


def test_a_folder_that_is_not_there_is_a_fault_not_a_traceback(tmp_path: Path) -> None:
    done = farshore("plan", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_with_something_else_in_it_is_left_alone(town: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = farshore("plan", town, "--out", tmp_path)
    assert done.returncode == 4
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_out_folder_below_a_file_is_refused_before_planning(town: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = farshore("plan", town, "--out", tmp_path / "file" / "out")
    assert done.returncode == 4
    assert "solving" not in done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here to limit the size of files")
def test_a_full_disk_is_said_and_leaves_nothing(town: Path, planned: Path, tmp_path: Path) -> None:
    """A small file system is not ours to mount; a limit on the size of files fails the same writes.

    `planned` has compiled and kept every kernel before, so that only the plan itself is left to write.
    """
    out = tmp_path / "out"
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f 8; exec "{sys.executable}" -m farshore.cli plan "{town}" --out "{out}"'],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        timeout=300,
    )
    assert done.returncode == 4, (done.returncode, done.stderr)
    assert "cannot be written" in done.stderr
    assert not out.exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".out")]


def test_ctrl_c_says_so_and_leaves_no_half_written_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-m", "farshore.cli", "demo", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    said = run.stderr.readline()
    while "solving" not in said and run.poll() is None:
        said += run.stderr.readline()
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    stdout, stderr = run.communicate(timeout=120)
    assert "Traceback" not in stderr
    if run.returncode == 130:
        assert "nothing was written" in stderr
        assert list(tmp_path.iterdir()) == []
    else:  # there was a plan already: it is kept, certified, and said to be unfinished
        assert run.returncode == 0
        assert "Stopped early" in stdout
        assert json.loads((out / "summary.json").read_text())["certified"] is True
        assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("options", "phase"),
    [
        (("--orders", "zones"), "orders by zone"),
        (("--contraflow", "1"), "lanes to reverse"),
        (("--staging",), "turns"),
        (("--model", "classes"), "solving"),
    ],
)
def test_ctrl_c_gives_the_best_plan_so_far_of_every_planner(
    town: Path, tmp_path: Path, options: tuple[str, ...], phase: str
) -> None:
    """A real signal in the midst of the work: what is written is certified; nothing is left half done."""
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-m", "farshore.cli", "plan", str(town), "--out", str(out), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    said = run.stderr.readline()
    while phase not in said and run.poll() is None:
        said += run.stderr.readline()
    run.send_signal(signal.SIGINT)
    _, stderr = run.communicate(timeout=300)
    assert "Traceback" not in stderr
    assert run.returncode == 0, stderr
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert farshore("certify", out).returncode == 0


def test_a_second_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-m", "farshore.cli", "demo", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    while "reading the network" not in (said := run.stderr.readline()) and said:
        pass
    run.send_signal(signal.SIGINT)
    while "Ctrl-C again" not in (said := run.stderr.readline()) and said:
        pass
    run.send_signal(signal.SIGINT)
    _, stderr = run.communicate(timeout=120)
    assert "Traceback" not in stderr
    assert run.returncode in (0, 130)
    assert [p.name for p in tmp_path.iterdir()] == (["out"] if run.returncode == 0 else [])


def test_a_stop_rule_that_makes_no_sense_is_told_with_those_there_are(town: Path, tmp_path: Path) -> None:
    done = farshore("plan", town, "--out", tmp_path / "out", "--stop", "soon")
    assert done.returncode == 2
    assert "t90@6h" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_conflicts_is_told_with_what_would_help(town: Path, tmp_path: Path) -> None:
    """Half the beds of every host: who has none is counted, and the files' rows are named."""
    few = tmp_path / "few"
    shutil.copytree(town, few)
    header, *rows = (few / "hosts.csv").read_text().splitlines()
    beds = header.split(",").index("beds")
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[beds] = str(int(row[beds]) // 20)
    (few / "hosts.csv").write_text("\n".join([header, *map(",".join, cells), ""]))
    out = tmp_path / "out"
    done = farshore("plan", few, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "what conflicts" in done.stdout
    assert "hosts.csv, row 2, beds" in " ".join(done.stdout.split())
    summary = json.loads((out / "summary.json").read_text())
    now = [conflict for conflict in summary["conflicts"] if conflict["depth"] == 0]
    assert sum(conflict["short"] for conflict in now) == summary["unserved"] > 0
    assert farshore("certify", out).returncode == 0
    assert "What conflicts" in (out / "report.html").read_text()


def test_scenarios_are_listed_and_copied(tmp_path: Path) -> None:
    assert "kherson" in farshore("scenarios").stdout
    assert farshore("scenarios", "copy", "kherson", tmp_path / "mine").returncode == 0
    assert farshore("check", tmp_path / "mine").returncode == 0
    assert farshore("scenarios", "copy", "kherson", tmp_path / "mine").returncode == 4


def test_every_command_and_option_is_in_the_manual() -> None:
    from farshore.cli import app  # noqa: PLC0415

    page = (DOCS / "commands.md").read_text()
    for name in app:
        if name.startswith("-"):
            continue
        assert f"farshore {name}" in page, f"`farshore {name}` is not in docs/commands.md"
        for argument in app[name].assemble_argument_collection() if app[name].default_command else ():
            for option in argument.names:
                if option.startswith("--") and not argument.field_info.is_positional:
                    assert option in page, f"{option} of `farshore {name}` is not in docs/commands.md"


def test_zones_cut_off_by_close_stay_and_the_plan_still_reads(town: Path, tmp_path: Path) -> None:
    """Every crossing closed on the command line: nobody leaves, and that plan is certified like any other."""
    shut = [row.split(",")[0] for row in (town / "crossings.csv").read_text().splitlines()[1:]]
    out = tmp_path / "shut"
    done = farshore("plan", town, "--out", out, *(word for code in shut for word in ("--close", code)))
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert summary["unserved"] > 0
    assert summary["t100_h"] is None
    assert farshore("certify", out).returncode == 0
    assert farshore("report", out).returncode == 0


def test_assumptions_about_closures_give_way_to_what_is_asked_for(tmp_path: Path) -> None:
    """Kherson says what it assumes of its closures: closing, opening and replanning them ends in a plan."""
    kherson, quick = shipped.path("kherson"), ("--gap", 0.05, "--no-households")
    ferry, bridge = "antonivka_ferry", "darivka_bridge"
    day = "@2022-10-18T00:00+03:00/2022-10-19T00:00+03:00"
    closed, opened, later = (tmp_path / name for name in ("closed", "opened", "later"))

    shut = farshore("plan", kherson, "--close", ferry + day, "--close", bridge + day, "--out", closed, *quick)
    assert shut.returncode == 0, shut.stderr
    assert (
        "closures.csv:asset_id=darivka_bridge:capacity_factor is kept as closures.csv:reason=damaged; "
        "whether it could be passed is contested (assumed share):capacity_factor"
    ) in shut.stdout

    free = farshore("plan", kherson, "--open", ferry, "--out", opened, *quick)
    assert free.returncode == 0, free.stderr
    assert "is left out: what it speaks of is not there any more." in free.stdout
    assert "reason=struck" not in (opened / "scenario" / "assumptions.csv").read_text()

    told = ("--close", f"{ferry}@2022-10-20T00:00+03:00", "--capacity", f"{bridge}=0.2")
    anew = farshore("replan", closed, "--at", "2022-10-17T12:00+03:00", *told, "--out", later, "--gap", 0.05)
    assert anew.returncode == 0, anew.stderr
    for folder in (closed, opened, later):
        assert farshore("certify", folder).returncode == 0
        assert farshore("check", folder / "scenario").returncode == 0
