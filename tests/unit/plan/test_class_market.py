"""People spread under prices: the slope of what prices prove, and the same in coarser steps."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.class_instances import class_city

from farshore.plan.classes import solve
from farshore.plan.classes.frame import CLOSED, coarser
from farshore.plan.classes.market import Market
from farshore.plan.classes.model import class_problem_of
from farshore.plan.classes.pricing import Pricer
from farshore.plan.classes.spread import Spreader
from farshore.scenario.timing import UNLIMITED


@pytest.fixture(scope="module")
def spreader() -> Spreader:
    problem = class_problem_of(class_city(60, seed=2, horizon_h=9))
    pricer = Pricer(problem)
    ways = pricer.ways(np.zeros(len(problem.layers.resources.capacity), np.int64))
    return solve._spreader(problem, pricer, ways)


@pytest.mark.parametrize("per", [1, 4])
def test_what_is_left_is_the_slope_of_what_prices_prove(spreader: Spreader, per: int) -> None:
    market = Market(coarser(spreader.frame, per), np.ones_like(spreader.active))
    chance = np.random.default_rng(per)
    live = np.where(market.counts, 0.01 * chance.random(len(market.index)), 0.0)
    toward = np.where(market.counts, chance.normal(size=len(live)), 0.0)
    step = 1e-7
    ahead, behind = (market.spread(np.maximum(live + way * step * toward, 0.0), 0.3).value for way in (1, -1))
    slope = float((market.spread(live, 0.3).used - market.room)[market.counts] @ toward[market.counts])
    assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=1e-3)


def test_steps_taken_one_by_one_are_the_same_frame(spreader: Spreader) -> None:
    one, same = spreader.frame, coarser(spreader.frame, 1)
    opens = one.choices.cost < CLOSED
    np.testing.assert_array_equal(same.choices.cost < CLOSED, opens)
    np.testing.assert_allclose(same.choices.cost[opens], one.choices.cost[opens])
    for mine, other in zip(same.choices.slow, one.choices.slow, strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(same.uses.amount, one.uses.amount)
    np.testing.assert_array_equal(same.capacity, one.capacity)


def test_where_there_is_nothing_of_a_kind_steps_become_longer_too(spreader: Spreader) -> None:
    frame = replace(spreader.frame, families=spreader.frame.families[:0])
    assert coarser(frame, 4).families.shape == (0, -(-spreader.n_steps // 4))


@pytest.mark.parametrize("per", [3, 4, 7])
def test_longer_steps_have_the_same_people_and_as_much_of_everything(spreader: Spreader, per: int) -> None:
    fine, coarse = spreader.frame, coarser(spreader.frame, per)
    n = -(-len(fine.ready) // per)
    assert coarse.ready.shape[0] == coarse.choices.cost.shape[1] == len(coarse.day) == n
    np.testing.assert_array_equal(coarse.ready.sum(axis=0), fine.ready.sum(axis=0))
    np.testing.assert_allclose(coarse.choices.home_wait.sum(axis=0), fine.choices.home_wait.sum(axis=0))
    limited = fine.families.sum(axis=1) < UNLIMITED
    assert limited.any()
    np.testing.assert_array_equal(coarse.families.sum(axis=1)[limited], fine.families.sum(axis=1)[limited])
    assert coarse.uses.amount.sum() == pytest.approx(fine.uses.amount.sum())


def test_a_climb_in_coarse_steps_gives_all_steps_of_one_its_price(spreader: Spreader) -> None:
    before = spreader.live.copy()
    try:
        spreader.climb(0.05, 60, per=4)
        market, timed = spreader.market, len(spreader.market.rows) * spreader.n_steps
        prices, counts = (x[:timed].reshape(-1, spreader.n_steps) for x in (spreader.live, market.counts))
        assert (prices > 0).any()
        for k in range(0, spreader.n_steps, 4):
            block, open_ = prices[:, k : k + 4], counts[:, k : k + 4]
            np.testing.assert_array_equal(block, np.where(open_, block.max(axis=1, keepdims=True), 0.0))
        again = spreader.live.copy()
        spreader.climb(0.05, 1, per=4)  # one look moves nothing
        np.testing.assert_allclose(spreader.live, again, rtol=1e-9, atol=1e-12)
    finally:
        spreader.live = before
