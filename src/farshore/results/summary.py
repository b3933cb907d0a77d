"""The summary of an outcome: what summary.json holds, one key after the other."""

import hashlib
import json
from typing import Any, Final

import numpy as np

from farshore.results.conflicts import conflicts_summary
from farshore.results.households import HOUSEHOLDS_TOLD, households_summary
from farshore.results.measures import (
    CrossingLoad,
    Effort,
    Flows,
    clearance_h,
    crossing_loads,
    effort_of,
    flows_of,
)
from farshore.results.outcome import Outcome
from farshore.results.wording import step_time
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Timing
from farshore.units import HOUR_S, format_time, offset_of

__all__ = ["seal_of", "summary_of"]

MICRO: Final = 1_000_000


def summary_of(
    outcome: Outcome,
    timing: Timing,
    *,
    scenario_hash: str,
    certified: bool,
    households_sha256: str = "",
) -> dict[str, Any]:
    """What a plan comes to, ready for JSON.

    households_sha256 : of households.csv as it is written, where there is one

    Costs are person-hours at exposure 1. `t50_h`, `t90_h`, `t100_h` are hours from the start to the END of
    the step in which 50, 90, 100 % of all who choose to leave have been taken in; null if not reached.
    Of a crossing, `worth_person_h` is what room for one more person in every step would save.
    """
    flows = flows_of(outcome, timing)
    services = outcome.services
    effort = effort_of(outcome, timing, flows) if services is None else services.effort
    loads = crossing_loads(outcome, timing) if services is None else services.loads
    late = timing.late.tolist() if services is None else list(services.late)
    certificate = outcome.certificate
    people, placed = sum(outcome.people.values()), int(flows.departed.sum())
    summary = {
        "scenario": _about(outcome.scenario, scenario_hash),
        "people": people,
        "placed": placed,
        "unserved": people - placed,
        **{
            f"t{share}_h": clearance_h(flows.arrived_so_far, people, share, timing.step_s)
            for share in (50, 90, 100)
        },
        "objective": certificate.objective / MICRO,
        "lower_bound": certificate.lower_bound / MICRO,
        "gap": certificate.gap,
        "certified": certified,
        "complete": outcome.complete,
        "costs": _costs(effort),
        "households": None
        if outcome.households is None
        else households_summary(
            outcome.households,
            objective=certificate.objective,
            lower_bound=certificate.lower_bound,
            exposure=effort.waiting + effort.travel,
            sha256=households_sha256,
        ),
        "zones": _zones(outcome, flows, late),
        "crossings": [_crossing(outcome.scenario, row, load, timing) for row, load in enumerate(loads)],
        "hosts": _hosts(outcome, flows, timing),
        "conflicts": conflicts_summary(outcome.conflicts),
        "audit": [
            {"rule": line.rule, "holds": line.holds, "why": line.why, "law": line.law}
            for line in outcome.audit
        ],
        "assumptions": _assumptions(outcome.scenario),
        "defaults_used": list(outcome.scenario.defaults_used),
        "options": outcome.options,
        "version": outcome.version,
        "solve_s": outcome.solve_s,
        "rounds": list(outcome.rounds),
    }
    if services is not None:
        summary |= {"model": "classes"} | services.figures
    return summary | {"seal": seal_of(summary)}


def seal_of(summary: dict[str, Any]) -> str:
    """SHA-256, in hex, over what a summary says that nobody can recompute from the plan's tables.

    It proves nothing; it lets a later edit be named. Times taken are left out: they differ from run to run.
    """
    said = {key: summary[key] for key in ("complete", "conflicts", "defaults_used", "options", "version")}
    said["binding"] = [zone["binding"] for zone in summary["zones"]]
    households = summary["households"]
    said["households"] = None if households is None else {key: households[key] for key in HOUSEHOLDS_TOLD}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _about(scenario: Scenario, scenario_hash: str) -> dict[str, Any]:
    about = scenario.about
    return {
        "name": about.name,
        "title": about.title,
        "hash": scenario_hash,
        "start": format_time(int(about.start.timestamp()), offset_of(about.start)),
        "horizon_h": about.horizon_h,
        "step_s": about.step_s,
    }


def _costs(effort: Effort) -> dict[str, float]:
    return {
        "waiting": effort.waiting / MICRO,
        "travel": effort.travel / MICRO,
        "left_behind": effort.left_behind / MICRO,
        "waiting_person_h": effort.waiting_person_h,
        "travel_person_h": effort.travel_person_h,
    }


def _zones(outcome: Outcome, flows: Flows, late: list[int]) -> list[dict[str, Any]]:
    """Where people are from, and what holds those who cannot leave."""
    zones = outcome.scenario.zones
    binding = {unserved.zone_id: list(unserved.binding) for unserved in outcome.unserved}
    placed = flows.departed.sum(axis=1)
    return [
        {
            "zone_id": str(zone_id),
            "name": str(zones.name[row]),
            "people": outcome.people[zone_id],
            "placed": int(placed[row]),
            "unserved": outcome.people[zone_id] - int(placed[row]),
            "ready_too_late": int(late[row]),
            "binding": binding.get(zone_id, []),
        }
        for row, zone_id in enumerate(zones.zone_id)
    ]


def _crossing(scenario: Scenario, row: int, load: CrossingLoad, timing: Timing) -> dict[str, Any]:
    used, room = np.flatnonzero(load.persons), int(load.capacity_persons.sum())
    persons = int(load.persons.sum())
    return {
        "crossing_id": load.crossing_id,
        "name": str(scenario.crossings.name[row]),
        "kind": str(scenario.crossings.kind[row]),
        "persons": persons,
        "capacity_persons": room,
        "share_of_capacity": persons / room if room else 0.0,
        "open_h": int(np.count_nonzero(load.capacity_persons)) * timing.step_s / HOUR_S,
        "first_use": step_time(scenario, int(used[0])) if len(used) else None,
        "last_use": step_time(scenario, int(used[-1])) if len(used) else None,
        "worth_person_h": load.worth_person_h,
    }


def _hosts(outcome: Outcome, flows: Flows, timing: Timing) -> list[dict[str, Any]]:
    scenario = outcome.scenario
    found = []
    for row, host_id in enumerate(scenario.hosts.host_id):
        used = np.flatnonzero(flows.arrived[row])
        found.append(
            {
                "host_id": str(host_id),
                "name": str(scenario.hosts.name[row]),
                "territory": str(scenario.hosts.territory[row]),
                "beds": int(scenario.hosts.beds[row]),
                "placed": int(flows.arrived[row].sum()),
                "first_arrival": step_time(scenario, int(used[0])) if len(used) else None,
                "last_arrival": step_time(scenario, int(used[-1])) if len(used) else None,
                "worth_of_a_bed_person_h": outcome.certificate.bed_price.get(str(host_id), 0) / MICRO,
                "blocked": outcome.blocked_hosts.get(str(host_id)),
            }
        )
    return found


def _assumptions(scenario: Scenario) -> list[dict[str, Any]]:
    table = scenario.assumptions
    return [
        {
            "key": str(table.key[row]),
            "low": float(table.low[row]),
            "best": float(table.best[row]),
            "high": float(table.high[row]),
            "unit": str(table.unit[row]),
            "reason": str(table.reason[row]),
            "source": str(table.source[row]),
        }
        for row in range(len(table))
    ]
