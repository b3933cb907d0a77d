"""The lower bound: everybody's cheapest way at given prices, on the full network, in whole numbers."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from farshore.plan.checker.ends import Host, Zone
from farshore.plan.checker.network import Network
from farshore.plan.checker.timetable import Ints

__all__ = ["Prices", "lower_bound"]

MOST = 2**58  # sums of four numbers up to this stay inside int64


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices in 10⁻⁶ person-hours per person, ≥ 0: by (arc row, step), (host row, step), host row."""

    links: Mapping[tuple[int, int], int]
    intake: Mapping[tuple[int, int], int]
    beds: Mapping[int, int]


def lower_bound(
    network: Network, zones: tuple[Zone, ...], hosts: tuple[Host, ...], left_cost: int, prices: Prices
) -> int:
    """What no plan can cost less than, whatever the prices (Lagrange's relaxation of every capacity).

    Raises OverflowError if a scenario's costs are beyond what 64 bits hold.
    """
    staying = {zone.row: _cost_of_staying(zone, left_cost) for zone in zones}
    dearest = max((int(cost.max()) for cost in staying.values()), default=0) + 1
    if dearest > MOST:
        raise OverflowError("the costs of this scenario are too large for whole numbers of 64 bits")
    labels = _cheapest_ways(network, zones, hosts, prices, dearest)
    total = 0
    for zone in zones:
        best = _cheapest_with_waiting(zone, labels.get(zone.node), left_cost)
        newly = zone.newly_ready
        total += sum(int(n) * int(c) for n, c in zip(newly[newly > 0], best[newly > 0], strict=True))
        total += zone.never_ready * left_cost
    return total - _worth_of_all_capacity(network, hosts, prices)


def _cost_of_staying(zone: Zone, left_cost: int) -> Ints:
    """Of a person ready by step k who never leaves: int64[n_steps]."""
    return np.cumsum(zone.waiting_cost[::-1])[::-1] + left_cost


def _cheapest_with_waiting(zone: Zone, leaving: Ints | None, left_cost: int) -> Ints:
    """Cheapest of leaving in step k, waiting for a later one, and staying: int64[n_steps]."""
    best = np.empty(len(zone.waiting_cost), np.int64)
    after = left_cost
    for k in range(len(best) - 1, -1, -1):
        after += int(zone.waiting_cost[k])
        if leaving is not None:
            after = min(after, int(leaving[k]))
        best[k] = after
    return best


def _cheapest_ways(
    network: Network, zones: tuple[Zone, ...], hosts: tuple[Host, ...], prices: Prices, beyond: int
) -> dict[int, Ints]:
    """Cheapest way from each zone's node to any host's bed, by step of leaving, capped at `beyond`.

    Label correcting, best first, with one row of labels over all steps per node: an arc of τ steps passes
    the labels of its head on, τ steps earlier; arcs of no steps need no care of their own, because labels
    only fall and never below 0. Nobody turns straight back, so a node keeps the best way and the best of
    those that begin towards another neighbour. Nothing dearer than staying can be any zone's best way, so
    prices and labels above `beyond` need not be told apart.
    """
    n_steps = network.clock.n_steps
    into: dict[int, list[int]] = {}
    for arc, head in enumerate(network.head.tolist()):
        into.setdefault(head, []).append(arc)
    tolls = _toll_rows(network, prices, beyond)
    labels = _labels_at_hosts(hosts, prices, n_steps, beyond)
    queue = [(int(label.best.min()), node) for node, label in labels.items()]
    heapq.heapify(queue)
    waiting = set(labels)
    weights: dict[int, Ints] = {}
    while queue:
        _, node = heapq.heappop(queue)
        if node not in waiting:
            continue
        waiting.remove(node)
        for arc in into.get(node, ()):
            tau, tail = int(network.steps[arc]), int(network.tail[arc])
            if tau >= n_steps:
                continue
            if arc not in weights:
                weights[arc] = _weights(network, arc, tolls.get(arc), beyond)
            through = weights[arc][: n_steps - tau] + labels[node].coming_from(tail)[tau:]
            if tail not in labels:
                labels[tail] = _Label.none(n_steps, beyond)
            least_that_fell = labels[tail].lower(through, towards=node)
            if least_that_fell is not None:
                heapq.heappush(queue, (least_that_fell, tail))
                waiting.add(tail)
    return {zone.node: labels[zone.node].best for zone in zones if zone.node in labels}


