"""The commands: parse, call, print. What they do lives in the rooms below."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

from farshore import __version__, shipped
from farshore.errors import (
    CertificateRefused,
    FarshoreError,
    Interrupted,
    OutputUnwritable,
    ScenarioFaults,
    UsageFault,
)
from farshore.folders import check_writable
from farshore.forecast import (
    Engine,
    backtest,
    forecast,
    needs_of,
    plan_arrivals,
    standards_of,
    with_forecast,
)
from farshore.plan import CertificateCheck, Gap, Progress, Seconds, Stop, certify, plan, write_plan
from farshore.report import (
    LiveProgress,
    backtest_page,
    backtest_table,
    forecast_page,
    html,
    needs_page,
    summary_table,
)
from farshore.results import (
    KNOWN_BY,
    Outcome,
    backtest_files,
    forecast_files,
    needs_files,
    read_outcome,
    write_files,
)
from farshore.scenario import (
    Scenario,
    check_scenario,
    displacement_files,
    new_scenario,
    parse_window,
    read_scenario,
    scenario_hash,
    with_closing,
    with_opening,
)
from farshore.sources import read_flee

__all__ = ["app", "main"]

app = App(
    name="farshore",
    help="Plan the voluntary evacuation of civilians, and prove how good the plan is.",
    version=__version__,
)
scenarios_app = App(name="scenarios", help="The scenarios that come with Farshore.")
app.command(scenarios_app)
import_app = App(name="import", help="Read other people's formats.")
app.command(import_app)

Json = Annotated[bool, Parameter("--json", negative=(), help="Print JSON, for machines.")]
Windows = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]


def main() -> None:
    """Run a command; what goes wrong is said in words, with the exit code of its kind."""
    try:
        app(exit_on_error=False)
    except CycloptsError:
        sys.exit(2)  # already explained by the parser
    except FarshoreError as error:
        _say_wrong(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say_wrong("interrupted; nothing was written")
        sys.exit(Interrupted.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
    except OSError as error:  # a disk that fills up while numba keeps what it compiled, for one
        _say_wrong(f"{error.filename or 'a file'}: {error.strerror or error}; nothing was planned")
        sys.exit(OutputUnwritable.exit_code)


@app.command
def check(folder: Path, *, json_: Json = False) -> int:
    """Name every fault of a scenario folder: file, row, column, what is wrong, how to mend it.

    Parameters
    ----------
    folder
        The scenario folder.

    """
    report = check_scenario(folder)
    if json_:
        _print_json(
            {
                "faults": [dataclasses.asdict(fault) for fault in report.faults],
                "warnings": list(map(str, report.warnings)),
                "defaults_used": list(report.defaults_used),
            }
        )
    else:
        for warning in report.warnings:
            print(f"warning: {warning}")
        for default in report.defaults_used:
            print(f"default: {default}")
        if report.faults:
            print(ScenarioFaults(report.faults, str(folder)))
        else:
            print(f"{folder}: no faults, {len(report.warnings)} warnings")
    return ScenarioFaults.exit_code if report.faults else 0


@app.command
def new(folder: Path) -> None:
    """Write a small valid scenario to start from.

    Parameters
    ----------
    folder
        Where to; empty or not there yet.

    """
    new_scenario(folder)
    print(f"wrote {folder}; change it, then: farshore check {folder}")


@scenarios_app.default
def list_scenarios() -> None:
    """List the scenarios that come with Farshore."""
    for name in shipped.names():
        print(f"{name}\t{read_scenario(shipped.path(name)).about.title}")


@scenarios_app.command(name="copy")
def copy_scenario(name: str, folder: Path) -> None:
    """Copy a shipped scenario, to be changed.

    Parameters
    ----------
    name
        One of those that `farshore scenarios` lists.
    folder
        Where to; empty or not there yet.

    """
    shipped.copy(name, folder)
    print(f"wrote {folder}; change it, then: farshore plan {folder}")


@app.command(name="plan")
def plan_folder(
    folder: Path,
    *,
    out: Path | None = None,
    open_: Annotated[Windows, Parameter("--open")] = (),
    close: Windows = (),
    gap: float = 0.0,
    time_limit: float | None = None,
    json_: Json = False,
) -> int:
    """Plan a scenario: who leaves when, by which way, to which host; with a certificate.

    Parameters
    ----------
    folder
        The scenario folder.
    out
        Where the plan goes; out/NAME if not given. A plan that is there is replaced.
    open_
        Lift the closures of a crossing or link: ASSET@FROM/UNTIL, times with an offset. May be repeated.
    close
        Close a crossing or link: ASSET@FROM/UNTIL; without UNTIL to the end. May be repeated.
    gap
        Stop when the plan is proven to be within this share of the best; 0 asks for the best itself.
    time_limit
        Stop after so many seconds with the best plan so far, and its proof.

    """
    scenario = read_scenario(folder)
    for text in open_:
        scenario = with_opening(scenario, *parse_window(text, scenario))
    for text in close:
        scenario = with_closing(scenario, *parse_window(text, scenario))
    out = out or Path("out") / scenario.about.name
    return _plan_and_write(scenario, out, stop=_stop(gap, time_limit), json_=json_)


@app.command(name="certify")
def certify_folder(folder: Path, *, scenario: Path | None = None, json_: Json = False) -> int:
    """Check a plan from its files alone: that it can be done, and how close to the best it is.

    Parameters
    ----------
    folder
        The plan folder.
    scenario
        Check it against this scenario folder instead of the copy in the plan folder.

    """
    try:
        checked = certify(folder, scenario_folder=scenario)
    except CertificateRefused as refused:
        if not json_:
            raise
        _print_json({"certified": False, "faults": [dataclasses.asdict(fault) for fault in refused.faults]})
        return refused.exit_code
    if json_:
        _print_json({"certified": True} | dataclasses.asdict(checked))
    else:
        print(checked.statement)
    return 0


@app.command(name="report")
def report_folder(folder: Path) -> None:
    """Write report.html of a plan folder anew, after checking the plan.

    Parameters
    ----------
    folder
        The plan folder.

    """
    certify(folder)
    _write(read_outcome(folder), folder)
    print(f"Open {folder / 'report.html'}")


@app.command
def demo(*, out: Path = Path("out/kherson"), json_: Json = False) -> int:
    """Plan the shipped scenario kherson, check its certificate, write the report.

    Parameters
    ----------
    out
        Where the plan goes. A plan that is there is replaced.

    """
    return _plan_and_write(read_scenario(shipped.path("kherson")), out, stop=Gap(0.0), json_=json_)


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
        _print_json(
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


@app.command(name="backtest")
def backtest_folder(
    folder: Path,
    *,
    lead: str = "7,30,60,90",
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
    blind
        Tell no method any capacity: those of Flee's sets are mostly the maximum of the counts to be forecast.
    out
        Where the tables and the page go; out/backtest-NAME if not given.

    """
    problem = read_flee(folder)
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


