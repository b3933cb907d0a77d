"""The worth of crossings: what is lost with each and each pair, and what one more of anything would save."""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np

from farshore.executor import Executor
from farshore.results.outcome import Outcome
from farshore.results.stress import Figures, Worth, WorthTable
from farshore.scenario.scenario import Scenario
from farshore.stress.job import what_if_task
from farshore.stress.journal import Journal, finished
from farshore.stress.paper import on_paper
from farshore.stress.promise import promises
from farshore.stress.what_if import WhatIf
from farshore.stress.words import sentence

__all__ = ["worth_of"]

_MOST_CROSSINGS: Final = 12  # of which pairs are formed


def worth_of(
    crew: Executor,
    journal: Journal,
    plan: Outcome,
    *,
    resolve: int,
    lost_from_h: float,
    told: Callable[[str, float, float], None],
) -> WorthTable:
    """Every used crossing and pair lost, repaired where hazards say how soon; more of what is scarce.

    resolve : the changes for the better that are planned anew, those first for which prices promise most;
    0 plans nothing anew. Losses of single crossings are planned anew as well. Of a plan with classes only
    losses are asked about, and nothing is planned anew.
    """
    scenario = plan.scenario
    base = _run(crew, journal, {"kept": what_if_task(0, None)}, told, "the plan as it is")["kept"]
    used = _used(scenario, base["crossed_veh"])
    losses = _losses(scenario, used, lost_from_h)
    by_class = plan.services is not None
    resolve = 0 if by_class else resolve
    better = [] if by_class else promises(plan)[:resolve]
    anew = [*(what for what in losses if what.kind == "loss"), *(what for what, _ in better)]
    kept = _run(
        crew,
        journal,
        {f"kept {what.key}": what_if_task(0, what) for what in losses},
        told,
        "without each crossing",
    )
    solved = _run(
        crew,
        journal,
        {f"anew {what.key}": what_if_task(0, what, anew=True) for what in (anew if resolve else [])},
        told,
        "planning anew",
    )
    whole = {} if by_class else on_paper(plan)
    if resolve and (
        plan.households is not None or not plan.complete
    ):  # like beside like: the best, of persons
        name = "anew as it is"
        whole = _run(crew, journal, {name: what_if_task(0, None, anew=True)}, told, "planning anew")[name]
    beside, paper = _figures(base), None if by_class else _figures(whole)
    promised = {what.key: price for what, price in better}
    rows = []
    for what in (*losses, *(what for what, _ in better)):
        stays = kept.get(f"kept {what.key}")
        again = solved.get(f"anew {what.key}")
        figures = None if stays is None else _figures(stays)
        figures_anew = None if again is None else _figures(again)
        saved = None if again is None else (whole["objective"] - again["objective"]) / 1e6
        words = sentence(scenario, what, (beside, figures), (paper or beside, figures_anew))
        rows.append(
            Worth(
                what.kind,
                what.assets,
                what.amount,
                words,
                figures,
                figures_anew,
                promised.get(what.key),
                None if saved is None else round(saved, 3),
            )
        )
    rows.sort(key=lambda row: _weight(row, beside, paper, float(scenario.about.horizon_h)))
    return WorthTable(tuple(rows), beside, paper, lost_from_h)


def _used(scenario: Scenario, crossed_veh: list[int]) -> list[str]:
    """Crossings that anybody passes, busiest first."""
    order = np.argsort(-np.asarray(crossed_veh), kind="stable")
    return [str(scenario.crossings.crossing_id[row]) for row in order.tolist() if crossed_veh[row] > 0]


def _losses(scenario: Scenario, used: list[str], from_h: float) -> list[WhatIf]:
    hazards = scenario.hazards
    repair_h: dict[str, float] = {}
    for asset, what, hours in zip(hazards.asset_id, hazards.what, hazards.hours_best.tolist(), strict=True):
        if what == "loss":
            repair_h[str(asset)] = max(hours, repair_h.get(str(asset), 0.0))
    return [
        *(WhatIf("loss", (code,), 0.0, from_h) for code in used),
        *(WhatIf("repair", (code,), repair_h[code], from_h) for code in used if code in repair_h),
        *(WhatIf("pair", pair, 0.0, from_h) for pair in combinations(used[:_MOST_CROSSINGS], 2)),
    ]


def _run(
    crew: Executor,
    journal: Journal,
    tasks: Mapping[str, Any],
    told: Callable[[str, float, float], None],
    phase: str,
) -> dict[str, Any]:
    if not tasks:
        return {}
    return dict(finished(crew, journal, tasks, lambda done: told(phase, done, len(tasks))))


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(row["t90_h"], row["people"] - row["arrived"], row["exposure_person_h"])


def _weight(row: Worth, rehearsed: Figures, paper: Figures | None, horizon_h: float) -> tuple[float, ...]:
    """Sort key: people left behind or saved first, then hours, then exposure."""
    figures, base = (row.kept, rehearsed) if row.kept is not None else (row.anew, paper)
    if figures is None or base is None:
        return (0.0, 0.0, -(row.dual_person_h or 0.0))
    late = abs((figures.t90_h or horizon_h) - (base.t90_h or horizon_h))
    return (
        -abs(float(figures.unserved - base.unserved)),
        -late,
        -abs(figures.exposure_person_h - base.exposure_person_h),
    )
