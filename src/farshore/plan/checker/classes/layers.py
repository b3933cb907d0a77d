"""A layer of the search: a network with the price of entering each arc in each step, and its labels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.classes.prices import ClassPrices
from farshore.plan.checker.classes.problem import ClassProblem
from farshore.plan.checker.classes.services import Buses
from farshore.plan.checker.classes.sweeps import begin_step, settle
from farshore.plan.checker.timetable import Ints

__all__ = ["Layer", "bus_layer", "car_layer", "shares"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layer:
    """Arcs of one kind of travel, and the cheapest way on from each node in the steps that still count.

    place : int64[n_nodes of the scenario], number of each node in this layer, −1 where it is not
    longer : tail, head, steps, weight row of arcs that take a step or more; shorter : first, head, weight row
    of the others by their tail; weights : int64[n_steps, n_rows]
    moving : bool[n_steps], whether any arc can be entered; order : of the nodes, by label as far as known
    """

    n_steps: int
    beyond: int
    place: Ints
    longer: tuple[Ints, Ints, Ints, Ints]
    shorter: tuple[Ints, Ints, Ints]
    weights: Ints
    moving: Flags
    order: Ints
    best: Ints
    next_node: Ints
    second: Ints

    def places(self, nodes: Ints) -> Ints:
        """Numbers of nodes in this layer; all must be in it."""
        return np.asarray(self.place[nodes], np.int64)

    def begin(self, k: int) -> None:
        """Make the labels of step k from those of later steps."""
        tail, head, steps, row = self.longer
        begin_step(
            k, self.n_steps, self.beyond, tail, head, steps, row, self.weights, self.best, self.next_node,
            self.second,
        )  # fmt: skip

    def settle(self, k: int, end_nodes: Ints, end_costs: Ints, *, fresh: bool) -> None:
        """Finish the labels of step k, given where ways may end in it; `fresh` the first time in a step."""
        sweeps = settle(
            k, self.beyond, fresh and self.moving[k], self.order, *self.shorter, self.weights, end_nodes,
            end_costs, self.best, self.next_node, self.second,
        )  # fmt: skip
        if sweeps > 3:
            self.order[:] = np.argsort(self.best[k % len(self.best)], kind="stable")

    def labels(self, places: Ints, k: int) -> Ints:
        """Cheapest ways on from nodes of the layer in step k."""
        return np.asarray(self.best[k % len(self.best), places])

    def label(self, node: int, k: int) -> int:
        """Cheapest way on from a node of the scenario in step k."""
        place = int(self.place[node])
        return self.beyond if place < 0 else int(self.best[k % len(self.best), place])


def car_layer(problem: ClassProblem, prices: ClassPrices, need: int, beyond: int, *, keep: set[int]) -> Layer:
    """People in cars: all arcs that cars use; `keep` are nodes where ways begin or end."""
    rooms, n_steps = problem.rooms, problem.n_steps
    arcs = np.arange(len(rooms.row))
    ferry = problem.plain.network.is_ferry
    room = (rooms.places >= 1) & rooms.car
    room_afloat = room & (rooms.deck >= 1)
    may = np.where(ferry[:, None], room_afloat[rooms.row], room[rooms.row]) if len(arcs) else room[:0]
    tolls: dict[int, Ints] = {}
    for table in (prices.links, prices.decks):
        for (arc, step), price in table.items():
            tolls.setdefault(arc, np.zeros(n_steps, np.int64))[step] += min(price, beyond)
    return _layer(problem, need, beyond, arcs, may, tolls, keep)


def bus_layer(
    problem: ClassProblem,
    prices: ClassPrices,
    need: int,
    beyond: int,
    buses: Buses,
    *,
    keep: set[int],
) -> Layer:
    """Riders aboard a fleet's buses: arcs that buses use, with the riders' share of room and vehicle."""
    rooms, network = problem.rooms, problem.plain.network
    arcs = np.flatnonzero(problem.by_bus & buses.roads)
    may = ((rooms.places >= 1) & rooms.bus)[rooms.row[arcs]]
    seats = buses.seats_for(need)
    tolls: dict[int, Ints] = {}
    for (arc, step), price in prices.links.items():
        if problem.by_bus[arc]:
            share = price * buses.pcu_persons * seats // buses.seats
            tolls.setdefault(arc, np.zeros(problem.n_steps, np.int64))[step] = min(share, beyond)
    taken = np.unique(network.steps[arcs])
    rows = dict(
        zip(
            taken.tolist(),
            shares(problem, prices, buses, seats, taken, beyond, before=False),
            strict=True,
        )
    )
    return _layer(problem, need, beyond, arcs, may, tolls, keep, rows)


def shares(
    problem: ClassProblem,
    prices: ClassPrices,
    buses: Buses,
    seats: int,
    stretches: Ints,
    beyond: int,
    *,
    before: bool,
) -> Ints:
    """A rider's share of the vehicle in the steps before each step, or from it on: int64[n, n_steps].

    stretches : int64[n], steps in a stretch; `beyond` where not all of them are steps in which the fleet runs
    """
    n_steps = problem.n_steps
    price = [
        prices.fleets.get((buses.row, k), 0) + prices.drivers.get((buses.row, int(problem.day[k])), 0)
        for k in range(n_steps)
    ]
    paid, idle = [0], [0]
    for k in range(n_steps):
        paid.append(paid[-1] + price[k])
        idle.append(idle[-1] + (buses.vehicles[k] < 1))
    found = np.full((len(stretches), n_steps), beyond, np.int64)
    for row, length in enumerate(stretches.tolist()):
        for k in range(n_steps):
            first = k - length if before else k
            last = first + length
            if first >= 0 and last <= n_steps and idle[last] == idle[first]:
                found[row, k] = min((paid[last] - paid[first]) * seats // buses.seats, beyond)
    return found


def _layer(
    problem: ClassProblem,
    need: int,
    beyond: int,
    arcs: Ints,
    may: Flags,
    tolls: dict[int, Ints],
    keep: set[int],
    stretch: dict[int, Ints] | None = None,
) -> Layer:
    """The layer of some arcs; nodes from which one could only turn straight back are left out, unless kept.

    may : bool[n_arcs, n_steps], open and with room; stretch : price of the vehicle by the steps of an arc
    """
    network, n_steps, n_nodes = problem.plain.network, problem.n_steps, len(problem.plain.scenario.nodes)
    of_use = (network.steps[arcs] < n_steps) & may.any(axis=1)
    arcs, may = arcs[of_use], may[of_use]
    live = _no_dead_ends(network.tail[arcs], network.head[arcs], keep, n_nodes)
    arcs, may = arcs[live], may[live]
    weights, weight_of = _weights(problem, need, beyond, arcs, may, tolls, stretch)
    tail, head, steps = network.tail[arcs], network.head[arcs], network.steps[arcs]
    nodes = np.unique(np.concatenate([tail, head, np.array(sorted(keep), np.int64)]))
    place = np.full(n_nodes, -1, np.int64)
    place[nodes] = np.arange(len(nodes))
    tail, head = place[tail], place[head]
    long = steps >= 1
    by_tail = np.argsort(tail[~long], kind="stable")
    first = np.zeros(len(nodes) + 1, np.int64)
    np.cumsum(np.bincount(tail[~long], minlength=len(nodes)), out=first[1:])
    n_slots = int(steps.max(initial=0)) + 1
    return Layer(
        n_steps=n_steps,
        beyond=beyond,
        place=place,
        longer=(tail[long], head[long], steps[long], weight_of[long]),
        shorter=(first, head[~long][by_tail], weight_of[~long][by_tail]),
        weights=weights,
        moving=np.asarray((weights < beyond).any(axis=1), np.bool_),
        order=np.arange(len(nodes), dtype=np.int64),
        best=np.full((n_slots, len(nodes)), beyond, np.int64),
        next_node=np.full((n_slots, len(nodes)), -1, np.int64),
        second=np.full((n_slots, len(nodes)), beyond, np.int64),
    )


def _weights(
    problem: ClassProblem,
    need: int,
    beyond: int,
    arcs: Ints,
    may: Flags,
    tolls: dict[int, Ints],
    stretch: dict[int, Ints] | None,
) -> tuple[Ints, Ints]:
    """Cost and prices of entering each arc in each step, `beyond` where nobody may; like arcs share a row."""
    network, links = problem.plain.network, problem.plain.scenario.links
    index: dict[tuple[object, ...], int] = {}
    rows: list[Ints] = []
    weight_of = np.zeros(len(arcs), np.int64)
    exposure = network.exposure
    for i, arc in enumerate(arcs.tolist()):
        link = int(network.link_row[arc])
        places = str(links.link_id[link]), str(links.crossing_id[link])
        key = (
            int(network.travel_s[arc]),
            int(network.steps[arc]),
            *(place if place in exposure else "" for place in places),
            int(problem.rooms.row[arc]),
            arc if arc in tolls else -1,
        )
        if key not in index:
            index[key] = len(rows)
            weight = np.minimum(problem.arc_cost(arc, need), beyond) + np.zeros(problem.n_steps, np.int64)
            if arc in tolls:
                weight = weight + tolls[arc]
            if stretch is not None:
                weight = weight + stretch[int(network.steps[arc])]
            rows.append(np.where(may[i], np.minimum(weight, beyond), beyond))
        weight_of[i] = index[key]
    stacked = np.array(rows, np.int64).reshape(-1, problem.n_steps)
    return np.ascontiguousarray(stacked.T), weight_of


def _no_dead_ends(tail: Ints, head: Ints, keep: set[int], n_nodes: int) -> Flags:
    """Arcs but those that lead to or from a node with one neighbour only, again and again: bool[n_arcs].

    Who goes there would have to turn straight back, which nobody does.
    """
    neighbours: dict[int, set[int]] = {}
    for here, there in zip(tail.tolist(), head.tolist(), strict=True):
        neighbours.setdefault(here, set()).add(there)
        neighbours.setdefault(there, set()).add(here)
    gone = np.zeros(n_nodes, bool)
    ends = [node for node, others in neighbours.items() if len(others) == 1 and node not in keep]
    while ends:
        node = ends.pop()
        gone[node] = True
        for other in neighbours.pop(node, ()):
            neighbours[other].discard(node)
            if len(neighbours[other]) == 1 and other not in keep:
                ends.append(other)
    return ~(gone[tail] | gone[head])
