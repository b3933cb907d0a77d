"""Reading a plan folder back as the outcome that was written; it takes the files at their word."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from farshore.errors import UsageFault
from farshore.results.conflicts import conflicts_from
from farshore.results.households import HOUSEHOLDS_FILE, Households
from farshore.results.orders import Order, Reversal, Stage, read_instructions
from farshore.results.outcome import AuditLine, Certificate, Departures, Outcome, Route, Unserved
from farshore.results.replan_files import BEFORE, REPLAN, halts_from, read_replan
from farshore.results.services_reading import read_services, services_before
from farshore.scenario import read_scenario
from farshore.scenario.scenario import Scenario
from farshore.units import parse_time

__all__ = ["read_outcome"]


def read_outcome(folder: Path, *, with_classes: bool = False) -> Outcome:
    """The outcome that a plan folder holds. Nothing is checked: that is what certifying is for.

    with_classes : whether a plan with classes and services will do, too; of it, `Services.loads` lack the
        room of crossings in steps in which nobody enters
    Raises UsageFault if the folder is no plan folder, ScenarioFaults if its scenario cannot be read.
    """
    folder = Path(folder)
    if not (folder / "summary.json").is_file():
        raise UsageFault(f"{folder} is no plan folder: it has no summary.json")
    scenario = read_scenario(folder / "scenario", allow_cut_zones=True)
    try:
        if not with_classes and _json(folder / "summary.json").get("model") == "classes":
            raise UsageFault(
                f"{folder} holds a plan with classes, which farshore certify, report, simulate, forecast "
                "and replan read, and no other command yet"
            )
        return _outcome(folder, scenario)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UsageFault(f"{folder} is no plan folder that can be read ({reason})") from error


def _outcome(folder: Path, scenario: Scenario) -> Outcome:
    summary = _json(folder / "summary.json")
    certificate = _json(folder / "certificate.json")
    routes = _routes(folder)
    households = _households(folder, scenario, routes, summary.get("households"))
    classes = summary.get("model") == "classes"
    services = read_services(folder, scenario, summary, certificate["prices"]) if classes else None
    replan = None
    if (folder / REPLAN).is_file():
        before = _routes(folder / BEFORE)
        departures = _departures(folder / BEFORE, scenario, before)
        replan = read_replan(
            folder,
            scenario,
            old_routes=before,
            old_departures=departures,
            old_households=None
            if households is None
            else _moved(folder, scenario, before, routes, households),
            old_services=None if services is None else services_before(folder / BEFORE, scenario, services),
        )
    return Outcome(
        scenario=replace(scenario, defaults_used=tuple(summary["defaults_used"])),
        routes=routes,
        departures=_departures(folder, scenario, routes),
        people={zone["zone_id"]: zone["people"] for zone in summary["zones"]},
        unserved=tuple(
            Unserved(zone["zone_id"], zone["unserved"], tuple(zone["binding"]))
            for zone in summary["zones"]
            if zone["unserved"]
        ),
        certificate=_certificate(certificate),
        audit=tuple(AuditLine(**line) for line in summary["audit"]),
        blocked_hosts={
            host["host_id"]: host["blocked"] for host in summary["hosts"] if host["blocked"] is not None
        },
        solve_s=summary["solve_s"],
        complete=summary["complete"],
        options=summary["options"],
        version=summary["version"],
        rounds=tuple(summary["rounds"]),
        services=services,
        orders=read_instructions(folder, "orders.csv", Order),
        reversals=read_instructions(folder, "contraflow.csv", Reversal),
        stages=read_instructions(folder, "staging.csv", Stage),
        households=households,
        conflicts=conflicts_from(summary["conflicts"]),
        replan=replan,
    )


def _routes(folder: Path) -> tuple[Route, ...]:
    return tuple(_route(feature["properties"]) for feature in _json(folder / "routes.geojson")["features"])


def _route(stated: dict[str, Any]) -> Route:
    return Route(
        route_id=stated["route_id"],
        zone_id=stated["zone_id"],
        host_id=stated["host_id"],
        links=tuple(stated["links"]),
        entry_steps=tuple(stated["entry_steps"]),
        arrival_steps=stated["arrival_steps"],
        length_m=stated["length_m"],
        free_flow_s=stated["free_flow_s"],
        halts=halts_from(stated.get("halts", ())),
        legs=tuple(map(tuple, stated["legs"])) if "legs" in stated else None,
    )


def _departures(folder: Path, scenario: Scenario, routes: tuple[Route, ...]) -> Departures:
    index = {route.route_id: i for i, route in enumerate(routes)}
    start_s, step_s = int(scenario.about.start.timestamp()), scenario.about.step_s
    with (folder / "departures.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            (index[row["route_id"]], (parse_time(row["depart"]) - start_s) // step_s, int(row["persons"]))
            for row in csv.DictReader(stream)
        ]
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return Departures(*(np.ascontiguousarray(column) for column in columns))


def _households(
    folder: Path, scenario: Scenario, routes: tuple[Route, ...], stated: dict[str, Any] | None
) -> Households | None:
    if stated is None:
        return None
    place_of, zone_row = _Seats(scenario, routes), scenario.zones.position()
    rows = []
    with (folder / HOUSEHOLDS_FILE).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            members = (
                int(row[name]) for name in ("size", "children", "over_65", "needing_assistance", "with_car")
            )
            rows.append((zone_row[row["zone_id"]], *members, *place_of(row["depart"], row["route_id"])))
    zone, size, children, over_65, needing, with_car, route, stranded, step = (
        np.ascontiguousarray(column) for column in np.array(rows, np.int64).reshape(-1, 9).T
    )
    return Households(
        zone=zone,
        size=size,
        children=children,
        over_65=over_65,
        needing_assistance=needing,
        with_car=with_car,
        route=route,
        step=step,
        stranded=stranded,
        seed=stated["seed"],
        notes=tuple(stated["notes"]),
        moved=stated["moved"],
        objective_if_split=round(stated["objective_if_split"] * 1_000_000),
    )


def _moved(
    folder: Path,
    scenario: Scenario,
    before: tuple[Route, ...],
    now: tuple[Route, ...],
    households: Households,
) -> Households:
    """The households as the plan before had them: where it is not said, as they are now."""
    place_of = _Seats(scenario, before)
    index = {route.route_id: number for number, route in enumerate(before)}
    known = np.array([index.get(route.route_id, -1) for route in now] + [-1], np.int64)
    route, step, stranded = known[households.route], households.step.copy(), households.stranded.copy()
    with (folder / BEFORE / HOUSEHOLDS_FILE).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            number = int(row["household_id"].rpartition("-")[2]) - 1
            route[number], stranded[number], step[number] = place_of(row["depart"], row["route_id"])
    return replace(households, route=route, step=step, stranded=stranded)


class _Seats:
    """Reads where a household is to be: index of its route, of the group that it waits with, and step."""

    def __init__(self, scenario: Scenario, routes: tuple[Route, ...]) -> None:
        self._index = {route.route_id: (i, -1) for i, route in enumerate(routes)} | {"": (-1, -1)}
        self._start_s, self._step_s = int(scenario.about.start.timestamp()), scenario.about.step_s
        self._begins: dict[str, int] = {"": -1}

    def __call__(self, depart: str, route: str) -> tuple[int, int, int]:
        if depart not in self._begins:
            self._begins[depart] = (parse_time(depart) - self._start_s) // self._step_s
        if route not in self._index:  # the way so far of those who wait on the road: w1, w2, …
            self._index[route] = (-1, int(route[1:]) - 1)
        return (*self._index[route], self._begins[depart])


def _certificate(stated: dict[str, Any]) -> Certificate:
    prices = stated["prices"]
    return Certificate(
        objective=stated["objective"],
        lower_bound=stated["lower_bound"],
        link_price={(arc, step): price for arc, step, price in prices["links"]},
        intake_price={(host, step): price for host, step, price in prices["intake"]},
        bed_price=dict(prices["beds"]),
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
