"""What a plan with classes tells people without a car and buses to do: the script of a rehearsal."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from farshore.simulate.trips import Led

__all__ = ["BUS", "FERRY", "TRAIN", "WALK", "Bus", "Leg", "Parties", "Ride", "Script", "Stage"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WALK, FERRY, BUS, TRAIN = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg of a way: mode, rows of its end nodes, steps after departure at which it begins and ends.

    routes : rows of `Trips.routes`, one of which is walked or sailed; name : of the fleet or run
    """

    mode: int
    tail: int
    head: int
    begins: int
    ends: int
    routes: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ride:
    """A trip of a bus as planned: moments in seconds after the start, seats that one assisted rider takes.

    leaves_s, back_s : from its base and back there; board_s, until_s : when it is to leave its stop, and how
    long it waits there for its riders
    room : 0 where assisted people cannot ride
    """

    trip_id: str
    fleet_id: str
    tail: int
    head: int
    leaves_s: float
    board_s: float
    until_s: float
    alight_s: float
    back_s: float
    route: int
    seats: int
    room: int
    load_s: float
    unload_s: float
    persons: int


@dataclass(frozen=True, slots=True)
class Bus:
    """A vehicle with the rows of its trips, in order; it is at its base before, between and after them."""

    base: int
    rides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A train's ride from one stop to the next; moments in seconds after the start, seats as of `Ride`."""

    run_id: str
    tail: int
    head: int
    departs_s: float
    arrives_s: float
    departs_step: int
    seats: int
    room: int


@dataclass(frozen=True, eq=False)
class Parties:
    """People who go together, none of them in a car of theirs, one row each.

    zone, persons, class_row, step, host : int64[n]; assisted : bool[n]; host : row of the hosts
    sets_out_s : float64[n], seconds after the start: the beginning of their step, or later if not ready then
    household : int64[n], row of the plan's households, −1: none is told apart
    way : int64[n], row of `Script.ways`; rides : for each leg the row of the bus trip that is theirs, else −1
    """

    zone: Ints
    persons: Ints
    class_row: Ints
    assisted: npt.NDArray[np.bool_]
    household: Ints
    step: Ints
    sets_out_s: Floats
    host: Ints
    way: Ints
    rides: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.zone)

    def of(self, rows: Ints) -> "Parties":
        """Some of the parties, in that order; some perhaps more than once."""
        columns = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "rides"}
        taken = {name: column[rows] for name, column in columns.items()}
        return Parties(**taken, rides=tuple(self.rides[row] for row in rows.tolist()))


@dataclass(frozen=True, eq=False)
class Script:
    """Everything that is led step by step.

    ways : the legs of each way; exit_of : row of `Trips.exits` of each node where anybody is led to
    share_assisted : of the people in assisted classes, those who need assistance themselves
    Vehicles of the parties come first among those led, then the buses.
    """

    parties: Parties
    ways: tuple[tuple[Leg, ...], ...]
    rides: tuple[Ride, ...]
    buses: tuple[Bus, ...]
    stages: tuple[Stage, ...]
    exit_of: dict[int, int]
    step_s: int
    share_assisted: float
    led: Led
