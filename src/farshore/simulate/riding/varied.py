"""A script in a future: more or fewer people with the same legs and trips, in the buses that there are."""

from collections import defaultdict
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.simulate.riding.cast import cast_of, room_of, stages_of
from farshore.simulate.riding.script import Bus, Parties, Ride, Script
from farshore.simulate.trips import Kind

__all__ = ["varied_script"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def varied_script(
    script: Script, future: Scenario, pick: Ints, persons: Ints, sets_out_s: Floats, n_kinds: int
) -> tuple[Script, tuple[Kind, ...]]:
    """The script with other parties, and with the seats, vehicles and hours of loading of a future.

    pick : int64[n], the party before whose legs and trips each of the new ones has; persons : int64[n];
    sets_out_s : float64[n], when they set out at the earliest; n_kinds : kinds of vehicles before theirs
    """
    in_wheelchairs = future.parameter("wheelchair_share") * script.share_assisted
    rides = _rides(script.rides, future, in_wheelchairs)
    buses = _buses(script, rides, future)
    parties = replace(script.parties.of(pick), persons=persons, sets_out_s=sets_out_s)
    parties = _that_fit(parties, rides)
    kind, carried, kinds = cast_of(parties.persons, len(buses), future, n_kinds)
    node_row = {str(code): row for row, code in enumerate(future.nodes.node_id)}
    made = replace(
        script,
        parties=parties,
        rides=rides,
        buses=buses,
        stages=stages_of(future, node_row, in_wheelchairs),
        led=replace(script.led, kind=kind, carried=carried),
    )
    return made, kinds


def _rides(rides: tuple[Ride, ...], future: Scenario, in_wheelchairs: float) -> tuple[Ride, ...]:
    fleets, position = future.fleets, future.fleets.position()
    room = {code: room_of(future, row, in_wheelchairs) for code, row in position.items()}

    def varied(ride: Ride) -> Ride:
        row = position[ride.fleet_id]
        return replace(
            ride,
            seats=int(fleets.seats[row]),
            room=room[ride.fleet_id],
            load_s=float(fleets.load_s[row]),
            unload_s=float(fleets.unload_s[row]),
        )

    return tuple(varied(ride) for ride in rides)


def _buses(script: Script, rides: tuple[Ride, ...], future: Scenario) -> tuple[Bus, ...]:
    """The duties of the plan; of a fleet with fewer vehicles, each trip by the one that is back first.

    Trips are taken in the order in which they were to leave their base, and vehicles to be back as much
    later as they leave.
    """
    mine: defaultdict[str, list[Bus]] = defaultdict(list)
    for bus in script.buses:
        mine[rides[bus.rides[0]].fleet_id].append(bus)
    position, found = future.fleets.position(), list[Bus]()
    for fleet_id, duties in mine.items():
        there = int(future.fleets.vehicles[position[fleet_id]])
        if there >= len(duties):
            found += duties
            continue
        trips = sorted((rides[row].leaves_s, row) for bus in duties for row in bus.rides)
        made: list[list[int]] = [[] for _ in range(there)]
        free = [(0.0, number) for number in range(there)]
        heapify(free)
        for leaves_s, row in trips if free else ():
            back_s, number = heappop(free)
            made[number].append(row)
            heappush(free, (max(back_s, leaves_s) + rides[row].back_s - leaves_s, number))
        found += [Bus(duties[0].base, tuple(rows)) for rows in made]
    return tuple(found)


def _that_fit(parties: Parties, rides: tuple[Ride, ...]) -> Parties:
    """Parties of people counted one by one, none larger than has seats on every bus that it is to ride."""
    most = [
        min((_most_of(rides[row], bool(assisted)) for row in mine if row >= 0), default=0)
        for mine, assisted in zip(parties.rides, parties.assisted, strict=True)
    ]
    size = np.where((parties.household < 0) & (np.array(most, np.int64) > 0), most, parties.persons)
    parts = -(-parties.persons // np.maximum(size, 1))
    if (parts <= 1).all():
        return parties
    row = np.repeat(np.arange(len(parts)), parts)
    number = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
    persons = np.minimum(parties.persons[row] - number * size[row], size[row])
    return replace(parties.of(row), persons=persons)


def _most_of(ride: Ride, assisted: bool) -> int:
    """Persons who fit into an empty bus; 0: none ever."""
    if not assisted:
        return ride.seats
    return ride.seats // ride.room if ride.room else 0
