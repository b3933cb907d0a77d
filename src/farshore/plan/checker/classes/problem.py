"""The problem with classes and services as the checker derives it from the scenario."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from farshore.plan.checker.classes.foot import (
    FootLinks,
    Terminals,
    Walk,
    foot_links_of,
    terminals_of,
    walks_of,
)
from farshore.plan.checker.classes.people import (
    NEEDS,
    Group,
    Whole,
    accepted_hosts,
    groups_of,
    home_costs,
    left_cost,
    priorities,
)
from farshore.plan.checker.classes.rooms import Factors, Flags, Rooms, rooms_of
from farshore.plan.checker.classes.services import Buses, Stage, buses_of, roads_for_buses, stages_of
from farshore.plan.checker.network import seconds_from
from farshore.plan.checker.problem import Problem, problem_of
from farshore.plan.checker.timetable import Floats, Ints, whole
from farshore.scenario.scenario import Scenario

__all__ = ["ClassProblem", "class_problem_of"]

DAY_S = 86_400


@dataclass(frozen=True, eq=False)
class ClassProblem:
    """Everything that a plan with classes is checked against.

    plain : the same scenario by the model page: clock, zones, hosts, arcs with their seconds and steps
    groups : six a zone; left_cost : U; home : int64[n_zones, 3, n_steps], cost of a person at home
    by_bus : bool[n_arcs], arcs on which buses go; accepts : bool[n_zones, 3, n_hosts]
    """

    plain: Problem
    groups: tuple[Group, ...]
    home: Ints
    left_cost: int
    accepts: Flags
    rooms: Rooms
    by_bus: Flags
    terminals: Terminals
    foot: FootLinks
    walks: dict[tuple[int, int], Walk]
    buses: tuple[Buses, ...]
    stages: tuple[Stage, ...]

    @property
    def n_steps(self) -> int:
        """Steps of the horizon."""
        return self.plain.clock.n_steps

    @cached_property
    def priority(self) -> tuple[float, float, float]:
        """What exposure of each need counts."""
        return priorities(self.plain)

    @cached_property
    def day(self) -> Ints:
        """Day in which each step begins, 24 hours each from the start: int64[n_steps]."""
        return np.arange(self.n_steps, dtype=np.int64) * self.plain.clock.step_s // DAY_S

    @cached_property
    def fleet(self) -> dict[str, int]:
        """Place of each fleet of buses in `buses` by its id."""
        return {buses.fleet_id: i for i, buses in enumerate(self.buses)}

    def group(self, zone: int, class_row: int) -> int:
        """Place of a zone's people of a class in `groups`."""
        return 6 * zone + class_row

    def arc_cost(self, arc: int, need: int) -> Ints:
        """Cost of a person of a need who enters an arc, by any means: int64[n_steps] or [1]."""
        network = self.plain.network
        exposed_s, travel_s = _exposed_s(self.plain, arc), int(network.travel_s[arc])
        weighed_s = self.priority[need] * exposed_s + network.travel_weight * travel_s
        return whole(1e6 * weighed_s / 3600 + 0.5)

    def stage_cost(self, stage: Stage, need: int) -> int:
        """Cost of a person of a need who rides a train's stage."""
        network, step_s = self.plain.network, self.plain.clock.step_s
        ordinary, steps = network.ordinary_rate, stage.arrives - stage.departs
        exposed_s = ordinary * steps * step_s + (ordinary - ordinary) * stage.travel_s
        weighed_s = self.priority[need] * exposed_s + network.travel_weight * stage.travel_s
        return int(np.floor(1e6 * weighed_s / 3600 + 0.5))


def _exposed_s(problem: Problem, arc: int) -> Floats:
    """Seconds of exposure 1 that entering an arc comes to: float64[n_steps] or [1]."""
    network = problem.network
    rate = network.rate(arc)
    ordinary = np.minimum(rate, network.ordinary_rate)
    tau, travel_s = int(network.steps[arc]), int(network.travel_s[arc])
    return np.asarray(ordinary * tau * problem.clock.step_s + (rate - ordinary) * travel_s)


def class_problem_of(
    scenario: Scenario, whole: Whole | None = None, halts: Iterable[int] = ()
) -> ClassProblem:
    """Derive the problem from a scenario that reading found without fault.

    whole : what households make the classes; None: people are counted one by one
    halts : nodes at which people halt, which makes them terminals
    """
    plain = problem_of(scenario)
    network, clock = plain.network, plain.clock
    factors = Factors.of(scenario, clock)
    rooms, terminals, foot = (
        rooms_of(network, factors),
        terminals_of(plain, halts),
        foot_links_of(plain, factors),
    )
    starts = np.array([zone.node for zone in plain.zones if zone.people > 0], np.int64)
    nearest_s = seconds_from(starts, network.tail, network.head, network.travel_s, len(scenario.nodes))
    home = home_costs(plain)
    in_wheelchair = scenario.parameter("wheelchair_share") * (1.0 if whole is None else whole.share_assisted)
    return ClassProblem(
        plain=plain,
        groups=groups_of(plain, whole),
        home=home,
        left_cost=left_cost(home, clock.n_steps, clock.step_s),
        accepts=np.array(
            [[accepted_hosts(plain, zone, need) for need in range(len(NEEDS))] for zone in plain.zones], bool
        ).reshape(len(plain.zones), len(NEEDS), len(plain.hosts)),
        rooms=rooms,
        by_bus=roads_for_buses(plain),
        terminals=terminals,
        foot=foot,
        walks=walks_of(plain, factors, foot, terminals, nearest_s % clock.step_s),
        buses=buses_of(plain, rooms, terminals, in_wheelchair),
        stages=stages_of(plain, terminals, in_wheelchair),
    )
