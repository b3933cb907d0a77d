"""What a greedy planner would make of the same problem: a measure of what planning exactly is worth."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from farshore.kernels.ccrp import capacity_constrained_routes
from farshore.kernels.earliest_arrival import Flow, Releases, releases_of
from farshore.kernels.exact import exact_sum
from farshore.kernels.network import UNLIMITED, Network, build_network
from farshore.plan.model import Problem
from farshore.plan.moves import Moves, moves_of
from farshore.plan.reduce import Reduced
from farshore.scenario.timing import Ints

__all__ = ["Greedy", "compared", "plan_greedily"]

_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Greedy:
    """A greedy plan's cost by the objective of docs/model.md, in 10⁻⁶ person-hours, and how many stay."""

    objective: int
    unserved: int


def plan_greedily(problem: Problem, reduced: Reduced) -> Greedy:
    """A plan in which whoever can arrive soonest with what is left goes next, and nobody gives way again.

    It is a capacity-constrained route planner (`kernels.ccrp`) on the planner's own reduced network: the same
    capacities in each step, intake, beds and readiness, nobody turning straight back, nobody waiting but at
    home. It looks at arrivals only; its plan is then charged what docs/model.md charges, exposure included.
    """
    timing, moves = problem.timing, moves_of(reduced)
    network, releases, zone = _given(problem, reduced, moves)
    found = capacity_constrained_routes(network, releases)
    cost = _cost_of(problem, reduced, moves, network, found.flow)
    stays = found.unserved_persons
    # Waiting from a step to the end, and being left behind.
    to_the_end = np.cumsum(timing.wait_cost[:, ::-1], axis=1)[:, ::-1] + timing.left_cost
    cost += exact_sum(stays, to_the_end[zone, releases.step])
    late = int(timing.late.sum())
    return Greedy(cost + timing.left_cost * late, int(stays.sum()) + late)


def compared(problem: Problem, greedy: Greedy, objective: int, unserved: int) -> dict[str, Any]:
    """How a plan compares with the greedy one, for the summary; in person-hours.

    `worse_by` is what the greedy plan costs more, as a share of the plan's exposure and travel; None where
    the two leave different numbers of people behind.
    """
    exposure = objective - problem.timing.left_cost * unserved
    same = greedy.unserved == unserved and exposure > 0
    return asdict(greedy) | {
        "objective": greedy.objective / _MICRO,
        "more_unserved": greedy.unserved - unserved,
        "worse_by": (greedy.objective - objective) / exposure if same else None,
    }


def _given(problem: Problem, reduced: Reduced, moves: Moves) -> tuple[Network, Releases, Ints]:
    """The network and the people as the kernel takes them, and the zone of each release."""
    timing = problem.timing
    hosts, zones = np.flatnonzero(moves.host >= 0), np.flatnonzero(moves.home >= 0)
    beds = moves.n_nodes + np.arange(len(hosts))
    n_nodes = moves.n_nodes + len(hosts)
    steps, profile = np.zeros(len(moves.chain), np.int64), np.full(len(moves.chain), -1, np.int64)
    drives = moves.chain >= 0
    steps[drives] = reduced.steps[moves.chain[drives]]
    profile[drives] = reduced.capacity_of[moves.chain[drives]]
    storage = np.zeros(n_nodes, np.int64)
    storage[moves.home[zones]] = UNLIMITED
    network = build_network(
        n_nodes=n_nodes,
        n_steps=timing.n_steps,
        tail=np.concatenate([moves.tail, moves.host[hosts]]),
        head=np.concatenate([moves.head, beds]),
        transit_steps=np.concatenate([steps, np.zeros(len(hosts), np.int64)]),
        capacity_persons=np.full(len(steps) + len(hosts), UNLIMITED),
        sinks=beds,
        sink_limit_persons=np.minimum(timing.beds[hosts], UNLIMITED),
        storage_persons=storage,
        profile=np.concatenate([profile, len(reduced.capacities) + np.arange(len(hosts))]),
        profile_persons=np.concatenate(
            [reduced.capacities, np.where(problem.host_open, timing.intake, 0)[hosts]]
        ),
    )
    row, step = np.nonzero(timing.newly_ready)
    return network, releases_of(moves.home[row], step, timing.newly_ready[row, step]), row


def _cost_of(problem: Problem, reduced: Reduced, moves: Moves, network: Network, flow: Flow) -> int:
    """What all entries of links cost: driving, and waiting at home."""
    timing = problem.timing
    given = network.given_link[flow.link]
    step, persons = flow.step.astype(np.int64), flow.persons.astype(np.int64)
    waits = given < 0
    zone_of = np.full(network.n_nodes, -1, np.int64)
    zones = np.flatnonzero(moves.home >= 0)
    zone_of[moves.home[zones]] = zones
    zone = zone_of[network.tail[flow.link[waits]]]
    total = exact_sum(persons[waits], timing.wait_cost[zone, step[waits]])
    drives = ~waits & (given < len(moves.chain))
    drives[drives] = moves.chain[given[drives]] >= 0
    chain = moves.chain[given[drives]]
    cost, row = reduced.flat_cost[chain].copy(), reduced.cost_of[chain]
    cost[row >= 0] += reduced.costs[row[row >= 0], step[drives][row >= 0]]
    return total + exact_sum(persons[drives], cost)
