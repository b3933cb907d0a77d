"""The bus evacuation problem: tours against trying everything, proofs against the checker, faults."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.plan.fleets import (
    NEVER,
    BusesCannot,
    BusPlan,
    BusProblem,
    BusProof,
    Tour,
    bus_problem,
    busloads,
    check_bus_plan,
    evacuate_by_bus,
)
from farshore.plan.fleets.bounds import Grid, prove
from farshore.plan.fleets.checker import proven_bound
from farshore.plan.fleets.columns import Pool
from farshore.plan.fleets.listing import decide
from farshore.plan.fleets.search import makespan_of
from farshore.plan.stop import Seconds


def shortest_by_trying(problem: BusProblem) -> int:
    """Every order of every load over every bus and shelter: only for a handful of loads."""
    depots = np.repeat(np.arange(len(problem.buses)), problem.buses).tolist()
    start = tuple((depot, -1, 0) for depot in depots)
    layer = {(start, tuple(problem.loads.tolist()), tuple(problem.room.tolist()))}
    for _ in range(int(problem.loads.sum())):
        following = set()
        for buses, loads, room in layer:
            for b, i, j in itertools.product(range(len(buses)), range(len(loads)), range(len(room))):
                if not loads[i] or not room[j]:
                    continue
                depot, at, clock = buses[b]
                clock += int(problem.pull_out[depot, i] if at < 0 else problem.back_time[at, i])
                clock += int(problem.out_time[i, j])
                moved = tuple(sorted((*buses[:b], (depot, j, clock), *buses[b + 1 :])))
                fewer = tuple(n - (at_i == i) for at_i, n in enumerate(loads))
                less = tuple(n - (at_j == j) for at_j, n in enumerate(room))
                following.add((moved, fewer, less))
        layer = following
    return min(max(clock for *_, clock in buses) for buses, _, _ in layer)


@st.composite
def problems(draw: st.DrawFn) -> BusProblem:
    """Up to five loads; times asymmetric and of no geometry; room tight or loose."""
    n_depots, n_pickups, n_shelters = (draw(st.integers(1, most)) for most in (2, 3, 2))
    loads = draw(st.lists(st.integers(0, 2), min_size=n_pickups, max_size=n_pickups))
    while sum(loads) > 4:
        loads[loads.index(max(loads))] -= 1
    extra = draw(st.lists(st.integers(0, 2), min_size=n_shelters, max_size=n_shelters))
    room = [n + (sum(loads) if at == 0 else 0) for at, n in enumerate(extra)]
    if n_shelters > 1 and draw(st.booleans()):
        room = [max(0, sum(loads) - 1), 1 + extra[1]]

    def times(rows: int, columns: int, low: int) -> list[list[int]]:
        row = st.lists(st.integers(low, 30), min_size=columns, max_size=columns)
        return draw(st.lists(row, min_size=rows, max_size=rows))

    return bus_problem(
        buses=[1, *draw(st.lists(st.integers(0, 2), min_size=n_depots - 1, max_size=n_depots - 1))],
        loads=loads,
        room=room,
        pull_out=times(n_depots, n_pickups, 0),
        out_time=times(n_pickups, n_shelters, 1),
        back_time=times(n_shelters, n_pickups, 0),
    )


@settings(max_examples=60, deadline=None)
@given(problems())
def test_tours_are_the_shortest_there_are(problem: BusProblem) -> None:
    plan = evacuate_by_bus(problem, stop=Seconds(20))
    assert check_bus_plan(problem, plan) == []
    assert plan.makespan == plan.proof.best == shortest_by_trying(problem)


@settings(max_examples=200, deadline=None)
@given(problems(), st.data())
def test_no_prices_prove_too_much(problem: BusProblem, data: st.DataObject) -> None:
    """Any prices at all give a bound that the best tours keep."""
    price = st.integers(0, 9)
    pickup = data.draw(st.lists(price, min_size=len(problem.loads), max_size=len(problem.loads)))
    shelter = data.draw(st.lists(price, min_size=len(problem.room), max_size=len(problem.room)))
    best = shortest_by_trying(problem)
    proof = prove(problem, Grid.of(problem, 200), pickup, shelter, upper=200, method="drawn")
    assert proof.lower_bound <= best
    # The checker, forwards in time, finds the same bound from the same prices.
    claimed = BusPlan((), 200, proof, ())
    if proof.lower_bound > 0:
        assert proven_bound(problem, claimed, proof.lower_bound - 1)
    if proof.lower_bound < 200:
        assert not proven_bound(problem, claimed, proof.lower_bound)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_lists_of_tours_decide_as_trying_everything_does(problem: BusProblem) -> None:
    """A time below the best is never called possible, the best never impossible; tours found are tours."""
    best = shortest_by_trying(problem)
    if best == 0:
        return
    pool = Pool(problem, Grid.of(problem, 4 * best))
    for within in (best - 1, best, best + 7):
        decided = decide(pool, within, until_s=time.monotonic() + 20)
        assert decided.possible is not (within < best)
        if decided.possible:
            proof = BusProof(0, 0 * problem.loads, 0 * problem.room, "none")
            plan = BusPlan(decided.tours, makespan_of(problem, decided.tours), proof, ())
            assert plan.makespan <= within
            assert check_bus_plan(problem, plan) == []


def two_towns() -> BusProblem:
    """Two buses, 3 + 2 loads, shelters an hour and half an hour away; the near one takes two loads."""
    return bus_problem(
        buses=[2],
        loads=[3, 2],
        room=[4, 2],
        pull_out=[[10, 20]],
        out_time=[[60, 30], [50, 40]],
        back_time=[[55, 45], [35, 45]],
    )


def test_two_towns_by_hand() -> None:
    problem = two_towns()
    plan = evacuate_by_bus(problem)
    assert check_bus_plan(problem, plan) == []
    assert plan.makespan == plan.proof.best == shortest_by_trying(problem)
    assert "shortest time possible" in plan.statement


def stretched(problem: BusProblem, times: int) -> BusProblem:
    """All drives so many times as long."""
    return replace(
        problem,
        pull_out=problem.pull_out * times,
        out_time=problem.out_time * times,
        back_time=problem.back_time * times,
    )


def test_cells_too_coarse_cost_a_bound_what_the_finest_give_back() -> None:
    """Drives 1009 times as long prove 1009 times the bound, where the grid does not round them down."""
    plan = evacuate_by_bus(two_towns())
    long, upper = stretched(two_towns(), 1009), 1009 * plan.makespan
    grids = Grid.of(long, upper), Grid.finest(long, upper)
    assert grids[0].cell > grids[1].cell == 1
    prices = plan.proof.pickup_price, plan.proof.shelter_price
    coarse, fine = (prove(long, grid, *prices, upper=upper, method="the same prices") for grid in grids)
    assert coarse.lower_bound < fine.lower_bound == 1009 * plan.proof.lower_bound


def test_long_drives_are_proven_as_well_as_short_ones() -> None:
    """Prices prove of the same problem in a finer unit what they proved before, to the unit."""
    plan = evacuate_by_bus(two_towns())
    longer = evacuate_by_bus(stretched(two_towns(), 1009))
    assert check_bus_plan(stretched(two_towns(), 1009), longer) == []
    assert longer.makespan == 1009 * plan.makespan
    assert longer.proof.lower_bound == 1009 * plan.proof.lower_bound


def test_the_same_seed_gives_the_same_tours() -> None:
    first, second = (evacuate_by_bus(two_towns(), seed=3) for _ in range(2))
    assert first.tours == second.tours


def without_last_load(plan: BusPlan) -> BusPlan:
    tour = plan.tours[0]
    return replace(plan, tours=(Tour(tour.depot, tour.loads[:-1]), *plan.tours[1:]))


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (without_last_load, "loads are fetched"),
        (lambda plan: replace(plan, makespan=plan.makespan - 1), "the last load arrives"),
        (lambda plan: replace(plan, tours=(*plan.tours, *plan.tours)), "fewer buses"),
        (
            lambda plan: replace(plan, proof=replace(plan.proof, lower_bound=plan.makespan + 1)),
            "above the makespan",
        ),
        (
            lambda plan: replace(
                plan, proof=replace(plan.proof, lower_bound=plan.makespan, pickup_price=np.zeros(2, np.int64))
            ),
            "do not prove",
        ),
        (
            lambda plan: replace(
                plan, tours=tuple(Tour(t.depot, tuple((i, 1) for i, _ in t.loads)) for t in plan.tours)
            ),
            "has room for",
        ),
    ],
)
def test_the_checker_refuses_any_tampering(tampered, said: str) -> None:
    plan = evacuate_by_bus(two_towns())
    assert any(said in line for line in check_bus_plan(two_towns(), tampered(plan)))


def test_a_farthest_pickup_is_a_proof_by_itself() -> None:
    """One load 500 away and nine near: no number of buses is quicker than that one drive."""
    problem = bus_problem(
        buses=[20], loads=[1, 9], room=[10], pull_out=[[100, 1]], out_time=[[400], [5]], back_time=[[200, 1]]
    )
    plan = evacuate_by_bus(problem)
    assert plan.makespan == plan.proof.lower_bound == 500
    assert "pickup 0" in plan.proof.method


def test_nobody_waiting_needs_no_bus() -> None:
    plan = evacuate_by_bus(
        bus_problem(buses=[1], loads=[0], room=[0], pull_out=[[1]], out_time=[[1]], back_time=[[1]])
    )
    assert (plan.tours, plan.makespan, plan.gap) == ((), 0, 0.0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"room": [2, 2]}, "room for 4; add room for 1"),
        ({"buses": [0]}, "there is no bus"),
        ({"out_time": [[NEVER, NEVER], [5, 5]]}, "from pickup 0 no way"),
        ({"pull_out": [[NEVER, 1]], "back_time": [[NEVER, 1], [NEVER, 1]]}, "pickup 0 can be reached"),
        ({"pull_out": [[NEVER, NEVER]]}, "can be reached by no bus"),
    ],
)
def test_what_cannot_be_is_said_in_words(changed: dict, said: str) -> None:
    given_ = {
        "buses": [2],
        "loads": [3, 2],
        "room": [4, 2],
        "pull_out": [[1, 1]],
        "out_time": [[5, 5], [5, 5]],
        "back_time": [[1, 1], [1, 1]],
    }
    with pytest.raises(BusesCannot, match=said):
        evacuate_by_bus(bus_problem(**(given_ | changed)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"out_time": [[0]]}, "out_time has a 0"),
        ({"loads": [-1]}, "loads has a number below 0"),
        ({"pull_out": [[1, 1]]}, "pull_out is"),
        ({"back_time": [[1.5]]}, "whole numbers"),
    ],
)
def test_senseless_numbers_are_refused(changed: dict, said: str) -> None:
    given_ = {
        "buses": [1],
        "loads": [1],
        "room": [1],
        "pull_out": [[1]],
        "out_time": [[1]],
        "back_time": [[1]],
    }
    with pytest.raises(ValueError, match=said):
        bus_problem(**(given_ | changed))


def test_long_times_are_proven_in_cells() -> None:
    """Seconds over many hours: bounds stay bounds, exact times stay in the tours."""
    problem = bus_problem(
        buses=[2],
        loads=[4, 5],
        room=[9],
        pull_out=[[7_000, 9_001]],
        out_time=[[7_207], [5_003]],
        back_time=[[6_999, 5_011]],
    )
    plan = evacuate_by_bus(problem, stop=Seconds(10))
    assert check_bus_plan(problem, plan) == []
    assert plan.gap < 0.2


def test_busloads_round_up() -> None:
    assert busloads([0, 1, 50, 51], 50).tolist() == [0, 1, 1, 2]
    with pytest.raises(ValueError, match="carries nobody"):
        busloads([1], 0)
