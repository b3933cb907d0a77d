"""summary.json, worked out again from scenario, departures and prices, key by key."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from farshore.plan.checker.bound import Prices
from farshore.plan.checker.conflicts import check_conflicts
from farshore.plan.checker.feasible import Costs, Loads
from farshore.plan.checker.files import Faults, differences
from farshore.plan.checker.households import Families, expected_figures
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.stated import gap_of
from farshore.plan.checker.timetable import Ints

__all__ = ["SUMMARY", "Texts", "check_summary", "compare", "expected_summary", "hours_taken_in"]

SUMMARY = "summary.json"
MICRO = 1_000_000
# What nobody can work out from the tables: told by the planner, sealed against edits, except times taken.
TOLD = ("complete", "conflicts", "defaults_used", "options", "version")
TIMED = ("solve_s", "rounds")
TOLD_OF_HOUSEHOLDS = {"seed": int, "moved": int, "objective_if_split": float, "notes": list}


@dataclass(frozen=True, slots=True)
class Texts:
    """What a summary says in words of other modules, worked out for this scenario and plan."""

    scenario_hash: str
    blocked: dict[str, str]  # host_id: reason
    audit: tuple[dict[str, Any], ...]


def check_summary(
    stated: dict[str, Any],
    problem: Problem,
    loads: Loads,
    *,
    costs: Costs,
    bound: int | None,
    prices: Prices | None,
    families: Families | None,
    texts: Texts,
    faults: Faults,
) -> None:
    """Fault every place of summary.json that differs from what the plan comes to.

    bound, prices : None where the certificate is so broken that what follows from it cannot be known
    """
    at_home = np.array([zone.ready for zone in problem.zones], np.int64) - np.cumsum(loads.left, axis=1)
    worth: defaultdict[str, int] = defaultdict(int)
    for (arc, _), price in (prices.links if prices else {}).items():
        worth[problem.network.crossing_id(arc)] += price
    expected = expected_summary(
        stated,
        problem,
        loads,
        costs=costs,
        bound=bound,
        person_steps_at_home=int(at_home.sum()) + loads.halted_steps,
        too_late=[zone.never_ready for zone in problem.zones],
        worth=worth,
        bed_prices=prices.beds if prices else {},
        families=families,
        texts=texts,
    )

    def report(place: str, cause: str) -> None:
        faults.add(SUMMARY, 0, place, cause)

    _check_told_of_households(stated.get("households"), bound, families, report)
    check_conflicts(stated.get("conflicts"), problem, report)
    compare(stated, expected, known=bound is not None and prices is not None, faults=faults)


def expected_summary(
    stated: dict[str, Any],
    problem: Problem,
    loads: Loads,
    *,
    costs: Costs,
    bound: int | None,
    person_steps_at_home: int,
    too_late: list[int],
    worth: Mapping[str, int],
    bed_prices: Mapping[int, int],
    families: Families | None,
    texts: Texts,
) -> dict[str, Any]:
    """The summary as it must be; what nobody can work out is as stated.

    too_late : by zone, who would be ready only after the last step; worth : by crossing; bed_prices : by host
    """
    binding = _binding_as_stated(stated, problem)
    return {
        "scenario": _about(problem, texts.scenario_hash),
        **_totals(problem, loads, costs),
        "gap": None if bound is None else gap_of(costs.objective, bound),
        "lower_bound": None if bound is None else bound / MICRO,
        "certified": True,
        "costs": _costs(problem, costs, person_steps_at_home),
        "households": _households(stated, costs, bound, families),
        "zones": _zones(problem, loads, binding, too_late),
        "crossings": _crossings(problem, loads, worth),
        "hosts": _hosts(problem, loads, bed_prices, texts),
        "audit": list(texts.audit),
        "assumptions": _assumptions(problem),
        **{key: stated.get(key) for key in (*TOLD, *TIMED)},
        "seal": _seal(stated, binding),
    }


def compare(stated: dict[str, Any], expected: dict[str, Any], *, known: bool, faults: Faults) -> None:
    """Fault every place of summary.json that is not as expected; `known`: the certificate could be read."""

    def report(place: str, cause: str) -> None:
        faults.add(SUMMARY, 0, place, cause)

    if not known:
        for key in ("gap", "lower_bound"):
            expected[key] = stated.get(key)
    _check_told(stated, report)
    differences(stated, expected, "", report)


def _check_told(stated: dict[str, Any], report: Any) -> None:
    """Fault what is told in a form that cannot be."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "complete": bool,
        "conflicts": list,
        "defaults_used": list,
        "options": dict,
        "version": str,
        "solve_s": (int, float),
        "rounds": list,
    }
    for key, kind in kinds.items():
        value = stated.get(key)
        if not isinstance(value, kind):
            report(key, "is missing or not of its kind")
    seconds = stated.get("solve_s")
    if isinstance(seconds, bool) or (isinstance(seconds, (int, float)) and seconds < 0):
        report("solve_s", "is no number of seconds")


