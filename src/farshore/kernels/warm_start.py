"""Planning on after something has changed: what has begun stays, what is lost is planned anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.kernels.earliest_arrival import EarliestArrival, Flow, Releases, earliest_arrival, releases_of
from farshore.kernels.flow_paths import FlowPaths, flow_paths
from farshore.kernels.network import UNLIMITED, Network, capacities

__all__ = ["Restart", "restart_from", "resume"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Restart:
    """What a plan leaves to be planned from a step on.

    releases : people at home, or at the first node they come to at or after the step
    kept : their flow that still holds; it is the earliest possible in each step before `first_step`
    arrived_persons : people taken in by those who are not in `releases` any more, int64[n_steps]
    """

    releases: Releases
    kept: Flow
    first_step: int
    arrived_persons: Ints


def restart_from(
    network: Network, changed: Network, releases: Releases, solution: EarliestArrival, *, step: int
) -> Restart:
    """Freeze what happens before a step, keep what the change leaves whole, and say where to begin anew.

    changed : the network as it is from `step` on; the same nodes and links, other capacities
    People who have left stay on the link they are on, whatever becomes of it, and may turn off at its end.
    Ways that still hold are kept up to the first arrival that is lost: before it, the changed network cannot
    bring more people than the one before did. Where it has more capacity anywhere, or sinks with limits,
    that is not so, and nothing but the people is kept. Those who should have left a place where they cannot
    wait, and could not, are in no release.
    """
    if len(network.tail) != len(changed.tail) or (network.tail != changed.tail).any():
        raise ValueError("the changed network has other links")
    paths = flow_paths(network, releases, solution)
    entries, node, at, alive = _ahead(network, releases, paths, step)
    first = min(solution.proven_steps, changed.n_steps)
    if _gains_room(network, changed, step) or (network.sink_limit_persons[network.sinks] < UNLIMITED).any():
        first = step
    first = min(first, _first_lost_arrival(changed, paths, entries))
    held = paths.arrival_step[entries.way] < first
    carried = paths.persons[entries.way[held]]
    summed = _summed(entries.link[held], entries.step[held], carried, network.n_steps)
    kept = Flow(*(a.astype(np.int32) for a in summed))

    stay = np.flatnonzero(solution.unserved_persons > 0)
    ready = releases.step[stay].astype(np.int64)
    wait = network.wait_link[releases.node[stay]]
    can = ready >= step
    can[wait >= 0] |= network.capacity_persons[wait[wait >= 0]] == UNLIMITED
    stay, ready = stay[can], np.maximum(ready, step)[can]
    people = _summed(
        np.concatenate([node[alive], releases.node[stay]]),
        np.concatenate([at[alive], ready]),
        np.concatenate([paths.persons[alive], solution.unserved_persons[stay]]),
        network.n_steps,
    )
    arrived = np.zeros(network.n_steps, np.int64)
    np.add.at(arrived, paths.arrival_step[~alive], paths.persons[~alive])
    return Restart(releases_of(*people), kept, first, arrived)


def resume(
    network: Network,
    changed: Network,
    releases: Releases,
    solution: EarliestArrival,
    *,
    step: int,
    stop: Callable[[int, int], bool] | None = None,
) -> tuple[Restart, EarliestArrival]:
    """Plan on from `step` in the changed network; who is planned for, and their flow. See `restart_from`."""
    restart = restart_from(network, changed, releases, solution, step=step)
    after = earliest_arrival(
        changed, restart.releases, stop=stop, kept=restart.kept, first_step=restart.first_step
    )
    return restart, after


class _Entries(NamedTuple):
    """Links that ways have yet to enter, waiting links included; arrays of one length."""

    way: Ints
    link: Ints
    step: Ints


def _ahead(
    network: Network, releases: Releases, paths: FlowPaths, step: int
) -> tuple[_Entries, Ints, Ints, Flags]:
    """What lies ahead of each way: entries, node and step to go on from, whether anything does."""
    n_ways = len(paths.persons)
    way = np.repeat(np.arange(n_ways), np.diff(paths.start))
    ahead = paths.entry_step >= step
    n_past = np.bincount(way[~ahead], minlength=n_ways)  # entries are in order of time
    alive = n_past < np.diff(paths.start)
    left_at = paths.entry_step + network.transit_steps[paths.link].astype(np.int64)
    begins = paths.start[:-1]
    before = np.maximum(begins + n_past - 1, 0)
    came = np.where(n_past > 0, left_at[before], releases.step[paths.release])
    onward = np.minimum(begins + n_past, max(len(paths.link) - 1, 0))
    node = network.tail[paths.link[onward]].astype(np.int64)
    at = np.maximum(came, step)

    row = np.flatnonzero(ahead)
    is_first = row == onward[way[row]]
    there = np.where(is_first, at[way[row]], left_at[np.maximum(row - 1, 0)])
    gap = paths.entry_step[row] - there
    waiting = np.repeat(np.arange(len(row)), gap)
    nth = np.arange(len(waiting)) - np.repeat(np.cumsum(gap) - gap, gap)
    wait_link = network.wait_link[network.tail[paths.link[row[waiting]]]].astype(np.int64)
    entries = _Entries(
        np.concatenate([way[row], way[row[waiting]]]),
        np.concatenate([paths.link[row].astype(np.int64), wait_link]),
        np.concatenate([paths.entry_step[row].astype(np.int64), there[waiting] + nth]),
    )
    return entries, node, at, alive


def _first_lost_arrival(changed: Network, paths: FlowPaths, entries: _Entries) -> int:
    """Earliest arrival of a way for which a link has no room left, later arrivals giving way first."""
    arrival = paths.arrival_step[entries.way]
    order = np.lexsort((entries.way, arrival, entries.step, entries.link))
    link, step = entries.link[order], entries.step[order]
    persons = np.cumsum(paths.persons[entries.way[order]])
    opens = np.flatnonzero(np.append(True, (np.diff(link) != 0) | (np.diff(step) != 0))[: len(link)])
    base = np.append(0, persons)[opens]
    load = persons - np.repeat(base, np.diff(np.append(opens, len(link))))
    lost = load > capacities(changed, link, step)
    return int(arrival[order][lost].min()) if lost.any() else changed.n_steps


def _gains_room(network: Network, changed: Network, step: int) -> bool:
    """Whether anything takes more people from a step on than it did."""
    if (changed.sink_limit_persons > network.sink_limit_persons).any():
        return True
    steady = (network.profile < 0) & (changed.profile < 0)
    if (changed.capacity_persons > network.capacity_persons)[steady].any():
        return True
    steps = np.arange(step, network.n_steps)
    return any(
        (capacities(changed, link, steps) > capacities(network, link, steps)).any()
        for link in np.flatnonzero(~steady)
    )


def _summed(place: Ints, step: Ints, persons: Ints, n_steps: int) -> tuple[Ints, Ints, Ints]:
    """Persons added up for each place and step, sorted."""
    keys, where = np.unique(place.astype(np.int64) * n_steps + step, return_inverse=True)
    total = np.zeros(len(keys), np.int64)
    np.add.at(total, where, persons)
    return keys // n_steps, keys % n_steps, total
