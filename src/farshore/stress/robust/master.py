"""Between plans and cuts: the mixture of plans that is best against the dearest of the cuts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

__all__ = ["mixture"]

Floats = npt.NDArray[np.float64]


def mixture(values: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
    """Shares of the plans that make the dearest cut least, and shares of the cuts that prove it.

    values : of each cut for each plan
    returns : float64[n_plans], float64[n_cuts], each adding up to 1 (a matrix game: von Neumann 1928)
    """
    table = np.asarray(values, np.float64)
    n_cuts, n_plans = table.shape
    spread = float(np.ptp(table)) or 1.0
    scaled = (table - table.min()) / spread
    answer: Any = linprog(
        np.append(np.zeros(n_plans), 1.0),
        A_ub=np.hstack([scaled, -np.ones((n_cuts, 1))]),
        b_ub=np.zeros(n_cuts),
        A_eq=np.append(np.ones(n_plans), 0.0)[None, :],
        b_eq=np.ones(1),
        bounds=[(0, None)] * n_plans + [(None, None)],
        method="highs-ds",
    )
    if answer.status != 0:
        raise AssertionError(f"mixing plans: {answer.message}")
    return _shares(answer.x[:n_plans]), _shares(-answer.ineqlin.marginals)


def _shares(values: Floats) -> Floats:
    """Without what is only rounding, adding up to 1."""
    kept = np.where(values > 1e-7, values, 0.0)
    return np.asarray(kept / kept.sum())
