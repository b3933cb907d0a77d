"""The same problem on a smaller network, exactly: useless arcs left out, chains of links taken as one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR, grouped, labels_from
from farshore.kernels.reduction import chains, drop_dead_ends
from farshore.plan.model import Problem
from farshore.plan.profiles import Profiles
from farshore.scenario.timing import Ints, Timing

__all__ = ["Reduced", "in_time", "only_chains", "reduce_network"]


@dataclass(frozen=True, eq=False)
class Reduced:
    """Chains of arcs between the nodes at which there is something to decide.

    tail, head : int64[n_chains], core nodes; node : int64[n_core], their rows in the nodes table
    leads_to, comes_from : int64[n_chains], nodes-table rows of the node after the tail and before the head
    steps, travel_s : int64[n_chains]; capacity_of, capacities, cost_of, costs, flat_cost : as in `Timing`
    links_first, links : the arcs of chain c are `links[links_first[c]:links_first[c + 1]]`
    entry : int64 beside `links`, steps from entering the chain to entering the arc
    zone_node, host_node : int64, core nodes, −1 for those that nobody leaves from or is sent to
    sizes : how many arcs were left after each part of the reduction
    """

    tail: Ints
    head: Ints
    leads_to: Ints
    comes_from: Ints
    steps: Ints
    travel_s: Ints
    capacity_of: Ints
    capacities: Ints
    cost_of: Ints
    costs: Ints
    flat_cost: Ints
    links_first: Ints
    links: Ints
    entry: Ints
    node: Ints
    zone_node: Ints
    host_node: Ints
    sizes: dict[str, int]

    def chain_of_link(self) -> Ints:
        """Chain of each arc in `links`."""
        return np.repeat(np.arange(len(self.tail)), np.diff(self.links_first))

    def arcs_of(self, chain: int) -> Ints:
        """Arcs of a chain in order of travel."""
        return self.links[self.links_first[chain] : self.links_first[chain + 1]]

    def entries_of(self, chain: int) -> Ints:
        """Steps from entering a chain to entering each of its arcs."""
        return self.entry[self.links_first[chain] : self.links_first[chain + 1]]


def reduce_network(problem: Problem, *, shrink: bool = True) -> Reduced:
    """Reduce a problem's network without changing its optimum.

    Left out are arcs that are never open; that nobody who leaves can reach in time to arrive within the
    horizon; and dead ends. What is left is strung into chains: a chain's capacity in the step of entry is the
    least of its arcs' when they are entered, its cost the sum of theirs. Nothing else can be done on a chain
    than go through it, because nobody turns straight back. `shrink=False` leaves every arc as it is.
    """
    timing = problem.timing
    starts, ends = problem.starts(), problem.host_nodes()
    sizes = {"arcs": len(timing.tail)}
    useful = np.ones(len(timing.tail), bool)
    by_tail = grouped(timing.tail, timing.n_nodes)
    by_head = grouped(timing.head, timing.n_nodes)
    if shrink:
        useful = np.any(timing.capacities > 0, axis=1)[timing.capacity_of]
        sizes["open some time"] = int(useful.sum())
        useful &= in_time(timing, useful, starts, ends)
        sizes["on a way within the horizon"] = int(useful.sum())
        drop_dead_ends(timing.tail, timing.head, *by_tail, *by_head, starts < FAR, ends, useful)
        sizes["not in a dead end"] = int(useful.sum())
        stops = (starts < FAR) | ends
    else:
        stops = np.ones(timing.n_nodes, bool)
    first, strung = chains(timing.tail, timing.head, *by_tail, *by_head, stops, useful)
    sizes["chains"] = len(first) - 1
    return _strung(problem, first, strung, sizes)


def only_chains(problem: Problem, reduced: Reduced, active: npt.NDArray[np.bool_]) -> Reduced:
    """The part of a reduced network that some chains make up, strung together anew: bool[n_chains].

    Fewer chains meet at a node, so that they join to longer ones.
    """
    timing = problem.timing
    starts, ends = problem.starts() < FAR, problem.host_nodes()
    useful = np.zeros(len(timing.tail), bool)
    useful[reduced.links[active[reduced.chain_of_link()]]] = True
    by_tail = grouped(timing.tail, timing.n_nodes)
    by_head = grouped(timing.head, timing.n_nodes)
    drop_dead_ends(timing.tail, timing.head, *by_tail, *by_head, starts, ends, useful)
    first, strung = chains(timing.tail, timing.head, *by_tail, *by_head, starts | ends, useful)
    return _strung(problem, first, strung, {"chains": len(first) - 1})


def in_time(
    timing: Timing, useful: npt.NDArray[np.bool_], starts: Ints, ends: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Arcs by which somebody can arrive within the horizon, were they open whenever he comes."""
    tail, head, steps = timing.tail[useful], timing.head[useful], timing.steps[useful]
    earliest, _ = labels_from(timing.n_nodes, tail, head, steps, starts)
    remaining, _ = labels_from(timing.n_nodes, head, tail, steps, np.where(ends, 0, FAR))
    reached = (earliest[timing.tail] < FAR) & (remaining[timing.head] < FAR)
    return reached & (earliest[timing.tail] + timing.steps + remaining[timing.head] < timing.n_steps)


