"""Linear programs, solved by OR-Tools."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["least_cost"]

Floats = npt.NDArray[np.float64]


def least_cost(
    cost: Floats, matrix: Any, lower: Floats, upper: Floats, seconds: float | None = None
) -> Floats | None:
    """The corner x ≥ 0 with the least `cost · x` and lower ≤ matrix · x ≤ upper; None if not found in time.

    matrix : a sparse matrix of SciPy, [n_rows, n_columns]; seconds : None for as many as it takes

    Dual simplex (GLOP of OR-Tools), on one processor: the same every time.
    """
    # What takes a second to load is loaded by those who need it.
    from ortools.linear_solver.python import model_builder_helper as helper  # noqa: PLC0415

    model: Any = helper.ModelBuilderHelper()  # its stub does not know vectors
    n = len(cost)
    model.fill_model_from_sparse_data(np.zeros(n), np.full(n, np.inf), cost, lower, upper, matrix)
    solver = helper.ModelSolverHelper("GLOP")
    solver.set_solver_specific_parameters("use_dual_simplex: true")
    if seconds is not None:
        solver.set_time_limit_in_seconds(max(0.01, seconds))
    solver.solve(model)
    if solver.status() != helper.SolveStatus.OPTIMAL:
        return None
    return np.maximum(np.asarray(solver.variable_values(), np.float64), 0.0)
