"""What a plan folder holds besides, if it was made in the midst of another: events, changes, the old plan."""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farshore.folders import csv_bytes, json_bytes
from farshore.results.households import Households, household_id
from farshore.results.outcome import (
    Change,
    Departures,
    Event,
    Freed,
    Halt,
    Parted,
    Replan,
    Route,
    Stranded,
    TradeOff,
    together,
)
from farshore.results.services import Services
from farshore.results.wording import step_time
from farshore.scenario.scenario import Scenario
from farshore.units import format_time, offset_of, parse_time

__all__ = [
    "BEFORE",
    "CHANGED_HOUSEHOLDS",
    "CHANGES",
    "REPLAN",
    "STRANDED",
    "halt_entries",
    "halts_from",
    "read_replan",
    "replan_files",
    "replan_seal",
    "stranded_entries",
    "stranded_from",
]

REPLAN, CHANGES, CHANGED_HOUSEHOLDS = "replan.json", "changes.csv", "changed_households.csv"
BEFORE, STRANDED = "before", "stranded.json"
_CHANGES = (
    "zone_id",
    "at_node",
    "persons",
    "old_depart",
    "old_route_id",
    "old_host_id",
    "new_depart",
    "new_route_id",
    "new_host_id",
    "what",
    "why",
)


def halt_entries(halts: Iterable[Halt]) -> list[dict[str, Any]]:
    """Halts as JSON."""
    return [
        {
            "before": halt.before,
            "node_id": halt.node_id,
            "from_steps": halt.from_steps,
            "cause": halt.cause,
            "back": halt.back,
            "back_steps": halt.back_steps,
        }
        for halt in halts
    ]


def halts_from(stated: Iterable[dict[str, Any]]) -> tuple[Halt, ...]:
    """Halts from JSON."""
    return tuple(Halt(**entry) for entry in stated)


def stranded_entries(stranded: Iterable[Stranded], scenario: Scenario) -> list[dict[str, Any]]:
    """People who wait on the road for good, as JSON."""
    return [
        {
            "zone_id": each.route.zone_id,
            "host_id": each.route.host_id,
            "depart": step_time(scenario, each.step),
            "persons": each.persons,
            "links": list(each.route.links),
            "entry_steps": list(each.route.entry_steps),
            "halts": halt_entries(each.route.halts),
            **_with_class(each),
        }
        for each in stranded
    ]


def _with_class(each: Stranded) -> dict[str, Any]:
    """What a plan with classes says of them besides."""
    if each.route.legs is None:
        return {}
    return {"class_id": each.class_id, "legs": [list(leg) for leg in each.route.legs]}


def stranded_from(stated: Iterable[dict[str, Any]], scenario: Scenario) -> tuple[Stranded, ...]:
    """People who wait on the road for good, from JSON."""
    return tuple(
        Stranded(
            Route(
                route_id="",
                zone_id=each["zone_id"],
                host_id=each["host_id"],
                links=tuple(each["links"]),
                entry_steps=tuple(each["entry_steps"]),
                arrival_steps=-1,
                length_m=0.0,
                free_flow_s=0,
                halts=halts_from(each["halts"]),
                legs=tuple(map(tuple, each["legs"])) if "legs" in each else None,
            ),
            _step(scenario, each["depart"]) or 0,
            each["persons"],
            each.get("class_id", ""),
        )
        for each in stated
    )


def replan_files(replan: Replan, scenario: Scenario) -> dict[str, bytes]:
    """`replan.json`, `changes.csv` and, where the plan keeps households, `changed_households.csv`."""
    households = replan.old_households
    about = {
        "at": step_time(scenario, replan.at_step),
        "caught": replan.caught,
        "stability_person_h": replan.stability_person_h,
        "events": [
            {
                "asset_id": event.asset_id,
                "from": _moment(scenario, event.from_s),
                "until": _moment(scenario, event.until_s),
                "capacity_factor": event.factor,
            }
            for event in replan.events
        ],
        "others": dict(sorted(replan.others.items())),
        "counts": replan.counts,
        "halted": [[cause, link, persons] for (cause, link), persons in replan.halted.items()],
        "stranded": stranded_entries(replan.stranded, scenario),
        "trade_off": [
            {
                "what": row.what,
                "weight_person_h": row.weight_person_h,
                "changed_persons": row.changed_persons,
                "objective": row.objective,
                "unserved": row.unserved,
                "chosen": row.chosen,
            }
            for row in replan.trade_off
        ],
        "parted": []
        if households is None
        else [
            {
                "household_id": household_id(each.household + 1, len(str(len(households)))),
                "host_id": each.host_id,
                "persons": each.persons,
            }
            for each in replan.parted
        ],
    }
    if replan.old_services is not None:
        about["freed"] = [
            {
                "route_id": each.route_id,
                "depart": step_time(scenario, each.step),
                "class_id": each.class_id,
                "persons": each.persons,
            }
            for each in replan.freed
        ]
    tables = {CHANGES: _changes(replan, scenario)}
    if households is not None:
        tables[CHANGED_HOUSEHOLDS] = _changed_households(replan, households, scenario)
    about["seal"] = replan_seal(about, b"".join(tables.values()))
    return {REPLAN: json_bytes(about)} | tables


