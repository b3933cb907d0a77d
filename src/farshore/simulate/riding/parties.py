"""From a plan with classes to its script: parties with their legs, buses with their trips, trains."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import CLASSES
from farshore.simulate.ground import Ground
from farshore.simulate.network import AUTO, BUS, WALK
from farshore.simulate.riding import script
from farshore.simulate.riding.cast import cast_of, room_of, stages_of
from farshore.simulate.riding.script import Bus, Leg, Parties, Ride, Script
from farshore.simulate.riding.seats import RideKey, Seats, parts_of
from farshore.simulate.riding.turnout import household_classes
from farshore.simulate.trips import Kind, Led

__all__ = ["by_car", "script_of"]

Ints = npt.NDArray[np.int64]

_MOST_TOGETHER = 10  # persons who go as one where nobody is told apart
_MODES = {"walk": script.WALK, "ferry": script.FERRY, "bus": script.BUS, "train": script.TRAIN}


def by_car(plan: Outcome) -> npt.NDArray[np.bool_]:
    """Which departures go by car: bool[n_departures]; all of them in a plan without classes."""
    drives = [plan.services is None or any(leg[0] == "car" for leg in r.legs or ()) for r in plan.routes]
    return np.array(drives, np.bool_)[plan.departures.route]


class _Routes:
    """Routes that are led, numbered behind those of cars."""

    def __init__(self, first: int) -> None:
        self.first, self.links, self.uses = first, list[Ints](), list[int]()
        self._known: dict[tuple[int, ...], int] = {}

    def row(self, links: list[int], uses: int) -> int:
        """The row of a route, a new one if need be."""
        key = (uses, *links)
        if key not in self._known:
            self._known[key] = self.first + len(self.links)
            self.links.append(np.array(links, np.int64))
            self.uses.append(uses)
        return self._known[key]


def script_of(
    plan: Outcome, scenario: Scenario, ground: Ground, *, n_routes: int, n_exits: int, n_kinds: int
) -> tuple[Script, list[Ints], tuple[Kind, ...]]:
    """The script of a plan with classes; its routes and kinds of vehicles, behind so many of cars.

    n_exits : destinations of cars, behind which those of the script stand
    """
    services = plan.services
    if services is None:
        raise ValueError("a plan without classes has no script")
    node_row, step_s = ground.node_row, scenario.about.step_s
    routes = _Routes(n_routes)
    ways, way_of = _ways(plan, ground, node_row, routes)
    share_assisted = _share_assisted(plan)
    share = scenario.parameter("wheelchair_share") * share_assisted
    rides = _rides(plan, scenario, ground, node_row, routes, share)
    parties = _parties(plan, scenario, way_of, rides)
    buses = _buses(plan, scenario, node_row)
    stages = stages_of(scenario, node_row, share)
    legs = [leg for way in ways for leg in way if leg.mode in (script.WALK, script.FERRY)]
    bus_nodes = {bus.base for bus in buses} | {end for ride in rides for end in (ride.tail, ride.head)}
    exit_of = {
        node: n_exits + place for place, node in enumerate(sorted(bus_nodes | {leg.head for leg in legs}))
    }
    kind, carried, kinds = cast_of(parties.persons, len(buses), scenario, n_kinds)
    led = Led(
        kind=kind,
        carried=carried,
        foot_nodes=np.array(sorted({leg.tail for leg in legs}), np.int64),
        bus_nodes=np.array(sorted(bus_nodes), np.int64),
        trees=(
            *((WALK, exit_of[node]) for node in sorted({leg.head for leg in legs})),
            *((BUS, exit_of[node]) for node in sorted(bus_nodes)),
        ),
        route_uses=(*(AUTO,) * n_routes, *routes.uses),
    )
    made = Script(parties, ways, rides, buses, stages, exit_of, step_s, share_assisted, led)
    return made, routes.links, kinds


def _ways(
    plan: Outcome, ground: Ground, node_row: dict[str, int], routes: _Routes
) -> tuple[tuple[tuple[Leg, ...], ...], dict[int, int]]:
    """Legs of all ways that are not by car, and the way of each of the plan's routes."""
    arc_row = ground.arc_row()
    boats: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for service in ground.network.ferries:
        if service.link < 0:
            boats[_place(ground, service.walk_link)].append(service.walk_link)
    ways: list[tuple[Leg, ...]] = []
    way_of: dict[int, int] = {}
    for number in np.unique(plan.departures.route[~by_car(plan)]).tolist():
        route, at = plan.routes[number], 0
        legs = []
        for mode, tail, head, begins, ends, n_links, *name in route.legs or ():
            links = [*route.links[at : at + n_links]]
            at += n_links
            rows: tuple[int, ...] = ()
            if mode == "walk":
                rows = (routes.row([arc_row["~" + link] for link in links], WALK),)
            elif mode == "ferry":
                ferry = arc_row["~" + links[0]]
                rows = tuple(routes.row([arc], WALK) for arc in (ferry, *boats[_place(ground, ferry)]))
            legs.append(
                Leg(_MODES[mode], node_row[tail], node_row[head], begins, ends, rows, name[0] if name else "")
            )
        way_of[number] = len(ways)
        ways.append(tuple(legs))
    return tuple(ways), way_of


