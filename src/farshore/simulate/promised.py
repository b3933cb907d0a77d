"""What a rehearsal is held against: the plan's own times, hosts' beds and intake, people class by class."""

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome
from farshore.results.simulation import ClassRun, HostRun, Planned
from farshore.scenario.scenario import Scenario
from farshore.scenario.turnout import CLASSES
from farshore.simulate.demand import Demand
from farshore.simulate.observe import SHARES, Moves, reached
from farshore.simulate.riding.script import Parties

__all__ = ["class_runs", "host_runs", "planned_of"]

Ints = npt.NDArray[np.int64]


def planned_of(plan: Outcome) -> Planned:
    """Who arrives by the plan, and when shares of all people have: by the end of the step (s)."""
    moves, step_s = plan.departures, plan.scenario.about.step_s
    people = sum(plan.people.values())
    takes = np.array([route.arrival_steps for route in plan.routes], np.int64)
    step = moves.step + takes[moves.route] if len(moves.route) else np.zeros(0, np.int64)
    came = np.cumsum(np.bincount(step, weights=moves.persons, minlength=1)).astype(np.int64)

    def reached_s(share: int) -> float | None:
        at = int(np.searchsorted(came * 100, share * people))
        return float((at + 1) * step_s) if at < len(came) else None

    return Planned(people, int(moves.persons.sum()), {share: reached_s(share) for share in SHARES})


def host_runs(scenario: Scenario, moves: Moves) -> tuple[HostRun, ...]:
    """What came to each host that anybody reached, in file order."""
    hosts, found = scenario.hosts, []
    for row in np.unique(moves.host[moves.host >= 0]).tolist():
        mine = np.flatnonzero(moves.host == row)
        mine = mine[np.argsort(moves.arrived_s[mine], kind="stable")]
        came = np.cumsum(moves.persons[mine])
        an_hour = float(hosts.intake_persons_h[row])
        wait_s = 0.0
        if an_hour > 0:
            each_s = 3600 / an_hour
            begun_s = moves.arrived_s[mine] - (came - moves.persons[mine]) * each_s
            wait_s = float((np.maximum.accumulate(begun_s) - begun_s).max())
        found.append(
            HostRun(
                str(hosts.host_id[row]), int(came[-1]), max(0, int(came[-1]) - int(hosts.beds[row])), wait_s
            )
        )
    return tuple(found)


def class_runs(demand: Demand, moves: Moves, parties: Parties) -> tuple[ClassRun, ...]:
    """People of each class: all of them, and what came of those who have a departure.

    moves : people in cars first, then the parties
    """
    counted = demand.class_row[demand.persons > 0]
    classes = np.concatenate([counted, parties.class_row])
    found = []
    for row, people in enumerate(demand.class_people):
        of_class = moves.of(np.flatnonzero(classes == row))
        arrived = int(of_class.persons[of_class.host >= 0].sum())
        found.append(ClassRun(CLASSES[row], people, arrived, reached(of_class, people)[90]))
    return tuple(found)