def replan_seal(about: dict[str, Any], changes: bytes) -> str:
    """SHA-256, in hex, over these files: it proves nothing; it lets a later edit be named."""
    text = json.dumps(about, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass") + changes).hexdigest()


def _changes(replan: Replan, scenario: Scenario) -> bytes:
    return csv_bytes(_CHANGES, [_row(change, change.persons, scenario) for change in replan.changes])


def _row(change: Change, persons: int, scenario: Scenario) -> tuple[str | int, ...]:
    return (
        change.zone_id,
        change.at_node,
        persons,
        "" if change.old_step is None else step_time(scenario, change.old_step),
        change.old_route,
        change.old_host,
        "" if change.new_step is None else step_time(scenario, change.new_step),
        change.new_route,
        change.new_host,
        change.what,
        change.why,
    )


def _changed_households(replan: Replan, households: Households, scenario: Scenario) -> bytes:
    """Each household that hears something new, in the order of households.csv."""
    width = len(str(len(households)))
    rows = sorted(
        (household, change.at_node, number)
        for number, change in enumerate(replan.changes)
        for household in change.households
    )
    told = [_row(change, 0, scenario) for change in replan.changes]
    return csv_bytes(
        ("household_id", *_CHANGES[:2], "size", *_CHANGES[3:]),
        [
            (
                household_id(household + 1, width),
                *told[number][:2],
                int(households.size[household]),
                *told[number][3:],
            )
            for household, _, number in rows
        ],
    )


def read_replan(
    folder: Path,
    scenario: Scenario,
    *,
    old_routes: tuple[Route, ...],
    old_departures: Departures,
    old_households: Households | None,
    old_services: Services | None = None,
) -> Replan:
    """The record that `replan_files` wrote; it takes the files at their word."""
    stated = json.loads((folder / REPLAN).read_text(encoding="utf-8"))
    waiting = json.loads((folder / BEFORE / STRANDED).read_text(encoding="utf-8"))
    return Replan(
        at_step=_step(scenario, stated["at"]) or 0,
        caught=stated["caught"],
        stability_person_h=stated["stability_person_h"],
        events=tuple(
            Event(
                event["asset_id"],
                parse_time(event["from"]),
                parse_time(event["until"]),
                event["capacity_factor"],
            )
            for event in stated["events"]
        ),
        others=dict(stated["others"]),
        stranded=stranded_from(stated["stranded"], scenario),
        halted={(cause, link): persons for cause, link, persons in stated["halted"]},
        counts=dict(stated["counts"]),
        trade_off=tuple(TradeOff(**row) for row in stated["trade_off"]),
        changes=together(_read_changes(folder, scenario, old_households is not None)),
        old_routes=old_routes,
        old_departures=old_departures,
        old_stranded=stranded_from(waiting, scenario),
        old_households=old_households,
        old_services=old_services,
        parted=tuple(
            Parted(_household(each["household_id"]), each["host_id"], each["persons"])
            for each in stated["parted"]
        ),
        freed=tuple(
            Freed(each["route_id"], _step(scenario, each["depart"]) or 0, each["class_id"], each["persons"])
            for each in stated.get("freed", ())
        ),
    )


def _household(code: str) -> int:
    """The row of a household by its code."""
    return int(code.rpartition("-")[2]) - 1


def _read_changes(folder: Path, scenario: Scenario, by_household: bool) -> Iterable[Change]:
    concerned: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    if by_household:
        with (folder / CHANGED_HOUSEHOLDS).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                told = tuple(row[name] for name in _CHANGES if name != "persons")
                concerned[told].append(_household(row["household_id"]))
    with (folder / CHANGES).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Change(
                row["zone_id"],
                row["at_node"],
                int(row["persons"]),
                _step(scenario, row["old_depart"]),
                row["old_route_id"],
                row["old_host_id"],
                _step(scenario, row["new_depart"]),
                row["new_route_id"],
                row["new_host_id"],
                row["what"],
                row["why"],
                tuple(concerned.pop(tuple(row[name] for name in _CHANGES if name != "persons"), ())),
            )


def _moment(scenario: Scenario, seconds: int) -> str:
    return format_time(seconds, offset_of(scenario.about.start))


def _step(scenario: Scenario, text: str) -> int | None:
    if not text:
        return None
    about = scenario.about
    return (parse_time(text) - int(about.start.timestamp())) // about.step_s
