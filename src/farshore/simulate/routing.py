"""Trees that lead vehicles: what drivers take for shortest, told of travel times or not."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.kernels.roads import CLOSED, Roads
from farshore.kernels.trees import UNREACHABLE_S, add_queues, grow_tree, incoming, room_for_tree, times_now
from farshore.simulate.network import RoadNetwork
from farshore.simulate.trips import Trips

__all__ = ["Routing", "Trees"]


@dataclass(frozen=True, slots=True)
class Routing:
    """How drivers who are on no fixed route find their way.

    update_s : each informed driver hears of the state of the roads once in so long
    cohorts : informed drivers are split into so many groups, which hear one after the other
    tolerance : a tree is grown anew once a link's time differs by more than this share; 0: always
    spread : times are taken as up to this share longer, each group its own, so that equal ways are shared
    """

    update_s: float = 600.0
    cohorts: int = 1
    tolerance: float = 0.0
    spread: float = 0.01


class Trees:
    """Next links toward each destination: layer 0 knows free-flow times, the others those of now.

    `next_link` is int32[layers x destinations, n_nodes]; nothing grows with the square of the nodes.
    """

    def __init__(
        self, network: RoadNetwork, trips: Trips, routing: Routing, rng: np.random.Generator
    ) -> None:
        self.network, self.trips, self.routing, self.rng = network, trips, routing, rng
        self.n_exits = len(trips.exits)
        uses = [kind.uses for kind in trips.kinds]
        led = () if trips.led is None else trips.led.trees
        carried = self._shuttle_uses(trips) | {use for use, _ in led}
        self.masks = sorted({uses[k] for k in np.unique(trips.kind)} | carried) or [1]
        tree_users = (trips.route < 0) | trips.may_detour
        self.informed_layers = routing.cohorts if bool((trips.informed & tree_users).any()) else 0
        self.layers = 1 + self.informed_layers
        rows = self.layers * len(self.masks) * max(self.n_exits, 1)
        self.next_link: npt.NDArray[np.int32] = np.full((rows, max(network.n_nodes, 1)), -1, np.int32)
        self.first_in, self.links_in = incoming(network.to_node, network.n_nodes)
        self.in_use = set(np.unique(self.rows_of_trips()[tree_users]).tolist()) | set(self._shuttle_rows())
        self.in_use |= {self.row(0, use, exit_) for use, exit_ in led}
        self.uses = network.uses
        self.distance_s = np.empty(max(network.n_nodes, 1))
        self.room = room_for_tree(network.n_nodes)
        self.before_in = network.from_node[self.links_in].astype(np.int32)
        self.left_before = np.zeros(network.n_links, np.int64)
        self.time_s = network.free_flow_s.copy()
        self.last_s = np.zeros((self.layers, network.n_links))
        self.turn = 0
        self.grown = 0

    @staticmethod
    def _shuttle_uses(trips: Trips) -> set[int]:
        return set() if trips.shuttles is None else {trips.kinds[k].uses for k in trips.shuttles.kind}

    def _shuttle_rows(self) -> list[int]:
        buses = self.trips.shuttles
        if buses is None:
            return []
        uses = {self.trips.kinds[k].uses for k in buses.kind}
        return [self.row(0, use, row) for use in uses for row in range(self.n_exits)]

    def row(self, layer: int, uses: int, destination: int) -> int:
        """Row of `next_link` for drivers of a layer who may use such links, toward a destination."""
        return (layer * len(self.masks) + self.masks.index(uses)) * self.n_exits + destination

    def rows_of_trips(self) -> npt.NDArray[np.int64]:
        """int64[n_vehicles], the row that each vehicle follows, or would after giving up its route."""
        trips = self.trips
        mask_of_kind = np.array(
            [self.masks.index(k.uses) if k.uses in self.masks else 0 for k in trips.kinds], np.int64
        )
        number = np.arange(len(trips))
        layer = np.where(
            trips.informed & (self.informed_layers > 0), 1 + number % max(self.informed_layers, 1), 0
        )
        return (layer * len(self.masks) + mask_of_kind[trips.kind]) * self.n_exits + trips.exit

    def grow_all(self, roads: Roads) -> None:
        """Grow every tree at free-flow times; what is closed at the start everybody knows."""
        closed = roads.links["entry_state"][: self.network.n_links] == CLOSED
        self.uses = roads.links["uses"][: self.network.n_links].astype(np.int64)
        self.time_s = np.where(closed, UNREACHABLE_S, self.network.free_flow_s)
        for layer in range(self.layers):
            self._grow_layer(layer, self.time_s)

    def hear_of_closures(self, roads: Roads) -> None:
        """Grow layer 0 again with what is closed now."""
        closed = roads.links["entry_state"][: self.network.n_links] == CLOSED
        self.uses = roads.links["uses"][: self.network.n_links].astype(np.int64)
        self._grow_layer(0, np.where(closed, UNREACHABLE_S, self.network.free_flow_s))

    def update(self, roads: Roads, now_s: float, everybody: bool) -> bool:
        """Grow the trees of the cohort whose turn it is (or of all) at times of now; True if any did."""
        if not self.informed_layers:
            return False
        period_s = self.routing.update_s / self.informed_layers
        times_now(roads.links, roads.ring, self.left_before, period_s, now_s, self.time_s)
        add_queues(roads.links, self.network.n_links, self.time_s)
        layers = range(1, self.layers) if everybody else [1 + self.turn % self.informed_layers]
        self.turn += 1
        changed = False
        for layer in layers:
            if self.routing.tolerance > 0:
                before = self.last_s[layer]
                if not (np.abs(self.time_s - before) > self.routing.tolerance * before).any():
                    continue
            self._grow_layer(layer, self.time_s)
            changed = True
        return changed

    def _grow_layer(self, layer: int, time_s: npt.NDArray[np.float64]) -> None:
        self.last_s[layer] = time_s
        if self.routing.spread > 0:
            time_s = time_s * (1.0 + self.routing.spread * self.rng.random(len(time_s)))
        for uses in self.masks:
            time_in = np.where(self.uses & uses, time_s, UNREACHABLE_S)[self.links_in]
            for destination, nodes in enumerate(self.trips.exits):
                row = self.row(layer, uses, destination)
                if row in self.in_use:
                    self._grow(self.next_link[row], nodes, time_in)

    def _grow(self, row: npt.NDArray[np.int32], exits: Any, time_in: npt.NDArray[np.float64]) -> None:
        self.grown += 1
        grow_tree(
            exits,
            self.first_in,
            self.links_in,
            self.before_in,
            time_in,
            row,
            self.distance_s,
            self.room,
        )
