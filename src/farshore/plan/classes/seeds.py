"""Ways to begin with: the cheapest by car and by bus between two places, as things stand in a few steps."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from farshore.kernels.paths import FAR, labels_from
from farshore.plan.classes.layers import ALIGHT, BOARD, BUS, CAR, LEG, Layers
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook
from farshore.scenario.clock import Ints

__all__ = ["seed"]

_PROBES = 8
_ENDS = 32  # looked at from each start: so many hosts, and as many other places


def seed(problem: ClassProblem, book: PatternBook) -> None:
    """Write the stretches of cars, buses, walks, ferries and trains into the book."""
    layers = problem.layers
    kinds = layers.kind
    for number in np.flatnonzero(kinds == LEG).tolist():
        if layers.opens[layers.opens_of[number]].any():
            book.stretch((number,))
    hosts = np.flatnonzero(
        problem.host_open.any(axis=1) & (layers.car_host >= 0) & problem.people.accepts.any(axis=0)
    )
    zones = sorted({int(node) for node in layers.car_home if node >= 0})
    for tree in _trees(layers, np.flatnonzero(kinds == CAR), zones):
        for host in hosts[tree.nearest(layers.car_host[hosts])].tolist():
            way = tree.way(layers, int(layers.car_host[host]))
            if way:
                book.number(host, (book.stretch(way),))
    for fleet in range(len(layers.fleets)):
        mine = layers.fleet == fleet
        boards, alights = np.flatnonzero(mine & (kinds == BOARD)), np.flatnonzero(mine & (kinds == ALIGHT))
        on_board = {int(layers.head[arc]): int(arc) for arc in boards}
        is_host = np.isin(layers.head[alights], layers.foot_host)
        for tree in _trees(layers, np.flatnonzero(mine & (kinds == BUS)), sorted(on_board)):
            kept = [ends[tree.nearest(layers.tail[ends])] for ends in (alights[is_host], alights[~is_host])]
            for alight in np.sort(np.concatenate(kept)).tolist():
                way = tree.way(layers, int(layers.tail[alight]))
                if way:
                    book.stretch((on_board[int(layers.tail[way[0]])], *way, alight))


@dataclass(frozen=True, eq=False)
class _Tree:
    """The cheapest ways from one node: arcs that are open, the last on the way to each node, and its cost."""

    arcs: Ints
    via: Ints
    label: Ints

    def nearest(self, nodes: Ints) -> Ints:
        """Which of some nodes are cheapest to reach, so many as are looked at."""
        near = np.argsort(self.label[nodes], kind="stable")[:_ENDS]
        return np.sort(near[self.label[nodes[near]] < FAR])

    def way(self, layers: Layers, node: int) -> tuple[int, ...]:
        """Arcs of the layers on the way to a node, from its beginning."""
        way: list[int] = []
        while self.via[node] >= 0:
            way.append(int(self.arcs[self.via[node]]))
            node = int(layers.tail[way[-1]])
        return tuple(reversed(way))


def _trees(layers: Layers, arcs: Ints, starts: list[int]) -> Iterator[_Tree]:
    """The cheapest ways from each start in each probed step.

    Steps in which everything is as in one before are passed over.
    """
    seen: set[tuple[bytes, bytes]] = set()
    opens = layers.opens[layers.opens_of[arcs]]
    count = opens.sum(axis=0)
    candidates = np.flatnonzero(count > 0.5 * count.max(initial=0))
    if not len(candidates):
        return
    probes = candidates[np.linspace(0, len(candidates) - 1, _PROBES).astype(np.int64)]
    row = layers.cost_of[arcs]
    for k in np.unique(probes).tolist():
        cost = layers.flat_cost[2, arcs] + np.where(row >= 0, layers.costs[2][row, k], 0)
        there = opens[:, k] > 0
        mine, weight = arcs[there], cost[there]
        as_it_is = (mine.tobytes(), weight.tobytes())
        if as_it_is in seen:
            continue
        seen.add(as_it_is)
        for start in starts:
            label = np.full(layers.n_nodes, FAR, np.int64)
            label[start] = 0
            label, via = labels_from(layers.n_nodes, layers.tail[mine], layers.head[mine], weight, label)
            yield _Tree(mine, via, label)
