"""New instructions in a future: the plan in force is replanned with the losses that are known by then."""

from farshore.plan import replan
from farshore.results.outcome import Outcome
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME
from farshore.stress.draw import IN_A_FUTURE
from farshore.units import format_time, offset_of

__all__ = ["planned_on"]


def planned_on(in_force: Outcome, known: Scenario, from_s: float) -> Outcome:
    """The plan from a moment on: `farshore replan`, told of every loss that is known and not over.

    known : the scenario with the losses so far, each with its likeliest repair; from_s : s after the start
    Nobody who is on the way is turned by it: drivers choose for themselves, and the simulator turns them.
    """
    about = known.about
    start_s, offset = int(about.start.timestamp()), offset_of(about.start)
    first = -(-int(from_s) // about.step_s)
    if first >= about.n_steps:
        return in_force
    now_s, end_s = start_s + first * about.step_s, start_s + about.horizon_h * 3600
    table = known.closures
    capacity = []
    for row in range(len(table)):
        until_s = end_s if table.until_time[row] == NO_TIME else min(end_s, int(table.until_time[row]))
        begins_s = max(now_s, int(table.from_time[row]))
        if table.source[row] == IN_A_FUTURE and begins_s < until_s:
            span = f"{format_time(begins_s, offset)}/{format_time(until_s, offset)}"
            capacity.append(f"{table.asset_id[row]}={float(table.capacity_factor[row]):g}@{span}")
    if not capacity:
        return in_force
    return replan(in_force, at=format_time(now_s, offset), capacity=capacity)
