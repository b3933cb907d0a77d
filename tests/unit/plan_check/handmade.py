"""Plans written by hand: who leaves when by which links, at which prices, made into an outcome."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from farshore.plan.audit import protection_audit
from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.problem import problem_of
from farshore.results import Certificate, Departures, Outcome, Route, Unserved, effort_of, flows_of
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of

Move = tuple[str, int, str, str, int]  # zone, step of departure, links separated by spaces, host, persons


def outcome(
    scenario: Scenario,
    moves: Sequence[Move],
    *,
    links: Mapping[tuple[str, int], int] | None = None,
    intake: Mapping[tuple[str, int], int] | None = None,
    beds: Mapping[str, int] | None = None,
    **changes: Any,
) -> Outcome:
    """An outcome of these moves and prices and the figures that follow; `changes` replace its fields."""
    timing = timing_of(scenario)
    row = {arc: i for i, arc in enumerate(timing.arc_ids)}
    keys = sorted({(zone, path, host) for zone, _, path, host, _ in moves})
    routes = []
    for number, (zone, path, host) in enumerate(keys):
        arcs = [row[link] for link in path.split()]
        taus = [int(timing.steps[arc]) for arc in arcs]
        routes.append(
            Route(
                route_id=f"r{number}",
                zone_id=zone,
                host_id=host,
                links=tuple(path.split()),
                entry_steps=tuple(sum(taus[:i]) for i in range(len(taus))),
                arrival_steps=sum(taus),
                length_m=float(sum(scenario.links.length[timing.link_row[arc]] for arc in arcs)),
                free_flow_s=int(sum(timing.travel_s[arc] for arc in arcs)),
            )
        )
    index = {key: i for i, key in enumerate(keys)}
    rows = sorted((zone, step, index[zone, path, host], n) for zone, step, path, host, n in moves)
    columns = np.array([(r, s, n) for _, s, r, n in rows], np.int64).reshape(-1, 3).T
    departures = Departures(*columns)
    problem = problem_of(scenario)
    people = dict(zip(scenario.zones.zone_id, timing.people.tolist(), strict=True))
    placed = dict.fromkeys(people, 0)
    for zone, _, _, _, persons in moves:
        placed[zone] += persons
    prices = Prices(
        {(problem.arc_row[arc], step): price for (arc, step), price in (links or {}).items()},
        {(problem.host_row[host], step): price for (host, step), price in (intake or {}).items()},
        {problem.host_row[host]: price for host, price in (beds or {}).items()},
    )
    blocked = blocked_hosts(scenario)
    made = Outcome(
        scenario=scenario,
        routes=tuple(routes),
        departures=departures,
        people=people,
        unserved=tuple(
            Unserved(zone, people[zone] - placed[zone], ("the horizon ends",))
            for zone in people
            if people[zone] > placed[zone]
        ),
        certificate=Certificate(0, 0, dict(links or {}), dict(intake or {}), dict(beds or {})),
        audit=protection_audit(
            scenario, routes=routes, departures=departures, people=people, blocked_hosts=blocked
        ),
        blocked_hosts=blocked,
        solve_s=0.5,
        complete=True,
        options={"gap": 0.0},
        version="0",
        rounds=(),
    )
    effort = effort_of(made, timing, flows_of(made, timing))
    certificate = Certificate(
        effort.waiting + effort.travel + effort.left_behind,
        lower_bound(problem.network, problem.zones, problem.hosts, problem.left_cost, prices),
        dict(links or {}),
        dict(intake or {}),
        dict(beds or {}),
    )
    return Outcome(**{**vars(made), "certificate": certificate, **changes})
