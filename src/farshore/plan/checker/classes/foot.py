"""People on foot: terminals, what waiting there costs, and the quickest walks between them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from farshore.plan.checker.classes.people import NEEDS, priorities, waiting_costs
from farshore.plan.checker.classes.quickest import graph_of
from farshore.plan.checker.classes.rooms import ROUND_UP, Factors
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Dated, Floats, Ints, highest, whole, words

__all__ = ["FootLinks", "Terminals", "Walk", "foot_links_of", "terminals_of", "walks_of"]

TERMINAL_TYPES = ("pickup", "station", "port", "stop")


@dataclass(frozen=True, eq=False)
class Terminals:
    """Where people on foot may be.

    nodes : int64[n], rows of the nodes table, rising; at : {row: place in `nodes`}
    rates : float64[n, n_steps], what those are exposed to who wait there
    waiting : int64[3, n, n_steps], cost of one person of each need who waits through a step
    """

    nodes: Ints
    at: dict[int, int]
    rates: Floats
    waiting: Ints


def terminals_of(problem: Problem, halts: Iterable[int] = ()) -> Terminals:
    """Every terminal of the scenario and what it costs to wait there; halts : other nodes that are, too."""
    scenario, network, n_steps = problem.scenario, problem.network, problem.clock.n_steps
    node_row = scenario.nodes.position()
    rates: defaultdict[int, list[Floats]] = defaultdict(list)
    for zone in problem.zones:
        if zone.people > 0:
            rates[zone.node].append(zone.rate)
    for host in problem.hosts:
        rates[host.node]  # a terminal without a rate of its own
    for arc in np.flatnonzero(network.is_ferry).tolist():
        rate = highest(_rows_of(problem, network.crossing_id(arc)), n_steps, network.ordinary_rate)
        for node in (int(network.tail[arc]), int(network.head[arc])):
            rates[node].append(rate)
    for node_id in scenario.timetable.node_id:
        rates[node_row[node_id]]
    for node, what in enumerate(scenario.nodes.node_type):
        if what in TERMINAL_TYPES:
            rates[node]
    for node in halts:
        rates[node]
    nodes = np.array(sorted(rates), np.int64)
    ordinary = np.full(n_steps, network.ordinary_rate)
    there = np.zeros((len(nodes), n_steps))
    for place, node in enumerate(nodes.tolist()):
        there[place] = np.max(rates[node], axis=0) if rates[node] else ordinary
    waiting = np.zeros((len(NEEDS), len(nodes), n_steps), np.int64)
    for need, priority in enumerate(priorities(problem)):
        for place, rate in enumerate(there):
            waiting[need, place] = waiting_costs(rate, priority, problem.clock.step_s)
    return Terminals(nodes, {node: place for place, node in enumerate(nodes.tolist())}, there, waiting)


def _rows_of(problem: Problem, place: str) -> tuple[Dated, ...]:
    return problem.network.exposure.get(place, ())


@dataclass(frozen=True, eq=False)
class FootLinks:
    """Links as they are walked, forward and back; parallel arrays, numbered by row of the link.

    arc_ids, tail, head, travel_s, link_row; row : {arc id: number}
    room : by number of arc, of links of crossings only: int64[n_steps], who may begin a walk over it
    """

    arc_ids: tuple[str, ...]
    tail: Ints
    head: Ints
    travel_s: Ints
    link_row: Ints
    row: dict[str, int]
    room: dict[int, Ints]


def foot_links_of(problem: Problem, factors: Factors) -> FootLinks:
    """Every way on foot over one link."""
    scenario, clock = problem.scenario, problem.clock
    links, node_row = scenario.links, scenario.nodes.position()
    ferries = {
        c
        for c, k in zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True)
        if k == "ferry"
    }
    metres_per_s = scenario.parameter("walking_speed_kmh") / 3.6
    per_lane = scenario.parameter("foot_persons_h_lane")
    hours = _hours(problem)
    ids: list[str] = []
    columns: list[tuple[int, int, int, int]] = []
    room: dict[int, Ints] = {}
    for row in range(len(links)):
        if links.crossing_id[row] in ferries or "walk" not in words(links.allowed_uses[row]):
            continue
        seconds = max(1, int(np.floor(float(links.length[row]) / metres_per_s + 0.5)))
        ends = node_row[links.from_node_id[row]], node_row[links.to_node_id[row]]
        for name, (tail, head) in ((str(links.link_id[row]), ends), (f"-{links.link_id[row]}", ends[::-1])):
            if links.crossing_id[row]:
                factor = factors.row(row, "walk")
                most = whole(per_lane * int(links.lanes[row]) * factor * clock.step_s / 3600 + ROUND_UP)
                room[len(ids)] = np.where(hours & (factor > 0), most, 0)
            ids.append(name)
            columns.append((tail, head, seconds, row))
    table = np.array(columns, np.int64).reshape(-1, 4)
    return FootLinks(
        tuple(ids),
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 3],
        {name: i for i, name in enumerate(ids)},
        room,
    )


def _hours(problem: Problem) -> npt.NDArray[np.bool_]:
    get = problem.scenario.parameter
    return problem.clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))


@dataclass(frozen=True, eq=False)
class Walk:
    """The walk from one terminal (place in the list) to another.

    links : numbers of the links walked, in order; begins : bool[n_steps], steps in which it can begin
    cost : int64[3, n_steps], of one person of each need
    """

    tail: int
    head: int
    links: tuple[int, ...]
    travel_s: int
    steps: int
    begins: npt.NDArray[np.bool_]
    cost: Ints


def walks_of(
    problem: Problem, factors: Factors, foot: FootLinks, terminals: Terminals, phase: Ints
) -> dict[tuple[int, int], Walk]:
    """Every walk between two terminals within the limit, by their places in the list.

    phase : int64[n_nodes], seconds into a step at which people reach each node by shortest routes
    """
    limit_s = problem.scenario.parameter("walking_limit_min") * 60
    n_nodes, n_steps = len(problem.scenario.nodes), problem.clock.n_steps
    graph = graph_of(foot.tail, foot.head, foot.travel_s, n_nodes)
    into: defaultdict[int, list[int]] = defaultdict(list)
    for arc, head in enumerate(foot.head.tolist()):
        into[head].append(arc)
    always_open, costs = _hours(problem), _Costs(problem, foot)
    found: dict[tuple[int, int], Walk] = {}
    for place, node in enumerate(terminals.nodes.tolist()):
        away = dijkstra(graph, indices=node, limit=limit_s)
        for other in np.flatnonzero(away[terminals.nodes] <= limit_s).tolist():
            goal = int(terminals.nodes[other])
            if goal == node:
                continue
            links = _back(node, goal, away, into, foot)
            travel_s = int(away[goal])
            steps = int(phase[node] + travel_s) // problem.clock.step_s
            if steps >= n_steps:
                continue
            begins = always_open.copy()
            for key in {factors.key(int(foot.link_row[arc])): arc for arc in links}.values():
                begins &= factors.row(int(foot.link_row[key]), "walk") > 0
            rate = (terminals.rates[place] + terminals.rates[other]) / 2
            found[place, other] = Walk(
                place, other, links, travel_s, steps, begins, costs.of(links, travel_s, steps, rate)
            )
    return found


def _back(
    start: int, goal: int, away: Floats, into: defaultdict[int, list[int]], foot: FootLinks
) -> tuple[int, ...]:
    """The quickest way found from its end: each time the lowest number among arcs of a quickest way."""
    links: list[int] = []
    while goal != start:
        arc = next(a for a in into[goal] if away[foot.tail[a]] + foot.travel_s[a] == away[goal])
        links.append(arc)
        goal = int(foot.tail[arc])
    return tuple(reversed(links))


class _Costs:
    """What walks cost: exposure as at their ends by steps, what is beyond it by the seconds on each link."""

    def __init__(self, problem: Problem, foot: FootLinks) -> None:
        self.problem, self.foot = problem, foot
        self.ordinary = problem.network.ordinary_rate
        self.rates: dict[tuple[str, str], Floats] = {}

    def of(self, links: tuple[int, ...], travel_s: int, steps: int, rate: Floats) -> Ints:
        """int64[3, n_steps]; rate : float64[n_steps], the mean of those at its ends."""
        step_s, weight = self.problem.clock.step_s, self.problem.network.travel_weight
        danger_s: Floats = np.zeros(1)
        for arc in links:
            beyond = np.maximum(0.0, self._rate(int(self.foot.link_row[arc])) - rate)
            danger_s = danger_s + beyond * int(self.foot.travel_s[arc])
        exposed_s = rate * steps * step_s + danger_s
        return np.stack(
            [
                whole(1e6 * (priority * exposed_s + weight * travel_s) / 3600 + 0.5)
                for priority in priorities(self.problem)
            ]
        )

    def _rate(self, link: int) -> Floats:
        """The rate on a link: float64[n_steps], or [1] where it never changes; 0 where it has none."""
        links, exposure = self.problem.scenario.links, self.problem.network.exposure
        places = str(links.link_id[link]), str(links.crossing_id[link])
        key = places[0] if places[0] in exposure else "", places[1] if places[1] in exposure else ""
        if key not in self.rates:
            rows = [dated for place in key for dated in exposure.get(place, ())]
            rate = highest(rows, self.problem.clock.n_steps, self.ordinary) if rows else np.zeros(1)
            self.rates[key] = rate[:1] if (rate == rate[0]).all() else rate
        return self.rates[key]
