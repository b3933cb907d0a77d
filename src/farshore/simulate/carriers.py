"""Ferries and shuttling buses as the loading wants them: arrays, queues at stops, ways out and back."""

import numpy as np
import numpy.typing as npt

from farshore.kernels.roads import NEVER_S, Roads, Travellers
from farshore.kernels.services import BERTH, FERRY, SAILING, SHUTTLE, TRIP, Services, join_queue, no_services
from farshore.simulate.network import RoadNetwork
from farshore.simulate.routing import Trees
from farshore.simulate.trips import Trips

__all__ = ["carrier_ways", "new_services"]

_MOST_SAILINGS = 200_000
_MOST_TRIPS = 200_000


def carrier_ways(trips: Trips) -> npt.NDArray[np.int64]:
    """Nodes at which buses queue of their own: their bases, stops and hosts, int64[k], sorted."""
    buses = trips.shuttles
    if trips.led is not None:
        return trips.led.bus_nodes
    if buses is None:
        return np.zeros(0, np.int64)
    hosts = np.concatenate([trips.exits[k] for k in np.unique(buses.host_exit)])
    return np.unique(np.concatenate([buses.base_node, buses.stop_node, hosts]))


def new_services(
    network: RoadNetwork,
    trips: Trips,
    trees: Trees,
    roads: Roads,
    first_bus_queue: int,
    travellers: Travellers,
) -> Services:
    """Vessels at their berths, buses about to leave their bases for their stops."""
    services = no_services()
    if network.ferries:
        services = services._replace(
            ferries=_ferries(network),
            berths=_berths(network),
            vessel_free_s=_vessels(network),
            sailings=np.zeros(_MOST_SAILINGS, SAILING),
        )
    buses = trips.shuttles
    if buses is None:
        return services
    # Also where people wait and no bus comes.
    stops = np.union1d(buses.stop_node, np.array(sorted(buses.ready_s), np.int64))
    ready = [np.sort(buses.ready_s.get(int(stop), np.zeros(0))) for stop in stops]
    ends = np.cumsum([len(times) for times in ready]).astype(np.int64)
    queues = {int(node): roads.n_links + first_bus_queue + k for k, node in enumerate(carrier_ways(trips))}
    shuttles = np.zeros(len(buses.seats), SHUTTLE)
    shuttles["stop"] = np.searchsorted(stops, buses.stop_node)
    shuttles["seats"], shuttles["trip"] = buses.seats, -1
    shuttles["load_s"], shuttles["unload_s"] = buses.load_s, buses.unload_s
    shuttles["longest_wait_s"], shuttles["every_s"] = buses.longest_wait_s, buses.every_s
    services = services._replace(
        shuttles=shuttles,
        trips=np.zeros(_MOST_TRIPS, TRIP),
        person_ready_s=np.concatenate(ready) if ready else np.zeros(0),
        stop_next=np.concatenate([[0], ends[:-1]]).astype(np.int64),
        stop_end=ends,
        stop_left_s=np.full(len(ready), -NEVER_S),
    )
    for k in range(len(shuttles)):
        uses = trips.kinds[int(buses.kind[k])].uses
        stop_exit = _exit_of_node(trips, int(buses.stop_node[k]))
        host = int(buses.host_exit[k])
        shuttles["stop_stream"][k] = queues[int(buses.stop_node[k])]
        shuttles["host_stream"][k] = queues[int(trips.exits[host][0])]
        shuttles["out_way"][k] = -1 - trees.row(0, uses, host)
        shuttles["back_way"][k] = -1 - trees.row(0, uses, stop_exit)
        vehicle = travellers.first_shuttle + k
        travellers.way[vehicle] = shuttles["back_way"][k]
        join_queue(roads, travellers, queues[int(buses.base_node[k])], vehicle, float(buses.first_s[k]))
    return services


def _exit_of_node(trips: Trips, node: int) -> int:
    """Destination that is exactly this node; `Trips.exits` holds one for every stop."""
    for row, nodes in enumerate(trips.exits):
        if len(nodes) == 1 and int(nodes[0]) == node:
            return row
    raise ValueError(f"no destination is the stop at node {node}")


def _ferries(network: RoadNetwork) -> npt.NDArray[np.void]:
    table = np.zeros(len(network.ferries), FERRY)
    for row, service in zip(table, network.ferries, strict=True):
        row["deck_places"], row["seats_persons"] = service.deck_vehicles, service.seats_persons
        row["longest_wait_s"], row["every_s"] = service.longest_wait_s, service.every_s
        row["trip_s"] = service.trip_s
    return table


def _berths(network: RoadNetwork) -> npt.NDArray[np.void]:
    table = np.zeros(2 * len(network.ferries), BERTH)
    table["link"] = [link for each in network.ferries for link in (each.link, each.walk_link)]
    table["running"] = table["link"] >= 0
    return table


def _vessels(network: RoadNetwork) -> npt.NDArray[np.float64]:
    most = max(len(service.first_free_s) for service in network.ferries)
    free_s = np.full((len(network.ferries), max(most, 1)), NEVER_S)
    for number, service in enumerate(network.ferries):
        free_s[number, : len(service.first_free_s)] = service.first_free_s
    return free_s
