"""How far a loading has come: its roads, what has been seen on them, and what is due next."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from farshore.kernels.roads import Roads
from farshore.simulate.start import Run

__all__ = ["Course", "Seen"]


class Seen:
    """Observations of all links, one row a moment."""

    def __init__(self, n_links: int) -> None:
        self.n_links = n_links
        self.times: list[float] = []
        self.entered: list[npt.NDArray[np.int32]] = []
        self.left: list[npt.NDArray[np.int32]] = []
        self.person_s: list[npt.NDArray[np.float32]] = []

    def look(self, roads: Roads, now_s: float) -> None:
        """Note what every link has seen by now."""
        links = roads.links[: self.n_links]
        self.times.append(now_s)
        self.entered.append(links["entered"].astype(np.int32))
        self.left.append(links["left"].astype(np.int32))
        self.person_s.append((links["person_s"] + links["persons"] * now_s).astype(np.float32))


@dataclass(eq=False)
class Course:
    """One loading at one moment; everything that is needed to go on from there.

    update_s, look_s : from one cohort of drivers hearing of the roads to the next; between observations
    next_update_s, next_look_s : when that is due next
    done : changes made so far, in order of time; tally : int64[2], links travelled to their end, arrivals
    """

    run: Run
    seen: Seen
    update_s: float
    look_s: float
    next_update_s: float
    next_look_s: float
    now_s: float = 0.0
    done: int = 0
    tally: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))
