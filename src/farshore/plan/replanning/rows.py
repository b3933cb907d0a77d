"""Routes and departures of the new plan as they come together: names for ways, persons for departures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from farshore.plan.replanning.groups import Waiting
from farshore.plan.replanning.part import Way
from farshore.results.outcome import Departures, Outcome, Route
from farshore.scenario.timing import Timing

__all__ = ["Rows"]


class Rows:
    """Departures by route and step; routes of the old plan keep their names, new ones are numbered on."""

    def __init__(self, old: Outcome, timing: Timing) -> None:
        self._old, self._timing = old, timing
        self._arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
        self._known = {_key(route): route for route in old.routes}
        digits = [route.route_id.lstrip("r") for route in old.routes]
        numbers = [int(text) for text in digits if text.isdecimal()]
        self._next, self._width = max(numbers, default=0) + 1, max(map(len, digits), default=1)
        self._from_home: dict[Way, Route] = {}
        self._routes: dict[str, Route] = {}
        self._persons: defaultdict[tuple[str, int], int] = defaultdict(int)

    def add(self, route: Route, step: int, persons: int) -> None:
        """So many more leave by a route in a step."""
        self._routes[route.route_id] = route
        self._persons[route.route_id, step] += persons

    def tables(self) -> tuple[tuple[Route, ...], Departures]:
        """Routes in the order of their names, departures by zone, step and route."""
        zone_row = self._old.scenario.zones.position()
        names = sorted(self._routes, key=lambda name: (len(name), name))
        index = {name: number for number, name in enumerate(names)}
        zone_of = {name: zone_row[route.zone_id] for name, route in self._routes.items()}
        table = sorted(
            (zone_of[name], step, index[name], persons) for (name, step), persons in self._persons.items()
        )
        columns = np.array(table, np.int64).reshape(-1, 4).T
        routes = tuple(self._routes[name] for name in names)
        return routes, Departures(columns[2].copy(), columns[1].copy(), columns[3].copy())

    def from_home(self, way: Way) -> Route:
        """The route of those who leave home by a way."""
        if way not in self._from_home:
            entries, arrival = self._along(way.arcs)
            zones, hosts = self._old.scenario.zones, self._old.scenario.hosts
            self._from_home[way] = self._named(
                Route(
                    route_id="",
                    zone_id=str(zones.zone_id[way.origin]),
                    host_id=str(hosts.host_id[way.host]),
                    links=tuple(self._timing.arc_ids[arc] for arc in way.arcs),
                    entry_steps=entries,
                    arrival_steps=arrival,
                    length_m=self._length_m(way.arcs),
                    free_flow_s=int(self._timing.travel_s[list(way.arcs)].sum()),
                )
            )
        return self._from_home[way]

    def onward(self, waiting: Waiting, way: Way, step: int) -> Route:
        """The whole route of those who have halted: as far as they came, the halt, and the way on."""
        so_far, later = waiting.so_far, step - waiting.step
        entries, arrival = self._along(way.arcs)
        arcs = [*(self._arc_row[code] for code in so_far.links), *way.arcs]
        return self._named(
            Route(
                route_id="",
                zone_id=so_far.zone_id,
                host_id=str(self._old.scenario.hosts.host_id[way.host]),
                links=(*so_far.links, *(self._timing.arc_ids[arc] for arc in way.arcs)),
                entry_steps=(*so_far.entry_steps, *(later + entry for entry in entries)),
                arrival_steps=later + arrival,
                length_m=self._length_m(arcs),
                free_flow_s=int(self._timing.travel_s[arcs].sum()),
                halts=so_far.halts,
            )
        )

    def _length_m(self, arcs: Sequence[int]) -> float:
        return float(self._old.scenario.links.length[self._timing.link_row[list(arcs)]].sum())

    def _along(self, arcs: Sequence[int]) -> tuple[tuple[int, ...], int]:
        """Steps after leaving at which each arc is entered, and the last is left."""
        passed = np.concatenate([[0], np.cumsum(self._timing.steps[list(arcs)])]).astype(np.int64).tolist()
        return tuple(passed[:-1]), passed[-1]

    def _named(self, route: Route) -> Route:
        """The same route under its own name."""
        key = _key(route)
        if key not in self._known:
            self._known[key] = replace(route, route_id=f"r{self._next:0{self._width}}")
            self._next += 1
        return self._known[key]


def _key(route: Route) -> tuple[object, ...]:
    return (route.zone_id, route.host_id, route.links, route.entry_steps, route.arrival_steps, route.halts)