def _check_told_of_households(stated: Any, bound: int | None, families: Families | None, report: Any) -> None:
    """Fault what the planner tells of households in a form, or to an extent, that cannot be."""
    if families is None or not isinstance(stated, dict):
        return
    for key, kind in TOLD_OF_HOUSEHOLDS.items():
        if type(stated.get(key)) is not kind:
            report(f"households.{key}", "is missing or not of its kind")
            return
    if not 0 <= stated["moved"] <= families.leaving:
        report("households.moved", f"says {stated['moved']:,} of {families.leaving:,} who leave")
    if bound is not None and stated["objective_if_split"] < bound / MICRO:
        report("households.objective_if_split", "is below what any plan can cost")
    if len(stated["notes"]) != families.noted or not all(isinstance(note, str) for note in stated["notes"]):
        report("households.notes", f"must be a sentence for each of {families.noted} zones")


def _households(
    stated: dict[str, Any], costs: Costs, bound: int | None, families: Families | None
) -> dict[str, Any] | None:
    """What must be said of households; what is said where their table cannot be read."""
    said = stated.get("households")
    if families is None or not isinstance(said, dict):
        return said if families is None and isinstance(said, dict) else None
    exposure = costs.waiting + costs.travel
    return expected_figures(families, said, objective=costs.objective, bound=bound, exposure=exposure)


def _binding_as_stated(stated: dict[str, Any], problem: Problem) -> list[list[str]]:
    """What the planner says holds people back in each zone; an empty list where it says nothing usable."""
    zones = stated.get("zones")
    found: list[list[str]] = []
    for row in range(len(problem.zones)):
        zone = zones[row] if isinstance(zones, list) and row < len(zones) else None
        words = zone.get("binding") if isinstance(zone, dict) else None
        usable = isinstance(words, list) and all(isinstance(word, str) for word in words)
        found.append(list(words) if usable and words else [])
    return found


def _seal(stated: dict[str, Any], binding: list[list[str]]) -> str:
    households = stated.get("households")
    told = {key: households.get(key) for key in TOLD_OF_HOUSEHOLDS} if isinstance(households, dict) else None
    said = {key: stated.get(key) for key in TOLD} | {"binding": binding, "households": told}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _about(problem: Problem, scenario_hash: str) -> dict[str, Any]:
    about = problem.scenario.about
    return {
        "name": about.name,
        "title": about.title,
        "hash": scenario_hash,
        "start": problem.time(0),
        "horizon_h": about.horizon_h,
        "step_s": about.step_s,
    }


def _totals(problem: Problem, loads: Loads, costs: Costs) -> dict[str, Any]:
    placed = int(loads.departed.sum())
    arrived = np.cumsum(loads.arrived.sum(axis=0)).tolist()
    step_s = problem.clock.step_s
    return {
        "people": problem.people,
        "placed": placed,
        "unserved": problem.people - placed,
        "t50_h": hours_taken_in(arrived, problem.people, step_s, 50),
        "t90_h": hours_taken_in(arrived, problem.people, step_s, 90),
        "t100_h": hours_taken_in(arrived, problem.people, step_s, 100),
        "objective": costs.objective / MICRO,
    }


