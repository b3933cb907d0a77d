"""The bus evacuation problem: buses shuttle between pickups and shelters until nobody is left waiting."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import FarshoreError

__all__ = ["NEVER", "BusPlan", "BusProblem", "BusProof", "BusesCannot", "Tour", "bus_problem", "busloads"]

Ints = npt.NDArray[np.int64]

NEVER: Final = 1 << 40  # a time that stands for "there is no way"


class BusesCannot(FarshoreError):
    """No buses, however long they drive, bring everybody to a shelter; the message says what conflicts."""

    exit_code = 5
    http_status = 422


@dataclass(frozen=True, eq=False)
class BusProblem:
    """Depots with buses, pickups with busloads of people, shelters with room for busloads.

    buses : int64[n_depots]; loads : int64[n_pickups]; room : int64[n_shelters]
    pull_out : int64[n_depots, n_pickups], from a depot to a pickup
    out_time : int64[n_pickups, n_shelters], loading, driving, unloading; at least 1
    back_time : int64[n_shelters, n_pickups]
    All times are in one whole unit; NEVER where there is no way. Nothing is assumed about them: they may be
    asymmetric and break the triangle inequality. A bus may end anywhere, and its time is that of its last
    unloading.

    Bish, D. R. (2011), Planning for a bus-based evacuation, OR Spectrum 33; Goerigk, M., Grün, B. & Heßler,
    P.
    (2013), Branch and bound algorithms for the bus evacuation problem, Computers & Operations Research 40.
    """

    buses: Ints
    loads: Ints
    room: Ints
    pull_out: Ints
    out_time: Ints
    back_time: Ints


@dataclass(frozen=True, slots=True)
class Tour:
    """What one bus does: its depot and (pickup, shelter) of each load, in order; rows of the problem."""

    depot: int
    loads: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class BusProof:
    """Why no plan is quicker than `lower_bound`.

    Give each load at pickup i the price `pickup_price[i]`, less `shelter_price[j]` where it is brought: all
    loads together are worth at least Σ loads · pickup_price − Σ room · shelter_price, but within
    `lower_bound − 1` no bus can earn enough for the buses together to make up that sum, even if it could
    fetch loads from a pickup again and again, though not twice in succession where only one waits.
    `by_search` is a higher bound found by trying everything that prices leave open; it can be checked only
    by running it again.
    """

    lower_bound: int
    pickup_price: Ints
    shelter_price: Ints
    method: str
    by_search: int | None = None

    @property
    def best(self) -> int:
        """The higher of the two bounds."""
        return max(self.lower_bound, self.by_search or 0)


@dataclass(frozen=True, eq=False)
class BusPlan:
    """Tours for some of the buses, the time of the last unloading, and the proof of how good that is."""

    tours: tuple[Tour, ...]
    makespan: int
    proof: BusProof
    rounds: tuple[tuple[str, int, int], ...]  # (what was tried, lower bound, makespan) as they stood after it

    @property
    def gap(self) -> float:
        """Distance of the makespan from the bound, as a share of the makespan."""
        return (self.makespan - self.proof.best) / self.makespan if self.makespan else 0.0

    @property
    def statement(self) -> str:
        """The proof in words."""
        if self.gap == 0:
            return f"{self.makespan} is the shortest time possible ({self.proof.method})"
        return (
            f"{self.makespan} is at most {self.gap:.2%} above the shortest time possible: nothing below "
            f"{self.proof.best} can be ({self.proof.method})"
        )


def busloads(persons: npt.ArrayLike, seats: int) -> Ints:
    """Busloads that so many persons fill, the last of them perhaps not full."""
    if seats <= 0:
        raise ValueError(f"a bus of {seats} seats carries nobody")
    return -(-np.asarray(persons, np.int64) // seats)


def bus_problem(
    *,
    buses: npt.ArrayLike,
    loads: npt.ArrayLike,
    room: npt.ArrayLike,
    pull_out: npt.ArrayLike,
    out_time: npt.ArrayLike,
    back_time: npt.ArrayLike,
) -> BusProblem:
    """A problem from arrays or lists of whole numbers, checked; shapes as in `BusProblem`.

    Raises ValueError for shapes or values that make no sense, `BusesCannot` where some people can be brought
    nowhere: no bus, too little room, or no way.
    """
    given = {"buses": buses, "loads": loads, "room": room, "pull_out": pull_out}
    made = {}
    for name, values in (given | {"out_time": out_time, "back_time": back_time}).items():
        array = np.asarray(values)
        if array.size and not np.issubdtype(array.dtype, np.integer):
            raise ValueError(f"{name} must be whole numbers; choose a finer unit for fractions")
        if (array < 0).any():
            raise ValueError(f"{name} has a number below 0")
        made[name] = np.ascontiguousarray(array, np.int64)
    problem = BusProblem(**made)
    n_depots, n_pickups, n_shelters = (len(each) for each in (problem.buses, problem.loads, problem.room))
    for name, shape in (
        ("pull_out", (n_depots, n_pickups)),
        ("out_time", (n_pickups, n_shelters)),
        ("back_time", (n_shelters, n_pickups)),
    ):
        if made[name].shape != shape:
            raise ValueError(f"{name} is {made[name].shape}, and should be {shape}")
    if (problem.out_time < 1).any():
        raise ValueError("out_time has a 0: a load takes at least one unit of time; choose a finer unit")
    _refuse_impossible(problem)
    return problem


def _refuse_impossible(problem: BusProblem) -> None:
    waiting = np.flatnonzero(problem.loads > 0)
    if not len(waiting):
        return
    if not problem.buses.sum():
        raise BusesCannot(f"{problem.loads.sum()} busloads wait, and there is no bus; add buses to a depot")
    if problem.loads.sum() > problem.room.sum():
        raise BusesCannot(
            f"{problem.loads.sum()} busloads wait, and shelters have room for {problem.room.sum()}; "
            f"add room for {problem.loads.sum() - problem.room.sum()}"
        )
    led = np.asarray(problem.out_time[:, problem.room > 0] < NEVER).any(axis=1)
    stuck = waiting[~np.asarray(led)[waiting]]
    if len(stuck):
        raise BusesCannot(f"from pickup {stuck[0]} no way leads to a shelter with room")
    lost = waiting[~_reached(problem)[waiting]]
    if len(lost):
        raise BusesCannot(f"pickup {lost[0]} can be reached by no bus, on whatever way round")


def _reached(problem: BusProblem) -> npt.NDArray[np.bool_]:
    """Pickups that a bus can come to, first or after others with loads: bool[n_pickups]."""
    pickups = np.zeros(len(problem.loads), bool)
    fresh = np.asarray((problem.pull_out[problem.buses > 0] < NEVER).any(axis=0))
    while (fresh & ~pickups).any():
        pickups |= fresh
        from_here = problem.out_time[pickups & (problem.loads > 0)] < NEVER
        shelters = np.asarray(from_here.any(axis=0)) & (problem.room > 0)
        fresh = np.asarray((problem.back_time[shelters] < NEVER).any(axis=0))
    return pickups
