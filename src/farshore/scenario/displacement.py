"""A displacement: places, routes, closures, conflict and counts over days; what a forecast is made from."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.errors import Fault

__all__ = ["CLOSURE_KINDS", "Closure", "Correction", "Counts", "Demographic", "Displacement", "PlaceKind"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

CLOSURE_KINDS: Final = ("location", "country", "link", "camp", "idpcamp", "remove_forced_redirection")


class PlaceKind(IntEnum):
    """What a place is to somebody on the move."""

    CONFLICT = 0
    TOWN = 1
    CAMP = 2
    IDP_CAMP = 3
    HUB = 4  # a forwarding hub: nobody stays
    MARKER = 5  # a bend in the road: not a place to choose


@dataclass(frozen=True, slots=True)
class Closure:
    """Something shut from one day to another.

    kind : one of CLOSURE_KINDS; first, second : the two places or countries it speaks of (second may be "")
    until_day : first day on which it is open again; a day before `from_day` means that it stays shut
    """

    kind: str
    first: str
    second: str
    from_day: int
    until_day: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A registration drive: the count on `day` is right, and the count before it was inflated."""

    place: str
    day: int


@dataclass(frozen=True, eq=False)
class Counts:
    """People counted in one place; parallel arrays in the order of the file.

    day : int64[n], days after the start (negative: before it); persons : float64[n]
    known_day : int64[n], day on which the figure could be read; equal to `day` where nobody says otherwise
    """

    day: Ints
    persons: Floats
    known_day: Ints

    def __len__(self) -> int:
        return len(self.day)

    def known_by(self, day: int) -> "Counts":
        """What could be read on that day, sorted by day; of two figures for one day the later row stands."""
        seen = np.flatnonzero((self.known_day <= day) & (self.day <= day))
        order = seen[np.argsort(self.day[seen], kind="stable")]
        if len(order):
            last_of_day = np.append(self.day[order][1:] != self.day[order][:-1], True)
            order = order[last_of_day]
        return Counts(self.day[order], self.persons[order], self.known_day[order])


@dataclass(frozen=True, slots=True)
class Demographic:
    """Weights of the values of one attribute, by place; `weights["Default"]` stands for every other place."""

    attribute: str
    values: tuple[str, ...]
    weights: dict[str, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class Displacement:
    """Everything a forecast of arrivals is made from.

    name, start, n_days : what and when; day d is `start` + d days
    place_id, region, country : object[n_places]; latitude_deg, longitude_deg : float64[n_places]
    kind : int64[n_places], PlaceKind; conflict_day : int64[n_places], -1 for none
    population_persons, capacity_persons : float64[n_places], NaN where nobody says
    route_from, route_to : int64[n_routes], places; route_km : float64[n_routes]
    redirection : int64[n_routes], 0 none, 1 forward, 2 backward
    conflict : float64[n_days, n_places], intensity, 0 for none
    hosts : int64[n_hosts], the places whose arrivals are asked for
    counts : one Counts per host; parts : the counted groups that each host's counts are the sum of
    total : people counted everywhere, from its own file
    ties : float64[n_places, n_hosts], how many times the usual worth a host has for people of a place, by
        language or family; None where nobody says
    remarks : what the reader found odd, and what it did about it
    """

    name: str
    start: date
    n_days: int
    place_id: Texts
    region: Texts
    country: Texts
    latitude_deg: Floats
    longitude_deg: Floats
    kind: Ints
    conflict_day: Ints
    population_persons: Floats
    capacity_persons: Floats
    route_from: Ints
    route_to: Ints
    route_km: Floats
    redirection: Ints
    closures: tuple[Closure, ...]
    conflict: Floats
    hosts: Ints
    counts: tuple[Counts, ...]
    parts: tuple[tuple[Counts, ...], ...]
    total: Counts
    corrections: tuple[Correction, ...] = ()
    demographics: tuple[Demographic, ...] = ()
    ties: Floats | None = None
    remarks: tuple[Fault, ...] = field(default=())

    @property
    def n_places(self) -> int:
        """Number of places, hosts included."""
        return len(self.place_id)

    @property
    def host_ids(self) -> tuple[str, ...]:
        """Names of the hosts, in the order of every table of results."""
        return tuple(self.place_id[self.hosts])

    def date_of(self, day: int) -> date:
        """Calendar date of a day."""
        return self.start + timedelta(days=int(day))

    def without_capacity(self) -> "Displacement":
        """The same displacement for somebody who was not told any capacity."""
        return replace(self, capacity_persons=np.full(self.n_places, np.nan))
