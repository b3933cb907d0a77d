"""Contraflow: which lanes to reverse, and when, with a bound on every choice."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from farshore.errors import UsageFault
from farshore.plan.model import Problem, problem_of
from farshore.plan.orders.choice_bound import proven_choice_bound
from farshore.plan.orders.lanes import (
    Choice,
    Lanes,
    arcs_as_cut,
    candidates,
    starts_of,
    with_all_lanes,
    with_reversed,
    with_wider,
)
from farshore.plan.plan import plan
from farshore.plan.prices import Prices
from farshore.plan.reduce import reduce_network
from farshore.plan.solver import Pricer
from farshore.plan.stop import Progress, Stop
from farshore.results.orders import Reversal, span_words
from farshore.results.outcome import Certificate, Outcome
from farshore.scenario.scenario import Scenario
from farshore.units import HOUR_S, format_time, offset_of

__all__ = ["Turned", "choose_lanes"]

_ROUNDS: Final = 40  # plans made, at most
_STARTS: Final = 4  # moments at which lanes may be turned
_SLACK: Final = 1e-9  # share by which a bound found in floating point is lowered


@dataclass(frozen=True, slots=True)
class Turned:
    """What reversing lanes comes to, in 10⁻⁶ person-hours.

    scenario : with the lanes reversed; doing_nothing : what no plan without can cost less than, which is what
    the best one costs if it was found; objective : with these
    lower_bound : what no choice of so many roads can cost less than; outcome : the best plan with these
    proof : of both bounds, ready for JSON; finished : whether the choice was sought to the end or the gap
    """

    scenario: Scenario
    reversals: tuple[Reversal, ...]
    doing_nothing: int
    objective: int
    lower_bound: int
    plans: int
    outcome: Outcome
    proof: dict[str, Any]
    finished: bool

    @property
    def account(self) -> dict[str, Any]:
        """For the summary, in person-hours."""
        return {
            "reversed": len(self.reversals),
            "doing_nothing": self.doing_nothing / 1e6,
            "objective": self.objective / 1e6,
            "lower_bound": self.lower_bound / 1e6,
            "gain": (self.doing_nothing - self.objective) / 1e6,
            "gain_at_most": (self.doing_nothing - self.lower_bound) / 1e6,
            "plans": self.plans,
        }


def choose_lanes(
    scenario: Scenario,
    limit: int,
    *,
    stop: Stop | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Turned:
    """Choose up to `limit` roads whose lanes are reversed until the end of the horizon.

    For every choice the best plan is a flow of least cost; its prices say what any other choice is worth at
    most, which is a linear bound on the cost of all choices. The choice that all bounds so far favour is
    planned next, until none can be better than the best one found (Benders, J. F. (1962), Partitioning
    procedures for solving mixed-variables programming problems). stop : of which the gap and the time count

    Raises UsageFault if there is no road with lanes both ways.
    """
    stop = stop or Stop()
    begun_s = time.monotonic()
    lanes = candidates(scenario)
    if limit < 1:
        raise UsageFault(f"--contraflow {limit}: give the most roads that may be reversed, 1 or more")
    if not lanes:
        raise UsageFault("--contraflow: no road for cars has lanes both ways that could be reversed")
    options = tuple(Choice(one, since) for one in lanes for since in starts_of(scenario, _STARTS))
    cuts = _Cuts(scenario, lanes, options)
    tried: dict[tuple[int, ...], int] = {}
    best: tuple[int, tuple[int, ...], Outcome] | None = None
    chosen: tuple[int, ...] = ()
    bound = 0
    nothing: Outcome | None = None
    while chosen not in tried and len(tried) < _ROUNDS:
        outcome = plan(with_reversed(scenario, [options[i] for i in chosen]), stop=Stop(asked=stop.asked))
        tried[chosen] = outcome.certificate.objective
        nothing = nothing or outcome
        if best is None or outcome.certificate.objective < best[0]:
            best = outcome.certificate.objective, chosen, outcome
        cuts.add(outcome, chosen)
        bound, chosen = cuts.best_choice(limit)
        passed_s = time.monotonic() - begun_s
        if progress is not None:
            done = min(0.95, 1 - (best[0] - bound) / max(1, tried[()] - bound)) if len(tried) > 1 else 0.0
            progress(Progress("lanes to reverse", max(0.0, done), None, best[0], min(bound, best[0])))
        if stop.reached(objective=best[0], lower_bound=bound, seconds=passed_s):
            break
    assert best is not None
    assert nothing is not None
    picked = [options[i] for i in best[1]]
    outcome = plan(with_wider(scenario, picked)) if picked else best[2]
    objective = outcome.certificate.objective
    exact, told = cuts.proven(limit, goal=min(bound, objective))
    return Turned(
        scenario=outcome.scenario,
        reversals=tuple(_reversal(scenario, choice) for choice in picked),
        doing_nothing=nothing.certificate.lower_bound,
        objective=objective,
        lower_bound=min(exact, objective),
        plans=len(tried),
        outcome=outcome,
        proof={"nothing": prices_told(nothing.certificate), **told},
        finished=not stop.was_asked() or best[0] - bound <= stop.gap * best[0],
    )


def prices_told(certificate: Certificate) -> dict[str, list[list[Any]]]:
    """A certificate's prices, ready for JSON."""
    return {
        "links": sorted([arc, step, price] for (arc, step), price in certificate.link_price.items()),
        "intake": sorted([host, step, price] for (host, step), price in certificate.intake_price.items()),
        "beds": sorted([host, price] for host, price in certificate.bed_price.items()),
    }


