"""A flow as departures by routes on the full network."""

import numpy as np

from farshore.kernels.decomposition import decompose
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import grouped
from farshore.plan.flow import Expanded
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.results.outcome import Departures, Route
from farshore.scenario.timing import Ints

__all__ = ["objective_of", "route_over", "routes_of"]


def routes_of(
    problem: Problem, reduced: Reduced, expanded: Expanded, flow: Ints
) -> tuple[tuple[Route, ...], Departures]:
    """Take a flow apart: every person who leaves has a route and a step of departure.

    Routes are numbered zone by zone in the order in which they are first used; departures are sorted by zone,
    step and route. A flow leaves open how its parts are joined: known routes are preferred to new ones.
    """
    timing, moves = problem.timing, expanded.moves
    n_moves, n_places = len(moves.tail), len(expanded.basis.parent)
    arc_of = np.full((n_moves, timing.n_steps), -1, np.int64)
    is_move = np.flatnonzero(expanded.move >= 0)
    arc_of[expanded.move[is_move], expanded.step[is_move]] = is_move
    steps = np.zeros(n_moves, np.int64)
    steps[moves.chain >= 0] = reduced.steps[moves.chain[moves.chain >= 0]]
    carrying = np.flatnonzero(flow > 0)
    first_out, members = grouped(expanded.tail[carrying].astype(np.int64), n_places)
    home_zone, home_step = np.nonzero(expanded.home_number >= 0)
    way_first, way_moves, taken, way_zone = decompose(
        first_out,
        carrying[members],
        expanded.head.astype(np.int64),
        expanded.move,
        arc_of,
        steps,
        flow.copy(),
        home_zone,
        home_step,
        expanded.home_number[home_zone, home_step],
    )
    place_of_host = {int(node): host for host, node in enumerate(moves.host) if node >= 0}
    routes = []
    width = len(str(len(way_zone)))
    for way, zone in enumerate(way_zone.tolist()):
        through = way_moves[way_first[way] : way_first[way + 1]]
        host = place_of_host[int(moves.head[through[-1]])]
        chains = moves.chain[through[moves.chain[through] >= 0]].tolist()
        routes.append(route_over(problem, reduced, f"r{way + 1:0{width}}", zone, host, chains))
    order = np.lexsort((taken[:, 0], taken[:, 1], way_zone[taken[:, 0]]))
    taken = taken[order]
    return tuple(routes), Departures(route=taken[:, 0], step=taken[:, 1], persons=taken[:, 2])


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
