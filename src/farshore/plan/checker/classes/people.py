"""Who is in which class, when they are ready, what waiting costs them and which hosts they accept."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.ends import Zone
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Floats, Ints, ready_by_step, whole, words

__all__ = [
    "CLASSES",
    "NEEDS",
    "Group",
    "Whole",
    "accepted_hosts",
    "groups_of",
    "home_costs",
    "left_cost",
    "priorities",
]

NEEDS: Final = ("assisted", "family", "other")
CLASSES: Final = tuple(f"{need}_{way}" for need in NEEDS for way in ("car", "foot"))
ASSISTED: Final = 0


@dataclass(frozen=True, eq=False)
class Group:
    """A zone's people of one class.

    zone : row; need : index into NEEDS; ready : int64[n_steps], how many are ready by each step's start
    """

    zone: int
    need: int
    has_car: bool
    people: int
    ready: Ints

    @property
    def class_id(self) -> str:
        """As the plan folder writes it."""
        return CLASSES[2 * self.need + (not self.has_car)]

    @property
    def newly_ready(self) -> Ints:
        """Who becomes ready with each step: int64[n_steps]."""
        return np.diff(self.ready, prepend=0)

    @property
    def never_ready(self) -> int:
        """Who would be ready only after the last step."""
        return self.people - int(self.ready[-1])


@dataclass(frozen=True, slots=True)
class Whole:
    """What whole households make the classes.

    sizes : of the households, by zone and row of CLASSES
    needing : who needs assistance, among `together` in their households
    """

    sizes: tuple[tuple[tuple[int, ...], ...], ...]
    needing: int
    together: int

    @property
    def share_assisted(self) -> float:
        """Of the members of households with somebody who needs assistance, how many need it themselves."""
        return self.needing / self.together if self.together else 1.0


def groups_of(problem: Problem, whole: Whole | None = None) -> tuple[Group, ...]:
    """Six groups for each zone, zones in file order, in the order of CLASSES; some may be empty."""
    if whole is not None:
        return tuple(
            _whole_group(problem, zone.row, class_row, whole.sizes[zone.row][class_row])
            for zone in problem.zones
            for class_row in range(len(CLASSES))
        )
    table, per_child = problem.scenario.zones, problem.scenario.parameter("family_persons_per_child")
    groups = []
    for zone in problem.zones:
        row, people = zone.row, zone.people
        assisted = min(people, _rounded(people * float(table.share_needing_assistance[row])))
        family = min(people - assisted, _rounded(people * float(table.share_under_18[row]) * per_child))
        for need, n in enumerate((assisted, family, people - assisted - family)):
            with_car = _rounded(n * float(table.share_with_car[row]))
            for has_car, m in ((True, with_car), (False, n - with_car)):
                ready = ready_by_step(table.ready_curve[row], m, problem.clock)
                groups.append(Group(row, need, has_car, m, ready))
    return tuple(groups)


def _whole_group(problem: Problem, zone: int, class_row: int, sizes: tuple[int, ...]) -> Group:
    """Households that are ready one after the other: each once its last member is, sizes in even turns."""
    seen: Counter[int] = Counter()
    many = Counter(sizes)
    turns = []
    for size in sizes:
        turns.append(((2 * seen[size] + 1) / (2 * many[size]), size))
        seen[size] += 1
    persons = ready_by_step(problem.scenario.zones.ready_curve[zone], sum(sizes), problem.clock)
    ready, at, members = [], 0, [size for _, size in sorted(turns)]
    together = 0
    for limit in persons.tolist():
        while at < len(members) and together + members[at] <= limit:
            together += members[at]
            at += 1
        ready.append(together)
    return Group(zone, class_row // 2, class_row % 2 == 0, sum(sizes), np.array(ready, np.int64))


def _rounded(value: float) -> int:
    return int(np.floor(value + 0.5))


def priorities(problem: Problem) -> tuple[float, float, float]:
    """What exposure of each need counts."""
    get = problem.scenario.parameter
    return get("assisted_priority"), get("family_priority"), 1.0


def waiting_costs(rate: Floats, priority: float, step_s: int) -> Ints:
    """Of one person who waits through each step: int64[n_steps]."""
    return whole(1e6 * priority * rate * step_s / 3600 + 0.5)


def home_costs(problem: Problem) -> Ints:
    """Of one person at home through a step: int64[n_zones, 3, n_steps]."""
    found = np.zeros((len(problem.zones), len(NEEDS), problem.clock.n_steps), np.int64)
    for zone in problem.zones:
        for need, priority in enumerate(priorities(problem)):
            found[zone.row, need] = waiting_costs(zone.rate, priority, problem.clock.step_s)
    return found


def left_cost(costs_at_home: Ints, n_steps: int, step_s: int) -> int:
    """U: what each person left behind costs beside the waiting."""
    at_one = int(np.floor(1e6 * step_s / 3600 + 0.5))
    return 10 * n_steps * max(int(costs_at_home.max(initial=0)), at_one)


def accepted_hosts(problem: Problem, zone: Zone, need: int) -> npt.NDArray[np.bool_]:
    """Hosts that a zone's people of a need accept and that protection leaves open: bool[n_hosts]."""
    choices, hosts = problem.scenario.choices, problem.scenario.hosts
    services: set[str] = set()
    countries: list[set[str]] = []
    named: set[str] = set()
    for row in range(len(choices)):
        if choices.zone_id[row] not in ("", zone.zone_id) or choices.need[row] not in ("", NEEDS[need]):
            continue
        services |= words(choices.services[row])
        if words(choices.countries[row]):
            countries.append(words(choices.countries[row]))
        if choices.host_id[row]:
            named.add(str(choices.host_id[row]))
    return np.array(
        [
            not host.blocked
            and services <= words(hosts.services[host.row])
            and all(hosts.country[host.row] in each for each in countries)
            and (not named or host.host_id in named)
            for host in problem.hosts
        ],
        bool,
    )
