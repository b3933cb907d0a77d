"""The command about traffic: simulate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from farshore.cli.edits import opened_and_closed
from farshore.cli.output import Json, print_json
from farshore.errors import UsageFault
from farshore.folders import check_writable, put, written_whole
from farshore.plan import Progress
from farshore.report import LiveProgress, simulation_html
from farshore.results import (
    SIMULATION_KNOWN_BY,
    SIMULATION_OWN,
    read_outcome,
    simulation_files,
    simulation_summary,
)
from farshore.scenario import Scenario, parse_window, read_scenario
from farshore.simulate import (
    Contraflow,
    Departing,
    Merge,
    OnClosure,
    Options,
    Origins,
    Routes,
    compare,
    simulate,
)

__all__ = ["simulate_folder"]

Windows = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]


def simulate_folder(
    folder: Path,
    *,
    out: Path | None = None,
    compare_: Annotated[bool, Parameter("--compare", negative=())] = False,
    open_: Annotated[Windows, Parameter("--open")] = (),
    close: Windows = (),
    routes: Routes = Routes.SHORTEST,
    departing: Departing = Departing.READY,
    half_departed_h: float | None = None,
    spread_h: float = 3.0,
    compliance: float | None = None,
    informed: float | None = None,
    update_min: float = 10.0,
    shadow: float = 0.0,
    second_car: float = 0.0,
    on_foot: float = 0.0,
    background_veh_h: float = 0.0,
    trucks: float = 0.0,
    contraflow: Windows = (),
    ferry_every_min: float = 0.0,
    on_closure: OnClosure = OnClosure.RELEASED,
    merge: Merge = Merge.CAPACITY,
    priority: Windows = (),
    origins: Origins = Origins.SHARE,
    seed: int = 0,
    json_: Json = False,
) -> int:
    """Rehearse with real traffic: queues, ferries that load, drivers who choose for themselves.

    Ctrl-C keeps what was simulated so far, marked partial.

    Parameters
    ----------
    folder
        A plan folder: people keep to the plan. Or a scenario folder: everybody chooses for themselves.
    out
        Where the tables and the page go; out/NAME-simulated if not given. A simulation there is replaced.
    compare_
        Simulate the plan, no plan, and everybody to the nearest host, in one table.
    open_
        Lift the closures of a crossing or link: ASSET@FROM/UNTIL, times with an offset. May be repeated.
    close
        Close a crossing or link, with vehicles on it: ASSET@FROM/UNTIL. May be repeated.
    routes
        Ways of those who follow no plan.
    departing
        When those who follow no plan set out.
    half_departed_h
        Hours after which half have set out, for the curves logit and rayleigh.
    spread_h
        Hours in which the logit curve rises from half to 73 %.
    compliance
        Share of people with a plan who keep to it; of a plan with classes, of those who go by car.
    informed
        Share of drivers without a fixed way who hear of queues.
    update_min
        Minutes between what they hear.
    shadow
        Share of those who choose to stay who leave as well.
    second_car
        Share of households that take two cars.
    on_foot
        Share of those without a car who walk.
    background_veh_h
        Vehicles an hour on the road for other reasons.
    trucks
        Share of trucks among those.
    contraflow
        Lanes reversed: TAKES:GIVES:LANES@FROM/UNTIL, links ("-id" is the way back of one) and lanes as a
        multiple of those that TAKES has. May be repeated.
    ferry_every_min
        Ferries sail by the clock, so many minutes apart; 0: when full, or after the longest wait.
    on_closure
        What becomes of vehicles on a road that closes.
    merge
        Who goes first where roads join.
    priority
        LINK=CLAIM for `--merge priority`: how much more than its saturation flow a link claims where it joins
        others, as b=2 ("-id" is the way back of a link). May be repeated.
    origins
        Whether vehicles setting out share the road with those on it, go first, or go last.
    seed
        The same seed gives the same result.

    """
    followed = read_outcome(folder, with_classes=True) if (folder / "summary.json").is_file() else None
    given = read_scenario(folder) if followed is None else followed.scenario
    scenario = opened_and_closed(given, open_, close, silent=json_)
    out = out or Path("out") / f"{scenario.about.name}-simulated"
    check_writable(out, replaces=SIMULATION_KNOWN_BY)  # before the work, not after it
    options = Options(
        routes=routes,
        departing=departing,
        half_departed_h=half_departed_h,
        spread_h=spread_h,
        compliance_share=compliance,
        informed_share=informed,
        update_s=60 * update_min,
        shadow_share=shadow,
        second_car_share=second_car,
        on_foot_share=on_foot,
        background_veh_h=background_veh_h,
        truck_share=trucks,
        contraflow=tuple(_reversal(text, scenario) for text in contraflow),
        ferry_every_s=60 * ferry_every_min,
        on_closure=on_closure,
        merge=merge,
        priorities=tuple(_claim(text) for text in priority),
        origins=origins,
    )
    with LiveProgress() as show:

        def told(share: float) -> None:
            show(Progress("simulating", share, None, None, None))

        if compare_:
            results = compare(scenario, plan=followed, options=options, seed=seed, progress=told)
        else:
            results = (simulate(scenario, plan=followed, options=options, seed=seed, progress=told),)
    with written_whole(out, replaces=SIMULATION_KNOWN_BY, own=SIMULATION_OWN) as made:
        put(made, simulation_files(results) | {"report.html": simulation_html(results).encode()})
    summary = simulation_summary(results)
    if json_:
        print_json(summary)
        return 0
    for run in summary["runs"]:
        if run["planned"] is not None:
            print(_arrivals("as the plan says", run["planned"]))
        print(_arrivals(run["label"], run))
        if run["without_bed"]:
            print(f"  {run['without_bed']:,} of them come to a host whose beds are taken")
    for row in results[0].unfinished[:5]:
        print(f"  {row.persons:,} at {row.place_id}: {row.why}")
    if summary["partial"]:
        print("Stopped early: this is what had happened by then.")
    print(f"Open {out / 'report.html'}")
    return 0


def _arrivals(label: str, told: Mapping[str, Any]) -> str:
    """One line of who arrives, and when shares of all have."""
    times = ", ".join(
        f"T{share} not reached" if told[f"t{share}_h"] is None else f"T{share} {told[f't{share}_h']:.1f} h"
        for share in (50, 90, 100)
    )
    return f"{label}: {told['arrived']:,} of {told['people']:,} arrive; {times}"


def _reversal(text: str, scenario: Scenario) -> Contraflow:
    """TAKES:GIVES:LANES@FROM/UNTIL as contraflow; without a window the whole horizon.

    LANES left out are the link's own and what as many reversed lanes carry, by `contraflow_capacity_factor`.
    """
    links, at, span = text.rpartition("@") if "@" in text else (text, "", "")
    takes, _, rest = links.partition(":")
    gives, _, lanes = rest.partition(":")
    for link in (takes, gives):
        parse_window(link.removeprefix("-") + at + span, scenario)  # names what is not there
    window = parse_window(takes.removeprefix("-") + at + span, scenario)
    try:
        times = float(lanes) if lanes else 1 + scenario.parameter("contraflow_capacity_factor")
    except ValueError:
        times = 0.0
    if times <= 0:
        raise UsageFault(f"{text!r}: {lanes!r} is no number of lanes; write TAKES:GIVES:2@FROM/UNTIL")
    start_s = scenario.about.start.timestamp()
    return Contraflow(
        takes, gives, max(0.0, (window.from_s - start_s) / 3600), (window.until_s - start_s) / 3600, times
    )


def _claim(text: str) -> tuple[str, float]:
    """LINK=CLAIM."""
    link, _, value = text.rpartition("=")
    try:
        return link, float(value)
    except ValueError:
        raise UsageFault(f"{text!r}: write LINK=CLAIM, as b=2") from None
