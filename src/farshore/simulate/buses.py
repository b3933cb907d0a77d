"""The fleets of a scenario as buses and trains that shuttle between a zone's stop and its nearest host."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from farshore.kernels.trees import UNREACHABLE_S, grow_tree, incoming, room_for_tree
from farshore.scenario.lines import line_words
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import Timing
from farshore.simulate.ground import Ground
from farshore.simulate.network import BUS, RAIL
from farshore.simulate.trips import Shuttles

__all__ = ["carried_zones", "free_flow_to", "shuttles_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LONGEST_WAIT_S = 1800.0  # a bus with anybody aboard leaves after so long, full or not


def free_flow_to(ground: Ground, node: int, uses: int) -> Floats:
    """Free-flow time (s) from every node to one, over links of that use: float64[n_nodes]."""
    network = ground.network
    first_in, links_in = incoming(network.to_node, network.n_nodes)
    time_s = np.where(network.uses & uses, network.free_flow_s, UNREACHABLE_S)
    for service in network.ferries:
        time_s[list(service.links)] = service.trip_s
    distance_s = np.empty(network.n_nodes)
    grow_tree(
        np.array([node]),
        first_in,
        links_in,
        network.from_node[links_in].astype(np.int32),
        time_s[links_in],
        np.empty(network.n_nodes, np.int32),
        distance_s,
        room_for_tree(network.n_nodes),
    )
    return distance_s


def _zone_of_train(scenario: Scenario, fleet: int) -> int:
    """Row of the zone that a train's `line` names, else of the zone at its base, else -1."""
    zones, fleets = scenario.zones, scenario.fleets
    named = zones.position().get(str(fleets.line[fleet]), -1)
    at_base = np.flatnonzero(zones.node_id == fleets.base_node_id[fleet])
    return named if named >= 0 or not len(at_base) else int(at_base[0])


def carried_zones(scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Zones whose people without a car are fetched: all where there are buses, else those with a train."""
    fleets = scenario.fleets
    fetched = np.full(len(scenario.zones), bool((fleets.mode == "bus").any()))
    for fleet in np.flatnonzero(fleets.mode == "train").tolist():
        if (zone := _zone_of_train(scenario, fleet)) >= 0:
            fetched[zone] = True
    return fetched


def shuttles_of(
    scenario: Scenario,
    timing: Timing,
    ground: Ground,
    by_bus: Ints,
    open_hosts: Ints,
    bus_kind: int,
    ready_s: Callable[[int, int], Floats],
) -> tuple[Shuttles | None, list[int]]:
    """Buses and trains for people who wait for them, and the nodes of their stops (to be added to the exits).

    Buses are dealt out by how many people wait, those with a `line` only among zones at its stops. A
    train serves the zone that its `line` names, or the one at its base, from its base: whoever is fetched in
    that zone waits there. It leaves by the clock, `train_every_min` after `train_every_min`.
    bus_kind : row of the kind of buses; that of trains follows it
    ready_s : times at which so many people of a zone come to the stop
    """
    fleets = scenario.fleets
    zones = np.flatnonzero(by_bus)
    if not len(zones) or not np.isin(fleets.mode, ("bus", "train")).any():
        return None, []
    stop_of = ground.zone_node.copy()
    rows = _trains(scenario, ground, by_bus, stop_of)  # fleet, zone
    served = np.zeros(len(by_bus))
    for fleet, zone in rows:
        served[zone] += fleets.seats[fleet]
    for fleet in np.flatnonzero(fleets.mode == "bus").tolist():
        stops_at = line_words(str(fleets.line[fleet]))
        own = [zone for zone in zones if scenario.zones.node_id[zone] in stops_at] if stops_at else zones
        among = np.array(own, np.int64)
        for _ in range(int(fleets.vehicles[fleet]) if len(among) else 0):
            short = by_bus[among] / (served[among] + fleets.seats[fleet])
            zone = int(among[np.argmax(short)])
            served[zone] += fleets.seats[fleet]
            rows.append((fleet, zone))
    if not rows:
        return None, []
    fleet_of, zone_of = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    on_rails = fleets.mode[fleet_of] == "train"
    start_s = int(scenario.about.start.timestamp())
    from_s = np.where(fleets.from_time == NO_TIME, start_s, fleets.from_time) - start_s
    waiting: dict[int, list[Floats]] = {}
    for zone in zones.tolist():
        waiting.setdefault(int(stop_of[zone]), []).append(ready_s(zone, int(by_bus[zone])))
    shuttles = Shuttles(
        base_node=np.array([ground.node_row[str(fleets.base_node_id[f])] for f in fleet_of], np.int64),
        stop_node=stop_of[zone_of],
        host_exit=_nearest_hosts(ground, stop_of[zone_of], on_rails, open_hosts),
        kind=np.where(on_rails, bus_kind + 1, bus_kind),
        seats=fleets.seats[fleet_of].astype(np.int64),
        first_s=np.maximum(from_s[fleet_of], 0).astype(np.float64),
        load_s=fleets.load_s[fleet_of].astype(np.float64),
        unload_s=fleets.unload_s[fleet_of].astype(np.float64),
        longest_wait_s=np.full(len(rows), _LONGEST_WAIT_S),
        every_s=np.where(on_rails, 60.0 * scenario.parameter("train_every_min"), 0.0),
        ready_s={node: np.sort(np.concatenate(times)) for node, times in waiting.items()},
    )
    return shuttles, np.unique(stop_of[zone_of]).tolist()


def _trains(scenario: Scenario, ground: Ground, by_bus: Ints, stop_of: Ints) -> list[tuple[int, int]]:
    """Each train with its zone, whose people from now on wait at its base (`stop_of` is changed)."""
    fleets = scenario.fleets
    rows: list[tuple[int, int]] = []
    for fleet in np.flatnonzero(fleets.mode == "train").tolist():
        zone = _zone_of_train(scenario, fleet)
        if zone < 0 or not by_bus[zone]:
            continue
        stop_of[zone] = ground.node_row[str(fleets.base_node_id[fleet])]
        rows += [(fleet, zone)] * int(fleets.vehicles[fleet])
    return rows


def _nearest_hosts(ground: Ground, stop: Ints, on_rails: npt.NDArray[np.bool_], open_hosts: Ints) -> Ints:
    """The open host nearest to each stop by road or by rail, in free flow: int64[n]."""
    nearest = np.zeros(len(stop), np.int64)
    for uses, mine in ((BUS, ~on_rails), (RAIL, on_rails)):
        if not mine.any():
            continue
        far_s = np.stack([free_flow_to(ground, int(ground.host_node[h]), uses) for h in open_hosts])
        nearest[mine] = open_hosts[np.argmin(far_s[:, stop[mine]], axis=0)]
    return nearest
