"""A plan made better: some people are taken out and sent anew, and stay so if that costs less in all."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.kernels.dispatch import dispatch, hopeful
from farshore.kernels.placements import Placements, costs_of, put_back, take_out, who_waits
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.outlook import Outlook
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
_SLACK: Final = 1.3e-4  # of what one costs, that a way may cost more than the cheapest
_GRAIN: Final = 7e-5
_WIDTHS: Final = (2, 6, 24, 48)  # steps on either side
_BEFORE: Final = 24  # steps that people may leave earlier than the first who was taken out
_JUMPS: Final = 16  # times that a sweep looks at, about half of them
_MORE: Final = 10  # who are left behind, tried besides twice as many of each commodity as are taken out


class Polisher:
    """Large neighbourhoods, one after the other.

    placements : the best so far, whenever it is looked at; saved_h : person-hours saved so far

    Shaw, P. (1998), Using constraint programming and local search methods to solve vehicle routing problems.
    """

    def __init__(
        self,
        problem: ClassProblem,
        spreader: Spreader,
        placements: Placements,
        scale_h: float,
        *,
        seed: int = 0,
    ) -> None:
        self.placements, self.saved_h = placements, 0.0
        self._problem, self._spreader, self._scale_h = problem, spreader, scale_h
        self._chance = np.random.default_rng(seed)
        self._rooms = rooms_of(problem, spreader.patterns)
        no_prices = np.zeros((0, 0))  # nothing here asks for them; each sweep has an outlook of its own
        choices = self._choices = spreader.choices(no_prices, no_prices)
        put_back(placements, np.arange(len(placements.people)), choices, self._rooms)
        self._home_until, self._wait_until = _until(choices.home_wait, 0), _until(choices.terminal_wait, 1)
        self._stays = self._home_until[-1] + choices.left_cost
        self._cost = self._costs(placements)
        self._departed = np.zeros_like(problem.people.newly_ready)
        self._depart(placements, np.arange(len(placements.people)), 1)
        self._left = problem.people.newly_ready.sum(axis=1) - self._departed.sum(axis=1)
        self._at = 0
        self._stale_until = 0
        self._reach = int(abs(spreader.few[2]).max(initial=0)) + 1

    def placed(self) -> Placed:
        """The plan that the placements make."""
        rooms = rooms_of(self._problem, self._spreader.patterns)
        every = np.arange(len(self.placements.people))
        put_back(self.placements, every, self._choices, rooms)
        return placed(self._problem, self._spreader.book, self.placements, rooms.trips)

    def improve(self, tries: int, over: Callable[[], bool]) -> None:
        """Make so many tries, or as many as there is time for."""
        for _ in range(tries if len(self.placements.people) else 0):
            if over():
                return
            self._try()

    def _try(self) -> None:
        if self._at <= 0:
            self._begin_sweep()
        rooms, old, chance = self._rooms, self.placements, self._chance
        which = self._some()
        self._at -= int(chance.integers(1, self._outlook.n_steps // _JUMPS + 2))
        if not len(which):
            return
        take_out(old, which, self._choices, rooms)
        self._depart(old, which, -1)
        commodity, ready, people = who_waits(self._problem.people.newly_ready, self._departed)
        waiting = np.bincount(commodity, people, len(self._left)).astype(np.float64)
        order = self._order(commodity, ready)
        order = order[self._worth_a_try(waiting)[commodity[order]] > chance.random(len(order))]
        commodity, ready, people = commodity[order], ready[order], people[order]
        since, until = max(0, int(old.entered[which, 0].min()) - _BEFORE), self._until(old, which)
        guide = self._outlook.guide
        self._outlook.renew(since, max(until, self._stale_until))
        whose, many, *way = dispatch(
            commodity, people, np.maximum(ready, since), guide, rooms, 0.0, self._opening,
            _SLACK * self._scale_h, _GRAIN * self._scale_h, hopeful(guide),
        )  # fmt: skip
        new = Placements(commodity[whose], many, *way)
        every = np.arange(len(many))
        new_cost = self._costs(new)
        left = waiting - np.bincount(new.commodity, many, len(self._left))
        before = float(self._cost[which] @ old.people[which] + self._stays @ self._left)
        after = float(new_cost @ many + self._stays @ left)
        self._stale_until = until
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
            self._stale_until = max(until, self._until(new, every))
        else:
            take_out(new, every, self._choices, rooms)
            put_back(old, which, self._choices, rooms)
            self._depart(old, which, 1)

    def _begin_sweep(self) -> None:
        """Go back in time from the end once more, so that little of the outlook is worked out again."""
        self._merge()
        share = float(self._chance.choice(_SHARES))
        self._opening = float(self._chance.choice(_OPENING))
        self._outlook = Outlook(self._spreader, share, self._rooms, self._opening)
        self._at, self._stale_until = self._outlook.n_steps, 0

    def _until(self, placements: Placements, which: Ints) -> int:
        """The step after the last in which what some placements use makes a difference to who enters."""
        arrival = placements.entered[which, placements.n_stretches[which]]
        return min(self._outlook.n_steps, int(arrival.max(initial=0)) + self._reach)

    def _costs(self, placements: Placements) -> Floats:
        return np.asarray(
            costs_of(placements, self._choices, self._rooms, self._home_until, self._wait_until)
        )

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
        """Placements to be taken out: of about the same time: any, of a zone, or on some buses."""
        chance, depart = self._chance, self.placements.entered[:, 0]
        one = self._one(depart)
        kind = int(chance.integers(4))
        if kind == 3:
            return self._riders(int(depart[one]))
        if kind == 2:
            zone = self._problem.people.zone[self.placements.commodity]
            pool = np.flatnonzero((zone == zone[one]) & (abs(depart - depart[one]) <= _WIDTHS[-1]))
        else:
            pool = np.flatnonzero(abs(depart - depart[one]) <= chance.choice(_WIDTHS))
        size = int(chance.choice(_SIZES))
        return np.sort(chance.choice(pool, size, replace=False)) if len(pool) > size else pool

    def _one(self, depart: Ints) -> int:
        """A placement that leaves at about the time that the sweep has come to."""
        order = np.argsort(depart, kind="stable")
        step = self._outlook.n_steps // _JUMPS + 1
        first, last = np.searchsorted(depart[order], [self._at - step, self._at])
        first = min(int(first), len(depart) - 1)
        return int(order[self._chance.integers(first, max(first + 1, int(last)))])

    def _riders(self, middle: int) -> Ints:
        """Everybody on some trips that one fleet makes at about a time."""
        chance, placements, rooms = self._chance, self.placements, self._rooms
        fleets = self._spreader.patterns.bus_fleet
        if not len(fleets):
            return np.arange(min(len(placements.people), _SIZES[0]))
        ride = np.where(placements.stretch >= 0, rooms.bus_of[placements.stretch], -1)
        step = placements.entered[:, : ride.shape[1]]
        some = int(chance.integers(len(self._problem.layers.fleets)))
        wanted = (ride >= 0) & (fleets[ride] == some) & (abs(step - middle) <= _WIDTHS[2])
        trip = np.where(wanted, ride * rooms.n_steps + step, -1)
        trips = np.unique(trip[wanted])
        if len(trips) > _TRIPS:
            trips = chance.choice(trips, int(chance.integers(1, _TRIPS + 1)), replace=False)
        return np.flatnonzero(np.isin(trip, trips).any(axis=1))

    def _worth_a_try(self, waiting: Floats) -> Floats:
        """What share of each commodity's who wait is tried: some of those who were left behind already."""
        out = waiting - self._left
        return np.asarray((2 * out + _MORE) / np.maximum(1.0, waiting))

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
