"""Times at which each node tells steps apart: cells at home, finer on the road where people go in bursts."""

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
    """Cell j of a node covers the steps [offset + cells[j], offset + cells[j + 1]); cuts divide it further.

    cells : int64[n_cells + 1], from 0 to the number of steps
    offset : int64[n_nodes], rows of the nodes table: the fewest steps from any zone's node to it
    cuts : int64[n], steps from the offset at which nodes on the road, not homes, tell apart more than cells
    bursts : int64[n], steps at which crossings begin or cease to take people for a moment: cuts to be made
    """

    cells: Ints
    offset: Ints
    cuts: Ints
    bursts: Ints

    @property
    def n_cells(self) -> int:
        """How many there are."""
        return len(self.cells) - 1

    @property
    def centres(self) -> npt.NDArray[np.float64]:
        """Mean of the steps in each cell, from the offset."""
        return (self.cells[:-1] + self.cells[1:] - 1) / 2

    def cell_of(self, since_offset: Ints) -> Ints:
        """The cell in which steps lie, counted from an offset."""
        return np.searchsorted(self.cells, np.clip(since_offset, 0, self.cells[-1] - 1), side="right") - 1

    def bounds_of(self, is_home: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Where intervals begin and end: those of node i are bounds[first[i]:first[i + 1]]."""
        fine = np.union1d(self.cells, self.cuts)
        first = np.concatenate([[0], np.cumsum(np.where(is_home, len(self.cells), len(fine)))])
        each = [self.cells if home else fine for home in is_home.tolist()]
        return first.astype(np.int64), np.concatenate([np.empty(0, np.int64), *each])

    def refined(self, worth: npt.NDArray[np.float64], *, share: float) -> "Grid":
        """Refine the cells that hold most of something, until the given share of it is in them.

        worth : float64[n_cells], ≥ 0. A cell with bursts is cut at them on the road; another in four.
        """
        open_bursts = np.setdiff1d(self.bursts, self.cuts)
        with_bursts = np.zeros(self.n_cells, bool)
        with_bursts[self.cell_of(open_bursts)] = True
        worth = np.where((np.diff(self.cells) > 1) | with_bursts, worth, 0.0)
        order = np.argsort(-worth, kind="stable")
        before = np.concatenate([[0.0], np.cumsum(worth[order])[:-1]])
        chosen = np.zeros(self.n_cells, bool)
        chosen[order[(before < share * worth.sum()) & (worth[order] > 0)]] = True
        low, length = self.cells[:-1][chosen & ~with_bursts], np.diff(self.cells)[chosen & ~with_bursts]
        quarters = (low[:, None] + np.arange(1, 4) * length[:, None] // 4).ravel()
        cuts = open_bursts[chosen[self.cell_of(open_bursts)]]
        return Grid(np.union1d(self.cells, quarters), self.offset, np.union1d(self.cuts, cuts), self.bursts)


def first_grid(problem: Problem, reduced: Reduced, *, step_s: int) -> Grid:
    """Cells of about so many seconds, cut besides where something opens or closes at a crossing or a host.

    A node's offset makes a cell at home, and all that leaves within it by shortest ways, one cell everywhere:
    people who keep together stay in step, as long as nothing makes them go another way. Crossings that take
    people in bursts, as ferries do, are noted: a boat can only be filled by who comes in the step in which it
    sails, and who lands together goes on together.
    """
    timing = problem.timing
    start = np.full(len(reduced.node), FAR, np.int64)
    start[reduced.zone_node[reduced.zone_node >= 0]] = 0
    label, _ = labels_from(len(reduced.node), reduced.tail, reduced.head, reduced.steps, start)
    offset = np.zeros(timing.n_nodes, np.int64)
    offset[reduced.node] = np.where(label < FAR, label, 0)
    length = max(1, step_s // timing.step_s)
    chains = np.unique(reduced.chain_of_link()[timing.crossing_row[reduced.links] >= 0])
    rows, changed, bursts = _changes(reduced.capacities[reduced.capacity_of[chains]] > 0, length)
    hosts, opened, _ = _changes(problem.host_open, length)
    tail, head = reduced.node[reduced.tail[chains]], reduced.node[reduced.head[chains]]
    cells = np.unique(
        np.concatenate(
            [
                np.arange(0, timing.n_steps, length),
                [timing.n_steps],
                (changed - offset[tail[rows]])[~bursts],
                opened - offset[timing.host_node[hosts]],
            ]
        )
    )
    lands = changed + reduced.steps[chains[rows]] - offset[head[rows]]
    both = np.concatenate([changed - offset[tail[rows]], lands])[np.tile(bursts, 2)]
    none = np.empty(0, np.int64)
    within = (both > 0) & (both < timing.n_steps)
    return Grid(cells[(cells >= 0) & (cells <= timing.n_steps)], offset, none, np.unique(both[within]))


def _changes(is_open: npt.NDArray[np.bool_], length: int) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Rows, steps at which they open or close, and whether the other change is so near."""
    rows, steps = np.nonzero(np.diff(is_open.astype(np.int8), axis=1) != 0)
    steps = steps + 1
    soon = np.append((rows[1:] == rows[:-1]) & (steps[1:] - steps[:-1] < length), False)[: len(rows)]
    late = np.concatenate([[False], soon])[: len(rows)]
    return rows.astype(np.int64), steps.astype(np.int64), soon | late
