"""The best window of one zone, against every window that there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farshore.kernels.order_windows import fit_window


def every_window(room, shut, cost, ready, most, staying_cost):
    """Least cost over first steps, rates and whoever leaves in the first step."""
    n_steps, people = len(room), int(ready[-1])
    served = min(people, most)
    best = people * staying_cost
    for first in range(n_steps):
        if shut[first]:
            continue
        for rate in range(1, served + 1):
            for at_first in range(1, min(rate, room[first], ready[first], served) + 1):
                gone, total, k = at_first, at_first * cost[first], first + 1
                while True:
                    best = min(best, total + (people - gone) * staying_cost)
                    while k < n_steps and shut[k]:
                        k += 1
                    if k >= n_steps:
                        break
                    due = min(rate, min(ready[k], served) - gone)
                    if due > room[k]:  # room for some of them makes this the last step
                        last = int(room[k])
                        cheaper = total + last * cost[k] + (people - gone - last) * staying_cost
                        if last:
                            best = min(best, cheaper)
                        break
                    gone, total, k = gone + due, total + due * cost[k], k + 1
    return best


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_window_is_the_best_of_all(data):
    n_steps = data.draw(st.integers(1, 6))
    room = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n_steps, max_size=n_steps)))
    shut = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n_steps, max_size=n_steps))) // 3
    room = np.where(shut, 0, room)
    cost = np.cumsum(data.draw(st.lists(st.integers(0, 5), min_size=n_steps, max_size=n_steps)))
    ready = np.cumsum(data.draw(st.lists(st.integers(0, 3), min_size=n_steps, max_size=n_steps)))
    most, staying = data.draw(st.integers(0, 8)), 1000
    departs = np.zeros(n_steps, np.int64)
    found, rate = fit_window(room, shut, cost, ready, most, staying, departs)
    assert found == departs @ cost + (ready[-1] - departs.sum()) * staying
    assert (departs <= room).all()
    assert departs.max(initial=0) == rate
    best = every_window(room, shut, cost, ready, most, staying)
    people, served = int(ready[-1]), min(int(ready[-1]), most)
    if departs.sum() == served:
        assert found == best
    else:  # nobody else's window serves them all either; fewer may leave by it, never more than by the best
        assert best > (people - served) * staying + served * int(cost.max())
        assert found >= best
