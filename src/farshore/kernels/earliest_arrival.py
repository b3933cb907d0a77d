"""Earliest arrival: in each step as many people safe as any plan could have brought by then.

The horizon grows a step at a time. For each step, all vertices that can still reach a sink by then are
labelled backward, and everybody waiting at one of them is sent along the labels, until nobody is. Then no
plan brings more people by that step, and if somebody is left, the last arrival is later: stop there, and what
has been found is the beginning of an optimal plan.

Wilkinson, W. L. (1971), An algorithm for universal maximal dynamic flows in a network. Oper. Research 19.
Minieka, E. (1973), Maximal, lexicographic, and dynamic network flows. Operations Research 21.
Baumann, N., Skutella, M. (2009), Earliest arrival flows with multiple sources. Math. of OR 34.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.augment import block_way, follow, send
from farshore.kernels.bits import get_bit, word_count
from farshore.kernels.label_search import grow_labels, reach_through_full_sinks, start_labels
from farshore.kernels.labels import Labels, forget, label_of, new_labels
from farshore.kernels.network import Network
from farshore.kernels.ordering import reordered
from farshore.kernels.residual import Residual, flow_entries, load_flow, no_flow

__all__ = ["EarliestArrival", "Flow", "Releases", "earliest_arrival", "releases_of"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


class Releases(NamedTuple):
    """People and where and when they are ready: int32, int32 and int64 arrays of one length."""

    node: Int32s
    step: Int32s
    persons: Ints


class Flow(NamedTuple):
    """Who enters which link when: int32 arrays of one length, sorted by link and step, persons > 0."""

    link: Int32s
    step: Int32s
    persons: Int32s


@dataclass(frozen=True, eq=False)
class EarliestArrival:
    """A flow over time, and how far it is proven that none brings more people sooner.

    flow : entries of links as in the network, waiting links included
    arrivals_persons : int64[n_steps], people taken in per step
    most_persons : int64[n_steps], the most that any plan can have brought by the end of each step; steps from
        `proven_steps` on repeat the last one that is known. Equal to the running sum of the arrivals, unless
        limits of sinks bind: then no plan need be the earliest at every step.
    unserved_persons : int64[n_releases]
    proven_steps : no plan brings everybody before this step, or any more people by any step before it
    searches, ways : labellings and augmenting ways, the solver's own account
    """

    flow: Flow
    arrivals_persons: Ints
    most_persons: Ints
    unserved_persons: Ints
    proven_steps: int
    searches: int
    ways: int

    @property
    def last_arrival_step(self) -> int:
        """Step of the last arrival, −1 if nobody arrives."""
        steps = np.flatnonzero(self.arrivals_persons)
        return int(steps[-1]) if len(steps) else -1

    @property
    def arrival_sum(self) -> int:
        """Sum of all people's steps of arrival."""
        return int(self.arrivals_persons @ np.arange(len(self.arrivals_persons)))

    @property
    def arrival_sum_bound(self) -> int:
        """No plan that serves as many people has a smaller sum of steps of arrival."""
        served = int(self.arrivals_persons.sum())
        missing = served - np.minimum(self.most_persons[: self.proven_steps], served)
        return int(missing.sum())


def releases_of(node: npt.ArrayLike, step: npt.ArrayLike, persons: npt.ArrayLike) -> Releases:
    """Releases from whole numbers of any kind; raises ValueError if they are negative or differ in length."""
    arrays = [np.atleast_1d(np.asarray(a, np.int64)) for a in (node, step, persons)]
    if len({a.shape for a in arrays}) > 1 or any(a.size and a.min() < 0 for a in arrays):
        raise ValueError("node, step and persons of releases must be 0 or more and of one length")
    return Releases(arrays[0].astype(np.int32), arrays[1].astype(np.int32), arrays[2])


