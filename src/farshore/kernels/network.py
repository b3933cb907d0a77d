"""A network over time without writing the expansion down: links, their capacities in each step, waiting.

Node x at step t is a *vertex* (x, t) of the time expansion. A link of τ steps joins (tail, t) to
(head, t + τ) in every step t. Waiting at a node is a link of one step from the node to itself, whose
capacity is the room to wait. A sink is one vertex for all steps: who has arrived stays.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from farshore.kernels.bits import Words, word_count
from farshore.kernels.compiled import folded

__all__ = ["UNLIMITED", "Network", "build_network", "capacities", "capacity_at", "open_words"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]

UNLIMITED = np.iinfo(np.int32).max  # a capacity, storage or sink limit that never binds


class Network(NamedTuple):
    """The arrays of a network over time, links sorted by head, waiting links last.

    n_nodes, n_steps : a link may be entered in step t if t + transit_steps < n_steps
    n_roads : links before the waiting links
    tail, head, transit_steps : int32[n_links]
    capacity_persons : int32[n_links], persons who may enter per step, where `profile` is −1
    profile : int32[n_links], row of `profile_persons` that holds instead, or −1
    profile_persons : int32[n_profiles, n_steps], capacities that vary over time, shared between links
    wait_link : int32[n_nodes], the node's waiting link, −1 where nobody may wait
    in_start : int32[n_nodes + 1]; links in_start[x] … in_start[x + 1] − 1 end at x
    out_start, out_link : int32[n_nodes + 1], int32[n_roads]; links that begin at x
    sinks : int32[n_sinks], nodes
    sink_limit_persons : int64[n_nodes], −1 where the node is no sink
    given_link : int32[n_links], the position of the link in what was given, −1 for waiting links
    """

    n_nodes: int
    n_steps: int
    n_roads: int
    tail: Int32s
    head: Int32s
    transit_steps: Int32s
    capacity_persons: Int32s
    profile: Int32s
    profile_persons: Int32s
    wait_link: Int32s
    in_start: Int32s
    out_start: Int32s
    out_link: Int32s
    sinks: Int32s
    sink_limit_persons: Ints
    given_link: Int32s


def build_network(
    *,
    n_nodes: int,
    n_steps: int,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    transit_steps: npt.ArrayLike,
    capacity_persons: npt.ArrayLike,
    sinks: npt.ArrayLike,
    sink_limit_persons: npt.ArrayLike | None = None,
    storage_persons: npt.ArrayLike | None = None,
    profile: npt.ArrayLike | None = None,
    profile_persons: npt.ArrayLike | None = None,
) -> Network:
    """Sort and index the links of a network.

    tail, head, transit_steps, capacity_persons : whole numbers[n_links], as in `Network`; steps may be 0
    sinks : whole numbers[n_sinks]; links that begin at a sink are dropped, nobody leaves it
    sink_limit_persons : whole numbers[n_sinks], people it takes in all; unlimited where not given
    storage_persons : whole numbers[n_nodes], people who may wait there from one step to the next;
        none anywhere where not given. `UNLIMITED` means what it says.
    profile, profile_persons : as in `Network`

    Raises ValueError for arrays that do not fit together, negative numbers or nodes that do not exist.
    """
    ends = [np.asarray(a, np.int64) for a in (tail, head, transit_steps, capacity_persons)]
    n_links = len(ends[0])
    row = np.full(n_links, -1, np.int64) if profile is None else np.asarray(profile, np.int64)
    table = np.zeros((0, n_steps), np.int32)
    if profile_persons is not None:
        table = np.minimum(np.asarray(profile_persons, np.int64), UNLIMITED).astype(np.int32)
    limits = np.full(n_nodes, -1, np.int64)
    limits[np.asarray(sinks, np.int64)] = UNLIMITED if sink_limit_persons is None else sink_limit_persons
    storage = (
        np.zeros(n_nodes, np.int64) if storage_persons is None else np.asarray(storage_persons, np.int64)
    )
    _check(n_nodes, n_steps, ends, row, table, storage)

    order = np.argsort(ends[1], kind="stable")
    order = order[limits[ends[0][order]] < 0]
    waits = np.flatnonzero((storage > 0) & (limits < 0))
    n_roads, n_waits = len(order), len(waits)
    tails, heads, steps, capacity = (a[order] for a in ends)
    wait_link = np.full(n_nodes, -1, np.int32)
    wait_link[waits] = n_roads + np.arange(n_waits)
    nodes = np.arange(n_nodes + 1)
    out_link = np.argsort(tails, kind="stable")
    kind = np.int32
    return Network(
        n_nodes=n_nodes,
        n_steps=n_steps,
        n_roads=n_roads,
        tail=np.concatenate([tails, waits]).astype(kind),
        head=np.concatenate([heads, waits]).astype(kind),
        transit_steps=np.concatenate([steps, np.ones(n_waits, np.int64)]).astype(kind),
        capacity_persons=np.concatenate([capacity, storage[waits]]).clip(max=UNLIMITED).astype(kind),
        profile=np.concatenate([row[order], np.full(n_waits, -1)]).astype(kind),
        profile_persons=table,
        wait_link=wait_link,
        in_start=np.searchsorted(heads, nodes).astype(kind),
        out_start=np.searchsorted(tails[out_link], nodes).astype(kind),
        out_link=out_link.astype(kind),
        sinks=np.flatnonzero(limits >= 0).astype(kind),
        sink_limit_persons=limits,
        given_link=np.concatenate([order, np.full(n_waits, -1)]).astype(kind),
    )


def _check(n_nodes: int, n_steps: int, ends: list[Ints], row: Ints, table: Int32s, storage: Ints) -> None:
    tail, head, steps, capacity = ends
    if any(a.shape != tail.shape for a in (*ends, row)) or tail.ndim != 1:
        raise ValueError("tail, head, transit_steps, capacity_persons and profile differ in length")
    if storage.shape != (n_nodes,):
        raise ValueError(f"storage_persons has shape {storage.shape}, not ({n_nodes},)")
    if table.ndim != 2 or table.shape[1] != n_steps:
        raise ValueError(f"profile_persons has shape {table.shape}, not (n_profiles, {n_steps})")
    if n_steps < 1:
        raise ValueError(f"n_steps is {n_steps}; at least 1 is needed")
    for name, values in (("tail", tail), ("head", head)):
        if len(values) and not (values.min() >= 0 and values.max() < n_nodes):
            raise ValueError(f"{name} names nodes that do not exist")
    for name, values in (
        ("transit_steps", steps),
        ("capacity_persons", capacity),
        ("storage_persons", storage),
    ):
        if len(values) and values.min() < 0:
            raise ValueError(f"{name} has negative numbers")
    if table.size and table.min() < 0:
        raise ValueError("profile_persons has negative numbers")
    if len(row) and not (row.min() >= -1 and row.max() < len(table)):
        raise ValueError("profile names rows that do not exist")


@folded
def capacity_at(
    capacity_persons: Int32s, profile: Int32s, profile_persons: Int32s, link: int, step: int
) -> int:
    """Persons who may enter a link in a step; the arrays are fields of `Network`."""
    row = profile[link]
    return int(capacity_persons[link] if row < 0 else profile_persons[row, step])


def capacities(network: Network, link: npt.ArrayLike, step: npt.ArrayLike) -> Ints:
    """Persons who may enter links in steps, for many of them at once."""
    links, steps = np.broadcast_arrays(np.asarray(link), np.asarray(step))
    persons = np.array(network.capacity_persons[links], np.int64)
    varying = network.profile[links] >= 0
    persons[varying] = network.profile_persons[network.profile[links[varying]], steps[varying]]
    return persons


def open_words(network: Network) -> Words:
    """Bits of the steps in which each link takes anybody: uint64[n_words, n_links].

    A link is not entered if it is left only after the last step.
    """
    n_words = word_count(network.n_steps)
    last = network.n_steps - 1 - network.transit_steps.astype(np.int64)
    last[(network.profile < 0) & (network.capacity_persons == 0)] = -1
    kept = np.clip(last + 1 - 64 * np.arange(n_words)[:, None], 0, 64)
    words = np.where(
        kept == 64, ~np.uint64(0), (np.uint64(1) << (kept % 64).astype(np.uint64)) - np.uint64(1)
    )
    varying = np.flatnonzero(network.profile >= 0)
    if len(varying):
        words[:, varying] &= _pack(network.profile_persons > 0, n_words)[network.profile[varying]].T
    return words


def _pack(flags: npt.NDArray[np.bool_], n_words: int) -> Words:
    padded = np.zeros((len(flags), n_words * 64), np.bool_)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)
