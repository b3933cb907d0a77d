"""A plan with classes made in the midst of another as the outcome that is written."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from farshore.plan.classes.buses import room_of
from farshore.plan.classes.loads import class_loads
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.onward.assemble import Made, tally
from farshore.plan.classes.onward.buses import trips_made
from farshore.plan.classes.onward.groups import BEFORE, Group
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.parts import trips_in
from farshore.plan.classes.onward.standing import Standing
from farshore.plan.classes.onward.work import Candidate, Work
from farshore.plan.classes.outcome import boarding_of, certificate_in, modes_used
from farshore.plan.classes.people import CLASSES
from farshore.plan.classes.solve import ClassAnswer
from farshore.plan.classes.vehicles import duties_of, fleet_figures
from farshore.plan.stop import Stop
from farshore.results.households import Households
from farshore.results.loads import Effort
from farshore.results.measures import clearance_h
from farshore.results.outcome import (
    Certificate,
    Departures,
    Freed,
    Outcome,
    Replan,
    Route,
    Stranded,
    TradeOff,
    Unserved,
)
from farshore.results.services import Prices, Services
from farshore.scenario.scenario import Scenario

__all__ = ["outcome_of"]


def outcome_of(
    work: Work,
    plan: Candidate,
    rows: tuple[TradeOff, ...],
    bound: int,
    solved: tuple[ClassProblem, ClassAnswer | None],
    proven: bool,
    stability_person_h: float,
    stop: Stop,
    begun_s: float,
) -> Outcome:
    """The plan as it is written."""
    old, made, ledger = work.old, plan.made, work.standing.ledger
    routes, departures, class_ids = _tables(work.scenario, list(made.groups))
    stranded, waiting = _stranded(made)
    assert old.services is not None
    trips = trips_made(ledger, made, work.standing.rides, told=trips_in(old.services), sizes=work.sizes)
    duties = duties_of(work.base, trips)
    problem, answer = solved
    certificate, prices = _certificate(problem, answer, plan.objective, bound)
    waits, travel, left, person_steps, seconds = plan.costs
    base = work.base
    zones = work.scenario.zones.zone_id
    late = np.bincount(base.people.zone, base.people.late, len(zones)).astype(np.int64)
    record = Replan(
        at_step=work.at,
        caught=work.caught,
        stability_person_h=stability_person_h,
        events=work.events,
        others={},
        stranded=stranded,
        halted=_halted(work.standing),
        counts=_counts(work),
        trade_off=rows,
        changes=plan.changes,
        old_stranded=old.replan.stranded if old.replan else (),
        old_routes=old.routes,
        old_departures=old.departures,
        old_households=old.households,
        old_services=old.services,
        freed=tuple(
            Freed(group.route.route_id, group.step, CLASSES[group.kind], group.persons)
            for group in work.standing.freed
        ),
    )
    return Outcome(
        scenario=work.scenario,
        routes=routes,
        departures=departures,
        people=dict(old.people),
        unserved=_unserved(made, zones.tolist(), old.people, late.tolist()),
        certificate=certificate,
        audit=(),
        blocked_hosts=dict(base.blocked),
        solve_s=time.monotonic() - begun_s,
        complete=proven,
        options=stop.options | {"model": "classes"},
        version=version("farshore"),
        rounds=() if answer is None else answer.rounds,
        households=_placed(work, made, waiting, routes, plan),
        replan=record,
        services=Services(
            class_ids=class_ids,
            trips=tuple(trip.row for trip in trips),
            duties=duties,
            prices=prices,
            effort=Effort(
                waiting=waits,
                travel=travel,
                left_behind=left,
                waiting_person_h=person_steps * work.timing.step_s / 3600,
                travel_person_h=seconds / 3600,
            ),
            loads=class_loads(base, routes, departures, certificate, prices, stranded),
            late=tuple(late.tolist()),
            figures={
                "classes": _classes(work, made),
                "modes": modes_used(routes, departures),
                "fleets": fleet_figures(base, trips, duties),
                "trains": _trains(ledger, made),
            },
            boarding=None if old.households is None else boarding_of(trips),
        ),
    )


def _counts(work: Work) -> dict[str, int]:
    standing, at = work.standing, work.at
    gone = [group for group in (*standing.going, *standing.free) if group.step < at]
    halted = [each.group for each in standing.broken if each.cause == BEFORE]
    found = {
        "arrived": sum(group.persons for group in standing.arrived),
        "on_their_way": sum(group.persons for group in gone if group.leaves < at),
        "halted_now": sum(_halted(standing).values()),
        "halted_before": sum(group.persons for group in (*gone, *halted) if group.leaves >= at),
    }
    return found | {"at_home": work.people - sum(found.values())}


def _classes(work: Work, made: Made) -> list[dict[str, Any]]:
    people, timing = work.base.people, work.timing
    arrived = np.zeros((len(CLASSES), timing.n_steps), np.int64)
    for group in made.groups:
        arrived[group.kind, group.arrives] += group.persons
    found = []
    for kind, class_id in enumerate(CLASSES):
        mine = (people.need == kind // 2) & (people.has_car == (kind % 2 == 0))
        total, placed = int(people.people[mine].sum()), int(arrived[kind].sum())
        found.append(
            {
                "class_id": class_id,
                "people": total,
                "placed": placed,
                "unserved": total - placed,
                "t90_h": clearance_h(np.cumsum(arrived[kind]), total, 90, timing.step_s),
            }
        )
    return found


def _placed(
    work: Work, made: Made, waiting: Mapping[int, tuple[int, int]], routes: tuple[Route, ...], plan: Candidate
) -> Households | None:
    """The households with their new places; waiting : index among the stranded and step of each."""
    before = work.old.households
    if before is None:
        return None
    index = {route.route_id: number for number, route in enumerate(routes)}
    route, step, stranded = (np.full(len(before), -1, np.int64) for _ in range(3))
    for group in made.groups:
        mine = list(group.households)
        route[mine], step[mine] = index[group.route.route_id], group.step
    for h, (number, when) in waiting.items():
        stranded[h], step[h] = number, when
    return replace(
        before, route=route, step=step, stranded=stranded, moved=plan.moved,
        objective_if_split=plan.if_split,
    )  # fmt: skip


def _tables(
    scenario: Scenario, groups: Sequence[Group]
) -> tuple[tuple[Route, ...], Departures, tuple[str, ...]]:
    """Routes in the order of their names; departures by zone, step, route and class, with their classes."""
    zone_row = scenario.zones.position()
    by_name = {group.route.route_id: group.route for group in groups}
    names = sorted(by_name, key=lambda name: (len(name), name))
    index = {name: number for number, name in enumerate(names)}
    table = sorted(
        (zone_row[by_name[name].zone_id], step, index[name], kind, persons)
        for (name, step, kind), persons in tally(groups).items()
    )
    columns = np.array(table, np.int64).reshape(-1, 5).T
    return (
        tuple(by_name[name] for name in names),
        Departures(columns[2].copy(), columns[1].copy(), columns[4].copy()),
        tuple(CLASSES[kind] for kind in columns[3].tolist()),
    )


def _stranded(made: Made) -> tuple[tuple[Stranded, ...], dict[int, tuple[int, int]]]:
    """Who waits on the road for good, and where each household of them is in that list."""
    found: list[Stranded] = []
    place: dict[int, tuple[int, int]] = {}
    for number, (_, group) in enumerate(made.waiting):
        found.append(Stranded(group.route, group.step, group.persons, CLASSES[group.kind]))
        place |= dict.fromkeys(group.households, (number, group.step))
    return tuple(found), place


def _certificate(
    problem: ClassProblem, answer: ClassAnswer | None, objective: int, bound: int
) -> tuple[Certificate, Prices]:
    price = np.zeros(len(problem.layers.resources.capacity), np.int64) if answer is None else answer.price
    return certificate_in(problem, price, objective=objective, lower_bound=bound)


def _halted(standing: Standing) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for each in (each for each in standing.broken if each.cause != BEFORE):
        found[each.cause, each.link] += each.group.persons
    return dict(sorted(found.items()))


def _unserved(
    made: Made, zone_ids: Sequence[str], people: Mapping[str, int], late: Sequence[int]
) -> tuple[Unserved, ...]:
    placed: Counter[str] = Counter()
    halts: Counter[str] = Counter()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for group in made.groups:
        placed[group.route.zone_id] += group.persons
    for each, group in made.waiting:
        zone_id = group.route.zone_id
        halts[zone_id] += group.persons
        places[zone_id] += [each.node] if each.node not in places[zone_id] else []
    found = []
    for zone_id, too_late in zip(zone_ids, late, strict=True):
        stay = people[zone_id] - placed[zone_id]
        if not stay:
            continue
        words = [f"{too_late} of them would be ready only after the end of the horizon"] if too_late else []
        if stay > too_late + halts[zone_id]:
            words.append("this plan found no room in time on any way that they accept")
        if halts[zone_id]:
            where = ", ".join(places[zone_id])
            words.append(f"{halts[zone_id]} of them have set out and wait at {where}")
        found.append(Unserved(zone_id, stay, tuple(words)))
    return tuple(found)


def _trains(ledger: Ledger, made: Made) -> list[dict[str, Any]]:
    """What each run of a train carries, in file order."""
    afoot = ledger.layers.afoot
    carried: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for group in (*made.groups, *(group for _, group in made.waiting)):
        for part in group.parts:
            if part.mode == "train":
                ends = ledger.terminal[part.tail], ledger.terminal[part.head]
                stage = ledger.stages[part.name, *ends, group.step + part.board].rooms[0][1]
                seats = int(room_of(ledger.ground, int(afoot.train_fleet[stage]))[group.need])
                carried[stage][0] += group.persons
                carried[stage][1] += group.persons * seats
    found: dict[str, dict[str, Any]] = {}
    fleets = ledger.problem.scenario.fleets.fleet_id
    for stage in sorted(carried):
        run = afoot.train_ids[stage][0]
        row = {
            "run_id": run,
            "fleet_id": str(fleets[afoot.train_fleet[stage]]),
            "persons": 0,
            "most_seats_taken": 0,
        }
        found.setdefault(run, row)
        found[run]["persons"] += carried[stage][0]
        found[run]["most_seats_taken"] = max(found[run]["most_seats_taken"], carried[stage][1])
    return list(found.values())
