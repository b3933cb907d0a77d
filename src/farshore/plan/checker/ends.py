"""Both ends of every way: who is ready when in which zone, and which host takes how many when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.timetable import Clock, Dated, Floats, Ints, highest, ready_by_step, whole
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME

__all__ = ["Host", "Zone", "cost_of_being_left", "hosts_of", "zones_of"]

ROUND_UP = 1e-6


@dataclass(frozen=True, eq=False)
class Zone:
    """Where people start.

    people : how many choose to leave; ready : int64[n_steps], how many of them are ready by each step's start
    waiting_cost : int64[n_steps], of one person at home through the step; rate : float64[n_steps]
    """

    zone_id: str
    row: int
    node: int
    people: int
    ready: Ints
    waiting_cost: Ints
    rate: Floats

    @property
    def newly_ready(self) -> Ints:
        """Who becomes ready with each step: int64[n_steps]."""
        return np.diff(self.ready, prepend=0)

    @property
    def never_ready(self) -> int:
        """Who would be ready only after the last step."""
        return self.people - int(self.ready[-1])


@dataclass(frozen=True, eq=False)
class Host:
    """Where people are taken in.

    takes : bool[n_steps], whether it takes anybody in the step; intake : most persons in any step, or None
    """

    host_id: str
    row: int
    node: int
    beds: int
    blocked: bool
    takes: npt.NDArray[np.bool_]
    intake: int | None

    def intake_in(self, step: int) -> int | None:
        """Most persons in a step; None: no limit."""
        return self.intake if self.takes[step] else 0

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Steps in which a way may end here: bool[n_steps]."""
        if self.blocked or self.beds < 1 or (self.intake is not None and self.intake < 1):
            return np.zeros_like(self.takes)
        return self.takes


def zones_of(scenario: Scenario, clock: Clock, exposure: dict[str, tuple[Dated, ...]]) -> tuple[Zone, ...]:
    """Every zone, in file order."""
    table, node_row = scenario.zones, scenario.nodes.position()
    present, leaving = scenario.parameter("share_present"), scenario.parameter("share_leaving")
    otherwise = scenario.parameter("exposure_default_rate")
    zones = []
    for row, zone_id in enumerate(table.zone_id):
        people = int(np.floor(int(table.persons[row]) * present * leaving + 0.5))
        rate = highest(exposure.get(zone_id, ()), clock.n_steps, otherwise)
        zones.append(
            Zone(
                zone_id=str(zone_id),
                row=row,
                node=node_row[table.node_id[row]],
                people=people,
                ready=ready_by_step(table.ready_curve[row], people, clock),
                waiting_cost=whole(1e6 * rate * clock.step_s / 3600 + 0.5),
                rate=rate,
            )
        )
    return tuple(zones)


def cost_of_being_left(zones: tuple[Zone, ...], clock: Clock) -> int:
    """U of the model page: what each person left behind costs beside the waiting."""
    at_one = int(np.floor(1e6 * clock.step_s / 3600 + 0.5))
    dearest = max((int(zone.waiting_cost.max()) for zone in zones), default=0)
    return 10 * clock.n_steps * max(dearest, at_one)


def hosts_of(scenario: Scenario, clock: Clock) -> tuple[Host, ...]:
    """Every host, in file order."""
    table, node_row, begins = scenario.hosts, scenario.nodes.position(), clock.begins_s
    hosts = []
    for row, host_id in enumerate(table.host_id):
        since, until = int(table.beds_from[row]), int(table.confirmed_until[row])
        from_then = np.ones(clock.n_steps, bool) if since == NO_TIME else begins >= since
        till_then = np.ones(clock.n_steps, bool) if until == NO_TIME else begins < until
        per_h = float(table.intake_persons_h[row])
        hosts.append(
            Host(
                host_id=str(host_id),
                row=row,
                node=node_row[table.node_id[row]],
                beds=int(table.beds[row]),
                blocked=_blocked(scenario, str(table.territory[row])),
                takes=from_then & till_then,
                intake=None if np.isnan(per_h) else int(np.floor(per_h * clock.step_s / 3600 + ROUND_UP)),
            )
        )
    return tuple(hosts)


def _blocked(scenario: Scenario, territory: str) -> bool:
    """Whether protection closes a host, read from the scenario anew."""
    operation = scenario.about.operation
    if operation.territory_status != "occupied" or territory not in ("sponsor", "third"):
        return False
    exception = operation.exception
    if exception is None:
        return True
    two_approve = len({name.strip() for name in exception.approved_by if name.strip()}) > 1
    return not (exception.reason.strip() and exception.return_plan.strip() and two_approve)
