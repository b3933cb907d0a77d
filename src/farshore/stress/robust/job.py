"""The work that is done many times: what instructions come to in a future."""

import pickle
import zlib
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from farshore.executor import Job
from farshore.plan.model import Problem, problem_of
from farshore.plan.prices import Prices
from farshore.scenario.scenario import Scenario
from farshore.stress.draw import Futures
from farshore.stress.robust.courses import Course, course_of
from farshore.stress.robust.recourse import Answer, answer_to
from farshore.stress.robust.told import Told

__all__ = ["HAZARDS", "Task", "job_for", "prepared"]

HAZARDS = ("hazards",)  # what differs between the futures that a plan is made for

# Instructions travel once to each worker: (instructions, (seed, number of the future)).
Task: TypeAlias = tuple[Told, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class _Asked:
    """What every worker is sent once. guess : prices of the plan for the undisturbed future."""

    scenario: Scenario
    guess: Prices


@dataclass(eq=False)
class _Ready:
    asked: _Asked
    problem: Problem
    courses: dict[tuple[int, int], Course] = field(default_factory=dict)
    keep: int = 0  # the seed whose courses are asked for again and again


def job_for(scenario: Scenario, guess: Prices, *, seed: int) -> Job:
    """The job; the courses of one seed's futures are kept from one task to the next."""
    asked = _Asked(replace(scenario, drawing="", zone_shapes=""), guess)
    return Job(prepared, _work, zlib.compress(pickle.dumps((asked, seed), protocol=5), 1))


def prepared(payload: bytes) -> _Ready:
    """What each worker makes of the payload once."""
    asked, seed = pickle.loads(zlib.decompress(payload))
    return _Ready(asked, problem_of(asked.scenario), keep=seed)


def _work(ready: _Ready, task: Task) -> Answer:
    told, (seed, number) = task
    course = ready.courses.get((seed, number))
    if course is None:
        course = course_of(Futures(ready.asked.scenario, seed=seed, vary=HAZARDS), number)
        if seed == ready.keep:
            ready.courses[seed, number] = course
    return answer_to(course, ready.problem, told, ready.asked.guess)
