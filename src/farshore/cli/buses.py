"""The command about buses alone: the bus evacuation problem from a file."""

import sys
import time
from pathlib import Path

from farshore.cli.output import Json, print_json
from farshore.errors import UsageFault
from farshore.folders import check_writable
from farshore.plan import Gap, Seconds
from farshore.plan.fleets import evacuate_by_bus, read_bus_problem
from farshore.plan.fleets.bus_folder import BUSES_KNOWN_BY, bus_summary, write_bus_plan

__all__ = ["buses_file"]


def buses_file(
    file: Path,
    *,
    out: Path | None = None,
    gap: float = 0.0,
    time_limit: float = 60.0,
    seed: int = 0,
    json_: Json = False,
) -> int:
    """Solve a bus evacuation problem: everybody in a shelter soonest, with a proof of how soon that can be.

    Parameters
    ----------
    file
        The problem, in the layout of the literature (docs/fleets.md).
    out
        Where the tours go; out/NAME-buses if not given. Tours that are there are replaced.
    gap
        Stop when the tours are proven to be within this share of the best; 0 asks for the best itself.
    time_limit
        Stop after so many seconds with the best tours so far, and their proof.
    seed
        Of the searches. The same seed gives the same tours, unless time stopped them.

    """
    try:
        stop = Gap(gap) | Seconds(time_limit)
    except ValueError as error:
        raise UsageFault(str(error)) from None
    out = out or Path("out") / f"{file.stem}-buses"
    problem = read_bus_problem(file)
    check_writable(out, replaces=BUSES_KNOWN_BY)  # before the work, not after it
    begun_s = time.monotonic()

    def tell(tried: str, bound: int, makespan: int) -> None:
        gap = f"within {(makespan - bound) / makespan:.2%}" if makespan > bound else "the best there is"
        words = f"best tours last {makespan:,}, none less than {bound:,}: {gap}"
        print(f"{time.monotonic() - begun_s:.0f} s: {words} ({tried})", file=sys.stderr)

    plan = evacuate_by_bus(problem, stop=stop, seed=seed, progress=tell)
    write_bus_plan(problem, plan, out)
    if json_:
        print_json(bus_summary(plan))
    else:
        print(plan.statement)
        print(f"Open {out / 'tours.csv'}")
    return 0
