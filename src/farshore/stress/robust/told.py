"""Instructions as arrays: who leaves by which way when, what that costs, and where it leaves people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.kernels.standing import costs_along
from farshore.plan.model import Problem
from farshore.plan.replanning.paths import Paths, paths_of
from farshore.plan.routes import objective_of
from farshore.results.outcome import Departures, Route
from farshore.scenario.timing import Ints

__all__ = ["Told", "merged"]


@dataclass(frozen=True, eq=False)
class Told:
    """Instructions for everybody, as a plan has them; who is in none stays."""

    routes: tuple[Route, ...]
    departures: Departures

    def paths(self, problem: Problem) -> Paths:
        """The routes as flat arrays."""
        return paths_of(problem.timing, problem.scenario.hosts.position(), self.routes)

    def zones(self, problem: Problem) -> Ints:
        """Zone of each route: int64[n_routes]."""
        row = problem.scenario.zones.position()
        return np.array([row[route.zone_id] for route in self.routes], np.int64)

    def leaving(self, problem: Problem) -> Ints:
        """Who leaves each zone in each step: int64[n_zones, n_steps]."""
        leaving = np.zeros(problem.timing.newly_ready.shape, np.int64)
        moves = self.departures
        if len(moves.route):
            np.add.at(leaving, (self.zones(problem)[moves.route], moves.step), moves.persons)
        return leaving

    def cost(self, problem: Problem) -> int:
        """The objective of docs/model.md where nothing is lost."""
        return objective_of(problem, self.routes, self.departures)[0]


def way_costs(problem: Problem, paths: Paths, path: Ints, depart: Ints) -> Ints:
    """What the links of each group's way cost per person: int64[n_groups]."""
    timing = problem.timing
    return costs_along(
        paths.first, paths.arc, paths.entry, path, depart,
        timing.flat_cost, timing.cost_of, timing.costs,
        np.full(len(timing.tail), -1, np.int64), np.zeros((1, timing.n_steps), np.int64),
    )  # fmt: skip


def merged(zone_row: Mapping[str, int], parts: Sequence[Told]) -> Told:
    """Instructions of several, together: who leaves a zone by the same way in the same step is one group.

    Routes are numbered zone by zone in the order in which they are first used; departures are sorted by zone,
    step and route.
    """
    ways: dict[tuple[str, str, tuple[str, ...]], Route] = {}
    groups: dict[tuple[int, int, tuple[str, str, tuple[str, ...]]], int] = {}
    for part in parts:
        moves = part.departures
        for number, step, persons in zip(
            moves.route.tolist(), moves.step.tolist(), moves.persons.tolist(), strict=True
        ):
            route = part.routes[number]
            key = (route.zone_id, route.host_id, route.links)
            ways.setdefault(key, route)
            place = (zone_row[route.zone_id], step, key)
            groups[place] = groups.get(place, 0) + persons
    order = sorted(groups)
    width = len(str(len(ways)))
    numbered: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for _, _, key in order:
        numbered.setdefault(key, len(numbered))
    routes = tuple(replace(ways[key], route_id=f"r{number + 1:0{width}}") for key, number in numbered.items())
    rows = sorted((zone, step, numbered[key], groups[zone, step, key]) for zone, step, key in order)
    table = np.array(rows, np.int64).reshape(-1, 4)
    _, step, route, persons = (np.ascontiguousarray(column) for column in table.T)
    return Told(routes, Departures(route=route, step=step, persons=persons))
