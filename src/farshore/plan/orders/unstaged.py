"""What no staging costs: all leave when ready by the quickest way to a host with beds, and queue."""

from dataclasses import dataclass

import numpy as np

from farshore.kernels.order_queues import queue_through
from farshore.kernels.paths import FAR, labels_from
from farshore.plan.model import Problem
from farshore.plan.reduce import reduce_network
from farshore.units import HOUR_S

__all__ = ["Unstaged", "all_at_once"]


@dataclass(frozen=True, slots=True)
class Unstaged:
    """What it comes to: cost in 10⁻⁶ person-hours, as of a plan; how many do not arrive in time."""

    cost: int
    left: int


def all_at_once(problem: Problem) -> Unstaged:
    """Let everybody leave when ready by the quickest way to a host that has beds, queueing where it is full.

    Waiting in a queue costs what waiting at ordinary exposure does, travel what the model says, not arriving
    what being left behind does. When a host's beds are gone, all who are not there yet turn to the others.
    """
    timing, reduced = problem.timing, reduce_network(problem)
    n_nodes, n_steps = len(reduced.node), timing.n_steps
    room = np.ascontiguousarray(reduced.capacities[reduced.capacity_of])
    host_room = np.where(problem.host_open, timing.intake, 0)
    beds = np.where(reduced.host_node >= 0, timing.beds, 0)
    ordinary = problem.scenario.parameter("exposure_default_rate")
    still = int(np.floor(1e6 * ordinary * timing.step_s / HOUR_S + 0.5))
    waiting = np.zeros(n_nodes, np.int64)
    coming = np.zeros((n_nodes, n_steps + 1), np.int64)
    zones = np.flatnonzero(reduced.zone_node >= 0)
    np.add.at(coming[:, :n_steps], reduced.zone_node[zones], timing.newly_ready[zones])
    cut_off = int(timing.people.sum() - timing.newly_ready[zones].sum())
    cost = taken = step = 0
    while step < n_steps:
        start = np.full(n_nodes, FAR, np.int64)
        host = np.full(n_nodes, -1, np.int64)
        for place in np.flatnonzero(beds > 0).tolist():
            start[reduced.host_node[place]] = 0
            host[reduced.host_node[place]] = place
        label, way = labels_from(n_nodes, reduced.head, reduced.tail, reduced.travel_s, start)
        order = np.argsort(-label, kind="stable")
        more, came, step = queue_through(
            order, way, reduced.head, reduced.steps, room, reduced.cost_of, reduced.costs, reduced.flat_cost,
            host, host_room, beds, waiting, coming, still, step, n_steps,
        )  # fmt: skip
        cost, taken = cost + more, taken + came
    left = int(timing.people.sum()) - taken
    stayed = np.ones(len(timing.people), bool)
    stayed[zones] = False
    cost += int((np.cumsum(timing.newly_ready[stayed], axis=1) * timing.wait_cost[stayed]).sum())
    assert left >= cut_off
    return Unstaged(int(cost + left * timing.left_cost), left)
