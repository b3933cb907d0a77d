"""A bound on waiting: the same vehicles, but divisible, and every trip as short as it could be."""

import numpy as np
from scipy.sparse import coo_array

from farshore.plan.fleets.programs import least_cost
from farshore.plan.fleets.service import NO_WAY, Service

__all__ = ["least_waiting"]


def least_waiting(service: Service) -> int:
    """Least cost of waiting and of never being fetched that any timetable can have, 10⁻⁶ person-hours.

    A linear program over fleets, zones and steps: by the end of step k the trips that a fleet has begun, each
    counted with loading, the shortest way to a host, unloading and the shortest way on to any zone, fit into
    the time its vehicles have had since they could first be loaded, and one trip more each; and no vehicle has
    begun more trips than so many of the shortest fit. Beds, intake, drivers and night hours are left out, so
    that the true cost can only be higher.
    """
    timing = service.problem.timing
    n_zones, n_steps = service.arriving.shape
    fleets = sorted({vehicle.fleet for vehicle in service.vehicles})
    wanted = np.flatnonzero(service.arriving.any(axis=1))
    ends_s = (np.arange(n_steps) + 1) * timing.step_s
    kinds = []  # (fleet, zone, seconds of a trip, seats)
    for fleet in fleets:
        one = next(vehicle for vehicle in service.vehicles if vehicle.fleet == fleet)
        onward = int(service.back_s[fleet][:, wanted].min(initial=NO_WAY))
        for zone in wanted.tolist():
            out = int(service.out_s[fleet, zone].min())
            if out < NO_WAY and service.to_zone[fleet, zone] < NO_WAY:
                turn = one.load_s + out + one.unload_s + (onward if onward < NO_WAY else 0)
                kinds.append((fleet, zone, turn, one.seats))
    # Columns: trips begun per kind and step, then persons waiting per wanted zone and step.
    n_trips, place = len(kinds) * n_steps, {zone: at for at, zone in enumerate(wanted.tolist())}
    rows, columns, values, limits = [], [], [], []
    row = 0
    for zone in wanted.tolist():  # waiting ≥ arrived − seats sent, by the end of each step
        arrived = np.cumsum(service.arriving[zone])
        for k in range(n_steps):
            for number, (_, of_zone, _, seats) in enumerate(kinds):
                if of_zone == zone:  # as differences between steps: few entries
                    rows.append(row)
                    columns.append(number * n_steps + k)
                    values.append(-float(seats))
            here = n_trips + place[zone] * n_steps + k
            rows.append(row)
            columns.append(here)
            values.append(-1.0)
            if k:
                rows.append(row)
                columns.append(here - 1)
                values.append(1.0)
            limits.append(-float(arrived[k] - (arrived[k - 1] if k else 0)))
            row += 1
    n_used = 2 * len(fleets) * n_steps  # columns: vehicle-seconds and trips begun by a fleet so far
    for at, (fleet, counting) in enumerate((fleet, c) for fleet in fleets for c in (False, True)):
        mine = [(number, kind) for number, kind in enumerate(kinds) if kind[0] == fleet]
        for k in range(n_steps):
            here = n_trips + len(wanted) * n_steps + at * n_steps + k
            for number, (_, _, turn, _) in mine:
                rows.append(row)
                columns.append(number * n_steps + k)
                values.append(1.0 if counting else float(turn))
            rows.append(row)
            columns.append(here)
            values.append(-1.0)
            if k:
                rows.append(row)
                columns.append(here - 1)
                values.append(1.0)
            limits.append(0.0)
            row += 1
    most: list[float] = [np.inf] * (n_trips + len(wanted) * n_steps)
    for fleet in fleets:
        ready = [
            v.from_s + int(service.to_zone[fleet].min()) + v.load_s
            for v in service.vehicles
            if v.fleet == fleet
        ]
        turns = [turn for of_fleet, _, turn, _ in kinds if of_fleet == fleet]
        had = [[max(0, end_s - each) for each in ready if each < end_s] for end_s in ends_s.tolist()]
        most += [float(sum(each) + len(each) * max(turns, default=0)) for each in had]
        most += [float(sum(s // max(1, min(turns, default=1)) + 1 for s in each)) for each in had]
    costs = np.zeros(n_trips + len(wanted) * n_steps + n_used)
    for zone in wanted.tolist():
        first = n_trips + place[zone] * n_steps
        costs[first : first + n_steps] = timing.wait_cost[zone]
        costs[first + n_steps - 1] += timing.left_cost
    if not len(costs):
        return 0
    answer = least_cost(
        costs / 1e6,
        coo_array((values, (rows, columns)), shape=(row, len(costs))).tocsr(),
        np.array(limits),
        upper=np.array(most),
    )
    if answer.amounts is None:
        return 0
    return int(max(0.0, answer.cost * (1 - 1e-7)) * 1e6)
