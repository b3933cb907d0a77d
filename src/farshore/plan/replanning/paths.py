"""Routes of a plan as flat arrays of arcs and steps, and where their last legs begin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from farshore.results.outcome import Route
from farshore.scenario.timing import Ints, Timing

__all__ = ["Paths", "last_leg", "paths_of"]


@dataclass(frozen=True, eq=False)
class Paths:
    """Ways as flat arrays: arcs of way p are arc[first[p]:first[p + 1]], entered `entry` steps after leaving.

    arrival : steps after leaving at which the host is reached; host : its row
    """

    first: Ints
    arc: Ints
    entry: Ints
    arrival: Ints
    host: Ints

    def arcs_of(self, path: int) -> Ints:
        """Arcs of a way."""
        return self.arc[self.first[path] : self.first[path + 1]]


def last_leg(route: Route) -> tuple[int, int]:
    """Where a route's last unbroken part begins: index of its first link, and steps after departure."""
    if not route.halts:
        return 0, 0
    before = route.halts[-1].before
    return before, route.entry_steps[before] if before < len(route.links) else route.arrival_steps


def paths_of(
    timing: Timing, host_row: Mapping[str, int], routes: Iterable[Route], *, legs: bool = False
) -> Paths:
    """Routes as flat arrays; with `legs` only the last leg of each, its steps from the leg's beginning."""
    arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
    first, arcs, entries, arrivals, hosts = [0], [], [], [], []
    for route in routes:
        begin, later = last_leg(route) if legs else (0, 0)
        arcs += [arc_row[link] for link in route.links[begin:]]
        entries += [entry - later for entry in route.entry_steps[begin:]]
        arrivals.append(route.arrival_steps - later)
        hosts.append(host_row[route.host_id])
        first.append(len(arcs))
    return Paths(*(np.array(column, np.int64) for column in (first, arcs, entries, arrivals, hosts)))
