"""Commands about plans: plan, certify, report, demo."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.console import Console

from farshore import shipped
from farshore.cli.edits import opened_and_closed
from farshore.cli.interrupts import listening, tell_if_early
from farshore.cli.output import Json, print_json
from farshore.errors import CertificateRefused, UsageFault
from farshore.folders import check_writable
from farshore.plan import (
    CertificateCheck,
    Gap,
    Progress,
    Seconds,
    Stop,
    certify,
    parse_stop,
    plan,
    plan_with_orders,
    with_conflicts,
    with_crossing_room,
    with_households,
    write_plan,
)
from farshore.report import LiveProgress, conflict_lines, html, summary_table
from farshore.results import KNOWN_BY, ROBUST_FILE, Outcome, read_outcome
from farshore.scenario import read_scenario
from farshore.stress.robust import certify_robust

__all__ = ["certify_folder", "demo", "plan_folder", "report_folder"]

_SHOWN_WITHIN = 0.06  # of the best; the demo goes on no longer

Windows = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]


def plan_folder(
    folder: Path,
    *,
    out: Path | None = None,
    open_: Annotated[Windows, Parameter("--open")] = (),
    close: Windows = (),
    gap: float = 0.0,
    time_limit: float | None = None,
    stop: Windows = (),
    model: Literal["people", "classes"] = "people",
    steps: Literal["auto", "adaptive", "fine"] = "auto",
    orders: Literal["flow", "zones"] = "flow",
    contraflow: int = 0,
    staging: Annotated[bool, Parameter(negative=())] = False,
    households: bool = True,
    household_seed: int = 0,
    robust: str | None = None,
    futures: int | None = None,
    seed: int | None = None,
    fresh: int | None = None,
    rehearse: int | None = None,
    workers: int | None = None,
    dask: str | None = None,
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
    stop
        Stop as soon as one of these holds: first (there is a plan), unserved (all are placed whom any plan
        can place), t90 (90 % arrive as soon as any plan can have them), t90@6h (within 6 hours),
        gap@0.01, after@60s; several separated by commas.
    model
        people: all alike and in cars, exactly. classes: who needs what and has a car, with buses, ferries,
        trains and ways on foot; its plan comes with a certified gap.
    steps
        fine: solve over all steps at once. adaptive: over intervals that tell steps apart only where it
        matters; the plan is in single steps all the same. auto: adaptive where there are more than 1,000
        steps and --gap or --time-limit allows less than the best.
    orders
        `flow` lets the people of a zone go different ways at different times; `zones` gives each zone one
        route, which goes on with every route that it meets, and one window without pause.
    contraflow
        Reverse the lanes of up to so many roads, those that help most, with a bound on every choice.
    staging
        Give zones their turn: a window for each, within which its people go by the best ways.
    households
        Keep households whole: made up from the zones' totals, each leaves together or stays.
    household_seed
        Make up other households: the same seed gives the same ones.
    robust
        Plan for many futures in which crossings are lost, as hazards.csv says: cvar@0.9 asks for the least
        mean cost of the worst tenth of them, mean for that of all. What follows is about this alone.
    futures
        How many futures to plan for; 50 if not given.
    seed
        The same seed gives the same futures, on any number of workers; 0 if not given.
    fresh
        How many other futures to compare the plan in with the one for no loss; 100 if not given.
    rehearse
        How many of those to replay in traffic besides, with replanning after each loss; 0 if not given.
    workers
        Processes on this machine; 1 if not given.
    dask
        Address of a Dask scheduler to work on instead, as tcp://host:8786.

    """
    if household_seed < 0:
        raise UsageFault(f"--household-seed {household_seed} is negative; give a whole number, 0 or more")
    as_given = read_scenario(folder, allow_cut_zones=True)  # who is cut off stays, and is told why
    scenario = opened_and_closed(as_given, open_, close, silent=json_)
    out = out or Path("out") / scenario.about.name
    stop_at = _stop(gap, time_limit, stop)
    given_orders = {
        f"--orders {orders}": orders != "flow",
        f"--contraflow {contraflow}": contraflow,
        "--staging": staging,
    }
    if model == "classes" and (asked := [option for option, wanted in given_orders.items() if wanted]):
        raise UsageFault(
            f"{', '.join(asked)}: plans with classes give no orders yet; plan with --model people for these, "
            "or leave out what is named here"
        )
    if steps == "adaptive" and (model == "classes" or robust is not None):
        raise UsageFault("--steps adaptive is for --model people without --robust: leave one of them out")

    given = {"futures": futures, "seed": seed, "fresh": fresh, "rehearse": rehearse, "workers": workers}
    if robust is None:
        if named := [name for name, value in {**given, "dask": dask}.items() if value is not None]:
            raise UsageFault(
                f"--{', --'.join(named)}: only with --robust; add --robust cvar@0.9, as an example"
            )
    else:
        if model != "people" or orders != "flow" or contraflow or staging:
            raise UsageFault("--robust is for --model people, and gives no orders yet: leave the others out")
        if stop:
            raise UsageFault("--stop is not for --robust: give --gap or --time-limit")
        from farshore.cli.robust import plan_robust_folder  # noqa: PLC0415 (other plans need no simulator)

        return plan_robust_folder(
            scenario,
            robust=robust,
            futures=50 if futures is None else futures,
            seed=seed or 0,
            fresh=100 if fresh is None else fresh,
            rehearse=rehearse or 0,
            workers=1 if workers is None else workers,
            dask=dask or "",
            gap=gap,
            time_limit=time_limit,
            household_seed=household_seed if households else None,
            out=out,
            json_=json_,
        )

    def engine(progress: Callable[[Progress], None], stop: Stop) -> Outcome:
        if model == "classes":
            whole = household_seed if households else None
            return plan(scenario, model=model, stop=stop, progress=progress, household_seed=whole)
        return plan_with_orders(
            scenario,
            orders=orders,
            contraflow=contraflow,
            staging=staging,
            stop=stop,
            progress=progress,
            steps=steps,
        )

    # An order's steady rate leaves no room to move whole households; classes are made of them to begin with.
    seed = household_seed if households and orders != "zones" and model == "people" else None
    return _plan_and_write(engine, out, stop=stop_at, seed=seed, json_=json_)


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
        followed = certify_robust(folder)
    except CertificateRefused as refused:
        if not json_:
            raise
        print_json({"certified": False, "faults": [dataclasses.asdict(fault) for fault in refused.faults]})
        return refused.exit_code
    if json_:
        print_json({"certified": True} | dataclasses.asdict(checked))
    else:
        print(checked.statement)
        if followed:
            print(f"robust.json holds; the plan was followed through {followed} of its futures again.")
    return 0


