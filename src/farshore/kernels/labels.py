"""Latest-departure labels: the vertices from which a sink can still be reached by a given step.

The search runs backward from the sinks. A label is a word of 64 steps at once: it says in which of them a
node has just been found able to reach a sink, and by which link. Vertices found in a search that met nobody
waiting stay found for ever: that set is closed under residual predecessors, so no later augmentation enters
it. Each step of the horizon therefore looks only at what it adds.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.bits import Words
from farshore.kernels.compiled import folded, looped
from farshore.kernels.network import Network

__all__ = [
    "END",
    "HEAD",
    "LABELS",
    "Labels",
    "forget",
    "label_of",
    "new_labels",
    "next_move",
    "note",
    "with_room",
]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ZERO = np.uint64(0)
# places in `Labels.count`
LABELS, HEAD, END = 0, 1, 2
# columns of `Labels.entry`
_NODE, _PLACE, _LINK, _BEFORE = 0, 1, 2, 3


class Labels(NamedTuple):
    """The state of a backward search; a vertex is a node and a bit of one of its words.

    reach, pending, blocked : uint64[n_words, n_nodes]: found; found and not yet searched from; known to lead
        over a link that has filled up since
    latest : int32[n_words, n_nodes], latest label of a node's word, −1 for none
    entry : int32[n_labels, 4]: node, word, link to go by (~link: take its flow back), the word's label before
    mask : uint64[n_labels], the bits that a label found
    queue, queued : int32[n_nodes + 1], bool[n_nodes], nodes with pending bits, first in, first out
    cursor : int64[3], labels in use, begin and end of the queue
    sink_link, sink_step : int32[n_nodes], whose place in a full sink to take; −1 for none
    """

    reach: Words
    pending: Words
    blocked: Words
    latest: Int32s
    entry: Int32s
    mask: Words
    queue: Int32s
    queued: Flags
    cursor: Ints
    sink_link: Int32s
    sink_step: Int32s


def new_labels(network: Network, n_words: int) -> Labels:
    """Labels of a search in which nothing has been found."""
    n = network.n_nodes
    room = 4 * n + 1024
    return Labels(
        np.zeros((n_words, n), np.uint64),
        np.zeros((n_words, n), np.uint64),
        np.zeros((n_words, n), np.uint64),
        np.full((n_words, n), -1, np.int32),
        np.empty((room, 4), np.int32),
        np.empty(room, np.uint64),
        np.empty(n + 1, np.int32),
        np.zeros(n, np.bool_),
        np.zeros(3, np.int64),
        np.full(n, -1, np.int32),
        np.full(n, -1, np.int32),
    )


@njit(cache=True)
def with_room(labels: Labels, more: int) -> Labels:
    """The same labels with room for so many more."""
    n = labels.cursor[LABELS]
    if n + more <= len(labels.mask):
        return labels
    entry, mask = np.empty((2 * (n + more), 4), np.int32), np.empty(2 * (n + more), np.uint64)
    entry[:n], mask[:n] = labels.entry[:n], labels.mask[:n]
    return Labels(
        labels.reach,
        labels.pending,
        labels.blocked,
        labels.latest,
        entry,
        mask,
        labels.queue,
        labels.queued,
        labels.cursor,
        labels.sink_link,
        labels.sink_step,
    )


# The functions below take plain arrays: handing a tuple of arrays from call to call in an inner loop costs a
# reference count per array, which is ten times the work itself.


@folded
def note(
    reach: Words,
    pending: Words,
    latest: Int32s,
    entry: Int32s,
    mask: Words,
    queue: Int32s,
    queued: Flags,
    n: int,
    end: int,
    node: int,
    word: int,
    bits: np.uint64,
    link: int,
) -> tuple[int, int]:
    """Write a label and queue its node; returns the new number of labels and end of the queue."""
    reach[word, node] |= bits
    pending[word, node] |= bits
    entry[n, _NODE] = node
    entry[n, _PLACE] = word
    entry[n, _LINK] = link
    entry[n, _BEFORE] = latest[word, node]
    mask[n] = bits
    latest[word, node] = n
    if not queued[node]:
        queued[node] = True
        queue[end] = node
        end = end + 1 if end + 1 < len(queue) else 0
    return n + 1, end


@folded
def label_of(latest: Int32s, entry: Int32s, mask: Words, node: int, step: int) -> int:
    """The label that found a vertex; it must have one."""
    k = latest[step >> 6, node]
    bit = np.uint64(1) << np.uint64(step & 63)
    while mask[k] & bit == _ZERO:
        k = entry[k, _BEFORE]
    return int(k)


@folded
def next_move(latest: Int32s, entry: Int32s, mask: Words, node: int, step: int) -> int:
    """Link by which a labelled vertex goes on; ~link for taking back flow that arrives there."""
    return int(entry[label_of(latest, entry, mask, node, step), _LINK])


@looped
def forget(labels: Labels, keep_reach: bool) -> None:
    """Drop all labels; with `keep_reach`, what they found stays found for later steps of the horizon."""
    latest, blocked, reach, entry, mask = (
        labels.latest,
        labels.blocked,
        labels.reach,
        labels.entry,
        labels.mask,
    )
    for k in range(labels.cursor[LABELS]):
        node, word = entry[k, _NODE], entry[k, _PLACE]
        latest[word, node] = -1
        blocked[word, node] = _ZERO
        if not keep_reach:
            reach[word, node] &= ~mask[k]
    labels.cursor[LABELS] = 0
    labels.sink_link[:] = -1
