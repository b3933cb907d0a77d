"""Good tours fast: loads handed out in turn, then improved by moves until none is too long."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from farshore.kernels.bus_tours import anneal_tours
from farshore.plan.fleets.bounds import LeastDriving
from farshore.plan.fleets.problem import NEVER, BusProblem, Ints, Tour

__all__ = ["STYLES", "Fleet", "anneal", "handed_out", "makespan_of", "tour_time_of"]

# Temperature at the beginning and end, in usual times of a load, and the weight of all driving; the last
# style changes tours that are nearly right.
STYLES: Final = (
    (0.1, 0.005, 0.3),
    (0.2, 0.002, 0.1),
    (0.3, 0.01, 0.05),
    (0.1, 0.005, 1.0),
    (0.05, 0.01, 0.5),
    (0.03, 0.005, 0.2),
)


@dataclass(frozen=True, eq=False)
class Fleet:
    """Tours as arrays: pickups, shelters : int64[n_buses, most loads]; n_loads, depot : int64[n_buses]."""

    pickups: Ints
    shelters: Ints
    n_loads: Ints
    depot: Ints
    free: Ints
    makespan: int

    def tours(self) -> tuple[Tour, ...]:
        """The tours of the buses that go anywhere."""
        return tuple(
            Tour(
                int(self.depot[bus]),
                tuple(zip(self.pickups[bus, :n].tolist(), self.shelters[bus, :n].tolist(), strict=True)),
            )
            for bus, n in enumerate(self.n_loads.tolist())
            if n
        )


def tour_time_of(problem: BusProblem, tour: Tour) -> int:
    """Time from the start to the last unloading of a tour."""
    if not tour.loads:
        return 0
    time = int(problem.pull_out[tour.depot, tour.loads[0][0]])
    time += sum(int(problem.out_time[load]) for load in tour.loads)
    return time + sum(
        int(problem.back_time[shelter, pickup])
        for (_, shelter), (pickup, _) in zip(tour.loads, tour.loads[1:], strict=False)
    )


def makespan_of(problem: BusProblem, tours: tuple[Tour, ...]) -> int:
    """Time of the last unloading."""
    return max((tour_time_of(problem, tour) for tour in tours), default=0)


def fleet_of(problem: BusProblem, tours: tuple[Tour, ...]) -> Fleet:
    """Arrays of tours, with buses that stay, and room to add to each."""
    n_buses, n_loads = int(problem.buses.sum()), int(problem.loads.sum())
    longest = max((len(tour.loads) for tour in tours), default=0)
    width = min(n_loads, max(2 * longest, longest + 8, 2 * -(-n_loads // max(1, n_buses)) + 4))
    depot = np.repeat(np.arange(len(problem.buses)), problem.buses)
    pickups, shelters = np.zeros((n_buses, width), np.int64), np.zeros((n_buses, width), np.int64)
    counts, free = np.zeros(n_buses, np.int64), problem.room.copy()
    next_of = np.searchsorted(depot, np.arange(len(problem.buses)))
    for tour in tours:
        bus = next_of[tour.depot]
        next_of[tour.depot] += 1
        counts[bus] = len(tour.loads)
        for at, (pickup, shelter) in enumerate(tour.loads):
            pickups[bus, at], shelters[bus, at] = pickup, shelter
            free[shelter] -= 1
    return Fleet(pickups, shelters, counts, depot.astype(np.int64), free, makespan_of(problem, tours))


def handed_out(problem: BusProblem, carried: Ints) -> tuple[Tour, ...]:
    """Hand out loads, the longest first, each to the end of the tour that has it in a shelter soonest.

    carried : int64[n_pickups, n_shelters], loads between them
    """
    pairs = np.repeat(np.argwhere(carried), carried[carried > 0], axis=0)
    pairs = pairs[np.argsort(-problem.out_time[pairs[:, 0], pairs[:, 1]], kind="stable")]
    depot = np.repeat(np.arange(len(problem.buses)), problem.buses)
    done, at = np.zeros(len(depot), np.int64), np.full(len(depot), -1)
    loads: list[list[tuple[int, int]]] = [[] for _ in depot]
    for pickup, shelter in pairs.tolist():
        empty = np.where(at < 0, problem.pull_out[depot, pickup], problem.back_time[at, pickup])
        bus = int(np.argmin(np.minimum(done + empty, NEVER)))
        done[bus] += empty[bus] + problem.out_time[pickup, shelter]
        at[bus] = shelter
        loads[bus].append((pickup, shelter))
    return tuple(Tour(int(depot[bus]), tuple(each)) for bus, each in enumerate(loads) if each)


def strung(problem: BusProblem, least: LeastDriving) -> tuple[Tour, ...]:
    """String the drives of the least driving together: tours that waste nothing, but may be unequal.

    Every tour follows drives not yet used until it has its share of the time; circles that no tour passes
    are put, whole, at the end of the shortest tour.
    """
    pull_out, out, back = least.pull_out.copy(), least.out.copy(), least.back.copy()
    driving = sum(
        int((drives * np.where(drives, times, 0)).sum())
        for drives, times in (
            (pull_out, problem.pull_out),
            (out, problem.out_time),
            (back, problem.back_time),
        )
    )
    share = driving / max(1, int(problem.buses.sum()))

    def follow(pickup: int, time: float) -> list[tuple[int, int]]:
        loads: list[tuple[int, int]] = []
        while True:
            shelter = int(out[pickup].argmax())
            if not out[pickup, shelter]:
                return loads
            out[pickup, shelter] -= 1
            loads.append((pickup, shelter))
            time += int(problem.out_time[pickup, shelter])
            if time >= share or not back[shelter].any():
                return loads
            pickup = int(back[shelter].argmax())
            back[shelter, pickup] -= 1
            time += int(problem.back_time[shelter, pickup])

    tours = [
        Tour(depot, tuple(follow(pickup, float(problem.pull_out[depot, pickup]))))
        for depot, pickup in np.repeat(np.argwhere(pull_out), pull_out[pull_out > 0], axis=0).tolist()
    ]
    used = np.bincount([tour.depot for tour in tours], minlength=len(problem.buses))
    idle = np.repeat(np.arange(len(problem.buses)), problem.buses - used)
    tours += [Tour(depot, ()) for depot in idle.tolist()]
    while out.any():
        loads = tuple(follow(int(np.argwhere(out)[0][0]), 0.0))
        shortest = min(range(len(tours)), key=lambda bus: tour_time_of(problem, tours[bus]))
        tours[shortest] = Tour(tours[shortest].depot, tours[shortest].loads + loads)
    return tuple(tour for tour in tours if tour.loads)


def anneal(
    problem: BusProblem, tours: tuple[Tour, ...], *, target: int, n_moves: int, seed: int, style: int = 0
) -> tuple[tuple[Tour, ...], int]:
    """Improve tours towards a target makespan; returns the best tours met and their makespan.

    style : row of the ways to cool down, of which none is best everywhere; the same seed gives the same tours
    """
    fleet = fleet_of(problem, tours)
    hot, cold, weight = STYLES[style % len(STYLES)]
    usual = float(np.median(problem.out_time[problem.out_time < NEVER]))
    makespan = anneal_tours(
        fleet.pickups,
        fleet.shelters,
        fleet.n_loads,
        fleet.depot,
        fleet.free,
        problem.pull_out,
        problem.out_time,
        problem.back_time,
        target,
        max(0.5, hot * usual),
        max(0.05, cold * usual),
        weight,
        n_moves,
        seed,
    )
    return fleet.tours(), int(makespan)