@app.command(name="forecast")
def forecast_folder(
    folder: Path,
    *,
    plan_: Annotated[Path | None, Parameter("--plan")] = None,
    displacement: Path | None = None,
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
        problem = read_flee(folder)
        made = forecast(
            problem, members=members, seed=seed, as_of=as_of, horizon_days=horizon_days, engine=engine
        )
        files = forecast_files(made)
        out = out or Path("out") / f"forecast-{problem.name}"
        write_files(files | {"forecast.html": forecast_page(made, problem)}, out)
        print(files["forecast.json"] if json_ else f"Open {out / 'forecast.html'}", end="" if json_ else "\n")
        return
    scenario = read_scenario(folder)
    outcome = read_outcome(plan_)
    if scenario_hash(scenario) != scenario_hash(outcome.scenario):
        print(f"note: {plan_} was planned for another version of {folder}; the plan's own is used")
    arrivals = plan_arrivals(outcome, members=members, seed=seed)
    if displacement is not None:
        added = forecast(
            read_flee(displacement),
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


def _plan_and_write(scenario: Scenario, out: Path, *, stop: Stop, json_: bool) -> int:
    check_writable(out, replaces=KNOWN_BY)  # before the work, not after it
    with LiveProgress() as show:
        outcome = plan(scenario, stop=stop, progress=show)
        proof = outcome.certificate
        show(Progress("certifying, writing", 0.99, None, proof.objective, proof.lower_bound))
        _write(outcome, out)
    summary = _summary(out)
    if json_:
        _print_json(summary)
    else:
        Console().print(summary_table(summary))
        if not outcome.complete:
            print("Stopped early: this is the best plan so far, with its proof.")
        print(f"Open {out / 'report.html'}")
    return 0


def _write(outcome: Outcome, folder: Path) -> None:
    def add_page(written: Path, _: CertificateCheck) -> None:
        page = html(outcome, summary=_summary(written), folder=str(folder))
        (written / "report.html").write_text(page, encoding="utf-8")

    write_plan(outcome, folder, extra=add_page, replace=True)


def _summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def _stop(gap: float, time_limit: float | None) -> Stop:
    try:
        return Gap(gap) if time_limit is None else Gap(gap) | Seconds(time_limit)
    except ValueError as error:
        raise UsageFault(str(error)) from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _say_wrong(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
