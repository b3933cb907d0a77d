"""The same scenario with its plan, without one, and with everybody bound for the nearest host."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from farshore.results.outcome import Outcome
from farshore.results.simulation import LinkStates, SimulationResult
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

        result = simulate(scenario, plan=followed, options=chosen, seed=seed, label=label, progress=told)
        if results and result.links.arc_ids != results[0].links.arc_ids:
            result = replace(result, links=_on_the_arcs_of(results[0].links, result.links))
        results.append(result)
        if results[-1].partial:
            break
    return tuple(results)


def _on_the_arcs_of(all_arcs: LinkStates, links: LinkStates) -> LinkStates:
    """What was seen on fewer links as if nobody had been on the others: plans with classes walk on more."""
    row = {arc: place for place, arc in enumerate(all_arcs.arc_ids)}
    place = np.array([row[arc] for arc in links.arc_ids], np.int64)

    def spread(seen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        wide = np.zeros((len(seen), len(row)), seen.dtype)
        wide[:, place] = seen
        return wide

    storage_veh = all_arcs.storage_veh.copy()
    storage_veh[place] = links.storage_veh
    return replace(
        all_arcs,
        storage_veh=storage_veh,
        sample_s=links.sample_s,
        entered=spread(links.entered),
        left=spread(links.left),
    )
