"""The worth of crossings: what is lost with each and each pair, and what one more of anything would save."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np

from farshore.executor import Executor
from farshore.results.outcome import Outcome
from farshore.results.stress import Figures, Worth, WorthTable
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of
from farshore.stress.job import what_if_task
from farshore.stress.journal import Journal, finished
from farshore.stress.paper import on_paper
from farshore.stress.what_if import BEDS, WhatIf, changed
from farshore.stress.words import sentence

__all__ = ["Promise", "promises", "worth_of"]

_MOST_CROSSINGS: Final = 12  # of which pairs are formed
_MOST_LINKS: Final = 5  # roads beside crossings that get one more lane
_INTAKE_PERSONS_H: Final = 100.0
_CORRIDOR_H: Final = (1.0, 6.0)

# What prices promise for a change: exposure-weighted person-hours; None where nothing is priced.
Promise = tuple[WhatIf, float | None]


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

    resolve : the changes for the better that are planned anew, corridors first, then by what prices promise;
    0 plans nothing anew. Losses of single crossings are planned anew as well.
    """
    scenario = plan.scenario
    base = _run(crew, journal, {"kept": what_if_task(0, None)}, told, "the plan as it is")["kept"]
    used = _used(scenario, base["crossed_veh"])
    losses = _losses(scenario, used, lost_from_h)
    better = promises(plan)[:resolve]
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
    whole = on_paper(plan)
    if resolve and (
        plan.households is not None or not plan.complete
    ):  # like beside like: the best, of persons
        name = "anew as it is"
        whole = _run(crew, journal, {name: what_if_task(0, None, anew=True)}, told, "planning anew")[name]
    beside, paper = _figures(base), _figures(whole)
    promised = {what.key: price for what, price in better}
    rows = []
    for what in (*losses, *(what for what, _ in better)):
        stays = kept.get(f"kept {what.key}")
        again = solved.get(f"anew {what.key}")
        figures = None if stays is None else _figures(stays)
        figures_anew = None if again is None else _figures(again)
        saved = None if again is None else (whole["objective"] - again["objective"]) / 1e6
        words = sentence(scenario, what, (beside, figures), (paper, figures_anew))
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


def promises(plan: Outcome) -> list[Promise]:
    """Changes for the better: corridors (no price speaks of what is shut), then by what prices promise.

    A price is what one more place would save; so many more places in each step, times their prices, is the
    most that a change can save as long as it opens no way that was shut.
    """
    scenario = plan.scenario
    corridors: list[Promise] = [
        (WhatIf("corridor", (str(code),), hours), None)
        for code, kind in zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True)
        if kind == "corridor" and (scenario.closures.asset_id == code).any()
        for hours in _CORRIDOR_H
    ]
    prices = _prices_by_link(plan)
    crossing_of = dict(
        zip(map(str, scenario.links.link_id), map(str, scenario.links.crossing_id), strict=True)
    )
    by_crossing: defaultdict[str, float] = defaultdict(float)
    by_road: defaultdict[str, float] = defaultdict(float)
    for arc, worth in prices.items():
        link = arc.removeprefix("-")
        (by_crossing if crossing_of[link] else by_road)[crossing_of[link] or link] += worth
    kinds = dict(zip(map(str, scenario.crossings.crossing_id), scenario.crossings.kind, strict=True))
    vessels = dict(
        zip(map(str, scenario.crossings.crossing_id), scenario.crossings.vessels.tolist(), strict=True)
    )
    changes = [
        WhatIf("vessel" if kinds[code] == "ferry" else "lane", (code,), 1.0)
        for code in by_crossing
        if kinds[code] != "ferry" or vessels[code] > 0
    ]
    roads = sorted(by_road, key=lambda link: (-by_road[link], link))[:_MOST_LINKS]
    changes += [WhatIf("lane", (link,), 1.0) for link in roads]
    priced = [(what, _promised(plan, what)) for what in changes]
    priced += [
        (WhatIf("beds", (host,), float(BEDS)), price * BEDS / 1e6)
        for host, price in plan.certificate.bed_price.items()
    ]
    step_h = scenario.about.step_s / 3600
    by_host: defaultdict[str, float] = defaultdict(float)
    for (host, _), price in plan.certificate.intake_price.items():
        by_host[host] += price
    priced += [
        (WhatIf("intake", (host,), _INTAKE_PERSONS_H), price * _INTAKE_PERSONS_H * step_h / 1e6)
        for host, price in by_host.items()
    ]
    found = [(what, round(price, 3)) for what, price in priced if price > 0]
    return [*corridors, *sorted(found, key=lambda each: (-each[1], each[0].key))]


def _prices_by_link(plan: Outcome) -> Mapping[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for (arc, _), price in plan.certificate.link_price.items():
        total[arc] += price
    return total


def _promised(plan: Outcome, what: WhatIf) -> float:
    """Prices times the places that a change adds, in person-hours."""
    before, after = timing_of(plan.scenario), timing_of(changed(plan.scenario, what))
    row = {arc: number for number, arc in enumerate(before.arc_ids)}
    total = 0
    for (arc, step), price in plan.certificate.link_price.items():
        number = row[arc]
        was = int(before.capacities[before.capacity_of[number], step])
        will = int(after.capacities[after.capacity_of[number], step])
        total += price * (will - was)
    return total / 1e6


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
    return dict(finished(crew, journal, tasks, lambda done: told(phase, done, max(len(tasks), 1))))


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(row["t90_h"], row["people"] - row["arrived"], row["exposure_person_h"])


def _weight(row: Worth, rehearsed: Figures, paper: Figures, horizon_h: float) -> tuple[float, ...]:
    """Sort key: people left behind or saved first, then hours, then exposure."""
    figures, base = (row.kept, rehearsed) if row.kept is not None else (row.anew, paper)
    if figures is None:
        return (0.0, 0.0, -(row.dual_person_h or 0.0))
    late = abs((figures.t90_h or horizon_h) - (base.t90_h or horizon_h))
    return (
        -abs(float(figures.unserved - base.unserved)),
        -late,
        -abs(figures.exposure_person_h - base.exposure_person_h),
    )
