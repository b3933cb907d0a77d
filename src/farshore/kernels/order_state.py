"""What a search for orders works on: the ground, the orders as they stand, and room to work in."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Ground", "Orders", "Search"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Ground(NamedTuple):
    """What orders are given on: a network of chains, hosts and zones. All int64 but `weight`.

    tail, head, steps, cost_of, flat_cost, against : [n_chains]; `against` is a chain that runs the other way
        through the same inner nodes, −1 if there is none: no two routes take both
    whole : [n_chains, n_steps]; costs : [n_rows, n_steps]; weight : float64[n_chains], what trees grow by
    hours, hours_per_person : float64[n_chains], of travel, and that one person takes up of its capacity
    first_in, in_chain : chains by their head; first_host, host_at : hosts by their node
    host_whole : [n_hosts, n_steps]; beds : [n_hosts]
    zone_node : [n_zones], −1 for zones that nobody leaves; ready, waited : [n_zones, n_steps], who are ready
        by each step, and what waiting from the first step until it costs; staying_cost : [n_zones]
    """

    tail: Ints
    head: Ints
    steps: Ints
    cost_of: Ints
    costs: Ints
    flat_cost: Ints
    against: Ints
    whole: Ints
    weight: Floats
    hours: Floats
    hours_per_person: Floats
    first_in: Ints
    in_chain: Ints
    first_host: Ints
    host_at: Ints
    host_node: Ints
    host_whole: Ints
    beds: Ints
    zone_node: Ints
    ready: Ints
    waited: Ints
    staying_cost: Ints
    convergent: int  # 1: routes that meet go on together; 0: each zone has a route of its own


class Orders(NamedTuple):
    """Orders as they stand, and the room they leave. All int64; changed in place.

    way_on, through : [n_nodes], the chain by which routes go on from a node, and how many do
    used, load : [n_chains], routes and persons by it; left, host_left, beds_left : what of `Ground`'s is free
    route : [n_zones, n_nodes], chains of each zone's route; length, host, cost, rate : [n_zones]; host −1
        where nobody leaves; departs : [n_zones, n_steps]
    """

    way_on: Ints
    through: Ints
    used: Ints
    load: Ints
    left: Ints
    host_left: Ints
    beds_left: Ints
    route: Ints
    length: Ints
    host: Ints
    cost: Ints
    rate: Ints
    departs: Ints


class Search(NamedTuple):
    """Room to work in. trees : int64[n_trees, n_nodes], a chain by which to go on from each node, −1: none.

    The last tree holds the ways on as they were before zones lost their orders. visited : [n_nodes + 1], the
    last a count of walks; the rest has the lengths that its use shows.
    """

    trees: Ints
    label: Floats
    far: Floats
    noise: Floats
    room: Ints
    shut: Ints
    price: Ints
    trial: Ints
    trial_departs: Ints
    best_route: Ints
    best_departs: Ints
    order: Ints
    key: Floats
    removed: Ints
    marked: Ints
    visited: Ints
