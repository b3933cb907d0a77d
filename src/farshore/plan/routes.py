"""A flow as departures by routes on the full network."""

from dataclasses import dataclass

import numpy as np

from farshore.kernels.decomposition import decompose
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import grouped
from farshore.plan.flow import Expanded
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.results.outcome import Departures, Route
from farshore.scenario.timing import Ints

__all__ = ["Through", "objective_of", "route_over", "routes_of", "ways_through"]


def routes_of(
    problem: Problem, reduced: Reduced, expanded: Expanded, flow: Ints
) -> tuple[tuple[Route, ...], Departures]:
    """Take a flow apart: every person who leaves has a route and a step of departure.

    Routes are numbered zone by zone in the order in which they are first used; departures are sorted by zone,
    step and route. A flow leaves open how its parts are joined: known routes are preferred to new ones.
    """
    through = ways_through(reduced, expanded, flow, expanded.arc_of(problem.timing.n_steps))
    width = len(str(len(through.origin)))
    ways = zip(through.origin.tolist(), through.host, through.chains, strict=True)
    routes = [
        route_over(problem, reduced, f"r{way:0{width}}", zone, host, chains)
        for way, (zone, host, chains) in enumerate(ways, start=1)
    ]
    taken, way_zone = through.taken, through.origin
    order = np.lexsort((taken[:, 0], taken[:, 1], way_zone[taken[:, 0]]))
    taken = taken[order]
    return tuple(routes), Departures(route=taken[:, 0], step=taken[:, 1], persons=taken[:, 2])


@dataclass(frozen=True, eq=False)
class Through:
    """A flow taken apart: of each way its origin, its host and the chains that it goes over.

    taken : int64[n_departures, 3], way, step and persons
    """

    origin: Ints
    host: list[int]
    chains: list[list[int]]
    taken: Ints


def ways_through(reduced: Reduced, expanded: Expanded, flow: Ints, arc_of: Ints) -> Through:
    """Take a flow apart into people on ways; `arc_of` as `Expanded.arc_of` gives it."""
    moves = expanded.moves
    steps = np.zeros(len(moves.tail), np.int64)
    steps[moves.chain >= 0] = reduced.steps[moves.chain[moves.chain >= 0]]
    carrying = np.flatnonzero(flow > 0)
    first_out, members = grouped(expanded.tail[carrying].astype(np.int64), len(expanded.basis.parent))
    zone, step = np.nonzero(expanded.home_number >= 0)
    way_first, way_moves, taken, origin = decompose(
        first_out,
        carrying[members],
        expanded.head.astype(np.int64),
        expanded.move,
        arc_of,
        steps,
        flow.copy(),
        zone,
        step,
        expanded.home_number[zone, step],
    )
    host_at = {int(node): host for host, node in enumerate(moves.host) if node >= 0}
    ways = [way_moves[a:b] for a, b in zip(way_first[:-1].tolist(), way_first[1:].tolist(), strict=True)]
    return Through(
        origin,
        [host_at[int(moves.head[through[-1]])] for through in ways],
        [moves.chain[through[moves.chain[through] >= 0]].tolist() for through in ways],
        taken,
    )


def route_over(
    problem: Problem, reduced: Reduced, route_id: str, zone: int, host: int, chains: list[int]
) -> Route:
    """The route over some chains."""
    timing, scenario = problem.timing, problem.scenario
    arcs: list[int] = []
    entry: list[int] = []
    passed = 0
    for chain in chains:
        arcs += reduced.arcs_of(chain).tolist()
        entry += (passed + reduced.entries_of(chain)).tolist()
        passed += int(reduced.steps[chain])
    return Route(
        route_id=route_id,
        zone_id=str(scenario.zones.zone_id[zone]),
        host_id=str(scenario.hosts.host_id[host]),
        links=tuple(timing.arc_ids[arc] for arc in arcs),
        entry_steps=tuple(entry),
        arrival_steps=passed,
        length_m=float(scenario.links.length[timing.link_row[arcs]].sum()),
        free_flow_s=int(timing.travel_s[arcs].sum()),
    )


def objective_of(problem: Problem, routes: tuple[Route, ...], departures: Departures) -> tuple[int, Ints]:
    """The objective of docs/model.md, added up departure by departure.

    returns : the objective, and how many people of each zone stay: int64[n_zones]
    """
    timing, scenario = problem.timing, problem.scenario
    arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
    zone_row = scenario.zones.position()
    left = np.zeros(timing.newly_ready.shape, np.int64)
    total = 0
    for number, route in enumerate(routes):
        mine = departures.route == number
        step, persons = departures.step[mine], departures.persons[mine]
        np.add.at(left[zone_row[route.zone_id]], step, persons)
        for link, entry in zip(route.links, route.entry_steps, strict=True):
            arc = arc_row[link]
            row = timing.cost_of[arc]
            cost = timing.costs[row, step + entry] if row >= 0 else np.full(len(step), timing.flat_cost[arc])
            total += exact_sum(persons, cost)
    waiting = np.cumsum(timing.newly_ready - left, axis=1)
    total += exact_sum(waiting, timing.wait_cost)
    stay = timing.people - left.sum(axis=1)
    return total + timing.left_cost * int(stay.sum()), stay
