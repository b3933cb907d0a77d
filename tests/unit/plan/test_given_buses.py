"""Everybody settled anew beside given buses: near moves, the best flow of them, whole people after it."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from benchmarks.class_instances import class_city

from farshore.kernels.following import follow
from farshore.kernels.near_ways import (
    BOARDS,
    BY_CAR,
    HOME_WAITS,
    HOSTED,
    RIDES,
    WAITS,
    Moves,
    moves_of,
    near_ways,
    some_of,
    together,
)
from farshore.kernels.placements import Placements, put_back
from farshore.kernels.pouring import Rooms
from farshore.kernels.spreading import Choices, worths
from farshore.plan.classes import given_buses, solve
from farshore.plan.classes.flow_program import best_flow, used_of
from farshore.plan.classes.frame import Frame
from farshore.plan.classes.market import Market
from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.outlook import Outlook
from farshore.plan.classes.pour import completed, dispatched, placed, rooms_of
from farshore.plan.classes.pricing import Pricer
from farshore.plan.classes.spread import Spreader


class Town(NamedTuple):
    """A plan of a town, and what there is beside its buses."""

    problem: ClassProblem
    spreader: Spreader
    placements: Placements
    trips: Any

    def rooms(self) -> Rooms:
        return given_buses._with_trips(self.problem, self.spreader, self.trips)

    def frame(self) -> Frame:
        return given_buses._frame_with(self.spreader, self.rooms(), 0.0)


@pytest.fixture(scope="module", params=[1, 3])
def town(request: pytest.FixtureRequest) -> Town:
    problem = class_problem_of(class_city(120, seed=request.param, horizon_h=12))
    pricer = Pricer(problem)
    ways = pricer.ways(np.zeros(len(problem.layers.resources.capacity), np.int64))
    spreader = solve._spreader(problem, pricer, ways)
    spreader.climb(0.5, 30)
    rooms = rooms_of(problem, spreader.patterns)
    placements = dispatched(
        problem,
        Outlook(spreader).guide,
        rooms,
        group_size=7,
        filling=1.0,
        ahead=0,
        slack_h=0.05,
        grain_h=1e-3,
    )
    assert placements is not None
    assert rooms.trips.sum() > 10
    return Town(problem, spreader, placements, rooms.trips)


def priced(town: Town, frame: Frame) -> Choices:
    """With some prices."""
    chance = np.random.default_rng(1)
    market = Market(frame, frame.families.any(axis=1))
    live = np.where(
        market.counts & (chance.random(len(market.index)) < 0.3), chance.random(len(market.index)), 0
    )
    return market.priced(0.05 * live)


def cost_h(town: Town, placements: Placements) -> float:
    return placed(town.problem, town.spreader.book, placements, town.trips).objective / 1e6


def reduced(moves: Moves, choices: Choices, there: Any, at_home: Any) -> Any:
    """Where each move begins and ends, and what it costs over the cheapest way: keys, keys, float64."""
    tails, heads, over = [], [], []
    for kind, who, k, t, what, cost in zip(*(column.tolist() for column in moves), strict=True):
        if kind in (HOME_WAITS, BOARDS, BY_CAR):
            tails.append(("home", who, k))
            here = at_home[k, who]
        else:
            tails.append(("foot", who, k, t))
            here = there[who, k, 0, t]
        if kind == HOME_WAITS:
            heads.append(("home", who, k + 1))
            over.append(cost + at_home[k + 1, who] - here)
        elif kind == BOARDS:
            group = int(choices.group[who])
            heads.append(("foot", group, k, t))
            over.append(there[group, k, 0, t] - here)
        elif kind == BY_CAR:
            stretch = choices.cars[what]
            host = choices.host_price[k + choices.length[stretch], choices.car_host[what]]
            heads.append(("end",))
            over.append(cost + choices.tolls[k, stretch] + host - here)
        elif kind == HOSTED:
            heads.append(("end",))
            over.append(choices.host_price[k, what] - here)
        elif kind == WAITS:
            heads.append(("foot", who, k + 1, t))
            over.append(cost + there[who, k + 1, 0, t] - here)
        else:
            after, v = k + int(choices.length[what]), int(choices.head[what])
            toll = choices.seats[who, what] * choices.tolls[k, what]
            heads.append(("foot", who, after, v))
            over.append(cost + toll + there[who, after, 0, v] - here)
    return tails, heads, np.array(over)


@pytest.mark.parametrize("far", [0.0, 0.05, 0.4])
def test_moves_are_near_if_and_only_if_a_way_by_them_is(town: Town, far: float) -> None:
    frame = town.frame()
    choices = priced(town, frame)
    there, at_home = worths(1e-6, choices)
    every = near_ways(1e9, choices, there, at_home, frame.ready)
    tails, heads, over = reduced(every, choices, there, at_home)
    assert over.min() > -1e-6
    # Shortest ways by what moves cost over the cheapest, from every home in which somebody gets ready.
    least = {("home", int(c), int(k)): 0.0 for k, c in zip(*np.nonzero(frame.ready), strict=True)}
    changed = True
    while changed:
        changed = False
        for tail, head, more in zip(tails, heads, over, strict=True):
            value = least.get(tail, np.inf) + more
            if value < least.get(head, np.inf) - 1e-12:
                least[head], changed = value, True
    through = np.array([least.get(tail, np.inf) for tail in tails]) + over
    wanted = (through <= far) | (every.kind == HOME_WAITS)
    doubtful = abs(through - far) < 1e-5
    near = near_ways(far, choices, there, at_home, frame.ready)
    found = set(zip(*(column.tolist() for column in near[:5]), strict=True))
    keys = list(zip(*(column.tolist() for column in every[:5]), strict=True))
    assert found <= set(keys)
    assert {
        key for key, is_in, maybe in zip(keys, wanted, doubtful, strict=True) if is_in and not maybe
    } <= found
    assert (
        not {key for key, is_in, maybe in zip(keys, wanted, doubtful, strict=True) if not is_in and not maybe}
        & found
    )
    if far:
        assert len(found) < len(keys)


def counted(moves: Moves, placements: Placements, choices: Choices) -> Any:
    """How many people of some placements make each move; those at home not counted."""
    number = {key: i for i, key in enumerate(zip(*(column.tolist() for column in moves[:5]), strict=True))}
    flow = np.zeros(len(number))
    for i, people in enumerate(placements.people.tolist()):
        one = Placements(*(column[i : i + 1] for column in placements))
        for key in zip(*(column.tolist() for column in moves_of(one, choices)[:5]), strict=True):
            flow[number[key]] += people
    return flow


def test_whole_people_who_follow_a_plan_make_it(town: Town) -> None:
    frame, rooms = town.frame(), town.rooms()
    choices = frame.choices
    moves = moves_of(town.placements, choices)
    flow = counted(moves, town.placements, choices)
    goes = moves.kind != WAITS
    again = Placements(
        *follow(some_of(moves, goes), flow[goes], choices, town.problem.people.newly_ready, rooms)
    )
    assert again.people.sum() == town.placements.people.sum()
    assert cost_h(town, again) == pytest.approx(cost_h(town, town.placements), rel=1e-9)
    np.testing.assert_allclose(counted(moves, again, choices), flow)
    before = town.rooms()
    put_back(town.placements, np.arange(len(town.placements.people)), choices, before)
    for one, two in zip(before, rooms, strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_best_flow_costs_no_more_than_the_plan_and_no_less_than_prices_prove(town: Town) -> None:
    frame, rooms = town.frame(), town.rooms()
    choices = priced(town, frame)
    there, at_home = worths(1e-6, choices)
    market = Market(frame, frame.families.any(axis=1))
    near = near_ways(0.5, choices, there, at_home, frame.ready)
    moves = together(moves_of(town.placements, choices), near)
    waiting = town.problem.people.newly_ready
    bus_of = town.spreader.patterns.bus_of
    found = best_flow(moves, choices, waiting, frame.uses, frame.families, rooms, bus_of, None)
    assert found is not None
    best = found.many
    ends = np.isin(moves.kind, (HOSTED, BY_CAR))
    last = np.isin(moves.kind, (HOME_WAITS, WAITS)) & (moves.step == waiting.shape[1] - 1)
    assert best[ends].sum() + best[last].sum() == pytest.approx(waiting.sum())
    assert (used_of(moves, best, choices, frame.uses, frame.families.shape) <= frame.families + 1e-6).all()
    rides = moves.kind == RIDES
    assert (best[rides] > 0).any()
    value = best @ (moves.cost + last * choices.left_cost) + frame.too_late_h
    assert value <= cost_h(town, town.placements) + 1e-6
    live = np.zeros(len(market.index))
    for width in (0.05, 0.005):
        live = market.climb(live, width, 80, lambda: False)
    assert value >= market.spread(live, 1e-6).value - 1e-6


def test_a_flow_begun_where_one_for_more_people_and_fewer_limits_ended_is_the_best(town: Town) -> None:
    frame, rooms, bus_of = town.frame(), town.rooms(), town.spreader.patterns.bus_of
    choices = priced(town, frame)
    there, at_home = worths(1e-6, choices)
    moves = together(moves_of(town.placements, choices), near_ways(0.5, choices, there, at_home, frame.ready))
    ready = town.problem.people.newly_ready
    last = np.isin(moves.kind, (HOME_WAITS, WAITS)) & (moves.step == ready.shape[1] - 1)
    cost = moves.cost + last * choices.left_cost
    some = frame.uses.of(frame.uses.family % 2 == 0)
    begun = best_flow(moves, choices, ready, some, frame.families, rooms, bus_of, None)
    fewer = ready // 2
    afresh = best_flow(moves, choices, fewer, frame.uses, frame.families, rooms, bus_of, None)
    on = best_flow(moves, choices, fewer, frame.uses, frame.families, rooms, bus_of, None, begun)
    assert begun is not None
    assert afresh is not None
    assert on is not None
    assert len(on.limits) > len(begun.limits)
    assert set(on.limits.tolist()) == set(afresh.limits.tolist())
    assert on.many @ cost == pytest.approx(afresh.many @ cost, abs=1e-6)
    assert (used_of(moves, on.many, choices, frame.uses, frame.families.shape) <= frame.families + 1e-6).all()


def test_people_settled_anew_are_a_plan_and_a_better_one(town: Town) -> None:
    problem, spreader = town.problem, town.spreader
    found = given_buses.settled(
        problem, spreader, town.placements, 0.3, over=lambda: False, seconds=lambda: None
    )
    assert found is not None
    rooms = rooms_of(problem, spreader.patterns)
    whole = completed(problem, Outlook(spreader).guide, rooms, found, slack_h=0.05, grain_h=1e-3)
    for left in (rooms.left, rooms.taken, rooms.beds, rooms.seats_left, rooms.assisted_left, rooms.days_left):
        assert (left >= 0).all()
    assert (rooms.trips <= town.trips).all() or whole.people.sum() > found.people.sum()
    plan = placed(problem, spreader.book, whole, rooms.trips)
    assert plan.objective < 0.99e6 * cost_h(town, town.placements)
    again = given_buses.settled(
        problem, spreader, town.placements, 0.3, over=lambda: False, seconds=lambda: None
    )
    for one, two in zip(found, again or (), strict=True):
        np.testing.assert_array_equal(one, two)


def test_without_time_nobody_is_settled(town: Town) -> None:
    assert (
        given_buses.settled(
            town.problem, town.spreader, town.placements, 0.3, over=lambda: True, seconds=lambda: None
        )
        is None
    )
