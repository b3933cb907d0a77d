"""Ways of a plan with the steps of their stretches, whenever somebody leaves by them."""

from dataclasses import dataclass

import numpy as np

from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.patterns import Patterns
from farshore.plan.classes.pour import Placed
from farshore.scenario.clock import Ints

__all__ = ["Way", "WayCosts", "numbered_ways", "placed_again"]


@dataclass(frozen=True, slots=True)
class Way:
    """A pattern of a zone's people.

    entries : steps after departure of entering its stretches, then of arrival
    """

    zone: int
    pattern: int
    host: int
    by_car: bool
    stretches: tuple[int, ...]
    entries: tuple[int, ...]

    @property
    def arrival(self) -> int:
        """Steps after departure at which the host is reached."""
        return self.entries[-1]


def numbered_ways(problem: ClassProblem, placed: Placed) -> tuple[list[Way], Ints]:
    """The different ways that a plan uses, and which of them each placement takes: int64[n_placed]."""
    patterns, zone = placed.patterns, problem.people.zone
    number: dict[tuple[int, ...], int] = {}
    of = np.empty(len(placed.people), np.int64)
    for i, pattern in enumerate(placed.pattern.tolist()):
        n = int(patterns.first[pattern + 1] - patterns.first[pattern])
        entries = (placed.entered[i, : n + 1] - placed.entered[i, 0]).tolist()
        of[i] = number.setdefault((int(zone[placed.commodity[i]]), pattern, *entries), len(number))
    return [_way(patterns, key) for key in number], of


def _way(patterns: Patterns, key: tuple[int, ...]) -> Way:
    zone, pattern, *entries = key
    span = slice(int(patterns.first[pattern]), int(patterns.first[pattern + 1]))
    return Way(
        zone=zone,
        pattern=pattern,
        host=int(patterns.host[pattern]),
        by_car=bool(patterns.car[pattern]),
        stretches=tuple(patterns.stretch[span].tolist()),
        entries=tuple(entries),
    )


class WayCosts:
    """What a person of a need who leaves by a way in each step costs from then on: int64[n_steps]."""

    def __init__(self, problem: ClassProblem, patterns: Patterns) -> None:
        self.layers, self.patterns = problem.layers, patterns
        waits = np.cumsum(problem.layers.afoot.wait_cost, axis=-1)
        self.waits = np.concatenate([np.zeros((*waits.shape[:-1], 1), np.int64), waits], axis=-1)
        self._stretches: dict[tuple[int, int], Ints] = {}

    def of(self, way: Way, need: int) -> Ints:
        """Steps from which the way does not arrive in time hold nonsense."""
        n_steps, patterns = self.layers.n_steps, self.patterns
        step = np.arange(n_steps)

        def at(later: int) -> Ints:
            return np.minimum(step + later, n_steps - 1)

        cost = np.zeros(n_steps, np.int64)
        for i, (stretch, entry) in enumerate(zip(way.stretches, way.entries, strict=False)):
            cost += self._stretch(stretch, need)[at(entry)]
            ends = i + 1 == len(way.stretches)
            follows = len(patterns.length) + way.host if ends else way.stretches[i + 1]
            waits = self.waits[need, patterns.wait_at[follows]]
            cost += waits[at(way.entries[i + 1])] - waits[at(entry + int(patterns.length[stretch]))]
        return cost

    def _stretch(self, stretch: int, need: int) -> Ints:
        if (stretch, need) not in self._stretches:
            layers, patterns = self.layers, self.patterns
            span = slice(int(patterns.arcs_first[stretch]), int(patterns.arcs_first[stretch + 1]))
            step, cost = np.arange(layers.n_steps), np.zeros(layers.n_steps, np.int64)
            for arc, offset in zip(patterns.arcs[span].tolist(), patterns.offset[span].tolist(), strict=True):
                row = int(layers.cost_of[arc])
                cost += layers.flat_cost[need, arc]
                if row >= 0:
                    cost += layers.costs[need][row][np.minimum(step + offset, layers.n_steps - 1)]
            self._stretches[stretch, need] = cost
        return self._stretches[stretch, need]


def placed_again(
    problem: ClassProblem,
    placed: Placed,
    ways: list[Way],
    costs: WayCosts,
    *,
    commodity: Ints,
    way: Ints,
    step: Ints,
    people: Ints,
) -> Placed:
    """The plan in which others take the same ways: so many people of a commodity by a way in a step."""
    width = placed.entered.shape[1]
    entered = np.full((len(way), width), -1, np.int64)
    for i, (number, depart) in enumerate(zip(way.tolist(), step.tolist(), strict=True)):
        entries = ways[number].entries
        entered[i, : len(entries)] = np.array(entries) + depart
    need = problem.people.need[commodity]
    known = {
        key: costs.of(ways[key[0]], key[1]) for key in set(zip(way.tolist(), need.tolist(), strict=True))
    }
    cost = np.array(
        [known[w, d][k] for w, d, k in zip(way.tolist(), need.tolist(), step.tolist(), strict=True)], np.int64
    )
    group = problem.people
    gone = np.zeros(group.newly_ready.shape, np.int64)
    np.add.at(gone, (commodity, step), people)
    at_home = np.cumsum(group.newly_ready - gone, axis=1)
    if (at_home < 0).any():
        raise AssertionError("somebody leaves before being ready")
    objective = sum(map(int, (at_home * problem.wait_cost).sum(axis=1).tolist()))
    objective += sum(n * each for n, each in zip(people.tolist(), cost.tolist(), strict=True))
    objective += problem.left_cost * int(group.people.sum() - people.sum())
    return Placed(
        patterns=placed.patterns,
        commodity=commodity,
        people=people,
        pattern=np.array([ways[number].pattern for number in way.tolist()], np.int64),
        entered=entered,
        cost=cost,
        trips=placed.trips,
        staying=group.newly_ready.sum(axis=1)
        - np.bincount(commodity, people, len(group.zone)).astype(np.int64),
        objective=objective,
    )
