"""Lists of tours against all tours there are, and cuts against a town worked out by hand."""

import time
from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.bus_listing import list_tours
from farshore.kernels.bus_prices import best_earnings
from farshore.plan.fleets.problem import BusProblem, bus_problem
from farshore.plan.fleets.tighten import Listed, choose, tighten

Key = tuple[tuple[int, ...], tuple[int, ...]]


@st.composite
def towns(draw: st.DrawFn) -> BusProblem:
    """One bus, up to three pickups and shelters, drives of 1 to 5."""
    n_pickups, n_shelters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    drives = st.integers(1, 5)

    def table(rows: int, columns: int) -> list[list[int]]:
        return [[draw(drives) for _ in range(columns)] for _ in range(rows)]

    loads = [draw(st.integers(1, 2)) for _ in range(n_pickups)]
    room = [draw(st.integers(1, 2)) for _ in range(n_shelters)]
    room[0] += sum(loads)
    return bus_problem(
        buses=[1],
        loads=loads,
        room=room,
        pull_out=table(1, n_pickups),
        out_time=table(n_pickups, n_shelters),
        back_time=table(n_shelters, n_pickups),
    )


def all_tours(problem: BusProblem, within: int, earned: np.ndarray, needed: int) -> set[Key]:
    """Loads and shelters of every tour within a time that earns enough, by trying all of them."""
    found: set[Key] = set()

    def go(clock: int, at: int, tour: tuple[tuple[int, int], ...]) -> None:
        taken, to = Counter(i for i, _ in tour), Counter(j for _, j in tour)
        if tour and sum(int(earned[i, j]) for i, j in tour) >= needed:
            found.add((tuple(sorted(taken.elements())), tuple(sorted(to.elements()))))
        for i in range(len(problem.loads)):
            for j in range(len(problem.room)):
                lead = problem.pull_out[0, i] if at < 0 else problem.back_time[at, i]
                then = clock + int(lead + problem.out_time[i, j])
                if taken[i] < problem.loads[i] and to[j] < problem.room[j] and then <= within:
                    go(then, j, (*tour, (i, j)))

    go(0, -1, ())
    return found


@settings(max_examples=150, deadline=None)
@given(towns(), st.integers(3, 16), st.data())
def test_every_tour_that_earns_enough_is_listed_once(
    problem: BusProblem, within: int, data: st.DataObject
) -> None:
    pickup = np.array([data.draw(st.integers(0, 9)) for _ in problem.loads], np.int64)
    shelter = np.array([data.draw(st.integers(0, 4)) for _ in problem.room], np.int64)
    needed = data.draw(st.integers(0, 12))
    at_pickup, *_ = best_earnings(pickup, shelter, problem.out_time, problem.back_time, within, problem.loads)
    drives = problem.pull_out[0], problem.out_time, problem.back_time
    every, first, pickups, shelters = list_tours(
        within, within, *drives, *drives, problem.loads, problem.room, pickup, shelter, needed, at_pickup,
        10_000, 1_000_000,
    )  # fmt: skip
    parts = [slice(a, b) for a, b in pairwise(first)]
    keys = [(tuple(sorted(pickups[each].tolist())), tuple(sorted(shelters[each].tolist()))) for each in parts]
    assert every
    assert len(keys) == len(set(keys))
    assert set(keys) == all_tours(problem, within, pickup[:, None] - shelter[None, :], needed)


def three_pairs(buses: int) -> tuple[BusProblem, Listed]:
    """Three loads, of which every tour listed takes two."""
    problem = bus_problem(
        buses=[buses],
        loads=[1, 1, 1],
        room=[3],
        pull_out=[[1, 1, 1]],
        out_time=[[1], [1], [1]],
        back_time=[[1, 1, 1]],
    )
    pickups = np.array([0, 1, 0, 2, 1, 2, 0], np.int64)
    first = np.array([0, 2, 4, 6, 7], np.int64)
    return problem, Listed(np.zeros(4, np.int64), first, pickups, np.zeros(7, np.int64))


def test_a_cut_proves_that_halves_of_three_tours_are_no_plan() -> None:
    """Half of each pair serves all with one bus and a half; a cut makes it two, and two do it."""
    problem, listed = three_pairs(2)
    until_s = time.monotonic() + 60
    tightened = tighten(problem, listed, np.arange(4), until_s=until_s)
    assert tightened is not None
    assert not isinstance(tightened, bool)
    assert tightened.least_buses == 2
    possible, tours = choose(problem, listed, tightened, until_s=until_s)
    assert possible
    assert sorted(load for tour in tours for load in tour.loads) == [(0, 0), (1, 0), (2, 0)]


def test_too_few_buses_are_proven_too_few() -> None:
    problem, listed = three_pairs(1)
    assert tighten(problem, listed, np.arange(4), until_s=time.monotonic() + 60) is False
