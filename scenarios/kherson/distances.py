"""Holds the network to the road distances that are known: shortest ways against the facts."""

import numpy as np
from facts import DISTANCES, Distance
from network import Network
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

__all__ = ["TOLERANCE", "Measured", "measure"]

TOLERANCE = 0.10

Measured = tuple[Distance, float]


def measure(network: Network) -> list[Measured]:
    """Each known distance with the shortest way in km, closures ignored, infinite if there is none."""
    return [(known, _shortest_km(network, known)) for known in DISTANCES]


def _shortest_km(network: Network, known: Distance) -> float:
    links = [
        link
        for link in network.links.values()
        if not link.facility_type.startswith("rail") and link.crossing_id not in known.without
    ]
    number = {node_id: row for row, node_id in enumerate(network.points)}
    tails = np.array([number[link.ends[0]] for link in links])
    heads = np.array([number[link.ends[1]] for link in links])
    # Of parallel links (bridge and barge) the shorter one counts; a sparse matrix would add them up.
    order = np.lexsort((np.array([link.length_m for link in links]), heads, tails))
    pairs, first = np.unique(np.stack([tails, heads])[:, order], axis=1, return_index=True)
    lengths_m = np.array([link.length_m for link in links], dtype=float)[order][first]
    matrix = coo_matrix((lengths_m, tuple(pairs)), shape=(len(number), len(number))).tocsr()
    found_m = dijkstra(matrix, directed=False, indices=[number[known.from_node]])[0]
    return float(found_m[number[known.to_node]]) / 1000
