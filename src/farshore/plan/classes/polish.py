"""A plan made better: some people are taken out and sent anew, and stay so if that costs less in all."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.dispatch import Guide, dispatch
from farshore.kernels.placements import Placements, costs_of, put_back, take_out, who_waits
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.pour import Placed, placed, rooms_of
from farshore.plan.classes.spread import Spreader
from farshore.scenario.clock import Ints

__all__ = ["Polisher"]

Floats = npt.NDArray[np.float64]

_SIZES: Final = (25, 50, 75, 100, 150)  # placements taken out at once
_TRIPS: Final = 8  # or buses emptied at once
_SHARES: Final = (0.25, 1.0, 1.0, 1.0)  # of the prices, by which they are sent anew
_OPENING: Final = (1.0, 1.0, 3.0)  # how many times the price is asked of who has a bus sent
_AHEAD_H: Final = (0, 48, 200)  # how much earlier the needier are sent
_MERGE: Final = 50  # tries between two times that the same placements are made one


class Polisher:
    """Large neighbourhoods, one after the other.

    placements : the best so far, whenever it is looked at; saved_h : person-hours saved so far

    Shaw, P. (1998), Using constraint programming and local search methods to solve vehicle routing problems.
    """

    def __init__(
        self, problem: ClassProblem, spreader: Spreader, placements: Placements, *, seed: int = 0
    ) -> None:
        self.placements, self.saved_h = placements, 0.0
        self._problem, self._spreader = problem, spreader
        self._chance = np.random.default_rng(seed)
        guide = self._guide = spreader.guide()
        self._rooms = rooms_of(problem, spreader.patterns)
        put_back(placements, np.arange(len(placements.people)), guide, self._rooms)
        self._home_until, self._wait_until = _until(guide.home_wait, 0), _until(guide.terminal_wait, 1)
        self._stays = self._home_until[-1] + guide.left_cost
        self._cost = self._costs(placements, guide)
        self._departed = np.zeros_like(problem.people.newly_ready)
        self._depart(placements, np.arange(len(placements.people)), 1)
        self._left = problem.people.newly_ready.sum(axis=1) - self._departed.sum(axis=1)
        self._tried = 0

    def placed(self) -> Placed:
        """The plan that the placements make."""
        rooms = rooms_of(self._problem, self._spreader.patterns)
        every = np.arange(len(self.placements.people))
        put_back(self.placements, every, self._guide, rooms)
        return placed(self._problem, self._spreader.book, self.placements, rooms.trips)

    def improve(self, tries: int, over: Callable[[], bool]) -> None:
        """Make so many tries, or as many as there is time for."""
        for _ in range(tries if len(self.placements.people) else 0):
            if over():
                return
            self._try()

    def _try(self) -> None:
        chance, rooms = self._chance, self._rooms
        if self._tried % _MERGE == 0:
            self._merge()
        self._tried += 1
        which = self._some()
        old = self.placements
        take_out(old, which, self._guide, rooms)
        self._depart(old, which, -1)
        guide = self._spreader.guide(float(chance.choice(_SHARES)), rooms)
        commodity, ready, people = who_waits(self._problem.people.newly_ready, self._departed)
        order = self._order(commodity, ready)
        commodity, ready, people = commodity[order], ready[order], people[order]
        opening = float(chance.choice(_OPENING))
        whose, many, *way = dispatch(commodity, people, ready, guide, rooms, 0.0, opening, 2e-3)
        new = Placements(commodity[whose], many, *way)
        new_cost = self._costs(new, guide)
        left = np.bincount(commodity, people, len(self._left)) - np.bincount(
            new.commodity, many, len(self._left)
        )
        before = float(self._cost[which] @ old.people[which] + self._stays @ self._left)
        after = float(new_cost @ many + self._stays @ left)
        every = np.arange(len(many))
        if after < before - 1e-6:
            keep = np.ones(len(self._cost), bool)
            keep[which] = False
            self._depart(new, every, 1)
            self._cost = np.concatenate([self._cost[keep], new_cost])
            self._left = left
            self.saved_h += before - after
            self.placements = Placements(
                *(np.concatenate([column[keep], more]) for column, more in zip(old, new, strict=True))
            )
        else:
            take_out(new, every, guide, rooms)
            put_back(old, which, guide, rooms)
            self._depart(old, which, 1)

    def _costs(self, placements: Placements, guide: Guide) -> Floats:
        return np.asarray(costs_of(placements, guide, self._rooms, self._home_until, self._wait_until))

    def _depart(self, placements: Placements, which: Ints, sign: int) -> None:
        gone = (placements.commodity[which], placements.entered[which, 0])
        np.add.at(self._departed, gone, sign * placements.people[which])

    def _merge(self) -> None:
        """Make placements one that are the same but for their people."""
        p = self.placements
        table = np.column_stack([p.commodity, p.host, p.n_stretches, p.stretch, p.entered])
        _, first, row = np.unique(table, axis=0, return_index=True, return_inverse=True)
        people = np.bincount(row.ravel(), p.people, len(first)).astype(np.int64)
        self._cost = self._cost[first]
        self.placements = Placements(*(column[first] for column in p))._replace(people=people)

    def _some(self) -> Ints:
        """Placements to be taken out: any; who leaves at about the same time; of a zone; on some buses."""
        chance, depart = self._chance, self.placements.entered[:, 0]
        one, kind = int(chance.integers(len(depart))), int(chance.integers(4))
        pool = np.arange(len(depart))
        if kind == 1:
            pool = np.flatnonzero(abs(depart - depart[one]) <= chance.choice(np.array([2, 6, 24, 48])))
        elif kind == 2:
            zone = self._problem.people.zone[self.placements.commodity]
            pool = np.flatnonzero((zone == zone[one]) & (abs(depart - depart[one]) <= 72))
        elif kind == 3:
            return self._riders()
        size = int(chance.choice(_SIZES))
        return np.sort(chance.choice(pool, size, replace=False)) if len(pool) > size else pool

    def _riders(self) -> Ints:
        """Everybody on some trips that one fleet makes on about one day."""
        chance, placements, rooms = self._chance, self.placements, self._rooms
        fleets = self._spreader.patterns.bus_fleet
        if not len(fleets):
            return np.arange(min(len(placements.people), _SIZES[0]))
        ride = np.where(placements.stretch >= 0, rooms.bus_of[placements.stretch], -1)
        step = placements.entered[:, : ride.shape[1]]
        some = int(chance.integers(len(self._problem.layers.fleets)))
        middle = int(placements.entered[chance.integers(len(ride)), 0])
        wanted = (ride >= 0) & (fleets[ride] == some) & (abs(step - middle) <= 24)
        trip = np.where(wanted, ride * rooms.n_steps + step, -1)
        trips = np.unique(trip[wanted])
        if len(trips) > _TRIPS:
            trips = chance.choice(trips, int(chance.integers(1, _TRIPS + 1)), replace=False)
        return np.flatnonzero(np.isin(trip, trips).any(axis=1))

    def _order(self, commodity: Ints, ready: Ints) -> Ints:
        """Who is sent first: the needier as if they were ready earlier, a little by chance."""
        chance = self._chance
        ahead = int(chance.choice(_AHEAD_H)) * 3600 // self._problem.timing.step_s
        turn = ready + ahead * self._problem.people.need[commodity] + chance.integers(0, 12, len(ready))
        return np.asarray(np.argsort(turn, kind="stable"))


def _until(waits: Floats, axis: int) -> Floats:
    """Sums up to each step: one entry more than steps."""
    shape = list(waits.shape)
    shape[axis] = 1
    return np.concatenate([np.zeros(shape), np.cumsum(waits, axis=axis)], axis=axis)
