"""Listed tours made fewer: cuts raise the least number of buses, and tours too dear for the rest go."""

import time
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array, hstack

from farshore.plan.fleets.problem import BusProblem, Ints, Tour
from farshore.plan.fleets.programs import least_cost, least_whole_cost

__all__ = ["Listed", "Tightened", "choose", "tighten"]

Floats = npt.NDArray[np.float64]

_SCALE: Final = 1 << 20  # parts of a bus in which prices are whole numbers
_LEFT: Final = 50.0  # buses, beside all there are, that a load left waiting counts as
_BLOCK: Final = 32_768  # tours multiplied at once: what keeps memory small
_ROUNDS: Final = 12  # of cuts
_CUTS: Final = 60  # at once
_OFTEN: Final = 5  # cuts of one round that a row may be in
_WANTED: Final = 0.02  # by which a cut must be broken
_TRIPLED: Final = 80  # rows among which triples are looked for
_BEGIN: Final = 2000  # tours in the linear program at first
_GROW: Final = 1000  # more at once
_MANY: Final = 6000  # at most, before dear ones are put aside
_FEW: Final = 4000  # tours to choose among first
_WHOLE: Final = 40_000  # and at most
_NODES: Final = 300  # of branch and bound


@dataclass(frozen=True, eq=False)
class Listed:
    """Tours as arrays.

    depot : int64[n]; first : int64[n + 1]; pickups, shelters : int64[first[n]], of the loads of each tour
    """

    depot: Ints
    first: Ints
    pickups: Ints
    shelters: Ints

    def __len__(self) -> int:
        """How many tours there are."""
        return len(self.depot)

    def counts(self, problem: BusProblem) -> npt.NDArray[np.int8]:
        """Loads per pickup, loads per shelter, buses per depot: int8[n, n_pickups + n_shelters + n_depots].

        Tours have at most 127 loads.
        """
        n_pickups, n_shelters = problem.out_time.shape
        tour = np.repeat(np.arange(len(self)), np.diff(self.first))
        made = np.zeros((len(self), n_pickups + n_shelters + len(problem.buses)), np.int8)
        np.add.at(made, (tour, self.pickups), 1)
        np.add.at(made, (tour, n_pickups + self.shelters), 1)
        made[np.arange(len(self)), n_pickups + n_shelters + self.depot] = 1
        return made

    def tour(self, at: int) -> Tour:
        """One of them."""
        part = slice(int(self.first[at]), int(self.first[at + 1]))
        loads = zip(self.pickups[part].tolist(), self.shelters[part].tolist(), strict=True)
        return Tour(int(self.depot[at]), tuple(loads))


@dataclass(frozen=True, eq=False)
class Tightened:
    """Tours that may still be in a plan: rows of the list, their counts, cuts included, and what is known.

    reduced : float64[n], what a tour costs above what it earns, in buses, by the last prices
    least_buses : no plan of these tours needs fewer
    limits : float64[n_rows]: loads, room, buses, cuts
    """

    row: Ints
    counts: npt.NDArray[np.int8]
    reduced: Floats
    least_buses: float
    limits: Floats


