"""What becomes of buses that have left their base: they go on, are lost, or are not needed any more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from farshore.plan.classes.onward.groups import Group, Rides
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.look import Look
from farshore.plan.classes.onward.parts import RideKey, Trip, legs_before, ride_of

__all__ = ["out_of_base", "release", "riders_of", "trips_needed"]


def _ridden_on(groups: Sequence[Group]) -> set[RideKey]:
    """Rides after which somebody goes on: not everybody halts at their end."""
    found = set()
    for group in groups:
        ends = {legs_before(halt, group.parts) for halt in group.route.halts}
        found |= {
            ride_of(part, group.step)
            for i, part in enumerate(group.parts, 1)
            if part.mode == "bus" and i not in ends
        }
    return found


def out_of_base(trips: Sequence[Trip], look: Look, groups: Sequence[Group]) -> Rides:
    """What becomes of trips that have left their base: they take what they need before anybody else.

    groups : everybody of the plan
    Trips that an earlier event has called off, or broken off, are as it left them.
    """
    ridden_on = _ridden_on(groups)
    ledger, at, n_steps = look.ledger, look.at, look.ledger.n_steps
    by_key: defaultdict[RideKey, list[Trip]] = defaultdict(list)
    for trip in trips:
        if trip.leaves < at:
            by_key[trip.key].append(trip)
    rides = Rides([], {}, {})
    for key, mine in sorted(by_key.items(), key=lambda item: (item[1][0].leaves, item[0])):
        first = mine[0]
        status = "done"
        entered_last = first.board + max(ledger.entries(first.links), default=-1)
        if entered_last >= at or (first.alight > at and key in ridden_on):
            caught = look.caught_on(first.links, ledger.entries(first.links), first.board, walk=False)
            road = ledger.by_road(key)
            if first.board < at and caught is not None:
                status = "caught"
            elif road is None or ledger.many(road) < len(mine):
                status = "cut off" if first.board < at else "called off"
            else:
                status = "goes"
        rides.status[key] = status
        ended = mine
        if status in ("caught", "cut off"):
            place = look.on_ride(key, status)
            ended = [
                replace(trip, links=trip.links[: place.link + 1], head=place.end, alight=place.alight,
                        back=min(2 * place.since - trip.leaves, n_steps))
                for trip in mine
            ]  # fmt: skip
        elif status == "called off":
            ended = [_called_off(trip, at) for trip in mine]
        for trip in ended:
            takes = ledger.by_trip(trip.key, trip.leaves, trip.back) if status == "goes" else None
            ledger.take(takes or ledger.by_vehicle(trip.fleet_id, trip.leaves, trip.back), 1)
        rides.out += ended
    return rides


def _called_off(trip: Trip, at: int) -> Trip:
    """A bus that turns back on its way to a stop: home in as long as it has been out, or as it was to be."""
    back = min(2 * at - trip.leaves, trip.back)
    return replace(
        trip, head=trip.tail, board=at, alight=at, back=back, persons=0, seats=0, links=(), aboard=()
    )


def release(ledger: Ledger, going: Sequence[Group], rides: Rides) -> None:
    """Give back trips that nobody needs any more: others were to ride who cannot.

    Households stay in the bus that they have been told, so one that has left its base is needed while any of
    its own rides.
    """
    wanted = riders_of(going)
    riding = {(h, key) for group in going for key in group.rides_on for h in group.households}
    for key, (leaves, back, counted) in list(rides.asked.items()):
        needed = trips_needed(ledger, key, *wanted.get(key, (0, 0)))
        takes = ledger.by_trip(key, leaves, back)
        assert takes is not None
        ledger.take(takes, needed - counted)
        rides.asked[key] = (leaves, back, needed)
    for i, trip in enumerate(rides.out):
        if rides.status.get(trip.key) == "goes" and trip.board >= ledger.at:
            if trip.aboard:
                needed_still = any((h, trip.key) in riding for h, _ in trip.aboard)
            else:
                place = [j for j, other in enumerate(rides.out) if other.key == trip.key].index(i)
                needed_still = place < trips_needed(ledger, trip.key, *wanted.get(trip.key, (0, 0)))
            if not needed_still:
                off = _called_off(trip, ledger.at)
                takes = ledger.by_trip(trip.key, trip.leaves, trip.back)
                assert takes is not None
                ledger.take(takes, -1)
                ledger.take(ledger.by_vehicle(off.fleet_id, off.leaves, off.back), 1)
                rides.out[i] = off


def riders_of(groups: Sequence[Group]) -> dict[RideKey, tuple[int, int]]:
    """Assisted and other riders of each ride."""
    found: defaultdict[RideKey, list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        for key in group.rides:
            found[key][0 if group.need == 0 else 1] += group.persons
    return {key: (assisted, others) for key, (assisted, others) in found.items()}


def trips_needed(ledger: Ledger, key: RideKey, assisted: int, others: int) -> int:
    """Trips that so many riders fill."""
    fleet = ledger.layers.fleets[ledger.fleet_row[key[0]]]
    room = int(fleet.room[0])
    places = fleet.seats // room if room else 0
    by_assisted = -(-assisted // places) if places else 0
    return max(by_assisted, -(-(assisted * room + others) // fleet.seats))
