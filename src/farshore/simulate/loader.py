"""Loading a network with trips: the clock, what happens at its hours, and what is observed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from farshore.errors import FarshoreError
from farshore.kernels.census import find_everybody
from farshore.kernels.loading import LONGEST_WAIT, PROPORTIONAL, advance
from farshore.kernels.roads import Roads
from farshore.kernels.services import Services
from farshore.simulate.changes import Change
from farshore.simulate.network import RoadNetwork
from farshore.simulate.routing import Routing
from farshore.simulate.start import Origins, Run, start
from farshore.simulate.steering import apply, update
from farshore.simulate.trips import Trips

__all__ = ["Conductor", "ConservationBroken", "Loaded", "Merge", "Origins", "load"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Merge(Enum):
    """Who goes first where several streams want the same link; see the manual on what that decides."""

    FLOW_MAXIMISING = "flow_maximising"  # whoever stood longest
    CAPACITY = "capacity"  # in proportion to saturation flows
    PRIORITY = "priority"  # in proportion to stated priorities


class Conductor(Protocol):
    """Who tells the vehicles of `Trips.led` where to go next, at moments of its own and when they arrive."""

    @property
    def next_s(self) -> float:
        """When it next has something to do."""

    @property
    def done(self) -> bool:
        """Whether nobody is left to be led."""

    def act(self, now_s: float) -> None:
        """Do what is due by now."""

    def met(self, vehicle: int, now_s: float) -> None:
        """A vehicle has reached the end of the way that it was told."""

    def count(self) -> None:
        """Raise ConservationBroken if anybody is in two places or in none."""


class ConservationBroken(FarshoreError):
    """A vehicle is in two places or in none: a fault of the program, never of the input."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """What became of every vehicle, and what was seen on every link.

    entered_s, arrived_s : float64[n_vehicles], NaN where it has not happened by `until_s`
    arrived_at : int64[n_vehicles], node, -1 before
    stream, behind : int64[n_vehicles], where an unfinished vehicle is (a link, or n_links + queue) and how
    many are before it there; stream is -1 for those that arrived
    queue_node : int64[n_queues], node of each origin queue
    stuck, late, shut : bool[n_streams], whether no open way leads on from its end, whether its head waits to
    get on, and whether nobody may leave it
    sample_s : float64[n_samples]; entered, left : int64[n_samples, n_links], vehicles so far
    person_s : float64[n_samples, n_links], person-seconds spent on each link so far
    waited_s : float64[n_links], vehicle-seconds beyond free flow of those who left
    traversals : links travelled to their end
    partial : whether the user stopped it before `until_s`
    """

    until_s: float
    entered_s: Floats
    arrived_s: Floats
    arrived_at: Ints
    stream: Ints
    behind: Ints
    queue_node: Ints
    stuck: npt.NDArray[np.bool_]
    late: npt.NDArray[np.bool_]
    shut: npt.NDArray[np.bool_]
    sample_s: Floats
    entered: Ints
    left: Ints
    person_s: Floats
    waited_s: Floats
    services: Services
    traversals: int
    trees_grown: int
    partial: bool


def load(
    network: RoadNetwork,
    trips: Trips,
    *,
    until_s: float,
    changes: Sequence[Change] = (),
    routing: Routing | None = None,
    merge: Merge = Merge.CAPACITY,
    origins: Origins = Origins.SHARE,
    origin_priority_veh_s: float = 0.5,
    one_queue: bool = False,
    sample_s: float | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    conduct: Callable[[Run], Conductor] | None = None,
) -> Loaded:
    """Load the trips onto the network and let time run until `until_s` (s) or until everybody has arrived.

    one_queue : vehicles that start at one node stand in one queue, not in one for each first link
    sample_s : how often links are observed; None: at the end only
    conduct : gives who leads the vehicles of `trips.led`
    Every vehicle is counted at the end, and found in one place; Ctrl-C stops early and marks it partial.
    """
    plan = routing or Routing()
    run = start(network, trips, plan, changes, origins, origin_priority_veh_s, one_queue, seed)
    rule = LONGEST_WAIT if merge is Merge.FLOW_MAXIMISING else PROPORTIONAL
    tally = np.zeros(2, np.int64)
    todo = sorted(changes, key=lambda change: change.time_s)
    step_s = plan.update_s / max(run.trees.informed_layers, 1)
    next_update_s, next_sample_s = step_s, (sample_s or until_s)
    seen = _Seen(network.n_links)
    leader = conduct(run) if conduct is not None else None
    now_s, done, partial = 0.0, 0, False
    seen.look(run.roads, 0.0)
    try:
        while True:
            while done < len(todo) and todo[done].time_s <= now_s:
                apply(run, todo[done], now_s)
                done += 1
            nobody_left = leader.done if leader is not None else _buses_done(run)
            if now_s >= until_s or (tally[1] == len(trips) and nobody_left):
                break
            change_s = todo[done].time_s if done < len(todo) else until_s
            now_s = _advanced(run, leader, rule, min(until_s, next_update_s, next_sample_s, change_s), tally)
            if progress is not None:
                progress(now_s / until_s)
            if now_s >= next_update_s:
                next_update_s += step_s
                update(run, now_s)
            if now_s >= next_sample_s:
                next_sample_s += sample_s or until_s
                seen.look(run.roads, now_s)
                if leader is not None:
                    leader.count()
    except KeyboardInterrupt:
        partial = True
    if seen.times[-1] < now_s:
        seen.look(run.roads, now_s)
    if leader is not None and not partial:
        leader.count()
    return _finish(run, seen, now_s, int(tally[0]), partial)


def _advanced(run: Run, leader: Conductor | None, rule: int, until_s: float, tally: Ints) -> float:
    """Let time run until a moment, or until one before it at which somebody is told where to go."""
    came = run.services.came
    while True:
        if leader is not None:
            until_s = min(until_s, leader.next_s)
        advance(run.roads, run.travellers, run.services, rule, until_s, tally)
        vehicle = int(came[0])
        if leader is None or vehicle < 0:
            break
        came[0] = -1
        leader.met(vehicle, float(run.travellers.arrived_s[vehicle]))
    if leader is not None:
        leader.act(until_s)
    return until_s


def _buses_done(run: Run) -> bool:
    """Whether no bus will fetch anybody any more."""
    return not np.isnan(run.travellers.arrived_s[run.travellers.first_shuttle :]).any()


class _Seen:
    """Observations of all links, one row a moment."""

    def __init__(self, n_links: int) -> None:
        self.n_links = n_links
        self.times: list[float] = []
        self.entered: list[npt.NDArray[np.int32]] = []
        self.left: list[npt.NDArray[np.int32]] = []
        self.person_s: list[npt.NDArray[np.float32]] = []

    def look(self, roads: Roads, now_s: float) -> None:
        """Note what every link has seen by now."""
        links = roads.links[: self.n_links]
        self.times.append(now_s)
        self.entered.append(links["entered"].astype(np.int32))
        self.left.append(links["left"].astype(np.int32))
        self.person_s.append((links["person_s"] + links["persons"] * now_s).astype(np.float32))


def _finish(run: Run, seen: _Seen, now_s: float, traversals: int, partial: bool) -> Loaded:
    """Count everybody and gather what was seen."""
    n_vehicles, n_links = len(run.travellers.departure_s), run.network.n_links
    found, behind = np.empty(n_vehicles, np.int32), np.empty(n_vehicles, np.int32)
    if wrong := find_everybody(run.roads, run.travellers, found, behind):
        raise ConservationBroken(f"{wrong} vehicles are in two places or in none")
    if (run.roads.links["entered"] < run.roads.links["left"])[:n_links].any():
        raise ConservationBroken("more vehicles left a link than entered it")
    return Loaded(
        until_s=now_s,
        entered_s=run.travellers.entered_s,
        arrived_s=run.travellers.arrived_s,
        arrived_at=run.travellers.arrived_at.astype(np.int64),
        stream=found.astype(np.int64),
        behind=behind.astype(np.int64),
        queue_node=run.roads.links["to_node"][n_links:].astype(np.int64),
        stuck=run.roads.links["waits"] == 2,
        late=run.roads.links["waits"] == 1,
        shut=run.roads.links["frozen"] == 1,
        sample_s=np.array(seen.times),
        entered=np.stack(seen.entered),
        left=np.stack(seen.left),
        person_s=np.stack(seen.person_s),
        waited_s=run.roads.links["waited_s"][:n_links].copy(),
        services=run.services,
        traversals=traversals,
        trees_grown=run.trees.grown,
        partial=partial,
    )
