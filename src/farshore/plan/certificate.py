"""Prices as the certificate names them: by the codes of links and hosts."""

import numpy as np

from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.results.outcome import Certificate

__all__ = ["certificate_of"]


def certificate_of(
    problem: Problem, prices: Prices, *, objective: int, lower_bound: int, first: int = 0
) -> Certificate:
    """The certificate of a plan; `first` is the problem's first step, from the scenario's start."""
    arc_ids, hosts = problem.timing.arc_ids, problem.scenario.hosts.host_id
    order = np.lexsort((prices.step, prices.arc))
    arc, step, price = (values[order].tolist() for values in (prices.arc, prices.step, prices.price))
    return Certificate(
        objective=objective,
        lower_bound=lower_bound,
        link_price={(arc_ids[a], k + first): p for a, k, p in zip(arc, step, price, strict=True)},
        intake_price={
            (str(hosts[host]), k + first): int(prices.intake[host, k])
            for host, k in np.argwhere(prices.intake > 0).tolist()
        },
        bed_price={
            str(hosts[host]): int(prices.beds[host]) for host in np.flatnonzero(prices.beds > 0).tolist()
        },
    )
