"""Ways to begin with: the cheapest by car and by bus between two places, as things stand in a few steps."""

import numpy as np

from farshore.kernels.paths import FAR, labels_from
from farshore.plan.classes.layers import ALIGHT, BOARD, BUS, CAR, LEG, Layers
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import PatternBook
from farshore.scenario.clock import Ints

__all__ = ["seed"]

_PROBES = 8


def seed(problem: ClassProblem, book: PatternBook) -> None:
    """Write the stretches of cars, buses, walks, ferries and trains into the book."""
    layers = problem.layers
    kinds = layers.kind
    for number in np.flatnonzero(kinds == LEG).tolist():
        if layers.opens[layers.opens_of[number]].any():
            book.stretch((number,))
    hosts = np.flatnonzero(problem.host_open.any(axis=1) & (layers.car_host >= 0))
    zones = sorted({int(node) for node in layers.car_home if node >= 0})
    for arcs, tree in _trees(layers, np.flatnonzero(kinds == CAR), zones):
        for host in hosts.tolist():
            if problem.people.accepts[:, host].any():
                way = _way(layers, arcs, tree, int(layers.car_host[host]))
                if way:
                    book.number(host, (book.stretch(way),))
    for fleet in range(len(layers.fleets)):
        mine = layers.fleet == fleet
        boards, alights = np.flatnonzero(mine & (kinds == BOARD)), np.flatnonzero(mine & (kinds == ALIGHT))
        on_board = {int(layers.head[arc]): int(arc) for arc in boards}
        for arcs, tree in _trees(layers, np.flatnonzero(mine & (kinds == BUS)), sorted(on_board)):
            for alight in alights.tolist():
                way = _way(layers, arcs, tree, int(layers.tail[alight]))
                if way:
                    book.stretch((on_board[int(layers.tail[way[0]])], *way, alight))


def _trees(layers: Layers, arcs: Ints, starts: list[int]) -> "list[tuple[Ints, Ints]]":
    """Arcs, and the last arc of the cheapest way to every node, from each start in each probed step."""
    found = []
    opens = layers.opens[layers.opens_of[arcs]]
    count = opens.sum(axis=0)
    candidates = np.flatnonzero(count > 0.5 * count.max(initial=0))
    if not len(candidates):
        return []
    probes = candidates[np.linspace(0, len(candidates) - 1, _PROBES).astype(np.int64)]
    row = layers.cost_of[arcs]
    for k in np.unique(probes).tolist():
        cost = layers.flat_cost[2, arcs] + np.where(row >= 0, layers.costs[2][row, k], 0)
        there = opens[:, k] > 0
        mine, weight = arcs[there], cost[there]
        for start in starts:
            label = np.full(layers.n_nodes, FAR, np.int64)
            label[start] = 0
            _, via = labels_from(layers.n_nodes, layers.tail[mine], layers.head[mine], weight, label)
            found.append((mine, via))
    return found


def _way(layers: Layers, arcs: Ints, via: Ints, node: int) -> tuple[int, ...]:
    way: list[int] = []
    while via[node] >= 0:
        way.append(int(arcs[via[node]]))
        node = int(layers.tail[way[-1]])
    return tuple(reversed(way))
