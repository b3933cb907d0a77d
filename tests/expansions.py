"""The whole time expansion, written down plainly, and what a maximum flow on it says."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from farshore.kernels.earliest_arrival import EarliestArrival, Releases
from farshore.kernels.network import Network, capacities

__all__ = ["assert_feasible", "most_by_step"]


def most_by_step(network: Network, releases: Releases, last_step: int) -> int:
    """The most people whom any flow brings to the sinks by a step: maximum flow on the expansion."""
    width = last_step + 1
    source, target = network.n_nodes * width, network.n_nodes * width + 1
    rows, columns, room = [], [], []

    def arc(tail: int, head: int, persons: int) -> None:
        rows.append(tail), columns.append(head), room.append(persons)

    is_sink = network.sink_limit_persons >= 0
    total = int(releases.persons.sum())
    for link in range(len(network.tail)):
        tail, head = int(network.tail[link]), int(network.head[link])
        for step in range(width - int(network.transit_steps[link])):
            end = head * width + (0 if is_sink[head] else step + int(network.transit_steps[link]))
            arc(tail * width + step, end, min(total, int(capacities(network, link, step))))
    for sink in network.sinks:
        arc(int(sink) * width, target, min(total, int(network.sink_limit_persons[sink])))
    for node, step, persons in zip(*releases, strict=True):
        if step <= last_step:
            arc(source, int(node) * width + int(step), int(persons))
    if not rows:
        return 0
    n = network.n_nodes * width + 2
    graph = coo_array((np.array(room, np.int32), (rows, columns)), shape=(n, n)).tocsr()
    return int(maximum_flow(graph, source, target).flow_value)


def assert_feasible(network: Network, releases: Releases, solution: EarliestArrival) -> None:
    """Every entry within its capacity, nobody lost or made on the way, arrivals and limits as told."""
    flow = solution.flow
    assert (flow.persons > 0).all()
    assert (flow.persons <= capacities(network, flow.link, flow.step)).all()
    keys = flow.link.astype(np.int64) * network.n_steps + flow.step
    assert (np.diff(keys) > 0).all()
    assert (flow.step + network.transit_steps[flow.link] < network.n_steps).all()
    balance = np.zeros((network.n_nodes, network.n_steps), np.int64)
    np.add.at(balance, (network.tail[flow.link], flow.step), -flow.persons.astype(np.int64))
    arrive = flow.step + network.transit_steps[flow.link]
    np.add.at(balance, (network.head[flow.link], arrive), flow.persons.astype(np.int64))
    np.add.at(balance, (releases.node, releases.step), releases.persons - solution.unserved_persons)
    sinks = network.sinks
    assert (np.delete(balance, sinks, axis=0) == 0).all()
    assert (balance[sinks].sum(axis=0) == solution.arrivals_persons).all()
    assert (balance[sinks].sum(axis=1) <= network.sink_limit_persons[sinks]).all()
    assert (solution.unserved_persons >= 0).all()
