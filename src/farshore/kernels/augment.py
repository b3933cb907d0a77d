"""Augmenting along labels: follow labels to a sink, send what fits, remember what has filled up."""

import numpy as np
import numpy.typing as npt

from farshore.kernels.bits import get_bit, set_bit
from farshore.kernels.compiled import looped
from farshore.kernels.labels import Labels, next_move
from farshore.kernels.network import Network, capacity_at
from farshore.kernels.residual import Residual, add_flow, flow_at

__all__ = ["block_way", "follow", "send"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@looped
def follow(
    network: Network,
    residual: Residual,
    labels: Labels,
    room_persons: Ints,
    node: int,
    step: int,
    persons: int,
    moves: Int32s,
) -> tuple[int, int]:
    """The way from a labelled vertex to a sink, and how many of `persons` fit on it now.

    moves : int32[n, 2], room for the way: (link, step of entry), (~link, step of entry) for flow taken back
    returns : persons that fit (0: a link on the way has filled up since; −1: `moves` is too short) and the
        length of the way
    """
    head, tail, transit_steps, limit = (
        network.head,
        network.tail,
        network.transit_steps,
        network.sink_limit_persons,
    )
    constant, profile, varying = network.capacity_persons, network.profile, network.profile_persons
    flow_block, pool = residual.block, residual.pool
    latest, entry, mask, blocked = labels.latest, labels.entry, labels.mask, labels.blocked
    n = 0
    while persons > 0 and n + 2 <= len(moves):
        if get_bit(blocked, node, step):
            return 0, n
        move = next_move(latest, entry, mask, node, step)
        if move >= 0:
            moves[n, 0], moves[n, 1] = move, step
            room = capacity_at(constant, profile, varying, move, step) - flow_at(flow_block, pool, move, step)
            node, step = head[move], step + transit_steps[move]
        else:
            step -= transit_steps[~move]
            moves[n, 0], moves[n, 1] = move, step
            room = flow_at(flow_block, pool, ~move, step)
            node = tail[~move]
        n += 1
        persons = min(persons, room)
        if persons > 0 and limit[node] >= 0:
            if room_persons[node] > 0:
                return min(persons, room_persons[node]), n
            move, step = labels.sink_link[node], labels.sink_step[node]
            if move < 0:  # had room when the labels were made
                return 0, n
            moves[n, 0], moves[n, 1] = ~move, step
            persons = min(persons, flow_at(flow_block, pool, move, step))
            node = tail[move]
            n += 1
    return (0 if persons <= 0 else -1), n


@looped
def block_way(network: Network, labels: Labels, moves: Int32s, n_moves: int) -> None:
    """Remember that the vertices on a way lead over a link that has filled up."""
    for k in range(n_moves):
        link, step = moves[k, 0], moves[k, 1]
        if link >= 0:
            set_bit(labels.blocked, network.tail[link], step)
        elif network.sink_limit_persons[network.head[~link]] < 0:
            set_bit(labels.blocked, network.head[~link], step + network.transit_steps[~link])


@looped
def send(
    network: Network,
    residual: Residual,
    room_persons: Ints,
    arrivals_persons: Ints,
    moves: Int32s,
    n_moves: int,
    persons: int,
) -> None:
    """Send people along a way that `follow` found, and count who arrives when."""
    head, transit_steps, limit = network.head, network.transit_steps, network.sink_limit_persons
    constant, profile, varying = network.capacity_persons, network.profile, network.profile_persons
    flow_block, pool, n_used = residual.block, residual.pool, residual.n_used
    opened, used = residual.open_words, residual.used_words
    for k in range(n_moves):
        step = moves[k, 1]
        link = max(moves[k, 0], ~moves[k, 0])
        sign = persons if moves[k, 0] >= 0 else -persons
        capacity = capacity_at(constant, profile, varying, link, step)
        add_flow(flow_block, pool, n_used, opened, used, capacity, link, step, sign)
        if limit[head[link]] >= 0:
            arrivals_persons[step + transit_steps[link]] += sign
            room_persons[head[link]] -= sign
