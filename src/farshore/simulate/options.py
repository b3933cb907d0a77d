"""What a simulation assumes beyond the scenario, each with the value that holds unless said."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from farshore.errors import UsageFault
from farshore.scenario.scenario import Scenario
from farshore.simulate.changes import OnClosure
from farshore.simulate.loader import Merge, Origins

__all__ = ["Contraflow", "Departing", "Options", "Routes", "options_as_text"]


class Routes(Enum):
    """Which way people take who follow no plan."""

    NEAREST = "nearest"  # the nearest host by free-flow time, come what may
    SHORTEST = "shortest"  # the host that is nearest as the roads are now, told again at every update
    EQUILIBRIUM = "equilibrium"  # nobody would have been faster by another way (iterated)


class Departing(Enum):
    """When people set out who follow no plan."""

    READY = "ready"  # as soon as they are ready, by the zone's curve
    IMMEDIATE = "immediate"  # all at the start
    LOGIT = "logit"  # along an S-curve, half of them by `half_departed_h`
    RAYLEIGH = "rayleigh"  # along a Rayleigh curve, half of them by `half_departed_h`


@dataclass(frozen=True, slots=True)
class Contraflow:
    """Lanes of a link reversed in favour of another for a while.

    takes, gives : link ids ("-id" for the way back of an undirected link); from_h, until_h : hours after the
    start; lanes : lanes of `takes` while it lasts, as a multiple of its own
    """

    takes: str
    gives: str
    from_h: float
    until_h: float
    lanes: float = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to simulate; None: the scenario's parameter of that name, or the program's.

    compliance_share : of those with a plan, the share who keep to its times and ways; the others set out and
    drive as if there were none
    informed_share, update_s, cohorts : drivers who hear of queues, how often, in how many groups
    shadow_share : of those present who choose to stay, the share who leave as well
    second_car_share : households that take two cars; each then holds half as many people
    on_foot_share : people without a seat in a car who walk; the others wait for buses where there are any,
    and share cars where there are none
    buses : whether people without a seat wait for buses or trains; without, those who do not walk share cars
    background_veh_h : vehicles an hour that are on the road for other reasons, from zones to hosts
    truck_share : of those, the share of trucks
    spread_h : hours in which the logit curve rises from half to 73 %
    ferry_every_s : above 0 ferries sail by the clock
    priorities : for the merge rule `priority`, links ("-id" for the way back) and by how much each one's
    claim exceeds its saturation flow; 1 for all others
    """

    routes: Routes = Routes.SHORTEST
    departing: Departing = Departing.READY
    half_departed_h: float | None = None
    spread_h: float = 3.0
    compliance_share: float | None = None
    informed_share: float | None = None
    update_s: float = 600.0
    cohorts: int = 1
    iterations: int = 10
    shadow_share: float = 0.0
    second_car_share: float = 0.0
    on_foot_share: float = 0.0
    buses: bool = True
    background_veh_h: float = 0.0
    truck_share: float = 0.0
    capacity_drop_share: float | None = None
    on_closure: OnClosure = OnClosure.RELEASED
    merge: Merge = Merge.CAPACITY
    origins: Origins = Origins.SHARE
    contraflow: tuple[Contraflow, ...] = field(default=())
    priorities: tuple[tuple[str, float], ...] = field(default=())
    ferry_every_s: float = 0.0
    sample_s: float | None = None

    def __post_init__(self) -> None:
        shares = {
            name: getattr(self, name)
            for name in (
                "compliance_share",
                "informed_share",
                "shadow_share",
                "second_car_share",
                "on_foot_share",
                "truck_share",
                "capacity_drop_share",
            )
        }
        wrong = [
            f"{name} is {v:g}; a share is from 0 to 1"
            for name, v in shares.items()
            if v is not None and not 0 <= v <= 1
        ]
        wrong += [
            f"{name} is {getattr(self, name):g}; it must be above 0"
            for name in ("update_s", "cohorts", "iterations", "spread_h")
            if not getattr(self, name) > 0
        ]
        wrong += [
            f"priority of {link} is {claim:g}; it must be above 0"
            for link, claim in self.priorities
            if not claim > 0
        ]
        if self.priorities and self.merge is not Merge.PRIORITY:
            wrong.append("priorities of links count with the merge rule priority only: add --merge priority")
        if self.background_veh_h < 0:
            wrong.append(f"background_veh_h is {self.background_veh_h:g}; it cannot be negative")
        if wrong:
            raise UsageFault("\n".join(wrong))

    def value(self, name: str, scenario: Scenario) -> float:
        """The option if it was given, else the scenario's parameter of that name."""
        given = getattr(self, name)
        return scenario.parameter(name) if given is None else float(given)


def options_as_text(options: Options) -> Mapping[str, Any]:
    """The options as JSON takes them."""

    def plain(value: Any) -> Any:
        return value.value if isinstance(value, Enum) else value

    return {key: plain(value) for key, value in asdict(options).items()}
