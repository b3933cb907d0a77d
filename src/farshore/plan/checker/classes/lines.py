"""Lines: on which arcs a fleet that keeps to some stops may carry people."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from farshore.plan.checker.classes.quickest import graph_of, seconds_from
from farshore.plan.checker.classes.rooms import Rooms
from farshore.plan.checker.problem import Problem

__all__ = ["roads_of_line"]

Flags = npt.NDArray[np.bool_]


def roads_of_line(problem: Problem, rooms: Rooms, by_bus: Flags, stops: Iterable[int]) -> Flags:
    """Arcs on a way between two stops that takes little longer than the quickest, in any step: bool[n_arcs].

    by_bus : bool[n_arcs], arcs on which buses go; stops : nodes
    """
    network, n_nodes = problem.network, len(problem.scenario.nodes)
    factor = problem.scenario.parameter("bus_detour_factor")
    found = np.zeros(len(by_bus), bool)
    seen: set[bytes] = set()
    for k in range(problem.clock.n_steps):
        is_open = by_bus & rooms.bus[rooms.row, k]
        if is_open.tobytes() in seen:
            continue
        seen.add(is_open.tobytes())
        arcs = np.flatnonzero(is_open)
        tail, head, travel_s = network.tail[arcs], network.head[arcs], network.travel_s[arcs]
        graph = graph_of(tail, head, travel_s, n_nodes)
        back = {stop: seconds_from(csr_array(graph.T), stop) for stop in stops}
        for here in stops:
            away = seconds_from(graph, here)
            so_far = away[tail] + travel_s
            for there in stops:
                if there != here and np.isfinite(away[there]):
                    found[arcs] |= so_far + back[there][head] <= factor * away[there] + 1e-6
    return found
