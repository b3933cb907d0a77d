"""The room of arcs for cars and buses, ferries with decks, and what an arc costs each need."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from farshore.plan.classes.people import Sizes, priorities_of
from farshore.plan.profiles import Profiles
from farshore.scenario.clock import (
    Clock,
    Ints,
    factor_of,
    floored,
    may_use,
    rate_of,
    rows_by_asset,
    sailings_in,
)
from farshore.scenario.scenario import Scenario
from farshore.scenario.table import Numbers
from farshore.scenario.timing import Timing, arc_costs

__all__ = ["NUDGE", "Ground", "closures_of", "ground_of", "rates_at", "window_of"]

NUDGE: Final = 1e-6  # so that 0.1 · 30 counts as 3: the model page's own

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ground:
    """Arcs as in `Timing`, with what each use finds there.

    room_of : int64[n_arcs], row of `rooms` : int64[n_rows, n_steps], persons in cars' room on road arcs,
        places of all on ferry arcs
    car_of, bus_of : int64[n_arcs], row of `opens` : int64[n_rows, n_steps], 1 where the use may enter
    ferry_arcs : int64[n_ferries]; decks, foot_ferry : int64[n_ferries, n_steps], in cars; 1 if open
    cost_of : int64[n_arcs]; costs : int64[n_needs, n_rows, n_steps]; flat_cost : int64[n_needs, n_arcs]
    in_wheelchair : how many of the assisted class need a wheelchair place, a share
    """

    scenario: Scenario
    clock: Clock
    timing: Timing
    room_of: Ints
    rooms: Ints
    car_of: Ints
    bus_of: Ints
    opens: Ints
    ferry_arcs: Ints
    decks: Ints
    foot_ferry: Ints
    cost_of: Ints
    costs: Ints
    flat_cost: Ints
    in_wheelchair: float


def closures_of(scenario: Scenario, rows: dict[str, list[int]], link: int) -> tuple[int, ...]:
    """Rows of closures.csv about a link or its crossing; `rows` are all of them by asset."""
    crossing = str(scenario.links.crossing_id[link])
    return (*rows.get(str(scenario.links.link_id[link]), ()), *(rows.get(crossing, ()) if crossing else ()))


def ground_of(scenario: Scenario, timing: Timing, sizes: Sizes | None = None) -> Ground:
    """Work out rooms, openings and costs by docs/classes.md; sizes : where households are whole."""
    clock, links, get = Clock(scenario), scenario.links, scenario.parameter
    driving = clock.within_hours(get("driving_from_hour"), get("driving_until_hour"))
    closed_by = rows_by_asset(scenario.closures.asset_id)
    kinds = np.append(scenario.crossings.kind, "")
    ferry = kinds[timing.crossing_row] == "ferry"
    rooms, opens = Profiles(clock.n_steps), Profiles(clock.n_steps)
    opens.keep("never", np.zeros(clock.n_steps, np.int64))
    room_of, car_of, bus_of = (np.zeros(len(timing.tail), np.int64) for _ in range(3))
    ferry_arcs = np.flatnonzero(ferry)
    decks = np.zeros((len(ferry_arcs), clock.n_steps), np.int64)
    foot_ferry = np.zeros_like(decks)
    number = {int(arc): i for i, arc in enumerate(ferry_arcs)}
    factors: dict[tuple[tuple[int, ...], str], Numbers] = {}

    def factor(closed: tuple[int, ...], use: str) -> Numbers:
        if (closed, use) not in factors:
            factors[closed, use] = factor_of(scenario, clock, closed, use)
        return factors[closed, use]

    for arc, link in enumerate(timing.link_row.tolist()):
        closed = closures_of(scenario, closed_by, link)
        by_car = factor(closed, "auto")
        if ferry[arc]:
            crossing = int(timing.crossing_row[arc])
            on_foot = factor(closed, "walk")
            places, deck = _ferry_places(scenario, clock, crossing, by_car, on_foot)
            key: object = ("ferry", crossing, closed)
            room_of[arc] = rooms.keep(key, places)
            decks[number[arc]] = deck
            foot_ferry[number[arc]] = on_foot > 0
            car_of[arc] = opens.keep((closed, "deck"), by_car > 0)
            continue
        uses = str(links.allowed_uses[link])
        by_bus = factor(closed, "bus") if may_use(uses, "bus") else np.zeros(clock.n_steps)
        car_of[arc] = opens.keep((closed, "auto"), driving & (by_car > 0))
        if may_use(uses, "bus"):
            bus_of[arc] = opens.keep((closed, "bus"), driving & (by_bus > 0))
        key = (closed, may_use(uses, "bus"), float(links.capacity[link]), int(links.lanes[link]))
        share = np.maximum(by_car, by_bus)
        each = links.capacity[link] * links.lanes[link] * share * get("persons_per_vehicle")
        row = np.where(driving, floored(each * clock.step_s / 3600 + NUDGE), 0)
        room_of[arc] = rooms.keep(key, row)
    per_need = [
        arc_costs(scenario, clock, timing.link_row, timing.travel_s, timing.steps, priority=priority)
        for priority in priorities_of(scenario)
    ]
    return Ground(
        scenario=scenario,
        clock=clock,
        timing=timing,
        room_of=room_of,
        rooms=rooms.stacked(),
        car_of=car_of,
        bus_of=bus_of,
        opens=opens.stacked(),
        ferry_arcs=ferry_arcs,
        decks=decks,
        foot_ferry=foot_ferry,
        cost_of=per_need[0][0],
        costs=np.array([costs for _, costs, _ in per_need]),
        flat_cost=np.array([flat for _, _, flat in per_need]),
        in_wheelchair=get("wheelchair_share") * (1.0 if sizes is None else sizes.share_assisted),
    )


def _ferry_places(
    scenario: Scenario, clock: Clock, crossing: int, by_car: Numbers, on_foot: Numbers
) -> tuple[Ints, Ints]:
    """Places for everybody, and for those in cars, on the sailings that leave in each step."""
    table, get = scenario.crossings, scenario.parameter
    sailing = clock.within_hours(get("sailing_from_hour"), get("sailing_until_hour"))
    factor = np.maximum(by_car, on_foot)
    is_open = sailing & (factor > 0)
    trip_s = int(table.trip_s[crossing])
    in_cars = int(table.vehicles_per_trip[crossing]) * get("persons_per_vehicle")
    aboard = int(table.persons_per_trip[crossing]) or int(floored(np.float64(in_cars + NUDGE)))
    sailings = sailings_in(is_open, clock.step_s, trip_s, int(table.vessels[crossing]))
    places = sailings * floored(aboard * factor + NUDGE)
    deck = sailings * floored(in_cars * by_car + NUDGE)
    fleets = scenario.fleets
    for fleet in range(len(fleets)):
        mine = str(fleets.line[fleet]).strip() == str(table.crossing_id[crossing])
        if fleets.mode[fleet] in ("ferry", "boat") and mine:
            runs = is_open & window_of(clock, int(fleets.from_time[fleet]), int(fleets.until_time[fleet]))
            own = sailings_in(runs, clock.step_s, trip_s, int(fleets.vehicles[fleet]))
            places = places + own * floored(int(fleets.seats[fleet]) * factor + NUDGE)
    return places, deck


def window_of(clock: Clock, from_s: int, until_s: int) -> Flags:
    """Steps that lie wholly between two times, blank ones being without limit: bool[n_steps]."""
    low, high = clock.blank_to(from_s, until_s)
    return (clock.begins_s >= low) & (clock.begins_s + clock.step_s <= high)


def rates_at(ground: Ground, rows: tuple[int, ...]) -> Numbers:
    """Highest rate of some exposure rows in each step: float64[n_steps]."""
    return rate_of(ground.scenario, ground.clock, rows)
