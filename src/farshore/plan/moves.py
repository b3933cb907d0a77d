"""Chains joined by the turns between them, so that walks are ways and nobody turns straight back."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from farshore.plan.reduce import Reduced
from farshore.scenario.timing import Ints

__all__ = ["Moves", "moves_of"]


@dataclass(frozen=True, eq=False)
class Moves:
    """Chains joined by the turns that may be taken between them, so that any walk over moves is a way.

    Where two chains run between the same neighbours in opposite directions, a node becomes several: one for
    each neighbour that somebody may come from, and one for each that he may go on to.

    tail, head : int64[n_moves]; chain : int64[n_moves], −1 for a turn, which takes no time and costs nothing
    home : int64[n_zones], host : int64[n_hosts], their nodes, −1 for those not in use
    """

    n_nodes: int
    tail: Ints
    head: Ints
    chain: Ints
    home: Ints
    host: Ints


class _Junctions:
    """The nodes of `Moves`, numbered as they are asked for."""

    def __init__(self, reduced: Reduced) -> None:
        self.number: dict[tuple[object, ...], int] = {}
        self._come_in: dict[int, set[int]] = {}
        self._go_out: dict[int, set[int]] = {}
        for chain in range(len(reduced.tail)):
            self._come_in.setdefault(int(reduced.head[chain]), set()).add(int(reduced.comes_from[chain]))
            self._go_out.setdefault(int(reduced.tail[chain]), set()).add(int(reduced.leads_to[chain]))

    def node(self, *key: object) -> int:
        """Number of a node."""
        return self.number.setdefault(key, len(self.number))

    def turned(self, core: int) -> set[int]:
        """Neighbours from which somebody may come to a core node and to which he may go on from it."""
        return self._come_in.get(core, set()) & self._go_out.get(core, set())

    def arriving(self, core: int, came: int | None) -> int:
        """Where somebody is who comes to a core node from a neighbour."""
        turned = self.turned(core)
        return self.node("from", core, came if came in turned else None) if turned else self.node("hub", core)

    def leaving(self, core: int, leads: int | None) -> int:
        """Where somebody must be to go on from a core node to a neighbour."""
        turned = self.turned(core)
        return self.node("to", core, leads if leads in turned else None) if turned else self.node("hub", core)

    def ways_in(self, core: int) -> list[int | None]:
        """The neighbours that `arriving` tells apart, None for all others."""
        turned = self.turned(core)
        others = not turned or self._come_in.get(core, set()) - turned
        return [*sorted(turned), *([None] if others else [])]

    def ways_out(self, core: int) -> list[int | None]:
        """The neighbours that `leaving` tells apart, None for all others."""
        turned = self.turned(core)
        others = not turned or self._go_out.get(core, set()) - turned
        return [*sorted(turned), *([None] if others else [])]

    def turns(self) -> Iterator[tuple[int, int]]:
        """Every turn that is not straight back."""
        for core in sorted(self._come_in):
            if self.turned(core):
                for came in self.ways_in(core):
                    for leads in self.ways_out(core):
                        if came is None or came != leads:
                            yield self.arriving(core, came), self.leaving(core, leads)


def moves_of(reduced: Reduced) -> Moves:
    """Join the chains of a network by their turns."""
    at = _Junctions(reduced)
    moves: list[tuple[int, int, int]] = []
    for chain in range(len(reduced.tail)):
        here = at.leaving(int(reduced.tail[chain]), int(reduced.leads_to[chain]))
        moves.append((here, at.arriving(int(reduced.head[chain]), int(reduced.comes_from[chain])), chain))
    moves += [(*turn, -1) for turn in at.turns()]
    home = np.full(len(reduced.zone_node), -1, np.int64)
    for zone, core in enumerate(reduced.zone_node.tolist()):
        if core >= 0:
            home[zone] = at.node("home", zone)
            moves += [(int(home[zone]), at.leaving(core, leads), -1) for leads in at.ways_out(core)]
    host = np.full(len(reduced.host_node), -1, np.int64)
    for place, core in enumerate(reduced.host_node.tolist()):
        if core >= 0:
            host[place] = at.node("host", place)
            moves += [(at.arriving(core, came), int(host[place]), -1) for came in at.ways_in(core)]
            if at.turned(core):  # who starts where he is received takes no chain
                starting = np.flatnonzero(reduced.zone_node == core).tolist()
                moves += [(int(home[zone]), int(host[place]), -1) for zone in starting]
    table = np.array(moves, np.int64).reshape(-1, 3)
    tail, head, through = (np.ascontiguousarray(column) for column in table.T)
    return Moves(len(at.number), tail, head, through, home, host)
