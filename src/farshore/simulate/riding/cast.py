"""Whom and what a script leads, as vehicles: parties first, then buses; seats, and trains by their stops."""

from math import ceil

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.simulate.network import BUS, WALK
from farshore.simulate.riding.script import Stage
from farshore.simulate.trips import Kind

__all__ = ["cast_of", "room_of", "stages_of"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def cast_of(
    persons: Ints, n_buses: int, scenario: Scenario, n_kinds: int
) -> tuple[Ints, Floats, tuple[Kind, ...]]:
    """Kinds of the vehicles that are led, behind so many others; and what each of them carries at first."""
    sizes, kind = np.unique(persons, return_inverse=True)
    kinds = [Kind("on foot", pcu=float(n), persons=float(n), uses=WALK) for n in sizes.tolist()]
    kinds.append(Kind("bus", pcu=scenario.parameter("bus_pcu"), persons=0.0, uses=BUS))
    rows = n_kinds + np.concatenate([kind, np.full(n_buses, len(kinds) - 1)]).astype(np.int64)
    return rows, np.concatenate([persons, np.zeros(n_buses)]).astype(np.float64), tuple(kinds)


def room_of(scenario: Scenario, fleet: int, in_wheelchairs: float) -> int:
    """Seats that an assisted rider of a fleet takes; 0: cannot ride.

    in_wheelchairs : of those in assisted classes, the share who need a wheelchair place (docs/classes.md)
    """
    places, seats = int(scenario.fleets.wheelchair_places[fleet]), int(scenario.fleets.seats[fleet])
    room = max(1, ceil(in_wheelchairs * seats / places - 1e-6)) if places else 0
    return room if room <= seats else 0


def stages_of(scenario: Scenario, node_row: dict[str, int], in_wheelchairs: float) -> tuple[Stage, ...]:
    """Rides of trains from stop to stop that lie within the horizon, in file order."""
    table, fleet_row = scenario.timetable, scenario.fleets.position()
    start_s, step_s = int(scenario.about.start.timestamp()), scenario.about.step_s
    found = []
    for row in range(1, len(table)):
        if table.run_id[row] != table.run_id[row - 1]:
            continue
        fleet = fleet_row[str(table.fleet_id[row])]
        departs_s, arrives_s = int(table.departs[row - 1]) - start_s, int(table.arrives[row]) - start_s
        if departs_s < 0:
            continue
        found.append(
            Stage(
                run_id=str(table.run_id[row]),
                tail=node_row[str(table.node_id[row - 1])],
                head=node_row[str(table.node_id[row])],
                departs_s=float(departs_s),
                arrives_s=float(arrives_s),
                departs_step=departs_s // step_s,
                seats=int(scenario.fleets.seats[fleet]),
                room=room_of(scenario, fleet, in_wheelchairs),
            )
        )
    return tuple(found)
