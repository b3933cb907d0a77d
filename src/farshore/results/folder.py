"""The plan folder: an outcome as plain files, written whole or not at all, and read back."""

import json
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.folders import csv_bytes, json_bytes, put, written_whole
from farshore.results.households import HOUSEHOLDS_FILE, Households, household_id, moved_table, sha256_of
from farshore.results.measures import crossing_loads, flows_of
from farshore.results.orders import Order, OrdersProof, Reversal, Stage, instruction_rows
from farshore.results.outcome import Outcome, Route
from farshore.results.replan_files import halt_entries, replan_files, stranded_entries
from farshore.results.robust import ROBUST_FILE
from farshore.results.services import BOARDING, BOARDING_FILE, DUTIES, TRIPS, Services
from farshore.results.summary import summary_of
from farshore.results.wording import UNIT, certificate_statement, step_time
from farshore.scenario.timing import Timing, timing_of
from farshore.scenario.write import files_hash, scenario_files

__all__ = ["KNOWN_BY", "outcome_files", "write_outcome"]

KNOWN_BY: Final = "summary.json"

OWN: Final = (
    "arrivals.csv",
    "before",
    BOARDING_FILE,
    "certificate.json",
    "changed_households.csv",
    "changes.csv",
    "contraflow.csv",
    "crossings.csv",
    "departures.csv",
    "duties.csv",
    HOUSEHOLDS_FILE,
    "orders.csv",
    "orders_proof.json",
    "replan.json",
    "report.html",
    ROBUST_FILE,
    "routes.geojson",
    "scenario",
    "staging.csv",
    "summary.json",
    "trips.csv",
    "unreversed",
    "unstaged",
)


def write_outcome(
    outcome: Outcome,
    folder: Path,
    *,
    check: Callable[[Path], object],
    extra: Callable[[Path], None] | None = None,
    replace: bool = False,
) -> None:
    """Write the plan folder beside, have it checked, and rename it: it is there whole, or as it was.

    check : given the folder as written, before anybody else can see it; whatever it raises ends the writing.
    Give it `farshore.plan.certify`: a folder that says `certified` has then been certified as it stands.
    extra : given the same folder after the check, writes what else belongs there (report.html).
    replace : allows a plan folder that is already there; what in it is not the plan's own is kept.
    Raises OutputUnwritable if something is in the way or the disk refuses.
    """
    files = outcome_files(outcome)
    with written_whole(folder, replaces=KNOWN_BY if replace else "", own=OWN) as made:
        put(made, files)
        check(made)
        if extra is not None:
            extra(made)


def outcome_files(outcome: Outcome) -> dict[str, bytes]:
    """The files of a plan folder by their path in it; the same outcome gives the same bytes anywhere.

    summary.json says `certified`, because nothing but `write_outcome` writes it where it can be found, and
    that only after the check.
    """
    timing = timing_of(outcome.scenario)
    planned = scenario_files(outcome.scenario)
    files = {f"scenario/{name}": data for name, data in sorted(planned.items())}
    table = None if outcome.households is None else _households(outcome, outcome.households, timing)
    summary = summary_of(
        outcome,
        timing,
        scenario_hash=files_hash(planned),
        certified=True,
        households_sha256="" if table is None else sha256_of(table),
    )
    if table is not None:
        files[HOUSEHOLDS_FILE] = table
    if outcome.services is not None:
        files |= _vehicles(outcome, outcome.services, timing)
    if outcome.replan is not None:
        before = changed(
            outcome,
            routes=outcome.replan.old_routes,
            departures=outcome.replan.old_departures,
            services=outcome.replan.old_services,
        )
        if before.services is not None:
            vehicles = _vehicles(before, before.services, timing)
            files |= {f"before/{name}": data for name, data in vehicles.items() if name != "duties.csv"}
        if outcome.replan.old_households is not None and outcome.households is not None:
            files[f"before/{HOUSEHOLDS_FILE}"] = moved_table(
                outcome.replan.old_households,
                outcome.households,
                _times(outcome, timing),
                old_routes=_named(before),
                new_routes=_named(outcome),
            )
        files |= replan_files(outcome.replan, outcome.scenario) | {
            "before/departures.csv": _departures(before, timing),
            "before/routes.geojson": _routes(before),
            "before/stranded.json": json_bytes(
                stranded_entries(outcome.replan.old_stranded, outcome.scenario)
            ),
        }
    told: dict[str, tuple[Order | Reversal | Stage, ...]] = {
        "orders.csv": outcome.orders,
        "contraflow.csv": outcome.reversals,
        "staging.csv": outcome.stages,
    }
    files |= {name: instruction_rows(rows) for name, rows in told.items() if rows}
    files |= _orders_proof(outcome.proof)
    return files | {
        "departures.csv": _departures(outcome, timing),
        "routes.geojson": _routes(outcome),
        "arrivals.csv": _arrivals(outcome, timing),
        "crossings.csv": _crossings(outcome, timing),
        "certificate.json": _certificate(outcome),
        "summary.json": json_bytes(summary),
    }


