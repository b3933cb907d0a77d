"""The one door to OR-Tools: linear programs, solved to a stated accuracy from where one stood."""

import numpy as np
import numpy.typing as npt
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.sparse import csc_array, csc_matrix

__all__ = ["mixed"]

Floats = npt.NDArray[np.float64]


def mixed(
    costs: Floats,
    uses: csc_array,
    limits: Floats,
    n_equal: int,
    *,
    accuracy: float,
    start: tuple[Floats, Floats],
    most: int = 20_000,
) -> tuple[Floats, Floats]:
    """Amounts x ≥ 0 of least cost, about: uses · x equals the first `n_equal` limits and stays below the others.

    costs : float64[n_columns]; uses : sparse [n_rows, n_columns]; limits : float64[n_rows]
    accuracy : relative gap and infeasibility at which to stop; most : iterations at most
    start : amounts and prices to begin from
    returns : amounts float64[n_columns] ≥ 0; prices float64[n_rows], ≤ 0 but for the first `n_equal`

    Applegate, D. et al. (2021), Practical large-scale linear programming using primal-dual hybrid gradient.
    """
    n_rows, n_columns = uses.shape
    program = pdlp.QuadraticProgram()
    program.objective_vector = costs
    program.constraint_matrix = csc_matrix(uses)
    low = np.full(n_rows, -np.inf)
    low[:n_equal] = limits[:n_equal]
    program.constraint_lower_bounds = low
    program.constraint_upper_bounds = limits
    program.variable_lower_bounds = np.zeros(n_columns)
    program.variable_upper_bounds = np.full(n_columns, np.inf)
    how = solvers_pb2.PrimalDualHybridGradientParams()
    how.num_threads = 1
    how.presolve_options.use_glop = False
    until = how.termination_criteria
    until.simple_optimality_criteria.eps_optimal_relative = accuracy
    until.simple_optimality_criteria.eps_optimal_absolute = accuracy
    until.iteration_limit = most
    begin = pdlp.PrimalAndDualSolution()
    begin.primal_solution, begin.dual_solution = start
    answer = pdlp.primal_dual_hybrid_gradient(program, how, initial_solution=begin)
    return np.maximum(answer.primal_solution, 0.0), np.asarray(answer.dual_solution)
