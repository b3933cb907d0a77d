"""Orders by zone: one convergent route and one window without pause for each, held against the free flow."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from farshore.errors import Interrupted
from farshore.kernels.order_search import insert_all, insert_along, search
from farshore.kernels.order_state import Ground, Orders, Search
from farshore.plan.model import Problem, problem_of
from farshore.plan.orders.ground import ground_of, no_orders, room_to_search
from farshore.plan.orders.trees import annealed_ways, tree_ground_of
from farshore.plan.plan import plan
from farshore.plan.reduce import Reduced, reduce_network
from farshore.plan.routes import objective_of, route_over
from farshore.plan.stop import Progress, Stop
from farshore.results.orders import Order, order_words, turns_of
from farshore.results.outcome import Departures, Outcome, Route, Unserved
from farshore.scenario.scenario import Scenario
from farshore.scenario.timing import Ints
from farshore.units import HOUR_S, format_time, offset_of

__all__ = ["iterations_for", "plan_zones", "searched"]

ITERATIONS: Final = 250_000  # fewer on what is larger than
_ORDINARY: Final = 30_000  # nodes × steps
_SLICE_S: Final = 0.3  # between two looks at the clock, so that Ctrl-C is heard
_HOTTEST: Final = 0.001  # share of the first orders' cost by which orders may worsen at the beginning
_HOTTEST_APART: Final = 0.00003  # where every zone has a route of its own
_GROWING: Final = 0.1  # share of changes that then look for other ways; the others look for better windows
_TREES_EACH: Final = 8  # changes of trees for each change of orders: so much quicker they are
_TREES_SHARE: Final = 0.7  # of a time limit, at the end of which trees are left as they are
_FLOW_SHARE: Final = 0.15  # of the work, as the progress bar shows it

Told = Callable[[float, int], None]


def plan_zones(
    scenario: Scenario,
    *,
    stop: Stop | None = None,
    progress: Callable[[Progress], None] | None = None,
    iterations: int | None = None,
    seed: int = 1,
    flow: Outcome | None = None,
) -> Outcome:
    """Give each zone one route, convergent with all others, and one window; docs/orders.md says what that is.

    stop : when to be content; its gap is measured from the optimum of the free flow, which is the lower bound
    iterations : of the search, as many as suit the size if not said; the same seed gives the same orders,
    unless a time stops the search; flow : the plan of the free flow, if at hand
    Ctrl-C gives the best orders so far.
    """
    stop = stop or Stop()
    begun_s = time.monotonic()
    if flow is None:
        half = None if stop.seconds is None else stop.seconds / 2
        flow = plan(
            scenario, stop=Stop(0.0, half, asked=stop.asked), progress=_first_part(progress, _FLOW_SHARE)
        )
    bound = flow.certificate.lower_bound
    problem = problem_of(scenario)
    reduced = reduce_network(problem)
    many = iterations or iterations_for(problem.timing.n_steps * len(reduced.node))

    def told(share: float, objective: int) -> None:
        if progress is not None:
            done = _FLOW_SHARE + (0.95 - _FLOW_SHARE) * share
            passed_s = time.monotonic() - begun_s
            left_s = passed_s * (1 - done) / done if share > 0 else None
            progress(Progress("orders by zone", done, left_s, objective, bound))

    ground, best, rounds = searched(
        problem, reduced, convergent=True, bound=bound, stop=stop, iterations=many, seed=seed, told=told,
        begun_s=begun_s,
    )  # fmt: skip
    routes, departures = _moves_of(problem, reduced, ground, best)
    objective, stay = objective_of(problem, routes, departures)
    proven = objective - bound <= stop.gap * objective
    return replace(
        flow,
        routes=routes,
        departures=departures,
        unserved=_unserved(problem, flow, stay),
        certificate=replace(flow.certificate, objective=objective),
        solve_s=time.monotonic() - begun_s,
        complete=proven or rounds[-1]["iterations"] == many,
        options={
            "gap": stop.gap, "seconds": stop.seconds, "orders": "zones", "iterations": many, "seed": seed,
        },
        rounds=(*flow.rounds, *rounds),
        orders=_orders_of(problem, best, routes, departures),
    )  # fmt: skip


def iterations_for(places: int) -> int:
    """How many iterations suit a network of so many nodes × steps."""
    return max(5_000, min(ITERATIONS, ITERATIONS * _ORDINARY // max(1, places)))


def _first_part(
    progress: Callable[[Progress], None] | None, share: float
) -> Callable[[Progress], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda p: tell(
        replace(p, fraction=p.fraction * share, eta_s=None, objective=None, lower_bound=None)
    )


def searched(
    problem: Problem,
    reduced: Reduced,
    *,
    convergent: bool,
    bound: int,
    stop: Stop,
    iterations: int,
    seed: int,
    told: Told,
    begun_s: float,
) -> tuple[Ground, Orders, tuple[dict[str, Any], ...]]:
    """Search for orders; returns what they are given on, the best found and an account of the search."""
    timing = problem.timing
    ground = ground_of(problem, reduced, convergent=convergent)
    now, work, rng = no_orders(ground), room_to_search(ground), np.random.default_rng(seed)
    # What is the same whatever the orders: waiting before being ready is not waiting.
    fixed = timing.left_cost * int(timing.late.sum())
    fixed -= sum(
        int(n) * int(w) for n, w in zip(timing.newly_ready.ravel(), ground.waited.ravel(), strict=True) if n
    )
    if not (ground.zone_node >= 0).any():
        return ground, now, ({"iterations": iterations, "objective": fixed},)
    insert_all(ground, now, work, rng)
    floor = int(bound / (1 - stop.gap)) - fixed if stop.gap < 1 else int(now.cost.sum())
    hottest = (_HOTTEST if convergent else _HOTTEST_APART) * _of_those_who_leave(ground, now)
    most = int((ground.zone_node >= 0).sum())
    spread = timing.n_steps * timing.step_s / HOUR_S
    growing, best, kept = 1.0, _copied(now), _copied(now)
    least = int(best.cost.sum())
    wanted, done, size = iterations, 0, 20
    try:
        if convergent and least > floor:
            now = _along_a_tree(problem, reduced, ground, work, seed, iterations, stop, begun_s)
            growing = _GROWING
        while done < iterations and least > floor:
            told(done / iterations, least + fixed)
            if stop.over(time.monotonic() - begun_s):
                break
            end, since_s = min(iterations, done + size), time.monotonic()
            least = int(search(
                ground, now, work, best, kept, rng, done, end, iterations, hottest, spread, most, floor,
                growing,
            ))  # fmt: skip
            slice_s = time.monotonic() - since_s
            if stop.seconds is not None:  # as many as there is time for, so that it cools in time
                left_s = stop.seconds - (time.monotonic() - begun_s)
                possible = done + int(max(0.0, left_s) * (end - done) / max(slice_s, 1e-6))
                iterations = min(wanted, max(done + 1, possible)) if size > 100 else wanted
            done = end
            if slice_s < _SLICE_S:
                size *= 2
    except KeyboardInterrupt:
        if not best.departs.any():
            raise Interrupted("stopped before there was a plan; nothing was written") from None
    seconds = round(time.monotonic() - begun_s, 3)
    return ground, best, ({"seconds": seconds, "iterations": done, "objective": least + fixed},)


def _along_a_tree(
    problem: Problem, reduced: Reduced, ground: Ground, work: Search, seed: int, iterations: int, stop: Stop,
    begun_s: float,
) -> Orders:  # fmt: skip
    """Orders along the best tree of ways that annealing finds; windows are a first go."""
    part_s = None if stop.seconds is None else stop.seconds * _TREES_SHARE

    def enough(_share: float) -> bool:
        spent_s = time.monotonic() - begun_s
        return stop.over(spent_s) or (part_s is not None and spent_s > part_s)

    trees = tree_ground_of(problem, reduced, ground)
    ways, _ = annealed_ways(trees, seed=seed, iterations=_TREES_EACH * iterations, look=enough)
    along = no_orders(ground)
    insert_along(ground, along, work, ways)
    return along


def _copied(orders: Orders) -> Orders:
    return Orders(*(array.copy() for array in orders))


def _of_those_who_leave(ground: Ground, orders: Orders) -> int:
    """What orders cost without those who stay."""
    staying = ground.ready[:, -1] - orders.departs.sum(axis=1)
    return int(orders.cost.sum()) - int((staying * ground.staying_cost).sum())


def _moves_of(
    problem: Problem, reduced: Reduced, ground: Ground, best: Orders
) -> tuple[tuple[Route, ...], Departures]:
    scenario = problem.scenario
    zones = np.flatnonzero(best.departs.any(axis=1)).tolist()
    width = len(str(len(zones)))
    routes = tuple(
        route_over(
            problem, reduced, f"r{number + 1:0{width}}", zone, int(best.host[zone]),
            best.route[zone, : best.length[zone]].tolist(),
        )
        for number, zone in enumerate(zones)
    )  # fmt: skip
    rows = [
        (number, int(step), int(best.departs[zone, step]))
        for number, zone in enumerate(zones)
        for step in np.flatnonzero(best.departs[zone])
    ]
    assert len(scenario.zones) == len(ground.zone_node)
    route, step, persons = (np.ascontiguousarray(c) for c in np.array(rows, np.int64).reshape(-1, 3).T)
    return routes, Departures(route, step, persons)


def _orders_of(
    problem: Problem, best: Orders, routes: tuple[Route, ...], departures: Departures
) -> tuple[Order, ...]:
    scenario, timing = problem.scenario, problem.timing
    zone_row, host_row, offset = (
        scenario.zones.position(),
        scenario.hosts.position(),
        offset_of(scenario.about.start),
    )
    told = []
    for number, route in enumerate(routes):
        zone, host = zone_row[route.zone_id], host_row[route.host_id]
        mine = departures.route == number
        steps, persons = departures.step[mine], departures.persons[mine]
        first_s = timing.start_s + int(steps.min()) * timing.step_s
        end_s = timing.start_s + (int(steps.max()) + 1) * timing.step_s
        rate = int(persons.max())
        rate_h = rate * HOUR_S / timing.step_s
        told.append(
            Order(
                zone_id=route.zone_id,
                depart_from=format_time(first_s, offset),
                depart_until=format_time(end_s, offset),
                persons=int(persons.sum()),
                persons_per_step=rate,
                rate_persons_h=rate_h,
                route_id=route.route_id,
                host_id=route.host_id,
                via=";".join(turns_of(scenario, route.links)[0]),
                order=order_words(
                    scenario, zone=zone, host=host, links=route.links, first_s=first_s, end_s=end_s,
                    rate_h=rate_h,
                ),
            )
        )  # fmt: skip
    return tuple(told)


def _unserved(problem: Problem, flow: Outcome, stay: Ints) -> tuple[Unserved, ...]:
    """Who stays, by zone: what holds them in the free flow, or that one route and window were not enough."""
    binding = {left.zone_id: left.binding for left in flow.unserved}
    one_way = "one route and one window without pause leave no more room"
    return tuple(
        Unserved(str(code), int(stay[zone]), binding.get(str(code), (one_way,)))
        for zone, code in enumerate(problem.scenario.zones.zone_id)
        if stay[zone] > 0
    )
