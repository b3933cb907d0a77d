"""docs/robust.md as one linear programme over all futures at once, by enumeration of ways: for tiny cases.

Persons may be parted in it, and who is called back is free to choose: where no way can come twice to a
place, no instructions are better.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from farshore.scenario.scenario import Scenario
from farshore.stress.draw import Futures, with_losses
from tests.oracle import Oracle

UNDISTURBED_WEIGHT = 0.01


@dataclass(frozen=True)
class _Way:
    zone: int
    host: int
    arcs: tuple[int, ...]
    entries: tuple[int, ...]
    arrival: int


def _ways(page: Oracle) -> list[_Way]:
    out = defaultdict(list)
    for number, arc in enumerate(page.arcs):
        out[arc.tail].append(number)
    found = []
    for zone, place in enumerate(page.zones):

        def go(node, arcs, entries, passed, seen, zone=zone):
            for host, there in enumerate(page.hosts):
                if there.node == node:
                    found.append(_Way(zone, host, tuple(arcs), tuple(entries), passed))
            for number in out[node]:
                arc = page.arcs[number]
                if arc.head not in seen:
                    go(
                        arc.head,
                        [*arcs, number],
                        [*entries, passed],
                        passed + arc.steps,
                        {*seen, arc.head},
                    )

        go(place.node, [], [], 0, {place.node})
    return found


class _Programme:
    def __init__(self) -> None:
        self.n, self.rows, self.cols, self.values, self.right = 0, [], [], [], []
        self.equal = ([], [], [], [])

    def var(self) -> int:
        self.n += 1
        return self.n - 1

    def at_most(self, terms, right) -> None:
        for col, value in terms:
            self.rows.append(len(self.right))
            self.cols.append(col)
            self.values.append(value)
        self.right.append(right)

    def exactly(self, terms, right) -> None:
        rows, cols, values, rights = self.equal
        for col, value in terms:
            rows.append(len(rights))
            cols.append(col)
            values.append(value)
        rights.append(right)


def best_objective(scenario: Scenario, *, seed: int, futures: int, level: float) -> float:
    """The least objective of any instructions, in the unit of costs; persons may be parted."""
    page = Oracle(scenario)
    ways = _ways(page)
    lp = _Programme()
    steps = range(page.n_steps)
    told = {
        (w, t): lp.var()
        for w, way in enumerate(ways)
        for t in steps
        if t + way.arrival < page.n_steps and page.hosts[way.host].takes[t + way.arrival]
    }
    _rooms(lp, page, ways, [(w, t, var) for (w, t), var in told.items()], 0)
    for zone, place in enumerate(page.zones):
        for k in steps:
            lp.at_most(
                [(v, 1.0) for (w, t), v in told.items() if ways[w].zone == zone and t <= k], place.ready[k]
            )
    undisturbed = _cost(page, ways, [(w, t, v) for (w, t), v in told.items()], [])
    drawn = Futures(scenario, seed=seed, vary=("hazards",))
    costs = []
    for number in range(futures):
        losses = [event for event in drawn.future(number).events if event.what == "loss"]
        known = min((-(-int(event.from_s) // page.step_s) for event in losses), default=page.n_steps)
        if known >= page.n_steps:
            costs.append(undisturbed)
            continue
        costs.append(_future(lp, page, Oracle(with_losses(scenario, losses)), ways, told, known))
    # Rockafellar and Uryasev's form of the mean of the worst
    eta = lp.var()
    excess = []
    for terms, constant in costs:
        u = lp.var()
        excess.append(u)
        lp.at_most([*terms, (eta, -1.0), (u, -1.0)], -constant)
    objective = np.zeros(lp.n)
    objective[eta] = 1.0
    objective[excess] = 1.0 / (futures * (1 - level))
    terms, constant = undisturbed
    fixed = UNDISTURBED_WEIGHT * constant
    for col, value in terms:
        objective[col] += UNDISTURBED_WEIGHT * value
    rows, cols, values, rights = lp.equal
    bounds = [(0, None)] * lp.n
    bounds[eta] = (None, None)
    scale = 1e-6
    answer = linprog(
        objective * scale,
        A_ub=csr_matrix((lp.values, (lp.rows, lp.cols)), shape=(len(lp.right), lp.n)),
        b_ub=lp.right,
        A_eq=csr_matrix((values, (rows, cols)), shape=(len(rights), lp.n)) if rights else None,
        b_eq=rights or None,
        bounds=bounds,
        method="highs",
    )
    assert answer.status == 0, answer.message
    return answer.fun / scale + fixed


def _rooms(lp, page, ways, groups, first) -> None:
    """Room on arcs and in intakes from a step on, and beds."""
    entering, taken, beds = defaultdict(list), defaultdict(list), defaultdict(list)
    for w, t, var in groups:
        way = ways[w]
        for arc, entry in zip(way.arcs, way.entries, strict=True):
            if t + entry >= first:
                entering[arc, t + entry].append((var, 1.0))
        if t + way.arrival >= first:
            taken[way.host, t + way.arrival].append((var, 1.0))
        beds[way.host].append((var, 1.0))
    for (arc, k), terms in entering.items():
        lp.at_most(terms, page.arcs[arc].capacity[k])
    for (host, _), terms in taken.items():
        if page.hosts[host].room is not None:
            lp.at_most(terms, page.hosts[host].room)
    for host, terms in beds.items():
        lp.at_most(terms, page.hosts[host].beds)


def _cost(page, ways, gone, back):
    """(terms, constant): `gone` leave for good; `back` are groups whose links before a step are spent."""
    constant = 0.0
    for place in page.zones:
        constant += sum(n * w for n, w in zip(place.ready, place.wait, strict=True))
        constant += page.left * place.people
    terms = []
    for w, t, var in gone:
        way, place = ways[w], page.zones[ways[w].zone]
        cost = -sum(place.wait[t:]) - page.left
        cost += sum(page.arcs[a].cost[t + e] for a, e in zip(way.arcs, way.entries, strict=True))
        terms.append((var, float(cost)))
    for w, t, var, until in back:
        way = ways[w]
        links = zip(way.arcs, way.entries, strict=True)
        terms.append((var, float(sum(page.arcs[a].cost[t + e] for a, e in links if t + e < until))))
    return terms, constant


def _future(lp, page, after, ways, told, known):
    kept, back, anew = [], [], []
    for (w, t), var in told.items():
        if t >= known:
            continue
        go = lp.var()
        kept.append((w, t, go))
        if t + ways[w].arrival < known:
            lp.exactly([(go, 1.0), (var, -1.0)], 0.0)
            continue
        turned = lp.var()
        back.append((w, t, turned, known))
        lp.exactly([(go, 1.0), (turned, 1.0), (var, -1.0)], 0.0)
    for w, way in enumerate(ways):
        for t in range(known, page.n_steps):
            if t + way.arrival < page.n_steps and after.hosts[way.host].takes[t + way.arrival]:
                anew.append((w, t, lp.var()))  # noqa: PERF401 (each variable is made in its turn)
    _rooms(lp, after, ways, [*kept, *anew], known)
    for zone, place in enumerate(page.zones):
        for k in range(known, page.n_steps):
            away = [(var, 1.0) for w, t, var in kept if ways[w].zone == zone]
            away += [(v, 1.0) for w, t, v, _ in back if ways[w].zone == zone and 2 * known - t > k]
            away += [(var, 1.0) for w, t, var in anew if ways[w].zone == zone and t <= k]
            lp.at_most(away, place.ready[k])
    return _cost(page, ways, [*kept, *anew], back)
