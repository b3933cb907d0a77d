"""Commands about displacement: import flee, backtest, forecast."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console

from farshore.cli.output import Json, print_json
from farshore.errors import Fault, ScenarioFaults, UsageFault
from farshore.forecast import (
    Engine,
    backtest,
    forecast,
    needs_of,
    plan_arrivals,
    standards_of,
    with_forecast,
)
from farshore.report import backtest_page, backtest_table, forecast_page, needs_page
from farshore.results import backtest_files, forecast_files, needs_files, read_outcome, write_files
from farshore.scenario import Displacement, displacement_files, read_scenario, scenario_hash
from farshore.sources import read_counts_file, read_flee, read_ties_file

__all__ = ["backtest_folder", "forecast_folder", "import_app"]

import_app = App(name="import", help="Read other people's formats.")


@import_app.command(name="flee")
def import_flee(folder: Path, *, out: Path | None = None, json_: Json = False) -> None:
    """Read a Flee input folder, and tell every oddity in it and what was done about it.

    Parameters
    ----------
    folder
        The folder that holds input_csv/ and source_data/.
    out
        Write what was read as plain tables, with HXL hashtags, into this folder.

    """
    problem = read_flee(folder)
    written = []
    if out is not None:
        written = write_files(displacement_files(problem), out)
    if json_:
        print_json(
            {
                "name": problem.name,
                "start": problem.start.isoformat(),
                "days": problem.n_days,
                "places": problem.n_places,
                "routes": len(problem.route_km),
                "closures": len(problem.closures),
                "hosts": list(problem.host_ids),
                "counts": [len(counts) for counts in problem.counts],
                "remarks": [dataclasses.asdict(remark) for remark in problem.remarks],
            }
        )
        return
    for remark in problem.remarks:
        print(f"remark: {remark}")
    n_counts = sum(len(counts) for counts in problem.counts)
    print(
        f"{problem.name}: {problem.n_days} days from {problem.start}, {problem.n_places} places, "
        f"{len(problem.route_km)} routes, {len(problem.closures)} closures, {n_counts} counts of "
        f"{len(problem.hosts)} hosts, {len(problem.remarks)} remarks"
    )
    for path in written:
        print(f"wrote {path}")


def backtest_folder(
    folder: Path,
    *,
    lead: str = "7,30,60,90",
    counts: Path | None = None,
    ties: Path | None = None,
    blind: Annotated[bool, Parameter(negative=())] = False,
    out: Path | None = None,
    json_: Json = False,
) -> None:
    """Forecast a past displacement with only what was known on each day; score it where people were counted.

    Parameters
    ----------
    folder
        A Flee input folder.
    lead
        Days ahead, separated by commas: some of 7, 30, 60, 90.
    counts
        A CSV file of counts that join the folder's own, late and revised ones too.
    ties
        A CSV file of ties between where people flee from and hosts.
    blind
        Tell no method any capacity: those of Flee's sets are mostly the maximum of the counts to be forecast.
    out
        Where the tables and the page go; out/backtest-NAME if not given.

    """
    problem = _displacement(folder, counts, ties)
    try:
        leads = [int(text) for text in lead.split(",")]
    except ValueError:
        raise UsageFault(f"--lead takes days separated by commas, as 7,30,60,90, not {lead!r}") from None
    found = backtest(problem, leads_days=leads, blind=blind)
    files = backtest_files(found)
    page = {"backtest.html": backtest_page(found, problem)}
    out = out or Path("out") / f"backtest-{problem.name}"
    write_files(files | page, out)
    if json_:
        print(files["backtest.json"], end="")
    else:
        Console().print(backtest_table(found))
        print(f"Open {out / 'backtest.html'}")


def forecast_folder(
    folder: Path,
    *,
    plan_: Annotated[Path | None, Parameter("--plan")] = None,
    displacement: Path | None = None,
    counts: Path | None = None,
    ties: Path | None = None,
    as_of: int | None = None,
    horizon_days: int = 90,
    engine: Engine = "farshore",
    members: int = 1000,
    seed: int = 0,
    out: Path | None = None,
    json_: Json = False,
) -> None:
    """Forecast arrivals: what a plan brings to each host and what they need, or where a displacement goes.

    Parameters
    ----------
    folder
        A scenario folder, together with --plan; or a Flee input folder.
    plan_
        The plan folder whose arrivals hosts must be ready for.
    displacement
        A Flee input folder whose forecast is added to the plan's arrivals, host by host of the same code.
    counts
        A CSV file of counts that join those of the displacement, late and revised ones too.
    ties
        A CSV file of ties between where people flee from and hosts.
    as_of
        Day of the displacement on which the forecast is made; left out, a hindcast of the whole period.
    horizon_days
        Days to forecast after that.
    engine
        farshore, or flee for the mean field of Flee's rules (hindcast only).
    members
        Equally likely outcomes to draw for intervals; flee draws none.
    seed
        The same seed gives the same bytes.
    out
        Where the tables and the page go; out/forecast-NAME if not given.

    """
    members = 0 if engine == "flee" else members
    if plan_ is None:
        if displacement is not None:
            raise UsageFault("--displacement adds to a plan's arrivals: give --plan too")
        if not (folder / "input_csv").is_dir():
            raise UsageFault(f"{folder}: give --plan PLANDIR with a scenario, or a Flee input folder")
        problem = _displacement(folder, counts, ties)
        made = forecast(
            problem, members=members, seed=seed, as_of=as_of, horizon_days=horizon_days, engine=engine
        )
        files = forecast_files(made)
        out = out or Path("out") / f"forecast-{problem.name}"
        write_files(files | {"forecast.html": forecast_page(made, problem)}, out)
        print(files["forecast.json"] if json_ else f"Open {out / 'forecast.html'}", end="" if json_ else "\n")
        return
    if displacement is None and (counts or ties):
        raise UsageFault("--counts and --ties speak of a displacement: give --displacement FLEEDIR too")
    scenario = read_scenario(folder)
    outcome = read_outcome(plan_, with_classes=True)
    if scenario_hash(scenario) != scenario_hash(outcome.scenario):
        note = f"{plan_} was planned for another version of {folder}; the plan's own is used"
        print(f"note: {note}", file=sys.stderr)
    arrivals = plan_arrivals(outcome, members=members, seed=seed)
    if displacement is not None:
        added = forecast(
            _displacement(displacement, counts, ties),
            members=members,
            seed=seed,
            as_of=as_of,
            horizon_days=horizon_days,
            engine=engine,
        )
        arrivals = with_forecast(arrivals, added)
    needs = needs_of(arrivals, standards_of(scenario))
    files = needs_files(needs)
    out = out or Path("out") / f"forecast-{scenario.about.name}"
    write_files(files | {"forecast.html": needs_page(needs)}, out)
    print(files["needs.json"] if json_ else f"Open {out / 'forecast.html'}", end="" if json_ else "\n")


def _displacement(folder: Path, counts: Path | None, ties: Path | None) -> Displacement:
    """A Flee folder with the counts and ties of files, whose oddities go to standard error."""
    problem = read_flee(folder)
    n_told = len(problem.remarks)
    faults: list[Fault] = []
    for path, read in ((counts, read_counts_file), (ties, read_ties_file)):
        if path is None:
            continue
        try:
            problem = read(path, problem)
        except ScenarioFaults as found:
            faults += found.faults
    if faults:
        raise ScenarioFaults(faults, str(folder))
    for remark in problem.remarks[n_told:]:
        print(f"remark: {remark}", file=sys.stderr)
    return problem
