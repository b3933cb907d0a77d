"""Earliest arrival: in each step as many people safe as any plan could have brought by then.

Wilkinson, W. L. (1971), An algorithm for universal maximal dynamic flows in a network.
Minieka, E. (1973), Maximal, lexicographic, and dynamic network flows.
Baumann, N., Skutella, M. (2009), Earliest arrival flows with multiple sources.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.augment import block_way, follow, send
from farshore.kernels.bits import get_bit
from farshore.kernels.network import Network
from farshore.kernels.labels import Labels, forget, grow_labels, reach_through_full_sinks, start_labels
from farshore.kernels.residual import Residual

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@njit(cache=True)
def advance(network, residual, labels, release_node, release_step, waiting_persons, room_persons, arrivals_persons, first, last, reroute, stat):
    moves = np.empty((4096, 2), np.int32)
    active = np.flatnonzero(waiting_persons > 0)
    left = waiting_persons.sum()
    theta = first
    while theta < last and left > 0:
        while True:
            labels = start_labels(network, labels, residual, room_persons, theta, False)
            labels = grow_labels(network, labels, residual, reroute)
            stat[0] += 1
            stat[1] += labels.count[0]
            sent = 0
            for i in active:
                if waiting_persons[i] == 0 or not get_bit(labels.reach, release_node[i], release_step[i]):
                    continue
                b, n = follow(network, residual, labels, room_persons, release_node[i], release_step[i], waiting_persons[i], moves)
                if b == 0:
                    block_way(network, labels, moves, n)
                    stat[3] += 1
                    continue
                send(network, residual, room_persons, arrivals_persons, moves, n, b)
                waiting_persons[i] -= b
                sent += b
                stat[2] += 1
            left -= sent
            forget(labels, sent == 0)
            if sent == 0 or left == 0:
                break
        theta += 1
        if theta % 8 == 0:
            active = active[waiting_persons[active] > 0]
    return theta, labels
