"""What a plan folder holds besides, if it was made in the midst of another: events, changes, the old plan."""

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farshore.folders import csv_bytes, json_bytes
from farshore.results.outcome import Change, Departures, Event, Halt, Replan, Route, Stranded, TradeOff
from farshore.scenario.scenario import Scenario
from farshore.units import format_time, offset_of, parse_time

__all__ = [
    "BEFORE",
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

REPLAN, CHANGES = "replan.json", "changes.csv"
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
            "depart": _time(scenario, each.step),
            "persons": each.persons,
            "links": list(each.route.links),
            "entry_steps": list(each.route.entry_steps),
            "halts": halt_entries(each.route.halts),
        }
        for each in stranded
    ]


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
            ),
            _step(scenario, each["depart"]) or 0,
            each["persons"],
        )
        for each in stated
    )


def replan_files(replan: Replan, scenario: Scenario) -> dict[str, bytes]:
    """`replan.json` and `changes.csv`."""
    about = {
        "at": _time(scenario, replan.at_step),
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
    }
    changes = _changes(replan, scenario)
    about["seal"] = replan_seal(about, changes)
    return {REPLAN: json_bytes(about), CHANGES: changes}


def replan_seal(about: dict[str, Any], changes: bytes) -> str:
    """SHA-256, in hex, over both files: it proves nothing; it lets a later edit be named."""
    text = json.dumps(about, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass") + changes).hexdigest()


def _changes(replan: Replan, scenario: Scenario) -> bytes:
    return csv_bytes(
        _CHANGES,
        [
            (
                change.zone_id,
                change.at_node,
                change.persons,
                "" if change.old_step is None else _time(scenario, change.old_step),
                change.old_route,
                change.old_host,
                "" if change.new_step is None else _time(scenario, change.new_step),
                change.new_route,
                change.new_host,
                change.what,
                change.why,
            )
            for change in replan.changes
        ],
    )


def read_replan(
    folder: Path, scenario: Scenario, *, old_routes: tuple[Route, ...], old_departures: Departures
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
        changes=tuple(_read_changes(folder, scenario)),
        old_routes=old_routes,
        old_departures=old_departures,
        old_stranded=stranded_from(waiting, scenario),
    )


def _read_changes(folder: Path, scenario: Scenario) -> Iterable[Change]:
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
            )


def _time(scenario: Scenario, step: int) -> str:
    about = scenario.about
    return _moment(scenario, int(about.start.timestamp()) + step * about.step_s)


def _moment(scenario: Scenario, seconds: int) -> str:
    return format_time(seconds, offset_of(scenario.about.start))


def _step(scenario: Scenario, text: str) -> int | None:
    if not text:
        return None
    about = scenario.about
    return (parse_time(text) - int(about.start.timestamp())) // about.step_s
