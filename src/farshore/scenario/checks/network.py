"""Nodes and links as numbers: which node each link, zone and host stands on."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt

from farshore.scenario.draft import Draft

__all__ = ["Network", "network_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """int64 positions in the nodes table, −1 where the node is unknown.

    tail, head : of each link; zones, hosts : of each zone and host
    """

    tail: Ints
    head: Ints
    zones: Ints
    hosts: Ints


def network_of(draft: Draft) -> Network:
    """The network of a draft; of nodes with the same code the last one counts."""
    position = draft.scenario.nodes.position()

    def find(codes: Iterable[str]) -> Ints:
        return np.fromiter(map(position.get, codes, repeat(-1)), dtype=np.int64)

    links = draft.scenario.links
    return Network(
        find(links.from_node_id.tolist()),
        find(links.to_node_id.tolist()),
        find(draft.scenario.zones.node_id.tolist()),
        find(draft.scenario.hosts.node_id.tolist()),
    )
