"""Bus fleets as the planner sees them: where they can stop, how long a trip binds a vehicle, who fits in."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import FAR, labels_from
from farshore.plan.classes.afoot import Afoot
from farshore.plan.classes.ground import NUDGE, Ground, window_of
from farshore.plan.classes.lines import roads_of_line
from farshore.scenario.clock import Ints, floored

__all__ = ["Fleet", "bus_arcs", "fleets_of", "room_of", "vehicle_room"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fleet:
    """A fleet of buses.

    row : of fleets.csv; vehicles : int64[n_steps], those in service
    out_steps, back_steps : int64[n_terminals], steps that a trip binds its vehicle before boarding and after
        alighting there; −1 where the fleet does not stop
    reach : bool[n_nodes], where a vehicle can get to from the base and back
    roads : bool[n_arcs], on which it carries people
    room : int64[n_needs], seats that a rider takes, 0 if he cannot ride
    steps_a_day : steps in which one vehicle may be out in a day
    """

    row: int
    fleet_id: str
    seats: int
    vehicles: Ints
    out_steps: Ints
    back_steps: Ints
    reach: Flags
    roads: Flags
    room: Ints
    steps_a_day: int


def bus_arcs(ground: Ground) -> Flags:
    """Arcs that buses may enter in some step: bool[n_arcs]."""
    return np.asarray(np.any(ground.opens > 0, axis=1)[ground.bus_of])


def vehicle_room(ground: Ground) -> int:
    """Room of a road that a bus takes, in persons in cars."""
    get = ground.scenario.parameter
    return ceil(get("bus_pcu") * get("persons_per_vehicle") - NUDGE)


def room_of(ground: Ground, row: int) -> Ints:
    """Seats that a rider of each need takes in a fleet's vehicle: int64[n_needs], 0 if he cannot ride."""
    fleets = ground.scenario.fleets
    places, seats = int(fleets.wheelchair_places[row]), int(fleets.seats[row])
    assisted = max(1, ceil(ground.in_wheelchair * seats / places - NUDGE)) if places else 0
    return np.array([assisted if assisted <= seats else 0, 1, 1], np.int64)


def fleets_of(ground: Ground, afoot: Afoot) -> tuple[Fleet, ...]:
    """The fleets of mode bus that have vehicles and seats."""
    scenario, timing, clock = ground.scenario, ground.timing, ground.clock
    table, node_row = scenario.fleets, scenario.nodes.position()
    usable = bus_arcs(ground)
    tail, head, travel_s = timing.tail[usable], timing.head[usable], timing.travel_s[usable]
    steps_a_day = int(floored(np.float64(scenario.parameter("driver_hours_day") * 3600 / timing.step_s)))
    found = []
    for row in range(len(table)):
        if table.mode[row] != "bus" or not table.vehicles[row] or not table.seats[row]:
            continue
        start = np.full(timing.n_nodes, FAR, np.int64)
        start[node_row[str(table.base_node_id[row])]] = 0
        from_base, _ = labels_from(timing.n_nodes, tail, head, travel_s, start)
        to_base, _ = labels_from(timing.n_nodes, head, tail, travel_s, start)
        out_s, back_s = from_base[afoot.terminals], to_base[afoot.terminals]
        stops = {node_row[word] for word in str(table.line[row]).replace(";", " ").split()}
        named = np.isin(afoot.terminals, sorted(stops)) if stops else np.ones(len(afoot.terminals), bool)

        def steps(seconds: Ints, extra_s: int, least: int, named: Flags = named) -> Ints:
            whole = np.maximum(least, -(-(seconds + extra_s) // timing.step_s))
            return np.where((seconds < FAR) & named, whole, -1)

        serving = window_of(clock, int(table.from_time[row]), int(table.until_time[row]))
        found.append(
            Fleet(
                row=row,
                fleet_id=str(table.fleet_id[row]),
                seats=int(table.seats[row]),
                vehicles=np.where(serving, int(table.vehicles[row]), 0),
                out_steps=steps(out_s, int(table.load_s[row]), 1),
                back_steps=steps(back_s, int(table.unload_s[row]), 0),
                reach=(from_base < FAR) & (to_base < FAR),
                roads=roads_of_line(ground, np.array(sorted(stops))) if stops else usable,
                room=room_of(ground, row),
                steps_a_day=steps_a_day,
            )
        )
    return tuple(found)
