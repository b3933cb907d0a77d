"""The lower bound: everybody's cheapest way at given prices, on the full network, in whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.ends import Host, Zone
from farshore.plan.checker.network import Network
from farshore.plan.checker.sweep import pass_on
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
    n_steps, n_arcs = network.clock.n_steps, len(network.arc_ids)
    arcs = np.flatnonzero(network.steps < n_steps)
    n_nodes = len(network.scenario.nodes)
    best = np.full((n_nodes, n_steps), beyond, np.int64)
    starts = np.unique(np.array([host.node for host in hosts], np.int64))
    for host in hosts:
        cost = np.where(host.usable, _bed_costs(host, prices, n_steps, beyond), beyond)
        np.minimum(best[host.node], cost, out=best[host.node])
    first = np.zeros(n_nodes + 1, np.int64)
    np.cumsum(np.bincount(network.head[arcs], minlength=n_nodes), out=first[1:])
    costs = [network.cost(arc) for arc in range(n_arcs)]
    changing = [arc for arc, cost in enumerate(costs) if len(cost) > 1]
    tolls = _toll_rows(network, prices, beyond)
    open_row, opens = _open_steps(network)
    pass_on(
        starts,
        first,
        arcs[np.argsort(network.head[arcs], kind="stable")],
        network.tail,
        network.steps,
        np.minimum(np.array([cost[0] for cost in costs], np.int64), beyond),
        *_side_by_side(n_arcs, n_steps, {arc: np.minimum(costs[arc], beyond) for arc in changing}),
        *_side_by_side(n_arcs, n_steps, tolls),
        open_row,
        opens,
        beyond,
        best,
        np.full(best.shape, -1, np.int32),
        np.full_like(best, beyond),
    )
    return {zone.node: best[zone.node] for zone in zones}


def _side_by_side(n_arcs: int, n_steps: int, rows: Mapping[int, Ints]) -> tuple[Ints, Ints]:
    """The row of each arc that has one, −1 of others: int64[n_arcs]; and all rows: int64[n_rows, n_steps]."""
    row = np.full(n_arcs, -1, np.int64)
    row[list(rows)] = np.arange(len(rows))
    table = np.array(list(rows.values()), np.int64) if rows else np.zeros((0, n_steps), np.int64)
    return row, table


def _open_steps(network: Network) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Steps in which anybody may enter each arc: int64[n_arcs], rows of bool[n_rows, n_steps]."""
    known: dict[int, int] = {}
    rooms: list[Ints] = []
    row = np.zeros(len(network.arc_ids), np.int64)
    for arc in range(len(row)):
        room = network.capacity(arc)
        if id(room) not in known:  # many arcs share one array, which `rooms` keeps alive
            known[id(room)] = len(rooms)
            rooms.append(room)
        row[arc] = known[id(room)]
    return row, np.array(rooms, np.int64).reshape(len(rooms), network.clock.n_steps) >= 1


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
