"""`farshore plan --robust`: instructions that stay good when crossings are lost."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from farshore.cli.output import print_json
from farshore.errors import UsageFault
from farshore.folders import check_writable, json_bytes
from farshore.plan import CertificateCheck, Gap, Progress, Seconds, Stop, with_households, write_plan
from farshore.report import LiveProgress, html, robust_table, summary_table
from farshore.results import KNOWN_BY, ROBUST_FILE, Outcome, robust_summary
from farshore.scenario import Scenario
from farshore.stress.robust import GAP, beside_nominal, parse_measure, plan_robustly

__all__ = ["plan_robust_folder"]


def plan_robust_folder(
    scenario: Scenario,
    *,
    robust: str,
    futures: int,
    seed: int,
    fresh: int,
    rehearse: int,
    workers: int,
    dask: str,
    gap: float,
    time_limit: float | None,
    household_seed: int | None,
    out: Path,
    json_: bool,
) -> int:
    """Plan for many futures, compare with the nominal plan in fresh ones, certify, write."""
    measure = parse_measure(robust)
    for name, number in (("fresh", fresh), ("rehearse", rehearse), ("seed", seed)):
        if number < 0:
            raise UsageFault(f"--{name} {number} is negative; give a whole number, 0 or more")
    stop = _stop(gap, time_limit)
    check_writable(out, replaces=KNOWN_BY)  # before the work, not after it
    with LiveProgress() as show:
        made = plan_robustly(
            scenario,
            measure=measure,
            futures=futures,
            seed=seed,
            stop=stop,
            workers=workers,
            dask=dask,
            progress=show,
            say=show.say,
        )
        outcome, nominal = made.outcome, made.nominal
        if household_seed is not None:
            proof = outcome.certificate
            show(Progress("seating households", 0.0, None, proof.objective, proof.lower_bound))
            outcome = with_households(outcome, seed=household_seed)
            nominal = with_households(nominal, seed=household_seed)
        try:
            result = beside_nominal(
                made,
                outcome=outcome,
                nominal=nominal,
                fresh=fresh,
                rehearse=rehearse,
                workers=workers,
                dask=dask,
                progress=show,
                say=show.say,
            )
        except KeyboardInterrupt:  # the plan is there: it is kept, uncompared
            result = beside_nominal(made, outcome=outcome, nominal=nominal, fresh=0)
        told = robust_summary(result)
        proof = outcome.certificate
        show(Progress("certifying, writing", 0.99, None, proof.objective, proof.lower_bound))
        _write(outcome, told, out)
    summary = json.loads((out / KNOWN_BY).read_text(encoding="utf-8"))
    if json_:
        print_json({"summary": summary, "robust": told})
        return 0
    console = Console()
    console.print(summary_table(summary))
    console.print(robust_table(told))
    print(f"Open {out / 'report.html'}")
    return 0


def _write(outcome: Outcome, told: dict[str, Any], out: Path) -> None:
    def add(written: Path, _: CertificateCheck) -> None:
        summary = json.loads((written / KNOWN_BY).read_text(encoding="utf-8"))
        (written / ROBUST_FILE).write_bytes(json_bytes(told))
        page = html(outcome, summary=summary, folder=str(out), robust=told)
        (written / "report.html").write_text(page, encoding="utf-8")

    write_plan(outcome, out, extra=add, replace=True)


def _stop(gap: float, time_limit: float | None) -> Stop:
    """As for any plan, but that a gap of 0 is not waited for: it is seldom reached."""
    try:
        wanted = Gap(gap or GAP)
        return wanted if time_limit is None else wanted | Seconds(time_limit)
    except ValueError as error:
        raise UsageFault(str(error)) from None