def report_folder(folder: Path) -> None:
    """Write report.html of a plan folder anew, after checking the plan.

    Parameters
    ----------
    folder
        The plan folder.

    """
    certify(folder)
    certify_robust(folder)
    kept = folder / ROBUST_FILE
    outcome = with_crossing_room(read_outcome(folder, with_classes=True))
    _write(outcome, folder, kept.read_bytes() if kept.exists() else None)
    print(f"Open {folder / 'report.html'}")


def demo(
    *,
    out: Path = Path("out/kherson"),
    model: Literal["people", "classes"] = "classes",
    json_: Json = False,
) -> int:
    """Plan the shipped scenario kherson, check its certificate, write the report.

    Parameters
    ----------
    out
        Where the plan goes. A plan that is there is replaced.
    model
        classes: who needs what and has a car, with buses, ferries and ways on foot, in about a minute, to
        within 6 % before households are seated. people: all alike and in cars, the best there is, in seconds.

    """
    scenario = read_scenario(shipped.path("kherson"))

    if model == "people":
        return _plan_and_write(
            lambda show, stop: plan(scenario, stop=stop, progress=show, greedy=True),
            out,
            stop=Gap(0.0),
            seed=0,
            json_=json_,
        )
    return _plan_and_write(
        lambda show, stop: plan(scenario, model=model, stop=stop, progress=show, household_seed=0),
        out,
        stop=Gap(_SHOWN_WITHIN),
        seed=None,
        json_=json_,
    )


def _plan_and_write(
    engine: Callable[[Callable[[Progress], None], Stop], Outcome],
    out: Path,
    *,
    stop: Stop,
    seed: int | None,
    json_: bool,
) -> int:
    """Plan, with whole households made up from a seed unless it is None, and write.

    stop : for the plan; its time, or Ctrl-C, ends the search for what keeps people from being placed, too
    """
    check_writable(out, replaces=KNOWN_BY)  # before the work, not after it
    with LiveProgress() as show, listening(stop) as heard:
        outcome = engine(show, heard)
        proof = outcome.certificate
        if seed is not None:
            show(Progress("seating households", 0.97, None, proof.objective, proof.lower_bound))
            outcome = with_households(outcome, seed=seed)
            proof = outcome.certificate
        if outcome.unserved or outcome.services is not None:
            show(Progress("what conflicts", 0.98, None, proof.objective, proof.lower_bound))
            outcome = with_conflicts(outcome, seconds=heard.seconds, asked=heard.was_asked)
        show(Progress("certifying, writing", 0.99, None, proof.objective, proof.lower_bound))
        _write(outcome, out)
    summary = _summary(out)
    if json_:
        print_json(summary)
    else:
        console = Console()
        console.print(summary_table(summary))
        if summary["conflicts"]:
            console.print(conflict_lines(summary))
        tell_if_early(outcome, heard)
        print(f"Open {out / 'report.html'}")
    return 0


def _write(outcome: Outcome, folder: Path, robust: bytes | None = None) -> None:
    def add_page(written: Path, _: CertificateCheck) -> None:
        told = None if robust is None else json.loads(robust)
        if robust is not None:
            (written / ROBUST_FILE).write_bytes(robust)
        page = html(outcome, summary=_summary(written), folder=str(folder), robust=told)
        (written / "report.html").write_text(page, encoding="utf-8")

    write_plan(outcome, folder, extra=add_page, replace=True)


def _summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def _stop(gap: float, time_limit: float | None, rules: tuple[str, ...]) -> Stop:
    try:
        stop = Gap(gap) if time_limit is None else Gap(gap) | Seconds(time_limit)
        for rule in rules:
            stop |= parse_stop(rule)
        return stop
    except ValueError as error:
        raise UsageFault(str(error)) from None