class _Cuts:
    """Bounds on the cost of every choice: constant − Σ of what is chosen."""

    def __init__(self, scenario: Scenario, lanes: Sequence[Lanes], options: Sequence[Choice]) -> None:
        whole = with_all_lanes(scenario, lanes)
        self.problem: Problem = problem_of(whole)
        self.pricer = Pricer(self.problem, reduce_network(self.problem))
        self.row = {arc_id: row for row, arc_id in enumerate(self.problem.timing.arc_ids)}
        self.called = arcs_as_cut(lanes)
        self.lanes, self.options = lanes, options
        timing = self.problem.timing
        setup_s = round(scenario.parameter("contraflow_setup_h") * HOUR_S)
        closes = np.array([choice.closes_s - timing.start_s for choice in options])
        self.closes = closes // timing.step_s
        self.opens = np.minimum(timing.n_steps, -(-(closes + setup_s) // timing.step_s))
        self.roads = np.array(
            [choice.lanes.link_row if choice.lanes.undirected else -1 for choice in options]
        )
        self.constant: list[int] = []
        self.worth: list[np.ndarray] = []
        self.prices: list[dict[str, list[list[Any]]]] = []
        # Arcs by what they are called where links are whole; turned lanes after the arc that gives them.
        whole_id = {cut: arc for arc, cut in self.called.items()}
        self.named = {
            one.added: f"{whole_id.get(one.against, one.against)}_turned" for one in lanes
        } | whole_id
        self.whole_id = whole_id

    def add(self, outcome: Outcome, chosen: tuple[int, ...]) -> None:
        """The bound that a plan's prices prove for all choices."""
        timing = self.problem.timing
        n_steps = timing.n_steps
        price = np.zeros((len(timing.arc_ids), n_steps), np.int64)
        for (arc, step), value in outcome.certificate.link_price.items():
            price[self.row[self.called.get(arc, arc)], step] = value
        capacity = timing.capacities[timing.capacity_of]
        opens = {self.options[i].lanes: int(self.opens[i]) for i in chosen}
        for one in self.lanes:  # lanes that were not turned cost what the lanes beside them do
            before = opens.get(one, n_steps)
            price[self.row[one.added], :before] = price[self.row[one.onward], :before]
        price = np.where(capacity > 0, price, 0)
        priced, at_step = np.nonzero(price)
        host_row = self.problem.scenario.hosts.position()
        intake = np.zeros(self.problem.host_open.shape, np.int64)
        for (host, at), value in outcome.certificate.intake_price.items():
            intake[host_row[host], at] = value
        beds = np.zeros(len(host_row), np.int64)
        for host, value in outcome.certificate.bed_price.items():
            beds[host_row[host]] = value
        ids = timing.arc_ids
        self.prices.append(
            prices_told(outcome.certificate)
            | {
                "links": sorted(
                    [self.named.get(ids[arc], ids[arc]), step, int(price[arc, step])]
                    for arc, step in zip(priced.tolist(), at_step.tolist(), strict=True)
                )
            }
        )
        ways = self.pricer.ways(Prices(priced, at_step, price[priced, at_step], intake, beds))
        rent = price * capacity
        constant = ways.lower_bound
        worth = []
        rest = np.zeros((len(timing.arc_ids), n_steps + 1), np.int64)  # rent from each step to the end
        rest[:, :-1] = np.cumsum(rent[:, ::-1], axis=1)[:, ::-1]
        for one in self.lanes:
            constant += int(rest[self.row[one.added], 0])
        for choice, closes, opens in zip(
            self.options, self.closes.tolist(), self.opens.tolist(), strict=True
        ):
            gained = int(rest[self.row[choice.lanes.added], opens])
            worth.append(gained - int(rest[self.row[choice.lanes.against], closes]))
        self.constant.append(constant)
        self.worth.append(np.array(worth, np.float64))

    def proven(self, limit: int, *, goal: int) -> tuple[int, dict[str, Any]]:
        """A bound on every choice in whole numbers, and what proves it: prices, options, a tree."""
        road_of: dict[frozenset[str], int] = {}
        roads = [
            road_of.setdefault(frozenset((o.lanes.onward, o.lanes.against)), len(road_of))
            for o in self.options
        ]
        worth = [list(map(int, row)) for row in self.worth]
        bound, tree = proven_choice_bound(self.constant, worth, roads, limit, goal=goal)
        used = sorted(_cuts_in(tree))
        whole = self.whole_id
        options = [
            [whole.get(o.lanes.onward, o.lanes.onward), whole.get(o.lanes.against, o.lanes.against), closes]
            for o, closes in zip(self.options, self.closes.tolist(), strict=True)
        ]
        return bound, {
            "options": options,
            "cuts": [self.prices[cut] for cut in used],
            "tree": _renumbered(tree, {cut: number for number, cut in enumerate(used)}),
        }

    def best_choice(self, limit: int) -> tuple[int, tuple[int, ...]]:
        """The choice that all bounds favour, and what no choice can cost less than."""
        scale = max(1.0, abs(float(self.constant[0])))
        useful = np.flatnonzero(np.max(self.worth, axis=0) > 0)
        n = len(useful)
        if not n:
            return max(self.constant), ()
        # Unknowns: the choices, then the cost. cost + Σ worth · chosen ≥ constant, by each plan's prices.
        rows = [np.append(worth[useful] / scale, 1.0) for worth in self.worth]
        low = [constant / scale for constant in self.constant]
        rows.append(np.append(np.ones(n), 0.0))
        bounds = [*[(value, np.inf) for value in low], (-np.inf, limit)]
        for pair in self._exclusive(useful):
            rows.append(np.append(np.isin(np.arange(n), pair).astype(float), 0.0))
            bounds.append((-np.inf, 1.0))
        below, above = np.array(bounds).T
        found = milp(
            np.append(np.zeros(n), 1.0),
            constraints=LinearConstraint(np.array(rows), below, above),
            integrality=np.append(np.ones(n), 0.0),
            bounds=Bounds(np.append(np.zeros(n), -np.inf), np.append(np.ones(n), np.inf)),
            options={"mip_rel_gap": 1e-9},
        )
        if found.x is None:
            return 0, ()
        chosen = tuple(useful[np.flatnonzero(found.x[:n] > 0.5)].tolist())
        proven = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
        return int((float(proven) - _SLACK) * scale), chosen

    def _exclusive(self, useful: np.ndarray) -> list[list[int]]:
        """Groups of which at most one may be chosen: a road is turned once, and one way only."""
        by_road: dict[frozenset[str], list[int]] = {}
        for at, option in enumerate(useful.tolist()):
            lanes = self.options[option].lanes
            by_road.setdefault(frozenset((lanes.onward, lanes.against)), []).append(at)
        return [group for group in by_road.values() if len(group) > 1]


def _cuts_in(tree: dict[str, Any]) -> set[int]:
    if "weights" in tree:
        return {cut for cut, _ in tree["weights"]}
    return _cuts_in(tree["with"]) | _cuts_in(tree["without"])


def _renumbered(tree: dict[str, Any], number: dict[int, int]) -> dict[str, Any]:
    if "weights" in tree:
        return {"weights": [[number[cut], weight] for cut, weight in tree["weights"]]}
    return tree | {part: _renumbered(tree[part], number) for part in ("with", "without")}


def _reversal(scenario: Scenario, choice: Choice) -> Reversal:
    lanes, links = choice.lanes, scenario.links
    row, offset = lanes.link_row, offset_of(scenario.about.start)
    ends = str(links.from_node_id[row]), str(links.to_node_id[row])
    here, there = ends if lanes.undirected and lanes.forward else (ends[1], ends[0])
    start_s = int(scenario.about.start.timestamp())
    end_s = start_s + scenario.about.horizon_h * HOUR_S
    opens_s = min(end_s, choice.closes_s + round(scenario.parameter("contraflow_setup_h") * HOUR_S))
    each = float(links.capacity[row]) * scenario.parameter("contraflow_capacity_factor")
    name = str(links.name[row]) or str(links.link_id[row])
    return Reversal(
        link_id=str(links.link_id[row]),
        name=str(links.name[row]),
        from_node_id=here,
        towards_node_id=there,
        closes=format_time(choice.closes_s, offset),
        opens=format_time(opens_s, offset),
        until=format_time(end_s, offset),
        lanes=int(links.lanes[row]),
        capacity_veh_h=round(each * int(links.lanes[row]), 1),
        widened_link_id=lanes.onward,
        order=(
            f"{name}: all lanes lead from {here} to {there} {span_words(scenario, opens_s, end_s)}; close "
            f"the other direction {span_words(scenario, choice.closes_s, opens_s).split(' until')[0]}."
        ),
    )
