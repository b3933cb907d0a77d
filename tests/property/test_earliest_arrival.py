"""The earliest-arrival flow against maximum flows on the whole expansion, on small networks of every kind."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.ccrp import capacity_constrained_routes
from farshore.kernels.earliest_arrival import earliest_arrival
from farshore.kernels.flow_paths import flow_paths
from farshore.kernels.network import capacities
from farshore.kernels.warm_start import resume
from tests.expansions import assert_feasible, most_by_step
from tests.network_strategies import Problem, small_networks


def _looked_at(n_steps: int) -> range:
    return range(n_steps) if n_steps <= 12 else range(0, n_steps, 13)


@settings(deadline=None, max_examples=150)
@given(small_networks())
def test_no_flow_brings_more_people_by_any_step(problem: Problem) -> None:
    network, releases = problem
    solution = earliest_arrival(network, releases)
    assert_feasible(network, releases, solution)
    assert (solution.most_persons == np.cumsum(solution.arrivals_persons)).all()
    assert solution.proven_steps == network.n_steps
    assert solution.arrival_sum == solution.arrival_sum_bound
    for step in (*_looked_at(network.n_steps), network.n_steps - 1):
        assert solution.most_persons[step] == most_by_step(network, releases, step)


@settings(deadline=None, max_examples=150)
@given(small_networks(limited_sinks=True))
def test_sinks_with_limits_take_the_most_people_by_every_step(problem: Problem) -> None:
    network, releases = problem
    solution = earliest_arrival(network, releases)
    assert_feasible(network, releases, solution)
    for step in (*_looked_at(network.n_steps), network.n_steps - 1):
        assert solution.most_persons[step] == most_by_step(network, releases, step)
    assert solution.most_persons[-1] == solution.arrivals_persons.sum()


@settings(deadline=None)
@given(small_networks(limited_sinks=True))
def test_the_greedy_planner_is_feasible_and_never_ahead(problem: Problem) -> None:
    network, releases = problem
    greedy, best = capacity_constrained_routes(network, releases), earliest_arrival(network, releases)
    assert_feasible(network, releases, greedy)
    assert (np.cumsum(greedy.arrivals_persons) <= best.most_persons).all()


@settings(deadline=None)
@given(small_networks(), st.integers(0, 12))
def test_stopped_at_any_step_the_beginning_is_optimal_and_the_rest_feasible(
    problem: Problem, last: int
) -> None:
    network, releases = problem
    whole = earliest_arrival(network, releases)
    part = earliest_arrival(network, releases, stop=lambda step, _: step >= last)
    assert_feasible(network, releases, part)
    known = min(last, part.proven_steps)
    assert (np.cumsum(part.arrivals_persons)[:known] == np.cumsum(whole.arrivals_persons)[:known]).all()
    if part.unserved_persons.sum() == whole.unserved_persons.sum():
        assert part.arrival_sum_bound <= whole.arrival_sum <= part.arrival_sum


@settings(deadline=None)
@given(small_networks())
def test_ways_add_up_to_the_flow_and_meet_no_vertex_twice(problem: Problem) -> None:
    network, releases = problem
    solution = earliest_arrival(network, releases)
    paths = flow_paths(network, releases, solution)
    carried = np.zeros(len(releases.node), np.int64)
    np.add.at(carried, paths.release, paths.persons)
    assert (carried == releases.persons - solution.unserved_persons).all()
    used = np.zeros((len(network.tail), network.n_steps), np.int64)
    for way in range(len(paths.persons)):
        part = slice(paths.start[way], paths.start[way + 1])
        links, steps = paths.link[part], paths.entry_step[part]
        node, step = releases.node[paths.release[way]], releases.step[paths.release[way]]
        seen = set()
        for link, entry in zip(links, steps, strict=True):
            assert network.tail[link] == node
            assert entry >= step
            used[network.wait_link[node], step:entry] += paths.persons[way]
            assert (node, entry) not in seen
            seen.add((node, entry))
            used[link, entry] += paths.persons[way]
            node, step = network.head[link], entry + network.transit_steps[link]
        assert network.sink_limit_persons[node] >= 0
        assert step == paths.arrival_step[way]
    flow = np.zeros_like(used)
    flow[solution.flow.link, solution.flow.step] = solution.flow.persons
    assert (used <= flow).all()  # what is left over goes round in no time
    arrivals = np.zeros(network.n_steps, np.int64)
    np.add.at(arrivals, paths.arrival_step, paths.persons)
    assert (arrivals == solution.arrivals_persons).all()


@settings(deadline=None, max_examples=150)
@given(small_networks(), st.integers(0, 8), st.data())
def test_planning_on_after_a_loss_equals_planning_anew(
    problem: Problem, step: int, data: st.DataObject
) -> None:
    network, releases = problem
    step = min(step, network.n_steps - 1)
    before = earliest_arrival(network, releases)
    roads = network.n_roads
    left = [capacities(network, link, np.arange(network.n_steps)) for link in range(roads)]
    for link in data.draw(st.lists(st.integers(0, roads - 1), max_size=3)) if roads else ():
        left[link] = left[link].copy()
        left[link][step:] = np.minimum(left[link][step:], data.draw(st.integers(0, 1)))
        if data.draw(st.booleans()):
            left[link][step + 2 :] += data.draw(st.integers(0, 2))
    changed = network._replace(
        profile=np.concatenate([np.arange(roads), np.full(len(network.tail) - roads, -1)]).astype(np.int32),
        profile_persons=np.array(left, np.int32).reshape(roads, network.n_steps),
    )
    restart, after = resume(network, changed, releases, before, step=step)
    assert_feasible(changed, restart.releases, after)
    anew = earliest_arrival(changed, restart.releases)
    assert (after.arrivals_persons == anew.arrivals_persons).all()
    assert (after.most_persons == anew.most_persons).all()
    assert (restart.releases.step >= step).all()
    gone = releases.persons.sum() - restart.releases.persons.sum() - restart.arrived_persons.sum()
    assert 0 <= gone <= before.unserved_persons[releases.step < step].sum()
