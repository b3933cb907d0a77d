"""Goals in figures: how many people must be taken in by when for planning to stop."""

from collections.abc import Sequence

import numpy as np

from farshore.plan.conflicts.most import most_by_step
from farshore.plan.model import Problem
from farshore.plan.stop import Goal, Target
from farshore.units import HOUR_S

__all__ = ["step_and_people", "targets_of"]


def step_and_people(goal: Goal, people: int, *, n_steps: int, step_s: int) -> Target | None:
    """A goal that names a share and a time; None if no step ends by then."""
    assert goal.percent is not None
    assert goal.hours is not None
    persons = -(-goal.percent * people // 100)
    ended = min(n_steps, int(goal.hours * HOUR_S / step_s + 1e-9))
    return Target(max(0, ended - 1), persons) if ended or not persons else None


def targets_of(problem: Problem, goals: Sequence[Goal]) -> tuple[Target, ...]:
    """What each goal comes to; one that no plan can come to is left out.

    Where a goal is what any plan can do at best, the exact core says what that is.
    """
    timing, found = problem.timing, []
    for goal in goals:
        if goal.percent is None:
            most = most_by_step(problem, by_the_end=True)
            found.append(Target(timing.n_steps - 1, int(most[-1])))
        elif goal.hours is None:
            persons = -(-goal.percent * problem.people // 100)
            steps = np.flatnonzero(most_by_step(problem) >= persons)
            if len(steps):
                found.append(Target(int(steps[0]), persons))
        else:
            target = step_and_people(goal, problem.people, n_steps=timing.n_steps, step_s=timing.step_s)
            found += [target] if target else []
    return tuple(found)
