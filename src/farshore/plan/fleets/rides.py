"""Rides to whole-vehicle trips and duties: what a planner gives, and what it gets back.

A planner knows who wants to ride from where to where, and when they are ready: `Rides`, a row for each number
of people alike. It says which vehicles there are (`RideFleet`), how long drives take by the time of day
(`Travel`) and how long drivers may work (`Hours`). `timetable_rides` answers with trips of single vehicles,
who is aboard each, and the legs of each vehicle's duties; `check_rides` checks such an answer and shares no
code with it.

    rides = Rides.of(pickup=[1, 1], drop=[2, 2], ready_step=[0, 4], persons=[70, 12], step_s=300)
    fleets = (RideFleet("bus", base=0, vehicles=3, seats=50, load_s=600, unload_s=300, until_s=86_400),)
    travel = Travel(seconds, period_s=3600, places=("depot", "square", "school"))
    made = timetable_rides(rides, fleets, travel, Hours(duty_s=9 * 3600, rest_s=11 * 3600))

**Between trips.** `between="base"`: a vehicle goes back empty to its base after every trip, as in a plan that
counts vehicles out at a time. What a trip needs is then an interval of time of any vehicle of its fleet, and
duties colour intervals: the vehicles used are exactly the most that are out at one moment, the fewest that
can make these trips (`fewest_vehicles` does that alone, for trips that are known already).
`between="anywhere"`: a vehicle goes on from a drop to the next pickup; duties are then put together one trip
after another, without a proof.

**Who is aboard.** Who is ready first boards first; among those ready in the same step, who comes first in the
rows. A row may be spread over trips. People in wheelchairs take wheelchair places, all others seats; neither
can take the other's. A trip has one pickup and one drop.

**When trips go.** With `between="base"`, vehicles leave full where people wait for them, the last of each
pair of places with who is left; where vehicles are to spare, more trips are added as long as each saves
`worth` person-seconds of waiting or more for each second that it takes a vehicle. Which people are left
behind, where vehicles do not suffice for all, is found by rules and not proven to be the fewest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from farshore.scenario.scenario import Scenario

__all__ = [
    "NO_DRIVE",
    "DutyLeg",
    "Hours",
    "RideFleet",
    "RideTimetable",
    "RideTrip",
    "Rides",
    "Travel",
    "driver_hours",
]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NO_DRIVE: Final = 1 << 40  # seconds that stand for "there is no way"

LegKind = Literal["pull-out", "load", "trip", "unload", "deadhead", "pull-in"]


@dataclass(frozen=True, eq=False)
class Rides:
    """Who wants to ride; one row for people alike.

    pickup, drop : int64[n_rides], rows of `Travel.places`; persons : int64[n_rides]
    ready_step : int64[n_rides], they can board from the beginning of this step on
    wheelchair : bool[n_rides], each of them needs a wheelchair place
    fleet : int64[n_rides], the only fleet that may take them, −1 any
    step_s : seconds in a step
    """

    pickup: Ints
    drop: Ints
    ready_step: Ints
    persons: Ints
    wheelchair: Bools
    fleet: Ints
    step_s: int

    @classmethod
    def of(
        cls,
        *,
        pickup: npt.ArrayLike,
        drop: npt.ArrayLike,
        ready_step: npt.ArrayLike,
        persons: npt.ArrayLike,
        step_s: int,
        wheelchair: npt.ArrayLike | None = None,
        fleet: npt.ArrayLike | None = None,
    ) -> "Rides":
        """Rides from lists; nobody in a wheelchair and any fleet if not said."""
        many = np.asarray(persons, np.int64)
        return cls(
            np.asarray(pickup, np.int64),
            np.asarray(drop, np.int64),
            np.asarray(ready_step, np.int64),
            many,
            np.zeros(len(many), bool) if wheelchair is None else np.asarray(wheelchair, bool),
            np.full(len(many), -1) if fleet is None else np.asarray(fleet, np.int64),
            step_s,
        )

    @property
    def ready_s(self) -> Ints:
        """First second at which they can board: int64[n_rides]."""
        return self.ready_step * self.step_s


@dataclass(frozen=True, slots=True, kw_only=True)
class RideFleet:
    """Vehicles alike; times in seconds from the start.

    base : row of `Travel.places`; table : row of `Travel.seconds`
    from_s, until_s : no vehicle is out before the one or after the other
    """

    name: str
    base: int
    vehicles: int
    seats: int
    until_s: int
    wheelchair_places: int = 0
    load_s: int = 0
    unload_s: int = 0
    from_s: int = 0
    table: int = 0


@dataclass(frozen=True, eq=False)
class Travel:
    """How long vehicles drive.

    seconds : int64[n_tables, n_periods, n_places, n_places], of a drive that begins in a period; NO_DRIVE
    where there is no way; a vehicle may wait for a later period, and the last never ends
    period_s : length of a period, the first begins at 0; places : names for the files
    """

    seconds: Ints
    period_s: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """Drivers' hours.

    duty_s : longest duty, from leaving the base until back there for good; rest_s : between two duties of one
    driver; relief : at the base another driver, rested, may take a vehicle over; without it a vehicle rests
    with its driver
    """

    duty_s: int
    rest_s: int
    relief: bool = True


@dataclass(frozen=True, slots=True)
class RideTrip:
    """A vehicle with people aboard; `boarded` holds (row of the rides, persons)."""

    fleet: int
    vehicle: int
    pickup: int
    drop: int
    depart_s: int
    arrive_s: int
    boarded: tuple[tuple[int, int], ...]

    @property
    def persons(self) -> int:
        """All aboard."""
        return sum(persons for _, persons in self.boarded)


@dataclass(frozen=True, slots=True)
class DutyLeg:
    """A part of a vehicle's duty; places are rows of `Travel.places`; trip −1 on empty drives."""

    fleet: int
    vehicle: int
    duty: int
    kind: LegKind
    place_from: int
    place_to: int
    from_s: int
    until_s: int
    trip: int


