"""What crossings carry, and the parts of what a plan costs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CrossingLoad", "Effort"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CrossingLoad:
    """What one crossing carries.

    persons, capacity_persons : int64[n_steps]; who enters it in each step and how many may, by the arcs by
    which the plan ever enters it (by all its arcs if it never does)
    worth : person-hours (at exposure 1) saved by room for one more person in every step
    """

    crossing_id: str
    persons: Ints
    capacity_persons: Ints
    worth_person_h: float


@dataclass(frozen=True, slots=True)
class Effort:
    """The parts of the objective, in 10⁻⁶ person-hours at exposure 1, and plain hours.

    waiting : at home once ready, by everybody; travel : on the way; left_behind : for who never leaves
    waiting_person_h, travel_person_h : the hours themselves, whatever the exposure
    """

    waiting: int
    travel: int
    left_behind: int
    waiting_person_h: float
    travel_person_h: float
