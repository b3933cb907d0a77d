"""From a loading to the tables of a result: curves, marks, hours, crossings, and who is left where."""

from collections import Counter
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from farshore.results.simulation import CrossingFlow, LinkStates, Unfinished
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.scenario.timing import Timing
from farshore.simulate.demand import NOT_BEFORE_THE_END_S, Demand
from farshore.simulate.ground import Ground
from farshore.simulate.loader import Loaded

__all__ = [
    "SHARES",
    "Moves",
    "crossing_flows",
    "exposure_person_h",
    "joined_moves",
    "link_states",
    "moves_of",
    "reached",
    "so_far",
    "unfinished",
    "why_on_link",
]

SHARES = (50, 90, 95, 100)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Moves:
    """Groups of people who travel together; NaN where something has not happened by the end.

    zone, persons, host : int64[n]; host −1: not arrived
    due_s, left_s, arrived_s : float64[n], when they wanted to set out, were on the road, had arrived
    """

    zone: Ints
    persons: Ints
    host: Ints
    due_s: Floats
    left_s: Floats
    arrived_s: Floats

    def of(self, rows: Ints) -> "Moves":
        """Some of the groups."""
        return Moves(*(getattr(self, each.name)[rows] for each in fields(self)))


def joined_moves(one: Moves, two: Moves) -> Moves:
    """The groups of both, one after the other."""
    return Moves(
        *(np.concatenate([getattr(one, each.name), getattr(two, each.name)]) for each in fields(Moves))
    )


def moves_of(demand: Demand, loaded: Loaded, ground: Ground) -> Moves:
    """People in cars and on foot, then those who came by bus (each person a row of one)."""
    n_trips = len(demand.trips)
    counted = demand.persons > 0
    host_of_node = np.full(ground.network.n_nodes, -1, np.int64)
    host_of_node[ground.host_node[::-1]] = np.arange(len(ground.host_node))[::-1]
    at = loaded.arrived_at[:n_trips]
    planned = demand.host_of_exit[demand.trips.exit]
    host = np.where(planned >= 0, planned, host_of_node[at])
    host = np.where(np.isnan(loaded.arrived_s[:n_trips]), -1, host)
    cars = [
        demand.zone[counted],
        demand.persons[counted],
        host[counted],
        demand.trips.departure_s[counted],
        loaded.entered_s[:n_trips][counted],
        loaded.arrived_s[:n_trips][counted],
    ]
    buses = demand.trips.shuttles
    if buses is None:
        return Moves(*cars)
    riders = len(loaded.services.person_ready_s)
    left_s, arrived_s = np.full(riders, np.nan), np.full(riders, np.nan)
    to_host = np.full(riders, -1, np.int64)
    for ride in loaded.services.trips[: loaded.services.counts[1]]:
        seated = slice(int(ride["first_person"]), int(ride["first_person"]) + int(ride["persons"]))
        if ride["depart_s"] <= loaded.until_s:
            left_s[seated] = ride["depart_s"]
        arrived_s[seated] = ride["arrive_s"]
        if not np.isnan(ride["arrive_s"]):
            to_host[seated] = buses.host_exit[int(ride["shuttle"])]
    zone_of_node = {int(node): zone for zone, node in reversed(list(enumerate(ground.zone_node)))}
    zones = np.concatenate(
        [np.full(len(buses.ready_s[node]), zone_of_node[node]) for node in sorted(buses.ready_s)]
    ).astype(np.int64)
    rows = [zones, np.ones(riders, np.int64), to_host, loaded.services.person_ready_s, left_s, arrived_s]
    return Moves(*(np.concatenate(pair) for pair in zip(cars, rows, strict=True)))


def so_far(times_s: Floats, persons: Ints, sample_s: Floats) -> Ints:
    """Persons whose time has come by each moment: int64[n_samples]."""
    known = ~np.isnan(times_s)
    order = np.argsort(times_s[known], kind="stable")
    total = np.concatenate([[0], np.cumsum(persons[known][order])])
    counted: Ints = total[np.searchsorted(times_s[known][order], sample_s, side="right")]
    return counted


