"""Ways of people on foot: the terminals they may wait at, and the walks, ferries and trains between them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.kernels.paths import grouped
from farshore.kernels.walks import walks_between
from farshore.plan.classes.ground import NUDGE, Ground, closures_of, rates_at
from farshore.plan.classes.people import priorities_of
from farshore.scenario.clock import Ints, factor_of, floored, may_use, rows_by_asset
from farshore.scenario.table import Texts

__all__ = ["Afoot", "Leg", "afoot_of"]

Floats = npt.NDArray[np.float64]

STOPS = ("pickup", "station", "port", "stop")


@dataclass(frozen=True, eq=False)
class Leg:
    """A way on foot, by ferry or by train between two terminals.

    mode : walk, ferry or train; tail, head : rows of `Afoot.terminals`; steps : from entering to leaving it
    links : as a route writes them; seconds, length_m : of the whole leg
    opens : int64[n_steps], 1 where it may be entered; costs : int64[n_needs, n_steps]
    rooms : keys of what is used by those who enter: ("ferry", arc), ("foot", walk arc), ("train", stage)
    name : run of a train
    """

    mode: str
    tail: int
    head: int
    steps: int
    links: tuple[str, ...]
    seconds: int
    length_m: float
    opens: Ints
    costs: Ints
    rooms: tuple[tuple[str, int], ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Afoot:
    """Everything that people on foot may do without a bus.

    terminals : int64[n_terminals], nodes in rising order; wait_cost : int64[n_needs, n_terminals, n_steps]
    foot_ids : what is written for each foot room; foot_rooms : int64[n_foot, n_steps], walkers who may begin
    train_ids : (run, stage) of each stage; train_rooms : int64[n_stages, n_steps], seats
    train_fleet : int64[n_stages]
    """

    terminals: Ints
    wait_cost: Ints
    legs: tuple[Leg, ...]
    foot_ids: tuple[str, ...]
    foot_rooms: Ints
    train_ids: tuple[tuple[str, int], ...]
    train_rooms: Ints
    train_fleet: Ints

    def at(self, node: int) -> int:
        """Terminal of a node; −1 if it is none."""
        found = int(np.searchsorted(self.terminals, node))
        return found if found < len(self.terminals) and self.terminals[found] == node else -1


def afoot_of(ground: Ground) -> Afoot:
    """Work out terminals and legs by docs/classes.md."""
    terminals = _terminals(ground)
    rates = _rates(ground, terminals)
    walks, foot_ids, foot_rooms = _walks(ground, terminals, rates)
    trains, train_ids, train_rooms, train_fleet = _trains(ground, terminals)
    return Afoot(
        terminals=terminals,
        wait_cost=np.array(
            [
                floored(1e6 * priority * rates * ground.timing.step_s / 3600 + 0.5)
                for priority in priorities_of(ground.scenario)
            ]
        ),
        legs=(*walks, *_ferries(ground, terminals), *trains),
        foot_ids=foot_ids,
        foot_rooms=foot_rooms,
        train_ids=train_ids,
        train_rooms=train_rooms,
        train_fleet=train_fleet,
    )


def _terminals(ground: Ground) -> Ints:
    scenario, timing = ground.scenario, ground.timing
    node_row = scenario.nodes.position()
    named = np.isin(scenario.nodes.node_type, STOPS)
    return np.unique(
        np.concatenate(
            [
                timing.zone_node[timing.people > 0],
                timing.host_node,
                timing.tail[ground.ferry_arcs],
                timing.head[ground.ferry_arcs],
                np.flatnonzero(named),
                np.array([node_row[code] for code in scenario.timetable.node_id], np.int64),
            ]
        )
    )


def _rates(ground: Ground, terminals: Ints) -> Floats:
    """What those are exposed to who wait at each terminal: float64[n_terminals, n_steps]."""
    scenario, timing = ground.scenario, ground.timing
    exposed = rows_by_asset(scenario.exposure.place_id)
    places: list[set[str]] = [set() for _ in terminals]
    row_of = {int(node): row for row, node in enumerate(terminals)}
    for zone in np.flatnonzero(timing.people[: len(scenario.zones)] > 0).tolist():
        places[row_of[int(timing.zone_node[zone])]].add(str(scenario.zones.zone_id[zone]))
    for arc in ground.ferry_arcs.tolist():
        crossing = str(scenario.crossings.crossing_id[timing.crossing_row[arc]])
        places[row_of[int(timing.tail[arc])]].add(crossing)
        places[row_of[int(timing.head[arc])]].add(crossing)
    ordinary = np.full(timing.n_steps, ground.scenario.parameter("exposure_default_rate"))
    return np.array(
        [
            np.max([rates_at(ground, tuple(exposed.get(place, ()))) for place in sorted(there)], axis=0)
            if there
            else ordinary
            for there in places
        ]
    ).reshape(len(terminals), timing.n_steps)


def _walks(ground: Ground, terminals: Ints, rates: Floats) -> tuple[list[Leg], tuple[str, ...], Ints]:
    scenario, timing, clock = ground.scenario, ground.timing, ground.clock
    links, get = scenario.links, scenario.parameter
    kinds = dict(zip(scenario.crossings.crossing_id, scenario.crossings.kind, strict=True))
    walkable = np.array(
        [
            may_use(str(uses), "walk") and kinds.get(crossing) != "ferry"
            for uses, crossing in zip(links.allowed_uses, links.crossing_id, strict=True)
        ],
        bool,
    )
    rows = np.repeat(np.flatnonzero(walkable), 2)
    back = np.arange(len(rows)) % 2 == 1
    node_row = scenario.nodes.position()
    ends = np.array(
        [
            (node_row[a], node_row[b])
            for a, b in zip(links.from_node_id[rows], links.to_node_id[rows], strict=True)
        ],
        np.int64,
    ).reshape(-1, 2)
    tail, head = np.where(back, ends[:, 1], ends[:, 0]), np.where(back, ends[:, 0], ends[:, 1])
    speed_mps = get("walking_speed_kmh") / 3.6
    walk_s = np.maximum(1, floored(links.length[rows] / speed_mps + 0.5))
    out, into = grouped(tail, timing.n_nodes), grouped(head, timing.n_nodes)
    limit_s = int(floored(np.float64(get("walking_limit_min") * 60)))
    origin, target, seconds, first, strung = walks_between(
        terminals, tail, head, *out, *into, walk_s, limit_s
    )
    driving = clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))
    exposed = rows_by_asset(scenario.exposure.place_id)
    closed_by = rows_by_asset(scenario.closures.asset_id)
    weight = get("travel_weight")
    number: dict[int, int] = {}
    foot_rooms: list[Ints] = []
    legs = []
    for walk in range(len(origin)):
        arcs = strung[first[walk] : first[walk + 1]]
        total_s = int(seconds[walk])
        steps = int((timing.phase_s[terminals[origin[walk]]] + total_s) // timing.step_s)
        opens = driving.copy()
        ordinary = (rates[origin[walk]] + rates[target[walk]]) / 2
        danger_s = np.zeros(timing.n_steps)
        rooms = []
        for arc in arcs.tolist():
            link = int(rows[arc])
            closed = closures_of(scenario, closed_by, link)
            factor = factor_of(scenario, clock, closed, "walk") if closed else np.ones(timing.n_steps)
            opens &= factor > 0
            crossing = str(links.crossing_id[link])
            listed = [*exposed.get(str(links.link_id[link]), ()), *(exposed.get(crossing or "\0", ()))]
            if listed:
                danger_s += np.maximum(0.0, rates_at(ground, tuple(listed)) - ordinary) * walk_s[arc]
            if crossing:
                if arc not in number:
                    number[arc] = len(number)
                    room = get("foot_persons_h_lane") * links.lanes[link] * factor * clock.step_s / 3600
                    foot_rooms.append(np.where(driving & (factor > 0), floored(room + NUDGE), 0))
                opens &= foot_rooms[number[arc]] > 0
                rooms.append(("foot", number[arc]))
        exposed_s = ordinary * steps * timing.step_s + danger_s
        costs = np.array(
            [
                floored(1e6 * (priority * exposed_s + weight * total_s) / 3600 + 0.5)
                for priority in priorities_of(scenario)
            ]
        )
        legs.append(
            Leg(
                mode="walk",
                tail=int(origin[walk]),
                head=int(target[walk]),
                steps=steps,
                links=tuple(
                    _written(links.link_id, int(rows[arc]), bool(back[arc])) for arc in arcs.tolist()
                ),
                seconds=total_s,
                length_m=float(links.length[rows[arcs]].sum()),
                opens=opens.astype(np.int64),
                costs=costs,
                rooms=tuple(rooms),
            )
        )
    ids = tuple(_written(links.link_id, int(rows[arc]), bool(back[arc])) for arc in number)
    return legs, ids, np.array(foot_rooms, np.int64).reshape(len(number), timing.n_steps)


def _written(codes: Texts, link: int, back: bool) -> str:
    return ("-" if back else "") + str(codes[link])


def _ferries(ground: Ground, terminals: Ints) -> list[Leg]:
    timing = ground.timing
    legs = []
    for number, arc in enumerate(ground.ferry_arcs.tolist()):
        row = int(ground.cost_of[arc])
        flat = np.repeat(ground.flat_cost[:, arc, None], timing.n_steps, axis=1)
        legs.append(
            Leg(
                mode="ferry",
                tail=int(np.searchsorted(terminals, timing.tail[arc])),
                head=int(np.searchsorted(terminals, timing.head[arc])),
                steps=int(timing.steps[arc]),
                links=(timing.arc_ids[arc],),
                seconds=int(timing.travel_s[arc]),
                length_m=float(ground.scenario.links.length[timing.link_row[arc]]),
                opens=ground.foot_ferry[number] * (ground.rooms[ground.room_of[arc]] > 0),
                costs=ground.costs[:, row] if row >= 0 else flat,
                rooms=(("ferry", arc),),
            )
        )
    return legs


def _trains(ground: Ground, terminals: Ints) -> tuple[list[Leg], tuple[tuple[str, int], ...], Ints, Ints]:
    scenario, timing = ground.scenario, ground.timing
    table, get = scenario.timetable, scenario.parameter
    node_row, fleet_row = scenario.nodes.position(), scenario.fleets.position()
    ordinary, weight = get("exposure_default_rate"), get("travel_weight")
    legs: list[Leg] = []
    ids: list[tuple[str, int]] = []
    rooms: list[Ints] = []
    fleets: list[int] = []
    stage = 0
    for row in range(1, len(table)):
        stage = stage + 1 if table.run_id[row] == table.run_id[row - 1] else 0
        if stage == 0:
            continue
        begins_s, ends_s = int(table.departs[row - 1]), int(table.arrives[row])
        k = (begins_s - timing.start_s) // timing.step_s
        arrives = max(k, (ends_s - timing.start_s) // timing.step_s)
        fleet = fleet_row[str(table.fleet_id[row])]
        opens = np.zeros(timing.n_steps, np.int64)
        if k >= 0 and arrives < timing.n_steps:
            opens[k] = 1
        total_s = ends_s - begins_s
        costs = np.array(
            [
                floored(
                    np.float64(
                        1e6
                        * (priority * (ordinary * (arrives - k) * timing.step_s) + weight * total_s)
                        / 3600
                        + 0.5
                    )
                )
                for priority in priorities_of(scenario)
            ]
        )
        legs.append(
            Leg(
                mode="train",
                tail=int(np.searchsorted(terminals, node_row[str(table.node_id[row - 1])])),
                head=int(np.searchsorted(terminals, node_row[str(table.node_id[row])])),
                steps=int(arrives - k),
                links=(),
                seconds=total_s,
                length_m=0.0,
                opens=opens,
                costs=np.repeat(costs[:, None], timing.n_steps, axis=1),
                rooms=(("train", len(ids)),),
                name=str(table.run_id[row]),
            )
        )
        ids.append((str(table.run_id[row]), stage - 1))
        rooms.append(opens * int(scenario.fleets.seats[fleet]))
        fleets.append(fleet)
    return (
        legs,
        tuple(ids),
        np.array(rooms, np.int64).reshape(len(ids), timing.n_steps),
        np.array(fleets, np.int64),
    )
