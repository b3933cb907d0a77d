"""The cheapest ways of every commodity under prices, and the lower bound that the prices prove."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.executor.abreast import abreast
from farshore.kernels.exact import exact_sum
from farshore.kernels.paths import FAR, grouped
from farshore.kernels.tolls import tolls_of
from farshore.kernels.ways import cheapest_ways
from farshore.plan.classes.buses import vehicle_room
from farshore.plan.classes.model import ClassProblem
from farshore.scenario.clock import Ints

__all__ = ["Labels", "Pricer", "Ways"]


@dataclass(frozen=True, eq=False)
class Labels:
    """Cheapest ways from every node in every step for those of one need who accept the same hosts.

    best, choice_1, choice_2, toward_1 : as `cheapest_ways` returns them; of the hosts there, the first
        n_hosts are reached by car, the others on foot
    """

    best: Ints
    choice_1: npt.NDArray[np.int32]
    choice_2: npt.NDArray[np.int32]
    toward_1: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Ways:
    """What prices say.

    labels : one for each group of commodities; group : int64[n_commodities]
    start : int64[n_commodities, n_steps], the node where the cheapest way begins; from_home : what it costs,
        FAR where there is none; staying : the cheapest from being at home, leaving later or never included
    """

    labels: tuple[Labels, ...]
    group: Ints
    start: Ints
    from_home: Ints
    staying: Ints
    lower_bound: int


class Pricer:
    """Finds the cheapest ways over all layers."""

    def __init__(self, problem: ClassProblem) -> None:
        self.problem = problem
        layers, people = problem.layers, problem.people
        quick = np.flatnonzero(layers.steps == 0)
        self._quick_first, members = grouped(layers.head[quick], layers.n_nodes)
        self._quick = quick[members]
        self._slow = np.flatnonzero(layers.steps > 0)
        self._opens = np.ascontiguousarray(layers.opens.T)
        self._costs = [np.ascontiguousarray(costs.T) for costs in layers.costs]
        self._whose = np.repeat(np.arange(len(layers.tail)), np.diff(layers.use_first))
        self._seats = np.array([fleet.seats for fleet in layers.fleets] or [1], np.int64)
        keys: dict[tuple[int, bytes], int] = {}
        self.group = np.array(
            [
                keys.setdefault((int(need), accepts.tobytes()), len(keys))
                for need, accepts in zip(people.need, people.accepts, strict=True)
            ],
            np.int64,
        )
        self.first_of = np.unique(self.group, return_index=True)[1]

    def ways(self, price: Ints) -> Ways:
        """The cheapest ways with prices added.

        price : int64[n_resources] ≥ 0, per person; of fleets' and drivers' resources per seat
        """
        problem, layers, people = self.problem, self.problem.layers, self.problem.people
        labels = tuple(abreast(lambda first: self._labels(first, price), self.first_of.tolist()))
        from_home = np.full(people.newly_ready.shape, FAR, np.int64)
        start = np.zeros_like(from_home)
        for row, (zone, group) in enumerate(zip(people.zone.tolist(), self.group.tolist(), strict=True)):
            homes = [layers.foot_home[zone], *([layers.car_home[zone]] if people.has_car[row] else [])]
            for home in homes:
                if home >= 0:
                    there = labels[group].best[:, home]
                    start[row] = np.where(there < from_home[row], home, start[row])
                    from_home[row] = np.minimum(there, from_home[row])
        staying = np.empty_like(from_home)
        worth = np.full(len(people.zone), problem.left_cost, np.int64)
        for k in range(problem.timing.n_steps - 1, -1, -1):
            worth = np.minimum(worth + problem.wait_cost[:, k], from_home[:, k])
            staying[:, k] = worth
        bound = exact_sum(people.newly_ready, staying) + problem.left_cost * int(people.late.sum())
        priced = np.flatnonzero(price)
        bound -= exact_sum(layers.resources.capacity[priced], price[priced])
        return Ways(labels, self.group, start, from_home, staying, bound)

    def _labels(self, commodity: int, price: Ints) -> Labels:
        problem, layers, resources = self.problem, self.problem.layers, self.problem.layers.resources
        need, accepts = int(problem.people.need[commodity]), problem.people.accepts[commodity]
        n_steps, n_hosts = problem.timing.n_steps, len(accepts)
        may = layers.seats[need] > 0
        toll_of, tolls = self.tolls(need, price)
        intake = price[resources.intake : resources.beds].reshape(n_hosts, n_steps)
        beds = price[resources.beds : resources.drivers]
        taken = np.where(problem.host_open & accepts[:, None], intake + beds[:, None], FAR)
        opens_of = np.where(may, layers.opens_of, len(layers.opens))
        opens = np.concatenate([self._opens, np.zeros((n_steps, 1), np.int64)], axis=1)
        hosts = np.concatenate([layers.car_host, layers.foot_host])
        there = np.flatnonzero(hosts >= 0)
        best, _, choice_1, choice_2, toward_1 = cheapest_ways(
            layers.n_nodes,
            n_steps,
            layers.tail,
            layers.head,
            layers.leads_to,
            layers.comes_from,
            layers.steps,
            opens_of,
            opens,
            layers.cost_of,
            self._costs[need],
            np.ascontiguousarray(layers.flat_cost[need]),
            toll_of,
            tolls,
            hosts[there],
            np.ascontiguousarray(np.concatenate([taken, taken])[there].T),
            self._slow,
            self._quick_first,
            self._quick,
        )
        for choice in (choice_1, choice_2):
            ends = choice <= -2  # a host: from its place among those there to its row
            choice[ends] = -2 - there[-2 - choice[ends]]
        return Labels(best, choice_1, choice_2, toward_1)

    def tolls(self, need: int, price: Ints) -> tuple[Ints, Ints]:
        """What those of a need pay on each arc by prices: as `tolls_of` returns it."""
        layers = self.problem.layers
        seats, fleet = layers.seats[need][self._whose], layers.fleet[self._whose]
        riding = (fleet >= 0) & (layers.use_base < layers.resources.decks)
        share = np.where(riding, vehicle_room(layers.ground) * seats, np.where(layers.use_seats, seats, 1))
        whole = np.where(riding, self._seats[fleet], 1)
        prices = self._with_days(price)
        return tolls_of(
            layers.n_steps, layers.use_first, layers.use_base, layers.use_offset, share, whole, prices
        )

    def _with_days(self, price: Ints) -> Ints:
        """Prices of drivers' days added to those of their vehicles' steps."""
        resources = self.problem.layers.resources
        days = price[resources.drivers :].reshape(-1, resources.n_days)
        if not days.any():
            return price
        whole = price.copy()
        steps = np.arange(resources.n_steps) // resources.steps_in_day
        whole[resources.fleets : resources.trains] += days[:, steps].ravel()
        return whole