def arrivals(moves: Moves, n_hosts: int, sample_s: Floats) -> Ints:
    """Persons who have arrived at each host by each moment: int64[n_samples, n_hosts]."""
    columns = [
        so_far(moves.arrived_s[moves.host == host], moves.persons[moves.host == host], sample_s)
        for host in range(n_hosts)
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((len(sample_s), 0), np.int64)


def reached(moves: Moves, people: int) -> dict[int, float | None]:
    """When each share of all people had arrived."""
    known = ~np.isnan(moves.arrived_s)
    order = np.argsort(moves.arrived_s[known], kind="stable")
    total = np.cumsum(moves.persons[known][order])
    times = moves.arrived_s[known][order]
    found: dict[int, float | None] = {}
    for share in SHARES:
        at = int(np.searchsorted(total, share * people / 100 - 1e-9))
        found[share] = float(times[at]) if at < len(times) else (0.0 if people == 0 else None)
    return found


def link_states(ground: Ground, loaded: Loaded) -> LinkStates:
    """Observations of all links under the scenario's names."""
    return LinkStates(
        arc_ids=ground.arc_ids,
        from_node=ground.network.from_node,
        to_node=ground.network.to_node,
        length_m=ground.network.length_m,
        free_flow_s=_free_flow_s(ground),
        storage_veh=ground.network.places.astype(np.float64),
        sample_s=loaded.sample_s,
        entered=loaded.entered,
        left=loaded.left,
    )


def _free_flow_s(ground: Ground) -> Floats:
    free_s = ground.network.free_flow_s.copy()
    for service in ground.network.ferries:
        free_s[list(service.links)] = service.trip_s
    return free_s


def crossing_flows(scenario: Scenario, ground: Ground, loaded: Loaded) -> tuple[CrossingFlow, ...]:
    """What each crossing carried, in file order; who is afloat or on the bridge counts."""
    found = []
    hour_s = loaded.sample_s
    on_link_s = np.maximum(_free_flow_s(ground), 1.0)
    sailings = loaded.services.sailings[: loaded.services.counts[0]]
    for row, code in enumerate(scenario.crossings.crossing_id):
        arcs = np.flatnonzero((ground.crossing_row == row) & ground.entrance)
        by_road = [arc for arc in arcs.tolist() if not ground.arc_ids[arc].startswith("~")]
        so_many = loaded.entered[:, by_road].sum(axis=1).astype(np.float64)
        hour_before = np.interp(hour_s - 3600, hour_s, so_many, left=0.0)
        numbers = [
            k for k, service in enumerate(ground.network.ferries) if set(service.links) & set(arcs.tolist())
        ]
        mine = np.isin(sailings["ferry"], numbers)
        vehicles = int(so_many[-1]) if len(so_many) else 0
        persons = (
            float(sailings["persons"][mine].sum())
            if numbers
            else float((loaded.person_s[-1, arcs] / on_link_s[arcs]).sum())
        )
        if numbers:
            vehicles = int(sailings["vehicles"][mine].sum())
        found.append(
            CrossingFlow(
                str(code), vehicles, persons, float((so_many - hour_before).max(initial=0.0)), int(mine.sum())
            )
        )
    return tuple(found)


def exposure_person_h(
    scenario: Scenario, timing: Timing, ground: Ground, demand: Demand, moves: Moves, loaded: Loaded
) -> tuple[float, float, float]:
    """Hours waited at home once ready and hours travelled, and both times the rates of their places.

    Rates are taken at the middle of each interval between observations.
    """
    t = loaded.sample_s
    middle, span_h = (t[1:] + t[:-1]) / 2, np.diff(t) / 3600
    start_s = int(scenario.about.start.timestamp())
    ordinary = scenario.parameter("exposure_default_rate")
    table = scenario.exposure
    rows_of: dict[str, list[int]] = {}
    for row, place in enumerate(table.place_id):
        rows_of.setdefault(str(place), []).append(row)

    def rate(*places: str) -> Floats:
        value = np.full(len(middle), -np.inf)
        for place in places:
            for row in rows_of.get(place, ()):
                begin = -np.inf if table.from_time[row] == NO_TIME else float(table.from_time[row] - start_s)
                end = np.inf if table.until_time[row] == NO_TIME else float(table.until_time[row] - start_s)
                value = np.where(
                    (middle >= begin) & (middle < end), np.maximum(value, table.rate[row]), value
                )
        return np.where(np.isinf(value), ordinary, value)

    waited_h = exposed_h = 0.0
    for zone, code in enumerate(scenario.zones.zone_id):
        mine = moves.zone == zone
        due = so_far(np.where(moves.due_s[mine] <= t[-1], moves.due_s[mine], np.nan), moves.persons[mine], t)
        gone = so_far(moves.left_s[mine], moves.persons[mine], t)
        home = (due - gone).astype(np.float64)
        hours = (home[1:] + home[:-1]) / 2 * span_h
        waited_h += float(hours.sum())
        exposed_h += float((hours * rate(str(code))).sum())
    spent_h = np.diff(loaded.person_s.astype(np.float64), axis=0) / 3600
    travelled_h = float(spent_h.sum())
    exposed_h += ordinary * travelled_h
    links, crossings = scenario.links.link_id, scenario.crossings.crossing_id
    for arc, (link, crossing) in enumerate(
        zip(ground.link_row.tolist(), ground.crossing_row.tolist(), strict=True)
    ):
        places = (str(links[link]), *((str(crossings[crossing]),) if crossing >= 0 else ()))
        if any(place in rows_of for place in places):
            exposed_h += float((spent_h[:, arc] * (rate(*places) - ordinary)).sum())
    return waited_h, travelled_h, exposed_h


def unfinished(
    scenario: Scenario,
    ground: Ground,
    demand: Demand,
    loaded: Loaded,
    partial: bool,
    others: Counter[tuple[str, str]] | None = None,
) -> tuple[Unfinished, ...]:
    """Everybody who has not arrived, by where they are and why, most people first; others : more of them."""
    n_links, n_trips = ground.network.n_links, len(demand.trips)
    ferry = {link for service in ground.network.ferries for link in service.links}
    zones, links, crossings = scenario.zones.zone_id, scenario.links.link_id, scenario.crossings.crossing_id
    found: Counter[tuple[str, str]] = Counter(others or ())
    left = np.flatnonzero((loaded.stream[:n_trips] >= 0) & (demand.persons > 0))
    for vehicle in left.tolist():
        stream, persons = int(loaded.stream[vehicle]), int(demand.persons[vehicle])
        if stream >= n_links:
            place = str(zones[demand.zone[vehicle]])
            why = _why_at_home(float(demand.trips.departure_s[vehicle]), stream, loaded, partial)
        elif stream in ferry:
            place, why = str(crossings[ground.crossing_row[stream]]), "at the ferry or afloat"
        else:
            place, why = str(links[ground.link_row[stream]]), why_on_link(stream, loaded)
        found[place, why] += persons
    if demand.trips.shuttles is not None:
        _riders(found, demand, loaded, ground, zones)
    for zone, persons in enumerate(demand.unplanned.tolist()):
        if persons:
            found[str(zones[zone]), "at home: the plan has no place for them"] += persons
    rows = [Unfinished(place, why, persons) for (place, why), persons in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.persons, row.place_id, row.why)))


