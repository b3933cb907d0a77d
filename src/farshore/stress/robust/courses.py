"""A future as robust planning sees it: when its first loss is known, and what can be done from then on."""

from dataclasses import dataclass

from farshore.plan.model import Problem, problem_over
from farshore.plan.reduce import reduce_network
from farshore.plan.replanning.remaining import from_step
from farshore.plan.solver import Pricer
from farshore.scenario.timing import timing_of
from farshore.stress.draw import Futures, with_losses

__all__ = ["Course", "course_of"]


@dataclass(frozen=True, eq=False)
class Course:
    """One future of a scenario.

    known_from : the first step that begins at or after the first loss; `n_steps` where nothing is lost
    ahead : the problem from that step on as if nobody had left, its steps counted from there; None: no loss
    pricer : finds ways in it, from every node
    """

    number: int
    known_from: int
    ahead: Problem | None
    pricer: Pricer | None


def course_of(futures: Futures, number: int) -> Course:
    """The course of a future: all that is lost in it, and when that is known; pauses are left out."""
    scenario = futures.scenario
    step_s, n_steps = scenario.about.step_s, scenario.about.n_steps
    losses = [event for event in futures.future(number).events if event.what == "loss"]
    first = min((-(-int(event.from_s) // step_s) for event in losses), default=n_steps)
    if first >= n_steps:
        return Course(number, n_steps, None, None)
    after = with_losses(scenario, losses)
    ahead = problem_over(after, from_step(timing_of(after), first))
    return Course(number, first, ahead, Pricer(ahead, reduce_network(ahead, shrink=False)))
