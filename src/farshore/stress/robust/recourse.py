"""What instructions come to in one future: followed until a loss is known, then everybody planned anew."""

import time
from dataclasses import dataclass, replace

import numpy as np

from farshore.kernels.paths import FAR, labels_from
from farshore.kernels.standing import still_possible
from farshore.plan.model import Problem, problem_over
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.plan.replanning.paths import Paths
from farshore.plan.replanning.remaining import what_is_free
from farshore.plan.solver import Ways, solve
from farshore.plan.stop import Gap
from farshore.scenario.timing import UNLIMITED, Ints, Timing
from farshore.stress.robust.courses import Course
from farshore.stress.robust.told import Told, way_costs

__all__ = ["Answer", "answer_to"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What instructions come to in a future, and what prices say of all others there.

    cost : the objective; left : who is left behind
    at_home : int64[n_zones], at least what each person still at home costs from `known_from` on, prices added
    beds : int64[n_hosts], prices; constant : what those prices give back, and what is the same in every plan
    road_arc, road_step, road : int64 side by side, links that are entered before `known_from` and end then or
        later, and at least what each person who enters one in that step costs from its end on
    """

    number: int
    known_from: int
    cost: int
    left: int
    at_home: Ints
    beds: Ints
    constant: int
    road_arc: Ints
    road_step: Ints
    road: Ints

    @classmethod
    def undisturbed(cls, number: int, problem: Problem, told: Told) -> "Answer":
        """Of a future in which nothing is lost."""
        timing = problem.timing
        nobody, nowhere = np.zeros(len(timing.people), np.int64), np.empty(0, np.int64)
        left = int(timing.people.sum() - told.departures.persons.sum())
        late = timing.left_cost * int(timing.late.sum())
        cost, beds = told.cost(problem), np.zeros_like(timing.beds)
        return cls(number, timing.n_steps, cost, left, nobody, beds, late, nowhere, nowhere, nowhere)


def answer_to(course: Course, problem: Problem, told: Told, guess: Prices) -> Answer:
    """Follow instructions through a future, as docs/robust.md says; `guess` : the undisturbed plan's prices.

    Whoever has left when the first loss is known goes on as far as there is room, those who left first before
    others; the rest come home again. All others are planned anew, with least cost.
    """
    timing = problem.timing
    if course.ahead is None or course.pricer is None:
        return Answer.undisturbed(course.number, problem, told)
    leaving = told.leaving(problem)
    first, ahead = course.known_from, course.ahead.timing
    home = np.cumsum(timing.newly_ready - leaving, axis=1)[:, :first]
    cost = int((home * timing.wait_cost[:, :first]).sum())
    gone = leaving[:, :first].sum(axis=1)
    road = _on_the_road(course, problem, told)
    cost += road.cost
    newly, late = ahead.newly_ready.copy(), ahead.late.copy()
    newly[:, 0] -= gone
    for zone, step, persons in road.back:
        cost += persons * int(timing.wait_cost[zone, step : 2 * first - step].sum())
        if 2 * first - step < timing.n_steps:
            newly[zone, first - step] += persons
        else:
            late[zone] += persons
    capacity_of, capacities = what_is_free(ahead, road.used)
    rest = problem_over(
        course.ahead.scenario,
        replace(
            ahead,
            capacity_of=capacity_of,
            capacities=capacities,
            people=newly.sum(axis=1) + late,
            late=late,
            newly_ready=newly,
            beds=road.beds,
            intake=np.where(ahead.intake == UNLIMITED, UNLIMITED, road.intake),
        ),
    )
    ours = _from(guess, first)
    prices, rest_cost, left = _planned(rest, ours)
    full = course.ahead
    shut = rest.timing.beds <= 0  # what a bed is worth there the rest cannot say
    prices = replace(prices, beds=np.where(shut, ours.beds, prices.beds))
    ways = course.pricer.ways(prices)
    at_home = ways.staying[:, 0]
    ready_by_then = full.timing.newly_ready[:, 0] - timing.newly_ready[:, first]
    constant = ways.lower_bound - sum(
        int(n) * int(value) for n, value in zip(ready_by_then, at_home, strict=True)
    )
    return Answer(
        course.number,
        first,
        cost + rest_cost,
        left,
        at_home,
        prices.beds,
        constant,
        *_roads(course, problem, ways, at_home),
    )


def _roads(course: Course, problem: Problem, ways: Ways, at_home: Ints) -> tuple[Ints, Ints, Ints]:
    """What those who are on the road when a loss is known cost from the end of their link on, at the least.

    They go on by some way that is open, prices added, or are called back and cost no less than who never left
    the cheapest of the zones that they can have come from. Everybody on the road then has entered exactly one
    link that ends then or later.
    """
    assert course.ahead is not None
    assert course.pricer is not None
    timing, first, n_ahead = problem.timing, course.known_from, course.ahead.timing.n_steps
    slow = np.flatnonzero(timing.steps > 0)
    arc = np.repeat(slow, timing.steps[slow])
    ends = np.arange(len(arc)) - np.repeat(
        np.cumsum(timing.steps[slow]) - timing.steps[slow], timing.steps[slow]
    )
    step = first + ends - timing.steps[arc]
    possible = (step >= 0) & (ends < n_ahead)
    arc, ends, step = arc[possible], ends[possible], step[possible]
    core = np.full(timing.n_nodes, -1, np.int64)
    core[course.pricer.reduced.node] = np.arange(len(course.pricer.reduced.node))
    onward = np.where(core[timing.head[arc]] >= 0, ways.from_node[ends, core[timing.head[arc]]], FAR)
    start = np.full(timing.n_nodes, FAR, np.int64)
    ready = timing.newly_ready[:, :first].any(axis=1)
    np.minimum.at(start, timing.zone_node[ready], at_home[ready])
    back, _ = labels_from(timing.n_nodes, timing.tail, timing.head, np.zeros_like(timing.steps), start)
    value = np.minimum(onward, back[timing.tail[arc]])
    counts = (value > 0) & (value < FAR)
    return arc[counts], step[counts], value[counts]


@dataclass(frozen=True, eq=False)
class _Road:
    """Those who have left before a loss is known: the room that they take of what is ahead.

    cost : of all links that they enter; back : who comes home again, (zone, step of departure, persons)
    """

    used: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    intake: Ints
    beds: Ints
    cost: int
    back: tuple[tuple[int, int, int], ...]


def _on_the_road(course: Course, problem: Problem, told: Told) -> _Road:
    assert course.ahead is not None
    first, ahead, moves = course.known_from, course.ahead.timing, told.departures
    paths, zones = told.paths(problem), told.zones(problem)
    used = np.zeros((len(ahead.tail), ahead.n_steps), np.int32)
    intake, beds = ahead.intake.copy(), ahead.beds.copy()
    order = np.lexsort((moves.route, moves.step))
    order = order[moves.step[order] < first]
    route, step, persons = moves.route[order], moves.step[order], moves.persons[order]
    there = step + paths.arrival[route] < first
    np.subtract.at(beds, paths.host[route[there]], persons[there])
    gone = persons.copy()
    on = ~there
    gone[on] = still_possible(
        paths.first, paths.arc, paths.entry, route[on], step[on] - first, paths.host[route[on]],
        paths.arrival[route[on]], persons[on], ahead.capacity_of, ahead.capacities, used, intake, beds,
    )  # fmt: skip
    each = way_costs(problem, paths, route, step)
    cost = sum(int(n) * int(c) for n, c in zip(gone, each, strict=True))
    back = []
    for group in np.flatnonzero(gone < persons).tolist():
        turned = int(persons[group] - gone[group])
        cost += turned * _so_far(problem.timing, paths, int(route[group]), int(step[group]), first)
        back.append((int(zones[route[group]]), int(step[group]), turned))
    return _Road(used, intake, beds, cost, tuple(back))


def _so_far(timing: Timing, paths: Paths, route: int, step: int, until: int) -> int:
    """What the links cost that somebody enters before a step."""
    total = 0
    for at in range(int(paths.first[route]), int(paths.first[route + 1])):
        arc, k = int(paths.arc[at]), step + int(paths.entry[at])
        if k < until:
            row = int(timing.cost_of[arc])
            total += int(timing.costs[row, k] if row >= 0 else timing.flat_cost[arc])
    return total


def _from(prices: Prices, first: int) -> Prices:
    """Prices for the steps from one on."""
    later = prices.step >= first
    return Prices(
        prices.arc[later],
        prices.step[later] - first,
        prices.price[later],
        np.ascontiguousarray(prices.intake[:, first:]),
        prices.beds,
    )


def _planned(rest: Problem, guess: Prices) -> tuple[Prices, int, int]:
    """Prices, cost and who is left behind of the best plan for those who remain."""
    timing = rest.timing
    late = int(timing.late.sum())
    if not timing.newly_ready.any():
        return guess, late * timing.left_cost, late
    answer = solve(
        rest,
        reduce_network(rest),
        stop=Gap(0.0),
        report=lambda *_: None,
        begun_s=time.monotonic(),
        guess=guess,
    )
    if not answer.proven:
        raise KeyboardInterrupt
    expanded = answer.expanded
    at_end = expanded.step[: expanded.first_move] == timing.n_steps - 1
    left = int(answer.flow[: expanded.first_move][at_end].sum())
    return answer.prices, answer.objective, left + late
