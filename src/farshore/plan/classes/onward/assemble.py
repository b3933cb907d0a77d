"""The new plan put together: what has happened, what is kept and what is new, each person once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.classes.households import Seated
from farshore.plan.classes.onward.groups import Broken, Group
from farshore.plan.classes.onward.ledger import Ledger, Meter
from farshore.plan.classes.onward.parts import parts_of
from farshore.plan.classes.onward.remaining import Remaining, halted_as
from farshore.plan.classes.onward.standing import Standing
from farshore.plan.classes.pour import Placed
from farshore.plan.classes.routes import legs_of, length_of, metres_of
from farshore.results.outcome import Halt, Outcome, Route

__all__ = ["Made", "Names", "assembled", "objective_of", "tally"]


@dataclass(frozen=True, eq=False)
class Made:
    """A plan for everybody from the scenario's first step on.

    as_told : arrived, on their way or bound to a bus; kept, new : from home, as told and otherwise
    onward : who has halted and goes on, with the step in which they do; waiting : who does not
    staying : households at home for good
    """

    as_told: tuple[Group, ...]
    kept: tuple[Group, ...]
    new: tuple[Group, ...]
    onward: tuple[tuple[Broken, Group, int], ...]
    waiting: tuple[tuple[Broken, Group], ...]

    @property
    def groups(self) -> Iterator[Group]:
        """Everybody who comes to a host."""
        yield from (*self.as_told, *self.kept, *self.new)
        yield from (group for _, group, _ in self.onward)


class Names:
    """Names of routes: those of the plan before keep theirs, new ones are numbered on."""

    def __init__(self, old: Outcome) -> None:
        self._known = {_key(route): route for route in old.routes}
        digits = [route.route_id.lstrip("r") for route in old.routes]
        numbers = [int(text) for text in digits if text.isdecimal()]
        self._next, self._width = max(numbers, default=0) + 1, max(map(len, digits), default=1)

    def named(self, route: Route) -> Route:
        """The same route under its own name."""
        key = _key(route)
        if key not in self._known:
            self._known[key] = replace(route, route_id=f"r{self._next:0{self._width}}")
            self._next += 1
        return self._known[key]


def _key(route: Route) -> tuple[object, ...]:
    return (route.zone_id, route.host_id, route.legs, route.links, route.arrival_steps, route.halts)


def assembled(
    remaining: Remaining,
    standing: Standing,
    kept: Sequence[Group],
    placed: Placed | None,
    *,
    seated: Seated | None,
    households: Sequence[int],
    sizes: Sequence[int],
    names: Names,
) -> Made:
    """Give everybody a route and a departure, or a place to wait.

    placed : where those go who are not bound; seated : their households, rows of which are `households`
    """
    builder = _Builder(remaining, standing, names)
    by_row: defaultdict[int, list[int]] = defaultdict(list)
    if seated is not None:
        placed = seated.placed
        for i, row in enumerate(seated.row.tolist()):
            by_row[row].append(households[i])
    new: list[Group] = []
    onward: list[tuple[Broken, Group, int]] = []
    left = {key: list(groups) for key, groups in builder.halted.items()}
    rows = np.lexsort((placed.pattern, placed.depart)).tolist() if placed is not None else []
    for row in rows:
        assert placed is not None
        commodity, persons = int(placed.commodity[row]), int(placed.people[row])
        if commodity in builder.zone_of:
            route, step = builder.from_home(placed, row)
            kind = builder.zone_of[commodity][1]
            new.append(Group(route, parts_of(route), step, kind, persons, tuple(sorted(by_row[row]))))
            continue
        key = builder.halted_of[commodity]
        for each, some in _shared(left[key], persons, by_row[row] if seated is not None else None, sizes):
            route, step = builder.onward(each, placed, row)
            onward.append((each, replace(some, route=route, parts=parts_of(route)), step))
    waiting = [
        (each, replace(group, route=builder.so_far(each), parts=parts_of(each.so_far)))
        for groups in left.values()
        for each, group in groups
        if group.persons
    ]
    return Made(
        as_told=(*standing.arrived, *standing.going),
        kept=tuple(kept),
        new=tuple(new),
        onward=tuple(onward),
        waiting=tuple(waiting),
    )


def _shared(
    left: list[tuple[Broken, Group]], persons: int, mine: Sequence[int] | None, sizes: Sequence[int]
) -> list[tuple[Broken, Group]]:
    """Take so many people, or these households, out of those at one halt, who left first before others."""
    found: list[tuple[Broken, Group]] = []
    wanted = None if mine is None else set(mine)
    for i, (each, group) in enumerate(left):
        if wanted is None:
            some: tuple[int, ...] = ()
            many = min(persons, group.persons)
        else:
            some = tuple(h for h in group.households if h in wanted)
            many = sum(sizes[h] for h in some)
        if many:
            found.append((each, replace(group, persons=many, households=some)))
            rest = tuple(h for h in group.households if h not in some)
            left[i] = (each, replace(group, persons=group.persons - many, households=rest))
            persons -= many
    return found


class _Builder:
    """Routes of those who are planned anew."""

    def __init__(self, remaining: Remaining, standing: Standing, names: Names) -> None:
        self.remaining, self.names = remaining, names
        self.problem = problem = remaining.problem
        self.scenario = problem.scenario
        self.metres = metres_of(self.scenario)
        self.ledger, self.meter = standing.ledger, Meter(standing.ledger)
        self.zone_of = {row: key for key, row in remaining.at_home.items()}
        self.halted_of = {row: key for key, row in remaining.halted.items()}
        zone_row, node_row = self.scenario.zones.position(), self.scenario.nodes.position()
        nodes = problem.timing.zone_node[len(zone_row) :].tolist()
        origin = {int(node): len(zone_row) + i for i, node in enumerate(nodes)}
        self.halted: defaultdict[object, list[tuple[Broken, Group]]] = defaultdict(list)
        for each in remaining.broken:
            key = halted_as(each, origin[node_row[each.node]], zone_row[each.group.route.zone_id])
            self.halted[key].append((each, each.group))

    def from_home(self, placed: Placed, row: int) -> tuple[Route, int]:
        """The route and step of departure of a placement."""
        zone = int(self.problem.people.zone[placed.commodity[row]])
        entered = self._entered(placed, row)
        pattern, step = int(placed.pattern[row]), entered[0]
        legs, links, entries, seconds = legs_of(
            self.problem, placed.patterns, zone, pattern, [k - step for k in entered]
        )
        route = Route(
            route_id="",
            zone_id=str(self.scenario.zones.zone_id[zone]),
            host_id=str(self.scenario.hosts.host_id[int(placed.patterns.host[pattern])]),
            links=tuple(links),
            entry_steps=tuple(entries),
            arrival_steps=entered[-1] - step,
            length_m=length_of(links, self.metres),
            free_flow_s=seconds,
            legs=tuple(legs),
        )
        return self.names.named(route), step

    def onward(self, each: Broken, placed: Placed, row: int) -> tuple[Route, int]:
        """The whole route of people who have halted, and the step in which they go on."""
        origin = int(self.problem.people.zone[placed.commodity[row]])
        entered, step, so_far = self._entered(placed, row), each.group.step, self.so_far(each)
        pattern = int(placed.pattern[row])
        legs, links, entries, seconds = legs_of(
            self.problem, placed.patterns, origin, pattern, [k - step for k in entered]
        )
        route = replace(
            so_far,
            host_id=str(self.scenario.hosts.host_id[int(placed.patterns.host[pattern])]),
            links=(*so_far.links, *links),
            entry_steps=(*so_far.entry_steps, *entries),
            arrival_steps=entered[-1] - step,
            length_m=so_far.length_m + length_of(links, self.metres),
            free_flow_s=so_far.free_flow_s + seconds,
            legs=(*(so_far.legs or ()), *legs),
        )
        return self.names.named(route), entered[0]

    def so_far(self, each: Broken) -> Route:
        """As far as people have come who have halted."""
        route, step = each.so_far, each.group.step
        seconds = sum(self.meter.seconds(part, step) for part in parts_of(route))
        return replace(
            route,
            route_id="",
            arrival_steps=-1,
            length_m=length_of(route.links, self.metres),
            free_flow_s=seconds,
        )

    def _entered(self, placed: Placed, row: int) -> list[int]:
        pattern = int(placed.pattern[row])
        n = int(placed.patterns.first[pattern + 1] - placed.patterns.first[pattern])
        return [int(k) for k in placed.entered[row, : n + 1]]


def tally(groups: Sequence[Group]) -> Counter[tuple[str, int, int]]:
    """Persons by route, step and class."""
    found: Counter[tuple[str, int, int]] = Counter()
    for group in groups:
        found[group.route.route_id, group.step, group.kind] += group.persons
    return found


def objective_of(ledger: Ledger, made: Made) -> tuple[int, int, int, int, int]:
    """Waiting at home, travel, left behind, person-steps at home and seconds on the way of a plan."""
    problem, meter = ledger.problem, Meter(ledger)
    people, n_steps = problem.people, problem.timing.n_steps
    zone_row = problem.scenario.zones.position()
    row_of = {
        (zone, 2 * need + (not car)): row
        for row, (zone, need, car) in enumerate(
            zip(people.zone.tolist(), people.need.tolist(), people.has_car.tolist(), strict=True)
        )
    }
    gone = np.zeros(people.newly_ready.shape, np.int64)
    travel = seconds = placed = 0
    each_costs: dict[tuple[int, int, int], int] = {}
    going = list(made.groups)
    for group in (*going, *(group for _, group in made.waiting)):
        gone[row_of[zone_row[group.route.zone_id], group.kind], group.step] += group.persons
        seconds += group.persons * group.route.free_flow_s
    for group in going:
        placed += group.persons
        key = (id(group.route), group.step, group.need)
        if key not in each_costs:
            each_costs[key] = _travel(meter, group, n_steps)
        travel += group.persons * each_costs[key]
    for _, group in made.waiting:
        travel += group.persons * _travel(meter, group, n_steps)
    at_home = np.cumsum(people.newly_ready - gone, axis=1)
    waiting = sum(map(int, (at_home * problem.wait_cost).sum(axis=1).tolist()))
    left = int(people.people.sum()) - placed
    return waiting, travel, left * problem.left_cost, int(at_home.sum()), seconds


def _travel(meter: Meter, group: Group, n_steps: int) -> int:
    """What a person's legs and waits cost from leaving home on, to the end where no host is reached."""
    total, step, need, route = 0, group.step, group.need, group.route
    links = 0
    codes = meter.scenario
    here = str(codes.zones.node_id[codes.zones.position()[route.zone_id]])
    since = step
    halts = list(route.halts)
    for part in group.parts:
        if halts and links == halts[0].before and part.board >= halts[0].from_steps:
            total += _until_cut_off(meter, here, since - step, need, step, halts[0])
            here, since = halts[0].node_id, step + halts.pop(0).from_steps
        total += meter.wait(here, need, since, step + part.board) + meter.leg(part, step, need)
        links += len(part.links)
        here, since = part.head, step + part.alight
    if halts:
        total += _until_cut_off(meter, here, since - step, need, step, halts[0])
        here, since = halts[0].node_id, step + halts[0].from_steps
    until = n_steps if route.arrival_steps < 0 else step + route.arrival_steps
    return total + meter.wait(here, need, since, until)


def _until_cut_off(meter: Meter, here: str, since: int, need: int, step: int, halt: Halt) -> int:
    """What those cost who had waited at a terminal before their way was cut off."""
    waited = halt.cause == "cut off" and here == halt.node_id
    return meter.wait(here, need, step + since, step + halt.from_steps) if waited else 0
