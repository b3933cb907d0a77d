"""The backward search that labels: from the sinks, over links with room and over flow that is undone."""

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.bits import Words, lowest_bit, spread_down, spread_up
from farshore.kernels.compiled import folded, looped
from farshore.kernels.labels import END, HEAD, LABELS, Labels, note, with_room
from farshore.kernels.network import Network
from farshore.kernels.residual import Residual

__all__ = ["grow_labels", "reach_through_full_sinks", "start_labels"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ZERO = np.uint64(0)
_WORD = np.uint64(64)


@njit(cache=True)
def start_labels(
    network: Network, labels: Labels, residual: Residual, room_persons: Ints, theta: int, all_steps: bool
) -> Labels:
    """Label the vertices from which a sink with room is reached at step `theta` (`all_steps`: or by it)."""
    for sink in network.sinks:
        if room_persons[sink] > 0:
            labels = _label_into_sink(network, labels, residual, sink, theta, all_steps)
    return labels


@njit(cache=True)
def _label_into_sink(
    network: Network, labels: Labels, residual: Residual, sink: int, theta: int, all_steps: bool
) -> Labels:
    begin, stop = network.in_start[sink], network.in_start[sink + 1]
    labels = with_room(labels, (stop - begin) * labels.reach.shape[0])
    n, end = labels.cursor[LABELS], labels.cursor[END]
    for link in range(begin, stop):
        last = theta - network.transit_steps[link]
        if last < 0:
            continue
        node = network.tail[link]
        top = last >> 6
        for word in range(0 if all_steps else top, top + 1):
            bits = residual.open_words[word, link] & ~labels.reach[word, node]
            if word == top:
                bits &= ~_ZERO >> np.uint64(63 - (last & 63))
                if not all_steps:
                    bits &= np.uint64(1) << np.uint64(last & 63)
            if bits:
                n, end = note(
                    labels.reach,
                    labels.pending,
                    labels.latest,
                    labels.entry,
                    labels.mask,
                    labels.queue,
                    labels.queued,
                    n,
                    end,
                    node,
                    word,
                    bits,
                    link,
                )
    labels.cursor[LABELS], labels.cursor[END] = n, end
    return labels


@njit(cache=True)
def grow_labels(network: Network, labels: Labels, residual: Residual, theta: int, reroute: bool) -> Labels:
    """Search backward until nothing new is found; with `reroute`, also by taking flow back.

    Nothing after step `theta` leads to a sink by then, so later words are not looked at.
    """
    while not _grow(
        network.tail,
        network.head,
        network.transit_steps,
        network.wait_link,
        network.in_start,
        network.out_start,
        network.out_link,
        network.sink_limit_persons,
        residual.open_words,
        residual.used_words,
        labels.reach,
        labels.pending,
        labels.latest,
        labels.entry,
        labels.mask,
        labels.queue,
        labels.queued,
        labels.cursor,
        (theta >> 6) + 1,
        reroute,
    ):
        labels = with_room(labels, len(labels.mask))
    return labels


@looped
def _grow(
    tail: Int32s,
    head: Int32s,
    transit_steps: Int32s,
    wait_link: Int32s,
    in_start: Int32s,
    out_start: Int32s,
    out_link: Int32s,
    sink_limit: Ints,
    opened: Words,
    used: Words,
    reach: Words,
    pending: Words,
    latest: Int32s,
    entry: Int32s,
    mask: Words,
    queue: Int32s,
    queued: Flags,
    cursor: Ints,
    n_words: int,
    reroute: bool,
) -> bool:
    """Search on from the queue; False if the labels want more room first."""
    n, first, end = cursor[LABELS], cursor[HEAD], cursor[END]
    while first != end:
        node = queue[first]
        degree = in_start[node + 1] - in_start[node] + out_start[node + 1] - out_start[node]
        if n + 2 * n_words * (degree + 1) > len(mask):
            cursor[LABELS], cursor[HEAD], cursor[END] = n, first, end
            return False
        first = first + 1 if first + 1 < len(queue) else 0
        if wait_link[node] >= 0:
            n = _label_waits(
                opened,
                used,
                reach,
                pending,
                latest,
                entry,
                mask,
                queue,
                queued,
                n,
                node,
                wait_link[node],
                n_words,
                reroute,
            )
        queued[node] = False
        for word in range(n_words):
            bits = pending[word, node]
            if bits == _ZERO:
                continue
            pending[word, node] = _ZERO
            for link in range(in_start[node], in_start[node + 1]):
                other = tail[link]
                w = word - (transit_steps[link] >> 6)
                shift = np.uint64(transit_steps[link] & 63)
                if w >= 0:
                    new = (bits >> shift) & ~reach[w, other]
                    if new != _ZERO:
                        new &= opened[w, link]
                    if new != _ZERO:
                        n, end = note(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w, new, link
                        )
                if w >= 1 and shift != _ZERO:
                    new = (bits << (_WORD - shift)) & ~reach[w - 1, other]
                    if new != _ZERO:
                        new &= opened[w - 1, link]
                    if new != _ZERO:
                        n, end = note(
                            reach,
                            pending,
                            latest,
                            entry,
                            mask,
                            queue,
                            queued,
                            n,
                            end,
                            other,
                            w - 1,
                            new,
                            link,
                        )
            if not reroute:
                continue
            for k in range(out_start[node], out_start[node + 1]):
                link = out_link[k]
                back = bits & used[word, link]
                if back == _ZERO or sink_limit[head[link]] >= 0:
                    continue
                other = head[link]
                w = word + (transit_steps[link] >> 6)
                shift = np.uint64(transit_steps[link] & 63)
                if w < n_words:
                    new = (back << shift) & ~reach[w, other]
                    if new != _ZERO:
                        n, end = note(
                            reach, pending, latest, entry, mask, queue, queued, n, end, other, w, new, ~link
                        )
                if w + 1 < n_words and shift != _ZERO:
                    new = (back >> (_WORD - shift)) & ~reach[w + 1, other]
                    if new != _ZERO:
                        n, end = note(
                            reach,
                            pending,
                            latest,
                            entry,
                            mask,
                            queue,
                            queued,
                            n,
                            end,
                            other,
                            w + 1,
                            new,
                            ~link,
                        )
    cursor[LABELS], cursor[HEAD], cursor[END] = n, first, end
    return True


@folded
def _label_waits(
    opened: Words,
    used: Words,
    reach: Words,
    pending: Words,
    latest: Int32s,
    entry: Int32s,
    mask: Words,
    queue: Int32s,
    queued: Flags,
    n: int,
    node: int,
    wait: int,
    n_words: int,
    reroute: bool,
) -> int:
    """Label earlier steps of a queued node, to wait from, and later ones, whose waiting is undone."""
    carry = _ZERO
    for word in range(n_words - 1, -1, -1):
        through = opened[word, wait] & ~reach[word, node]
        seed = pending[word, node] | (through & (carry << np.uint64(63)))
        carry = _ZERO
        if seed != _ZERO:
            new = spread_down(seed, through) & ~reach[word, node]
            if new != _ZERO:
                n, _ = note(reach, pending, latest, entry, mask, queue, queued, n, 0, node, word, new, wait)
            carry = pending[word, node] & np.uint64(1)
    if reroute:
        carry, below = _ZERO, _ZERO
        for word in range(n_words):
            through = ((used[word, wait] << np.uint64(1)) | carry) & ~reach[word, node]
            seed = pending[word, node] | (through & below & carry)
            carry, below = used[word, wait] >> np.uint64(63), _ZERO
            if seed != _ZERO:
                new = spread_up(seed, through) & ~reach[word, node]
                if new != _ZERO:
                    n, _ = note(
                        reach, pending, latest, entry, mask, queue, queued, n, 0, node, word, new, ~wait
                    )
                below = pending[word, node] >> np.uint64(63)
    return n


@njit(cache=True)
def reach_through_full_sinks(
    network: Network, labels: Labels, residual: Residual, room_persons: Ints, theta: int
) -> tuple[bool, Labels]:
    """Label what gets into a full sink because somebody there can go elsewhere; whether any was found.

    A sink is one vertex for all steps, so the place of anybody there may be taken. Only for labels that
    started with `all_steps`.
    """
    before = labels.cursor[LABELS]
    for sink in network.sinks:
        if room_persons[sink] != 0 or labels.sink_link[sink] >= 0:
            continue
        for link in range(network.in_start[sink], network.in_start[sink + 1]):
            for word in range(labels.reach.shape[0]):
                bits = residual.used_words[word, link] & labels.reach[word, network.tail[link]]
                if bits != _ZERO and labels.sink_link[sink] < 0:
                    labels.sink_link[sink], labels.sink_step[sink] = link, word * 64 + lowest_bit(bits)
        if labels.sink_link[sink] >= 0:
            labels = _label_into_sink(network, labels, residual, sink, theta, True)
    return labels.cursor[LABELS] > before, labels
