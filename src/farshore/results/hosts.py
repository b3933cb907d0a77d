"""What hosts must be ready for: arrivals a day with an interval, beds, and minimum needs."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

__all__ = ["HostArrivals", "HostNeeds", "Standard"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standard:
    """One minimum figure that needs were worked out with, and where it comes from."""

    key: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, eq=False)
class HostArrivals:
    """People present in each host at the end of each day.

    day : n_days calendar days; expected, low, high : float64[n_days, n_hosts], persons
    beds : float64[n_hosts], NaN where nobody confirmed any; cover : share of outcomes meant to be inside
    """

    title: str
    host_ids: tuple[str, ...]
    names: tuple[str, ...]
    day: tuple[date, ...]
    expected: Floats
    low: Floats
    high: Floats
    beds: Floats
    cover: float


@dataclass(frozen=True, eq=False)
class HostNeeds:
    """What the people in each host need on each day; every array float64[n_days, n_hosts].

    short_beds, short_beds_high : persons without a bed at the expected and at the high figure
    covered_space_m2, water_l, toilets, taps, food_kcal : for the expected figure; `high_` for the high one
    first_short : day on which beds first run short at the high figure, by host; None: never
    """

    arrivals: HostArrivals
    standards: tuple[Standard, ...]
    short_beds: Floats
    short_beds_high: Floats
    needs: dict[str, Floats]
    needs_high: dict[str, Floats]
    first_short: tuple[date | None, ...]