def _orders_proof(proof: OrdersProof) -> dict[str, bytes]:
    """The scenarios before lanes were turned and zones had their turn, and the prices."""
    told = {"contraflow": proof.contraflow, "staging": proof.staging}
    told = {name: what for name, what in told.items() if what is not None}
    files = {"orders_proof.json": json_bytes(told)} if told else {}
    for name, scenario in (("unreversed", proof.unreversed), ("unstaged", proof.unstaged)):
        if scenario is not None:
            files |= {f"{name}/{file}": data for file, data in sorted(scenario_files(scenario).items())}
    return files


def _departures(outcome: Outcome, timing: Timing) -> bytes:
    moves = outcome.departures
    rows = []
    for index, step, persons in zip(
        moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
    ):
        route = outcome.routes[index]
        rows.append(
            (route.zone_id, step_time(outcome.scenario, step), route.route_id, route.host_id, persons)
        )
    names = ("zone_id", "depart", "route_id", "host_id", "persons")
    if outcome.services is None:
        return csv_bytes(names, rows)
    whose = outcome.services.class_ids
    return csv_bytes(
        ("zone_id", "class_id", *names[1:]),
        [(row[0], class_id, *row[1:]) for class_id, row in zip(whose, rows, strict=True)],
    )


def _vehicles(outcome: Outcome, services: Services, timing: Timing) -> dict[str, bytes]:
    """trips.csv, duties.csv and who boards what; their times are steps so far."""

    def told(row: tuple[Any, ...], times: slice) -> tuple[Any, ...]:
        return (
            *row[: times.start],
            *(step_time(outcome.scenario, k) for k in row[times]),
            *row[times.stop :],
        )

    files = {
        "trips.csv": csv_bytes(TRIPS, [told(row, slice(5, 9)) for row in services.trips]),
        "duties.csv": csv_bytes(DUTIES, [told(row, slice(3, 5)) for row in services.duties]),
    }
    if services.boarding is not None and outcome.households is not None:
        width = len(str(len(outcome.households)))
        files[BOARDING_FILE] = csv_bytes(
            BOARDING, [(household_id(row + 1, width), *rest) for row, *rest in services.boarding]
        )
    return files


def _households(outcome: Outcome, households: Households, timing: Timing) -> bytes:
    return households.table(
        [str(zone_id) for zone_id in outcome.scenario.zones.zone_id],
        _times(outcome, timing),
        _named(outcome),
    )


def _times(outcome: Outcome, timing: Timing) -> list[str]:
    return [step_time(outcome.scenario, step) for step in range(timing.n_steps)]


def _named(outcome: Outcome) -> list[tuple[str, str]]:
    return [(route.route_id, route.host_id) for route in outcome.routes]


