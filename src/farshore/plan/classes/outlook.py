"""What ways cost at least by the prices and the room that is left: it leads to the cheapest way."""

import numpy as np
import numpy.typing as npt

from farshore.kernels.dispatch import Guide
from farshore.kernels.pouring import Rooms, asked_between
from farshore.kernels.spreading import MOST_QUICK, tolled, worths_between
from farshore.plan.classes.spread import Spreader

__all__ = ["Outlook"]

Floats = npt.NDArray[np.float64]

_CLOSED = 1e15
_HARD_H = 1e-6  # a spread of nearly nothing


class Outlook:
    """A guide under a share of the prices, and without what has no room left.

    rooms : what is left; None stands for all the room there is; a seat in a bus that goes anyway is free,
        one in another costs its price so many times as `opening` says
    dearer_h : person-hours more for a seat in each step that a bus is out, where its fleet has a price

    What is worked out backward in time stays as it is until `renew`; the guide's arrays are changed by it.
    Beds and drivers' days that come free, or are full now, then count in the steps asked for only.
    """

    def __init__(
        self,
        spreader: Spreader,
        share: float = 1.0,
        rooms: Rooms | None = None,
        opening: float = 1.0,
        dearer_h: float = 0.0,
    ) -> None:
        self._opening = opening
        self._spreader, self._rooms, self.n_steps = spreader, rooms, spreader.n_steps
        families, intake, beds, days = (share * part for part in spreader.market.parts(spreader.live))
        self._parts = families, intake, beds, days + dearer_h
        n_steps, n_groups = spreader.n_steps, len(spreader.need)
        self._tolls = np.zeros((n_steps, spreader.known))
        self._least = self._tolls if rooms is None else np.zeros_like(self._tolls)
        _, self._host_price = spreader.market.added(*self._parts)
        choices = spreader.choices(self._tolls, self._host_price)
        n_levels, n_terminals = MOST_QUICK + 1, len(choices.quick_first)
        there = np.full((n_groups, n_steps + 1, n_levels, n_terminals), _CLOSED)
        at_home = np.full((n_steps + 1, len(choices.home)), choices.left_cost)
        self.guide = Guide(choices, there, at_home)
        self.renew(0, n_steps)

    def renew(self, begin: int, end: int) -> None:
        """Work the steps from `begin` to before `end` out again, those after them being as they should."""
        spreader, rooms = self._spreader, self._rooms
        families, intake, beds, days = self._parts
        if rooms is not None:
            left = rooms.left[: len(spreader.active) * spreader.n_steps].reshape(-1, spreader.n_steps)
            families = np.where(left[spreader.market.rows] <= 0, _CLOSED, families)
            intake = np.where(rooms.taken > 0, intake, _CLOSED)
            beds = np.where(rooms.beds > 0, beds, _CLOSED)
            days = np.where(rooms.days_left > 0, days, _CLOSED)
        prices, host_price = spreader.market.added(families, intake, beds, days)
        self._host_price[begin:end] = host_price[begin:end]
        tolled(begin, end, spreader.few, prices, self._tolls)
        if rooms is not None:
            asked_between(begin, end, rooms, self._opening, self._tolls, self._least)
        least = self.guide.choices._replace(tolls=self._least)
        worths_between(begin, end, _HARD_H, least, self.guide.there, self.guide.at_home)