def _strung(problem: Problem, first: Ints, strung: Ints, sizes: dict[str, int]) -> Reduced:
    timing = problem.timing
    n_chains = len(first) - 1
    begin, last = strung[first[:-1]], strung[first[1:] - 1]
    passed = np.concatenate([[0], np.cumsum(timing.steps[strung])])
    entry = passed[:-1] - np.repeat(passed[first[:-1]], np.diff(first))
    capacities, costs = Profiles(timing.n_steps), Profiles(timing.n_steps)
    capacity_of = np.empty(n_chains, np.int64)
    cost_of = np.full(n_chains, -1, np.int64)
    for chain in range(n_chains):
        span = slice(int(first[chain]), int(first[chain + 1]))
        arcs, later = strung[span], entry[span]
        limits = sorted(set(zip(timing.capacity_of[arcs].tolist(), later.tolist(), strict=True)))
        capacity_of[chain] = capacities.add(tuple(limits), timing.capacities, least=True)
        changing = timing.cost_of[arcs] >= 0
        if changing.any():
            sums = zip(timing.cost_of[arcs[changing]].tolist(), later[changing].tolist(), strict=True)
            cost_of[chain] = costs.add(tuple(sorted(sums)), timing.costs, least=False)
    kept = (problem.starts() < FAR) | problem.host_nodes()
    kept[timing.tail[begin]] = True
    kept[timing.head[last]] = True
    node = np.flatnonzero(kept)
    core = np.full(timing.n_nodes, -1, np.int64)
    core[node] = np.arange(len(node))
    leaving = problem.first_ready < timing.n_steps

    def summed(each: Ints) -> Ints:
        total = np.concatenate([np.zeros(1, np.int64), np.cumsum(each[strung])])
        return np.asarray(total[first[1:]] - total[first[:-1]])

    return Reduced(
        tail=core[timing.tail[begin]],
        head=core[timing.head[last]],
        leads_to=timing.head[begin],
        comes_from=timing.tail[last],
        steps=passed[first[1:]] - passed[first[:-1]],
        travel_s=summed(timing.travel_s),
        capacity_of=capacity_of,
        capacities=capacities.stacked(),
        cost_of=cost_of,
        costs=costs.stacked(),
        flat_cost=summed(timing.flat_cost),
        links_first=first,
        links=strung,
        entry=entry,
        node=node,
        zone_node=np.where(leaving, core[timing.zone_node], -1),
        host_node=np.where(problem.host_open.any(axis=1), core[timing.host_node], -1),
        sizes=sizes,
    )
