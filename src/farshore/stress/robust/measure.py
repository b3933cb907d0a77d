"""What is asked of a plan over many futures: the mean of its costs, or the mean of the worst of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import UsageFault

__all__ = ["UNDISTURBED_WEIGHT", "Measure", "parse_measure"]

# What the cost if nothing is lost counts beside the measure: without it nothing would be asked of departures
# that the worst futures never come to.
UNDISTURBED_WEIGHT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Measure:
    """The mean of the worst costs: of a share 1 − level of them; level 0 is the mean of all.

    Rockafellar, R. T. & Uryasev, S. (2000), Optimization of conditional value-at-risk. Its dual: the
    most that any weights give that add up to 1, none above 1 / (n · (1 − level)) (Artzner, P. et al. (1999),
    Coherent measures of risk).
    """

    level: float

    def __str__(self) -> str:
        return f"cvar@{self.level:g}" if self.level else "mean"

    def weights(self, costs: Sequence[float]) -> npt.NDArray[np.float64]:
        """The weights that give most: float64[n_futures], the dearest first, ties in order."""
        n = len(costs)
        most = 1.0 / (n * (1.0 - self.level))
        found = np.zeros(n, np.float64)
        left = 1.0
        for future in np.argsort(-np.asarray(costs, np.float64), kind="stable").tolist():
            found[future] = min(most, left)
            left -= found[future]
            if left <= 0:
                break
        return found

    def of(self, costs: Sequence[float]) -> float:
        """The measure of some costs."""
        return math.fsum((self.weights(costs) * np.asarray(costs, np.float64)).tolist())

    def objective(self, undisturbed: float, costs: Sequence[float]) -> float:
        """What is made small: the measure of the futures, and a little of the cost if nothing is lost."""
        weights = self.objective_weights(costs)
        return math.fsum((weights * np.array([undisturbed, *costs], np.float64)).tolist())

    def objective_weights(self, costs: Sequence[float]) -> npt.NDArray[np.float64]:
        """Of the future in which nothing is lost, then of each: float64[1 + n_futures]."""
        return np.append(UNDISTURBED_WEIGHT, self.weights(costs))


def parse_measure(text: str) -> Measure:
    """`mean`, or `cvar@A` with A from 0 to below 1; raises UsageFault for anything else."""
    if text == "mean":
        return Measure(0.0)
    name, _, number = text.partition("@")
    try:
        level = float(number)
    except ValueError:
        level = math.nan
    if name != "cvar" or not 0 <= level < 1:
        raise UsageFault(
            f"--robust {text!r} is no measure; give mean, or cvar@A with a share A below 1, as cvar@0.9: "
            "the mean of the worst tenth of futures"
        )
    return Measure(level)
