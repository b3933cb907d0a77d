"""The planning problem of a scenario: its arrays, and which hosts may be used."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints, Timing, timing_of

__all__ = ["Problem", "problem_of", "problem_over"]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be planned.

    blocked : host_id → why protection rules close it
    host_open : bool[n_hosts, n_steps], where a plan may send somebody to be taken in
    first_ready : int64[n_zones], first step in which anybody is ready, `n_steps` where nobody ever is
    arrival_cost : int64[n_hosts, n_steps], what being taken in costs besides; None: nothing
    """

    scenario: Scenario
    timing: Timing
    blocked: dict[str, str]
    host_open: npt.NDArray[np.bool_]
    first_ready: Ints
    arrival_cost: Ints | None = None

    @property
    def people(self) -> int:
        """Everybody who chooses to leave."""
        return int(self.timing.people.sum())

    def starts(self) -> Ints:
        """First step in which somebody can leave from each node: int64[n_nodes], FAR where nobody does."""
        start = np.full(self.timing.n_nodes, FAR, np.int64)
        leaving = self.first_ready < self.timing.n_steps
        np.minimum.at(start, self.timing.zone_node[leaving], self.first_ready[leaving])
        return start

    def host_nodes(self) -> npt.NDArray[np.bool_]:
        """Nodes at which somebody can be taken in some time: bool[n_nodes]."""
        there = np.zeros(self.timing.n_nodes, bool)
        there[self.timing.host_node[self.host_open.any(axis=1)]] = True
        return there


def problem_of(scenario: Scenario) -> Problem:
    """Work out the problem of a scenario without faults."""
    return problem_over(scenario, timing_of(scenario))


def problem_over(scenario: Scenario, timing: Timing) -> Problem:
    """The problem of a scenario's arrays, as they are or from a later step, with less room or other costs."""
    blocked = blocked_hosts(scenario)
    usable = np.array([code not in blocked for code in scenario.hosts.host_id], bool) & (timing.beds > 0)
    ready = timing.newly_ready > 0
    first_ready = np.where(ready.any(axis=1), ready.argmax(axis=1), timing.n_steps).astype(np.int64)
    return Problem(scenario, timing, blocked, (timing.intake > 0) & usable[:, None], first_ready)