@dataclass(frozen=True, eq=False)
class _Label:
    """Cheapest ways on from a node, by step of being there; the arrays are lowered in place.

    best : int64[n_steps]; towards : int64[n_steps], the node at which the best goes next, −1 if it ends here
    second : int64[n_steps], the best of the ways that go next to another node than `towards`
    """

    best: Ints
    towards: Ints
    second: Ints

    @classmethod
    def none(cls, n_steps: int, beyond: int) -> "_Label":
        """No way known yet."""
        full = np.full(n_steps, beyond, np.int64)
        return cls(full, np.full(n_steps, -1, np.int64), full.copy())

    def coming_from(self, node: int) -> Ints:
        """Cheapest way on for somebody who came from a node and does not turn straight back."""
        return np.where(self.towards == node, self.second, self.best)

    def lower(self, through: Ints, *, towards: int) -> int | None:
        """Take in the ways by a neighbour, in the first len(through) steps; the least that fell, if any."""
        n = len(through)
        best, next_node, second = self.best[:n], self.towards[:n], self.second[:n]
        fell = through < second
        if not fell.any():
            return None
        same = next_node == towards
        fell &= ~same | (through < best)
        if not fell.any():
            return None
        least = int(through[fell].min())
        first = fell & (through < best)
        overtaken = first & ~same
        second[:] = np.where(overtaken, best, np.where(fell & ~first, through, second))
        best[first] = through[first]
        next_node[first] = towards
        return least


def _labels_at_hosts(hosts: tuple[Host, ...], prices: Prices, n_steps: int, beyond: int) -> dict[int, _Label]:
    labels: dict[int, _Label] = {}
    for host in hosts:
        cost = np.where(host.usable, _bed_costs(host, prices, n_steps, beyond), beyond)
        label = labels.setdefault(host.node, _Label.none(n_steps, beyond))
        np.minimum(label.best, cost, out=label.best)
    return labels


def _weights(network: Network, arc: int, tolls: Ints | None, beyond: int) -> Ints:
    """Cost and price of entering an arc in each step, `beyond` where nobody may: int64[n_steps]."""
    weight = np.minimum(network.cost(arc), beyond)
    if tolls is not None:
        weight = np.minimum(weight + tolls, beyond)
    return np.where(network.capacity(arc) >= 1, weight, beyond)


def _toll_rows(network: Network, prices: Prices, beyond: int) -> dict[int, Ints]:
    rows: dict[int, Ints] = {}
    for (arc, step), price in prices.links.items():
        row = rows.setdefault(arc, np.zeros(network.clock.n_steps, np.int64))
        row[step] = min(price, beyond)
    return rows


def _bed_costs(host: Host, prices: Prices, n_steps: int, beyond: int) -> Ints:
    costs = np.full(n_steps, min(prices.beds.get(host.row, 0), beyond), np.int64)
    for (row, step), price in prices.intake.items():
        if row == host.row:
            costs[step] += min(price, beyond)
    return np.minimum(costs, beyond)


def _worth_of_all_capacity(network: Network, hosts: tuple[Host, ...], prices: Prices) -> int:
    """Σ price × capacity; an intake without limit has no price, which whoever reads the prices sees to."""
    links = sum(price * int(network.capacity(arc)[step]) for (arc, step), price in prices.links.items())
    intake = sum(price * (hosts[row].intake_in(step) or 0) for (row, step), price in prices.intake.items())
    return links + intake + sum(price * hosts[row].beds for row, price in prices.beds.items())
