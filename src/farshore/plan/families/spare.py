"""Spare room: what a plan leaves free on roads, at hosts and among beds, and the cheapest way to use it."""

from collections.abc import Sequence

import numpy as np

from farshore.results.outcome import Route
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, Timing

__all__ = ["Spare", "summed"]

_NEVER = -1  # room in a step in which a route cannot be taken at all


class Spare:
    """Room left by departures on some routes."""

    def __init__(
        self,
        timing: Timing,
        arc: Ints,
        entry: Ints,
        first: Ints,
        arrival: Ints,
        host: Ints,
        zone: Sequence[int],
        route: Ints,
        step: Ints,
        persons: Ints,
    ) -> None:
        """Count departures in: route, step, persons are int64[n_departures].

        first, arc, entry : arcs of route p are arc[first[p]:first[p + 1]], entered so many steps later
        arrival, host, zone : of each route; a zone is a row of `timing.newly_ready`
        Held are the arcs of the routes only: int64[n_arcs_used, n_steps].
        """
        self.timing = timing
        self.rows, number = np.unique(arc, return_inverse=True)
        spans = [slice(a, b) for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)]
        self.arcs = [number[span] for span in spans]
        self.entries = [entry[span] for span in spans]
        self.arrival, self.host, self.zone = arrival.tolist(), host.tolist(), list(zone)
        self.on_arc = timing.capacities[timing.capacity_of[self.rows]].copy()
        self.at_host = timing.intake.copy()
        self.beds = timing.beds.astype(np.int64).copy()
        self.left = np.zeros(timing.newly_ready.shape, np.int64)
        self.room: dict[int, Ints] = {}  # by route, as it was last looked at
        self.cost: dict[int, Ints] = {}
        for row in range(len(route)):
            self._occupy(int(route[row]), int(step[row]), int(persons[row]))

    @classmethod
    def on_routes(
        cls,
        scenario: Scenario,
        timing: Timing,
        routes: Sequence[Route],
        route: Ints,
        step: Ints,
        persons: Ints,
    ) -> "Spare":
        """Room left by departures on the routes of a whole plan."""
        arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
        zone_row, host_row = scenario.zones.position(), scenario.hosts.position()
        lengths = [len(each.links) for each in routes]
        return cls(
            timing,
            np.array([arc_row[link] for each in routes for link in each.links], np.int64),
            np.array([entry for each in routes for entry in each.entry_steps], np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([each.arrival_steps for each in routes], np.int64),
            np.array([host_row[each.host_id] for each in routes], np.int64),
            [zone_row[each.zone_id] for each in routes],
            route,
            step,
            persons,
        )

    def costs(self, route: int) -> Ints:
        """What one person costs who leaves by a route in each step, waiting and travel: int64[n_steps]."""
        if route not in self.cost:
            self.cost[route] = self._costs(route)
        return self.cost[route]

    def better(self, routes: Sequence[int], persons: int, *, than: tuple[int, int]) -> tuple[int, int] | None:
        """A cheaper (route, step) for so many who leave by `than`, taken in its place; None if there is none.

        routes : of their zone, by number
        """
        self._occupy(*than, -persons)
        found = self.take(routes, persons)
        if found is not None and self.costs(found[0])[found[1]] < self.costs(than[0])[than[1]]:
            self.room.clear()  # there is more room now than was seen
            return found
        if found is not None:
            self._occupy(*found, -persons)
        self._occupy(*than, persons)
        return None

    def take(self, routes: Sequence[int], persons: int, *, since: int = 0) -> tuple[int, int] | None:
        """The cheapest (route, step) for so many who leave together, taken at once; None if there is none.

        routes : of one zone, by number; since : the first step in which they can leave
        """
        if not routes:
            return None
        zone = self.zone[routes[0]]
        ready = np.cumsum(self.timing.newly_ready[zone] - self.left[zone])
        there = np.minimum.accumulate(ready[::-1])[::-1]  # who may go and leave nobody unready later
        there[:since] = 0
        tried = {}
        for each in routes:
            if found := self._best(each, there, persons):
                tried[each] = found
        while tried:
            route = min(tried, key=lambda each: (*tried[each], each))
            step = tried[route][1]
            self.room[route] = self._room(route)
            if self.room[route][step] >= persons:
                self._occupy(route, step, persons)
                return route, step
            found = self._best(route, there, persons)
            if found:
                tried[route] = found
            else:
                del tried[route]
        return None

    def _best(self, route: int, there: Ints, persons: int) -> tuple[int, int] | None:
        """(cost, step) of the cheapest departure that seems to have room."""
        if route not in self.room:
            self.room[route] = self._room(route)
        fits = np.flatnonzero((self.room[route] >= persons) & (there >= persons))
        if not len(fits):
            return None
        costs = self.costs(route)[fits]
        at = int(np.argmin(costs))
        return int(costs[at]), int(fits[at])

    def _room(self, route: int) -> Ints:
        """Persons who can still leave in each step: int64[n_steps]."""
        n_steps, arrival, host = self.timing.n_steps, self.arrival[route], self.host[route]
        room = np.full(n_steps, _NEVER, np.int64)
        count = n_steps - arrival
        if count <= 0:
            return room
        free = np.minimum(self.at_host[host, arrival:], self.beds[host])
        for arc, entry in zip(self.arcs[route].tolist(), self.entries[route].tolist(), strict=True):
            np.minimum(free, self.on_arc[arc, entry : entry + count], out=free)
        room[:count] = free
        return room

    def _costs(self, route: int) -> Ints:
        timing, zone, count = self.timing, self.zone[route], self.timing.n_steps - self.arrival[route]
        waited = np.cumsum(timing.wait_cost[zone]) - timing.wait_cost[zone]
        costs: Ints = waited.astype(np.int64)
        for at, entry in zip(self.arcs[route].tolist(), self.entries[route].tolist(), strict=True):
            arc = int(self.rows[at])
            profile = int(timing.cost_of[arc])
            if profile < 0:
                costs += timing.flat_cost[arc]
            elif count > 0:
                costs[:count] += timing.costs[profile, entry : entry + count]
        return costs

    def _occupy(self, route: int, step: int, persons: int) -> None:
        self.on_arc[self.arcs[route], step + self.entries[route]] -= persons
        self.at_host[self.host[route], step + self.arrival[route]] -= persons
        self.beds[self.host[route]] -= persons
        self.left[self.zone[route], step] += persons


def summed(route: Ints, step: Ints, persons: Ints) -> tuple[Ints, Ints, Ints]:
    """Departures of households: route, step and persons of each, int64[n_departures] three times."""
    keys, group = np.unique(np.stack([route, step]), axis=1, return_inverse=True)
    total = np.zeros(keys.shape[1], np.int64)
    np.add.at(total, group.ravel(), persons)
    return keys[0], keys[1], total
