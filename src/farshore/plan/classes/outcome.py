"""A plan of whole people as the outcome that is written: routes, departures, figures, prices."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from farshore.errors import Interrupted, UsageFault
from farshore.plan.classes.households import Seated, class_sizes, seated_whole
from farshore.plan.classes.loads import class_loads
from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.people import CLASSES
from farshore.plan.classes.pour import Placed
from farshore.plan.classes.routes import departures_of
from farshore.plan.classes.solve import solve_classes
from farshore.plan.classes.vehicles import Trip, duties_of, fleet_figures, train_figures, trips_of
from farshore.plan.families.rows import households_in_order
from farshore.plan.families.synthesis import Members, households_of
from farshore.plan.goals import step_and_people
from farshore.plan.stop import Stop, Target
from farshore.results.households import Households
from farshore.results.loads import Effort
from farshore.results.measures import clearance_h
from farshore.results.outcome import Certificate, Departures, Outcome, Route, Unserved
from farshore.results.services import Prices, Services
from farshore.scenario.clock import Ints
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of

__all__ = ["boarding_of", "certificate_in", "modes_used", "plan_classes"]

_MODES = ("car", "walk", "ferry", "bus", "train")


def plan_classes(
    scenario: Scenario,
    *,
    stop: Stop,
    report: Callable[[str, float, int | None, int | None], None],
    household_seed: int | None = None,
) -> Outcome:
    """Plan with classes and services, by docs/classes.md.

    household_seed : keep households whole, made up with this seed; None: people are counted one by one
    """
    begun_s = time.monotonic()
    members: Members | None = None
    try:
        report("reading the network", 0.0, None, None)
        if household_seed is not None:
            members = households_of(scenario, timing_of(scenario).people, seed=household_seed)
        problem = class_problem_of(
            scenario, None if members is None else class_sizes(members, len(scenario.zones))
        )
    except KeyboardInterrupt:
        raise Interrupted("stopped before there was a plan; nothing was written") from None

    stop = replace(stop, targets=_targets(problem, stop))

    def solving(share: float, objective: int | None, lower_bound: int | None) -> None:
        report("solving", 0.05 + 0.9 * share, objective, lower_bound)

    answer = solve_classes(problem, stop=stop, report=solving, begun_s=begun_s)
    if_split = answer.placed.objective
    placed, people = answer.placed, problem.people
    seated: Seated | None = None
    if members is not None:
        report("seating households", 0.95, placed.objective, answer.lower_bound)
        seated = seated_whole(problem, placed, members)
        answer, placed = replace(answer, placed=seated.placed), seated.placed
    report("routes", 0.97, placed.objective, answer.lower_bound)
    routes, departures, class_ids, row_of = departures_of(problem, placed)
    zones = scenario.zones
    by_zone = np.bincount(people.zone, people.people, len(zones)).astype(np.int64)
    late = np.bincount(people.zone, people.late, len(zones)).astype(np.int64)
    stay = np.bincount(people.zone, placed.staying + people.late, len(zones)).astype(np.int64)
    certificate, prices = certificate_in(
        problem, answer.price, objective=answer.placed.objective, lower_bound=answer.lower_bound
    )
    households: Households | None = None
    aboard: defaultdict[int, list[tuple[int, int]]] | None = None
    if members is not None and seated is not None:
        households, rows = _households(members, seated, row_of, seed=household_seed or 0, if_split=if_split)
        aboard = defaultdict(list)
        for row, placement in enumerate(rows.tolist()):
            if placement >= 0:
                aboard[placement].append((row, int(households.size[row])))
    trips = trips_of(problem, placed, aboard)
    duties = duties_of(problem, trips)
    outcome = Outcome(
        scenario=scenario,
        routes=routes,
        departures=departures,
        people=dict(zip(map(str, zones.zone_id), by_zone.tolist(), strict=True)),
        unserved=tuple(
            Unserved(str(zones.zone_id[zone]), int(stay[zone]), _binding(int(stay[zone]), int(late[zone])))
            for zone in np.flatnonzero(stay).tolist()
        ),
        certificate=certificate,
        audit=(),
        blocked_hosts=dict(problem.blocked),
        solve_s=time.monotonic() - begun_s,
        complete=answer.proven,
        options=stop.options | {"model": "classes"},
        households=households,
        version=version("farshore"),
        rounds=answer.rounds,
        services=Services(
            class_ids=class_ids,
            trips=tuple(trip.row for trip in trips),
            duties=duties,
            prices=prices,
            effort=_effort(problem, placed, routes, row_of),
            loads=class_loads(problem, routes, departures, certificate, prices),
            late=tuple(late.tolist()),
            figures={
                "classes": _classes(problem, placed),
                "modes": modes_used(routes, departures),
                "fleets": fleet_figures(problem, trips, duties),
                "trains": train_figures(problem, placed),
            },
            boarding=None if households is None else boarding_of(trips),
        ),
    )
    report("routes", 1.0, placed.objective, answer.lower_bound)
    return outcome


def boarding_of(trips: tuple[Trip, ...]) -> tuple[tuple[int, str, int], ...]:
    """Rows of boarding.csv, by household and trip."""
    return tuple(sorted((household, trip.row[0], many) for trip in trips for household, many in trip.aboard))


def _households(
    members: Members, seated: Seated, row_of: Ints, *, seed: int, if_split: int
) -> tuple[Households, Ints]:
    """Households with their routes, sorted by zone and departure, and the placement of each, −1: it stays.

    row_of : route of each placement
    """
    leaves = seated.row >= 0
    route = np.full(len(members), -1, np.int64)
    step = np.full(len(members), -1, np.int64)
    route[leaves] = row_of[seated.row[leaves]]
    step[leaves] = seated.placed.depart[seated.row[leaves]]
    made, order = households_in_order(members, route, step, seed=seed, moved=seated.moved, if_split=if_split)
    return made, seated.row[order]


def _targets(problem: ClassProblem, stop: Stop) -> tuple[Target, ...]:
    """What the goals come to; `unserved`: nobody at all. Raises UsageFault for what a proof must say."""
    people, timing, found = int(problem.people.people.sum()), problem.timing, []
    for goal in stop.goals:
        if goal.percent is None:
            found.append(Target(timing.n_steps - 1, people))
        elif goal.hours is None:
            raise UsageFault(f"--stop {goal.text}: with classes nobody knows the best; write {goal.text}@6h")
        else:
            target = step_and_people(goal, people, n_steps=timing.n_steps, step_s=timing.step_s)
            found += [target] if target else []
    return tuple(found)


def _binding(stay: int, late: int) -> tuple[str, ...]:
    reasons = [f"{late} of them would be ready only after the end of the horizon"] if late else []
    if stay > late:
        reasons.append("this plan found no room in time on any way that they accept")
    return tuple(reasons)


def certificate_in(
    problem: ClassProblem, price: Ints, *, objective: int, lower_bound: int
) -> tuple[Certificate, Prices]:
    """The certificate, and the prices of what plans without classes do not have.

    price : int64[n_resources]
    """
    layers = problem.layers
    resources, timing, afoot = layers.resources, problem.timing, layers.afoot
    n_steps, hosts = layers.n_steps, problem.scenario.hosts.host_id

    def listed(begin: int, end: int) -> list[tuple[int, int, int]]:
        found = np.flatnonzero(price[begin:end])
        return [(i // n_steps, i % n_steps, int(price[begin + i])) for i in found.tolist()]

    ferries = layers.ground.ferry_arcs
    prices: Prices = {
        "decks": [
            [timing.arc_ids[ferries[row]], k, p] for row, k, p in listed(resources.decks, resources.foot)
        ],
        "foot": [[afoot.foot_ids[row], k, p] for row, k, p in listed(resources.foot, resources.fleets)],
        "fleets": [
            [layers.fleets[row].fleet_id, k, p * layers.fleets[row].seats]
            for row, k, p in listed(resources.fleets, resources.trains)
        ],
        "drivers": [
            [
                layers.fleets[i // resources.n_days].fleet_id,
                i % resources.n_days,
                int(price[resources.drivers + i]) * layers.fleets[i // resources.n_days].seats,
            ]
            for i in np.flatnonzero(price[resources.drivers :]).tolist()
        ],
        "trains": [[*afoot.train_ids[row], p] for row, _, p in listed(resources.trains, resources.intake)],
    }
    return Certificate(
        objective=objective,
        lower_bound=lower_bound,
        link_price={(timing.arc_ids[row], k): p for row, k, p in listed(0, resources.decks)},
        intake_price={(str(hosts[row]), k): p for row, k, p in listed(resources.intake, resources.beds)},
        bed_price={
            str(hosts[host]): int(price[resources.beds + host])
            for host in np.flatnonzero(price[resources.beds : resources.drivers]).tolist()
        },
    ), prices


def _effort(problem: ClassProblem, placed: Placed, routes: tuple[Route, ...], row_of: Ints) -> Effort:
    people = problem.people
    gone = np.zeros(people.newly_ready.shape, np.int64)
    np.add.at(gone, (placed.commodity, placed.depart), placed.people)
    at_home = np.cumsum(people.newly_ready - gone, axis=1)
    seconds = np.array([route.free_flow_s for route in routes], np.int64)
    moving_s = int((placed.people * seconds[row_of]).sum()) if len(routes) else 0
    return Effort(
        waiting=sum(map(int, (at_home * problem.wait_cost).sum(axis=1).tolist())),
        travel=sum(n * each for n, each in zip(placed.people.tolist(), placed.cost.tolist(), strict=True)),
        left_behind=problem.left_cost * int(people.people.sum() - placed.people.sum()),
        waiting_person_h=int(at_home.sum()) * problem.timing.step_s / 3600,
        travel_person_h=moving_s / 3600,
    )


def _classes(problem: ClassProblem, placed: Placed) -> list[dict[str, Any]]:
    people, timing = problem.people, problem.timing
    size = np.diff(placed.patterns.first)[placed.pattern]
    arrives = placed.entered[np.arange(len(size)), size]
    found = []
    for row, class_id in enumerate(CLASSES):
        mine = (people.need == row // 2) & (people.has_car == (row % 2 == 0))
        total = int(people.people[mine].sum())
        going = mine[placed.commodity]
        arrived = np.bincount(arrives[going], placed.people[going], timing.n_steps).astype(np.int64)
        there = int(placed.people[going].sum())
        found.append(
            {
                "class_id": class_id,
                "people": total,
                "placed": there,
                "unserved": total - there,
                "t90_h": clearance_h(np.cumsum(arrived), total, 90, timing.step_s),
            }
        )
    return found


def modes_used(routes: tuple[Route, ...], departures: Departures) -> dict[str, int]:
    """Who uses each mode on their way."""
    by_route = np.bincount(departures.route, departures.persons, len(routes)).astype(np.int64).tolist()
    return {
        mode: sum(
            many
            for route, many in zip(routes, by_route, strict=True)
            if any(leg[0] == mode for leg in route.legs or ())
        )
        for mode in _MODES
    }
