"""The command about futures: stress."""

from enum import Enum
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from farshore.cli.output import Json, print_json
from farshore.errors import UsageFault
from farshore.folders import check_writable, put, written_whole
from farshore.report import LiveProgress, class_words, stress_html
from farshore.results import STRESS_KNOWN_BY, STRESS_OWN, read_outcome, stress_files, stress_summary
from farshore.simulate import OnClosure, Options
from farshore.stress import planned_on, stress

__all__ = ["stress_folder"]


class Vary(Enum):
    """What differs from one future to another."""

    ALL = "all"
    HAZARDS = "hazards"
    ASSUMPTIONS = "assumptions"


_VARY = {
    Vary.ALL: ("assumptions", "hazards"),
    Vary.HAZARDS: ("hazards",),
    Vary.ASSUMPTIONS: ("assumptions",),
}


def stress_folder(
    folder: Path,
    beside: Path | None = None,
    /,
    *,
    futures: int = 1000,
    seed: int = 0,
    out: Path | None = None,
    precision: float | None = None,
    vary: Vary = Vary.ALL,
    workers: int = 1,
    dask: str = "",
    resume: Annotated[bool, Parameter(negative=())] = False,
    replan: bool = False,
    worth: bool = True,
    resolve: int | None = None,
    lost_from_h: float = 24.0,
    on_closure: OnClosure = OnClosure.RELEASED,
    json_: Json = False,
) -> int:
    """Replay a plan in many futures: crossings lost and repaired, more or fewer people, alerts.

    Ctrl-C keeps what is done, marked partial; --resume goes on from there.

    Parameters
    ----------
    folder
        A plan folder.
    beside
        Another plan folder, replayed in the same futures and compared one by one.
    futures
        How many futures.
    seed
        The same seed gives the same futures, on any number of workers.
    out
        Where tables and page go; out/NAME-stress if not given. A stress test there is replaced.
    precision
        Stop once every interval's half-width is at most this share of its scale, as 0.02.
    vary
        What differs from one future to another: all, hazards, assumptions.
    workers
        Processes on this machine.
    dask
        Address of a Dask scheduler to work on instead, as tcp://host:8786.
    resume
        Go on from the futures that an earlier run kept.
    replan
        Plan on after each loss, and give new instructions an hour after it; slower by far. Not for plans with
        classes.
    worth
        Ask what each crossing is worth.
    resolve
        Changes for the better that are checked by planning anew; 10 if not given, 0 plans nothing anew.
    lost_from_h
        Hours after the start from which a crossing is lost, where its worth is asked.
    on_closure
        What becomes of vehicles on a crossing that is lost.

    """
    plan = read_outcome(folder, with_classes=True)
    other = None if beside is None else read_outcome(beside, with_classes=True)
    out = out or Path("out") / f"{plan.scenario.about.name}-stress"
    check_writable(out, replaces=STRESS_KNOWN_BY)  # before the work, not after it
    if lost_from_h < 0:
        raise UsageFault(f"--lost-from-h {lost_from_h:g} lies before the start; give 0 or more")
    kept = out.parent / f".{out.name}.kept"
    with LiveProgress() as show:
        result = stress(
            plan,
            beside=other,
            futures=futures,
            seed=seed,
            vary=_VARY[vary],
            precision=precision,
            options=Options(on_closure=on_closure),
            workers=workers,
            dask=dask,
            worth=worth,
            resolve=resolve,
            lost_from_h=lost_from_h,
            kept=kept,
            resume=resume,
            replan=planned_on if replan else None,
            progress=show,
            note=show.say,
        )
    with written_whole(out, replaces=STRESS_KNOWN_BY, own=STRESS_OWN) as made:
        put(made, stress_files(result) | {"report.html": stress_html(result).encode()})
    if not result.partial:
        kept.unlink(missing_ok=True)
    summary = stress_summary(result)
    if json_:
        print_json(summary)
        return 0
    _print(summary, str(out))
    return 0


def _print(summary: dict[str, Any], out: str) -> None:
    print(f"{summary['futures']:,} futures of {summary['scenario']}")
    for measure, words in (
        ("t90_h", "T90, h"),
        ("unserved", "left behind"),
        ("exposure_person_h", "exposure"),
    ):
        row = summary["quantiles"][measure]
        cells = ", ".join(f"{name.upper()} {_figure(row[name], measure)}" for name in ("p10", "p50", "p90"))
        print(f"  {words}: {cells}")
    for row in summary.get("classes", ()):
        people, behind = row["people"]["p50"]["value"], row["unserved"]
        cells = ", ".join(f"{name.upper()} {behind[name]['value']:,.0f}" for name in ("p10", "p50", "p90"))
        print(f"    {class_words(row['class_id'])}, some {people:,.0f}: left behind {cells}")
    for words in summary["worth"][:5]:
        print(f"  {words}")
    for measure, row in summary.get("differences", {}).items():
        better = row["better"]["value"]
        print(f"  {measure}: {summary['beside']} is better in {better:.0%} of futures")
    if summary["partial"]:
        print("Stopped early: these are the futures done by then; --resume goes on.")
    elif summary["precise"] is False:
        print(f"Not precise enough yet: about {summary['futures_needed']:,} futures would be.")
    print(f"Open {out}/report.html")


def _figure(interval: dict[str, float | None], measure: str) -> str:
    beyond = "not by the end" if measure.startswith("t") else "?"

    def text(value: float | None) -> str:
        return beyond if value is None else f"{value:,.0f}"

    if interval["low"] is None:
        return beyond
    return f"{text(interval['value'])} ({text(interval['low'])} to {text(interval['high'])})"