def _arrivals(outcome: Outcome, timing: Timing) -> bytes:
    arrived = flows_of(outcome, timing).arrived
    rows = [
        (outcome.scenario.hosts.host_id[host], step_time(outcome.scenario, step), int(arrived[host, step]))
        for host, step in np.argwhere(arrived).tolist()
    ]
    return csv_bytes(("host_id", "arrive", "persons"), rows)


def _crossings(outcome: Outcome, timing: Timing) -> bytes:
    rows = [
        (
            load.crossing_id,
            step_time(outcome.scenario, step),
            int(load.persons[step]),
            int(load.capacity_persons[step]),
        )
        for load in (crossing_loads(outcome, timing) if outcome.services is None else outcome.services.loads)
        for step in np.flatnonzero(load.persons).tolist()
    ]
    return csv_bytes(("crossing_id", "time", "persons", "capacity_persons"), rows)


def _routes(outcome: Outcome) -> bytes:
    """One feature a line, so that a diff of two plans can be read."""
    links, nodes = outcome.scenario.links, outcome.scenario.nodes
    link_row, node_row = links.position(), nodes.position()
    zone_node = dict(zip(outcome.scenario.zones.zone_id, outcome.scenario.zones.node_id, strict=True))

    def ends_at(arc: str) -> str:
        back = arc.startswith("-")
        row = link_row[arc.removeprefix("-")]
        return str(links.from_node_id[row] if back else links.to_node_id[row])

    def feature(index: int, route: Route) -> dict[str, Any]:
        passed = [zone_node[route.zone_id], *map(ends_at, route.links)]
        if route.legs is not None:
            passed = [zone_node[route.zone_id]]
            at = 0
            for leg in route.legs:
                links = route.links[at : at + leg[5]]
                at += len(links)
                passed += [ends_at(link) for link in links] or [leg[2]]
        line = [
            [float(nodes.x_coord[node_row[node]]), float(nodes.y_coord[node_row[node]])] for node in passed
        ]
        return {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": line}
            if len(line) > 1
            else {"type": "Point", "coordinates": line[0]},
            "properties": {
                "route_id": route.route_id,
                "zone_id": route.zone_id,
                "host_id": route.host_id,
                "links": list(route.links),
                "entry_steps": list(route.entry_steps),
                "arrival_steps": route.arrival_steps,
                **({} if route.legs is None else {"legs": [list(leg) for leg in route.legs]}),
                "length_m": float(route.length_m),
                "free_flow_s": route.free_flow_s,
                "persons": int(outcome.departures.persons[outcome.departures.route == index].sum()),
                **({"halts": halt_entries(route.halts)} if route.halts else {}),
            },
        }

    lines = (_compact(feature(index, route)) for index, route in enumerate(outcome.routes))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    return text.encode()


def _certificate(outcome: Outcome) -> bytes:
    certificate = outcome.certificate
    prices = {
        "links": sorted([arc, step, price] for (arc, step), price in certificate.link_price.items()),
        "intake": sorted([host, step, price] for (host, step), price in certificate.intake_price.items()),
        "beds": sorted([host, price] for host, price in certificate.bed_price.items()),
    }
    if outcome.services is not None:
        prices |= {kind: sorted(rows) for kind, rows in outcome.services.prices.items()}
    lists = [
        f'  "{kind}": [' + ",".join(f"\n   {_compact(row)}" for row in rows) + ("\n  ]" if rows else "]")
        for kind, rows in prices.items()
    ]
    head = {
        "unit": UNIT,
        "objective": certificate.objective,
        "lower_bound": certificate.lower_bound,
        "gap": certificate.gap,
        "statement": certificate_statement(certificate.objective, certificate.lower_bound),
    }
    lines = [f' "{key}": {_compact(value)}' for key, value in head.items()]
    return ("{\n" + ",\n".join([*lines, ' "prices": {\n' + ",\n".join(lists) + "\n }"]) + "\n}\n").encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
