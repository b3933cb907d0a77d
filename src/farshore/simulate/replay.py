"""Replays: a simulation fitted to the counts known so far, and what it then predicts for later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario
from farshore.simulate.options import Departing, Options
from farshore.simulate.run import simulate

__all__ = ["Fit", "Replays", "replays"]

Floats = npt.NDArray[np.float64]

HALF_H = tuple(float(hour) for hour in range(20, 82, 2))
SPREAD_H = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """The departure curve that fits some counts best, and its error: root mean square of relative errors."""

    half_departed_h: float
    spread_h: float
    error: float


@dataclass(frozen=True, eq=False)
class Replays:
    """Simulations of one scenario under many departure curves, and the arrivals that each gives.

    half_h, spread_h : float64[n_curves]; arrived : float64[n_curves, n_moments], persons at `moments_s`
    """

    half_h: Floats
    spread_h: Floats
    moments_s: Floats
    arrived: Floats

    def fit(self, counts: npt.ArrayLike) -> tuple[Fit, Floats]:
        """Fit to counts at the first moments; returns the fit and what it gives at all moments.

        Errors are logarithms of ratios, so that being half as many counts as being twice as many.
        """
        known = np.asarray(counts, np.float64)
        off = np.log(np.maximum(self.arrived[:, : len(known)], 1.0) / known)
        error = np.sqrt((off**2).mean(axis=1))
        best = int(np.argmin(error))
        return Fit(float(self.half_h[best]), float(self.spread_h[best]), float(error[best])), self.arrived[
            best
        ]


def replays(
    scenario: Scenario,
    moments_s: Sequence[float],
    *,
    options: Options | None = None,
    half_h: Sequence[float] = HALF_H,
    spread_h: Sequence[float] = SPREAD_H,
    seed: int = 0,
) -> Replays:
    """Simulate a scenario under every departure curve of a grid (logit, half departed by, spread)."""
    base = replace(options or Options(), departing=Departing.LOGIT, sample_s=3600.0)
    curves = [(half, spread) for half in half_h for spread in spread_h]
    moments = np.asarray(moments_s, np.float64)
    arrived = np.empty((len(curves), len(moments)))
    for row, (half, spread) in enumerate(curves):
        result = simulate(scenario, options=replace(base, half_departed_h=half, spread_h=spread), seed=seed)
        arrived[row] = np.interp(moments, result.sample_s, result.arrived.sum(axis=1))
    grid = np.array(curves)
    return Replays(grid[:, 0], grid[:, 1], moments, arrived)