def _why_at_home(due_s: float, stream: int, loaded: Loaded, partial: bool) -> str:
    if due_s >= NOT_BEFORE_THE_END_S:
        return "at home: ready only after the end"
    if due_s > loaded.until_s:
        return "at home: was to set out later" if partial else "at home: would set out after the end"
    if loaded.stuck[stream]:
        return "at the roadside: no open way leads on"
    return "in the queue to get onto the road"


def why_on_link(stream: int, loaded: Loaded) -> str:
    """What holds a vehicle on a link."""
    if loaded.shut[stream]:
        return "stranded on a closed road"
    if loaded.stuck[stream]:
        return "in a queue before a closed road: no open way leads on"
    return "in a queue" if loaded.late[stream] else "on the way"


def _riders(
    found: Counter[tuple[str, str]],
    demand: Demand,
    loaded: Loaded,
    ground: Ground,
    zones: npt.NDArray[np.object_],
) -> None:
    """People at stops and on buses."""
    moves = moves_of(demand, loaded, ground)
    first = int((demand.persons > 0).sum())
    for zone, left_s, arrived_s in zip(
        moves.zone[first:].tolist(), moves.left_s[first:], moves.arrived_s[first:], strict=True
    ):
        if np.isnan(arrived_s):
            found[str(zones[zone]), "waits for a bus" if np.isnan(left_s) else "on a bus"] += 1
