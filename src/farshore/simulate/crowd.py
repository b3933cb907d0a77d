"""A crowd made larger, smaller, earlier or later: the vehicles of one demand, dealt out anew."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.simulate.demand import NOT_BEFORE_THE_END_S, Demand
from farshore.simulate.options import Departing, Options
from farshore.simulate.trips import Kind, Shuttles, Trips

__all__ = ["Crowd", "crowd_of", "joined", "ready_by_share_s", "varied_demand"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MOST = 1 << 20  # more persons than any vehicle holds


@dataclass(frozen=True, eq=False)
class Crowd:
    """A demand with its vehicles in groups of one zone and use, each in order of departure.

    order : int64[n_vehicles], background traffic apart; first : int64[n_groups + 1], where each group begins
    persons_so_far : int64[n_vehicles + 1], along `order`
    group_zone, group_cars : int64[n_groups], bool[n_groups] (False: on foot)
    """

    demand: Demand
    persons_per_vehicle: float
    order: Ints
    first: Ints
    persons_so_far: Ints
    group_zone: Ints
    group_cars: npt.NDArray[np.bool_]


def crowd_of(demand: Demand, persons_per_vehicle: float) -> Crowd:
    """Sort a demand's vehicles into groups."""
    trips = demand.trips
    uses = np.array([kind.uses for kind in trips.kinds], np.int64)[trips.kind]
    counted = np.flatnonzero(demand.persons > 0)
    group = demand.zone[counted] * (_MOST) + uses[counted]
    order = counted[np.lexsort((trips.departure_s[counted], group))]
    keys, first = np.unique(np.sort(group), return_index=True)
    names = np.array([kind.name for kind in trips.kinds], np.object_)
    on_foot = {int(u) for u in uses[counted][names[trips.kind[counted]] == "on foot"]}
    return Crowd(
        demand,
        persons_per_vehicle,
        order,
        np.append(first, len(order)).astype(np.int64),
        np.concatenate([[0], np.cumsum(demand.persons[order])]).astype(np.int64),
        (keys // _MOST).astype(np.int64),
        np.array([int(key % _MOST) not in on_foot for key in keys], np.bool_),
    )


def joined(before: Crowd, after: Crowd, from_s: float) -> Crowd:
    """Vehicles of one crowd that set out before a moment, and of another that set out from then on.

    Both must be of the same zones and hosts.
    """
    one, two = before.demand, after.demand
    keep_1 = np.flatnonzero(one.trips.departure_s < from_s)
    keep_2 = np.flatnonzero(two.trips.departure_s >= from_s)
    shift, kinds = len(one.trips.routes), len(one.trips.kinds)

    def both(a: Any, b: Any) -> Any:
        return np.concatenate([a[keep_1], b[keep_2]])

    route = np.where(two.trips.route >= 0, two.trips.route + shift, two.trips.route)
    trips = replace(
        one.trips,
        origin=both(one.trips.origin, two.trips.origin),
        departure_s=both(one.trips.departure_s, two.trips.departure_s),
        exit=both(one.trips.exit, two.trips.exit),
        informed=both(one.trips.informed, two.trips.informed),
        may_detour=both(one.trips.may_detour, two.trips.may_detour),
        route=both(one.trips.route, route),
        kind=both(one.trips.kind, two.trips.kind + kinds),
        routes=(*one.trips.routes, *two.trips.routes),
        kinds=(*one.trips.kinds, *two.trips.kinds),
    )
    zone, persons = both(one.zone, two.zone), both(one.persons, two.persons)
    moving = np.bincount(zone.astype(np.int64), weights=persons, minlength=len(one.people)).astype(np.int64)
    demand = replace(
        one,
        trips=trips,
        zone=zone.astype(np.int64),
        persons=persons.astype(np.int64),
        class_row=both(one.class_row, two.class_row).astype(np.int64),
        unplanned=np.maximum(one.people - one.by_bus - moving, 0),
    )
    return crowd_of(demand, before.persons_per_vehicle)


def varied_demand(crowd: Crowd, planned: Scenario, future: Scenario, options: Options) -> Demand:
    """The crowd with a future's turnout, people in a car, and readiness.

    planned : the scenario that the crowd was made for, of the same zones
    People of a zone are those of the crowd times the future's turnout over the planned one, in each group
    alike. Who keeps to a plan leaves when told, or when ready if that is later; who follows none leaves as
    much earlier or later as they are ready.
    """
    demand = crowd.demand
    share = _turnout(future) / np.maximum(_turnout(planned), 1)
    people = _rounded(demand.people * share)
    by_bus = np.minimum(_rounded(demand.by_bus * share), people)
    room = people - by_bus
    moving = np.add.reduceat(np.append(demand.persons[crowd.order], 0), crowd.first[:-1])
    moving = np.where(np.diff(crowd.first) > 0, moving, 0)
    wanted = np.floor(moving * share[crowd.group_zone] + 0.5).astype(np.int64)
    wanted = _within(wanted, crowd.group_zone, room)
    fewer = crowd.persons_per_vehicle / future.parameter("persons_per_vehicle")
    size = np.diff(crowd.first)
    vehicles = size * (wanted / np.maximum(moving, 1)) * np.where(crowd.group_cars, fewer, 1.0)
    count = np.minimum(np.maximum(np.floor(vehicles + 0.5).astype(np.int64), wanted > 0), wanted)
    pick, persons, group, quantile = _dealt(crowd, wanted, moving, count, size)
    in_vehicles = np.bincount(crowd.group_zone, weights=wanted, minlength=len(people)).astype(np.int64)
    unplanned = np.where(demand.unplanned > 0, people - by_bus - in_vehicles, 0)
    departure = _departures(crowd, planned, future, options, pick, group, quantile, people, in_vehicles)
    background = np.flatnonzero(demand.persons <= 0)
    pick = np.concatenate([pick, background])
    back = np.argsort(pick, kind="stable")  # as they stood before
    pick = pick[back]
    persons = np.concatenate([persons, np.zeros(len(background), np.int64)])[back]
    departure = np.concatenate([departure, demand.trips.departure_s[background]])[back]
    trips = demand.trips
    kinds, kind = _kinds(trips, pick, persons)
    carriers = np.zeros(0, np.int64) if trips.shuttles is None else np.unique(trips.shuttles.kind)
    varied = replace(
        trips,
        origin=trips.origin[pick],
        departure_s=departure,
        exit=trips.exit[pick],
        kind=kind,
        route=trips.route[pick],
        informed=trips.informed[pick],
        may_detour=trips.may_detour[pick],
        kinds=(*kinds, *(trips.kinds[carrier] for carrier in carriers.tolist())),
        shuttles=_shuttles(trips.shuttles, demand, by_bus, carriers, len(kinds)),
    )
    return replace(
        demand,
        trips=varied,
        zone=demand.zone[pick],
        class_row=demand.class_row[pick],
        persons=persons,
        people=np.where(unplanned >= 0, by_bus + in_vehicles + unplanned, people),
        by_bus=by_bus,
        unplanned=unplanned,
    )


def _turnout(scenario: Scenario) -> Ints:
    """People of each zone who choose to leave, as docs/model.md counts them."""
    share = scenario.parameter("share_present") * scenario.parameter("share_leaving")
    return _rounded(scenario.zones.persons * share)


def _rounded(values: npt.NDArray[np.floating[Any]]) -> Ints:
    return np.asarray(np.floor(values + 0.5)).astype(np.int64)


def _within(wanted: Ints, zone: Ints, room: Ints) -> Ints:
    """Groups of one zone, the last cut where rounding gave more persons than there are."""
    total = np.bincount(zone, weights=wanted, minlength=len(room)).astype(np.int64)
    over = np.maximum(total - room, 0)
    last = len(zone) - 1 - np.unique(zone[::-1], return_index=True)[1] if len(zone) else zone
    cut = wanted.copy()
    cut[last] -= over[zone[last]]
    return np.maximum(cut, 0)


def _dealt(
    crowd: Crowd, wanted: Ints, moving: Ints, count: Ints, size: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    """Each new vehicle's model in the crowd, its persons, its group, and where in its group it stands."""
    group = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
    scale = size[group] / count[group]
    begin = crowd.first[:-1][group]
    pick = crowd.order[begin + np.minimum(((number + 0.5) * scale).astype(np.int64), size[group] - 1)]

    def so_many(position: Floats) -> Ints:
        """Persons of the group before a position along the crowd, made as many as wanted."""
        whole = np.minimum(position.astype(np.int64), size[group])
        at = begin + whole
        there = crowd.persons_so_far[at] - crowd.persons_so_far[begin]
        into = crowd.persons_so_far[np.minimum(at + 1, begin + size[group])] - crowd.persons_so_far[at]
        exact = (there + (position - whole) * into) * (wanted[group] / np.maximum(moving[group], 1))
        return np.asarray(np.floor(exact + 0.5 + 1e-9)).astype(np.int64)

    last = number + 1 == count[group]
    upper = np.where(last, wanted[group], so_many((number + 1) * scale))
    persons = upper - so_many(number * scale)
    some = persons > 0
    quantile = (number + 0.5) / count[group]
    return pick[some], persons[some], group[some], quantile[some]


def _departures(
    crowd: Crowd,
    planned: Scenario,
    future: Scenario,
    options: Options,
    pick: Ints,
    group: Ints,
    quantile: Floats,
    people: Ints,
    in_vehicles: Ints,
) -> Floats:
    trips = crowd.demand.trips
    told_s = trips.departure_s[pick]
    if future.parameter("readiness_factor") == planned.parameter("readiness_factor"):
        return told_s
    zone = crowd.group_zone[group]
    # those with a place in a plan are the first to be ready
    place = quantile * (in_vehicles / np.maximum(people, 1))[zone]
    ready_s, was_s = np.empty(len(pick)), np.empty(len(pick))
    for row in np.unique(zone).tolist():
        mine = zone == row
        curve = str(planned.zones.ready_curve[row])
        ready_s[mine] = ready_by_share_s(curve, place[mine], future.parameter("readiness_factor"))
        was_s[mine] = ready_by_share_s(curve, place[mine], planned.parameter("readiness_factor"))
    horizon_s = float(future.about.horizon_h * 3600)
    ready_s = np.where(ready_s > horizon_s, NOT_BEFORE_THE_END_S, ready_s)
    free_s = told_s
    if options.departing is Departing.READY:
        moved_s = np.maximum(told_s + ready_s - was_s, 0.0)
        late = (told_s >= NOT_BEFORE_THE_END_S) | (ready_s >= NOT_BEFORE_THE_END_S)
        free_s = np.where(late, ready_s, moved_s)
    return np.where(trips.route[pick] >= 0, np.maximum(told_s, ready_s), free_s)


def ready_by_share_s(curve: str, share: Floats, factor: float) -> Floats:
    """When a share of a zone is ready (s after the start): a curve of `hour:share` pairs, hours × factor."""
    points = [pair.split(":") for pair in curve.split()]
    if not points:
        return np.zeros(len(share))
    hour = np.array([float(h) for h, _ in points]) * factor
    reached = np.array([float(s) for _, s in points])
    return np.asarray(np.interp(share, reached, hour) * 3600)


def _kinds(trips: Trips, pick: Ints, persons: Ints) -> tuple[list[Kind], Ints]:
    """A kind for each number of persons in each sort of vehicle."""
    key, kind = np.unique(trips.kind[pick] * _MOST + persons, return_inverse=True)
    made: dict[Kind, int] = {}
    place = []
    for value in key.tolist():
        before = trips.kinds[value // _MOST]
        new = replace(before, persons=float(value % _MOST)) if before.counts else before
        place.append(made.setdefault(new, len(made)))
    rows = np.array(place, np.int64)
    return list(made) or [trips.kinds[0]], rows[kind] if len(rows) else kind.astype(np.int64)


def _shuttles(
    shuttles: Shuttles | None, demand: Demand, by_bus: Ints, carriers: Ints, first_kind: int
) -> Shuttles | None:
    """As many people at each stop as the future sends there, spread over the times at which they came.

    carriers : rows of the kinds of buses and trains before, which now stand from `first_kind` on
    """
    if shuttles is None:
        return None
    before, after = int(demand.by_bus.sum()), int(by_bus.sum())
    share = after / before if before else 0.0
    left, ready = after, {}
    stops = sorted(shuttles.ready_s)
    for number, node in enumerate(stops):
        times = shuttles.ready_s[node]
        wanted = left if number == len(stops) - 1 else min(round(len(times) * share), left)
        left -= wanted
        place = ((np.arange(wanted) + 0.5) * len(times) / max(wanted, 1)).astype(np.int64)
        ready[node] = times[np.minimum(place, max(len(times) - 1, 0))] if len(times) else np.zeros(0)
    return replace(shuttles, kind=first_kind + np.searchsorted(carriers, shuttles.kind), ready_s=ready)
