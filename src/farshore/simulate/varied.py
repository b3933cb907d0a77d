"""A crowd made larger, smaller, earlier or later: the people of one demand, dealt out anew."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import turnout_of
from farshore.simulate.crowd import Crowd, Groups
from farshore.simulate.demand import NOT_BEFORE_THE_END_S, Demand
from farshore.simulate.options import Departing, Options
from farshore.simulate.riding.script import Script
from farshore.simulate.riding.turnout import ClassCounts, people_in
from farshore.simulate.riding.varied import varied_script
from farshore.simulate.trips import Kind, Shuttles, Trips

__all__ = ["ready_by_share_s", "varied_demand"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MOST = 1 << 20  # more persons than any vehicle holds


@dataclass(frozen=True, eq=False)
class _Wanted:
    """How many there are to be.

    vehicles, parties : int64[n_groups], persons of each group
    vehicles_placed, parties_placed : float64[n_groups], of the people that the group is of (a zone's, or a
    zone's of one class) the share who go
    people, by_bus, unplanned : int64[n_zones] as of `Demand`; class_people : int64[n_classes], () if of none
    """

    vehicles: Ints
    parties: Ints
    vehicles_placed: Floats
    parties_placed: Floats
    people: Ints
    by_bus: Ints
    unplanned: Ints
    class_people: Ints


def varied_demand(crowd: Crowd, planned: Scenario, future: Scenario, options: Options) -> Demand:
    """The crowd with a future's turnout, people in a car, and readiness.

    planned : the scenario that the crowd was made for, of the same zones
    People of a zone (of a plan with classes, of a zone's class) are those of the crowd times the future's
    turnout over the planned one, in each group alike. Who keeps to a plan leaves when told, or when ready if
    that is later; who follows none leaves as much earlier or later as they are ready.
    """
    demand, groups = crowd.demand, crowd.vehicles
    wanted = (
        _as_alike(crowd, planned, future)
        if crowd.parties is None or crowd.counts is None
        else _by_class(crowd, crowd.parties, crowd.counts, planned, future)
    )
    moving, size = groups.moving, groups.size
    fewer = crowd.persons_per_vehicle / future.parameter("persons_per_vehicle")
    vehicles = size * (wanted.vehicles / np.maximum(moving, 1)) * np.where(groups.cars, fewer, 1.0)
    pick, persons, group, quantile = _dealt(groups, wanted.vehicles, vehicles)
    trips = demand.trips
    told_s = trips.departure_s[pick]
    free_s = told_s
    ready = _ready(groups, planned, future, group, quantile * wanted.vehicles_placed[group])
    departure = told_s
    if ready is not None:
        ready_s, was_s = ready
        if options.departing is Departing.READY:
            moved_s = np.maximum(told_s + ready_s - was_s, 0.0)
            late = (told_s >= NOT_BEFORE_THE_END_S) | (ready_s >= NOT_BEFORE_THE_END_S)
            free_s = np.where(late, ready_s, moved_s)
        departure = np.where(trips.route[pick] >= 0, np.maximum(told_s, ready_s), free_s)
    background = np.flatnonzero(demand.persons <= 0)
    pick = np.concatenate([pick, background])
    back = np.argsort(pick, kind="stable")  # as they stood before
    pick = pick[back]
    persons = np.concatenate([persons, np.zeros(len(background), np.int64)])[back]
    departure = np.concatenate([departure, trips.departure_s[background]])[back]
    kinds, kind = _kinds(trips, pick, persons)
    carriers = np.zeros(0, np.int64) if trips.shuttles is None else np.unique(trips.shuttles.kind)
    every: tuple[Kind, ...] = (*kinds, *(trips.kinds[carrier] for carrier in carriers.tolist()))
    script = demand.script
    if script is not None and crowd.parties is not None:
        script, led_kinds = _led(crowd.parties, script, wanted, planned, future, len(every))
        every = (*every, *led_kinds)
    varied = replace(
        trips,
        origin=trips.origin[pick],
        departure_s=departure,
        exit=trips.exit[pick],
        kind=kind,
        route=trips.route[pick],
        informed=trips.informed[pick],
        may_detour=trips.may_detour[pick],
        kinds=every,
        shuttles=_shuttles(trips.shuttles, demand, wanted.by_bus, carriers, len(kinds)),
        led=None if script is None else script.led,
    )
    return replace(
        demand,
        trips=varied,
        zone=demand.zone[pick],
        class_row=demand.class_row[pick],
        persons=persons,
        people=wanted.people,
        by_bus=wanted.by_bus,
        unplanned=wanted.unplanned,
        class_people=tuple(wanted.class_people.tolist()),
        script=script,
    )


def _as_alike(crowd: Crowd, planned: Scenario, future: Scenario) -> _Wanted:
    """Everybody times the turnout of their zone."""
    demand, groups = crowd.demand, crowd.vehicles
    share = turnout_of(future) / np.maximum(turnout_of(planned), 1)
    people = _rounded(demand.people * share)
    by_bus = np.minimum(_rounded(demand.by_bus * share), people)
    wanted = _within(_rounded(groups.moving * share[groups.zone]), groups.zone, people - by_bus)
    going = np.bincount(groups.zone, weights=wanted, minlength=len(people)).astype(np.int64)
    unplanned = np.where(demand.unplanned > 0, people - by_bus - going, 0)
    nobody = np.zeros(0, np.int64)
    return _Wanted(
        vehicles=wanted,
        parties=nobody,
        vehicles_placed=(going / np.maximum(people, 1))[groups.zone],
        parties_placed=np.zeros(0),
        people=np.where(unplanned >= 0, by_bus + going + unplanned, people),
        by_bus=by_bus,
        unplanned=unplanned,
        class_people=nobody,
    )


def _by_class(
    crowd: Crowd, parties: Groups, counts: ClassCounts, planned: Scenario, future: Scenario
) -> _Wanted:
    """Of each zone and class as many as the future has, in cars and led alike; who strays by the zone's."""
    cars = crowd.vehicles
    people = people_in(future, planned, counts)
    placed = _rounded(counts.placed * (people / np.maximum(counts.people, 1)))
    zone, class_row = np.append(cars.zone, parties.zone), np.append(cars.class_row, parties.class_row)
    moving, strays = np.append(cars.moving, parties.moving), class_row < 0
    share = np.where(
        strays,
        (turnout_of(future) / np.maximum(turnout_of(planned), 1))[zone],
        (placed / np.maximum(counts.placed, 1))[zone, class_row],
    )
    order = np.lexsort((class_row, zone))
    wanted = np.zeros(len(order), np.int64)
    before, last, gone = 0, (-1, -1), 0
    for row in order.tolist():  # rounded along the groups of a zone and class, so that they add up
        if (key := (int(zone[row]), int(class_row[row]))) != last:
            before, last, gone = 0, key, 0
        before += int(moving[row])
        wanted[row] = int(before * share[row] + 0.5 + 1e-9) - gone
        gone += int(wanted[row])
    unplanned = np.maximum(people - placed, 0).sum(axis=1)
    going = np.bincount(zone, weights=wanted, minlength=len(people)).astype(np.int64)
    of_zone = placed.sum(axis=1) / np.maximum(people.sum(axis=1), 1)
    goes = np.where(strays, of_zone[zone], (placed / np.maximum(people, 1))[zone, class_row])
    n = len(cars.zone)
    return _Wanted(
        vehicles=wanted[:n],
        parties=wanted[n:],
        vehicles_placed=goes[:n],
        parties_placed=goes[n:],
        people=going + unplanned,
        by_bus=np.zeros(len(people), np.int64),
        unplanned=unplanned,
        class_people=people.sum(axis=0),
    )


def _led(
    groups: Groups, script: Script, wanted: _Wanted, planned: Scenario, future: Scenario, n_kinds: int
) -> tuple[Script, tuple[Kind, ...]]:
    """The parties dealt out anew, each with the legs and trips of its model, and the buses that there are."""
    size = groups.size * (wanted.parties / np.maximum(groups.moving, 1))
    pick, persons, group, quantile = _dealt(groups, wanted.parties, size)
    sets_out_s = script.parties.sets_out_s[pick]
    ready = _ready(groups, planned, future, group, quantile * wanted.parties_placed[group])
    if ready is not None:
        sets_out_s = np.maximum(sets_out_s, ready[0])
    back = np.argsort(pick, kind="stable")  # as they stood before
    return varied_script(script, future, pick[back], persons[back], sets_out_s[back], n_kinds)


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


def _dealt(groups: Groups, wanted: Ints, carriers: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """Each new vehicle's or party's model, its persons, its group, and where in its group it stands.

    carriers : about how many there are to be in each group
    """
    size, moving, first = groups.size, groups.moving, groups.first
    count = np.minimum(np.maximum(_rounded(carriers), wanted > 0), wanted)
    group = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
    scale = size[group] / count[group]
    begin = first[:-1][group]
    pick = groups.order[begin + np.minimum(((number + 0.5) * scale).astype(np.int64), size[group] - 1)]
    so_far = groups.persons_so_far

    def so_many(position: Floats) -> Ints:
        """Persons of the group before a position along it, made as many as wanted."""
        whole = np.minimum(position.astype(np.int64), size[group])
        at = begin + whole
        there = so_far[at] - so_far[begin]
        into = so_far[np.minimum(at + 1, begin + size[group])] - so_far[at]
        exact = (there + (position - whole) * into) * (wanted[group] / np.maximum(moving[group], 1))
        return np.asarray(np.floor(exact + 0.5 + 1e-9)).astype(np.int64)

    last = number + 1 == count[group]
    upper = np.where(last, wanted[group], so_many((number + 1) * scale))
    persons = upper - so_many(number * scale)
    some = persons > 0
    quantile = (number + 0.5) / count[group]
    return pick[some], persons[some], group[some], quantile[some]


def _ready(
    groups: Groups, planned: Scenario, future: Scenario, group: Ints, place: Floats
) -> tuple[Floats, Floats] | None:
    """When each is ready in the future, and was to be; None where that is the same.

    place : among all people of whom the group is; those with a place in a plan are the first to be ready
    """
    factors = [each.parameter("readiness_factor") for each in (future, planned)]
    if factors[0] == factors[1]:
        return None
    zone = groups.zone[group]
    ready_s, was_s = np.empty(len(group)), np.empty(len(group))
    for row in np.unique(zone).tolist():
        mine = zone == row
        curve = str(planned.zones.ready_curve[row])
        ready_s[mine], was_s[mine] = (ready_by_share_s(curve, place[mine], factor) for factor in factors)
    horizon_s = float(future.about.horizon_h * 3600)
    return np.where(ready_s > horizon_s, NOT_BEFORE_THE_END_S, ready_s), was_s


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
