"""What prices of many futures say together of every plan: a bound, linear in who is where when."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.model import Problem
from farshore.scenario.timing import Ints
from farshore.stress.robust.recourse import Answer
from farshore.stress.robust.told import Told

__all__ = ["Cut", "Shape", "cut_of", "shape_of", "together"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cut:
    """A bound on the objective of every plan, in 10⁻⁶ person-hours: the constant, and so much for each person

    at_home : float64[n_zones, n_steps], who is ready and at home through a step
    weight : float64[n_steps], times the cost of a link, who enters it in a step
    taken_in : float64[n_hosts, n_steps], whom a host takes in in a step; staying : who never leaves
    road_at, road : who enters a link in a step, int64 places `arc · n_steps + step` and float64 side by side
    """

    constant: float
    at_home: Floats
    weight: Floats
    taken_in: Floats
    staying: float
    road_at: Ints
    road: Floats

    def at(self, shape: "Shape") -> float:
        """The bound for one plan."""
        return (
            self.constant
            + float((self.at_home * shape.at_home).sum())
            + float((self.weight * shape.way_cost).sum())
            + float((self.taken_in * shape.taken_in).sum())
            + self.staying * shape.staying
            + float((self.road * shape.entering(self.road_at)).sum())
        )


@dataclass(frozen=True, eq=False)
class Shape:
    """What of a plan a cut looks at. at_home, taken_in, staying : as in `Cut`, persons

    way_cost : float64[n_steps], the cost of all links entered in each step
    entered_at : int64, places as in `Cut`, rising; entered : int64 beside it, persons
    """

    at_home: Ints
    way_cost: Floats
    taken_in: Ints
    staying: int
    entered_at: Ints
    entered: Ints

    def entering(self, places: Ints) -> Ints:
        """Who enters links in steps: int64[n_places]."""
        if not len(self.entered_at):
            return np.zeros(len(places), np.int64)
        found = np.minimum(np.searchsorted(self.entered_at, places), len(self.entered_at) - 1)
        return np.where(self.entered_at[found] == places, self.entered[found], 0)


def shape_of(problem: Problem, told: Told) -> Shape:
    """The shape of a plan."""
    timing, moves = problem.timing, told.departures
    leaving = told.leaving(problem)
    at_home = np.cumsum(timing.newly_ready - leaving, axis=1)
    way_cost = np.zeros(timing.n_steps)
    taken_in = np.zeros(timing.intake.shape, np.int64)
    paths = told.paths(problem)
    places, entering = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    np.add.at(
        taken_in,
        (paths.host[moves.route], moves.step + paths.arrival[moves.route]),
        moves.persons,
    )
    for number in range(len(told.routes)):
        mine = moves.route == number
        steps, persons = moves.step[mine], moves.persons[mine]
        for at in range(int(paths.first[number]), int(paths.first[number + 1])):
            arc, k = int(paths.arc[at]), steps + int(paths.entry[at])
            row = int(timing.cost_of[arc])
            each = timing.costs[row, k] if row >= 0 else np.full(len(k), timing.flat_cost[arc])
            np.add.at(way_cost, k, (persons * each).astype(np.float64))
            places.append(arc * timing.n_steps + k)
            entering.append(persons)
    entered_at, place = np.unique(np.concatenate(places), return_inverse=True)
    entered = np.zeros(len(entered_at), np.int64)
    np.add.at(entered, place, np.concatenate(entering))
    return Shape(at_home, way_cost, taken_in, int(at_home[:, -1].sum()), entered_at, entered)


def cut_of(problem: Problem, answers: Sequence[Answer], weights: Floats) -> Cut:
    """The bound that prices in each future prove, futures weighed.

    answers : of the future in which nothing is lost, then of each; weights : float64[len(answers)]

    In a future of weight q, nobody does better than the cheapest way at its prices, less what those prices
    give back (weak duality, docs/model.md: Bound). So whoever is at home when its first loss is known costs
    q · `at_home` from then on; whoever has left has cost what was spent by then, waiting and links entered,
    besides the bed's price if they have been taken in, and q · `road` if they are on the road.
    """
    timing = problem.timing
    n_steps = timing.n_steps
    known = np.array([answer.known_from for answer in answers])
    undecided = np.array([float(weights[known > step].sum()) for step in range(n_steps)])
    at_home = timing.wait_cost * undecided
    taken_in = np.zeros(timing.intake.shape)
    for answer, weight in zip(answers, weights.tolist(), strict=True):
        if answer.known_from == n_steps:
            continue
        if answer.known_from > 0:
            at_home[:, answer.known_from - 1] += weight * answer.at_home
        taken_in[:, : answer.known_from] += weight * answer.beds[:, None]
    empty = np.empty(0, np.int64)
    places = [answer.road_arc * n_steps + answer.road_step for answer in answers]
    road = [weight * answer.road for answer, weight in zip(answers, weights.tolist(), strict=True)]
    return Cut(
        constant=sum(
            weight * answer.constant for answer, weight in zip(answers, weights.tolist(), strict=True)
        ),
        at_home=at_home,
        weight=undecided,
        taken_in=taken_in,
        staying=float(weights[known >= n_steps].sum()) * timing.left_cost,
        road_at=np.concatenate([empty, *places]),
        road=np.concatenate([empty.astype(np.float64), *road]),
    )


def together(cuts: Sequence[Cut], shares: Sequence[float]) -> Cut:
    """Cuts as one: the mean of bounds is a bound. shares : 0 or more, adding up to 1"""
    return Cut(
        constant=sum(share * cut.constant for share, cut in zip(shares, cuts, strict=True)),
        at_home=np.sum([share * cut.at_home for share, cut in zip(shares, cuts, strict=True)], axis=0),
        weight=np.sum([share * cut.weight for share, cut in zip(shares, cuts, strict=True)], axis=0),
        taken_in=np.sum([share * cut.taken_in for share, cut in zip(shares, cuts, strict=True)], axis=0),
        staying=sum(share * cut.staying for share, cut in zip(shares, cuts, strict=True)),
        road_at=np.concatenate([cut.road_at for cut in cuts]),
        road=np.concatenate([share * cut.road for share, cut in zip(shares, cuts, strict=True)]),
    )
