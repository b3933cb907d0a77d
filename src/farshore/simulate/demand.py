"""From people to vehicles: who sets out when, with whom, how and where to."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Timing
from farshore.scenario.turnout import CLASSES
from farshore.simulate.buses import carried_zones, shuttles_of
from farshore.simulate.ground import Ground
from farshore.simulate.network import AUTO, BUS, RAIL, TRUCK, WALK
from farshore.simulate.options import Departing, Options, Routes
from farshore.simulate.riding.parties import by_car, script_of
from farshore.simulate.riding.script import Script
from farshore.simulate.trips import Kind, Trips

__all__ = ["Demand", "demand_of", "set_out_s"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NOT_BEFORE_THE_END_S = 1e9
_WALKING_GROUP = 10
_MOST_IN_A_CAR = 40


@dataclass(frozen=True, eq=False)
class Demand:
    """Vehicles and what they stand for.

    zone : int64[n_vehicles]; persons : int64[n_vehicles], 0 for background traffic
    people : int64[n_zones], who chooses to leave, shadow evacuees included
    by_bus : int64[n_zones], those of them who wait for buses
    unplanned : int64[n_zones], people of the plan who are given no departure
    host_of_exit : int64[n_exits], row of the host, −1 for any host or a stop
    class_row : int64[n_vehicles], as docs/classes.md numbers them, −1 where nobody says
    script : what those are told who do not go by car, in a plan with classes
    class_people : everybody of each class in such a plan, with a departure or without; () if there are none
    """

    trips: Trips
    zone: Ints
    persons: Ints
    people: Ints
    by_bus: Ints
    unplanned: Ints
    host_of_exit: Ints
    class_row: Ints
    script: Script | None = None
    class_people: tuple[int, ...] = ()

    def with_trips(self, trips: Trips) -> "Demand":
        """The same people on other ways."""
        return replace(self, trips=trips)


@dataclass
class _Vehicles:
    """Columns that grow."""

    zone: list[Ints]
    departure_s: list[Floats]
    persons: list[Ints]
    exit: list[Ints]
    route: list[Ints]
    class_row: list[Ints] = field(default_factory=list)


def demand_of(
    scenario: Scenario,
    timing: Timing,
    ground: Ground,
    plan: Outcome | None,
    options: Options,
    open_hosts: Ints,
    rng: np.random.Generator,
) -> Demand:
    """Everybody who travels, as vehicles; `open_hosts` are rows of hosts that may take people in."""
    per_car = scenario.parameter("persons_per_vehicle") / (1.0 + options.second_car_share)
    n_hosts = len(scenario.hosts)
    exits = [ground.host_node[[row]] for row in range(n_hosts)] + [np.unique(ground.host_node[open_hosts])]
    anywhere = n_hosts
    people = timing.people.copy()
    shadow = _shadow(scenario, timing, options)
    own, by_bus, on_foot = _ways_of_going(scenario, timing.people, options)
    made = _Vehicles([], [], [], [], [])
    routes: list[Ints] = []
    planned_share = np.zeros(len(people))
    unplanned = np.zeros(len(people), np.int64)
    if plan is not None:
        compliance = options.value("compliance_share", scenario)
        planned_share = np.where(people > 0, compliance, 0.0)
        # A plan says how each of its people travels: they wait for no bus of their own finding.
        by_bus, on_foot = (
            np.floor(those * (1 - planned_share) + 0.5).astype(np.int64) for those in (by_bus, on_foot)
        )
        routes = _routes(plan, ground)
        unplanned, on_their_own = _add_planned(made, plan, scenario, timing, per_car, compliance)
    free = np.floor(own * (1 - planned_share) + 0.5).astype(np.int64) + shadow
    if plan is not None and plan.services is not None:  # it says of everybody who has a car and takes it
        free, by_bus, on_foot = on_their_own + shadow, np.zeros_like(by_bus), np.zeros_like(on_foot)
    _add_free(made, free, scenario, timing, options, per_car, anywhere)
    n_cars = sum(len(part) for part in made.zone)
    _add_free(made, on_foot, scenario, timing, options, float(_WALKING_GROUP), anywhere)
    n_people_vehicles = sum(len(part) for part in made.zone)
    _add_background(made, timing, scenario, options, anywhere, rng)
    zone = np.concatenate([*made.zone, np.zeros(0, np.int64)])
    persons = np.concatenate([*made.persons, np.zeros(0, np.int64)])
    walking = np.zeros(len(zone), np.bool_)
    walking[n_cars:n_people_vehicles] = True
    truck = np.zeros(len(zone), np.bool_)
    truck[n_people_vehicles:] = rng.random(len(zone) - n_people_vehicles) < options.truck_share
    kinds, kind = _kinds(persons, walking, truck, scenario)
    informed = rng.random(len(zone)) < options.value("informed_share", scenario)
    if options.routes is Routes.NEAREST:
        informed[:] = False
    route = np.concatenate([*made.route, np.zeros(0, np.int64)])
    shuttles, stops = shuttles_of(
        scenario,
        timing,
        ground,
        by_bus,
        open_hosts,
        len(kinds),
        lambda z, n: set_out_s(z, n, scenario, timing, options),
    )
    every = (
        *kinds,
        Kind("bus", pcu=scenario.parameter("bus_pcu"), persons=0.0, uses=BUS),
        Kind("train", persons=0.0, uses=RAIL),
    )
    script: Script | None = None
    if plan is not None and plan.services is not None:
        script, led_routes, led_kinds = script_of(
            plan, scenario, ground, n_routes=len(routes), n_exits=len(exits), n_kinds=len(every)
        )
        routes, every = [*routes, *led_routes], (*every, *led_kinds)
        stops = sorted(script.exit_of, key=script.exit_of.__getitem__)
    trips = Trips(
        origin=ground.zone_node[zone],
        departure_s=np.concatenate([*made.departure_s, np.zeros(0)]),
        exit=np.concatenate([*made.exit, np.zeros(0, np.int64)]),
        kind=kind,
        route=route,
        informed=informed & (route < 0),
        may_detour=np.ones(len(zone), np.bool_),
        exits=(*exits, *(np.array([stop], np.int64) for stop in stops)),
        routes=tuple(routes),
        kinds=every,
        shuttles=shuttles,
        led=None if script is None else script.led,
    )
    return Demand(
        trips=trips,
        zone=zone,
        persons=persons,
        people=people + shadow,
        by_bus=by_bus,
        unplanned=unplanned,
        host_of_exit=np.concatenate([np.arange(n_hosts), np.full(1 + len(stops), -1)]).astype(np.int64),
        class_row=np.concatenate([*made.class_row, np.zeros(0, np.int64)]),
        script=script,
        class_people=_class_people(plan),
    )


def _class_people(plan: Outcome | None) -> tuple[int, ...]:
    if plan is None or plan.services is None:
        return ()
    return tuple(int(told["people"]) for told in plan.services.figures["classes"])


def set_out_s(zone: int, count: int, scenario: Scenario, timing: Timing, options: Options) -> Floats:
    """When `count` vehicles (or people) of a zone set out, float64[count], sorted, seconds after the start.

    Logit: Lindell, M. K. (2008), EMBLEM2; Rayleigh: Tweedie, S. W. et al. (1986), A methodology for
    estimating emergency evacuation times.
    """
    quantile = (np.arange(count) + 0.5) / max(count, 1)
    half_s = 3600 * options.value("half_departed_h", scenario)
    if options.departing is Departing.IMMEDIATE:
        return np.zeros(count)
    if options.departing is Departing.LOGIT:
        # the curve through 0 at the start: nobody has set out before it
        before = 1.0 / (1.0 + np.exp(half_s / (3600 * options.spread_h)))
        share = before + (1.0 - before) * quantile
        return np.asarray(np.maximum(0.0, half_s + 3600 * options.spread_h * np.log(share / (1.0 - share))))
    if options.departing is Departing.RAYLEIGH:
        return np.asarray(half_s * np.sqrt(-np.log1p(-quantile) / np.log(2.0)))
    ready = np.concatenate([[0], np.cumsum(timing.newly_ready[zone])]).astype(np.float64)
    total = float(timing.people[zone]) or 1.0
    times = np.interp(quantile * total, ready, np.arange(len(ready)) * timing.step_s)
    at_once = ready[1] / total  # who is ready in the first step is ready at its beginning
    return np.where(
        quantile <= at_once, 0.0, np.where(quantile * total > ready[-1], NOT_BEFORE_THE_END_S, times)
    )


def _shadow(scenario: Scenario, timing: Timing, options: Options) -> Ints:
    present = scenario.zones.persons * scenario.parameter("share_present")
    staying = np.maximum(present - timing.people, 0)
    return np.asarray(np.floor(staying * options.shadow_share + 0.5), np.int64)


def _ways_of_going(scenario: Scenario, people: Ints, options: Options) -> tuple[Ints, Ints, Ints]:
    """People in cars, waiting for buses or trains, on foot: int64[n_zones] each, adding up to `people`."""
    without = np.floor(people * (1 - scenario.zones.share_with_car) + 0.5).astype(np.int64)
    on_foot = np.floor(without * options.on_foot_share + 0.5).astype(np.int64)
    by_bus = np.where(options.buses & carried_zones(scenario), without - on_foot, 0)
    return people - by_bus - on_foot, by_bus, on_foot


def _routes(plan: Outcome, ground: Ground) -> list[Ints]:
    """Of each route its arcs; of those that are not by car none."""
    arc_row = ground.arc_row()
    driven = set(np.unique(plan.departures.route[by_car(plan)]).tolist())
    return [
        np.array([arc_row[link] for link in route.links if number in driven], np.int64)
        for number, route in enumerate(plan.routes)
    ]


def _add_planned(
    made: _Vehicles, plan: Outcome, scenario: Scenario, timing: Timing, per_car: float, compliance: float
) -> tuple[Ints, Ints]:
    """Those who keep to the plan by car.

    returns : the people of each zone to whom it gives no departure, and those who go by car and do not keep
    to it, int64[n_zones] each
    """
    zone_row, host_row = scenario.zones.position(), scenario.hosts.position()
    moves = plan.departures
    placed = np.zeros(len(scenario.zones), np.int64)
    straying = np.zeros(len(scenario.zones), np.int64)
    over: dict[int, float] = {}
    class_ids = ("",) * len(moves.route) if plan.services is None else plan.services.class_ids
    for class_id, route, step, persons, drives in zip(
        class_ids,
        moves.route.tolist(),
        moves.step.tolist(),
        moves.persons.tolist(),
        by_car(plan).tolist(),
        strict=True,
    ):
        zone = zone_row[plan.routes[route].zone_id]
        placed[zone] += persons
        if not drives:
            continue
        wanted = persons * compliance + over.get(zone, 0.0)
        keeping = int(wanted + 1e-9)
        over[zone] = wanted - keeping
        straying[zone] += persons - keeping
        _add(
            made,
            zone,
            _cars(keeping, per_car),
            lambda count, step=step: (step + (np.arange(count) + 0.5) / count) * timing.step_s,
            host_row[plan.routes[route].host_id],
            route,
            CLASSES.index(class_id) if class_id else -1,
        )
    return np.maximum(timing.people - placed, 0), straying


def _cars(persons: int, per_car: float) -> Ints:
    """People in each of the cars that so many need, as even as whole people can be."""
    if persons <= 0:
        return np.zeros(0, np.int64)
    count = max(1, round(persons / per_car))
    return np.diff(np.arange(count + 1) * persons // count)


def _add(made, zone, persons, times, exit_, route, class_row=-1) -> None:  # type: ignore[no-untyped-def]
    count = len(persons)
    if not count:
        return
    made.zone.append(np.full(count, zone, np.int64))
    made.persons.append(persons)
    made.departure_s.append(np.asarray(times(count), np.float64))
    made.exit.append(np.full(count, exit_, np.int64))
    made.route.append(np.full(count, route, np.int64))
    made.class_row.append(np.full(count, class_row, np.int64))


def _add_free(
    made: _Vehicles,
    persons: Ints,
    scenario: Scenario,
    timing: Timing,
    options: Options,
    per_car: float,
    anywhere: int,
) -> None:
    """Those who choose for themselves when to set out and where to go."""
    for zone, count in enumerate(persons.tolist()):
        _add(
            made,
            zone,
            _cars(count, per_car),
            lambda cars, zone=zone: set_out_s(zone, cars, scenario, timing, options),
            anywhere,
            -1,
        )


def _add_background(
    made: _Vehicles,
    timing: Timing,
    scenario: Scenario,
    options: Options,
    anywhere: int,
    rng: np.random.Generator,
) -> None:
    """Vehicles that are on the road for other reasons, evenly over the horizon."""
    span_s = scenario.about.horizon_h * 3600
    count = round(options.background_veh_h * scenario.about.horizon_h)
    if not count or not timing.people.sum():
        return
    zones = rng.choice(len(timing.people), count, p=timing.people / timing.people.sum())
    made.zone.append(zones.astype(np.int64))
    made.persons.append(np.zeros(count, np.int64))
    made.departure_s.append(np.sort(rng.random(count)) * span_s)
    made.exit.append(np.full(count, anywhere, np.int64))
    made.route.append(np.full(count, -1, np.int64))
    made.class_row.append(np.full(count, -1, np.int64))


def _kinds(
    persons: Ints, walking: npt.NDArray[np.bool_], truck: npt.NDArray[np.bool_], scenario: Scenario
) -> tuple[list[Kind], Ints]:
    """A kind for each number of people in a car and in a group on foot; background cars and trucks."""
    pedestrian, lorry = _MOST_IN_A_CAR + 1, 2 * (_MOST_IN_A_CAR + 1)
    key = np.where(truck, lorry, np.minimum(persons, _MOST_IN_A_CAR) + np.where(walking, pedestrian, 0))
    found, kind = np.unique(key, return_inverse=True)
    kinds = []
    for value in found.tolist():
        if value == lorry:
            pcu = scenario.parameter("truck_pcu")
            kinds.append(Kind("truck", pcu=pcu, persons=0.0, uses=TRUCK, counts=False))
        elif value >= pedestrian:
            kinds.append(Kind("on foot", persons=float(value - pedestrian), uses=WALK))
        else:
            name = "car" if value else "background"
            kinds.append(Kind(name, persons=float(value), uses=AUTO, counts=value > 0))
    return kinds or [Kind("car")], kind.astype(np.int64)
