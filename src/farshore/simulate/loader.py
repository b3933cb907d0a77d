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
from farshore.kernels.services import Services
from farshore.simulate.changes import Change
from farshore.simulate.course import Course, Seen
from farshore.simulate.network import RoadNetwork
from farshore.simulate.routing import Routing
from farshore.simulate.start import Origins, Run, start, turning_nodes
from farshore.simulate.steering import apply, update
from farshore.simulate.trips import Trips
from farshore.simulate.trunk import Trunk

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
    trunk: Trunk | None = None,
) -> Loaded:
    """Load the trips onto the network and let time run until `until_s` (s) or until everybody has arrived.

    one_queue : vehicles that start at one node stand in one queue, not in one for each first link
    sample_s : how often links are observed; None: at the end only
    conduct : gives who leads the vehicles of `trips.led`
    trunk : what loadings have in common that differ in their changes alone, where nobody is led
    Every vehicle is counted at the end, and found in one place; Ctrl-C stops early and marks it partial.
    """
    plan = routing or Routing()
    turning = turning_nodes(network, changes)
    if trunk is not None and (conduct is not None or not turning <= trunk.turning):
        trunk = None
    todo = sorted(changes, key=lambda change: change.time_s)
    rule = LONGEST_WAIT if merge is Merge.FLOW_MAXIMISING else PROPORTIONAL
    course = trunk.taken_up(todo) if trunk is not None else None
    if course is None:
        gates = turning if trunk is None else trunk.turning
        run = start(network, trips, plan, changes, gates, origins, origin_priority_veh_s, one_queue, seed)
        course = _begun(
            run, network.n_links, plan.update_s / max(run.trees.informed_layers, 1), sample_s or until_s
        )
    run, tally, seen, partial = course.run, course.tally, course.seen, False
    leader = conduct(run) if conduct is not None else None
    try:
        while True:
            while course.done < len(todo) and todo[course.done].time_s <= course.now_s:
                apply(run, todo[course.done], course.now_s)
                course.done += 1
            nobody_left = leader.done if leader is not None else _buses_done(run)
            if course.now_s >= until_s or (tally[1] == len(trips) and nobody_left):
                break
            change_s = todo[course.done].time_s if course.done < len(todo) else until_s
            now_s = min(until_s, course.next_update_s, course.next_look_s, change_s)
            now_s = course.now_s = _advanced(run, leader, rule, now_s, tally)
            if progress is not None:
                progress(now_s / until_s)
            at_update = now_s >= course.next_update_s
            if at_update:
                course.next_update_s += course.update_s
                update(run, now_s)
            if now_s >= course.next_look_s:
                course.next_look_s += course.look_s
                seen.look(run.roads, now_s)
                if leader is not None:
                    leader.count()
            if trunk is not None and at_update:
                trunk.grow(course, todo)
    except KeyboardInterrupt:
        partial = True
    if seen.times[-1] < course.now_s:
        seen.look(run.roads, course.now_s)
    _counted(leader, partial)
    return _finish(run, seen, course.now_s, int(tally[0]), partial)


def _begun(run: Run, n_links: int, update_s: float, look_s: float) -> Course:
    """A loading at its first moment."""
    course = Course(run, Seen(n_links), update_s, look_s, update_s, look_s)
    course.seen.look(run.roads, 0.0)
    return course


def _counted(leader: Conductor | None, partial: bool) -> None:
    """Let the leader count once more, of a loading that has come to its end."""
    if leader is not None and not partial:
        leader.count()


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


def _finish(run: Run, seen: Seen, now_s: float, traversals: int, partial: bool) -> Loaded:
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
