"""Numbering nodes so that neighbours lie near one another in memory; a search then waits less for it."""

import numpy as np
import numpy.typing as npt

from farshore.kernels.network import Network, build_network

__all__ = ["reordered"]

Ints = npt.NDArray[np.int64]


def reordered(network: Network) -> tuple[Network, Ints, Ints]:
    """The same network with nodes numbered anew; the new number of each node, the old link of each new one.

    Cuthill, E., McKee, J. (1969), Reducing the bandwidth of sparse symmetric matrices. Links into sinks do
    not count: a sink behind every exit would make neighbours of them all.
    """
    # Loaded here: everybody imports the exact core, few run it.
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import reverse_cuthill_mckee  # noqa: PLC0415

    n, roads = network.n_nodes, slice(0, network.n_roads)
    tail, head = network.tail[roads], network.head[roads]
    near = network.sink_limit_persons[head] < 0
    ends = np.concatenate([tail[near], head[near]]), np.concatenate([head[near], tail[near]])
    graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(n, n)).tocsr()
    order = np.asarray(reverse_cuthill_mckee(graph, symmetric_mode=True), np.int64)
    number = np.empty(n, np.int64)
    number[order] = np.arange(n)
    waits = network.wait_link >= 0
    storage = np.zeros(n, np.int64)
    storage[number[waits]] = network.capacity_persons[network.wait_link[waits]]
    again = build_network(
        n_nodes=n,
        n_steps=network.n_steps,
        tail=number[tail],
        head=number[head],
        transit_steps=network.transit_steps[roads],
        capacity_persons=network.capacity_persons[roads],
        sinks=number[network.sinks],
        sink_limit_persons=network.sink_limit_persons[network.sinks],
        storage_persons=storage,
        profile=network.profile[roads],
        profile_persons=network.profile_persons,
    )
    old_link = again.given_link.astype(np.int64)
    old_link[again.wait_link[number[waits]]] = network.wait_link[waits]
    return again, number, old_link