def earliest_arrival(
    network: Network,
    releases: Releases,
    *,
    stop: Callable[[int, int], bool] | None = None,
    reroute: bool = True,
    kept: Flow | None = None,
    first_step: int = 0,
) -> EarliestArrival:
    """The flow that brings as many people as possible by each step.

    stop : asked before each step, with the step and the people who have arrived; once it says yes, the rest
        are sent as early as they fit without rerouting anybody, which is feasible but no longer proven
    reroute : False never takes back what was sent: a capacity-constrained route planner, see `ccrp`
    kept, first_step : a flow that is known to be optimal in every step before `first_step`, to start from;
        `releases` are then everybody's, those it carries included

    Memory: two bits a link and step, three a node and step, and 64 bytes for every 16 steps in which a link
    is used. Deterministic.

    Raises ValueError if releases lie outside the network or start at a sink.
    """
    if len(releases.node) and (
        releases.node.max() >= network.n_nodes or releases.step.max() >= network.n_steps
    ):
        raise ValueError("a release lies outside the network or its steps")
    if (network.sink_limit_persons[releases.node] >= 0).any():
        raise ValueError("a release lies at a sink")
    search = _Search(network, releases, kept)
    most = np.zeros(network.n_steps, np.int64)
    most[:first_step] = np.cumsum(search.arrivals)[:first_step]
    proven = first_step if reroute else 0
    for step in range(first_step, network.n_steps):
        if search.left == 0:
            break
        if reroute and stop is not None and stop(step, search.served):
            reroute = False
        search.advance(step, reroute)
        if reroute:
            proven, most[step] = step + 1, search.served
    most[proven:] = most[proven - 1] if proven else 0
    if search.left == 0 and reroute:
        proven, most[max(proven - 1, 0) :] = network.n_steps, search.served
    return search.result(most, proven)


class _Search:
    """The arrays that the steps of one solution share."""

    def __init__(self, network: Network, releases: Releases, kept: Flow | None) -> None:
        network, number, self.old_link = reordered(network)
        releases = releases._replace(node=number[releases.node].astype(np.int32))
        self.network, self.releases = network, releases
        self.residual = no_flow(network)
        self.labels = new_labels(network, word_count(network.n_steps))
        self.waiting = releases.persons.copy()
        self.room = network.sink_limit_persons.copy()
        self.arrivals = np.zeros(network.n_steps, np.int64)
        self.counts = np.zeros(2, np.int64)
        self.total = int(releases.persons.sum())
        self.active = np.flatnonzero(releases.persons > 0)
        self.fresh = True
        if kept is not None:
            new_link = np.argsort(self.old_link).astype(np.int32)
            kept = kept._replace(link=new_link[kept.link])
            load_flow(network, self.residual, *kept)
            self._settle(kept)

    def _settle(self, kept: Flow) -> None:
        """Take the people whom a flow carries out of those who wait, and count its arrivals."""
        network, releases = self.network, self.releases
        width = network.n_steps
        head, persons = network.head[kept.link], kept.persons.astype(np.int64)
        arrival = kept.step.astype(np.int64) + network.transit_steps[kept.link]
        into = network.sink_limit_persons[head] >= 0
        np.add.at(self.arrivals, arrival[into], persons[into])
        np.subtract.at(self.room, head[into], persons[into])
        keys, where = np.unique(
            np.concatenate(
                [
                    network.tail[kept.link].astype(np.int64) * width + kept.step,
                    head[~into].astype(np.int64) * width + arrival[~into],
                    releases.node.astype(np.int64) * width + releases.step,
                ]
            ),
            return_inverse=True,
        )
        balance = np.zeros(len(keys), np.int64)
        np.add.at(balance, where[: len(persons)], persons)
        np.subtract.at(balance, where[len(persons) : len(where) - len(releases.node)], persons[~into])
        for i, vertex in enumerate(where[len(where) - len(releases.node) :]):
            carried = min(balance[vertex], self.waiting[i])
            self.waiting[i] -= carried
            balance[vertex] -= carried
        if balance.any():
            raise ValueError("the flow kept carries people who were not released, or leaves some on the road")

    @property
    def left(self) -> int:
        return int(self.waiting.sum())

    @property
    def served(self) -> int:
        return self.total - self.left

    def advance(self, step: int, reroute: bool) -> None:
        """Send everybody who can arrive in a step."""
        if step % 16 == 0:
            self.active = self.active[self.waiting[self.active] > 0]
        self.labels = _advance(
            self.network,
            self.residual,
            self.labels,
            self.releases,
            self.waiting,
            self.active,
            self.room,
            self.arrivals,
            self.counts,
            step,
            reroute,
            self.fresh,
        )
        self.fresh = False

    def result(self, most: Ints, proven: int) -> EarliestArrival:
        searches, ways = self.counts.tolist()
        link, flow_step, persons = flow_entries(self.residual)
        link = self.old_link[link].astype(np.int32)
        order = np.lexsort((flow_step, link))
        flow = Flow(link[order], flow_step[order], persons[order])
        return EarliestArrival(flow, self.arrivals, most, self.waiting, proven, searches, ways)


