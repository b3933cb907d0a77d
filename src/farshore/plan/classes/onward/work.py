"""Everything about one event: where everybody is, the problem left, and the plans that can be made."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from farshore.errors import UsageFault
from farshore.plan.classes.buses import bus_arcs, fleets_of
from farshore.plan.classes.ground import ground_of
from farshore.plan.classes.households import Seated, class_sizes, household_classes, seated_whole
from farshore.plan.classes.model import ClassProblem
from farshore.plan.classes.onward.assemble import Made, Names, assembled, objective_of
from farshore.plan.classes.onward.groups import Group, Rides
from farshore.plan.classes.onward.kept import seats_kept
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.onward.lost import release
from farshore.plan.classes.onward.parts import stops_of, trips_in
from farshore.plan.classes.onward.remaining import Remaining, halted_as, problem_from, remaining_of
from farshore.plan.classes.onward.standing import (
    Standing,
    groups_of,
    standing_of,
    still_possible,
    waiting_in,
)
from farshore.plan.classes.onward.told import changes_made
from farshore.plan.classes.people import CLASSES, Sizes
from farshore.plan.classes.solve import TRIES, ClassAnswer, solve_classes
from farshore.plan.families.synthesis import Members
from farshore.plan.stop import Stop
from farshore.results.households import Households
from farshore.results.outcome import (
    Change,
    Event,
    Outcome,
)
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import timing_of

__all__ = ["Candidate", "Told", "Work"]

_ENOUGH: Final = 0.05  # of the best: people wait for what they are to do

Told = Callable[[str, float, int | None, int | None], None]


@dataclass(frozen=True, eq=False)
class Candidate:
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


class Work:
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
        groups, waiting = groups_of(old, kinds, self._aboard()), waiting_in(old, self._waiting())
        node_row = scenario.nodes.position()
        self.base = self._problem(set())
        routes = {group.route for group in (*groups, *waiting)} if old.replan else set()
        stops = {node_row[code] for code in stops_of(routes)} - set(self.base.layers.afoot.terminals.tolist())
        if stops:
            self.base = self._problem(stops)
        _check_buses(old.scenario, self.base)
        self.standing = self._standing(groups, waiting)
        halts = {node_row[code] for code in self.standing.halts}
        if halts:
            self.base = self._problem(stops | halts)
            self.standing = self._standing(groups, waiting)
        self.names = Names(old)
        self.people = int(self.base.people.people.sum())
        self.staying = self._staying()

    def _problem(self, nodes: Set[int]) -> ClassProblem:
        return problem_from(self.scenario, self.timing, self.class_sizes, sorted(nodes), self.at)

    def _standing(self, groups: Sequence[Group], waiting: Sequence[Group]) -> Standing:
        return standing_of(
            self.old, groups, waiting, Ledger(self.base, self.at), at=self.at, events=self.events,
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

    def _waiting(self) -> dict[int, tuple[int, ...]]:
        """Households that wait on the road for good, by their place among the stranded."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        if self.old.households is not None:
            for h in np.flatnonzero(self.old.households.stranded >= 0).tolist():
                found[int(self.old.households.stranded[h])].append(h)
        return {number: tuple(rows) for number, rows in found.items()}

    def _staying(self) -> dict[int, tuple[str, int]]:
        """Households that the plan before has told nothing, with their zone and class."""
        households, zones = self.old.households, self.scenario.zones.zone_id
        if households is None:
            return {}
        return {
            h: (str(zones[households.zone[h]]), self.kind_of[h])
            for h in np.flatnonzero((households.route < 0) & (households.stranded < 0)).tolist()
        }

    def _remaining(self, kept: Sequence[Group], free: Sequence[Group], ledger: Ledger) -> Remaining:
        """What is left beside those who keep their instruction; free : who had one and is planned anew."""
        standing = self.standing
        halted = [standing.at_halt(group) for group in free if group.step < self.at]
        return remaining_of(
            self.base, at=self.at, fixed=[*standing.arrived, *standing.going, *kept],
            broken=[*standing.broken, *halted], ledger=ledger,
        )  # fmt: skip

    # -- plans ---------------------------------------------------------------------------------------------

    def plans(
        self, stop: Stop, told: Told, begun_s: float
    ) -> tuple[Candidate, int, tuple[ClassProblem, ClassAnswer | None], bool]:
        """The best plan found, the bound on all plans, and how it was come by."""
        remaining = self._remaining((), self.standing.free, self.standing.ledger)

        def report(share: float, objective: int | None, bound: int | None) -> None:
            told("solving", 0.1 + 0.5 * share, None, None)

        answer = _solved(remaining, stop, report, begun_s, TRIES)
        plan = self._plan("the best found", remaining, (), answer, self.standing.free)
        solved = _late_only(remaining) if answer is None else answer.placed.objective
        bound = _late_only(remaining) if answer is None else answer.lower_bound
        return (
            plan,
            bound + plan.if_split - solved,
            (remaining.problem, answer),
            answer is None or answer.proven,
        )

    def fewest(self, stop: Stop, told: Told) -> Candidate:
        """A plan in which whoever can keeps an instruction, and the others take what is left."""
        ledger, kept, failing = self._kept()
        remaining = self._remaining(kept, failing, ledger)

        def report(share: float, objective: int | None, bound: int | None) -> None:
            told("keeping instructions", 0.6 + 0.3 * share, None, None)

        answer = _solved(remaining, stop, report, time.monotonic(), TRIES[:1])
        return self._plan("only who must", remaining, kept, answer, failing)

    def nobody(self) -> Candidate:
        """What it would cost if nobody heard anything new: who cannot do as told stays where he is."""
        _, kept, failing = self._kept()
        made = Made(
            as_told=(*self.standing.arrived, *self.standing.going), kept=tuple(kept), new=(), onward=(),
            waiting=self._none_goes_on(failing),
        )  # fmt: skip
        costs = objective_of(self.standing.ledger, made)
        return Candidate("nobody: who cannot go, stays", made, (), costs, sum(costs[:3]), 0)

    def _none_goes_on(self, failing: Sequence[Group]) -> tuple[Any, ...]:
        remaining = self._remaining((), failing, self.standing.ledger)
        return assembled(
            remaining, self.standing, (), None, seated=None, households=(), sizes=self.sizes, names=self.names
        ).waiting

    def _kept(self) -> tuple[Ledger, list[Group], list[Group]]:
        assert self.old.services is not None
        trips = trips_in(self.old.services)
        out = dict.fromkeys(
            self.standing.rides.status, "lost"
        )  # nobody gets a bus back that has left its base
        ledger, rides = self.standing.ledger.copy(), Rides([], out, {})
        kept, failing = still_possible(ledger, self.standing.free, trips, rides, self.sizes)
        release(ledger, kept, rides)
        return ledger, kept, failing

    def _plan(
        self,
        what: str,
        remaining: Remaining,
        kept: Sequence[Group],
        answer: ClassAnswer | None,
        free: Sequence[Group],
    ) -> Candidate:
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
            made = seats_kept(made, self.standing.free, self.sizes)
            ahead = sum(objective_of(self.standing.ledger, made)[:3]) - seated.placed.objective
            if_split = ahead + placed.objective
        changes = changes_made(
            made, self.standing, self.staying, self.events, self.sizes, self.scenario.zones.position()
        )
        costs = objective_of(self.standing.ledger, made)
        moved = 0 if seated is None else seated.moved
        return Candidate(what, made, changes, costs, if_split, moved)

    def _households(
        self, remaining: Remaining, free: Sequence[Group]
    ) -> tuple[list[int], Members, dict[int, list[int]]]:
        """Households that are planned anew: rows, members, and their places by commodity."""
        assert self.members is not None
        zone_row, node_row = self.scenario.zones.position(), self.scenario.nodes.position()
        nodes = remaining.problem.timing.zone_node[len(zone_row) :].tolist()
        origin = {int(node): len(zone_row) + i for i, node in enumerate(nodes)}
        commodity: dict[int, int] = {}
        for group in (each for each in free if each.step >= self.at):
            row = remaining.at_home[zone_row[group.route.zone_id], group.kind]
            commodity |= dict.fromkeys(group.households, row)
        for h, (zone_id, kind) in self.staying.items():
            commodity[h] = remaining.at_home[zone_row[zone_id], kind]
        for each in remaining.broken:
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


def _solved(
    remaining: Remaining,
    stop: Stop,
    report: Callable[[float, int | None, int | None], None],
    begun_s: float,
    tries: tuple[int, ...],
) -> ClassAnswer | None:
    """A plan for those who can be planned for; None where nobody is."""
    if not remaining.problem.people.newly_ready.any():
        return None
    return solve_classes(
        remaining.problem, stop=stop, report=report, begun_s=begun_s, tries=tries, enough=_ENOUGH
    )


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
    ground, afoot = ground_of(before, timing_of(before)), after.layers.afoot
    if np.array_equal(bus_arcs(ground), bus_arcs(after.layers.ground)):
        return
    pairs = zip(fleets_of(ground, afoot), fleets_of(after.layers.ground, afoot), strict=True)
    if any((a.out_steps != b.out_steps).any() or (a.back_steps != b.back_steps).any() for a, b in pairs):
        raise UsageFault(
            "the event opens or shuts roads for good that buses use between their base and a stop; plans "
            "with classes cannot be replanned yet then: plan anew"
        )