def hours_taken_in(arrived: list[int], people: int, step_s: int, percent: int) -> float | None:
    """Hours until the end of the first step by which so many per cent of all have been taken in."""
    if not people:
        return 0.0
    for step, so_far in enumerate(arrived):
        if so_far * 100 >= people * percent:
            return (step + 1) * step_s / 3600
    return None


def _costs(problem: Problem, costs: Costs, person_steps_at_home: int) -> dict[str, float]:
    return {
        "waiting": costs.waiting / MICRO,
        "travel": costs.travel / MICRO,
        "left_behind": costs.left_behind / MICRO,
        "waiting_person_h": person_steps_at_home * problem.clock.step_s / 3600,
        "travel_person_h": costs.travel_person_s / 3600,
    }


def _zones(
    problem: Problem, loads: Loads, binding: list[list[str]], too_late: list[int]
) -> list[dict[str, Any]]:
    found = []
    for zone, holds in zip(problem.zones, binding, strict=True):
        placed = int(loads.departed[zone.row].sum())
        found.append(
            {
                "zone_id": zone.zone_id,
                "name": str(problem.scenario.zones.name[zone.row]),
                "people": zone.people,
                "placed": placed,
                "unserved": zone.people - placed,
                "ready_too_late": too_late[zone.row],
                "binding": holds,
            }
        )
    return found


def _crossings(problem: Problem, loads: Loads, worth: Mapping[str, int]) -> list[dict[str, Any]]:
    table = problem.scenario.crossings
    carried: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for (crossing_id, step), persons in loads.crossed.items():
        carried[crossing_id][step] = persons
    found = []
    for row, code in enumerate(table.crossing_id):
        used = carried.get(str(code), {})
        persons, capacity = sum(used.values()), loads.crossing_capacity(problem, str(code))
        room = int(capacity.sum())
        found.append(
            {
                "crossing_id": str(code),
                "name": str(table.name[row]),
                "kind": str(table.kind[row]),
                "persons": persons,
                "capacity_persons": room,
                "share_of_capacity": persons / room if room else 0.0,
                "open_h": int((capacity > 0).sum()) * problem.clock.step_s / 3600,
                **_first_and_last(problem, used, "first_use", "last_use"),
                "worth_person_h": worth.get(str(code), 0) / MICRO,
            }
        )
    return found


def _hosts(
    problem: Problem, loads: Loads, bed_prices: Mapping[int, int], texts: Texts
) -> list[dict[str, Any]]:
    table = problem.scenario.hosts
    found = []
    for host in problem.hosts:
        arrived: Ints = loads.arrived[host.row]
        price = bed_prices.get(host.row, 0)
        found.append(
            {
                "host_id": host.host_id,
                "name": str(table.name[host.row]),
                "territory": str(table.territory[host.row]),
                "beds": host.beds,
                "placed": int(arrived.sum()),
                **_first_and_last(problem, np.flatnonzero(arrived).tolist(), "first_arrival", "last_arrival"),
                "worth_of_a_bed_person_h": price / MICRO,
                "blocked": texts.blocked.get(host.host_id) if host.blocked else None,
            }
        )
    return found


def _first_and_last(problem: Problem, steps: Iterable[int], first: str, last: str) -> dict[str, str | None]:
    known = sorted(steps)
    return {
        first: problem.time(known[0]) if known else None,
        last: problem.time(known[-1]) if known else None,
    }


def _assumptions(problem: Problem) -> list[dict[str, Any]]:
    table = problem.scenario.assumptions
    return [
        {name: getattr(table, name)[row].item() for name in ("low", "best", "high")}
        | {name: str(getattr(table, name)[row]) for name in ("key", "unit", "reason", "source")}
        for row in range(len(table))
    ]
