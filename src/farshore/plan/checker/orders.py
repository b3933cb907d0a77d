"""Whether orders by zone are what they say: one route and window each, routes that meet going on together."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from farshore.plan.checker.files import Faults, csv_rows, whole_number
from farshore.plan.checker.movements import DEPARTURES, ROUTES, Movement, Way
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints
from farshore.results.orders import order_words

__all__ = ["ORDERS", "check_orders"]

ORDERS: Final = "orders.csv"
COLUMNS: Final = (
    "zone_id",
    "depart_from",
    "depart_until",
    "persons",
    "persons_per_step",
    "rate_persons_h",
    "route_id",
    "host_id",
    "via",
    "order",
)


def check_orders(
    folder: Path,
    problem: Problem,
    ways: Mapping[str, Way],
    moves: tuple[Movement, ...],
    options: Any,
    faults: Faults,
) -> None:
    """Fault every order that the plan's tables contradict; a plan without orders has nothing to check.

    options : what summary.json says the plan was asked for
    """
    wanted = isinstance(options, dict) and options.get("orders") == "zones"
    if not wanted:
        if (folder / ORDERS).exists():
            faults.add(ORDERS, 0, "", "is there, but summary.json says that no orders by zone were asked for")
        return
    _check_convergent(problem, ways, faults)
    of_zone: defaultdict[int, list[Movement]] = defaultdict(list)
    for move in moves:
        of_zone[move.way.zone].append(move)
    told: dict[str, int] = {}
    for line, row in csv_rows(folder, ORDERS, COLUMNS, faults):
        zone = problem.zone_row.get(row["zone_id"])
        if zone is None:
            faults.add(ORDERS, line, "zone_id", f"{row['zone_id']!r} is no zone of the scenario")
            continue
        if row["zone_id"] in told:
            faults.add(
                ORDERS,
                line,
                "zone_id",
                f"{row['zone_id']} has its order already in row {told[row['zone_id']]}",
            )
            continue
        told[row["zone_id"]] = line
        if not of_zone[zone]:
            faults.add(ORDERS, line, "zone_id", f"nobody of {row['zone_id']} departs in this plan")
            continue
        _check_order(problem, zone, of_zone[zone], row, line, faults)
    for zone, its in of_zone.items():
        code = problem.zones[zone].zone_id
        if its and code not in told:
            faults.add(
                ORDERS, 0, "zone_id", f"{code} has no order, but {sum(m.persons for m in its):,} depart"
            )


def _check_convergent(problem: Problem, ways: Mapping[str, Way], faults: Faults) -> None:
    """At every node all routes that go on take the same arc."""
    network = problem.network
    onward: dict[int, tuple[int, str]] = {}
    for way in ways.values():
        for arc in way.arcs:
            node = int(network.tail[arc])
            taken, first = onward.setdefault(node, (arc, way.route_id))
            if taken != arc:
                name = str(problem.scenario.nodes.node_id[node])
                cause = (
                    f"{way.route_id} leaves node {name} by {network.arc_ids[arc]}, {first} by "
                    f"{network.arc_ids[taken]}: routes that meet must go on together"
                )
                faults.add(ROUTES, 0, f"features[{way.feature}].links", cause)
                break


def _check_order(
    problem: Problem, zone: int, moves: list[Movement], row: dict[str, str], line: int, faults: Faults
) -> None:
    routes = sorted({move.way.route_id for move in moves})
    if len(routes) > 1:
        lines = [move.line for move in moves if move.way.route_id != routes[0]]
        cause = f"{row['zone_id']} departs by {len(routes)} routes, {', '.join(routes)}: an order has one"
        faults.add(DEPARTURES, lines[0], "route_id", cause)
        return
    way = moves[0].way
    leaving = np.zeros(problem.clock.n_steps, np.int64)
    for move in moves:
        leaving[move.step] += move.persons
    steps = np.flatnonzero(leaving)
    first, last = int(steps[0]), int(steps[-1])
    rate = whole_number(row["persons_per_step"])
    if rate is None or rate < 1:
        cause = f"{row['persons_per_step']!r} is no number of persons above 0"
        faults.add(ORDERS, line, "persons_per_step", cause)
        return
    step_s = problem.clock.step_s
    rate_h = rate * 3600 / step_s
    hosts, scenario = problem.hosts, problem.scenario
    first_s = problem.clock.start_s + first * step_s
    end_s = problem.clock.start_s + (last + 1) * step_s
    expected = {
        "depart_from": problem.time(first),
        "depart_until": problem.time(last + 1),
        "persons": str(int(leaving.sum())),
        "rate_persons_h": str(rate_h),
        "route_id": way.route_id,
        "host_id": hosts[way.host].host_id,
        "via": ";".join(_crossings(problem, way)),
        "order": order_words(
            scenario,
            zone=zone,
            host=way.host,
            links=[problem.network.arc_ids[arc] for arc in way.arcs],
            first_s=first_s,
            end_s=end_s,
            rate_h=rate_h,
        ),
    }
    for column, value in expected.items():
        if row[column] != value:
            faults.add(ORDERS, line, column, f"says {row[column]!r}; the plan's tables make it {value!r}")
    _check_window(problem, zone, way, leaving, rate, moves, faults)


def _crossings(problem: Problem, way: Way) -> list[str]:
    codes = [problem.network.crossing_id(arc) for arc in way.arcs]
    return list(dict.fromkeys(code for code in codes if code))


def _check_window(
    problem: Problem, zone: int, way: Way, leaving: Ints, rate: int, moves: list[Movement], faults: Faults
) -> None:
    """In every step but the first and last all who are ready leave, at most the rate, unless it is shut."""
    steps = np.flatnonzero(leaving)
    first, last = int(steps[0]), int(steps[-1])
    ready, gone = problem.zones[zone].ready, 0
    line_of = {move.step: move.line for move in moves}
    code, highest = problem.zones[zone].zone_id, 0
    for step in range(first, last + 1):
        persons = int(leaving[step])
        due = min(rate, int(ready[step]) - gone) if _open(problem, way, step) else 0
        gone += persons
        highest = max(highest, persons)
        if persons == due or (persons < due and step in (first, last) and persons):
            continue
        line = line_of.get(step, line_of[first])
        if persons > rate:
            cause = f"{persons:,} leave {code} at {problem.time(step)}, more than its {rate:,} a step"
        elif persons < due:
            cause = (
                f"{persons:,} leave {code} at {problem.time(step)} where {due:,} can: no pause in a window"
            )
        else:
            cause = f"{persons:,} leave {code} at {problem.time(step)}; its order lets {due:,} leave"
        faults.add(DEPARTURES, line, "persons", cause, "let a zone leave at a steady rate without pause")
    if highest < rate:
        cause = f"{code} never leaves at its rate of {rate:,} a step; {highest:,} is the most"
        faults.add(ORDERS, 0, "persons_per_step", cause, "write the rate at which people leave")


def _open(problem: Problem, way: Way, step: int) -> bool:
    """Whether the way lets anybody through who leaves in a step, were it empty."""
    arrival = step + way.arrival
    if arrival >= problem.clock.n_steps or not problem.hosts[way.host].usable[arrival]:
        return False
    return all(
        int(problem.network.capacity(arc)[step + entry]) >= 1
        for arc, entry in zip(way.arcs, way.entries, strict=True)
    )
