"""How plans with classes are searched for: prices over blocks of time, and people taken out and sent anew."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from benchmarks.class_instances import class_city
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.executor import abreast
from farshore.kernels.placements import Placements, put_back, take_out, who_waits
from farshore.kernels.pouring import Rooms, asked_between
from farshore.kernels.spreading import tolled
from farshore.plan.classes import pour, solve
from farshore.plan.classes.levels import Levels
from farshore.plan.classes.model import ClassProblem, class_problem_of
from farshore.plan.classes.outlook import Outlook
from farshore.plan.classes.polish import Polisher
from farshore.plan.classes.pour import dispatched, placed, rooms_of
from farshore.plan.classes.pricing import Pricer
from farshore.plan.classes.spread import Spreader
from farshore.plan.stop import Gap, Stop

N_STEPS = 40


@st.composite
def priced(draw: st.DrawFn) -> tuple[Any, ...]:
    rows, others = draw(st.integers(0, 3)), draw(st.integers(0, 4))
    n = rows * N_STEPS + others
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    room = chance.integers(1, 500, n).astype(np.float64)
    counts = chance.random(n) < draw(st.sampled_from([0.2, 0.9, 1.0]))
    prices = np.where(counts & (chance.random(n) < 0.7), chance.random(n) * 100, 0.0)
    return room, counts, rows * N_STEPS, prices, chance


@settings(max_examples=60, deadline=None)
@given(priced())
def test_every_price_is_a_sum_over_blocks_and_slopes_go_with_it(case: tuple[Any, ...]) -> None:
    room, counts, n_timed, prices, chance = case
    levels = Levels(room, counts, n_timed, N_STEPS)
    at = levels.of(prices)
    assert (at >= 0).all()
    np.testing.assert_allclose(levels.prices(at), prices, atol=1e-9)
    other = chance.random(len(at))
    by_price = np.where(counts, chance.normal(size=len(room)), 0.0)
    # What a price's slope comes to along any move of the blocks is what the blocks' slope comes to.
    assert by_price @ levels.prices(other) == pytest.approx(levels.slope(by_price) @ other, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_who_is_left_at_home_has_waited_longest_and_nobody_left_before_being_ready(seed: int) -> None:
    chance = np.random.default_rng(seed)
    ready = chance.integers(0, 4, (3, 12))
    departed = np.zeros_like(ready)
    for c in range(3):
        at_home = 0
        for k in range(12):
            at_home += int(ready[c, k])
            departed[c, k] = chance.integers(0, at_home + 1)
            at_home -= int(departed[c, k])
    commodity, step, people = who_waits(ready, departed)
    assert (people > 0).all()
    left = np.zeros_like(ready)
    np.add.at(left, (commodity, step), people)
    assert (left <= ready).all()
    assert (left.sum(axis=1) == ready.sum(axis=1) - departed.sum(axis=1)).all()
    # Those who have left can be matched with departures after their readiness …
    gone = ready - left
    assert (np.cumsum(gone, axis=1) >= np.cumsum(departed, axis=1)).all()
    # … and no other choice of who is left has more of them ready by any step.
    waiting = np.minimum.accumulate((np.cumsum(ready - departed, axis=1))[:, ::-1], axis=1)[:, ::-1]
    assert (np.cumsum(left, axis=1) == waiting).all()


@pytest.fixture(scope="module")
def city() -> tuple[ClassProblem, Spreader]:
    problem = class_problem_of(class_city(120, seed=3, horizon_h=12))
    pricer = Pricer(problem)
    ways = pricer.ways(np.zeros(len(problem.layers.resources.capacity), np.int64))
    spreader = solve._spreader(problem, pricer, ways)
    spreader.climb(0.5, 30)
    return problem, spreader


def sent(city: tuple[ClassProblem, Spreader]) -> tuple[Placements, Rooms]:
    problem, spreader = city
    rooms = rooms_of(problem, spreader.patterns)
    way = {"group_size": 7, "filling": 1.0, "ahead": 0, "slack_h": 0.05, "grain_h": 1e-3}
    placements = dispatched(problem, Outlook(spreader).guide, rooms, **way)
    assert placements is not None
    return placements, rooms


def test_who_is_taken_out_leaves_all_the_room_there_was(city: tuple[ClassProblem, Spreader]) -> None:
    problem, spreader = city
    placements, rooms = sent(city)
    choices = Outlook(spreader).guide.choices
    assert rooms.trips.sum() > 0
    before = [np.array(part) for part in rooms]
    some = np.random.default_rng(0).permutation(len(placements.people))[: len(placements.people) // 2]
    take_out(placements, np.sort(some), choices, rooms)
    put_back(placements, some, choices, rooms)
    for one, two in zip(before, rooms, strict=True):
        np.testing.assert_array_equal(one, two)
    take_out(placements, np.arange(len(placements.people)), choices, rooms)
    for one, two in zip(rooms_of(problem, spreader.patterns), rooms, strict=True):
        np.testing.assert_array_equal(one, two)


def test_polishing_saves_what_it_says_and_never_makes_a_plan_worse(
    city: tuple[ClassProblem, Spreader],
) -> None:
    problem, spreader = city
    placements, rooms = sent(city)
    at_first = placed(problem, spreader.book, placements, rooms.trips).objective
    polisher = Polisher(problem, spreader, placements, 1.0)
    before = at_first
    for _ in range(4):
        polisher.improve(25, lambda: False)
        now = polisher.placed().objective
        assert now <= before
        assert at_first - now == pytest.approx(polisher.saved_h * 1e6, rel=1e-6, abs=10)
        before = now
    assert before < at_first
    again = Polisher(problem, spreader, placements, 1.0)
    again.improve(100, lambda: False)
    assert again.placed().objective == before  # the same tries, the same plan


def test_no_time_left_still_gives_a_plan_with_its_proof() -> None:
    problem = class_problem_of(class_city(60, seed=1, horizon_h=6))
    at_once = Stop(asked=lambda: True)
    quick = solve.solve_classes(problem, stop=at_once, report=lambda *_: None, begun_s=time.monotonic())
    whole = solve.solve_classes(problem, stop=Gap(0.0), report=lambda *_: None, begun_s=time.monotonic())
    assert quick.lower_bound <= whole.lower_bound <= whole.placed.objective <= quick.placed.objective
    assert len(quick.rounds) == 1


def test_with_a_time_limit_there_is_a_plan_soon_and_time_to_make_it_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each round of prices takes 15 s of 100, plans made side by side 2 s."""
    now, told, plans = [0.0], [], []
    monkeypatch.setattr(solve, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def lasting(name: str, seconds: float) -> None:
        done = getattr(solve._Search, name)

        def slow(self: Any, *args: Any, **named: Any) -> Any:
            found = done(self, *args, **named)
            now[0] += seconds
            told.append((name, now[0]))
            if name == "_sent":
                plans.append((now[0], args[0]))
            return found

        monkeypatch.setattr(solve._Search, name, slow)

    for name, seconds in (("_prove", 15.0), ("_sent", 2.0), ("_improve", 50.0)):
        lasting(name, seconds)
    problem = class_problem_of(class_city(60, seed=1, horizon_h=6))
    answer = solve.solve_classes(problem, stop=Stop(seconds=100), report=lambda *_: None, begun_s=0.0)
    assert [name for name, _ in told].count("_prove") == 4
    early, late = solve._GROUPS[: solve._EARLY], solve._GROUPS
    assert plans[:4] == [(17.0, early), (34.0, early), (51.0, early), (68.0, late)]
    assert told[-1][0] == "_improve"
    assert answer.placed.objective <= answer.rounds[0]["objective"]


def test_a_plan_is_the_same_on_one_processor_as_on_several(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = class_problem_of(class_city(60, seed=2, horizon_h=6))

    def solved(n_threads: int) -> solve.ClassAnswer:
        with ThreadPoolExecutor(n_threads, initializer=abreast._begin) as threads:
            monkeypatch.setattr(abreast, "_threads", lambda _: None if n_threads == 1 else threads)
            return solve.solve_classes(
                problem, stop=Gap(0.0), report=lambda *_: None, begun_s=time.monotonic(), tries=(100,)
            )

    one, several = solved(1), solved(4)
    assert (one.lower_bound, one.placed.objective) == (several.lower_bound, several.placed.objective)
    np.testing.assert_array_equal(one.price, several.price)
    np.testing.assert_array_equal(one.placed.entered, several.placed.entered)


def test_groups_sent_in_parts_go_the_same_ways_and_end_when_time_is_up(
    city: tuple[ClassProblem, Spreader], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, spreader = city
    whole, _ = sent(city)
    monkeypatch.setattr(pour, "_AT_ONCE", 17)
    parts, _ = sent(city)
    for one, two in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, two)
    looks = iter([False, False, True])
    rooms, guide = rooms_of(problem, spreader.patterns), Outlook(spreader).guide
    way = {"group_size": 7, "filling": 1.0, "ahead": 0, "slack_h": 0.05, "grain_h": 1e-3}
    assert dispatched(problem, guide, rooms, over=lambda: next(looks), **way) is None
    assert next(looks, None) is None


@pytest.mark.parametrize(("load", "crowded"), [(0.2, False), (3.0, True)])
def test_buses_are_dearer_where_somebody_finds_no_room(
    monkeypatch: pytest.MonkeyPatch, load: float, crowded: bool
) -> None:
    tried: list[float] = []
    sent_so = solve._Search._sent

    def noted(self: Any, groups: solve.Groups, **named: Any) -> list[float]:
        tried.append(named.get("dearer_h", 0.0))
        return sent_so(self, groups, **named)

    monkeypatch.setattr(solve._Search, "_sent", noted)
    problem = class_problem_of(class_city(60, seed=1, load=load, horizon_h=6))
    stop = Stop(asked=lambda: bool(tried))
    answer = solve.solve_classes(problem, stop=stop, report=lambda *_: None, begun_s=time.monotonic())
    assert answer.placed.staying.any() == crowded
    assert any(tried) == crowded


def test_a_dearer_bus_makes_nothing_cheaper(city: tuple[ClassProblem, Spreader]) -> None:
    _, spreader = city
    assert (spreader.market.parts(spreader.live)[0][spreader.market._fleet_rows] > 0).any()
    plain, dearer = Outlook(spreader).guide, Outlook(spreader, dearer_h=0.5).guide
    assert (dearer.at_home >= plain.at_home - 1e-9).all()
    assert (dearer.at_home > plain.at_home + 1e-3).any()


def test_a_seat_in_a_bus_that_goes_anyway_is_free(city: tuple[ClassProblem, Spreader]) -> None:
    _, spreader = city
    _, rooms = sent(city)
    chance = np.random.default_rng(0)
    tolls = chance.random((spreader.n_steps, spreader.known))
    rooms.seats_left[:] = chance.integers(0, 2, rooms.seats_left.shape)
    asked = np.full_like(tolls, -1.0)
    asked_between(3, 20, rooms, 2.0, tolls, asked)
    rides = rooms.bus_of >= 0
    free = rooms.seats_left[rooms.bus_of[rides], 3:20].T > 0
    assert free.any()
    assert not free.all()
    np.testing.assert_array_equal(asked[3:20, rides], np.where(free, 0.0, 2.0 * tolls[3:20, rides]))
    np.testing.assert_array_equal(asked[3:20, ~rides], tolls[3:20, ~rides])
    assert (np.delete(asked, np.s_[3:20], axis=0) == -1.0).all()


@pytest.mark.parametrize("seed", range(12))
def test_what_prices_prove_of_the_known_ways_is_what_they_prove_of_all_once_the_cheapest_are_known(
    city: tuple[ClassProblem, Spreader], seed: int
) -> None:
    problem, spreader = city
    chance = np.random.default_rng(seed)
    spreader.active[:] = True  # prices of everything count
    spreader.learn()
    before = spreader.live.copy()
    priced = spreader.market.counts & (chance.random(len(before)) < 0.3)
    try:
        spreader.live = np.where(priced, chance.random(len(before)) * chance.choice([0.001, 0.1, 3.0]), 0.0)
        price = spreader.whole_prices()
        for _ in range(4):
            ways = spreader.pricer.ways(price)
            known = spreader.spread(1e-6).value
            assert known >= ways.lower_bound / 1e6 - 1e-4 * problem.people.people.sum()
            for way in solve._ways_nearby(problem, ways, 0)[:1]:
                spreader.book.of(way)
            spreader.learn()
        assert spreader.spread(1e-6).value == pytest.approx(ways.lower_bound / 1e6, rel=1e-3, abs=1.0)
    finally:
        spreader.live = before


def test_an_outlook_renewed_where_something_changed_is_one_worked_out_anew(
    city: tuple[ClassProblem, Spreader],
) -> None:
    _, spreader = city
    _, rooms = sent(city)
    n_steps = spreader.n_steps
    begin, end = n_steps // 3, 2 * n_steps // 3
    left = rooms.left[: spreader.active.size * n_steps].reshape(-1, n_steps)
    some = left[:, begin:end].copy()
    left[:, begin:end] = 0
    outlook = Outlook(spreader, 0.5, rooms, 2.0)
    before = outlook.guide.at_home.copy()
    left[:, begin:end] = some
    reach = int(abs(spreader.few[2]).max()) + 1
    first = begin - reach
    outlook.renew(first, end + reach)
    anew = Outlook(spreader, 0.5, rooms, 2.0).guide
    np.testing.assert_array_equal(outlook.guide.there[:, first:], anew.there[:, first:])
    np.testing.assert_array_equal(outlook.guide.at_home[first:], anew.at_home[first:])
    assert (outlook.guide.at_home[first:] < before[first:]).any()
    np.testing.assert_array_equal(outlook.guide.at_home[:first], before[:first])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_tolls_are_sums_over_uses_whatever_the_steps_asked_for(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n, n_steps, n_families = int(chance.integers(1, 6)), int(chance.integers(1, 60)), 3
    size = chance.integers(0, 4, n)
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    family, offset = chance.integers(0, n_families, size.sum()), chance.integers(-5, 20, size.sum())
    amount, prices = chance.random(size.sum()), chance.random((n_families, n_steps))
    begin, end = sorted(chance.integers(0, n_steps + 1, 2).tolist())
    tolls = np.full((n_steps, n), -1.0)
    tolled(begin, end, (first, family, offset, amount), prices, tolls)
    for k in range(n_steps):
        for s in range(n):
            uses = [
                amount[i] * prices[family[i], k + offset[i]]
                for i in range(first[s], first[s + 1])
                if 0 <= k + offset[i] < n_steps
            ]
            assert tolls[k, s] == (pytest.approx(sum(uses)) if begin <= k < end else -1.0)
