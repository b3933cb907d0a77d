"""Flow over time and what is left beside it: sparse blocks of steps and two bits per link and step."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from farshore.kernels.bits import Words, clear_bit, set_bit
from farshore.kernels.compiled import folded
from farshore.kernels.network import Network, capacity_at, open_words

__all__ = ["BLOCK_STEPS", "Residual", "add_flow", "flow_at", "flow_entries", "load_flow", "no_flow"]

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]

BLOCK_STEPS = 16  # one cache line of int32
_SHIFT = 4


class Residual(NamedTuple):
    """A flow on a network over time and the steps in which it can grow or shrink.

    block : int32[n_links, n_blocks], where the 16 steps' flow lies in `pool`; 0 while it is all zero
    pool : int32[n_rows, 16], persons; row 0 stays zero. Rows beyond `n_used` are reserved but never
        touched, so the system gives them no memory.
    n_used : int64[1], rows of the pool in use
    open_words, used_words : uint64[n_words, n_links], steps with room left, steps with flow
    """

    block: Int32s
    pool: Int32s
    n_used: Ints
    open_words: Words
    used_words: Words


def no_flow(network: Network) -> Residual:
    """The residual of an empty network."""
    opened = open_words(network)
    n_links, n_blocks = len(network.tail), (network.n_steps + BLOCK_STEPS - 1) // BLOCK_STEPS
    return Residual(
        np.zeros((n_links, n_blocks), np.int32),
        np.zeros((n_links * n_blocks + 1, BLOCK_STEPS), np.int32),
        np.ones(1, np.int64),
        opened,
        np.zeros_like(opened),
    )


@folded
def flow_at(block: Int32s, pool: Int32s, link: int, step: int) -> int:
    """Persons who enter a link in a step."""
    return int(pool[block[link, step >> _SHIFT], step & (BLOCK_STEPS - 1)])


@folded
def add_flow(
    block: Int32s,
    pool: Int32s,
    n_used: Ints,
    opened: Words,
    used: Words,
    capacity: int,
    link: int,
    step: int,
    persons: int,
) -> None:
    """Let more people (fewer, if negative) enter a link in a step; the caller knows that they can.

    block, pool, n_used, opened, used : fields of `Residual`, one by one because inner loops call this
    """
    row = block[link, step >> _SHIFT]
    if row == 0:
        row = n_used[0]
        n_used[0] += 1
        block[link, step >> _SHIFT] = row
    flow = pool[row, step & (BLOCK_STEPS - 1)] + persons
    pool[row, step & (BLOCK_STEPS - 1)] = flow
    if flow > 0:
        set_bit(used, link, step)
    else:
        clear_bit(used, link, step)
    if flow < capacity:
        set_bit(opened, link, step)
    else:
        clear_bit(opened, link, step)


@njit(cache=True)
def load_flow(network: Network, residual: Residual, link: Int32s, step: Int32s, persons: Int32s) -> None:
    """Add many entries of flow, as `flow_entries` gives them."""
    block, pool, n_used = residual.block, residual.pool, residual.n_used
    opened, used = residual.open_words, residual.used_words
    constant, profile, varying = network.capacity_persons, network.profile, network.profile_persons
    for k in range(len(link)):
        capacity = capacity_at(constant, profile, varying, link[k], step[k])
        add_flow(block, pool, n_used, opened, used, capacity, link[k], step[k], persons[k])


@njit(cache=True)
def flow_entries(residual: Residual) -> tuple[Int32s, Int32s, Int32s]:
    """The flow as sorted entries: link, step and persons, int32[n_entries] each, persons > 0."""
    n_links, n_blocks = residual.block.shape
    n = 0
    for row in range(1, residual.n_used[0]):
        for k in range(BLOCK_STEPS):
            n += residual.pool[row, k] > 0
    links, steps, persons = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    n = 0
    for link in range(n_links):
        for b in range(n_blocks):
            row = residual.block[link, b]
            if row == 0:
                continue
            for k in range(BLOCK_STEPS):
                if residual.pool[row, k] > 0:
                    links[n], steps[n], persons[n] = link, b * BLOCK_STEPS + k, residual.pool[row, k]
                    n += 1
    return links, steps, persons
