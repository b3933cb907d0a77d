"""Packing: whole households into departures of given sizes, to the last seat wherever sizes allow it."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from farshore.scenario.tables import LARGEST_HOUSEHOLD
from farshore.scenario.timing import Ints

__all__ = ["pack"]

# Persons: departures so small are filled first, while households of every size are left; any household fits.
_SMALL: Final = 2 * LARGEST_HOUSEHOLD
_RETRIES: Final = 6


def pack(size: Ints, rooms: Ints) -> Ints:
    """The departure that each household takes, −1 for none: int64[n_households].

    size : int64[n_households], members, in drawn order; rooms : int64[n_departures], persons
    No departure takes more than its room. Small ones are filled first; of the others each takes households
    in drawn order, and the last few so that it is filled exactly, if households of such sizes are left.
    """
    stock = _Stock(size)
    at = np.full(len(size), -1, np.int64)
    small = rooms <= _SMALL
    for departure in np.flatnonzero(small)[np.argsort(rooms[small], kind="stable")].tolist():
        at[stock.take(_exactly(int(rooms[departure]), stock.left))] = departure
    for departure in np.flatnonzero(~small).tolist():
        drawn, room = stock.draw(int(rooms[departure]) - _SMALL)
        room += _SMALL
        found = _exactly(room, stock.left)
        for _ in range(_RETRIES):
            if _persons(found) == room or not drawn:
                break
            room += stock.back(drawn.pop())
            found = _exactly(room, stock.left)
        at[drawn] = departure
        at[stock.take(found)] = departure
    return at


class _Stock:
    """Households not yet seated, by size, each size in drawn order."""

    def __init__(self, size: Ints) -> None:
        self.size = size.tolist()
        self.waiting: list[list[int]] = [[] for _ in range(max(self.size, default=0) + 1)]
        for household in range(len(self.size) - 1, -1, -1):
            self.waiting[self.size[household]].append(household)

    @property
    def left(self) -> list[int]:
        """How many are left of each size from 0 on."""
        return [len(each) for each in self.waiting]

    def take(self, counts: Sequence[int]) -> list[int]:
        """The next so many of each size."""
        return [self.waiting[size].pop() for size, count in enumerate(counts) for _ in range(count)]

    def draw(self, persons: int) -> tuple[list[int], int]:
        """Households in drawn order until so many persons are aboard or none fits; and the room left."""
        drawn: list[int] = []
        while persons > 0:
            first = min((each[-1] for each in self.waiting if each), default=-1)
            if first < 0:
                break
            drawn.append(self.waiting[self.size[first]].pop())
            persons -= self.size[first]
        return drawn, persons

    def back(self, household: int) -> int:
        """Put the household that was taken last back; its persons."""
        self.waiting[self.size[household]].append(household)
        members: int = self.size[household]
        return members


def _persons(counts: Sequence[int]) -> int:
    return sum(size * count for size, count in enumerate(counts))


def _exactly(room: int, left: Sequence[int]) -> list[int]:
    """Households of each size from 0 on that fill a room best, large ones first: a bounded knapsack.

    reached[r] : how r persons can be aboard, as the size that came last and the persons before it
    """
    best: list[list[int] | None] = [None] * (room + 1)
    best[room] = [0] * len(left)  # by room that is left
    for size in range(len(left) - 1, 0, -1):
        if not left[size]:
            continue
        for before in range(room, size - 1, -1):
            so_far = best[before]
            if so_far is None or so_far[size]:
                continue
            for count in range(1, min(left[size], before // size) + 1):
                after = before - count * size
                if best[after] is None:
                    filled = so_far.copy()
                    filled[size] = count
                    best[after] = filled
        if best[0] is not None:
            break
    return next(each for each in best if each is not None)
