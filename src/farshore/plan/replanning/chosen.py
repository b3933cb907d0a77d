"""What a plan for what remains comes to: who keeps an instruction, who leaves otherwise, and its cost."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from farshore.kernels.exact import exact_sum
from farshore.kernels.standing import costs_along
from farshore.plan.model import Problem
from farshore.plan.replanning.groups import Instructed
from farshore.plan.replanning.part import Taken, Way
from farshore.plan.replanning.paths import Paths
from farshore.plan.replanning.stages import Plan
from farshore.scenario.timing import Ints, Timing

__all__ = ["Chosen", "chosen_of", "cost_ahead", "departs_of", "paths_along", "staying", "travel_costs"]


@dataclass(frozen=True, eq=False)
class Chosen:
    """A plan for what remains: `kept` : int64[n_told], who of each group of `Instructed.told` do as told.

    others : everybody else who leaves, nobody of them as a group was told to from which anybody is missing
    """

    kept: Ints
    others: Taken


def chosen_of(instructed: Instructed, plan: Plan) -> Chosen:
    """A plan by groups; those who leave just as a group was told to count as keeping to it."""
    kept, others = np.zeros(len(instructed.told), np.int64), plan.others
    np.add.at(kept, instructed.of_told, plan.kept)
    missing: defaultdict[tuple[Way, int], list[int]] = defaultdict(list)
    departs = departs_of(instructed).tolist()
    for number, told in enumerate(instructed.told):
        if kept[number] < told.persons:
            missing[instructed.kept.ways[told.route], departs[number]].append(number)
    persons = others.persons.copy()
    for row, (way, step) in enumerate(zip(others.way.tolist(), others.step.tolist(), strict=True)):
        for number in missing.get((others.ways[way], step), ()):
            as_told = min(int(persons[row]), instructed.told[number].persons - int(kept[number]))
            kept[number] += as_told
            persons[row] -= as_told
    some = persons > 0
    left = replace(others, way=others.way[some], step=others.step[some], persons=persons[some])
    return Chosen(kept, left)


def departs_of(instructed: Instructed) -> Ints:
    """When each group was told to leave home or its halt: int64[n_told], steps from the event's."""
    departs = np.zeros(len(instructed.told), np.int64)
    departs[instructed.of_told] = instructed.kept.depart
    return departs


def staying(problem: Problem, instructed: Instructed, chosen: Chosen) -> Ints:
    """Who stays at home or at a halt: int64[n_origins]."""
    stay = problem.timing.people.copy()
    ways, others = instructed.kept.ways, chosen.others
    home = np.array([ways[told.route].origin for told in instructed.told], np.int64)
    np.subtract.at(stay, home, chosen.kept)
    origin = np.array([way.origin for way in others.ways], np.int64)
    np.subtract.at(stay, origin[others.way], others.persons)
    return stay


def cost_ahead(problem: Problem, instructed: Instructed, chosen: Chosen) -> int:
    """What a plan costs from the event on: waiting, travel and those left behind."""
    timing, kept, others = problem.timing, instructed.kept, chosen.others
    left = np.zeros((len(timing.zone_node), timing.n_steps + 1), np.int64)
    left[:, :-1] = np.cumsum(timing.wait_cost[:, ::-1], axis=1)[:, ::-1]
    total = exact_sum(timing.newly_ready, left[:, :-1] + timing.left_cost)
    total += timing.left_cost * int(timing.late.sum())
    told_way = np.array([told.route for told in instructed.told], np.int64)
    for paths, ways, way, step, persons in (
        (kept.paths, kept.ways, told_way, departs_of(instructed), chosen.kept),
        (paths_along(timing, others.ways), others.ways, others.way, others.step, others.persons),
    ):
        some = persons > 0
        by, when = way[some], step[some]
        cost = travel_costs(timing, paths, by, when)
        origin = np.array([each.origin for each in ways], np.int64)[by]
        total += exact_sum(persons[some], cost - left[origin, when] - timing.left_cost)
    return total


def travel_costs(timing: Timing, paths: Paths, way: Ints, step: Ints) -> Ints:
    """What each group's way costs a person who leaves at a step: int64[n_groups]."""
    unpriced, none = np.full(len(timing.tail), -1, np.int64), np.zeros((1, timing.n_steps), np.int64)
    profiles = (timing.flat_cost, timing.cost_of, timing.costs)
    cost: Ints = costs_along(paths.first, paths.arc, paths.entry, way, step, *profiles, unpriced, none)
    return cost


def paths_along(timing: Timing, ways: Sequence[Way]) -> Paths:
    """Ways as flat arrays, gone without a pause."""
    lengths = np.array([len(way.arcs) for way in ways], np.int64)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    arc = np.array([arc for way in ways for arc in way.arcs], np.int64)
    passed = np.concatenate([np.zeros(1, np.int64), np.cumsum(timing.steps[arc])]).astype(np.int64)
    entry = passed[:-1] - np.repeat(passed[first[:-1]], lengths)
    host = np.array([way.host for way in ways], np.int64)
    return Paths(first, arc, entry, passed[first[1:]] - passed[first[:-1]], host)
