"""Stress tests as a person runs them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.test_cli import farshore

COMMON = ("--futures", 12, "--seed", 3, "--resolve", 2)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stress")
    assert farshore("new", folder / "town").returncode == 0
    done = farshore("plan", folder / "town", "--out", folder / "plan")
    assert done.returncode == 0, done.stderr
    return folder / "plan"


@pytest.fixture(scope="module")
def tested(planned: Path) -> Path:
    out = planned.parent / "tested"
    done = farshore("stress", planned, "--out", out, *COMMON)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(f"Open {out}/report.html")
    assert "payload" in done.stderr
    return out


def test_the_folder_is_whole_and_nothing_is_left_beside_it(tested: Path) -> None:
    assert sorted(path.name for path in tested.iterdir()) == [
        "arrivals.csv", "drawn.csv", "futures.csv", "happened.csv", "report.html", "stress.json", "worth.csv",
    ]  # fmt: skip
    assert len((tested / "futures.csv").read_text().splitlines()) == 13
    assert sorted(path.name for path in tested.parent.iterdir()) == ["plan", "tested", "town"]


def test_two_workers_write_the_same_bytes_over_it(planned: Path, tested: Path) -> None:
    before = {path.name: path.read_bytes() for path in tested.iterdir()}
    done = farshore("stress", planned, "--out", tested, *COMMON, "--workers", 2, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(before["stress.json"])
    assert {path.name: path.read_bytes() for path in tested.iterdir()} == before


def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(planned: Path, tested: Path) -> None:
    out = planned.parent / "stopped"
    many = ("--futures", 3000, "--seed", 3, "--no-worth")
    command = [sys.executable, "-m", "farshore.cli", "stress", planned, "--out", out, *many]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    kept = planned.parent / ".stopped.kept"
    until = time.monotonic() + 120
    while time.monotonic() < until and not (kept.exists() and kept.read_text().count("\n") > 20):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert b"Stopped early" in said
    part = json.loads((out / "stress.json").read_text())
    assert part["partial"]
    assert 20 <= part["futures"] < 3000
    done = farshore("stress", planned, "--out", out, "--futures", 12, "--seed", 3, "--no-worth", "--resume")
    assert done.returncode == 0, done.stderr
    assert (out / "futures.csv").read_bytes() == (tested / "futures.csv").read_bytes()
    assert not kept.exists()


def test_what_makes_no_sense_is_said_and_nothing_written(planned: Path, tmp_path: Path) -> None:
    done = farshore("stress", planned, "--out", tmp_path / "out", "--futures", 0, "--precision", 3)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2
    assert farshore("stress", planned, "--out", tmp_path / "out", "--dask", "nowhere").returncode == 2
    nobody = farshore("stress", planned, "--out", tmp_path / "out", "--dask", "tcp://127.0.0.1:9")
    assert nobody.returncode == 5
    assert nobody.stderr.startswith("no Dask scheduler answers at tcp://127.0.0.1:9")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert farshore("stress", planned, "--out", tmp_path / "full").returncode == 4
    assert farshore("stress", tmp_path, "--out", tmp_path / "out").returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
