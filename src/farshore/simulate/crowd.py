"""A crowd: the people of a demand in groups, each in order of departure, ready to be dealt out anew."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from farshore.simulate.demand import Demand
from farshore.simulate.network import WALK
from farshore.simulate.riding.script import Parties
from farshore.simulate.riding.turnout import ClassCounts

__all__ = ["Crowd", "Groups", "crowd_of", "joined"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MANY = 1 << 8  # more than there are uses, and more than there are classes


@dataclass(frozen=True, eq=False)
class Groups:
    """Vehicles or parties in groups of one zone, class and use, each in order of departure.

    order : int64[n], rows of the vehicles or parties; first : int64[n_groups + 1], where each group begins
    persons_so_far : int64[n + 1], along `order`
    zone, class_row : int64[n_groups], −1: of no class; cars : bool[n_groups]
    """

    order: Ints
    first: Ints
    persons_so_far: Ints
    zone: Ints
    class_row: Ints
    cars: npt.NDArray[np.bool_]

    @property
    def size(self) -> Ints:
        """Vehicles or parties of each group."""
        return np.diff(self.first)

    @property
    def moving(self) -> Ints:
        """Persons of each group."""
        return np.diff(self.persons_so_far[self.first])


@dataclass(frozen=True, eq=False)
class Crowd:
    """A demand with its people in groups, background traffic apart.

    parties, counts : of a plan with classes: those who are led, and how many it is for
    """

    demand: Demand
    persons_per_vehicle: float
    vehicles: Groups
    parties: Groups | None = None
    counts: ClassCounts | None = None


def crowd_of(demand: Demand, persons_per_vehicle: float, counts: ClassCounts | None = None) -> Crowd:
    """Sort a demand's people into groups; counts : of a plan with classes."""
    trips = demand.trips
    uses = np.array([kind.uses for kind in trips.kinds], np.int64)[trips.kind]
    names = np.array([kind.name for kind in trips.kinds], np.object_)[trips.kind]
    vehicles = _grouped(
        np.flatnonzero(demand.persons > 0),
        demand.zone,
        demand.class_row,
        uses,
        names != "on foot",
        trips.departure_s,
        demand.persons,
    )
    parties = None if demand.script is None else _of_parties(demand.script.parties)
    return Crowd(demand, persons_per_vehicle, vehicles, parties, counts)


def _of_parties(parties: Parties) -> Groups:
    n = len(parties)
    return _grouped(
        np.arange(n),
        parties.zone,
        parties.class_row,
        np.full(n, WALK),
        np.zeros(n, np.bool_),
        parties.sets_out_s,
        parties.persons,
    )


def _grouped(
    rows: Ints,
    zone: Ints,
    class_row: Ints,
    uses: Ints,
    cars: npt.NDArray[np.bool_],
    departure_s: Floats,
    persons: Ints,
) -> Groups:
    """Some rows of a table, in groups; all columns are of the whole table."""
    key = ((zone * _MANY + class_row + 1) * _MANY + uses)[rows]
    order = rows[np.lexsort((departure_s[rows], key))]
    keys, first = np.unique(np.sort(key), return_index=True)
    return Groups(
        order=order,
        first=np.append(first, len(order)).astype(np.int64),
        persons_so_far=np.concatenate([[0], np.cumsum(persons[order])]).astype(np.int64),
        zone=keys // _MANY // _MANY,
        class_row=keys // _MANY % _MANY - 1,
        cars=cars[order[first]],
    )


def joined(before: Crowd, after: Crowd, from_s: float) -> Crowd:
    """Vehicles of one crowd that set out before a moment, and of another that set out from then on.

    Both must be of the same zones and hosts.
    """
    one, two = before.demand, after.demand
    keep_1 = np.flatnonzero(one.trips.departure_s < from_s)
    keep_2 = np.flatnonzero(two.trips.departure_s >= from_s)
    shift, kinds = len(one.trips.routes), len(one.trips.kinds)

    def both(a: Any, b: Any) -> Any:
        return np.concatenate([a[keep_1], b[keep_2]])

    route = np.where(two.trips.route >= 0, two.trips.route + shift, two.trips.route)
    trips = replace(
        one.trips,
        origin=both(one.trips.origin, two.trips.origin),
        departure_s=both(one.trips.departure_s, two.trips.departure_s),
        exit=both(one.trips.exit, two.trips.exit),
        informed=both(one.trips.informed, two.trips.informed),
        may_detour=both(one.trips.may_detour, two.trips.may_detour),
        route=both(one.trips.route, route),
        kind=both(one.trips.kind, two.trips.kind + kinds),
        routes=(*one.trips.routes, *two.trips.routes),
        kinds=(*one.trips.kinds, *two.trips.kinds),
    )
    zone, persons = both(one.zone, two.zone), both(one.persons, two.persons)
    moving = np.bincount(zone.astype(np.int64), weights=persons, minlength=len(one.people)).astype(np.int64)
    demand = replace(
        one,
        trips=trips,
        zone=zone.astype(np.int64),
        persons=persons.astype(np.int64),
        class_row=both(one.class_row, two.class_row).astype(np.int64),
        unplanned=np.maximum(one.people - one.by_bus - moving, 0),
    )
    return crowd_of(demand, before.persons_per_vehicle)
