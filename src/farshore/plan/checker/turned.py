"""The network in which any lanes may be turned, and what prices prove of every choice of them."""

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace

import numpy as np

from farshore.plan.checker.bound import Prices, lower_bound
from farshore.plan.checker.network import Network
from farshore.plan.checker.problem import Problem
from farshore.plan.checker.timetable import Ints, highest, least, whole, words

__all__ = ["Lanes", "Option", "Widened", "all_lanes", "all_options", "bound_of_choices", "widened"]

Option = tuple[int, int, int]  # arc that gains, arc that gives, step from which the giving one is closed
Tree = dict[str, object]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lanes that may be turned: arcs (rows) that gain them and that give them."""

    onward: int
    against: int


@dataclass(frozen=True, eq=False)
class Widened(Network):
    """A network with turned lanes as arcs of their own, after all others: `turned[i]` is arc `n_own + i`."""

    n_own: int = 0
    turned: tuple[Lanes, ...] = ()
    _turned: dict[int, Ints] = field(default_factory=dict)

    def capacity(self, arc: int) -> Ints:
        """As of any network; of turned lanes as if they were open throughout."""
        if arc < self.n_own:
            return super().capacity(arc)
        if arc not in self._turned:
            lanes, links = self.turned[arc - self.n_own], self.scenario.links
            row = int(self.link_row[lanes.against])
            factor = least(self._dated(lanes, self.closures), self.clock.n_steps)
            share = self.scenario.parameter("contraflow_capacity_factor")
            self._turned[arc] = self._road_capacity(
                float(links.capacity[row]) * share, int(links.lanes[row]), factor
            )
        return self._turned[arc]

    def cost(self, arc: int) -> Ints:
        """As of any network: what entering an arc costs."""
        if arc < self.n_own:
            return super().cost(arc)
        lanes = self.turned[arc - self.n_own]
        rate = highest(self._dated(lanes, self.exposure), self.clock.n_steps, self.ordinary_rate)
        counted = np.minimum(rate, self.ordinary_rate)
        tau, travel_s = int(self.steps[arc]), int(self.travel_s[arc])
        weighed_s = counted * tau * self.clock.step_s + (rate - counted + self.travel_weight) * travel_s
        return whole(1e6 * weighed_s / 3600 + 0.5)

    def _dated(self, lanes: Lanes, table: dict[str, tuple]) -> list:  # type: ignore[type-arg]
        """Rows about turned lanes: those of the link that gains them and of the crossing that gives them."""
        link, crossing = self._assets(lanes.onward)[0], self._assets(lanes.against)[1]
        return [*table.get(link, ()), *(table.get(crossing, ()) if crossing else ())]


def all_lanes(network: Network) -> tuple[Lanes, ...]:
    """Every road for cars with lanes both ways, a link or a pair, once for each way that might gain."""
    links = network.scenario.links
    of_link: defaultdict[int, list[int]] = defaultdict(list)
    between: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for arc, row in enumerate(network.link_row.tolist()):
        drivable = "auto" in words(links.allowed_uses[row])
        if network.is_ferry[arc] or not drivable or not links.lanes[row] * links.capacity[row] > 0:
            continue
        of_link[row].append(arc)
        if links.directed[row]:
            between[int(network.tail[arc]), int(network.head[arc])].append(arc)
    found = []
    for arcs in of_link.values():
        if len(arcs) == 2:
            found += [Lanes(arcs[0], arcs[1]), Lanes(arcs[1], arcs[0])]
    for (tail, head), arcs in between.items():
        back = between.get((head, tail), [])
        if len(arcs) == len(back) == 1:
            found.append(Lanes(arcs[0], back[0]))
    return tuple(found)


def all_options(problem: Problem, lanes: tuple[Lanes, ...]) -> set[Option]:
    """Lanes and the steps in which they may be taken: the start, and an eighth, a quarter, three eighths."""
    half = problem.clock.n_steps // 2
    steps = {int(half * part / 4) for part in range(4)}
    return {(one.onward, one.against, step) for one in lanes for step in steps}


def widened(network: Network, lanes: tuple[Lanes, ...]) -> Widened:
    """The network with all lanes turned beside all lanes as they are."""
    onward = np.array([one.onward for one in lanes], np.int64)
    own = {each.name: getattr(network, each.name) for each in fields(Network)}
    for name in ("tail", "head", "travel_s", "steps", "link_row", "crossing_row", "is_ferry"):
        own[name] = np.concatenate([own[name], own[name][onward]])
    turned = tuple(f"{network.arc_ids[one.against]}_turned" for one in lanes)
    own["arc_ids"] = network.arc_ids + turned
    return Widened(**own, n_own=len(network.arc_ids), turned=lanes)


def opens_after(problem: Problem, closes: int) -> int:
    """First step in which lanes are open that were taken in a step."""
    setup_s = round(problem.scenario.parameter("contraflow_setup_h") * 3600)
    return min(problem.clock.n_steps, closes - (-setup_s // problem.clock.step_s))


@dataclass(frozen=True, eq=False)
class _Cut:
    """A bound on the cost of each choice: constant − Σ of the worth of its options."""

    constant: int
    worth: list[int]


def _cut(problem: Problem, network: Widened, options: list[Option], prices: Prices) -> _Cut:
    rents: dict[int, Ints] = {}
    for (arc, step), price in prices.links.items():
        rents.setdefault(arc, np.zeros(problem.clock.n_steps + 1, object))[step] = price * int(
            network.capacity(arc)[step]
        )
    rest = {arc: np.cumsum(rent[::-1])[::-1] for arc, rent in rents.items()}
    constant = lower_bound(network, problem.zones, problem.hosts, problem.left_cost, prices)
    constant += sum(int(rent[0]) for arc, rent in rest.items() if arc >= network.n_own)
    row = {lanes: network.n_own + i for i, lanes in enumerate(network.turned)}

    def rent_from(arc: int, step: int) -> int:
        return int(rest[arc][step]) if arc in rest else 0

    worth = [
        rent_from(row[Lanes(onward, against)], opens_after(problem, closes)) - rent_from(against, closes)
        for onward, against, closes in options
    ]
    return _Cut(constant, worth)


def bound_of_choices(
    problem: Problem, network: Widened, options: list[Option], cuts: list[Prices], tree: object, limit: int
) -> int:
    """What no choice of at most so many roads can cost less than, by prices and a tree over all choices.

    options : (onward, against, step) of which a road is chosen with one at most
    Raises ValueError if the tree is none.
    """
    roads = [frozenset((onward, against)) for onward, against, _ in options]
    made = [_cut(problem, network, options, prices) for prices in cuts]
    return _least(made, roads, limit, tree, frozenset(), frozenset())


def _least(
    cuts: list[_Cut],
    roads: list[frozenset[int]],
    limit: int,
    tree: object,
    taken: frozenset[int],
    left: frozenset[int],
) -> int:
    """The least cost that a part of the tree allows: all choices with `taken` and without `left`."""
    if not isinstance(tree, dict):
        raise ValueError("a part of the tree is no object")
    if set(tree) == {"branch", "with", "without"}:
        option = tree["branch"]
        if type(option) is not int or not 0 <= option < len(roads) or option in taken | left:
            raise ValueError("a part of the tree branches on no option, or on one twice")
        same = {i for i, road in enumerate(roads) if road == roads[option]} - {option}
        with_it = _least(cuts, roads, limit, tree["with"], taken | {option}, left | same)
        return min(with_it, _least(cuts, roads, limit, tree["without"], taken, left | {option}))
    if len(taken) > limit:
        return 1 << 62  # no choice is in this part
    weights = tree.get("weights")
    if set(tree) != {"weights"} or not isinstance(weights, list) or not weights:
        raise ValueError("a part of the tree has neither weights nor parts")
    total = value = 0
    each = [0] * len(roads)
    for pair in weights:
        if not isinstance(pair, list) or [type(one) for one in pair] != [int, int]:
            raise ValueError("a weight is no pair of whole numbers")
        number, weight = pair
        if not 0 <= number < len(cuts) or weight < 1:
            raise ValueError("a weight is of no prices, or below 1")
        total += weight
        value += weight * cuts[number].constant
        for i, worth in enumerate(cuts[number].worth):
            each[i] += weight * worth
    value -= sum(each[i] for i in taken)
    best: dict[frozenset[int], int] = {}
    gone = {roads[i] for i in taken}
    for i, road in enumerate(roads):
        if i not in left and i not in taken and road not in gone and each[i] > 0:
            best[road] = max(best.get(road, 0), each[i])
    value -= sum(sorted(best.values(), reverse=True)[: limit - len(taken)])
    return -(-value // total)


def only_for_use(problem: Problem, network: Widened) -> Problem:
    """The problem whose prices may name turned lanes too."""
    return replace(problem, network=network)
