"""What conflicts in a scenario with classes, whatever the roads: choices, beds, fleets that help nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.people import NEEDS, accepted_hosts
from farshore.plan.conflicts.facts import Fact
from farshore.plan.conflicts.words import fact_of
from farshore.results import conflicts as told
from farshore.scenario.clock import Clock
from farshore.scenario.scenario import Scenario

__all__ = ["conflicts_of_services"]

_HEADER = 2  # line of a table's first row
_SHOWN = 4
_MANY = 1_000_000_000

Group = tuple[int, int]  # row of the zone, row of NEEDS
Facts = frozenset[Fact]


def conflicts_of_services(scenario: Scenario) -> tuple[told.Conflict, ...]:
    """Groups of people with too few beds in hosts that they accept, and fleets that can help nobody.

    What roads, vehicles and time let through is not looked at: who is left behind for that is in no conflict.
    """
    problem = class_problem_of(scenario)
    return (*_of_choices(problem), *_of_fleets(problem))


@dataclass(frozen=True, eq=False)
class _Choice:
    """Who may go where: people by group, and the facts that narrow it."""

    scenario: Scenario
    people: dict[Group, int]
    blocked: Facts

    def facts(self) -> Facts:
        """Rows of choices.csv (kind `choice`), beds, and hosts that rules close."""
        beds = {Fact("beds", row) for row in range(len(self.scenario.hosts))}
        return self.blocked | beds | {Fact("choice", row) for row in range(len(self.scenario.choices))}

    def solve(self, holding: Facts, groups: list[Group]) -> tuple[int, list[tuple[list[Group], list[int]]]]:
        """How many are without a bed, and in which groups beside which full hosts: a static flow."""
        n, hosts = len(groups), self.scenario.hosts
        rows = [row for row in range(len(self.scenario.choices)) if Fact("choice", row) in holding]
        choices = self.scenario.choices
        picked = {field.name: getattr(choices, field.name)[rows] for field in fields(choices)}
        chosen = replace(self.scenario, choices=replace(choices, **picked))
        shut = np.array([Fact("blocked", row) in holding for row in range(len(hosts))], bool)
        beds = np.array(
            [int(hosts.beds[row]) if Fact("beds", row) in holding else _MANY for row in range(len(hosts))]
        )
        zone_ids = self.scenario.zones.zone_id
        accepts = np.array(
            [accepted_hosts(chosen, str(zone_ids[zone]), NEEDS[need]) & ~shut for zone, need in groups]
        ).reshape(n, len(hosts))
        group, host = np.nonzero(accepts)
        end = n + len(hosts) + 1
        tail = np.concatenate([np.zeros(n, np.int64), 1 + group, 1 + n + np.arange(len(hosts))])
        head = np.concatenate([1 + np.arange(n), 1 + n + host, np.full(len(hosts), end)])
        room = np.concatenate(
            [[self.people[each] for each in groups], np.full(len(group), _MANY), np.minimum(beds, _MANY)]
        ).astype(np.int32)
        graph = csr_array((room, (tail, head)), shape=(end + 1, end + 1))
        found = maximum_flow(graph, 0, end)
        short = sum(self.people[each] for each in groups) - int(found.flow_value)
        if not short:
            return 0, []
        left = csr_array(graph - found.flow)
        left.eliminate_zeros()
        within = np.zeros(end + 1, bool)
        within[breadth_first_order(left, 0, return_predecessors=False)] = True
        links = accepts & within[1 : n + 1, None] & within[1 + n : -1][None, :]
        return short, self._apart(groups, links, within[1 : n + 1], within[1 + n : -1])

    @staticmethod
    def _apart(
        groups: list[Group],
        links: npt.NDArray[np.bool_],
        held: npt.NDArray[np.bool_],
        full: npt.NDArray[np.bool_],
    ) -> list[tuple[list[Group], list[int]]]:
        n = len(groups)
        group, host = np.nonzero(links)
        size = n + links.shape[1]
        graph = csr_array((np.ones(len(group), np.int8), (group, n + host)), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        return [
            (
                [groups[i] for i in np.flatnonzero(held & (label[:n] == one)).tolist()],
                np.flatnonzero(full & (label[n:] == one)).tolist(),
            )
            for one in np.unique(label[:n][held]).tolist()
        ]


def _of_choices(problem: ClassProblem) -> Iterator[told.Conflict]:
    scenario, people = problem.scenario, problem.people
    counts: dict[Group, int] = {}
    for zone, need, count in zip(
        people.zone.tolist(), people.need.tolist(), people.people.tolist(), strict=True
    ):
        counts[zone, need] = counts.get((zone, need), 0) + count
    shut = {row for row, code in enumerate(scenario.hosts.host_id) if str(code) in problem.blocked}
    choice = _Choice(scenario, counts, frozenset(Fact("blocked", row) for row in shut))
    for groups, hosts in choice.solve(choice.facts(), sorted(counts))[1]:
        mine = sum(counts[each] for each in groups)
        short = mine - sum(int(scenario.hosts.beds[row]) for row in hosts)
        kept = choice.facts()
        for fact in sorted(kept, key=lambda fact: (("choice", "blocked", "beds").index(fact.kind), fact.row)):
            if choice.solve(kept - {fact}, groups)[0] >= short:
                kept -= {fact}
        yield _told(choice, groups, hosts, kept, mine, short)


def _told(
    choice: _Choice, groups: list[Group], hosts: list[int], kept: Facts, people: int, short: int
) -> told.Conflict:
    scenario = choice.scenario
    zones = scenario.zones
    facts = [
        told.Fact(
            "people",
            zones.FILE,
            zone + _HEADER,
            "persons",
            str(zones.zone_id[zone]),
            f"{choice.people[zone, need]:,} people of {zones.name[zone]} are of the need `{NEEDS[need]}`",
            choice.people[zone, need],
        )
        for zone, need in groups
    ]
    order = ("beds", "choice", "blocked")
    facts += [
        _choice_fact(scenario, fact.row)
        if fact.kind == "choice"
        else fact_of(scenario, fact, int(scenario.hosts.beds[fact.row]) if fact.kind == "beds" else None)
        for fact in sorted(kept, key=lambda fact: (order.index(fact.kind), fact.row))
    ]
    names = [f"{NEEDS[need]} of {zones.name[zone]}" for zone, need in groups]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    who = f"{people:,} people ({', '.join(names[:_SHOWN])}{more})"
    where = ", ".join(str(scenario.hosts.name[row]) for row in hosts)
    statement = (
        f"{who}; the hosts that they accept ({where}) have {people - short:,} beds: {short:,} have none."
        if hosts
        else f"{who} accept no host that is open and has beds."
    )
    return told.Conflict(0, "services", statement, people, people - short, short, (), tuple(facts))


def _choice_fact(scenario: Scenario, row: int) -> told.Fact:
    table = scenario.choices
    who = f"{table.need[row] or 'people'} of {table.zone_id[row] or 'every zone'}"
    asked = [
        f"services {table.services[row]}" * bool(table.services[row]),
        f"countries {table.countries[row]}" * bool(table.countries[row]),
        f"host {table.host_id[row]}" * bool(table.host_id[row]),
    ]
    words = f"{who} accept only {', '.join(word for word in asked if word) or 'anything'}"
    code = str(table.host_id[row] or table.zone_id[row])
    column = "services" if table.services[row] else "countries" if table.countries[row] else "host_id"
    return told.Fact("choice", table.FILE, row + _HEADER, column, code, words)


def _of_fleets(problem: ClassProblem) -> Iterator[told.Conflict]:
    """Fleets that can help nobody: the first link of the chain that is missing."""
    table = problem.scenario.fleets
    for row in range(len(table)):
        column, why = _trouble(problem, row)
        if not why:
            continue
        code = str(table.fleet_id[row])
        fact = told.Fact("fleet", table.FILE, row + _HEADER, column, code, f"{code} {why}")
        yield told.Conflict(0, "fleet", f"Fleet {code} can help nobody: it {why}.", 0, 0, 0, (), (fact,))


def _trouble(  # noqa: PLR0911 (each link of the chain answers for itself)
    problem: ClassProblem, row: int
) -> tuple[str, str]:
    """The column and what is wrong with it, "" for nothing."""
    scenario = problem.scenario
    table, clock = scenario.fleets, Clock(scenario)
    first, last = clock.blank_to(int(table.from_time[row]), int(table.until_time[row]))
    whole = (clock.begins_s >= first) & (clock.begins_s + clock.step_s <= last)
    if not table.vehicles[row]:
        return "vehicles", "has no vehicles"
    if not table.seats[row]:
        return "seats", "has no seats"
    if not whole.any():
        return "from", "is in service in no step of the plan"
    if table.mode[row] == "train":
        running = set(map(str, scenario.timetable.fleet_id))
        return (
            ("", "") if str(table.fleet_id[row]) in running else ("fleet_id", "has no run in timetable.csv")
        )
    if table.mode[row] != "bus":
        return "", ""
    fleet = next(fleet for fleet in problem.layers.fleets if fleet.row == row)
    base = str(table.base_node_id[row])
    out, back = fleet.out_steps >= 0, fleet.back_steps >= 0
    named = str(table.line[row]).strip()
    if not out.any():
        stops = f"any of its stops ({named})" if named else "any stop"
        return "base_node_id", f"has no way from its base {base} to {stops}"
    if not back.any():
        return "base_node_id", f"has no way back to its base {base} from any stop"
    if (out | back).sum() < 2:
        return "line", "stops at one place only"
    return "", ""
