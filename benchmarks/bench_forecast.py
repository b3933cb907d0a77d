"""Forecasting against Flee, on its public validation conflicts; and the speed that ensembles need."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from benchmarks.registry import Skipped, benchmark
from farshore.forecast import forecast
from farshore.forecast.choice import CENTRAL, chosen_shares, settled
from farshore.forecast.flee_target import flee_daily
from farshore.forecast.network import host_network
from farshore.scenario import Displacement
from farshore.sources import read_flee

FLEE_SETTINGS = """\
spawn_rules:
  conflict_spawn_decay: [1.0,1.0,1.0,0.5,0.1]
move_rules:
  max_move_speed: 400.0
  softening: 50.0
  default_movechance: 0.5
  avoid_short_stints: True
  distance_power: 0.75
  camp_movechance: 0.001
  conflict_weight: 0.25
"""


def data_folder(name: str) -> Path:
    root = Path(os.environ.get("FARSHORE_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
    folder = root / "flee" / name
    if not folder.is_dir():
        raise Skipped(f"no {folder}: set FARSHORE_DATA to the folder that holds flee/{name}")
    return folder


def flee_packages() -> Path:
    """A folder beside the user's other caches with Flee and what its serial code needs, filled once.

    Flee asks for mpi4py and an MPI, which only its parallel half loads: it is installed without its
    dependencies. What cannot be installed is missed when the rival imports it.
    """
    folder = (
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "farshore-benchmarks" / "flee-3.1"
    )
    if not (folder / "flee").is_dir():
        uv = shutil.which("uv")
        install = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install"]
        for packages in (["--no-deps", "flee==3.1"], ["beartype", "pandas", "pyyaml"]):
            python = ["--python", sys.executable] if uv else []
            command = [*install, *python, "--quiet", "--target", str(folder), *packages]
            subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return folder


Mali: TypeAlias = tuple[Path, Displacement, Path]


def mali(_: int) -> Mali:
    folder = data_folder("mali2012")
    return folder, read_flee(folder), flee_packages()


def people_of(given: Mali) -> float:
    return float(flee_daily(given[1]).sum(axis=1).max())


def flee_agents(given: Mali) -> int:
    """Flee 3.1 as its own run script drives it, one agent a person; people in camps on the last day."""
    sys.path.append(str(given[2]))
    try:
        from flee import InputGeography, flee, spawning  # noqa: PLC0415 (only the rival's process loads it)
        from flee.datamanager import handle_refugee_data, read_period  # noqa: PLC0415
        from flee.SimulationSettings import SimulationSettings  # noqa: PLC0415
    except ImportError:
        raise Skipped(f"flee 3.1 could not be installed into {given[2]}") from None
    folder = given[0]
    random.seed(0)
    np.random.seed(0)
    quiet, told = open(os.devnull, "w", encoding="utf-8"), (sys.stdout, sys.stderr)  # noqa: SIM115
    sys.stdout = sys.stderr = quiet
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as settings:
            settings.write(FLEE_SETTINGS)
            settings.flush()
            SimulationSettings.ReadFromYML(settings.name)
        source = folder / "input_csv"
        SimulationSettings.ConflictInputFile = str(source / "conflicts.csv")
        start, n_days = read_period.read_conflict_period(str(source / "sim_period.csv"))
        world = flee.Ecosystem()
        ground = InputGeography.InputGeography()
        ground.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
        ground.ReadLocationsFromCSV(str(source / "locations.csv"))
        ground.ReadLinksFromCSV(str(source / "routes.csv"))
        ground.ReadClosuresFromCSV(str(source / "closures.csv"))
        world, places = ground.StoreInputGeographyInEcosystem(world)
        counts = handle_refugee_data.RefugeeTable(
            csvformat="generic",
            data_directory=str(folder / "source_data"),
            start_date=start,
            data_layout="data_layout.csv",
        )
        counts.ReadL1Corrections(str(source / "registration_corrections.csv"))
        camps = world.get_camp_names()
        for camp in camps:
            spawning.add_initial_refugees(world, counts, places[camp])
        for day in range(n_days):
            ground.AddNewConflictZones(world, day)
            spawning.spawn_daily_displaced(world, day, counts, SumFromCamps=True)
            spawning.refresh_spawn_weights(world)
            world.enact_border_closures(day)
            world.evolve()
    finally:
        sys.stdout, sys.stderr = told
        quiet.close()
    return sum(places[camp].numAgents for camp in camps)


def about_alike(ours: int, theirs: int) -> bool:
    """Both hold the counted total, less the few who are on the road."""
    return abs(ours - theirs) <= 0.1 * theirs


@benchmark(
    area="forecast",
    sizes=(1,),
    instance=mali,
    rivals={"Flee 3.1": flee_agents},
    same=about_alike,
    scale=people_of,
    scale_unit="people",
    limit_s=600,
    notes="Mali 2012, all 300 days, one run each, ours at the central rates. Flee runs its serial code, one "
    "agent a person, nobody scaled down; loading it and reading its files, about two seconds, is within its "
    "time, and so is building the network in ours. Answers are people "
    "in hosts on the last day; Flee has some still on the road, so they may differ by a tenth.",
)
def one_run(given: Mali) -> int:
    """One run of mali2012."""
    problem = given[1]
    daily = flee_daily(problem)
    chosen = chosen_shares(problem, host_network(problem), CENTRAL)
    return round(float(settled(problem, chosen, daily.sum(axis=1), daily[0], CENTRAL)[-1].sum()))


def mali_problem(members: int) -> tuple[Displacement, int]:
    return read_flee(data_folder("mali2012")), members


@benchmark(
    area="forecast",
    sizes=(10, 100, 1000),
    instance=mali_problem,
    scale=lambda given: float(given[1]),
    scale_unit="members",
    notes="Size is members of the ensemble, of mali2012 over 300 days.",
)
def ensemble(given: tuple[Displacement, int]) -> int:
    """An ensemble of mali2012."""
    problem, members = given
    return int(forecast(problem, members=members, seed=0).members[:, -1].sum() > 0)


def ukraine(people: int) -> Displacement:
    problem = read_flee(data_folder("ukraine2022"))
    factor = people / float(flee_daily(problem).sum(axis=1).max())
    counts = tuple(replace(c, persons=c.persons * factor) for c in problem.counts)
    return replace(problem, counts=counts, parts=tuple((c,) for c in counts))


@benchmark(
    area="forecast",
    sizes=(23_600, 236_000, 23_600_000),
    instance=ukraine,
    scale=lambda problem: float(flee_daily(problem).sum(axis=1).max()),
    scale_unit="people",
    notes="Size is people: the effort does not grow with them. The mean over all draws of rates, 554 days.",
)
def many_people(problem: Displacement) -> int:
    """The mean forecast of ukraine2022."""
    return int(forecast(problem, members=0, seed=0).expected[-1].sum() > 0)
