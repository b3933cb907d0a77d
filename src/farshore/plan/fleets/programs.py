"""The one door to HiGHS: linear programs with their prices, and programs in whole numbers."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

__all__ = ["Least", "least_cost", "least_whole_cost"]

Floats = npt.NDArray[np.float64]

_INFEASIBLE: Final = 2


@dataclass(frozen=True, eq=False)
class Least:
    """What came of a program: `amounts` is None where there is no answer, or none was found in time.

    impossible : whether it was proven that there is none
    prices_below, prices_equal : what one unit more of each limit is worth, 0 or more for limits from above
    bound : no cost is lower, of a program in whole numbers
    """

    amounts: Floats | None
    cost: float
    impossible: bool
    prices_below: Floats
    prices_equal: Floats
    bound: float = -float("inf")


def least_cost(
    costs: Floats,
    below: Any,
    limits: Floats,
    *,
    equal: Any = None,
    equal_to: Floats | None = None,
    upper: Floats | None = None,
) -> Least:
    """Amounts of 0 or more, at most `upper`, of least cost with below · x ≤ limits and equal · x = equal_to.

    below, equal : sparse arrays; Huangfu, Q. & Hall, J. A. J. (2018), Parallelizing the dual revised
    simplex method.
    """
    bounds: Any = (0, None) if upper is None else np.stack([np.zeros(len(upper)), upper], axis=1)
    answer: Any = linprog(
        costs, A_ub=below, b_ub=limits, A_eq=equal, b_eq=equal_to, bounds=bounds, method="highs-ds"
    )
    if answer.status != 0:
        none = np.zeros(0)
        return Least(None, float("inf"), answer.status == _INFEASIBLE, none, none)
    return Least(
        np.asarray(answer.x, np.float64),
        float(answer.fun),
        False,
        -np.asarray(answer.ineqlin.marginals, np.float64),
        np.asarray(answer.eqlin.marginals, np.float64),
    )


def least_whole_cost(
    costs: Floats, rows: Any, low: Floats, high: Floats, *, seconds: float, nodes: int, gap: float = 0.0
) -> Least:
    """Whole amounts of 0 or more of least cost with low ≤ rows · x ≤ high: the best found.

    seconds : when it must end; nodes : of branch and bound after which it ends, the same on every machine
    gap : share of the cost by which the best may be cheaper than what is returned
    """
    answer: Any = milp(
        costs,
        constraints=LinearConstraint(rows, low, high),
        integrality=np.ones(len(costs), np.int64),
        bounds=Bounds(0, np.inf),
        options={"time_limit": max(0.05, seconds), "node_limit": nodes, "mip_rel_gap": gap},
    )
    none = np.zeros(0)
    bound = -float("inf") if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
    if answer.x is None:
        return Least(None, float("inf"), answer.status == _INFEASIBLE, none, none, bound)
    return Least(np.rint(answer.x), float(answer.fun), False, none, none, bound)
