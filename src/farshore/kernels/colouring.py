"""The fewest vehicles for rounds whose times are known: colouring intervals."""

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["fewest_vehicles", "most_at_once"]

Ints = npt.NDArray[np.int64]


def fewest_vehicles(leave_s: npt.ArrayLike, back_s: npt.ArrayLike) -> Ints:
    """A vehicle for each round from `leave_s` until `back_s`; no vehicle makes two at once.

    returns : int64[n], vehicles from 0 on, as few as there can be: a new one is taken only when all others
    are out. A vehicle that is back may leave in the same second; of those at the base the one that
    came last leaves first, so that duties hang together.
    (Interval graphs are perfect: Hajnal & Surányi 1958; Gupta, Lee & Leung 1979.)
    """
    leave, back = np.asarray(leave_s, np.int64), np.asarray(back_s, np.int64)
    if (back < leave).any():
        raise ValueError("a round ends before it begins")
    vehicle = np.full(len(leave), -1, np.int64)
    out: list[tuple[int, int]] = []  # (back, vehicle)
    home: list[int] = []  # in the order in which they came
    n_vehicles = 0
    for row in np.lexsort((back, leave)).tolist():
        while out and out[0][0] <= leave[row]:
            home.append(heapq.heappop(out)[1])
        if home:
            vehicle[row] = home.pop()
        else:
            vehicle[row] = n_vehicles
            n_vehicles += 1
        heapq.heappush(out, (int(back[row]), int(vehicle[row])))
    return vehicle


def most_at_once(leave_s: Sequence[int] | Ints, back_s: Sequence[int] | Ints) -> int:
    """Most rounds under way at one moment, each from `leave_s` until just before `back_s`."""
    leave, back = np.asarray(leave_s, np.int64), np.asarray(back_s, np.int64)
    lasting = back > leave
    moments = np.concatenate([leave[lasting], back[lasting]])
    change = np.repeat([1, -1], lasting.sum())
    order = np.lexsort((change, moments))  # who is back makes room before others leave
    return int(np.cumsum(change[order]).max(initial=0))
