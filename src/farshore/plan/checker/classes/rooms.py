"""Who may enter which arc in which step, and how many: roads shared with buses, ferries with decks."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from farshore.plan.checker.network import Network
from farshore.plan.checker.timetable import Clock, Dated, Floats, Ints, least, whole, words
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import NO_TIME

__all__ = ["Factors", "Rooms", "rooms_of", "window_of"]

ROUND_UP = 1e-6
USES = ("auto", "bus", "walk")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Factors:
    """What closures leave of a link for a use, by step."""

    scenario: Scenario
    clock: Clock
    closures: dict[str, dict[str, tuple[Dated, ...]]]  # use: asset: closures
    _rows: dict[tuple[str, str, str], Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, clock: Clock) -> "Factors":
        """From closures.csv."""
        table = scenario.closures
        found: dict[str, dict[str, tuple[Dated, ...]]] = {use: {} for use in USES}
        for row, asset in enumerate(table.asset_id):
            steps = clock.touched(int(table.from_time[row]), int(table.until_time[row]))
            kept = words(table.allowed_uses[row])
            for use in USES:
                factor = 0.0 if kept and use not in kept else float(table.capacity_factor[row])
                found[use][str(asset)] = (*found[use].get(str(asset), ()), Dated(steps, factor))
        return cls(scenario, clock, found)

    def key(self, link_row: int) -> tuple[str, str]:
        """Link and crossing as far as closures speak of them: links of one key have the same factors."""
        links, closed = self.scenario.links, self.closures["auto"]
        link, crossing = str(links.link_id[link_row]), str(links.crossing_id[link_row])
        return link if link in closed else "", crossing if crossing in closed else ""

    def row(self, link_row: int, use: str) -> Floats:
        """Factor of a link for a use in each step: float64[n_steps]."""
        assets = self.key(link_row)
        key = (*assets, use)
        if key not in self._rows:
            dated = [each for asset in assets for each in self.closures[use].get(asset, ())]
            self._rows[key] = least(dated, self.clock.n_steps)
        return self._rows[key]


@dataclass(frozen=True, eq=False)
class Rooms:
    """Arcs of the network by what closures and figures make of them; arcs alike share a row.

    row : int64[n_arcs]; by row and step:
    places : int64, persons in cars who may enter a road arc, or persons on a ferry
    deck : int64, of a ferry, those of them in cars
    car, bus, foot : bool, open to that use (on foot: ferries only), however little room there is
    """

    row: Ints
    places: Ints
    deck: Ints
    car: Flags
    bus: Flags
    foot: Flags


def rooms_of(network: Network, factors: Factors) -> Rooms:
    """Every arc's room."""
    links = network.scenario.links
    index: dict[tuple[object, ...], int] = {}
    rows: list[tuple[Ints, Ints, Flags, Flags, Flags]] = []
    row_of = np.zeros(len(network.arc_ids), np.int64)
    sailings = _Sailings(network.scenario, network.clock)
    for arc, ferry in enumerate(network.is_ferry.tolist()):
        link = int(network.link_row[arc])
        by_bus = "bus" in words(links.allowed_uses[link])
        key: tuple[object, ...] = (
            (int(network.crossing_row[arc]), *factors.key(link))
            if ferry
            else (*factors.key(link), float(links.capacity[link]), int(links.lanes[link]), by_bus)
        )
        if key not in index:
            index[key] = len(rows)
            rows.append(
                sailings.room(int(network.crossing_row[arc]), link, factors)
                if ferry
                else _road(network, link, by_bus, factors)
            )
        row_of[arc] = index[key]
    n = network.clock.n_steps
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    numbers = [np.array(each, np.int64).reshape(-1, n) for each in columns[:2]]
    flags = [np.array(each, bool).reshape(-1, n) for each in columns[2:]]
    return Rooms(row_of, numbers[0], numbers[1], flags[0], flags[1], flags[2])


def _road(
    network: Network, link: int, by_bus: bool, factors: Factors
) -> tuple[Ints, Ints, Flags, Flags, Flags]:
    links, get = network.scenario.links, network.scenario.parameter
    hours = network.clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))
    auto = factors.row(link, "auto")
    bus = factors.row(link, "bus") if by_bus else np.zeros_like(auto)
    per_lane, lanes = float(links.capacity[link]), int(links.lanes[link])
    factor, people = np.maximum(auto, bus), get("persons_per_vehicle")
    room = whole(per_lane * lanes * factor * people * network.clock.step_s / 3600 + ROUND_UP)
    nobody = np.zeros(len(auto), np.int64)
    return np.where(hours, room, 0), nobody, hours & (auto > 0), hours & (bus > 0), nobody > 0


@dataclass(frozen=True, eq=False)
class _Sailings:
    """Timetables of ferries: the crossing's own vessels and fleets that sail beside them."""

    scenario: Scenario
    clock: Clock

    def room(self, crossing: int, link: int, factors: Factors) -> tuple[Ints, Ints, Flags, Flags, Flags]:
        """Places, deck, and who may board in each step."""
        table, get = self.scenario.crossings, self.scenario.parameter
        hours = self.clock.within_hours(get("sailing_from_hour"), get("sailing_until_hour"))
        auto, walk = factors.row(link, "auto"), factors.row(link, "walk")
        either = np.maximum(auto, walk)
        open_ = hours & (either > 0)
        trip_s = int(table.trip_s[crossing])
        in_cars = int(table.vehicles_per_trip[crossing]) * get("persons_per_vehicle")
        persons = int(table.persons_per_trip[crossing]) or int(np.floor(in_cars + ROUND_UP))
        own = _sailings(open_, trip_s, int(table.vessels[crossing]), self.clock.step_s)
        places = own * whole(persons * either + ROUND_UP)
        deck = own * whole(in_cars * auto + ROUND_UP)
        fleets = self.scenario.fleets
        for row, mode in enumerate(fleets.mode):
            if mode in ("ferry", "boat") and fleets.line[row].strip() == table.crossing_id[crossing]:
                window = window_of(self.scenario, self.clock, row)
                sailings = _sailings(open_ & window, trip_s, int(fleets.vehicles[row]), self.clock.step_s)
                places = places + sailings * whole(int(fleets.seats[row]) * either + ROUND_UP)
        return places, deck, hours & (auto > 0), np.zeros(len(auto), bool), hours & (walk > 0)


def _sailings(open_: Flags, trip_s: int, vessels: int, step_s: int) -> Ints:
    """Sailings that leave in each step; each unbroken run of open steps begins afresh: int64[n_steps]."""
    found = np.zeros(len(open_), np.int64)
    if trip_s <= 0 or vessels <= 0:
        return found
    begun, before = -1, 0
    for k, is_open in enumerate(open_.tolist()):
        if not is_open:
            begun = -1
            continue
        if begun < 0:
            begun, before = k, 0
        by_the_end = -(-(k + 1 - begun) * step_s * vessels // (2 * trip_s))
        found[k] = by_the_end - before
        before = by_the_end
    return found


def window_of(scenario: Scenario, clock: Clock, fleet: int) -> Flags:
    """Steps that lie wholly in a fleet's time of service: bool[n_steps]."""
    since, until = int(scenario.fleets.from_time[fleet]), int(scenario.fleets.until_time[fleet])
    begins = clock.begins_s
    from_then = np.ones(clock.n_steps, bool) if since == NO_TIME else begins >= since
    till_then = np.ones(clock.n_steps, bool) if until == NO_TIME else begins + clock.step_s <= until
    return from_then & till_then
