"""The problem as the checker derives it from the scenario: clock, zones, hosts, the full network."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from farshore.plan.checker.ends import Host, Zone, cost_of_being_left, hosts_of, zones_of
from farshore.plan.checker.network import Network, network_of
from farshore.plan.checker.timetable import Clock, Ints, closures_by_asset, exposure_by_place, highest, whole
from farshore.scenario.scenario import Scenario
from farshore.units import format_time

__all__ = ["Problem", "problem_of"]


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that a plan is checked against; `left_cost` is the model page's U."""

    scenario: Scenario
    clock: Clock
    zones: tuple[Zone, ...]
    hosts: tuple[Host, ...]
    network: Network
    left_cost: int

    @cached_property
    def node_row(self) -> dict[str, int]:
        """Row of each node by its id."""
        return self.scenario.nodes.position()

    @cached_property
    def arc_row(self) -> dict[str, int]:
        """Row of each arc by its id."""
        return {arc_id: row for row, arc_id in enumerate(self.network.arc_ids)}

    @cached_property
    def zone_row(self) -> dict[str, int]:
        """Row of each zone by its id."""
        return {zone.zone_id: zone.row for zone in self.zones}

    @cached_property
    def host_row(self) -> dict[str, int]:
        """Row of each host by its id."""
        return {host.host_id: host.row for host in self.hosts}

    @cached_property
    def points(self) -> list[list[float]]:
        """Longitude and latitude of each node."""
        nodes = self.scenario.nodes
        points: list[list[float]] = np.column_stack([nodes.x_coord, nodes.y_coord]).tolist()
        return points

    @cached_property
    def people(self) -> int:
        """Who choose to leave, in all zones."""
        return sum(zone.people for zone in self.zones)

    def waiting_at(self, node: int) -> Ints:
        """Cost of a person who waits at a node of the road through each step: int64[n_steps].

        The highest rate of zones that lie there and of links that meet there, and the weight of travel.
        """
        if node not in self._waiting:
            network, clock = self.network, self.clock
            places = {zone.zone_id for zone in self.zones if zone.node == node}
            for arc in np.flatnonzero((network.tail == node) | (network.head == node)).tolist():
                places |= {str(self.scenario.links.link_id[network.link_row[arc]]), network.crossing_id(arc)}
            rows = [dated for place in places - {""} for dated in network.exposure.get(place, ())]
            rate = highest(rows, clock.n_steps, network.ordinary_rate)
            weighed = rate + network.travel_weight
            self._waiting[node] = whole(1e6 * weighed * clock.step_s / 3600 + 0.5)
        return self._waiting[node]

    @cached_property
    def _waiting(self) -> dict[int, Ints]:
        return {}

    def time(self, step: int) -> str:
        """Start of a step as the files write it."""
        return format_time(self.clock.start_s + step * self.clock.step_s, self.clock.offset)


def problem_of(scenario: Scenario) -> Problem:
    """Derive the problem from a scenario that reading found without fault."""
    clock = Clock.of(scenario)
    exposure = exposure_by_place(scenario, clock)
    zones = zones_of(scenario, clock, exposure)
    starts = np.array([zone.node for zone in zones if zone.people > 0], np.int64)
    return Problem(
        scenario=scenario,
        clock=clock,
        zones=zones,
        hosts=hosts_of(scenario, clock),
        network=network_of(scenario, clock, closures_by_asset(scenario, clock), exposure, starts),
        left_cost=cost_of_being_left(zones, clock),
    )
