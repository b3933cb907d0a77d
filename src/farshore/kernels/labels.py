"""Latest-departure labels: all vertices of the expansion from which a sink can still be reached by a step.

The search runs backward from the sinks. A label is a word of 64 steps at once: it says in which of them a node
has just been found able to reach a sink, and by which link. Vertices found in a search that met nobody waiting
stay found for ever: that set is closed under residual predecessors, so no later augmentation enters it. Each
step of the horizon therefore looks only at what it adds.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.bits import Words, lowest_bit, spread_down, spread_up
from farshore.kernels.network import Network
from farshore.kernels.residual import Residual

__all__ = ["Labels", "forget", "grow_labels", "new_labels", "next_move", "reach_through_full_sinks", "start_labels"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ZERO = np.uint64(0)
_WORD = np.uint64(64)
# places in `Labels.count`
_LABELS, _HEAD, _END = 0, 1, 2
# columns of `Labels.entry`
_NODE, _PLACE, _LINK, _BEFORE = 0, 1, 2, 3


class Labels(NamedTuple):
    """The state of a backward search; a vertex is a node and a bit of one of its words.

    reach, pending, blocked : uint64[n_nodes, n_words]: found; found and not yet searched from; known to lead
        over a link that has filled up since
    latest : int32[n_nodes, n_words], latest label of a node's word, −1 for none
    entry : int32[n_labels, 4]: node, word, link to go by (~link: take its flow back), the word's label before
    mask : uint64[n_labels], the bits that a label found
    queue, queued : int32[n_nodes + 1], bool[n_nodes], nodes with pending bits, first in, first out
    count : int64[3], labels in use, begin and end of the queue
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
    count: Ints
    sink_link: Int32s
    sink_step: Int32s


def new_labels(network: Network, n_words: int) -> Labels:
    """Labels of a search in which nothing has been found."""
    n = network.n_nodes
    room = 4 * n + 1024
    return Labels(
        np.zeros((n, n_words), np.uint64),
        np.zeros((n, n_words), np.uint64),
        np.zeros((n, n_words), np.uint64),
        np.full((n, n_words), -1, np.int32),
        np.empty((room, 4), np.int32),
        np.empty(room, np.uint64),
        np.empty(n + 1, np.int32),
        np.zeros(n, np.bool_),
        np.zeros(3, np.int64),
        np.full(n, -1, np.int32),
        np.full(n, -1, np.int32),
    )


@njit(cache=True)
def _with_room(labels: Labels, more: int) -> Labels:
    """The same labels with room for so many more."""
    n = labels.count[_LABELS]
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
        labels.count,
        labels.sink_link,
        labels.sink_step,
    )


# The functions below take plain arrays: handing a tuple of arrays from call to call in an inner loop costs a
# reference count per array, which is ten times the work itself.


@njit(cache=True, forceinline=True, _nrt=False)
def _found(reach, pending, latest, entry, mask, queue, queued, n, end, node, word, bits, link):  # type: ignore[no-untyped-def]
    """Write a label and queue its node; returns the new number of labels and end of the queue."""
    reach[node, word] |= bits
    pending[node, word] |= bits
    entry[n, _NODE] = node
    entry[n, _PLACE] = word
    entry[n, _LINK] = link
    entry[n, _BEFORE] = latest[node, word]
    mask[n] = bits
    latest[node, word] = n
    if not queued[node]:
        queued[node] = True
        queue[end] = node
        end = end + 1 if end + 1 < len(queue) else 0
    return n + 1, end


@njit(cache=True)
def start_labels(
    network: Network, labels: Labels, residual: Residual, room_persons: Ints, theta: int, all_steps: bool
) -> Labels:
    """Label the vertices from which a sink with room is reached at step `theta` (or by it, if `all_steps`)."""
    for sink in network.sinks:
        if room_persons[sink] > 0:
            labels = _label_into_sink(network, labels, residual, sink, theta, all_steps)
    return labels


