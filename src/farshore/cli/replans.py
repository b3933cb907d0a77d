"""The command that plans on after something has happened."""

import csv
import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from farshore.cli.interrupts import listening, tell_if_early
from farshore.cli.output import Json, print_json
from farshore.errors import UsageFault
from farshore.folders import check_writable
from farshore.plan import (
    STABILITY_PERSON_H,
    Caught,
    CertificateCheck,
    Gap,
    Progress,
    Seconds,
    certify,
    replan,
    write_plan,
)
from farshore.report import LiveProgress, html, replan_table, summary_table
from farshore.results import KNOWN_BY, read_outcome
from farshore.scenario import changes_of_assumptions

__all__ = ["replan_folder"]

Texts = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]


def replan_folder(
    folder: Path,
    *,
    at: str,
    out: Path | None = None,
    open_: Annotated[Texts, Parameter("--open")] = (),
    close: Texts = (),
    capacity: Texts = (),
    arrived: Path | None = None,
    caught: Caught = Caught.BACK,
    stability: float = STABILITY_PERSON_H,
    gap: float = 0.0,
    time_limit: float | None = None,
    json_: Json = False,
) -> int:
    """Plan on in the midst of a plan: what has happened stays, what still holds is kept, the rest is new.

    Parameters
    ----------
    folder
        The plan folder that has been followed until now.
    at
        When: what the plan does in steps that begin before it has happened. A time with an offset.
    out
        Where the new plan goes; out/NAME-replanned if not given. A plan that is there is replaced.
    open_
        A crossing or link is open again: ASSET@FROM/UNTIL; from now on if not said. May be repeated.
    close
        A crossing or link is lost: ASSET@FROM/UNTIL; from now on, to the end, if not said. May be repeated.
    capacity
        A crossing or link has a share of its capacity left: ASSET=SHARE@FROM/UNTIL. May be repeated.
    arrived
        A table of host_id and persons: who has in fact been taken in by then, where it is not as planned.
    caught
        What people do who are on an asset when it closes.
    stability
        Person-hours that sparing one person a new instruction is worth; 0 asks for the best plan of all.
    gap
        Stop when the best plan is proven to be within this share of the best; 0 asks for the best itself.
    time_limit
        Stop after so many seconds with the best plan so far, and its proof.

    """
    certify(folder)
    old = read_outcome(folder, with_classes=True)
    out = out or Path("out") / f"{old.scenario.about.name}-replanned"
    check_writable(out, replaces=KNOWN_BY)  # before the work, not after it
    try:
        stop = Gap(gap) if time_limit is None else Gap(gap) | Seconds(time_limit)
    except ValueError as error:
        raise UsageFault(str(error)) from None
    with LiveProgress() as show, listening(stop) as heard:
        outcome = replan(
            old,
            at=at,
            close=close,
            open_=open_,
            capacity=capacity,
            arrived=_counted(arrived) if arrived else None,
            caught=caught,
            stability_person_h=stability,
            stop=heard,
            progress=show,
        )
        proof = outcome.certificate
        show(Progress("certifying, writing", 0.99, None, proof.objective, proof.lower_bound))

        def add_page(written: Path, _: CertificateCheck) -> None:
            summary = json.loads((written / KNOWN_BY).read_text(encoding="utf-8"))
            page = html(outcome, summary=summary, folder=str(out))
            (written / "report.html").write_text(page, encoding="utf-8")

        write_plan(outcome, out, extra=add_page, replace=True)
    if json_:
        print_json(json.loads((out / "replan.json").read_text(encoding="utf-8")))
        return 0
    assert outcome.replan is not None
    console = Console()
    console.print(replan_table(outcome.replan, outcome.scenario))
    console.print(summary_table(json.loads((out / KNOWN_BY).read_text(encoding="utf-8"))))
    tell_if_early(outcome, heard)
    for line in changes_of_assumptions(old.scenario, outcome.scenario):
        print(line)
    told = sum(change.persons for change in outcome.replan.changes)
    print(f"{told:,} people hear something new: {out / 'changes.csv'}")
    if outcome.households is not None:
        named = sum(len(change.households) for change in outcome.replan.changes)
        print(f"They are {named:,} households, each whole: {out / 'changed_households.csv'}")
        for parted in outcome.replan.parted:
            print(
                f"{parted.host_id} has counted a household in part, {parted.persons:,} of it not: "
                "see `parted` in replan.json"
            )
    print(f"Open {out / 'report.html'}")
    return 0


def _counted(file: Path) -> dict[str, int]:
    """Who has been taken in, by host; raises UsageFault with every row that cannot be."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"{file} cannot be read ({error})") from None
    if not rows or not {"host_id", "persons"} <= set(rows[0]):
        raise UsageFault(f"{file} must have the columns host_id and persons, and a row for each host counted")
    found: dict[str, int] = {}
    wrong = []
    for line, row in enumerate(rows, start=2):
        host, persons = (row["host_id"] or "").strip(), (row["persons"] or "").strip()
        if host.startswith("#"):
            continue  # HXL hashtags
        if not host or host in found:
            wrong.append(f"row {line}, host_id: {host!r} is {'there already' if host else 'blank'}")
        elif not (persons.isascii() and persons.isdigit()):
            wrong.append(f"row {line}, persons: {persons!r} is no number of people, 0 or more")
        else:
            found[host] = int(persons)
    if wrong:
        raise UsageFault("\n".join([*(f"{file}, {fault}" for fault in wrong), "nothing was planned"]))
    return found
