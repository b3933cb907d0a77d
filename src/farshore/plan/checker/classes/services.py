"""Buses that shuttle and trains by timetable: what they can do, in which steps, and who fits in."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from farshore.plan.checker.classes.foot import Terminals
from farshore.plan.checker.classes.lines import roads_of_line
from farshore.plan.checker.classes.people import ASSISTED
from farshore.plan.checker.classes.quickest import graph_of, seconds_from
from farshore.plan.checker.classes.rooms import Rooms, window_of
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints, whole, words
from farshore.scenario.scenario import Scenario

__all__ = ["Buses", "Stage", "buses_of", "roads_for_buses", "room_of_assisted", "stages_of"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Buses:
    """A fleet of buses.

    row : of the fleets table; room : seats that an assisted rider takes, 0: cannot ride
    out, back : int64[n_terminals], steps occupied before boarding and after alighting there, −1: not served
    roads : bool[n_arcs], where they may go with riders aboard
    vehicles : int64[n_steps], those in service in each step; driver_steps : steps they may be occupied a day
    pcu_persons : room of an arc that a trip takes
    """

    row: int
    fleet_id: str
    number: int
    seats: int
    room: int
    out: Ints
    back: Ints
    roads: Flags
    vehicles: Ints
    driver_steps: int
    pcu_persons: int

    def seats_for(self, need: int) -> int:
        """Seats that a rider of a need takes; 0: cannot ride."""
        return self.room if need == ASSISTED else 1


def room_of_assisted(scenario: Scenario, fleet: int, in_wheelchair: float) -> int:
    """Seats that an assisted rider of a fleet takes, 0 if there is no wheelchair place.

    in_wheelchair : how many of the assisted class need such a place, a share
    """
    places = int(scenario.fleets.wheelchair_places[fleet])
    if places == 0:
        return 0
    return max(1, math.ceil(in_wheelchair * int(scenario.fleets.seats[fleet]) / places - 1e-6))


def roads_for_buses(problem: Problem) -> Flags:
    """Arcs on which buses go: bool[n_arcs]."""
    network = problem.network
    uses = problem.scenario.links.allowed_uses
    by_bus = np.array(["bus" in words(uses[row]) for row in network.link_row.tolist()], bool)
    return by_bus & ~network.is_ferry


def buses_of(problem: Problem, rooms: Rooms, terminals: Terminals, in_wheelchair: float) -> tuple[Buses, ...]:
    """Every fleet of buses, in file order; in_wheelchair : as of `room_of_assisted`."""
    scenario, network, clock = problem.scenario, problem.network, problem.clock
    fleets, node_row = scenario.fleets, scenario.nodes.position()
    ever = np.asarray(rooms.bus.any(axis=1), np.bool_)
    by_bus = roads_for_buses(problem)
    ever_open = by_bus & ever[rooms.row]
    graph = graph_of(
        network.tail[ever_open], network.head[ever_open], network.travel_s[ever_open], len(node_row)
    )
    pcu = scenario.parameter("bus_pcu") * scenario.parameter("persons_per_vehicle")
    found = []
    for row in np.flatnonzero(fleets.mode == "bus").tolist():
        stops = set(fleets.line[row].replace(";", " ").split())
        base = node_row[fleets.base_node_id[row]]
        codes = scenario.nodes.node_id[terminals.nodes]
        served = np.array([not stops or code in stops for code in codes], bool)
        load_s, unload_s = int(fleets.load_s[row]), int(fleets.unload_s[row])
        there = seconds_from(graph, base)[terminals.nodes] + load_s
        home = seconds_from(csr_array(graph.T), base)[terminals.nodes] + unload_s
        before = np.maximum(1, _steps_up(there, clock.step_s))
        after = _steps_up(home, clock.step_s)
        number = int(fleets.vehicles[row])
        hours = scenario.parameter("driver_hours_day")
        found.append(
            Buses(
                row=row,
                fleet_id=str(fleets.fleet_id[row]),
                number=number,
                seats=int(fleets.seats[row]),
                room=room_of_assisted(scenario, row, in_wheelchair),
                out=np.where(served & np.isfinite(there), before, -1),
                back=np.where(served & np.isfinite(home), after, -1),
                roads=roads_of_line(problem, rooms, by_bus, [node_row[code] for code in sorted(stops)])
                if stops
                else by_bus,
                vehicles=number * window_of(scenario, clock, row).astype(np.int64),
                driver_steps=number * int(np.floor(hours * 3600 / clock.step_s)),
                pcu_persons=math.ceil(pcu - 1e-6),
            )
        )
    return tuple(found)


def _steps_up(seconds: npt.NDArray[np.float64], step_s: int) -> Ints:
    """Whole steps that hold so many seconds, 0 where they have no end: int64[n]."""
    return whole(-np.floor(-np.where(np.isfinite(seconds), seconds, 0) / step_s))


@dataclass(frozen=True, eq=False)
class Stage:
    """A train's ride from one stop to the next; `tail`, `head` are places in the list of terminals.

    usable : both steps are of the horizon; room : as of buses
    """

    run_id: str
    number: int
    fleet: int
    tail: int
    head: int
    departs: int
    arrives: int
    travel_s: int
    seats: int
    room: int
    usable: bool

    def seats_for(self, need: int) -> int:
        """Seats that a rider of a need takes; 0: cannot ride."""
        return self.room if need == ASSISTED else 1


def stages_of(problem: Problem, terminals: Terminals, in_wheelchair: float) -> tuple[Stage, ...]:
    """Every stage of every run, in file order; in_wheelchair : as of `room_of_assisted`."""
    scenario, clock = problem.scenario, problem.clock
    table, fleet_row, node_row = scenario.timetable, scenario.fleets.position(), scenario.nodes.position()
    found: list[Stage] = []
    for row in range(1, len(table)):
        if table.run_id[row] != table.run_id[row - 1]:
            continue
        number = found[-1].number + 1 if found and found[-1].run_id == table.run_id[row] else 0
        leaves, comes = int(table.departs[row - 1]), int(table.arrives[row])
        departs = (leaves - clock.start_s) // clock.step_s
        arrives = max(departs, (comes - clock.start_s) // clock.step_s)
        fleet = fleet_row[table.fleet_id[row]]
        found.append(
            Stage(
                run_id=str(table.run_id[row]),
                number=number,
                fleet=fleet,
                tail=terminals.at[node_row[table.node_id[row - 1]]],
                head=terminals.at[node_row[table.node_id[row]]],
                departs=departs,
                arrives=arrives,
                travel_s=comes - leaves,
                seats=int(scenario.fleets.seats[fleet]),
                room=room_of_assisted(scenario, fleet, in_wheelchair),
                usable=departs >= 0 and arrives < clock.n_steps,
            )
        )
    return tuple(found)
