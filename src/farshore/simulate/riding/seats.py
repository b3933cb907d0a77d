"""Who of a departure rides in which trip: a plan's boarding list, or the first seats that are free."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["RideKey", "Seats", "parts_of"]

Ints = npt.NDArray[np.int64]

RideKey = tuple[str, int, str, str]  # fleet, step of boarding, stop, links separated by spaces


class Seats:
    """The seats of a plan's trips, given out once."""

    def __init__(self, trips: Sequence[tuple[RideKey, int, int, int]]) -> None:
        """trips : key, persons, seats taken and an assisted rider's seats of each trip, in order."""
        self._by_key: defaultdict[RideKey, list[int]] = defaultdict(list)
        self._left: list[list[int]] = []  # assisted riders and others that each trip still takes
        self._mixed: list[bool] = []
        for row, (key, persons, seats, room) in enumerate(trips):
            assisted = (seats - persons) // (room - 1) if room > 1 else 0
            self._by_key[key].append(row)
            self._left.append([assisted, persons - assisted])
            self._mixed.append(room <= 1)  # an assisted rider takes no more than others do

    def take(self, key: RideKey, assisted: bool, persons: int) -> Ints:
        """The trip of each of so many persons, int64[persons]; −1 where the plan has none for them."""
        trip = np.full(persons, -1, np.int64)
        at = 0
        for row in self._by_key[key]:
            kind = 0 if assisted and not self._mixed[row] else 1
            many = min(persons - at, self._left[row][kind])
            trip[at : at + many] = row
            self._left[row][kind] -= many
            at += many
        return trip

    def rows(self, key: RideKey) -> list[int]:
        """The trips that ride so, in order."""
        return self._by_key[key]


def parts_of(labels: Iterable[Ints]) -> list[tuple[int, int]]:
    """Stretches of a row of persons in which all labels are the same: (first, one after the last)."""
    columns = np.stack(list(labels))
    if not columns.shape[1]:
        return []
    cuts = np.flatnonzero((np.diff(columns, axis=1) != 0).any(axis=0)) + 1
    edges = [0, *cuts.tolist(), columns.shape[1]]
    return list(pairwise(edges))
