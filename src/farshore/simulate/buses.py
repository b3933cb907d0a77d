"""The fleets of a scenario as buses that shuttle between a zone's stop and its nearest host."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from farshore.kernels.trees import UNREACHABLE_S, grow_tree, incoming, room_for_tree
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import Timing
from farshore.simulate.ground import Ground
from farshore.simulate.network import BUS
from farshore.simulate.trips import Shuttles

__all__ = ["free_flow_to", "shuttles_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LONGEST_WAIT_S = 1800.0  # a bus with anybody aboard leaves after so long, full or not


def free_flow_to(ground: Ground, node: int, uses: int) -> Floats:
    """Free-flow time (s) from every node to one, over links of that use: float64[n_nodes]."""
    network = ground.network
    first_in, links_in = incoming(network.to_node, network.n_nodes)
    time_s = np.where(network.uses & uses, network.free_flow_s, UNREACHABLE_S)
    for service in network.ferries:
        time_s[service.link] = service.trip_s
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


def shuttles_of(
    scenario: Scenario,
    timing: Timing,
    ground: Ground,
    by_bus: Ints,
    open_hosts: Ints,
    bus_kind: int,
    ready_s: Callable[[int, int], Floats],
) -> tuple[Shuttles | None, list[int]]:
    """Buses for people who wait for them, and the nodes of their stops (to be added to the exits).

    A bus whose `line` names a zone serves that zone; the others are dealt out by how many people wait.
    ready_s : times at which so many people of a zone come to the stop
    """
    fleets = scenario.fleets
    zones = np.flatnonzero(by_bus)
    if not len(zones) or not (fleets.mode == "bus").any():
        return None, []
    to_host = {int(host): free_flow_to(ground, int(ground.host_node[host]), BUS) for host in open_hosts}
    nearest = {
        int(zone): min(to_host, key=lambda host: float(to_host[host][ground.zone_node[zone]]))
        for zone in zones
    }
    zone_row = scenario.zones.position()
    served = np.zeros(len(by_bus))
    rows: list[tuple[int, int]] = []  # fleet, zone
    for fleet in np.flatnonzero(fleets.mode == "bus").tolist():
        own = zone_row.get(str(fleets.line[fleet]), -1)
        for _ in range(int(fleets.vehicles[fleet])):
            short = by_bus[zones] / (served[zones] + fleets.seats[fleet])
            zone = own if own >= 0 else int(zones[np.argmax(short)])
            served[zone] += fleets.seats[fleet]
            if by_bus[zone]:
                rows.append((fleet, zone))
    if not rows:
        return None, []
    fleet_of, zone_of = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    start_s = int(scenario.about.start.timestamp())
    from_s = np.where(fleets.from_time == NO_TIME, start_s, fleets.from_time) - start_s
    stops = np.unique(ground.zone_node[zone_of])
    waiting: dict[int, list[Floats]] = {}
    for zone in zones.tolist():
        times = ready_s(zone, int(by_bus[zone]))
        waiting.setdefault(int(ground.zone_node[zone]), []).append(times)
    shuttles = Shuttles(
        base_node=np.array([ground.node_row[str(fleets.base_node_id[f])] for f in fleet_of], np.int64),
        stop_node=ground.zone_node[zone_of],
        host_exit=np.array([nearest[int(zone)] for zone in zone_of], np.int64),
        kind=np.full(len(rows), bus_kind, np.int64),
        seats=fleets.seats[fleet_of].astype(np.int64),
        first_s=np.maximum(from_s[fleet_of], 0).astype(np.float64),
        load_s=fleets.load_s[fleet_of].astype(np.float64),
        unload_s=fleets.unload_s[fleet_of].astype(np.float64),
        longest_wait_s=np.full(len(rows), _LONGEST_WAIT_S),
        ready_s={node: np.sort(np.concatenate(times)) for node, times in waiting.items()},
    )
    return shuttles, stops.tolist()
