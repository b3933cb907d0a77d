"""What there is only so much of, in one numbering: a price and what is left are looked up alike."""

from dataclasses import dataclass

import numpy as np

from farshore.plan.classes.afoot import Afoot
from farshore.plan.classes.buses import Fleet
from farshore.plan.classes.ground import Ground
from farshore.scenario.clock import Ints

__all__ = ["Resources", "in_vehicles", "resources_of"]


@dataclass(frozen=True, eq=False)
class Resources:
    """Where each kind begins; those that change with time have one number a step, in the steps' order.

    from 0 : room of road arcs, in persons in cars, and places of ferry arcs; decks : of ferry arcs
    foot : walkers on crossings;
    fleets : seats of vehicles in service; trains : seats of stages; intake : of hosts; beds : one a host;
    drivers : seat-steps of each fleet on each day
    capacity : int64[n_resources]
    """

    n_steps: int
    steps_in_day: int
    n_days: int
    decks: int
    foot: int
    fleets: int
    trains: int
    intake: int
    beds: int
    drivers: int
    capacity: Ints

    def day_of(self, fleet: int, step: Ints) -> Ints:
        """Resource of a fleet's drivers in some steps."""
        return self.drivers + fleet * self.n_days + step // self.steps_in_day


def resources_of(ground: Ground, afoot: Afoot, fleets: tuple[Fleet, ...]) -> Resources:
    """Number the resources, and say how much there is of each."""
    timing = ground.timing
    in_day = max(1, 86_400 // timing.step_s)
    n_days = -(-timing.n_steps // in_day)
    parts = [
        ground.rooms[ground.room_of],
        ground.decks,
        afoot.foot_rooms,
        np.array([fleet.vehicles * fleet.seats for fleet in fleets], np.int64),
        afoot.train_rooms,
        timing.intake,
        timing.beds,
        np.array(
            [[int(fleet.vehicles.max()) * fleet.seats * fleet.steps_a_day] * n_days for fleet in fleets],
            np.int64,
        ),
    ]
    _, decks, foot, seats, trains, intake, beds, drivers, _ = np.cumsum(
        [0, *(p.size for p in parts)]
    ).tolist()
    return Resources(
        n_steps=timing.n_steps,
        steps_in_day=in_day,
        n_days=n_days,
        decks=decks,
        foot=foot,
        fleets=seats,
        trains=trains,
        intake=intake,
        beds=beds,
        drivers=drivers,
        capacity=np.concatenate([part.ravel() for part in parts]),
    )


def in_vehicles(resources: Resources, fleets: tuple[Fleet, ...]) -> tuple[Ints, Ints]:
    """What fleets have, as vehicles and not as seats.

    returns : int64[n_fleets, n_steps], vehicles; int64[n_fleets, n_days], vehicle-steps of drivers
    """
    seats = np.array([fleet.seats for fleet in fleets], np.int64)[:, None]
    serving = resources.capacity[resources.fleets : resources.trains].reshape(len(fleets), resources.n_steps)
    out = resources.capacity[resources.drivers :].reshape(len(fleets), resources.n_days)
    return serving // seats, out // seats
