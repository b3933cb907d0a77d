"""A bound on waiting: the same vehicles, but divisible, and every trip as short as it could be."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from farshore.plan.fleets.programs import least_cost
from farshore.plan.fleets.service import NO_WAY, Service

__all__ = ["least_waiting"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Trips of one fleet from one zone: seconds of the shortest, turning round included; seats."""

    fleet: int
    zone: int
    turn_s: int
    seats: int


class _Rows:
    """Rows `… ≤ limit` over columns in blocks of one per step."""

    def __init__(self, n_steps: int) -> None:
        self.n_steps = n_steps
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.limits: list[float] = []

    def accumulate(self, into: int, parts: list[tuple[int, float]], limits: list[float]) -> None:
        """Block `into` at each step ≥ itself a step before + Σ value · part − limit: a running sum."""
        for k in range(self.n_steps):
            entries = [(block * self.n_steps + k, value) for block, value in parts]
            entries.append((into * self.n_steps + k, -1.0))
            if k:
                entries.append((into * self.n_steps + k - 1, 1.0))
            for column, value in entries:
                self.rows.append(len(self.limits))
                self.columns.append(column)
                self.values.append(value)
            self.limits.append(limits[k])


def least_waiting(service: Service) -> int:
    """Least cost of waiting and of never being fetched that any timetable can have, 10⁻⁶ person-hours.

    A linear program over fleets, zones and steps: by the end of step k the trips that a fleet has begun, each
    counted with loading, the shortest way to a host, unloading and the shortest way on to any zone, fit into
    the time its vehicles have had since they could first be loaded, and one trip more each; and none has
    begun more trips than so many of the shortest fit. Beds, intake, drivers and night hours are left out, so
    that the true cost can only be higher.
    """
    timing = service.problem.timing
    n_steps = timing.n_steps
    wanted = np.flatnonzero(service.arriving.any(axis=1)).tolist()
    fleets = sorted({vehicle.fleet for vehicle in service.vehicles})
    kinds = _kinds(service, wanted)
    n_blocks = len(kinds) + len(wanted) + 2 * len(fleets)
    if not wanted:
        return 0
    rows = _Rows(n_steps)
    costs, most = np.zeros((n_blocks, n_steps)), np.full((n_blocks, n_steps), np.inf)
    for at, zone in enumerate(wanted, len(kinds)):  # people waiting at the end of each step
        trips = [(block, -float(kind.seats)) for block, kind in enumerate(kinds) if kind.zone == zone]
        rows.accumulate(at, trips, (-service.arriving[zone].astype(np.float64)).tolist())
        costs[at] = timing.wait_cost[zone]
        costs[at, -1] += timing.left_cost
    ends_s = (np.arange(n_steps) + 1) * timing.step_s
    for at, fleet in enumerate(fleets):  # seconds and trips begun so far
        mine = [(block, kind) for block, kind in enumerate(kinds) if kind.fleet == fleet]
        seconds, begun = n_blocks - 2 * len(fleets) + 2 * at, n_blocks - 2 * len(fleets) + 2 * at + 1
        rows.accumulate(seconds, [(block, float(kind.turn_s)) for block, kind in mine], [0.0] * n_steps)
        rows.accumulate(begun, [(block, 1.0) for block, _ in mine], [0.0] * n_steps)
        turns = [kind.turn_s for _, kind in mine]
        first_s = np.array(
            [
                vehicle.from_s + int(service.to_zone[fleet].min()) + vehicle.load_s
                for vehicle in service.vehicles
                if vehicle.fleet == fleet
            ]
        )
        had_s = ends_s[:, None] - first_s[None, :]
        most[seconds] = np.where(had_s > 0, had_s + max(turns, default=0), 0).sum(axis=1)
        most[begun] = np.where(had_s > 0, had_s // max(1, min(turns, default=1)) + 1, 0).sum(axis=1)
    shape = len(rows.limits), n_blocks * n_steps
    answer = least_cost(
        costs.ravel() / 1e6,
        coo_array((rows.values, (rows.rows, rows.columns)), shape=shape).tocsr(),
        np.array(rows.limits),
        upper=most.ravel(),
    )
    if answer.amounts is None:
        return 0
    return int(max(0.0, answer.cost * (1 - 1e-7)) * 1e6)


def _kinds(service: Service, wanted: list[int]) -> list[_Kind]:
    found = []
    for fleet in sorted({vehicle.fleet for vehicle in service.vehicles}):
        one = next(vehicle for vehicle in service.vehicles if vehicle.fleet == fleet)
        onward_s = int(service.back_s[fleet][:, wanted].min(initial=NO_WAY))
        for zone in wanted:
            out_s = int(service.out_s[fleet, zone].min())
            if out_s < NO_WAY and service.to_zone[fleet, zone] < NO_WAY:
                turn_s = one.load_s + out_s + one.unload_s + (onward_s if onward_s < NO_WAY else 0)
                found.append(_Kind(fleet, zone, turn_s, one.seats))
    return found
