"""Plans with adaptive steps: they are of the fine problem, and their bound is below its best."""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farshore.plan import Gap, certify, plan, write_plan
from farshore.plan.adaptive.condensed import condense
from farshore.plan.adaptive.grid import Grid, first_grid
from farshore.plan.model import problem_of
from farshore.plan.reduce import reduce_network
from farshore.scenario.scenario import Scenario
from tests.oracle import Oracle
from tests.strategies import small_scenarios

often = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

crowded = small_scenarios(max_nodes=4, max_hosts=2, max_persons=40)


def in_finer_steps(scenario: Scenario, times: int) -> Scenario:
    """The same scenario with steps so many times shorter."""
    about = dataclasses.replace(scenario.about, step_s=scenario.about.step_s // times)
    return dataclasses.replace(scenario, about=about)


@often
@given(st.one_of(small_scenarios(), crowded), st.sampled_from((1, 3)), st.sampled_from((0.0, 0.01, 0.2)))
def test_bound_best_plan(scenario: Scenario, times: int, gap: float) -> None:
    """The bound is below the best objective in fine steps, the plan not; the gap asked for is kept."""
    scenario = in_finer_steps(scenario, times)
    outcome = plan(scenario, stop=Gap(gap), steps="adaptive")
    certificate, oracle = outcome.certificate, Oracle(scenario)
    assert certificate.lower_bound <= oracle.optimum() <= certificate.objective == oracle.cost_of(outcome)
    assert outcome.complete
    assert certificate.objective - certificate.lower_bound <= gap * certificate.objective


@settings(often, max_examples=25)
@given(crowded)
def test_its_folder_is_certified(scenario: Scenario) -> None:
    outcome = plan(in_finer_steps(scenario, 3), stop=Gap(0.05), steps="adaptive")
    with tempfile.TemporaryDirectory() as folder:
        write_plan(outcome, Path(folder) / "plan")
        checked = certify(Path(folder) / "plan")
    assert checked.objective == outcome.certificate.objective
    assert checked.lower_bound == outcome.certificate.lower_bound


@often
@given(st.one_of(small_scenarios(), crowded))
def test_cells_of_one_step_are_the_problem_itself(scenario: Scenario) -> None:
    """Where every cell is a step, the flow over intervals is a best plan."""
    problem = problem_of(scenario)
    reduced = reduce_network(problem)
    found = condense(problem, reduced, first_grid(problem, reduced, step_s=1), over=lambda: False)
    assert found is not None
    late = problem.timing.left_cost * int(problem.timing.late.sum())
    assert found.objective + late == Oracle(scenario).optimum()


@given(
    st.sets(st.integers(1, 59), max_size=8),
    st.sets(st.integers(1, 59), max_size=8),
    st.data(),
)
def test_refining_ends_where_every_step_is_told_apart(
    cells: set[int], bursts: set[int], data: st.DataObject
) -> None:
    """Cells are only ever cut, where there is worth, and cutting ends with cells of one step."""
    grid = Grid(
        np.array([0, *sorted(cells), 60]),
        np.zeros(1, np.int64),
        np.empty(0, np.int64),
        np.array(sorted(bursts), np.int64),
    )
    for _ in range(80):
        worth = np.array(data.draw(st.lists(st.integers(0, 3), min_size=grid.n_cells, max_size=grid.n_cells)))
        finer = grid.refined(worth + 0.001, share=0.8)
        assert set(grid.cells) <= set(finer.cells)
        assert set(grid.cuts) <= set(finer.cuts) <= set(bursts)
        grid = finer
        if grid.n_cells == 60:
            break
    else:
        raise AssertionError("still coarse")
    assert set(grid.cuts) == bursts
