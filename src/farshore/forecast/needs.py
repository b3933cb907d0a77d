"""From people present to what they need: beds short, and the Sphere and UNHCR minimum figures."""

import numpy as np
import numpy.typing as npt

from farshore.results.hosts import HostArrivals, HostNeeds, Standard
from farshore.scenario.parameters import HOST_STANDARDS
from farshore.scenario.scenario import Scenario

__all__ = ["needs_of", "standards_of"]

Floats = npt.NDArray[np.float64]


def standards_of(scenario: Scenario | None = None) -> tuple[Standard, ...]:
    """The minimum figures: the scenario's where its assumptions.csv gives them, else the published ones."""
    found = []
    for key, parameter in HOST_STANDARDS.items():
        value, source = parameter.default, parameter.description
        row = scenario.assumptions.position().get(key) if scenario else None
        if scenario is not None and row is not None:
            value = float(scenario.assumptions.best[row])
            source = str(scenario.assumptions.source[row] or scenario.assumptions.reason[row])
        found.append(Standard(key, value, parameter.unit, source))
    return tuple(found)


def needs_of(arrivals: HostArrivals, standards: tuple[Standard, ...]) -> HostNeeds:
    """Beds short and minimum needs at the expected and at the high figure. Toilets and taps are whole."""
    beds = np.where(np.isfinite(arrivals.beds), arrivals.beds, np.inf)
    short_high = np.maximum(arrivals.high - beds, 0.0)
    first = [np.flatnonzero(column > 0.5) for column in short_high.T]
    return HostNeeds(
        arrivals=arrivals,
        standards=standards,
        short_beds=np.maximum(arrivals.expected - beds, 0.0),
        short_beds_high=short_high,
        needs=_minimum(arrivals.expected, standards),
        needs_high=_minimum(arrivals.high, standards),
        first_short=tuple(arrivals.day[int(rows[0])] if len(rows) else None for rows in first),
    )


def _minimum(persons: Floats, standards: tuple[Standard, ...]) -> dict[str, Floats]:
    value = {standard.key: standard.value for standard in standards}
    return {
        "covered_space_m2": persons * value["covered_space_m2"],
        "water_l": persons * value["water_l_day"],
        "toilets": np.ceil(persons / value["persons_per_toilet"] - 1e-9),
        "taps": np.ceil(persons / value["persons_per_tap"] - 1e-9),
        "food_kcal": persons * value["food_kcal_day"],
    }
