"""Trips of the whole plan: those that had left their base as they end now, and those that are sent anew."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from farshore.plan.classes.boarding import Group as Party
from farshore.plan.classes.boarding import aboard_of
from farshore.plan.classes.onward.assemble import Made
from farshore.plan.classes.onward.groups import Group, Rides
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.lost import riders_of
from farshore.plan.classes.onward.parts import RideKey, Trip
from farshore.plan.classes.vehicles import Trip as Row

__all__ = ["trips_made"]


def trips_made(
    ledger: Ledger, made: Made, rides: Rides, *, told: Sequence[Trip], sizes: Sequence[int]
) -> tuple[Row, ...]:
    """Every trip with its riders and its vehicle.

    Who is bound, who keeps an instruction and who is planned anew have trips of their own.
    told : trips of the plan before; sizes : members of each household, none where the plan counts persons
    """
    waiting = [group for _, group in made.waiting]
    onward = [group for _, group, _ in made.onward]
    out = {trip.key for trip in rides.out if trip.links}
    everybody = [*made.groups, *waiting]
    if sizes:
        found = _filled_by_households(ledger, rides.out, _parties(everybody, sizes))
    else:
        found = _filled_out(ledger, rides.out, riders_of(everybody))
    before: defaultdict[RideKey, list[Trip]] = defaultdict(list)
    for trip in told:
        before[trip.key].append(trip)
    wanted: list[Trip] = []
    for pool in ([*made.as_told], [*made.kept], [*made.new, *onward]):
        of_pool, parties = _pool(pool, out), _parties(pool, sizes)
        for key, (assisted, others, head) in sorted(of_pool.items()):
            sent = _sent(ledger, key, head, assisted, others)
            wanted += _seated(ledger, sent, parties[key], before[key]) if sizes else sent
    found += _driven(ledger, wanted, found)
    row_of = ledger.fleet_row
    found.sort(
        key=lambda t: (row_of[t.fleet_id], t.leaves, t.back, t.board, t.tail, t.head, t.links, t.vehicle)
    )
    width = len(str(len(found)))
    return tuple(
        Row(row_of[trip.fleet_id], (f"t{i:0{width}}", *trip.row), tuple(sorted(trip.aboard)))
        for i, trip in enumerate(found, 1)
    )


def _parties(groups: Sequence[Group], sizes: Sequence[int]) -> defaultdict[RideKey, list[Party]]:
    """Households of each ride; none where the plan counts persons."""
    found: defaultdict[RideKey, list[Party]] = defaultdict(list)
    for group in groups if sizes else ():
        for key in group.rides:
            found[key] += [(h, sizes[h], group.need == 0) for h in group.households]
    return found


def _with_aboard(ledger: Ledger, trip: Trip, parties: Sequence[Party]) -> Trip:
    """A trip with these households aboard, or with these persons of them."""
    room = int(ledger.layers.fleets[ledger.fleet_row[trip.fleet_id]].room[0])
    return replace(
        trip,
        persons=sum(persons for _, persons, _ in parties),
        seats=sum(persons * (room if needs_room else 1) for _, persons, needs_room in parties),
        aboard=tuple((h, persons) for h, persons, _ in parties),
    )


def _as_told(trip: Trip, parties: Sequence[Party]) -> list[Party]:
    """Those of some households who were told to board a trip."""
    needs = {h: needs_room for h, _, needs_room in parties}
    return [(h, persons, needs[h]) for h, persons in trip.aboard if h in needs]


def _filled_by_households(
    ledger: Ledger, out: Sequence[Trip], parties: defaultdict[RideKey, list[Party]]
) -> list[Trip]:
    """Trips that had left their base with those households of theirs who still ride; some are called off."""
    return [
        _with_aboard(ledger, trip, _as_told(trip, parties[trip.key])) if trip.links else trip for trip in out
    ]


def _seated(
    ledger: Ledger, sent: Sequence[Trip], parties: Sequence[Party], told: Sequence[Trip]
) -> list[Trip]:
    """Trips of one ride with its households: as they were told, where that needs no more buses."""
    fleet = ledger.layers.fleets[ledger.fleet_row[sent[0].fleet_id]]
    aboard = [each for trip in told if (each := _as_told(trip, parties))]
    persons = sum(many for each in aboard for _, many, _ in each)
    if len(aboard) != len(sent) or persons != sum(many for _, many, _ in parties):
        aboard = aboard_of(parties, len(sent), fleet.seats, int(fleet.room[0]))
    return [_with_aboard(ledger, trip, each) for trip, each in zip(sent, aboard, strict=True)]


def _pool(groups: Sequence[Group], out: set[RideKey]) -> dict[RideKey, tuple[int, int, str]]:
    """Riders of trips that have yet to leave their base: assisted, others, where they alight."""
    head = {
        (part.name, group.step + part.board, part.tail, part.links): part.head
        for group in groups
        for part in group.parts
        if part.mode == "bus"
    }
    return {key: (*each, head[key]) for key, each in riders_of(groups).items() if key not in out}


def _filled_out(ledger: Ledger, out: Sequence[Trip], riders: dict[RideKey, tuple[int, int]]) -> list[Trip]:
    """Trips that had left their base with those who are aboard, or are to be; some are called off."""
    left = {key: list(each) for key, each in riders.items()}
    found = []
    for trip in out:
        if not trip.links:
            found.append(trip)
            continue
        assisted, others = left[trip.key]
        sitting, beside, seats = _aboard(ledger, trip.fleet_id, assisted, others)
        left[trip.key] = [assisted - sitting, others - beside]
        found.append(replace(trip, persons=sitting + beside, seats=seats))
    return found


def _aboard(ledger: Ledger, fleet_id: str, assisted: int, others: int) -> tuple[int, int, int]:
    """Riders of one trip: assisted, others, and the seats they take."""
    fleet = ledger.layers.fleets[ledger.fleet_row[fleet_id]]
    room = int(fleet.room[0])
    sitting = min(assisted, fleet.seats // room) if room else 0
    beside = min(others, fleet.seats - sitting * room)
    return sitting, beside, sitting * room + beside


def _sent(ledger: Ledger, key: RideKey, head: str, assisted: int, others: int) -> list[Trip]:
    """Trips for so many riders, their vehicles not yet known."""
    fleet_id, board, tail, links = key
    fleet = ledger.layers.fleets[ledger.fleet_row[fleet_id]]
    alight = board + sum(int(ledger.problem.timing.steps[ledger.arc_row[link]]) for link in links)
    leaves = board - int(fleet.out_steps[ledger.terminal[tail]])
    back = alight + int(fleet.back_steps[ledger.terminal[head]])
    found = []
    while assisted + others:
        sitting, beside, seats = _aboard(ledger, fleet_id, assisted, others)
        assisted, others = assisted - sitting, others - beside
        found.append(
            Trip(fleet_id, 0, tail, head, board, alight, leaves, back, sitting + beside, seats, links)
        )
    return found


def _driven(ledger: Ledger, wanted: Sequence[Trip], out: Sequence[Trip]) -> list[Trip]:
    """Trips with the first vehicle of their fleet that is back at base."""
    busy: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for trip in out:
        busy[trip.fleet_id][trip.vehicle] = max(trip.back, busy[trip.fleet_id].get(trip.vehicle, 0))
    found = []
    by_fleet: defaultdict[str, list[Trip]] = defaultdict(list)
    for trip in wanted:
        by_fleet[trip.fleet_id].append(trip)
    table: Any = ledger.problem.scenario.fleets
    for fleet_id, trips in sorted(by_fleet.items()):
        number = int(table.vehicles[ledger.layers.fleets[ledger.fleet_row[fleet_id]].row])
        away = [(back, vehicle) for vehicle, back in busy[fleet_id].items()]
        heapq.heapify(away)
        free = [vehicle for vehicle in range(1, number + 1) if vehicle not in busy[fleet_id]]
        for trip in sorted(trips, key=lambda t: (t.leaves, t.back, t.board, t.tail, t.head, t.links)):
            while away and away[0][0] <= trip.leaves:
                heapq.heappush(free, heapq.heappop(away)[1])
            vehicle = heapq.heappop(free)
            heapq.heappush(away, (trip.back, vehicle))
            found.append(replace(trip, vehicle=vehicle))
    return found
