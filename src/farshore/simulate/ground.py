"""From a scenario to the network that traffic sees: arcs, foot links, ferries, and their changes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.scenario.lines import line_words
from farshore.scenario.scenario import Scenario
from farshore.simulate.changes import Change
from farshore.simulate.network import (
    AUTO,
    BUS,
    RAIL,
    TRUCK,
    WALK,
    FerryService,
    RoadNetwork,
    road_network,
    uses_mask,
)
from farshore.simulate.openings import arc_changes, running_hours
from farshore.simulate.options import Options

__all__ = ["Ground", "ground_of"]

Ints = npt.NDArray[np.int64]

_GROUP = 10.0  # people who walk together are one traveller, where people are not told apart by class
_FOOT_PERSONS_S = 2.0  # on a path 1.5 m wide
_FOOT_JAM_PERSONS_M = 3.0  # on it: 2 persons/m²
_GANGWAY_PERSONS_S = 10.0  # off a vessel
_QUAY_PERSONS = 1e6  # who waits for a ferry on foot stands at the terminal, which has no end


@dataclass(frozen=True, eq=False)
class Ground:
    """The network with the names of its parts, and its changes.

    arc_ids : a link's code, "-" before it for the way back of an undirected one; "~" before either on foot,
    "=" on rails; "/" and a fleet behind it aboard that fleet's boats
    link_row, crossing_row : int64[n_arcs], rows of the scenario's tables (−1: no crossing)
    entrance : bool[n_arcs], whether a crossing is entered by it
    """

    network: RoadNetwork
    arc_ids: tuple[str, ...]
    link_row: Ints
    crossing_row: Ints
    entrance: npt.NDArray[np.bool_]
    node_row: dict[str, int]
    zone_node: Ints
    host_node: Ints
    changes: tuple[Change, ...]

    def arc_row(self) -> dict[str, int]:
        """Row of each arc."""
        return {arc: row for row, arc in enumerate(self.arc_ids)}


def ground_of(scenario: Scenario, options: Options, *, by_class: bool = False) -> Ground:
    """Work out the network; needs a scenario without faults.

    by_class : for a plan with classes: people on foot are counted one by one, walk wherever they may and
        wait for ferries at a berth of their own; a closure counts for the uses that it names
    """
    links, crossings = scenario.links, scenario.crossings
    node_row = scenario.nodes.position()
    crossing_of = crossings.position()
    crossing = np.array([crossing_of.get(code, -1) for code in links.crossing_id], np.int64)
    ferry = np.append(crossings.kind, "")[crossing] == "ferry"
    mask = np.array([uses_mask(uses) for uses in links.allowed_uses], np.int64)
    road = np.flatnonzero(ferry | ((mask & (AUTO | BUS | TRUCK)) > 0))
    walk = np.flatnonzero(~ferry & ((mask & WALK) > 0)) if by_class or options.on_foot_share > 0 else road[:0]
    rail = np.flatnonzero((mask & RAIL) > 0) if (scenario.fleets.mode == "train").any() else road[:0]
    boats = _boats(scenario, np.where(ferry, crossing, -1)) if by_class else []
    idle = [f"/{boat.fleet_id}" for boat in boats if not boat.vessels]
    aboard = [("", np.flatnonzero(ferry)), *((f"/{boat.fleet_id}", boat.links) for boat in boats)]
    rows, back, foot, track, fleet = _arcs(links.directed, road, walk, rail, aboard if by_class else [])
    start = np.array([node_row[code] for code in links.from_node_id], np.int64)
    end = np.array([node_row[code] for code in links.to_node_id], np.int64)
    from_node, to_node = np.where(back, end[rows], start[rows]), np.where(back, start[rows], end[rows])
    names = tuple(
        ("~" if on_foot else "=" if on_rail else "") + ("-" if reverse else "") + str(code) + whose
        for code, reverse, on_foot, on_rail, whose in zip(
            links.link_id[rows], back, foot, track, fleet, strict=True
        )
    )
    arc_row = {name: row for row, name in enumerate(names)}
    sails = ferry[rows]
    jam_veh_km = np.where(
        np.isnan(links.jam_density), scenario.parameter("jam_density_veh_km"), links.jam_density
    )[rows]
    share = np.where(track | sails, 1.0, scenario.parameter("evacuation_flow_share"))
    capacity_veh_s = share * (links.capacity * links.lanes)[rows] / 3600
    lanes = np.maximum(links.lanes[rows], 1).astype(np.float64)
    most = lanes.copy()
    for reversal in options.contraflow:
        most[arc_row[reversal.takes]] *= reversal.lanes
    length_m = links.length[rows]
    waiting_veh = scenario.parameter("ferry_waiting_veh")
    each = 1.0 if by_class else _GROUP  # persons that a vehicle on foot stands for
    foot_veh_s = np.full(len(rows), _FOOT_PERSONS_S / each)
    if by_class:
        across_s = scenario.parameter("foot_persons_h_lane") * lanes / 3600
        foot_veh_s = np.where(sails, _GANGWAY_PERSONS_S, np.where(crossing[rows] < 0, foot_veh_s, across_s))
        capacity_veh_s = np.where(foot, foot_veh_s, capacity_veh_s)
    flow_veh_s = np.where(
        foot & (foot_veh_s > 0), foot_veh_s, np.where(sails | (capacity_veh_s <= 0), 1.0, capacity_veh_s)
    )
    quay_veh = np.where(foot, _QUAY_PERSONS, waiting_veh)
    claims = dict(options.priorities)
    network = road_network(
        from_node,
        to_node,
        length_m,
        np.where(foot, scenario.parameter("walking_speed_kmh"), np.maximum(links.free_speed[rows], 1.0))
        / 3.6,
        flow_veh_s,
        priority=flow_veh_s * np.array([claims.get(name, 1.0) for name in names]),
        jam_veh_m=np.where(
            sails,
            quay_veh / length_m / np.where(foot, 1.0, lanes),
            np.where(foot, _FOOT_JAM_PERSONS_M / each, jam_veh_km / 1000),
        ),
        lanes=np.where(foot, 1.0, lanes),
        most_lanes=np.where(foot, 1.0, most),
        wave_mps=scenario.parameter("backward_wave_kmh") / 3.6,
        uses=np.select(
            [np.isin(fleet, idle), foot, track, sails],
            [0, WALK, RAIL, AUTO | TRUCK | (0 if by_class else BUS | WALK)],
            mask[rows] & ~(RAIL | WALK),
        ),
        drop=np.where(foot | sails, 0.0, options.value("capacity_drop_share", scenario)),
        ferries=tuple(_ferries(scenario, np.flatnonzero(sails & ~foot), names, crossing[rows], options))
        + tuple(
            _boat_service(scenario, boat, arc, options)
            for boat in boats
            for arc in np.flatnonzero(fleet == f"/{boat.fleet_id}").tolist()
        ),
        n_nodes=len(scenario.nodes),
    )
    crossing_row = crossing[rows]
    return Ground(
        network=network,
        arc_ids=names,
        link_row=rows,
        crossing_row=crossing_row,
        entrance=_entrances(from_node, to_node, crossing_row),
        node_row=node_row,
        zone_node=np.array([node_row[code] for code in scenario.zones.node_id], np.int64),
        host_node=np.array([node_row[code] for code in scenario.hosts.node_id], np.int64),
        changes=tuple(
            arc_changes(
                scenario,
                options,
                rows,
                crossing_row,
                network,
                capacity_veh_s,
                arc_row,
                by_class=by_class,
                windows={
                    arc: (boat.from_s, boat.until_s)
                    for boat in boats
                    for arc in np.flatnonzero(fleet == f"/{boat.fleet_id}").tolist()
                },
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class _Boat:
    """A fleet of boats without a deck on the links of a crossing, in service between two moments."""

    fleet_id: str
    crossing: int
    links: Ints
    vessels: int
    seats: int
    from_s: float
    until_s: float


def _boats(scenario: Scenario, ferry_crossing: Ints) -> list[_Boat]:
    fleets, found = scenario.fleets, []
    for row in np.flatnonzero(np.isin(fleets.mode, ("ferry", "boat"))).tolist():
        crossing = scenario.crossings.position().get(" ".join(line_words(str(fleets.line[row]))), -1)
        links = np.flatnonzero((ferry_crossing == crossing) & (ferry_crossing >= 0))
        if len(links):  # without vessels, too: which arcs there are is no question of how many sail
            from_s, until_s = running_hours(scenario, row)
            found.append(
                _Boat(
                    str(fleets.fleet_id[row]),
                    crossing,
                    links,
                    int(fleets.vehicles[row]) if fleets.seats[row] else 0,
                    int(fleets.seats[row]),
                    from_s,
                    until_s,
                )
            )
    return found


def _arcs(
    directed: npt.NDArray[np.bool_],
    road: Ints,
    walk: Ints,
    rail: Ints,
    aboard: list[tuple[str, Ints]],
) -> tuple[Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """Rows of links, whether backwards, on foot, on rails, and whose boats: roads, paths, tracks, ferries.

    Each there and back; aboard : (suffix of the name, links) of what people on foot board
    """

    def both_ways(part: Ints) -> tuple[Ints, Ints]:
        return part, part[~directed[part]]

    ferries = [part for _, rows in aboard for part in both_ways(rows)]
    parts = (*both_ways(road), walk, walk, *both_ways(rail), *ferries)
    sizes = [len(part) for part in parts]
    n = len(ferries)
    names = [""] * 6 + [suffix for suffix, _ in aboard for _ in range(2)]
    return (
        np.concatenate(parts),
        np.repeat([False, True] * 3 + [False, True] * (n // 2), sizes),
        np.repeat([False, False, True, True, False, False] + [True] * n, sizes),
        np.repeat([False] * 4 + [True] * 2 + [False] * n, sizes),
        np.repeat(np.array(names, np.str_), sizes),
    )


def _entrances(from_node: Ints, to_node: Ints, crossing_row: Ints) -> npt.NDArray[np.bool_]:
    """Arcs of a crossing that no other arc of it leads up to, its own way back apart."""
    entrance = np.zeros(len(from_node), np.bool_)
    for crossing in np.unique(crossing_row[crossing_row >= 0]):
        arcs = np.flatnonzero(crossing_row == crossing)
        for arc in arcs:
            before = arcs[(to_node[arcs] == from_node[arc]) & (from_node[arcs] != to_node[arc])]
            entrance[arc] = not len(before)
    return entrance


def _ferries(
    scenario: Scenario, arcs: Ints, names: tuple[str, ...], crossing_row: Ints, options: Options
) -> Iterable[FerryService]:
    table = scenario.crossings
    arc_row = {name: row for row, name in enumerate(names)}
    for arc in arcs.tolist():
        row = int(crossing_row[arc])
        trip_s, vessels = float(table.trip_s[row]), int(table.vessels[row])
        walk = arc_row.get("~" + names[arc], -1)
        seats = int(table.persons_per_trip[row])
        if walk >= 0 and seats == 0:  # as docs/classes.md counts them
            seats = int(table.vehicles_per_trip[row] * scenario.parameter("persons_per_vehicle") + 1e-6)
        yield FerryService(
            link=arc,
            deck_vehicles=int(table.vehicles_per_trip[row]),
            seats_persons=float(seats),
            trip_s=max(trip_s, 1.0),
            first_free_s=_berthed(vessels, trip_s),
            longest_wait_s=60.0 * scenario.parameter("ferry_longest_wait_min"),
            every_s=options.ferry_every_s,
            walk_link=walk,
        )


def _boat_service(scenario: Scenario, boat: _Boat, arc: int, options: Options) -> FerryService:
    trip_s = float(scenario.crossings.trip_s[boat.crossing])
    return FerryService(
        link=-1,
        deck_vehicles=0,
        seats_persons=float(boat.seats),
        trip_s=max(trip_s, 1.0),
        first_free_s=_berthed(boat.vessels, trip_s),
        longest_wait_s=60.0 * scenario.parameter("ferry_longest_wait_min"),
        every_s=options.ferry_every_s,
        walk_link=arc,
    )


def _berthed(vessels: int, trip_s: float) -> tuple[float, ...]:
    """When each vessel first lies at the berth: evenly over a round trip."""
    apart_s = 2 * trip_s / max(vessels, 1)
    return tuple(k * apart_s for k in range(vessels)) if trip_s > 0 else ()