@dataclass(frozen=True, eq=False)
class RideTimetable:
    """Trips and duties, and what came of them.

    left : int64[n_rides], persons of each row for whom there is no trip; why : the reason, by row
    vehicles_used, vehicles_least : int64[n_fleets]; the least that any duties for these trips need, by how
    many are out at one moment
    waiting_person_s : from being ready until departure, of all who ride
    """

    trips: tuple[RideTrip, ...]
    legs: tuple[DutyLeg, ...]
    left: Ints
    why: dict[int, str]
    vehicles_used: Ints
    vehicles_least: Ints
    waiting_person_s: int


def driver_hours(scenario: Scenario, *, relief: bool = True) -> Hours:
    """Drivers' hours by a scenario's parameters `driver_duty_h` and `driver_rest_h`."""
    duty_h, rest_h = (scenario.parameter(key) for key in ("driver_duty_h", "driver_rest_h"))
    return Hours(round(duty_h * 3600), round(rest_h * 3600), relief)


def refuse_senseless(rides: Rides, fleets: Sequence[RideFleet], travel: Travel, hours: Hours) -> None:
    """Raise ValueError that names everything in the input that makes no sense."""
    wrong = []
    n_places, shape = len(travel.places), travel.seconds.shape
    if travel.seconds.ndim != 4 or shape[2:] != (n_places, n_places) or 0 in shape[:2]:
        raise ValueError(
            f"travel times are {shape}, and should be tables × periods × {n_places} × {n_places}"
        )
    for name in ("pickup", "drop"):
        rows = np.flatnonzero((getattr(rides, name) < 0) | (getattr(rides, name) >= n_places))
        wrong += [f"ride {row}: its {name} is no place" for row in rows.tolist()]
    for name in ("ready_step", "persons"):
        wrong += [
            f"ride {row}: {name} is below 0" for row in np.flatnonzero(getattr(rides, name) < 0).tolist()
        ]
    rows = np.flatnonzero((rides.fleet < -1) | (rides.fleet >= len(fleets)))
    wrong += [f"ride {row}: there is no fleet {rides.fleet[row]}" for row in rows.tolist()]
    for fleet in fleets:
        if not 0 <= fleet.base < n_places:
            wrong.append(f"fleet {fleet.name}: its base is no place")
        if not 0 <= fleet.table < len(travel.seconds):
            wrong.append(f"fleet {fleet.name}: there are no travel times {fleet.table}")
        if (
            min(
                fleet.vehicles,
                fleet.seats,
                fleet.wheelchair_places,
                fleet.load_s,
                fleet.unload_s,
                fleet.from_s,
            )
            < 0
        ):
            wrong.append(f"fleet {fleet.name}: a number below 0")
    if (travel.seconds < 0).any():
        wrong.append("a travel time is below 0")
    if min(rides.step_s, travel.period_s, hours.duty_s) < 1 or hours.rest_s < 0:
        wrong.append("step_s, period_s and duty_s must be 1 or more, rest_s 0 or more")
    if wrong:
        raise ValueError("; ".join(wrong))
