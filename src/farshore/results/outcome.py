"""The outcome of planning: who departs when by which route, what it is worth and how that is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.results.households import Households
from farshore.results.orders import Order, Reversal, Stage
from farshore.scenario.scenario import Scenario

__all__ = ["AuditLine", "Certificate", "Departures", "Outcome", "Route", "Unserved"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Route:
    """A way from a zone to a host on the full network.

    links : arcs in travel order; an undirected link travelled from its `to` to its `from` node is "-" + id
    entry_steps : int64[len(links)], steps after departure at which each link is entered
    arrival_steps : steps after departure at which the host is reached
    length_m, free_flow_s : sums over the links
    """

    route_id: str
    zone_id: str
    host_id: str
    links: tuple[str, ...]
    entry_steps: tuple[int, ...]
    arrival_steps: int
    length_m: float
    free_flow_s: int


@dataclass(frozen=True, eq=False)
class Departures:
    """Who leaves when and by which route; parallel int64 arrays, sorted by zone, step and route.

    route : index into the outcome's routes; step : step of departure; persons : > 0
    """

    route: Ints
    step: Ints
    persons: Ints


@dataclass(frozen=True, slots=True)
class Unserved:
    """People of one zone who wish to leave and cannot within the horizon, and what holds them."""

    zone_id: str
    persons: int
    binding: tuple[str, ...]  # asset, host or reason in words, most binding first


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One protection rule: whether the plan holds it and why. `holds` is None where it cannot apply."""

    rule: str
    holds: bool | None
    why: str
    law: str = ""


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prices from which anyone can recompute a lower bound on the objective.

    Money-like units of 1e-6 exposure person-hours, whole numbers.
    link_price : {(arc, step): price}, arc as in `Route.links`; intake_price : {(host_id, step): price};
    bed_price : {host_id: price}, all prices > 0 and per person.
    objective, lower_bound : whole numbers in the same unit.
    """

    objective: int
    lower_bound: int
    link_price: dict[tuple[str, int], int]
    intake_price: dict[tuple[str, int], int]
    bed_price: dict[str, int]

    @property
    def gap(self) -> float:
        """Distance of the objective from the bound, as a share of the objective."""
        return (self.objective - self.lower_bound) / self.objective if self.objective else 0.0


@dataclass(frozen=True, eq=False)
class Outcome:
    """A plan, with the scenario that it is a plan for.

    `options` and `version` are what anyone needs, beside the scenario, to run it again.
    `rounds` are the solver's own account: one dict per round (seconds, objective, lower bound, arcs).
    `orders`, `reversals`, `stages` : what zones and roads are told, where such orders were asked for
    """

    scenario: Scenario
    routes: tuple[Route, ...]
    departures: Departures
    people: dict[str, int]  # who chooses to leave, by zone
    unserved: tuple[Unserved, ...]
    certificate: Certificate
    audit: tuple[AuditLine, ...]
    blocked_hosts: dict[str, str]  # host_id: why protection rules close it
    solve_s: float
    complete: bool  # False: stopped before the optimum was proven
    options: dict[str, Any]
    version: str
    rounds: tuple[dict[str, Any], ...]
    orders: tuple[Order, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    stages: tuple[Stage, ...] = ()
    households: Households | None = None  # whole on the departures; None: the plan counts persons only
