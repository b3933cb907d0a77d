"""Lines: the roads on which a fleet that keeps to some stops may carry people between them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR, labels_from
from farshore.plan.classes.ground import NUDGE, Ground
from farshore.scenario.clock import Ints

__all__ = ["roads_of_line"]

Flags = npt.NDArray[np.bool_]

_AT_ONCE: Final = 1 << 24  # numbers in a table of ways by pairs of stops


def roads_of_line(ground: Ground, stops: Ints) -> Flags:
    """Arcs on a way between two stops that is hardly longer than the quickest, in any step: bool[n_arcs].

    stops : nodes; the ways are those that buses find open in a step
    A bus that might go any way would carry people round in safety until their ferry goes.
    """
    timing, found = ground.timing, np.zeros(len(ground.timing.tail), bool)
    rows, row_of = np.unique(ground.bus_of, return_inverse=True)
    for pattern in np.unique(ground.opens[rows], axis=1).T:
        arcs = np.flatnonzero(pattern[row_of] > 0)
        tail, head, travel_s = timing.tail[arcs], timing.head[arcs], timing.travel_s[arcs]
        away, back = (
            _seconds(timing.n_nodes, *ends, travel_s, stops) for ends in ((tail, head), (head, tail))
        )
        quickest = away[:, stops]
        longest = ground.scenario.parameter("bus_detour_factor") * quickest + NUDGE
        longest[(quickest == FAR) | np.eye(len(stops), dtype=bool)] = -1.0
        at_once = max(1, _AT_ONCE // max(1, len(stops) * len(arcs)))
        for first in range(0, len(stops), at_once):
            some = slice(first, first + at_once)
            total = away[some, None, tail] + travel_s + back[None, :, head]
            found[arcs] |= (total <= longest[some, :, None]).any(axis=(0, 1))
    return found


def _seconds(n_nodes: int, tail: Ints, head: Ints, travel_s: Ints, starts: Ints) -> Ints:
    """By the quickest way from each of some nodes to every node: int64[n_starts, n_nodes], FAR for none."""
    start = np.full((len(starts), n_nodes), FAR, np.int64)
    start[np.arange(len(starts)), starts] = 0
    return np.array([labels_from(n_nodes, tail, head, travel_s, each)[0] for each in start])
