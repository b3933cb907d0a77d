"""What no choice of roads can cost less than, in whole numbers, with the tree that proves it.

Each plan's prices bound the cost of every choice by a linear function. Whole weights on these bounds give one
such function, whose least value over all choices is found by taking what is worth most (choices of at most so
many roads, one way each, are the independent sets of a matroid). Branching on one choice at a time makes the
bound as good as wanted: Land, A. H. & Doig, A. G. (1960), An automatic method of solving discrete programming
problems. Econometrica 28.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog

__all__ = ["proven_choice_bound"]

_NODES: Final = 200
_WEIGHT: Final = 1 << 20  # what whole weights add up to, about


@dataclass
class _Node:
    """A part of all choices: those with the options `taken` and without those `left`."""

    taken: frozenset[int]
    left: frozenset[int]
    weights: list[tuple[int, int]] = field(default_factory=list)
    bound: int = 0
    branch: int = -1
    children: "tuple[_Node, _Node] | None" = None

    def told(self) -> dict[str, Any]:
        """For the proof: an option and the two parts with and without it, or weights by cut."""
        if self.children is None:
            return {"weights": [list(pair) for pair in self.weights]}
        with_it, without = self.children
        return {"branch": self.branch, "with": with_it.told(), "without": without.told()}


def proven_choice_bound(
    constant: Sequence[int], worth: Sequence[Sequence[int]], roads: Sequence[int], limit: int, *, goal: int
) -> tuple[int, dict[str, Any]]:
    """A bound on the cost of every choice, and its tree.

    constant : by cut; worth : by cut and option, whole numbers; roads : the road of each option, of which one
    option at most is chosen; goal : a bound that is good enough
    """
    made = _Search(constant, worth, roads, limit)
    root = made.solved(_Node(frozenset(), frozenset()))
    open_nodes = [(root.bound, 0, root)]
    count = 1
    while open_nodes[0][0] < goal and count < _NODES:
        bound, number, node = heapq.heappop(open_nodes)
        if node.branch < 0:  # nothing is left to branch on
            heapq.heappush(open_nodes, (bound, number, node))
            break
        road = {i for i, other in enumerate(roads) if other == roads[node.branch]} - {node.branch}
        with_it = _Node(node.taken | {node.branch}, node.left | road)
        without = _Node(node.taken, node.left | {node.branch})
        node.children = made.solved(with_it), made.solved(without)
        for child in node.children:
            count += 1
            heapq.heappush(open_nodes, (max(child.bound, bound), count, child))
    return open_nodes[0][0] if open_nodes else goal, root.told()


class _Search:
    """The bounds on all choices, and the parts solved."""

    def __init__(
        self, constant: Sequence[int], worth: Sequence[Sequence[int]], roads: Sequence[int], limit: int
    ) -> None:
        self.constant, self.worth = [int(c) for c in constant], [[int(w) for w in row] for row in worth]
        self.roads, self.limit = list(roads), limit
        self.useful = [i for i in range(len(self.roads)) if any(row[i] > 0 for row in self.worth)]

    def solved(self, node: _Node) -> _Node:
        """Find weights for a part by a linear program, and the bound that they prove, exactly."""
        free = [i for i in self.useful if i not in node.left]
        cuts, n = len(self.constant), len(free)
        scale = max(1.0, float(max(map(abs, self.constant))))
        table = np.array([[self.worth[j][i] for i in free] for j in range(cuts)], np.float64).reshape(cuts, n)
        groups = sorted({self.roads[i] for i in free})
        at_most = np.zeros((1 + len(groups), n + 1))
        at_most[0, :n] = 1.0
        for row, road in enumerate(groups, 1):
            at_most[row, :n] = [self.roads[i] == road for i in free]
        # cost ≥ constant − Σ worth · chosen, by each plan's prices
        rows = np.vstack([np.column_stack([-table / scale, -np.ones(cuts)]), at_most])
        right = np.concatenate(
            [-np.array(self.constant, np.float64) / scale, [self.limit], np.ones(len(groups))]
        )
        bounds = [(1.0 if i in node.taken else 0.0, 1.0) for i in free]
        found = linprog(
            np.append(np.zeros(n), 1.0), A_ub=rows, b_ub=right, bounds=[*bounds, (None, None)], method="highs"
        )
        if not found.success:  # nothing can be chosen in this part
            node.weights = [(0, 1)]
            node.bound = 1 << 62 if len(node.taken) > self.limit else self.least(node)
            return node
        duals = -np.asarray(found.ineqlin.marginals)[:cuts]
        whole = [(j, round(float(dual) * _WEIGHT)) for j, dual in enumerate(duals.tolist())]
        node.weights = [(j, weight) for j, weight in whole if weight > 0] or [(0, 1)]
        node.bound = self.least(node)
        chosen = np.asarray(found.x, np.float64)[:n].tolist()
        part = [(abs(x - 0.5), i) for x, i in zip(chosen, free, strict=True) if 1e-6 < x < 1 - 1e-6]
        node.branch = min(part)[1] if part else -1
        return node

    def least(self, node: _Node) -> int:
        """The least of the weighted bounds over all choices of a part, rounded up: costs are whole."""
        total = sum(weight for _, weight in node.weights)
        value = sum(weight * self.constant[j] for j, weight in node.weights)
        each = [sum(weight * self.worth[j][i] for j, weight in node.weights) for i in range(len(self.roads))]
        value -= sum(each[i] for i in node.taken)
        taken = {self.roads[i] for i in node.taken}
        best: dict[int, int] = {}
        for i, road in enumerate(self.roads):
            if i not in node.left and i not in node.taken and road not in taken and each[i] > 0:
                best[road] = max(best.get(road, 0), each[i])
        value -= sum(sorted(best.values(), reverse=True)[: max(0, self.limit - len(node.taken))])
        return -(-value // total)
