"""Intervals of steps: one row of them for all nodes, which each node sees from when people can be there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR, labels_from
from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import Ints

__all__ = ["Grid", "first_grid"]


@dataclass(frozen=True, eq=False)
class Grid:
    """Interval j of a node covers the steps [offset + bounds[j], offset + bounds[j + 1]).

    bounds : int64[n_intervals + 1], from 0 to the number of steps
    offset : int64[n_nodes], rows of the nodes table: the fewest steps from any zone's node to it
    """

    bounds: Ints
    offset: Ints

    @property
    def n_intervals(self) -> int:
        """How many there are."""
        return len(self.bounds) - 1

    @property
    def centres(self) -> npt.NDArray[np.float64]:
        """Mean of the steps in each interval, from the offset."""
        return (self.bounds[:-1] + self.bounds[1:] - 1) / 2

    def split(self, worth: npt.NDArray[np.float64], *, share: float, parts: int) -> "Grid":
        """Cut the intervals that hold most of something, until the given share of it is in cut ones.

        worth : float64[n_intervals], ≥ 0; parts : into how many, where there are as many steps
        """
        length = np.diff(self.bounds)
        worth = np.where(length > 1, worth, 0.0)
        order = np.argsort(-worth, kind="stable")
        before = np.concatenate([[0.0], np.cumsum(worth[order])[:-1]])
        chosen = order[(before < share * worth.sum()) & (worth[order] > 0)]
        cuts = [
            low + np.arange(1, parts) * (high - low) // parts
            for low, high in zip(self.bounds[chosen].tolist(), self.bounds[chosen + 1].tolist(), strict=True)
        ]
        return Grid(np.unique(np.concatenate([self.bounds, *cuts])), self.offset)


def first_grid(problem: Problem, reduced: Reduced, *, step_s: int) -> Grid:
    """Intervals of about so many seconds, cut besides where something opens or closes at a crossing or a host.

    A node's offset makes an interval at home, and all that leaves within it by shortest ways, one interval
    everywhere: people who keep together stay in step, as long as nothing makes them go another way.
    """
    timing = problem.timing
    start = np.full(len(reduced.node), FAR, np.int64)
    start[reduced.zone_node[reduced.zone_node >= 0]] = 0
    label, _ = labels_from(len(reduced.node), reduced.tail, reduced.head, reduced.steps, start)
    offset = np.zeros(timing.n_nodes, np.int64)
    offset[reduced.node] = np.where(label < FAR, label, 0)
    length = max(1, step_s // timing.step_s)
    crossings = np.flatnonzero(timing.crossing_row >= 0)
    arcs, changed = _changes(timing.capacities[timing.capacity_of[crossings]] > 0, length)
    hosts, opened = _changes(problem.host_open, length)
    bounds = np.unique(
        np.concatenate(
            [
                np.arange(0, timing.n_steps, length),
                [timing.n_steps],
                changed - offset[timing.tail[crossings[arcs]]],
                opened - offset[timing.host_node[hosts]],
            ]
        )
    )
    return Grid(bounds[(bounds >= 0) & (bounds <= timing.n_steps)], offset)


def _changes(is_open: npt.NDArray[np.bool_], length: int) -> tuple[Ints, Ints]:
    """Rows, and steps at which they open or close for at least so many steps: ferries sail now and then."""
    rows, steps = np.nonzero(np.diff(is_open.astype(np.int8), axis=1) != 0)
    steps = steps + 1
    soon = np.append((rows[1:] == rows[:-1]) & (steps[1:] - steps[:-1] < length), False)[: len(rows)]
    lasting = ~soon & ~np.concatenate([[False], soon])[: len(rows)]
    return rows[lasting].astype(np.int64), steps[lasting].astype(np.int64)
