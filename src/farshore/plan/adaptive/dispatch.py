"""A plan in single steps from one in intervals: who goes which way, sent off as soon as there is room."""

from dataclasses import dataclass

import numpy as np

from farshore.kernels.exact import exact_sum
from farshore.kernels.send import pull_forward, send_off
from farshore.plan.adaptive.condensed import Condensed
from farshore.plan.adaptive.grid import Grid
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.plan.routes import route_over
from farshore.results.outcome import Departures, Route
from farshore.scenario.timing import Ints

__all__ = ["Dispatched", "dispatch"]

_LATE_CELLS = 2  # how much later than meant a group may leave, before somebody else takes its place
_TRIED = 24  # ways from each zone, of most use, by which people may leave earlier than meant
_ROUNDS = 2  # of letting people leave earlier; each frees room for others


@dataclass(frozen=True, eq=False)
class Dispatched:
    """A plan that can be done, step by step.

    ways : zone, host and chains of `part`; sent : int64[n_ways, n_steps]; way_cost : int64[n_ways, n_steps]
    load : int64[n_chains, n_steps], persons who enter each chain; taken_in : int64[n_hosts, n_steps]
    at_home : int64[n_zones, n_steps], ready and not gone at the end of each step's departures
    """

    part: Reduced
    zone: Ints
    host: list[int]
    chains: list[tuple[int, ...]]
    sent: Ints
    way_cost: Ints
    load: Ints
    taken_in: Ints
    at_home: Ints
    objective: int

    def routes(self, problem: Problem) -> tuple[tuple[Route, ...], Departures]:
        """Routes in use, and departures by zone, step and route, as `routes_of` orders them."""
        way, step = np.nonzero(self.sent)
        used = np.unique(way)
        width = len(str(len(used)))
        routes = tuple(
            route_over(
                problem,
                self.part,
                f"r{number:0{width}}",
                int(self.zone[w]),
                self.host[w],
                list(self.chains[w]),
            )
            for number, w in enumerate(used.tolist(), start=1)
        )
        number = np.searchsorted(used, way)
        order = np.lexsort((number, step, self.zone[way]))
        return routes, Departures(
            route=number[order], step=step[order], persons=self.sent[way[order], step[order]]
        )


def dispatch(problem: Problem, part: Reduced, grid: Grid, found: Condensed) -> Dispatched:
    """Send people off by the ways of a flow over intervals, as many by each as it says, in single steps."""
    timing = problem.timing
    n_steps, n_ways = timing.n_steps, len(found.way_zone)
    order = np.argsort(np.array(found.way_zone, np.int64), kind="stable")
    place = np.empty(n_ways, np.int64)
    place[order] = np.arange(n_ways)
    zone = np.array(found.way_zone, np.int64)[order]
    host = np.array(found.way_host, np.int64)[order]
    chains = [found.way_chains[way] for way in order.tolist()]
    first = np.concatenate([[0], np.cumsum([len(each) for each in chains], dtype=np.int64)]).astype(np.int64)
    flat = np.array([chain for each in chains for chain in each], np.int64)
    passed = np.concatenate([[0], np.cumsum(part.steps[flat])])
    entry = passed[:-1] - np.repeat(passed[first[:-1]], np.diff(first))
    arrival = passed[first[1:]] - passed[first[:-1]]
    ways = (
        first,
        flat,
        entry,
        arrival,
        host,
        part.capacity_of,
        part.capacities,
        np.where(problem.host_open, timing.intake, 0),
    )
    sent = np.zeros((n_ways, n_steps), np.int64)
    at_home = np.cumsum(timing.newly_ready, axis=1)
    taken_in = np.zeros(problem.host_open.shape, np.int64)
    state = (np.zeros((len(part.tail), n_steps), np.int64), taken_in, timing.beds.copy(), sent, at_home)
    # Whoever must keep to a moment goes first: a boat sails with those who come in that very step.
    taken = found.taken[np.lexsort((found.taken[:, 2], found.taken[:, 3] - found.taken[:, 2]))]
    rows = np.column_stack([place[taken[:, 0]], taken[:, 2:5]])
    send_off(rows, zone, *ways, *state)
    rows = rows[rows[:, 3] > 0]
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    rows[:, 2] = rows[:, 1] + _LATE_CELLS * int(np.diff(grid.cells).max())
    send_off(rows, zone, *ways, *state)
    waited = np.concatenate(
        [np.zeros((len(timing.people), 1), np.int64), np.cumsum(timing.wait_cost, axis=1)], axis=1
    )
    way_cost = _costs(problem, part, first, flat, entry, arrival, host)
    zone_first = np.searchsorted(zone, np.arange(len(timing.people) + 1))
    wanted = np.bincount(place[taken[:, 0]], weights=taken[:, 4], minlength=n_ways)
    by_use = np.lexsort((-wanted, zone))
    tried = np.zeros(n_ways, bool)
    tried[by_use] = np.arange(n_ways) - zone_first[zone[by_use]] < _TRIED
    for _ in range(_ROUNDS):
        if not pull_forward(waited, timing.left_cost, way_cost, tried, zone_first, *ways, *state):
            break
    objective = exact_sum(sent, way_cost) + exact_sum(at_home, timing.wait_cost)
    objective += timing.left_cost * int(at_home[:, -1].sum() + timing.late.sum())
    return Dispatched(
        part, zone, host.tolist(), chains, sent, way_cost, state[0], taken_in, at_home, objective
    )


def _costs(
    problem: Problem, part: Reduced, first: Ints, chains: Ints, entry: Ints, arrival: Ints, host: Ints
) -> Ints:
    """What leaving by each way in each step costs: int64[n_ways, n_steps]; 0 where it ends too late."""
    n_steps = problem.timing.n_steps
    cost = np.zeros((len(host), n_steps), np.int64)
    for way in range(len(host)):
        ahead = max(0, n_steps - int(arrival[way]))
        for i in range(first[way], first[way + 1]):
            chain, later = chains[i], int(entry[i])
            cost[way, :ahead] += part.flat_cost[chain]
            if part.cost_of[chain] >= 0:
                cost[way, :ahead] += part.costs[part.cost_of[chain], later : later + ahead]
        if problem.arrival_cost is not None:
            cost[way, :ahead] += problem.arrival_cost[host[way], int(arrival[way]) :]
    return cost