@njit(cache=True)
def _advance(
    network: Network,
    residual: Residual,
    labels: Labels,
    releases: Releases,
    waiting_persons: Ints,
    active: Ints,
    room_persons: Ints,
    arrivals_persons: Ints,
    counts: Ints,
    theta: int,
    reroute: bool,
    fresh: bool,
) -> Labels:
    """Send people until nobody else can arrive by step `theta`; the labels, with what is now closed."""
    while True:
        labels = start_labels(network, labels, residual, room_persons, theta, fresh)
        labels = grow_labels(network, labels, residual, theta, reroute)
        sent = _send_all(
            network,
            residual,
            labels,
            releases,
            waiting_persons,
            active,
            room_persons,
            arrivals_persons,
            counts,
        )
        forget(labels, sent == 0)
        if sent == 0:
            break
    if not reroute or not _any_full(network.sinks, room_persons):
        return labels
    # Somebody may give up a place in a full sink and go elsewhere. Such ways lead through what is closed.
    closed = labels.reach.copy()
    labels.reach[:] = 0
    while True:
        labels = start_labels(network, labels, residual, room_persons, theta, True)
        labels = grow_labels(network, labels, residual, theta, True)
        found = True
        while found:
            found, labels = reach_through_full_sinks(network, labels, residual, room_persons, theta)
            labels = grow_labels(network, labels, residual, theta, True)
        sent = _send_all(
            network,
            residual,
            labels,
            releases,
            waiting_persons,
            active,
            room_persons,
            arrivals_persons,
            counts,
        )
        forget(labels, False)
        if sent == 0:
            break
    labels.reach[:] = closed
    return labels


@njit(cache=True)
def _any_full(sinks: Int32s, room_persons: Ints) -> bool:
    full = False
    for sink in sinks:
        full |= room_persons[sink] == 0
    return full


@njit(cache=True)
def _send_all(
    network: Network,
    residual: Residual,
    labels: Labels,
    releases: Releases,
    waiting_persons: Ints,
    active: Ints,
    room_persons: Ints,
    arrivals_persons: Ints,
    counts: Ints,
) -> int:
    """Send whoever waits at a labelled vertex along its labels; the number of people sent.

    Those found last go first: they are farthest, and whoever is nearer has more ways left to take later.
    """
    release_node, release_step, reach = releases.node, releases.step, labels.reach
    moves = np.empty((1024, 2), np.int32)
    counts[0] += 1
    total = 0
    n_found = 0
    found, label = np.empty(len(active), np.int64), np.empty(len(active), np.int64)
    for i in active:
        node, step = release_node[i], release_step[i]
        if waiting_persons[i] > 0 and get_bit(reach, node, step):
            found[n_found] = i
            label[n_found] = label_of(labels.latest, labels.entry, labels.mask, node, step)
            n_found += 1
    for i in found[np.argsort(-label[:n_found], kind="mergesort")]:
        node, step = release_node[i], release_step[i]
        persons, n = follow(network, residual, labels, room_persons, node, step, waiting_persons[i], moves)
        while persons < 0:
            moves = np.empty((2 * len(moves), 2), np.int32)
            persons, n = follow(
                network, residual, labels, room_persons, node, step, waiting_persons[i], moves
            )
        if persons == 0:
            block_way(network, labels, moves, n)
            continue
        send(network, residual, room_persons, arrivals_persons, moves, n, persons)
        waiting_persons[i] -= persons
        total += persons
        counts[1] += 1
    return total
