"""What holds back the people whom a plan leaves behind, in words."""

import numpy as np

from farshore.kernels.ways import follow
from farshore.plan.model import Problem
from farshore.plan.prices import Prices
from farshore.plan.reduce import Reduced
from farshore.plan.solver import Pricer, Ways
from farshore.results.outcome import Unserved
from farshore.scenario.timing import Ints

__all__ = ["binding_of", "unserved_of"]

_MOST = 6  # reasons named for a zone


def unserved_of(problem: Problem, reduced: Reduced, prices: Prices, stay: Ints) -> tuple[Unserved, ...]:
    """Zones whose people the plan leaves behind, and for each what binds: stay is int64[n_zones]."""
    return tuple(
        Unserved(str(problem.scenario.zones.zone_id[zone]), int(stay[zone]), binding)
        for zone, binding in binding_of(problem, reduced, prices, stay).items()
    )


def binding_of(
    problem: Problem,
    reduced: Reduced,
    prices: Prices,
    stay: Ints,
    *,
    only: int | None = None,
    ways: Ways | None = None,
) -> dict[int, tuple[str, ...]]:
    """What binds in each origin whose people stay, most binding first.

    What binds is read off the prices: along the cheapest ways from the zone, in the steps in which staying is
    no dearer than any, every full crossing, road, intake or bed adds its price.
    stay : int64[n_origins]; only : look at so many of them; ways : the cheapest at these prices, if known
    """
    held = np.flatnonzero(stay[:only] > 0).tolist()
    if not held:
        return {}
    if ways is None:
        ways = Pricer(problem, reduced).ways(prices)
    arc_price = dict(
        zip(zip(prices.arc.tolist(), prices.step.tolist(), strict=True), prices.price.tolist(), strict=True)
    )
    return {zone: _binding(problem, reduced, prices, ways, arc_price, zone, int(stay[zone])) for zone in held}


def _binding(
    problem: Problem,
    reduced: Reduced,
    prices: Prices,
    ways: Ways,
    arc_price: dict[tuple[int, int], int],
    zone: int,
    stay: int,
) -> tuple[str, ...]:
    timing = problem.timing
    late = int(timing.late[zone])
    reasons = [f"{late} of them would be ready only after the end of the horizon"] if late else []
    if stay == late:
        return tuple(reasons)
    home = int(reduced.zone_node[zone])
    ready = np.cumsum(timing.newly_ready[zone]) > 0
    possible = (
        np.flatnonzero(ready & (ways.from_home[zone] < 1 << 59)) if home >= 0 else np.empty(0, np.int64)
    )
    if not len(possible):
        return (*reasons, "no way is open that ends within the horizon at a host that takes people in")
    still = np.cumsum(timing.wait_cost[zone, ::-1])[::-1] + timing.left_cost
    held = possible[ways.from_home[zone, possible] >= still[possible]]
    worth: dict[str, int] = {}
    way = np.empty(timing.n_steps + 4 * len(reduced.node), np.int64)
    for step in (held if len(held) else possible).tolist():
        n, host = follow(
            home, step, reduced.head, reduced.comes_from, reduced.steps,
            ways.choice_1, ways.choice_2, ways.toward_1, way,
        )  # fmt: skip
        at = step
        for chain in way[:n].tolist():
            for arc, entry in zip(
                reduced.arcs_of(chain).tolist(), (at + reduced.entries_of(chain)).tolist(), strict=True
            ):
                if (arc, entry) in arc_price:
                    name = _asset(problem, arc)
                    worth[name] = worth.get(name, 0) + arc_price[arc, entry]
            at += int(reduced.steps[chain])
        for words, price in (
            (_host(problem, host, "beds are all taken"), int(prices.beds[host])),
            (_host(problem, host, "intake is full"), int(prices.intake[host, at])),
        ):
            if price > 0:
                worth[words] = worth.get(words, 0) + price
    ranked = sorted(worth, key=lambda words: (-worth[words], words))
    if not ranked:
        return (*reasons, "every way would expose people more than staying does")
    return (*reasons, *ranked[:_MOST])


def _asset(problem: Problem, arc: int) -> str:
    timing, scenario = problem.timing, problem.scenario
    crossing, link = int(timing.crossing_row[arc]), int(timing.link_row[arc])
    if crossing >= 0:
        table = scenario.crossings
        return f"crossing {table.crossing_id[crossing]} ({table.name[crossing]}) is full"
    name = scenario.links.name[link]
    return f"road {scenario.links.link_id[link]}{f' ({name})' if name else ''} is full"


def _host(problem: Problem, host: int, what: str) -> str:
    hosts = problem.scenario.hosts
    beds = f"{int(hosts.beds[host])} " if what.startswith("beds") else ""
    return f"{beds}{what} at {hosts.host_id[host]} ({hosts.name[host]})"
