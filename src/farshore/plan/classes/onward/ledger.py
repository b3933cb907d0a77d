"""What those with an instruction take of roads, decks, seats and beds from a step on, and what is left."""

from collections.abc import Mapping

import numpy as np

from farshore.plan.classes.buses import room_of, vehicle_room
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.onward.parts import Part, RideKey
from farshore.scenario.clock import Ints

__all__ = ["Ledger", "Meter", "Takes"]

Takes = tuple[Ints, Ints]  # resources, and how much of each one person, or one trip, takes


class Ledger:
    """Counts what is left of every resource as people and buses take theirs.

    left : int64[n_resources], of fleets and drivers in seats, as `Resources.capacity` has them; nothing is
        left in steps before `at`
    """

    def __init__(self, problem: ClassProblem, at: int) -> None:
        self.problem, self.layers, self.at = problem, problem.layers, at
        layers, timing, resources = self.layers, problem.timing, problem.layers.resources
        self.ground, self.n_steps = layers.ground, layers.n_steps
        self.left = resources.capacity.copy()
        self.left[: resources.beds].reshape(-1, self.n_steps)[:, :at] = 0
        self.arc_row = {code: row for row, code in enumerate(timing.arc_ids)}
        self.fleet_row = {fleet.fleet_id: row for row, fleet in enumerate(layers.fleets)}
        self._ferry = {int(arc): row for row, arc in enumerate(self.ground.ferry_arcs)}
        self._foot = {code: row for row, code in enumerate(layers.afoot.foot_ids)}
        codes = problem.scenario.nodes.node_id
        self.terminal = {str(codes[node]): row for row, node in enumerate(layers.afoot.terminals.tolist())}
        self.walks = {(leg.tail, leg.head): leg for leg in layers.afoot.legs if leg.mode == "walk"}
        self.stages = {
            (leg.name, leg.tail, leg.head, int(leg.opens.argmax())): leg
            for leg in reversed(layers.afoot.legs)
            if leg.mode == "train" and leg.opens.any()
        }
        self.host_row: Mapping[str, int] = problem.scenario.hosts.position()

    def copy(self) -> "Ledger":
        """One that can be used up by itself."""
        twin = Ledger.__new__(Ledger)
        twin.__dict__ = {**self.__dict__, "left": self.left.copy()}
        return twin

    # -- what is taken -------------------------------------------------------------------------------------

    def by_person(self, part: Part, step: int, need: int) -> Takes | None:
        """What somebody who leaves home in a step takes of a leg yet; None where it is closed.

        Who is under way on foot, by ferry or train is let through; by bus it is the trip that takes.
        """
        if part.mode == "car":
            return self._by_car(part, step)
        begins, resources, n = step + part.board, self.layers.resources, self.n_steps
        if part.mode == "bus" or begins < self.at:
            return _none()
        ends = self.terminal[part.tail], self.terminal[part.head]
        if part.mode == "ferry":
            arc = self.arc_row[part.links[0]]
            return (
                (np.array([arc * n + begins]), np.ones(1, np.int64))
                if self.ground.foot_ferry[self._ferry[arc], begins]
                else None
            )
        if part.mode == "train":
            stage = self.stages[part.name, *ends, begins].rooms[0][1]
            seats = int(room_of(self.ground, int(self.layers.afoot.train_fleet[stage]))[need])
            return np.array([resources.trains + stage * n + begins]), np.array([seats])
        if not self.walks[ends].opens[begins]:
            return None
        foot = [self._foot[link] for link in part.links if link in self._foot]
        return resources.foot + np.array(foot, np.int64) * n + begins, np.ones(len(foot), np.int64)

    def _by_car(self, part: Part, step: int) -> Takes | None:
        ground, resources, n = self.ground, self.layers.resources, self.n_steps
        arcs, steps = self._ahead(part.links, part.entries, step)
        if not ground.opens[ground.car_of[arcs], steps].all():
            return None
        ferry = np.array([self._ferry.get(arc, -1) for arc in arcs.tolist()], np.int64)
        decks = resources.decks + ferry[ferry >= 0] * n + steps[ferry >= 0]
        taken = np.concatenate([arcs * n + steps, decks])
        return taken, np.ones(len(taken), np.int64)

    def _ahead(self, links: tuple[str, ...], entries: tuple[int, ...], step: int) -> tuple[Ints, Ints]:
        """Arcs that are yet to be entered, and the steps."""
        arcs = np.array([self.arc_row[link] for link in links], np.int64)
        steps = step + np.array(entries, np.int64)
        ahead = steps >= self.at
        return arcs[ahead], steps[ahead]

    def by_host(self, host_id: str, step: int) -> Takes | None:
        """What being taken in takes; None where nobody is then."""
        resources, host = self.layers.resources, self.host_row[host_id]
        taken = [resources.beds + host]
        if step >= self.at:
            if step >= self.n_steps or not self.problem.host_open[host, step]:
                return None
            taken.append(resources.intake + host * self.n_steps + step)
        return np.array(taken, np.int64), np.ones(len(taken), np.int64)

    def by_trip(self, key: RideKey, leaves: int, back: int) -> Takes | None:
        """What a trip takes yet of roads, vehicles and drivers; None where a road ahead is closed to it."""
        road = self.by_road(key)
        if road is None:
            return None
        out, seats = self.by_vehicle(key[0], leaves, back)
        return np.concatenate([road[0], out]), np.concatenate([road[1], seats])

    def by_road(self, key: RideKey) -> Takes | None:
        """What a trip takes yet of roads; None where one ahead is closed to it."""
        _, board, _, links = key
        arcs, steps = self._ahead(links, self.entries(links), board)
        if not self.ground.opens[self.ground.bus_of[arcs], steps].all():
            return None
        return arcs * self.n_steps + steps, np.full(len(arcs), vehicle_room(self.ground), np.int64)

    def by_vehicle(self, fleet_id: str, leaves: int, back: int) -> Takes:
        """What a bus that is out takes of its fleet and the drivers."""
        number, resources = self.fleet_row[fleet_id], self.layers.resources
        every = np.arange(leaves, back)
        later = every[every >= self.at]
        taken = np.concatenate(
            [resources.fleets + number * self.n_steps + later, resources.day_of(number, every)]
        )
        return taken, np.full(len(taken), self.layers.fleets[number].seats, np.int64)

    def entries(self, links: tuple[str, ...]) -> tuple[int, ...]:
        """Steps from boarding to entering each link."""
        steps = self.problem.timing.steps
        found, at = [], 0
        for link in links:
            found.append(at)
            at += int(steps[self.arc_row[link]])
        return tuple(found)

    # -- taking --------------------------------------------------------------------------------------------

    def many(self, takes: Takes) -> int:
        """How often it can be taken."""
        if not len(takes[0]):
            return 1 << 40
        which, row = np.unique(takes[0], return_inverse=True)
        each = np.bincount(row.ravel(), takes[1]).astype(np.int64)
        return max(0, int((self.left[which] // np.maximum(each, 1)).min()))

    def take(self, takes: Takes, times: int) -> None:
        """Take so often; nothing is checked."""
        np.subtract.at(self.left, takes[0], takes[1] * times)


def _none() -> Takes:
    return np.empty(0, np.int64), np.empty(0, np.int64)


class Meter:
    """What people's legs and waits cost, by docs/classes.md."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._layers, self.scenario = ledger, ledger.layers, ledger.problem.scenario
        waits = np.cumsum(self._layers.afoot.wait_cost, axis=-1)
        self._waits = np.concatenate([np.zeros((*waits.shape[:-1], 1), np.int64), waits], axis=-1)

    def leg(self, part: Part, step: int, need: int) -> int:
        """A leg of somebody who leaves home in a step."""
        ledger, ground = self._ledger, self._layers.ground
        if part.mode in ("walk", "train"):
            begins = step + part.board
            ends = ledger.terminal[part.tail], ledger.terminal[part.head]
            leg = ledger.walks[ends] if part.mode == "walk" else ledger.stages[part.name, *ends, begins]
            return int(leg.costs[need, begins])
        total = 0
        for link, entry in zip(part.links, part.entries, strict=True):
            arc = ledger.arc_row[link]
            row = int(ground.cost_of[arc])
            total += int(ground.flat_cost[need, arc] if row < 0 else ground.costs[need, row, step + entry])
        return total

    def wait(self, node: str, need: int, since: int, until: int) -> int:
        """Waiting at a terminal through some steps."""
        if until <= since:
            return 0
        waits = self._waits[need, self._ledger.terminal[node]]
        return int(waits[until] - waits[since])

    def seconds(self, part: Part, step: int) -> int:
        """Seconds in motion on a leg of somebody who leaves home in a step."""
        ledger = self._ledger
        if part.mode in ("walk", "train"):
            ends = ledger.terminal[part.tail], ledger.terminal[part.head]
            begins = step + part.board
            leg = ledger.walks[ends] if part.mode == "walk" else ledger.stages[part.name, *ends, begins]
            return leg.seconds
        timing = ledger.problem.timing
        return sum(int(timing.travel_s[ledger.arc_row[link]]) for link in part.links)
