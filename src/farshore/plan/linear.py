"""Linear programs, solved by OR-Tools, each from where another like it ended."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

__all__ = ["Corner", "least_cost"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Corner:
    """Where a linear program ended.

    values : float64[n_columns]
    basis : which columns and rows hold it, for programs of the same costs and matrix
    """

    values: Floats
    basis: Any


def least_cost(
    cost: Floats,
    matrix: Any,
    lower: Floats,
    upper: Floats,
    seconds: float | None = None,
    begin: Corner | None = None,
) -> Corner | None:
    """The corner x ≥ 0 with the least `cost · x` and lower ≤ matrix · x ≤ upper; None if not found in time.

    matrix : a sparse matrix of SciPy, [n_rows, n_columns]; seconds : None for as many as it takes
    begin : where a program of the same costs and matrix ended, from which it is mostly not far; the last rows
        may be new

    Dual simplex (GLOP of OR-Tools through MathOpt), on one processor: the same every time.
    """
    # What takes a while to load is loaded by those who need it.
    from ortools.math_opt import (  # noqa: PLC0415
        callback_pb2,
        model_parameters_pb2,
        parameters_pb2,
        result_pb2,
        solution_pb2,
    )
    from ortools.math_opt.core.python import solver  # noqa: PLC0415

    how: Any = parameters_pb2.SolveParametersProto()
    how.glop.use_dual_simplex = True
    if seconds is not None:
        how.time_limit.FromNanoseconds(int(1e9 * max(0.01, seconds)))
    where: Any = model_parameters_pb2.ModelSolveParametersProto()
    if begin is not None:
        how.glop.use_preprocessing = False  # which would lose it
        where.initial_basis.CopyFrom(begin.basis)
        held, n_known = where.initial_basis.constraint_status, len(begin.basis.constraint_status.ids)
        held.ids.extend(range(n_known, matrix.shape[0]))
        held.values.extend([solution_pb2.BASIS_STATUS_BASIC] * (matrix.shape[0] - n_known))
    glop: Any = solver.new(
        parameters_pb2.SOLVER_TYPE_GLOP,
        _program(cost, matrix, lower, upper),
        parameters_pb2.SolverInitializerProto(),
    )
    found: Any = glop.solve(how, where, None, callback_pb2.CallbackRegistrationProto(), None, None)
    if found.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
        return None
    best = found.solutions[0]
    values = np.zeros(len(cost))
    values[best.primal_solution.variable_values.ids] = best.primal_solution.variable_values.values
    return Corner(np.maximum(values, 0.0), best.basis)


def _program(cost: Floats, matrix: Any, lower: Floats, upper: Floats) -> Any:
    """As MathOpt has it."""
    from ortools.math_opt import model_pb2  # noqa: PLC0415

    n_rows, n = matrix.shape
    by_row: Any = csr_array(matrix, copy=True)
    by_row.sum_duplicates()
    model: Any = model_pb2.ModelProto()
    columns, rows = model.variables, model.linear_constraints
    columns.ids.extend(range(n))
    columns.lower_bounds.extend(np.zeros(n))
    columns.upper_bounds.extend(np.full(n, np.inf))
    columns.integers.extend([False] * n)
    rows.ids.extend(range(n_rows))
    rows.lower_bounds.extend(lower)
    rows.upper_bounds.extend(upper)
    costly = np.flatnonzero(cost)
    model.objective.linear_coefficients.ids.extend(costly)
    model.objective.linear_coefficients.values.extend(cost[costly])
    cells = model.linear_constraint_matrix
    cells.row_ids.extend(np.repeat(np.arange(n_rows), np.diff(by_row.indptr)))
    cells.column_ids.extend(by_row.indices)
    cells.coefficients.extend(by_row.data)
    return model