def _place(ground: Ground, arc: int) -> tuple[int, int]:
    """The link and the bank at which an arc begins."""
    return int(ground.link_row[arc]), int(ground.network.from_node[arc])


def _share_assisted(plan: Outcome) -> float:
    """Of those in assisted classes, the share who need assistance themselves (docs/classes.md)."""
    whole = plan.households
    if whole is None:
        return 1.0
    helped = whole.needing_assistance > 0
    together = int(whole.size[helped].sum())
    return int(whole.needing_assistance[helped].sum()) / together if together else 1.0


def _rides(
    plan: Outcome,
    scenario: Scenario,
    ground: Ground,
    node_row: dict[str, int],
    routes: _Routes,
    share: float,
) -> tuple[Ride, ...]:
    arc_row, fleet_row, step_s = ground.arc_row(), scenario.fleets.position(), scenario.about.step_s
    fleets, found = scenario.fleets, []
    for trip_id, fleet_id, _, tail, head, board, alight, leaves, back, persons, _, links in _trips(plan):
        fleet = fleet_row[fleet_id]
        found.append(
            Ride(
                trip_id=trip_id,
                fleet_id=fleet_id,
                tail=node_row[tail],
                head=node_row[head],
                leaves_s=float(leaves * step_s),
                board_s=float(board * step_s),
                until_s=float((board + 1) * step_s),
                alight_s=float(alight * step_s),
                back_s=float(back * step_s),
                route=routes.row([arc_row[link] for link in links.split(" ")], BUS),
                seats=int(fleets.seats[fleet]),
                room=room_of(scenario, fleet, share),
                load_s=float(fleets.load_s[fleet]),
                unload_s=float(fleets.unload_s[fleet]),
                persons=persons,
            )
        )
    return tuple(found)


def _trips(plan: Outcome) -> tuple[tuple[str, str, int, str, str, int, int, int, int, int, int, str], ...]:
    return () if plan.services is None else plan.services.trips


def _buses(plan: Outcome, scenario: Scenario, node_row: dict[str, int]) -> tuple[Bus, ...]:
    """Every vehicle that makes a trip, by fleet and number."""
    mine: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    fleet_row = scenario.fleets.position()
    for row, trip in enumerate(_trips(plan)):
        mine[fleet_row[trip[1]], trip[2]].append((trip[7], row))
    return tuple(
        Bus(node_row[str(scenario.fleets.base_node_id[fleet])], tuple(row for _, row in sorted(made)))
        for (fleet, _), made in sorted(mine.items())
    )


