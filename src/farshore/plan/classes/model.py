"""The problem with classes and services: who leaves, what moves, and what waiting costs."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from farshore.plan.classes.afoot import afoot_of
from farshore.plan.classes.buses import fleets_of
from farshore.plan.classes.ground import ground_of
from farshore.plan.classes.layers import Layers, layers_of
from farshore.plan.classes.people import Commodities, Sizes, commodities_of, priorities_of
from farshore.scenario.clock import Clock, Ints, floored, rate_of, rows_by_asset
from farshore.scenario.protection import blocked_hosts
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Timing, timing_of

__all__ = ["ClassProblem", "class_problem_of"]


@dataclass(frozen=True, eq=False)
class ClassProblem:
    """What is to be planned.

    wait_cost : int64[n_commodities, n_steps], of one person at home; left_cost : of one left behind besides
    host_open : bool[n_hosts, n_steps], where somebody can be taken in; blocked : host_id → why rules close it
    """

    scenario: Scenario
    timing: Timing
    layers: Layers
    people: Commodities
    wait_cost: Ints
    left_cost: int
    host_open: npt.NDArray[np.bool_]
    blocked: dict[str, str]


def class_problem_of(
    scenario: Scenario, sizes: Sizes | None = None, *, timing: Timing | None = None, begin: int = 0
) -> ClassProblem:
    """Work out the problem of a scenario without faults, by docs/classes.md.

    sizes : of the classes, where households are kept whole; None: people are counted one by one
    timing : of the scenario, other origins allowed after its zones, who have no commodity here
    begin : first step in which a bus may be out
    """
    timing, clock = timing_of(scenario) if timing is None else timing, Clock(scenario)
    blocked = blocked_hosts(scenario)
    usable = np.array([code not in blocked for code in scenario.hosts.host_id], bool) & (timing.beds > 0)
    ground = ground_of(scenario, timing, sizes)
    afoot = afoot_of(ground)
    out = np.arange(timing.n_steps) >= begin
    fleets = tuple(
        replace(fleet, vehicles=np.where(out, fleet.vehicles, 0)) for fleet in fleets_of(ground, afoot)
    )
    people = commodities_of(scenario, clock, timing.people[: len(scenario.zones)], usable, sizes)
    exposed = rows_by_asset(scenario.exposure.place_id)
    rates = np.array(
        [rate_of(scenario, clock, exposed.get(str(zone), ())) for zone in scenario.zones.zone_id]
    ).reshape(len(scenario.zones), timing.n_steps)
    waits = np.array(
        [floored(1e6 * priority * rates * timing.step_s / 3600 + 0.5) for priority in priorities_of(scenario)]
    )
    still = int(floored(np.float64(1e6 * timing.step_s / 3600 + 0.5)))
    return ClassProblem(
        scenario=scenario,
        timing=timing,
        layers=layers_of(ground, afoot, fleets),
        people=people,
        wait_cost=waits[people.need, people.zone],
        left_cost=10 * timing.n_steps * max(int(waits.max(initial=0)), still),
        host_open=(timing.intake > 0) & usable[:, None],
        blocked=blocked,
    )
