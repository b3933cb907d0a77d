"""Dual prices: what one more place on an arc, in an intake or in a bed would be worth to the plan."""

from dataclasses import dataclass

import numpy as np

from farshore.plan.model import Problem
from farshore.plan.reduce import Reduced
from farshore.results.outcome import Outcome
from farshore.scenario.timing import Ints

__all__ = ["Prices", "prices_of"]


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices per person, whole numbers.

    arc, step, price : int64[n_priced], of entering an arc of the whole network in a step, price > 0
    intake : int64[n_hosts, n_steps]; beds : int64[n_hosts], ≥ 0
    """

    arc: Ints
    step: Ints
    price: Ints
    intake: Ints
    beds: Ints

    @classmethod
    def none(cls, problem: Problem) -> "Prices":
        """No price on anything."""
        nothing = np.empty(0, np.int64)
        n_hosts = len(problem.host_open)
        return cls(
            nothing,
            nothing,
            nothing,
            np.zeros(problem.host_open.shape, np.int64),
            np.zeros(n_hosts, np.int64),
        )

    def on_chains(self, problem: Problem, reduced: Reduced) -> tuple[Ints, Ints]:
        """What entering each chain costs by the prices of its arcs.

        returns : row_of int64[n_chains], −1 for chains without a price; prices int64[n_rows, n_steps]
        """
        chain_of = np.full(len(problem.timing.tail), -1, np.int64)
        entry_of = np.zeros(len(problem.timing.tail), np.int64)
        chain_of[reduced.links], entry_of[reduced.links] = reduced.chain_of_link(), reduced.entry
        chain, entered = chain_of[self.arc], self.step - entry_of[self.arc]
        counts = (chain >= 0) & (entered >= 0)  # nobody enters a chain before the first step
        rows, row = np.unique(chain[counts], return_inverse=True)
        row_of = np.full(len(reduced.tail), -1, np.int64)
        row_of[rows] = np.arange(len(rows))
        prices = np.zeros((len(rows), problem.timing.n_steps), np.int64)
        np.add.at(prices, (row, entered[counts]), self.price[counts])
        return row_of, prices


def prices_of(outcome: Outcome, problem: Problem, first: int = 0) -> Prices:
    """The prices of a plan's certificate for the steps from one on, which is the problem's first."""
    certificate = outcome.certificate
    arc_row = {code: row for row, code in enumerate(problem.timing.arc_ids)}
    host_row = outcome.scenario.hosts.position()
    rows = [
        (arc_row[code], step - first, price)
        for (code, step), price in certificate.link_price.items()
        if step >= first
    ]
    arc, step, price = np.array(rows, np.int64).reshape(-1, 3).T
    prices = Prices.none(problem)
    for (host, k), worth in certificate.intake_price.items():
        if k >= first:
            prices.intake[host_row[host], k - first] = worth
    for host, worth in certificate.bed_price.items():
        prices.beds[host_row[host]] = worth
    return Prices(arc.copy(), step.copy(), price.copy(), prices.intake, prices.beds)
