"""Arcs of the ground strung to chains over the nodes at which there is nothing to decide."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import grouped
from farshore.kernels.reduction import chains
from farshore.plan.classes.ground import Ground
from farshore.plan.profiles import Profiles
from farshore.scenario.clock import Ints

__all__ = ["Strung", "strung_of"]


@dataclass(frozen=True, eq=False)
class Strung:
    """Chains of arcs.

    tail, head : int64[n_chains], nodes of the ground
    leads_to : the node after the tail; comes_from : the one before the head
    steps, opens_of, cost_of : int64[n_chains]; flat_cost : int64[n_needs, n_chains]
    first : int64[n_chains + 1]; arcs, entry : the arcs of chain c in order of travel are
        `arcs[first[c]:first[c + 1]]`, entered `entry` steps after the chain
    """

    tail: Ints
    head: Ints
    leads_to: Ints
    comes_from: Ints
    steps: Ints
    opens_of: Ints
    cost_of: Ints
    flat_cost: Ints
    first: Ints
    arcs: Ints
    entry: Ints

    def of(self, chain: int) -> tuple[Ints, Ints]:
        """Arcs of a chain and their entries."""
        span = slice(int(self.first[chain]), int(self.first[chain + 1]))
        return self.arcs[span], self.entry[span]


def strung_of(
    ground: Ground,
    enter_of: Ints,
    enters: Ints,
    useful: npt.NDArray[np.bool_],
    stops: npt.NDArray[np.bool_],
    opens: Profiles,
    costs: list[Profiles],
) -> Strung:
    """String useful arcs together.

    enter_of : int64[n_arcs], row of `enters` : int64[n_rows, n_steps], 1 where an arc may be entered
    useful : bool[n_arcs]; stops : bool[n_nodes], nodes that stay
    opens, costs : take the chains' rows; costs has one set of rows a need
    """
    timing = ground.timing
    by_tail, by_head = grouped(timing.tail, timing.n_nodes), grouped(timing.head, timing.n_nodes)
    first, strung = chains(timing.tail, timing.head, *by_tail, *by_head, stops, useful)
    n_chains = len(first) - 1
    begin, last = strung[first[:-1]], strung[first[1:] - 1]
    passed = np.concatenate([[0], np.cumsum(timing.steps[strung])])
    entry = passed[:-1] - np.repeat(passed[first[:-1]], np.diff(first))
    opens_of, cost_of = np.empty(n_chains, np.int64), np.full(n_chains, -1, np.int64)
    local = Profiles(timing.n_steps)
    for chain in range(n_chains):
        span = slice(int(first[chain]), int(first[chain + 1]))
        arcs, later = strung[span], entry[span]
        limits = tuple(sorted(set(zip(enter_of[arcs].tolist(), later.tolist(), strict=True))))
        row = local.add(limits, enters, least=True)
        opens_of[chain] = opens.keep(local.rows[row].tobytes(), local.rows[row])
        changing = ground.cost_of[arcs] >= 0
        if changing.any():
            sums = zip(ground.cost_of[arcs[changing]].tolist(), later[changing].tolist(), strict=True)
            key = tuple(sorted(sums))
            for need, rows in enumerate(costs):
                cost_of[chain] = rows.add(key, ground.costs[need], least=False)
    flat = ground.flat_cost[:, strung]
    total = np.concatenate([np.zeros((len(flat), 1), np.int64), np.cumsum(flat, axis=1)], axis=1)
    return Strung(
        tail=timing.tail[begin],
        head=timing.head[last],
        leads_to=timing.head[begin],
        comes_from=timing.tail[last],
        steps=passed[first[1:]] - passed[first[:-1]],
        opens_of=opens_of,
        cost_of=cost_of,
        flat_cost=np.asarray(total[:, first[1:]] - total[:, first[:-1]]),
        first=first,
        arcs=strung,
        entry=entry,
    )
