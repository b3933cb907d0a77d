"""What came of those who were led: their moments, hours, exposure, trips, and where the others stand."""

from collections import Counter, defaultdict

import numpy as np
import numpy.typing as npt

from farshore.results.simulation import RideRun
from farshore.scenario.scenario import Scenario
from farshore.simulate.demand import NOT_BEFORE_THE_END_S
from farshore.simulate.ground import Ground
from farshore.simulate.loader import Loaded
from farshore.simulate.observe import Moves, why_on_link
from farshore.simulate.rates import Rates
from farshore.simulate.riding.conductor import Conductor, State
from farshore.simulate.riding.script import FERRY, WALK, Script

__all__ = ["party_moves", "rides_run", "standing", "terminal_hours"]

Floats = npt.NDArray[np.float64]


def party_moves(script: Script, led: Conductor, loaded: Loaded) -> Moves:
    """Everybody who was led, a row a party."""
    parties, n = script.parties, len(script.parties)
    on_foot = np.array(
        [bool(way := script.ways[row]) and way[0].mode in (WALK, FERRY) for row in parties.way.tolist()],
        np.bool_,
    )
    return Moves(
        zone=parties.zone,
        persons=parties.persons,
        host=np.where(np.isnan(led.arrived_s), -1, parties.host),
        due_s=parties.sets_out_s,
        left_s=np.where(on_foot, loaded.entered_s[led.first : led.first + n], led.left_s),
        arrived_s=led.arrived_s,
    )


def terminal_hours(scenario: Scenario, ground: Ground, led: Conductor, loaded: Loaded) -> tuple[float, float]:
    """Person-hours at terminals after leaving home and in trains, and both times the rates of places."""
    end_s, rates = loaded.until_s, Rates(scenario)
    stays: defaultdict[int, list[tuple[int, float, float]]] = defaultdict(list)
    for stay in led.stays:
        stays[stay.node].append((stay.persons, stay.from_s, stay.until_s))
    for party, state in enumerate(led.state.tolist()):
        leg = led.leg[party]
        if state in (State.TOLD_LATER, State.AT_STOP, State.AT_STATION) and not np.isnan(led.left_s[party]):
            node = led.script.ways[led.way[party]][leg].tail
            stays[node].append((led.persons[party], led.since[party], end_s))
    train_s = led.train_s + sum(
        led.persons[party] * (end_s - led.script.stages[led.train_of[party]].departs_s)
        for party, state in enumerate(led.state.tolist())
        if state == State.IN_TRAIN
    )
    spent_s, exposed_s = train_s, rates.ordinary * train_s
    places = _places(scenario, ground)
    for node, rows in sorted(stays.items()):
        persons, begin, end = (np.array(column) for column in zip(*rows, strict=True))
        times, summed = rates.summed(places.get(node, ()), end_s)
        spent_s += float((persons * (end - begin)).sum())
        exposed_s += float(
            (persons * (np.interp(end, times, summed) - np.interp(begin, times, summed))).sum()
        )
    return spent_s / 3600, exposed_s / 3600


def _places(scenario: Scenario, ground: Ground) -> dict[int, tuple[str, ...]]:
    """Zones with people at each node, and crossings whose ferries land there: their rates count there."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for zone, node in enumerate(ground.zone_node.tolist()):
        if scenario.zones.persons[zone] > 0:
            found[node].append(str(scenario.zones.zone_id[zone]))
    for service in ground.network.ferries:
        for link in service.links:
            code = str(scenario.crossings.crossing_id[ground.crossing_row[link]])
            for node in (int(ground.network.from_node[link]), int(ground.network.to_node[link])):
                if code not in found[node]:
                    found[node].append(code)
    return {node: tuple(codes) for node, codes in found.items()}


def rides_run(scenario: Scenario, led: Conductor) -> tuple[RideRun, ...]:
    """Every trip of a bus, as planned and as it came."""
    nodes = scenario.nodes.node_id

    def moment(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    return tuple(
        RideRun(
            trip_id=ride.trip_id,
            fleet_id=ride.fleet_id,
            from_node_id=str(nodes[ride.tail]),
            to_node_id=str(nodes[ride.head]),
            planned_depart_s=ride.board_s,
            depart_s=moment(led.departed_s[row]),
            planned_arrive_s=ride.alight_s,
            arrive_s=moment(led.reached_s[row]),
            planned_persons=ride.persons,
            persons=int(led.riders[row]),
            missed=int(led.missed[row]),
        )
        for row, ride in enumerate(led.script.rides)
    )


def standing(
    found: Counter[tuple[str, str]], scenario: Scenario, ground: Ground, led: Conductor, loaded: Loaded
) -> None:
    """Count everybody who was led and has not arrived, by where they are and why."""
    nodes, zones = scenario.nodes.node_id, scenario.zones.zone_id
    n = len(led.persons)
    bus_of = {party: number for number, bus in enumerate(led.bus) for party in bus.aboard}
    for party, state in enumerate(led.state.tolist()):
        if state == State.THERE:
            continue
        zone = str(zones[led.script.parties.zone[party]])
        legs = led.script.ways[led.way[party]]
        node = str(nodes[legs[led.leg[party]].tail]) if led.leg[party] < len(legs) else zone
        if state == State.HOME:
            never = led.script.parties.sets_out_s[party] >= NOT_BEFORE_THE_END_S
            why = "at home: ready only after the end" if never else "at home: was to set out later"
            place = zone
        elif state == State.TOLD_LATER:
            place, why = node, "at a stop or quay, to go on later"
        elif state == State.AT_STOP:
            place, why = node, _why_at_stop(led, party)
        elif state == State.AT_STATION:
            own = led.own_stage(party)
            gone = own >= 0 and led.script.stages[own].departs_s <= loaded.until_s
            place, why = node, "missed the train" if gone else "waits for a train"
        elif state == State.IN_TRAIN:
            place, why = node, "on a train"
        else:
            aboard = state == State.ABOARD
            vehicle = led.first + (n + bus_of[party] if aboard else party)
            place, why = _on_road(vehicle, aboard, scenario, ground, loaded, node)
        found[place, why] += led.persons[party]


def _why_at_stop(led: Conductor, party: int) -> str:
    row = led.own_ride(party)
    if row >= 0 and not np.isnan(led.departed_s[row]):
        return "missed the bus, and no later one had seats"
    return "waits for a bus that has not come"


def _on_road(
    vehicle: int, aboard: bool, scenario: Scenario, ground: Ground, loaded: Loaded, node: str
) -> tuple[str, str]:
    """Where people on foot or on a bus are, and what holds them."""
    stream = int(loaded.stream[vehicle])
    how = "on a bus: " if aboard else "on foot: "
    if stream < 0:
        return node, how + "being led on"
    if stream >= ground.network.n_links:
        stuck = bool(loaded.stuck[stream])
        return node, how + ("no open way leads on" if stuck else "in the queue to get onto the road")
    crossing = int(ground.crossing_row[stream])
    if any(stream in service.links for service in ground.network.ferries):
        return str(scenario.crossings.crossing_id[crossing]), "at the ferry or afloat"
    return str(scenario.links.link_id[ground.link_row[stream]]), how + why_on_link(stream, loaded)
