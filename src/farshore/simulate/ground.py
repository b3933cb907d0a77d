"""From a scenario to the network that traffic sees: arcs, foot links, ferries, and their changes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.simulate.changes import EVERY_ROAD, Change, What, contraflow
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
from farshore.simulate.options import Options
from farshore.units import offset_of

__all__ = ["Ground", "ground_of"]

Ints = npt.NDArray[np.int64]

_GROUP = 10.0  # people who walk together are one traveller
_FOOT_VEH_S = 0.2  # groups a second on a path 1.5 m wide: 2 persons/s
_FOOT_JAM_VEH_M = 0.3  # groups a metre on it: 2 persons/m²
_DAY_S = 86_400


@dataclass(frozen=True, eq=False)
class Ground:
    """The network with the names of its parts, and its changes.

    arc_ids : a link's code, "-" before it for the way back of an undirected one; "~" before either on foot,
    "=" on rails
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


def ground_of(scenario: Scenario, options: Options) -> Ground:
    """Work out the network; needs a scenario without faults."""
    links, crossings = scenario.links, scenario.crossings
    node_row = scenario.nodes.position()
    crossing_of = crossings.position()
    crossing = np.array([crossing_of.get(code, -1) for code in links.crossing_id], np.int64)
    ferry = np.append(crossings.kind, "")[crossing] == "ferry"
    mask = np.array([uses_mask(uses) for uses in links.allowed_uses], np.int64)
    road = np.flatnonzero(ferry | ((mask & (AUTO | BUS | TRUCK)) > 0))
    walk = np.flatnonzero(~ferry & ((mask & WALK) > 0)) if options.on_foot_share > 0 else road[:0]
    rail = np.flatnonzero((mask & RAIL) > 0) if (scenario.fleets.mode == "train").any() else road[:0]
    rows, back, foot, track = _arcs(links.directed, road, walk, rail)
    start = np.array([node_row[code] for code in links.from_node_id], np.int64)
    end = np.array([node_row[code] for code in links.to_node_id], np.int64)
    from_node, to_node = np.where(back, end[rows], start[rows]), np.where(back, start[rows], end[rows])
    names = tuple(
        ("~" if on_foot else "=" if on_rail else "") + ("-" if reverse else "") + str(code)
        for code, reverse, on_foot, on_rail in zip(links.link_id[rows], back, foot, track, strict=True)
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
    flow_veh_s = np.where(foot, _FOOT_VEH_S, np.where(sails | (capacity_veh_s <= 0), 1.0, capacity_veh_s))
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
            foot, _FOOT_JAM_VEH_M, np.where(sails, waiting_veh / length_m / lanes, jam_veh_km / 1000)
        ),
        lanes=np.where(foot, 1.0, lanes),
        most_lanes=np.where(foot, 1.0, most),
        wave_mps=scenario.parameter("backward_wave_kmh") / 3.6,
        uses=np.select(
            [foot, track, sails], [WALK, RAIL, AUTO | BUS | TRUCK | WALK], mask[rows] & ~(RAIL | WALK)
        ),
        drop=np.where(foot | sails, 0.0, options.value("capacity_drop_share", scenario)),
        ferries=tuple(_ferries(scenario, np.flatnonzero(sails), crossing[rows], options)),
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
        changes=tuple(_changes(scenario, options, rows, crossing_row, network, capacity_veh_s, arc_row)),
    )


