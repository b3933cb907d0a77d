"""The same scenario with its plan, without one, and with everybody bound for the nearest host."""

from collections.abc import Callable
from dataclasses import replace

from farshore.results.outcome import Outcome
from farshore.results.simulation import SimulationResult
from farshore.scenario.scenario import Scenario
from farshore.simulate.options import Options, Routes
from farshore.simulate.run import simulate

__all__ = ["compare"]


def compare(
    scenario: Scenario,
    *,
    plan: Outcome | None = None,
    options: Options | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[SimulationResult, ...]:
    """Simulate the plan (if there is one), no plan, and nearest host; same seed, same options otherwise.

    A plan without classes takes all people as in cars: beside one, nobody waits for buses in the other runs
    either.
    Stops after one that the user interrupted.
    """
    options = options or Options()
    runs: list[tuple[str, Outcome | None, Options]] = []
    if plan is not None:
        options = replace(options, buses=plan.services is not None)
        runs.append(("plan", plan, options))
    runs.append(("no plan", None, replace(options, routes=Routes.SHORTEST)))
    runs.append(("nearest host", None, replace(options, routes=Routes.NEAREST)))
    results: list[SimulationResult] = []
    for number, (label, followed, chosen) in enumerate(runs):

        def told(share: float, number: int = number) -> None:
            if progress is not None:
                progress((number + share) / len(runs))

        results.append(
            simulate(scenario, plan=followed, options=chosen, seed=seed, label=label, progress=told)
        )
        if results[-1].partial:
            break
    return tuple(results)
