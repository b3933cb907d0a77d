"""The outcome of planning: who departs when by which route, what it is worth and how that is known."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.results.conflicts import Conflict
from farshore.results.households import Households
from farshore.results.orders import Order, OrdersProof, Reversal, Stage
from farshore.results.services import Services
from farshore.scenario.scenario import Scenario

__all__ = [
    "AuditLine",
    "Certificate",
    "Change",
    "Departures",
    "Event",
    "Halt",
    "Outcome",
    "Parted",
    "Replan",
    "Route",
    "Stranded",
    "TradeOff",
    "Unserved",
    "together",
]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Halt:
    """Where a way was broken off and goes on, at once or later: people wait there meanwhile.

    before : index in the route's `links` of the link entered next, len(links) if none is
    from_steps : steps after departure from which they are there
    back : arc that they had entered and were turned back on, "" if none; back_steps : when they entered it
    cause : caught, cut off or late
    """

    before: int
    node_id: str
    from_steps: int
    cause: str
    back: str = ""
    back_steps: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A way from a zone to a host on the full network.

    links : arcs in travel order; an undirected link travelled from its `to` to its `from` node is "-" + id
    entry_steps : int64[len(links)], steps after departure at which each link is entered
    arrival_steps : steps after departure at which the host is reached
    length_m, free_flow_s : sums over the links
    legs : of a plan with classes, as docs/classes.md writes them
    halts : where the way was broken off by a replan, in order of travel; nowhere else does anybody wait
    """

    route_id: str
    zone_id: str
    host_id: str
    links: tuple[str, ...]
    entry_steps: tuple[int, ...]
    arrival_steps: int
    length_m: float
    free_flow_s: int
    halts: tuple[Halt, ...] = ()
    legs: tuple[tuple[Any, ...], ...] | None = None


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


@dataclass(frozen=True, slots=True)
class Stranded:
    """People who have left and for whom there is no way on: where they are is their route's last halt.

    route : as far as they came; its `host_id` is where they were meant to go
    step : of departure; class_id : in a plan with classes
    """

    route: Route
    step: int
    persons: int
    class_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An asset closed, opened or narrowed in [from_s, until_s), seconds since 1970.

    factor : what is left of its capacity while it lasts; None for an opening
    """

    asset_id: str
    from_s: int
    until_s: int
    factor: float | None


@dataclass(frozen=True, slots=True)
class TradeOff:
    """One plan that could be made after an event: how many hear something new, and what it costs.

    weight_person_h : what a new instruction to one person counts in it; None: nobody or only who must
    changed_persons : with a new instruction; objective : in 10⁻⁶ person-hours; unserved : left behind
    chosen : whether this is the plan made
    """

    what: str
    weight_person_h: float | None
    changed_persons: int
    objective: int
    unserved: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A new instruction to some people of one zone: what held, what holds now, and why.

    at_node : where they are if they have left, "" while they are at home
    households : rows of those whom this concerns, where the plan keeps households
    old_step, new_step : of leaving home or the halt, None for staying; routes by their ids, "" for none
    """

    zone_id: str
    at_node: str
    persons: int
    old_step: int | None
    old_route: str
    old_host: str
    new_step: int | None
    new_route: str
    new_host: str
    what: str
    why: str
    households: tuple[int, ...] = ()


def together(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes without two that say the same: of those alike, the first, for the people of all."""
    alike: dict[Change, list[Change]] = {}
    for change in changes:
        alike.setdefault(replace(change, persons=0, households=()), []).append(change)
    return tuple(
        replace(
            mine[0],
            persons=sum(each.persons for each in mine),
            households=tuple(sorted(household for each in mine for household in each.households)),
        )
        for mine in alike.values()
    )


@dataclass(frozen=True, slots=True)
class Parted:
    """A household of whom a host has counted only some: so many it has not. All are taken to be there."""

    household: int
    host_id: str
    persons: int


@dataclass(frozen=True, slots=True)
class Freed:
    """People whom an instruction of the plan before bound, and who could not keep it: planned anew."""

    route_id: str
    step: int
    class_id: str
    persons: int


@dataclass(frozen=True, eq=False)
class Replan:
    """What a plan made after an event keeps of what went before.

    at_step : first step that is planned anew; all before it has happened
    caught : what those do who are on an asset that closes: back, through or held
    stability_person_h : what a new instruction to one person counts
    events : cut to what lies ahead; others : host_id → persons who came without the plan
    stranded : who cannot go on; halted : persons broken off by this event, by (cause, link)
    counts : persons arrived, on their way as before, broken off and at home, at `at_step`
    old_routes, old_departures, old_stranded, old_households, old_services : the plan that this one follows
    parted : households that the hosts' own counts cut in two
    freed : of a plan with classes, who was bound and had yet to leave, but for whom there was no room
    """

    at_step: int
    caught: str
    stability_person_h: float
    events: tuple[Event, ...]
    others: dict[str, int]
    stranded: tuple[Stranded, ...]
    halted: dict[tuple[str, str], int]
    counts: dict[str, int]
    trade_off: tuple[TradeOff, ...]
    changes: tuple[Change, ...]
    old_routes: tuple[Route, ...]
    old_departures: Departures
    old_stranded: tuple[Stranded, ...] = ()
    old_households: Households | None = None
    parted: tuple[Parted, ...] = ()
    old_services: Services | None = None
    freed: tuple[Freed, ...] = ()


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
    services: Services | None = None  # of a plan with classes
    orders: tuple[Order, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    stages: tuple[Stage, ...] = ()
    households: Households | None = None  # whole on the departures; None: the plan counts persons only
    proof: OrdersProof = OrdersProof()  # of what lanes turned and zones in turn are said to gain
    conflicts: tuple[Conflict, ...] = ()  # what keeps people from being placed by any plan
    replan: Replan | None = None  # of a plan that was made in the midst of another
