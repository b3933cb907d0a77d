"""Plan folders with classes written by hand: who goes by which legs when, the trips made, the prices."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from farshore.plan.certify import _texts
from farshore.plan.checker.classes.bound import lower_bound
from farshore.plan.checker.classes.loads import class_costs_of, class_loads_of
from farshore.plan.checker.classes.movements import class_movements_of
from farshore.plan.checker.classes.prices import KINDS, class_prices_in
from farshore.plan.checker.classes.problem import class_problem_of
from farshore.plan.checker.classes.routes import class_routes_of
from farshore.plan.checker.classes.totals import class_figures, totals_of, worth_by_crossing
from farshore.plan.checker.classes.trips import trips_of
from farshore.plan.checker.figures import expected_summary
from farshore.plan.checker.files import Faults
from farshore.plan.checker.stated import gap_of
from farshore.results.wording import UNIT, certificate_statement
from farshore.scenario import Scenario, scenario_hash, write_scenario
from farshore.units import format_time, offset_of
from tests.oracle_classes import ClassOracle

Move = Mapping[str, Any]  # zone, class_id, step, host, persons, legs, wait (steps at the end)


def write_class_plan(
    folder: Path,
    scenario: Scenario,
    moves: Sequence[Move],
    trips: Sequence[Mapping[str, Any]] = (),
    *,
    prices: Mapping[str, Any] | None = None,
) -> None:
    """Write the folder of a plan; steps, lengths and seconds are those of the slow reading of the page.

    A leg is (mode, from, to, step of boarding after departure, links separated by spaces, fleet or run), of a
    train with the step of alighting in the place of links. trips : fleet, vehicle, tail, head, board, links,
    persons, seats
    """
    page = ClassOracle(scenario)
    folder.mkdir()
    write_scenario(scenario, folder / "scenario")
    routes: dict[str, str] = {}
    features, departures = [], []
    arrived: dict[tuple[str, int], int] = {}
    for move in moves:
        key = json.dumps([move["zone"], move["host"], move["legs"], move.get("wait", 0)])
        if key not in routes:
            routes[key] = f"r{len(routes)}"
            features.append(_feature(page, routes[key], move))
        feature = next(f for f in features if f["properties"]["route_id"] == routes[key])
        feature["properties"]["persons"] += move["persons"]
        when = _time(scenario, move["step"])
        departures.append((move["zone"], move["class_id"], when, routes[key], move["host"], move["persons"]))
        at = (move["host"], move["step"] + feature["properties"]["arrival_steps"])
        arrived[at] = arrived.get(at, 0) + move["persons"]
    _table(folder / "departures.csv", "zone_id class_id depart route_id host_id persons", departures)
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "routes.geojson").write_text(text, encoding="utf-8")
    rows = [(h, _time(scenario, k), n) for (h, k), n in sorted(arrived.items())]
    _table(folder / "arrivals.csv", "host_id arrive persons", rows)
    _write_trips(folder, page, trips)
    _write_rest(folder, scenario, {kind: [] for kind in KINDS} | dict(prices or {}))


def _write_rest(folder: Path, scenario: Scenario, prices: dict[str, Any]) -> None:
    """Crossings, certificate and summary, which follow from the other tables."""
    problem, faults = class_problem_of(scenario), Faults()
    ways = class_routes_of(folder, problem, faults)
    moves = class_movements_of(folder, problem, ways, faults)
    loads, trips = class_loads_of(problem, moves), trips_of(folder, problem, faults)
    costs, totals = class_costs_of(problem, loads, moves), totals_of(problem, moves, loads)
    rows = [
        (code, _time(scenario, k), n, int(totals.crossing_capacity(problem.plain, code)[k]))
        for (code, k), n in sorted(totals.crossed.items())
    ]
    _table(folder / "crossings.csv", "crossing_id time persons capacity_persons", rows)
    read = class_prices_in({"prices": prices}, problem, faults)
    assert read is not None
    bound = lower_bound(problem, read)
    certificate = {
        "unit": UNIT,
        "objective": costs.objective,
        "lower_bound": bound,
        "gap": gap_of(costs.objective, bound),
        "statement": certificate_statement(costs.objective, bound),
        "prices": prices,
    }
    (folder / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    told = {
        "complete": True,
        "conflicts": [],
        "defaults_used": [],
        "options": {},
        "version": "0",
        "solve_s": 0.5,
        "rounds": [],
        "zones": [{"binding": []} for _ in problem.plain.zones],
    }
    too_late = [0] * len(problem.plain.zones)
    for group in problem.groups:
        too_late[group.zone] += group.never_ready
    summary = expected_summary(
        told,
        problem.plain,
        totals,
        costs=costs,
        bound=bound,
        person_steps_at_home=sum(
            int((g.ready - loads.departed[i].cumsum()).sum()) for i, g in enumerate(problem.groups)
        ),
        too_late=too_late,
        worth=worth_by_crossing(problem, read),
        bed_prices=read.beds,
        families=None,
        texts=_texts(problem.plain, ways.values(), moves, None, scenario_hash(scenario)),
    ) | class_figures(problem, moves, loads, trips)
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def _feature(page: ClassOracle, route_id: str, move: Move) -> dict[str, Any]:
    scenario = page.scenario
    place = {
        code: [float(x), float(y)]
        for code, x, y in zip(
            scenario.nodes.node_id, scenario.nodes.x_coord, scenario.nodes.y_coord, strict=True
        )
    }
    roads = {road.code: road for road in page.roads}
    length = dict(zip(scenario.links.link_id, scenario.links.length, strict=True))
    ends = {
        code: (u, v)
        for code, u, v in zip(
            scenario.links.link_id, scenario.links.from_node_id, scenario.links.to_node_id, strict=True
        )
    }
    passed = [dict(zip(scenario.zones.zone_id, scenario.zones.node_id, strict=True))[move["zone"]]]
    legs, links, entries, seconds, metres, at = [], [], [], 0, 0.0, 0
    for mode, tail, head, board, by, *service in move["legs"]:
        at = board
        names = [] if mode == "train" else by.split()
        if mode == "train":
            at = int(by)
            seconds += next(s[7] for s in page.stages if (s[0], s[3], s[4]) == (service[0], tail, head))
            passed.append(head)
        elif mode == "walk":
            walk = page.walks[tail, head]
            seconds, at = seconds + walk.seconds, board + walk.steps
            entries += [board] * len(names)
        else:
            for name in names:
                entries.append(at)
                seconds, at = seconds + roads[name].seconds, at + roads[name].steps
        for name in names:
            metres += float(length[name.removeprefix("-")])
            passed.append(ends[name.removeprefix("-")][0 if name.startswith("-") else 1])
        legs.append([mode, tail, head, board, at, len(names), *service])
        links += names
    line = [place[code] for code in passed]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line}
        if legs
        else {"type": "Point", "coordinates": line[0]},
        "properties": {
            "route_id": route_id,
            "zone_id": move["zone"],
            "host_id": move["host"],
            "links": links,
            "entry_steps": entries,
            "arrival_steps": at + move.get("wait", 0),
            "legs": legs,
            "length_m": metres,
            "free_flow_s": seconds,
            "persons": 0,
        },
    }


def _write_trips(folder: Path, page: ClassOracle, trips: Sequence[Mapping[str, Any]]) -> None:
    scenario = page.scenario
    roads = {road.code: road for road in page.roads}
    rows, duties = [], {}
    for number, trip in enumerate(trips):
        out, back = page.reach(scenario.fleets.position()[trip["fleet"]])
        alight = trip["board"] + sum(roads[link].steps for link in trip["links"].split())
        leaves, home = trip["board"] - out[trip["tail"]], alight + back[trip["head"]]
        steps = (trip["board"], alight, leaves, home)
        rows.append(
            (f"t{number}", trip["fleet"], trip["vehicle"], trip["tail"], trip["head"],
             *(_time(scenario, k) for k in steps), trip["persons"], trip["seats"], trip["links"])
        )  # fmt: skip
        duties.setdefault((trip["fleet"], trip["vehicle"]), []).append((leaves, home))
    names = "trip_id fleet_id vehicle from_node_id to_node_id board alight leaves_base back_at_base persons"
    _table(folder / "trips.csv", f"{names} seats_taken links", rows)
    _table(
        folder / "duties.csv",
        "fleet_id vehicle trips first_leaves_base last_back_at_base occupied_h",
        [
            (
                fleet,
                vehicle,
                len(made),
                _time(scenario, min(a for a, _ in made)),
                _time(scenario, max(b for _, b in made)),
                sum(b - a for a, b in made) * page.step_s / 3600,
            )
            for (fleet, vehicle), made in sorted(duties.items())
        ],
    )


def _time(scenario: Scenario, step: int) -> str:
    start = scenario.about.start
    return format_time(int(start.timestamp()) + step * scenario.about.step_s, offset_of(start))


def _table(path: Path, header: str, rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
