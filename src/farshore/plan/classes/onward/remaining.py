"""The problem that is left: who is at home and not bound, who has halted, and the room left to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.onward.groups import Broken, Group
from farshore.plan.classes.onward.ledger import Ledger
from farshore.plan.classes.people import Commodities, Sizes
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Timing

__all__ = ["Halted", "Remaining", "halted_as", "problem_from", "remaining_of", "with_halts"]

Halted = tuple[int, int, int, bool, int]  # origin, zone, class, whether they have their car, step


@dataclass(frozen=True, eq=False)
class Remaining:
    """What is left to be planned.

    at_home : (zone, class) → commodity; halted : commodity of people at a halt
    broken : who is at a halt, or on the way to one, and planned for from there
    """

    problem: ClassProblem
    at_home: dict[tuple[int, int], int]
    halted: dict[Halted, int]
    broken: tuple[Broken, ...]


def with_halts(timing: Timing, nodes: Sequence[int], begin: int) -> Timing:
    """The same arrays with other nodes as origins after the zones; whose people are ready by `begin`.

    All at home may still be planned for: what is ready before `begin` counts as ready by it.
    """
    n = len(nodes)
    newly = timing.newly_ready.copy()
    newly[:, begin] += newly[:, :begin].sum(axis=1)
    newly[:, :begin] = 0
    halts = np.zeros((n, timing.n_steps), np.int64)
    halts[:, begin] = 1
    return replace(
        timing,
        zone_node=np.concatenate([timing.zone_node, np.array(nodes, np.int64)]),
        people=np.concatenate([timing.people, np.ones(n, np.int64)]),
        newly_ready=np.concatenate([newly, halts]),
    )


def problem_from(
    scenario: Scenario, timing: Timing, sizes: Sizes | None, nodes: Sequence[int], begin: int
) -> ClassProblem:
    """Everything from a step on, with nobody of the halts in it yet."""
    return class_problem_of(scenario, sizes, timing=with_halts(timing, nodes, begin), begin=begin)


def remaining_of(
    base: ClassProblem,
    *,
    at: int,
    fixed: Sequence[Group],
    broken: Sequence[Broken],
    ledger: Ledger,
) -> Remaining:
    """What is left to be planned beside those who are bound to their instruction.

    base : as of `problem_from`; fixed : who is bound, or has arrived; broken : who is not, and has left home
    ledger : what all of these leave
    """
    people, n_steps = base.people, base.timing.n_steps
    zone_row = base.scenario.zones.position()
    row_of = {
        (zone, 2 * need + (not car)): row
        for row, (zone, need, car) in enumerate(
            zip(people.zone.tolist(), people.need.tolist(), people.has_car.tolist(), strict=True)
        )
    }
    departed = np.zeros((len(people.zone), n_steps), np.int64)
    for group in (*fixed, *(each.group for each in broken)):
        departed[row_of[zone_row[group.route.zone_id], group.kind], group.step] += group.persons
    free = np.cumsum(people.newly_ready, axis=1) - np.cumsum(departed, axis=1)
    ready = np.minimum.accumulate(free[:, ::-1], axis=1)[:, ::-1].copy()
    ready[:, :at] = 0
    newly = np.diff(ready, axis=1, prepend=0)
    halts: Counter[Halted] = Counter()
    node_row = base.scenario.nodes.position()
    origin = {int(node): len(zone_row) + i for i, node in enumerate(base.timing.zone_node[len(zone_row) :])}
    for each in broken:
        key = halted_as(each, origin[node_row[each.node]], zone_row[each.group.route.zone_id])
        halts[key] += each.group.persons
    kept = np.flatnonzero(ready[:, -1] + people.late > 0)
    columns = sorted(halts)
    number = {key: len(kept) + i for i, key in enumerate(columns)}
    arrive = np.zeros((len(columns), n_steps), np.int64)
    for i, key in enumerate(columns):
        if key[4] < n_steps:
            arrive[i, key[4]] = halts[key]
    persons = np.array([halts[key] for key in columns], np.int64)
    needs = np.array([key[2] // 2 for key in columns], np.int64)
    base_row = np.array([row_of[key[1], key[2]] for key in columns], np.int64)
    terminal = np.array(
        [base.layers.afoot.at(int(base.timing.zone_node[key[0]])) for key in columns], np.int64
    )
    problem = replace(
        base,
        people=Commodities(
            zone=np.concatenate([people.zone[kept], np.array([key[0] for key in columns], np.int64)]),
            need=np.concatenate([people.need[kept], needs]),
            has_car=np.concatenate([people.has_car[kept], np.array([key[3] for key in columns], bool)]),
            people=np.concatenate([ready[kept, -1] + people.late[kept], persons]),
            late=np.concatenate([people.late[kept], persons - arrive.sum(axis=1)]),
            newly_ready=np.concatenate([newly[kept], arrive]),
            accepts=np.concatenate([people.accepts[kept], people.accepts[base_row]]),
        ),
        wait_cost=np.concatenate([base.wait_cost[kept], base.layers.afoot.wait_cost[needs, terminal]]),
        layers=replace(
            base.layers,
            resources=replace(base.layers.resources, capacity=np.maximum(ledger.left, 0)),
        ),
    )
    at_home = {key: int(place) for key, row in row_of.items() for place in np.flatnonzero(kept == row)}
    return Remaining(problem, at_home, number, tuple(broken))


def halted_as(each: Broken, origin: int, zone: int) -> Halted:
    """What people at a halt have in common who are planned together."""
    return origin, zone, each.group.kind, each.in_car, each.since