@njit(cache=True)
def _label_into_sink(
    network: Network, labels: Labels, residual: Residual, sink: int, theta: int, all_steps: bool
) -> Labels:
    begin, stop = network.in_start[sink], network.in_start[sink + 1]
    labels = _with_room(labels, (stop - begin) * labels.reach.shape[1])
    n, end = labels.count[_LABELS], labels.count[_END]
    for link in range(begin, stop):
        last = theta - network.transit_steps[link]
        if last < 0:
            continue
        node = network.tail[link]
        top = last >> 6
        for word in range(0 if all_steps else top, top + 1):
            bits = residual.open_words[link, word] & ~labels.reach[node, word]
            if word == top:
                bits &= ~_ZERO >> np.uint64(63 - (last & 63))
                if not all_steps:
                    bits &= np.uint64(1) << np.uint64(last & 63)
            if bits:
                n, end = _found(
                    labels.reach, labels.pending, labels.latest, labels.entry, labels.mask, labels.queue,
                    labels.queued, n, end, node, word, bits, link,
                )  # fmt: skip
    labels.count[_LABELS], labels.count[_END] = n, end
    return labels


@njit(cache=True)
def grow_labels(network: Network, labels: Labels, residual: Residual, reroute: bool) -> Labels:
    """Search backward until nothing new is found; with `reroute`, also by taking flow back."""
    while not _grow(
        network.tail, network.head, network.transit_steps, network.wait_link, network.in_start, network.out_start,
        network.out_link, network.sink_limit_persons, residual.open_words, residual.used_words, labels.reach,
        labels.pending, labels.latest, labels.entry, labels.mask, labels.queue, labels.queued, labels.count, reroute,
    ):  # fmt: skip
        labels = _with_room(labels, len(labels.mask))
    return labels


@njit(cache=True, _nrt=False)
def _grow(  # type: ignore[no-untyped-def]
    tail, head, transit_steps, wait_link, in_start, out_start, out_link, sink_limit, opened, used, reach,
    pending, latest, entry, mask, queue, queued, count, reroute,
):  # fmt: skip
    """Search on from the queue; False if the labels want more room first."""
    n_words = reach.shape[1]
    n, first, end = count[_LABELS], count[_HEAD], count[_END]
    while first != end:
        node = queue[first]
        degree = in_start[node + 1] - in_start[node] + out_start[node + 1] - out_start[node]
        if n + 2 * n_words * (degree + 1) > len(mask):
            count[_LABELS], count[_HEAD], count[_END] = n, first, end
            return False
        first = first + 1 if first + 1 < len(queue) else 0
        if wait_link[node] >= 0:
            n = _label_waits(opened, used, reach, pending, latest, entry, mask, queue, queued, n, node, wait_link[node], reroute)
        queued[node] = False
        for word in range(n_words):
            bits = pending[node, word]
            if bits == _ZERO:
                continue
            pending[node, word] = _ZERO
            for link in range(in_start[node], in_start[node + 1]):
                other = tail[link]
                w = word - (transit_steps[link] >> 6)
                shift = np.uint64(transit_steps[link] & 63)
                if w >= 0:
                    new = (bits >> shift) & opened[link, w] & ~reach[other, w]
                    if new != _ZERO:
                        n, end = _found(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w, new, link
                        )
                if w >= 1 and shift != _ZERO:
                    new = (bits << (_WORD - shift)) & opened[link, w - 1] & ~reach[other, w - 1]
                    if new != _ZERO:
                        n, end = _found(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w - 1, new, link
                        )
            if not reroute:
                continue
            for k in range(out_start[node], out_start[node + 1]):
                link = out_link[k]
                back = bits & used[link, word]
                if back == _ZERO or sink_limit[head[link]] >= 0:
                    continue
                other = head[link]
                w = word + (transit_steps[link] >> 6)
                shift = np.uint64(transit_steps[link] & 63)
                if w < n_words:
                    new = (back << shift) & ~reach[other, w]
                    if new != _ZERO:
                        n, end = _found(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w, new, ~link
                        )
                if w + 1 < n_words and shift != _ZERO:
                    new = (back >> (_WORD - shift)) & ~reach[other, w + 1]
                    if new != _ZERO:
                        n, end = _found(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w + 1, new, ~link
                        )
    count[_LABELS], count[_HEAD], count[_END] = n, first, end
    return True


