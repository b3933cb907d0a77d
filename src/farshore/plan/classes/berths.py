"""Seats for whole households of one zone and class: the cheapest that are left, and better ones later."""

from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.room_left import RoomLeft
from farshore.plan.classes.ways import Way, WayCosts
from farshore.plan.families.synthesis import Members
from farshore.scenario.clock import Ints

__all__ = ["Berths"]

Flags = npt.NDArray[np.bool_]

_TRIES: Final = 12  # departures that turn out to be full, before a household is left where it is


class Berths:
    """What households of one commodity may take, and what they have taken."""

    def __init__(
        self,
        problem: ClassProblem,
        left: RoomLeft,
        ways: list[Way],
        costs: WayCosts,
        commodity: int,
        members: Members,
        mine: list[int],
        at: Ints,
    ) -> None:
        """mine : its households, in drawn order; at : int64[2, n_households], way and step, changed."""
        people = problem.people
        self.left, self.ways, self.mine, self.at = left, ways, mine, at
        self.size = members.size
        self.need, self.n_steps = int(people.need[commodity]), problem.timing.n_steps
        self.open_to = [
            number
            for number, way in enumerate(ways)
            if way.zone == people.zone[commodity]
            and people.accepts[commodity, way.host]
            and (people.has_car[commodity] or not way.by_car)
        ]
        wait = problem.wait_cost[commodity]
        travel = [costs.of(ways[number], self.need) for number in self.open_to]
        self.cost = np.array(travel, np.int64).reshape(-1, self.n_steps) + np.cumsum(wait) - wait
        self.staying = int(wait.sum()) + problem.left_cost
        self.free = np.cumsum(people.newly_ready[commodity])  # ready and still at home after each step
        self.place = {number: row for row, number in enumerate(self.open_to)}

    def entries(self, size: int, room: Ints) -> tuple[Ints, Ints, Ints]:
        """Departures that seem to have room for so many, cheapest first: row of `open_to`, step, cost."""
        entries = np.flatnonzero((room >= size) & (self.cost < self.staying))
        entries = entries[np.argsort(self.cost.ravel()[entries], kind="stable")]
        return entries // self.n_steps, entries % self.n_steps, self.cost.ravel()[entries]

    def rooms(self) -> Ints:
        """How many seem to fit on each way in each step: int64[n_ways, n_steps]."""
        rooms = [self.left.room(self.ways[number], self.need) for number in self.open_to]
        return np.array(rooms, np.int64).reshape(-1, self.n_steps)

    def seat_left_over(self) -> None:
        """Seat households that have no seat on what is cheapest, large ones first."""
        waiting: defaultdict[int, list[int]] = defaultdict(list)
        for household in self.mine:
            if self.at[0, household] < 0:
                waiting[int(self.size[household])].append(household)
        if not waiting or not self.open_to:
            return
        room = self.rooms()
        for size in sorted(waiting, reverse=True):
            rows, steps, _ = self.entries(size, room)
            tries = zip(rows.tolist(), steps.tolist(), strict=True)
            entry = next(tries, None)
            for household in waiting[size]:
                while entry is not None and not self.take(household, self.open_to[entry[0]], entry[1]):
                    entry = next(tries, None)

    def take_all(self, households: list[int], number: int, step: int) -> None:
        """Seat those on a way in a step for whom there is room: all at once if there is for all."""
        if not self._take(households, number, step):
            for household in households:
                self.take(household, number, step)

    def take(self, household: int, number: int, step: int) -> bool:
        """Seat a household on a way in a step, if all of it is ready and there is room."""
        return self._take([household], number, step)

    def _take(self, households: list[int], number: int, step: int) -> bool:
        size = int(self.size[households].sum())
        if self.free[step:].min() < size or not self.left.take(self.ways[number], self.need, step, size):
            return False
        self.at[:, households] = [[number], [step]]
        self.free[step:] -= size
        return True

    def cost_of(self, household: int) -> int:
        """What each member of a household costs where it is."""
        number, step = self.at[:, household].tolist()
        return int(self.cost[self.place[number], step]) if number >= 0 else self.staying

    def earliest(self, household: int) -> int:
        """The first step in which all of a household is ready and can leave, others as they do."""
        number, step = self.at[:, household].tolist()
        short = np.flatnonzero(self.free[: step if number >= 0 else None] < self.size[household])
        return int(short[-1]) + 1 if len(short) else 0

    def free_by(self, household: int, step: int, sign: int) -> None:
        """Note who is at home if a household leaves in a step and not as it does; or undo it: sign −1."""
        number, before = self.at[:, household].tolist()
        size = sign * int(self.size[household])
        if number >= 0:
            self.free[before:] += size
        self.free[step:] -= size

    def draw_forward(self) -> int:
        """Give what is free to households that leave dearest, if it is cheaper; how many moved."""
        seated: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for household in self.mine:
            if self.at[0, household] >= 0:
                seated[int(self.size[household])].append((-self.cost_of(household), household))
        if not seated:
            return 0
        room, moved = self.rooms(), 0
        for size in sorted(seated, reverse=True):
            rows, steps, costs = self.entries(size, room)
            dead = np.zeros(len(rows), bool)
            for minus_cost, household in sorted(seated[size]):
                better = int(np.searchsorted(costs, -minus_cost))
                if not better:
                    break
                moved += self._better(household, size, rows[:better], steps[:better], dead[:better])
        return moved

    def _better(self, household: int, size: int, rows: Ints, steps: Ints, dead: Flags) -> bool:
        """Move a household to the first departure of those given, cheapest first, that takes it."""
        number, step = self.at[:, household].tolist()
        tries = np.flatnonzero(~dead & (steps >= self.earliest(household)))[:_TRIES].tolist()
        old = self.ways[number]
        for entry in tries:
            other, to = self.open_to[int(rows[entry])], int(steps[entry])
            self.left.put(old, self.need, step, -size)
            if self.left.take(self.ways[other], self.need, to, size):
                self.left.recall(old, step)
                self.free_by(household, to, 1)
                self.at[:, household] = other, to
                return True
            self.left.put(old, self.need, step, size)
            dead[entry] = True
        return False
