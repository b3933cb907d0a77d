"""Replanning a plan with classes: what has happened stays, who can goes on, the rest is planned anew."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from farshore.errors import Interrupted, UsageFault
from farshore.plan.classes.afoot import afoot_of
from farshore.plan.classes.buses import bus_arcs, fleets_of, room_of
from farshore.plan.classes.ground import ground_of
from farshore.plan.classes.households import Seated, class_sizes, household_classes, seated_whole
from farshore.plan.classes.loads import class_loads
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.onward.assemble import Made, Names, assembled, objective_of, tally
from farshore.plan.classes.onward.buses import trips_made
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.parts import trips_in
from farshore.plan.classes.onward.remaining import Remaining, halted_as, problem_from, remaining_of
from farshore.plan.classes.onward.standing import (
    Group,
    Rides,
    Standing,
    groups_of,
    release,
    standing_of,
    still_possible,
)
from farshore.plan.classes.onward.told import changes_made, seats_kept
from farshore.plan.classes.outcome import certificate_in, modes_used
from farshore.plan.classes.people import CLASSES, Sizes
from farshore.plan.classes.solve import ClassAnswer, solve_classes
from farshore.plan.classes.vehicles import duties_of, fleet_figures
from farshore.plan.families.synthesis import Members
from farshore.plan.replanning.events import after_events, first_step_from, parse_events
from farshore.plan.stop import Progress, Stop
from farshore.results.households import Households
from farshore.results.loads import Effort
from farshore.results.measures import clearance_h
from farshore.results.outcome import (
    Certificate,
    Change,
    Departures,
    Event,
    Outcome,
    Replan,
    Route,
    Stranded,
    TradeOff,
    Unserved,
)
from farshore.results.services import Prices, Services
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of

__all__ = ["replan_classes"]

MICRO: Final = 1_000_000
Told = Callable[[str, float, int | None, int | None], None]


@dataclass(frozen=True, eq=False)
class _Plan:
    """A plan for everybody that could be made, and what it comes to."""

    what: str
    made: Made
    changes: tuple[Change, ...]
    costs: tuple[int, int, int, int, int]
    if_split: int
    moved: int

    @property
    def objective(self) -> int:
        """In 10⁻⁶ person-hours."""
        return sum(self.costs[:3])

    @property
    def changed(self) -> int:
        """Who hears something new."""
        return sum(change.persons for change in self.changes)


def replan_classes(
    old: Outcome,
    *,
    at: str,
    close: Sequence[str],
    open_: Sequence[str],
    capacity: Sequence[str],
    caught: str,
    stability_person_h: float,
    stop: Stop,
    progress: Callable[[Progress], None] | None,
) -> Outcome:
    """Plan on from the midst of a plan with classes, as docs/classes.md defines it (Replanning).

    Arguments as of `farshore.plan.replan`. Raises UsageFault for what such plans do not know: being replanned
    twice, and openings by which buses come quicker from their base.
    """
    begun_s = time.monotonic()

    def told(phase: str, fraction: float, objective: int | None, bound: int | None) -> None:
        if progress is not None:
            elapsed_s = time.monotonic() - begun_s
            eta_s = elapsed_s * (1 - fraction) / fraction if fraction > 0.05 else None
            progress(Progress(phase, fraction, eta_s, objective, bound))

    if old.replan is not None:
        raise UsageFault("a plan with classes can be replanned once: this one was made in the midst already")
    first = first_step_from(at, old.scenario)
    events = parse_events(old.scenario, first, close=close, open_=open_, capacity=capacity)
    scenario = after_events(old.scenario, events)
    try:
        told("who is where", 0.0, None, None)
        work = _Work(old, scenario, first, events, caught)
        told("solving", 0.1, None, None)
        best, bound, answer, proven = work.plans(stop, told, begun_s)
        fewest = work.fewest(stop, told)
    except KeyboardInterrupt:
        raise Interrupted("stopped before there was a plan; nothing was written") from None
    if fewest.objective < best.objective:
        best = replace(fewest, what=best.what)
    told("routes", 0.9, None, None)
    nobody = work.nobody()
    weight = stability_person_h * MICRO
    chosen = min((fewest, best), key=lambda plan: plan.objective + weight * plan.changed)
    rows = tuple(_trade_off(nobody, fewest, best, chosen, work.people))
    return work.outcome(chosen, rows, bound, answer, proven, stability_person_h, stop, begun_s)


def _trade_off(nobody: _Plan, fewest: _Plan, best: _Plan, chosen: _Plan, people: int) -> list[TradeOff]:
    return [
        TradeOff(
            what=plan.what,
            weight_person_h=None,
            changed_persons=0 if plan is nobody else plan.changed,
            objective=plan.objective,
            unserved=people - sum(group.persons for group in plan.made.groups),
            chosen=plan is chosen,
        )
        for plan in (nobody, fewest, best)
    ]


class _Work:
    """Everything about one event: where everybody is, the problem left, and the plans that can be made."""

    def __init__(
        self, old: Outcome, scenario: Scenario, at: int, events: Sequence[Event], caught: str
    ) -> None:
        assert old.services is not None
        self.old, self.scenario, self.at, self.events, self.caught = old, scenario, at, tuple(events), caught
        self.timing = timing_of(scenario)
        self.members = None if old.households is None else _members(old.households)
        self.sizes: list[int] = [] if self.members is None else self.members.size.tolist()
        self.class_sizes: Sizes | None = (
            None if self.members is None else class_sizes(self.members, len(scenario.zones))
        )
        kinds = [CLASSES.index(class_id) for class_id in old.services.class_ids]
        self.kind_of = [] if self.members is None else household_classes(self.members).tolist()
        groups = groups_of(old, kinds, self._aboard())
        self.base = problem_from(scenario, self.timing, self.class_sizes, (), at)
        _check_buses(old.scenario, self.base)
        self.standing = self._standing(groups)
        node_row = scenario.nodes.position()
        nodes = sorted({node_row[each.node] for each in self.standing.broken})
        if nodes:
            self.base = problem_from(scenario, self.timing, self.class_sizes, nodes, at)
            self.standing = self._standing(groups)
        self.names = Names(old)
        self.people = int(self.base.people.people.sum())
        self.staying = self._staying()

    def _standing(self, groups: Sequence[Group]) -> Standing:
        return standing_of(
            self.old, groups, Ledger(self.base, self.at), at=self.at, events=self.events,
            caught=self.caught, sizes=self.sizes,
        )  # fmt: skip

    def _aboard(self) -> dict[tuple[int, int, int], tuple[int, ...]]:
        found: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
        if self.old.households is not None:
            places = zip(self.old.households.route.tolist(), self.old.households.step.tolist(), strict=True)
            for h, (route, step) in enumerate(places):
                if route >= 0:
                    found[route, step, self.kind_of[h]].append(h)
        return {key: tuple(rows) for key, rows in found.items()}

    def _staying(self) -> dict[int, tuple[str, int]]:
        """Households that the plan before has told nothing, with their zone and class."""
        households, zones = self.old.households, self.scenario.zones.zone_id
        if households is None:
            return {}
        return {
            h: (str(zones[households.zone[h]]), self.kind_of[h])
            for h in np.flatnonzero(households.route < 0).tolist()
        }

    def _gone(self) -> list[Group]:
        """Who has left home, wherever they are by now."""
        standing = self.standing
        here = [*standing.arrived, *(group for group in standing.going if group.step < self.at)]
        return [*here, *(each.group for each in standing.broken)]

    def _remaining(self, kept: Sequence[Group], ledger: Ledger) -> Remaining:
        bound = [group for group in self.standing.going if group.step >= self.at]
        return remaining_of(
            self.base, at=self.at, gone=self._gone(), bound=[*bound, *kept],
            broken=self.standing.broken, ledger=ledger,
        )  # fmt: skip

    # -- plans ---------------------------------------------------------------------------------------------

    def plans(
        self, stop: Stop, told: Told, begun_s: float
    ) -> tuple[_Plan, int, tuple[ClassProblem, ClassAnswer | None], bool]:
        """The best plan found, the bound on all plans, and how it was come by."""
        remaining = self._remaining((), self.standing.ledger)

        def report(share: float, objective: int | None, bound: int | None) -> None:
            told("solving", 0.1 + 0.5 * share, None, None)

        answer = _solved(remaining, stop, report, begun_s)
        plan = self._plan("the best found", remaining, (), answer, self.standing.home)
        solved = _late_only(remaining) if answer is None else answer.placed.objective
        bound = _late_only(remaining) if answer is None else answer.lower_bound
        return (
            plan,
            bound + plan.if_split - solved,
            (remaining.problem, answer),
            answer is None or answer.proven,
        )

    def fewest(self, stop: Stop, told: Told) -> _Plan:
        """A plan in which whoever can keeps an instruction, and the others take what is left."""
        ledger, kept, failing = self._kept()
        remaining = self._remaining(kept, ledger)

        def report(share: float, objective: int | None, bound: int | None) -> None:
            told("keeping instructions", 0.6 + 0.3 * share, None, None)

        answer = _solved(remaining, stop, report, time.monotonic())
        return self._plan("only who must", remaining, kept, answer, failing)

    def nobody(self) -> _Plan:
        """What it would cost if nobody heard anything new: who cannot do as told stays where he is."""
        _, kept, _ = self._kept()
        made = Made(
            as_told=(*self.standing.arrived, *self.standing.going), kept=tuple(kept), new=(), onward=(),
            waiting=self._none_goes_on(),
        )  # fmt: skip
        costs = objective_of(self.standing.ledger, made)
        return _Plan("nobody: who cannot go, stays", made, (), costs, sum(costs[:3]), 0)

    def _none_goes_on(self) -> tuple[Any, ...]:
        remaining = self._remaining((), self.standing.ledger)
        return assembled(
            remaining, self.standing, (), None, seated=None, households=(), sizes=self.sizes, names=self.names
        ).waiting

    def _kept(self) -> tuple[Ledger, list[Group], list[Group]]:
        assert self.old.services is not None
        trips = trips_in(self.old.services.trips)
        ledger, rides = self.standing.ledger.copy(), Rides([], {}, {})
        kept, failing = still_possible(ledger, self.standing.home, trips, rides, self.sizes)
        release(ledger, kept, rides)
        return ledger, kept, failing

    def _plan(
        self,
        what: str,
        remaining: Remaining,
        kept: Sequence[Group],
        answer: ClassAnswer | None,
        free: Sequence[Group],
    ) -> _Plan:
        """free : who was told to leave home and is planned anew."""
        placed = None if answer is None else answer.placed
        seated: Seated | None = None
        rows: list[int] = []
        split = (
            assembled(
                remaining, self.standing, kept, placed, seated=None, households=(), sizes=(), names=self.names
            )
            if self.members is None or placed is None
            else None
        )
        if split is not None:
            made, if_split = split, sum(objective_of(self.standing.ledger, split)[:3])
        else:
            assert placed is not None
            assert self.members is not None
            rows, some, group = self._households(remaining, free)
            seated = seated_whole(remaining.problem, placed, some, group)
            made = assembled(
                remaining, self.standing, kept, None, seated=seated, households=rows, sizes=self.sizes,
                names=self.names,
            )  # fmt: skip
            made = seats_kept(made, self.standing.home, self.sizes)
            ahead = sum(objective_of(self.standing.ledger, made)[:3]) - seated.placed.objective
            if_split = ahead + placed.objective
        changes = changes_made(
            made, self.standing.home, self.staying, self.standing.ledger, self.events, self.sizes,
            self.scenario.zones.position(),
        )  # fmt: skip
        costs = objective_of(self.standing.ledger, made)
        moved = 0 if seated is None else seated.moved
        return _Plan(what, made, changes, costs, if_split, moved)

    def _households(
        self, remaining: Remaining, free: Sequence[Group]
    ) -> tuple[list[int], Members, dict[int, list[int]]]:
        """Households that are planned anew: rows, members, and their places by commodity."""
        assert self.members is not None
        zone_row, node_row = self.scenario.zones.position(), self.scenario.nodes.position()
        nodes = remaining.problem.timing.zone_node[len(zone_row) :].tolist()
        origin = {int(node): len(zone_row) + i for i, node in enumerate(nodes)}
        commodity: dict[int, int] = {}
        for group in free:
            row = remaining.at_home[zone_row[group.route.zone_id], group.kind]
            commodity |= dict.fromkeys(group.households, row)
        for h, (zone_id, kind) in self.staying.items():
            commodity[h] = remaining.at_home[zone_row[zone_id], kind]
        for each in self.standing.broken:
            key = halted_as(each, origin[node_row[each.node]], zone_row[each.group.route.zone_id])
            commodity |= dict.fromkeys(each.group.households, remaining.halted[key])
        rows = sorted(commodity)
        group_of: defaultdict[int, list[int]] = defaultdict(list)
        for place, h in enumerate(rows):
            group_of[commodity[h]].append(place)
        columns = {
            name: getattr(self.members, name)[rows]
            for name in ("zone", "size", "children", "over_65", "needing_assistance", "with_car")
        }
        return rows, Members(**columns, notes=()), dict(group_of)

    # -- the outcome ---------------------------------------------------------------------------------------

    def outcome(
        self,
        plan: _Plan,
        rows: tuple[TradeOff, ...],
        bound: int,
        solved: tuple[ClassProblem, ClassAnswer | None],
        proven: bool,
        stability_person_h: float,
        stop: Stop,
        begun_s: float,
    ) -> Outcome:
        """The plan as it is written."""
        old, made, ledger = self.old, plan.made, self.standing.ledger
        routes, departures, class_ids = _tables(self.scenario, list(made.groups))
        stranded, waiting = _stranded(made)
        trips = trips_made(ledger, made, self.standing.rides)
        duties = duties_of(self.base, trips)
        problem, answer = solved
        certificate, prices = _certificate(problem, answer, plan.objective, bound)
        waits, travel, left, person_steps, seconds = plan.costs
        base = self.base
        all_routes = (*routes, *(each.route for each in stranded))
        along = Departures(
            np.concatenate([departures.route, len(routes) + np.arange(len(stranded))]),
            np.concatenate([departures.step, np.array([e.step for e in stranded], np.int64)]),
            np.concatenate([departures.persons, np.array([e.persons for e in stranded], np.int64)]),
        )
        zones = self.scenario.zones.zone_id
        late = np.bincount(base.people.zone, base.people.late, len(zones)).astype(np.int64)
        record = Replan(
            at_step=self.at,
            caught=self.caught,
            stability_person_h=stability_person_h,
            events=self.events,
            others={},
            stranded=stranded,
            halted=_halted(self.standing),
            counts=self._counts(),
            trade_off=rows,
            changes=plan.changes,
            old_routes=old.routes,
            old_departures=old.departures,
            old_households=old.households,
            old_services=old.services,
        )
        return Outcome(
            scenario=self.scenario,
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
            households=self._placed(made, waiting, routes, plan),
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
                    waiting_person_h=person_steps * self.timing.step_s / 3600,
                    travel_person_h=seconds / 3600,
                ),
                loads=class_loads(base, all_routes, along, certificate, prices),
                late=tuple(late.tolist()),
                figures={
                    "classes": self._classes(made),
                    "modes": modes_used(routes, departures),
                    "fleets": fleet_figures(base, trips, duties),
                    "trains": _trains(ledger, made),
                },
            ),
        )

    def _counts(self) -> dict[str, int]:
        standing = self.standing
        gone = sum(group.persons for group in self._gone())
        return {
            "arrived": sum(group.persons for group in standing.arrived),
            "on_their_way": sum(g.persons for g in standing.going if g.step < self.at),
            "halted_now": sum(each.group.persons for each in standing.broken),
            "halted_before": 0,
            "at_home": self.people - gone,
        }

    def _classes(self, made: Made) -> list[dict[str, Any]]:
        people, timing = self.base.people, self.timing
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
        self, made: Made, waiting: Mapping[int, tuple[int, int]], routes: tuple[Route, ...], plan: _Plan
    ) -> Households | None:
        """The households with their new places; waiting : index among the stranded and step of each."""
        before = self.old.households
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


def _solved(
    remaining: Remaining, stop: Stop, report: Callable[[float, int | None, int | None], None], begun_s: float
) -> ClassAnswer | None:
    """A plan for those who can be planned for; None where nobody is."""
    if not remaining.problem.people.newly_ready.any():
        return None
    return solve_classes(remaining.problem, stop=stop, report=report, begun_s=begun_s)


def _late_only(remaining: Remaining) -> int:
    return remaining.problem.left_cost * int(remaining.problem.people.people.sum())


def _members(households: Households) -> Members:
    return Members(
        zone=households.zone,
        size=households.size,
        children=households.children,
        over_65=households.over_65,
        needing_assistance=households.needing_assistance,
        with_car=households.with_car,
        notes=households.notes,
    )


def _check_buses(before: Scenario, after: ClassProblem) -> None:
    """Raise UsageFault where an event changes how long buses are between their base and a stop."""
    ground = ground_of(before, timing_of(before))
    if np.array_equal(bus_arcs(ground), bus_arcs(after.layers.ground)):
        return
    afoot = afoot_of(ground)
    pairs = zip(fleets_of(ground, afoot), fleets_of(after.layers.ground, afoot), strict=True)
    if any((a.out_steps != b.out_steps).any() or (a.back_steps != b.back_steps).any() for a, b in pairs):
        raise UsageFault(
            "the event opens or shuts roads for good that buses use between their base and a stop; plans "
            "with classes cannot be replanned yet then: plan anew"
        )


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
    for each in standing.broken:
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
