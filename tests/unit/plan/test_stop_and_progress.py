"""When planning stops, what it says on the way, and what Ctrl-C leaves."""

import pytest

from farshore.errors import Interrupted
from farshore.plan import Gap, Progress, Seconds, Stop, plan
from farshore.scenario.scenario import Scenario
from tests.builders import scenario
from tests.oracle import Oracle


def two_rounds() -> Scenario:
    """A road that the first round does not think of, because a shorter one is narrow."""
    return scenario(
        links=["short n1 n2 capacity=2", "out n1 n3 length=9000", "in n3 n2 length=9000"],
        zones=["z n1 persons=30"],
        hosts=["h n2"],
    )


def test_whichever_stop_comes_first() -> None:
    assert Gap(0.01) | Seconds(60) == Stop(gap=0.01, seconds=60)
    assert Seconds(5) | Seconds(60) == Seconds(5)
    assert Stop(gap=0.01).reached(objective=1000, lower_bound=990, seconds=1e9)
    assert not Stop(gap=0.01).reached(objective=1000, lower_bound=989, seconds=1e9)
    assert Stop(seconds=5).reached(objective=1000, lower_bound=0, seconds=5.0)


@pytest.mark.parametrize("wrong", [lambda: Gap(-0.1), lambda: Seconds(-1), lambda: Gap(float("nan"))])
def test_stops_that_make_no_sense(wrong: object) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        wrong()  # type: ignore[operator]


def test_progress_never_falls_and_ends() -> None:
    told: list[Progress] = []
    outcome = plan(two_rounds(), progress=told.append)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {progress.phase for progress in told} >= {"reading the network", "reducing", "solving", "routes"}
    bounds = [progress.lower_bound for progress in told if progress.lower_bound is not None]
    assert bounds == sorted(bounds)
    assert bounds[-1] == outcome.certificate.objective
    assert told[-1].gap == 0
    assert len(outcome.rounds) == 2


def test_no_time_at_all_still_gives_a_plan_and_an_honest_bound() -> None:
    problem = two_rounds()
    outcome = plan(problem, stop=Seconds(0))
    oracle = Oracle(problem)
    assert not outcome.complete
    assert oracle.cost_of(outcome) == outcome.certificate.objective
    assert outcome.certificate.lower_bound <= oracle.optimum() <= outcome.certificate.objective


def test_a_wide_gap_is_kept_to() -> None:
    outcome = plan(two_rounds(), stop=Gap(0.9999))
    assert outcome.complete
    assert 0 <= outcome.certificate.gap <= 0.9999


def test_ctrl_c_while_solving_gives_the_best_plan_so_far() -> None:
    def stop_in_the_second_round(progress: Progress) -> None:
        if progress.phase == "solving" and progress.fraction > 0.5:
            raise KeyboardInterrupt

    problem = two_rounds()
    outcome = plan(problem, progress=stop_in_the_second_round)
    oracle = Oracle(problem)
    assert not outcome.complete
    assert oracle.cost_of(outcome) == outcome.certificate.objective > oracle.optimum()


@pytest.mark.parametrize("phase", ["reading the network", "reducing"])
def test_ctrl_c_before_there_is_a_plan(phase: str) -> None:
    def stop_at_once(progress: Progress) -> None:
        if progress.phase == phase:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="nothing was written"):
        plan(two_rounds(), progress=stop_at_once)