def _times(counts: npt.NDArray[np.int8], vector: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """counts · vector in the vector's type, a block of rows at a time."""
    blocks = range(0, len(counts), _BLOCK)
    parts = [counts[at : at + _BLOCK].astype(vector.dtype) @ vector for at in blocks]
    return np.concatenate([np.zeros(0, vector.dtype), *parts])


class _Program:
    """The linear program over listed tours: the fewest buses, loads left waiting being dear."""

    def __init__(self, problem: BusProblem, counts: npt.NDArray[np.int8], promising: Ints) -> None:
        self.n_pickups = len(problem.loads)
        self.n_buses = int(problem.buses.sum())
        self.row = np.arange(len(counts))
        self.counts = counts
        self.limits = np.concatenate([problem.loads, problem.room, problem.buses]).astype(np.int64)
        self.n_plain = len(self.limits)
        self.cuts: set[tuple[int, ...]] = set()
        self.active = np.sort(promising)
        self.weights, self.reduced, self.least = np.zeros(0), np.zeros(0), 0.0
        self.prices = np.zeros(self.n_plain, np.int64)
        self.signs = np.where(np.arange(self.n_plain) < self.n_pickups, -1, 1)

    def solve(self, until_s: float) -> bool:
        """The mixture of all tours that needs the fewest buses; False if time ran out."""
        each = np.arange(self.n_pickups)
        while True:
            columns = csc_array((self.counts[self.active] * self.signs).T)
            waiting = csc_array(
                (np.full(self.n_pickups, -1.0), (each, each)), shape=(len(self.limits), self.n_pickups)
            )
            costs = np.concatenate([np.ones(len(self.active)), np.full(self.n_pickups, _LEFT + self.n_buses)])
            limits = np.asarray(self.signs * self.limits, np.float64)
            answer = least_cost(costs, hstack([columns, waiting], format="csc"), limits)
            if answer.amounts is None:
                raise AssertionError("the mixture of listed tours was not found")
            self.weights = answer.amounts[: len(self.active)]
            prices = np.maximum(0.0, answer.prices_below)
            self.prices = np.rint(prices * _SCALE).astype(np.int64)
            self.reduced = 1.0 + _times(self.counts, self.signs * prices)
            helping = np.flatnonzero(self.reduced < -1e-7)
            helping = np.setdiff1d(helping, self.active, assume_unique=True)
            if not len(helping):
                self.least = answer.cost
                return True
            if time.monotonic() > until_s:
                return False
            if len(self.active) > _MANY:
                self.active = self.active[self.reduced[self.active] < 0.3]
            helping = helping[np.argsort(self.reduced[helping], kind="stable")[:_GROW]]
            self.active = np.sort(np.concatenate([self.active, helping]))

    def keep_possible(self) -> bool:
        """Drop tours that no plan can have, whatever else is in it; False if there is no plan at all.

        In whole numbers: whatever the prices, the tours of a plan cost no more, all together, above what they
        earn than its buses above what the loads are worth.
        """
        above = _SCALE + _times(self.counts, self.signs * self.prices)
        slack = self.n_buses * _SCALE + int((self.signs * self.limits * self.prices).sum())
        least = min(0, int(above.min(initial=0)))
        if slack - self.n_buses * least < 0:
            return False
        keep = above <= slack - (self.n_buses - 1) * least
        number = np.where(keep, np.cumsum(keep) - 1, -1)
        at = number[self.active]
        self.weights, self.active = self.weights[at >= 0], at[at >= 0]
        self.row, self.counts, self.reduced = self.row[keep], self.counts[keep], self.reduced[keep]
        return True

    def broken(self) -> list[tuple[int, ...]]:
        """Triples of rows of which the mixture takes halves: Σ ⌊½ · taken⌋ is more than ⌊½ · limits⌋.

        Jepsen, M., Petersen, B., Spoorendonk, S. & Pisinger, D. (2008), Subset-row inequalities applied to
        the vehicle-routing problem with time windows. Operations Research 56.
        """
        used = self.weights > 1e-6
        weights, taken = self.weights[used], self.counts[self.active[used], : self.n_plain].astype(np.int64)
        partly = np.abs(weights - np.rint(weights)) > 1e-6
        loose = (weights[partly, None] * (taken[partly] > 0)).sum(axis=0)
        rows = np.sort(np.argsort(-loose, kind="stable")[:_TRIPLED])
        rows = rows[loose[rows] > 0]
        triples = np.array(list(combinations(rows.tolist(), 3)), np.int64).reshape(-1, 3)
        broken_by = np.zeros(len(triples))
        for weight, tour in zip(weights, taken, strict=True):
            broken_by += weight * (tour[triples].sum(axis=1) // 2)
        broken_by -= self.limits[triples].sum(axis=1) // 2
        found: list[tuple[int, ...]] = []
        often = np.zeros(self.n_plain, np.int64)
        for at in np.argsort(-broken_by, kind="stable").tolist():
            triple = tuple(triples[at].tolist())
            if broken_by[at] < _WANTED or len(found) == _CUTS:
                break
            if triple not in self.cuts and often[list(triple)].max() < _OFTEN:
                often[list(triple)] += 1
                found.append(triple)
        return found

    def cut(self, triples: list[tuple[int, ...]]) -> None:
        """Add cuts as rows."""
        more = [self.counts[:, list(rows)].sum(axis=1, dtype=np.int16) // 2 for rows in triples]
        self.counts = np.concatenate([self.counts, np.stack(more, axis=1).astype(np.int8)], axis=1)
        limits = [int(self.limits[list(rows)].sum()) // 2 for rows in triples]
        self.limits = np.concatenate([self.limits, limits])
        self.prices = np.concatenate([self.prices, np.zeros(len(limits), np.int64)])
        self.signs = np.concatenate([self.signs, np.ones(len(limits), np.int64)])
        self.cuts.update(triples)


def tighten(
    problem: BusProblem, listed: Listed, promising: Ints, *, until_s: float
) -> Tightened | bool | None:
    """The tours that a plan may have; False if there is no plan, None if time ran out.

    promising : int64[n], rows of the list, those that seem best first
    (Fixing by reduced costs, and cuts, over listed columns: Baldacci, Christofides & Mingozzi 2008.)
    """
    program = _Program(problem, listed.counts(problem), promising[:_BEGIN])
    for turn in range(_ROUNDS):
        if not program.solve(until_s):
            return None
        if not program.keep_possible():
            return False
        triples = program.broken() if turn < _ROUNDS - 1 else []
        if not triples:
            break
        program.cut(triples)
    return Tightened(
        program.row, program.counts, program.reduced, program.least, program.limits.astype(np.float64)
    )


def choose(
    problem: BusProblem, listed: Listed, tightened: Tightened, *, until_s: float
) -> tuple[bool | None, tuple[Tour, ...]]:
    """Whether whole tours of a list bring everybody, None if not found out; and tours that may leave some.

    Those that cost least above what they earn are tried first: among few a plan is found sooner.
    """
    order = np.argsort(tightened.reduced, kind="stable")
    best: tuple[Tour, ...] = ()
    for n in (_FEW, len(order)):
        if n > _WHOLE or time.monotonic() >= until_s:
            break
        possible, best = _chosen(problem, listed, tightened, np.sort(order[:n]), until_s)
        if possible:
            return True, best
        if n >= len(order):
            return possible, best
    return None, best


def _chosen(
    problem: BusProblem, listed: Listed, tightened: Tightened, among: Ints, until_s: float
) -> tuple[bool | None, tuple[Tour, ...]]:
    n_pickups, n_rows = len(problem.loads), len(tightened.limits)
    n_buses = int(problem.buses.sum())
    each = np.arange(n_pickups)
    waiting = csr_array((np.ones(n_pickups), (each, each)), shape=(n_rows, n_pickups))
    columns = csr_array(tightened.counts[among].T.astype(np.float64))
    low = np.concatenate([problem.loads, np.full(n_rows - n_pickups, -np.inf)])
    answer = least_whole_cost(
        np.concatenate([np.ones(len(among)), np.full(n_pickups, _LEFT + n_buses)]),
        hstack([columns, waiting], format="csr"),
        low,
        tightened.limits,
        seconds=until_s - time.monotonic(),
        nodes=_NODES,
        gap=max(0.0, (n_buses - tightened.least_buses + 0.01) / max(1, n_buses)),
    )
    possible = False if answer.impossible or answer.bound > n_buses + 1e-3 else None
    if answer.amounts is None:
        return possible, ()
    counts = answer.amounts[: len(among)].astype(np.int64)
    rows = tightened.row[among]
    tours = tuple(listed.tour(at) for at in np.repeat(rows, counts).tolist())
    return possible if answer.amounts[len(among) :].any() else True, tours
