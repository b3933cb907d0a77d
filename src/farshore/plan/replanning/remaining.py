"""The planning problem that is left in the midst of a plan: the steps ahead, and where people are by now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from farshore.plan.model import Problem, problem_over
from farshore.plan.replanning.state import State
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import UNLIMITED, Ints, Timing, waiting_costs_at

__all__ = ["Remaining", "from_step", "remaining_problem", "what_is_free"]


@dataclass(frozen=True, eq=False)
class Remaining:
    """A problem whose first step is the event's, and whose origins are the zones, then the halts.

    halts : rows of the nodes at which people wait on the road; origin n_zones + i is halts[i]
    """

    problem: Problem
    halts: tuple[int, ...]
    n_zones: int

    def origin_of(self, node: int) -> int:
        """The origin that a node is as a halt."""
        return self.n_zones + self.halts.index(node)


def from_step(timing: Timing, at: int) -> Timing:
    """The same arrays with steps counted from a later one; who is ready before it counts as ready by it."""
    newly_ready = timing.newly_ready[:, at:].copy()
    newly_ready[:, 0] += timing.newly_ready[:, :at].sum(axis=1)
    return replace(
        timing,
        n_steps=timing.n_steps - at,
        start_s=timing.start_s + at * timing.step_s,
        capacities=np.ascontiguousarray(timing.capacities[:, at:]),
        costs=np.ascontiguousarray(timing.costs[:, at:]),
        newly_ready=newly_ready,
        wait_cost=np.ascontiguousarray(timing.wait_cost[:, at:]),
        intake=np.ascontiguousarray(timing.intake[:, at:]),
    )


def remaining_problem(
    scenario: Scenario, timing: Timing, state: State, *, gone: Ints, supply: Mapping[tuple[int, int], int]
) -> Remaining:
    """What is left to be planned.

    timing : steps from the event's on; gone : int64[n_zones], who has left each zone
    supply : (node row, step) → people who come free on the road; steps from the event's, or beyond the end
    """
    n_zones, n_steps = len(scenario.zones), timing.n_steps
    halts = tuple(sorted({node for node, _ in supply}))
    newly = np.zeros((n_zones + len(halts), n_steps), np.int64)
    newly[:n_zones] = timing.newly_ready
    newly[:n_zones, 0] -= gone
    late = np.concatenate([timing.late, np.zeros(len(halts), np.int64)])
    for (node, step), persons in supply.items():
        origin = n_zones + halts.index(node)
        if step < n_steps:
            newly[origin, step] += persons
        else:
            late[origin] += persons
    at_halts = waiting_costs_at(scenario, halts)[:, state.at :]
    capacity_of, capacities = what_is_free(timing, state.rooms.used)
    ahead = replace(
        timing,
        capacity_of=capacity_of,
        capacities=capacities,
        zone_node=np.concatenate([timing.zone_node, np.array(halts, np.int64)]),
        people=newly.sum(axis=1) + late,
        late=late,
        newly_ready=newly,
        wait_cost=np.concatenate([timing.wait_cost, at_halts]),
        beds=state.rooms.beds,
        intake=np.where(timing.intake == UNLIMITED, UNLIMITED, state.rooms.intake),
    )
    return Remaining(problem_over(scenario, ahead), halts, n_zones)


def what_is_free(timing: Timing, used: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Capacities less those who are on their way: each arc that somebody will still enter has its own row.

    used : int32[n_arcs, n_steps], who enters already
    returns : capacity_of, capacities as in `Timing`
    """
    busy = np.flatnonzero(used.any(axis=1))
    capacity_of = timing.capacity_of.copy()
    own = timing.capacities[capacity_of[busy]] - used[busy]
    capacity_of[busy] = len(timing.capacities) + np.arange(len(busy))
    return capacity_of, np.concatenate([timing.capacities, own])
