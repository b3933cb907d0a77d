"""Where a plan and a bound are apart: the gap, split over the intervals in which it arises."""

from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.plan.adaptive.dispatch import Dispatched
from farshore.plan.adaptive.grid import Grid
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.solver import Ways
from farshore.scenario.timing import Ints

__all__ = ["shortfall"]

_THERE: Final = 0.8  # of a loss on the way, what is put down to when the cheapest way would leave


def shortfall(
    problem: Problem, grid: Grid, plan: Dispatched, prices: Prices, ways: Ways
) -> npt.NDArray[np.float64]:
    """The gap between a plan and the bound of some prices by interval: float64[n_cells], ≥ 0.

    By weak duality the gap is a sum: priced room that nobody takes, and what people lose on the way that they
    take, or by waiting, against the cheapest with prices added. What is lost on a way is mostly the fault of
    prices when the cheapest way would leave: there they may be too low.
    """
    timing, part = problem.timing, plan.part
    n_steps = timing.n_steps
    found = np.zeros(grid.n_cells)

    def book(worth: npt.NDArray[np.float64], step: Ints) -> None:
        interval = np.searchsorted(grid.cells, np.clip(step, 0, n_steps - 1), side="right") - 1
        np.add.at(found, interval, np.maximum(worth, 0.0))

    chain_of = np.full(len(timing.tail), -1, np.int64)
    entry_of = np.zeros(len(timing.tail), np.int64)
    chain_of[part.links], entry_of[part.links] = part.chain_of_link(), part.entry
    load = np.zeros(len(prices.arc), np.int64)
    chain, entered = chain_of[prices.arc], prices.step - entry_of[prices.arc]
    known = (chain >= 0) & (entered >= 0)
    load[known] = plan.load[chain[known], entered[known]]
    room = timing.capacities[timing.capacity_of[prices.arc], prices.step] - load
    book(prices.price.astype(float) * room, prices.step - grid.offset[timing.tail[prices.arc]])
    host, step = np.nonzero(prices.intake)
    spare = timing.intake[host, step] - plan.taken_in[host, step]
    book(prices.intake[host, step].astype(float) * spare, step - grid.offset[timing.host_node[host]])

    ahead = np.concatenate([ways.staying[:, 1:], np.full((len(timing.people), 1), timing.left_cost)], axis=1)
    lost = (timing.wait_cost + ahead - ways.staying).astype(float) * plan.at_home
    book(lost.sum(axis=0), np.arange(n_steps))
    better = np.empty(ways.staying.shape, np.int64)  # when somebody at home leaves by the cheapest way
    goes = np.full(len(timing.people), n_steps - 1)
    for k in range(n_steps - 1, -1, -1):
        goes = np.where(ways.from_home[:, k] == ways.staying[:, k], k, goes)
        better[:, k] = goes
    row_of, chain_prices = prices.on_chains(problem, part)
    host_price = prices.intake + prices.beds[:, None]
    for way in range(len(plan.zone)):
        step = np.flatnonzero(plan.sent[way])
        paid = plan.way_cost[way, step].astype(float)
        entered = step.copy()
        for each in plan.chains[way]:
            if row_of[each] >= 0:
                paid += chain_prices[row_of[each], entered]
            entered = entered + part.steps[each]
        paid += host_price[plan.host[way], entered]
        loss = (paid - ways.staying[plan.zone[way], step]) * plan.sent[way, step]
        book(loss * (1 - _THERE), step)
        book(loss * _THERE, better[plan.zone[way], step])
    return found
