"""The network simplex finds flows of least cost, against HiGHS on the same networks."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from farshore.kernels.simplex import Basis, basis_of, pivot

BIG = 10**6  # what leaving a node by nothing but the way out costs


def network(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """tail, head, capacity, cost, supply; the first arcs lead from every node to the root, 0."""
    random = np.random.default_rng(seed)
    n_nodes, n_arcs = int(random.integers(2, 30)), int(random.integers(0, 120))
    inner = np.arange(1, n_nodes)
    tail = np.concatenate([inner, random.integers(0, n_nodes, n_arcs)])
    head = np.concatenate([0 * inner, random.integers(0, n_nodes, n_arcs)])
    keep = tail != head
    capacity = np.concatenate([0 * inner + 10**6, random.integers(1, 9, n_arcs)])
    cost = np.concatenate([0 * inner + BIG, random.integers(0, 20, n_arcs)])
    supply = np.append(0, random.integers(0, 6, n_nodes - 1))
    return tail[keep], head[keep], capacity[keep], cost[keep], supply


def begin(tail: np.ndarray, cost: np.ndarray, supply: np.ndarray) -> Basis:
    flow = np.zeros(len(tail), np.int64)
    flow[: len(supply) - 1] = supply[1:]
    parent = np.append(-1, np.zeros(len(supply) - 1)).astype(np.int32)
    via = np.append(-1, np.arange(len(supply) - 1)).astype(np.int32)
    return basis_of(tail, cost, flow, parent, via, 0)


@pytest.mark.parametrize("seed", range(60))
def test_flow_of_least_cost(seed: int) -> None:
    tail, head, capacity, cost, supply = network(seed)
    basis = begin(tail, cost, supply)
    assert pivot(tail.astype(np.int32), head.astype(np.int32), capacity, cost, basis, 10**6) < 10**6
    arcs, n_nodes = np.arange(len(tail)), len(supply)
    out = csr_matrix((np.ones(len(tail)), (tail, arcs)), (n_nodes, len(tail)))
    into = csr_matrix((np.ones(len(tail)), (head, arcs)), (n_nodes, len(tail)))
    balance = (out - into)[1:]
    best = linprog(cost, A_eq=balance, b_eq=supply[1:], bounds=np.column_stack([0 * capacity, capacity]))
    assert ((basis.flow >= 0) & (basis.flow <= capacity)).all()
    np.testing.assert_array_equal(balance @ basis.flow, supply[1:])
    assert int(basis.flow @ cost) == round(best.fun)
    reduced = cost + basis.potential[tail] - basis.potential[head]
    assert (reduced[basis.flow == 0] >= 0).all()
    assert (reduced[(basis.flow > 0) & (basis.flow < capacity)] == 0).all()


def test_it_goes_on_where_it_stopped() -> None:
    """One pivot at a time comes to the same end as all at once."""
    tail, head, capacity, cost, supply = network(17)
    at_once, by_one = begin(tail, cost, supply), begin(tail, cost, supply)
    ends = tail.astype(np.int32), head.astype(np.int32)
    n_pivots = pivot(*ends, capacity, cost, at_once, 10**6)
    made = 0
    while pivot(*ends, capacity, cost, by_one, 1):
        made += 1
    assert made == n_pivots > 30
    np.testing.assert_array_equal(at_once.flow, by_one.flow)
    np.testing.assert_array_equal(at_once.potential, by_one.potential)
