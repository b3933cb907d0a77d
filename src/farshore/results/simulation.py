"""What a simulation returns: who left and arrived when, what roads and crossings carried, who was left
where.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario

__all__ = [
    "ClassRun",
    "CrossingFlow",
    "HostRun",
    "LinkStates",
    "Planned",
    "RideRun",
    "SimulationResult",
    "Unfinished",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LinkStates:
    """What every link carried, link by link and moment by moment.

    arc_ids : as in a plan's routes, "~" before those on foot; from_node, to_node : rows of the nodes table
    entered, left : int32[n_samples, n_links], vehicles so far
    length_m, free_flow_s, storage_veh : float64[n_links]
    """

    arc_ids: tuple[str, ...]
    from_node: Ints
    to_node: Ints
    length_m: Floats
    free_flow_s: Floats
    storage_veh: Floats
    sample_s: Floats
    entered: Ints
    left: Ints

    @property
    def flow_veh_h(self) -> Floats:
        """Vehicles an hour that entered each link in each interval: float64[n_samples - 1, n_links]."""
        return np.asarray(np.diff(self.entered, axis=0) / (np.diff(self.sample_s)[:, None] / 3600))

    @property
    def density_veh_km(self) -> Floats:
        """Vehicles on each link by its length at each moment: float64[n_samples, n_links]."""
        return np.asarray((self.entered - self.left) / (self.length_m / 1000))

    @property
    def queue_veh(self) -> Floats:
        """Vehicles that would have left by now in free flow and have not: float64[n_samples, n_links]."""
        due = np.empty(self.entered.shape)
        for link in range(self.entered.shape[1]):
            due[:, link] = np.interp(
                self.sample_s - self.free_flow_s[link], self.sample_s, self.entered[:, link], left=0.0
            )
        return np.maximum(0.0, due - self.left)


@dataclass(frozen=True, slots=True)
class CrossingFlow:
    """What one crossing carried: vehicles in all, the busiest hour of them, sailings where it is a ferry."""

    crossing_id: str
    vehicles: int
    persons: float
    busiest_veh_h: float
    sailings: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """People who have not arrived: where they stand (a link, zone or crossing), and why."""

    place_id: str
    why: str
    persons: int


@dataclass(frozen=True, slots=True)
class HostRun:
    """What came to one host: persons, those of them beyond its beds, and the longest wait to be taken in.

    wait_s : at `intake_persons_h`, first come, first served; 0 where that has no limit
    """

    host_id: str
    arrived: int
    without_bed: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class ClassRun:
    """People of one class: all, those who arrived, and when nine in ten of all had; None: not by the end."""

    class_id: str
    people: int
    arrived: int
    t90_s: float | None


@dataclass(frozen=True, slots=True)
class RideRun:
    """A trip of a bus as planned and as it came; None: it did not; missed : planned riders not there."""

    trip_id: str
    fleet_id: str
    from_node_id: str
    to_node_id: str
    planned_depart_s: float
    depart_s: float | None
    planned_arrive_s: float
    arrive_s: float | None
    planned_persons: int
    persons: int
    missed: int


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan says of what was rehearsed: who arrives, and when shares of all people have (s)."""

    people: int
    arrived: int
    reached_s: Mapping[int, float | None]


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """A simulation: its scenario, options and seed, and what came of it. Times are seconds after the start.

    people : int64[n_zones], who set out to leave
    sample_s : float64[n_samples]; departed : int64[n_samples], persons on the road so far
    arrived : int64[n_samples, n_hosts], persons so far, hosts in file order
    reached_s : by share in per cent, when that share of all people had arrived; None: not by the end
    travel_person_h, delay_veh_h : hours on the way, and vehicle-hours of them beyond free flow
    waiting_person_h : from being ready to being on the road; exposure_person_h : both, times the rate of the
    place
    partial : stopped by the user at `until_s`
    assumptions : every number behind it that the scenario does not measure, in words
    planned : where a plan was rehearsed, what it promises; classes, rides : where it is one with classes
    """

    scenario: Scenario
    label: str
    people: Ints
    until_s: float
    sample_s: Floats
    departed: Ints
    arrived: Ints
    reached_s: Mapping[int, float | None]
    travel_person_h: float
    waiting_person_h: float
    delay_veh_h: float
    exposure_person_h: float
    vehicles: int
    traversals: int
    links: LinkStates
    crossings: tuple[CrossingFlow, ...]
    unfinished: tuple[Unfinished, ...]
    partial: bool
    options: Mapping[str, Any]
    seed: int
    version: str
    assumptions: tuple[str, ...]
    hosts: tuple[HostRun, ...] = ()
    planned: Planned | None = None
    classes: tuple[ClassRun, ...] = ()
    rides: tuple[RideRun, ...] = ()

    @property
    def arrived_persons(self) -> int:
        """All who arrived."""
        return int(self.arrived[-1].sum())