def _parties(plan: Outcome, scenario: Scenario, way_of: dict[int, int], rides: tuple[Ride, ...]) -> Parties:
    """People of each departure, cut wherever two of them are in other households or other trips."""
    zone_row, host_row = scenario.zones.position(), scenario.hosts.position()
    moves, class_ids = plan.departures, plan.services.class_ids if plan.services else ()
    seats = Seats(
        [
            (_key(trip), int(trip[9]), int(trip[10]), ride.room)
            for trip, ride in zip(_trips(plan), rides, strict=True)
        ]
    )
    members, told = _members(plan), _told(plan)
    columns: list[tuple[int, ...]] = []
    whose: list[tuple[int, ...]] = []
    for row in np.flatnonzero(~by_car(plan)).tolist():
        number, step, persons = int(moves.route[row]), int(moves.step[row]), int(moves.persons[row])
        route, class_row = plan.routes[number], CLASSES.index(class_ids[row])
        units = members.get((number, step, class_row))
        household = np.arange(persons) // _MOST_TOGETHER if units is None else np.repeat(*units)
        labels = [household]
        at = 0
        trip_of_leg: list[Ints | None] = []
        for mode, tail, _, begins, _, n_links, *name in route.legs or ():
            links = " ".join(route.links[at : at + n_links])
            at += n_links
            if mode != "bus":
                trip_of_leg.append(None)
                continue
            key = (str(name[0]), step + int(begins), str(tail), links)
            if units is None or told is None:
                trip = seats.take(key, class_row < 2, persons)
            else:
                trip = _as_told(units, told, seats.rows(key))
            trip_of_leg.append(trip)
            labels.append(trip)
        for first, last in parts_of(labels):
            columns.append(
                (
                    zone_row[route.zone_id],
                    last - first,
                    class_row,
                    int(household[first]) if units is not None else -1,
                    step,
                    host_row[route.host_id],
                    way_of[number],
                )
            )
            whose.append(tuple(-1 if trip is None else int(trip[first]) for trip in trip_of_leg))
    zone, persons_, class_, household_, step_, host, way = np.array(columns, np.int64).reshape(-1, 7).T
    return Parties(
        zone=zone,
        persons=persons_,
        class_row=class_,
        assisted=class_ < 2,
        household=household_,
        step=step_,
        sets_out_s=(step_ * scenario.about.step_s).astype(np.float64),
        host=host,
        way=way,
        rides=tuple(whose),
    )


def _key(trip: tuple[str, str, int, str, str, int, int, int, int, int, int, str]) -> RideKey:
    return trip[1], trip[5], trip[3], trip[11]


def _members(plan: Outcome) -> dict[tuple[int, int, int], tuple[Ints, Ints]]:
    """Households of each departure, by route, step and class, with their sizes."""
    whole = plan.households
    if whole is None:
        return {}
    class_row = household_classes(whole)
    found: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(whole.route >= 0).tolist():
        found[int(whole.route[row]), int(whole.step[row]), int(class_row[row])].append(row)
    return {
        key: (np.array(rows, np.int64), whole.size[np.array(rows, np.int64)]) for key, rows in found.items()
    }


def _told(plan: Outcome) -> dict[tuple[int, int], int] | None:
    """Persons of each household in each trip, by rows of both; None: the plan does not say."""
    if plan.services is None or plan.services.boarding is None:
        return None
    row = {trip[0]: number for number, trip in enumerate(_trips(plan))}
    return {(household, row[trip]): persons for household, trip, persons in plan.services.boarding}


def _as_told(units: tuple[Ints, Ints], told: dict[tuple[int, int], int], trips: list[int]) -> Ints:
    """The trip of each person of these households, among those that ride alike."""
    trip = [
        number
        for household, size in zip(*(each.tolist() for each in units), strict=True)
        for number in _seated(household, size, told, trips)
    ]
    return np.array(trip, np.int64)


def _seated(household: int, size: int, told: dict[tuple[int, int], int], trips: list[int]) -> list[int]:
    found = [number for number in trips for _ in range(told.get((household, number), 0))]
    return (found + [-1] * size)[:size]
