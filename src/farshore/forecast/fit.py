"""Fits the rates over past conflicts: a wide net of plausible rates, each weighed by how well it did.

Rates are drawn once, evenly, from ranges that gravity models of movement make plausible; no search is made.
Each draw is weighed by exp(-mean error / `TEMPERATURE`) over the conflicts it may learn from. Eight conflicts
cannot tell rates apart sharply, and an average over many does better on a conflict left out than the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from farshore.forecast.choice import Rates, chosen_shares, settled
from farshore.forecast.flee_target import flee_daily, flee_error
from farshore.forecast.network import host_network
from farshore.scenario.displacement import Displacement

__all__ = ["DRAWS", "Trial", "blend", "draw_rates", "leave_one_out", "try_rates", "weights_of"]

Floats = npt.NDArray[np.float64]

DRAWS: Final = 64
TEMPERATURE: Final = 0.05
# (low, high, spread evenly in the logarithm?)
SHARED: Final = {
    "distance_power": (0.5, 2.0, False),
    "softening_km": (10.0, 200.0, True),
    "people_power": (0.0, 1.0, False),
    "fading_days": (30.0, 500.0, True),
    "tie": (0.2, 0.9, False),
}
WITHOUT_CAPACITY: Final = {"country_power": (0.0, 1.0, False), "mass_power": (0.0, 0.6, False)}
# A capacity already tells how large a host is, so that its country need not be asked.
WITH_CAPACITY: Final = {"capacity_power": (0.3, 1.2, False), "room_power": (0.3, 1.5, False)}


def draw_rates(with_capacity: bool, *, draws: int = DRAWS, seed: int = 0) -> tuple[Rates, ...]:
    """Rates spread evenly over their ranges (a scrambled Sobol sequence)."""
    ranges = {**SHARED, **(WITH_CAPACITY if with_capacity else WITHOUT_CAPACITY)}
    points = qmc.Sobol(len(ranges), seed=np.random.default_rng(seed)).random(draws)
    found = []
    for point in points:
        values = {"country_power": 0.0, "mass_power": 0.0}
        for u, (name, (low, high, logarithmic)) in zip(point, ranges.items(), strict=True):
            value = low * (high / low) ** u if logarithmic else low + (high - low) * u
            values[name] = round(float(value), 6)
        found.append(Rates(**values))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Trial:
    """What every draw of rates made of one conflict.

    here : float64[n_draws, n_days, n_hosts]; error : float64[n_draws], Flee's rescaled error; daily : target
    """

    name: str
    here: Floats
    error: Floats
    daily: Floats


def try_rates(problem: Displacement, rates: Sequence[Rates]) -> Trial:
    """Runs every set of rates on one conflict, driven by its known totals, as Flee's validation is."""
    network = host_network(problem)
    daily = flee_daily(problem)
    people = daily.sum(axis=1)
    here = np.array(
        [settled(problem, chosen_shares(problem, network, r), people, daily[0], r) for r in rates]
    )
    return Trial(problem.name, here, np.array([flee_error(h, daily) for h in here]), daily)


def weights_of(trials: Sequence[Trial]) -> Floats:
    """float64[n_draws], summing to 1: how much each draw is believed after these conflicts."""
    mean = np.mean([trial.error for trial in trials], axis=0)
    weight = np.exp(-(mean - mean.min()) / TEMPERATURE)
    return np.asarray(weight / weight.sum())


def blend(trial: Trial, weights: Floats) -> Floats:
    """float64[n_days, n_hosts]: the weighted mean of what the draws made of a conflict."""
    return np.asarray(np.tensordot(weights, trial.here, axes=1))


def leave_one_out(trials: Sequence[Trial]) -> dict[str, float]:
    """Error on each conflict under weights that only the others had a say in."""
    found = {}
    for i, trial in enumerate(trials):
        others = [other for j, other in enumerate(trials) if j != i]
        found[trial.name] = flee_error(blend(trial, weights_of(others)), trial.daily)
    return found