def _arcs(
    directed: npt.NDArray[np.bool_], road: Ints, walk: Ints, rail: Ints
) -> tuple[Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows of links, whether backwards, on foot, on rails: roads, paths and tracks, each there and back."""
    parts = (road, road[~directed[road]], walk, walk, rail, rail[~directed[rail]])
    sizes = [len(part) for part in parts]
    return (
        np.concatenate(parts),
        np.repeat([False, True] * 3, sizes),
        np.repeat([False, False, True, True, False, False], sizes),
        np.repeat([False] * 4 + [True] * 2, sizes),
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


def _ferries(scenario: Scenario, arcs: Ints, crossing_row: Ints, options: Options) -> Iterable[FerryService]:
    table = scenario.crossings
    for arc in arcs.tolist():
        row = int(crossing_row[arc])
        trip_s, vessels = float(table.trip_s[row]), int(table.vessels[row])
        apart_s = 2 * trip_s / max(vessels, 1)
        yield FerryService(
            link=arc,
            deck_vehicles=int(table.vehicles_per_trip[row]),
            seats_persons=float(table.persons_per_trip[row]),
            trip_s=max(trip_s, 1.0),
            first_free_s=tuple(k * apart_s for k in range(vessels)) if trip_s > 0 else (),
            longest_wait_s=60.0 * scenario.parameter("ferry_longest_wait_min"),
            every_s=options.ferry_every_s,
        )


def _changes(
    scenario: Scenario,
    options: Options,
    link_row: Ints,
    crossing_row: Ints,
    network: RoadNetwork,
    capacity_veh_s: npt.NDArray[np.float64],
    arc_row: dict[str, int],
) -> list[Change]:
    """Closures, hours of driving and sailing, reversed lanes."""
    start_s = int(scenario.about.start.timestamp())
    until_s = scenario.about.horizon_h * 3600
    rows_of: dict[str, list[int]] = {}
    for row, asset in enumerate(scenario.closures.asset_id):
        rows_of.setdefault(str(asset), []).append(row)
    ferries = {service.link for service in network.ferries}
    sailing = _hours(scenario, "sailing_from_hour", "sailing_until_hour", until_s)
    changes: list[Change] = []
    links, crossings = scenario.links.link_id, scenario.crossings.crossing_id
    for arc, (link, crossing) in enumerate(zip(link_row.tolist(), crossing_row.tolist(), strict=True)):
        rows = rows_of.get(str(links[link]), []) + (
            rows_of.get(str(crossings[crossing]), []) if crossing >= 0 else []
        )
        if arc in ferries:
            changes += _arc_changes(scenario, options, arc, rows, start_s, until_s, sailing)
        elif rows:
            changes += _arc_changes(scenario, options, arc, rows, start_s, until_s, None)
        if capacity_veh_s[arc] <= 0 and arc not in ferries:
            changes.append(Change(0.0, arc, What.CLOSE))
    driving = _hours(scenario, "driving_from_hour", "driving_until_hour", until_s)
    changes += [Change(t, EVERY_ROAD, What.OPEN if on else What.HOLD) for t, on in driving or ()]
    for reversal in options.contraflow:
        changes += contraflow(
            takes=arc_row[reversal.takes],
            gives=arc_row[reversal.gives],
            from_s=3600 * reversal.from_h,
            until_s=3600 * reversal.until_h,
            lanes=reversal.lanes,
        )
    return changes


def _arc_changes(
    scenario: Scenario,
    options: Options,
    arc: int,
    rows: list[int],
    start_s: int,
    until_s: int,
    sailing: list[tuple[float, bool]] | None,
) -> list[Change]:
    """What happens to one arc: what is left of it by its closures, and a ferry's hours."""
    table = scenario.closures
    spans = []
    for row in rows:
        begin = 0 if table.from_time[row] == NO_TIME else max(0, int(table.from_time[row]) - start_s)
        end = until_s if table.until_time[row] == NO_TIME else int(table.until_time[row]) - start_s
        uses = str(table.allowed_uses[row])
        factor = 0.0 if uses and not uses_mask(uses) & AUTO else float(table.capacity_factor[row])
        spans.append((begin, end, factor))
    times = {0.0} | {float(t) for begin, end, _ in spans for t in (begin, end) if 0 <= t < until_s}
    times |= {t for t, _ in sailing or ()}
    changes: list[Change] = []
    was_factor, was_running = 1.0, True
    for moment in sorted(times):
        factor = min((f for begin, end, f in spans if begin <= moment < end), default=1.0)
        running = sailing is None or not sailing or [on for t, on in sailing if t <= moment][-1]
        if factor != was_factor and factor > 0:
            changes.append(Change(moment, arc, What.CAPACITY, factor))
        if factor == 0 and was_factor > 0:
            changes.append(Change(moment, arc, What.CLOSE, on_closure=options.on_closure))
        elif factor > 0 and running and (was_factor == 0 or not was_running):
            changes.append(Change(moment, arc, What.OPEN))
        elif factor > 0 and not running and (was_running or was_factor == 0):
            if was_factor == 0:
                changes.append(Change(moment, arc, What.OPEN))
            changes.append(Change(moment, arc, What.HOLD))
        was_factor, was_running = factor, running
    return changes


def _hours(scenario: Scenario, from_key: str, until_key: str, until_s: int) -> list[tuple[float, bool]]:
    """Moments (s after the start) at which something begins (True) or ends, by two hours of the local day.

    The first is at 0; nothing where the hours are the whole day.
    """
    first, last = scenario.parameter(from_key), scenario.parameter(until_key)
    if last - first >= 24:
        return []
    start = scenario.about.start
    midnight_s = -((int(start.timestamp()) + round(offset_of(start).total_seconds())) % _DAY_S)
    span_s = ((last - first) % 24) * 3600
    moments: list[tuple[float, bool]] = []
    day = midnight_s - _DAY_S
    while day < until_s:
        begins = day + first * 3600
        moments += [(begins, True), (begins + span_s, False)]
        day += _DAY_S
    before = [on for t, on in moments if t <= 0]
    return [(0.0, before[-1])] + [(t, on) for t, on in moments if 0 < t < until_s]