@njit(cache=True, forceinline=True, _nrt=False)
def _label_waits(opened, used, reach, pending, latest, entry, mask, queue, queued, n, node, wait, reroute):  # type: ignore[no-untyped-def]
    """Label earlier steps of a queued node, from which people wait, and later ones, whose waiting is undone."""
    n_words = reach.shape[1]
    carry = _ZERO
    for word in range(n_words - 1, -1, -1):
        through = opened[wait, word] & ~reach[node, word]
        seed = pending[node, word] | (through & (carry << np.uint64(63)))
        carry = _ZERO
        if seed != _ZERO:
            new = spread_down(seed, through) & ~reach[node, word]
            if new != _ZERO:
                n, _ = _found(reach, pending, latest, entry, mask, queue, queued, n, 0, node, word, new, wait)
            carry = pending[node, word] & np.uint64(1)
    if reroute:
        carry, below = _ZERO, _ZERO
        for word in range(n_words):
            through = ((used[wait, word] << np.uint64(1)) | carry) & ~reach[node, word]
            seed = pending[node, word] | (through & below & carry)
            carry, below = used[wait, word] >> np.uint64(63), _ZERO
            if seed != _ZERO:
                new = spread_up(seed, through) & ~reach[node, word]
                if new != _ZERO:
                    n, _ = _found(reach, pending, latest, entry, mask, queue, queued, n, 0, node, word, new, ~wait)
                below = pending[node, word] >> np.uint64(63)
    return n


@njit(cache=True)
def reach_through_full_sinks(
    network: Network, labels: Labels, residual: Residual, room_persons: Ints, theta: int
) -> tuple[bool, Labels]:
    """Label what gets into a full sink because somebody who went there can go elsewhere; whether any was found.

    A sink is one vertex for all steps, so the place of anybody there may be taken. Only for labels that
    started with `all_steps`.
    """
    before = labels.count[_LABELS]
    for sink in network.sinks:
        if room_persons[sink] != 0 or labels.sink_link[sink] >= 0:
            continue
        for link in range(network.in_start[sink], network.in_start[sink + 1]):
            for word in range(labels.reach.shape[1]):
                bits = residual.used_words[link, word] & labels.reach[network.tail[link], word]
                if bits != _ZERO and labels.sink_link[sink] < 0:
                    labels.sink_link[sink], labels.sink_step[sink] = link, word * 64 + lowest_bit(bits)
        if labels.sink_link[sink] >= 0:
            labels = _label_into_sink(network, labels, residual, sink, theta, True)
    return labels.count[_LABELS] > before, labels


@njit(cache=True, forceinline=True, _nrt=False)
def next_move(latest: Int32s, entry: Int32s, mask: Words, node: int, step: int) -> int:
    """Link by which a labelled vertex goes on; ~link for taking back flow that arrives there."""
    k = latest[node, step >> 6]
    bit = np.uint64(1) << np.uint64(step & 63)
    while mask[k] & bit == _ZERO:
        k = entry[k, _BEFORE]
    return entry[k, _LINK]


@njit(cache=True, _nrt=False)
def forget(labels: Labels, keep_reach: bool) -> None:
    """Drop all labels; with `keep_reach`, what they found stays found for later steps of the horizon."""
    latest, blocked, reach, entry, mask = labels.latest, labels.blocked, labels.reach, labels.entry, labels.mask
    for k in range(labels.count[_LABELS]):
        node, word = entry[k, _NODE], entry[k, _PLACE]
        latest[node, word] = -1
        blocked[node, word] = _ZERO
        if not keep_reach:
            reach[node, word] &= ~mask[k]
    labels.count[_LABELS] = 0
    labels.sink_link[:] = -1
